"""Drawn defects: what the students learn to take back and the defect head learns to mark.

Our choice, beyond the paper. They imitate kinds of damage, not single pictures: pits, torn-out grains,
cracks, pieces broken out of an edge, flakes, worn areas, areas ground in another way, foreign texture.
A painter takes a generator, a tile and another tile (float32 H x W x C or H x W, 0..255) and returns the
damaged tile and the mask of what it changed, float32 H x W in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bsdrd.data.edge_defects import paint_bite, paint_chip, paint_crack, paint_flake
from bsdrd.data.shapes import Mask, Painter, Pixels
from bsdrd.data.surface_defects import paint_patch, paint_pit, paint_strokes, paint_uneven, paint_wear

#: Each kind with how often it is drawn.
PAINTERS: dict[str, tuple[float, Painter]] = {
    "pit": (0.24, paint_pit),
    "strokes": (0.05, paint_strokes),
    "crack": (0.24, paint_crack),
    "bite": (0.16, paint_bite),
    "chip": (0.05, paint_chip),
    "flake": (0.07, paint_flake),
    "wear": (0.06, paint_wear),
    "uneven": (0.15, paint_uneven),
    "patch": (0.05, paint_patch),
}
#: Those that change a whole area, often faintly: the head has a channel of its own for them.
LARGE = frozenset({"wear", "uneven"})
_PITS_BESIDE = 0.15  # share of the defects that get pits beside them


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A tile with a drawn defect.

    Attributes:
        tile: float32, shape of the tile, 0..255.
        mask: float32 H x W in 0..1, what was changed.
        area: float32 H x W in 0..1, what was changed by a defect of a whole area; zero for other kinds.
    """

    tile: Pixels
    mask: Mask
    area: Mask


def draw_defect(rng: np.random.Generator, tile: Pixels, donor: Pixels) -> Drawn:
    """Draws one kind of defect by chance, now and then with pits beside it.

    Args:
        rng: Source of chance.
        tile: float32 H x W or H x W x C, 0..255.
        donor: Another tile, from which foreign texture is taken; any size, same channels.
    """
    weights = np.array([weight for weight, _ in PAINTERS.values()])
    kind = list(PAINTERS)[int(rng.choice(len(weights), p=weights / weights.sum()))]
    out, mask = PAINTERS[kind][1](rng, tile, donor)
    area = mask if kind in LARGE else np.zeros_like(mask)
    if rng.random() < _PITS_BESIDE:
        out, pits = paint_pit(rng, out, donor)
        mask = np.maximum(mask, pits)
    return Drawn(out, mask, area)
