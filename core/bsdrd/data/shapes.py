"""Shapes that drawn defects and harmless marks have in common: spots, lines, areas, noise.

All are float32 H x W masks in 0..1 (noise: mean 0, deviation 1) drawn from the generator they are given.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
Mask = NDArray[np.float32]
Point = tuple[float, float]
#: Generator, tile and another tile -> the damaged tile and the mask of what was changed.
Painter = Callable[[np.random.Generator, Pixels, Pixels], tuple[Pixels, Mask]]


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between two positive ones; every doubling is as likely as the next."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def smooth_noise(rng: np.random.Generator, height: int, width: int, cell: float) -> Mask:
    """Noise that varies over about `cell` pixels: float32 H x W, mean 0 and deviation 1."""
    rows, cols = max(2, round(height / cell) + 1), max(2, round(width / cell) + 1)
    coarse = rng.normal(size=(rows, cols)).astype(np.float32)
    noise = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    return ((noise - noise.mean()) / (noise.std() + 1e-6)).astype(np.float32)


def blurred(picture: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian smoothing that keeps the shape, also a channel axis of length one."""
    out = cv2.GaussianBlur(
        np.ascontiguousarray(picture), (0, 0), max(0.3, sigma), borderType=cv2.BORDER_REFLECT_101
    )
    return np.asarray(out, dtype=np.float32).reshape(picture.shape)


def over(mask: Mask, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A mask or field H x W so that it multiplies a picture H x W x C."""
    return mask[..., None] if picture.ndim == 3 else mask


def blend(tile: Pixels, inside: NDArray[np.float32], mask: Mask) -> Pixels:
    """`inside` where the mask is 1, the tile where it is 0: float32 in 0..255."""
    m = over(mask, tile)
    return np.clip(tile * (1.0 - m) + inside * m, 0.0, 255.0).astype(np.float32)


def spot(rng: np.random.Generator, height: int, width: int, radius: float, at: Point | None = None) -> Mask:
    """A soft, irregular blob of about `radius` pixels around `at` (row, column) or anywhere."""
    cy, cx = at if at is not None else (rng.uniform(0, height), rng.uniform(0, width))
    angle, aspect = rng.uniform(0, np.pi), np.exp(rng.uniform(-0.7, 0.7))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u = ((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)) / (radius * aspect)
    v = (-(x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)) / (radius / aspect)
    rough = 0.25 * smooth_noise(rng, height, width, max(2.0, radius / 1.5))
    softness = rng.uniform(0.05, 0.35)
    return np.clip((1.0 - np.sqrt(u * u + v * v) - rough) / softness + 0.5, 0.0, 1.0).astype(np.float32)


def line(
    rng: np.random.Generator,
    size: tuple[int, int],
    start: Point,
    heading: float,
    length: float,
    thickness: float,
    wobble: float,
    taper: float = 1.0,
) -> Mask:
    """A line that meanders and fades out.

    Args:
        rng: Source of chance.
        size: Height and width of the mask.
        start: Column and row of its first point; may lie outside.
        heading: Radians from the positive column axis toward the positive row axis.
        length: Pixels.
        thickness: Pixels; a line thinner than one pixel is fainter instead.
        wobble: Standard deviation of the turn at each 4 px, radians.
        taper: Share of the length, counted from its end, over which the line thins out.
    """
    mask = np.zeros(size, np.float32)
    point, steps = np.array(start, dtype=np.float64), max(2, int(length / 4))
    for step in range(steps):
        heading += rng.normal(0, wobble)
        end = point + 4.0 * np.array([np.cos(heading), np.sin(heading)])
        thick = thickness * min(1.0, (steps - step) / steps / taper) * rng.uniform(0.8, 1.25)
        a, b = ((round(float(p[0]) * 16), round(float(p[1]) * 16)) for p in (point, end))
        cv2.line(mask, a, b, min(1.0, float(thick)), max(1, round(thick)), cv2.LINE_AA, shift=4)
        point = end
    return np.clip(blurred(mask, rng.uniform(0.45, 0.9)), 0.0, 1.0)


def border_point(rng: np.random.Generator, height: int, width: int) -> Point:
    """A place (row, column) on one of the four sides."""
    sides: list[Point] = [
        (0.0, rng.uniform(0, width)),
        (float(height), rng.uniform(0, width)),
        (rng.uniform(0, height), 0.0),
        (rng.uniform(0, height), float(width)),
    ]
    return sides[int(rng.integers(4))]


def area(rng: np.random.Generator, height: int, width: int, *, large: bool) -> Mask:
    """An irregular area: a band from one end of the tile, a blob, or thresholded smooth noise."""
    if large and rng.random() < 0.3:
        return spot(
            rng, height, width, rng.uniform(0.15, 0.6) * min(height, width), border_point(rng, height, width)
        )
    if large and rng.random() < 0.5:
        border = rng.uniform(0.05, 0.6) * height + 6.0 * smooth_noise(rng, 1, width, 60.0)
        border = border + rng.uniform(-0.1, 0.1) * np.linspace(-height, height, width, dtype=np.float32)
        y = np.arange(height, dtype=np.float32)[:, None]
        y = y[::-1] if rng.random() < 0.5 else y
        return np.clip((border - y) / rng.uniform(1.0, 12.0) + 0.5, 0.0, 1.0).astype(np.float32)
    if rng.random() < 0.4:
        side = min(height, width)
        return spot(
            rng, height, width, rng.uniform(0.15, 0.5) * side if large else rng.uniform(5, 0.25 * side)
        )
    noise = smooth_noise(rng, height, width, rng.uniform(40, 120) if large else rng.uniform(12, 60))
    level = rng.uniform(0.4, 1.2) if large else rng.uniform(1.0, 2.0)
    return np.clip((noise - level) * rng.uniform(2.0, 10.0) + 0.5, 0.0, 1.0).astype(np.float32)


def ground_band(rng: np.random.Generator, height: int, width: int) -> Mask:
    """What a grinding pass of its own leaves: a strip from one end or a rectangle, with a sharp border."""
    softness = log_uniform(rng, 0.5, 8.0)
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None]
    slope = rng.normal(0, 0.05) * (x - width / 2)
    border = slope + rng.uniform(0, 5) * smooth_noise(rng, 1, width, rng.uniform(20, 90))
    if rng.random() < 0.55:
        inside = np.clip((log_uniform(rng, 0.06, 0.6) * height + border - y) / softness + 0.5, 0.0, 1.0)
        if rng.random() < 0.5:
            inside = inside[::-1]
        left, right = sorted(rng.uniform(-0.2, 1.2, 2) * width)
        if rng.random() < 0.35 and right - left > 0.25 * width:  # not over the whole width
            sides = np.minimum(x - left, right - x) / log_uniform(rng, 1.0, 15.0)
            inside = inside * np.clip(sides + 0.5, 0.0, 1.0)
        return np.ascontiguousarray(inside, dtype=np.float32)
    tall, wide = rng.uniform(0.2, 0.7) * height, rng.uniform(0.3, 1.1) * width
    top = rng.uniform(-0.1 * height, height - 0.8 * tall)
    left = rng.uniform(-0.1 * width, width - 0.8 * wide)
    rows = np.minimum(y - top + border, top + tall - y + slope)
    depth = np.minimum(rows, np.minimum(x - left, left + wide - x))
    return np.clip(depth / softness + 0.5, 0.0, 1.0).astype(np.float32)


def grain(rng: np.random.Generator, height: int, width: int) -> Mask:
    """Fine noise of an unground surface in grey levels, sometimes with glints."""
    noise = rng.normal(0, rng.uniform(0.5, 4), (height, width))
    if rng.random() < 0.3:
        noise = noise + np.clip(smooth_noise(rng, height, width, 2.0) - 1.7, 0, 9) * rng.uniform(20, 80)
    return noise.astype(np.float32)
