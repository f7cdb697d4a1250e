"""The audit log finds what was edited, removed or put in another order, and says which row."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from tilesight.store.audit_chain import GENESIS, AuditEntry, check_chain, row_hash
from tilesight.store.errors import StoreError, StoreUnavailable
from tilesight.store.recipes import compare
from tilesight.store.records import RecordStore


@pytest.fixture
def folder(sqlite_only: None, store: RecordStore) -> Iterator[Path]:
    """A store with a log of six rows, closed."""
    for number in range(6):
        store.audit.append(
            "eve",
            "threshold changed",
            subject="recipe Line 1",
            old={"high": 5.0 + number},
            new={"high": 6.0 + number},
            why=f"reason \N{GREEK SMALL LETTER OMEGA} {number}",
            role="engineer",
        )
    store.close()
    yield store.folder
    store.close()


def _forge(folder: Path, *statements: str) -> list[str]:
    """Do to the database what somebody with a tool for SQLite could do; returns what `verify` says."""
    with closing(sqlite3.connect(folder / "tilesight.db")) as connection, connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    return _verify(folder)


def _verify(folder: Path) -> list[str]:
    with RecordStore.open(folder) as store:
        found = store.audit.verify()
        assert found.intact == (not found.problems)
        return [problem.text for problem in found.problems]


def test_an_untouched_log_is_intact_also_after_a_restart_and_an_empty_one_is_too(
    folder: Path, tmp_path: Path
) -> None:
    assert _verify(folder) == []
    with RecordStore.open(folder) as store:
        assert store.audit.verify().rows == 6
    assert _verify(tmp_path / "empty") == []


@pytest.mark.parametrize(
    "column", ["at", "actor", "role", "action", "subject", "old", "new", "why", "previous", "hash"]
)
def test_an_edit_of_any_column_is_found(folder: Path, column: str) -> None:
    found = _forge(folder, f"UPDATE audit SET {column} = {column} || ' ' WHERE seq = 3")
    assert any("Row 3" in text and "edited" in text for text in found)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("= 1", "Row 1 was removed."),
        ("= 3", "Row 3 was removed."),
        ("IN (2, 3, 4)", "Rows 2 to 4 were removed."),
        ("= 6", "Row 6 was removed."),
        ("> 2", "Rows 3 to 6 were removed."),
        ("> 0", "Rows 1 to 6 were removed."),
    ],
)
def test_removed_rows_are_found_also_at_the_end(folder: Path, rows: str, text: str) -> None:
    assert text in _forge(folder, f"DELETE FROM audit WHERE seq {rows}")


def test_removed_last_rows_are_found_although_the_end_in_the_database_was_changed_too(folder: Path) -> None:
    found = _forge(
        folder,
        "DELETE FROM audit WHERE seq > 4",
        "UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)",
    )
    assert "Rows 5 to 6 were removed." in found


def test_removed_last_rows_are_found_although_the_file_was_cut_too(folder: Path) -> None:
    anchors = folder / "audit.anchors"
    anchors.write_text("\n".join(anchors.read_text().split("\n")[:-2]))
    assert "Rows 5 to 6 were removed." in _forge(folder, "DELETE FROM audit WHERE seq > 4")


def test_reordered_rows_are_found_and_told_from_edited_ones(folder: Path) -> None:
    found = _forge(
        folder,
        "UPDATE audit SET seq = -1 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 5",
        "UPDATE audit SET seq = 5 WHERE seq = -1",
    )
    assert "Row 2 was row 5: rows were put in another order." in found
    assert "Row 5 was row 2: rows were put in another order." in found


def test_rows_renumbered_to_hide_a_gap_are_found(folder: Path) -> None:
    found = _forge(folder, "DELETE FROM audit WHERE seq = 2", "UPDATE audit SET seq = seq - 1 WHERE seq > 2")
    assert "Row 2 was row 3: rows were put in another order." in found
    assert "Row 6 was removed." in found


def test_a_whole_chain_worked_out_anew_is_found_by_the_file_beside_it(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "tilesight.db")) as connection:
        rows = [
            AuditEntry(*row)
            for row in connection.execute(
                "SELECT seq, at, actor, role, action, subject, old, new, why, previous, hash FROM audit"
            )
        ]
    forged: list[AuditEntry] = []
    previous = GENESIS
    for row in rows:
        row = replace(row, actor="mallory" if row.seq == 4 else row.actor, previous=previous)
        row = replace(row, hash=row_hash(row))
        forged.append(row)
        previous = row.hash
    found = _forge(
        folder,
        *(
            f"UPDATE audit SET actor = '{row.actor}', previous = '{row.previous}', hash = '{row.hash}' "
            f"WHERE seq = {row.seq}"
            for row in forged
        ),
        f"UPDATE audit_head SET hash = '{previous}'",
    )
    assert next(text for text in found if "not the one that was anchored" in text).startswith("Row 4")


def test_a_row_put_in_by_another_program_is_found(folder: Path) -> None:
    with RecordStore.open(folder) as store:
        last = store.audit.entries(limit=1)[0]
    row = replace(last, seq=7, previous=last.hash, actor="mallory")
    row = replace(row, hash=row_hash(row))
    found = _forge(
        folder,
        "INSERT INTO audit (seq, at, actor, role, action, subject, old, new, why, previous, hash) "
        f"VALUES (7, '{row.at}', 'mallory', '{row.role}', '{row.action}', '{row.subject}', '{row.old}', "
        f"'{row.new}', '{row.why}', '{row.previous}', '{row.hash}')",
    )
    assert "Rows after 6 were added by another program." in found


def test_a_missing_file_of_anchors_is_said_and_not_made_anew(folder: Path) -> None:
    (folder / "audit.anchors").unlink()
    assert any("audit.anchors is missing" in text for text in _verify(folder))
    with RecordStore.open(folder) as store:
        store.audit.append("eve", "something")
    assert any("audit.anchors is missing" in text for text in _verify(folder))


def test_a_line_taken_from_the_file_is_found(folder: Path) -> None:
    anchors = folder / "audit.anchors"
    anchors.write_text(
        "".join(line for line in anchors.read_text().splitlines(True) if not line.startswith("3 "))
    )
    assert any(text.startswith("Row 3 has no line") for text in _verify(folder))


@pytest.mark.parametrize("cut", [1, 30, 66])
def test_a_line_lost_or_cut_short_by_a_power_cut_is_made_good(folder: Path, cut: int) -> None:
    anchors = folder / "audit.anchors"
    anchors.write_bytes(anchors.read_bytes()[:-cut])
    assert _verify(folder) == []
    with RecordStore.open(folder) as store:
        store.audit.append("eve", "something")
        assert store.audit.verify().intact


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'mallory' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 6",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT seq, at, 'mallory', role, action, subject, old, new, why, "
        "previous, hash FROM audit WHERE seq = 2",
        "UPDATE audit_head SET seq = 3",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(folder: Path, statement: str) -> None:
    with RecordStore.open(folder) as store:
        with pytest.raises(DBAPIError, match="only grows"), store.db.write() as connection:
            connection.exec_driver_sql(statement)
        assert store.audit.verify().intact


def test_entries_are_read_newest_first_in_parts_and_by_text(folder: Path) -> None:
    with RecordStore.open(folder) as store:
        assert [entry.seq for entry in store.audit.entries(limit=2)] == [6, 5]
        assert [entry.seq for entry in store.audit.entries(limit=2, before=5)] == [4, 3]
        assert [entry.seq for entry in store.audit.entries(text="reason \N{GREEK SMALL LETTER OMEGA} 3")] == [
            4
        ]
        assert store.audit.entries(text="100%") == []
        entry = store.audit.entries(limit=1)[0]
        assert json.loads(entry.old) == {"high": 10.0}
        assert entry.at.endswith("+00:00")


def test_exports_hold_every_row_and_can_be_checked_without_the_store(folder: Path) -> None:
    with RecordStore.open(folder) as store:
        from_json = [AuditEntry(**row) for row in json.loads(store.audit.to_json())]
        from_csv = [
            AuditEntry(**{**row, "seq": int(row["seq"])})
            for row in csv.DictReader(io.StringIO(store.audit.to_csv()))
        ]
        assert from_json == from_csv == store.audit.entries()[::-1]
    head = (6, from_json[-1].hash)
    assert check_chain(from_json, head, {row.seq: row.hash for row in from_json}) == []
    edited = [replace(row, why="nothing") if row.seq == 2 else row for row in from_json]
    assert [
        problem.seq for problem in check_chain(edited, head, {row.seq: row.hash for row in from_json})
    ] == [2]


def test_nobody_and_values_that_json_cannot_hold_are_refused(store: RecordStore) -> None:
    with pytest.raises(StoreError, match="who it was"):
        store.audit.append(" ", "something")
    with pytest.raises(ValueError, match="JSON"):
        store.audit.append("eve", "something", new=float("nan"))
    assert store.audit.verify().rows == 0


@pytest.mark.usefixtures("sqlite_only")
def test_a_log_that_cannot_be_written_stops_the_change_that_it_should_tell_of(store: RecordStore) -> None:
    store.recipes.save("Line 1", {"high": 5.0}, actor="eve", why="")
    with store.db.write() as connection:
        connection.exec_driver_sql("PRAGMA query_only = 1")
    with pytest.raises(StoreUnavailable):
        store.recipes.save("Line 1", {"high": 6.0}, actor="eve", why="too many")
    newest = store.recipes.newest("Line 1")
    assert newest is not None
    assert newest.content == {"high": 5.0}


# -- recipes ---------------------------------------------------------------------------------------


def test_a_change_of_a_recipe_is_a_new_version_and_one_line_in_the_log(store: RecordStore) -> None:
    first = store.recipes.save(
        "Line 1", {"t": {"low": 3.0, "high": 5.0}, "mask": [1, 2]}, actor="eve", why=""
    )
    second = store.recipes.save(
        "Line 1",
        {"t": {"low": 3.0, "high": 5.5}, "mask": [1, 2, 3]},
        actor="eve",
        why="too many false alarms",
        role="engineer",
        action="thresholds changed",
        details={"flips": 14},
    )
    assert (first.version, second.version) == (1, 2)
    made, changed = store.audit.entries()[::-1]
    assert (made.action, changed.action, changed.why) == (
        "recipe made",
        "thresholds changed",
        "too many false alarms",
    )
    assert json.loads(changed.old)["values"] == {"t.high": 5.0, "mask": [1, 2]}
    new = json.loads(changed.new)
    assert (new["values"], new["flips"], new["version"]) == ({"t.high": 5.5, "mask": [1, 2, 3]}, 14, 2)
    assert store.recipes.by_sha256(second.sha256) == second
    assert store.recipes.by_sha256("0" * 64) is None


def test_nothing_changed_is_no_new_version_and_no_reason_is_no_change(store: RecordStore) -> None:
    first = store.recipes.save("Line 1", {"a": 1, "b": 2}, actor="eve", why="")
    assert store.recipes.save("Line 1", {"b": 2, "a": 1}, actor="eve", why="") == first
    with pytest.raises(StoreError, match="needs a reason"):
        store.recipes.save("Line 1", {"a": 2}, actor="eve", why=" ")
    assert len(store.recipes.history("Line 1")) == len(store.audit.entries()) == 1


def test_an_earlier_version_can_be_restored_and_stays_in_the_history(store: RecordStore) -> None:
    for high in (5.0, 6.0, 7.0):
        store.recipes.save("Line 1", {"high": high}, actor="eve", why="try")
    store.recipes.save("Line 2", {"high": 9.0}, actor="eve", why="")
    back = store.recipes.restore("Line 1", 1, actor="bob", why="5 was right")
    assert (back.version, back.content, back.actor) == (4, {"high": 5.0}, "bob")
    assert [one.version for one in store.recipes.history("Line 1")] == [4, 3, 2, 1]
    assert store.recipes.get("Line 1", 1).sha256 == back.sha256
    assert json.loads(store.audit.entries(limit=1)[0].new)["restored_version"] == 1
    assert store.recipes.names() == ["Line 1", "Line 2"]
    with pytest.raises(StoreError, match="no version 9"):
        store.recipes.restore("Line 1", 9, actor="bob", why="?")


def test_versions_are_compared_value_by_value() -> None:
    old = {"a": 1, "b": {"c": [1, {"d": 2}], "e": True}, "gone": "x"}
    new = {"a": 1.0, "b": {"c": [1, {"d": 3}], "e": True}, "here": None}
    found = {change.path: (change.old, change.new) for change in compare(old, new)}
    assert found == {"a": (1, 1.0), "b.c.1.d": (2, 3), "gone": ("x", None)}
