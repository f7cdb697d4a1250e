"""Harmless marks: what good tiles of a line carry and a detector must not report.

Light that falls off or gathers, streaks, stains, chalk, dust, fine scratches, background at sides and
corners. They are drawn on tiles that count as good, so that the students learn to give them back and the
defect head to pass them by.
"""

from __future__ import annotations

import numpy as np

from bsdrd.data.shapes import Pixels, blurred, line, log_uniform, over, smooth_noise, spot

#: Radius in pixels of the largest grain of dust; what is larger is a pit (`bsdrd.data.defects`).
LARGEST_DUST = 1.5


def mark(rng: np.random.Generator, tile: Pixels) -> Pixels:
    """Adds some harmless marks by chance.

    Args:
        rng: Source of chance.
        tile: float32 H x W x C (or H x W), 0..255.

    Returns:
        A tile of the same shape, float32 in 0..255.
    """
    h, w = tile.shape[:2]
    if rng.random() < 0.7:
        tile = _light(rng, tile)
    factor = np.ones((h, w), np.float32)
    if rng.random() < 0.4:
        factor *= _streaks(rng, h, w)
    for _ in range(rng.integers(0, 4)):
        stain = blurred(spot(rng, h, w, log_uniform(rng, 4, 60)), log_uniform(rng, 1.5, 12))
        factor *= 1.0 + stain * np.float32(rng.uniform(-0.16, 0.1))
    if rng.random() < 0.4:
        for _ in range(rng.integers(1, 4)):
            trace = blurred(_anywhere(rng, h, w, (15, 160), (1, 3), (0.1, 0.35)), rng.uniform(0.5, 2))
            factor *= 1.0 - trace * np.float32(rng.uniform(0.04, 0.25))
    if rng.random() < 0.25:  # chalk
        for _ in range(rng.integers(1, 3)):
            trace = blurred(_anywhere(rng, h, w, (20, 150), (3, 10), (0.1, 0.3)), rng.uniform(1, 3))
            factor *= 1.0 + trace * np.float32(rng.uniform(0.04, 0.3))
    for _ in range(rng.integers(0, 6)):
        change = rng.uniform(-0.5, -0.1) if rng.random() < 0.6 else rng.uniform(0.1, 0.9)
        factor *= 1.0 + spot(rng, h, w, log_uniform(rng, 0.6, LARGEST_DUST)) * np.float32(change)
    if rng.random() < 0.4:
        for _ in range(rng.integers(1, 4)):
            scratch = _anywhere(rng, h, w, (6, 90), (1, 1.8), (0.02, 0.15))
            factor *= 1.0 + scratch * np.float32(rng.uniform(0.08, 0.6))
    out = tile * over(factor, tile)
    if rng.random() < 0.5:
        for _ in range(rng.integers(1, 3)):
            out = _sliver(rng, out)
    if rng.random() < 0.3:
        for _ in range(rng.integers(1, 4)):
            out = _notch(rng, out)
    return np.clip(out, 0.0, 255.0).astype(np.float32)


def _light(rng: np.random.Generator, tile: Pixels) -> Pixels:
    """Clouds of light with soft borders; some make the streaks stand out where it is bright."""
    h, w = tile.shape[:2]
    light = log_uniform(rng, 0.04, 0.4) * smooth_noise(rng, h, w, log_uniform(rng, 70, 300))
    if rng.random() < 0.5:
        base = blurred(tile, 10.0)
        contrast = np.exp(rng.uniform(0, 1.5) * light).astype(np.float32)
        tile = (base + (tile - base) * over(contrast, tile)).astype(np.float32)
    return (tile * over(np.clip(np.exp(light), 0.3, 2.5), tile)).astype(np.float32)


def _streaks(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Stronger grinding streaks, over the whole tile or fading in and out."""
    profile = rng.uniform(0.02, 0.1) * smooth_noise(rng, 1, width, log_uniform(rng, 1.5, 12))
    if rng.random() < 0.5:
        profile = profile * np.clip(0.5 + 0.7 * smooth_noise(rng, height, width, 150), 0, 1.5)
    return np.broadcast_to(np.clip(1.0 + profile, 0.6, 1.6), (height, width)).astype(np.float32)


def _anywhere(
    rng: np.random.Generator,
    height: int,
    width: int,
    length: tuple[float, float],
    thickness: tuple[float, float],
    wobble: tuple[float, float],
) -> Pixels:
    start = (rng.uniform(0, width), rng.uniform(0, height))
    heading = rng.uniform(0, 2 * np.pi)
    return line(
        rng,
        (height, width),
        start,
        heading,
        log_uniform(rng, *length),
        rng.uniform(*thickness),
        rng.uniform(*wobble),
    )


def _sliver(rng: np.random.Generator, tile: Pixels) -> Pixels:
    """A dark wedge of background along one side, as tiles that were cut out slightly askew have."""
    side = int(rng.integers(4))
    turned = tile if side < 2 else np.swapaxes(tile, 0, 1)
    h, w = turned.shape[:2]
    x = np.linspace(-1.0, 1.0, w)
    depth = rng.uniform(-5, 8) + rng.uniform(-7, 7) * x + rng.uniform(-6, 6) * x * x
    depth = np.clip(depth + 0.3 * smooth_noise(rng, 1, w, 20)[0], -9.0, 16.0)
    mask = np.clip((depth[None] - np.arange(h)[:, None]) / log_uniform(rng, 0.8, 4) + 0.5, 0.0, 1.0)
    mask = mask.astype(np.float32)
    m = over(mask[::-1] if side % 2 else mask, turned)
    out = turned * (1.0 - m) + m * np.float32(rng.uniform(3, 40))
    return (out if side < 2 else np.swapaxes(out, 0, 1)).astype(np.float32)


def _notch(rng: np.random.Generator, tile: Pixels) -> Pixels:
    """Dark background at a corner that the shape of the tile leaves free."""
    h, w = tile.shape[:2]
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    y = y[::-1] if rng.random() < 0.5 else y
    x = x[:, ::-1] if rng.random() < 0.5 else x
    wide, tall = rng.uniform(3, 22), rng.uniform(3, 16)
    inside = 1.0 - (x / wide) ** rng.uniform(0.8, 2) - (y / tall) ** rng.uniform(0.8, 2)
    mask = np.clip(inside * min(wide, tall) / log_uniform(rng, 1, 3) + 0.5, 0.0, 1.0).astype(np.float32)
    m = over(mask, tile)
    return (tile * (1.0 - m) + m * np.float32(rng.uniform(3, 40))).astype(np.float32)
