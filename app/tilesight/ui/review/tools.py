"""Polygon, brush and magic wand on a tile, with mouse, finger or keys.

With the keyboard the arrow keys move a pointer (Shift by ten pixels), Enter puts it down and lifts it,
Shift+Enter closes a polygon, Backspace takes its last corner back.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF

from tilesight.ui.review.draft import Mask, MaskDraft, brush_area, polygon_area, wand_area
from tilesight.ui.theme import Theme
from tilesight.ui.viewer import TileCanvas, ViewerModel
from tilesight.ui.viewer.outlines import excluded_path

#: A click this near to the first corner (logical pixels) closes a polygon.
_NEAR = 12.0
#: Points of a brush's way lie at least this share of its radius apart.
_BRUSH_STEP = 0.25
#: Share of the value at the click down to which the wand reaches, before it is dragged.
WAND_SHARE = 0.5
#: Dragging the wand by this many logical pixels changes its share by one hundredth.
_WAND_STEP = 2.5
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class DrawTool:
    """Base of the tools; a `CanvasTool`. The right button or `erasing` takes away instead of adding.

    Args:
        model: The tile that is drawn on, and its zoom.
        draft: What is drawn into.
        theme: Colours.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, model: ViewerModel, draft: MaskDraft, theme: Theme) -> None:
        self._model, self._draft, self._theme = model, draft, theme
        self.erasing = False
        self.points: list[QPointF] = []
        self.pointer: QPointF | None = None
        self.down = False
        self._right = False

    # As a CanvasTool

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went down."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return False
        self._right = event.button() is Qt.MouseButton.RightButton
        self.pointer = at
        self.start(at)
        return True

    def move(self, at: QPointF, event: QMouseEvent) -> bool:
        """The mouse moved."""
        del event
        self.go(at)
        return True

    def release(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went up."""
        del event
        self.end(at)
        return True

    # What drawing is

    def start(self, at: QPointF) -> None:
        """Puts the pointer down."""
        self.down = True
        self.points = [at]

    def go(self, at: QPointF) -> None:
        """Moves the pointer, up or down."""
        self.pointer = at

    def end(self, at: QPointF) -> None:
        """Lifts the pointer."""
        del at
        self.down = False

    def close(self) -> None:
        """Ends a drawing that has no end of its own."""

    def back(self) -> None:
        """Takes the last point back."""

    def cancel(self) -> None:
        """Forgets what was begun."""
        self.points, self.down = [], False

    @property
    def begun(self) -> bool:
        """Whether something was begun and not ended."""
        return self.down or bool(self.points)

    def paint(self, painter: QPainter) -> None:
        """Draws what was begun; the painter's coordinates are tile pixels."""

    # Helpers

    @property
    def _erases(self) -> bool:
        return self.erasing or self._right

    def _hand_over(self, area: Mask) -> None:
        self._draft.apply(area, erase=self._erases)
        self._right = False

    def _colour(self) -> QColor:
        colours = self._theme.colours
        return QColor(colours.ng if self._erases else colours.accent)

    def _pens(self) -> list[QPen]:
        """Light on dark: seen on every tile."""
        pens: list[QPen] = []
        for colour, width in ((QColor(0, 0, 0, 160), 4.0), (self._colour(), 2.0)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            pens.append(pen)
        return pens

    def _pixel(self) -> float:
        """Tile pixels for one logical pixel of the screen."""
        return self._model.port.ratio / self._model.view.zoom


class PolygonTool(DrawTool):
    """Corner by corner; a click on the first corner, a double click or Shift+Enter closes it."""

    def start(self, at: QPointF) -> None:
        """Puts a corner."""
        if len(self.points) >= 3 and _far(at, self.points[0]) <= _NEAR * self._pixel():
            self.close()
        elif not self.points or _far(at, self.points[-1]) > 0.5:
            self.points.append(at)

    def close(self) -> None:
        """Ends the polygon; fewer than three corners are none."""
        points, self.points = self.points, []
        tile = self._model.tile
        if len(points) >= 3 and tile is not None:
            self._hand_over(polygon_area([(at.x(), at.y()) for at in points], tile.height, tile.width))

    def back(self) -> None:
        """Takes the last corner back."""
        if self.points:
            self.points.pop()

    def paint(self, painter: QPainter) -> None:
        """Draws corners, edges, and the edge to the pointer."""
        if not self.points:
            return
        ahead = [self.pointer] if self.pointer is not None else []
        fill = self._colour()
        fill.setAlpha(50)
        for pen in self._pens():
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF([*self.points, *ahead]))
            fill = QColor(0, 0, 0, 0)
        painter.setBrush(self._colour())
        side = 6 * self._pixel()
        for at in self.points:
            painter.drawRect(QRectF(at.x() - side / 2, at.y() - side / 2, side, side))
        if len(self.points) >= 3:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.points[0], _NEAR * self._pixel(), _NEAR * self._pixel())


class BrushTool(DrawTool):
    """A round brush; `radius` is in tile pixels."""

    cursor = Qt.CursorShape.BlankCursor

    def __init__(self, model: ViewerModel, draft: MaskDraft, theme: Theme) -> None:
        super().__init__(model, draft, theme)
        self.radius = 6.0

    def go(self, at: QPointF) -> None:
        """Goes on along the way."""
        super().go(at)
        if self.down and self.points and _far(at, self.points[-1]) >= self.radius * _BRUSH_STEP:
            self.points.append(at)

    def end(self, at: QPointF) -> None:
        """Ends the way."""
        was_down = self.down
        super().end(at)
        points, self.points = self.points, []
        tile = self._model.tile
        if was_down and points and tile is not None:
            way = [(point.x(), point.y()) for point in (*points, at)]
            self._hand_over(brush_area(way, self.radius, tile.height, tile.width))

    def paint(self, painter: QPainter) -> None:
        """Draws the way and the brush."""
        if self.points:
            colour = self._colour()
            colour.setAlpha(90)
            pen = QPen(colour, 2 * self.radius)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([*self.points, self.pointer or self.points[-1]]))
        if self.pointer is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in self._pens():
                painter.setPen(pen)
                painter.drawEllipse(self.pointer, self.radius, self.radius)


class WandTool(DrawTool):
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
            moved = (at.x() - self.points[0].x()) / self._pixel()
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
            self._hand_over(area)

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
            fill = self._colour()
            fill.setAlpha(80)
            painter.fillPath(self._path, fill)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in self._pens():
                painter.setPen(pen)
                painter.drawPath(self._path)
        elif self.pointer is not None:
            arm = 8 * self._pixel()
            for pen in self._pens():
                painter.setPen(pen)
                painter.drawLine(self.pointer - QPointF(arm, 0), self.pointer + QPointF(arm, 0))
                painter.drawLine(self.pointer - QPointF(0, arm), self.pointer + QPointF(0, arm))


class ToolKeys(QObject):
    """Lets keys draw; see the module.

    Args:
        canvas: What is drawn on.
        model: Its tile.
    """

    def __init__(self, canvas: TileCanvas, model: ViewerModel) -> None:
        super().__init__(canvas)
        self._canvas, self._model = canvas, model
        self.tool: DrawTool | None = None
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the keys of the tool, and the double click that closes a polygon."""
        del watched
        if self.tool is None or self._model.tile is None:
            return False
        if event.type() is QEvent.Type.MouseButtonDblClick:
            if not self.tool.begun or not isinstance(self.tool, PolygonTool):
                return False
            self.tool.close()
            self._canvas.update()
            return True
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(self.tool, event)
        return False

    def _key(self, tool: DrawTool, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _STEPS:
            x, y = _STEPS[key]
            tool.go(self._place(tool) + QPointF(x, y) * (10 if shift else 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(tool, shift)
        elif key == Qt.Key.Key_Backspace:
            tool.back()
        else:
            return False
        self._canvas.update()
        return True

    def _place(self, tool: DrawTool) -> QPointF:
        tile = self._model.tile
        if tool.pointer is not None or tile is None:
            return tool.pointer or QPointF()
        return QPointF(tile.width / 2, tile.height / 2)

    def _enter(self, tool: DrawTool, shift: bool) -> None:
        at = self._place(tool)
        tool.go(at)
        if shift:
            tool.close()
        elif tool.down:
            tool.end(at)
        else:
            tool.start(at)


def _far(one: QPointF, other: QPointF) -> float:
    gap = one - other
    return (gap.x() ** 2 + gap.y() ** 2) ** 0.5
