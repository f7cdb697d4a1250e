"""Drawn defects that mostly begin at an edge: cracks, pieces broken out, flakes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bsdrd.data.shapes import (
    Mask,
    Pixels,
    blend,
    blurred,
    border_point,
    grain,
    line,
    log_uniform,
    over,
    smooth_noise,
    spot,
)

# Background at a tile's side is darker than this share of the tile's median, and at most so many rows deep.
_BACKGROUND, _DEEPEST_BACKGROUND = 0.35, 24


def paint_crack(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """One or two dark, thin lines: most begin at an end and follow the streaks, some dead straight."""
    h, w = tile.shape[:2]
    whole, out = np.zeros((h, w), np.float32), tile
    for _ in range(1 if rng.random() < 0.75 else 2):
        straight = rng.random() < 0.4
        start, heading, length = _crack_course(rng, h, w, straight)
        wobble = 0.015 if straight else rng.uniform(0.04, 0.16)
        thickness, taper = log_uniform(rng, 1.2, 4.5), rng.uniform(0.15, 1.0)
        mask = line(rng, (h, w), start, heading, length, thickness, wobble, taper)
        fading = np.clip(1.0 + rng.uniform(0, 0.35) * smooth_noise(rng, h, w, 12.0), 0.3, 1.2)
        dark = blurred(out, 2.0) * np.float32(rng.uniform(0.2, 0.75))
        out = blend(out, dark, np.clip(mask * fading, 0.0, 1.0).astype(np.float32))
        whole = np.maximum(whole, mask)
    return out, whole


def _crack_course(
    rng: np.random.Generator, height: int, width: int, straight: bool
) -> tuple[tuple[float, float], float, float]:
    """Start (column, row), heading and length of a crack."""
    kind = rng.random()
    if kind < 0.72:  # along the streaks, from an end or a little inside it
        top = rng.random() < 0.5
        inset = rng.uniform(-2, 14) if rng.random() < 0.5 else -2.0
        turn = 0.04 if straight else (0.15 if rng.random() < 0.75 else 0.45)
        heading = (np.pi / 2 if top else -np.pi / 2) + rng.normal(0, turn)
        length = log_uniform(rng, 8, 0.65 * height)
        return (rng.uniform(0, width), inset if top else height - inset), heading, length
    if kind < 0.84:
        left = rng.random() < 0.5
        heading = (0.0 if left else np.pi) + rng.normal(0, 0.4)
        return (-2.0 if left else width + 2.0, rng.uniform(0, height)), heading, log_uniform(rng, 10, 110)
    heading = np.pi / 2 + rng.normal(0, 0.2) if rng.random() < 0.6 else rng.uniform(0, 2 * np.pi)
    return (rng.uniform(0, width), rng.uniform(0, height)), heading, log_uniform(rng, 25, 200)


def paint_bite(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """One or two rounded pieces broken out where the tile ends: dull floor, sharp border, often a rim."""
    h, w = tile.shape[:2]
    whole, out = np.zeros((h, w), np.float32), tile
    for _ in range(1 if rng.random() < 0.7 else 2):
        side = int(rng.integers(4)) if rng.random() < 0.5 else int(rng.integers(2))
        mask, depth = _bite_shape(rng, out, side)
        level = np.float32(rng.uniform(0.3, 0.85) if rng.random() < 0.85 else rng.uniform(1.0, 1.4))
        relief = 1.0 + rng.uniform(0, 0.15) * smooth_noise(rng, h, w, log_uniform(rng, 2, 20))
        floor = 0.5 * (blurred(out, max(4.0, depth / 2)) + np.median(out)) * level * over(relief, tile)
        floor = floor + over(0.6 * grain(rng, h, w), tile)
        if rng.random() < 0.4:
            rim = np.clip(blurred(mask, 1.2) * (1.0 - mask) * 4.0, 0.0, 1.0).astype(np.float32)
            shade = rng.uniform(0.4, 0.8) if rng.random() < 0.5 else rng.uniform(1.2, 1.8)
            out = blend(out, out * np.float32(shade), rim)
            whole = np.maximum(whole, rim)
        out = blend(out, floor.astype(np.float32), mask)
        whole = np.maximum(whole, mask)
    return out, whole


def _bite_shape(rng: np.random.Generator, tile: Pixels, side: int) -> tuple[Mask, float]:
    """A rounded notch in one side (0 top, 1 bottom, 2 left, 3 right), and how deep it is."""
    begins = _where_tile_begins(tile, side)
    h, w = tile.shape[:2] if side < 2 else tile.shape[1::-1]
    at = int(rng.integers(w))
    if rng.random() < 0.25:  # near a corner
        at = int(rng.choice([rng.integers(0, 12), w - 1 - rng.integers(0, 12)]))
    depth = log_uniform(rng, 4, 0.22 * h)
    half = depth * log_uniform(rng, 0.35, 3.0)
    y = np.arange(h, dtype=np.float32)[:, None] - begins[at]
    x = np.arange(w, dtype=np.float32)[None] - at
    power = rng.uniform(1.2, 3.0)
    rough = rng.uniform(0, 0.25) * smooth_noise(rng, h, w, max(2.0, depth / rng.uniform(1.0, 4.0)))
    inside = 1.0 - (np.abs(x) / half) ** power - (np.maximum(y, 0.0) / depth) ** power + rough
    mask = np.clip(inside * min(depth, half) / power / log_uniform(rng, 0.6, 2.5) + 0.5, 0.0, 1.0)
    if rng.random() < 0.7:  # the background beside the tile stays as it is
        mask = mask * (np.arange(h)[:, None] >= np.maximum(begins - 1, 0)[None])
    mask = mask[::-1] if side % 2 else mask
    return np.ascontiguousarray(mask if side < 2 else mask.T, dtype=np.float32), depth


def _where_tile_begins(tile: Pixels, side: int) -> NDArray[np.intp]:
    """How many rows of dark background lie before the tile on one side, for each place along it."""
    grey = tile.mean(2) if tile.ndim == 3 else tile
    turned = grey if side < 2 else grey.T
    turned = turned[::-1] if side % 2 else turned
    rows = blurred(turned[: min(_DEEPEST_BACKGROUND, turned.shape[0] // 4)], 1.0)
    bright = rows > _BACKGROUND * np.median(grey)
    return np.where(bright.any(0), bright.argmax(0), 0)


def paint_chip(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A large piece broken out at an edge or corner: a smooth or rippled floor, often with a marked rim."""
    h, w = tile.shape[:2]
    at = border_point(rng, h, w)
    if rng.random() < 0.3:
        at = (float(rng.integers(2) * h), float(rng.integers(2) * w))
    mask = spot(rng, h, w, log_uniform(rng, 5.0, 0.25 * min(h, w)), at)
    relief = 1.0 + rng.uniform(0.02, 0.2) * smooth_noise(rng, h, w, log_uniform(rng, 3, 20))
    floor = blurred(tile, rng.uniform(3, 12)) * rng.uniform(0.3, 1.0) * over(relief, tile)
    floor = floor + over(grain(rng, h, w), tile)
    whole = mask
    if rng.random() < 0.5:
        rim = np.clip(blurred(mask, 1.5) * (1.0 - mask) * 4.0, 0.0, 1.0).astype(np.float32)
        level = rng.uniform(0.4, 0.8) if rng.random() < 0.6 else rng.uniform(1.2, 1.8)
        tile = blend(tile, tile * level, rim)
        whole = np.maximum(mask, rim)
    return blend(tile, floor, mask), whole


def paint_flake(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A lens-shaped flake, mostly beside an edge: a dark outline and another brightness inside."""
    h, w = tile.shape[:2]
    upright = rng.random() < 0.6
    along, across = (h, w) if upright else (w, h)
    length = log_uniform(rng, 16, 0.6 * along)
    width = log_uniform(rng, 3, max(4.0, min(22.0, length / 3)))
    place = rng.uniform(0, across)
    if rng.random() < 0.7:
        place = rng.uniform(2, 25) if rng.random() < 0.5 else across - rng.uniform(2, 25)
    row, col = (rng.uniform(0, h), place) if upright else (place, rng.uniform(0, w))
    angle = (np.pi / 2 if upright else 0.0) + rng.normal(0, 0.15)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    t = ((x - col) * np.cos(angle) + (y - row) * np.sin(angle)) / (length / 2)  # -1 .. 1 along the flake
    t = np.clip(t, -1.2, 1.2)
    off = -(x - col) * np.sin(angle) + (y - row) * np.cos(angle)
    off = off - rng.normal(0, 0.35) * width * (1.0 - t * t) + 0.15 * width * smooth_noise(rng, h, w, 14.0)
    half = np.maximum(1.0 - t * t, 0.0) * width / 2
    depth = half - np.abs(off)
    mask = (np.clip(depth / rng.uniform(0.6, 1.6) + 0.5, 0.0, 1.0) * (half > 0.3)).astype(np.float32)
    rim = np.clip(1.0 - np.abs(depth) / rng.uniform(1.0, 2.2), 0.0, 1.0) * (np.abs(t) < 1.05)
    if rng.random() < 0.6:  # the shadow lies on one side
        rim = rim * ((off > 0) == (rng.random() < 0.5))
    rim = rim.astype(np.float32)
    inside = blurred(tile, rng.uniform(1.5, 5.0)) * np.float32(rng.uniform(0.5, 1.2))
    out = blend(tile, inside, mask * np.float32(rng.uniform(0.6, 1.0)))
    out = blend(
        out, blurred(out, 1.5) * np.float32(rng.uniform(0.2, 0.65)), rim * np.float32(rng.uniform(0.6, 1.0))
    )
    return out, np.maximum(mask, rim)
