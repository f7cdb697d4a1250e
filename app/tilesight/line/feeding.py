"""The source thread: opens the source, reads frames, accounts for every one, and connects again after a loss.

::

    OPENING ──▶ DELIVERING ──▶ ENDED        (finite source, or closed)
       │           │    ▲
       │           ▼    │ open() works; the gap is recorded
       └────────▶ LOST ─┘
       └──────────────────────▶ FAILED      (SourceError, or an error that nobody foresaw)
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from tilesight.line.backoff import Backoff
from tilesight.line.frames import FailedFrame, Frame, FrameInfo
from tilesight.line.inspecting import Arrived
from tilesight.line.ledger import Ledger
from tilesight.line.news import SourceState
from tilesight.line.queues import BoundedQueue, Put
from tilesight.line.sources.base import (
    CameraControls,
    EndOfSource,
    Overflow,
    Source,
    SourceError,
    SourceInfo,
    SourceLost,
)
from tilesight.line.storing import GapNote

_log = logging.getLogger(__name__)

OVERFLOW = (
    "There was no time to inspect this tile: triggers came faster than the inspection. "
    "Slow the line down, or use a faster computer."
)
PAUSED = "Inspection was paused when this tile came."
STOPPED = "Inspection was stopped before this tile was inspected."
LOST_BY_SOURCE = (
    "The camera lost this picture before it reached the computer. Check the network and its load."
)
#: A jump in the frame numbers of a triggered camera beyond this is a restarted counter, not lost tiles.
_MOST_LOST = 1000
_READ_S = 0.25
_DROPPED_EVERY_S = 10.0


class Feeder:
    """Brings the frames of one source into the queue, on a thread of its own.

    Args:
        source: The source, not yet opened.
        queue: Where frames wait for inspection; closed when the source ends.
        ledger: The books of the run.
        on_refused: Takes a frame that cannot be inspected, with the reason: it must be recorded.
        on_gap: Takes word of frames that never came.
        on_change: Told when the source's state has changed.
        backoff: Pauses between tries to connect.
    """

    def __init__(
        self,
        source: Source,
        queue: BoundedQueue[Arrived],
        ledger: Ledger,
        on_refused: Callable[[Arrived, str], None],
        on_gap: Callable[[GapNote], None],
        on_change: Callable[[], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._source = source
        self._queue = queue
        self._ledger = ledger
        self._on_refused = on_refused
        self._on_gap = on_gap
        self._on_change = on_change
        self._backoff = backoff or Backoff()
        self._stopping = threading.Event()
        self._going = threading.Event()
        self._going.set()
        self._ready = threading.Event()
        self._expected: int | None = 0
        self._ready_at: datetime | None = None
        self._drops: GapNote | None = None
        self._drops_seen = 0
        self._drops_told_at = 0.0
        self.state = SourceState.OPENING
        self.reason = ""
        self.gaps = 0
        self.thread = threading.Thread(target=self._run, name="tilesight-source", daemon=True)

    @property
    def info(self) -> SourceInfo:
        """What the source is."""
        return self._source.info

    @property
    def controls(self) -> CameraControls | None:
        """What can be set, where the source is a camera."""
        return self._source.controls

    @property
    def paused(self) -> bool:
        """Whether a person has paused it."""
        return not self._going.is_set()

    def ready(self) -> None:
        """The line can inspect: frames may be read from now on."""
        self._ready_at = datetime.now(UTC)
        self._ready.set()

    def pause(self) -> None:
        """Brings no more frames; what is in the queue is still inspected."""
        self._going.clear()
        self._on_change()

    def resume(self) -> None:
        """Brings frames again."""
        self._going.set()
        self._on_change()

    def stop(self) -> None:
        """Closes the source; the thread ends soon after."""
        self._stopping.set()
        self._going.set()
        self._ready.set()
        # A driver may hang in closing; whoever stops the line must not hang with it.
        threading.Thread(target=self._close_source, name="tilesight-closing", daemon=True).start()

    def _run(self) -> None:
        try:
            if self._connect():
                self._read_on()
        except EndOfSource:
            self._set(SourceState.ENDED)
        except SourceError as error:
            _log.error("the source failed: %s", error)
            self._set(SourceState.FAILED, str(error))
        except Exception as error:
            _log.exception("the source failed")
            self._set(SourceState.FAILED, f"The source failed ({type(error).__name__}: {error}).")
        finally:
            self._tell_drops(final=True)
            self._close_source()
            self._queue.close()
            if self.state in (SourceState.DELIVERING, SourceState.OPENING, SourceState.LOST):
                self._set(SourceState.ENDED)

    def _close_source(self) -> None:
        try:
            self._source.close()
        except Exception:
            _log.exception("the source could not be closed")

    # -- connecting --------------------------------------------------------------------------------

    def _connect(self, loss: SourceLost | None = None) -> bool:
        """Opens the source, again and again after a loss; False where the run ends before that works."""
        gap = None if loss is None else self._lost(loss, None)
        while not self._stopping.is_set():
            if gap is not None and self._stopping.wait(self._backoff.next_s()):
                break
            try:
                self._source.open()
            except SourceLost as again:
                gap = self._lost(again, gap)
                continue
            if gap is not None:
                self._found_again(gap)
            self._backoff.reset()
            self._set(SourceState.DELIVERING)
            return True
        return False

    def _lost(self, loss: SourceLost, gap: GapNote | None) -> GapNote:
        if gap is None:
            _log.warning("lost: %s", loss.reason)
            self.gaps += 1
            gap = GapNote(self.info.title, "lost", datetime.now(UTC), loss.reason)
            self._on_gap(gap)
        self._set(SourceState.LOST, loss.reason)
        return gap

    def _found_again(self, gap: GapNote) -> None:
        gap.end = datetime.now(UTC)
        _log.info("%s is back after %.1f s", gap.source, (gap.end - gap.start).total_seconds())
        self._on_gap(gap)

    # -- reading -----------------------------------------------------------------------------------

    def _read_on(self) -> None:
        self._ready.wait()
        while not self._stopping.is_set():
            if self.paused and self.info.overflow is Overflow.WAIT:
                self._going.wait()
                continue
            began = time.perf_counter()
            try:
                frame = self._source.read(_READ_S)
            except SourceLost as loss:
                if not self._connect(loss):
                    return
                continue
            if frame is not None:
                self._take(frame, began)
            self._tell_drops()

    def _take(self, frame: Frame | FailedFrame, began: float) -> None:
        overflow = self.info.overflow
        if overflow is Overflow.DROP_OLDEST and (self.paused or self._is_stale(frame.info)):
            self._expected = None  # a free-running camera goes on; nobody asked for these pictures
            return
        self._account_for_gap(frame.info)
        self._ledger.produced()
        capture_ms = self._capture_ms(frame.info, began)
        arrived = Arrived(
            frame,
            capture_ms,
            grabbed_s=time.perf_counter() - capture_ms / 1000,
            free_running=overflow is Overflow.DROP_OLDEST,
        )
        if self.paused and overflow is Overflow.FAULT:
            self._on_refused(arrived, PAUSED)
            return
        # A camera can be told to wait for a trigger while it runs: the rule is the frame's own.
        put = self._queue.put(arrived, overflow=overflow)
        if put is Put.REFUSED:
            self._on_refused(arrived, OVERFLOW)
        elif put is Put.CLOSED:
            self._on_refused(arrived, STOPPED)

    def _is_stale(self, info: FrameInfo) -> bool:
        """Whether it was taken while the detector was still being loaded."""
        return self._ready_at is not None and info.captured_at < self._ready_at

    def _capture_ms(self, info: FrameInfo, began: float) -> float:
        """Reading a file; for a live source, from the picture to now, because reading is mostly waiting."""
        if not self.info.live:
            return 1000 * (time.perf_counter() - began)
        return max(0.0, 1000 * (datetime.now(UTC) - info.captured_at).total_seconds())

    def _account_for_gap(self, info: FrameInfo) -> None:
        """Accounts for frames that the source had to let go, which show as a jump of the frame numbers."""
        missing = 0 if self._expected is None else info.frame_id - self._expected
        first = info.frame_id - missing
        self._expected = info.frame_id + 1
        if missing <= 0:
            return
        if self.info.overflow is Overflow.DROP_OLDEST:
            self._ledger.produced(missing)
            self._ledger.dropped(missing)
            self._note_drops(missing)
        elif missing <= _MOST_LOST:
            for number in range(first, info.frame_id):
                self._ledger.produced()
                lost = replace(
                    info, frame_id=number, name=f"frame {number}", path=None, file_sha256=None, serial=None
                )
                self._on_refused(Arrived(FailedFrame(lost, LOST_BY_SOURCE)), LOST_BY_SOURCE)

    # -- drops -------------------------------------------------------------------------------------

    def _note_drops(self, frames: int) -> None:
        if self._drops is None:
            reason = "Frames came faster than they could be inspected."
            self._drops = GapNote(self.info.title, "dropped", datetime.now(UTC), reason)
        self._drops.frames += frames

    def _tell_drops(self, final: bool = False) -> None:
        """Hands over what was dropped as one gap, now and then: a burst is one thing, not a thousand."""
        dropped = self._queue.dropped
        if dropped > self._drops_seen:
            self._ledger.dropped(dropped - self._drops_seen)
            self._note_drops(dropped - self._drops_seen)
            self._drops_seen = dropped
        if self._drops is None:
            return
        if final or time.monotonic() - self._drops_told_at >= _DROPPED_EVERY_S:
            self._drops.end = datetime.now(UTC)
            self._on_gap(self._drops)
            self._drops = None
            self._drops_told_at = time.monotonic()

    def _set(self, state: SourceState, reason: str = "") -> None:
        if (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            self._on_change()
