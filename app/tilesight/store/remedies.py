"""What would clear a group of false alarms: a threshold, a region filter or a mask, and what each costs.

A preview judges the stored regions again without the maps, so it answers at once. It is exact for thresholds
and region sizes. Where a mask cuts a region nobody can tell without the map, so it errs to the side that
costs more: such a region does not count as cleared, and a known defect that it made counts as lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bsdrd.result import Thresholds, Verdict
from tilesight.store.region_table import RecordColumns, RegionColumns
from tilesight.store.types import VERDICT_CODES

_OK = VERDICT_CODES.index(Verdict.OK)
#: An excluded area larger than this share of the tile is no sensible suggestion.
_LARGEST_SUGGESTED = 0.25
_MARGIN = 0.01


@dataclass(frozen=True, slots=True)
class HigherThresholds:
    """Judge by other thresholds."""

    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class LargerRegions:
    """Let only regions of at least this many pixels count."""

    min_area_px: int


@dataclass(frozen=True, slots=True)
class ExcludedArea:
    """Leave out a rectangle of the tile: left, top, right, bottom as shares of its size, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


Remedy = HigherThresholds | LargerRegions | ExcludedArea


@dataclass(frozen=True, slots=True)
class Preview:
    """What a remedy would do to the records of one model.

    Attributes:
        cleared: Records of the group that alarm (GREY or NG) and would be OK.
        left: Records of the group that would alarm still.
        lost: Records labelled defective that alarm and would be OK, or might be, in the group or not.
        others: Further records that would become OK, or might: unlabelled, unsure or labelled good.
    """

    cleared: tuple[int, ...]
    left: tuple[int, ...]
    lost: tuple[int, ...]
    others: tuple[int, ...]


def preview(
    found: RegionColumns, table: RecordColumns, members: NDArray[np.int64], remedy: Remedy
) -> Preview:
    """What a remedy would do.

    Args:
        found: Every region of the model.
        table: The records that they belong to.
        members: Records of the group.
        remedy: What is tried.
    """
    alarms = table.verdict != _OK
    grey_from = _grey_from(table, remedy)
    surely = alarms & (_verdict_scores(found, table, remedy, cut_counts=True) < grey_from)
    maybe = alarms & (_verdict_scores(found, table, remedy, cut_counts=False) < grey_from)
    in_group = np.isin(table.id, members)
    defective = table.truth == 1
    return Preview(
        cleared=_ids(table.id[in_group & surely]),
        left=_ids(table.id[in_group & alarms & ~surely]),
        lost=_ids(table.id[defective & maybe]),
        others=_ids(table.id[~in_group & ~defective & maybe]),
    )


def suggestions(found: RegionColumns, table: RecordColumns, places: NDArray[np.intp]) -> list[Remedy]:
    """Remedies of each kind that just clear some regions; which to take is for a person to say.

    Args:
        found: Every region of the model.
        table: The records that they belong to.
        places: Where in `found` the regions to clear stand.
    """
    rows = np.searchsorted(table.id, found.record[places])
    harmless = table.truth[rows] != 1
    places, rows = places[harmless], rows[harmless]
    if not len(places):
        return []
    made: list[Remedy] = [LargerRegions(int(found.area[places].max()) + 1)]
    low = float(np.nextafter(found.peak[places].max(), np.inf))
    if np.isfinite(table.t2[rows]).any():
        made.append(HigherThresholds(Thresholds(low, max(low, float(np.nanmax(table.t2[rows]))))))
    area = _enclosing(found.box[places], table.width[rows], table.height[rows])
    if area is not None:
        made.append(area)
    return made


def _verdict_scores(
    found: RegionColumns, table: RecordColumns, remedy: Remedy, *, cut_counts: bool
) -> NDArray[np.float64]:
    """The score of each record under a remedy, from its regions: float64, one a record.

    `cut_counts` says whether a region that a mask cuts counts with its whole peak, or not at all.
    """
    if isinstance(remedy, HigherThresholds):
        return table.score
    row = np.searchsorted(table.id, found.record)
    counts = _survives(found, table, row, remedy, cut_counts=cut_counts)
    best = np.full(len(table.id), -np.inf)
    np.maximum.at(best, row[counts], found.peak[counts])
    # Nothing counts any more: what is left of the map lies below the outline.
    below = np.minimum(table.score, np.nextafter(table.outline, -np.inf))
    return np.where(np.isfinite(best), np.minimum(best, table.score), below)


def _survives(
    found: RegionColumns,
    table: RecordColumns,
    row: NDArray[np.intp],
    remedy: LargerRegions | ExcludedArea,
    *,
    cut_counts: bool,
) -> NDArray[np.bool_]:
    """Which regions count still."""
    if isinstance(remedy, LargerRegions):
        return found.area >= remedy.min_area_px
    x, y, w, h = found.box.T.astype(np.float64)
    width, height = table.width[row], table.height[row]
    left, right = remedy.left * width, remedy.right * width
    top, bottom = remedy.top * height, remedy.bottom * height
    # Comparisons with an unknown size (NaN) are false: such a region is neither inside nor beside.
    if cut_counts:
        return ~((x >= left) & (y >= top) & (x + w <= right) & (y + h <= bottom))
    return (x >= right) | (y >= bottom) | (x + w <= left) | (y + h <= top)


def _grey_from(table: RecordColumns, remedy: Remedy) -> NDArray[np.float64]:
    """T1 for each record."""
    if isinstance(remedy, HigherThresholds):
        return np.full(len(table.id), remedy.thresholds.low)
    return table.t1


def _enclosing(
    box: NDArray[np.int32], width: NDArray[np.float64], height: NDArray[np.float64]
) -> ExcludedArea | None:
    """The rectangle around all boxes, where it is small enough to be a sensible mask."""
    if not (np.isfinite(width).all() and np.isfinite(height).all()):
        return None
    x, y, w, h = box.T.astype(np.float64)
    left, right = float((x / width).min()), float(((x + w) / width).max())
    top, bottom = float((y / height).min()), float(((y + h) / height).max())
    area = ExcludedArea(
        max(0.0, left - _MARGIN),
        max(0.0, top - _MARGIN),
        min(1.0, right + _MARGIN),
        min(1.0, bottom + _MARGIN),
    )
    size = (area.right - area.left) * (area.bottom - area.top)
    return area if size <= _LARGEST_SUGGESTED else None


def _ids(values: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
