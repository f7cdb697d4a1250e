"""Putting a proposal or an earlier version in force: a reason, the record of it, the swap on the line."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from bsdrd.result import Thresholds
from tilesight.line.recipe import Recipe
from tilesight.store.recipes import RecipeVersion
from tilesight.store.tuning.apply import Proposed, apply_change
from tilesight.store.tuning.evidence import same_pixel_rule
from tilesight.ui.context import AppContext
from tilesight.ui.messages import said
from tilesight.ui.tune import words
from tilesight.ui.tune.apply_sheet import ApplySheet
from tilesight.ui.tune.change_words import change_rows
from tilesight.ui.tune.history_sheet import HistorySheet
from tilesight.ui.tune.model import TuneModel


class PutInForce(QObject):
    """The two sheets and what they do.

    Args:
        host: Widget that the sheets cover.
        context: Store, session, who sits there.
        model: What is proposed.
    """

    busy_changed = Signal()
    applied = Signal()  #: Another rule is in force; read the records again.
    refused = Signal()  #: Nothing was changed; what is known may be old.

    def __init__(self, host: QWidget, context: AppContext, model: TuneModel) -> None:
        super().__init__(host)
        self._context, self._model = context, model
        self._busy = False
        self.apply_sheet = ApplySheet(host, context.theme)
        self.history_sheet = HistorySheet(host, context.theme)
        self.apply_sheet.form.confirmed.connect(self._apply)
        self.history_sheet.version_chosen.connect(self._weigh)
        self.history_sheet.restore_asked.connect(self._restore)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._busy

    # The proposal

    def ask(self, problem: str) -> None:
        """Shows what would change and asks why.

        Args:
            problem: Why the proposal cannot be put in force, translated; "" where it can.
        """
        model = self._model
        recipe, proposed = model.recipe, model.proposed_recipe()
        if recipe is None or proposed is None or not model.is_changed:
            return
        model.refresh()
        before, after = recipe.content(), proposed.content()
        if recipe.t1 is None and proposed.t1 is not None:
            # The model's own thresholds are numbers too.
            before |= {"t1": model.in_force.low, "t2": model.in_force.high}
        if model.rejudging.running:
            problem = self.tr("Stored maps are still being judged by the new rule. Wait for the flip list.")
        self.apply_sheet.ask(
            change_rows(before, after),
            model.outcome_of_all(),
            self._context.person.name,
            self._notes(),
            problem,
        )

    def _notes(self) -> str:
        notes: list[str] = []
        evidence, state = self._model.evidence, self._model.rejudging
        if evidence is not None and len(self._model.what.table) != len(evidence.table):
            notes.append(
                self.tr(
                    "Counted on all %Ln record(s), not only on those that are chosen now.",
                    "",
                    len(evidence.table),
                )
            )
        if state.without_maps + state.failed:
            notes.append(
                self.tr(
                    "%Ln record(s) keep their stored score, because they could not be judged again.",
                    "",
                    state.without_maps + state.failed,
                )
            )
        return " ".join(notes)

    @Slot(str, str)
    def _apply(self, reason: str, name: str) -> None:
        store, recipe, changed = self._context.store, self._model.recipe, self._model.proposed_recipe()
        evidence = self._model.evidence
        if store is None or recipe is None or changed is None or evidence is None or self._busy:
            return
        outcome, seen = self._model.outcome_of_all(), evidence.newest_version
        proposed = Proposed(
            name=recipe.name,
            content=changed.content(),
            in_force=recipe.content(),
            newest_seen=None if seen is None else seen.sha256,
            released=outcome.released,
            rejected=outcome.rejected,
            looked_at=outcome.total,
            method=self._model.method or "by hand",
        )
        self._set_busy(True)
        role = self._context.person.role.value
        self._context.background.run(
            lambda: apply_change(store, proposed, who=name, why=reason, role=role),
            lambda _version: self._swap(changed, reason),
            self._refused,
        )

    # An earlier version

    @Slot()
    def open_history(self) -> None:
        """Shows every version of the recipe."""
        store, recipe = self._context.store, self._model.recipe
        if store is None or recipe is None:
            return
        self._context.background.run(
            lambda: store.recipes.history(recipe.name),
            lambda versions: self.history_sheet.show_versions(recipe, versions, self._context.person.name),
            lambda error: self._context.toast(said(error)),
            topic="tune.history",
        )

    @Slot(object)
    def _weigh(self, version: RecipeVersion) -> None:
        """Says what the thresholds of a version would do."""
        low, high = version.content.get("t1"), version.content.get("t2")
        if low is None or high is None:
            own = self._context.detector
            thresholds = own.thresholds if own is not None else self._model.in_force
        else:
            thresholds = Thresholds(float(low), float(high))
        outcome = self._model.before.outcome(thresholds)
        text = self.tr(
            "Stored verdicts that its thresholds would change: {flips} of {n} ({released} released, "
            "{rejected} rejected)."
        ).format(
            flips=words.count(outcome.flips),
            n=words.count(outcome.total),
            released=words.count(outcome.released),
            rejected=words.count(outcome.rejected),
        )
        recipe = self._model.recipe
        if recipe is not None and not same_pixel_rule(recipe.content(), version.content):
            more = self.tr("Its other mask, edge band or region filter is not counted here.")
            text = f"{text} {more}"
        self.history_sheet.say_effect(text)

    @Slot(object, str, str)
    def _restore(self, version: RecipeVersion, reason: str, name: str) -> None:
        store = self._context.store
        if store is None or self._busy:
            return
        try:
            recipe = Recipe.model_validate(dict(version.content))
        except ValueError as error:
            self._refused(error)
            return
        self._set_busy(True)
        role = self._context.person.role.value
        self._context.background.run(
            lambda: store.recipes.restore(version.name, version.version, actor=name, why=reason, role=role),
            lambda _version: self._swap(recipe, reason),
            self._refused,
        )

    # Both

    def _swap(self, recipe: Recipe, reason: str) -> None:
        self._context.apply_recipe(recipe, reason, self._in_force, self._refused)

    def _in_force(self, recipe: Recipe) -> None:
        self._set_busy(False)
        self.apply_sheet.close_sheet()
        self.history_sheet.close_sheet()
        self._context.toast(self.tr("{recipe}: the new rule is in force.").format(recipe=recipe.name))
        book = self._context.recipes
        if book is not None and not book.path(recipe.name).exists():
            # Somebody took the trouble to tune it: it is worth keeping under its name.
            self._context.background.run(lambda: book.save(recipe), lambda _path: None)
        self.applied.emit()

    def _refused(self, error: Exception) -> None:
        self._set_busy(False)
        for sheet in (self.apply_sheet, self.history_sheet):
            sheet.form.say_problem(said(error))
        self.apply_sheet.relayout()
        self.refused.emit()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for sheet in (self.apply_sheet, self.history_sheet):
            sheet.form.set_busy(busy)
        self.busy_changed.emit()
