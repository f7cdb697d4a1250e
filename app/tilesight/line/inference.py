"""The inference thread: takes frames, inspects them under what is in force, changes that between frames.

A detector cannot be interrupted. One that does not answer in time loses its frames to `expire`, which makes
them NOT INSPECTED; whatever it says later is thrown away::

    frames under way ──▶ inspected ──▶ finished by this thread
           └── too long ──▶ expired by the monitor ──▶ NOT INSPECTED (a later answer is ignored)
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tilesight.line.feeding import STOPPED
from tilesight.line.frames import Frame
from tilesight.line.give_way import GiveWay
from tilesight.line.inspecting import Arrived, FrameResult, Inspector, Setup
from tilesight.line.news import Circumstances, DetectorState
from tilesight.line.queues import BoundedQueue

_log = logging.getLogger(__name__)

LATE = "The detector did not answer in time. If this goes on, restart the program."

_IDLE_S = 0.1
#: A graphics card falls into a slow state between rare tiles: an empty tile now and then keeps it awake.
_KEEP_WARM_S = 0.25
_PER_MEGAPIXEL_S = 3.0


@dataclass(slots=True, eq=False)
class _Work:
    """Frames under way; whoever sets `settled` first accounts for them."""

    frames: list[Arrived]
    setup: Setup
    late_at: float
    ticket: int
    settled: bool = False


class Inference:
    """Inspects the frames of one run, on a thread of its own.

    Args:
        queue: Where frames wait; the thread ends when it is closed and empty.
        inspector: Turns frames into tiles.
        first: Loads and warms the first detector; called in the thread.
        on_ready: Told once the first setup is in force: whether there is a detector.
        on_done: Takes each frame with what became of it.
        on_change: Told when the detector's state has changed.
        before: Called before frames are inspected; may wait.
        on_end: Called when the thread ends.
        said: What a person says about the tiles now.
        give_way: Told of each inspection, so that background processes stand still meanwhile.
        batch: Most frames inspected at once.
        limit_s: Longest time for one frame, to which its size adds.
    """

    def __init__(
        self,
        queue: BoundedQueue[Arrived],
        inspector: Inspector,
        first: Callable[[], Setup],
        *,
        on_ready: Callable[[bool], None],
        on_done: Callable[[FrameResult], None],
        on_change: Callable[[], None],
        before: Callable[[], None],
        on_end: Callable[[], None],
        said: Callable[[], Circumstances],
        give_way: GiveWay,
        batch: int = 1,
        limit_s: float = 30.0,
    ) -> None:
        self._queue = queue
        self._inspector = inspector
        self._first = first
        self._on_ready = on_ready
        self._on_done = on_done
        self._on_change = on_change
        self._before = before
        self._on_end = on_end
        self._said = said
        self._give_way = give_way
        self._batch = batch
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._work: _Work | None = None
        self._next: Setup | None = None
        self._swapped = threading.Condition(self._lock)
        self._ended = False
        self._stop_at: float | None = None
        self._last_size = (256, 256)
        self._warm_at = time.monotonic()
        self.setup: Setup | None = None
        self.state = DetectorState.LOADING
        self.reason = ""
        self.thread = threading.Thread(target=self._run, name="tilesight-inference", daemon=True)

    @property
    def last_size(self) -> tuple[int, int]:
        """Height and width of the last frame, for warming up the next detector."""
        return self._last_size

    def swap(self, setup: Setup, timeout_s: float) -> bool:
        """Puts another setup in force between two frames.

        Returns:
            Whether it is in force; False where the thread did not come to it in time (it will not any more).
        """
        with self._swapped:
            self._next = setup
            self._swapped.wait_for(lambda: self._next is not setup or self._ended, timeout_s)
            if self._next is setup:
                self._next = None
                return False
            return True

    def stop_after(self, seconds: float) -> None:
        """From then on frames that still wait are NOT INSPECTED, so that the run ends soon."""
        self._stop_at = time.monotonic() + seconds

    def expire(self, *, now: bool = False) -> None:
        """Makes frames NOT INSPECTED whose detector does not answer; called by the monitor.

        Args:
            now: Do not wait until they are late: the run has to end.
        """
        work = self._work
        if work is None or not (now or time.monotonic() >= work.late_at) or not self._settle(work):
            return
        # A detector that hangs must not hold up a training too.
        self._give_way.end(work.ticket)
        reason = LATE
        _log.error("%d frames expired: %s", len(work.frames), reason)
        self._set(DetectorState.STUCK, reason)
        for arrived in work.frames:
            self._on_done(self._inspector.not_inspected(arrived, reason, work.setup, self._said()))

    def refuse(self, arrived: Arrived, reason: str) -> FrameResult | None:
        """A frame that is not to be inspected, as a result; None before there is a setup."""
        setup = self.setup
        if setup is None:
            return None
        return self._inspector.not_inspected(arrived, reason, setup, self._said())

    def _run(self) -> None:
        try:
            self.setup = self._first()
            missing = self.setup.detector is None
            self._set(DetectorState.MISSING if missing else DetectorState.READY, self.setup.problem)
            self._on_ready(not missing)
            while not self._queue.finished:
                self._take_setup()
                taken = self._queue.get(timeout_s=_IDLE_S, most=self._most())
                if taken:
                    self._inspect([replace(one.item, queue_ms=1000 * one.seconds) for one in taken])
                else:
                    self._keep_warm()
        finally:
            with self._swapped:
                self._ended = True
                self._swapped.notify_all()
            self._on_end()

    def _most(self) -> int:
        """Frames to take at once: a graphics card gains by a batch, a CPU only makes all of them wait."""
        detector = self.setup.detector if self.setup is not None else None
        return 1 if detector is None or detector.provider == "CPU" else self._batch

    def _inspect(self, frames: list[Arrived]) -> None:
        if self._stop_at is not None and time.monotonic() >= self._stop_at:
            self._refuse_all(frames, STOPPED)
            return
        self._before()
        self._take_setup()
        assert self.setup is not None
        late_at = time.monotonic() + self._time_for(frames)
        work = _Work(frames, self.setup, late_at, self._give_way.begin())
        with self._lock:
            self._work = work
        try:
            results = self._inspector.inspect(frames, self.setup, self._said())
        except Exception as error:  # `inspect` never raises; if it does, no frame may vanish with it
            _log.exception("inspecting failed")
            reason = f"Inspecting failed ({type(error).__name__}: {error})."
            said = self._said()
            results = [self._inspector.not_inspected(one, reason, self.setup, said) for one in frames]
        finally:
            self._give_way.end(work.ticket)
        if not self._settle(work):
            _log.warning("the detector answered after its frames had expired")
            self._set(DetectorState.READY)
            return
        self._note(results, frames)
        for result in results:
            self._on_done(result)

    def _refuse_all(self, frames: list[Arrived], reason: str) -> None:
        assert self.setup is not None
        for arrived in frames:
            self._on_done(self._inspector.not_inspected(arrived, reason, self.setup, self._said()))

    def _settle(self, work: _Work) -> bool:
        """Takes the right to account for frames; False where another thread has it."""
        with self._lock:
            mine = not work.settled
            work.settled = True
            if self._work is work:
                self._work = None
            return mine

    def _take_setup(self) -> None:
        with self._swapped:
            if self._next is None:
                return
            self.setup, self._next = self._next, None
            self._swapped.notify_all()
        missing = self.setup.detector is None
        self._set(DetectorState.MISSING if missing else DetectorState.READY, self.setup.problem)

    def _note(self, results: list[FrameResult], frames: list[Arrived]) -> None:
        """Keeps the state of the detector after some frames."""
        self._warm_at = time.monotonic()
        last = frames[-1].frame
        if isinstance(last, Frame):
            self._last_size = (last.pixels.shape[0], last.pixels.shape[1])
        ran = [result for result in results if result.detector_ran]
        if ran and self.state is not DetectorState.MISSING:
            error = ran[-1].detector_error
            self._set(DetectorState.FAILING if error else DetectorState.READY, error)

    def _time_for(self, frames: list[Arrived]) -> float:
        pixels = sum(one.frame.pixels.size for one in frames if isinstance(one.frame, Frame))
        return len(frames) * self._limit_s + _PER_MEGAPIXEL_S * pixels / 1e6

    def _keep_warm(self) -> None:
        detector = self.setup.detector if self.setup is not None else None
        if detector is None or detector.provider != "CUDA":
            return
        if time.monotonic() - self._warm_at >= _KEEP_WARM_S:
            self._warm_at = time.monotonic()
            try:
                detector.maps(np.full((256, 256), 128, np.uint8))
            except Exception:
                _log.exception("keeping the detector warm failed")

    def _set(self, state: DetectorState, reason: str = "") -> None:
        if (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            self._on_change()
