"""Connected regions of a fused anomaly map at full resolution, found band by band to save memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import ImageError
from bsdrd.result import MAP_STRIDE, AnomalyMaps

#: Longest descriptor of a region; wider features are projected down to it.
FEATURE_LENGTH = 64
#: Side in pixels of the square that one place of the feature grid covers.
FEATURE_STRIDE = 16
#: Rows handled at once: a multiple of FEATURE_STRIDE that keeps a 8000 px wide band near 8 MB.
BAND_ROWS = 256

# Up to so many pairs of region and place are counted in a table, which is fast; above, by sorting.
_DENSE_COUNTS = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """Regions of a tile as arrays, highest peak first. All coordinates are pixels of the tile.

    Attributes:
        area: int64, regions: pixels.
        box: int64, regions x (x, y, width, height).
        centroid: float64, regions x (x, y).
        peak: float32, regions.
        peak_at: int64, regions x (x, y).
        labels: int32, the part of the tile that holds all regions; 0 where no region is.
        rank: int64, which region a label is, -1 for those that do not count.
        top: First row of `labels`, a multiple of 4.
        left: Its first column, likewise.
    """

    area: NDArray[np.int64]
    box: NDArray[np.int64]
    centroid: NDArray[np.float64]
    peak: NDArray[np.float32]
    peak_at: NDArray[np.int64]
    labels: NDArray[np.int32]
    rank: NDArray[np.int64]
    top: int
    left: int


def bands(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    """Cuts a range into pieces of at most `step`."""
    for start in range(first, last, step):
        yield start, min(start + step, last)


def pixel_values(
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


def find_regions(
    maps: AnomalyMaps, threshold: np.float32, min_area: int, inspected: NDArray[np.bool_] | None
) -> Found | None:
    """Connected regions (8 neighbours) of inspected pixels of the fused map at or above a threshold.

    Args:
        maps: With at least one value of the fused map at or above the threshold.
        threshold: The map threshold.
        min_area: Regions with fewer pixels do not count.
        inspected: bool, H x W; None inspects everything.

    Returns:
        The regions that count, or None where none does.
    """
    hot = maps.fused >= threshold
    rows, cols = _span(hot, along=0), _span(hot, along=1)
    top, left = rows[0] * MAP_STRIDE, cols[0] * MAP_STRIDE
    bottom, right = min(rows[1] * MAP_STRIDE, maps.height), min(cols[1] * MAP_STRIDE, maps.width)
    flagged = np.empty((bottom - top, right - left), np.uint8)
    for band, values in _values_by_band(maps, rows, cols):
        np.greater_equal(values, threshold, out=flagged[band], casting="unsafe")
    if inspected is not None:
        flagged &= inspected[top:bottom, left:right].view(np.uint8)
    count, *tables = cv2.connectedComponentsWithStats(flagged, connectivity=8)
    labels, stats = (np.asarray(table, np.int32) for table in tables[:2])
    centroids = np.asarray(tables[2], np.float64)
    keep = np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= min_area) + 1
    if keep.size == 0:
        return None
    peak, at = _peaks(count, labels, _values_by_band(maps, rows, cols))
    keep = keep[np.argsort(-peak[keep], kind="stable")]
    rank = np.full(count, -1, np.int64)
    rank[keep] = np.arange(keep.size)
    columns = [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]
    y, x = at[keep] // labels.shape[1], at[keep] % labels.shape[1]
    return Found(
        area=stats[keep, cv2.CC_STAT_AREA].astype(np.int64),
        box=stats[keep][:, columns].astype(np.int64) + np.array([left, top, 0, 0]),
        centroid=centroids[keep] + np.array([left, top]),
        peak=peak[keep],
        peak_at=np.stack([x + left, y + top], axis=1),
        labels=labels,
        rank=rank,
        top=top,
        left=left,
    )


def _values_by_band(
    maps: AnomalyMaps, rows: tuple[int, int], cols: tuple[int, int]
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Pixel values of a range of cells, band by band, each with its rows counted from the range's first."""
    for first, last in bands(*rows, BAND_ROWS // MAP_STRIDE):
        values = pixel_values(maps.fused, (first, last), cols, maps.height, maps.width)
        start = (first - rows[0]) * MAP_STRIDE
        yield slice(start, start + values.shape[0]), values


def _peaks(
    count: int, labels: NDArray[np.int32], by_band: Iterator[tuple[slice, NDArray[np.float32]]]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Largest value of each label, and the place in `labels` (row by row) where it comes first."""
    peak = np.full(count, -np.inf, np.float32)
    at = np.zeros(count, np.int64)
    for band, values in by_band:
        places = np.flatnonzero(labels[band])
        label, value = labels[band].ravel()[places], values.ravel()[places]
        highest = np.full(count, -np.inf, np.float32)
        np.maximum.at(highest, label, value)
        rising = np.flatnonzero((highest[label] > peak[label]) & (value == highest[label]))
        which, first = np.unique(label[rising], return_index=True)
        at[which] = places[rising[first]] + band.start * labels.shape[1]
        peak = np.maximum(peak, highest)
    return peak, at


def _span(hot: NDArray[np.bool_], along: int) -> tuple[int, int]:
    """The range of cells that can hold flagged pixels: interpolation carries a value one cell further."""
    at = np.flatnonzero(np.any(hot, axis=1 - along))
    return max(int(at[0]) - 1, 0), min(int(at[-1]) + 2, hot.shape[along])


def describe(found: Found, features: NDArray[np.float32], maps: AnomalyMaps) -> NDArray[np.float64]:
    """Unit-length mean of the features over each region: float64, regions x at most FEATURE_LENGTH."""
    shape = (-(-maps.height // FEATURE_STRIDE), -(-maps.width // FEATURE_STRIDE))
    if features.ndim != 3 or features.shape[1:] != shape:
        raise ImageError(
            f"The features are {features.shape}, expected F x {shape[0]} x {shape[1]} for this tile.",
            do_next="Inspect the tile again with the model that made its maps.",
        )
    sums = np.zeros((found.area.size, features.shape[0]), np.float32)
    columns = (np.arange(found.labels.shape[1]) + found.left) // FEATURE_STRIDE
    for first, last in bands(0, found.labels.shape[0], BAND_ROWS):
        rows = (np.arange(first, last) + found.top) // FEATURE_STRIDE
        part = features[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        place = (rows - rows[0])[:, np.newaxis] * part.shape[2] + (columns - columns[0])
        _add_features(sums, found.rank[found.labels[first:last]], place, part.reshape(len(features), -1))
    if sums.shape[1] > FEATURE_LENGTH:
        sums = sums @ _projection(sums.shape[1])
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    unit = np.divide(sums, length, out=np.zeros_like(sums), where=length > 0)
    return unit.astype(np.float64).round(4)


def _add_features(
    sums: NDArray[np.float32], region: NDArray[np.int64], place: NDArray[np.int64], part: NDArray[np.float32]
) -> None:
    """Adds the features (F x places) under each pixel to those of its region; -1 is no region."""
    places = part.shape[1]
    kept = region >= 0
    pairs = region[kept] * places + place[kept]
    if len(sums) * places <= _DENSE_COUNTS:
        table = np.bincount(pairs, minlength=len(sums) * places)
        found = np.flatnonzero(table)
        count = table[found]
    else:
        found, count = np.unique(pairs, return_counts=True)
    # No matrix product: its threads would fight with those of the network for the cores.
    np.add.at(sums, found // places, part.T[found % places] * count[:, np.newaxis].astype(np.float32))


@lru_cache(maxsize=4)
def _projection(width: int) -> NDArray[np.float32]:
    """Random signs, the same for ever: keeps angles between descriptors, so alike regions stay alike.

    `RandomState` because NumPy promises that its stream never changes; stored descriptors outlive releases.
    """
    signs = np.random.RandomState(20250807).randint(0, 2, size=(width, FEATURE_LENGTH))
    matrix = (2 * signs - 1).astype(np.float32)
    matrix.setflags(write=False)
    return matrix
