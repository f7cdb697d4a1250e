"""Drawn defects of the surface: pits, torn-out grains, worn and otherwise ground areas, foreign texture."""

from __future__ import annotations

import cv2
import numpy as np

from bsdrd.data.shapes import (
    Mask,
    Pixels,
    area,
    blend,
    blurred,
    grain,
    ground_band,
    line,
    log_uniform,
    over,
    smooth_noise,
    spot,
)

#: The smallest pit. Anything smaller counts as dust, which good tiles carry (`bsdrd.data.marks`).
SMALLEST_PIT = 2.4


def paint_pit(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """One or two dark pits with an uneven floor, some with a bright rim, as blowholes are."""
    h, w = tile.shape[:2]
    whole, out = np.zeros((h, w), np.float32), tile
    for _ in range(rng.integers(1, 3)):
        radius = log_uniform(rng, SMALLEST_PIT, 11.0)
        mask = spot(rng, h, w, radius)
        floor = 1.0 + 0.25 * smooth_noise(rng, h, w, max(2.0, radius / 1.5))
        floor = blurred(out, max(2.0, radius / 2)) * rng.uniform(0.15, 0.65) * over(floor, tile)
        if rng.random() < 0.25:
            rim = np.clip(blurred(mask, 1.5) - mask, 0.0, 1.0) * np.float32(rng.uniform(0.4, 1.6))
            out = (out * (1.0 + over(rim, tile))).astype(np.float32)
            whole = np.maximum(whole, np.clip(rim, 0.0, 1.0)).astype(np.float32)
        out = blend(out, floor, mask)
        whole = np.maximum(whole, mask)
    return out, whole


def paint_strokes(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A cluster of short dark and bright strokes, as grains leave that were torn out."""
    h, w = tile.shape[:2]
    row, col = rng.uniform(0, h), rng.uniform(0, w)
    heading, reach = rng.uniform(0, 2 * np.pi), log_uniform(rng, 4, 18)
    whole, out = np.zeros((h, w), np.float32), tile
    for _ in range(rng.integers(2, 7)):
        start = (col + rng.normal(0, 0.6 * reach), row + rng.normal(0, 0.6 * reach))
        length, thickness = log_uniform(rng, 6, 2 * reach + 7), log_uniform(rng, 1.2, 4)
        mask = line(rng, (h, w), start, heading + rng.normal(0, 0.4), length, thickness, 0.15, 0.6)
        level = rng.uniform(0.2, 0.65) if rng.random() < 0.75 else rng.uniform(1.2, 1.7)
        out = blend(out, blurred(out, 1.5) * np.float32(level), mask)
        whole = np.maximum(whole, mask)
    closed = cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return out, np.asarray(closed, dtype=np.float32)


def paint_wear(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A large area without grinding streaks, as frayed or unground surface is."""
    h, w = tile.shape[:2]
    mask = area(rng, h, w, large=True)
    clouds = 1.0 + rng.uniform(0.02, 0.12) * smooth_noise(rng, h, w, log_uniform(rng, 10, 60))
    fine = grain(rng, h, w) + rng.uniform(0, 5) * smooth_noise(rng, h, w, 2.5)
    floor = tile.mean((0, 1)) * rng.uniform(0.35, 1.0) * over(clouds, tile)
    floor = floor + over(fine.astype(np.float32), tile)
    return blend(tile, floor.astype(np.float32), mask), mask


def paint_uneven(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A large area ground in another way: other streaks, other contrast, a step in brightness."""
    h, w = tile.shape[:2]
    mask = ground_band(rng, h, w) if rng.random() < 0.6 else area(rng, h, w, large=True)
    kind, source = rng.random(), tile
    if kind < 0.65:
        source = np.roll(tile if kind < 0.4 else tile[:, ::-1], int(rng.integers(min(15, w - 1), w)), axis=1)
    elif kind < 0.85:
        source = np.asarray(cv2.resize(donor, (w, h)), dtype=np.float32).reshape(tile.shape)
    streaks = source - blurred(source, 12.0)
    step = log_uniform(rng, 0.07, 0.45) * rng.choice([-1.0, 1.0])
    inside = (blurred(tile, 12.0) + log_uniform(rng, 0.3, 2.2) * streaks) * (1.0 + step)
    return blend(tile, inside.astype(np.float32), mask), mask


def paint_patch(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """Texture that does not belong: of another tile, turned by 90 degrees, blurred or roughened."""
    h, w = tile.shape[:2]
    source = donor if rng.random() < 0.5 else tile
    if rng.random() < 0.6:
        source = np.rot90(source)
    source = cv2.resize(np.ascontiguousarray(source), (w, h), interpolation=cv2.INTER_LINEAR)
    source = np.asarray(source, dtype=np.float32).reshape(tile.shape)
    kind = rng.random()
    if kind < 0.3:
        source = blurred(source, rng.uniform(1.5, 5.0))
    elif kind < 0.6:
        rough = rng.uniform(6, 30) * smooth_noise(rng, h, w, rng.uniform(1.5, 8))
        source = source + over(rough.astype(np.float32), tile)
    source = source - source.mean() + tile.mean() * rng.uniform(0.75, 1.25)
    mask = area(rng, h, w, large=rng.random() < 0.4)
    return blend(tile, source.astype(np.float32), mask), mask
