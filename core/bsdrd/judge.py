"""From anomaly maps to score, regions and verdict: the only place where a verdict is made. No model.

What a pixel counts as
    The maps have one value for every 4 x 4 pixels. A pixel counts as the bilinear interpolation between
    cell centres (`AnomalyMaps.full`), except that the pixels around a cell's centre count as at least the
    cell's own value: interpolation never quite reaches a peak, and a peak must not be lost by drawing it
    larger. So the largest value over all pixels is exactly the largest value of the fused grid, every cell
    above the map threshold lies in a region, and score, region peaks and outlines agree by construction.

Score
    The largest value over the regions that survive the filter. Where none survives, the largest value
    below the map threshold in the inspected area. With the default rule that is `maps.fused.max()`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import ImageError
from bsdrd.regions import Found, Inspected, cell_bands, describe, find_regions, pixel_values
from bsdrd.result import MAP_STRIDE, AnomalyMaps, Fired, Region, Thresholds, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """How maps become a verdict.

    Attributes:
        thresholds: T1 and T2 on the score.
        map_threshold: Outlines regions on the fused map; None takes T1.
        min_area_px: Regions with fewer inspected pixels do not count; at least 1.
        edge_band_px: Width of the band along the tile's edges that does not count; 0 or more.
        mask: bool, H x W, True where the tile is inspected; None inspects all of it. Made read-only.

    Raises:
        ValueError: If a value is outside its range.
    """

    thresholds: Thresholds
    map_threshold: float | None = None
    min_area_px: int = 1
    edge_band_px: int = 0
    mask: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.map_threshold is not None and not np.isfinite(self.map_threshold):
            raise ValueError("the map threshold must be finite")
        if self.min_area_px < 1:
            raise ValueError(f"the smallest region area ({self.min_area_px} px) must be at least 1 px")
        if self.edge_band_px < 0:
            raise ValueError(f"the edge band ({self.edge_band_px} px) must not be negative")
        if self.mask is not None:
            if self.mask.ndim != 2 or self.mask.dtype != np.bool_:
                raise ValueError(f"the mask is {self.mask.dtype} {self.mask.shape}, expected bool H x W")
            self.mask.setflags(write=False)

    @property
    def outline(self) -> float:
        """The map threshold that applies."""
        return self.thresholds.low if self.map_threshold is None else self.map_threshold

    @property
    def inspects_all(self) -> bool:
        """Whether every pixel counts."""
        return self.mask is None and self.edge_band_px == 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says about a tile's maps.

    Attributes:
        score: See the module's description; NaN where nothing was inspected or the maps are damaged.
        regions: Those that count, highest peak first.
        verdict: NOT_INSPECTED where `score` is not a finite number.
    """

    score: float
    regions: tuple[Region, ...]
    verdict: Verdict


def judge(maps: AnomalyMaps, rule: Rule, features: NDArray[np.float32] | None = None) -> Judgement:
    """Judge a tile by its maps.

    Args:
        maps: The tile's anomaly maps.
        rule: What counts and from where on.
        features: float32, F x ceil(H / 16) x ceil(W / 16): gives each region its descriptor.

    Raises:
        ImageError: If the rule's mask or the features do not fit the tile.
    """
    score, found = _measure(maps, rule)
    if found is None:
        return Judgement(score, (), rule.thresholds.verdict(score))
    descriptors = None if features is None else describe(found, features, maps)
    return Judgement(
        score, _regions(found, maps, _at_least(rule.outline), descriptors), rule.thresholds.verdict(score)
    )


def score_only(maps: AnomalyMaps, rule: Rule) -> float:
    """The score that `judge` gives, without describing regions: for judging many stored tiles again.

    Raises:
        ImageError: If the rule's mask does not fit the tile.
    """
    if rule.min_area_px == 1:
        _check_mask(maps, rule)
        if not _is_finite(maps.fused):
            return float("nan")
        return _largest(maps, rule, below=None)
    return _measure(maps, rule)[0]


def inspected_area(rule: Rule, height: int, width: int) -> NDArray[np.bool_]:
    """Where a rule looks: bool, height x width.

    Raises:
        ImageError: If the rule's mask has another size.
    """
    if rule.mask is not None:
        _check_mask_size(rule.mask, height, width)
    return _inspected(rule, height, width).part(slice(0, height), slice(0, width))


def _inspected(rule: Rule, height: int, width: int) -> Inspected:
    return Inspected(rule.mask, rule.edge_band_px, height, width)


def _measure(maps: AnomalyMaps, rule: Rule) -> tuple[float, Found | None]:
    """The score, and the surviving regions where there are any."""
    _check_mask(maps, rule)
    if not _is_finite(maps.fused):
        return float("nan"), None
    threshold = _at_least(rule.outline)
    if maps.fused.max() < threshold:  # The usual tile: interpolation stays below its largest cell.
        return _largest(maps, rule, below=None), None
    inspected = None if rule.inspects_all else _inspected(rule, maps.height, maps.width)
    found = find_regions(maps, threshold, rule.min_area_px, inspected)
    if found is None:
        return _largest(maps, rule, below=threshold), None
    return float(found.peak[0]), found


def _at_least(threshold: float) -> np.float32:
    """The smallest float32 not below a threshold, so that maps are compared exactly as scores are."""
    rounded = np.float32(threshold)
    return rounded if float(rounded) >= threshold else np.nextafter(rounded, np.float32(np.inf))


def _is_finite(grid: NDArray[np.float32]) -> bool:
    return bool(np.isfinite(grid.max()) and np.isfinite(grid.min()))


def _check_mask(maps: AnomalyMaps, rule: Rule) -> None:
    if rule.mask is not None:
        _check_mask_size(rule.mask, maps.height, maps.width)


def _check_mask_size(mask: NDArray[np.bool_], height: int, width: int) -> None:
    if mask.shape != (height, width):
        raise ImageError(
            f"The mask has {mask.shape[1]} x {mask.shape[0]} px, but the tile has {width} x {height} px.",
            do_next="Draw the mask for tiles of this size, or remove it.",
        )


def _largest(maps: AnomalyMaps, rule: Rule, below: np.float32 | None) -> float:
    """The largest inspected value, of those under `below` where given; NaN where nothing is inspected."""
    if below is None and rule.inspects_all:
        return float(maps.fused.max())
    inspected = _inspected(rule, maps.height, maps.width)
    best, looked = -np.inf, False
    cols = (0, maps.fused.shape[1])
    for cells in cell_bands((0, maps.fused.shape[0]), cols):
        values = pixel_values(maps.fused, cells, cols, maps.height, maps.width)
        top = cells[0] * MAP_STRIDE
        counts = inspected.part(slice(top, top + len(values)), slice(0, maps.width))
        looked = looked or bool(counts.any())
        if below is not None:
            counts &= values < below
        best = max(best, float(np.max(values, initial=-np.inf, where=counts)))
    if not looked:
        return float("nan")
    if np.isfinite(best) or below is None:
        return best
    # Every inspected pixel lies in a region that is too small to count.
    return float(np.nextafter(below, np.float32(-np.inf)))


def _regions(
    found: Found, maps: AnomalyMaps, threshold: np.float32, descriptors: NDArray[np.float64] | None
) -> tuple[Region, ...]:
    at = found.peak_at // MAP_STRIDE
    struct = maps.struct[at[:, 1], at[:, 0]] >= threshold
    detail = maps.detail[at[:, 1], at[:, 0]] >= threshold
    rows = zip(
        found.area.tolist(),
        map(tuple, found.box.tolist()),
        map(tuple, found.centroid.tolist()),
        found.peak.tolist(),
        map(tuple, found.peak_at.tolist()),
        map(_fired, struct.tolist(), detail.tolist()),
        [()] * found.area.size if descriptors is None else map(tuple, descriptors.tolist()),
        strict=True,
    )
    return tuple(Region(*row) for row in rows)


def _fired(struct: bool, detail: bool) -> Fired:
    if struct == detail:
        return "both"
    return "struct" if struct else "detail"
