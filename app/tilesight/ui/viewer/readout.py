"""What lies under the cursor: place, grey value and the three scores, as numbers and as one line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QLocale

from bsdrd.result import MAP_STRIDE
from tilesight.ui.viewer.tile import ViewTile


@dataclass(frozen=True, slots=True)
class Reading:
    """Values at one pixel.

    Attributes:
        x: Column.
        y: Row.
        pixel: As taken: one grey value, or red, green and blue.
        struct: Value of the struct map; None where there is no map.
        detail: Likewise.
        fused: Likewise.
    """

    x: int
    y: int
    pixel: tuple[int, ...]
    struct: float | None = None
    detail: float | None = None
    fused: float | None = None


def _value(grid: NDArray[np.float32], x: int, y: int) -> float:
    """The map's value at a pixel, as `bsdrd.judge` counts it."""
    column = np.clip((x + 0.5) / MAP_STRIDE - 0.5, 0, grid.shape[1] - 1)
    row = np.clip((y + 0.5) / MAP_STRIDE - 0.5, 0, grid.shape[0] - 1)
    x0, y0 = int(column), int(row)
    x1, y1 = min(x0 + 1, grid.shape[1] - 1), min(y0 + 1, grid.shape[0] - 1)
    right, down = float(column) - x0, float(row) - y0
    upper = float(grid[y0, x0]) * (1 - right) + float(grid[y0, x1]) * right
    lower = float(grid[y1, x0]) * (1 - right) + float(grid[y1, x1]) * right
    value = upper * (1 - down) + lower * down
    # Judging never loses a cell's peak to interpolation; neither may the read-out.
    centre = x % MAP_STRIDE in (1, 2) and y % MAP_STRIDE in (1, 2)
    return max(value, float(grid[y // MAP_STRIDE, x // MAP_STRIDE])) if centre else value


def read(tile: ViewTile, x: float, y: float) -> Reading | None:
    """What lies at a place of the tile; None outside it."""
    column, row = int(np.floor(x)), int(np.floor(y))
    if not (0 <= column < tile.width and 0 <= row < tile.height):
        return None
    pixel = tuple(int(value) for value in np.atleast_1d(tile.pixels[row, column]))
    if tile.maps is None:
        return Reading(column, row, pixel)
    maps = tile.maps
    values = (_value(grid, column, row) for grid in (maps.struct, maps.detail, maps.fused))
    return Reading(column, row, pixel, *values)


def reading_text(reading: Reading) -> str:
    """One line for people."""
    locale = QLocale()
    parts = [f"x {reading.x}  y {reading.y}"]
    if len(reading.pixel) == 1:
        grey = QCoreApplication.translate("Viewer", "grey value {value}")
        parts.append(grey.format(value=reading.pixel[0]))
    else:
        parts.append("RGB " + " ".join(str(value) for value in reading.pixel))
    for word, value in (
        (QCoreApplication.translate("Viewer", "struct"), reading.struct),
        (QCoreApplication.translate("Viewer", "detail"), reading.detail),
        (QCoreApplication.translate("Viewer", "fused"), reading.fused),
    ):
        if value is not None:
            parts.append(f"{word} {locale.toString(value, 'f', 2)}")
    return "   ".join(parts)
