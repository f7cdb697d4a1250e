"""Thresholds from scores of held-out tiles, and what is known about the rates they will give.

T1 (`Thresholds.low`) starts grey, T2 (`Thresholds.high`) starts NG. So, of defective tiles, those below T1
*escape*; of good tiles, those at or above T2 are *falsely rejected*; whatever lies between is looked at by
a person. Good tiles alone fix only the second: how many defects escape is then unknown, and says so.

Intervals are 95 % and count tiles, not pictures: see `bsdrd.intervals`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bsdrd.errors import DataError, ModelFileError
from bsdrd.intervals import Interval, Rate, effective_count, quantile_interval, rate, tiles_needed
from bsdrd.result import Thresholds

Method = Literal["good_quantile", "targets", "f1_max", "cost", "manual"]

#: Share of good tiles that stay below T1 and below T2 when only good tiles are known.
GREY_QUANTILE = 0.95
REJECT_QUANTILE = 0.99

_UNKNOWN: tuple[Interval, Interval] = ((None, None), (None, None))


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSet:
    """Scores of tiles whose truth is known; build it with `ScoreSet.of`.

    Attributes:
        good: float64, n, scores of good tiles, ascending.
        defective: float64, m, scores of defective tiles, ascending; empty where none are known.
        effective_good: Effective number of good tiles, at most n.
        effective_defective: Likewise of defective tiles.
        good_groups: Number of different good tiles (groups).
        defective_groups: Likewise of defective ones.
    """

    good: NDArray[np.float64]
    defective: NDArray[np.float64]
    effective_good: float
    effective_defective: float
    good_groups: int
    defective_groups: int

    @classmethod
    def of(
        cls,
        good: ArrayLike,
        defective: ArrayLike = (),
        *,
        good_groups: Sequence[object] | None = None,
        defective_groups: Sequence[object] | None = None,
    ) -> ScoreSet:
        """Check scores and count what they are worth.

        Args:
            good: Scores of good tiles, at least two.
            defective: Scores of defective tiles; may be empty.
            good_groups: For each good score the tile it shows; None: each its own.
            defective_groups: Likewise for the defective scores.

        Raises:
            DataError: If there are too few, a score is no finite number, or groups do not match.
        """
        ok, ok_groups = _checked(good, good_groups, "good")
        bad, bad_groups = _checked(defective, defective_groups, "defective")
        if ok.size < 2:
            raise DataError(
                f"Thresholds need at least 2 good tiles with a score, and there are {ok.size}.",
                do_next="Add good tiles that were not trained on.",
            )
        return cls(
            good=np.sort(ok),
            defective=np.sort(bad),
            effective_good=effective_count(ok, ok_groups),
            effective_defective=effective_count(bad, bad_groups),
            good_groups=int(np.unique(ok_groups).size),
            defective_groups=int(np.unique(bad_groups).size),
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two thresholds, where they come from and what they gave on the tiles they come from.

    Attributes:
        method: How they were chosen.
        settings: The numbers given to that method (targets, quantiles, costs).
        thresholds: T1 and T2.
        low_interval: 95 % interval of T1; None for an end (or all) that the tiles cannot give.
        high_interval: Likewise of T2.
        false_reject: Good tiles at or above T2 (NG).
        grey_good: Good tiles from T1 to below T2.
        escape: Defective tiles below T1 (OK); None: unknown, because no defective tiles were given.
        grey_defective: Defective tiles from T1 to below T2; None likewise.
        f1: F1 of "score at or above T2 is a defect" on these tiles; None without defective tiles.
        good: Number of pictures of good tiles.
        good_groups: Number of different good tiles.
        defective: Number of pictures of defective tiles.
        defective_groups: Number of different defective tiles.
        notes: What a person should know before trusting it, as sentences.
    """

    method: Method
    settings: dict[str, float]
    thresholds: Thresholds
    low_interval: Interval
    high_interval: Interval
    false_reject: Rate
    grey_good: Rate
    escape: Rate | None
    grey_defective: Rate | None
    f1: float | None
    good: int
    good_groups: int
    defective: int
    defective_groups: int
    notes: tuple[str, ...] = ()

    @property
    def escape_rate_known(self) -> bool:
        """Whether defective tiles took part; without them nobody knows how many defects pass."""
        return self.escape is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Calibration:
        """The inverse of `as_dict`, also after a round trip through JSON.

        Raises:
            ModelFileError: If a value is missing or of another kind.
        """
        from pydantic import TypeAdapter, ValidationError  # only model files need it

        try:
            return TypeAdapter(cls).validate_python(dict(data))
        except ValidationError as error:
            raise ModelFileError(
                f"The stored calibration is damaged: {error.error_count()} values are missing or wrong.",
                do_next="Calibrate the model again.",
            ) from error


def from_good(
    scores: ScoreSet, *, grey_quantile: float = GREY_QUANTILE, reject_quantile: float = REJECT_QUANTILE
) -> Calibration:
    """Thresholds above given shares of the good tiles.

    Args:
        scores: Good tiles that were not trained on. Defective ones, if any, only serve to state rates.
        grey_quantile: Share of good tiles below T1, 0..1.
        reject_quantile: Share of good tiles below T2, at least `grey_quantile`.

    Raises:
        DataError: If a quantile is out of range.
    """
    _check_share("The grey quantile", grey_quantile)
    _check_share("The reject quantile", reject_quantile)
    if grey_quantile > reject_quantile:
        raise DataError(f"The grey quantile {grey_quantile} exceeds the reject quantile {reject_quantile}.")
    low = _lowest_within(scores.good, 1 - grey_quantile)
    high = _lowest_within(scores.good, 1 - reject_quantile)
    notes = [
        _too_few("good", scores.effective_good, scores.good.size, scores.good_groups, 1 - quantile, what)
        for quantile, what in ((grey_quantile, "T1"), (reject_quantile, "T2"))
    ]
    return _described(
        "good_quantile",
        {"grey_quantile": grey_quantile, "reject_quantile": reject_quantile},
        Thresholds(low, high),
        scores,
        (
            quantile_interval(scores.good, grey_quantile, scores.effective_good),
            quantile_interval(scores.good, reject_quantile, scores.effective_good),
        ),
        notes,
    )


def from_targets(
    scores: ScoreSet, *, miss_rate: float | None = None, false_reject_rate: float | None = None
) -> Calibration:
    """Thresholds that keep to a miss rate, a false-reject rate, or both, on labelled tiles.

    With both, T1 is the highest threshold that keeps to the miss rate and T2 the lowest that keeps to the
    false-reject rate; where one threshold serves both, it lies in the middle and nothing is grey. With one,
    T1 = T2.

    Args:
        scores: Good and defective tiles that were not trained on.
        miss_rate: Share of defective tiles that may escape, 0..1.
        false_reject_rate: Share of good tiles that may be rejected, 0..1.

    Raises:
        DataError: If no target is given, one is out of range, or there are no defective tiles.
    """
    _need_defective(scores)
    if miss_rate is None and false_reject_rate is None:
        raise DataError("A target is missing.", do_next="Give a miss rate, a false-reject rate, or both.")
    settings: dict[str, float] = {}
    notes: list[str] = []
    found: list[tuple[float, Interval]] = []
    if miss_rate is not None:
        settings["miss_rate"] = miss_rate
        found.append(_for_miss_rate(scores, miss_rate, notes))
    if false_reject_rate is not None:
        settings["false_reject_rate"] = false_reject_rate
        found.append(_for_false_reject_rate(scores, false_reject_rate, notes))
    (low, low_interval), (high, high_interval) = found[0], found[-1]
    if low > high:
        low = high = (low + high) / 2
        low_interval = high_interval = (None, None)
        notes.append("One threshold keeps to both targets, so no tile is grey.")
    intervals = (low_interval, high_interval)
    return _described("targets", settings, Thresholds(low, high), scores, intervals, notes)


def _for_miss_rate(scores: ScoreSet, share: float, notes: list[str]) -> tuple[float, Interval]:
    _check_share("The miss rate", share)
    effective, n = scores.effective_defective, scores.defective.size
    notes.append(_too_few("defective", effective, n, scores.defective_groups, share, "the miss rate"))
    cuts = _cuts(scores)
    passed = np.searchsorted(scores.defective, cuts)
    low = float(cuts[int(np.flatnonzero(passed <= _allowed(share, n))[-1])])
    return low, quantile_interval(scores.defective, share, effective)


def _for_false_reject_rate(scores: ScoreSet, share: float, notes: list[str]) -> tuple[float, Interval]:
    _check_share("The false-reject rate", share)
    effective, n = scores.effective_good, scores.good.size
    notes.append(_too_few("good", effective, n, scores.good_groups, share, "the false-reject rate"))
    return (
        _lowest_within(scores.good, share, _cuts(scores)),
        quantile_interval(scores.good, 1 - share, effective),
    )


def at_f1_max(scores: ScoreSet) -> Calibration:
    """One threshold (T1 = T2) with the highest F1 on labelled tiles.

    F1 depends on how many defective tiles the set holds, which a line seldom repeats: see `at_lowest_cost`.

    Raises:
        DataError: If there are no defective tiles.
    """
    _need_defective(scores)
    cuts = _cuts(scores)
    caught = scores.defective.size - np.searchsorted(scores.defective, cuts)
    rejected = scores.good.size - np.searchsorted(scores.good, cuts)
    f1 = 2 * caught / (caught + rejected + scores.defective.size)
    best = float(cuts[int(np.argmax(f1))])
    return _described("f1_max", {}, Thresholds(best, best), scores, _UNKNOWN, [])


def at_lowest_cost(
    scores: ScoreSet,
    *,
    escape_cost: float,
    reject_cost: float,
    check_cost: float | None = None,
    defect_share: float | None = None,
) -> Calibration:
    """Thresholds with the lowest expected cost a tile.

    Args:
        scores: Good and defective tiles that were not trained on.
        escape_cost: Cost of a defective tile that passes, 0 or more, in any currency.
        reject_cost: Cost of a good tile that is rejected, same currency.
        check_cost: Cost of a person looking at a grey tile (and deciding rightly); None: no grey, T1 = T2.
        defect_share: Share of defective tiles on the line, 0..1; None: as in `scores`.

    Raises:
        DataError: If a cost or the share is out of range or there are no defective tiles.
    """
    _need_defective(scores)
    for name, cost in (("escape", escape_cost), ("reject", reject_cost), ("check", check_cost or 0.0)):
        if not (math.isfinite(cost) and cost >= 0):
            raise DataError(f"The {name} cost is {cost}; a cost is a number from 0.")
    share = scores.defective.size / (scores.defective.size + scores.good.size)
    if defect_share is not None:
        _check_share("The share of defective tiles", defect_share)
        share = defect_share
    cuts = _cuts(scores)
    escaped = share * np.searchsorted(scores.defective, cuts) / scores.defective.size
    rejected = (1 - share) * (1 - np.searchsorted(scores.good, cuts) / scores.good.size)
    low, high = _cheapest(cuts, escaped, rejected, share, (escape_cost, reject_cost, check_cost))
    settings = {"escape_cost": escape_cost, "reject_cost": reject_cost, "defect_share": share}
    if check_cost is not None:
        settings["check_cost"] = check_cost
    return _described("cost", settings, Thresholds(low, high), scores, _UNKNOWN, [])


def at_thresholds(scores: ScoreSet, thresholds: Thresholds) -> Calibration:
    """What given thresholds do on known tiles; cheap enough to follow a slider."""
    return _described("manual", {}, thresholds, scores, _UNKNOWN, [])


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Rates over every threshold that makes a difference, for drawing.

    Attributes:
        thresholds: float64, k, ascending.
        escape: float64, k: share of defective tiles below each threshold; NaN where there are none.
        false_reject: float64, k: share of good tiles at or above each.
    """

    thresholds: NDArray[np.float64]
    escape: NDArray[np.float64]
    false_reject: NDArray[np.float64]


def curve(scores: ScoreSet) -> Curve:
    """What one threshold does, wherever it is put."""
    cuts = _cuts(scores)
    bad = scores.defective
    escape = np.searchsorted(bad, cuts) / bad.size if bad.size else np.full(cuts.size, np.nan)
    return Curve(cuts, escape, 1 - np.searchsorted(scores.good, cuts) / scores.good.size)


def _checked(
    scores: ArrayLike, groups: Sequence[object] | None, kind: str
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    values = np.asarray(scores, dtype=np.float64).reshape(-1)
    wrong = int(np.count_nonzero(~np.isfinite(values)))
    if wrong:
        raise DataError(
            f"{wrong} of {values.size} scores of {kind} tiles are no finite numbers.",
            do_next="Inspect these tiles again; the model may be damaged.",
        )
    if groups is None:
        return values, np.arange(values.size)
    if len(groups) != values.size:
        raise DataError(f"There are {values.size} scores of {kind} tiles and {len(groups)} groups.")
    return values, np.asarray([str(group) for group in groups])


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise DataError(f"{name} is {value}; it lies between 0 and 1.")


def _need_defective(scores: ScoreSet) -> None:
    if scores.defective.size == 0:
        raise DataError(
            "This way of calibrating needs defective tiles, and there are none.",
            do_next="Label some, or calibrate from good tiles by quantile.",
        )


def _allowed(share: float, n: int) -> int:
    return math.floor(share * n + 1e-9)


def _lowest_within(
    ascending: NDArray[np.float64], share: float, cuts: NDArray[np.float64] | None = None
) -> float:
    """The lowest threshold that at most `share` of the scores reach."""
    cuts = _between(np.unique(ascending)) if cuts is None else cuts
    reached = ascending.size - np.searchsorted(ascending, cuts)
    return float(cuts[int(np.argmax(reached <= _allowed(share, ascending.size)))])


def _between(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thresholds below, between and above ascending, different values.

    The outer ones keep a thousandth of the values' range away: far more than two backends differ, so that
    a score at the edge does not flip between them, and far less than anyone would notice.
    """
    margin = max(1e-3 * float(values[-1] - values[0]), 1e-6 * float(np.abs(values).max()), 1e-9)
    middle = values[:-1] + (values[1:] - values[:-1]) / 2
    return np.concatenate([[values[0] - margin], middle, [values[-1] + margin]])


def _cuts(scores: ScoreSet) -> NDArray[np.float64]:
    return _between(np.unique(np.concatenate([scores.good, scores.defective])))


def _cheapest(
    cuts: NDArray[np.float64],
    escaped: NDArray[np.float64],
    rejected: NDArray[np.float64],
    share: float,
    costs: tuple[float, float, float | None],
) -> tuple[float, float]:
    escape_cost, reject_cost, check_cost = costs
    if check_cost is None:
        best = float(cuts[int(np.argmin(escape_cost * escaped + reject_cost * rejected))])
        return best, best
    # Grey is what reaches T1 less what reaches T2, so the cost splits into a part for each threshold.
    reached = rejected + share - escaped
    for_low = escape_cost * escaped + check_cost * reached
    for_high = reject_cost * rejected - check_cost * reached
    cheapest_low = np.minimum.accumulate(for_low)
    high = int(np.argmin(cheapest_low + for_high))
    low = int(np.argmin(for_low[: high + 1]))
    return float(cuts[low]), float(cuts[high])


def _too_few(kind: str, effective: float, n: int, groups: int, share: float, what: str) -> str:
    if not 1e-9 < share < 1 or effective >= tiles_needed(share):
        return ""
    pictures = f"{n} pictures of {groups} {kind} tiles" if groups < n else f"{n} {kind} tiles"
    return (
        f"Not enough {kind} tiles for {what} at {share:.2%}: {pictures} count as {effective:.0f}, "
        f"and {tiles_needed(share)} are needed."
    )


def _described(
    method: Method,
    settings: dict[str, float],
    thresholds: Thresholds,
    scores: ScoreSet,
    intervals: tuple[Interval, Interval],
    notes: Sequence[str],
) -> Calibration:
    good, bad = scores.good, scores.defective
    ok_below, ok_grey = _split(good, thresholds)
    bad_below, bad_grey = _split(bad, thresholds)
    rejected = good.size - ok_below - ok_grey
    caught = bad.size - bad_below - bad_grey
    said = [note for note in notes if note]
    if bad.size == 0:
        said.append("No defective tiles were given: how many defects escape is unknown.")

    def of_good(count: int) -> Rate:
        return rate(count, good.size, scores.effective_good)

    def of_bad(count: int) -> Rate | None:
        return rate(count, bad.size, scores.effective_defective) if bad.size else None

    return Calibration(
        method=method,
        settings=settings,
        thresholds=thresholds,
        low_interval=intervals[0],
        high_interval=intervals[1],
        false_reject=of_good(rejected),
        grey_good=of_good(ok_grey),
        escape=of_bad(bad_below),
        grey_defective=of_bad(bad_grey),
        f1=2 * caught / (caught + rejected + bad.size) if bad.size else None,
        good=good.size,
        good_groups=scores.good_groups,
        defective=bad.size,
        defective_groups=scores.defective_groups,
        notes=tuple(dict.fromkeys(said)),
    )


def _split(ascending: NDArray[np.float64], thresholds: Thresholds) -> tuple[int, int]:
    below, below_high = np.searchsorted(ascending, [thresholds.low, thresholds.high])
    return int(below), int(below_high - below)
