"""Thresholds keep what they promise, and say how little few tiles know."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest

from bsdrd.calibration import (
    Calibration,
    ScoreSet,
    at_f1_max,
    at_lowest_cost,
    at_thresholds,
    curve,
    from_good,
    from_targets,
)
from bsdrd.errors import DataError, ModelFileError
from bsdrd.intervals import effective_count, quantile_interval, rate, tiles_needed
from bsdrd.result import Thresholds

scores = st.lists(st.floats(-5, 30, width=32), min_size=2, max_size=60)
shares = st.floats(0, 1)
_RANDOM = np.random.default_rng(0)


def every_threshold(*sets: list[float]) -> NDArray[np.float64]:
    """Slow twin of the candidates: one below, between and above all scores."""
    values = sorted({float(value) for part in sets for value in part})
    return np.array([values[0] - 1, *((a + b) / 2 for a, b in pairwise(values)), values[-1] + 1])


@given(scores, st.floats(0, 1), st.floats(0, 1))
def test_quantile_thresholds_leave_at_most_the_asked_share_of_good_tiles_above(
    good: list[float], a: float, b: float
) -> None:
    result = from_good(ScoreSet.of(good), grey_quantile=min(a, b), reject_quantile=max(a, b))
    n = len(good)
    flagged = sum(score >= result.thresholds.low for score in good)
    rejected = sum(score >= result.thresholds.high for score in good)
    assert flagged <= (1 - min(a, b)) * n + 1e-6
    assert rejected <= (1 - max(a, b)) * n + 1e-6
    assert result.false_reject.count == rejected
    assert result.grey_good.count == flagged - rejected
    # And no lower threshold would do: the next score down would exceed the share.
    below = [score for score in good if score < result.thresholds.high]
    if below:
        assert sum(score >= max(below) for score in good) > (1 - max(a, b)) * n - 1e-6


def test_good_tiles_alone_leave_the_escape_rate_unknown() -> None:
    result = from_good(ScoreSet.of(_RANDOM.normal(size=50)))
    assert result.escape is None
    assert not result.escape_rate_known
    assert any("unknown" in note for note in result.notes)


def test_too_few_good_tiles_are_told_with_the_number_needed() -> None:
    result = from_good(ScoreSet.of(_RANDOM.normal(size=84), good_groups=[n // 7 for n in range(84)]))
    assert any("84 pictures of 12 good tiles" in note and "368 are needed" in note for note in result.notes)
    assert result.high_interval[1] is None
    many = from_good(ScoreSet.of(_RANDOM.normal(size=400)))
    assert not any("needed" in note for note in many.notes)
    low, high = many.high_interval
    assert low is not None
    assert high is not None
    assert low <= many.thresholds.high <= high


@given(scores, scores, shares, shares)
def test_targets_are_kept_and_no_better_thresholds_exist(
    good: list[float], bad: list[float], miss: float, reject: float
) -> None:
    result = from_targets(ScoreSet.of(good, bad), miss_rate=miss, false_reject_rate=reject)
    assert result.escape is not None
    allowed_misses = math.floor(miss * len(bad) + 1e-9)
    allowed_rejects = math.floor(reject * len(good) + 1e-9)
    assert result.escape.count <= allowed_misses
    assert result.false_reject.count <= allowed_rejects
    candidates = every_threshold(good, bad)
    lows = [t for t in candidates if sum(s < t for s in bad) <= allowed_misses]
    highs = [t for t in candidates if sum(s >= t for s in good) <= allowed_rejects]
    best_low, best_high = max(lows), min(highs)
    if best_low >= best_high:  # one threshold serves both
        assert result.thresholds.low == result.thresholds.high
        assert result.grey_good.count == 0
    else:
        assert sum(s < result.thresholds.low for s in bad) == sum(s < best_low for s in bad)
        assert sum(s >= result.thresholds.high for s in good) == sum(s >= best_high for s in good)


def test_one_target_gives_one_threshold() -> None:
    known = ScoreSet.of(_RANDOM.normal(0, 1, 500), _RANDOM.normal(2, 1, 500))
    for result in (from_targets(known, miss_rate=0.05), from_targets(known, false_reject_rate=0.05)):
        assert result.thresholds.low == result.thresholds.high
    missed = from_targets(known, miss_rate=0.05).escape
    assert missed is not None
    assert missed.count == 25
    assert missed.low < 0.05 < missed.high
    assert from_targets(known, false_reject_rate=0.05).false_reject.count == 25


@given(scores, st.lists(st.floats(-5, 30, width=32), min_size=1, max_size=40))
def test_f1_max_is_that_of_an_exhaustive_search(good: list[float], bad: list[float]) -> None:
    result = at_f1_max(ScoreSet.of(good, bad))

    def f1(t: float) -> float:
        caught = sum(s >= t for s in bad)
        return 2 * caught / (caught + sum(s >= t for s in good) + len(bad))

    assert result.f1 == pytest.approx(max(f1(t) for t in every_threshold(good, bad)))


@given(
    scores,
    st.lists(st.floats(-5, 30, width=32), min_size=1, max_size=15),
    st.floats(0, 100),
    st.floats(0, 10),
    st.none() | st.floats(0, 5),
    st.floats(0.01, 0.99),
)
def test_the_lowest_cost_is_that_of_an_exhaustive_search(
    good: list[float], bad: list[float], escape: float, reject: float, check: float | None, share: float
) -> None:
    result = at_lowest_cost(
        ScoreSet.of(good[:15], bad),
        escape_cost=escape,
        reject_cost=reject,
        check_cost=check,
        defect_share=share,
    )

    def cost(low: float, high: float) -> float:
        def part(tiles: list[float], weight: float, below: float, above: float) -> float:
            total = sum(below if s < low else above if s >= high else (check or 0.0) for s in tiles)
            return weight * total / len(tiles)

        return part(good[:15], 1 - share, 0, reject) + part(bad, share, escape, 0)

    candidates = every_threshold(good[:15], bad)
    pairs = [(t, t) for t in candidates]
    if check is not None:
        pairs = [(a, b) for a in candidates for b in candidates if a <= b]
    found = cost(result.thresholds.low, result.thresholds.high)
    assert found == pytest.approx(min(cost(a, b) for a, b in pairs), abs=1e-9)


@given(scores, st.lists(st.floats(-5, 30, width=32), max_size=20), st.floats(-6, 31), st.floats(-6, 31))
def test_given_thresholds_are_counted(good: list[float], bad: list[float], a: float, b: float) -> None:
    thresholds = Thresholds(min(a, b), max(a, b))
    result = at_thresholds(ScoreSet.of(good, bad), thresholds)
    verdicts = [thresholds.verdict(score) for score in good]
    assert result.false_reject.count == verdicts.count("NG")
    assert result.grey_good.count == verdicts.count("GREY")
    if bad:
        assert result.escape is not None
        assert result.escape.count == [thresholds.verdict(score) for score in bad].count("OK")


@pytest.mark.parametrize(("count", "of"), [(0, 10), (3, 10), (10, 10), (1, 1), (17, 228)])
def test_intervals_of_rates_are_those_of_clopper_and_pearson(count: int, of: int) -> None:
    exact = binomtest(count, of).proportion_ci(0.95, method="exact")
    found = rate(count, of)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_quantile_intervals_cover_as_often_as_they_say() -> None:
    random = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        low, high = quantile_interval(np.sort(random.normal(size=100)), 0.9, 100)
        assert low is not None
        assert high is not None
        hits += low <= 1.2816 <= high
    assert hits >= 0.93 * 400


def test_intervals_over_pictures_of_the_same_tiles_cover_the_rate_of_new_tiles() -> None:
    random = np.random.default_rng(4)
    hits = naive = 0
    for _ in range(200):
        tile = np.repeat(random.normal(size=40), 6)
        values = tile + random.normal(0, 0.4, tile.size)
        count, truth = int((values > 1.0).sum()), 0.17646  # P(N(0, 1.077) > 1)
        grouped = rate(count, 240, effective_count(values, np.repeat(np.arange(40), 6)))
        alone = rate(count, 240)
        hits += grouped.low <= truth <= grouped.high
        naive += alone.low <= truth <= alone.high
    assert hits >= 0.93 * 200
    assert naive < 0.85 * 200  # which is why pictures are not counted as tiles


def test_effective_counts_lie_between_tiles_and_pictures() -> None:
    random = np.random.default_rng(5)
    groups = np.repeat(np.arange(60), 5)
    same = np.repeat(random.normal(size=60), 5)
    assert effective_count(same, groups) == pytest.approx(60)
    assert effective_count(random.normal(size=300), groups) > 200
    assert effective_count(same, np.arange(300)) == 300
    assert effective_count([1.0, 1.0], ["a", "a"]) == 1
    assert effective_count([], []) == 0


@given(st.lists(st.tuples(st.floats(-3, 3), st.integers(0, 8)), min_size=1, max_size=40))
def test_effective_counts_stay_in_range_whatever_the_groups(pairs: list[tuple[float, int]]) -> None:
    found = effective_count([score for score, _ in pairs], [group for _, group in pairs])
    assert 1 - 1e-9 <= found <= len(pairs) + 1e-9


def test_the_number_of_tiles_needed_is_where_the_interval_reaches_the_rate() -> None:
    for share in (0.01, 0.05, 0.2):
        n = tiles_needed(share)
        assert rate(0, n).high <= share < rate(0, n - 1).high


@given(scores, st.lists(st.floats(-5, 30, width=32), max_size=20))
def test_a_calibration_survives_json(good: list[float], bad: list[float]) -> None:
    known = ScoreSet.of(good, bad)
    for result in (from_good(known), at_thresholds(known, Thresholds(1, 2))):
        assert Calibration.from_dict(json.loads(json.dumps(result.as_dict()))) == result


def test_a_damaged_calibration_is_refused() -> None:
    data = from_good(ScoreSet.of([1.0, 2.0])).as_dict()
    for key, value in (("thresholds", {"low": 3, "high": 1}), ("false_reject", None), ("method", "magic")):
        with pytest.raises(ModelFileError, match="calibration is damaged"):
            Calibration.from_dict({**data, key: value})
    with pytest.raises(ModelFileError):
        Calibration.from_dict({})


def test_unusable_scores_and_settings_are_refused() -> None:
    with pytest.raises(DataError, match="1 of 3 scores of good tiles"):
        ScoreSet.of([1.0, float("nan"), 2.0])
    with pytest.raises(DataError, match="at least 2"):
        ScoreSet.of([1.0])
    with pytest.raises(DataError, match="2 scores of good tiles and 1 groups"):
        ScoreSet.of([1.0, 2.0], good_groups=["a"])
    good_only = ScoreSet.of([1.0, 2.0])
    known = ScoreSet.of([1.0, 2.0], [3.0])
    for call in (
        lambda: from_targets(good_only, miss_rate=0.1),
        lambda: at_f1_max(good_only),
        lambda: at_lowest_cost(good_only, escape_cost=1, reject_cost=1),
        lambda: from_targets(known),
        lambda: from_targets(known, miss_rate=1.5),
        lambda: from_good(known, grey_quantile=0.99, reject_quantile=0.9),
        lambda: at_lowest_cost(known, escape_cost=-1, reject_cost=1),
        lambda: at_lowest_cost(known, escape_cost=1, reject_cost=1, defect_share=2),
    ):
        with pytest.raises(DataError):
            call()


@given(scores, st.lists(st.floats(-5, 30, width=32), min_size=1, max_size=20))
def test_the_curve_passes_through_every_calibration(good: list[float], bad: list[float]) -> None:
    assume(len(set(good) | set(bad)) > 1)
    known = ScoreSet.of(good, bad)
    line = curve(known)
    assert (np.diff(line.thresholds) > 0).all()
    for index in (0, len(line.thresholds) // 2, -1):
        t = float(line.thresholds[index])
        there = at_thresholds(known, Thresholds(t, t))
        assert there.escape is not None
        assert line.escape[index] == pytest.approx(there.escape.value)
        assert line.false_reject[index] == pytest.approx(there.false_reject.value)
