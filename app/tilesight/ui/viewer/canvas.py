"""The widget that paints a tile: pixels, overlay, outlines, and takes wheel, drags and hovering."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QCursor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tilesight.ui.theme import Theme
from tilesight.ui.viewer.colours import map_table, overlay_table
from tilesight.ui.viewer.geometry import Port
from tilesight.ui.viewer.marks import MarkPainter
from tilesight.ui.viewer.model import ViewerModel
from tilesight.ui.viewer.picture import (
    Pyramid,
    as_image,
    seen_indices,
    seen_pixels,
    tone_table,
    toned_image,
)

CanvasMode = Literal["tile", "map"]


class CanvasTool(Protocol):
    """Something that draws on a tile or takes the mouse there: a polygon, a brush, a wand.

    Places are tile pixels (pixel i covers i..i+1) and may lie outside the tile.
    """

    cursor: Qt.CursorShape

    def press(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went down; True if the tool takes the drag that follows."""
        ...

    def move(self, at: QPointF, event: QMouseEvent) -> bool:
        """The mouse moved, pressed or not; True to repaint."""
        ...

    def release(self, at: QPointF, event: QMouseEvent) -> bool:
        """A button went up; True to repaint."""
        ...

    def paint(self, painter: QPainter) -> None:
        """Draws; the painter's coordinates are tile pixels, so pens should be cosmetic."""
        ...


class TileCanvas(QWidget):
    """Paints the model's tile.

    Args:
        model: What to show.
        theme: Colours.
        mode: The tile with its overlay, or the map alone (side by side).
    """

    hovered = Signal(QPointF)  #: Place on the tile.
    left = Signal()  #: The mouse went away.
    region_clicked = Signal(int)
    painted = Signal()  #: The tile is drawn; what is on screen now is the model's.

    def __init__(
        self, model: ViewerModel, theme: Theme, mode: CanvasMode = "tile", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._theme, self._mode = model, theme, mode
        self._marks = MarkPainter(model, theme)
        self._tool: CanvasTool | None = None
        self._tool_drag = False
        self._drag_from: QPointF | None = None
        self._press_at: QPointF | None = None
        self._space = False
        self._pyramid: Pyramid | None = None
        self._seen = QRect()
        self._pixels: NDArray[np.uint8] | None = None
        self._indices: NDArray[np.uint8] | None = None
        self._index_key: tuple[object, ...] = ()
        self._base: tuple[QImage, NDArray[np.uint8]] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.setAccessibleName(self.tr("Tile") if mode == "tile" else self.tr("Anomaly map"))
        model.tile_changed.connect(self._new_tile)
        model.view_changed.connect(self._new_view)
        model.look_changed.connect(self._new_look)
        theme.changed.connect(self._new_look)

    @property
    def port(self) -> Port:
        """The room in device pixels."""
        ratio = self.devicePixelRatioF()
        return Port(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1), ratio)

    def set_tool(self, tool: CanvasTool | None) -> None:
        """Gives the mouse to a tool; None gives it back."""
        self._tool = tool
        self._tool_drag = False
        self._show_cursor()
        self.update()

    # What to paint

    @Slot()
    def _new_tile(self) -> None:
        tile = self._model.tile
        self._pyramid = Pyramid(tile.pixels) if tile is not None else None
        self._marks.forget()
        self._new_view()

    @Slot()
    def _new_view(self) -> None:
        self._pixels = self._indices = self._base = None
        self.update()

    @Slot()
    def _new_look(self) -> None:
        self._base = None
        self.update()

    def _warp_pixels(self) -> None:
        tile = self._model.tile
        if tile is not None and self._pyramid is not None and self._pixels is None:
            self._seen, self._pixels = seen_pixels(tile, self._pyramid, self._model.view, self.port)

    def _warp_map(self) -> NDArray[np.uint8] | None:
        tile, scale = self._model.tile, self._model.scale
        if tile is None or tile.maps is None or scale is None:
            return None
        key = (self._model.map_name, scale)
        if self._indices is None or key != self._index_key:
            self._seen, self._indices = seen_indices(
                tile.maps, self._model.map_name, scale, self._model.view, self.port
            )
            self._index_key = key
        return self._indices

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws tile, overlay, outlines and the tool."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.colours.canvas))
        if self._model.tile is not None:
            if self._mode == "tile":
                self._paint_pixels(painter)
            self._paint_map(painter)
            self._paint_marks(painter)
        painter.end()
        self.painted.emit()

    def _place(self) -> QRectF:
        ratio = self.devicePixelRatioF()
        seen = self._seen
        return QRectF(seen.x() / ratio, seen.y() / ratio, seen.width() / ratio, seen.height() / ratio)

    def _paint_pixels(self, painter: QPainter) -> None:
        self._warp_pixels()
        if self._pixels is None or self._pixels.size == 0:
            return
        if self._base is None:
            tones = tone_table(self._model.brightness, self._model.contrast)
            self._base = toned_image(self._pixels, tones)
        painter.drawImage(self._place(), self._base[0])

    def _paint_map(self, painter: QPainter) -> None:
        model = self._model
        alone = self._mode == "map"
        if not alone and (not model.overlay or model.split):
            return
        indices, scale, thresholds = self._warp_map(), model.scale, model.thresholds
        if indices is None or scale is None or thresholds is None or indices.size == 0:
            return
        if alone:
            table = map_table(model.map_name, scale)
        else:
            table = overlay_table(model.map_name, scale, thresholds, model.opacity)
        painter.drawImage(self._place(), as_image(indices, table))

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._marks.paint(painter, self.port, QRectF(self.rect()))
        if self._tool is not None:
            painter.save()
            origin = self.port.to_widget(self._model.view, 0, 0)
            factor = self._model.view.zoom / self.port.ratio
            painter.translate(origin)
            painter.scale(factor, factor)
            self._tool.paint(painter)
            painter.restore()

    # Size, wheel, mouse, keys

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tells the model about the room."""
        super().resizeEvent(event)
        self._take_port()

    def event(self, event: QEvent) -> bool:
        """Notes a change of the screen's scaling."""
        if event.type() in (QEvent.Type.DevicePixelRatioChange, QEvent.Type.Show):
            self._take_port()
        return super().event(event)

    def _take_port(self) -> None:
        self._new_view()
        # The map beside the tile is as large and follows; while hidden it would spoil the tile's fit.
        if self._mode == "tile":
            self._model.set_port(self.port)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the cursor."""
        steps = event.angleDelta().y() / 120.0
        if steps and self._model.tile is not None:
            self._model.zoom_by(1.25**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Starts a pan (middle button, or the left one with space) or hands the press to the tool."""
        at = event.position()
        middle = event.button() is Qt.MouseButton.MiddleButton
        left = event.button() is Qt.MouseButton.LeftButton
        if middle or (left and self._space):
            self._drag_from = at
            self._show_cursor()
        elif self._tool is not None:
            self._tool_drag = self._tool.press(self._to_tile(at), event)
            self.update()
        elif left:
            self._press_at = self._drag_from = at
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pans, or says what lies under the cursor."""
        at = event.position()
        if self._drag_from is not None:
            moved = at - self._drag_from
            # A click with a trembling hand is still a click.
            if self._press_at is None or (at - self._press_at).manhattanLength() > 6:
                self._press_at = None
                self._model.pan_by(moved)
                self._drag_from = at
                self._show_cursor()
        elif self._tool is not None and self._tool.move(self._to_tile(at), event):
            self.update()
        self.hovered.emit(self._to_tile(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends a pan; a click on a region chooses it."""
        if self._tool is not None and self._drag_from is None:
            self._tool_drag = False
            self._tool.release(self._to_tile(event.position()), event)
            self.update()
        elif self._press_at is not None:
            index = self._marks.region_at(self._to_tile(event.position()))
            if index is not None:
                self.region_clicked.emit(index)
        self._drag_from = self._press_at = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Goes between the whole tile and one to one at the cursor."""
        if self._tool is not None or self._model.tile is None:
            return
        if self._model.view.fit:
            self._model.zoom_by(max(1.0 / self._model.view.zoom, 2.0), event.position())
        else:
            self._model.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space turns the left button into a hand."""
        if event.key() == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space is up again."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        else:
            super().keyReleaseEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Shows the right cursor."""
        self._show_cursor()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        self._space = False
        self.left.emit()

    def _show_cursor(self) -> None:
        if self._drag_from is not None and self._press_at is None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._tool is not None:
            shape = self._tool.cursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self.setCursor(QCursor(shape))

    def _to_tile(self, at: QPointF) -> QPointF:
        return self.port.to_tile(self._model.view, at)
