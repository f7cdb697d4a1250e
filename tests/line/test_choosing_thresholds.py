"""Whatever the scores are, the lowered thresholds do what the page promises."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsdrd.lowering import with_no_more_missed
from bsdrd.result import Thresholds, Verdict
from tilesight.line.training.choosing_thresholds import Way, can_lower, rates, taken
from tilesight.line.training.comparing import Comparison, Lowered, Side
from tilesight.line.training.counting import Judged, count_classes
from tilesight.line.training.evaluation import EvaluationTile

# Defective, score under the live model, under the new one; few different values, so that ties are usual.
TILES = st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=40)
LIMITS = st.tuples(st.integers(0, 13), st.integers(0, 13)).map(lambda two: Thresholds(*sorted(two)))


def side(name: str, thresholds: Thresholds, scores: list[float], truth: list[bool]) -> Side:
    verdicts = [thresholds.verdict(score) for score in scores]
    return Side(
        name=name,
        sha256=name,
        thresholds=thresholds,
        missed=sum(bad and verdict is Verdict.OK for bad, verdict in zip(truth, verdicts, strict=True)),
        rejected=sum(not bad and verdict is Verdict.NG for bad, verdict in zip(truth, verdicts, strict=True)),
        grey=verdicts.count(Verdict.GREY),
        auroc=None,
        false_reject_at_equal_miss=None,
        milliseconds=1.0,
        roc=(np.zeros(0), np.zeros(0)),
    )


def comparison(tiles: list[tuple[bool, int, int]], live: Thresholds, new: Thresholds) -> Comparison:
    """As `compare` makes it, where the score does not depend on T1."""
    tiles = [(False, 1, 1), (False, 2, 2), *tiles]  # a comparison has two good tiles at least
    truth = [bad for bad, _, _ in tiles]
    scores = [[float(one[at]) for one in tiles] for at in (1, 2)]
    judged = tuple(
        Judged(
            EvaluationTile(Path(f"{n}.png"), str(n), "crack" if bad else "good", str(n), str(n)),
            a,
            b,
            live.verdict(a),
            new.verdict(b),
        )
        for n, (bad, a, b) in enumerate(zip(truth, *scores, strict=True))
    )
    sides = side("live", live, scores[0], truth), side("new", new, scores[1], truth)
    lowered = None
    if sides[1].missed > sides[0].missed:
        bad = [score for score, wrong in zip(scores[1], truth, strict=True) if wrong]
        found = with_no_more_missed(new, bad, sides[0].missed)
        lowered = None if found is None else Lowered(found, tuple(scores[1]))
    return Comparison(*sides, judged, count_classes(judged), (), "set", "model", lowered=lowered)


@given(TILES, LIMITS, LIMITS)
def test_with_lowered_thresholds_nothing_is_blocked_and_nothing_more_is_rejected(tiles, live, new):
    by_rule = comparison(tiles, live, new)
    assert (by_rule.lowered is not None) == (by_rule.obstacle == "misses more")
    if by_rule.lowered is None:
        assert not can_lower(by_rule)
        return
    found = taken(by_rule, Way.NO_MORE_MISSED)
    assert found.obstacle == ""
    assert found.live is by_rule.live
    assert found.by_rule is by_rule.new
    if new.low < new.high:
        assert (found.new.thresholds.high, found.new.rejected) == (new.high, by_rule.new.rejected)
    for one, other in zip(by_rule.tiles, found.tiles, strict=True):
        assert one.new in (Verdict.OK, other.new) or new.low == new.high, "only what was OK changes"
    assert sum(one.new_wrong for one in found.classes) == found.new.missed + found.new.rejected


@given(TILES, LIMITS, LIMITS)
def test_a_way_out_leaves_some_good_tile_alone(tiles, live, new):
    by_rule = comparison(tiles, live, new)
    if by_rule.lowered is None:
        return
    good = [one.new_score for one in by_rule.tiles if not one.tile.defective]
    assert can_lower(by_rule) == (min(good) < by_rule.lowered.thresholds.low)


@given(TILES, LIMITS, LIMITS)
def test_rates_are_the_counts_of_the_side(tiles, live, new):
    by_rule = comparison(tiles, live, new)
    either = [by_rule] if by_rule.lowered is None else [by_rule, taken(by_rule, Way.NO_MORE_MISSED)]
    for found in either:
        for one in (found.live, found.new):
            said = rates(found, one)
            assert said.false_reject.count == one.rejected
            assert (said.escape is None) == (found.defects == 0)
            if said.escape is not None and said.grey_defective is not None:
                assert said.escape.count == one.missed
                assert said.grey_good.count + said.grey_defective.count == one.grey


def test_lowered_thresholds_are_taken_once():
    by_rule = comparison([(True, 9, 3)], Thresholds(6, 8), Thresholds(6, 8))
    found = taken(by_rule, Way.NO_MORE_MISSED)
    with pytest.raises(ValueError, match="no lowered thresholds"):
        taken(found, Way.NO_MORE_MISSED)
