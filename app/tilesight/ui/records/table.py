"""The table on screen: pictures, verdict shapes, label caps; sorts by its header."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tilesight.store.types import RecordRow
from tilesight.ui.colour import mix
from tilesight.ui.label_words import KEYS, label_colour
from tilesight.ui.records.table_model import (
    COLUMNS,
    LABEL,
    LOT,
    MODEL,
    NAME,
    PICTURE,
    RECIPE,
    SCORE,
    SERIAL,
    SOURCE,
    TIME,
    VERDICT,
    RecordTable,
    cell_text,
)
from tilesight.ui.theme import TARGET, Theme, Type, font
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.verdict_badge import paint_shape

_WIDTHS = {
    PICTURE: 72,
    VERDICT: 156,
    SCORE: 72,
    TIME: 176,
    LOT: 88,
    SERIAL: 88,
    LABEL: 136,
    NAME: 132,
    SOURCE: 120,
    MODEL: 104,
    RECIPE: 132,
}
_ROW = TARGET + 4


class RecordDelegate(QStyledItemDelegate):
    """Draws pictures, verdicts and labels.

    Args:
        theme: Colours.
        thumbnails: Small pictures.
    """

    def __init__(self, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails
        self._plain, self._bold = font(Type.BODY, tabular=True), font(Type.BODY, bold=True, tabular=True)
        self._plain_metrics, self._bold_metrics = QFontMetrics(self._plain), QFontMetrics(self._bold)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draws a cell by hand: a style sheet's own painting takes several times as long."""
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        rect: QRect = option.rect  # type: ignore[attr-defined]
        colours = self._theme.colours
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(mix(colours.accent, colours.surface, 0.22)))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.raised))
        model = index.model()
        row = model.row_at(index.row()) if isinstance(model, RecordTable) else None
        column = index.column()
        if row is not None:
            self._cell(painter, QRectF(rect), row, column)
        elif column == TIME:
            painter.setPen(QColor(colours.dim))
            painter.drawText(rect.adjusted(8, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), "…")
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _cell(self, painter: QPainter, box: QRectF, row: RecordRow, column: int) -> None:
        colours = self._theme.colours
        room = box.adjusted(8, 0, -8, 0)
        if column == PICTURE:
            self._picture(painter, box, row)
            return
        if column == VERDICT:
            place = QRectF(room.left(), box.center().y() - 7, 14, 14)
            paint_shape(painter, place, row.verdict, colours)
            room.setLeft(room.left() + 22)
        elif column == LABEL and row.label is not None:
            self._label(painter, box, row)
            room.setLeft(room.left() + 24)
        bold = column in (VERDICT, SCORE)
        painter.setFont(self._bold if bold else self._plain)
        painter.setPen(QColor(colours.text))
        side = Qt.AlignmentFlag.AlignRight if column == SCORE else Qt.AlignmentFlag.AlignLeft
        metrics = self._bold_metrics if bold else self._plain_metrics
        text = metrics.elidedText(cell_text(row, column), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), text)

    def _picture(self, painter: QPainter, box: QRectF, row: RecordRow) -> None:
        picture = self._thumbnails.get(row.id)
        if picture is None:
            return
        side = int(box.height()) - 4
        size = picture.size().scaled(QSize(int(box.width()) - 8, side), Qt.AspectRatioMode.KeepAspectRatio)
        corner = box.center() - QPointF(size.width() / 2, size.height() / 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRectF(corner, size), picture, QRectF(picture.rect()))
        painter.restore()

    def _label(self, painter: QPainter, box: QRectF, row: RecordRow) -> None:
        colours = self._theme.colours
        assert row.label is not None
        painter.save()
        cap = QRectF(box.left() + 6, box.center().y() - 9, 18, 18)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(label_colour(row.label, colours)))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setFont(font(Type.CAPTION, bold=True))
        painter.setPen(QColor(colours.on_verdict))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), KEYS[row.label])
        painter.restore()


class RecordView(QTableView):
    """The table.

    Args:
        model: The records.
        thumbnails: Small pictures.
        theme: Colours.
    """

    def __init__(
        self, model: RecordTable, thumbnails: Thumbnails, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table = model
        self.setModel(model)
        self.setItemDelegate(RecordDelegate(theme, thumbnails, self))
        self.setAccessibleName(self.tr("Records"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(QWidget())
        side = self.verticalHeader()
        # One height for all: a table of a hundred thousand rows must not measure each.
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(_ROW)
        side.hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumHeight(TARGET)
        head.setSectionsMovable(True)
        head.setStretchLastSection(True)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        head.setSortIndicator(TIME, Qt.SortOrder.DescendingOrder)
        head.setSortIndicatorShown(True)
        head.setSectionsClickable(True)
        head.sortIndicatorChanged.connect(self._sort)
        thumbnails.arrived.connect(self._repaint)
        theme.changed.connect(self._repaint)

    @Slot(int, Qt.SortOrder)
    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        if COLUMNS[column][1] is None:
            return
        self._table.sort(column, order)

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()

    @property
    def selected_ids(self) -> list[int]:
        """Numbers of the selected records, in the order of the table."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [int(self._table.ids[row]) for row in rows if row < len(self._table.ids)]

    @property
    def current_id(self) -> int | None:
        """Number of the record with the keyboard."""
        row = self.currentIndex().row()
        return int(self._table.ids[row]) if 0 <= row < len(self._table.ids) else None

    def show_record(self, record_id: int) -> bool:
        """Selects a record and brings it into view; False where it is not in the table."""
        place = self._table.place_of(record_id)
        if place >= 0:
            index = self._table.index(place, VERDICT)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        return place >= 0
