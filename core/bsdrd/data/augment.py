"""What training does to whole tiles: exposure and flips. Defects and harmless marks are drawn elsewhere.

All functions work on float32 arrays of H x W or H x W x C in 0..255 and draw from the generator they are
given, so that a seed fixes everything.
"""

from __future__ import annotations

import numpy as np

from bsdrd.data.shapes import Pixels


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
