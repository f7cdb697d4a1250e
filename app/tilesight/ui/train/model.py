"""What Train knows: the chosen tiles, the job, the comparison, and who is live. Widgets hold nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from bsdrd.bundle import read_bundle
from bsdrd.detector import model_info, open_detector
from bsdrd.errors import TrainingError
from tilesight.line.models import model_path
from tilesight.line.recipe import Recipe
from tilesight.line.training.child import TrainingRun
from tilesight.line.training.choosing import Cancelled, TileChoice, TileSet, gather
from tilesight.line.training.comparing import Comparison, compare
from tilesight.line.training.evaluation import gather_labelled, learnt_by
from tilesight.line.training.job import JobBook, JobSettings, Status
from tilesight.line.training.releasing import Who, add_candidate, can_roll_back, promote, roll_back
from tilesight.store.filters import ALL
from tilesight.store.models import StoredModel
from tilesight.store.records import RecordStore
from tilesight.ui.context import AppContext

_T = TypeVar("_T")
#: Between two looks at the process, in milliseconds.
_LOOK_MS = 400
#: Jobs that are looked at for how long a training takes here.
_JOBS_FOR_PACE = 12
Failed = Callable[[Exception], object]


def usual_threads() -> int:
    """Half of the processor's cores: the other half is for inspection."""
    return max(1, (os.cpu_count() or 2) // 2)


@dataclass(frozen=True, slots=True)
class Registry:
    """The models of the store.

    Attributes:
        live: That is live for the recipe; None where nothing was promoted yet.
        others: All that could be compared with it, newest first.
        goes_back_to: Name of the model that a rollback leads to; "" for none.
        pace: Seconds of a finished training by (mode, preset), newest first: how long it takes here.
    """

    live: StoredModel | None
    others: tuple[StoredModel, ...]
    goes_back_to: str
    pace: dict[tuple[str, str], float]


class TrainModel(QObject):
    """Drives everything; every command returns at once.

    Args:
        context: Store, recipe, background, person.
    """

    tiles_changed = Signal()
    run_changed = Signal()
    registry_changed = Signal()
    comparison_changed = Signal()
    progressed = Signal(str, int, int)  #: What is being done ("tiles", "compare"), how far, of how much.
    _told = Signal(str, int, int)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.choice = TileChoice()
        self.tiles: TileSet | None = None
        self.run: TrainingRun | None = None
        self.registry = Registry(None, (), "", {})
        self.comparison: Comparison | None = None
        #: What is being done in the background: "tiles", "start", "compare", "release"; "" for nothing.
        self.busy = ""
        self._stop = threading.Event()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._told.connect(self.progressed)

    # Reading

    def reload(self) -> None:
        """Reads jobs and models of the store; a training that still runs is followed on."""
        store, recipe = self._context.store, self._context.recipe
        if store is None:
            self.run, self.registry = None, Registry(None, (), "", {})
            self._timer.stop()
            self.run_changed.emit()
            self.registry_changed.emit()
            return
        known = self.run

        def work() -> tuple[TrainingRun | None, Registry]:
            newest = JobBook(store.folder).newest() if known is None else None
            run = TrainingRun(newest) if newest is not None else known
            return run, _read_registry(store, recipe)

        self._context.background.run(work, self._take, self._not_read, topic="train.load")

    def _take(self, answer: tuple[TrainingRun | None, Registry]) -> None:
        run, self.registry = answer
        if self.run is None and run is not None:
            self.run = run
            if run.running:
                self._timer.start()
            elif run.status is Status.FINISHED:
                self._register()
        self.run_changed.emit()
        self.registry_changed.emit()

    def _not_read(self, error: Exception) -> None:
        self._context.toast(str(error))

    # Tiles

    def look_at_tiles(self, choice: TileChoice, failed: Failed) -> None:
        """Reads the chosen pictures; `tiles` has them then."""
        store = self._context.store
        self.choice = choice

        def done(tiles: TileSet) -> None:
            self.tiles = tiles
            self.tiles_changed.emit()

        self._do("tiles", lambda tell: gather(store, choice, tell), done, failed, self.tiles_changed)

    def remove_tiles(self, paths: frozenset[Path]) -> None:
        """Leaves pictures out."""
        if self.tiles is not None:
            self.tiles = self.tiles.without(paths)
            self.tiles_changed.emit()

    def stop_work(self) -> None:
        """Gives up reading or comparing."""
        self._stop.set()

    # The job

    def start_training(self, settings: JobSettings, name: str, failed: Failed) -> None:
        """Writes a job with the chosen tiles and starts its process."""
        store, recipe, tiles = self._context.store, self._context.recipe, self.tiles
        actor = self._context.actor
        if store is None or tiles is None or (self.run is not None and self.run.running):
            return

        def work(tell: object) -> TrainingRun:
            del tell
            parent = None
            if settings.mode != "scratch":
                if recipe is None:
                    raise TrainingError(
                        "There is no recipe, so no live model.", do_next="Train from scratch."
                    )
                parent = model_path(recipe.model)
            folder = JobBook(store.folder).create(
                tiles, settings, name=name, recipe=recipe.name if recipe else "", parent=parent, actor=actor
            )
            run = TrainingRun(folder)
            run.start()
            return run

        self._do("start", work, self._started, failed, self.run_changed)

    def _started(self, run: TrainingRun) -> None:
        self.run = run
        self.comparison = None
        self._timer.start()
        self.run_changed.emit()

    def resume(self, failed: Failed) -> None:
        """Goes on with a job that was paused, killed or has failed."""
        run = self.run
        if run is None or not run.can_start or self.busy:
            return

        def work(tell: object) -> TrainingRun:
            del tell
            run.start()
            return run

        self._do("start", work, self._started, failed, self.run_changed)

    def pause(self) -> None:
        """Stops after the step at hand; a checkpoint is kept."""
        if self.run is not None:
            self.run.pause()
            self.run_changed.emit()

    def cancel(self) -> None:
        """Gives the training up."""
        if self.run is not None:
            self.run.cancel()
            self.run_changed.emit()

    @Slot()
    def _look(self) -> None:
        run = self.run
        if run is None or self.busy == "start":
            return
        changed = run.poll()
        if not run.running:
            self._timer.stop()
            if run.status is Status.FINISHED:
                self._register()
        if changed:
            self.run_changed.emit()

    def _register(self) -> None:
        """The finished model becomes a candidate; one that is there already stays as it is."""
        store, run = self._context.store, self.run
        if store is None or run is None or not run.folder.model.is_file():
            return
        job, who = run.job, self._who()
        note = f"Trained on {job.pictures} pictures of {job.tiles} tiles ({job.settings.mode})."

        def work() -> Registry:
            add_candidate(store, run.folder.model, who, note)
            return _read_registry(store, self._context.recipe)

        self._context.background.run(work, self._take_registry, self._not_read, topic="train.register")

    def _take_registry(self, registry: Registry) -> None:
        self.registry = registry
        self.registry_changed.emit()

    # The gate

    def add_model(self, file: Path) -> None:
        """Takes a model file that somebody brings as a candidate."""
        store, who, recipe = self._context.store, self._who(), self._context.recipe
        if store is None:
            return

        def work() -> Registry:
            add_candidate(store, file, who)
            return _read_registry(store, recipe)

        self._context.background.run(work, self._take_registry, self._not_read)

    def start_comparison(self, sha256: str, folders: tuple[Path, ...], records: bool, failed: Failed) -> None:
        """Judges labelled tiles by the live model and by another one."""
        store, recipe = self._context.store, self._context.recipe
        if store is None or recipe is None:
            return

        def work(tell: Callable[[int, int], None]) -> Comparison:
            file, other = model_path(recipe.model), store.models.path(sha256)
            infos = [model_info(read_bundle(one, graph=False, weights=False), one) for one in (file, other)]
            learnt = frozenset[str]().union(*(learnt_by(info.provenance) for info in infos))
            tiles = gather_labelled(store, ALL if records else None, folders, learnt)
            # Bounded, so that inspection goes on beside it.
            with (
                open_detector(file, device=recipe.device, threads=usual_threads()) as live,
                open_detector(other, device=recipe.device, threads=usual_threads()) as new,
            ):
                return compare(live, new, recipe, tiles, tell)

        self._do("compare", work, self._compared, failed, self.comparison_changed)

    def _compared(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.comparison_changed.emit()

    def promote(self, why: str, override: str, failed: Failed) -> None:
        """Makes the compared model live and swaps it in between two frames."""
        store, recipe, comparison = self._context.store, self._context.recipe, self.comparison
        if store is None or recipe is None or comparison is None:
            return
        who = self._who()

        def refused(error: Exception) -> None:
            # The line could not take it: the registry goes back too, so that both say the same.
            self._context.background.run(
                lambda: roll_back(store, recipe, who, f"Refused by the line: {error}"), _nothing, _nothing
            )
            failed(error)
            self._released()

        def done(changed: Recipe) -> None:
            self._context.apply_recipe(changed, why, self._in_force, refused)

        self._do(
            "release",
            lambda _: promote(store, recipe, comparison, who, why, override),
            done,
            failed,
            self.registry_changed,
        )

    def roll_back(self, why: str, failed: Failed) -> None:
        """Goes back to the model that was live before."""
        store, recipe, who = self._context.store, self._context.recipe, self._who()
        if store is None or recipe is None:
            return

        def done(changed: Recipe) -> None:
            self._context.apply_recipe(changed, why, self._in_force, failed)

        self._do("release", lambda _: roll_back(store, recipe, who, why), done, failed, self.registry_changed)

    def _in_force(self, recipe: Recipe) -> None:
        book = self._context.recipes
        if book is not None:
            # Also a recipe that ships with the program: the next start must not go back to the old model.
            self._context.background.run(lambda: book.save(recipe), _nothing, self._not_read)
        self.comparison = None
        self.comparison_changed.emit()
        self._released()

    def _released(self) -> None:
        self.reload()

    # Inside

    def close(self) -> None:
        """Ends waiting; a training goes on by itself."""
        self._timer.stop()
        self._stop.set()

    def _who(self) -> Who:
        return Who(self._context.actor, self._context.person.role.value)

    def _do(
        self,
        what: str,
        work: Callable[[Callable[[int, int], None]], _T],
        done: Callable[[_T], object],
        failed: Failed,
        after: SignalInstance,
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
            after.emit()

        def refuse(error: Exception) -> None:
            self.busy = ""
            if not isinstance(error, Cancelled):
                failed(error)
            after.emit()

        self._context.background.run(lambda: work(tell), finish, refuse)
        after.emit()


def _read_registry(store: RecordStore, recipe: Recipe | None) -> Registry:
    live = None if recipe is None else store.models.live(recipe.name)
    others = tuple(one for one in store.models.all() if live is None or one.sha256 != live.sha256)
    pace: dict[tuple[str, str], float] = {}
    for folder in JobBook(store.folder).all()[:_JOBS_FOR_PACE]:
        if folder.state().status is Status.FINISHED:
            job, run = folder.job(), TrainingRun(folder)
            if job.settings.steps is None and run.state.seconds:
                pace.setdefault((job.settings.mode, job.settings.preset), run.state.seconds)
    return Registry(live, others, can_roll_back(store, recipe) if recipe is not None else "", pace)


def _nothing(_: object) -> None:
    """For answers that nobody waits for."""
