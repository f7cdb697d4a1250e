"""The state of a viewer: what it shows and how. Widgets hold none of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from bsdrd.result import MapName, Thresholds
from tilesight.ui.viewer.geometry import Port, View, around, fitted, panned, zoomed
from tilesight.ui.viewer.tile import MapScale, ViewTile

_MARGIN = 12.0


class ViewerModel(QObject):
    """What a viewer shows. Setters do nothing, and say nothing, where the value stays the same.

    Signals:
        tile_changed: Another tile, or none.
        view_changed: Zoom or place.
        look_changed: Map, overlay, opacity, tones, marks, thresholds or scale.
    """

    tile_changed = Signal()
    view_changed = Signal()
    look_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tile: ViewTile | None = None
        self._thresholds: Thresholds | None = None
        self._scale: MapScale | None = None
        self._map: MapName = "fused"
        self._overlay = True
        self._opacity = 0.8
        self._brightness = 0.0
        self._contrast = 1.0
        self._split = False
        self._marks = True
        self._selected: int | None = None
        self._view = View()
        self._port = Port(1, 1)

    # What is shown

    @property
    def tile(self) -> ViewTile | None:
        """The tile on show."""
        return self._tile

    def set_tile(self, tile: ViewTile | None) -> None:
        """Shows another tile; zoom and place stay as they are unless the whole tile was in view."""
        before = self._tile
        self._tile = tile
        self._selected = None
        if tile is not None:
            if before is not None and not self._view.fit and before.pixels.shape[:2] != tile.pixels.shape[:2]:
                # The same spot on a tile of another size is the same share of it.
                x, y = self._view.x / before.width, self._view.y / before.height
                self._view = View(self._view.zoom, x * tile.width, y * tile.height, fit=False)
            self._refit()
        self.tile_changed.emit()

    @property
    def thresholds(self) -> Thresholds | None:
        """T1 and T2 of overlay and colour bar: those set here, or else the tile's own."""
        return self._thresholds or (self._tile.thresholds if self._tile else None)

    def set_thresholds(self, thresholds: Thresholds | None) -> None:
        """Draws with other thresholds than the tile's own (Tune); None goes back."""
        if thresholds != self._thresholds:
            self._thresholds = thresholds
            self.look_changed.emit()

    @property
    def scale(self) -> MapScale | None:
        """The fixed scale: the recipe's where set, or else from the thresholds."""
        if self._scale is not None:
            return self._scale
        # Not from dragged thresholds: the scale must not move under the hand.
        own = self._tile.thresholds if self._tile else None
        used = own or self._thresholds
        return MapScale.for_thresholds(used) if used else None

    def set_scale(self, scale: MapScale | None) -> None:
        """Fixes the scale for a recipe; None derives it from the tile's thresholds."""
        if scale != self._scale:
            self._scale = scale
            self.look_changed.emit()

    @property
    def map_name(self) -> MapName:
        """Which map the overlay shows."""
        return self._map

    def set_map(self, name: MapName) -> None:
        """Shows the struct, detail or fused map."""
        if name != self._map:
            self._map = name
            self.look_changed.emit()

    @property
    def overlay(self) -> bool:
        """Whether the overlay lies on the tile."""
        return self._overlay

    def set_overlay(self, on: bool) -> None:
        """Lays the overlay on the tile, or takes it off."""
        if on != self._overlay:
            self._overlay = on
            self.look_changed.emit()

    @property
    def opacity(self) -> float:
        """Of the overlay, 0..1."""
        return self._opacity

    def set_opacity(self, opacity: float) -> None:
        """Of the overlay, clipped to 0..1."""
        opacity = min(max(opacity, 0.0), 1.0)
        if opacity != self._opacity:
            self._opacity = opacity
            self.look_changed.emit()

    @property
    def brightness(self) -> float:
        """For display only: -1..1, 0 as taken."""
        return self._brightness

    @property
    def contrast(self) -> float:
        """For display only: factor, 1 as taken."""
        return self._contrast

    @property
    def toned(self) -> bool:
        """Whether what is seen differs from what was taken."""
        return self._brightness != 0.0 or self._contrast != 1.0

    def set_tone(self, brightness: float, contrast: float) -> None:
        """Changes what is seen, never what is judged: brightness -1..1, contrast 0.2..5."""
        brightness, contrast = min(max(brightness, -1.0), 1.0), min(max(contrast, 0.2), 5.0)
        if (brightness, contrast) != (self._brightness, self._contrast):
            self._brightness, self._contrast = brightness, contrast
            self.look_changed.emit()

    @property
    def split(self) -> bool:
        """Whether tile and map stand side by side."""
        return self._split

    def set_split(self, on: bool) -> None:
        """Puts tile and map side by side, or the map back onto the tile."""
        if on != self._split:
            self._split = on
            self.look_changed.emit()

    @property
    def marks(self) -> bool:
        """Whether regions are outlined."""
        return self._marks

    def set_marks(self, on: bool) -> None:
        """Outlines regions, or does not."""
        if on != self._marks:
            self._marks = on
            self.look_changed.emit()

    @property
    def selected(self) -> int | None:
        """Place of the chosen region in the tile's list."""
        return self._selected

    def select(self, index: int | None) -> None:
        """Chooses a region, or none; an index that the tile does not have counts as none."""
        count = len(self._tile.regions) if self._tile else 0
        index = index if index is not None and 0 <= index < count else None
        if index != self._selected:
            self._selected = index
            self.look_changed.emit()

    # Where it lies

    @property
    def view(self) -> View:
        """Zoom and place."""
        return self._view

    @property
    def port(self) -> Port:
        """The room of one canvas."""
        return self._port

    def set_port(self, port: Port) -> None:
        """The canvas has another size or device ratio."""
        if port != self._port:
            self._port = port
            self._refit()
            self.view_changed.emit()

    def set_view(self, view: View) -> None:
        """Goes to a zoom and place."""
        if view != self._view:
            self._view = view
            self.view_changed.emit()

    def fit(self) -> None:
        """Shows the whole tile, now and for the tiles to come."""
        if self._tile is not None:
            self.set_view(self._fitted(self._tile))

    def one_to_one(self) -> None:
        """One pixel of the tile on one pixel of the screen."""
        if self._tile is not None:
            self.set_view(View(1.0, self._view.x, self._view.y, fit=False))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zooms around a logical position; around the middle where None."""
        middle = QPointF(self._port.width / 2 / self._port.ratio, self._port.height / 2 / self._port.ratio)
        self.set_view(zoomed(self._view, self._port, factor, middle if at is None else at))

    def pan_by(self, by: QPointF) -> None:
        """Moves the tile by logical pixels."""
        if self._tile is not None:
            self.set_view(panned(self._view, self._port, by, self._tile.width, self._tile.height))

    def show_region(self, index: int) -> None:
        """Chooses a region and zooms to it."""
        self.select(index)
        if self._tile is not None and self._selected is not None:
            self.set_view(around(self._port, QRectF(*self._tile.regions[index].box)))

    def _fitted(self, tile: ViewTile) -> View:
        return fitted(self._port, tile.width, tile.height, _MARGIN * self._port.ratio)

    def _refit(self) -> None:
        if self._view.fit and self._tile is not None:
            self._view = self._fitted(self._tile)
