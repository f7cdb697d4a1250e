"""The score on the recipe's own scale, with T1 and T2."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bsdrd.result import Thresholds, Verdict
from tilesight.ui.theme import GRID, Theme, Type, font
from tilesight.ui.viewer.tile import MapScale

#: Radius of the mark at the score.
_MARK = 11


class ScoreBar(QWidget):
    """A bar in the three verdict colours, with a mark at the score.

    Args:
        theme: Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._score: float | None = None
        self._thresholds: Thresholds | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._repaint)

    def show_score(self, score: float | None, thresholds: Thresholds | None) -> None:
        """Shows a score; None for a tile that was not inspected."""
        self._score, self._thresholds = score, thresholds
        if score is None or thresholds is None:
            self.setAccessibleName(self.tr("No score"))
        else:
            locale = QLocale()
            text = self.tr("Score {score}; grey starts at {low}, NG at {high}").format(
                score=locale.toString(score, "f", 2),
                low=locale.toString(thresholds.low, "f", 2),
                high=locale.toString(thresholds.high, "f", 2),
            )
            self.setAccessibleName(text)
            self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        """Number, bar, and the names of the thresholds."""
        return QSize(240, 88)

    def place_of(self, value: float) -> float:
        """Horizontal place of a value in pixels."""
        bar = self._bar()
        if self._thresholds is None:
            return bar.left()
        return bar.left() + MapScale.for_thresholds(self._thresholds).share(value) * bar.width()

    def _bar(self) -> QRectF:
        # The mark of the highest score is whole too.
        return QRectF(_MARK + 2, 44, self.width() - 2 * (_MARK + 2), 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        painter.setFont(font(Type.BODY))
        painter.setPen(QColor(colours.dim))
        painter.drawText(QPointF(0, 28), self.tr("Score"))
        bar = self._bar()
        clip = QPainterPath()
        clip.addRoundedRect(bar, 6, 6)
        thresholds = self._thresholds
        if thresholds is None or self._score is None:
            painter.fillPath(clip, QColor(colours.raised))
            painter.end()
            return
        low, high = self.place_of(thresholds.low), self.place_of(thresholds.high)
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(QRectF(bar.left(), bar.top(), low - bar.left(), bar.height()), QColor(colours.ok))
        painter.fillRect(QRectF(low, bar.top(), high - low, bar.height()), QColor(colours.grey))
        painter.fillRect(QRectF(high, bar.top(), bar.right() - high, bar.height()), QColor(colours.ng))
        painter.fillRect(bar, self._veil())
        painter.restore()
        self._paint_score(painter, bar, thresholds)
        self._paint_names(painter, bar, low, high)
        painter.end()

    def _veil(self) -> QColor:
        veil = QColor(self._theme.colours.surface)
        veil.setAlpha(120)
        return veil

    def _paint_score(self, painter: QPainter, bar: QRectF, thresholds: Thresholds) -> None:
        colours, score = self._theme.colours, self._score or 0.0
        colour = QColor(colours.verdict(thresholds.verdict(score)))
        if thresholds.verdict(score) is Verdict.NOT_INSPECTED:
            return
        painter.setFont(font(Type.HEAD, tabular=True))
        painter.setPen(colour)
        room = QRectF(0, 0, self.width(), 38)
        number = QLocale().toString(score, "f", 2)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number)
        at = self.place_of(score)
        painter.setPen(QPen(QColor(colours.surface), 3))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(at, bar.center().y()), _MARK, _MARK)

    def _paint_names(self, painter: QPainter, bar: QRectF, low: float, high: float) -> None:
        colours, thresholds = self._theme.colours, self._thresholds
        if thresholds is None:
            return
        painter.setFont(font(Type.CAPTION, tabular=True))
        metrics = QFontMetricsF(painter.font())
        locale = QLocale()
        texts = [
            f"T1 {locale.toString(thresholds.low, 'f', 1)}",
            f"T2 {locale.toString(thresholds.high, 'f', 1)}",
        ]
        widths = [metrics.horizontalAdvance(text) for text in texts]
        lefts = [low - widths[0] / 2, high - widths[1] / 2]
        if lefts[0] + widths[0] + GRID > lefts[1]:
            middle = (low + high) / 2
            lefts = [middle - widths[0] - GRID / 2, middle + GRID / 2]
        base = bar.bottom() + 6 + metrics.ascent()
        for at, (text, place) in enumerate(zip(texts, (low, high), strict=True)):
            painter.setPen(QPen(QColor(colours.text), 1.5))
            painter.drawLine(QPointF(place, bar.top() - 4), QPointF(place, bar.bottom() + 4))
            painter.setPen(QColor(colours.dim))
            left = min(max(lefts[at], 0.0), self.width() - widths[at])
            painter.drawText(QPointF(left, base), text)

    @Slot()
    def _repaint(self) -> None:
        self.update()
