"""Rendered tiles and belts with known truth; NumPy and OpenCV only."""

from tilesight.line.demo.textures import TEXTURES, Texture
from tilesight.line.demo.tiles import (
    DEFECTS,
    EXPOSURE_RANGE,
    KINDS,
    Kind,
    RenderedTile,
    random_size,
    render_good_tiles,
    render_tile,
    render_tiles,
)

__all__ = [
    "DEFECTS",
    "EXPOSURE_RANGE",
    "KINDS",
    "TEXTURES",
    "Kind",
    "RenderedTile",
    "Texture",
    "random_size",
    "render_good_tiles",
    "render_tile",
    "render_tiles",
]
