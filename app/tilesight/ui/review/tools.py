"""Polygon, brush and magic wand for what a reviewer draws: an area of pixels goes into the draft."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath

from tilesight.ui.theme import Theme
from tilesight.ui.viewer import ViewerModel, drawing
from tilesight.ui.viewer.drawing import DrawTool
from tilesight.ui.viewer.mask_draft import Mask, MaskDraft, brush_area, polygon_area, wand_area
from tilesight.ui.viewer.outlines import excluded_path

#: Share of the value at the click down to which the wand reaches, before it is dragged.
WAND_SHARE = 0.5
#: Dragging the wand by this many logical pixels changes its share by one hundredth.
_WAND_STEP = 2.5


class DraftTool(DrawTool):
    """Base of the tools. The right button or `erasing` takes away instead of adding.

    Args:
        model: The tile that is drawn on, and its zoom.
        draft: What is drawn into.
        theme: Colours.
    """

    def __init__(self, model: ViewerModel, draft: MaskDraft, theme: Theme) -> None:
        super().__init__(model, theme)
        self._draft = draft
        self.erasing = False
        self._right = False

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went down."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return False
        self._right = event.button() is Qt.MouseButton.RightButton
        self.pointer = at
        self.start(at)
        return True

    def colour(self) -> QColor:
        """Red takes away."""
        colours = self._theme.colours
        return QColor(colours.ng if self.erasing or self._right else colours.accent)

    def hand_over(self, area: Mask) -> None:
        """Adds an area to the draft, or takes it away."""
        self._draft.apply(area, erase=self.erasing or self._right)
        self._right = False


class PolygonTool(DraftTool, drawing.PolygonTool):
    """Corner by corner."""

    def drawn(self, points: list[QPointF]) -> None:
        """Takes the inside of the polygon."""
        tile = self._model.tile
        if tile is not None:
            self.hand_over(polygon_area([(at.x(), at.y()) for at in points], tile.height, tile.width))


class BrushTool(DraftTool, drawing.BrushTool):
    """A round brush."""

    def __init__(self, model: ViewerModel, draft: MaskDraft, theme: Theme) -> None:
        super().__init__(model, draft, theme)
        self.radius = 6.0

    def drawn(self, points: list[QPointF]) -> None:
        """Takes what the brush passed over."""
        tile = self._model.tile
        if tile is not None:
            way = [(at.x(), at.y()) for at in points]
            self.hand_over(brush_area(way, self.radius, tile.height, tile.width))


class WandTool(DraftTool):
    """Floods the fused map from a click; dragging right takes more, dragging left takes less."""

    def __init__(self, model: ViewerModel, draft: MaskDraft, theme: Theme) -> None:
        super().__init__(model, draft, theme)
        self.share = WAND_SHARE
        self._area: Mask | None = None
        self._path: QPainterPath | None = None

    @property
    def usable(self) -> bool:
        """Whether the tile has maps to flood."""
        return self._model.tile is not None and self._model.tile.maps is not None

    def start(self, at: QPointF) -> None:
        """Floods from here."""
        super().start(at)
        self.share = WAND_SHARE
        self._flood()

    def go(self, at: QPointF) -> None:
        """Takes more or less."""
        super().go(at)
        if self.down and self.points:
            moved = (at.x() - self.points[0].x()) / self.pixel()
            share = min(max(WAND_SHARE - moved / _WAND_STEP / 100, 0.02), 0.98)
            if abs(share - self.share) >= 0.01:
                self.share = share
                self._flood()

    def end(self, at: QPointF) -> None:
        """Keeps what was flooded."""
        was_down = self.down
        super().end(at)
        area, self._area, self._path = self._area, None, None
        self.points = []
        if was_down and area is not None and area.any():
            self.hand_over(area)

    def cancel(self) -> None:
        """Forgets the flood."""
        super().cancel()
        self._area = self._path = None

    def _flood(self) -> None:
        tile = self._model.tile
        if tile is None or tile.maps is None:
            return
        at = self.points[0]
        self._area = wand_area(tile.maps, at.x(), at.y(), self.share)
        # `excluded_path` outlines what is False.
        self._path = excluded_path(~self._area) if self._area.any() else None

    def paint(self, painter: QPainter) -> None:
        """Draws the flood."""
        if self._path is not None:
            painter.fillPath(self._path, self.fill(80))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in self.pens():
                painter.setPen(pen)
                painter.drawPath(self._path)
        elif self.pointer is not None:
            arm = 8 * self.pixel()
            for pen in self.pens():
                painter.setPen(pen)
                painter.drawLine(self.pointer - QPointF(arm, 0), self.pointer + QPointF(arm, 0))
                painter.drawLine(self.pointer - QPointF(0, arm), self.pointer + QPointF(0, arm))
