"""From frames to tiles: the whole frame, a fixed rectangle, or tiles found by themselves.

A frame in which no tile is found gives no tile: that is "no tile", never OK. What looks like a tile and
cannot be inspected (it reaches beyond the picture, it is too large) is refused with the reason, so that
nothing disappears without a word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import ImageError
from tilesight.line.tile_finding.pose import Pixels, Pose
from tilesight.line.tile_finding.rectangle import Rectangle, outline_of, reach_out
from tilesight.line.tile_finding.segment import Mask, grey_of, segment
from tilesight.line.tile_finding.settings import Automatic, FixedRectangle, TileFinding, WholeFrame
from tilesight.line.tile_finding.touching import piece_box, take_apart

__all__ = [
    "Automatic",
    "Finding",
    "FixedRectangle",
    "FoundTile",
    "Pose",
    "RefusedPiece",
    "TileFinding",
    "WholeFrame",
    "find_tiles",
    "look_for_tiles",
]

#: Below this turn a tile is cut out along pixel borders: interpolation would cost more than it sets straight.
_STRAIGHT_DEG = 0.2
#: Streaks must be this much clearer across than along before a tile is turned by a quarter.
_STREAK_RATIO = 1.15
#: A piece that covers less of its rectangle than this is no tile.
_TILE_FILL = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class FoundTile:
    """A tile cut out of a frame.

    Attributes:
        pixels: height x width (x 3), type of the frame, upright, read-only.
        pose: Where it lies; `pose.matrix` takes tile pixels to frame pixels, for overlays and masks.
    """

    pixels: Pixels
    pose: Pose

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)


@dataclass(frozen=True, slots=True)
class RefusedPiece:
    """Something that may be a tile and was not inspected.

    Attributes:
        corners: Its rectangle in the frame: four x, y in pixels.
        reason: Why, as a sentence.
    """

    corners: tuple[tuple[float, float], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in a frame.

    Attributes:
        tiles: In reading order: rows from top to bottom, each from left to right.
        refused: What was seen and not taken as a tile.
    """

    tiles: tuple[FoundTile, ...]
    refused: tuple[RefusedPiece, ...] = ()


def find_tiles(frame: Pixels, settings: TileFinding) -> list[FoundTile]:
    """The tiles in a frame, in reading order; empty where there is none.

    Args:
        frame: H x W (grey) or H x W x 3 (RGB), uint8 or uint16.
        settings: How to look.

    Raises:
        ImageError: If the frame has another shape or type, or a fixed rectangle does not fit into it.
    """
    return list(look_for_tiles(frame, settings).tiles)


def look_for_tiles(frame: Pixels, settings: TileFinding) -> Finding:
    """The tiles in a frame, and what was refused; arguments and errors as for `find_tiles`."""
    _check(frame)
    if isinstance(settings, WholeFrame):
        height, width = frame.shape[:2]
        return Finding((FoundTile(frame, Pose(((width - 1) / 2, (height - 1) / 2), 0.0, width, height)),))
    if isinstance(settings, FixedRectangle):
        return Finding((_fixed(frame, settings),))
    return _automatic(frame, settings)


def _check(frame: Pixels) -> None:
    good_shape = frame.ndim == 2 or (frame.ndim == 3 and frame.shape[2] == 3)
    if not good_shape or frame.dtype.name not in ("uint8", "uint16") or min(frame.shape[:2], default=0) < 1:
        raise ImageError(
            f"A frame of shape {frame.shape} and type {frame.dtype} cannot be searched for tiles.",
            do_next="Use grey or RGB pictures of 8 or 16 bits.",
        )


def _fixed(frame: Pixels, place: FixedRectangle) -> FoundTile:
    centre = (place.x + (place.width - 1) / 2, place.y + (place.height - 1) / 2)
    pose = Pose(centre, place.angle_deg, place.width, place.height)
    height, width = frame.shape[:2]
    (low_x, low_y), (high_x, high_y) = pose.corners.min(axis=0), pose.corners.max(axis=0)
    if low_x < -1 or low_y < -1 or high_x > width or high_y > height:
        raise ImageError(
            f"The rectangle set for tiles ({place.width} x {place.height} at {place.x}, {place.y}) reaches "
            f"beyond the frame of {width} x {height}.",
            do_next="Draw the rectangle again on a frame of this camera, or find tiles automatically.",
        )
    return FoundTile(pose.cut(frame), pose)


def _automatic(frame: Pixels, settings: Automatic) -> Finding:
    seen = segment(frame, settings)
    grey = grey_of(frame)
    tiles: list[FoundTile] = []
    refused: list[RefusedPiece] = []
    for piece in seen.pieces:
        for part, found in take_apart(piece, seen.above_belt, settings.shortest_px * seen.scale):
            rectangle = reach_out(found, seen.above_belt, max(0.05 * seen.contrast, 1.5 * seen.noise))
            pose = _pose(rectangle, seen.scale, settings.margin_px)
            reason = _reason_against(part, rectangle, pose, settings)
            if reason is None and len(tiles) >= settings.most:
                reason = f"More than {settings.most} tiles in one frame."
            if reason == "":
                continue
            if reason is not None:
                refused.append(RefusedPiece(tuple((float(x), float(y)) for x, y in pose.corners), reason))
                continue
            if settings.streaks == "vertical":
                pose = _streaks_down(grey, pose)
            tiles.append(FoundTile(pose.cut(frame), pose))
    return Finding(tuple(_reading_order(tiles)), tuple(refused))


def _pose(rectangle: Rectangle, scale: float, margin: int) -> Pose:
    """The pose in the frame for a rectangle in the search picture."""
    width = math.ceil(rectangle.width / scale - 0.25) + 2 * margin
    height = math.ceil(rectangle.height / scale - 0.25) + 2 * margin
    x, y = ((value + 0.5) / scale - 0.5 for value in rectangle.centre)
    if abs(rectangle.angle_deg) >= _STRAIGHT_DEG:
        return Pose((x, y), rectangle.angle_deg, width, height)
    left, top = round(x - (width - 1) / 2), round(y - (height - 1) / 2)
    return Pose((left + (width - 1) / 2, top + (height - 1) / 2), 0.0, width, height)


def _reason_against(part: Mask, rectangle: Rectangle, pose: Pose, settings: Automatic) -> str | None:
    """Why a piece is no tile to inspect; None where it is one, "" where it is too small to mention."""
    if min(pose.width, pose.height) - 2 * settings.margin_px < settings.shortest_px:
        return ""
    (left, top), (right, bottom) = piece_box(part)
    if left <= 1 or top <= 1 or right >= part.shape[1] - 1 or bottom >= part.shape[0] - 1:
        return "It reaches beyond the picture."
    if max(pose.width, pose.height) - 2 * settings.margin_px > settings.longest_px:
        return f"Its longer side exceeds {settings.longest_px} pixels: perhaps several tiles that touch."
    hull = cv2.contourArea(cv2.convexHull(outline_of(part).astype(np.float32)))
    if hull < _TILE_FILL * rectangle.width * rectangle.height or rectangle.fill < _TILE_FILL - 0.15:
        return "It is no rectangle."
    return None


def _streaks_down(grey: NDArray[np.float32], pose: Pose) -> Pose:
    """The pose turned by a quarter where the grinding streaks run across."""
    inner = Pose(pose.centre, pose.angle_deg, round(0.7 * pose.width), round(0.7 * pose.height))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    straight = cv2.warpAffine(grey, inner.matrix, (inner.width, inner.height), flags=flags)
    # Streaks are narrow and long: along them a short mean changes nothing, across them everything.
    across = float(np.mean(np.abs(np.diff(cv2.blur(straight, (1, 9)), axis=1))))
    along = float(np.mean(np.abs(np.diff(cv2.blur(straight, (9, 1)), axis=0))))
    if along <= _STREAK_RATIO * across:
        return pose
    # The smaller of the two possible quarter turns: streaks look alike from both ends.
    return pose.turned(-1 if pose.angle_deg > 0 else 1)


def _reading_order(tiles: list[FoundTile]) -> list[FoundTile]:
    """Rows from top to bottom, each from left to right; a row is what lies beside its topmost tile."""
    left = sorted(tiles, key=lambda tile: tile.pose.centre[1])
    ordered: list[FoundTile] = []
    while left:
        first = left[0].pose
        half = (first.corners[:, 1].max() - first.corners[:, 1].min()) / 2
        row = [tile for tile in left if tile.pose.centre[1] - first.centre[1] <= half]
        left = left[len(row) :]
        ordered += sorted(row, key=lambda tile: tile.pose.centre[0])
    return ordered
