"""The books of a run: every frame that a source produced, and what became of it.

At any moment ``frames == recorded + dropped + no_tile + under way``; when a run has ended nothing is under
way, and every tile counted here is a record in the store or one of `unsaved`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass

import numpy as np

from bsdrd.result import Verdict

#: Stages of a tile's way, in order; the last two are the whole way, from the grab to the durable record and
#: to the picture on screen.
STAGES = ("capture", "queue", "prepare", "infer", "judge", "store", "recorded", "shown")
_KEPT = 2000
_RATE_OVER_S = 5.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the frames and tiles of a run.

    Attributes:
        frames: Frames that the source produced, also those that it had to let go itself.
        recorded: Frames that became records, one for each tile in them.
        dropped: Frames that went because there was no room; free-running cameras only.
        no_tile: Frames of a free-running camera in which there was no tile.
        ok: Tiles judged OK.
        grey: Tiles judged GREY.
        ng: Tiles judged NG.
        not_inspected: Tiles, and frames without one, that could not be judged.
        saved: Records that the store has acknowledged.
        unsaved: Records that the store did not take before the run had to end or its memory was full.
    """

    frames: int = 0
    recorded: int = 0
    dropped: int = 0
    no_tile: int = 0
    ok: int = 0
    grey: int = 0
    ng: int = 0
    not_inspected: int = 0
    saved: int = 0
    unsaved: int = 0

    @property
    def total(self) -> int:
        """Tiles with a verdict, NOT INSPECTED being one."""
        return self.ok + self.grey + self.ng + self.not_inspected

    @property
    def under_way(self) -> int:
        """Frames that are waiting or being inspected."""
        return self.frames - self.recorded - self.dropped - self.no_tile

    @property
    def all_inspected(self) -> bool:
        """Whether every tile was inspected and every record saved; a frame without one needs nothing."""
        clean = self.not_inspected == self.dropped == self.under_way == 0
        return clean and self.unsaved == 0 and self.saved == self.total


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a stage takes, over the last tiles, in milliseconds."""

    stage: str
    p50: float
    p95: float
    p99: float
    longest: float
    tiles: int


class Ledger:
    """Counts of a run; every method may come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._done_at: deque[float] = deque(maxlen=_KEPT)

    def produced(self, frames: int = 1) -> None:
        """The source produced frames."""
        self._add(frames=frames)

    def dropped(self, frames: int = 1) -> None:
        """Frames went for lack of room."""
        self._add(dropped=frames)

    def empty(self) -> None:
        """A frame of a free-running camera held no tile."""
        self._add(no_tile=1)

    def recorded(self, verdicts: list[Verdict]) -> None:
        """A frame became records, one for each verdict."""
        names = Counter(_FIELD[verdict] for verdict in verdicts)
        self._add(recorded=1, **names)
        with self._lock:
            self._done_at.extend([time.monotonic()] * len(verdicts))

    def saved(self, records: int) -> None:
        """The store has acknowledged records."""
        self._add(saved=records)

    def unsaved(self, records: int) -> None:
        """Records are lost to the store."""
        self._add(unsaved=records)

    def counts(self) -> Counts:
        """The books as they are now."""
        with self._lock:
            return Counts(**self._counts)

    def rate(self) -> float:
        """Tiles per second over the last seconds."""
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._done_at if now - at <= _RATE_OVER_S]
        if len(recent) < 2:
            return 0.0
        # A stalled line must show a falling rate, not the one of its last tiles.
        return len(recent) / max(now - recent[0], 1e-3)

    def _add(self, **numbers: int) -> None:
        with self._lock:
            self._counts.update(numbers)


_FIELD = {
    Verdict.OK: "ok",
    Verdict.GREY: "grey",
    Verdict.NG: "ng",
    Verdict.NOT_INSPECTED: "not_inspected",
}


class Stopwatch:
    """Times of the last tiles, stage by stage; every method may come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[str, deque[float]] = {stage: deque(maxlen=_KEPT) for stage in STAGES}

    def add(self, stage: str, milliseconds: float) -> None:
        """One tile spent so long in a stage."""
        with self._lock:
            self._times[stage].append(milliseconds)

    def latencies(self) -> tuple[Latency, ...]:
        """Every stage that has been measured, in order."""
        with self._lock:
            times = {stage: np.array(kept) for stage, kept in self._times.items() if kept}
        found: list[Latency] = []
        for stage, values in times.items():
            p50, p95, p99 = (float(value) for value in np.percentile(values, (50, 95, 99)))
            found.append(Latency(stage, p50, p95, p99, float(values.max()), values.size))
        return tuple(found)
