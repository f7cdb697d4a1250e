"""Connected regions of a fused anomaly map at full resolution, found band by band to save memory.

No array has a value for every pixel of the tile: each band of rows is labelled on its own, and regions that
meet at a border of bands are joined in the tables of what is known of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import ImageError
from bsdrd.result import MAP_STRIDE, AnomalyMaps

# Rows that are projected at once: so few that NumPy's matrix library starts no threads for them. Its threads
# wait for more work by spinning, on the cores that the network needs meanwhile.
_PROJECTED = 16
#: Longest descriptor of a region; wider features are projected down to it.
FEATURE_LENGTH = 64
#: Side in pixels of the square that one place of the feature grid covers.
FEATURE_STRIDE = 16
#: Pixels handled at once, in whole rows of cells: what is needed for each of them stays near 10 MB.
BAND_PIXELS = 1 << 18

# Up to so many pairs of region and place are counted in a table, which is fast; above, by sorting.
_DENSE_COUNTS = 1 << 20


@dataclass(frozen=True, slots=True)
class Inspected:
    """Which pixels of a tile count.

    Attributes:
        mask: bool, H x W; None takes all.
        edge_band: Width in pixels of the band along the tile's edges that does not count.
        height: H.
        width: W.
    """

    mask: NDArray[np.bool_] | None
    edge_band: int
    height: int
    width: int

    def part(self, rows: slice, cols: slice) -> NDArray[np.bool_]:
        """The part of some rows and columns, given from 0: bool, new."""
        if self.mask is None:
            area = np.ones((rows.stop - rows.start, cols.stop - cols.start), np.bool_)
        else:
            area = self.mask[rows, cols].copy()
        if self.edge_band:
            y, x = np.arange(rows.start, rows.stop), np.arange(cols.start, cols.stop)
            area[np.minimum(y, self.height - 1 - y) < self.edge_band] = False
            area[:, np.minimum(x, self.width - 1 - x) < self.edge_band] = False
        return area


@dataclass(frozen=True, slots=True)
class Found:
    """Regions of a tile as arrays, highest peak first. All coordinates are pixels of the tile.

    Attributes:
        area: int64, regions: pixels.
        box: int64, regions x (x, y, width, height).
        centroid: float64, regions x (x, y).
        peak: float32, regions.
        peak_at: int64, regions x (x, y).
        search: Labels the same bands again.
        only: The band with its labels where the search had one; of more, none is kept.
        ranks: For each band int64: which region a label of the band is, -1 for those that do not count.
    """

    area: NDArray[np.int64]
    box: NDArray[np.int64]
    centroid: NDArray[np.float64]
    peak: NDArray[np.float32]
    peak_at: NDArray[np.int64]
    search: _Search
    only: tuple[_Band, NDArray[np.int32]] | None
    ranks: list[NDArray[np.int64]]


def bands(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    """Cuts a range into pieces of at most `step`."""
    for start in range(first, last, step):
        yield start, min(start + step, last)


def cell_bands(rows: tuple[int, int], cols: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Cuts rows of cells into bands of at most `BAND_PIXELS` pixels each, for a range of columns."""
    pixels_a_row = (cols[1] - cols[0]) * MAP_STRIDE**2
    return bands(*rows, max(1, BAND_PIXELS // pixels_a_row))


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
    for to_y, from_y in _centres(bottom):
        for to_x, from_x in _centres(right):
            centre = values[to_y, to_x]
            np.maximum(centre, own[from_y, from_x], out=centre)
    return values


def _centres(length: int) -> list[tuple[slice, slice]]:
    """The pixels of a side at the centre of a cell, and these cells; the last may have one pixel only."""
    found = [
        (slice(first, length, MAP_STRIDE), slice(0, len(range(first, length, MAP_STRIDE))))
        for first in (1, 2)
    ]
    if length % MAP_STRIDE == 1:
        found.append((slice(length - 1, length), slice(length // MAP_STRIDE, length // MAP_STRIDE + 1)))
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    """Where flagged pixels are looked for: a range of cells of a fused map, above a threshold."""

    maps: AnomalyMaps
    threshold: np.float32
    inspected: Inspected | None
    rows: tuple[int, int]
    cols: tuple[int, int]

    def bands(self) -> Iterator[_Band]:
        """The bands from top to bottom that can hold flagged pixels, no wider than they need to be."""
        fused, height, width = self.maps.fused, self.maps.height, self.maps.width
        for cells in cell_bands(self.rows, self.cols):
            cols = self.cols
            if cells != self.rows:
                near = fused[max(cells[0] - 1, 0) : cells[1] + 1] >= self.threshold
                if not near.any():
                    continue
                cols = _span(near, along=1)
            values = pixel_values(fused, cells, cols, height, width)
            flagged = (values >= self.threshold).view(np.uint8)
            top, left, right = cells[0] * MAP_STRIDE, cols[0] * MAP_STRIDE, min(cols[1] * MAP_STRIDE, width)
            if self.inspected is not None:
                area = self.inspected.part(slice(top, top + len(values)), slice(left, right))
                flagged &= area.view(np.uint8)
            yield _Band(top, left, values, flagged)


@dataclass(frozen=True, slots=True)
class _Band:
    """Some rows of the search: float32 values and uint8 flags of its pixels, from (top, left) of the tile."""

    top: int
    left: int
    values: NDArray[np.float32]
    flagged: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Edges:
    """The first and the last row of a band's labels, where they begin, and how many rows the band has."""

    top: int
    left: int
    height: int
    first: NDArray[np.int32]
    last: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is known of regions or of their parts in one band, one row for each.

    `corners` is left, top, right, bottom (the last two exclusive), `place` the pixel of the peak, counted
    row by row over the tile; of equal values the first.
    """

    area: NDArray[np.int64]
    corners: NDArray[np.int64]
    moment: NDArray[np.float64]
    peak: NDArray[np.float32]
    place: NDArray[np.int64]


def find_regions(
    maps: AnomalyMaps, threshold: np.float32, min_area: int, inspected: Inspected | None
) -> Found | None:
    """Connected regions (8 neighbours) of inspected pixels of the fused map at or above a threshold.

    Args:
        maps: With at least one value of the fused map at or above the threshold.
        threshold: The map threshold.
        min_area: Regions with fewer pixels do not count.
        inspected: Which pixels count; None takes all.

    Returns:
        The regions that count, or None where none does.
    """
    hot = maps.fused >= threshold
    search = _Search(maps, threshold, inspected, _span(hot, along=0), _span(hot, along=1))
    pieces: list[_Parts] = []
    edges: list[_Edges] = []
    only: tuple[_Band, NDArray[np.int32]] | None = None
    for band in search.bands():
        labels, parts = _label(band, maps.width)
        only = None if pieces else (band, labels)
        pieces.append(parts)
        edges.append(_Edges(band.top, band.left, len(labels), labels[0].copy(), labels[-1].copy()))
    counts = [parts.area.size for parts in pieces]
    if len(pieces) == 1:  # every part is a region of its own: nothing to join or to add up
        parts, region = pieces[0], np.arange(counts[0])
    else:
        region = _joined(sum(counts), _touching(edges, counts, maps.width))
        parts = _merge(_concatenated(pieces), region)
    keep = np.flatnonzero(parts.area >= min_area)
    if keep.size == 0:
        return None
    keep = keep[np.lexsort((parts.place[keep], -parts.peak[keep]))]
    rank = np.full(parts.area.size, -1, np.int64)
    rank[keep] = np.arange(keep.size)
    by_band = [rank] if len(pieces) == 1 else np.split(rank[region], np.cumsum(counts)[:-1])
    corners, place = parts.corners[keep], parts.place[keep]
    return Found(
        area=parts.area[keep],
        box=np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1),
        centroid=parts.moment[keep] / parts.area[keep, np.newaxis],
        peak=parts.peak[keep],
        peak_at=np.stack([place % maps.width, place // maps.width], axis=1),
        search=search,
        only=only,
        ranks=[np.append(-1, ranks) for ranks in by_band],
    )


def _label(band: _Band, width: int) -> tuple[NDArray[np.int32], _Parts]:
    """Labels a band: int32 labels from 1, 0 where nothing is flagged, and what is known of each from 1."""
    count, *tables = cv2.connectedComponentsWithStats(band.flagged, connectivity=8)
    labels, stats = (np.asarray(table, np.int32) for table in tables[:2])
    stats = stats[1:].astype(np.int64)
    x, y = stats[:, cv2.CC_STAT_LEFT] + band.left, stats[:, cv2.CC_STAT_TOP] + band.top
    right, bottom = x + stats[:, cv2.CC_STAT_WIDTH], y + stats[:, cv2.CC_STAT_HEIGHT]
    area = stats[:, cv2.CC_STAT_AREA]
    centroid = np.asarray(tables[2], np.float64)[1:] + np.array([band.left, band.top])
    peak, at = _peaks(count, labels, band)
    across = labels.shape[1]
    return labels, _Parts(
        area=area,
        corners=np.stack([x, y, right, bottom], axis=1),
        moment=centroid * area[:, np.newaxis],
        peak=peak,
        place=(at // across + band.top) * width + at % across + band.left,
    )


def _flagged_places(band: _Band) -> NDArray[np.int64]:
    """Where a band is flagged, row by row."""
    return np.flatnonzero(band.flagged.view(np.bool_))


def _peaks(
    count: int, labels: NDArray[np.int32], band: _Band
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Largest value of each label from 1, and the place in `labels` (row by row) where it comes first."""
    places = _flagged_places(band)
    label, value = labels.ravel()[places], band.values.ravel()[places]
    peak = np.full(count, -np.inf, np.float32)
    np.maximum.at(peak, label, value)
    highest = np.flatnonzero(value == peak[label])
    at = np.zeros(count, np.int64)
    which, first = np.unique(label[highest], return_index=True)
    at[which] = places[highest[first]]
    return peak[1:], at[1:]


def _numbered(labels: NDArray[np.int32], before: int, left: int, width: int) -> NDArray[np.int64]:
    """Labels of a row as numbers over all bands from 0, as wide as the tile; -1 where nothing is flagged."""
    row = np.full(width, -1, np.int64)
    row[left : left + labels.size] = np.where(labels > 0, labels.astype(np.int64) - 1 + before, -1)
    return row


def _touching(edges: list[_Edges], counts: list[int], width: int) -> list[NDArray[np.int64]]:
    """Pairs of numbers, over all bands, of parts that are neighbours across a border of bands."""
    before = np.cumsum([0, *counts]).tolist()
    return [
        _pairs(
            _numbered(upper.last, before[index], upper.left, width),
            _numbered(lower.first, before[index + 1], lower.left, width),
        )
        for index, (upper, lower) in enumerate(pairwise(edges))
        if upper.top + upper.height == lower.top
    ]


def _pairs(above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of numbers that are neighbours (8) across the border of two bands: pairs x 2."""
    pairs: list[NDArray[np.int64]] = []
    for shift in (-1, 0, 1):
        upper = above[max(0, shift) : above.size + min(0, shift)]
        lower = below[max(0, -shift) : below.size + min(0, -shift)]
        both = (upper >= 0) & (lower >= 0)
        pairs.append(np.stack([upper[both], lower[both]], axis=1))
    return np.unique(np.concatenate(pairs), axis=0)


def _joined(count: int, touching: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Which region each of `count` parts belongs to, counted from 0."""
    root = np.arange(count)
    if touching:
        first, second = np.concatenate(touching).T
        while True:
            lower = np.minimum(root[first], root[second])
            if np.array_equal(root[first], lower) and np.array_equal(root[second], lower):
                break
            # Lower the parts and their roots as well, so that whole chains follow at once.
            for one in (first, second):
                np.minimum.at(root, root[one], lower)
                np.minimum.at(root, one, lower)
            root = root[root]
    return np.unique(root, return_inverse=True)[1].ravel()


def _concatenated(pieces: list[_Parts]) -> _Parts:
    return _Parts(
        area=np.concatenate([one.area for one in pieces]),
        corners=np.concatenate([one.corners for one in pieces]),
        moment=np.concatenate([one.moment for one in pieces]),
        peak=np.concatenate([one.peak for one in pieces]),
        place=np.concatenate([one.place for one in pieces]),
    )


def _merge(parts: _Parts, region: NDArray[np.int64]) -> _Parts:
    """Adds up the parts of each region."""
    count = int(region.max(initial=-1)) + 1
    area = np.zeros(count, np.int64)
    np.add.at(area, region, parts.area)
    moment = np.zeros((count, 2))
    np.add.at(moment, region, parts.moment)
    first = np.full((count, 2), np.iinfo(np.int64).max)
    np.minimum.at(first, region, parts.corners[:, :2])
    last = np.zeros((count, 2), np.int64)
    np.maximum.at(last, region, parts.corners[:, 2:])
    order = np.lexsort((parts.place, -parts.peak, region))
    highest = order[np.unique(region[order], return_index=True)[1]]
    corners = np.concatenate([first, last], axis=1)
    return _Parts(area, corners, moment, parts.peak[highest], parts.place[highest])


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
    again = ((band, _label(band, maps.width)[0]) for band in found.search.bands())
    for (band, labels), ranks in zip(again if found.only is None else [found.only], found.ranks, strict=True):
        places = _flagged_places(band)
        region = ranks[labels.ravel()[places]]
        rows, columns = np.divmod(places[region >= 0], labels.shape[1])
        rows, columns = (rows + band.top) // FEATURE_STRIDE, (columns + band.left) // FEATURE_STRIDE
        top, left = band.top // FEATURE_STRIDE, band.left // FEATURE_STRIDE
        bottom = (band.top + labels.shape[0] - 1) // FEATURE_STRIDE
        right = (band.left + labels.shape[1] - 1) // FEATURE_STRIDE
        part = features[:, top : bottom + 1, left : right + 1]
        place = (rows - top) * part.shape[2] + columns - left
        _add_features(sums, region[region >= 0], place, part.reshape(len(features), -1))
    if sums.shape[1] > FEATURE_LENGTH:
        sums = project(sums)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    unit = np.divide(sums, length, out=np.zeros_like(sums), where=length > 0)
    return unit.astype(np.float64).round(4)


def _add_features(
    sums: NDArray[np.float32], region: NDArray[np.int64], place: NDArray[np.int64], part: NDArray[np.float32]
) -> None:
    """Adds the features (F x places) under each pixel to those of its region."""
    places = part.shape[1]
    pairs = region * places + place
    if len(sums) * places <= _DENSE_COUNTS:
        table = np.bincount(pairs, minlength=len(sums) * places)
        found = np.flatnonzero(table)
        count = table[found]
    else:
        found, count = np.unique(pairs, return_counts=True)
    # No matrix product: its threads would fight with those of the network for the cores.
    np.add.at(sums, found // places, part.T[found % places] * count[:, np.newaxis].astype(np.float32))


def project(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features (any x F) projected down to FEATURE_LENGTH; what lies near each other stays near."""
    matrix = _projection(values.shape[1])
    full = len(values) // _PROJECTED * _PROJECTED
    out = np.empty((len(values), matrix.shape[1]), np.float32)
    np.matmul(
        values[:full].reshape(-1, _PROJECTED, len(matrix)),
        matrix,
        out=out[:full].reshape(-1, _PROJECTED, matrix.shape[1]),
    )
    np.matmul(values[full:], matrix, out=out[full:])
    return out


@lru_cache(maxsize=4)
def _projection(width: int) -> NDArray[np.float32]:
    """Random signs, the same for ever: keeps angles between descriptors, so alike regions stay alike.

    `RandomState` because NumPy promises that its stream never changes; stored descriptors outlive releases.
    """
    signs = np.random.RandomState(20250807).randint(0, 2, size=(width, FEATURE_LENGTH))
    matrix = (2 * signs - 1).astype(np.float32)
    matrix.setflags(write=False)
    return matrix
