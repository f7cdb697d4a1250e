"""A backup is whole or not there; restoring keeps what it replaces and cannot hide that it happened."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.store.store_making import everything, files_below, model_file, new_record, tile, with_pictures

from tilesight.store.backup import Cancelled, back_up, read_backup, restore
from tilesight.store.errors import NewerStore, StoreDamaged, StoredFileError, StoreError, StoreInUse
from tilesight.store.images import KEEP_ALL, KEEP_NONE
from tilesight.store.records import LabelKind, RecordFilter, RecordStore

pytestmark = pytest.mark.usefixtures("sqlite_only")


@pytest.fixture
def full(store: RecordStore, tmp_path: Path) -> RecordStore:
    """A store with some of everything."""
    ids = store.add([with_pictures(n) for n in range(3)], KEEP_ALL)
    store.labels.label("ann", ids[0], LabelKind.DEFECT, defect_class="crack")
    model_file(tmp_path / "m.bsdrd")
    store.models.add(tmp_path / "m.bsdrd", actor="eve")
    store.audit.append("eve", "shift started")
    return store


def test_a_backup_with_files_becomes_the_same_store_elsewhere(full: RecordStore, tmp_path: Path) -> None:
    info = back_up(full, tmp_path / "backup", with_files=True)
    assert (info.records, info.files, info.with_files, info.missing) == (3, 7, True, ())
    assert read_backup(tmp_path / "backup") == info
    assert restore(tmp_path / "backup", tmp_path / "other", actor="eve", why="new computer") is None
    with RecordStore.open(tmp_path / "other") as other:
        assert other.query().rows == full.query().rows
        for number in (1, 2, 3):
            np.testing.assert_array_equal(other.files.picture(number), tile(number - 1))
        (model,) = other.models.all()
        assert other.models.path(model.sha256).is_file()
        assert [entry.action for entry in other.audit.entries()] == [
            "backup restored",
            "shift started",
            "model added",
        ]
        assert other.audit.verify().intact


def test_a_backup_without_files_lists_them_and_leaves_those_of_the_store_in_place(
    full: RecordStore, tmp_path: Path
) -> None:
    info = back_up(full, tmp_path / "backup", with_files=False)
    assert (info.files, info.with_files) == (7, False)
    assert files_below(tmp_path / "backup") == {"tilesight.db", "audit.anchors", "files.csv", "backup.json"}
    assert len((tmp_path / "backup" / "files.csv").read_text().splitlines()) == 8
    folder = full.folder
    full.add([with_pictures(9)], KEEP_ALL)
    full.close()
    restore(tmp_path / "backup", folder, actor="eve", why="try")
    with RecordStore.open(folder) as store:
        assert store.count() == 3
        np.testing.assert_array_equal(store.files.picture(2), tile(1))


def test_restoring_keeps_the_replaced_database_and_says_in_the_log_where_it_ended(
    full: RecordStore, tmp_path: Path
) -> None:
    back_up(full, tmp_path / "backup", with_files=False)
    full.add([new_record(7)], KEEP_NONE)
    last = full.audit.append("eve", "threshold changed")
    folder = full.folder
    full.close()
    aside = restore(tmp_path / "backup", folder, actor="bob", why="hide the change", role="admin")
    assert aside is not None
    with closing(sqlite3.connect(aside / "tilesight.db")) as old:
        assert old.execute("SELECT count(*) FROM records").fetchone() == (4,)
    with RecordStore.open(folder) as store:
        assert store.count() == 3
        entry = store.audit.entries(limit=1)[0]
        assert (entry.actor, entry.action, entry.why) == ("bob", "backup restored", "hide the change")
        assert json.loads(entry.old) == {"audit_log_ended": {"seq": last.seq, "hash": last.hash}}
        assert store.audit.verify().intact
    assert not (folder / "restoring").exists()


def test_a_damaged_store_is_replaced_by_its_backup(full: RecordStore, tmp_path: Path) -> None:
    back_up(full, tmp_path / "backup", with_files=True)
    folder = full.folder
    full.close()
    (folder / "tilesight.db").write_bytes(b"gone" * 4000)
    shutil.rmtree(folder / "pictures")
    with pytest.raises(StoreDamaged):
        RecordStore.open(folder)
    aside = restore(tmp_path / "backup", folder, actor="eve", why="disk failed")
    assert aside is not None
    assert (aside / "tilesight.db").read_bytes() == b"gone" * 4000
    with RecordStore.open(folder) as store:
        assert store.count() == 3
        np.testing.assert_array_equal(store.files.picture(3), tile(2))


def test_a_backup_of_a_store_that_is_being_written_is_consistent_and_ends(
    full: RecordStore, tmp_path: Path
) -> None:
    full.add([new_record(n) for n in range(1500)], KEEP_NONE)
    stop, started = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            full.add([with_pictures(1), with_pictures(2)], KEEP_ALL)
            started.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert started.wait(30)
        info = back_up(full, tmp_path / "backup", with_files=True)
    finally:
        stop.set()
        writer.join()
    assert info.missing == ()
    assert info.records % 2 == 1  # 3 + 1500 + pairs
    restore(tmp_path / "backup", tmp_path / "other", actor="eve", why="try")
    with RecordStore.open(tmp_path / "other") as other:
        assert other.count() == info.records
        with other.db.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        for number in other.ids(RecordFilter(with_picture=True)).tolist():
            assert other.files.picture(number).shape == (70, 90)


def test_a_file_missing_in_the_store_is_named_and_does_not_stop_the_backup(
    full: RecordStore, tmp_path: Path
) -> None:
    full.files.path(1, "picture").unlink()
    damaged = full.files.path(2, "maps")
    damaged.write_bytes(b"?")
    info = back_up(full, tmp_path / "backup", with_files=True)
    assert len(info.missing) == 2
    assert damaged.relative_to(full.folder).as_posix() in info.missing
    restore(tmp_path / "backup", tmp_path / "other", actor="eve", why="try")
    with RecordStore.open(tmp_path / "other") as other, pytest.raises(StoredFileError, match="missing"):
        other.files.picture(1)


@pytest.mark.parametrize("calls", [0, 3])
def test_a_cancelled_backup_leaves_nothing(full: RecordStore, tmp_path: Path, calls: int) -> None:
    seen: list[str] = []

    def progress(done: int, total: int, what: str) -> bool:
        assert 0 <= done <= total
        seen.append(what)
        return len(seen) <= calls

    with pytest.raises(Cancelled):
        back_up(full, tmp_path / "backup", with_files=True, progress=progress)
    assert not (tmp_path / "backup").exists()
    assert full.count() == 3


def test_a_cancelled_restore_leaves_the_store_as_it_was(full: RecordStore, tmp_path: Path) -> None:
    back_up(full, tmp_path / "backup", with_files=True)
    folder = full.folder
    full.close()
    before = everything(folder)
    with pytest.raises(Cancelled):
        restore(tmp_path / "backup", folder, actor="eve", why="try", progress=lambda *_: False)
    after = everything(folder)
    before.pop("store.lock"), after.pop("store.lock")
    assert after == before


def test_what_is_no_backup_or_no_place_for_one_is_refused(full: RecordStore, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        back_up(full, tmp_path / "used", with_files=False)
    assert (tmp_path / "used" / "letter.txt").read_text() == "mine"
    with pytest.raises(StoreError, match="no finished backup"):
        restore(tmp_path / "used", tmp_path / "other", actor="eve", why="try")
    back_up(full, tmp_path / "backup", with_files=False)
    with pytest.raises(StoreInUse):
        restore(tmp_path / "backup", full.folder, actor="eve", why="try")
    manifest = tmp_path / "backup" / "backup.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"schema": "', '"schema": "9'))
    with pytest.raises(NewerStore):
        restore(tmp_path / "backup", tmp_path / "other", actor="eve", why="try")
    manifest.write_text(text)
    (tmp_path / "backup" / "tilesight.db").write_bytes(b"rotten" * 1000)
    with pytest.raises(StoreDamaged, match="damaged"):
        restore(tmp_path / "backup", tmp_path / "other", actor="eve", why="try")
