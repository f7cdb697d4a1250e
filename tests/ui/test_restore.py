"""A backup put back while the line runs: the line ends in order, nothing is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program, settle
from tests.ui.simple_detector import SimpleDetector

from tilesight.line.engine import Engine
from tilesight.line.news import EngineState
from tilesight.store.backup import back_up
from tilesight.store.errors import StoreUnavailable
from tilesight.store.records import RecordStore
from tilesight.ui.context import Banner, Person
from tilesight.ui.records import store_swap
from tilesight.ui.records.backup_sheets import RestoreSheet
from tilesight.ui.records.workspace import RecordsWorkspace

DEMO = "demo:belt?rate=8&seed=3"


@pytest.fixture
def banners(program: Program) -> dict[str, Banner]:
    """The banners that stand."""
    standing: dict[str, Banner] = {}
    program.context.banner_shown.connect(lambda banner: standing.__setitem__(banner.key, banner))
    program.context.banner_cleared.connect(lambda key: standing.pop(key, None))
    return standing


@pytest.fixture
def running(qtbot: QtBot, program: Program, tmp_path: Path) -> Program:
    """The demo line at work, some tiles after a backup was made."""
    program.context.set_person(Person("Anna"))
    wake = program.session.bridge.wake
    program.session.make_engine = lambda store: Engine(
        store, open_detector=lambda recipe: SimpleDetector(), on_news=wake
    )
    program.start(DEMO)
    program.session.set_lot("L-7", "")
    qtbot.waitUntil(lambda: program.store.count() >= 5, timeout=PATIENCE_MS)
    back_up(program.store, tmp_path / "backup", with_files=True)
    before = program.store.count()
    qtbot.waitUntil(lambda: program.store.count() >= before + 5, timeout=PATIENCE_MS)
    return program


def start_restore(qtbot: QtBot, program: Program, backup: Path) -> RestoreSheet:
    """Fills the sheet in and presses the button."""
    program.window.open_workspace("records")
    records = program.window.workspaces["records"]
    assert isinstance(records, RecordsWorkspace)
    records.restore()
    sheet = records.restore_sheet
    sheet.source.field.setText(str(backup))
    sheet.why.setText("the last ones were a test")
    qtbot.waitUntil(sheet.go.isEnabled, timeout=PATIENCE_MS)
    sheet.go.click()
    return sheet


def end_new_engine(program: Program) -> None:
    """The fixture ends the first engine and store; these are ours."""
    program.window.close_now()
    program.session.close()
    program.context.background.close()
    if program.context.store is not None:
        program.context.store.close()


def test_a_running_line_ends_in_order_and_its_records_lie_in_the_replaced_database(
    qtbot: QtBot, program: Program, running: Program, banners: dict[str, Banner], tmp_path: Path
) -> None:
    for name in ("review", "tune"):
        program.window.open_workspace(name)
        settle()
    engine = program.context.engine
    assert engine is not None
    sheet = start_restore(qtbot, program, tmp_path / "backup")
    assert "Nothing is inspected" in banners["store-swap"].text
    assert not program.session.line.active
    qtbot.waitUntil(lambda: sheet.state == "outcome", timeout=PATIENCE_MS)
    store = program.context.store
    assert store is not None
    assert store is not program.store
    (aside,) = (store.folder / "backups").glob("replaced-*")
    with closing(sqlite3.connect(aside / "tilesight.db")) as replaced:
        (kept,) = replaced.execute("SELECT count(*) FROM records").fetchone()
    counts = engine.snapshot().counts
    assert kept >= 10
    assert (counts.total, counts.saved, counts.unsaved) == (kept, kept, 0)
    said = sheet.outcome_more.text()
    assert "stopped first" in said
    assert f"{store.count()} records now; it had {kept}" in said
    assert "store-swap" not in banners
    # Inspection goes on with the restored store, under the same lot.
    restored = store.count()
    sheet.close_sheet()
    program.session.start()
    qtbot.waitUntil(lambda: store.count() >= restored + 3, timeout=PATIENCE_MS)
    assert program.context.engine is not None
    assert program.context.engine.circumstances.lot == "L-7"
    qtbot.waitUntil(lambda: len(program.session.line.briefs) >= 3, timeout=PATIENCE_MS)
    assert store.audit.verify().intact
    end_new_engine(program)


def test_a_backup_that_cannot_be_restored_leaves_the_store_as_it_was_and_the_line_can_start(
    qtbot: QtBot, program: Program, running: Program, tmp_path: Path
) -> None:
    (tmp_path / "backup" / "tilesight.db").write_bytes(b"no database" * 500)
    sheet = start_restore(qtbot, program, tmp_path / "backup")
    qtbot.waitUntil(lambda: sheet.state == "outcome", timeout=PATIENCE_MS)
    assert "damaged" in sheet.outcome.text()
    store = program.context.store
    assert store is not None
    kept = store.count()
    assert kept >= 10
    sheet.close_sheet()
    program.session.start()
    qtbot.waitUntil(lambda: store.count() > kept, timeout=PATIENCE_MS)
    assert program.session.line.snapshot.state is EngineState.RUNNING
    end_new_engine(program)


def test_a_store_that_cannot_be_opened_again_is_said_and_can_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    program: Program,
    running: Program,
    banners: dict[str, Banner],
    tmp_path: Path,
) -> None:
    def away(folder: Path) -> RecordStore:
        raise StoreUnavailable(f"The store {folder} cannot be reached.", do_next="Plug the disk in.")

    with monkeypatch.context() as patched:
        patched.setattr(store_swap.RecordStore, "open", away)
        patched.setattr("tilesight.ui.records.backup_sheets.restore", lambda *_, **__: None)
        sheet = start_restore(qtbot, program, tmp_path / "backup")
        qtbot.waitUntil(lambda: sheet.state == "outcome", timeout=PATIENCE_MS)
        assert "cannot be reached" in sheet.outcome.text()
        assert program.context.store is None
        assert "Plug the disk in" in banners["store-swap"].text
        assert banners["store-swap"].action == "records.reopen"
        sheet.close_sheet()
    program.context.actions.trigger("records.reopen")
    qtbot.waitUntil(lambda: program.context.store is not None, timeout=PATIENCE_MS)
    assert program.context.engine is not None
    assert "store-swap" not in banners
    end_new_engine(program)


def test_closing_the_window_during_a_restore_waits_for_it_and_leaves_a_whole_store(
    qtbot: QtBot, program: Program, running: Program, tmp_path: Path
) -> None:
    folder = program.store.folder
    sheet = start_restore(qtbot, program, tmp_path / "backup")
    records = program.window.workspaces["records"]
    assert records.reasons_to_stay()
    records.close_down()
    assert not sheet.job.running or sheet.job.closed
    end_new_engine(program)
    with RecordStore.open(folder) as store:
        assert store.count() >= 5
        assert store.audit.verify().intact
