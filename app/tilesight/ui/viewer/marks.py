"""Draws what is known about a tile onto it: outlined regions with their size, and the area left out."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from bsdrd.result import Fired, Region
from tilesight.ui.theme import GRID, Theme, Type, font
from tilesight.ui.viewer.geometry import Port
from tilesight.ui.viewer.model import ViewerModel
from tilesight.ui.viewer.outlines import excluded_path, region_path

# On a picture the light hues read best in both themes, with a dark halo under them.
_STROKES = {"struct": "#5fe3ff", "detail": "#ffc24a", "both": "#ff9ec4"}
_HALO = QColor(0, 0, 0, 150)
#: More outlines than these would be noise; the list beside has them all.
_MOST = 40


def fired_word(fired: Fired) -> str:
    """Which student fired, in the language in force."""
    return {
        "struct": QCoreApplication.translate("Viewer", "struct"),
        "detail": QCoreApplication.translate("Viewer", "detail"),
        "both": QCoreApplication.translate("Viewer", "both"),
    }[fired]


def area_text(area_px: int, mm_per_px: float | None) -> str:
    """An area with its unit: mm² where the scale is known, else pixels."""
    locale = QLocale()
    if mm_per_px is None:
        return f"{locale.toString(area_px)} px"
    area = area_px * mm_per_px * mm_per_px
    return f"{locale.toString(area, 'f', 2 if area < 10 else 1 if area < 100 else 0)} mm²"


class MarkPainter:
    """Paints outlines over a tile.

    Args:
        model: The tile, and which region is chosen.
        theme: Colours.
    """

    def __init__(self, model: ViewerModel, theme: Theme) -> None:
        self._model, self._theme = model, theme
        self._paths: list[QPainterPath] | None = None
        self._excluded: QPainterPath | None = None

    def forget(self) -> None:
        """The tile is another one."""
        self._paths = self._excluded = None

    def region_at(self, place: QPointF) -> int | None:
        """Which region lies at a place of the tile; the smallest one where they overlap."""
        tile = self._model.tile
        if tile is None:
            return None
        near = 6.0 * self._model.port.ratio / self._model.view.zoom
        hits = [
            (region.area_px, at)
            for at, region in enumerate(tile.regions)
            if QRectF(*region.box).adjusted(-near, -near, near, near).contains(place)
        ]
        return min(hits)[1] if hits else None

    def paint(self, painter: QPainter, port: Port, room: QRectF) -> None:
        """Draws everything.

        Args:
            painter: In logical pixels of the canvas.
            port: The canvas in device pixels.
            room: The canvas in logical pixels.
        """
        tile = self._model.tile
        if tile is None:
            return
        origin = port.to_widget(self._model.view, 0, 0)
        factor = self._model.view.zoom / port.ratio
        if tile.mask is not None:
            self._paint_excluded(painter, origin, factor)
        if not self._model.marks or not tile.regions:
            return
        if self._paths is None:
            self._paths = [region_path(tile, region) for region in tile.regions[:_MOST]]
        painter.save()
        painter.translate(origin)
        painter.scale(factor, factor)
        for at, path in enumerate(self._paths):
            self._stroke(painter, path, tile.regions[at], chosen=at == self._model.selected)
        painter.restore()
        self._paint_chips(painter, port, room)

    def _stroke(self, painter: QPainter, path: QPainterPath, region: Region, *, chosen: bool) -> None:
        width = 3.0 if chosen else 1.8
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, extra in ((_HALO, 2.4), (QColor(_STROKES[region.fired]), 0.0)):
            pen = QPen(colour, width + extra)
            pen.setCosmetic(True)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(path)

    def _paint_excluded(self, painter: QPainter, origin: QPointF, factor: float) -> None:
        tile = self._model.tile
        if tile is None or tile.mask is None:
            return
        if self._excluded is None:
            self._excluded = excluded_path(tile.mask)
        painter.save()
        painter.translate(origin)
        painter.scale(factor, factor)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(20, 24, 32, 110))
        painter.drawPath(self._excluded)
        hatch = QBrush(QColor(200, 210, 225, 70), Qt.BrushStyle.BDiagPattern)
        hatch.setTransform(painter.transform().inverted()[0])
        painter.setBrush(hatch)
        painter.drawPath(self._excluded)
        painter.restore()

    def _paint_chips(self, painter: QPainter, port: Port, room: QRectF) -> None:
        """A small label at each region, as far as they find room: "1  0.8 mm²  detail"."""
        tile, taken = self._model.tile, list[QRectF]()
        if tile is None:
            return
        painter.setFont(font(Type.CAPTION, bold=True, tabular=True))
        metrics = QFontMetricsF(painter.font())
        for at, region in enumerate(tile.regions[:_MOST]):
            words = (str(at + 1), area_text(region.area_px, tile.mm_per_px), fired_word(region.fired))
            text = "  ".join(words)
            size = (metrics.horizontalAdvance(text) + 2 * GRID, metrics.height() + 6)
            chip = self._chip_place(region, port, room, size)
            if chip is None or any(chip.intersects(other) for other in taken):
                continue
            taken.append(chip)
            chosen = at == self._model.selected
            painter.setPen(QColor(_STROKES[region.fired]) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(8, 11, 16, 215))
            painter.drawRoundedRect(chip, 6, 6)
            painter.setPen(QColor(_STROKES[region.fired]))
            painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), text)

    def _chip_place(
        self, region: Region, port: Port, room: QRectF, size: tuple[float, float]
    ) -> QRectF | None:
        x, y, width, height = region.box
        corner = port.to_widget(self._model.view, x, y)
        foot = port.to_widget(self._model.view, x + width, y + height)
        if not room.intersects(QRectF(corner, foot).adjusted(-1, -1, 1, 1)):
            return None
        top = corner.y() - size[1] - 6
        if top < room.top() + 4:
            top = min(foot.y() + 6, room.bottom() - size[1] - 4)
        left = min(max(corner.x(), room.left() + 4), room.right() - size[0] - 4)
        return QRectF(left, top, *size)
