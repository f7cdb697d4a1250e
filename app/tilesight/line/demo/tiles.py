"""Rendered tiles with known truth: what the demo line shows and what tests and benchmarks inspect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.line.demo import noise
from tilesight.line.demo.defects import DRAW
from tilesight.line.demo.surface import Canvas, ground_tile
from tilesight.line.demo.textures import TEXTURES, Texture

Kind = Literal["good", "blowhole", "crack", "break", "fray", "uneven"]
#: All kinds of tiles.
KINDS: tuple[Kind, ...] = get_args(Kind)
#: All kinds of defects.
DEFECTS: tuple[Kind, ...] = KINDS[1:]
#: Mean grey levels that the real camera's exposures span.
EXPOSURE_RANGE = (66.0, 153.0)
_SMALLEST_SIDE = 48


@dataclass(frozen=True, slots=True, eq=False)
class RenderedTile:
    """A rendered tile and the truth about it.

    Attributes:
        pixels: uint8 H x W, read-only.
        mask: bool H x W, True where the defect is; all False on a good tile.
        solid: bool H x W, True on the tile, False where background shows beside or through it.
        kind: "good" or the class of the defect.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    solid: NDArray[np.bool_]
    kind: Kind

    def __post_init__(self) -> None:
        for array in (self.pixels, self.mask, self.solid):
            array.setflags(write=False)


def render_tile(
    rng: np.random.Generator,
    *,
    kind: Kind = "good",
    height: int,
    width: int,
    exposure: float | None = None,
    texture: str | Texture = "standard",
    severity: float | None = None,
    slivers: bool = True,
) -> RenderedTile:
    """Renders one tile; the same generator state and arguments give the same tile.

    Args:
        rng: Where chance comes from.
        kind: "good" or the class of the defect.
        height: Rows, at least 48.
        width: Columns, at least 48.
        exposure: Mean grey level aimed at, above 0; None: anything in `EXPOSURE_RANGE`.
        texture: How the surface looks: a name in `TEXTURES`, or the numbers themselves.
        severity: 0 (faint) to 1 (obvious); None: anything between.
        slivers: Whether background may show at the borders, as on tiles cut out a little too wide.

    Raises:
        ValueError: If an argument is out of its range.
    """
    _check(kind, height, width, exposure, severity)
    look = texture if isinstance(texture, Texture) else _texture(texture)
    canvas = ground_tile(rng, height, width, look, slivers=slivers)
    mask = np.zeros((height, width), np.bool_)
    # Drawn even where they are not used, and the defect has chance of its own: the same seed gives the same
    # surface and the same noise with and without a defect.
    level = rng.uniform(*EXPOSURE_RANGE)
    strength = rng.uniform(0, 1)
    own = np.random.default_rng(rng.integers(2**63))
    gain = _gain(canvas, level if exposure is None else exposure)
    if kind != "good":
        canvas.rng = own
        mask = DRAW[kind](canvas, strength if severity is None else severity)
        canvas.rng = rng
    pixels = _expose(canvas, gain)
    return RenderedTile(pixels, mask, np.asarray(canvas.solid > 0.5), kind)


def random_size(rng: np.random.Generator) -> tuple[int, int]:
    """Height and width in pixels as real tiles have them: narrow, upright, square or wide."""
    low_w, high_w, low_h, high_h = _SIZES[int(rng.choice(len(_SIZES), p=_SIZE_SHARES))]
    return int(rng.integers(low_h, high_h)), int(rng.integers(low_w, high_w))


def render_tiles(
    seed: int,
    count: int,
    *,
    kinds: tuple[Kind, ...] = KINDS,
    size: tuple[int, int] | None = None,
    texture: str | Texture = "standard",
    severity: float | None = None,
    slivers: bool = True,
) -> Iterator[RenderedTile]:
    """Renders `count` tiles whose kinds take turns; tile number k depends on seed and k alone.

    Args:
        seed: Start of chance.
        count: How many.
        kinds: Kinds, in turn.
        size: Height and width; None: as real tiles have them.
        texture: As in `render_tile`.
        severity: As in `render_tile`.
        slivers: As in `render_tile`.
    """
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        height, width = random_size(rng) if size is None else size
        yield render_tile(
            rng,
            kind=kinds[number % len(kinds)],
            height=height,
            width=width,
            texture=texture,
            severity=severity,
            slivers=slivers,
        )


def render_good_tiles(
    seed: int, count: int, *, size: tuple[int, int] | None = None, texture: str | Texture = "standard"
) -> list[NDArray[np.uint8]]:
    """`count` good tiles as pixels, for training: uint8 H x W each."""
    return [tile.pixels for tile in render_tiles(seed, count, kinds=("good",), size=size, texture=texture)]


#: Width from, to, height from, to; and how often, as among real tiles.
_SIZES = (
    (105, 135, 276, 302),
    (190, 300, 245, 380),
    (300, 420, 340, 385),
    (450, 545, 300, 390),
    (560, 632, 222, 262),
)
_SIZE_SHARES = (0.12, 0.38, 0.16, 0.22, 0.12)


def _texture(name: str) -> Texture:
    if name not in TEXTURES:
        raise ValueError(f"no texture {name!r}; known are {', '.join(TEXTURES)}")
    return TEXTURES[name]


def _check(kind: str, height: int, width: int, exposure: float | None, severity: float | None) -> None:
    if kind not in KINDS:
        raise ValueError(f"no kind {kind!r}; known are {', '.join(KINDS)}")
    if min(height, width) < _SMALLEST_SIDE:
        raise ValueError(f"a tile is at least {_SMALLEST_SIDE} pixels high and wide, not {height} x {width}")
    if exposure is not None and not 0 < exposure <= 255:
        raise ValueError(f"exposure is a mean grey level above 0 and up to 255, not {exposure}")
    if severity is not None and not 0 <= severity <= 1:
        raise ValueError(f"severity lies between 0 and 1, not {severity}")


def _gain(canvas: Canvas, level: float) -> np.float32:
    """Grey levels for brightness 1: set on the good surface, so that a defect does not brighten the rest."""
    mean = float(cv2.mean(canvas.light * canvas.solid)[0])
    return np.float32(level * canvas.texture.brightness / max(mean, 1e-3))


def _expose(canvas: Canvas, gain: np.float32) -> NDArray[np.uint8]:
    """What the camera writes to a file: background, blur of the lens, noise, 8 bits, JPEG at quality 95."""
    rng, (height, width) = canvas.rng, canvas.shape
    background = np.float32(rng.uniform(0.08, 0.16) * float(gain))
    seen = canvas.light * canvas.relief * gain
    seen = background + canvas.solid * (seen - background)
    seen += np.float32(1.2) * noise.sensor(rng, height, width)
    grey = np.clip(seen, 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 95])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
