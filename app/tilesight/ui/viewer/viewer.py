"""The viewer to embed: canvas (or two side by side), colour bar, tools, read-out, and its actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from bsdrd.result import MapName
from tilesight.ui.context import AppContext
from tilesight.ui.labels import ActionButton, Button, Words, repolish
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.viewer.canvas import TileCanvas
from tilesight.ui.viewer.colour_bar import ColourBar
from tilesight.ui.viewer.commands import NEED_TILE, viewer_actions
from tilesight.ui.viewer.export import compose, write_picture
from tilesight.ui.viewer.model import ViewerModel
from tilesight.ui.viewer.readout import read, reading_text
from tilesight.ui.viewer.tile import ViewTile
from tilesight.ui.viewer.tones import TonePanel

_WORDS_FROM = 900


class TileViewer(QWidget):
    """Shows one tile.

    Args:
        context: Theme, actions, background.
        prefix: Starts the keys of its actions, one a viewer ("run", "review").
        reach: Brings the viewer on screen when an action comes from the command palette.
    """

    region_clicked = Signal(int)

    def __init__(
        self,
        context: AppContext,
        prefix: str,
        reach: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._prefix = context, prefix
        self.model = ViewerModel(self)
        self.canvas = TileCanvas(self.model, context.theme)
        self.map_canvas = TileCanvas(self.model, context.theme, "map")
        self.map_canvas.hide()
        self.bar = ColourBar(self.model, context.theme)
        self.tones = TonePanel(self.model, self)
        context.actions.add(viewer_actions(self), self, reach)
        self._build()
        for canvas in (self.canvas, self.map_canvas):
            canvas.hovered.connect(self._hover)
            canvas.left.connect(self._leave)
            canvas.region_clicked.connect(self._click_region)
        self.model.look_changed.connect(self._follow_look)
        self.model.tile_changed.connect(self._follow_tile)
        self.model.view_changed.connect(self._follow_view)
        self._follow_look()
        self._follow_tile()

    def set_tile(self, tile: ViewTile | None) -> None:
        """Shows another tile, or none."""
        self.model.set_tile(tile)

    def action_key(self, name: str) -> str:
        """The registry's key of one of the viewer's actions, for instance "fit"."""
        return f"{self._prefix}.view.{name}"

    # What its actions do

    def show_struct(self, _on: bool = True) -> None:
        """Lays the struct map on the tile."""
        self._show_map("struct")

    def show_detail(self, _on: bool = True) -> None:
        """Lays the detail map on the tile."""
        self._show_map("detail")

    def show_fused(self, _on: bool = True) -> None:
        """Lays the fused map on the tile."""
        self._show_map("fused")

    def _show_map(self, name: MapName) -> None:
        self.model.set_map(name)
        self.model.set_overlay(True)
        # A second press of the same key must not take the tick off.
        self._follow_look()

    def as_taken(self) -> None:
        """Puts brightness and contrast back."""
        self.tones.reset.click()

    def open_tones(self) -> None:
        """Opens the panel for brightness and contrast."""
        button = self._tone_button
        self.tones.open_at(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def copy(self) -> None:
        """Puts the picture on the clipboard."""
        picture = compose(self.model, self._context.theme)
        if picture is not None:
            QGuiApplication.clipboard().setImage(picture)
            self._context.toast(self.tr("The picture is on the clipboard."))

    def export(self) -> None:
        """Asks for a file name and writes the picture, off the GUI thread."""
        tile = self.model.tile
        picture = compose(self.model, self._context.theme)
        if tile is None or picture is None:
            return
        start = f"{Path(tile.name).stem or 'tile'}-{self.model.map_name}.png"
        kinds = self.tr("Pictures (*.png *.jpg *.bmp)")
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save picture"), start, kinds)
        if name:
            path = Path(name)
            self._context.background.run(
                lambda: write_picture(picture, path), self._written, self._not_written
            )

    def _written(self, path: Path) -> None:
        self._context.toast(self.tr("Saved as {path}").format(path=path))

    def _not_written(self, error: Exception) -> None:
        self._context.toast(said(error))

    # Widgets

    def _build(self) -> None:
        self._pictures = QHBoxLayout()
        self._pictures.setSpacing(2)
        self._pictures.addWidget(self.canvas, 1)
        self._pictures.addWidget(self.map_canvas, 1)
        self._pictures.addSpacing(GRID)
        self._pictures.addWidget(self.bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._tool_row())
        column.addLayout(self._pictures, 1)
        self.readout = self._chip(Type.CAPTION)
        self.readout.hide()
        self.tone_badge = Button("", "", parent=self.canvas)
        self.tone_badge.setCursor(Qt.CursorShape.PointingHandCursor)
        self.tone_badge.clicked.connect(self._badge_clicked)
        self.tone_badge.hide()

    def _chip(self, role: Type) -> Words:
        made = Words("", role, tabular=True, parent=self.canvas)
        made.setProperty("chip", True)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
        return made

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.setContentsMargins(0, 0, 0, 0)
        actions = self._context.actions
        self._map_buttons = [
            ActionButton(actions[self.action_key(name)]) for name in ("struct", "detail", "fused")
        ]
        for button in self._map_buttons:
            row.addWidget(button)
        row.addSpacing(GRID)
        row.addWidget(ActionButton(actions[self.action_key("overlay")]))
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setFixedSize(96, TARGET)
        self.opacity.setToolTip(self.tr("Opacity of the overlay"))
        self.opacity.setAccessibleName(self.tr("Opacity of the overlay"))
        self.opacity.valueChanged.connect(self._opacity_moved)
        row.addWidget(self.opacity)
        row.addSpacing(GRID)
        for name in ("marks", "split"):
            row.addWidget(ActionButton(actions[self.action_key(name)]))
        row.addStretch(1)
        self.zoom_label = Words("", Type.CAPTION, dim=True, tabular=True)
        row.addWidget(self.zoom_label)
        row.addSpacing(GRID)
        for name in ("fit", "one-to-one"):
            row.addWidget(ActionButton(actions[self.action_key(name)]))
        self._tone_button = ActionButton(actions[self.action_key("tones")])
        row.addWidget(self._tone_button)
        for name in ("copy", "export"):
            row.addWidget(ActionButton(actions[self.action_key(name)]))
        return row

    @Slot(int)
    def _opacity_moved(self, value: int) -> None:
        self.model.set_opacity(value / 100)

    @Slot()
    def _badge_clicked(self) -> None:
        self.as_taken()

    # Following the model

    @Slot()
    def _follow_look(self) -> None:
        model, actions = self.model, self._context.actions
        for name in ("struct", "detail", "fused"):
            actions[self.action_key(name)].setChecked(model.map_name == name)
        for name, on in (("overlay", model.overlay), ("marks", model.marks), ("split", model.split)):
            actions[self.action_key(name)].setChecked(on)
        self.opacity.setValue(round(model.opacity * 100))
        self.opacity.setEnabled(model.overlay and not model.split)
        self.map_canvas.setVisible(model.split)
        self.tone_badge.setVisible(model.toned)
        if model.toned:
            self.tone_badge.setText(self.tr("Display adjusted: back to as taken"))
            self.tone_badge.adjustSize()
            self.tone_badge.move(GRID, GRID)

    @Slot()
    def _follow_tile(self) -> None:
        there = self.model.tile is not None
        for name in NEED_TILE:
            self._context.actions[self.action_key(name)].setEnabled(there)
        self.readout.hide()
        self._follow_view()

    @Slot()
    def _follow_view(self) -> None:
        there = self.model.tile is not None
        self.zoom_label.setText(f"{self.model.view.zoom * 100:.0f} %" if there else "")

    @Slot(QPointF)
    def _hover(self, place: QPointF) -> None:
        tile = self.model.tile
        reading = read(tile, place.x(), place.y()) if tile is not None else None
        self.readout.setVisible(reading is not None)
        if reading is not None:
            self.readout.setText(reading_text(reading))
            self._place_readout()

    @Slot()
    def _leave(self) -> None:
        self.readout.hide()

    @Slot(int)
    def _click_region(self, index: int) -> None:
        self.model.select(index)
        self.region_clicked.emit(index)

    def _place_readout(self) -> None:
        self.readout.adjustSize()
        self.readout.move(GRID, self.canvas.height() - self.readout.height() - GRID)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows words beside the map icons where there is room, and keeps the read-out in its corner."""
        super().resizeEvent(event)
        style = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if self.width() >= _WORDS_FROM
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        for button in self._map_buttons:
            button.setProperty("words", style is Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setToolButtonStyle(style)
            repolish(button)
        self._place_readout()
