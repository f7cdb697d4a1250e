"""The engine: runs the line, changes what is in force between two frames, and tells how it is doing.

States, as `EngineSnapshot.state` says them::

    STOPPED ── start() ──▶ STARTING ──▶ RUNNING ◀──────▶ PAUSED        pause(), resume()
       ▲                      │         │  ▲  │
       │                      │         │  │  └──────▶ RECONNECTING   the source is lost, and comes back
       │                      ▼         ▼  │               │
       │                    FAULT ◀─────┴──┴───────────────┘          no detector, detector stuck, or source
       │                      │         │                             failed: `reason` says which; a detector
       │                      │         ▼                             that answers again ends it
       │                      │      FINISHED                         a finite source was inspected to its end
       │                      ▼         │                             and everything is saved
       └── STOPPED ◀──── STOPPING ◀─────┘  stop() from any state

The store is a state of its own beside these: while it fails, files wait and live tiles are NOT INSPECTED.

Commands (`start`, `stop`, `swap_recipe`) return at once with a future and are carried out one after the
other on the engine's own thread; questions (`snapshot`, `latest`, `tile`) never wait for the line.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from bsdrd.detector import ModelInfo
from bsdrd.errors import BsdrdError
from tilesight.line import models
from tilesight.line.frames import Frame
from tilesight.line.give_way import GiveWay
from tilesight.line.inspecting import NO_MODEL, Setup, TileDetector
from tilesight.line.news import (
    Circumstances,
    DetectorState,
    EngineSnapshot,
    EngineState,
    InspectedTile,
    SourceState,
    StopReport,
    StoreState,
    TileBrief,
)
from tilesight.line.observers import Tap
from tilesight.line.recipe import Recipe
from tilesight.line.run import EngineOptions, Run
from tilesight.line.sources.base import CameraControls, Source
from tilesight.line.storing import Records

__all__ = ["Engine", "EngineOptions", "EngineSnapshot", "EngineState", "InspectedTile", "StopReport"]

_log = logging.getLogger(__name__)

T = TypeVar("T")

_SWAP_S = 30.0


class EngineError(BsdrdError):
    """A command that the engine could not carry out; what was in force stays."""


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """An open, warm detector and what it was opened for."""

    stamp: tuple[object, ...]
    detector: TileDetector


class Engine:
    """Inspects what a source delivers by a recipe, and stores a record of every tile.

    Args:
        store: Where records go.
        options: Sizes and times.
        open_detector: Opens the detector of a recipe; `tilesight.line.models.open_for` unless a test says
            otherwise.
        on_news: Called from any thread when there is something new, and then not again before the next
            `snapshot`, so that a slow listener is never flooded. Must be quick, must not raise.
        give_way: Background processes that stand still while a picture is inspected; the caller closes it.
    """

    def __init__(
        self,
        store: Records,
        *,
        options: EngineOptions | None = None,
        open_detector: Callable[[Recipe], TileDetector] = models.open_for,
        on_news: Callable[[], None] | None = None,
        give_way: GiveWay | None = None,
    ) -> None:
        self._store = store
        self._options = options or EngineOptions()
        self._open_detector = open_detector
        self._on_news = on_news
        self._give_way = give_way or GiveWay()
        self._told = threading.Event()
        self._commands = ThreadPoolExecutor(1, "tilesight-commands")
        self._closed = False
        self._run: Run | None = None
        self._runs = 0
        self._loaded: _Loaded | None = None
        self._loading = threading.Lock()
        self._recipe: Recipe | None = None
        self._swapping = False
        self._said = Circumstances()
        self._taps: tuple[Tap, ...] = ()

    # -- commands ----------------------------------------------------------------------------------

    def start(self, source: Source, recipe: Recipe, recipe_version: int | None = None) -> Future[None]:
        """Starts to inspect; a run that goes on is stopped first.

        Without a detector (see `EngineSnapshot.detector_reason`) a source that can wait is not read, and the
        tiles of one that cannot are NOT INSPECTED.

        Args:
            source: Not yet opened; the engine closes it.
            recipe: What decides about the tiles; its own `source` text is not looked at.
            recipe_version: Its version in the store, for the records.
        """
        return self._command(lambda: self._start(source, recipe, recipe_version))

    def stop(self) -> Future[StopReport]:
        """Stops: the source first, then the inspection, then the store, each with a time limit."""
        return self._command(self._stop)

    def swap_recipe(self, recipe: Recipe, recipe_version: int | None = None) -> Future[ModelInfo]:
        """Puts another recipe in force between two frames; its model is loaded beside the old one first.

        The future holds the model that is in force then, or a `BsdrdError`: the old recipe and the old
        model stay in force. While nothing runs, only the model is made ready.
        """
        return self._command(lambda: self._swap(recipe, recipe_version))

    def swap_detector(self, model: str, recipe_version: int | None = None) -> Future[ModelInfo]:
        """Puts another model in force between two frames, under the recipe in force; see `swap_recipe`."""

        def swap() -> ModelInfo:
            recipe = self._recipe
            if recipe is None:
                raise EngineError("There is no recipe in force.", do_next="Start an inspection first.")
            return self._swap(recipe.changed(model=model, model_sha256=None), recipe_version)

        return self._command(swap)

    def pause(self) -> None:
        """Takes no more frames; a triggered camera's are recorded as NOT INSPECTED."""
        if self._run is not None:
            self._run.feeder.pause()

    def resume(self) -> None:
        """Takes frames again."""
        if self._run is not None:
            self._run.feeder.resume()

    def set_circumstances(self, said: Circumstances) -> None:
        """Operator, station, lot and serial for the tiles from now on."""
        self._said = said

    @property
    def circumstances(self) -> Circumstances:
        """What holds now."""
        return self._said

    def add_tap(
        self,
        observer: Callable[[InspectedTile], None],
        name: str,
        room: int = 4,
        *,
        idle: Callable[[], None] | None = None,
        low_priority: bool = False,
    ) -> Tap:
        """Lets an observer see inspected tiles without ever delaying the line; see `Tap`."""
        tap = Tap(observer, name, room, idle=idle, low_priority=low_priority)
        self._taps = (*self._taps, tap)
        return tap

    def remove_tap(self, tap: Tap) -> bool:
        """Ends an observer; False where it does not end in time."""
        self._taps = tuple(one for one in self._taps if one is not tap)
        return tap.close()

    def close(self) -> StopReport | None:
        """Stops and frees everything; waits for it. Twice is fine.

        Returns:
            How the last run ended; None where there was none.
        """
        if self._closed:
            return None
        last = self._command(self._stop_if_any)
        self._closed = True
        report = last.result()
        self._commands.shutdown()
        for tap in self._taps:
            tap.close()
        if self._loaded is not None and not (report and "tilesight-inference" in report.stuck):
            self._loaded.detector.close()
        return report

    # -- questions ---------------------------------------------------------------------------------

    def snapshot(self) -> EngineSnapshot:
        """How the line is doing now."""
        self._told.clear()
        run, loaded = self._run, self._loaded
        if run is None:
            detector = None if loaded is None else loaded.detector
            return EngineSnapshot(
                detector_state=DetectorState.MISSING if detector is None else DetectorState.READY,
                model=None if detector is None else detector.info,
                backend="" if detector is None else detector.backend,
                provider="" if detector is None else detector.provider,
                fallback_reason="" if detector is None else detector.fallback_reason,
                swapping=self._swapping,
            )
        setup = run.inference.setup
        detector = None if setup is None else setup.detector
        feeder, inference, recorder = run.feeder, run.inference, run.recorder
        return EngineSnapshot(
            state=run.state,
            reason=_why(run),
            run=run.number,
            counts=run.ledger.counts(),
            rate=run.ledger.rate(),
            latencies=run.stopwatch.latencies(),
            source=feeder.info,
            source_state=feeder.state,
            source_reason=feeder.reason,
            gaps=feeder.gaps,
            waiting=len(run.frames),
            detector_state=inference.state,
            detector_reason=inference.reason,
            model=None if detector is None else detector.info,
            backend="" if detector is None else detector.backend,
            provider="" if detector is None else detector.provider,
            fallback_reason="" if detector is None else detector.fallback_reason,
            recipe=self._recipe if setup is None else setup.recipe,
            swapping=self._swapping,
            store_state=recorder.state,
            store_reason=recorder.failing,
            free_bytes=recorder.free_bytes,
            unwritten=recorder.unwritten,
            newest=run.showcase.newest,
        )

    @property
    def waiting(self) -> int:
        """Frames that wait for inspection; cheap, for observers that give way to the line."""
        run = self._run
        return 0 if run is None else len(run.frames)

    def latest(self) -> InspectedTile | None:
        """The newest tile of this run; None before the first."""
        return None if self._run is None else self._run.showcase.mailbox.peek()

    def live_frame(self) -> Frame | None:
        """The newest whole frame that was looked at, also where no tile was found in it."""
        return None if self._run is None else self._run.showcase.frames.peek()

    @property
    def controls(self) -> CameraControls | None:
        """What can be set at the source, where it is a camera; None otherwise."""
        return None if self._run is None else self._run.feeder.controls

    def recent(self, after: int = -1) -> list[TileBrief]:
        """The last tiles in short (at most 300), with a ticket above `after`, oldest first."""
        return [] if self._run is None else self._run.showcase.briefs(after)

    def tile(self, ticket: int) -> InspectedTile | None:
        """All of a tile while it is among the last ones; later its record in the store has it."""
        return None if self._run is None else self._run.showcase.tile(ticket)

    def record_id(self, ticket: int) -> int | None:
        """The record that a tile has become; None while it is not stored."""
        return None if self._run is None else self._run.showcase.record_id(ticket)

    def note_shown(self, ticket: int) -> None:
        """A person sees a tile now: its whole way, from the grab to the screen, goes into the latencies."""
        run = self._run
        tile = None if run is None else run.showcase.tile(ticket)
        if run is not None and tile is not None:
            run.stopwatch.add("shown", 1000 * (time.perf_counter() - tile.grabbed_s))

    def wait_until_done(self, timeout_s: float | None = None) -> bool:
        """Waits until the run has ended and everything is saved; True where there is none."""
        return self._run is None or self._run.wait(timeout_s)

    # -- on the command thread ---------------------------------------------------------------------

    def _command(self, work: Callable[[], T]) -> Future[T]:
        if not self._closed:
            with contextlib.suppress(RuntimeError):  # closed by another thread at this very moment
                return self._commands.submit(work)
        raise EngineError("The engine is closed.")

    def _start(self, source: Source, recipe: Recipe, version: int | None) -> None:
        self._stop_if_any()
        self._recipe = recipe
        self._runs += 1
        run = Run(
            self._runs,
            source,
            lambda: self._first_setup(recipe, version),
            self._store,
            self._options,
            lambda: self._said,
            lambda: list(self._taps),
            self._news,
            self._give_way,
        )
        self._run = run
        run.start()
        self._news()

    def _stop(self) -> StopReport:
        report = self._stop_if_any()
        if report is None:
            raise EngineError("Nothing was started.")
        return report

    def _stop_if_any(self) -> StopReport | None:
        run = self._run
        if run is None:
            return None
        report = run.stop()
        if run.inference.thread.name in report.stuck:
            self._loaded = None  # whoever hangs in it must not hang the next run
        return report

    def _first_setup(self, recipe: Recipe, version: int | None) -> Setup:
        """Called in the inference thread of a new run."""
        with self._loading:
            try:
                loaded, _ = self._load(recipe, (256, 256))
            except Exception as error:
                return Setup(recipe, recipe.sha256, version, None, _problem(error))
            self._keep(loaded)
        return Setup(recipe, recipe.sha256, version, loaded.detector)

    def _swap(self, recipe: Recipe, version: int | None) -> ModelInfo:
        run = self._run
        self._swapping = True
        self._news()
        try:
            with self._loading:  # the first detector of a run that has just been started comes before
                size = (256, 256) if run is None else run.inference.last_size
                loaded, is_new = self._load(recipe, size)
                setup = Setup(recipe, recipe.sha256, version, loaded.detector)
            if run is not None and not run.done and not run.inference.swap(setup, _SWAP_S):
                if is_new:
                    loaded.detector.close()
                raise EngineError(
                    "The line did not come to the change in time.", kept="The old recipe stays in force."
                )
            with self._loading:
                self._keep(loaded)
            self._recipe = recipe
            return loaded.detector.info
        except BsdrdError:
            raise
        except Exception as error:
            raise EngineError(_problem(error), kept="The detector in force stays.") from error
        finally:
            self._swapping = False
            self._news()

    def _load(self, recipe: Recipe, size: tuple[int, int]) -> tuple[_Loaded, bool]:
        """A warm detector for a recipe, and whether it was opened now; raises where it cannot be opened."""
        stamp = models.stamp(recipe)
        if self._loaded is not None and self._loaded.stamp == stamp:
            recipe.fits(self._loaded.detector.info)
            return self._loaded, False
        detector = self._open_detector(recipe)
        try:
            detector.warm_up(*size)
        except Exception:
            detector.close()
            raise
        return _Loaded(stamp, detector), True

    def _keep(self, loaded: _Loaded) -> None:
        """Holds on to a detector in force, and frees the one before it."""
        before, self._loaded = self._loaded, loaded
        if before is not None and before is not loaded:
            before.detector.close()

    def _news(self) -> None:
        if self._on_news is not None and not self._told.is_set():
            self._told.set()
            try:
                self._on_news()
            except Exception:
                _log.exception("a listener to the engine's news failed")


def _problem(error: Exception) -> str:
    if isinstance(error, BsdrdError):
        return str(error)
    _log.error("a detector could not be opened", exc_info=error)
    return f"{NO_MODEL} ({type(error).__name__}: {error})"


def _why(run: Run) -> str:
    """The reason that belongs to a run's state."""
    if run.feeder.state in (SourceState.FAILED, SourceState.LOST):
        return run.feeder.reason
    if run.inference.state is not DetectorState.READY:
        return run.inference.reason
    return run.recorder.failing if run.recorder.state is StoreState.FAILING else ""
