"""What the gate knows: the registry, the evaluation sets, the comparison, and who is live."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from tilesight.line.models import model_path
from tilesight.line.recipe import Recipe
from tilesight.line.training.choosing import Cancelled
from tilesight.line.training.choosing_thresholds import Way, can_lower, taken
from tilesight.line.training.comparing import Comparison
from tilesight.line.training.evaluation import EvaluationSet, freeze, gather_labelled
from tilesight.line.training.gate import TwoModels, compare_on, known_comparison, try_model
from tilesight.line.training.releasing import (
    Who,
    add_candidate,
    live_model,
    promote,
    roll_back,
)
from tilesight.store.evaluation import FrozenSet
from tilesight.store.filters import RecordFilter
from tilesight.store.records import RecordStore
from tilesight.ui.context import AppContext
from tilesight.ui.messages import said
from tilesight.ui.train.registry import NOTHING, Registry, read_registry

_T = TypeVar("_T")
Failed = Callable[[Exception], object]
Tell = Callable[[int, int], None]


def usual_threads() -> int:
    """Half of the processor's cores: the other half is for inspection."""
    return max(1, (os.cpu_count() or 2) // 2)


@dataclass(frozen=True, slots=True)
class Release:
    """A model that went live or back.

    Attributes:
        recipe: Name of the recipe.
        model: Name of the model that judges now.
        before: Name of the one that judged until then.
        back: Whether it was a rollback.
    """

    recipe: str
    model: str
    before: str
    back: bool


class GateModel(QObject):
    """Drives registry, comparison and release; every command returns at once.

    Args:
        context: Store, recipe, background, person.
    """

    registry_changed = Signal()
    comparison_changed = Signal()
    gathered = Signal(object)  #: EvaluationSet that could be frozen.
    frozen = Signal(object)  #: FrozenSet that was made.
    progressed = Signal(str, int, int)  #: What is being done, how far, of how much.
    released = Signal(object)  #: Release: a model went live or back, and the line has it.
    shadow_moved = Signal()  #: Shadow mode may have begun or ended by what was done here.
    _told = Signal(str, int, int)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.registry = NOTHING
        self.comparison: Comparison | None = None
        #: Whether the comparison is with the live model, so that it may lead to a promotion.
        self.with_live = True
        #: Whose thresholds the new model gets; chosen anew for every comparison, never by itself.
        self.way = Way.RULE
        #: What may be promoted: the comparison with the live model, with the thresholds that were chosen.
        self.proposal: Comparison | None = None
        #: What is being done in the background: "sets", "compare", "release"; "" for nothing.
        self.busy = ""
        #: Whether the line is getting a model that the registry has released.
        self.swapping = False
        self._two: TwoModels | None = None
        self._stop = threading.Event()
        self._told.connect(self.progressed)

    # Reading

    def reload(self) -> None:
        """Reads the registry anew."""
        store, recipe = self._context.store, self._context.recipe
        if store is None:
            self._take(NOTHING)
            return
        self._context.background.run(
            lambda: read_registry(store, recipe), self._take, self._not_done, topic="train.registry"
        )

    def _take(self, registry: Registry) -> None:
        self.registry = registry
        self.registry_changed.emit()

    def _not_done(self, error: Exception) -> None:
        self._context.toast(said(error))

    # Models of the registry

    def add_model(self, file: Path, note: str = "", failed: Failed | None = None) -> None:
        """Takes a model file as a candidate; one that is there already stays as it is."""
        self._change(lambda store, who: add_candidate(store, file, who, note), failed)

    def export(self, sha256: str, target: Path, failed: Failed) -> None:
        """Writes a model as one file."""
        self._change(lambda store, who: store.models.export(sha256, target), failed)

    def remove(self, sha256: str, why: str, failed: Failed) -> None:
        """Deletes a model's file."""
        self._change(
            lambda store, who: store.models.remove(sha256, actor=who.name, role=who.role, why=why), failed
        )

    def retire(self, sha256: str, failed: Failed) -> None:
        """Puts a candidate aside."""
        self._change(lambda store, who: store.models.retire(sha256, actor=who.name, role=who.role), failed)

    def set_note(self, sha256: str, note: str, failed: Failed) -> None:
        """Changes what people wrote about a model."""
        self._change(
            lambda store, who: store.models.set_note(sha256, note, actor=who.name, role=who.role), failed
        )

    def _change(self, change: Callable[[RecordStore, Who], object], failed: Failed | None) -> None:
        store, recipe, who = self._context.store, self._context.recipe, self.who()
        if store is None:
            return

        shadow = self._context.session.shadow

        def work() -> Registry:
            change(store, who)
            if shadow is not None:
                shadow.resume()
            return read_registry(store, recipe)

        def done(registry: Registry) -> None:
            self._take(registry)
            self.shadow_moved.emit()

        self._context.background.run(work, done, failed or self._not_done)

    # Evaluation sets

    def gather(self, records: RecordFilter | None, folders: tuple[Path, ...], failed: Failed) -> None:
        """Looks which labelled tiles there are; `gathered` has them then."""
        store = self._context.store
        self._do("sets", lambda _: gather_labelled(store, records, folders), self.gathered.emit, failed)

    def freeze(self, name: str, tiles: EvaluationSet, failed: Failed) -> None:
        """Keeps a set for good; `frozen` has it then."""
        store, recipe, actor = self._context.store, self._context.recipe, self._context.actor
        if store is None:
            return

        def work(_: Tell) -> tuple[FrozenSet, Registry]:
            return freeze(store, name, tiles, actor), read_registry(store, recipe)

        def done(made: tuple[FrozenSet, Registry]) -> None:
            self._take(made[1])
            self.frozen.emit(made[0])

        self._do("sets", work, done, failed)

    def remove_set(self, set_id: int) -> None:
        """Offers a set no longer."""
        self._change(lambda store, who: store.evaluation.remove(set_id), None)

    # Comparing

    def start_comparison(self, sha256: str, frozen: FrozenSet, baseline: str, failed: Failed) -> None:
        """Judges a frozen set by two models; `baseline` "" is the live one."""
        store, recipe, who = self._context.store, self._context.recipe, self.who()
        if store is None or recipe is None:
            return
        self._context.background.forget("train.known")

        def work(tell: Tell) -> Comparison:
            return compare_on(
                store,
                recipe,
                frozen,
                sha256,
                baseline,
                threads=usual_threads(),
                who=who,
                progress=tell,
            )

        def done(found: Comparison) -> None:
            self._show(found, not baseline)
            self.reload()

        self._do("compare", work, done, failed)

    def show_known(self, sha256: str) -> None:
        """Shows the last comparison of a model with the live one, as made before a restart, if it holds."""
        store, recipe = self._context.store, self._context.recipe
        if store is None or recipe is None or self.busy:
            return

        def done(found: Comparison | None) -> None:
            if not self.busy:
                self._show(found, True)

        self._context.background.run(
            lambda: known_comparison(store, recipe, sha256), done, self._nothing_known, topic="train.known"
        )

    def _nothing_known(self, _: Exception) -> None:
        self._show(None, True)

    def _show(self, found: Comparison | None, with_live: bool) -> None:
        self.forget_models()
        self.comparison, self.with_live, self.way = found, with_live, Way.RULE
        self.proposal = found if with_live else None
        self.comparison_changed.emit()

    def choose_way(self, way: Way) -> None:
        """Chooses thresholds for the new model; lowered ones only where they are a way out."""
        found = self.comparison if self.with_live else None
        if found is None or self.busy or (way is Way.NO_MORE_MISSED and not can_lower(found)):
            return
        self.way, self.proposal = way, taken(found, way)
        self.comparison_changed.emit()

    def models_to_look(self) -> TwoModels | None:
        """Both compared models, to see what they see in one tile; None without a comparison."""
        store, found = self._context.store, self.comparison
        if store is None or found is None:
            return None
        if self._two is None:
            known = {one.sha256: store.models.path(one.sha256) for one in self.registry.models}
            live = known.get(found.live.sha256) or _file_in_force(self._context.recipe)
            self._two = TwoModels(live, store.models.path(found.new.sha256))
        return self._two

    def forget_models(self) -> None:
        """Frees the models that were opened to look at tiles."""
        two, self._two = self._two, None
        if two is not None:
            self._context.background.run(two.close, _nothing, _nothing)

    def stop_work(self) -> None:
        """Gives up comparing."""
        self._stop.set()

    # Releasing

    def promote(self, why: str, override: str, failed: Failed) -> None:
        """Makes the compared model live and swaps it in between two frames."""
        store, recipe, comparison = self._context.store, self._context.recipe, self.proposal
        if store is None or recipe is None or comparison is None:
            return
        who = self.who()
        release = Release(recipe.name, comparison.new.name, comparison.live.name, back=False)

        def work(_: Tell) -> Recipe:
            try_model(store.models.path(comparison.new.sha256), recipe)
            return promote(store, recipe, comparison, who, why, override)

        def refused(error: Exception) -> None:
            self.swapping = False
            # The line could not take it: the registry goes back too, so that both say the same.
            self._context.background.run(
                lambda: roll_back(store, recipe, who, f"Refused by the line: {error}"), _nothing, _nothing
            )
            failed(error)
            self._released()

        def done(changed: Recipe) -> None:
            self.swapping = True
            self._context.apply_recipe(changed, why, partial(self._in_force, release), refused)

        self._do("release", work, done, failed)

    def roll_back(self, why: str, failed: Failed) -> None:
        """Goes back to the model that was live before."""
        store, recipe, who = self._context.store, self._context.recipe, self.who()
        if store is None or recipe is None:
            return
        judging = self.registry.live.name if self.registry.live else ""
        release = Release(recipe.name, self.registry.goes_back_to, judging, back=True)

        def refused(error: Exception) -> None:
            # What judges is what the registry calls live, whatever was wished for.
            self.swapping = False
            self._context.background.run(lambda: live_model(store, recipe, who), _nothing, _nothing)
            failed(error)
            self._released()

        def done(changed: Recipe) -> None:
            self.swapping = True
            self._context.apply_recipe(changed, why, partial(self._in_force, release), refused)

        self._do("release", lambda _: roll_back(store, recipe, who, why), done, failed)

    def _in_force(self, release: Release, recipe: Recipe) -> None:
        self.swapping = False
        book = self._context.recipes
        if book is not None:
            # Also a recipe that ships with the program: the next start must not go back to the old model.
            self._context.background.run(
                lambda: book.save(recipe), lambda _: self._remember(recipe), self._not_done
            )
        self._show(None, True)
        self._released()
        self.released.emit(release)

    def _remember(self, recipe: Recipe) -> None:
        self._context.change_settings(recipe=recipe.name)

    def _released(self) -> None:
        shadow = self._context.session.shadow
        if shadow is not None:
            self._context.background.run(shadow.resume, lambda _: self.shadow_moved.emit(), self._not_done)
        self.reload()

    # Inside

    def close(self) -> None:
        """Ends waiting and frees the models."""
        self._stop.set()
        two, self._two = self._two, None
        if two is not None:
            two.close()

    def who(self) -> Who:
        """Who acts, for the audit log."""
        return Who(self._context.actor, self._context.person.role.value)

    def _do(
        self, what: str, work: Callable[[Tell], _T], done: Callable[[_T], object], failed: Failed
    ) -> None:
        if self.busy:
            return
        self.busy = what
        stop = self._stop = threading.Event()

        def tell(so_far: int, of: int) -> None:
            if stop.is_set():
                raise Cancelled
            self._told.emit(what, so_far, of)

        def finish(result: _T) -> None:
            self.busy = ""
            done(result)
            self.registry_changed.emit()

        def refuse(error: Exception) -> None:
            self.busy = ""
            if not isinstance(error, Cancelled):
                failed(error)
            self.registry_changed.emit()

        self._context.background.run(lambda: work(tell), finish, refuse)
        self.registry_changed.emit()


def _file_in_force(recipe: Recipe | None) -> Path:
    return model_path("starter" if recipe is None else recipe.model)


def _nothing(_: object) -> None:
    """For answers that nobody waits for."""
