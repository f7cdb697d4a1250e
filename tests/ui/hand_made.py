"""Tiles with hand-made anomaly maps: known places, known values, drawn in a moment."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.judge import Rule, judge
from bsdrd.result import AnomalyMaps, Thresholds
from tilesight.ui.viewer import ViewTile

THRESHOLDS = Thresholds(4.0, 6.0)


def texture(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Something like a ground tile: streaks, falloff, noise."""
    random = np.random.default_rng(seed)
    noise = random.normal(0, 14, (height, width)).astype(np.float32)
    streaks = cv2.GaussianBlur(noise, (0, 0), sigmaX=9, sigmaY=0.6) * 3
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    falloff = 1 - 0.35 * (((columns / width - 0.45) ** 2) + (rows / height - 0.5) ** 2)
    return np.clip(128 * falloff + streaks + noise * 0.3, 0, 255).astype(np.uint8)


def bump(shape: tuple[int, int], at: tuple[float, float], sigma: float, peak: float) -> NDArray[np.float32]:
    """A round hill on the map grid; `at` is x, y in tile pixels."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    distance = (columns * 4 + 2 - at[0]) ** 2 + (rows * 4 + 2 - at[1]) ** 2
    return (peak * np.exp(-distance / (2 * sigma**2))).astype(np.float32)


def maps(
    height: int,
    width: int,
    *,
    struct: tuple[tuple[float, float, float, float], ...] = (),
    detail: tuple[tuple[float, float, float, float], ...] = (),
    level: float = 0.0,
) -> AnomalyMaps:
    """Anomaly maps with hills x, y, sigma, peak; fused is their sum."""
    shape = (-(-height // 4), -(-width // 4))
    first = np.full(shape, level / 2, dtype=np.float32)
    second = first.copy()
    for x, y, sigma, peak in struct:
        first += bump(shape, (x, y), sigma, peak)
    for x, y, sigma, peak in detail:
        second += bump(shape, (x, y), sigma, peak)
    return AnomalyMaps(first, second, first + second, height, width)


def tile(
    key: object = 0,
    *,
    height: int = 240,
    width: int = 320,
    struct: tuple[tuple[float, float, float, float], ...] = (),
    detail: tuple[tuple[float, float, float, float], ...] = (),
    level: float = 0.0,
    mm_per_px: float | None = None,
    thresholds: Thresholds = THRESHOLDS,
    colour: bool = False,
) -> ViewTile:
    """A judged tile; where a defect lies its pixels are darker."""
    made = maps(height, width, struct=struct, detail=detail, level=level)
    judged = judge(made, Rule(thresholds=thresholds))
    seed = hash(key) % 1000
    pixels = texture(height, width, seed)
    shade = 1 - 0.55 * np.clip(made.full("fused") / 12, 0, 1)
    pixels = (pixels * shade).astype(np.uint8)
    if colour:
        pixels = np.stack([pixels, pixels, (pixels * 0.8).astype(np.uint8)], axis=2)
    return ViewTile(
        key=str(key),
        pixels=pixels,
        name=f"tile {key}",
        maps=made,
        regions=judged.regions,
        thresholds=thresholds,
        score=judged.score,
        verdict=judged.verdict,
        mm_per_px=mm_per_px,
    )
