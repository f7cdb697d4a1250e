from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bsdrd.result import Thresholds, Verdict
from tilesight.store.errors import StoreError
from tilesight.store.records import NewRecord, RecordStore
from tilesight.store.tuning.apply import Proposed, apply_change
from tilesight.store.tuning.evidence import load_evidence, same_pixel_rule
from tilesight.store.tuning.report import Report, flips_csv, report_html, write_report
from tilesight.store.tuning.table import ScoreTable, Truth
from tilesight.store.tuning.whatif import WhatIf

AT = datetime(2025, 3, 1, 8, tzinfo=UTC)
OLD = {"name": "Line 1", "t1": 3.0, "t2": 5.0}
NEW = {"name": "Line 1", "t1": 3.5, "t2": 5.0}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore.open(tmp_path / "store") as opened:
        yield opened


def record(number: int, score: float | None, verdict: Verdict) -> NewRecord:
    return NewRecord(
        captured_at=AT,
        inspected_at=AT + timedelta(seconds=number),
        source="test",
        frame_id=number,
        name=f"frame {number}",
        verdict=verdict,
        reason="" if score is not None else "no model",
        score=score,
        lot="L-1" if number % 2 else None,
    )


def proposed(**values: Any) -> Proposed:
    usual = Proposed("Line 1", NEW, OLD, None, 4, 1, 100, "miss at most 1 %")
    return Proposed(**{**{name: getattr(usual, name) for name in Proposed.__slots__}, **values})


def test_applying_writes_old_new_who_why_when_and_the_flips(store: RecordStore) -> None:
    store.recipes.save("Line 1", OLD, actor="ann", why="first")
    newest = store.recipes.newest("Line 1")
    assert newest is not None
    made = apply_change(store, proposed(newest_seen=newest.sha256), who="bob", why=" stain ", role="engineer")
    assert (made.version, made.content, made.actor, made.why) == (2, NEW, "bob", "stain")
    entry = store.audit.entries(limit=1)[0]
    old, new = json.loads(entry.old), json.loads(entry.new)
    assert (entry.actor, entry.why, entry.subject, entry.role) == (
        "bob",
        "stain",
        "recipe Line 1",
        "engineer",
    )
    assert (old["values"], new["values"]) == ({"t1": 3.0}, {"t1": 3.5})
    assert (new["flips"], new["released"], new["rejected"], new["looked_at"]) == (5, 4, 1, 100)
    assert new["method"] == "miss at most 1 %"
    assert entry.at[:10] == datetime.now(UTC).isoformat()[:10]
    assert store.audit.verify().intact


def test_a_recipe_that_the_store_never_saw_is_written_as_it_was_before_the_change(store: RecordStore) -> None:
    apply_change(store, proposed(), who="bob", why="stain")
    assert [version.content for version in store.recipes.history("Line 1")] == [NEW, OLD]


def test_a_reason_of_blanks_changes_nothing(store: RecordStore) -> None:
    with pytest.raises(StoreError, match="reason"):
        apply_change(store, proposed(), who="bob", why="  \n ")
    assert store.recipes.names() == []
    assert store.audit.entries() == []


def test_a_recipe_that_somebody_else_changed_meanwhile_is_not_overwritten(store: RecordStore) -> None:
    seen = store.recipes.save("Line 1", OLD, actor="ann", why="first").sha256
    store.recipes.save("Line 1", {**OLD, "t2": 9.0}, actor="cid", why="second")
    with pytest.raises(StoreError, match="cid changed"):
        apply_change(store, proposed(newest_seen=seen), who="bob", why="stain")
    assert len(store.recipes.history("Line 1")) == 2


def test_an_earlier_version_can_be_restored_after_applying(store: RecordStore) -> None:
    apply_change(store, proposed(), who="bob", why="stain")
    back = store.recipes.restore("Line 1", 1, actor="ann", why="worse")
    assert (back.version, back.content) == (3, OLD)


def test_a_table_holds_what_the_store_holds(store: RecordStore) -> None:
    ids = store.add(
        [
            record(0, 1.0, Verdict.OK),
            record(1, 6.0, Verdict.NG),
            record(2, None, Verdict.NOT_INSPECTED),
            record(3, 4.0, Verdict.GREY),
        ]
    )
    table = ScoreTable.from_store(store.score_arrays())
    assert table.about.ids.tolist() == [ids[0], ids[3], ids[1]]
    assert table.scores.tolist() == [1.0, 4.0, 6.0]
    assert [table.lot_names[code] for code in table.about.lots] == ["", "L-1", "L-1"]
    assert table.not_inspected.ids.tolist() == [ids[2]]
    assert table.about.times[0] == AT.timestamp()
    assert WhatIf(table).outcome(Thresholds(3.0, 5.0)).flips == 0


def test_records_of_one_serial_number_show_one_tile(store: RecordStore) -> None:
    store.add([replace(record(at, 1.0 + at, Verdict.OK), serial=serial) for at, serial in enumerate("AAB")])
    store.add([record(7, 9.0, Verdict.NG), record(8, 10.0, Verdict.NG)])
    evidence = load_evidence(store, name="Line 1", in_force=OLD, model_sha256=None)
    tiles = evidence.table.about.tiles.tolist()
    assert tiles[0] == tiles[1]
    assert len(set(tiles)) == 4


def test_scores_of_another_model_are_left_out_and_counted(store: RecordStore) -> None:
    for at, model in enumerate("aab"):
        store.add([replace(record(at, 1.0 + at, Verdict.OK), model_sha256=model * 64)])
    evidence = load_evidence(store, name="Line 1", in_force=OLD, model_sha256="a" * 64)
    assert (len(evidence.table), evidence.of_other_models) == (2, 1)
    newest = load_evidence(store, name="Line 1", in_force=OLD, model_sha256=None)
    assert (len(newest.table), newest.of_other_models) == (1, 2)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"t1": 3.0}, {"t1": 4.0}, True),
        ({"edge_band_px": 0}, {"edge_band_px": 2}, False),
        ({"min_area": 5.0, "t1": 3.0}, {"min_area": 5.0, "t1": 4.0}, False),
        ({"min_area": 5.0, "map_threshold": 2.0, "t1": 3.0}, {"min_area": 5.0, "map_threshold": 2.0}, True),
        ({"min_area_in_mm2": True, "mm_per_px": 0.1}, {"min_area_in_mm2": True, "mm_per_px": 0.2}, False),
    ],
)
def test_two_rules_are_the_same_where_they_give_every_tile_one_score(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert same_pixel_rule(one, other) is same


def test_an_empty_store_gives_an_empty_table(store: RecordStore) -> None:
    assert len(ScoreTable.from_store(store.score_arrays())) == 0


def report(**values: Any) -> Report:
    table = ScoreTable.build(
        [11, 12, 13, 14],
        [2.0, 3.2, 5.5, 7.0],
        ["OK", "GREY", "NG", "OK"],
        [Truth.GOOD, Truth.UNLABELLED, Truth.DEFECT, Truth.UNLABELLED],
        ["=1+1", "<b>", "L", None],
        [0.0, 1.0, 2.0, 3.0],
    )
    usual: dict[str, Any] = {
        "what": WhatIf(table),
        "before": WhatIf(table),
        "now": Thresholds(3.0, 5.0),
        "proposed": Thresholds(4.0, 6.0),
        "recipe": "Line <1> version 2",
        "records": "All records.",
        "rule": "A tile is OK while ...",
        "made_by": "bob & ann",
        "made_at": AT,
    }
    return Report(**{**usual, **values})


def test_the_csv_lists_every_flip_with_its_zone_and_is_safe_in_a_spreadsheet() -> None:
    zone = timezone(timedelta(hours=8))

    def local(at: datetime) -> datetime:
        return at.astimezone(zone)

    rows = list(csv.DictReader(io.StringIO(flips_csv(report(zone_of=local)))))
    assert [(row["record"], row["stored_verdict"], row["new_verdict"]) for row in rows] == [
        ("12", "GREY", "OK"),
        ("13", "NG", "GREY"),
        ("14", "OK", "NG"),
    ]
    assert rows[1]["label"] == "defect"
    assert rows[0]["inspected_at"] == "1970-01-01T08:00:01+08:00"
    risky = report(proposed=Thresholds(1.0, 1.5))
    assert next(csv.DictReader(io.StringIO(flips_csv(risky))))["lot"].startswith("'=")


def test_the_page_shows_verdicts_rates_pictures_and_escapes_every_text() -> None:
    asked: list[int] = []

    def thumbnails(ids: Any) -> dict[int, bytes]:
        asked.extend(ids)
        return {12: b"\xff\xd8jpeg"}

    page = report_html(report(), thumbnails)
    assert sorted(asked) == [12, 13, 14]
    assert page.count("data:image/jpeg;base64,/9hqcGVn") == 1
    assert "no picture kept" in page
    assert "Would be released: 2" in page
    assert "Would be rejected: 1" in page
    assert "lot &lt;b&gt;" in page
    assert "bob &amp; ann" in page
    assert "Line &lt;1&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_report_without_labels_says_that_the_rates_are_unknown() -> None:
    table = ScoreTable.build([1], [2.0], ["OK"])
    page = report_html(report(what=WhatIf(table), before=WhatIf(table)))
    assert "unknown: no labelled records" in page
    assert "No stored verdict changes this way." in page


def test_the_counts_in_force_are_those_of_the_rule_in_force() -> None:
    before = ScoreTable.build([11, 12], [9.0, 9.0], ["NG", "NG"])
    after = before.with_scores(np.array([11]), np.array([0.0]))
    page = report_html(report(before=WhatIf(before), what=WhatIf(after)))
    row = page[page.index("<td>In force</td>") :].split("</tr>")[0]
    assert row.count('<td class="n">0</td>') == 3
    assert '<td class="n">2</td>' in row


def test_a_report_is_written_beside_its_csv(tmp_path: Path) -> None:
    page, table = write_report(tmp_path / "new" / "what-if.html", report())
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert table.read_bytes().startswith(b"\xef\xbb\xbfrecord,")
    assert sorted(path.name for path in page.parent.iterdir()) == ["what-if.csv", "what-if.html"]


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="report"):
        write_report(tmp_path / "file" / "what-if", report())


def test_an_empty_selection_still_makes_a_report() -> None:
    nothing = WhatIf(ScoreTable.build([], np.zeros(0), []))
    page = report_html(report(what=nothing, before=nothing))
    assert "Would be released: 0" in page
