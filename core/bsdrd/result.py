"""What an inspection says: verdict, thresholds, anomaly maps, regions. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

#: Side in pixels of the square that one value of an anomaly map covers.
MAP_STRIDE = 4

MapName = Literal["struct", "detail", "fused"]
Fired = Literal["struct", "detail", "both"]


class Verdict(StrEnum):
    """What becomes of a tile. Anything that went wrong is NOT_INSPECTED, never OK."""

    OK = "OK"
    GREY = "GREY"
    NG = "NG"
    NOT_INSPECTED = "NOT INSPECTED"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where grey starts (T1, `low`) and where NG starts (T2, `high`), on the standardised score.

    Raises:
        ValueError: If they are not finite or `low` exceeds `high`.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"T1 ({self.low}) must not exceed T2 ({self.high}), and both must be finite")

    def verdict(self, score: float) -> Verdict:
        """The verdict for a score; a score that is not a number is NOT_INSPECTED."""
        if not np.isfinite(score):
            return Verdict.NOT_INSPECTED
        if score >= self.high:
            return Verdict.NG
        return Verdict.GREY if score >= self.low else Verdict.OK


@dataclass(frozen=True, slots=True)
class Region:
    """A connected area whose fused anomaly map exceeds the map threshold.

    Attributes:
        area_px: Pixels in it.
        box: x, y, width, height in pixels.
        centroid: x, y in pixels, weighted by area.
        peak: Largest value of the fused map in it.
        peak_at: x, y of that value in pixels.
        fired: Which student exceeds the threshold at the peak; "both" where both do or only their sum does.
        feature: Unit-length descriptor averaged over the region from features that the teacher computed
            anyway, for finding regions that look alike. Empty where the map alone was judged.
    """

    area_px: int
    box: tuple[int, int, int, int]
    centroid: tuple[float, float]
    peak: float
    peak_at: tuple[int, int]
    fired: Fired
    feature: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class AnomalyMaps:
    """The three standardised anomaly maps of one tile, one value for every 4 x 4 pixels.

    0 is the average of good tiles, 1 is one standard deviation above it. Kept on the grid on which they
    are computed: sixteen times less to keep and to move than one value a pixel, and nothing is lost,
    because `full` is the same bilinear interpolation wherever it is done.

    Attributes:
        struct: float32, ceil(H / 4) x ceil(W / 4), read-only.
        detail: Likewise.
        fused: Likewise.
        height: H, tile height in pixels.
        width: W, tile width in pixels.
    """

    struct: NDArray[np.float32]
    detail: NDArray[np.float32]
    fused: NDArray[np.float32]
    height: int
    width: int

    def __post_init__(self) -> None:
        expected = (-(-self.height // MAP_STRIDE), -(-self.width // MAP_STRIDE))
        for name in ("struct", "detail", "fused"):
            grid: NDArray[np.float32] = getattr(self, name)
            if grid.shape != expected or grid.dtype != np.float32:
                raise ValueError(f"{name} map is {grid.dtype} {grid.shape}, expected float32 {expected}")
            grid.setflags(write=False)

    def grid(self, name: MapName) -> NDArray[np.float32]:
        """The map as computed: float32, ceil(H / 4) x ceil(W / 4)."""
        return {"struct": self.struct, "detail": self.detail, "fused": self.fused}[name]

    def full(self, name: MapName) -> NDArray[np.float32]:
        """The map with one value a pixel: float32, H x W, bilinear between grid centres."""
        grid = self.grid(name)
        size = (grid.shape[1] * MAP_STRIDE, grid.shape[0] * MAP_STRIDE)
        whole = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(whole[: self.height, : self.width], dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """Everything the detector says about one tile.

    Attributes:
        maps: The anomaly maps.
        score: Largest value of the fused map over the inspected area, after the region filter.
        regions: Anomalous regions, highest peak first.
        verdict: From `score` against `thresholds`.
        thresholds: Those that were applied.
        milliseconds: Wall time of preparing, inferring and judging.
    """

    maps: AnomalyMaps
    score: float
    regions: tuple[Region, ...]
    verdict: Verdict
    thresholds: Thresholds
    milliseconds: float
