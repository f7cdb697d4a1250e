from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from bsdrd.errors import DataError
from bsdrd.result import Thresholds, Verdict
from tilesight.store.tuning.curves import curves, histogram, score_range, timeline, working_point
from tilesight.store.tuning.table import JUDGED, ScoreTable, Selection, Truth
from tilesight.store.tuning.targets import by_cost, by_f1, by_false_reject, by_miss_rate
from tilesight.store.tuning.whatif import WhatIf, verdicts_of

GOOD, DEFECT, NONE = Truth.GOOD, Truth.DEFECT, Truth.UNLABELLED
WORDS = (*JUDGED, Verdict.NOT_INSPECTED)
Row = dict[str, Any]
Made = tuple[ScoreTable, list[Row]]
Rows = list[tuple[float, bool]]


@st.composite
def tables(draw: st.DrawFn, min_size: int = 0) -> Made:
    """A table and its rows as plain dictionaries, with many equal scores and some that are missing."""
    count = draw(st.integers(min_size, 40))
    steps = st.one_of(st.integers(-4, 12).map(lambda step: step / 2), st.just(float("nan")))
    rows: list[Row] = [
        {
            "id": 100 + i,
            "score": draw(steps),
            "stored": draw(st.sampled_from(WORDS)),
            "truth": draw(st.sampled_from(list(Truth))),
            "lot": draw(st.sampled_from([None, "A", "B"])),
            "time": float(draw(st.integers(0, 50))),
        }
        for i in range(count)
    ]
    table = ScoreTable.build(
        [row["id"] for row in rows],
        [row["score"] for row in rows],
        [row["stored"] for row in rows],
        [row["truth"] for row in rows],
        [row["lot"] for row in rows],
        [row["time"] for row in rows],
    )
    return table, rows


@st.composite
def pairs(draw: st.DrawFn) -> Thresholds:
    low, high = sorted(draw(st.integers(-6, 14)) / 2 for _ in range(2))
    return Thresholds(low, high)


def judged(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["stored"] in JUDGED and np.isfinite(row["score"])]


@given(tables(), pairs())
def test_counts_and_rates_are_those_of_judging_every_record_one_by_one(
    made: Made, thresholds: Thresholds
) -> None:
    table, rows = made
    outcome = WhatIf(table).outcome(thresholds)
    new = [(row["truth"], row["stored"], thresholds.verdict(row["score"])) for row in judged(rows)]
    for truth in Truth:
        for old in range(3):
            for code in range(3):
                expected = new.count((truth, JUDGED[old], JUDGED[code]))
                assert outcome.moves[truth, old, code] == expected
    assert outcome.total == len(new)
    assert outcome.not_inspected == len(rows) - len(new)
    assert outcome.flips == sum(old != code for _, old, code in new)
    good = [code for truth, _, code in new if truth is GOOD]
    assert (outcome.false_reject is None) == (not good)
    if outcome.false_reject is not None:
        assert outcome.false_reject.count == good.count(Verdict.NG)
        assert outcome.false_reject.low <= outcome.false_reject.value <= outcome.false_reject.high
    defects = [code for truth, _, code in new if truth is DEFECT]
    if outcome.escape is not None:
        assert (outcome.escape.count, outcome.escape.of) == (defects.count(Verdict.OK), len(defects))


@given(tables(), pairs())
def test_the_flip_list_holds_exactly_the_records_whose_verdict_changes(
    made: Made, thresholds: Thresholds
) -> None:
    table, rows = made
    flips = WhatIf(table).flips(thresholds)
    found = {flips.flip(int(row)).record_id for row in (*flips.released, *flips.rejected)}
    changed = {row["id"] for row in judged(rows) if thresholds.verdict(row["score"]) is not row["stored"]}
    assert found == changed
    assert len(flips) == len(changed)
    assert all(flips.flip(int(row)).released for row in flips.released)
    assert not any(flips.flip(int(row)).released for row in flips.rejected)


@given(tables(), pairs())
def test_the_flip_list_begins_with_the_worst(made: Made, thresholds: Thresholds) -> None:
    flips = WhatIf(made[0]).flips(thresholds)

    def harm_of_release(row: int) -> tuple[bool, int, float]:
        flip = flips.flip(row)
        return (flip.new is not Verdict.OK, {DEFECT: 0, NONE: 1, GOOD: 2}[flip.truth], -flip.score)

    def harm_of_rejection(row: int) -> tuple[bool, int, float]:
        flip = flips.flip(row)
        return (flip.new is not Verdict.NG, {GOOD: 0, NONE: 1, DEFECT: 2}[flip.truth], flip.score)

    released = [harm_of_release(int(row)) for row in flips.released]
    rejected = [harm_of_rejection(int(row)) for row in flips.rejected]
    assert released == sorted(released)
    assert rejected == sorted(rejected)


@given(tables(), pairs())
def test_the_verdicts_of_a_table_are_those_of_the_thresholds(made: Made, thresholds: Thresholds) -> None:
    table, _ = made
    expected = [thresholds.verdict(score) for score in table.scores.tolist()]
    assert [JUDGED[code] for code in verdicts_of(table, thresholds)] == expected


@given(tables(), st.sampled_from([frozenset(), frozenset({"A"}), frozenset({"", "B"})]), st.integers(0, 50))
def test_a_selection_keeps_the_records_of_its_lots_labels_and_period(
    made: Made, lots: frozenset[str], since: int
) -> None:
    table, rows = made
    moment = datetime.fromtimestamp(since, UTC)
    chosen = Selection(since=moment, lots=lots, truths=frozenset({GOOD, NONE})).of(table)
    kept = [
        row
        for row in rows
        if row["time"] >= since and (not lots or (row["lot"] or "") in lots) and row["truth"] in (GOOD, NONE)
    ]
    assert sorted(chosen.about.ids.tolist()) == sorted(row["id"] for row in judged(kept))
    assert chosen.not_inspected.ids.size == len(kept) - len(judged(kept))
    assert np.all(np.diff(chosen.scores) >= 0)


def test_the_end_of_a_period_does_not_belong_to_it() -> None:
    table = ScoreTable.build([1, 2], [0.0, 1.0], ["OK", "OK"], times=[10.0, 20.0])
    chosen = Selection(until=datetime.fromtimestamp(20, UTC)).of(table)
    assert chosen.about.ids.tolist() == [1]


def test_a_score_at_the_threshold_is_already_grey() -> None:
    table = ScoreTable.build([1, 2, 3], [2.0, 3.0, 5.0], ["OK"] * 3)
    assert WhatIf(table).outcome(Thresholds(3.0, 5.0)).counts == (1, 1, 1)


def test_records_next_to_a_threshold_come_nearest_first() -> None:
    table = ScoreTable.build([1, 2, 3, 4, 5], [1.0, 2.0, 3.0, 4.0, 5.0], ["OK"] * 5)
    under, over = WhatIf(table).next_to(3.0, 4)
    assert table.about.ids[under].tolist() == [2, 1]
    assert table.about.ids[over].tolist() == [3, 4, 5]


@given(tables(min_size=3))
def test_new_scores_move_records_and_leave_the_stored_ones_beside_them(made: Made) -> None:
    table, _ = made
    ids = np.append(table.about.ids[::2], 999_999)
    scores = np.append(np.linspace(5, -5, ids.size - 1), 3.0)
    changed = table.with_scores(ids, scores)
    by_id = dict(zip(table.about.ids.tolist(), table.scores.tolist(), strict=True))
    expected = by_id | {i: s for i, s in zip(ids.tolist(), scores.tolist(), strict=True) if i in by_id}
    assert dict(zip(changed.about.ids.tolist(), changed.scores.tolist(), strict=True)) == expected
    assert dict(zip(changed.about.ids.tolist(), changed.before.tolist(), strict=True)) == by_id
    assert np.all(np.diff(changed.scores) >= 0)


def test_a_new_score_that_is_no_number_leaves_the_old_one() -> None:
    table = ScoreTable.build([1, 2], [1.0, 2.0], ["OK", "OK"])
    changed = table.with_scores(np.array([1]), np.array([np.nan]))
    assert changed.scores.tolist() == [1.0, 2.0]


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(DataError, match="rows"):
        ScoreTable.build([1, 2], [0.5], ["OK", "OK"])


def test_an_empty_table_answers_everything() -> None:
    what = WhatIf(ScoreTable.build([], [], []))
    outcome = what.outcome(Thresholds(1, 2))
    assert outcome.counts == (0, 0, 0)
    assert outcome.grey is None
    assert len(what.flips(Thresholds(1, 2))) == 0
    assert curves(what) is None
    assert timeline(what.table, 100).lots == ()
    assert histogram(what.table, np.linspace(0, 1, 11)).counts.sum() == 0


labelled = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=4, max_size=60).filter(
    lambda rows: 2 <= sum(defect for _, defect in rows) <= len(rows) - 2
)


def table_of(rows: Rows) -> ScoreTable:
    return ScoreTable.build(
        range(len(rows)),
        [score for score, _ in rows],
        ["OK"] * len(rows),
        [DEFECT if defect else GOOD for _, defect in rows],
    )


@given(labelled)
def test_curves_have_the_areas_that_scikit_learn_gives(rows: Rows) -> None:
    found = curves(WhatIf(table_of(rows)))
    truth, scores = [defect for _, defect in rows], [score for score, _ in rows]
    assert found is not None
    assert found.auroc == pytest.approx(roc_auc_score(truth, scores))
    assert found.average_precision == pytest.approx(average_precision_score(truth, scores))


@given(labelled, st.integers(-1, 13))
def test_the_working_point_lies_on_the_curves(rows: Rows, threshold: int) -> None:
    table = table_of(rows)
    point = working_point(table, threshold)
    found = curves(WhatIf(table))
    assert point is not None
    assert found is not None
    at = int(np.searchsorted(found.thresholds, threshold))
    at = min(at, found.thresholds.size - 1)
    assert point.false_alarm == pytest.approx(found.false_alarm[at])
    assert point.detection == pytest.approx(found.detection[at])
    assert point.precision == pytest.approx(found.precision[at])


def test_thinned_curves_keep_both_ends_and_the_areas() -> None:
    rng = np.random.default_rng(3)
    rows = [(float(rng.normal(3 * defect)), bool(defect)) for defect in rng.integers(0, 2, 4000)]
    whole = curves(WhatIf(table_of(rows)))
    assert whole is not None
    thin = whole.thinned(200)
    assert thin.thresholds.size <= 210
    assert (thin.detection[0], thin.detection[-1]) == (1.0, 0.0)
    area = float(np.trapezoid(thin.detection[::-1], thin.false_alarm[::-1]))
    assert area == pytest.approx(whole.auroc, abs=2e-3)
    assert thin.auroc == whole.auroc


@given(tables(), st.integers(1, 9), st.integers(-8, 8), st.integers(1, 10))
def test_every_record_is_in_exactly_one_bin(made: Made, bins: int, low: int, width: int) -> None:
    table, _ = made
    found = histogram(table, np.linspace(low / 2, (low + width) / 2, bins + 1))
    assert found.counts.sum() == len(table)
    assert found.counts[GOOD].sum() == table.count(GOOD)
    inner = np.histogram(np.clip(table.scores, found.edges[0], found.edges[-1] - 1e-12), found.edges)[0]
    assert found.counts.sum(axis=0).tolist() == inner.tolist()
    assert found.above == np.count_nonzero(table.scores >= found.edges[-1])


def test_the_shown_range_holds_both_thresholds_even_far_from_the_records() -> None:
    table = ScoreTable.build([1, 2], [1.0, 2.0], ["OK", "OK"])
    low, high = score_range(table, Thresholds(-3.0, 40.0))
    assert low < -3.0
    assert high > 40.0


@given(hnp.arrays(np.float64, st.integers(0, 400), elements=st.floats(-5, 50)), st.integers(3, 60))
def test_a_thinned_timeline_keeps_the_highest_and_the_lowest(
    scores: NDArray[np.float64], points: int
) -> None:
    table = ScoreTable.build(range(scores.size), scores, ["OK"] * scores.size, times=range(scores.size))
    line = timeline(table, points)
    assert line.place.size <= max(points, 3) + 3
    assert np.all(np.diff(line.place) > 0)
    if scores.size:
        assert line.scores.max() == scores.max()
        assert line.scores.min() == scores.min()
        assert line.scores.tolist() == scores[line.place].tolist()


def test_the_timeline_names_each_stretch_of_a_lot_with_its_median() -> None:
    table = ScoreTable.build(
        range(5), [1, 3, 2, 9, 4], ["OK"] * 5, lots=["A", "A", "A", "B", "A"], times=[1, 2, 3, 4, 5]
    )
    lots = timeline(table, 100).lots
    assert [(lot.lot, lot.first, lot.last, lot.median) for lot in lots] == [
        ("A", 0, 2, 2.0),
        ("B", 3, 3, 9.0),
        ("A", 4, 4, 4.0),
    ]


def spread_table(goods: int = 200, defects: int = 60) -> ScoreTable:
    good = np.linspace(0, 4, goods)
    bad = np.linspace(3, 12, defects)
    return ScoreTable.build(
        range(goods + defects),
        np.concatenate([good, bad]),
        ["OK"] * (goods + defects),
        [GOOD] * goods + [DEFECT] * defects,
    )


def test_a_false_reject_target_is_kept_and_says_that_escapes_are_unknown() -> None:
    what = WhatIf(spread_table())
    found = by_false_reject(what, reject=0.02, grey=0.10)
    outcome = what.outcome(found.thresholds)
    assert not found.escape_known
    assert outcome.false_reject is not None
    assert outcome.grey_good is not None
    assert outcome.false_reject.value <= 0.02
    assert outcome.grey_good.value + outcome.false_reject.value <= 0.10
    assert outcome.grey_good.count > 0


def test_a_target_too_small_for_the_tiles_says_how_many_are_needed() -> None:
    found = by_miss_rate(WhatIf(spread_table(defects=60)), miss=0.01, high=6.0)
    (short,) = found.shortages
    assert (short.truth, short.have) == (DEFECT, 60)
    assert short.needed == 368


def test_a_target_that_the_tiles_can_show_names_no_shortage() -> None:
    assert by_miss_rate(WhatIf(spread_table(defects=60)), miss=0.10, high=6.0).shortages == ()


def test_a_miss_target_moves_t1_and_leaves_t2() -> None:
    what = WhatIf(spread_table())
    found = by_miss_rate(what, miss=0.05, high=6.0)
    assert found.thresholds.high == 6.0
    outcome = what.outcome(found.thresholds)
    assert outcome.escape is not None
    assert outcome.escape.value <= 0.05
    higher = what.outcome(Thresholds(found.thresholds.low + 0.2, 6.0)).escape
    assert higher is not None
    assert higher.value > 0.05


def test_a_miss_target_above_t2_lifts_t2() -> None:
    found = by_miss_rate(WhatIf(spread_table()), miss=0.5, high=4.0)
    assert found.thresholds.low > 4.0
    assert found.thresholds.high == found.thresholds.low


def test_pictures_of_one_tile_widen_the_intervals_but_not_the_rates() -> None:
    scores = np.repeat(np.linspace(0, 4, 40), 5)
    alone = ScoreTable.build(range(200), scores, ["OK"] * 200, [GOOD] * 200)
    grouped = ScoreTable.build(
        range(200), scores, ["OK"] * 200, [GOOD] * 200, tiles=np.repeat(np.arange(40), 5)
    )
    thresholds = Thresholds(3.0, 3.6)
    wide, narrow = (WhatIf(table).outcome(thresholds).false_reject for table in (grouped, alone))
    assert wide is not None
    assert narrow is not None
    assert (wide.count, wide.of) == (narrow.count, narrow.of)
    assert wide.low < narrow.low < narrow.high < wide.high
    found = by_false_reject(WhatIf(grouped), reject=0.05, grey=0.1)
    assert [short.have for short in found.shortages] == [40]


def test_the_f1_threshold_is_not_beaten_by_any_other() -> None:
    table = spread_table()
    what = WhatIf(table)
    found = by_f1(what).thresholds

    def f1(at: float) -> float:
        ok, _, ng = what.outcome(Thresholds(at, at)).moves.sum(axis=1).T
        return 2 * ng[DEFECT] / (2 * ng[DEFECT] + ng[GOOD] + ok[DEFECT])

    assert found.low == found.high
    assert f1(found.low) == max(f1(at) for at in table.scores.tolist())


def test_a_dearer_escape_lowers_the_threshold() -> None:
    what = WhatIf(spread_table())
    cheap = by_cost(what, escape=1.0, reject=1.0, check=None).thresholds
    dear = by_cost(what, escape=100.0, reject=1.0, check=None).thresholds
    assert dear.low < cheap.low


def test_a_target_without_labels_says_what_to_do() -> None:
    what = WhatIf(ScoreTable.build([1, 2], [1.0, 2.0], ["OK", "OK"]))
    with pytest.raises(DataError, match="labelled good"):
        by_f1(what)
