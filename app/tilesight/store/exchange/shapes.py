"""Masks from the shapes that other programs draw, and back."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.store.errors import ExchangeError

Mask = NDArray[np.bool_]


def polygon_mask(rings: Sequence[Sequence[float]], height: int, width: int) -> Mask:
    """The mask of polygons, each as x0, y0, x1, y1 ... in pixels: pixels whose centre lies in any of them.

    OpenCV would paint the outline too: half a pixel more all around.

    Raises:
        ExchangeError: If a polygon has less than three points.
    """
    whole = np.zeros((height, width), bool)
    for ring in rings:
        points = np.asarray(ring, dtype=np.float64)
        if points.size < 6 or points.size % 2 or not np.isfinite(points).all():
            raise ExchangeError("A polygon has less than three points.")
        whole |= _inside(points.reshape(-1, 2), height, width)
    return whole


def _inside(points: NDArray[np.float64], height: int, width: int) -> Mask:
    """Even-odd rule: each edge turns everything to the right of it, row by row."""
    turns = np.zeros((height, width + 1), np.int64)
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        low, high = sorted((y0, y1))
        first, last = max(0, math.ceil(low - 0.5)), min(height, math.ceil(high - 0.5))
        if first >= last:
            continue
        rows = np.arange(first, last)
        crossing = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
        columns = np.clip(np.ceil(crossing - 0.5), 0, width).astype(np.int64)
        turns[rows, columns] += 1
    return np.cumsum(turns, axis=1)[:, :width] % 2 == 1


def rectangle_mask(x0: float, y0: float, x1: float, y1: float, height: int, width: int) -> Mask:
    """The mask of an upright rectangle between two corners, in pixels."""
    left, right = sorted((x0, x1))
    top, bottom = sorted((y0, y1))
    mask = np.zeros((height, width), bool)
    mask[max(0, round(top)) : max(0, round(bottom)), max(0, round(left)) : max(0, round(right))] = True
    return mask


def circle_mask(cx: float, cy: float, radius: float, height: int, width: int) -> Mask:
    """The mask of a disc, in pixels."""
    y, x = np.mgrid[:height, :width]
    return (x + 0.5 - cx) ** 2 + (y + 0.5 - cy) ** 2 <= radius**2


def box_of(mask: Mask) -> tuple[int, int, int, int]:
    """x, y, width, height of what is True; all 0 for an empty mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0, 0, 0, 0
    return int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)


def cut_out_text(mask: Mask) -> str:
    """What lies inside the mask's box as PNG in base64, as labelme keeps masks."""
    x, y, width, height = box_of(mask)
    grey = mask[y : y + height, x : x + width].astype(np.uint8) * 255
    done, data = cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_BILEVEL, 1])
    if not done:
        raise ExchangeError("A mask could not be encoded.")
    return base64.b64encode(data.tobytes()).decode()


def from_cut_out(text: str, x: float, y: float, height: int, width: int) -> Mask:
    """The mask of the tile from what `cut_out_text` made and where its box begins.

    Raises:
        ExchangeError: If the text is no picture, or lies outside the tile.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ExchangeError("A mask's picture is damaged.") from error
    grey: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if grey is None:
        raise ExchangeError("A mask's picture is damaged.")
    left, top = round(x), round(y)
    if left < 0 or top < 0 or top + grey.shape[0] > height or left + grey.shape[1] > width:
        raise ExchangeError("A mask lies outside its tile.")
    mask = np.zeros((height, width), bool)
    mask[top : top + grey.shape[0], left : left + grey.shape[1]] = grey > 0
    return mask


def labelme_mask(shape: Mapping[str, Any], height: int, width: int) -> Mask:
    """The mask of one of labelme's shapes.

    Raises:
        ExchangeError: If it is of a kind without an area, or damaged.
    """
    kind = shape.get("shape_type", "polygon")
    try:
        points = np.asarray(shape["points"], dtype=np.float64).reshape(-1, 2)
        if kind == "polygon":
            return polygon_mask([points.ravel().tolist()], height, width)
        (x0, y0), (x1, y1) = points[:2].tolist()
    except (KeyError, TypeError, ValueError) as error:
        raise ExchangeError(f"A {kind} has not the points it needs.") from error
    if kind == "rectangle":
        return rectangle_mask(x0, y0, x1, y1, height, width)
    if kind == "circle":
        return circle_mask(x0, y0, float(np.hypot(x1 - x0, y1 - y0)), height, width)
    if kind == "mask":
        return from_cut_out(str(shape.get("mask", "")), x0, y0, height, width)
    raise ExchangeError(f"A {kind} has no area, so it is no mask.")
