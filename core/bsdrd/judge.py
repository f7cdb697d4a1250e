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

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import ImageError
from bsdrd.result import MAP_STRIDE, AnomalyMaps, Fired, Region, Thresholds, Verdict

#: Longest descriptor of a region; wider features are projected down to it.
FEATURE_LENGTH = 64
#: Side in pixels of the square that one place of the feature grid covers.
FEATURE_STRIDE = 16

# Rows handled at once: a multiple of FEATURE_STRIDE that keeps a 8000 px wide band near 8 MB.
_BAND_ROWS = 256


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
    descriptors = None if features is None else _describe(found, features, maps)
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
    if rule.mask is None:
        area = np.ones((height, width), np.bool_)
    else:
        _check_mask_size(rule.mask, height, width)
        area = rule.mask.copy()
    band = rule.edge_band_px
    if band:
        area[:band] = area[-band:] = False
        area[:, :band] = area[:, -band:] = False
    return area


@dataclass(frozen=True, slots=True)
class _Found:
    """Surviving regions of a tile as arrays, in order of falling peak. All coordinates are whole-tile pixels.

    `pixel_label` gives for every flagged pixel, in raster order over `flagged`, the row of its region in
    these arrays, or -1 for a region that was filtered out.
    """

    area: NDArray[np.int64]
    box: NDArray[np.int64]
    centroid: NDArray[np.float64]
    peak: NDArray[np.float32]
    peak_at: NDArray[np.int64]
    flagged: NDArray[np.bool_]
    pixel_label: NDArray[np.int64]
    top: int
    left: int


def _measure(maps: AnomalyMaps, rule: Rule) -> tuple[float, _Found | None]:
    """The score, and the surviving regions where there are any."""
    _check_mask(maps, rule)
    if not _is_finite(maps.fused):
        return float("nan"), None
    threshold = _at_least(rule.outline)
    if maps.fused.max() < threshold:  # The usual tile: interpolation stays below its largest cell.
        return _largest(maps, rule, below=None), None
    found = _find(maps, rule, threshold)
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


def _bands(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last, step):
        yield start, min(start + step, last)


def _pixel_values(
    grid: NDArray[np.float32], rows: tuple[int, int], cols: tuple[int, int], height: int, width: int
) -> NDArray[np.float32]:
    """What the pixels of some whole cells count as; `rows` and `cols` are ranges of cells.

    Equal to the same part of the whole map: one more cell on each side feeds the interpolation.
    """
    above, left = min(rows[0], 1), min(cols[0], 1)
    cells = grid[rows[0] - above : rows[1] + 1, cols[0] - left : cols[1] + 1]
    size = (cells.shape[1] * MAP_STRIDE, cells.shape[0] * MAP_STRIDE)
    whole = np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR), np.float32)
    bottom = min(rows[1] * MAP_STRIDE, height) - rows[0] * MAP_STRIDE
    right = min(cols[1] * MAP_STRIDE, width) - cols[0] * MAP_STRIDE
    y, x = above * MAP_STRIDE, left * MAP_STRIDE
    # Rounding in the interpolation must not carry a pixel above the largest cell.
    values = np.minimum(whole[y : y + bottom, x : x + right], grid.max())
    own = grid[rows[0] : rows[1], cols[0] : cols[1]]
    for dy in (1, 2):
        at_y = np.minimum(np.arange(own.shape[0]) * MAP_STRIDE + dy, bottom - 1)
        for dx in (1, 2):
            at_x = np.minimum(np.arange(own.shape[1]) * MAP_STRIDE + dx, right - 1)
            centre = np.ix_(at_y, at_x)
            values[centre] = np.maximum(values[centre], own)
    return values


def _largest(maps: AnomalyMaps, rule: Rule, below: np.float32 | None) -> float:
    """The largest inspected value, of those under `below` where given; NaN where nothing is inspected."""
    if below is None and rule.inspects_all:
        return float(maps.fused.max())
    area = inspected_area(rule, maps.height, maps.width)
    if not area.any():
        return float("nan")
    best = -np.inf
    cells = (0, maps.fused.shape[1])
    for first, last in _bands(0, maps.fused.shape[0], _BAND_ROWS // MAP_STRIDE):
        values = _pixel_values(maps.fused, (first, last), cells, maps.height, maps.width)
        counts = area[first * MAP_STRIDE : last * MAP_STRIDE]
        if below is not None:
            counts = counts & (values < below)
        best = max(best, float(np.max(values, initial=-np.inf, where=counts)))
    if np.isfinite(best) or below is None:
        return best
    # Every inspected pixel lies in a region that is too small to count.
    return float(np.nextafter(below, np.float32(-np.inf)))


def _find(maps: AnomalyMaps, rule: Rule, threshold: np.float32) -> _Found | None:
    """Connected regions (8 neighbours) of inspected pixels at or above the threshold, filtered by area."""
    grid = maps.fused
    hot = grid >= threshold
    cell_rows, cell_cols = _span(hot, along=0), _span(hot, along=1)
    top, left = cell_rows[0] * MAP_STRIDE, cell_cols[0] * MAP_STRIDE
    bottom, right = min(cell_rows[1] * MAP_STRIDE, maps.height), min(cell_cols[1] * MAP_STRIDE, maps.width)
    flagged = np.empty((bottom - top, right - left), np.bool_)
    flagged_values: list[NDArray[np.float32]] = []
    area = (
        None if rule.inspects_all else inspected_area(rule, maps.height, maps.width)[top:bottom, left:right]
    )
    for first, last in _bands(*cell_rows, _BAND_ROWS // MAP_STRIDE):
        values = _pixel_values(grid, (first, last), cell_cols, maps.height, maps.width)
        band = slice(first * MAP_STRIDE - top, first * MAP_STRIDE - top + values.shape[0])
        flagged[band] = values >= threshold
        if area is not None:
            flagged[band] &= area[band]
        flagged_values.append(values[flagged[band]])
    return _components(flagged, np.concatenate(flagged_values), rule.min_area_px, top, left)


def _span(hot: NDArray[np.bool_], along: int) -> tuple[int, int]:
    """The range of cells that can hold flagged pixels: interpolation carries a value one cell further."""
    at = np.flatnonzero(np.any(hot, axis=1 - along))
    return max(int(at[0]) - 1, 0), min(int(at[-1]) + 2, hot.shape[along])


def _components(
    flagged: NDArray[np.bool_], values: NDArray[np.float32], min_area: int, top: int, left: int
) -> _Found | None:
    count, *tables = cv2.connectedComponentsWithStats(flagged.view(np.uint8), connectivity=8)
    labels, stats = (np.asarray(table, np.int32) for table in tables[:2])
    centroids = np.asarray(tables[2], np.float64)
    keep = np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= min_area) + 1
    if keep.size == 0:
        return None
    label = labels[flagged]
    peak = np.full(count, -np.inf, np.float32)
    np.maximum.at(peak, label, values)
    keep = keep[np.argsort(-peak[keep], kind="stable")]

    at_peak = np.flatnonzero(values == peak[label])
    peak_labels, first = np.unique(label[at_peak], return_index=True)
    order = np.zeros(count, np.int64)
    order[peak_labels] = at_peak[first]
    y, x = _places(flagged, order[keep])

    rank = np.full(count, -1, np.int64)
    rank[keep] = np.arange(keep.size)
    columns = [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]
    return _Found(
        area=stats[keep, cv2.CC_STAT_AREA].astype(np.int64),
        box=stats[keep][:, columns].astype(np.int64) + np.array([left, top, 0, 0]),
        centroid=centroids[keep] + np.array([left, top]),
        peak=peak[keep],
        peak_at=np.stack([x + left, y + top], axis=1),
        flagged=flagged,
        pixel_label=rank[label],
        top=top,
        left=left,
    )


def _places(
    flagged: NDArray[np.bool_], nth: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the n-th flagged pixel in raster order, without listing all of them."""
    before = np.concatenate([[0], np.cumsum(np.count_nonzero(flagged, axis=1))])
    rows = np.searchsorted(before, nth, side="right") - 1
    cols = np.empty_like(rows)
    for row in np.unique(rows):
        here = rows == row
        cols[here] = np.flatnonzero(flagged[row])[nth[here] - before[row]]
    return rows, cols


def _regions(
    found: _Found, maps: AnomalyMaps, threshold: np.float32, descriptors: NDArray[np.float64] | None
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


def _describe(found: _Found, features: NDArray[np.float32], maps: AnomalyMaps) -> NDArray[np.float64]:
    """Unit-length mean of the features over each region: float64, regions x at most FEATURE_LENGTH."""
    shape = (-(-maps.height // FEATURE_STRIDE), -(-maps.width // FEATURE_STRIDE))
    if features.ndim != 3 or features.shape[1:] != shape:
        raise ImageError(
            f"The features are {features.shape}, expected F x {shape[0]} x {shape[1]} for this tile.",
            do_next="Inspect the tile again with the model that made its maps.",
        )
    sums = np.zeros((found.area.size, features.shape[0]), np.float32)
    pixel = 0
    for first, last in _bands(0, found.flagged.shape[0], _BAND_ROWS):
        y, x = np.nonzero(found.flagged[first:last])
        region = found.pixel_label[pixel : pixel + y.size]
        pixel += y.size
        kept = region >= 0
        place = ((y + first + found.top) // FEATURE_STRIDE) * shape[1] + (x + found.left) // FEATURE_STRIDE
        pairs, weight = np.unique(region[kept] * (shape[0] * shape[1]) + place[kept], return_counts=True)
        which, where = pairs // (shape[0] * shape[1]), pairs % (shape[0] * shape[1])
        values = features[:, where // shape[1], where % shape[1]].T
        np.add.at(sums, which, values * weight[:, np.newaxis].astype(np.float32))
    if sums.shape[1] > FEATURE_LENGTH:
        sums = sums @ _projection(sums.shape[1])
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    unit = np.divide(sums, length, out=np.zeros_like(sums), where=length > 0)
    return unit.astype(np.float64).round(4)


@lru_cache(maxsize=4)
def _projection(width: int) -> NDArray[np.float32]:
    """Random signs, the same for ever: keeps angles between descriptors, so alike regions stay alike.

    `RandomState` because NumPy promises that its stream never changes; stored descriptors outlive releases.
    """
    signs = np.random.RandomState(20250807).randint(0, 2, size=(width, FEATURE_LENGTH))
    matrix = (2 * signs - 1).astype(np.float32)
    matrix.setflags(write=False)
    return matrix
