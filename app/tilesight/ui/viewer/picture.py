"""Pixels and maps as QImages of exactly the part that is seen, at the size at which it is seen.

What is drawn costs as much as the widget is large, not as the tile is large: OpenCV warps the part that is
seen to device pixels, and Qt paints it one to one. Values between grid places are bilinear, the same as
`AnomalyMaps.full`, so what is drawn is what was judged.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from bsdrd.result import MAP_STRIDE, AnomalyMaps, MapName
from tilesight.ui.viewer.colours import FUSED_LEVELS, LEVELS, MIXES
from tilesight.ui.viewer.geometry import Port, View
from tilesight.ui.viewer.tile import MapScale, ViewTile

_Number = TypeVar("_Number", np.uint8, np.float32)


def display_bytes(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Pixels for the screen: uint8, the same shape; 16-bit values keep their upper byte, never stretched."""
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, dtype=np.uint8)
    return (pixels >> 8).astype(np.uint8)


class Pyramid:
    """A tile at full, half, quarter... size, made when first needed, so that a small picture is a clean one.

    Args:
        pixels: H x W or H x W x 3, uint8 or uint16.
    """

    def __init__(self, pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
        self._levels = [display_bytes(pixels)]

    def for_zoom(self, zoom: float) -> NDArray[np.uint8]:
        """The smallest level that still has a pixel for every device pixel."""
        level = 0
        while zoom < 0.5 and min(self._at(level).shape[:2]) >= 4:
            zoom *= 2
            level += 1
        return self._at(level)

    def _at(self, level: int) -> NDArray[np.uint8]:
        while len(self._levels) <= level:
            last = self._levels[-1]
            size = (-(-last.shape[1] // 2), -(-last.shape[0] // 2))
            half = cv2.resize(last, size, interpolation=cv2.INTER_AREA)
            self._levels.append(np.asarray(half, dtype=np.uint8))
        return self._levels[level]


def _matrix(view: View, port: Port, seen: QRect, scale_x: float, scale_y: float) -> NDArray[np.float64]:
    """Maps places of the picture to make to places of a source that has `scale` values a tile pixel."""
    x0 = (seen.x() + 0.5 - port.width / 2) / view.zoom + view.x
    y0 = (seen.y() + 0.5 - port.height / 2) / view.zoom + view.y
    return np.array(
        [
            [scale_x / view.zoom, 0.0, x0 * scale_x - 0.5],
            [0.0, scale_y / view.zoom, y0 * scale_y - 0.5],
        ]
    )


def _warp(
    source: NDArray[_Number], matrix: NDArray[np.float64], seen: QRect, *, nearest: bool
) -> NDArray[_Number]:
    flags = (cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP
    size = (seen.width(), seen.height())
    part = cv2.warpAffine(source, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(part, dtype=source.dtype)


def seen_pixels(tile: ViewTile, pyramid: Pyramid, view: View, port: Port) -> tuple[QRect, NDArray[np.uint8]]:
    """The part of a tile that is seen, in device pixels.

    Returns:
        Where it lies in the port, and h x w or h x w x 3 uint8; crisp squares from twice its size on.
    """
    seen = port.seen(view, tile.width, tile.height)
    if seen.isEmpty():
        return seen, np.zeros((0, 0), dtype=np.uint8)
    level = pyramid.for_zoom(view.zoom)
    scale_x, scale_y = level.shape[1] / tile.width, level.shape[0] / tile.height
    matrix = _matrix(view, port, seen, scale_x, scale_y)
    return seen, _warp(level, matrix, seen, nearest=view.zoom >= 2.0)


def _levels_of(values: NDArray[np.float32], scale: MapScale, levels: int) -> NDArray[np.uint8]:
    """Levels 0..levels-1 of map values; spoils its argument."""
    per_level = levels / (scale.top - scale.bottom)
    cv2.max(values, float(scale.bottom), values)  # type: ignore[call-overload]
    # convertScaleAbs rounds; half a level less makes it floor, so that no value is drawn above itself.
    floored = cv2.convertScaleAbs(values, alpha=per_level, beta=-scale.bottom * per_level - 0.5)
    if levels < LEVELS:
        cv2.min(floored, float(levels - 1), floored)  # type: ignore[call-overload]
    return np.asarray(floored, dtype=np.uint8)


def detail_share(maps: AnomalyMaps) -> NDArray[np.float32]:
    """How much of what fired is detail: float32 on the map grid, 0 (all struct) to 1 (all detail)."""
    struct, detail = np.maximum(maps.struct, 0), np.maximum(maps.detail, 0)
    return (detail / np.maximum(struct + detail, np.float32(1e-6))).astype(np.float32)


def seen_indices(
    maps: AnomalyMaps, name: MapName, scale: MapScale, view: View, port: Port
) -> tuple[QRect, NDArray[np.uint8]]:
    """The index picture of the part of a map that is seen, in device pixels.

    Returns:
        Where it lies in the port, and h x w uint8 for the tables of `viewer.colours`.
    """
    seen = port.seen(view, maps.width, maps.height)
    if seen.isEmpty():
        return seen, np.zeros((0, 0), dtype=np.uint8)
    matrix = _matrix(view, port, seen, 1 / MAP_STRIDE, 1 / MAP_STRIDE)
    values = _warp(maps.grid(name), matrix, seen, nearest=False)
    if name != "fused":
        return seen, _levels_of(values, scale, LEVELS)
    share = _warp(detail_share(maps), matrix, seen, nearest=False)
    mixes = cv2.convertScaleAbs(share, alpha=MIXES, beta=-0.5)
    cv2.min(mixes, float(MIXES - 1), mixes)  # type: ignore[call-overload]
    levels = _levels_of(values, scale, FUSED_LEVELS)
    return seen, np.asarray(cv2.scaleAdd(mixes, FUSED_LEVELS, levels), dtype=np.uint8)


def as_image(indices: NDArray[np.uint8], table: list[int]) -> QImage:
    """An index picture with its colour table; it shares the array's memory, which must stay."""
    height, width = indices.shape
    made = QImage(indices.data, width, height, indices.strides[0], QImage.Format.Format_Indexed8)
    made.setColorTable(table)
    return made


def tone_table(brightness: float, contrast: float) -> NDArray[np.uint8]:
    """What a grey value looks like on screen: uint8, 256 values.

    Args:
        brightness: -1 (all black) to 1 (all white), 0 unchanged.
        contrast: Factor around middle grey, 1 unchanged.
    """
    values = (np.arange(256) - 127.5) * contrast + 127.5 + 255.0 * brightness
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def toned_image(pixels: NDArray[np.uint8], tones: NDArray[np.uint8]) -> tuple[QImage, NDArray[np.uint8]]:
    """Pixels on screen after brightness and contrast.

    Returns:
        The picture, and the array whose memory it shares.
    """
    height, width = pixels.shape[:2]
    if pixels.ndim == 2:
        greys = tones.astype(np.uint32)
        table = ((np.uint32(255) << np.uint32(24)) | (greys << 16) | (greys << 8) | greys).tolist()
        return as_image(pixels, table), pixels
    toned = np.ascontiguousarray(np.asarray(cv2.LUT(pixels, tones), dtype=np.uint8))
    made = QImage(toned.data, width, height, toned.strides[0], QImage.Format.Format_RGB888)
    return made, toned
