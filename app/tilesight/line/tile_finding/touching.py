"""Taking tiles apart that touch: along a dark seam, or at the corners between them."""

from __future__ import annotations

import math
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.line.tile_finding.rectangle import Points, Rectangle, outline_of, rectangle_around
from tilesight.line.tile_finding.segment import Grey, Mask

#: A piece that covers this share of its rectangle is one tile, unless a seam says otherwise.
_ONE_TILE = 0.93
#: What comes off by a cut must cover at least this share of its own rectangle.
_GOOD_PIECE = 0.90
#: A seam is darker than this share of the tiles on both sides of it...
_SEAM_LEVEL = 0.62
#: ... along at least this share of its length.
_SEAM_LENGTH = 0.85


def take_apart(piece: Mask, above: Grey, shortest: float, depth: int = 4) -> list[tuple[Mask, Rectangle]]:
    """The tiles in a piece, each with its rectangle; a piece that cannot be parted comes back whole.

    Args:
        piece: uint8 H x W, 0 and 255.
        above: Brightness above the belt, float32 H x W.
        shortest: Smallest short side of a tile in pixels of these arrays.
        depth: How many times parts may be parted again.
    """
    outline = outline_of(piece)
    whole = rectangle_around(outline)
    if depth == 0 or max(whole.width, whole.height) < 2 * shortest:
        return [(piece, whole)]
    cut = _seam(piece, above, whole, shortest)
    if cut is None and whole.fill < _ONE_TILE:
        cut = _corner_cut(piece, outline, whole, shortest)
    if cut is None:
        return [(piece, whole)]
    return [tile for part in cut for tile in take_apart(part, above, shortest, depth - 1)]


def _parts(piece: Mask, start: Points, end: Points, shortest: float) -> list[Mask] | None:
    """The two sides of a cut from `start` to `end`; None unless it parts two pieces of the size of tiles."""
    (x0, y0), (x1, y1) = piece_box(piece)
    view = piece[y0:y1, x0:x1].copy()
    shift = np.array([x0, y0])
    first, second = (np.round(point - shift).astype(int).tolist() for point in (start, end))
    # One pixel wide in four-connected terms: diagonal neighbours are parted too.
    cv2.line(view, first, second, 0, 1, cv2.LINE_8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(view, connectivity=4)
    areas = stats[1:count, cv2.CC_STAT_AREA]
    large = [label + 1 for label, area in enumerate(areas) if area >= 0.7 * shortest**2]
    if len(large) != 2:
        return None
    parts: list[Mask] = []
    for label in large:
        part = np.zeros_like(piece)
        part[y0:y1, x0:x1] = (labels == label).astype(np.uint8) * 255
        parts.append(part)
    return parts


def piece_box(piece: Mask) -> tuple[tuple[int, int], tuple[int, int]]:
    """Upper left (inclusive) and lower right (exclusive) corner of a piece: x, y in pixels."""
    x, y, width, height = cv2.boundingRect(piece)
    return (x, y), (x + width, y + height)


def _corner_cut(piece: Mask, outline: Points, whole: Rectangle, shortest: float) -> list[Mask] | None:
    """The cut between inward corners of the outline that leaves the best rectangles."""
    corners = _inward_corners(outline, max(5.0, 0.08 * shortest))
    cuts: list[tuple[Points, Points]] = list(combinations(corners, 2))
    reach = math.hypot(whole.width, whole.height)
    for corner in corners:
        for direction in _sides_at(outline, corner, 0.35 * shortest):
            cuts.append((corner - 2 * direction, corner + reach * direction))
    best: list[Mask] | None = None
    best_fill = max(_GOOD_PIECE, whole.fill + 0.02)
    for start, end in cuts:
        parts = _parts(piece, start, end, shortest)
        if parts is None:
            continue
        rectangles = [rectangle_around(outline_of(part)) for part in parts]
        if min(min(item.width, item.height) for item in rectangles) < shortest:
            continue
        fill = min(item.fill for item in rectangles)
        if fill > best_fill:
            best, best_fill = parts, fill
    return best


def _inward_corners(outline: Points, depth_px: float) -> list[Points]:
    """The (at most four) deepest points where the outline turns inwards."""
    hull = np.sort(cv2.convexHull(outline.astype(np.int32), returnPoints=False).ravel())
    found: list[tuple[float, Points]] = []
    for first, last in zip(hull, np.roll(hull, -1), strict=True):
        chord = outline[last] - outline[first]
        length = float(np.hypot(*chord))
        between = (
            outline[first : last + 1] if last > first else np.vstack([outline[first:], outline[: last + 1]])
        )
        if length < 1 or len(between) < 3:
            continue
        offset = between - outline[first]
        depths = np.abs(offset[:, 0] * chord[1] - offset[:, 1] * chord[0]) / length
        deepest = int(np.argmax(depths))
        if depths[deepest] >= depth_px:
            found.append((float(depths[deepest]), between[deepest]))
    found.sort(key=lambda item: -item[0])
    return [point for _, point in found[:4]]


def _sides_at(outline: Points, corner: Points, length_px: float) -> list[Points]:
    """The two sides that meet in a corner, as unit vectors from outside through the corner into the piece."""
    at = int(np.argmin(((outline - corner) ** 2).sum(axis=1)))
    steps = max(6, int(length_px))
    directions: list[Points] = []
    for sign in (1, -1):
        there = outline[(at + sign * np.arange(3, steps)) % len(outline)].mean(axis=0)
        away = corner - there
        size = float(np.hypot(*away))
        if size > 1:
            directions.append(away / size)
    return directions


def _seam(piece: Mask, above: Grey, whole: Rectangle, shortest: float) -> list[Mask] | None:
    """The two sides of a dark straight line right through the piece, if there is one."""
    width, height = math.ceil(whole.width), math.ceil(whole.height)
    cos, sin = math.cos(math.radians(whole.angle_deg)), math.sin(math.radians(whole.angle_deg))
    x, y = whole.centre
    mid_x, mid_y = (width - 1) / 2, (height - 1) / 2
    matrix = np.array([[cos, -sin, x - cos * mid_x + sin * mid_y], [sin, cos, y - sin * mid_x - cos * mid_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    straight = cv2.warpAffine(above, matrix, (width, height), flags=flags).astype(np.float32)
    covered = cv2.warpAffine(piece, matrix, (width, height), flags=flags) > 127
    for axis in (0, 1):
        at = _dark_line(straight if axis == 0 else straight.T, covered if axis == 0 else covered.T, shortest)
        if at is None:
            continue
        ends = np.array(
            [[at, -3], [at, height + 3]] if axis == 0 else [[-3, at], [width + 3, at]], np.float64
        )
        start, end = ends @ matrix[:, :2].T + matrix[:, 2]
        parts = _parts(piece, start, end, shortest)
        if parts is not None:
            return parts
    return None


def _dark_line(straight: NDArray[np.float32], covered: NDArray[np.bool_], shortest: float) -> int | None:
    """The column that is darker than both sides of it nearly all the way down, or None."""
    edge = int(0.8 * shortest)
    if straight.shape[1] < 2 * edge + 1:
        return None
    shift = 12
    level = np.maximum(cv2.blur(straight, (1, 15)), 0)
    sides = cv2.blur(level, (9, 1))
    left, right = np.roll(sides, shift, axis=1), np.roll(sides, -shift, axis=1)
    dark = (level < _SEAM_LEVEL * np.minimum(left, right)) | ~covered
    # A seam may lean by a pixel or two against the outline of both tiles together.
    dark = cv2.dilate(dark.astype(np.uint8), np.ones((1, 3), np.uint8))
    share = dark.mean(axis=0)
    share[:edge] = 0
    share[-edge:] = 0
    at = int(np.argmax(share))
    seen = covered[:, at].mean() > 0.3
    return at if share[at] >= _SEAM_LENGTH and seen else None
