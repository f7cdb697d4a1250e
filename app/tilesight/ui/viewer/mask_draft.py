"""A mask in the making: what was drawn, step by step, until it is kept or thrown away. No widgets."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from bsdrd.result import AnomalyMaps

Mask = NDArray[np.bool_]
#: Contours are rasterised on a grid this much finer than a pixel (2^4), so that half a pixel counts.
_SHIFT = 4
_STEPS_KEPT = 200


class MaskDraft(QObject):
    """A mask of one tile in the making.

    Signals:
        changed: Something was drawn, erased, turned back or thrown away.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mask: Mask | None = None
        self._past: list[Mask] = []
        self._undone: list[Mask] = []

    @property
    def mask(self) -> Mask | None:
        """bool, H x W of the tile, read-only; None where nothing is drawn."""
        return self._mask if self._mask is not None and self._mask.any() else None

    @property
    def can_undo(self) -> bool:
        """Whether a step of this drawing can be turned back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step of this drawing can be done again."""
        return bool(self._undone)

    def start(self, height: int, width: int) -> None:
        """Begins anew on a tile of this size, without asking."""
        self._mask = np.zeros((height, width), np.bool_)
        self._past.clear()
        self._undone.clear()
        self.changed.emit()

    def apply(self, area: Mask, *, erase: bool = False) -> None:
        """Adds an area to the mask, or takes it away, as one step."""
        if self._mask is None or area.shape != self._mask.shape:
            return
        new = self._mask & ~area if erase else self._mask | area
        if np.array_equal(new, self._mask):
            return
        self._past.append(self._mask)
        del self._past[:-_STEPS_KEPT]
        self._undone.clear()
        new.setflags(write=False)
        self._mask = new
        self.changed.emit()

    def undo(self) -> None:
        """Turns the last step of this drawing back."""
        if self._past and self._mask is not None:
            self._undone.append(self._mask)
            self._mask = self._past.pop()
            self.changed.emit()

    def redo(self) -> None:
        """Does the step again that was turned back last."""
        if self._undone and self._mask is not None:
            self._past.append(self._mask)
            self._mask = self._undone.pop()
            self.changed.emit()

    def clear(self) -> None:
        """Throws the drawing away."""
        if self._mask is not None:
            self.start(*self._mask.shape)


def polygon_area(points: list[tuple[float, float]], height: int, width: int) -> Mask:
    """The inside of a polygon.

    Args:
        points: x, y of its corners in tile pixels (pixel i covers i..i+1); fewer than three are nothing.
        height: Of the tile.
        width: Likewise.

    Returns:
        bool, height x width.
    """
    area = np.zeros((height, width), np.uint8)
    if len(points) >= 3:
        # OpenCV counts from pixel centres.
        corners = np.round((np.array(points, np.float64) - 0.5) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(area, [corners], 1, lineType=cv2.LINE_8, shift=_SHIFT)
    return np.asarray(area, np.bool_)


def brush_area(points: list[tuple[float, float]], radius: float, height: int, width: int) -> Mask:
    """What a round brush covers on its way.

    Args:
        points: x, y of its way in tile pixels.
        radius: Of the brush in tile pixels, above 0.
        height: Of the tile.
        width: Likewise.

    Returns:
        bool, height x width: pixels whose centre lies within `radius` of the way.
    """
    found = np.zeros((height, width), np.bool_)
    rows, columns = np.mgrid[0:height, 0:width]
    ends = [points[0], *points] if points else []
    for (x0, y0), (x1, y1) in pairwise(ends):
        top, bottom = int(min(y0, y1) - radius) - 1, int(max(y0, y1) + radius) + 2
        left, right = int(min(x0, x1) - radius) - 1, int(max(x0, x1) + radius) + 2
        part = (slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0)))
        x, y = columns[part] + 0.5, rows[part] + 0.5
        dx, dy = x1 - x0, y1 - y0
        length = dx * dx + dy * dy
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0, 1) if length else np.zeros(x.shape)
        found[part] |= (x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2 <= radius * radius
    return found


def wand_area(maps: AnomalyMaps, x: float, y: float, share: float) -> Mask:
    """The connected area around a place in which the fused map stays high.

    Args:
        maps: Of the tile.
        x: Place in tile pixels.
        y: Likewise.
        share: 0..1: the area holds pixels of at least this share of the value at the place. A smaller one
            makes it larger. Where the place is below the average of good tiles there is no such area.

    Returns:
        bool, H x W of the tile; all False where the place lies outside the tile.
    """
    whole = maps.full("fused")
    column, row = int(np.floor(x)), int(np.floor(y))
    nothing = np.zeros(whole.shape, np.bool_)
    if not (0 <= row < whole.shape[0] and 0 <= column < whole.shape[1]) or whole[row, column] <= 0:
        return nothing
    inside = whole >= whole[row, column] * min(max(share, 0.0), 1.0)
    _, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=8)
    return np.asarray(labels == labels[row, column], np.bool_)
