"""The queue as a strip of small pictures: verdict, label, and where one stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tilesight.store.types import LabelKind, RecordRow
from tilesight.ui.label_words import KEYS, label_colour, label_text, score_text
from tilesight.ui.picture_words import no_picture_head
from tilesight.ui.review.model import ReviewModel
from tilesight.ui.theme import Theme, Type, font
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.tile_thumb import paint_thumb
from tilesight.ui.verdict_badge import verdict_word

_CELL, _THUMB, _HEIGHT = 88, 72, 100


class QueueStrip(QWidget):
    """Shows the queue around the tile on screen; a click or the arrow keys go to another one.

    Args:
        model: The queue.
        thumbnails: Small pictures.
        theme: Colours.
    """

    def __init__(
        self, model: ReviewModel, thumbnails: Thumbnails, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._thumbnails, self._theme = model, thumbnails, theme
        self._first = 0
        self._hover = -1
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Queue"))
        model.queue_changed.connect(self._follow)
        model.current_changed.connect(self._follow)
        model.rows_changed.connect(self._repaint)
        thumbnails.arrived.connect(self._repaint)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """Some cells."""
        return QSize(6 * _CELL, _HEIGHT)

    @property
    def _fit(self) -> int:
        return max(self.width() // _CELL, 1)

    @property
    def first(self) -> int:
        """Place in the queue of the leftmost cell."""
        return self._first

    @Slot()
    def _follow(self) -> None:
        """Keeps the tile on screen in view, with some that come after it."""
        count, at = len(self._model.ids), self._model.at
        if at >= 0 and not self._first + 1 <= at <= self._first + self._fit - 3:
            self._first = at - self._fit // 3
        self._scroll_to(self._first)
        if count == 0:
            self.setAccessibleDescription("")
        else:
            self.setAccessibleDescription(
                self.tr("Tile {at} of {count}").format(at=max(at, 0) + 1, count=count)
            )

    def _scroll_to(self, first: int) -> None:
        self._first = min(max(first, 0), max(len(self._model.ids) - self._fit, 0))
        self._model.want_rows(self._first, self._first + self._fit)
        self.update()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer cells."""
        super().resizeEvent(event)
        self._follow()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the cells in view."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for place in range(self._first, min(self._first + self._fit + 1, len(self._model.ids))):
            cell = QRectF((place - self._first) * _CELL, 0, _CELL, _HEIGHT)
            self._paint_cell(painter, place, cell)
        painter.end()

    def _paint_cell(self, painter: QPainter, place: int, cell: QRectF) -> None:
        colours = self._theme.colours
        number = int(self._model.ids[place])
        row = self._model.row(number)
        kind, _ = self._model.label_of(number)
        frame = QRectF(cell.left() + (_CELL - _THUMB) / 2, 4, _THUMB, _THUMB)
        picture = self._thumbnails.get(number)
        paint_thumb(
            painter,
            frame,
            picture,
            None if row is None else row.verdict,
            colours,
            1.0 if kind is None else 0.55,
            self.tr("no picture") if picture is None and self._thumbnails.known(number) else "",
        )
        if kind is not None:
            self._paint_label(painter, frame, kind)
        chosen = place == self._model.at
        if chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.text), 2))
            painter.drawRoundedRect(frame.adjusted(-3, -3, 3, 3), 10, 10)
        lit = chosen or place == self._hover
        self._paint_foot(painter, cell, row, lit)

    def _paint_foot(self, painter: QPainter, cell: QRectF, row: RecordRow | None, lit: bool) -> None:
        painter.setFont(font(Type.CAPTION, bold=lit, tabular=True))
        painter.setPen(QColor(self._theme.colours.text if lit else self._theme.colours.dim))
        text = score_text(row.score) if row is not None else ""
        foot = QRectF(cell.left(), _THUMB + 8, _CELL, 18)
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_label(self, painter: QPainter, frame: QRectF, kind: LabelKind) -> None:
        """The key of the label on a key cap of its colour."""
        colours = self._theme.colours
        cap = QRectF(frame.right() - 24, frame.top() + 4, 20, 20)
        painter.setPen(QPen(QColor(0, 0, 0, 120), 1))
        painter.setBrush(QColor(label_colour(kind, colours)))
        painter.drawRoundedRect(cap, 5, 5)
        painter.setFont(font(Type.CAPTION, bold=True))
        painter.setPen(QColor(colours.on_verdict))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), KEYS[kind])

    def _place_at(self, at: QPoint) -> int:
        place = self._first + at.x() // _CELL
        return place if 0 <= place < len(self._model.ids) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes to a tile."""
        place = self._place_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and place >= 0:
            self._model.go(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lights the tile under the cursor."""
        place = self._place_at(event.position().toPoint())
        if place != self._hover:
            self._hover = place
            self.setCursor(Qt.CursorShape.PointingHandCursor if place >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor."""
        super().leaveEvent(event)
        self._hover = -1
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls through the queue without leaving the tile on screen."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        self._scroll_to(self._first + (-2 if delta > 0 else 2))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys walk; Home and End go to the ends."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._model.step(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._model.step(-self._fit if key == Qt.Key.Key_PageUp else self._fit)
        elif key == Qt.Key.Key_Home:
            self._model.go(0)
        elif key == Qt.Key.Key_End:
            self._model.go(len(self._model.ids) - 1)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Says more about the tile under the cursor."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos())
            row = self._model.row(int(self._model.ids[place])) if place >= 0 else None
            if row is not None:
                said = label_text(*self._model.label_of(row.id))
                tip = f"{row.name}\n{verdict_word(row.verdict)}  {said}"
                if self._thumbnails.known(row.id) and self._thumbnails.get(row.id) is None:
                    tip += f"\n{no_picture_head(row.verdict, 'never')}"
                QToolTip.showText(event.globalPos(), tip, self)
                return True
        return super().event(event)
