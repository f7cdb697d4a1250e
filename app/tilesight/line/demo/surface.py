"""A good tile before the camera: light, streaks, stains and edges as factors on the grey level."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tilesight.line.demo import noise
from tilesight.line.demo.noise import Field
from tilesight.line.demo.textures import Texture


@dataclass(slots=True)
class Canvas:
    """A tile in the making; what a pixel shows is `light * relief` where it is solid.

    Attributes:
        rng: Where chance comes from.
        texture: How the surface looks.
        light: What a plain grey surface would show: float32 H x W, mean about 1.
        relief: Streaks, grain, stains, defects: float32 H x W, mean about 1.
        solid: 1 on the tile, 0 beside it: float32 H x W.
        inset: Left, top, right, bottom: mean distance in pixels from the border of the picture to the tile.
    """

    rng: np.random.Generator
    texture: Texture
    light: Field
    relief: Field
    solid: Field
    inset: tuple[float, float, float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.light.shape[0], self.light.shape[1]


def ground_tile(
    rng: np.random.Generator, height: int, width: int, texture: Texture, *, slivers: bool
) -> Canvas:
    """A good tile.

    Args:
        rng: Where chance comes from.
        height: Rows.
        width: Columns.
        texture: How the surface looks.
        slivers: Whether background shows at some borders, as on tiles that were cut out a little too wide.
    """
    # On a belt every edge must stand out a little, or nobody could say where the tile ends.
    light = _light(rng, height, width, texture, darkest=0.12 if slivers else 0.36)
    relief = streaks(rng, height, width, texture)
    _glare(rng, relief, light, texture)
    canvas = Canvas(rng, texture, light, relief, np.ones((height, width), np.float32), (0, 0, 0, 0))
    _stain(canvas)
    _edges(canvas, slivers=slivers)
    return canvas


def streaks(rng: np.random.Generator, height: int, width: int, texture: Texture, gain: float = 1.0) -> Field:
    """Grinding streaks, dashes and grain: float32 height x width, mean about 1.

    Args:
        rng: Where chance comes from.
        height: Rows.
        width: Columns.
        texture: How the surface looks.
        gain: Factor on the spread of streaks and dashes.
    """
    drift = abs(texture.slant) * height
    wide = width + int(np.ceil(drift)) + 2
    wide_lines = noise.lines(rng, height, wide, length_px=texture.long_px, width_px=texture.streak_px)
    fine = noise.lines(rng, height, wide, length_px=texture.long_px, width_px=0.6)
    part = noise.lines(rng, height, wide, length_px=texture.long_px / 7, width_px=0.5)
    grain = noise.white(rng, height, wide)
    dashes = noise.smear(grain, texture.short_px, width_px=0.5)
    field = np.float32(0.28) * wide_lines + np.float32(0.8) * fine + np.float32(0.38) * part
    # A few lines mirror the lamp; the grain breaks them up into dots.
    bright = np.maximum(field - np.float32(1.8), 0) * np.maximum(1 + 0.5 * grain + 0.6 * dashes, 0)
    # Ridges shine more than grooves are dark.
    field += np.float32(0.4) * np.maximum(field, 0)
    field *= np.float32(texture.streaks * gain) * np.clip(
        1 + 0.35 * noise.clouds(rng, height, wide, 130), 0.3, 2
    )
    field += np.float32(texture.dashes * gain) * dashes
    field += np.float32(texture.grain) * cv2.GaussianBlur(grain, (3, 3), sigmaX=0.45, sigmaY=0.55)
    field += np.float32(texture.mottle) * noise.clouds(rng, height, wide, 3.5)
    field += np.float32(texture.mottle) * noise.clouds(rng, height, wide, 12)
    field *= np.float32(rng.lognormal(0, 0.2))
    field += np.float32(texture.glints * rng.lognormal(-0.1, 0.7) * gain) * bright
    if texture.cross:
        across = noise.lines(rng, wide, height, length_px=texture.long_px, width_px=texture.streak_px)
        field += np.float32(texture.cross * gain) * across.T
    if drift:
        shear = np.array([[1, texture.slant, max(0.0, -texture.slant * height)], [0, 1, 0]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        field = cv2.warpAffine(field, shear, (wide, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(np.maximum(1 + field[:, :width], 0.05), dtype=np.float32)


def _light(rng: np.random.Generator, height: int, width: int, texture: Texture, darkest: float) -> Field:
    """The lamp on a curved surface: dark towards left and right, a little brighter towards one end."""
    across = np.array([0.80, 0.98, 1.07, 1.13, 1.15, 1.10, 1.02, 0.93, 0.84])
    across += rng.normal(0, 0.075, 9) + rng.normal(0, 0.13) * np.linspace(-1, 1, 9)
    across[[0, -1]] += rng.normal(0, 0.13, 2)
    along = 1 + rng.normal(0.06, 0.06) * np.linspace(-1, 1, 7) + rng.normal(0, 0.025, 7)
    coarse = np.outer(along, across).astype(np.float32)
    # Cubic over few pixels, then linear: smooth, and quicker than cubic over all.
    coarse = cv2.resize(coarse, (width // 8 + 2, height // 8 + 2), interpolation=cv2.INTER_CUBIC)
    light = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    light *= 1 + np.float32(texture.blotches * rng.lognormal(0, 0.3)) * _drifts(rng, height, width)
    if rng.random() < 0.35:
        _shadow(rng, light)
    return np.asarray(np.clip(light, darkest, 3), dtype=np.float32)


def _drifts(rng: np.random.Generator, height: int, width: int) -> Field:
    """Clouds drawn out along the streaks: float32 height x width, spread about 1."""
    squeezed = noise.clouds(rng, max(8, height // 12), max(8, width // 4), 11)
    drawn_out = cv2.resize(squeezed, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(0.8 * drawn_out + 0.6 * noise.clouds(rng, height, width, 110), dtype=np.float32)


def _bump(height: int, width: int, x: float, y: float, rx: float, ry: float) -> Field:
    """A soft hill with height 1 at (x, y): float32 height x width."""
    gx = np.exp(-0.5 * ((np.arange(width, dtype=np.float32) - x) / rx) ** 2)
    gy = np.exp(-0.5 * ((np.arange(height, dtype=np.float32) - y) / ry) ** 2)
    return np.asarray(gy[:, None] * gx[None, :], dtype=np.float32)


def _shadow(rng: np.random.Generator, light: Field) -> None:
    """A wide dark area near a corner, where the curved surface turns away from the lamp."""
    height, width = light.shape
    x = rng.choice([0.03, 0.92]) * width
    y = rng.uniform(0.1, 0.9) * height
    hill = _bump(height, width, x, y, rng.uniform(0.07, 0.15) * width, rng.uniform(0.12, 0.3) * height)
    light *= 1 - np.float32(rng.uniform(0.15, 0.4)) * hill


def _glare(rng: np.random.Generator, relief: Field, light: Field, texture: Texture) -> None:
    """Areas in which the streaks mirror the lamp: brighter, and much more so on the bright streaks."""
    height, width = relief.shape
    while rng.random() < texture.glare:
        x, y = rng.choice([0.06, 0.12, 0.5, 0.9], p=[0.3, 0.3, 0.2, 0.2]), rng.choice([0.05, 0.12, 0.5, 0.97])
        hill = _bump(
            height,
            width,
            (x + rng.normal(0, 0.04)) * width,
            y * height,
            max(9.0, rng.uniform(0.03, 0.09) * width),
            rng.uniform(0.10, 0.3) * height,
        )
        hill *= np.float32(rng.uniform(0.1, 0.45))
        light *= 1 + hill
        relief += np.maximum(relief - 1, 0) * hill * np.float32(3.5)


def _stain(canvas: Canvas) -> None:
    """Harmless marks that good tiles carry: water lines, soft spots, specks, dust."""
    rng, (height, width) = canvas.rng, canvas.shape
    amount = canvas.texture.stains * rng.lognormal(-0.1, 0.5) * height * width / 1e5
    for _ in range(rng.poisson(0.5 * amount)):
        _water_line(canvas)
    for _ in range(rng.poisson(0.5 * amount)):
        _soft_spot(canvas)
    for _ in range(rng.poisson(1.2 * amount)):
        y, x = rng.integers(1, height - 2), rng.integers(1, width - 2)
        factor = rng.uniform(0.75, 0.93) if rng.random() < 0.7 else rng.uniform(1.2, 1.7)
        canvas.relief[y : y + rng.integers(1, 3), x : x + rng.integers(1, 3)] *= np.float32(factor)


def patch(canvas: Canvas, x0: float, y0: float, x1: float, y1: float, pad: int = 3) -> tuple[slice, slice]:
    """Rows and columns of the rectangle that lie on the canvas; never empty."""
    height, width = canvas.shape
    top, bottom = max(0, int(y0) - pad), min(height, int(np.ceil(y1)) + pad + 1)
    left, right = max(0, int(x0) - pad), min(width, int(np.ceil(x1)) + pad + 1)
    top, left = min(top, height - 1), min(left, width - 1)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _water_line(canvas: Canvas) -> None:
    rng, (height, width) = canvas.rng, canvas.shape
    start = (rng.uniform(0, width), rng.uniform(0, height))
    path = noise.wander(rng, start, rng.uniform(0, 2 * np.pi), rng.uniform(10, 55), 0.45)
    (x0, y0), (x1, y1) = path.min(axis=0), path.max(axis=0)
    rows, cols = patch(canvas, x0, y0, x1, y1)
    here = canvas.relief[rows, cols]
    thickness = rng.uniform(0.8, 2.2, len(path) - 1)
    cover = noise.stroke(path - (cols.start, rows.start), thickness, here.shape[0], here.shape[1])
    cover = cv2.GaussianBlur(cover, (0, 0), rng.uniform(0.5, 1.3))
    here *= 1 - np.float32(rng.uniform(0.06, 0.22)) * cover


def _soft_spot(canvas: Canvas) -> None:
    rng, (height, width) = canvas.rng, canvas.shape
    rx, ry = rng.uniform(2, 14), rng.uniform(3, 18)
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    outline = noise.blob(rng, (x, y), rx, ry, 0.6, rng.uniform(0, np.pi))
    (x0, y0), (x1, y1) = outline.min(axis=0), outline.max(axis=0)
    rows, cols = patch(canvas, x0, y0, x1, y1, pad=6)
    here = canvas.relief[rows, cols]
    cover = noise.polygon(outline - (cols.start, rows.start), here.shape[0], here.shape[1])
    cover = cv2.GaussianBlur(cover, (0, 0), rng.uniform(1.0, 3.5))
    here *= 1 - np.float32(rng.uniform(0.03, 0.14)) * cover


def _edges(canvas: Canvas, *, slivers: bool) -> None:
    """Bevelled edges, and background where the picture is a little wider than the tile."""
    rng, (height, width) = canvas.rng, canvas.shape
    inset = [0.0, 0.0, 0.0, 0.0]
    for side in range(4):
        upright = side % 2 == 0
        length = height if upright else width
        along = np.linspace(-1, 1, length, dtype=np.float32)
        chance = 0.5 if upright else 0.22
        start, tilt, bow = 0.0, rng.normal(0, 0.3), abs(rng.normal(0, 0.5 if upright else 1.6))
        if slivers and rng.random() < chance:
            start, tilt = rng.exponential(4.0 if upright else 3.0), rng.normal(0, 1.5)
        elif slivers:
            start = -4.0
        edge = start + tilt * along - bow * (1 - along**2) + (bow if rng.random() < 0.5 else 0)
        edge = np.minimum(edge, 0.06 * (width if upright else height)).astype(np.float32)
        if not slivers:
            edge = np.maximum(edge - edge.min(), 0)
        inset[side] = max(0.0, float(edge.mean()))
        _bevel(canvas, side, edge)
    canvas.inset = (inset[0], inset[1], inset[2], inset[3])


def _bevel(canvas: Canvas, side: int, edge: Field) -> None:
    """Draws one edge: dark outside of `edge`, then a bevel with a bright or dark line.

    Args:
        canvas: Changed in place.
        side: 0 left, 1 top, 2 right, 3 bottom.
        edge: Distance of the edge from the border of the picture, one value for each row or column.
    """
    rng = canvas.rng
    turned = [_view(field, side) for field in (canvas.light, canvas.relief, canvas.solid)]
    depth = min(turned[0].shape[1], int(max(edge.max(), 0)) + 32)
    distance = np.arange(depth, dtype=np.float32)[None, :] - edge[:, None]
    light, _, solid = (field[:, :depth] for field in turned)
    solid *= np.clip(distance + 0.5, 0, 1)
    upright = side % 2 == 0
    dark, reach = rng.uniform(0.1, 0.5), rng.uniform(1.0, 3.5 if upright else 2.0)
    profile = 1 - np.float32(dark) * np.exp(-np.maximum(distance, 0) / np.float32(reach))
    if upright and rng.random() < 0.45:
        at, wide, gain = rng.uniform(5, 16), rng.uniform(1.2, 4.5), rng.uniform(0.15, 0.6)
        profile += np.float32(gain) * np.exp(-0.5 * ((distance - np.float32(at)) / np.float32(wide)) ** 2)
        if rng.random() < 0.6:
            profile *= 1 - np.float32(rng.uniform(0.05, 0.3)) / (1 + np.exp(distance - np.float32(at)))
    light *= profile


def _view(field: Field, side: int) -> Field:
    """The field turned so that side `side` lies at column 0; a view, changes reach the field."""
    if side == 0:
        return field
    if side == 2:
        return field[:, ::-1]
    return field.T if side == 1 else field[::-1].T
