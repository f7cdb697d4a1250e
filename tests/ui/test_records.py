"""Records: a table that loads as it scrolls, the detail of a record, export, import, backup, audit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text, update
from tests.ui.conftest import PATIENCE_MS
from tests.ui.review_store import START, fill, not_inspected, open_filled, tile_record

from bsdrd.result import Thresholds, Verdict
from tilesight.line.recipe import DEMO
from tilesight.store.backup import back_up
from tilesight.store.errors import StoreUnavailable
from tilesight.store.images import KEEP_NONE
from tilesight.store.records import Order, RecordFilter, RecordStore
from tilesight.store.schema import audit
from tilesight.store.types import LabelKind
from tilesight.ui.context import AppContext, Person
from tilesight.ui.filters.chips import ChoiceChip
from tilesight.ui.records.facts import Now, facts_page
from tilesight.ui.records.table_model import LABEL, PAGE, SCORE, SERIAL, VERDICT, RecordTable
from tilesight.ui.records.workspace import RecordsWorkspace

Key = Qt.Key


@dataclass
class Archive:
    """Somebody looking for a record."""

    qtbot: QtBot
    context: AppContext
    records: RecordsWorkspace

    @property
    def store(self) -> RecordStore:
        assert self.context.store is not None
        return self.context.store

    def settle(self) -> None:
        records = self.records
        sheets = (
            records.export_sheet,
            records.import_sheet,
            records.backup_sheet,
            records.restore_sheet,
        )
        self.qtbot.waitUntil(
            lambda: (
                self.context.background.busy == 0
                and not records.table.looking
                and not any(sheet.job.running for sheet in sheets)
            ),
            timeout=PATIENCE_MS,
        )

    def wait_detail(self, record_id: int) -> None:
        def there() -> bool:
            facts = self.records.detail.facts
            return facts is not None and facts.item.record.id == record_id

        self.qtbot.waitUntil(there, timeout=PATIENCE_MS)


def open_archive(qtbot: QtBot, context: AppContext, store: RecordStore | None) -> Archive:
    """Opens Records on a store."""
    context.set_person(Person("Anna"))
    context.set_store(store)
    records = RecordsWorkspace(context)
    records.resize(1180, 660)
    records.show()
    records.activateWindow()
    qtbot.waitUntil(records.isActiveWindow, timeout=PATIENCE_MS)
    records.activate()
    made = Archive(qtbot, context, records)
    made.settle()
    return made


def close_archive(archive: Archive) -> None:
    """Closes Records as the window does at its end."""
    archive.settle()
    archive.records.deactivate()
    archive.records.close_down()
    archive.records.close()
    archive.records.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def archive(qtbot: QtBot, context: AppContext, tmp_path: Path) -> Iterator[Archive]:
    """Thirty records in three lots."""
    store = open_filled(tmp_path / "store", 30)
    made = open_archive(qtbot, context, store)
    yield made
    close_archive(made)
    context.close()
    if context.store is not None:
        context.store.close()
    store.close()


@pytest.fixture
def many(tmp_path: Path) -> Iterator[RecordStore]:
    """A store with six thousand records without pictures."""
    store = RecordStore.open(tmp_path / "many")
    store.add([tile_record(0, keep=False), tile_record(1, peak=8.0, keep=False)], KEEP_NONE)
    base = [tile_record(at, peak=5.0 if at % 3 else 8.0, keep=False) for at in range(6)]
    store.add(
        [
            replace(
                base[at % 6],
                frame_id=at,
                name=f"frame {at}",
                serial=f"S{at:05d}",
                inspected_at=START + timedelta(seconds=at),
            )
            for at in range(2, 6000)
        ],
        KEEP_NONE,
    )
    yield store
    store.close()


# The table


def test_the_table_shows_every_record_newest_first(archive: Archive) -> None:
    table = archive.records.table
    assert table.rowCount() == 30
    assert table.ids.tolist() == sorted(table.ids.tolist(), reverse=True)
    archive.qtbot.waitUntil(lambda: table.row_at(0) is not None, timeout=PATIENCE_MS)
    texts = [table.index(0, column).data() for column in (VERDICT, SERIAL)]
    assert texts == ["GREY", "S00029"]
    assert archive.records.count.text() == "30 records"


def test_rows_are_read_only_where_one_looks(qtbot: QtBot, context: AppContext, many: RecordStore) -> None:
    archive = open_archive(qtbot, context, many)
    table = archive.records.table
    assert table.rowCount() == 6000
    qtbot.waitUntil(lambda: table.row_at(0) is not None, timeout=PATIENCE_MS)
    assert table.pages <= 3
    archive.records.view.scrollToBottom()
    qtbot.waitUntil(lambda: table.row_at(5999) is not None, timeout=PATIENCE_MS)
    assert table.pages <= 6
    last = table.row_at(5999)
    assert last is not None
    assert last.id == 1
    close_archive(archive)
    context.close()


def test_filtering_and_sorting_never_run_in_the_gui_thread(
    qtbot: QtBot, context: AppContext, many: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = open_archive(qtbot, context, many)
    threads: list[bool] = []
    gui = threading.current_thread()
    ids, get_many = many.ids, many.get_many

    def watched_ids(*args: object) -> object:
        threads.append(threading.current_thread() is gui)
        return ids(*args)  # type: ignore[arg-type]

    def watched_rows(*args: object) -> object:
        threads.append(threading.current_thread() is gui)
        return get_many(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(many, "ids", watched_ids)
    monkeypatch.setattr(many, "get_many", watched_rows)
    filters, table = archive.records.filters, archive.records.table
    filters.verdicts.choose(Verdict.NG)
    filters.verdicts.changed.emit()
    archive.settle()
    ng = table.rowCount()
    assert 0 < ng < 6000
    archive.records.view.horizontalHeader().setSortIndicator(SCORE, Qt.SortOrder.AscendingOrder)
    archive.settle()
    assert table.order == Order("score", False)
    assert table.rowCount() == ng
    qtbot.waitUntil(lambda: table.row_at(0) is not None, timeout=PATIENCE_MS)
    assert len(threads) >= 3
    assert not any(threads)
    close_archive(archive)
    context.close()


def test_an_answer_that_came_too_late_is_dropped(
    qtbot: QtBot, context: AppContext, many: RecordStore
) -> None:
    table = RecordTable(context.background)
    context.set_store(many)
    table.set_store(many)
    table.look_for(RecordFilter(text="S00007"), Order())
    table.look_for(RecordFilter(text="S00008"), Order())
    qtbot.waitUntil(lambda: not table.looking and context.background.busy == 0, timeout=PATIENCE_MS)
    assert [many.get(int(number)).serial for number in table.ids] == ["S00008"]
    context.close()


def test_a_serial_is_found_by_typing(archive: Archive) -> None:
    archive.context.actions.trigger("records.search")
    field = archive.records.filters.field
    assert field.hasFocus()
    archive.qtbot.keyClicks(field, "S00012")
    archive.qtbot.keyPress(field, Key.Key_Return)
    archive.settle()
    assert [archive.store.get(int(number)).serial for number in archive.records.table.ids] == ["S00012"]
    archive.qtbot.keyClicks(field, "no such")
    archive.qtbot.keyPress(field, Key.Key_Return)
    archive.settle()
    states = archive.records.states
    assert states.currentWidget() is states.empty
    states.empty.button.click()
    archive.settle()
    assert archive.records.table.rowCount() == 30


def test_new_records_and_labels_appear_and_the_place_is_kept(archive: Archive) -> None:
    records = archive.records
    tenth = int(records.table.ids[10])
    records.view.show_record(tenth)
    fill(archive.store, 2)
    archive.store.labels.label("Ben", tenth, LabelKind.DEFECT, defect_class="crack")
    archive.context.note_records()
    archive.qtbot.waitUntil(lambda: records.table.rowCount() == 32, timeout=PATIENCE_MS)
    assert records.view.current_id == tenth
    archive.qtbot.waitUntil(
        lambda: records.table.index(records.table.place_of(tenth), LABEL).data() == "Defect, crack",
        timeout=PATIENCE_MS,
    )


def test_pages_hold_what_the_store_holds_at_every_border(
    qtbot: QtBot, context: AppContext, many: RecordStore
) -> None:
    table = RecordTable(context.background)
    table.set_store(many)
    qtbot.waitUntil(lambda: table.rowCount() == 6000, timeout=PATIENCE_MS)
    for place in (0, PAGE - 1, PAGE, 3 * PAGE - 1, 5999):
        qtbot.waitUntil(lambda at=place: table.row_at(at) is not None, timeout=PATIENCE_MS)
        row = table.row_at(place)
        assert row is not None
        assert row.id == table.ids[place]
    assert table.row_at(6000) is None
    context.close()


# The chips


def test_a_chip_of_choices_is_worked_by_keyboard(archive: Archive) -> None:
    chip: ChoiceChip = archive.records.filters.verdicts
    chip.click()
    assert chip.popup.isVisible()
    archive.qtbot.keyPress(chip.list, Key.Key_Down)
    archive.qtbot.keyPress(chip.list, Key.Key_Space)
    assert chip.chosen == (Verdict.GREY,)
    chip.popup.hide()
    archive.settle()
    assert archive.records.table.rowCount() == 15
    assert "GREY" in chip.text()
    archive.records.filters.clear.click()
    archive.settle()
    assert archive.records.filters.clear.isHidden(), "there is nothing to take away"
    assert archive.records.table.rowCount() == 30


def test_a_lot_is_found_among_many_by_typing(archive: Archive) -> None:
    chip = archive.records.filters.lots
    archive.settle()
    chip.click()
    archive.qtbot.keyClicks(chip.field, "l-001")
    archive.qtbot.keyPress(chip.field, Key.Key_Return)
    assert not chip.popup.isVisible()
    archive.settle()
    rows = archive.store.get_many(archive.records.table.ids.tolist())
    assert {row.lot for row in rows} == {"L-001"}


# The detail


def test_the_detail_holds_everything_that_led_to_the_verdict(archive: Archive) -> None:
    store = archive.store
    number = int(archive.records.table.ids[3])
    store.labels.label("Anna", number, LabelKind.GOOD)
    store.labels.label("Ben", number, LabelKind.DEFECT, defect_class="crack", comment="at the <rim>")
    store.labels.judge_region("Anna", number, 0, "reject")
    archive.records.activate(number)
    archive.wait_detail(number)
    detail = archive.records.detail
    page = detail.page.toPlainText()
    for part in ("4.00", "6.00", "starter", "MT starter", "41.5", "Ben", "at the <rim>", "Anna: rejected"):
        assert part in page, part
    assert detail.head.badge.verdict is store.get(number).verdict
    assert all(button.isEnabled() for button in detail.strip.buttons.values())
    archive.context.actions.trigger("records.struct")
    assert detail.model.map_name == "struct"
    archive.context.actions.trigger("records.tile")
    assert not detail.model.overlay


def test_thresholds_then_and_now_stand_side_by_side(archive: Archive) -> None:
    number = int(archive.records.table.ids[0])
    archive.wait_detail(number)
    facts = archive.records.detail.facts
    assert facts is not None
    page = facts_page(facts, Now(Thresholds(9.0, 9.5)), archive.context.theme.colours)
    assert "9.50" in page
    assert "OK" in page
    archive.context.set_recipe(DEMO.changed(t1=1.25, t2=1.75))
    archive.settle()
    assert "1.75" in archive.records.detail.page.toPlainText()


def test_enter_opens_the_record_in_review(archive: Archive) -> None:
    asked: list[tuple[str, object]] = []

    def note(key: str, request: object) -> None:
        asked.append((key, request))

    archive.context.workspace_asked.connect(note)
    archive.records.view.setFocus()
    archive.qtbot.keyPress(archive.records.view, Key.Key_Return)
    assert asked == [("review", int(archive.records.table.ids[0]))]


def test_a_record_that_the_filters_leave_out_is_shown_all_the_same(archive: Archive) -> None:
    number = archive.store.ids(RecordFilter(lot="L-002")).tolist()[4]
    archive.records.activate(RecordFilter(lot="L-000"))
    archive.settle()
    archive.records.activate(number)
    archive.wait_detail(number)
    assert archive.records.view.current_id == number
    assert archive.records.table.rowCount() == 30


def test_a_tile_that_was_not_inspected_says_why(qtbot: QtBot, context: AppContext, tmp_path: Path) -> None:
    store = RecordStore.open(tmp_path / "store")
    store.add([not_inspected(1)])
    archive = open_archive(qtbot, context, store)
    archive.wait_detail(1)
    assert "could not be decoded" in archive.records.detail.head.doubt.text()
    assert archive.records.detail.no_picture.isVisible()
    close_archive(archive)
    context.close()
    store.close()


# Export, import, backup, restore


@pytest.mark.parametrize("kind", ["mvtec", "coco", "labelme", "csv"])
def test_records_go_out_and_their_labels_come_into_another_store(
    kind: str, archive: Archive, tmp_path: Path
) -> None:
    records, store = archive.records, archive.store
    number = int(records.table.ids[0])
    store.labels.label("Ben", number, LabelKind.DEFECT, defect_class="crack")
    records.activate(RecordFilter(lot="L-002"))
    archive.settle()
    target = tmp_path / "out"
    records.export()
    sheet = records.export_sheet
    assert not sheet.go.isEnabled()
    next(button for name, button in sheet.formats.items() if name == kind).setChecked(True)
    sheet.target.field.setText(str(target))
    sheet.go.click()
    archive.settle()
    assert sheet.state == "outcome"
    assert "10 tiles" in sheet.outcome.text()
    sheet.stop.click()
    assert not sheet.isVisible()
    other = RecordStore.open(tmp_path / "other")
    archive.context.set_store(other)
    archive.settle()
    records.import_labels()
    records.import_sheet.source.field.setText(str(target))
    archive.qtbot.waitUntil(records.import_sheet.go.isEnabled, timeout=PATIENCE_MS)
    records.import_sheet.go.click()
    archive.settle()
    assert records.import_sheet.state == "outcome"
    assert other.count() == 10
    assert other.label_counts()[LabelKind.DEFECT] == 1
    assert [row.uid for row in other.query(RecordFilter(defect_classes=frozenset({"crack"}))).rows] == [
        store.get(number).uid
    ]
    records.import_sheet.close_sheet()
    store.close()


def test_an_export_into_a_folder_with_files_is_refused_and_says_so(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("keep me")
    archive.records.export()
    sheet = archive.records.export_sheet
    sheet.target.field.setText(str(tmp_path))
    sheet.go.click()
    archive.settle()
    assert sheet.state == "outcome"
    assert "not empty" in sheet.outcome.text()
    assert (tmp_path / "precious.txt").read_text() == "keep me"
    sheet.close_sheet()
    assert sheet.state == "form"


def test_a_cancelled_export_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    archive.records.export()
    sheet = archive.records.export_sheet
    sheet.target.field.setText(str(tmp_path / "out"))
    sheet.go.click()
    sheet.stop.click()
    archive.settle()
    assert sheet.job.cancelled
    assert not (tmp_path / "out").exists()
    sheet.close_sheet()


def test_a_backup_is_made_and_put_back(archive: Archive, tmp_path: Path) -> None:
    records, store = archive.records, archive.store
    folder = store.folder
    records.back_up()
    records.backup_sheet.target.field.setText(str(tmp_path / "backup"))
    records.backup_sheet.go.click()
    archive.settle()
    assert "30 records" in records.backup_sheet.outcome.text()
    records.backup_sheet.close_sheet()
    fill(store, 5)
    records.restore()
    sheet = records.restore_sheet
    sheet.source.field.setText(str(tmp_path / "backup"))
    archive.qtbot.waitUntil(lambda: "30" in sheet.found.text(), timeout=PATIENCE_MS)
    assert not sheet.go.isEnabled()
    sheet.why.setText("The last five were a mistake")
    sheet.go.click()
    archive.settle()
    assert "restored" in sheet.outcome.text()
    assert archive.store is not store
    assert archive.store.folder == folder
    assert archive.store.count() == 30
    assert archive.context.engine is not None
    newest = archive.store.audit.entries(limit=1)[0]
    assert (newest.actor, newest.why) == ("Anna", "The last five were a mistake")
    assert records.table.rowCount() == 30
    sheet.close_sheet()
    archive.context.session.set_engine(None)


def test_a_damaged_backup_changes_nothing_and_the_store_is_open_again(
    archive: Archive, tmp_path: Path
) -> None:
    records, store = archive.records, archive.store
    back_up(store, tmp_path / "backup", with_files=False)
    (tmp_path / "backup" / "tilesight.db").write_bytes(b"not a database" * 100)
    records.restore()
    sheet = records.restore_sheet
    sheet.source.field.setText(str(tmp_path / "backup"))
    sheet.why.setText("try")
    archive.qtbot.waitUntil(sheet.go.isEnabled, timeout=PATIENCE_MS)
    sheet.go.click()
    archive.settle()
    assert "damaged" in sheet.outcome.text()
    assert archive.store.count() == 30
    sheet.close_sheet()
    archive.context.session.set_engine(None)


# The audit log


def test_verify_says_intact_and_finds_an_edited_row(archive: Archive) -> None:
    store = archive.store
    for at in range(3):
        store.audit.append("Mei", "threshold changed", subject=f"recipe {at}", old=at, new=at + 1, why="test")
    archive.context.actions.trigger("records.verify")
    archive.settle()
    view = archive.records.audit
    assert "Intact: 3 rows" in view.result.text()
    assert len(view.table.entries) == 3
    with store.db.write() as connection:
        # Somebody with the database in the hand is not stopped by its triggers.
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(update(audit).where(audit.c.seq == 2).values(why="something else"))
    view.verify.click()
    archive.settle()
    assert "changed" in view.result.text()
    assert view.problems.isVisible()
    assert "2" in view.problems.toPlainText()


def test_the_audit_log_is_searched_and_saved(archive: Archive, tmp_path: Path) -> None:
    for who in ("Mei", "Ola"):
        archive.store.audit.append(who, "recipe changed", subject="recipe Line 1", why=f"{who} said so")
    archive.context.actions.trigger("records.audit")
    archive.settle()
    view = archive.records.audit
    archive.qtbot.keyClicks(view.field, "Ola")
    archive.qtbot.waitUntil(lambda: len(view.table.entries) == 1, timeout=PATIENCE_MS)
    assert "Ola said so" in view.text.toPlainText()
    for name in ("log.csv", "log.json"):
        view.write(tmp_path / name)
    archive.settle()
    assert "Mei said so" in (tmp_path / "log.csv").read_text(encoding="utf-8-sig")
    assert "Mei said so" in (tmp_path / "log.json").read_text()
    view.write(tmp_path / "no such folder" / "log.csv")
    archive.settle()
    assert "could not be saved" in view.result.text()


# Failures


def test_a_store_that_cannot_be_read_is_an_error_with_a_way_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreUnavailable("The disk failed (reading records).", do_next="Check the disk.")

    with monkeypatch.context() as patch:
        patch.setattr(archive.store, "ids", broken)
        archive.records.refresh()
        archive.settle()
        states = archive.records.states
        assert states.currentWidget() is states.error
        assert "disk failed" in states.error.head.text()
    states.error.button.click()
    archive.settle()
    assert states.currentWidget() is states.content


def test_without_a_store_or_records_the_table_says_what_is_missing(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    archive = open_archive(qtbot, context, None)
    states = archive.records.states
    assert states.currentWidget() is states.empty
    assert "no store" in states.empty.head.text()
    store = RecordStore.open(tmp_path / "store")
    context.set_store(store)
    archive.settle()
    assert states.empty.head.text() == "No records yet"
    close_archive(archive)
    context.close()
    store.close()


def test_no_key_means_two_things(archive: Archive) -> None:
    assert archive.context.actions.clashes() == []
