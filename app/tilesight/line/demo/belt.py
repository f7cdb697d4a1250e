"""A camera's view of a belt with tiles on it, and where each tile lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.line.demo import noise
from tilesight.line.demo.noise import Field
from tilesight.line.demo.tiles import Kind, RenderedTile
from tilesight.line.tile_finding.pose import Pose


@dataclass(frozen=True, slots=True)
class TilePose:
    """Where a tile was put.

    Attributes:
        pose: Tile pixels to frame pixels.
        kind: "good" or the class of the defect.
        complete: Whether all of it lies in the frame.
        index: Its place among the tiles that were given.
    """

    pose: Pose
    kind: Kind
    complete: bool
    index: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class BeltFrame:
    """A rendered frame and the truth about it.

    Attributes:
        pixels: uint8 H x W, read-only.
        tiles: The tiles on it, in the order in which they were given.
        left_out: How many tiles found no free place.
    """

    pixels: NDArray[np.uint8]
    tiles: tuple[TilePose, ...]
    left_out: int = 0

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)


def render_belt(
    rng: np.random.Generator,
    tiles: Sequence[RenderedTile],
    *,
    height: int = 1024,
    width: int = 1024,
    max_angle_deg: float = 180.0,
    belt: float | None = None,
    gap_px: float = 14.0,
    poses: Sequence[tuple[float, float, float]] | None = None,
) -> BeltFrame:
    """Puts tiles on a belt and takes a picture; the same generator state gives the same picture.

    Tiles that were rendered with `slivers=False` fill their rectangle, so that truth is exact.

    Args:
        rng: Where chance comes from.
        tiles: What to put there; may be empty.
        height: Rows of the frame.
        width: Columns of the frame.
        max_angle_deg: Largest turn to either side.
        belt: Mean grey level of the belt; None: black rubber under the same exposure as the tiles.
        gap_px: Smallest distance between tiles, and between a tile and the border.
        poses: x, y of the middle and turn in degrees of each tile; None: anywhere, free of the others.
    """
    if belt is None:
        seen = [float(tile.pixels[tile.solid].mean()) for tile in tiles]
        belt = 0.17 * float(np.mean(seen)) if seen else float(rng.uniform(12, 26))
    frame = _belt(rng, height, width, belt)
    placed: list[TilePose] = []
    left_out = 0
    for number, tile in enumerate(tiles):
        rows, cols = tile.pixels.shape
        if poses is not None:
            x, y, angle = poses[number]
            pose: Pose | None = Pose((x, y), angle, cols, rows)
        else:
            pose = _free_place(
                rng, frame.shape, (rows, cols), [item.pose for item in placed], max_angle_deg, gap_px
            )
        if pose is None:
            left_out += 1
            continue
        _put(frame, tile, pose)
        inside = (pose.corners > -0.5).all() and (pose.corners < (width - 0.5, height - 0.5)).all()
        placed.append(TilePose(pose, tile.kind, bool(inside), number))
    frame += np.float32(1.3) * noise.sensor(rng, height, width)
    return BeltFrame(np.clip(frame + 0.5, 0, 255).astype(np.uint8), tuple(placed), left_out)


@lru_cache(maxsize=4)
def _rubber(height: int, width: int) -> Field:
    """A belt's surface as a factor on its grey level, endless in the direction of travel (x)."""
    rng = np.random.default_rng(20250101)
    join = width // 4
    y, x = np.mgrid[0:height, 0 : width + join].astype(np.float32)
    waves = round(width / 7)
    weave = np.sin(x * np.float32(2 * np.pi * waves / width)) * np.sin(y * np.float32(2 * np.pi / 9))
    field = 1 + np.float32(0.06) * weave + np.float32(0.08) * noise.white(rng, height, width + join)
    field += np.float32(0.10) * noise.lines(rng, width + join, height, length_px=300, width_px=2.5).T
    for _ in range(height * width // 9000):
        row, col = int(rng.integers(height)), int(rng.integers(width))
        size = int(rng.integers(1, 4))
        field[row : row + size, col : col + size] *= np.float32(rng.uniform(0.6, 1.9))
    # The belt's end fades into its start.
    fade = np.linspace(0, 1, join, dtype=np.float32)
    field[:, :join] = field[:, :join] * fade + field[:, width:] * (1 - fade)
    surface = np.ascontiguousarray(cv2.GaussianBlur(field, (0, 0), 0.6)[:, :width], dtype=np.float32)
    surface.setflags(write=False)
    return surface


def _belt(rng: np.random.Generator, height: int, width: int, level: float) -> Field:
    """The empty belt under the lamp: float32 height x width in grey levels."""
    surface = np.roll(_rubber(height, width), int(rng.integers(width)), axis=1)
    falloff = 1 - np.float32(rng.uniform(0.05, 0.3)) * np.linspace(-1, 1, height, dtype=np.float32) ** 2
    falloff = falloff * np.float32(1 + rng.normal(0, 0.04))
    tilt = 1 + np.float32(rng.normal(0, 0.06)) * np.linspace(-1, 1, width, dtype=np.float32)
    return np.asarray(surface * (np.float32(level) * falloff[:, None] * tilt[None, :]), dtype=np.float32)


def _put(frame: Field, tile: RenderedTile, pose: Pose) -> None:
    """Draws a tile with its shadow."""
    low, high = pose.corners.min(axis=0), pose.corners.max(axis=0)
    left, top = (max(0, math.floor(value) - 12) for value in low)
    right, bottom = min(frame.shape[1], math.ceil(high[0]) + 13), min(frame.shape[0], math.ceil(high[1]) + 13)
    if right <= left or bottom <= top:
        return
    here = frame[top:bottom, left:right]
    matrix = pose.matrix
    matrix[:, 2] -= (left, top)
    size = (right - left, bottom - top)
    solid = cv2.warpAffine(tile.solid.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    flags = cv2.INTER_NEAREST if pose.straight else cv2.INTER_LANCZOS4
    shown = cv2.warpAffine(
        tile.pixels.astype(np.float32), matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    shadow = cv2.blur(solid, (9, 9))
    here *= 1 - np.float32(0.5) * shadow
    here += solid * (np.clip(shown, 0, 255) - here)


def _free_place(
    rng: np.random.Generator,
    frame: tuple[int, ...],
    tile: tuple[int, int],
    taken: list[Pose],
    max_angle_deg: float,
    gap_px: float,
) -> Pose | None:
    """A place for a tile, away from the border and from the others; None if chance finds none."""
    height, width = frame[:2]
    for _ in range(60):
        angle = float(rng.uniform(-max_angle_deg, max_angle_deg))
        around = Pose((0.0, 0.0), angle, tile[1] + round(2 * gap_px), tile[0] + round(2 * gap_px))
        reach_x, reach_y = around.corners.max(axis=0)
        where_x, where_y = rng.uniform(-1, 1, 2)
        free_x, free_y = (width - 1) / 2 - reach_x, (height - 1) / 2 - reach_y
        if min(free_x, free_y) < 0:
            continue
        x, y = (width - 1) / 2 + where_x * free_x, (height - 1) / 2 + where_y * free_y
        around = replace(around, centre=(float(x), float(y)))
        if not any(_overlap(around, other) for other in taken):
            return replace(around, width=tile[1], height=tile[0])
    return None


def _overlap(one: Pose, other: Pose) -> bool:
    boxes = [(pose.centre, (float(pose.width), float(pose.height)), pose.angle_deg) for pose in (one, other)]
    kind, _ = cv2.rotatedRectangleIntersection(boxes[0], boxes[1])
    return kind != cv2.INTERSECT_NONE
