"""What Train knows: the chosen tiles, the job, the comparison, and who is live. Widgets hold nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from bsdrd.errors import TrainingError
from tilesight.line.give_way import GiveWay
from tilesight.line.models import model_path
from tilesight.line.training.child import TrainingRun
from tilesight.line.training.choosing import Cancelled, TileChoice, TileSet, gather
from tilesight.line.training.comparing import Comparison
from tilesight.line.training.job import JobBook, JobSettings, Status
from tilesight.line.training.replay import OldTiles, gather_old
from tilesight.ui.context import AppContext
from tilesight.ui.messages import said
from tilesight.ui.train.gate_model import GateModel
from tilesight.ui.train.parts import tiles_in_words
from tilesight.ui.train.registry import Registry

_T = TypeVar("_T")
#: Between two looks at the process, in milliseconds.
_LOOK_MS = 400
Failed = Callable[[Exception], object]


class TrainModel(QObject):
    """Drives everything; every command returns at once.

    Args:
        context: Store, recipe, background, person.
    """

    tiles_changed = Signal()
    chosen = Signal()  #: Other tiles were chosen and read.
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
        self._removals: list[TileSet] = []
        #: Where old good tiles come from that a warm start mixes in.
        self.old = OldTiles()
        self.run: TrainingRun | None = None
        #: For how much of the last minute the line has held the running training, in whole percent.
        self.held_percent = 0
        #: Registry, comparison, release.
        self.gate = GateModel(context, self)
        self._doing = ""
        self._stop = threading.Event()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._told.connect(self.progressed)
        self.gate.registry_changed.connect(self.registry_changed)
        self.gate.comparison_changed.connect(self.comparison_changed)

    @property
    def busy(self) -> str:
        """What is being done: "tiles", "start", or what the gate does; "" for nothing."""
        return self._doing or self.gate.busy

    @property
    def registry(self) -> Registry:
        """The models of the store."""
        return self.gate.registry

    @property
    def comparison(self) -> Comparison | None:
        """The new model against another one."""
        return self.gate.comparison

    @property
    def give_way(self) -> GiveWay:
        """Lets processes stand still while the line inspects."""
        return self._context.session.give_way

    # Reading

    def reload(self) -> None:
        """Reads jobs and models of the store; a training that still runs is followed on."""
        self.gate.reload()
        store = self._context.store
        if store is None:
            self.run = None
            self._timer.stop()
            self.run_changed.emit()
            return
        known, give_way = self.run, self.give_way

        def work() -> TrainingRun | None:
            newest = JobBook(store.folder).newest() if known is None else None
            return TrainingRun(newest, give_way) if newest is not None else known

        self._context.background.run(work, self._take, self._not_read, topic="train.load")

    def _take(self, run: TrainingRun | None) -> None:
        if self.run is None and run is not None:
            self.run = run
            if run.running:
                self._timer.start()
            elif run.status is Status.FINISHED:
                self._register()
        self.run_changed.emit()

    def _not_read(self, error: Exception) -> None:
        self._context.toast(said(error))

    # Tiles

    def look_at_tiles(self, choice: TileChoice, failed: Failed) -> None:
        """Reads the chosen pictures; `tiles` has them then."""
        store = self._context.store
        self.choice = choice

        def done(tiles: TileSet) -> None:
            self.tiles, self._removals = tiles, []
            self.chosen.emit()
            self.tiles_changed.emit()

        self.work("tiles", lambda tell: gather(store, choice, tell), done, failed, self.tiles_changed)

    def remove_tiles(self, paths: frozenset[Path]) -> None:
        """Leaves pictures out; `undo_removal` takes them back."""
        if self.tiles is not None:
            self._removals.append(self.tiles)
            self.tiles = self.tiles.without(paths)
            self.tiles_changed.emit()

    @property
    def can_undo(self) -> bool:
        """Whether something was left out that can be taken back."""
        return bool(self._removals)

    def undo_removal(self) -> None:
        """Takes back what was left out last."""
        if self._removals:
            self.tiles = self._removals.pop()
            self.tiles_changed.emit()

    def put_back(self, paths: frozenset[Path]) -> None:
        """Takes just these pictures in again, whatever was left out since."""
        if self.tiles is None or not self._removals:
            return
        whole, there = self._removals[0], {tile.path for tile in self.tiles.tiles}
        out = frozenset(tile.path for tile in whole.tiles if tile.path not in there)
        if out & paths:
            self._removals.append(self.tiles)
            self.tiles = whole.without(out - paths)
            if self.tiles.tiles == whole.tiles:
                self._removals = []  # nothing is left out any more
            self.tiles_changed.emit()

    def stop_work(self) -> None:
        """Gives up reading or comparing."""
        self._stop.set()
        self.gate.stop_work()

    # The job

    def start_training(self, settings: JobSettings, name: str, failed: Failed) -> None:
        """Writes a job with the chosen tiles and starts its process."""
        store, recipe, tiles = self._context.store, self._context.recipe, self.tiles
        actor, which, give_way = self._context.actor, self.old, self.give_way
        no_live = self.tr("There is no recipe, so there is no live model.")
        instead = self.tr("Train from scratch.")
        if store is None or tiles is None or (self.run is not None and self.run.running):
            return

        def work(tell: object) -> TrainingRun:
            del tell
            parent = None
            if settings.mode != "scratch":
                if recipe is None:
                    raise TrainingError(no_live, do_next=instead)
                parent = model_path(recipe.model)
            folder = JobBook(store.folder).create(
                tiles,
                settings,
                name=name,
                recipe=recipe.name if recipe else "",
                parent=parent,
                actor=actor,
                old=gather_old(store, which, tiles) if settings.mode == "warm" else None,
            )
            run = TrainingRun(folder, give_way)
            run.start()
            return run

        self.work("start", work, self._started, failed, self.run_changed)

    def _started(self, run: TrainingRun) -> None:
        self.run = run
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

        self.work("start", work, self._started, failed, self.run_changed)

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
        if run is None or self._doing == "start":
            return
        changed = run.poll()
        held = round(100 * self.give_way.held_share) if run.running else 0
        if held != self.held_percent:
            self.held_percent, changed = held, True
        if not run.running:
            self._timer.stop()
            if run.status is Status.FINISHED:
                self._register()
        if changed:
            self.run_changed.emit()

    def _register(self) -> None:
        """The finished model becomes a candidate; one that is there already stays as it is."""
        run = self.run
        if run is None or not run.folder.model.is_file():
            return
        job = run.job
        how = {
            "warm": self.tr("Trained on from the live model with {tiles}."),
            "scratch": self.tr("Trained from scratch with {tiles}."),
            "calibrate": self.tr("The model of then, T1 and T2 found anew with {tiles}."),
        }
        note = how[job.settings.mode].format(tiles=tiles_in_words(job.pictures, job.tiles))
        self.gate.add_model(run.folder.model, note)

    # Inside

    def close(self) -> None:
        """Ends waiting; a training goes on by itself."""
        self._timer.stop()
        self._stop.set()
        self.gate.close()

    def work(
        self,
        what: str,
        work: Callable[[Callable[[int, int], None]], _T],
        done: Callable[[_T], object],
        failed: Failed,
        after: SignalInstance,
    ) -> None:
        """Does something in the background, one thing at a time.

        Args:
            what: Its name in `busy`.
            work: Takes a function to be told how far it is, which raises `Cancelled` once it is to stop.
            done: Takes the result.
            failed: Takes the error.
            after: Emitted when it begins and when it has ended.
        """
        if self.busy:
            return
        self._doing = what
        stop = self._stop = threading.Event()

        def tell(so_far: int, of: int) -> None:
            if stop.is_set():
                raise Cancelled
            self._told.emit(what, so_far, of)

        def finish(result: _T) -> None:
            self._doing = ""
            done(result)
            after.emit()

        def refuse(error: Exception) -> None:
            self._doing = ""
            if not isinstance(error, Cancelled):
                failed(error)
            after.emit()

        self._context.background.run(lambda: work(tell), finish, refuse)
        after.emit()
