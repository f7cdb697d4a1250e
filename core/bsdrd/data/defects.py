"""Drawn defects: what the students learn to take back and the defect head learns to mark.

Our choice, beyond the paper. They imitate kinds of damage, not single pictures: pits, cracks, chipped edges,
worn areas, areas ground in another way, foreign texture. All functions take and give float32 H x W x C (or
H x W) in 0..255 and return the mask of what they changed, float32 H x W in 0..1.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from bsdrd.data.shapes import (
    Mask,
    Pixels,
    area,
    blend,
    blurred,
    border_point,
    line,
    log_uniform,
    over,
    smooth_noise,
    spot,
)

Painter = Callable[[np.random.Generator, Pixels, Pixels], tuple[Pixels, Mask]]

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


def paint_crack(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A dark line that thins out: wide and short from an edge, or thin and long anywhere."""
    h, w = tile.shape[:2]
    if rng.random() < 0.6:
        if rng.random() < 0.85:  # most begin where the grinding streaks end
            top = rng.random() < 0.5
            start = (rng.uniform(0, w), -2.0 if top else h + 2.0)
            heading = (np.pi / 2 if top else -np.pi / 2) + rng.normal(0, 0.3)
        else:
            left = rng.random() < 0.5
            start = (-2.0 if left else w + 2.0, rng.uniform(0, h))
            heading = (0.0 if left else np.pi) + rng.normal(0, 0.4)
        mask = line(rng, (h, w), start, heading, log_uniform(rng, 12, 130), rng.uniform(2, 7), 0.12)
    else:
        start = (rng.uniform(0, w), rng.uniform(0, h))
        heading = np.pi / 2 + rng.normal(0, 0.25) if rng.random() < 0.6 else rng.uniform(0, 2 * np.pi)
        mask = line(rng, (h, w), start, heading, log_uniform(rng, 25, 220), rng.uniform(1, 3.5), 0.12)
    return blend(tile, blurred(tile, 2.0) * rng.uniform(0.25, 0.75), mask), mask


def paint_chip(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A piece broken out at an edge or corner: a smooth or rippled floor, often with a marked rim."""
    h, w = tile.shape[:2]
    at = border_point(rng, h, w)
    if rng.random() < 0.3:
        at = (float(rng.integers(2) * h), float(rng.integers(2) * w))
    mask = spot(rng, h, w, log_uniform(rng, 5.0, 0.25 * min(h, w)), at)
    relief = 1.0 + rng.uniform(0.02, 0.2) * smooth_noise(rng, h, w, log_uniform(rng, 3, 20))
    floor = blurred(tile, rng.uniform(3, 12)) * rng.uniform(0.3, 1.0) * over(relief, tile)
    floor = floor + over(_grain(rng, h, w), tile)
    whole = mask
    if rng.random() < 0.5:
        rim = np.clip(blurred(mask, 1.5) * (1.0 - mask) * 4.0, 0.0, 1.0).astype(np.float32)
        level = rng.uniform(0.4, 0.8) if rng.random() < 0.6 else rng.uniform(1.2, 1.8)
        tile = blend(tile, tile * level, rim)
        whole = np.maximum(mask, rim)
    return blend(tile, floor, mask), whole


def paint_wear(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A large area without grinding streaks, as frayed or unground surface is."""
    h, w = tile.shape[:2]
    mask = area(rng, h, w, large=True)
    clouds = 1.0 + rng.uniform(0.02, 0.12) * smooth_noise(rng, h, w, log_uniform(rng, 10, 60))
    grain = _grain(rng, h, w) + rng.uniform(0, 5) * smooth_noise(rng, h, w, 2.5)
    floor = tile.mean((0, 1)) * rng.uniform(0.35, 1.0) * over(clouds, tile)
    floor = floor + over(grain.astype(np.float32), tile)
    return blend(tile, floor.astype(np.float32), mask), mask


def paint_uneven(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """A large area ground in another way: other streaks, other contrast, a step in brightness."""
    h, w = tile.shape[:2]
    mask = area(rng, h, w, large=True)
    kind, source = rng.random(), tile
    if kind < 0.6:
        source = np.roll(tile if kind < 0.35 else tile[:, ::-1], int(rng.integers(min(15, w - 1), w)), axis=1)
    elif kind < 0.8:
        source = np.asarray(cv2.resize(donor, (w, h)), dtype=np.float32).reshape(tile.shape)
    streaks = source - blurred(source, 12.0)
    step = rng.uniform(0.12, 0.4) * rng.choice([-1.0, 1.0]) * (0.4 if rng.random() < 0.2 else 1.0)
    inside = (blurred(tile, 12.0) + rng.uniform(0.3, 1.8) * streaks) * (1.0 + step)
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


def _grain(rng: np.random.Generator, height: int, width: int) -> Mask:
    """Fine noise of an unground surface, sometimes with glints."""
    grain = rng.normal(0, rng.uniform(0.5, 4), (height, width))
    if rng.random() < 0.3:
        grain = grain + np.clip(smooth_noise(rng, height, width, 2.0) - 1.7, 0, 9) * rng.uniform(20, 80)
    return grain.astype(np.float32)


#: Each kind with how often it is drawn.
PAINTERS: dict[str, tuple[float, Painter]] = {
    "pit": (0.28, paint_pit),
    "crack": (0.20, paint_crack),
    "chip": (0.15, paint_chip),
    "wear": (0.10, paint_wear),
    "uneven": (0.17, paint_uneven),
    "patch": (0.10, paint_patch),
}


def paint_defect(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> tuple[Pixels, Mask]:
    """Draws one kind of defect by chance, now and then with pits beside it.

    Args:
        rng: Source of chance.
        tile: float32 H x W or H x W x C, 0..255.
        donor: Another tile, from which foreign texture is taken; any size, same channels.

    Returns:
        The damaged tile and a float32 H x W mask in 0..1 of what was changed.
    """
    weights = np.array([weight for weight, _ in PAINTERS.values()])
    index = int(rng.choice(len(weights), p=weights / weights.sum()))
    out, mask = list(PAINTERS.values())[index][1](rng, tile, donor)
    if rng.random() < 0.15:
        out, pits = paint_pit(rng, out, donor)
        mask = np.maximum(mask, pits)
    return out, mask
