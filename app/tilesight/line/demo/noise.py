"""Noise fields and shapes that the renderer is made of. NumPy and OpenCV, float32, seeded."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def white(rng: np.random.Generator, height: int, width: int) -> Field:
    """Independent values of mean 0 and spread 1: float32, height x width."""
    return rng.standard_normal((height, width), dtype=np.float32)


def sensor(rng: np.random.Generator, height: int, width: int) -> Field:
    """Noise of mean 0 and spread 1 with a triangular spread, five times quicker than `white`."""
    pairs = rng.integers(0, 256, (2, height, width), dtype=np.uint8)
    total = cv2.add(pairs[0], pairs[1], dtype=cv2.CV_32F)
    return np.asarray((total - np.float32(255)) * np.float32(1 / 104.5), dtype=np.float32)


def unit(field: Field) -> Field:
    """The field shifted and scaled to mean 0 and spread 1."""
    mean, spread = cv2.meanStdDev(field)
    return np.asarray((field - mean[0, 0]) / max(float(spread[0, 0]), 1e-6), dtype=np.float32)


def clouds(rng: np.random.Generator, height: int, width: int, cell_px: float) -> Field:
    """Soft clouds of mean 0 and spread about 1 whose lumps are about `cell_px` wide: height x width."""
    if cell_px >= 12:
        # A quarter of the size is fine enough for wide lumps, and eight times quicker.
        small = clouds(rng, -(-height // 4) + 2, -(-width // 4) + 2, cell_px / 4)
        whole = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR)
        return np.asarray(whole[4 : height + 4, 4 : width + 4], dtype=np.float32)
    rows, cols = (max(2, round(side / cell_px)) for side in (height, width))
    coarse = unit(white(rng, rows + 2, cols + 2))
    # The outer cells stay outside, so that the border is as lively as the middle.
    size = (-(-width * (cols + 2) // cols), -(-height * (rows + 2) // rows))
    method = cv2.INTER_CUBIC if cell_px > 4 else cv2.INTER_LINEAR
    fine = cv2.resize(coarse, size, interpolation=method)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    return np.asarray(fine[top : top + height, left : left + width], dtype=np.float32)


def lines(rng: np.random.Generator, height: int, width: int, *, length_px: float, width_px: float) -> Field:
    """Vertical streaks of mean 0 and spread 1: height x width.

    Args:
        rng: Where chance comes from.
        height: Rows.
        width: Columns.
        length_px: How far along a streak its brightness stays alike.
        width_px: Standard deviation of its profile across.
    """
    step = max(1, int(length_px / 6))
    rows = -(-height // step) + 4
    field = smear(white(rng, rows, width), length_px / step, width_px)
    whole = cv2.resize(field, (width, rows * step), interpolation=cv2.INTER_LINEAR) if step > 1 else field
    return np.asarray(whole[step : step + height], dtype=np.float32)


def smear(field: Field, length_px: float, width_px: float) -> Field:
    """White noise drawn out into vertical streaks of mean 0 and spread 1; lengths as in `lines`."""
    # Two boxes make a triangle: as smooth as needed and, unlike interpolated rows, equally strong everywhere.
    box = max(1, round(length_px / 1.2)) | 1
    field = np.asarray(cv2.blur(cv2.blur(field, (1, box)), (1, box)), dtype=np.float32)
    if width_px > 0:
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), sigmaX=width_px, sigmaY=1e-3), dtype=np.float32)
    return unit(field)


def polygon(points: NDArray[np.float64], height: int, width: int) -> Field:
    """How much of each pixel a polygon covers: float32 in 0..1, height x width.

    Args:
        points: N x 2, x and y in pixels, pixel centres at whole numbers.
        height: Rows.
        width: Columns.
    """
    cover = np.zeros((height, width), np.uint8)
    fixed = np.round(points * 16).astype(np.int32)
    cv2.fillPoly(cover, [fixed], 255, lineType=cv2.LINE_AA, shift=4)
    return cover.astype(np.float32) / np.float32(255)


def stroke(points: NDArray[np.float64], thickness_px: NDArray[np.float64], height: int, width: int) -> Field:
    """How much of each pixel a line of changing thickness covers: float32 in 0..1, height x width.

    Args:
        points: N x 2, x and y in pixels, pixel centres at whole numbers.
        thickness_px: N - 1 thicknesses, one for each piece.
        height: Rows.
        width: Columns.
    """
    over = 4
    cover = np.zeros((height * over, width * over), np.uint8)
    fine = np.round((points + 0.5) * over * 16).astype(np.int32)
    for start, end, thickness in zip(fine[:-1], fine[1:], thickness_px, strict=True):
        size = max(1, round(float(thickness) * over))
        cv2.line(cover, start.tolist(), end.tolist(), 255, size, cv2.LINE_8, 4)
    small = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / np.float32(255)


def blob(
    rng: np.random.Generator,
    centre: tuple[float, float],
    radius_x: float,
    radius_y: float,
    roughness: float,
    angle: float = 0.0,
    corners: int = 40,
) -> NDArray[np.float64]:
    """Outline of an irregular blob: `corners` x 2, x and y in pixels.

    Args:
        rng: Where chance comes from.
        centre: x and y of its middle.
        radius_x: Half width before turning.
        radius_y: Half height before turning.
        roughness: Relative spread of the radius.
        angle: Turn in radians.
        corners: Number of points.
    """
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = np.ones(corners)
    for wave in range(2, 9):
        phase = rng.uniform(0, 2 * np.pi)
        radius += roughness * rng.normal() / wave * np.cos(wave * turn + phase)
    radius = np.maximum(radius, 0.25)
    x, y = radius_x * radius * np.cos(turn), radius_y * radius * np.sin(turn)
    turned = [x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)]
    return np.stack(turned, axis=1) + np.asarray(centre)


def wander(
    rng: np.random.Generator,
    start: tuple[float, float],
    heading: float,
    length_px: float,
    restlessness: float,
    step_px: float = 4.0,
) -> NDArray[np.float64]:
    """A meandering path: N x 2, x and y in pixels.

    Args:
        rng: Where chance comes from.
        start: First point.
        heading: First direction in radians, 0 to the right, growing downwards.
        length_px: Length along the path.
        restlessness: Spread of the change of direction at each step, in radians.
        step_px: Length of a step.
    """
    steps = max(3, round(length_px / step_px))
    bend = rng.normal(0, restlessness, steps)
    # Pulled back to the first heading, so that a crack crosses the tile instead of curling up.
    turned = np.empty(steps)
    angle = 0.0
    for index in range(steps):
        angle = 0.85 * angle + bend[index]
        turned[index] = heading + angle
    moves = step_px * np.stack([np.cos(turned), np.sin(turned)], axis=1)
    return np.vstack([np.asarray(start), np.asarray(start) + np.cumsum(moves, axis=0)])
