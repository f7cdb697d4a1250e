"""T1 is lowered no further than it must be, and never raised."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bsdrd.lowering import with_no_more_missed
from bsdrd.result import Thresholds

# Few different values, so that ties are usual.
scores = st.lists(st.one_of(st.integers(-4, 12).map(float), st.floats(-4, 12)), min_size=1, max_size=40)
thresholds = st.tuples(st.floats(-5, 13), st.floats(-5, 13)).map(lambda pair: Thresholds(*sorted(pair)))


def missed(found: Thresholds, defective: list[float]) -> int:
    return sum(score < found.low for score in defective)


@given(thresholds, scores, st.integers(0, 45))
def test_no_more_defects_pass_than_may(before: Thresholds, defective: list[float], allowed: int) -> None:
    found = with_no_more_missed(before, defective, allowed)
    assert found is not None
    assert missed(found, defective) <= allowed


@given(thresholds, scores, st.integers(0, 45))
def test_thresholds_that_do_are_left_alone(before: Thresholds, defective: list[float], allowed: int) -> None:
    found = with_no_more_missed(before, defective, allowed)
    assert (found == before) == (missed(before, defective) <= allowed)


@given(thresholds, scores, st.integers(0, 45))
def test_t1_lies_just_below_the_first_defect_that_must_be_found(
    before: Thresholds, defective: list[float], allowed: int
) -> None:
    found = with_no_more_missed(before, defective, allowed)
    assert found is not None
    if found == before:
        return
    assert found.low < before.low
    # The next defect above must be found: any T1 above it would let more pass than may.
    above = min(score for score in defective if score >= found.low)
    assert sum(score <= above for score in defective) > allowed
    assert above - found.low <= 1e-3 * max(abs(above), abs(before.low)) + 1e-8


@given(thresholds, scores, st.integers(0, 45))
def test_t2_stays_unless_nothing_was_grey(before: Thresholds, defective: list[float], allowed: int) -> None:
    found = with_no_more_missed(before, defective, allowed)
    assert found is not None
    assert found.high == (found.low if before.low == before.high else before.high)


@given(scores, st.integers(0, 45), st.randoms())
def test_the_order_of_the_tiles_is_nothing(defective: list[float], allowed: int, random) -> None:
    other = random.sample(defective, len(defective))
    before = Thresholds(6.0, 8.0)
    assert with_no_more_missed(before, defective, allowed) == with_no_more_missed(before, other, allowed)


def test_equal_scores_are_found_together() -> None:
    found = with_no_more_missed(Thresholds(6, 8), [3.0, 3.0, 3.0, 9.0], 1)
    assert found is not None
    assert missed(found, [3.0, 3.0, 3.0, 9.0]) == 0


def test_a_defect_that_no_threshold_finds_counts_among_those_that_may_pass() -> None:
    lost = -np.inf
    assert with_no_more_missed(Thresholds(6, 8), [lost, 5.0], 0) is None
    found = with_no_more_missed(Thresholds(6, 8), [lost, 5.0], 1)
    assert found is not None
    assert 4.99 < found.low < 5.0


def test_without_defects_nothing_changes() -> None:
    assert with_no_more_missed(Thresholds(6, 8), [], 0) == Thresholds(6, 8)
