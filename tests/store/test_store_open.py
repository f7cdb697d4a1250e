"""A store opens, or says why not and leaves everything as it is; old schemas are brought up to date."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from tests.store.store_making import everything, new_record, with_pictures

from tilesight.store import schema
from tilesight.store.errors import (
    NewerStore,
    StoreDamaged,
    StoredFileError,
    StoreError,
    StoreInUse,
    StoreUnavailable,
)
from tilesight.store.migrations import configuration, upgrade
from tilesight.store.records import RecordStore

pytestmark = pytest.mark.usefixtures("sqlite_only")


def _version(database: Path, new: str | None = None) -> str:
    with closing(sqlite3.connect(database)) as connection, connection:
        if new is not None:
            connection.execute("UPDATE alembic_version SET version_num = ?", (new,))
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_a_new_folder_becomes_a_store_and_opens_again_with_what_was_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "store"
    with RecordStore.open(folder) as store:
        assert store.add([new_record(1)]) == [1]
    with RecordStore.open(f"sqlite:///{folder / 'tilesight.db'}") as store:
        assert store.get(1).name == "frame 1"
    assert _version(folder / "tilesight.db") == schema.HEAD
    assert not (folder / "backups").exists()


def test_a_closed_store_takes_and_tells_nothing(store: RecordStore) -> None:
    store.close()
    store.close()
    for use in (lambda: store.add([new_record(1)]), store.count, lambda: store.audit.append("eve", "late")):
        with pytest.raises(StoreError, match="was closed"):
            use()


def test_verdicts_are_written_with_a_write_ahead_log_and_a_full_sync(store: RecordStore) -> None:
    with store.db.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with store.db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1


def test_a_second_program_is_refused_and_told_who_has_the_store(store: RecordStore) -> None:
    program = "import sys; from tilesight.store.records import RecordStore; RecordStore.open(sys.argv[1])"
    second = subprocess.run(
        [sys.executable, "-c", program, str(store.folder)], capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "StoreInUse" in second.stderr
    assert "process" in second.stderr
    with pytest.raises(StoreInUse, match="open in another program"):
        RecordStore.open(store.folder)
    store.close()
    RecordStore.open(store.folder).close()


def test_a_second_look_is_allowed_beside_the_program_that_writes(store: RecordStore) -> None:
    store.add([with_pictures(1)])
    with RecordStore.open(store.folder, read_only=True) as second:
        assert second.count() == 1
        store.add([new_record(2)])
        assert second.count() == 2
        assert second.files.picture(1).shape == (70, 90)
        with pytest.raises(StoreError, match="reading only"):
            second.add([new_record(3)])


def test_a_newer_store_is_refused_and_left_untouched(tmp_path: Path, empty_store: Path) -> None:
    folder = shutil.copytree(empty_store, tmp_path / "store")
    _version(folder / "tilesight.db", "9042")
    before = everything(folder)
    for read_only in (False, True):
        with pytest.raises(NewerStore, match="newer Tilesight"):
            RecordStore.open(folder, read_only=read_only)
    after = everything(folder)
    after.pop("store.lock"), before.pop("store.lock")
    assert after == before


@pytest.mark.parametrize(
    "content", [b"This is no database at all." * 100, b"SQLite format 3\0" + bytes(5000)]
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tilesight.db").write_bytes(content)
    with pytest.raises(StoreDamaged, match="damaged"):
        RecordStore.open(tmp_path)
    assert (tmp_path / "tilesight.db").read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "tilesight.db")) as connection, connection:
        connection.execute("CREATE TABLE recipes (cake TEXT)")
    before = (tmp_path / "tilesight.db").read_bytes()
    with pytest.raises(StoreDamaged, match="not one of Tilesight"):
        RecordStore.open(tmp_path)
    assert (tmp_path / "tilesight.db").read_bytes() == before


def test_an_empty_file_left_by_a_program_killed_while_starting_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "tilesight.db").touch()
    with RecordStore.open(tmp_path) as store:
        assert store.count() == 0


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="opening the store"):
        RecordStore.open(tmp_path / "file" / "store")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite://", "needs a database file"),
        ("sqlite:///:memory:", "needs a database file"),
        ("no such thing://", "not the address"),
        ("postgresql+psycopg://u@h/d", "keeps no pictures"),
    ],
)
def test_an_address_that_cannot_be_a_store_is_a_clear_error(address: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        RecordStore.open(address)


# -- failing disks ---------------------------------------------------------------------------------


def test_a_full_database_is_unavailable_keeps_what_it_had_and_goes_on_when_there_is_room(
    store: RecordStore,
) -> None:
    store.add([new_record(0)])
    with store.db.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="disk is full"):
        store.add([new_record(n) for n in range(2000)])
    assert store.count() == 1
    with store.db.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert len(store.add([new_record(n) for n in range(2000)])) == 2000


def test_a_read_only_database_is_unavailable_and_can_still_be_read(store: RecordStore) -> None:
    store.add([new_record(0)])
    with store.db.write() as connection:
        connection.exec_driver_sql("PRAGMA query_only = 1")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        store.add([new_record(1)])
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        store.audit.append("ann", "something")
    assert store.count() == 1
    assert store.audit.verify().intact


def test_a_database_that_another_program_holds_is_unavailable_until_it_lets_go(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.db.write() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(store.folder / "tilesight.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="Another program holds"):
            store.add([new_record(1)])
        other.execute("ROLLBACK")
    assert len(store.add([new_record(1)])) == 1


def test_after_a_disk_was_away_new_connections_are_made(store: RecordStore) -> None:
    def connection() -> object:
        with store.db.write() as opened:
            return opened.connection.dbapi_connection

    before = connection()
    assert connection() is before
    # What SQLite says of a file whose disk was pulled.
    with pytest.raises(StoreUnavailable, match="I/O error"), store.db.write():
        raise sqlite3.OperationalError("disk I/O error")
    assert connection() is not before
    assert len(store.add([new_record(1)])) == 1


def test_a_broken_rule_of_the_schema_is_not_taken_for_a_failing_disk(store: RecordStore) -> None:
    with pytest.raises(Exception, match="CHECK") as caught, store.db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO gaps (source, kind, from_us, frames, reason) VALUES ('', 'x', 0, 0, '')"
        )
    assert not isinstance(caught.value, StoreError)


# -- migrations ------------------------------------------------------------------------------------


def _at(revision: str, folder: Path) -> Path:
    """A database made by the migrations up to `revision`, as an older program left it."""
    folder.mkdir()
    engine = create_engine(f"sqlite:///{folder / 'tilesight.db'}")
    with engine.connect() as connection, connection.begin():
        upgrade(connection, revision)
    engine.dispose()
    return folder / "tilesight.db"


def test_every_migration_is_known_to_the_program_in_order() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))
        found = [script.revision for script in scripts.walk_revisions()][::-1]
    engine.dispose()
    assert tuple(found) == schema.REVISIONS
    assert schema.REVISIONS[-1] == schema.HEAD


def test_the_migrations_make_exactly_the_schema_that_the_program_uses(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{_at('head', tmp_path / 'store')}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


#: A record as the first schema had it.
FIRST = {
    "uid": "0" * 32,
    "captured_us": 1,
    "inspected_us": 2,
    "station": "",
    "source": "old camera",
    "frame_id": 3,
    "tile_index": 0,
    "name": "first.png",
    "verdict": "NG",
    "reason": "",
    "score": 7.5,
    "t1": 3.0,
    "t2": 5.0,
    "operator": "",
    "provider": "CPU",
    "timings": "{}",
    "truth": "",
    "n_regions": 0,
}


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_a_store_of_every_released_schema_opens_with_its_records(tmp_path: Path, revision: str) -> None:
    database = _at(revision, tmp_path / "store")
    with closing(sqlite3.connect(database)) as connection, connection:
        marks = ", ".join("?" * len(FIRST))
        connection.execute(
            f"INSERT INTO records ({', '.join(FIRST)}) VALUES ({marks})", tuple(FIRST.values())
        )
    with RecordStore.open(tmp_path / "store") as store:
        got = store.get(1)
        assert (got.name, got.score, got.thresholds is not None) == ("first.png", 7.5, True)
        assert len(store.add([new_record(1)])) == 1
    assert _version(database) == schema.HEAD
    backups = list((tmp_path / "store" / "backups").glob("*.db"))
    assert len(backups) == (revision != schema.HEAD)
    for backup in backups:
        assert _version(backup) == revision


def _break_in_the_middle(connection: Any, _revision: str) -> None:
    connection.exec_driver_sql("CREATE TABLE half_done (x)")
    connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")


def test_a_migration_that_breaks_leaves_the_old_database_and_its_copy(
    tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(empty_store, tmp_path / "store")
    database = folder / "tilesight.db"
    _version(database, "0000")
    monkeypatch.setattr("tilesight.store.database.REVISIONS", ("0000", *schema.REVISIONS))
    monkeypatch.setattr("tilesight.store.migrations.upgrade", _break_in_the_middle)
    with pytest.raises(Exception, match="no_such_table"):
        RecordStore.open(folder)
    with closing(sqlite3.connect(database)) as connection:
        assert (
            connection.execute("SELECT name FROM sqlite_master WHERE name = 'half_done'").fetchone() is None
        )
    assert _version(database) == "0000"
    (copy,) = (folder / "backups").glob("*.db")
    assert _version(copy) == "0000"


def test_the_tables_can_be_written_for_postgresql() -> None:
    """No server here: the statements are made for its dialect, not run."""
    made = "".join(
        str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for table in schema.metadata.sorted_tables
    )
    assert "id BIGSERIAL NOT NULL" in made
    assert "feature BYTEA NOT NULL" in made


def test_a_missing_picture_of_a_record_does_not_stop_the_store(store: RecordStore) -> None:
    (number,) = store.add([with_pictures(1)])
    shutil.rmtree(store.folder / "pictures")
    with pytest.raises(StoredFileError, match="missing"):
        store.files.picture(number)
    assert len(store.add([with_pictures(2)])) == 1
