"""Telling tiles from the belt: grey levels to connected pieces."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.line.tile_finding.pose import Pixels
from tilesight.line.tile_finding.settings import Automatic

Mask = NDArray[np.uint8]
Grey = NDArray[np.float32]

#: Frames are searched at no more than this many pixels along the longer side.
SEARCH_SIDE = 800
#: A tile's dark rim counts from this share of the difference between tile and belt.
_RIM_SHARE = 0.14


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """A frame split into tile and belt.

    Attributes:
        pieces: One mask for each connected piece, holes filled: uint8 H x W of 0 and 255, search size.
        above_belt: How far each pixel stands out from the belt: float32 H x W, search size, 0 to about 255.
        scale: Search size over frame size, at most 1.
        contrast: Difference of grey levels between tile and belt; 0 where there is no tile.
        noise: Spread of the belt's grey levels.
    """

    pieces: tuple[Mask, ...]
    above_belt: Grey
    scale: float
    contrast: float
    noise: float


def grey_of(frame: Pixels) -> Grey:
    """A frame as grey levels of about 0 to 255: float32 H x W."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) if frame.ndim == 3 else frame
    as_float = grey.astype(np.float32)
    if grey.dtype == np.uint16:
        # Cameras of 10 and 12 bits fill only the lower part of 16.
        top = float(np.percentile(as_float[::8, ::8], 99.8))
        as_float *= np.float32(255 / max(top, 255.0))
    return as_float


def segment(frame: Pixels, settings: Automatic) -> Segmented:
    """Splits a frame into tile and belt.

    The belt's brightness may change smoothly over the frame; tiles may be darker towards their edges.

    Args:
        frame: H x W or H x W x 3, uint8 or uint16.
        settings: What a tile looks like.
    """
    grey = grey_of(frame)
    scale = min(1.0, SEARCH_SIDE / max(grey.shape))
    if scale < 1:
        grey = np.asarray(
            cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.float32
        )
    if settings.tile_is == "darker":
        grey = np.asarray(255 - grey, dtype=np.float32)
    calm = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.5), dtype=np.float32)
    above, noise, contrast = _above_belt(calm)
    if contrast < max(settings.min_contrast, 5 * noise):
        return Segmented((), above, scale, 0.0, noise)
    rim = max(_RIM_SHARE * contrast, 4 * noise)
    pieces = _pieces(above, rim, 0.5 * contrast, int((settings.shortest_px * scale) ** 2 / 2))
    return Segmented(pieces, above, scale, contrast, noise)


def _above_belt(calm: Grey) -> tuple[Grey, float, float]:
    """Brightness above the belt, the belt's noise, and the contrast of what is brighter than half-way.

    The belt is a smooth surface of second order through the pixels that are not tile; which those are is
    decided anew after each fit.
    """
    height, width = calm.shape
    cells = np.asarray(cv2.resize(calm, (48, 48), interpolation=cv2.INTER_AREA), dtype=np.float64)
    y, x = np.mgrid[-1:1:48j, -1:1:48j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    limit = _otsu(cells)
    belt = cells <= limit
    surface = np.full_like(cells, np.median(cells[belt]))
    for _ in range(3):
        if belt.sum() < 40:
            break
        # A plane where little belt is seen: a curved surface would run away under a large tile.
        order = 6 if belt.mean() > 0.35 else 3 if belt.mean() > 0.15 else 1
        known = terms[belt][:, :order]
        # Normal equations of at most six unknowns of like size: quick, and exact enough for grey levels.
        weights = np.linalg.solve(known.T @ known + 1e-9 * np.eye(order), known.T @ cells[belt])
        surface = terms[..., :order] @ weights
        left = cells - surface
        spread = 1.4826 * float(np.median(np.abs(left[belt] - np.median(left[belt])))) + 0.5
        belt = left < max(3 * spread, 0.12 * float(left.max()))
    level = cv2.resize(surface.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    above = np.asarray(calm - level, dtype=np.float32)
    sample = above[::3, ::3]
    bright = sample[sample > _otsu(sample)]
    contrast = float(np.median(bright)) if bright.size else 0.0
    dark = sample[sample < 0.25 * contrast]
    noise = 1.4826 * float(np.median(np.abs(dark - np.median(dark)))) if dark.size > 50 else 0.0
    return above, noise, contrast


def _otsu(values: NDArray[np.float32] | NDArray[np.float64]) -> float:
    """The threshold between the two groups that differ most."""
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-3:
        return low
    eight = np.round((values - low) * (255 / (high - low))).astype(np.uint8)
    cut, _ = cv2.threshold(eight.reshape(1, -1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return low + (cut + 0.5) * (high - low) / 255


def _pieces(above: Grey, rim: float, core: float, smallest: int) -> tuple[Mask, ...]:
    """Connected pieces above `rim` that hold pixels above `core`, with their holes filled."""
    over = cv2.morphologyEx((above > rim).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(over, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    pieces: list[Mask] = []
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if width * height < smallest or cv2.contourArea(outline) < smallest:
            continue
        mask = np.zeros(above.shape, np.uint8)
        cv2.drawContours(mask, [outline], -1, 255, cv2.FILLED)
        inside = mask[y : y + height, x : x + width] > 0
        if (above[y : y + height, x : x + width][inside] > core).sum() >= smallest / 4:
            pieces.append(mask)
    return tuple(pieces)
