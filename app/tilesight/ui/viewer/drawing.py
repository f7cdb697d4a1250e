"""Tools that draw on a tile with mouse, finger or keys; what becomes of a drawing others say.

With the keyboard the arrow keys move a pointer (Shift by ten pixels), Enter puts it down and lifts it,
Shift+Enter closes a polygon, Backspace takes its last corner back.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from tilesight.ui.theme import Theme
from tilesight.ui.viewer.canvas import TileCanvas
from tilesight.ui.viewer.model import ViewerModel

#: A click this near to the first corner (logical pixels) closes a polygon.
_NEAR = 12.0
#: Points of a brush's way lie at least this share of its radius apart.
_BRUSH_STEP = 0.25
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class DrawTool:
    """Base of the tools; a `CanvasTool`.

    Args:
        model: The tile that is drawn on, and its zoom.
        theme: Colours.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, model: ViewerModel, theme: Theme) -> None:
        self._model, self._theme = model, theme
        self.points: list[QPointF] = []
        self.pointer: QPointF | None = None
        self.down = False

    # As a CanvasTool

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went down."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
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

    def drawn(self, points: list[QPointF]) -> None:
        """Takes what was drawn, in tile pixels; for the tools that are made of this one."""
        raise NotImplementedError

    @property
    def begun(self) -> bool:
        """Whether something was begun and not ended."""
        return self.down or bool(self.points)

    def paint(self, painter: QPainter) -> None:
        """Draws what was begun; the painter's coordinates are tile pixels."""

    # Helpers

    def colour(self) -> QColor:
        """What it draws in."""
        return QColor(self._theme.colours.accent)

    def fill(self, alpha: int) -> QColor:
        """The same, let through; `alpha` 0 to 255."""
        colour = self.colour()
        colour.setAlpha(alpha)
        return colour

    def pens(self) -> list[QPen]:
        """Light on dark: seen on every tile."""
        pens: list[QPen] = []
        for colour, width in ((QColor(0, 0, 0, 160), 4.0), (self.colour(), 2.0)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            pens.append(pen)
        return pens

    def pixel(self) -> float:
        """Tile pixels for one logical pixel of the screen."""
        return self._model.port.ratio / self._model.view.zoom


class PolygonTool(DrawTool):
    """Corner by corner; a click on the first corner, a double click or Shift+Enter closes it."""

    def start(self, at: QPointF) -> None:
        """Puts a corner."""
        if len(self.points) >= 3 and far(at, self.points[0]) <= _NEAR * self.pixel():
            self.close()
        elif not self.points or far(at, self.points[-1]) > 0.5:
            self.points.append(at)

    def close(self) -> None:
        """Ends the polygon; fewer than three corners are none."""
        points, self.points = self.points, []
        if len(points) >= 3:
            self.drawn(points)

    def back(self) -> None:
        """Takes the last corner back."""
        if self.points:
            self.points.pop()

    def paint(self, painter: QPainter) -> None:
        """Draws corners, edges, and the edge to the pointer."""
        if not self.points:
            return
        ahead = [self.pointer] if self.pointer is not None else []
        painter.setBrush(self.fill(50))
        for pen in self.pens():
            painter.setPen(pen)
            painter.drawPolygon(QPolygonF([*self.points, *ahead]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setBrush(self.colour())
        side = 6 * self.pixel()
        for at in self.points:
            painter.drawRect(QRectF(at.x() - side / 2, at.y() - side / 2, side, side))
        if len(self.points) >= 3:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.points[0], _NEAR * self.pixel(), _NEAR * self.pixel())


class RectangleTool(DrawTool):
    """From one corner to the opposite one."""

    def end(self, at: QPointF) -> None:
        """Ends the rectangle; one without width or height is none."""
        super().end(at)
        points, self.points = self.points, []
        if points and min(abs(at.x() - points[0].x()), abs(at.y() - points[0].y())) >= 0.5:
            self.drawn([points[0], at])

    def paint(self, painter: QPainter) -> None:
        """Draws the rectangle."""
        if not self.points or self.pointer is None:
            return
        painter.setBrush(self.fill(60))
        for pen in self.pens():
            painter.setPen(pen)
            painter.drawRect(QRectF(self.points[0], self.pointer).normalized())
            painter.setBrush(Qt.BrushStyle.NoBrush)


class BrushTool(DrawTool):
    """A round brush; `radius` is in tile pixels."""

    cursor = Qt.CursorShape.BlankCursor

    def __init__(self, model: ViewerModel, theme: Theme) -> None:
        super().__init__(model, theme)
        self.radius = 8.0

    def start(self, at: QPointF) -> None:
        """Begins a way."""
        super().start(at)
        self.pointer = at

    def go(self, at: QPointF) -> None:
        """Goes on along the way."""
        super().go(at)
        if self.down and self.points and far(at, self.points[-1]) >= self.radius * _BRUSH_STEP:
            self.points.append(at)

    def end(self, at: QPointF) -> None:
        """Ends the way."""
        was_down = self.down
        super().end(at)
        points, self.points = self.points, []
        if was_down and points:
            self.drawn(points if at == points[-1] or len(points) == 1 else [*points, at])

    def paint(self, painter: QPainter) -> None:
        """Draws the way and the brush."""
        if self.points:
            pen = QPen(self.fill(90), 2 * self.radius)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([*self.points, self.pointer or self.points[-1]]))
        if self.pointer is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in self.pens():
                painter.setPen(pen)
                painter.drawEllipse(self.pointer, self.radius, self.radius)


class ToolKeys(QObject):
    """Lets keys draw; see the module.

    Args:
        canvas: What is drawn on.
        model: Its tile.
        escape: Whether Escape forgets what was begun; where not, the key means something else.
    """

    def __init__(self, canvas: TileCanvas, model: ViewerModel, *, escape: bool) -> None:
        super().__init__(canvas)
        self._canvas, self._model, self._escape = canvas, model, escape
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
        elif key == Qt.Key.Key_Escape and self._escape and tool.begun:
            tool.cancel()
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


def far(one: QPointF, other: QPointF) -> float:
    """How far two places lie apart, in pixels."""
    gap = one - other
    return (gap.x() ** 2 + gap.y() ** 2) ** 0.5
