"""What is drawn beside the thresholds: histogram, ROC and precision-recall curves, scores over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bsdrd.result import Thresholds
from tilesight.store.tuning.table import ScoreTable, Truth
from tilesight.store.tuning.whatif import WhatIf


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Records by score.

    Attributes:
        edges: float64, K + 1: the last bin also holds what lies above it, the first what lies below.
        counts: int64, 3 x K: by `Truth`.
        above: How many of the last bin lie above its upper edge.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    above: int


def histogram(table: ScoreTable, edges: NDArray[np.float64]) -> Histogram:
    """Counts by label in bins; outliers go into the outermost bins.

    Args:
        table: The records.
        edges: K + 1 edges, rising; a score at an edge belongs to the bin above it.
    """
    at = np.searchsorted(table.scores, edges, side="left")
    at[0], last = 0, int(at[-1])
    at[-1] = len(table)
    by_truth = table.totals.sum(axis=1)[:, at].astype(np.int64)
    return Histogram(edges, np.diff(by_truth, axis=1), len(table) - last)


def score_range(table: ScoreTable, thresholds: Thresholds, room: float = 0.06) -> tuple[float, float]:
    """A range of scores that shows what matters: nearly all records, and both thresholds.

    Args:
        table: The records.
        thresholds: T1 and T2.
        room: Free room at each end as a share of the range, but at least 0.5; 0 for none.
    """
    marks = [thresholds.low, thresholds.high]
    if len(table):
        marks += [float(table.scores[0]), float(np.quantile(table.scores, 0.99, method="higher"))]
    low, high = min(marks), max(marks)
    free = max((high - low) * room, 0.5) if room or low == high else 0.0
    return low - free, high + free


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """How well the score tells labelled defects from labelled good tiles, for every single threshold.

    Attributes:
        thresholds: float64, K, ascending.
        false_alarm: float64, K: share of good tiles at or above each.
        detection: float64, K: share of defective tiles at or above each (recall).
        precision: float64, K: defective among those at or above each; 1 where nothing is.
        auroc: Area under the ROC curve, 0..1.
        average_precision: Mean precision weighted by the steps in recall, 0..1.
    """

    thresholds: NDArray[np.float64]
    false_alarm: NDArray[np.float64]
    detection: NDArray[np.float64]
    precision: NDArray[np.float64]
    auroc: float
    average_precision: float

    def thinned(self, points: int) -> Curves:
        """The same curves with about `points` points, spread evenly along them, for drawing."""
        if self.thresholds.size <= points:
            return self
        steps = np.abs(np.diff(self.false_alarm)) + np.abs(np.diff(self.detection))
        steps += np.abs(np.diff(self.precision))
        along = np.concatenate([[0.0], np.cumsum(steps)])
        keep = np.unique(np.searchsorted(along, np.linspace(0.0, along[-1], points)))
        keep = np.unique(np.concatenate([[0], keep, [along.size - 1]]))
        return Curves(
            self.thresholds[keep],
            self.false_alarm[keep],
            self.detection[keep],
            self.precision[keep],
            self.auroc,
            self.average_precision,
        )


def curves(what: WhatIf) -> Curves | None:
    """ROC and precision-recall over every threshold that makes a difference; None without both labels."""
    table = what.table
    goods, defects = table.count(Truth.GOOD), table.count(Truth.DEFECT)
    if not goods or not defects:
        return None
    labelled = table.about.truths != Truth.UNLABELLED
    values = np.unique(table.scores[labelled])
    at = np.searchsorted(table.scores, np.append(values, np.inf), side="left")
    by_truth = table.totals.sum(axis=1)
    caught = defects - by_truth[Truth.DEFECT, at].astype(np.int64)
    alarmed = goods - by_truth[Truth.GOOD, at].astype(np.int64)
    detection, false_alarm = caught / defects, alarmed / goods
    precision = np.ones(at.size)
    np.divide(caught, caught + alarmed, out=precision, where=caught + alarmed > 0)
    return Curves(
        np.append(values, np.nextafter(values[-1], np.inf)),
        false_alarm,
        detection,
        precision,
        float(np.trapezoid(detection[::-1], false_alarm[::-1])),
        float(np.sum(-np.diff(detection) * precision[:-1])),
    )


@dataclass(frozen=True, slots=True)
class Point:
    """Where a threshold sits on the curves; see `Curves` for the three shares."""

    false_alarm: float
    detection: float
    precision: float


def working_point(table: ScoreTable, threshold: float) -> Point | None:
    """The working point of a threshold; None without both labels."""
    goods, defects = table.count(Truth.GOOD), table.count(Truth.DEFECT)
    if not goods or not defects:
        return None
    below = table.totals[:, :, table.below(threshold)].sum(axis=1)
    caught, alarmed = defects - int(below[Truth.DEFECT]), goods - int(below[Truth.GOOD])
    precision = caught / (caught + alarmed) if caught + alarmed else 1.0
    return Point(alarmed / goods, caught / defects, precision)


@dataclass(frozen=True, slots=True)
class LotSummary:
    """One stretch of records of one lot, in order of time.

    Attributes:
        lot: Its number; "" for records without one.
        first: Place of its first record in order of time, from 0.
        last: Place of its last record.
        median: Median score.
        upper: Score that 95 % of its records do not exceed.
    """

    lot: str
    first: int
    last: int
    median: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Scores in order of time.

    Attributes:
        place: int64, M: place of each drawn record in order of time, ascending.
        scores: float64, M.
        truths: uint8, M: `Truth`.
        rows: int64, M: rows in the table.
        times: float64, N: seconds since 1970, UTC, of all records in order of time.
        lots: Stretches of one lot each, oldest first.
    """

    place: NDArray[np.int64]
    scores: NDArray[np.float64]
    truths: NDArray[np.uint8]
    rows: NDArray[np.int64]
    times: NDArray[np.float64]
    lots: tuple[LotSummary, ...]


#: More stretches than this are not told apart on a chart.
_MOST_LOTS = 200


def timeline(table: ScoreTable, points: int) -> Timeline:
    """Scores over time, thinned so that the highest and lowest of each stretch of time stay.

    Args:
        table: The records.
        points: About how many records to keep for drawing, at least 3.
    """
    order = np.argsort(table.about.times, kind="stable")
    scores = table.scores[order]
    keep = _extremes(scores, points)
    rows = order[keep]
    return Timeline(
        keep,
        scores[keep],
        table.about.truths[rows],
        rows,
        table.about.times[order],
        _stretches(table, order, scores),
    )


def _extremes(scores: NDArray[np.float64], points: int) -> NDArray[np.int64]:
    if scores.size <= points:
        return np.arange(scores.size)
    starts = np.unique(np.linspace(0, scores.size, points // 3 + 1, dtype=np.int64))
    kept: list[int] = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        part = scores[start:end]
        kept += [start + int(part.argmin()), (start + end) // 2, start + int(part.argmax())]
    return np.unique(np.asarray(kept, np.int64))


def _stretches(
    table: ScoreTable, order: NDArray[np.int64], scores: NDArray[np.float64]
) -> tuple[LotSummary, ...]:
    lots = table.about.lots[order]
    if not lots.size:
        return ()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(lots)) + 1, [lots.size]])
    if starts.size - 1 > _MOST_LOTS:
        return ()
    return tuple(
        LotSummary(
            table.lot_names[int(lots[start])],
            start,
            end - 1,
            float(np.median(scores[start:end])),
            float(np.quantile(scores[start:end], 0.95)),
        )
        for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    )
