"""A detector, a store and a source that do what a test says; everything else in these tests is real."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bsdrd.detector import ModelInfo, RawResult
from bsdrd.errors import DeviceError
from bsdrd.judge import Rule, judge
from bsdrd.result import AnomalyMaps, Inspection, Thresholds
from tilesight.line.frames import FailedFrame, Frame, FrameInfo
from tilesight.line.recipe import Recipe
from tilesight.line.sources.base import EndOfSource, Overflow, SourceInfo, SourceLost
from tilesight.store.errors import StoreUnavailable
from tilesight.store.images import RetentionRule
from tilesight.store.types import NewRecord

PATIENCE_S = 60.0
RECIPE = Recipe(name="Test", model="no such file: opened by the test")
#: T1 and T2 of the detector below: a pixel value is the score.
THRESHOLDS = Thresholds(100.0, 200.0)


def model_info(name: str = "test model") -> ModelInfo:
    digest = name.encode().hex().ljust(64, "0")[:64]
    where = Path(f"{name}.bsdrd")
    return ModelInfo(name, digest, "none", 1, THRESHOLDS, 64, "2026-11-01T00:00:00Z", {}, {}, (), where)


class LevelDetector:
    """Its score of a tile is the tile's first pixel value; fails, or hangs, where a test says so."""

    def __init__(self, name: str = "test model", provider: str = "CPU") -> None:
        self.info = model_info(name)
        self.backend = "onnx"
        self.provider = provider
        self.fallback_reason = ""
        self.failing: Callable[[int], bool] = lambda value: False
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.batches: list[int] = []
        self.warmed = False
        self.closed = False

    def warm_up(self, height: int = 256, width: int = 256) -> None:
        self.warmed = True

    def maps(self, pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> RawResult:
        self.batches.append(1)
        return self._maps(pixels)

    def _maps(self, pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> RawResult:
        assert not self.closed, "a closed detector was asked"
        self.entered.set()
        assert self.gate.wait(PATIENCE_S)
        value = int(pixels.flat[0])
        if self.failing(value):
            raise DeviceError(f"The device cannot do {value}.")
        height, width = pixels.shape[:2]
        grid = np.full((-(-height // 4), -(-width // 4)), float(value), np.float32)
        features = np.ones((2, -(-height // 16), -(-width // 16)), np.float32)
        return RawResult(AnomalyMaps(grid, grid, grid, height, width), features)

    def run(self, tiles: Sequence[NDArray[np.uint8] | NDArray[np.uint16]]) -> list[RawResult]:
        self.batches.append(len(tiles))
        return [self._maps(pixels) for pixels in tiles]

    def inspect_many(
        self, tiles: Sequence[NDArray[np.uint8] | NDArray[np.uint16]], rule: Rule | None = None
    ) -> list[Inspection]:
        self.batches.append(len(tiles))
        assert rule is not None
        raws = [self._maps(pixels) for pixels in tiles]
        judged = [judge(raw.maps, rule, raw.features) for raw in raws]
        return [
            Inspection(raw.maps, one.score, one.regions, one.verdict, rule.thresholds, 1.0)
            for raw, one in zip(raws, judged, strict=True)
        ]

    def close(self) -> None:
        self.closed = True


class ListStore:
    """Keeps records in a list; `working` and `gate` are a test's disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records: list[NewRecord] = []
        self.gaps: dict[int, dict[str, object]] = {}
        self.fails: Callable[[], bool] = lambda: False
        self.refuses: Callable[[NewRecord], bool] = lambda record: False
        self.gate = threading.Event()
        self.gate.set()
        self.calls = 0

    def add(self, new: Sequence[NewRecord], retention: RetentionRule | None = None) -> list[int]:
        assert self.gate.wait(PATIENCE_S)
        self.calls += 1
        if self.fails():
            raise StoreUnavailable("The disk is full.")
        if any(self.refuses(record) for record in new):
            raise ValueError("this record breaks a rule of the store")
        self.records += new
        return list(range(len(self.records) - len(new) + 1, len(self.records) + 1))

    def add_gap(
        self,
        source: str,
        kind: str,
        start: datetime,
        reason: str,
        *,
        end: datetime | None = None,
        frames: int = 0,
    ) -> int:
        if self.fails():
            raise StoreUnavailable("The disk is full.")
        number = len(self.gaps) + 1
        self.gaps[number] = {"kind": kind, "start": start, "end": end, "frames": frames, "reason": reason}
        return number

    def close_gap(self, gap_id: int, end: datetime, frames: int | None = None) -> None:
        self.gaps[gap_id]["end"] = end

    @property
    def verdicts(self) -> list[str]:
        return [record.verdict.value for record in self.records]


class ScriptedSource:
    """Delivers what a test has put into its script; a finite one ends with the script.

    A step is a pixel value (a frame of it), "failed" (a FailedFrame), "lost" (SourceLost, once), "skip" (a
    frame that the source had to let go), "nothing" (an empty read), or an exception.
    """

    controls = None

    def __init__(
        self,
        script: Iterable[int | str | Exception] = (),
        overflow: Overflow = Overflow.WAIT,
        *,
        finite: bool = True,
        size: tuple[int, int] = (64, 64),
    ) -> None:
        self.script: deque[int | str | Exception] = deque(script)
        self.info = SourceInfo("test", "Test source", finite, overflow is not Overflow.WAIT, overflow)
        self.finite = finite
        self.size = size
        self.opened = 0
        self.produced = 0
        self.next_id = 0
        self.fails_to_open = 0
        self.taken_at: datetime | None = None
        self._news = threading.Condition()
        self._closed = False
        self.on_read: Callable[[], None] = lambda: None

    def add(self, *steps: int | str | Exception) -> None:
        with self._news:
            self.script.extend(steps)
            self._news.notify_all()

    def finish(self) -> None:
        with self._news:
            self.finite = True
            self._news.notify_all()

    def open(self) -> None:
        with self._news:
            if self._closed:
                raise EndOfSource
            self.opened += 1
            if self.fails_to_open > 0:
                self.fails_to_open -= 1
                raise SourceLost("Nobody answers.")

    def read(self, timeout_s: float) -> Frame | FailedFrame | None:
        self.on_read()
        with self._news:
            self._news.wait_for(lambda: self.script or self.finite or self._closed, timeout_s)
            if self._closed or (self.finite and not self.script):
                raise EndOfSource
            if not self.script:
                return None
            return self._step(self.script.popleft())

    def _step(self, step: int | str | Exception) -> Frame | FailedFrame | None:
        if isinstance(step, Exception):
            raise step
        if step == "lost":
            raise SourceLost("The cable is out.")
        if step == "nothing":
            return None
        self.produced += 1
        taken = self.taken_at or datetime.now(UTC)
        info = FrameInfo(self.next_id, self.info.title, f"frame {self.next_id}", taken)
        self.next_id += 1
        if step == "skip":
            return None
        if step == "failed":
            return FailedFrame(info, "The file is damaged.")
        assert isinstance(step, int)
        return Frame(info, np.full(self.size, step, np.uint8))

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()
