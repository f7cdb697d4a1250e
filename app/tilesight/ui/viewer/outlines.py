"""Outlines of regions and of the inspected area, in tile pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from bsdrd.result import MAP_STRIDE, AnomalyMaps, Region
from tilesight.ui.viewer.tile import ViewTile

#: How far an outline may leave the pixels' edges, in half pixels.
_SLACK = 1.0


def _window(maps: AnomalyMaps, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """The fused map inside a box, one value a pixel, as `bsdrd.judge` counts it."""
    x, y, width, height = box
    step = 1 / MAP_STRIDE
    matrix = np.array(
        [[step, 0.0, (x + 0.5) * step - 0.5], [0.0, step, (y + 0.5) * step - 0.5]], dtype=np.float64
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpAffine(maps.fused, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    values = np.asarray(part, dtype=np.float32)
    # Judging never loses a cell's peak to interpolation; neither may the outline.
    rows, columns = np.arange(y, y + height), np.arange(x, x + width)
    rows, columns = (at[np.isin(at % MAP_STRIDE, (1, 2))] for at in (rows, columns))
    own = maps.fused[np.ix_(rows // MAP_STRIDE, columns // MAP_STRIDE)]
    centres = np.ix_(rows - y, columns - x)
    values[centres] = np.maximum(values[centres], own)
    return values


def _path(inside: NDArray[np.bool_], x: int, y: int) -> QPainterPath:
    """The border of an area whose first pixel lies at x, y of the tile."""
    # Contours run through pixel centres; twice the size they run along pixel edges.
    doubled = inside.astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)
    contours, _ = cv2.findContours(doubled, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    path = QPainterPath()
    for contour in contours:
        # Corners of single pixels cost drawing time and cannot be seen under a line this wide.
        points = cv2.approxPolyDP(contour, _SLACK, closed=True).reshape(-1, 2)
        corners = [QPointF(x + (px + 0.5) / 2, y + (py + 0.5) / 2) for px, py in points.tolist()]
        path.addPolygon(QPolygonF(corners))
        path.closeSubpath()
    return path


def region_path(tile: ViewTile, region: Region) -> QPainterPath:
    """The outline of a region; its box where the tile has no maps or threshold."""
    x, y, width, height = region.box
    level = tile.outline_at
    if tile.maps is None or level is None or width < 1 or height < 1:
        path = QPainterPath()
        path.addRect(x, y, width, height)
        return path
    inside = _window(tile.maps, region.box) >= level
    count, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=8)
    if count > 2:
        # The box of a region may hold parts of another one.
        at = int(labels[region.peak_at[1] - y, region.peak_at[0] - x]) if _holds(region) else 0
        if at:
            inside = labels == at
    path = _path(np.asarray(inside, dtype=np.bool_), x, y)
    if path.isEmpty():
        path.addRect(x, y, width, height)
    return path


def _holds(region: Region) -> bool:
    x, y, width, height = region.box
    return x <= region.peak_at[0] < x + width and y <= region.peak_at[1] < y + height


def excluded_path(mask: NDArray[np.bool_]) -> QPainterPath:
    """The area that is not inspected, as a path with odd-even filling."""
    path = _path(~mask, 0, 0)
    path.setFillRule(path.fillRule().OddEvenFill)
    return path
