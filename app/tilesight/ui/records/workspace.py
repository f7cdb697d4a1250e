"""Records: find any inspection and see everything that led to its verdict; export, import, backup, audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QTabWidget, QVBoxLayout, QWidget

from tilesight.store.records import RecordFilter
from tilesight.ui.actions import Action
from tilesight.ui.context import AppContext
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.filters.bar import FilterBar
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.labels import ActionButton, Card, IconButton, Words, is_language_change
from tilesight.ui.record_item import ItemReader
from tilesight.ui.records.audit_view import AuditView
from tilesight.ui.records.backup_sheets import BackupSheet, RestoreSheet
from tilesight.ui.records.commands import records_actions
from tilesight.ui.records.detail import RecordDetail
from tilesight.ui.records.exchange_sheets import ExportSheet, ImportSheet
from tilesight.ui.records.facts import Now, RecordFacts, read_facts
from tilesight.ui.records.table import RecordView
from tilesight.ui.records.table_model import RecordTable
from tilesight.ui.theme import GRID, TARGET
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.workspace import Workspace

#: New records move the table at most this often.
_FOLLOW_MS = 2000
_DETAIL_MS = 40


class RecordsWorkspace(Workspace):
    """The table, the record chosen in it, and the audit log."""

    key = "records"
    icon = "records"
    word = QT_TRANSLATE_NOOP("Workspace", "Records")

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.table = RecordTable(context.background, self)
        self.thumbnails = Thumbnails(context.background, self)
        self._reader: ItemReader | None = None
        self._pinned: int | None = None
        self._kept: tuple[int | None, int] = (None, 0)
        self._active = False
        context.actions.add(records_actions(self), self, self._reach)
        self._build()
        self._connect()
        self._follow_store()

    def commands(self) -> Sequence[Action]:
        """Registered by itself, since its buttons are made of them."""
        return ()

    def _reach(self) -> None:
        self.context.open_workspace(self.key)

    # Building

    def _build(self) -> None:
        theme, actions = self.context.theme, self.context.actions
        self.filters = FilterBar(self.context, "records", orders=False)
        self.count = Words("", bold=True, tabular=True)
        self.more = IconButton("more", self.tr("Import, backup, restore"), theme)
        self.more.clicked.connect(self._open_menu)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.filters, 1)
        for part in (self.count, ActionButton(actions["records.export"]), self.more):
            part.setMinimumHeight(TARGET)
            top.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        self.view = RecordView(self.table, self.thumbnails, theme)
        self.view.installEventFilter(self)
        self.detail = RecordDetail(theme, actions)
        left = Card(margin=GRID)
        left.column.addWidget(self.view)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(2 * GRID)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([680, 460])
        self.states = StateStack(theme, self.splitter, EmptyState(theme, "records", "", ""))
        self.states.empty.clicked.connect(self._empty_clicked)
        self.states.error.clicked.connect(self.refresh)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(top)
        column.addWidget(self.states, 1)
        self.audit = AuditView(self.context)
        self.audit.setContentsMargins(0, GRID, 0, 0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(page, self.tr("Records"))
        self.tabs.addTab(self.audit, self.tr("Audit log"))
        self.tabs.currentChanged.connect(self._tab)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        whole.addWidget(self.tabs)
        self.export_sheet = ExportSheet(self, self.context)
        self.import_sheet = ImportSheet(self, self.context)
        self.backup_sheet = BackupSheet(self, self.context)
        self.restore_sheet = RestoreSheet(self, self.context)

    def _connect(self) -> None:
        context = self.context
        self._following = QTimer(self)
        self._following.setSingleShot(True)
        self._following.setInterval(_FOLLOW_MS)
        self._following.timeout.connect(self._follow_now)
        # A held arrow key passes many rows; only where it rests is read.
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_DETAIL_MS)
        self._resting.timeout.connect(self._read_detail)
        self.filters.changed.connect(self._look)
        self.table.modelAboutToBeReset.connect(self._remember_place)
        self.table.loaded.connect(self._loaded)
        self.table.failed.connect(self._failed)
        self.view.selectionModel().currentRowChanged.connect(self._row_changed)
        self.view.doubleClicked.connect(self._activated)
        context.store_changed.connect(self._follow_store)
        context.records_changed.connect(self._follow_records)
        context.recipe_changed.connect(self._read_detail)
        context.detector_changed.connect(self._read_detail)

    # Following

    @Slot()
    def _follow_store(self) -> None:
        store = self.context.store
        self._reader = ItemReader(store) if store is not None else None
        self.thumbnails.set_store(store)
        self.detail.show_facts(None, Now())
        self.table.which = self.filters.which
        self.table.set_store(store)
        self.audit.set_store(store)
        self._show_state()

    @Slot()
    def _follow_records(self) -> None:
        if self._active and not self._following.isActive():
            self._following.start()

    @Slot()
    def _follow_now(self) -> None:
        if self._active and not self.table.looking:
            self.table.refresh()

    @Slot()
    def refresh(self) -> None:
        """Reads the records again."""
        self.table.which = self.filters.which
        self.table.refresh()
        self.audit.refresh()
        self._show_state()

    @Slot()
    def _look(self) -> None:
        self.table.look_for(self.filters.which, self.table.order)
        self._show_state()

    @Slot()
    def _remember_place(self) -> None:
        self._kept = (self.view.current_id, self.view.verticalScrollBar().value())

    @Slot()
    def _loaded(self) -> None:
        count = len(self.table.ids)
        self.count.setText(self.tr("%Ln record(s)", "", count))
        self._show_state()
        number, scroll = self._kept
        if self._pinned is not None:
            wanted, self._pinned = self._pinned, None
            if not self.view.show_record(wanted):
                self._show_alone(wanted)
        elif number is not None and self.table.place_of(number) >= 0:
            self.view.setCurrentIndex(self.table.index(self.table.place_of(number), 1))
            self.view.verticalScrollBar().setValue(scroll)
        elif count:
            self.view.setCurrentIndex(self.table.index(0, 1))
        else:
            self.detail.show_facts(None, Now())

    def _show_alone(self, record_id: int) -> None:
        """A record that the filters leave out: they go, so that it is seen among the others."""
        if self.filters.which != RecordFilter():
            self._pinned = record_id
            self.filters.reset()
        else:
            self.context.toast(self.tr("There is no record {n} any more.").format(n=record_id))

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.states.show_error(error, self.tr("Look again"))

    def _show_state(self) -> None:
        if self.context.store is None:
            self._say_empty(
                self.tr("There is no store"),
                self.tr("Records cannot be read. The banner says why; choose another store."),
                self.tr("Settings"),
            )
        elif len(self.table.ids):
            self.states.show_content()
        elif self.table.looking:
            self.states.show_busy(self.tr("Reading records"), cancel=False)
        elif self.filters.which != RecordFilter():
            self._say_empty(
                self.tr("No record fits"),
                self.tr("Nothing was found with these filters and this text."),
                self.tr("All records"),
            )
        else:
            self._say_empty(
                self.tr("No records yet"),
                self.tr(
                    "Every inspected tile becomes a record: its picture, maps, verdict and all behind it."
                ),
                self.tr("Go to Run"),
            )

    def _say_empty(self, head: str, text: str, button: str) -> None:
        self.states.empty.set_texts(head, text, button)
        self.states.show_empty()

    @Slot()
    def _empty_clicked(self) -> None:
        if self.context.store is None:
            if "app.settings" in self.context.actions:
                self.context.actions.trigger("app.settings")
        elif self.filters.which != RecordFilter():
            self.filters.reset()
        else:
            self.context.open_workspace("run")

    # The chosen record

    @Slot(QModelIndex, QModelIndex)
    def _row_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        del current, before
        self._resting.start()

    @Slot()
    def _read_detail(self) -> None:
        store, reader, number = self.context.store, self._reader, self.view.current_id
        if store is None or reader is None or number is None:
            return
        self.context.background.run(
            lambda: read_facts(store, reader, number),
            self._take_detail,
            self._no_detail,
            topic="records.detail",
        )

    def _take_detail(self, facts: RecordFacts) -> None:
        if facts.item.record.id == self.view.current_id:
            self.detail.show_facts(facts, self._now())

    def _no_detail(self, error: Exception) -> None:
        self.detail.show_error(error)

    def _now(self) -> Now:
        """The rule in force."""
        recipe, detector = self.context.recipe, self.context.detector
        if recipe is None:
            return Now()
        thresholds = None
        if detector is not None or (recipe.t1 is not None and recipe.t2 is not None):
            from bsdrd.result import Thresholds

            thresholds = (
                recipe.thresholds(detector)
                if detector is not None
                else Thresholds(recipe.t1 or 0.0, recipe.t2 or 0.0)
            )
        area = None if recipe.min_area_in_mm2 else round(recipe.min_area)
        return Now(thresholds, recipe.map_threshold, area, recipe.edge_band_px)

    def show_map(self, name: str) -> None:
        """Lays a map on the picture of the chosen record; "" takes it off."""
        self.detail.show_map(name)

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        del index
        self.open_review()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Enter in the table opens the record in Review."""
        if (
            watched is self.view
            and isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.open_review()
            return True
        return super().eventFilter(watched, event)

    # What its actions do

    def search(self) -> None:
        """Gives the keyboard to the search field."""
        self.tabs.setCurrentIndex(0)
        self.filters.focus_search()

    def open_review(self) -> None:
        """Shows the chosen record in Review."""
        if self.view.current_id is not None:
            self.context.open_workspace("review", self.view.current_id)

    def review_all(self) -> None:
        """Shows the records of the table in Review."""
        self.context.open_workspace("review", self.filters.which)

    def export(self) -> None:
        """Opens the export."""
        if self.context.store is not None:
            self.export_sheet.open_for(self.table.ids, self.view.selected_ids)

    def import_labels(self) -> None:
        """Opens the import."""
        if self.context.store is not None:
            self.import_sheet.open()

    def back_up(self) -> None:
        """Opens the backup."""
        if self.context.store is not None:
            self.backup_sheet.open()

    def restore(self) -> None:
        """Opens the restore."""
        if self.context.store is not None:
            self.restore_sheet.open()

    def show_audit(self) -> None:
        """Shows the audit log."""
        self.tabs.setCurrentIndex(1)
        self.audit.refresh()

    def verify(self) -> None:
        """Checks the audit log."""
        self.tabs.setCurrentIndex(1)
        self.audit.start_verify()

    @Slot(int)
    def _tab(self, at: int) -> None:
        if at == 1:
            self.audit.refresh()

    @Slot()
    def _open_menu(self) -> None:
        menu = QMenu(self)
        for name in ("review-all", "import", "backup", "restore"):
            menu.addAction(self.context.actions[f"records.{name}"])
        menu.exec(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))
        menu.deleteLater()

    # State of the window

    def activate(self, request: object | None = None) -> None:
        """Shows a record (its number), the records of a filter, or the audit log ("audit")."""
        self._active = True
        if isinstance(request, RecordFilter):
            self.tabs.setCurrentIndex(0)
            self.filters.show_filter(request)
            self._look()
        elif isinstance(request, int):
            self.tabs.setCurrentIndex(0)
            self._pinned = request
            self.table.refresh()
        elif request == "audit":
            self.show_audit()
        else:
            self.table.refresh()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """It leaves the screen."""
        self._active = False
        self._following.stop()
        self._resting.stop()

    def reasons_to_stay(self) -> list[str]:
        """An export, import, backup or restore under way."""
        reasons = {
            self.export_sheet: self.tr("An export is under way."),
            self.import_sheet: self.tr("An import is under way."),
            self.backup_sheet: self.tr("A backup is under way."),
            self.restore_sheet: self.tr("A backup is being restored."),
        }
        return [text for sheet, text in reasons.items() if sheet.job.running]

    def close_down(self) -> None:
        """Ends what is under way; what is half written is removed by whoever writes it."""
        self._following.stop()
        self._resting.stop()
        self.thumbnails.set_store(None)
        for sheet in (self.export_sheet, self.import_sheet, self.backup_sheet, self.restore_sheet):
            sheet.job.close()

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self.tabs.setTabText(0, self.tr("Records"))
            self.tabs.setTabText(1, self.tr("Audit log"))
            self._show_state()
            self._read_detail()
        super().changeEvent(event)

    def save_state(self) -> dict[str, Any]:
        """Widths of the columns and the division of the room."""
        widths = [self.view.columnWidth(at) for at in range(self.table.columnCount())]
        return {"widths": widths, "middle": self.splitter.sizes()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Takes them back; odd values are ignored."""
        widths, middle = state.get("widths"), state.get("middle")
        if isinstance(widths, list) and len(widths) == self.table.columnCount():
            for at, width in enumerate(widths):
                if isinstance(width, int) and 24 <= width <= 2000:
                    self.view.setColumnWidth(at, width)
        if isinstance(middle, list) and len(middle) == 2 and all(isinstance(one, int) for one in middle):
            self.splitter.setSizes(middle)
