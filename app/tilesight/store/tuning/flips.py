"""The flip list: every stored record whose verdict would change, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from bsdrd.result import Thresholds, Verdict
from tilesight.store.tuning.table import JUDGED, ScoreTable, Truth

_OK, _GREY, _NG = range(3)


@dataclass(frozen=True, slots=True)
class Flip:
    """One record, what it is stored as and what it would become.

    Attributes:
        record_id: Number of the record.
        score: Its score under the proposed rule.
        stored_score: Its score in the record.
        old: Its stored verdict.
        new: The verdict it would have.
        truth: What a person said about it.
        lot: Its lot; "" where unknown.
        at: When it was inspected, UTC.
    """

    record_id: int
    score: float
    stored_score: float
    old: Verdict
    new: Verdict
    truth: Truth
    lot: str
    at: datetime

    @property
    def released(self) -> bool:
        """Whether the verdict would become milder."""
        return JUDGED.index(self.new) < JUDGED.index(self.old)


@dataclass(frozen=True, slots=True, eq=False)
class FlipList:
    """Rows of a table whose verdict would change, worst first.

    Of the released, a known defect that would pass comes first, then what nobody has labelled, then known
    good tiles; among equals the highest score leads. Of the rejected, a known good tile comes first and
    the lowest score leads. What becomes OK (or NG) comes before what only becomes GREY.

    Attributes:
        table: Where the rows are from.
        thresholds: Those proposed.
        released: int64: rows whose verdict would become milder.
        rejected: int64: rows whose verdict would become more severe.
    """

    table: ScoreTable
    thresholds: Thresholds
    released: NDArray[np.int64]
    rejected: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.released.size + self.rejected.size)

    def flip(self, row: int) -> Flip:
        """What is known of one row."""
        return describe_row(self.table, row, self.thresholds)


def describe_row(table: ScoreTable, row: int, thresholds: Thresholds) -> Flip:
    """One row of a table with its stored verdict and the one under these thresholds."""
    score = float(table.scores[row])
    return Flip(
        record_id=int(table.about.ids[row]),
        score=score,
        stored_score=float(table.before[row]),
        old=JUDGED[int(table.stored[row])],
        new=thresholds.verdict(score),
        truth=Truth(int(table.about.truths[row])),
        lot=table.lot_names[int(table.about.lots[row])],
        at=datetime.fromtimestamp(float(table.about.times[row]), UTC),
    )


def flip_list(table: ScoreTable, thresholds: Thresholds) -> FlipList:
    """The records whose verdict would change under these thresholds."""
    low, high = table.cuts(thresholds)
    stored = table.stored
    # Rows are in order of the score, so each new verdict is one stretch of rows.
    milder = [
        np.flatnonzero(stored[:low] > _OK),
        np.flatnonzero(stored[low:high] > _GREY) + low,
    ]
    harder = [
        np.flatnonzero(stored[low:high] < _GREY) + low,
        np.flatnonzero(stored[high:] < _NG) + high,
    ]
    released = np.concatenate([rows[::-1] for rows in milder])
    rejected = np.concatenate([harder[1], harder[0]])
    truths = table.about.truths
    released_rank = _rank(truths[released], worst=Truth.DEFECT) + np.where(released < low, 0, 3)
    rejected_rank = _rank(truths[rejected], worst=Truth.GOOD) + np.where(rejected >= high, 0, 3)
    return FlipList(
        table,
        thresholds,
        released[np.argsort(released_rank, kind="stable")],
        rejected[np.argsort(rejected_rank, kind="stable")],
    )


def _rank(truths: NDArray[np.uint8], worst: Truth) -> NDArray[np.uint8]:
    """0 for the worst label, 1 for none, 2 for the other one."""
    ranks = np.full(truths.shape, 2, np.uint8)
    ranks[truths == Truth.UNLABELLED] = 1
    ranks[truths == worst] = 0
    return ranks
