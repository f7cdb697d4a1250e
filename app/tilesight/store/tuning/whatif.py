"""What two thresholds would do to stored records: counts, rates and flips, without any inference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bsdrd.calibration import Rate, ScoreSet, rate
from bsdrd.result import Thresholds
from tilesight.store.tuning.flips import FlipList, flip_list
from tilesight.store.tuning.table import JUDGED, ScoreTable, Selection, Truth


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What becomes of the records under two thresholds.

    Rates are about labelled records only; each is None where there is no record to count. Their intervals
    count pictures of one tile together (see `bsdrd.calibration`).

    Attributes:
        thresholds: T1 and T2.
        moves: int64, 3 x 3 x 3: records by [truth, stored verdict, verdict under these thresholds].
        not_inspected: Records without a verdict on a score; they stay as they are.
        grey: Records that a person would have to look at.
        false_reject: Good records that would be NG.
        grey_good: Good records that would be GREY.
        escape: Defective records that would be OK.
        grey_defective: Defective records that would be GREY.
    """

    thresholds: Thresholds
    moves: NDArray[np.int64]
    not_inspected: int
    grey: Rate | None
    false_reject: Rate | None
    grey_good: Rate | None
    escape: Rate | None
    grey_defective: Rate | None

    @property
    def total(self) -> int:
        """Judged records."""
        return int(self.moves.sum())

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records that would be OK, GREY and NG."""
        ok, grey, ng = self.moves.sum(axis=(0, 1)).tolist()
        return ok, grey, ng

    @property
    def stored_counts(self) -> tuple[int, int, int]:
        """Records that are stored as OK, GREY and NG."""
        ok, grey, ng = self.moves.sum(axis=(0, 2)).tolist()
        return ok, grey, ng

    @property
    def released(self) -> int:
        """Records whose verdict would become milder."""
        return int(np.tril(self.moves.sum(axis=0), -1).sum())

    @property
    def rejected(self) -> int:
        """Records whose verdict would become more severe."""
        return int(np.triu(self.moves.sum(axis=0), 1).sum())

    @property
    def flips(self) -> int:
        """Records whose verdict would change."""
        return self.released + self.rejected

    def labelled(self, truth: Truth) -> tuple[int, int, int]:
        """Records with this label that would be OK, GREY and NG."""
        ok, grey, ng = self.moves[truth].sum(axis=0).tolist()
        return ok, grey, ng


class WhatIf:
    """Answers for every T1 and T2 about one set of records.

    What does not depend on the thresholds is worked out once, so that a question costs microseconds.

    Args:
        table: The records; see `Selection` for choosing some of them.
    """

    def __init__(self, table: ScoreTable) -> None:
        self.table = table

    def chosen(self, selection: Selection) -> WhatIf:
        """The same question about some of the records."""
        part = selection.of(self.table)
        return self if part is self.table else WhatIf(part)

    @cached_property
    def score_set(self) -> ScoreSet | None:
        """The labelled scores; None with fewer than two good ones, which fix no threshold."""
        table = self.table
        good = table.of(Truth.GOOD)
        if good.size < 2:
            return None
        return ScoreSet.of(
            good,
            table.of(Truth.DEFECT),
            good_groups=table.tiles_of(Truth.GOOD),
            defective_groups=table.tiles_of(Truth.DEFECT),
        )

    @cached_property
    def _effective(self) -> tuple[float, float]:
        """How many independent tiles the good and the defective records are worth."""
        if self.score_set is not None:
            return self.score_set.effective_good, self.score_set.effective_defective
        return float(self.table.count(Truth.GOOD)), float(self.table.count(Truth.DEFECT))

    def outcome(self, thresholds: Thresholds) -> Outcome:
        """Counts and rates under these thresholds."""
        table = self.table
        low, high = table.cuts(thresholds)
        ends = table.totals[:, :, [0, low, high, len(table)]].astype(np.int64)
        moves = np.diff(ends, axis=2)
        ok, grey, ng = moves.sum(axis=1).T
        good, defective = int(Truth.GOOD), int(Truth.DEFECT)
        goods, defects = table.count(Truth.GOOD), table.count(Truth.DEFECT)
        good_worth, defect_worth = self._effective
        return Outcome(
            thresholds=thresholds,
            moves=moves,
            not_inspected=int(table.not_inspected.ids.size),
            grey=_rate(int(grey.sum()), len(table)),
            false_reject=_rate(int(ng[good]), goods, good_worth),
            grey_good=_rate(int(grey[good]), goods, good_worth),
            escape=_rate(int(ok[defective]), defects, defect_worth),
            grey_defective=_rate(int(grey[defective]), defects, defect_worth),
        )

    def flips(self, thresholds: Thresholds) -> FlipList:
        """Every record whose verdict would change, worst first."""
        return flip_list(self.table, thresholds)

    def next_to(self, threshold: float, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of the records next to a threshold: just below it and just at or above it.

        Args:
            threshold: T1 or T2.
            count: How many on each side, at most.

        Returns:
            Two int64 arrays of rows, nearest first.
        """
        cut = self.table.below(threshold)
        under = np.arange(cut - 1, max(cut - 1 - count, -1), -1, dtype=np.int64)
        return under, np.arange(cut, min(cut + count, len(self.table)), dtype=np.int64)


def verdicts_of(table: ScoreTable, thresholds: Thresholds) -> NDArray[np.uint8]:
    """The verdict of each row under these thresholds: uint8, N, an index into `JUDGED`."""
    low, high = table.cuts(thresholds)
    codes = np.zeros(len(table), np.uint8)
    codes[low:] = 1
    codes[high:] = len(JUDGED) - 1
    return codes


def _rate(count: int, of: int, effective: float | None = None) -> Rate | None:
    return rate(count, of, effective) if of else None
