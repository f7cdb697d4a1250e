"""A table of any number of records: their numbers in order, and the rows that are looked at.

The numbers (eight bytes a record) come in one query off the GUI thread; rows come by the page when
something wants to paint them, newest wish first, and a few hundred pages are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from tilesight.store.filters import OrderBy
from tilesight.store.records import NEWEST, Order, RecordFilter, RecordStore
from tilesight.store.types import RecordRow
from tilesight.ui.background import Background
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.label_words import label_text
from tilesight.ui.verdict_badge import verdict_word

Index = QModelIndex | QPersistentModelIndex
PAGE = 200
_PAGES_KEPT = 100
_PAGES_AT_ONCE = 3
_TOPIC = "records.ids"

PICTURE, VERDICT, SCORE, TIME, LOT, SERIAL, LABEL, NAME, SOURCE, MODEL, RECIPE = range(11)

#: Head of each column, and what it sorts by; "" for those that do not sort.
COLUMNS: tuple[tuple[str, OrderBy | None], ...] = (
    (QT_TRANSLATE_NOOP("Records", "Picture"), None),
    (QT_TRANSLATE_NOOP("Records", "Verdict"), "verdict"),
    (QT_TRANSLATE_NOOP("Records", "Score"), "score"),
    (QT_TRANSLATE_NOOP("Records", "Inspected"), "time"),
    (QT_TRANSLATE_NOOP("Records", "Lot"), "lot"),
    (QT_TRANSLATE_NOOP("Records", "Serial"), "serial"),
    (QT_TRANSLATE_NOOP("Records", "Label"), "label"),
    (QT_TRANSLATE_NOOP("Records", "Name"), "name"),
    (QT_TRANSLATE_NOOP("Records", "Source"), "source"),
    (QT_TRANSLATE_NOOP("Records", "Model"), None),
    (QT_TRANSLATE_NOOP("Records", "Recipe"), None),
)


class RecordTable(QAbstractTableModel):
    """The model; `look_for` says what it holds.

    Args:
        background: Worker threads.
    """

    loaded = Signal()  #: Another set of records is there.
    failed = Signal(object)  #: Exception; what was shown stays.

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._store: RecordStore | None = None
        self.which = RecordFilter()
        self.order = NEWEST
        self.looking = False
        self._ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._pages: OrderedDict[int, tuple[RecordRow | None, ...]] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._reading: set[int] = set()
        self._made = 0  # Counts the sets, so that a page of an older one is dropped.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read_pages)

    @property
    def ids(self) -> NDArray[np.int64]:
        """Numbers of all records it holds, in order."""
        return self._ids

    @property
    def pages(self) -> int:
        """How many pages are kept now."""
        return len(self._pages)

    def set_store(self, store: RecordStore | None) -> None:
        """Shows another store from now on."""
        self._store = store
        self._background.forget(_TOPIC)
        self.looking = False
        self._take_ids(np.empty(0, np.int64))
        if store is not None:
            self.look_for(self.which, self.order)

    def look_for(self, which: RecordFilter, order: Order) -> None:
        """Fetches the numbers of other records; what is shown stays until they are there."""
        self.which, self.order = which, order
        store = self._store
        if store is not None:
            self.looking = True
            self._background.run(lambda: store.ids(which, order), self._take_ids, self._no_ids, topic=_TOPIC)

    def refresh(self) -> None:
        """Fetches the same again: new records, changed labels."""
        self.look_for(self.which, self.order)

    def _take_ids(self, ids: NDArray[np.int64]) -> None:
        self.looking = False
        self.beginResetModel()
        self._made += 1
        self._ids = ids
        self._pages.clear()
        self._wanted.clear()
        self._reading.clear()
        self.endResetModel()
        self.loaded.emit()

    def _no_ids(self, error: Exception) -> None:
        self.looking = False
        self.failed.emit(error)

    # Rows

    def row_at(self, row: int) -> RecordRow | None:
        """A record; None until its page is read."""
        if not 0 <= row < len(self._ids):
            return None
        page = row // PAGE
        rows = self._pages.get(page)
        if rows is None:
            self._want(page)
            return None
        return rows[row - page * PAGE]

    def place_of(self, record_id: int) -> int:
        """Which row a record stands in; -1 where it is not among them."""
        places = np.flatnonzero(self._ids == record_id)
        return int(places[0]) if len(places) else -1

    def _want(self, page: int) -> None:
        if page in self._reading:
            return
        self._wanted[page] = None
        self._wanted.move_to_end(page)
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _read_pages(self) -> None:
        store = self._store
        if store is None or self._reading or not self._wanted:
            return
        # The last wished for are on screen now; those scrolled past may never be needed.
        pages = list(self._wanted)[-_PAGES_AT_ONCE:]
        self._wanted.clear()
        self._reading.update(pages)
        parts = {page: self._ids[page * PAGE : (page + 1) * PAGE].tolist() for page in pages}
        made = self._made

        def work() -> dict[int, tuple[RecordRow | None, ...]]:
            found: dict[int, tuple[RecordRow | None, ...]] = {}
            for page, part in parts.items():
                rows = {row.id: row for row in store.get_many(part)}
                found[page] = tuple(rows.get(number) for number in part)
            return found

        self._background.run(work, partial(self._take_pages, made), partial(self._no_pages, made))

    def _take_pages(self, made: int, pages: dict[int, tuple[RecordRow | None, ...]]) -> None:
        if made != self._made:
            return
        self._reading.clear()
        self._pages.update(pages)
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        for page in pages:
            first, last = page * PAGE, min((page + 1) * PAGE, len(self._ids)) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))
        if self._wanted:
            self._timer.start()

    def _no_pages(self, made: int, error: Exception) -> None:
        if made == self._made:
            self._reading.clear()
            self.failed.emit(error)

    # As a table model

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many records."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heads of the columns; numbers of the records at the side."""
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation is Qt.Orientation.Horizontal:
                return QCoreApplication.translate("Records", COLUMNS[section][0])
            return int(self._ids[section]) if section < len(self._ids) else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = orientation is Qt.Orientation.Horizontal and section == SCORE
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; pictures and shapes are drawn by the delegate."""
        if not index.isValid():
            return None
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            row = self.row_at(index.row())
            if row is None:
                return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == TIME else None
            text = cell_text(row, index.column())
            return text or None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == SCORE:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column, off the GUI thread."""
        by = COLUMNS[column][1] if 0 <= column < len(COLUMNS) else None
        if by is not None:
            self.look_for(self.which, Order(by, order is Qt.SortOrder.DescendingOrder))


def cell_text(row: RecordRow, column: int) -> str:
    """What stands in a cell."""
    if column == VERDICT:
        return verdict_word(row.verdict)
    if column == SCORE:
        return "–" if row.score is None else QLocale().toString(row.score, "f", 2)
    if column == TIME:
        return f"{row.inspected_at.astimezone():%Y-%m-%d %H:%M:%S}"
    if column == LABEL:
        return label_text(row.label, row.label_class) if row.label is not None else ""
    if column == RECIPE:
        return f"{row.recipe_name} v{row.recipe_version}" if row.recipe_name else ""
    texts = {
        LOT: row.lot,
        SERIAL: row.serial,
        NAME: row.name,
        SOURCE: row.source,
        MODEL: row.model_name or (row.model_sha256 or "")[:12],
    }
    return texts.get(column) or ""
