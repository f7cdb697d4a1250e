"""Labels are added, never edited; undo and redo have no end and survive a restart; disagreement shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from tests.store.store_making import mask_of, new_record, region

from tilesight.store.errors import LabelError
from tilesight.store.labels import LabelStore
from tilesight.store.records import LabelKind, RecordFilter, RecordStore

GOOD, DEFECT, FALSE, MISSED, UNSURE = LabelKind


@pytest.fixture
def ids(store: RecordStore) -> list[int]:
    """Five records, the first with two regions."""
    return store.add([new_record(0, regions=(region(1), region(2))), *(new_record(n) for n in range(1, 5))])


def _said(store: RecordStore, number: int) -> tuple[LabelKind | None, str, str]:
    row = store.get(number)
    return row.label, row.label_class, row.label_by


def test_a_label_says_who_when_what_and_what_was_before(store: RecordStore, ids: list[int]) -> None:
    store.labels.label("ann", ids[0], GOOD)
    store.labels.label("ann", ids[0], DEFECT, defect_class="crack", comment="at the edge")
    first, second = store.labels.history(ids[0])
    assert (first.before, first.after, first.reviewer, first.origin) == (None, GOOD, "ann", "label")
    assert (second.before, second.after, second.after_class) == (GOOD, DEFECT, "crack")
    assert second.at > first.at
    (label,) = store.labels.current(ids[0])
    assert (label.kind, label.defect_class, label.comment) == (DEFECT, "crack", "at the edge")
    assert _said(store, ids[0]) == (DEFECT, "crack", "ann")
    assert store.get(ids[0]).label_at == label.at == second.at


def test_the_truth_of_a_label_is_what_training_needs() -> None:
    assert [kind.truth for kind in (GOOD, DEFECT, FALSE, MISSED, UNSURE)] == [False, True, False, True, None]


def test_the_label_given_last_counts_and_each_reviewer_keeps_their_own(
    store: RecordStore, ids: list[int]
) -> None:
    store.labels.label("ann", ids[0], GOOD)
    store.labels.label("bob", ids[0], UNSURE)
    assert _said(store, ids[0]) == (UNSURE, "", "bob")
    assert [one.reviewer for one in store.labels.current(ids[0])] == ["ann", "bob"]
    store.labels.label("bob", ids[0], None)
    assert _said(store, ids[0]) == (GOOD, "", "ann")
    assert store.labels.reviewers() == ["ann", "bob"]


def test_many_tiles_are_labelled_in_one_step(store: RecordStore, ids: list[int]) -> None:
    store.labels.label("ann", ids, FALSE)
    assert store.label_counts()[FALSE] == 5
    assert store.labels.steps("ann") == (1, 0)
    action = store.labels.undo("ann")
    assert action is not None
    assert (action.what, list(action.record_ids)) == ("5 tiles: false alarm", ids)
    assert store.label_counts()[None] == 5


def test_undo_brings_back_what_was_said_before_with_its_time(store: RecordStore, ids: list[int]) -> None:
    store.labels.label("ann", ids[0], GOOD)
    store.labels.label("bob", ids[0], DEFECT, defect_class="fray")
    before = store.get(ids[0])
    store.labels.label("ann", ids[0], UNSURE)
    assert _said(store, ids[0]) == (UNSURE, "", "ann")
    store.labels.undo("ann")
    # Ann's old label is older than Bob's, so Bob's counts again.
    assert store.get(ids[0]) == before
    assert [event.origin for event in store.labels.history(ids[0])] == ["label", "label", "label", "undo"]


def test_undo_touches_only_ones_own_steps(store: RecordStore, ids: list[int]) -> None:
    store.labels.label("ann", ids[0], GOOD)
    store.labels.label("bob", ids[1], DEFECT)
    store.labels.undo("ann")
    assert _said(store, ids[0])[0] is None
    assert _said(store, ids[1])[0] is DEFECT
    assert store.labels.undo("ann") is None
    assert store.labels.redo("bob") is None
    assert store.labels.steps("nobody") == (0, 0)


def test_a_new_label_after_an_undo_ends_redo_but_not_the_history(store: RecordStore, ids: list[int]) -> None:
    store.labels.label("ann", ids[0], GOOD)
    store.labels.undo("ann")
    store.labels.label("ann", ids[0], DEFECT)
    assert store.labels.redo("ann") is None
    assert [event.after for event in store.labels.history(ids[0])] == [GOOD, None, DEFECT]


def test_undo_and_redo_go_on_after_a_restart(tmp_path: Path) -> None:
    with RecordStore.open(tmp_path) as store:
        ids = store.add([new_record(n) for n in range(120)])
        for n, number in enumerate(ids):
            store.labels.label(
                "ann", number, list(LabelKind)[n % 5], defect_class="crack" if n % 5 == 1 else ""
            )
        after = [_said(store, number) for number in ids]
        for _ in range(50):
            assert store.labels.undo("ann") is not None
    with RecordStore.open(tmp_path) as store:
        assert store.labels.steps("ann") == (70, 50)
        for _ in range(70):
            assert store.labels.undo("ann") is not None
        assert store.labels.undo("ann") is None
        assert store.label_counts()[None] == 120
    with RecordStore.open(tmp_path) as store:
        while store.labels.redo("ann") is not None:
            pass
        assert [_said(store, number) for number in ids] == after


def test_several_changes_are_one_step_when_made_together(store: RecordStore, ids: list[int]) -> None:
    mask = mask_of()
    with store.labels.action("ann", "whole review") as action:
        action.label([ids[0]], DEFECT, defect_class="crack")
        action.judge_region(ids[0], 0, "accept", defect_class="crack")
        action.judge_region(ids[0], 1, "reject")
        action.draw(ids[0], mask, defect_class="fray")
        action.label([ids[0]], MISSED, defect_class="fray")

    def state() -> tuple[object, ...]:
        regions = [(one.index, one.decision, one.defect_class) for one in store.labels.regions.current(ids)]
        masks = [(one.defect_class, one.mask.tobytes()) for one in store.labels.regions.masks(ids)]
        return _said(store, ids[0])[:2], regions, masks

    whole = ((MISSED, "fray"), [(0, "accept", "crack"), (1, "reject", "")], [("fray", mask.tobytes())])
    assert state() == whole
    for _ in range(2):
        store.labels.undo("ann")
        assert state() == ((None, ""), [], [])
        store.labels.redo("ann")
        assert state() == whole


def test_a_drawn_mask_comes_back_bit_for_bit_and_can_be_erased_and_brought_back(
    store: RecordStore, ids: list[int]
) -> None:
    mask = mask_of(seed=4)
    number = store.labels.draw("ann", ids[1], mask, defect_class="crack")
    (drawn,) = store.labels.regions.masks(ids)
    assert (drawn.id, drawn.record_id, drawn.reviewer, drawn.defect_class) == (number, ids[1], "ann", "crack")
    np.testing.assert_array_equal(drawn.mask, mask)
    store.labels.erase("ann", ids[1], number)
    assert store.labels.regions.masks(ids) == []
    store.labels.undo("ann")
    assert len(store.labels.regions.masks(ids)) == 1
    with pytest.raises(LabelError, match="drew no mask"):
        store.labels.erase("bob", ids[1], number)


def test_the_last_judgement_of_a_region_counts_for_each_reviewer(store: RecordStore, ids: list[int]) -> None:
    store.labels.judge_region("ann", ids[0], 0, "accept")
    store.labels.judge_region("ann", ids[0], 0, "reject")
    store.labels.judge_region("bob", ids[0], 0, "accept")
    store.labels.judge_region("bob", ids[0], 1, "accept")
    store.labels.judge_region("bob", ids[0], 1, None)
    found = {(one.reviewer, one.index): one.decision for one in store.labels.regions.current(ids)}
    assert found == {("ann", 0): "reject", ("bob", 0): "accept"}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda labels: labels.label("ann", 99, GOOD),
        lambda labels: labels.label("ann", [1, 99], GOOD),
        lambda labels: labels.label("  ", 1, GOOD),
        lambda labels: labels.judge_region("ann", 1, 2, "accept"),
        lambda labels: labels.judge_region("ann", 99, 0, "accept"),
        lambda labels: labels.draw("ann", 1, np.zeros((70, 90), bool)),
        lambda labels: labels.draw("ann", 1, np.ones((90, 70), bool)),
        lambda labels: labels.draw("ann", 99, np.ones((70, 90), bool)),
    ],
)
def test_a_label_that_cannot_be_is_refused_and_leaves_nothing(
    store: RecordStore, ids: list[int], wrong: object
) -> None:
    assert ids
    with pytest.raises(LabelError):
        wrong(store.labels)  # type: ignore[operator]
    assert store.labels.steps("ann") == (0, 0)
    assert store.label_counts()[None] == 5
    assert store.labels.regions.masks(ids) == []


@pytest.mark.parametrize(
    ("labels", "about"),
    [
        ([("ann", GOOD, ""), ("bob", DEFECT, "crack")], "truth"),
        ([("ann", FALSE, ""), ("bob", MISSED, "")], "truth"),
        ([("ann", DEFECT, "crack"), ("bob", MISSED, "fray")], "class"),
        ([("ann", DEFECT, "crack"), ("bob", MISSED, "crack")], None),
        ([("ann", DEFECT, ""), ("bob", MISSED, "crack")], None),
        ([("ann", GOOD, ""), ("bob", FALSE, "")], None),
        ([("ann", GOOD, ""), ("bob", UNSURE, "")], None),
    ],
)
def test_disagreement_is_listed(
    store: RecordStore, ids: list[int], labels: list[tuple[str, LabelKind, str]], about: str | None
) -> None:
    for reviewer, kind, cls in labels:
        store.labels.label(reviewer, ids[2], kind, defect_class=cls)
    found = store.labels.disagreements()
    assert [one.about for one in found] == ([] if about is None else [about])
    assert store.count(RecordFilter(disagreement=True)) == len(found)
    if found:
        assert [label.reviewer for label in found[0].labels] == ["ann", "bob"]
        store.labels.undo("bob")
        assert store.labels.disagreements() == []


def test_classes_are_offered_most_used_first(store: RecordStore, ids: list[int]) -> None:
    store.labels.label("ann", ids[:1], DEFECT, defect_class="break")
    store.labels.label("ann", ids[1:3], DEFECT, defect_class="own class")
    assert store.labels.classes() == ["own class", "break"]


@pytest.mark.parametrize("table", ["labels", "region_labels", "drawn_masks"])
@pytest.mark.parametrize("change", ["UPDATE {} SET record_id = 2", "DELETE FROM {}"])
def test_label_rows_cannot_be_edited_or_deleted(
    store: RecordStore, ids: list[int], table: str, change: str
) -> None:
    store.labels.label("ann", ids[0], GOOD)
    store.labels.draw("ann", ids[0], mask_of())
    with pytest.raises(DBAPIError, match="only grows"), store.db.write() as connection:
        connection.exec_driver_sql(change.format(table))


@settings(max_examples=15)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["ann", "bob"]),
            st.sampled_from(["label", "undo", "redo"]),
            st.integers(0, 4),
            st.sampled_from([None, *LabelKind]),
        ),
        max_size=25,
    )
)
def test_any_series_of_steps_leaves_each_stack_as_a_plain_one_would(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int, LabelKind | None]]
) -> None:
    with RecordStore.open(tmp_path_factory.mktemp("steps")) as store:
        numbers = store.add([new_record(n) for n in range(5)])
        done: dict[str, list[dict[int, LabelKind | None]]] = {name: [{}] for name in ("ann", "bob")}
        undone: dict[str, list[dict[int, LabelKind | None]]] = {name: [] for name in ("ann", "bob")}
        for who, what, which, kind in steps:
            if what == "label":
                store.labels.label(who, numbers[which], kind)
                done[who].append({**done[who][-1], numbers[which]: kind})
                undone[who].clear()
            elif what == "undo":
                assert (store.labels.undo(who) is not None) == (len(done[who]) > 1)
                if len(done[who]) > 1:
                    undone[who].append(done[who].pop())
            else:
                assert (store.labels.redo(who) is not None) == bool(undone[who])
                if undone[who]:
                    done[who].append(undone[who].pop())
        _same(store.labels, numbers, {who: stack[-1] for who, stack in done.items()})
        for number in numbers:
            said = store.labels.current(number)
            newest = max(said, key=lambda label: label.at, default=None)
            assert store.get(number).label == (newest and newest.kind)
            truths = {label.kind.truth for label in said} - {None}
            assert store.get(number).disagreement == (len(truths) > 1)


def _same(book: LabelStore, numbers: list[int], expected: dict[str, dict[int, LabelKind | None]]) -> None:
    for number in numbers:
        found = {label.reviewer: label.kind for label in book.current(number)}
        wanted = {who: said[number] for who, said in expected.items() if said.get(number) is not None}
        assert found == wanted
