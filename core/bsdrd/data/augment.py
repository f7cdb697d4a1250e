"""What training does to tiles: exposure, flips, and drawn defects that the students learn to take back.

Drawn defects are our choice (a denoising form of reverse distillation): a student sees the teacher's
features of the damaged tile and is asked for those of the clean one. All functions work on float32 arrays
of H x W or H x W x C in 0..255 and draw from the generator they are given, so that a seed fixes everything.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
Mask = NDArray[np.float32]
Painter = Callable[[np.random.Generator, Pixels, Pixels], tuple[Pixels, Mask]]


def expose(rng: np.random.Generator, tile: Pixels, strength: float = 1.0) -> Pixels:
    """Changes gain (more than twofold over its range), gamma and noise as another exposure would."""
    gain = float(np.exp(rng.uniform(-0.45, 0.45) * strength))
    gamma = float(np.exp(rng.uniform(-0.15, 0.15) * strength))
    out = 255.0 * np.power(np.clip(tile * gain, 0.0, 255.0) / 255.0, gamma)
    if rng.random() < 0.5:
        out = out + rng.normal(0.0, rng.uniform(0.0, 3.0) * strength, out.shape)
    return np.clip(out, 0.0, 255.0).astype(np.float32)


def flip(rng: np.random.Generator, tile: Pixels) -> Pixels:
    """Mirrors along either axis; never by 90 degrees, since grinding streaks have a direction."""
    if rng.random() < 0.5:
        tile = tile[::-1]
    if rng.random() < 0.5:
        tile = tile[:, ::-1]
    return np.ascontiguousarray(tile)


def smooth_noise(rng: np.random.Generator, height: int, width: int, cell: float) -> Mask:
    """Noise that varies over about `cell` pixels: float32 H x W, mean 0 and deviation 1."""
    rows, cols = max(2, round(height / cell) + 1), max(2, round(width / cell) + 1)
    coarse = rng.normal(size=(rows, cols)).astype(np.float32)
    noise = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    return ((noise - noise.mean()) / (noise.std() + 1e-6)).astype(np.float32)


def _spot(
    rng: np.random.Generator, height: int, width: int, radius: float, *, at: tuple[float, float] | None = None
) -> Mask:
    """A soft, irregular blob of about `radius` pixels: float32 H x W in 0..1."""
    cy, cx = at if at is not None else (rng.uniform(0, height), rng.uniform(0, width))
    angle, aspect = rng.uniform(0, np.pi), np.exp(rng.uniform(-0.7, 0.7))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u = ((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)) / (radius * aspect)
    v = (-(x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)) / (radius / aspect)
    rough = 0.25 * smooth_noise(rng, height, width, max(2.0, radius / 1.5))
    distance = np.sqrt(u * u + v * v) + rough
    softness = rng.uniform(0.05, 0.35)
    return np.clip((1.0 - distance) / softness + 0.5, 0.0, 1.0).astype(np.float32)


def _blend(tile: Pixels, other: Pixels | float, mask: Mask) -> Pixels:
    m = mask if tile.ndim == 2 else mask[..., None]
    return (tile * (1.0 - m) + other * m).astype(np.float32)


def paint_pit(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """One to four small dark (sometimes bright) spots, as blowholes are."""
    h, w = tile.shape[:2]
    mask = np.zeros((h, w), np.float32)
    out = tile
    for _ in range(rng.integers(1, 4)):
        spot = _spot(rng, h, w, float(np.exp(rng.uniform(np.log(1.5), np.log(10.0)))))
        level = rng.uniform(0.15, 0.75) if rng.random() < 0.85 else rng.uniform(1.3, 2.0)
        out = _blend(out, np.clip(out * level, 0, 255).astype(np.float32), spot)
        mask = np.maximum(mask, spot)
    return out, mask


def paint_crack(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A thin meandering line, mostly dark, whose width varies."""
    h, w = tile.shape[:2]
    mask = np.zeros((h, w), np.float32)
    heading = rng.uniform(0, 2 * np.pi)
    point = np.array([rng.uniform(0, w), rng.uniform(0, h)])
    if rng.random() < 0.6:  # most real cracks start at an edge and run along the grinding streaks
        point[1] = rng.choice([0.0, float(h)])
        heading = rng.normal(np.pi / 2 if point[1] == 0 else -np.pi / 2, 0.15)
    width = rng.uniform(1.0, 3.5)
    for _ in range(int(rng.integers(8, 45))):
        heading += rng.normal(0, 0.2)
        nxt = point + rng.uniform(3, 7) * np.array([np.cos(heading), np.sin(heading)])
        thick = max(1, round(width * rng.uniform(0.6, 1.4)))
        a, b = (tuple(int(v) for v in np.round(p)) for p in (point, nxt))
        cv2.line(mask, a, b, 1.0, thick, cv2.LINE_AA)
        point = nxt
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 0.9)).astype(np.float32)
    level = rng.uniform(0.3, 0.8) if rng.random() < 0.85 else rng.uniform(1.2, 1.7)
    return _blend(tile, np.clip(tile * level, 0, 255).astype(np.float32), mask), mask


def paint_chip(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A piece missing at the edge: flat dark or rough bright, as breaks and frays are."""
    h, w = tile.shape[:2]
    side = rng.integers(0, 4)
    along_y, along_x = rng.uniform(0, h), rng.uniform(0, w)
    at = [(0.0, along_x), (float(h), along_x), (along_y, 0.0), (along_y, float(w))][side]
    mask = _spot(rng, h, w, rng.uniform(0.03, 0.2) * min(h, w), at=at)
    level = float(tile.mean()) * (rng.uniform(0.1, 0.7) if rng.random() < 0.7 else rng.uniform(1.2, 1.8))
    inside = level + rng.uniform(2, 18) * smooth_noise(rng, h, w, rng.uniform(2, 12))
    if tile.ndim == 3:
        inside = np.repeat(inside[..., None], tile.shape[2], axis=2)
    return _blend(tile, np.clip(inside, 0, 255).astype(np.float32), mask), mask


def paint_patch(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """Texture that does not belong: of another tile, turned by 90 degrees, blurred or roughened."""
    h, w = tile.shape[:2]
    source = donor if rng.random() < 0.5 else tile
    if rng.random() < 0.6:
        source = np.rot90(source)
    zoom = rng.uniform(0.5, 2.0)
    source = cv2.resize(
        np.ascontiguousarray(source), (w, h), fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR
    )
    source = source.reshape(tile.shape)
    kind = rng.random()
    if kind < 0.3:
        source = cv2.GaussianBlur(source, (0, 0), rng.uniform(1.5, 5.0))
    elif kind < 0.6:
        rough = rng.uniform(6, 30) * smooth_noise(rng, h, w, rng.uniform(1.5, 8))
        source = source + (rough if tile.ndim == 2 else rough[..., None])
    # OpenCV drops a channel axis of length one.
    source = source.reshape(tile.shape) - source.mean() + tile.mean() * rng.uniform(0.75, 1.25)
    mask = _region(rng, h, w, large=rng.random() < 0.4)
    return _blend(tile, np.clip(source, 0, 255).astype(np.float32), mask), mask


def paint_shade(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A large area that is brighter or darker with a visible border, as uneven grinding leaves it."""
    h, w = tile.shape[:2]
    mask = _region(rng, h, w, large=True)
    change = rng.uniform(0.12, 0.45) * rng.choice([-1.0, 1.0])
    m = mask if tile.ndim == 2 else mask[..., None]
    return np.clip(tile * (1.0 + change * m), 0, 255).astype(np.float32), mask


def _region(rng: np.random.Generator, height: int, width: int, *, large: bool = False) -> Mask:
    """An irregular area from thresholded smooth noise, or a band along one side: float32 H x W in 0..1."""
    if large and rng.random() < 0.5:  # a band across the tile, from one end, with a wavy border
        border = rng.uniform(0.05, 0.6) * height + 6.0 * smooth_noise(rng, 1, width, 60.0)
        border = border + rng.uniform(-0.1, 0.1) * np.linspace(-height, height, width, dtype=np.float32)
        y = np.arange(height, dtype=np.float32)[:, None]
        y = y[::-1] if rng.random() < 0.5 else y
        return np.clip((border - y) / rng.uniform(1.0, 12.0) + 0.5, 0.0, 1.0).astype(np.float32)
    if rng.random() < 0.4:
        side = min(height, width)
        return _spot(
            rng, height, width, rng.uniform(0.15, 0.5) * side if large else rng.uniform(5, 0.25 * side)
        )
    noise = smooth_noise(rng, height, width, rng.uniform(40, 120) if large else rng.uniform(12, 60))
    level = rng.uniform(0.4, 1.2) if large else rng.uniform(1.0, 2.0)
    sharp = rng.uniform(2.0, 10.0)
    return np.clip((noise - level) * sharp + 0.5, 0.0, 1.0).astype(np.float32)


PAINTERS: dict[str, tuple[float, Painter]] = {
    "pit": (0.3, paint_pit),
    "crack": (0.2, paint_crack),
    "chip": (0.15, paint_chip),
    "patch": (0.2, paint_patch),
    "shade": (0.15, paint_shade),
}


def paint_defect(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """Draws one kind of defect by chance.

    Args:
        rng: Source of chance.
        tile: float32 H x W or H x W x C, 0..255.
        donor: Another tile, from which foreign texture is taken; any size, same channels.

    Returns:
        The damaged tile and a float32 H x W mask in 0..1 of what was changed.
    """
    weights = np.array([weight for weight, _ in PAINTERS.values()])
    index = int(rng.choice(len(weights), p=weights / weights.sum()))
    return list(PAINTERS.values())[index][1](rng, tile, donor)
