"""Colour tables of the overlay: 256 entries that turn an index picture into colour.

The overlay is an index picture; moving a threshold or the opacity only makes a new table. An index of the
struct or detail map is a level 0..255 of the scale. An index of the fused map is `64 * mix + level`: `level`
0..63 of the scale, `mix` 0..3 from "struct fired" to "detail fired", so that the combined view keeps two
hues.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bsdrd.result import MapName, Thresholds
from tilesight.ui.colour import ramp
from tilesight.ui.viewer.tile import MapScale

#: Levels of the scale in an index of the struct or detail map, and of the fused map.
LEVELS, FUSED_LEVELS = 256, 64
#: Steps from struct to detail in an index of the fused map.
MIXES = 4

# Each ramp climbs in lightness, so that it reads in greyscale print and with any colour vision.
_RAMPS = (
    ["#0f4fd0", "#2196f3", "#5fe3ff", "#eafeff"],
    ["#5a38d6", "#946bff", "#c9b3ff", "#f5f0ff"],
    ["#b8195e", "#ff4f8b", "#ffa6bf", "#fff0f4"],
    ["#b34700", "#ff8a1f", "#ffd24a", "#fffbe2"],
)
_ALPHA_AT_T1, _ALPHA_AT_T2 = 0.45, 0.9


@cache
def _ramp(mix: int) -> NDArray[np.uint8]:
    return ramp(_RAMPS[mix], 256)


def level_values(scale: MapScale, levels: int) -> NDArray[np.float64]:
    """The smallest map value of each level: float64, one per level."""
    return scale.bottom + np.arange(levels) * (scale.top - scale.bottom) / levels


def _one_ramp(
    mix: int, levels: int, scale: MapScale, thresholds: Thresholds, opacity: float
) -> NDArray[np.uint32]:
    values = level_values(scale, levels)
    low, high = thresholds.low, max(thresholds.high, thresholds.low)
    along = np.clip((values - low) / max(scale.top - low, 1e-9), 0.0, 1.0)
    rgb = _ramp(mix)[np.round(along * 255).astype(np.intp)].astype(np.uint32)
    rise = np.clip((values - low) / max(high - low, 1e-9), 0.0, 1.0)
    alpha = (_ALPHA_AT_T1 + (_ALPHA_AT_T2 - _ALPHA_AT_T1) * rise) * np.clip(opacity, 0.0, 1.0)
    # A level is clear unless all of it lies at or above T1: a good tile shows no tint at all.
    alpha = np.where(values >= low, alpha, 0.0)
    return _packed(np.round(alpha * 255).astype(np.uint32), rgb)


def _packed(alpha: NDArray[np.uint32], rgb: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """0xAARRGGBB of each row."""
    parts = (alpha << 24) | (rgb[:, 0] << 16) | (rgb[:, 1] << 8) | rgb[:, 2]
    return parts.astype(np.uint32)


def overlay_table(name: MapName, scale: MapScale, thresholds: Thresholds, opacity: float = 1.0) -> list[int]:
    """The colour table of the overlay, clear below T1.

    Args:
        name: Which map the index picture was made of.
        scale: That the index picture was made with.
        thresholds: T1 and T2 in force; they may move without a new index picture.
        opacity: 0 (unseen) to 1.

    Returns:
        256 values 0xAARRGGBB, not premultiplied.
    """
    if name == "fused":
        parts = [_one_ramp(mix, FUSED_LEVELS, scale, thresholds, opacity) for mix in range(MIXES)]
        return np.concatenate(parts).tolist()
    return _one_ramp(0 if name == "struct" else MIXES - 1, LEVELS, scale, thresholds, opacity).tolist()


def map_table(name: MapName, scale: MapScale) -> list[int]:
    """The colour table of a map shown alone: opaque, black at the scale's bottom.

    Returns:
        256 values 0xAARRGGBB.
    """

    def one(mix: int, levels: int) -> NDArray[np.uint32]:
        dark = ramp(["#05070a", *_RAMPS[mix]], levels).astype(np.uint32)
        return _packed(np.full(levels, 255, dtype=np.uint32), dark)

    if name == "fused":
        return np.concatenate([one(mix, FUSED_LEVELS) for mix in range(MIXES)]).tolist()
    return one(0 if name == "struct" else MIXES - 1, LEVELS).tolist()
