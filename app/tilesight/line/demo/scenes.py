"""What the demo line shows: picture number k, which depends on the settings and k alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilesight.line.demo.belt import TilePose, render_belt
from tilesight.line.demo.textures import TEXTURES
from tilesight.line.demo.tiles import DEFECTS, EXPOSURE_RANGE, Kind, RenderedTile, random_size, render_tile
from tilesight.line.tile_finding.pose import Pose

View = Literal["belt", "tiles"]

#: Millimetres for a pixel: a tile of 300 pixels is 30 mm long.
MM_PER_PX = 0.1
#: How often a belt picture shows no tile, and how often two.
_EMPTY_SHARE, _PAIR_SHARE = 0.04, 0.05
#: Below this severity a person doubts too, and truth would be a matter of taste.
_SEVERITY = (0.35, 1.0)
_BELT_ANGLE_DEG = 35.0


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """What the demo line makes.

    Attributes:
        view: "belt": a camera over a belt, tiles lie as they come; "tiles": ready cut tiles.
        seed: Start of chance.
        rate: Pictures a second; 0: as fast as they are taken, and none is dropped.
        count: How many pictures; None: without end.
        defects: Share of defective tiles, 0 to 1.
        texture: Name in `TEXTURES`.
        lot_size: Tiles in a lot.

    Raises:
        ValueError: If a value is out of its range; the message is for a person.
    """

    view: View = "belt"
    seed: int = 31
    rate: float = 2.5
    count: int | None = None
    defects: float = 0.18
    texture: str = "standard"
    lot_size: int = 200

    def __post_init__(self) -> None:
        if self.view not in ("belt", "tiles"):
            raise ValueError(f"the view is belt or tiles, not {self.view}")
        if self.seed < 0:
            raise ValueError(f"the seed is 0 or more, not {self.seed}")
        if not 0 <= self.rate <= 1000:
            raise ValueError(f"the rate lies between 0 and 1000 pictures a second, not {self.rate:g}")
        if self.count is not None and self.count < 1:
            raise ValueError(f"the count is 1 or more, not {self.count}")
        if not 0 <= self.defects <= 1:
            raise ValueError(f"the share of defects lies between 0 and 1, not {self.defects:g}")
        if self.texture not in TEXTURES:
            raise ValueError(f"there is no texture {self.texture}; known are {', '.join(TEXTURES)}")
        if self.lot_size < 1:
            raise ValueError(f"a lot holds 1 tile or more, not {self.lot_size}")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture of the demo line and the truth about it.

    Attributes:
        pixels: uint8 H x W, read-only.
        tiles: The tiles in it, in reading order, as `find_tiles` gives them.
        masks: bool height x width for each tile: where its defect is.
    """

    pixels: NDArray[np.uint8]
    tiles: tuple[TilePose, ...]
    masks: tuple[NDArray[np.bool_], ...]

    @property
    def truth(self) -> str:
        """ "good", a defect class, several joined by "+" in reading order, or "" without a tile."""
        return "+".join(tile.kind for tile in self.tiles)


def render_scene(settings: DemoSettings, number: int, exposure: float | None = None) -> Scene:
    """Picture number `number` (from 0) of the demo line.

    Args:
        settings: What the line makes.
        number: Which picture.
        exposure: Mean grey level of the tiles; None: it changes from picture to picture.
    """
    rng = np.random.default_rng([settings.seed, number])
    level = float(rng.uniform(*EXPOSURE_RANGE))
    level = level if exposure is None else exposure
    draw = rng.random()
    if settings.view == "tiles":
        tile = _tile(rng, settings, level, slivers=True)
        rows, cols = tile.pixels.shape
        pose = Pose(((cols - 1) / 2, (rows - 1) / 2), 0.0, cols, rows)
        return Scene(tile.pixels, (TilePose(pose, tile.kind, complete=True),), (tile.mask,))
    count = 0 if draw < _EMPTY_SHARE else 2 if draw > 1 - _PAIR_SHARE else 1
    tiles = [_tile(rng, settings, level, slivers=False) for _ in range(count)]
    belt = render_belt(rng, tiles, max_angle_deg=_BELT_ANGLE_DEG, belt=0.17 * level)
    placed = tuple(sorted(belt.tiles, key=lambda tile: _reading_key(belt.tiles, tile)))
    return Scene(belt.pixels, placed, tuple(tiles[tile.index].mask for tile in placed))


def _reading_key(tiles: tuple[TilePose, ...], tile: TilePose) -> tuple[int, float]:
    """Row and place in the row, by the rule of `find_tiles`, for at most two tiles."""
    top = min(tiles, key=lambda item: item.pose.centre[1]).pose
    half = float(np.ptp(top.corners[:, 1])) / 2
    return int(tile.pose.centre[1] - top.centre[1] > half), tile.pose.centre[0]


def _tile(rng: np.random.Generator, settings: DemoSettings, level: float, *, slivers: bool) -> RenderedTile:
    height, width = random_size(rng)
    kind: Kind = "good"
    if rng.random() < settings.defects:
        kind = DEFECTS[int(rng.integers(len(DEFECTS)))]
    return render_tile(
        rng,
        kind=kind,
        height=height,
        width=width,
        exposure=level,
        texture=settings.texture,
        severity=float(rng.uniform(*_SEVERITY)),
        slivers=slivers,
    )


def truth_of_tile(truth: str, index: int, found: int) -> str:
    """The truth about one found tile of a picture: "good", a defect class, or "" where it is not known.

    Args:
        truth: `Scene.truth`, or `FrameInfo.truth`.
        index: Place of the tile in reading order.
        found: How many tiles were found in the picture.
    """
    kinds = truth.split("+") if truth else []
    return kinds[index] if len(kinds) == found and 0 <= index < found else ""
