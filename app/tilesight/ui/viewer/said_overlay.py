"""What people said and drew, laid over the tile: masks, accepted and rejected regions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tilesight.store.region_labels import DrawnMask
from tilesight.ui.theme import Theme
from tilesight.ui.viewer import TileCanvas, ViewerModel
from tilesight.ui.viewer.mask_draft import MaskDraft
from tilesight.ui.viewer.outlines import excluded_path

_BADGE = 20.0


class SaidOverlay(QWidget):
    """Lies over a canvas and lets the mouse through.

    Args:
        canvas: What it lies over.
        model: Its tile and view.
        draft: The mask in the making.
        theme: Colours.
    """

    def __init__(self, canvas: TileCanvas, model: ViewerModel, draft: MaskDraft, theme: Theme) -> None:
        super().__init__(canvas)
        self._canvas, self._model, self._draft, self._theme = canvas, model, draft, theme
        self._decisions: dict[int, str] = {}
        self._masks: list[QPainterPath] = []
        self._drawing: QPainterPath | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground, True)
        canvas.installEventFilter(self)
        self.setGeometry(canvas.rect())
        for signal in (model.tile_changed, model.view_changed, model.look_changed, theme.changed):
            signal.connect(self._repaint)
        draft.changed.connect(self._follow_draft)

    def show_said(self, decisions: dict[int, str], masks: Sequence[DrawnMask]) -> None:
        """Shows decisions ("accept" or "reject") by region, and drawn masks."""
        self._decisions = decisions
        self._masks = [excluded_path(~mask.mask) for mask in masks]
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the canvas's size."""
        if watched is self._canvas and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return False

    @Slot()
    def _repaint(self) -> None:
        self.update()

    @Slot()
    def _follow_draft(self) -> None:
        mask = self._draft.mask
        self._drawing = excluded_path(~mask) if mask is not None else None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws masks and badges."""
        tile = self._model.tile
        if tile is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_masks(painter)
        if self._model.marks:
            for index, decision in self._decisions.items():
                if decision and index < len(tile.regions):
                    x, y, width, height = tile.regions[index].box
                    corner = self._canvas.port.to_widget(self._model.view, x + width, y + height)
                    self._paint_badge(painter, corner, decision)
        painter.end()

    def _paint_masks(self, painter: QPainter) -> None:
        port, colours = self._canvas.port, self._theme.colours
        painter.save()
        painter.translate(port.to_widget(self._model.view, 0, 0))
        factor = self._model.view.zoom / port.ratio
        painter.scale(factor, factor)
        for path in self._masks:
            self._paint_area(painter, path, QColor(colours.ng), dashed=False)
        if self._drawing is not None:
            self._paint_area(painter, self._drawing, QColor(colours.accent), dashed=True)
        painter.restore()

    @staticmethod
    def _paint_area(painter: QPainter, path: QPainterPath, colour: QColor, *, dashed: bool) -> None:
        fill = QColor(colour)
        fill.setAlpha(70)
        painter.fillPath(path, fill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke, width in ((QColor(0, 0, 0, 150), 4.0), (colour, 2.0)):
            pen = QPen(stroke, width)
            pen.setCosmetic(True)
            if dashed and stroke is colour:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawPath(path)

    def _paint_badge(self, painter: QPainter, corner: QPointF, decision: str) -> None:
        """A tick for a real defect, a cross for a false alarm: told apart by shape, not by colour alone."""
        colours = self._theme.colours
        room = self.rect().adjusted(2, 2, -2, -2)
        left = min(max(corner.x() - _BADGE / 2, room.left()), room.right() - _BADGE)
        top = min(max(corner.y() - _BADGE / 2, room.top()), room.bottom() - _BADGE)
        box = QRectF(left, top, _BADGE, _BADGE)
        accepted = decision == "accept"
        painter.setPen(QPen(QColor(0, 0, 0, 160), 2))
        painter.setBrush(QColor(colours.ng if accepted else colours.ok))
        painter.drawEllipse(box)
        painter.setPen(QPen(QColor(colours.on_verdict), 2.2))
        if accepted:
            shape = QPainterPath(box.topLeft() + QPointF(5.5, 10.5))
            shape.lineTo(box.topLeft() + QPointF(9, 14))
            shape.lineTo(box.topLeft() + QPointF(14.5, 6.5))
        else:
            shape = QPainterPath(box.topLeft() + QPointF(6.5, 6.5))
            shape.lineTo(box.topLeft() + QPointF(13.5, 13.5))
            shape.moveTo(box.topLeft() + QPointF(13.5, 6.5))
            shape.lineTo(box.topLeft() + QPointF(6.5, 13.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
