"""The colour bar: the recipe's fixed scale with T1 and T2 on it."""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from tilesight.ui.theme import Theme, Type, font
from tilesight.ui.viewer.colours import FUSED_LEVELS, LEVELS, MIXES, map_table, overlay_table
from tilesight.ui.viewer.model import ViewerModel

_BAR = 14.0
_UNDER = "#70747a"


def ticks(bottom: float, top: float, most: int) -> list[float]:
    """Round values between `bottom` and `top`, at most `most` of them."""
    raw = (top - bottom) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = math.ceil(bottom / step - 1e-9)
    return [step * at for at in range(first, math.floor(top / step + 1e-9) + 1)]


class ColourBar(QWidget):
    """Shows what a colour of the overlay stands for.

    Args:
        model: Map, scale and thresholds.
        theme: Colours.
    """

    def __init__(self, model: ViewerModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setAccessibleName(self.tr("Colour scale"))
        for signal in (model.tile_changed, model.look_changed, theme.changed):
            signal.connect(self._refresh)
        self._refresh()

    def sizeHint(self) -> QSize:
        """Bar and numbers."""
        return QSize(72, 240)

    @property
    def saturated(self) -> bool:
        """Whether the tile's map goes beyond the top of the scale."""
        tile, scale = self._model.tile, self._model.scale
        if tile is None or tile.maps is None or scale is None:
            return False
        return float(tile.maps.grid(self._model.map_name).max()) > scale.top

    @Slot()
    def _refresh(self) -> None:
        self._gradient: QImage | None = None
        thresholds = self._model.thresholds
        if thresholds is not None:
            locale = QLocale()
            low, high = locale.toString(thresholds.low, "f", 2), locale.toString(thresholds.high, "f", 2)
            tip = self.tr("Score on the recipe's own scale. Grey starts at T1 = {low}, NG at T2 = {high}.")
            self.setToolTip(tip.format(low=low, high=high))
        self.update()

    def _columns(self) -> list[list[int]]:
        """Colours from bottom to top, one list a column: two hues for the fused map."""
        scale, thresholds, name = self._model.scale, self._model.thresholds, self._model.map_name
        if scale is None or thresholds is None:
            return []
        if self._model.split:
            table = map_table(name, scale)
        else:
            table = overlay_table(name, scale, thresholds, max(self._model.opacity, 0.2))
        if name != "fused":
            return [table[:LEVELS]]
        return [table[mix * FUSED_LEVELS : (mix + 1) * FUSED_LEVELS] for mix in range(MIXES)]

    def _image(self) -> QImage:
        if self._gradient is None:
            columns = self._columns()
            made = QImage(len(columns), len(columns[0]), QImage.Format.Format_ARGB32)
            for x, column in enumerate(columns):
                for level, colour in enumerate(column):
                    made.setPixel(x, len(column) - 1 - level, colour)
            self._gradient = made
        return self._gradient

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws bar, numbers, thresholds and the mark of saturation."""
        scale, thresholds = self._model.scale, self._model.thresholds
        if scale is None or thresholds is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        bar = QRectF(4, 22, _BAR, self.height() - 34)
        # Middle grey lies under the colours, as a tile does.
        painter.fillRect(bar, QColor(_UNDER))
        painter.drawImage(bar, self._image())
        painter.setFont(font(Type.CAPTION, tabular=True))
        metrics = QFontMetricsF(painter.font())
        marks = ((thresholds.low, "T1", colours.grey), (thresholds.high, "T2", colours.ng))
        heights = [self._height_of(value, bar) for value, _, _ in marks]
        painter.setPen(QColor(colours.dim))
        for value in ticks(scale.bottom, scale.top, 6):
            y = self._height_of(value, bar)
            if min(abs(y - height) for height in heights) > metrics.height() * 0.9:
                text = QLocale().toString(value, "f", 0 if value == round(value) else 1)
                painter.drawText(QPointF(bar.right() + 10, y + metrics.capHeight() / 2), text)
        self._paint_thresholds(painter, bar, metrics, heights)
        if self.saturated:
            self._paint_saturation(painter, bar)
        painter.end()

    def _paint_thresholds(
        self, painter: QPainter, bar: QRectF, metrics: QFontMetricsF, heights: list[float]
    ) -> None:
        colours, thresholds = self._theme.colours, self._model.thresholds
        if thresholds is None:
            return
        painter.setFont(font(Type.CAPTION, bold=True, tabular=True))
        text_at = list(heights)
        if text_at[0] - text_at[1] < metrics.height():
            middle = sum(text_at) / 2
            text_at = [middle + metrics.height() / 2, middle - metrics.height() / 2]
        values = (thresholds.low, thresholds.high)
        for at, (name, colour) in enumerate((("T1", colours.grey), ("T2", colours.ng))):
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(QPointF(bar.left() - 3, heights[at]), QPointF(bar.right() + 5, heights[at]))
            number = QLocale().toString(values[at], "f", 1)
            place = QPointF(bar.right() + 8, text_at[at] + metrics.capHeight() / 2)
            painter.drawText(place, f"{name} {number}")

    def _paint_saturation(self, painter: QPainter, bar: QRectF) -> None:
        tile = self._model.tile
        if tile is None or tile.maps is None:
            return
        peak = float(tile.maps.grid(self._model.map_name).max())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.text))
        middle, top = bar.center().x(), bar.top() - 5
        corners = [QPointF(middle - 6, top), QPointF(middle + 6, top), QPointF(middle, top - 9)]
        painter.drawPolygon(QPolygonF(corners))
        painter.setPen(QColor(self._theme.colours.text))
        painter.setFont(font(Type.CAPTION, bold=True, tabular=True))
        painter.drawText(QPointF(bar.right() + 8, top), QLocale().toString(peak, "f", 1))

    def _height_of(self, value: float, bar: QRectF) -> float:
        scale = self._model.scale
        return bar.bottom() - (scale.share(value) if scale else 0.0) * bar.height()
