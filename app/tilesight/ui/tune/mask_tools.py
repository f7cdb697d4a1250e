"""Polygon, rectangle and brush for the inspection mask: drawings become strokes in the tile's coordinates."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from tilesight.store.tuning.mask import Stroke, StrokeKind
from tilesight.ui.theme import Theme
from tilesight.ui.viewer import drawing
from tilesight.ui.viewer.drawing import DrawTool
from tilesight.ui.viewer.model import ViewerModel

Drawn = Callable[[Stroke], object]


class MaskTool(DrawTool):
    """Base of the tools: leaves out what is drawn, or takes it in where `inspect`.

    Args:
        model: The tile that is drawn on, and its zoom.
        theme: Colours.
        drawn: Takes what was drawn.
    """

    kind = StrokeKind.POLYGON

    def __init__(self, model: ViewerModel, theme: Theme, drawn: Drawn) -> None:
        super().__init__(model, theme)
        self._take = drawn
        self.inspect = False

    def colour(self) -> QColor:
        """Green takes in, red leaves out."""
        return QColor(self._theme.colours.ok if self.inspect else self._theme.colours.ng)

    def drawn(self, points: list[QPointF]) -> None:
        """Hands a stroke over."""
        self._hand_over(points)

    def _hand_over(self, points: list[QPointF], radius: float = 0.0) -> None:
        tile = self._model.tile
        if tile is None:
            return
        width, height = tile.width, tile.height

        def share(value: float, side: int) -> float:
            return min(max(value / side, -1.0), 2.0)

        self._take(
            Stroke(
                kind=self.kind,
                inspect=self.inspect,
                points=tuple((share(at.x(), width), share(at.y(), height)) for at in points),
                radius=(radius / width, radius / height) if radius else (0.0, 0.0),
            )
        )


class PolygonTool(MaskTool, drawing.PolygonTool):
    """Corner by corner."""


class RectangleTool(MaskTool, drawing.RectangleTool):
    """From one corner to the opposite one."""

    kind = StrokeKind.RECTANGLE


class BrushTool(MaskTool, drawing.BrushTool):
    """A round brush."""

    kind = StrokeKind.BRUSH

    def __init__(self, model: ViewerModel, theme: Theme, drawn: Drawn) -> None:
        super().__init__(model, theme, drawn)
        self.radius = 8.0

    def drawn(self, points: list[QPointF]) -> None:
        """Hands a stroke over."""
        self._hand_over(points, self.radius)
