"""Small rendered tiles for tests of the line."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def tile_pixels(number: int, height: int = 96, width: int = 64, *, defect: bool = False) -> NDArray[np.uint8]:
    """A grey tile with grinding streaks; every number gives other pixels. A defect is a white patch."""
    chance = np.random.default_rng(number)
    streaks = chance.normal(0, 8, width)[None, :] + chance.normal(0, 2, (height, width))
    pixels = np.clip(120 + streaks, 0, 255).astype(np.uint8)
    if defect:
        pixels[20:40, 20:40] = 255
    return pixels


def write_tile(path: Path, number: int, height: int = 96, width: int = 64, *, defect: bool = False) -> Path:
    """The tile as a file of the kind that the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), tile_pixels(number, height, width, defect=defect))
    return path
