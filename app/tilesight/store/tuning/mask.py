"""The inspection mask of a recipe: strokes in the tile's own coordinates, so that it fits every tile.

A point is (x, y) with (0, 0) at the tile's upper left corner and (1, 1) at its lower right one. The tile
finder brings every tile upright first, so a mask drawn on one tile follows the pose of all others and
scales with their size. Strokes are applied in the order drawn; a later one overrules an earlier one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

#: A stroke may leave the tile by its own size, as when a rectangle is drawn over the edge.
_Coordinate = Annotated[float, Field(ge=-1.0, le=2.0, allow_inf_nan=False)]
_MOST_POINTS = 20_000
_MOST_STROKES = 5_000
_ROUND = 24  # corners of a brush's outline


class StrokeKind(StrEnum):
    """How a stroke was drawn."""

    POLYGON = "polygon"
    RECTANGLE = "rectangle"
    BRUSH = "brush"


class Stroke(BaseModel):
    """One thing drawn on the mask.

    Attributes:
        kind: Polygon: its corners. Rectangle: two opposite corners. Brush: the middle of its path.
        inspect: True adds what it covers to the inspected area, False takes it away.
        points: (x, y) in shares of the tile's width and height.
        radius: Of a brush, in shares of the tile's width and height; (0, 0) for the other kinds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: StrokeKind
    inspect: bool = False
    points: tuple[tuple[_Coordinate, _Coordinate], ...] = Field(min_length=1, max_length=_MOST_POINTS)
    radius: tuple[_Coordinate, _Coordinate] = (0.0, 0.0)

    def __hash__(self) -> int:
        return hash((self.kind, self.inspect, self.points, self.radius))

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Stroke:
        count = len(self.points)
        if self.kind is StrokeKind.POLYGON and count < 3:
            raise ValueError(f"a polygon needs at least 3 corners, not {count}")
        if self.kind is StrokeKind.RECTANGLE and count != 2:
            raise ValueError(f"a rectangle has 2 corners, not {count}")
        if self.kind is StrokeKind.BRUSH and min(self.radius) <= 0:
            raise ValueError("a brush needs a radius above 0")
        return self


class InspectionMask(BaseModel):
    """Which part of a tile is inspected.

    Attributes:
        inspect_all: Whether the tile is inspected where nothing is drawn.
        strokes: In the order drawn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    inspect_all: bool = True
    strokes: tuple[Stroke, ...] = Field(default=(), max_length=_MOST_STROKES)

    def __hash__(self) -> int:
        return hash((self.inspect_all, self.strokes))

    @property
    def is_trivial(self) -> bool:
        """Whether it inspects everything because nothing was drawn."""
        return self.inspect_all and not self.strokes

    def with_stroke(self, stroke: Stroke) -> InspectionMask:
        """The mask with one more stroke.

        Raises:
            ValueError: If there are too many strokes.
        """
        if len(self.strokes) >= _MOST_STROKES:
            raise ValueError(f"a mask holds at most {_MOST_STROKES} strokes")
        return InspectionMask(inspect_all=self.inspect_all, strokes=(*self.strokes, stroke))

    def inverted(self) -> InspectionMask:
        """The mask that inspects exactly what this one leaves out."""
        turned = tuple(stroke.model_copy(update={"inspect": not stroke.inspect}) for stroke in self.strokes)
        return InspectionMask(inspect_all=not self.inspect_all, strokes=turned)

    def raster(self, height: int, width: int) -> NDArray[np.bool_]:
        """The mask for a tile of this size: bool, height x width, True = inspected, read-only.

        A pixel belongs to a stroke that covers its centre.
        """
        return _raster(self, height, width)

    def share(self, height: int = 512, width: int = 512) -> float:
        """How much of a tile is inspected, 0..1."""
        return float(self.raster(height, width).mean())


class MaskHistory:
    """A mask being drawn, with every step to undo and redo."""

    def __init__(self, mask: InspectionMask | None = None) -> None:
        self._states = [mask or InspectionMask()]
        self._at = 0

    @property
    def mask(self) -> InspectionMask:
        """As it is now."""
        return self._states[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return self._at < len(self._states) - 1

    def change(self, mask: InspectionMask) -> bool:
        """Goes on to another mask; what was undone is gone then. False if it is the same mask."""
        if mask == self.mask:
            return False
        del self._states[self._at + 1 :]
        self._states.append(mask)
        self._at += 1
        return True

    def undo(self) -> bool:
        """Takes one step back; False at the first one."""
        could = self.can_undo
        self._at -= could
        return could

    def redo(self) -> bool:
        """Takes one step forward again; False at the last one."""
        could = self.can_redo
        self._at += could
        return could


@lru_cache(maxsize=8)
def _raster(mask: InspectionMask, height: int, width: int) -> NDArray[np.bool_]:
    area = np.full((height, width), mask.inspect_all, np.bool_)
    scale = np.array([width, height], np.float64)
    for stroke in mask.strokes:
        for outline in _outlines(stroke):
            _fill(area, outline * scale, stroke.inspect)
    area.setflags(write=False)
    return area


def _outlines(stroke: Stroke) -> Iterable[NDArray[np.float64]]:
    """Closed outlines that together cover a stroke, each corners x 2."""
    points = np.asarray(stroke.points, np.float64)
    if stroke.kind is StrokeKind.POLYGON:
        return [points]
    if stroke.kind is StrokeKind.RECTANGLE:
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return [np.array([[left, top], [right, top], [right, bottom], [left, bottom]])]
    angles = np.linspace(0.0, 2 * math.pi, _ROUND, endpoint=False)
    tip = np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.asarray(stroke.radius)
    if len(points) == 1:
        return [points[0] + tip]
    return [_swept(tip, start, end) for start, end in pairwise(points)]


def _swept(
    tip: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What a convex tip covers on a straight way: the half that looks back, and the half that looks on."""
    way = end - start
    ahead = tip @ np.array([-way[1], way[0]])
    first, last = int(np.argmax(ahead)), int(np.argmin(ahead))
    turned = np.roll(tip, -first, axis=0)
    half = (last - first) % len(tip) + 1
    # From the corner furthest to the left of the way, the tip's corners turn over its back to the right.
    back, front = turned[:half], np.concatenate([turned[half - 1 :], turned[:1]])
    return np.concatenate([start + back, end + front])


def _fill(area: NDArray[np.bool_], corners: NDArray[np.float64], value: bool) -> None:
    """Sets the pixels whose centres lie inside an outline (even-odd rule); corners in pixels, K x 2."""
    height, width = area.shape
    top, bottom = max(math.floor(corners[:, 1].min()), 0), min(math.ceil(corners[:, 1].max()), height)
    left, right = max(math.floor(corners[:, 0].min()), 0), min(math.ceil(corners[:, 0].max()), width)
    if top >= bottom or left >= right:
        return
    centres = np.arange(top, bottom) + 0.5
    ahead = np.roll(corners, -1, axis=0)
    edge, row = np.nonzero((corners[:, 1, None] <= centres) != (ahead[:, 1, None] <= centres))
    (x0, y0), (x1, y1) = corners[edge].T, ahead[edge].T
    crossing = x0 + (centres[row] - y0) / (y1 - y0) * (x1 - x0)
    first = np.clip(np.ceil(crossing - 0.5), left, right).astype(np.int64) - left
    # Every crossing turns inside into outside from there on; counts wrap at 256 and stay odd or even.
    turns = np.zeros((bottom - top, right - left + 1), np.uint8)
    np.add.at(turns, (row, first), 1)
    inside = np.cumsum(turns, axis=1, dtype=np.uint8)[:, :-1] & 1
    area[top:bottom, left:right][inside.view(np.bool_)] = value
