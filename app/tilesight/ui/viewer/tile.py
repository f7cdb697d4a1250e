"""What a viewer shows: one tile with its maps, and the fixed scale of these maps."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bsdrd.result import AnomalyMaps, Region, Thresholds, Verdict


@dataclass(frozen=True, slots=True)
class MapScale:
    """The range of map values that the colour map covers: one per recipe, never per picture.

    Attributes:
        bottom: Value at the bottom of the colour bar.
        top: Value at its top; larger ones are drawn like it and flagged as saturated.
    """

    bottom: float
    top: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.bottom) and np.isfinite(self.top) and self.bottom < self.top):
            raise ValueError(f"a map scale needs bottom < top, got {self.bottom} and {self.top}")

    @classmethod
    def for_thresholds(cls, thresholds: Thresholds) -> MapScale:
        """The scale of a recipe: from the average of good tiles to well above T2."""
        bottom = min(0.0, thresholds.low)
        reach = thresholds.high - bottom
        return cls(bottom, thresholds.high + max(thresholds.high - thresholds.low, 0.5 * reach, 1.0))

    def share(self, value: float) -> float:
        """Where a value lies on the bar, 0 (bottom) to 1 (top), clipped."""
        return min(max((value - self.bottom) / (self.top - self.bottom), 0.0), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class ViewTile:
    """One tile as a viewer shows it.

    Attributes:
        key: Tells this tile from others.
        pixels: H x W (grey) or H x W x 3 (RGB), uint8 or uint16.
        name: As a person reads it.
        maps: Anomaly maps of the same height and width; None where it was not inspected.
        regions: Anomalous regions, highest peak first.
        thresholds: T1 and T2 that were applied; None where it was not inspected.
        map_threshold: Where a region's outline runs on the fused map; None for T1.
        score: None where it was not inspected.
        verdict: What became of it.
        mm_per_px: Scale where known.
        mask: H x W, True where it is inspected; None for all of it.
    """

    key: Hashable
    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    name: str = ""
    maps: AnomalyMaps | None = None
    regions: tuple[Region, ...] = ()
    thresholds: Thresholds | None = None
    map_threshold: float | None = None
    score: float | None = None
    verdict: Verdict | None = None
    mm_per_px: float | None = None
    mask: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if not (len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)) or min(shape) < 1:
            raise ValueError(f"a tile is H x W or H x W x 3, got {shape}")
        if self.pixels.dtype.name not in ("uint8", "uint16"):
            raise ValueError(f"a tile is uint8 or uint16, got {self.pixels.dtype}")
        if self.maps is not None and (self.maps.height, self.maps.width) != shape[:2]:
            raise ValueError(f"maps of {self.maps.height} x {self.maps.width} on a tile of {shape[:2]}")
        if self.mask is not None and self.mask.shape != shape[:2]:
            raise ValueError(f"a mask of {self.mask.shape} on a tile of {shape[:2]}")

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.pixels.shape[0]

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.pixels.shape[1]

    @property
    def outline_at(self) -> float | None:
        """Map value at which region outlines run; None without thresholds."""
        if self.map_threshold is not None:
            return self.map_threshold
        return self.thresholds.low if self.thresholds is not None else None
