"""The film strip: the last tiles, edged in their verdict's colour, newest at the right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tilesight.line.news import TileBrief
from tilesight.ui.messages import name_text
from tilesight.ui.models.line import LineModel
from tilesight.ui.theme import Theme, Type, font
from tilesight.ui.tile_thumb import paint_thumb
from tilesight.ui.verdict_badge import verdict_word

_CELL = 104
_THUMB = 88
_HEIGHT = 120


def thumb_image(pixels: NDArray[np.uint8]) -> QImage:
    """A picture of its own memory from H x W or H x W x 3 (RGB) uint8."""
    held = np.ascontiguousarray(pixels)
    kind = QImage.Format.Format_Grayscale8 if held.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(held.data, held.shape[1], held.shape[0], held.strides[0], kind).copy()


class FilmStrip(QWidget):
    """Shows the line model's last tiles; a click or the arrow keys choose one.

    Args:
        line: The tiles, and which one is on show.
        theme: Colours.
    """

    def __init__(self, line: LineModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line, self._theme = line, theme
        self._images: dict[int, QImage] = {}
        self._cards: dict[int, QPixmap] = {}
        self._cards_ratio = 0.0
        self._back = 0  # How many of the newest are scrolled out at the right.
        self._hover = -1
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Last tiles"))
        line.briefs_changed.connect(self._take_briefs)
        line.following_changed.connect(self._follow)
        line.shown_changed.connect(self._repaint)
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Some cells."""
        return QSize(6 * _CELL, _HEIGHT)

    def cell_of(self, ticket: int) -> QRectF:
        """Where a tile's cell lies; null if it is not in view."""
        for brief, cell in self._cells():
            if brief.ticket == ticket:
                return cell
        return QRectF()

    def _cells(self) -> list[tuple[TileBrief, QRectF]]:
        """Those in view, newest first."""
        briefs = self._line.briefs
        last = len(briefs) - self._back
        found: list[tuple[TileBrief, QRectF]] = []
        right = float(self.width())
        for brief in reversed(briefs[:last]):
            cell = QRectF(right - _CELL, 0, _CELL, _HEIGHT)
            if cell.right() <= 0:
                break
            found.append((brief, cell))
            right -= _CELL
        return found

    @Slot()
    def _take_briefs(self) -> None:
        briefs = self._line.briefs
        here = {brief.ticket for brief in briefs}
        self._images = {ticket: image for ticket, image in self._images.items() if ticket in here}
        self._cards = {ticket: card for ticket, card in self._cards.items() if ticket in here}
        for brief in briefs:
            if brief.ticket not in self._images and brief.thumb is not None:
                self._images[brief.ticket] = thumb_image(brief.thumb)
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """What a person looks at stays in view while new tiles come."""
        briefs, wanted = self._line.briefs, self._line.wanted
        if wanted is not None and any(brief.ticket == wanted for brief in briefs):
            behind = sum(brief.ticket > wanted for brief in briefs)
            fit = max(self.width() // _CELL - 1, 0)
            self._back = min(max(self._back, behind - fit), behind)
        self._back = min(self._back, max(len(briefs) - 1, 0))
        self.update()

    @Slot()
    def _follow(self) -> None:
        if self._line.following:
            self._back = 0
        self._keep_in_view()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    @Slot()
    def _restyle(self) -> None:
        self._cards.clear()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the cells."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shown = self._line.shown
        current = self._line.wanted if self._line.wanted is not None else (shown.ticket if shown else -1)
        for brief, cell in self._cells():
            self._paint_cell(painter, brief, cell, chosen=brief.ticket == current)
        if not self._line.briefs:
            painter.setFont(font(Type.BODY))
            painter.setPen(QColor(self._theme.colours.dim))
            text = self.tr("The last tiles appear here.")
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), text)
        if self.hasFocus() and not self._line.briefs:
            painter.setPen(QPen(QColor(self._theme.colours.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

    def _card(self, brief: TileBrief) -> QPixmap:
        """The picture with its verdict's edge and shape, drawn once."""
        ratio = self.devicePixelRatioF()
        if ratio != self._cards_ratio:
            self._cards.clear()
            self._cards_ratio = ratio
        if brief.ticket not in self._cards:
            self._cards[brief.ticket] = self._draw_card(brief, ratio)
        return self._cards[brief.ticket]

    def _draw_card(self, brief: TileBrief, ratio: float) -> QPixmap:
        colours = self._theme.colours
        card = QPixmap(round(_THUMB * ratio), round(_THUMB * ratio))
        card.setDevicePixelRatio(ratio)
        card.fill(Qt.GlobalColor.transparent)
        painter = QPainter(card)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(0, 0, _THUMB, _THUMB)
        paint_thumb(painter, frame, self._images.get(brief.ticket), brief.verdict, colours)
        painter.end()
        return card

    def _paint_cell(self, painter: QPainter, brief: TileBrief, cell: QRectF, *, chosen: bool) -> None:
        colours = self._theme.colours
        frame = QRectF(cell.left() + 8, cell.top() + 4, _THUMB, _THUMB)
        painter.drawPixmap(frame.topLeft(), self._card(brief))
        if chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.text), 2))
            painter.drawRoundedRect(frame.adjusted(-3, -3, 3, 3), 10, 10)
        painter.setFont(font(Type.CAPTION, bold=chosen, tabular=True))
        painter.setPen(QColor(colours.text if chosen or brief.ticket == self._hover else colours.dim))
        score = "–" if brief.score is None else QLocale().toString(brief.score, "f", 1)
        foot = QRectF(frame.left() - 6, frame.bottom() + 4, _THUMB + 12, 20)
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignCenter), score)

    def _ticket_at(self, at: QPoint) -> int:
        return next((brief.ticket for brief, cell in self._cells() if cell.contains(QPointF(at))), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses a tile."""
        ticket = self._ticket_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and ticket >= 0:
            self._line.want(ticket)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lights the tile under the cursor."""
        ticket = self._ticket_at(event.position().toPoint())
        if ticket != self._hover:
            self._hover = ticket
            self.setCursor(Qt.CursorShape.PointingHandCursor if ticket >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls through the tiles."""
        delta = event.angleDelta().y() or -event.angleDelta().x()
        step = 1 if delta > 0 else -1
        self._back = min(max(self._back + step, 0), max(len(self._line.briefs) - 1, 0))
        self.update()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys walk; End goes back to live."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._line.want_step(-1 if event.key() == Qt.Key.Key_Left else 1)
        elif event.key() == Qt.Key.Key_End:
            self._line.follow()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Says more about the tile under the cursor."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            ticket = self._ticket_at(event.pos())
            found = [brief for brief in self._line.briefs if brief.ticket == ticket]
            if found:
                when = f"{found[0].inspected_at.astimezone():%H:%M:%S}"
                text = f"{name_text(found[0].name)}\n{verdict_word(found[0].verdict)}  {when}"
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)
