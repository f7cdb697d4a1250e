"""The viewer: a tile with its overlay. `TileViewer` is the widget to embed, `ViewTile` what it takes."""

from tilesight.ui.viewer.canvas import CanvasTool, TileCanvas
from tilesight.ui.viewer.model import ViewerModel
from tilesight.ui.viewer.tile import MapScale, ViewTile
from tilesight.ui.viewer.viewer import TileViewer

__all__ = ["CanvasTool", "MapScale", "TileCanvas", "TileViewer", "ViewTile", "ViewerModel"]
