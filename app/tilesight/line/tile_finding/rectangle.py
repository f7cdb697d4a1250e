"""The rectangle around a piece: turned like its sides, and so large that broken corners stay inside."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

#: How far inside a side its brightness is looked at, in pixels.
_INWARDS = 12


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A turned rectangle.

    Attributes:
        centre: x, y in pixels.
        angle_deg: Turn of its x axis, above -45 and at most 45.
        width: Along its x axis, in pixels.
        height: Along its y axis, in pixels.
        fill: Share of it that the piece covers, 0 to 1.
    """

    centre: tuple[float, float]
    angle_deg: float
    width: float
    height: float
    fill: float


def outline_of(mask: NDArray[np.uint8]) -> Points:
    """Points along the outer border of the largest piece: N x 2, x and y in pixels."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea)
    return largest[:, 0, :].astype(np.float64)


def rectangle_around(outline: Points) -> Rectangle:
    """The rectangle around a piece's convex hull, turned like its sides.

    The smallest rectangle around a tile leans where a corner is broken off or an end is bowed; the sides
    themselves, fitted as lines without their ends, do not.

    Args:
        outline: N x 2, x and y in pixels.
    """
    _, _, angle = cv2.minAreaRect(outline.astype(np.float32))
    angle = _within_45(angle)
    for _ in range(2):
        angle = _within_45(angle + _lean(outline, angle))
    turned = _turn(outline, -angle)
    low, high = turned.min(axis=0), turned.max(axis=0)
    # The outline runs through pixel centres; the tile reaches half a pixel further on each side.
    width, height = high - low + 1
    centre = _turn(((low + high) / 2)[None, :], angle)[0]
    area = cv2.contourArea(outline.astype(np.float32)) + len(outline) / 2
    fill = min(1.0, float(area / (width * height)))
    return Rectangle((float(centre[0]), float(centre[1])), angle, float(width), float(height), fill)


def reach_out(around: Rectangle, above: NDArray[np.float32], least: float) -> Rectangle:
    """The rectangle with each side moved outwards over a rim that is only a little brighter than the belt.

    A single pixel of a dark rim cannot be told from the belt; the mean along a whole side can.

    Args:
        around: The rectangle found so far.
        above: Brightness above the belt, float32 H x W.
        least: Brightness above the belt, as a mean along a side, from which it is tile.
    """
    pad = max(6, round(0.16 * min(around.width, around.height)))
    width, height = math.ceil(around.width), math.ceil(around.height)
    shift = _turn(np.array([[(width - 1) / 2 + pad, (height - 1) / 2 + pad]]), around.angle_deg)[0]
    turn = _turn(np.eye(2), around.angle_deg).T
    matrix = np.hstack([turn, (np.asarray(around.centre) - shift)[:, None]])
    size = (width + 2 * pad, height + 2 * pad)
    # Beside the picture there is nothing to reach for.
    straight = cv2.warpAffine(
        above, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT
    )
    across = straight[pad + height // 8 : pad + height - height // 8].mean(axis=0)
    along = straight[:, pad + width // 8 : pad + width - width // 8].mean(axis=1)
    left, right = _side(across[: pad + _INWARDS][::-1], least), _side(across[pad + width - _INWARDS :], least)
    top, bottom = _side(along[: pad + _INWARDS][::-1], least), _side(along[pad + height - _INWARDS :], least)
    move = _turn(np.array([[(right - left) / 2, (bottom - top) / 2]]), around.angle_deg)[0]
    centre = (around.centre[0] + float(move[0]), around.centre[1] + float(move[1]))
    new_width, new_height = around.width + left + right, around.height + top + bottom
    fill = min(1.0, around.fill * around.width * around.height / (new_width * new_height))
    return Rectangle(centre, around.angle_deg, new_width, new_height, fill)


def _side(outwards: NDArray[np.float32], least: float) -> float:
    """How far a side moves outwards; a little inwards where the edge's blur was taken for tile.

    Args:
        outwards: Means along the side, from `_INWARDS` pixels inside the side found so far to the outside.
        least: Brightness from which it is tile.
    """
    level = float(outwards[: _INWARDS - 4].mean())
    below = np.flatnonzero(outwards[_INWARDS - 4 :] < max(least, 0.45 * level))
    # A side that never ends has a neighbour; what was found before holds.
    return max(-1.25, float(below[0]) - 4) if len(below) else 0.0


def _within_45(angle_deg: float) -> float:
    """The same sides, named by an angle above -45 and at most 45."""
    angle = math.remainder(angle_deg, 90)
    return 45.0 if angle == -45 else angle


def _turn(points: Points, angle_deg: float) -> Points:
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return points @ np.array([[cos, sin], [-sin, cos]])


def _lean(outline: Points, angle_deg: float) -> float:
    """By how many degrees the four sides, taken together, lean against `angle_deg`."""
    turned = _turn(outline, -angle_deg)
    low, high = turned.min(axis=0), turned.max(axis=0)
    size = np.maximum(high - low, 1)
    leans: list[float] = []
    weights: list[float] = []
    for axis in (0, 1):
        along, depth = turned[:, axis], turned[:, 1 - axis]
        middle = np.abs(along - (low + high)[axis] / 2) < 0.38 * size[axis]
        reach = max(4.0, 0.05 * float(size[1 - axis]))
        for side, inside in ((low, 1.0), (high, -1.0)):
            near = middle & ((depth - side[1 - axis]) * inside < reach)
            if near.sum() < max(12, 0.25 * size[axis]):
                continue
            points = np.stack([along[near], depth[near]], axis=1).astype(np.float32)
            dx, dy, _, _ = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
            lean = math.degrees(math.atan2(dy, dx))
            lean = lean - 180 if lean > 90 else lean + 180 if lean < -90 else lean
            if abs(lean) < 15:
                leans.append(lean if axis == 0 else -lean)
                weights.append(float(near.sum()) ** 2)
    return float(np.average(leans, weights=weights)) if leans else 0.0
