"""The audit log: who changed what and why, whether it is intact, and its export."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tilesight.store.audit import Verification
from tilesight.store.audit_chain import AuditEntry
from tilesight.store.records import RecordStore
from tilesight.ui.background import Background
from tilesight.ui.context import AppContext
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET

Index = QModelIndex | QPersistentModelIndex
_PAGE = 500
_HEADS = (
    QT_TRANSLATE_NOOP("Audit", "No."),
    QT_TRANSLATE_NOOP("Audit", "When"),
    QT_TRANSLATE_NOOP("Audit", "Who"),
    QT_TRANSLATE_NOOP("Audit", "Role"),
    QT_TRANSLATE_NOOP("Audit", "What"),
    QT_TRANSLATE_NOOP("Audit", "Subject"),
    QT_TRANSLATE_NOOP("Audit", "Why"),
)
_WIDTHS = (64, 168, 120, 96, 176, 200, 240)


class AuditTable(QAbstractTableModel):
    """Rows of the log, newest first; more are fetched when the view nears its end.

    Args:
        background: Worker threads.
    """

    loaded = Signal()
    failed = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._store: RecordStore | None = None
        self._text = ""
        self.entries: list[AuditEntry] = []
        self._more = False
        self._reading = False

    def set_store(self, store: RecordStore | None) -> None:
        """Shows another store's log."""
        self._store = store
        self.find("")

    def find(self, text: str) -> None:
        """Shows the rows in which a text occurs."""
        self._text = text
        store = self._store
        if store is None:
            self._take(False, [])
            return
        self._reading = True
        self._background.run(
            lambda: store.audit.entries(limit=_PAGE, text=text),
            partial(self._take, False),
            self._fail,
            topic="records.audit",
        )

    def _take(self, add: bool, entries: list[AuditEntry]) -> None:
        self._reading = False
        self._more = len(entries) == _PAGE
        if add:
            first = len(self.entries)
            if entries:
                self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
                self.entries += entries
                self.endInsertRows()
        else:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()
            self.loaded.emit()

    def _fail(self, error: Exception) -> None:
        self._reading = False
        self.failed.emit(error)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether older rows are there."""
        return not parent.isValid() and self._more and not self._reading

    def fetchMore(self, parent: Index) -> None:
        """Fetches older rows, in the background."""
        store, text = self._store, self._text
        if parent.isValid() or store is None or not self.entries or self._reading:
            return
        self._reading = True
        before = self.entries[-1].seq
        self._background.run(
            lambda: store.audit.entries(limit=_PAGE, before=before, text=text),
            partial(self._take, True),
            self._fail,
            topic="records.audit",
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows are there now."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many columns."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heads of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return QCoreApplication.translate("Audit", _HEADS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        entry = self.entries[index.row()]
        when = entry.at[:19].replace("T", " ")
        cells = (str(entry.seq), when, entry.actor, entry.role, entry.action, entry.subject, entry.why)
        return cells[index.column()] or None


def entry_text(entry: AuditEntry) -> str:
    """One row in full: what changed from what to what, why, and its hashes."""
    lines = [f"{entry.seq}   {entry.at}   {entry.actor}   {entry.role}", f"{entry.action}: {entry.subject}"]
    if entry.why:
        lines.append(entry.why)
    for name, value in (("old", entry.old), ("new", entry.new)):
        if value not in ("null", ""):
            lines += ["", f"{name}:", _pretty(value)]
    return "\n".join([*lines, "", f"hash {entry.hash}", f"after {entry.previous}"])


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


class AuditView(QWidget):
    """The audit log.

    Args:
        context: Store, theme, background.
    """

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        theme = context.theme
        self.table = AuditTable(context.background, self)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Who, what, why"))
        self.field.setAccessibleName(self.tr("Search the audit log"))
        self.field.setMinimumHeight(TARGET)
        self.field.setMaximumWidth(320)
        self.verify = Button(self.tr("Verify"), "primary", theme=theme, icon_name="shield")
        self.verify.clicked.connect(self.start_verify)
        self.to_csv = Button(self.tr("Export CSV"))
        self.to_csv.clicked.connect(self._ask_csv)
        self.to_json = Button(self.tr("Export JSON"))
        self.to_json.clicked.connect(self._ask_json)
        self.result = Words("", wrap=True)
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setMaximumHeight(120)
        self.problems.setAccessibleName(self.tr("What is wrong with the log"))
        self.problems.hide()
        self.view = self._make_view()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("The chosen row in full"))
        self._build()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(250)
        self._typing.timeout.connect(self._find)
        self.field.textEdited.connect(self._typed)
        self.table.loaded.connect(self._loaded)
        self.table.failed.connect(self._failed)
        self.view.selectionModel().currentRowChanged.connect(self._show_row)

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setAccessibleName(self.tr("Audit log"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(TARGET)
        head = view.horizontalHeader()
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        for column, width in enumerate(_WIDTHS):
            view.setColumnWidth(column, width)
        return view

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.field, 1)
        top.addStretch(1)
        top.addWidget(self.to_csv)
        top.addWidget(self.to_json)
        top.addWidget(self.verify)
        whole = QSplitter(Qt.Orientation.Horizontal)
        left = Card(margin=GRID)
        left.column.addWidget(self.view)
        right = Card(margin=2 * GRID)
        right.column.addWidget(self.text)
        whole.addWidget(left)
        whole.addWidget(right)
        whole.setStretchFactor(0, 3)
        whole.setStretchFactor(1, 2)
        whole.setHandleWidth(2 * GRID)
        empty = EmptyState(
            self._context.theme,
            "shield",
            self.tr("The audit log is empty"),
            self.tr("Every change of a threshold, mask, recipe or model is written here with its reason."),
        )
        self.states = StateStack(self._context.theme, whole, empty)
        self.states.error.clicked.connect(self.refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(top)
        column.addWidget(self.result)
        column.addWidget(self.problems)
        column.addWidget(self.states, 1)
        self.result.hide()

    # Following

    def set_store(self, store: RecordStore | None) -> None:
        """Shows another store's log."""
        self.result.hide()
        self.problems.hide()
        self.table.set_store(store)

    @Slot()
    def refresh(self) -> None:
        """Reads the log anew."""
        self.table.find(self.field.text().strip())

    @Slot(str)
    def _typed(self, text: str) -> None:
        del text
        self._typing.start()

    @Slot()
    def _find(self) -> None:
        self.refresh()

    @Slot()
    def _loaded(self) -> None:
        self.text.clear()
        if self.table.entries:
            self.states.show_content()
            self.view.selectRow(0)
        elif self.field.text().strip():
            self.states.empty.set_texts(
                self.tr("Nothing found"), self.tr("No row of the audit log holds this text.")
            )
            self.states.show_empty()
        else:
            self.states.empty.set_texts(
                self.tr("The audit log is empty"),
                self.tr(
                    "Every change of a threshold, mask, recipe or model is written here with its reason."
                ),
            )
            self.states.show_empty()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.states.show_error(error, self.tr("Look again"))

    @Slot(QModelIndex, QModelIndex)
    def _show_row(self, current: QModelIndex, before: QModelIndex) -> None:
        del before
        if 0 <= current.row() < len(self.table.entries):
            self.text.setPlainText(entry_text(self.table.entries[current.row()]))

    # Verify and export

    @Slot()
    def start_verify(self) -> None:
        """Checks every row, the chain and both anchors, in the background."""
        store = self._context.store
        if store is None:
            return
        self.verify.setEnabled(False)
        self._say(self.tr("Checking every row"), "")
        self._context.background.run(
            store.audit.verify, self._verified, self._not_verified, topic="records.verify"
        )

    def _verified(self, found: Verification) -> None:
        self.verify.setEnabled(True)
        if found.intact:
            text = self.tr("Intact: %Ln row(s), each with its right hash and in its place.", "", found.rows)
            self._say(text, "ok")
            return
        lines = [said(problem.text) for problem in found.problems]
        text = self.tr("The log was changed: %Ln problem(s) in {rows}.", "", len(lines))
        self._say(text.format(rows=self.tr("%Ln row(s)", "", found.rows)), "ng", lines)

    def _not_verified(self, error: Exception) -> None:
        self.verify.setEnabled(True)
        self._say(said(error), "ng")

    def _say(self, text: str, tone: str, lines: list[str] | None = None) -> None:
        self.result.set_tone(tone)
        self.result.setText(text)
        self.result.show()
        self.problems.setPlainText("\n".join(lines or []))
        self.problems.setVisible(bool(lines))

    @Slot()
    def _ask_csv(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export CSV"), "audit.csv", "CSV (*.csv)")
        if name:
            self.write(Path(name))

    @Slot()
    def _ask_json(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export JSON"), "audit.json", "JSON (*.json)")
        if name:
            self.write(Path(name))

    def write(self, path: Path) -> None:
        """Writes the whole log as CSV or JSON, by the file's ending."""
        store = self._context.store
        if store is None:
            return

        def work() -> Path:
            log = store.audit
            as_csv = path.suffix.lower() == ".csv"
            # A byte-order mark tells spreadsheets that it is UTF-8.
            data = log.to_csv().encode("utf-8-sig") if as_csv else log.to_json().encode()
            part = path.with_name(path.name + ".part")
            part.write_bytes(data)
            part.replace(path)
            return path

        self._context.background.run(work, self._written, self._not_written)

    def _written(self, path: Path) -> None:
        self._context.toast(self.tr("Saved as {path}").format(path=path))

    def _not_written(self, error: Exception) -> None:
        self._say(self.tr("The log could not be saved: {error}").format(error=said(error)), "ng")
