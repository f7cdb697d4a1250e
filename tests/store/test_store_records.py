"""Records go in whole, come out whole, and come out in the order and selection asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from tests.store.store_making import START, new_record, region, with_pictures

from bsdrd.result import Thresholds, Verdict
from tilesight.store.errors import StoreError
from tilesight.store.filters import HIGHEST_SCORE, LOWEST_SCORE, MOST_DOUBTFUL, OLDEST, OrderBy
from tilesight.store.images import KEEP_NONE
from tilesight.store.records import ALL, LabelKind, NewRecord, Order, RecordFilter, RecordStore


def test_everything_of_a_record_comes_back(store: RecordStore) -> None:
    new = with_pictures(
        3,
        captured_at=datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=8))),
        reason="",
        tile_index=2,
        station="Line 4",
        path="/in/räkning 3.png",
        file_sha256="cd" * 32,
        struct_peak=4.25,
        detail_peak=6.125,
        map_threshold=2.75,
        min_area_px=9,
        edge_band_px=4,
        regions=(region(1), region(2, fired="struct", feature=())),
        recipe_sha256="ef" * 32,
        recipe_name="Line 4 \N{GREEK SMALL LETTER MU}",
        recipe_version=7,
        operator="Ann",
        provider="CPU",
        timings_ms={"infer": 41.25, "find": 1.5},
        mm_per_px=0.05,
        pose={"angle": -3.5, "x": 100.0},
        truth="crack",
    )
    (number,) = store.add([new])
    got = store.get(number)
    for name in NewRecord.__dataclass_fields__:
        if name not in ("pixels", "maps", "uid"):
            assert getattr(got, name) == getattr(new, name), name
    assert got.captured_at.utcoffset() == timedelta(0)
    assert (got.picture, got.maps, got.n_regions, len(got.uid)) == ("kept", "kept", 2, 32)
    assert (got.label, got.label_at, got.disagreement) == (None, None, False)


def test_a_tile_that_was_not_inspected_keeps_its_reason_and_has_no_score(store: RecordStore) -> None:
    (number,) = store.add(
        [
            new_record(
                verdict=Verdict.NOT_INSPECTED, reason="The model timed out.", score=None, thresholds=None
            )
        ]
    )
    got = store.get(number)
    assert (got.verdict, got.reason, got.score) == (Verdict.NOT_INSPECTED, "The model timed out.", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": Verdict.NOT_INSPECTED},
        {"verdict": Verdict.NOT_INSPECTED, "reason": "  "},
        {"score": None},
        {"score": float("nan")},
        {"captured_at": datetime(2026, 3, 2)},
        {"uid": "../../etc"},
    ],
)
def test_a_record_that_could_not_be_trusted_is_refused_when_it_is_made(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs|zone|uid"):
        new_record(**changes)


def test_ids_are_given_in_the_order_of_the_records_and_adding_nothing_is_fine(store: RecordStore) -> None:
    assert store.add([]) == []
    ids = store.add([new_record(number) for number in range(300)])
    assert ids == sorted(ids)
    assert [row.name for row in store.get_many(ids[::-1])] == [f"frame {n}" for n in range(299, -1, -1)]


def test_a_batch_is_stored_whole_or_not_at_all(store: RecordStore) -> None:
    broken = with_pictures(2, regions=(region(0, area_px="many"),))
    with pytest.raises(ValueError, match="many"):
        store.add([with_pictures(1), broken])
    assert store.count() == 0
    assert not list((store.folder / "incoming").iterdir())


def test_an_unknown_record_is_a_clear_error(store: RecordStore) -> None:
    with pytest.raises(StoreError, match="no record 17"):
        store.get(17)
    assert store.get_many([17]) == []


ORDERS: tuple[OrderBy, ...] = (
    *("time", "score", "doubt", "name", "lot"),
    *("serial", "source", "verdict", "label", "id"),
)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordStore]:
    """Records with equal and missing values, some labelled; only read by the tests."""
    with RecordStore.open(tmp_path_factory.mktemp("mixed")) as store:
        yield _mixed(store)


def _mixed(store: RecordStore) -> RecordStore:
    rng = np.random.default_rng(5)
    new = [
        new_record(
            int(rng.integers(40)),
            score=float(rng.integers(1, 9)) if n % 7 else None,
            verdict=Verdict.GREY if n % 7 else Verdict.NOT_INSPECTED,
            reason="" if n % 7 else "late",
            lot=None if n % 3 == 0 else f"L{n % 4}",
            serial=None if n % 5 == 0 else f"S{n % 6}",
            thresholds=Thresholds(3.0, 6.0) if n % 7 else None,
        )
        for n in range(97)
    ]
    ids = store.add(new, KEEP_NONE)
    store.labels.label("ann", ids[::4], LabelKind.GOOD)
    store.labels.label("ann", ids[1::9], LabelKind.DEFECT, defect_class="crack")
    return store


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("by", ORDERS)
def test_pages_follow_each_other_without_gap_or_repeat(
    mixed: RecordStore, by: OrderBy, descending: bool
) -> None:
    order = Order(by, descending)
    seen: list[int] = []
    after = None
    while True:
        page = mixed.query(order=order, limit=10, after=after)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(seen) == 97
    assert seen == mixed.ids(order=order).tolist()


def test_scores_are_ordered_with_missing_ones_last_in_both_directions(mixed: RecordStore) -> None:
    for order, falling in ((HIGHEST_SCORE, True), (LOWEST_SCORE, False)):
        scores = [row.score for row in mixed.query(order=order, limit=200).rows]
        real = [score for score in scores if score is not None]
        assert scores[: len(real)] == sorted(real, reverse=falling)
        assert None in scores


def test_the_most_doubtful_are_those_nearest_to_either_threshold(store: RecordStore) -> None:
    scores = [0.0, 2.9, 3.2, 4.0, 5.9, 6.5, 11.0]
    store.add(
        [new_record(n, score=s, thresholds=Thresholds(3.0, 6.0)) for n, s in enumerate(scores)], KEEP_NONE
    )
    found = [row.score for row in store.query(order=MOST_DOUBTFUL).rows]
    assert found == sorted(scores, key=lambda s: min(abs(s - 3.0), abs(s - 6.0)))


def _expected(rows: Any, keep: Any) -> list[int]:
    return sorted(row.id for row in rows if keep(row))


@pytest.mark.parametrize(
    ("which", "keep"),
    [
        (ALL, lambda r: True),
        (RecordFilter(verdicts=frozenset({Verdict.GREY})), lambda r: r.verdict is Verdict.GREY),
        (RecordFilter(labels=frozenset({None})), lambda r: r.label is None),
        (RecordFilter(labels=frozenset({LabelKind.GOOD})), lambda r: r.label is LabelKind.GOOD),
        (
            RecordFilter(labels=frozenset({None, LabelKind.DEFECT})),
            lambda r: r.label in (None, LabelKind.DEFECT),
        ),
        (RecordFilter(defect_classes=frozenset({"crack"})), lambda r: r.label_class == "crack"),
        (RecordFilter(score_from=3.0, score_to=6.0), lambda r: r.score is not None and 3 <= r.score < 6),
        (RecordFilter(lot="L1"), lambda r: r.lot == "L1"),
        (RecordFilter(serial="S1", lot="L2"), lambda r: (r.serial, r.lot) == ("S1", "L2")),
        (
            RecordFilter(since=START + timedelta(seconds=10), until=START + timedelta(seconds=20)),
            lambda r: timedelta(seconds=10) <= r.inspected_at - START < timedelta(seconds=20),
        ),
        (RecordFilter(id_from=10, id_to=20), lambda r: 10 <= r.id < 20),
        (RecordFilter(reviewer="ann"), lambda r: r.label is not None),
        (RecordFilter(reviewer="bob"), lambda r: False),
        (RecordFilter(model_sha256="ff" * 32), lambda r: False),
        (RecordFilter(with_picture=True), lambda r: False),
        (RecordFilter(with_picture=False, disagreement=False), lambda r: True),
    ],
)
def test_a_filter_finds_exactly_what_it_says(mixed: RecordStore, which: RecordFilter, keep: Any) -> None:
    rows = mixed.query(limit=1000).rows
    expected = _expected(rows, keep)
    assert sorted(row.id for row in mixed.query(which, limit=1000).rows) == expected
    assert mixed.count(which) == len(expected)
    assert sum(mixed.counts(which).values()) == len(expected)
    assert sum(mixed.label_counts(which).values()) == len(expected)
    assert sorted(mixed.score_arrays(which).id.tolist()) == expected


def test_search_finds_every_word_in_any_text_and_takes_wild_cards_literally(store: RecordStore) -> None:
    first, second, third = store.add(
        [
            new_record(1, serial="A100", lot="spring", name="left.png"),
            new_record(2, serial="a1007", lot="autumn", name="100%_right.png"),
            new_record(3, serial="B2", lot="autumn", recipe_name="Line 1"),
        ]
    )
    store.labels.label("ann", third, LabelKind.FALSE_ALARM, comment="only an oil stain")

    def found(text: str) -> list[int]:
        return [row.id for row in store.search(text)]

    assert found("a100") == [second, first]
    assert found("autumn RIGHT") == [second]
    assert found("oil stain") == [third]
    assert found("100%_") == [second]
    assert found("_") == [second]
    assert found("line") == [third]
    assert found("nowhere") == []
    assert len(found("")) == 3


def test_score_arrays_tell_scores_labels_lots_and_models_apart(store: RecordStore) -> None:
    ids = store.add(
        [
            new_record(2, lot=None, verdict=Verdict.NG, struct_peak=1.5),
            new_record(0, lot="A", verdict=Verdict.OK, model_sha256=None),
            new_record(1, lot="B", score=None, verdict=Verdict.NOT_INSPECTED, reason="late", thresholds=None),
        ]
    )
    store.labels.label("ann", ids[0], LabelKind.MISSED)
    store.labels.label("ann", ids[1], LabelKind.FALSE_ALARM)
    store.labels.label("ann", ids[2], LabelKind.UNSURE)
    columns = store.score_arrays()
    assert columns.id.tolist() == [ids[1], ids[2], ids[0]]
    np.testing.assert_array_equal(columns.score, [5.0, np.nan, 7.0])
    np.testing.assert_array_equal(columns.t1, [3.0, np.nan, 3.0])
    np.testing.assert_array_equal(columns.struct_peak, [np.nan, np.nan, 1.5])
    assert columns.verdict.tolist() == [0, 3, 2]
    assert columns.truth.tolist() == [0, -1, 1]
    assert columns.label.tolist() == [2, 4, 3]
    assert [columns.lots[code] for code in columns.lot] == ["A", "B", ""]
    assert [columns.models[code][:2] for code in columns.model] == ["", "ab", "ab"]
    assert len(store.score_arrays(RecordFilter(lot="nowhere"))) == 0


def test_counts_and_choices_know_every_kind(mixed: RecordStore) -> None:
    assert set(mixed.counts()) == set(Verdict)
    assert set(mixed.label_counts()) == {None, *LabelKind}
    assert mixed.distinct("lot") == ["L0", "L1", "L2", "L3"]
    assert mixed.distinct("label_class") == ["crack"]


def test_regions_of_many_records_are_read_together(store: RecordStore) -> None:
    ids = store.add([new_record(1, regions=(region(1), region(2))), new_record(2)])
    found = store.regions_of([*ids, 99])
    assert [len(found[number]) for number in (*ids, 99)] == [2, 0, 0]
    assert found[ids[0]] == store.get(ids[0]).regions


def test_a_gap_is_open_until_it_is_closed_and_found_by_source_and_time(store: RecordStore) -> None:
    lost = store.add_gap("Camera 1", "lost", START, "The cable was pulled.")
    store.add_gap("Camera 2", "dropped", START, "Queue full.", end=START + timedelta(seconds=1), frames=12)
    (gap,) = store.gaps(source="Camera 1")
    assert (gap.id, gap.end, gap.frames, gap.reason) == (lost, None, 0, "The cable was pulled.")
    assert [one.source for one in store.gaps(since=START + timedelta(hours=1))] == ["Camera 1"]
    store.close_gap(lost, START + timedelta(seconds=9), frames=3)
    (gap,) = store.gaps(source="Camera 1")
    assert (gap.end, gap.frames) == (START + timedelta(seconds=9), 3)
    assert store.gaps(since=START + timedelta(hours=1)) == []
    assert len(store.gaps()) == 2


def test_threads_write_and_read_at_once_and_nothing_is_lost(store: RecordStore) -> None:
    errors: list[BaseException] = []
    written: list[int] = []

    def work(thread: int) -> None:
        try:
            for n in range(15):
                written.extend(store.add([new_record(thread * 100 + n)], KEEP_NONE))
                store.labels.label(f"reviewer {thread}", written[-1], LabelKind.GOOD)
                assert store.count() >= n + 1
                store.query(limit=5)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(written) == sorted(store.ids().tolist())
    assert len(set(written)) == 90


def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_what_it_writes(store: RecordStore) -> None:
    store.add([new_record(0)])
    with store.db.write():
        store.add([new_record(1)])
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.append(store.count()))
        reader.start()
        reader.join(10)
        assert seen == [1]
    assert store.count() == 2


def test_a_long_look_at_the_store_does_not_stop_a_writer(store: RecordStore) -> None:
    store.add([new_record(0)])
    with store.db.read() as view:
        before = view.exec_driver_sql("SELECT count(*) FROM records").scalar()
        store.add([new_record(1)])
        assert view.exec_driver_sql("SELECT count(*) FROM records").scalar() == before
    assert store.count() == 2


def test_changes_inside_one_transaction_are_undone_together(store: RecordStore) -> None:
    (number,) = store.add([new_record(0)])

    def fail() -> None:
        with store.db.write():
            store.labels.label("ann", number, LabelKind.GOOD)
            store.audit.append("ann", "something")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert store.get(number).label is None
    assert store.audit.entries() == []
    assert store.audit.verify().intact


def test_times_are_kept_to_the_microsecond(store: RecordStore) -> None:
    moment = datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    (number,) = store.add([new_record(inspected_at=moment)])
    assert store.get(number).inspected_at == moment
    assert [row.id for row in store.query(RecordFilter(since=moment), OLDEST).rows] == [number]
    assert store.count(RecordFilter(until=moment)) == 0
