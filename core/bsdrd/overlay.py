"""What the detector saw, drawn over the tile, on one scale for all tiles of a model."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.data.images import Pixels
from bsdrd.result import AnomalyMaps, MapName, Thresholds

Rgb = NDArray[np.uint8]

_OUTLINE = (255, 255, 255)
_TRUTH = (0, 229, 255)
_STRONGEST = 0.65


def overlay(
    pixels: Pixels,
    maps: AnomalyMaps,
    thresholds: Thresholds,
    *,
    which: MapName = "fused",
    truth: NDArray[np.bool_] | None = None,
) -> Rgb:
    """Draw an anomaly map as heat over a tile.

    The scale follows from the thresholds, never from the tile: heat begins at half of T1 and is full at T2,
    so a good tile stays plain and two tiles can be compared.

    Args:
        pixels: H x W or H x W x 3 (RGB), uint8 or uint16.
        maps: Its anomaly maps.
        thresholds: T1 and T2.
        which: The map to draw.
        truth: H x W, True = defect; its outline is drawn in cyan.

    Returns:
        H x W x 3, RGB, uint8. Where the map reaches T1 a white outline is drawn.
    """
    base = as_rgb(pixels)
    values = maps.full(which)
    start = thresholds.low / 2 if thresholds.low > 0 else thresholds.low - 1
    heat = np.clip((values - start) / max(thresholds.high - start, 1e-6), 0, 1)
    levels = np.round(heat * 255).astype(np.uint8)
    colours = np.asarray(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), dtype=np.float32)[..., ::-1]
    alpha = (heat * _STRONGEST).astype(np.float32)[..., None]
    drawn = np.ascontiguousarray((base * (1 - alpha) + colours * alpha).round().astype(np.uint8))
    _draw_outline(drawn, values >= thresholds.low, _OUTLINE)
    if truth is not None:
        _draw_outline(drawn, truth, _TRUTH)
    return drawn


def as_rgb(pixels: Pixels) -> Rgb:
    """A tile as 8-bit colour: H x W x 3, RGB, uint8."""
    flat = pixels if pixels.dtype.itemsize == 1 else pixels // 257
    eight = flat.astype(np.uint8)
    return np.repeat(eight[..., None], 3, axis=2) if eight.ndim == 2 else eight


def fit(picture: Rgb, longest: int) -> Rgb:
    """Shrink a picture so that its longer side is at most `longest` px; smaller ones stay as they are."""
    scale = longest / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _draw_outline(picture: Rgb, area: NDArray[np.bool_], colour: tuple[int, int, int]) -> None:
    outlines, _ = cv2.findContours(area.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, outlines, -1, colour, 1)
