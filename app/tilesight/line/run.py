"""One run of the line: its threads, what lies between them, and their end in order.

::

    tilesight-source ─▶ frames ─▶ tilesight-inference ─▶ records ─▶ tilesight-store
        Feeder         (bounded)      Inference         (bounded)      Recorder
                                          └▶ Showcase, taps
    tilesight-monitor: watches the time that the detector takes

Each thread, when it ends, closes the queue behind it, so that an end runs through the line in order.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from bsdrd.result import Verdict
from tilesight.line.backoff import Backoff
from tilesight.line.feeding import STOPPED, Feeder
from tilesight.line.frames import Frame
from tilesight.line.give_way import GiveWay
from tilesight.line.inference import Inference
from tilesight.line.inspecting import Arrived, FrameResult, Inspector, Setup
from tilesight.line.ledger import Ledger, Stopwatch
from tilesight.line.news import (
    Circumstances,
    DetectorState,
    EngineState,
    InspectedTile,
    SourceState,
    StopReport,
)
from tilesight.line.observers import Tap
from tilesight.line.queues import BoundedQueue
from tilesight.line.showing import Showcase
from tilesight.line.sources.base import Overflow, Source
from tilesight.line.storing import Patience, Recorder, Records

_log = logging.getLogger(__name__)

UNSTORABLE = "Its record cannot be stored now, so it does not count as inspected."

_FRAME_BYTES = 256 * 2**20
_MONITOR_S = 0.1


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Sizes and times of the line.

    Attributes:
        frames: Frames that may wait for inspection.
        stale_s: How long a frame of a free-running camera may wait once there is a newer one; then it is
            dropped and counted: the picture on screen lags by no more than this and one inspection.
        records: Records that may wait to be written.
        batch: Most frames inspected at once, where the source waits and a graphics card runs.
        limit_s: Longest time for one frame, to which its size adds 3 s a megapixel. It only tells a detector
            that hangs from one on a slow or busy computer, whose tiles must not be lost.
        drain_s: How long a stopped run goes on inspecting what waits.
        end_s: How long to wait for each thread to end.
        retry_s: First pause before trying again to connect or to write; the pauses grow.
    """

    frames: int = 8
    stale_s: float = 0.5
    records: int = 32
    batch: int = 8
    limit_s: float = 30.0
    drain_s: float = 5.0
    end_s: float = 5.0
    retry_s: float = 0.25


class Run:
    """The inspection of one source from its opening to its end.

    Args:
        number: Of the run, from 1.
        source: Not yet opened.
        first: Loads the first detector, in the inference thread; says in the setup why it could not.
        store: Where records go.
        options: Sizes and times.
        said: What a person says about the tiles now.
        taps: Observers of the tiles.
        on_news: Told when there is something new; must be quick.
        give_way: What stands still while a picture is inspected.
    """

    def __init__(
        self,
        number: int,
        source: Source,
        first: Callable[[], Setup],
        store: Records,
        options: EngineOptions,
        said: Callable[[], Circumstances],
        taps: Callable[[], list[Tap]],
        on_news: Callable[[], None],
        give_way: GiveWay,
    ) -> None:
        self.number = number
        self.ledger = Ledger()
        self.stopwatch = Stopwatch()
        self.showcase = Showcase()
        self._options = options
        self._taps = taps
        self._on_news = on_news
        self._overflow = source.info.overflow
        self._stopping = False
        self._written = threading.Event()
        self._done = threading.Event()
        self._report: StopReport | None = None
        tickets = itertools.count()
        self.frames: BoundedQueue[Arrived] = BoundedQueue(
            options.frames, self._overflow, weigh=_bytes_of, limit=_FRAME_BYTES, stale_s=options.stale_s
        )
        self.recorder = Recorder(
            store,
            self.ledger,
            self.stopwatch,
            on_stored=self.showcase.stored,
            on_change=on_news,
            on_end=self._written.set,
            room=options.records,
            backoff=Backoff(options.retry_s, max(options.retry_s, 5.0)),
        )
        self.inference = Inference(
            self.frames,
            Inspector(lambda: next(tickets)),
            first,
            on_ready=self._ready,
            on_done=self._finish,
            on_change=on_news,
            before=self._before,
            on_end=self.recorder.close,
            said=said,
            give_way=give_way,
            batch=options.batch if self._overflow is Overflow.WAIT else 1,
            limit_s=options.limit_s,
        )
        self.feeder = Feeder(
            source,
            self.frames,
            self.ledger,
            on_refused=self._refuse,
            on_gap=self.recorder.note_gap,
            on_change=on_news,
            backoff=Backoff(options.retry_s, max(options.retry_s, 5.0)),
        )
        self._monitor = threading.Thread(target=self._watch, name="tilesight-monitor", daemon=True)
        self._threads = (self.feeder.thread, self.inference.thread, self.recorder.thread, self._monitor)

    def start(self) -> None:
        """Starts the threads."""
        for thread in self._threads:
            thread.start()

    @property
    def state(self) -> EngineState:
        """How the run is doing, in one word."""
        if self._stopping:
            return EngineState.STOPPED if self._done.is_set() else EngineState.STOPPING
        detector, source = self.inference.state, self.feeder.state
        if source is SourceState.FAILED or detector in (DetectorState.MISSING, DetectorState.STUCK):
            return EngineState.FAULT
        if self._done.is_set():
            return EngineState.FINISHED
        if detector is DetectorState.LOADING or source is SourceState.OPENING:
            return EngineState.STARTING
        if source is SourceState.LOST:
            return EngineState.RECONNECTING
        return EngineState.PAUSED if self.feeder.paused else EngineState.RUNNING

    @property
    def done(self) -> bool:
        """Whether it has ended and its books are closed."""
        return self._done.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Waits for its end; False after `timeout_s`."""
        return self._done.wait(timeout_s)

    def stop(self) -> StopReport:
        """Ends the run in order: source, inference, store. May be called again."""
        if self._report is not None:
            return self._report
        self._stopping = True
        self._on_news()
        options = self._options
        stuck: list[str] = []
        self.inference.stop_after(options.drain_s)
        self.feeder.stop()
        if not _joined(self.feeder.thread, options.end_s):
            stuck.append(self.feeder.thread.name)
            self.frames.close()
        if not _joined(self.inference.thread, options.drain_s):
            self.recorder.give_up()  # it may be waiting for room among records that nobody writes
            if not _joined(self.inference.thread, options.end_s):
                stuck.append(self.inference.thread.name)
                self._abandon_inference()
        if not _joined(self.recorder.thread, options.end_s):
            self.recorder.give_up()
            if not _joined(self.recorder.thread, options.end_s):
                stuck.append(self.recorder.thread.name)
        self._written.set()
        _joined(self._monitor, options.end_s)
        self._done.set()
        if stuck:
            _log.error("threads that did not end: %s", ", ".join(stuck))
        counts = self.ledger.counts()
        self._report = StopReport(counts, tuple(stuck), counts.total - counts.saved)
        self._on_news()
        return self._report

    def _abandon_inference(self) -> None:
        """Accounts for what a detector that does not return leaves behind."""
        self.inference.expire(now=True)
        while waiting := self.frames.get(timeout_s=0.0):
            for one in waiting:
                self._refuse(one.item, STOPPED)
        self.recorder.close()

    def _ready(self, there_is_a_detector: bool) -> None:
        if not there_is_a_detector and self._overflow is Overflow.WAIT:
            # Files wait: better to read none of them than to find none of them inspected.
            self.feeder.stop()
        self.feeder.ready()
        self._on_news()

    def _before(self) -> None:
        """Before inspecting: where the source can wait, so does the line while nothing can be stored."""
        while self._overflow is Overflow.WAIT and self.recorder.failing and not self._stopping:
            self.recorder.wait_until_working(0.5)

    def _finish(self, result: FrameResult) -> None:
        """A frame has become something: into the books, to the people, into the store."""
        tiles = result.tiles
        if result.frame is not None:
            self.showcase.frames.put(result.frame)
        failing = self.recorder.failing
        if failing and self._overflow is not Overflow.WAIT:
            tiles = tuple(_unstorable(tile, failing) for tile in tiles)
        waits = self._overflow is Overflow.WAIT
        self._publish(tiles, Patience.FOR_EVER if waits else Patience.WHILE_WORKING)

    def _refuse(self, arrived: Arrived, reason: str) -> None:
        """A frame will not be inspected: recorded with the reason, without waiting."""
        result = self.inference.refuse(arrived, reason)
        if result is not None:
            self._publish(result.tiles, Patience.NONE)

    def _publish(self, tiles: tuple[InspectedTile, ...], patience: Patience) -> None:
        if not tiles:
            self.ledger.empty()
            self._on_news()
            return
        self.ledger.recorded([tile.verdict for tile in tiles])
        for tile in tiles:
            for stage, milliseconds in tile.timings_ms.items():
                self.stopwatch.add(stage, milliseconds)
            self.showcase.put(tile)
            self._on_news()
            for tap in self._taps():
                tap.put(tile)
            if not self._put(tile, patience):
                self.ledger.unsaved(1)

    def _put(self, tile: InspectedTile, patience: Patience) -> bool:
        try:
            return self.recorder.put(tile, patience)
        except Exception:
            _log.exception("the record of %s could not be made", tile.info.name)
            return False

    def _watch(self) -> None:
        """The monitor: looks after the detector until the last record is written."""
        while not self._written.wait(_MONITOR_S):
            self.inference.expire()
        # The store's thread is the last one; the others are ending or `stop` is waiting for them.
        if not self._stopping:
            _joined(self.inference.thread, self._options.end_s)
            _joined(self.feeder.thread, self._options.end_s)
            self._done.set()
        self._on_news()


def _unstorable(tile: InspectedTile, why: str) -> InspectedTile:
    reason = tile.reason or f"{UNSTORABLE} {why}"
    return replace(tile, verdict=Verdict.NOT_INSPECTED, reason=reason, inspection=None, rule=None)


def _joined(thread: threading.Thread, seconds: float) -> bool:
    if thread.ident is None:
        return True  # never started
    thread.join(seconds)
    return not thread.is_alive()


def _bytes_of(arrived: Arrived) -> int:
    return arrived.frame.pixels.nbytes if isinstance(arrived.frame, Frame) else 0
