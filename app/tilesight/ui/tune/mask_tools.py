"""Tools that draw on a tile: polygon, rectangle and brush, with mouse, finger or keys.

A tool collects places on the tile (pixels) and hands over what was drawn as a stroke in the tile's own
coordinates. With the keyboard the arrow keys move a pointer, Enter puts it down or lifts it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from tilesight.store.tuning.mask import Stroke, StrokeKind
from tilesight.ui.theme import Theme
from tilesight.ui.viewer.canvas import TileCanvas
from tilesight.ui.viewer.model import ViewerModel

#: A click this near to the first corner (logical pixels) closes a polygon.
_NEAR = 12.0
#: Points of a brush path lie at least this share of its radius apart.
_BRUSH_STEP = 0.3

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}

Drawn = Callable[[Stroke], object]


class MaskTool:
    """Base of the tools; a `CanvasTool`.

    Args:
        model: The tile that is drawn on, and its zoom.
        theme: Colours.
        drawn: Takes what was drawn.
    """

    cursor = Qt.CursorShape.CrossCursor
    kind = StrokeKind.POLYGON

    def __init__(self, model: ViewerModel, theme: Theme, drawn: Drawn) -> None:
        self._model, self._theme, self._drawn = model, theme, drawn
        self.inspect = False
        self.points: list[QPointF] = []
        self.pointer: QPointF | None = None
        self.down = False

    # As a CanvasTool

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went down."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        self.start(at)
        return True

    def move(self, at: QPointF, event: QMouseEvent) -> bool:
        """The mouse moved."""
        self.go(at)
        return True

    def release(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went up."""
        if event.button() is Qt.MouseButton.LeftButton:
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
        self.down = False

    def close(self) -> None:
        """Ends a drawing that has no end of its own."""

    def back(self) -> None:
        """Takes the last point back."""

    def cancel(self) -> None:
        """Forgets what was begun."""
        self.points, self.down = [], False

    def paint(self, painter: QPainter) -> None:
        """Draws what was begun; the painter's coordinates are tile pixels."""

    # Helpers

    def _pen(self) -> QPen:
        colours = self._theme.colours
        pen = QPen(QColor(colours.ok if self.inspect else colours.ng), 2)
        pen.setCosmetic(True)
        return pen

    def _fill(self) -> QColor:
        colour = QColor(self._theme.colours.ok if self.inspect else self._theme.colours.ng)
        colour.setAlpha(60)
        return colour

    def _pixel(self) -> float:
        """Tile pixels for one logical pixel of the screen."""
        return self._model.port.ratio / self._model.view.zoom

    def _hand_over(self, points: list[QPointF], radius: float = 0.0) -> None:
        tile = self._model.tile
        if tile is None:
            return
        width, height = tile.width, tile.height

        def share(value: float, side: int) -> float:
            return min(max(value / side, -1.0), 2.0)

        self._drawn(
            Stroke(
                kind=self.kind,
                inspect=self.inspect,
                points=tuple((share(at.x(), width), share(at.y(), height)) for at in points),
                radius=(radius / width, radius / height) if radius else (0.0, 0.0),
            )
        )


class PolygonTool(MaskTool):
    """Corner by corner; a click on the first corner, a double click or Shift+Enter closes it."""

    kind = StrokeKind.POLYGON

    def start(self, at: QPointF) -> None:
        """Puts a corner."""
        if len(self.points) >= 3 and self._far(at, self.points[0]) <= _NEAR * self._pixel():
            self.close()
        elif not self.points or self._far(at, self.points[-1]) > 0.5:
            self.points.append(at)

    def close(self) -> None:
        """Ends the polygon; fewer than three corners are none."""
        points, self.points = self.points, []
        if len(points) >= 3:
            self._hand_over(points)

    def back(self) -> None:
        """Takes the last corner back."""
        if self.points:
            self.points.pop()

    def paint(self, painter: QPainter) -> None:
        """Draws corners, edges, and the edge to the pointer."""
        if not self.points:
            return
        painter.setPen(self._pen())
        painter.setBrush(self._fill())
        ahead = [self.pointer] if self.pointer is not None else []
        painter.drawPolygon(QPolygonF([*self.points, *ahead]))
        painter.setBrush(self._pen().color())
        side = 6 * self._pixel()
        for at in self.points:
            painter.drawRect(QRectF(at.x() - side / 2, at.y() - side / 2, side, side))
        if len(self.points) >= 3:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.points[0], _NEAR * self._pixel(), _NEAR * self._pixel())

    @staticmethod
    def _far(one: QPointF, other: QPointF) -> float:
        gap = one - other
        return (gap.x() ** 2 + gap.y() ** 2) ** 0.5


class RectangleTool(MaskTool):
    """From one corner to the opposite one."""

    kind = StrokeKind.RECTANGLE

    def end(self, at: QPointF) -> None:
        """Ends the rectangle; one without width or height is none."""
        super().end(at)
        points, self.points = self.points, []
        if points and min(abs(at.x() - points[0].x()), abs(at.y() - points[0].y())) >= 0.5:
            self._hand_over([points[0], at])

    def paint(self, painter: QPainter) -> None:
        """Draws the rectangle."""
        if self.points and self.pointer is not None:
            painter.setPen(self._pen())
            painter.setBrush(self._fill())
            painter.drawRect(QRectF(self.points[0], self.pointer).normalized())


class BrushTool(MaskTool):
    """A round brush; `radius` is in tile pixels."""

    kind = StrokeKind.BRUSH
    cursor = Qt.CursorShape.BlankCursor

    def __init__(self, model: ViewerModel, theme: Theme, drawn: Drawn) -> None:
        super().__init__(model, theme, drawn)
        self.radius = 8.0

    def start(self, at: QPointF) -> None:
        """Begins a path."""
        super().start(at)
        self.pointer = at

    def go(self, at: QPointF) -> None:
        """Goes on along the path."""
        super().go(at)
        if self.down and self.points:
            gap = at - self.points[-1]
            if (gap.x() ** 2 + gap.y() ** 2) ** 0.5 >= self.radius * _BRUSH_STEP:
                self.points.append(at)

    def end(self, at: QPointF) -> None:
        """Ends the path."""
        was_down = self.down
        super().end(at)
        points, self.points = self.points, []
        if was_down and points:
            path = points if at == points[-1] or len(points) == 1 else [*points, at]
            self._hand_over(path, self.radius)

    def paint(self, painter: QPainter) -> None:
        """Draws the path and the brush."""
        colour = self._fill()
        pen = QPen(colour, 2 * self.radius)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if self.points:
            painter.setPen(pen)
            if len(self.points) == 1:
                painter.drawPoint(self.points[0])
            else:
                painter.drawPolyline(QPolygonF(self.points))
        if self.pointer is not None:
            # Light on dark and dark on light: seen on every tile.
            for colour_, width in ((QColor(0, 0, 0, 160), 3), (self._pen().color(), 1.5)):
                ring = QPen(colour_, width)
                ring.setCosmetic(True)
                painter.setPen(ring)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(self.pointer, self.radius, self.radius)


class ToolKeys(QObject):
    """Lets keys draw: arrows move the pointer (Shift by ten pixels), Enter puts it down and lifts it.

    Args:
        canvas: What is drawn on.
        model: Its tile.
    """

    def __init__(self, canvas: TileCanvas, model: ViewerModel) -> None:
        super().__init__(canvas)
        self._canvas, self._model = canvas, model
        self.tool: MaskTool | None = None
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the keys of the tool, and the double click that closes a polygon."""
        if self.tool is None or self._model.tile is None:
            return False
        if event.type() is QEvent.Type.MouseButtonDblClick:
            self.tool.close()
            self._canvas.update()
            return True
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(self.tool, event)
        return False

    def _key(self, tool: MaskTool, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS:
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            x, y = _STEPS[key]
            tool.go(self._place(tool) + QPointF(x * step, y * step))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(tool, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Backspace:
            tool.back()
        elif key == Qt.Key.Key_Escape and (tool.points or tool.down):
            tool.cancel()
        else:
            return False
        self._canvas.update()
        return True

    def _place(self, tool: MaskTool) -> QPointF:
        tile = self._model.tile
        if tool.pointer is not None or tile is None:
            return tool.pointer or QPointF()
        return QPointF(tile.width / 2, tile.height / 2)

    def _enter(self, tool: MaskTool, shift: bool) -> None:
        at = self._place(tool)
        tool.go(at)
        if shift:
            tool.close()
        elif tool.down:
            tool.end(at)
        else:
            tool.start(at)
