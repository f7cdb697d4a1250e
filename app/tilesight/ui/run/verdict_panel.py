"""The verdict, the loudest thing on screen: word, colour and shape, to be read from three metres."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bsdrd.result import Verdict
from tilesight.ui.labels import is_language_change
from tilesight.ui.messages import said
from tilesight.ui.models.line import ShownTile
from tilesight.ui.theme import GRID, Theme, Type, font
from tilesight.ui.verdict_badge import paint_hatch, paint_shape, verdict_word

#: Width at which the word stands 96 px high; it grows with the panel.
BASE_WIDTH = 416
_RADIUS = 12.0


class VerdictPanel(QWidget):
    """Shows a tile's verdict.

    Args:
        theme: Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tile: ShownTile | None = None
        self._note, self._faded = "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._repaint)

    def show_tile(self, tile: ShownTile | None) -> None:
        """Shows another tile's verdict."""
        before, self._tile = self._tile, tile
        # The same verdict again is the usual case, and letters this large cost time to draw.
        if before is not None and tile is not None and _alike(before, tile):
            return
        name = verdict_word(tile.verdict) if tile is not None else self.tr("No verdict yet")
        self.setAccessibleName(name)
        reason = said(tile.reason) if tile is not None else ""
        self.setAccessibleDescription(reason)
        self.setToolTip(reason)
        self.update()

    def set_note(self, note: str, faded: bool) -> None:
        """Says that the verdict is not about the tile that is there now.

        Args:
            note: Why, in some words; "" where it is.
            faded: Takes the colour back, so that nobody far away takes it for a tile that is there.
        """
        if (note, faded) != (self._note, self._faded):
            self._note, self._faded = note, faded
            self.update()

    @property
    def note(self) -> str:
        """What is said beside the verdict."""
        return self._note

    @property
    def faded(self) -> bool:
        """Whether the colour is taken back."""
        return self._faded

    @property
    def verdict(self) -> Verdict | None:
        """What it shows."""
        return self._tile.verdict if self._tile is not None else None

    @property
    def word_pixels(self) -> int:
        """Height of an ordinary verdict's letters: 96 px, and more on larger windows."""
        return round(font(Type.VERDICT).pixelSize() * max(self.width() / BASE_WIDTH, 1.0))

    def sizeHint(self) -> QSize:
        """Wide as the column, as high as the word needs."""
        return QSize(BASE_WIDTH, self.heightForWidth(max(self.width(), BASE_WIDTH)))

    def hasHeightForWidth(self) -> bool:
        """A wider panel has larger letters."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height for a width."""
        return round(152 * max(width / BASE_WIDTH, 1.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self._tile is None:
            self._paint_none(painter, box)
        elif self._tile.verdict is Verdict.NOT_INSPECTED:
            self._paint_not_inspected(painter, box, self._tile)
        else:
            self._paint_verdict(painter, box, self._tile)
        if self._tile is not None:
            self._paint_note(painter, box)
        painter.end()

    def _paint_note(self, painter: QPainter, box: QRectF) -> None:
        colours = self._theme.colours
        if self._faded:
            veil = QColor(colours.surface)
            veil.setAlpha(190)
            path = QPainterPath()
            path.addRoundedRect(box, _RADIUS, _RADIUS)
            painter.fillPath(path, veil)
        if self._note:
            painter.setFont(font(Type.CAPTION, bold=True))
            painter.setPen(QColor(colours.text))
            room = box.adjusted(2 * GRID, 6, -2 * GRID, -6)
            text = QFontMetricsF(painter.font()).elidedText(
                self._note, Qt.TextElideMode.ElideRight, room.width()
            )
            place = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
            if self.verdict is Verdict.NOT_INSPECTED and not self._faded:
                self._paint_plate(painter, painter.boundingRect(room, place, text))
            painter.drawText(room, place, text)

    def _paint_plate(self, painter: QPainter, words: QRectF) -> None:
        """A plain ground for words over the hatch."""
        path = QPainterPath()
        path.addRoundedRect(words.adjusted(-6, -2, 6, 2), 4, 4)
        painter.fillPath(path, QColor(self._theme.colours.surface))

    def _fill(self, painter: QPainter, box: QRectF, colour: str) -> None:
        path = QPainterPath()
        path.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.fillPath(path, QColor(colour))

    def _paint_none(self, painter: QPainter, box: QRectF) -> None:
        colours = self._theme.colours
        self._fill(painter, box, colours.surface)
        painter.setPen(QColor(colours.dim))
        painter.setFont(font(Type.TITLE))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.tr("No verdict yet"))

    def _paint_verdict(self, painter: QPainter, box: QRectF, tile: ShownTile) -> None:
        colours = self._theme.colours
        colour = colours.verdict(tile.verdict)
        self._fill(painter, box, colours.tint(colour, 0.14 if colours.dark else 0.1))
        edge = QPainterPath()
        edge.addRoundedRect(QRectF(box.left(), box.top(), 2 * _RADIUS, box.height()), _RADIUS, _RADIUS)
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), 8, box.height()))
        painter.fillPath(edge, QColor(colour))
        painter.restore()
        word = verdict_word(tile.verdict)
        side = box.height() * 0.54
        left = box.left() + 3.5 * GRID
        room = box.width() - side - 8.5 * GRID
        letters = self._fitting(word, room, float(self.word_pixels))
        paint_shape(painter, QRectF(left, box.center().y() - side / 2, side, side), tile.verdict, colours)
        painter.setFont(letters)
        painter.setPen(QColor(colour))
        place = QRectF(left + side + 2.5 * GRID, box.top(), room + GRID, box.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), word)

    def _paint_not_inspected(self, painter: QPainter, box: QRectF, tile: ShownTile) -> None:
        colours = self._theme.colours
        paint_hatch(painter, box, colours, stripe=box.height() / 13, radius=_RADIUS)
        frame = box.height() / 10
        plate = box.adjusted(frame, frame, -frame, -frame)
        path = QPainterPath()
        path.addRoundedRect(plate, _RADIUS * 0.66, _RADIUS * 0.66)
        painter.fillPath(path, QColor(colours.surface))
        painter.setPen(QColor(colours.ng))
        lines = verdict_word(tile.verdict).split()
        room = plate.adjusted(2 * GRID, 0, -2 * GRID, 0)
        largest = min(float(self.word_pixels), plate.height() * 0.96 / max(len(lines), 1))
        letters = self._fitting(max(lines, key=len), room.width(), largest)
        painter.setFont(letters)
        step = QFontMetricsF(letters).capHeight() * 1.28
        top = plate.center().y() - step * len(lines) / 2
        for at, line in enumerate(lines):
            place = QRectF(room.left(), top + at * step, room.width(), step)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), line)

    @staticmethod
    def _fitting(word: str, room: float, pixels: float) -> QFont:
        """The largest letters up to `pixels` in which the word finds room."""
        letters = font(Type.VERDICT)
        letters.setPixelSize(max(round(pixels), 8))
        width = QFontMetricsF(letters).horizontalAdvance(word)
        if width > room:
            letters.setPixelSize(max(int(pixels * room / width), 8))
        return letters

    def changeEvent(self, event: QEvent) -> None:
        """The word in the language in force."""
        if is_language_change(event):
            shown, self._tile = self._tile, None
            self.show_tile(shown)
        super().changeEvent(event)

    @Slot()
    def _repaint(self) -> None:
        self.update()


def _alike(one: ShownTile, other: ShownTile) -> bool:
    return (one.verdict, one.reason) == (other.verdict, other.reason)
