"""Ways to set thresholds, by what they must achieve on the labelled records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bsdrd.calibration import (
    Calibration,
    Interval,
    ScoreSet,
    at_f1_max,
    at_lowest_cost,
    from_good,
    from_targets,
    tiles_needed,
)
from bsdrd.errors import DataError
from bsdrd.result import Thresholds
from tilesight.store.tuning.table import Truth
from tilesight.store.tuning.whatif import WhatIf


@dataclass(frozen=True, slots=True)
class Shortage:
    """Too few labelled tiles for a rate as small as the target.

    Attributes:
        truth: Which label is short.
        have: Independent tiles that carry it.
        needed: Tiles from which on the target can be told from zero with 95 % confidence.
    """

    truth: Truth
    have: int
    needed: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Thresholds that a target asks for, and what is known about them.

    Attributes:
        thresholds: T1 and T2.
        low_interval: 95 % interval of T1; None for an end that the tiles cannot give.
        high_interval: Likewise of T2.
        escape_known: Whether defective tiles took part; without them nobody knows how many defects pass.
        shortages: Where there are too few tiles for the target.
        calibration: The rates reached, with intervals.
    """

    thresholds: Thresholds
    low_interval: Interval
    high_interval: Interval
    escape_known: bool
    shortages: tuple[Shortage, ...]
    calibration: Calibration


def by_false_reject(
    what: WhatIf, *, reject: float, grey: float, good: Sequence[float] | None = None
) -> Proposal:
    """Thresholds from good tiles alone; how many defects escape stays unknown to it.

    Args:
        what: The records; only those labelled good count.
        reject: Share of good tiles that may be NG, 0..1.
        grey: Share of good tiles that may be GREY or NG, at least `reject`, 0..1.
        good: Scores of other good tiles to use instead, as those held out when the model was trained.

    Raises:
        DataError: If there are fewer than two good tiles or a share is out of range.
    """
    if good is None:
        scores = ScoreSet.of(_scores(what).good, good_groups=what.table.tiles_of(Truth.GOOD))
    else:
        scores = ScoreSet.of(good)
    found = from_good(scores, grey_quantile=1 - max(grey, reject), reject_quantile=1 - reject)
    return _proposal(found, found.thresholds, [_short(Truth.GOOD, scores.effective_good, reject)])


def by_miss_rate(what: WhatIf, *, miss: float, high: float, reject: float | None = None) -> Proposal:
    """T1 as high as a miss rate allows on defective tiles; T2 stays unless a second target sets it.

    Args:
        what: The records; those labelled good or defective count.
        miss: Share of defective tiles that may be OK, 0..1.
        high: T2 as it is now; raised where T1 would exceed it.
        reject: Share of good tiles that may be NG; None keeps T2.

    Raises:
        DataError: If there are no defective tiles, fewer than two good ones, or a share is out of range.
    """
    scores = _scores(what)
    found = from_targets(scores, miss_rate=miss, false_reject_rate=reject)
    short = [_short(Truth.DEFECT, scores.effective_defective, miss)]
    if reject is not None:
        short.append(_short(Truth.GOOD, scores.effective_good, reject))
        return _proposal(found, found.thresholds, short)
    low = found.thresholds.low
    return _proposal(found, Thresholds(low, max(low, high)), short, high_interval=(None, None))


def by_f1(what: WhatIf) -> Proposal:
    """One threshold with the highest F1; nothing is grey.

    Raises:
        DataError: If there are no defective tiles or fewer than two good ones.
    """
    found = at_f1_max(_scores(what))
    return _proposal(found, found.thresholds, [])


def by_cost(
    what: WhatIf, *, escape: float, reject: float, check: float | None, defect_share: float | None = None
) -> Proposal:
    """Thresholds with the lowest expected cost a tile.

    Args:
        what: The records; those labelled good or defective count.
        escape: Cost of a defective tile that passes.
        reject: Cost of a good tile that is rejected, same currency.
        check: Cost of a person looking at a grey tile; None: nothing is grey.
        defect_share: Share of defective tiles on the line, 0..1; None: as among the labelled ones.

    Raises:
        DataError: If there are no defective tiles, fewer than two good ones, or a number is out of range.
    """
    found = at_lowest_cost(
        _scores(what), escape_cost=escape, reject_cost=reject, check_cost=check, defect_share=defect_share
    )
    return _proposal(found, found.thresholds, [])


def _scores(what: WhatIf) -> ScoreSet:
    scores = what.score_set
    if scores is None:
        raise DataError(
            f"A target needs at least 2 records labelled good, and there are {what.table.count(Truth.GOOD)}.",
            kept="The thresholds stay as they are.",
            do_next="Label some good tiles in Review, or set the thresholds by hand.",
        )
    return scores


def _short(truth: Truth, have: float, share: float) -> Shortage | None:
    if not 0 < share < 1:
        return None
    needed = tiles_needed(share)
    return Shortage(truth, int(have), needed) if have < needed else None


def _proposal(
    found: Calibration,
    thresholds: Thresholds,
    shortages: list[Shortage | None],
    high_interval: Interval | None = None,
) -> Proposal:
    return Proposal(
        thresholds=thresholds,
        low_interval=found.low_interval,
        high_interval=found.high_interval if high_interval is None else high_interval,
        escape_known=found.escape_rate_known,
        shortages=tuple(short for short in shortages if short is not None),
        calibration=found,
    )
