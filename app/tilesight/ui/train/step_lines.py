"""What the checklist says of each step: how far it is, or what it lacks."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tilesight.line.shadow import ShadowState
from tilesight.line.training.choosing_thresholds import can_lower
from tilesight.line.training.job import Status
from tilesight.ui.messages import said
from tilesight.ui.train.checklist import StepLine
from tilesight.ui.train.model import TrainModel
from tilesight.ui.train.parts import tiles_in_words
from tilesight.ui.train.shadow_model import ShadowModel
from tilesight.ui.train.suspects_model import SuspectsModel
from tilesight.ui.tune.words import count


class StepLines(QObject):
    """The lines of the checklist.

    Args:
        model: Tiles, training, and the gate.
        shadow: How shadow mode is doing.
        suspects: How many suspicious tiles are decided.
    """

    def __init__(
        self, model: TrainModel, shadow: ShadowModel, suspects: SuspectsModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._shadow, self._suspects = model, shadow, suspects

    def all(self) -> tuple[StepLine, ...]:
        """All lines as they are now, in the order of the steps."""
        return (
            self._tiles_line(),
            self._settings_line(),
            self._training_line(),
            self._compare_line(),
            self._shadow_line(),
            self._release_line(),
            self._models_line(),
        )

    def _tiles_line(self) -> StepLine:
        tiles, title = self._model.tiles, self.tr("Tiles")
        if tiles is None:
            return StepLine(title, self.tr("Choose good tiles"), "open")
        if not tiles.trainable:
            return StepLine(title, said(tiles.notes[0]), "trouble")
        says = tiles_in_words(len(tiles.tiles), tiles.groups)
        suspects = self._suspects
        if suspects.found is None:
            says += "\n" + self.tr("Suspicious ones: not looked at")
        else:
            text = self.tr("Suspicious ones: {n} of {of} decided")
            says += "\n" + text.format(n=count(suspects.decided), of=count(suspects.worth_a_look))
        return StepLine(title, says, "done")

    def _settings_line(self) -> StepLine:
        ready = self._model.tiles is not None and self._model.tiles.trainable
        says = self.tr("Start from the live model, or anew") if ready else self.tr("Needs tiles")
        return StepLine(self.tr("Settings"), says, "open")

    def _training_line(self) -> StepLine:
        run, title = self._model.run, self.tr("Training")
        if run is None:
            return StepLine(title, self.tr("Nothing trained yet"), "open")
        place = self.tr("step {done} of {of}").format(done=run.state.steps_done, of=run.state.steps)
        running = self.tr("Running, {place}").format(place=place) if run.state.steps else self.tr("Begins")
        failure = run.state.failure
        return {
            Status.READY: StepLine(title, self.tr("Ready to start"), "open"),
            Status.RUNNING: StepLine(title, running, "now"),
            Status.PAUSED: StepLine(title, self.tr("Paused, {place}").format(place=place), "now"),
            Status.FAILED: StepLine(title, said(failure.what) if failure else self.tr("Stopped"), "trouble"),
            Status.FINISHED: StepLine(title, self.tr("{name} is ready").format(name=run.job.name), "done"),
            Status.CANCELLED: StepLine(title, self.tr("Given up"), "open"),
        }[run.status]

    def _compare_line(self) -> StepLine:
        found, title = self._model.comparison, self.tr("Compare")
        if found is None:
            some = bool(self._model.registry.others)
            says = self.tr("Compare with the live model") if some else self.tr("Needs a new model")
            return StepLine(title, says, "open")
        text = self.tr("Missed defects: {new}, live {old}; verdicts that change: {changes}")
        says = text.format(new=found.new.missed, old=found.live.missed, changes=len(found.changes))
        return StepLine(title, says, "trouble" if found.obstacle else "done")

    def _shadow_line(self) -> StepLine:
        title, now, found = self.tr("Shadow"), self._shadow.snapshot, self._shadow.found
        if now.state is ShadowState.OFF:
            return StepLine(title, self.tr("Let a candidate judge beside the live model"), "open")
        if now.state in (ShadowState.FAILED, ShadowState.HELD):
            failed = now.state is ShadowState.FAILED
            says = self.tr("Has failed") if failed else self.tr("Rests: the recipe was changed")
            return StepLine(title, says, "trouble")
        judged = 0 if found is None else found.summary.records - found.summary.failed
        if found is None or not judged:
            return StepLine(title, self.tr("Waits for tiles"), "now")
        text = self.tr("Agrees on {agree} of %Ln tile(s)", "", judged)
        return StepLine(title, text.format(agree=count(found.summary.agree)), "now")

    def _models_line(self) -> StepLine:
        registry = self._model.registry
        number = len(registry.models)
        says = self.tr("%Ln in the registry", "", number) if number else self.tr("None yet")
        return StepLine(self.tr("Models"), says, "open")

    def _release_line(self) -> StepLine:
        live, title = self._model.registry.live, self.tr("Release")
        found = self._model.gate.proposal
        if found is None:
            says = self.tr("Live: {name}").format(name=live.name) if live else self.tr("Needs a comparison")
            return StepLine(title, says, "open")
        if found.obstacle:
            way_out = can_lower(found)
            says = (
                self.tr("Needs other thresholds or a reason")
                if way_out
                else self.tr("Needs a written reason")
            )
            return StepLine(title, says, "open")
        if found.missed_more:
            return StepLine(title, self.tr("Ready, but misses more of some kinds"), "now")
        return StepLine(title, self.tr("Ready to promote"), "now")
