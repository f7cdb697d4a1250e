"""Defects drawn onto a good tile; each returns the pixels that it covers.

`severity` runs from 0 (small and faint: a person has to look twice) to 1 (nobody misses it).
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.line.demo import noise
from tilesight.line.demo.noise import Field
from tilesight.line.demo.surface import Canvas, patch, streaks

Mask = NDArray[np.bool_]
Draw = Callable[[Canvas, float], Mask]


def _between(severity: float, low: float, high: float) -> float:
    return low + (high - low) * severity


def _empty(canvas: Canvas) -> Mask:
    return np.zeros(canvas.shape, np.bool_)


def blowhole(canvas: Canvas, severity: float) -> Mask:
    """A pit: dark, darkest along its outline, often with a bright rim on one side; seldom a second one."""
    rng, (height, width), mask = canvas.rng, canvas.shape, _empty(canvas)
    for _ in range(2 if rng.random() < 0.15 else 1):
        radius = _between(severity, 2.6, 6.5) * rng.uniform(0.85, 1.2)
        centre = (rng.uniform(0.08, 0.92) * width, rng.uniform(0.08, 0.92) * height)
        angle = rng.uniform(0, np.pi)
        outline = noise.blob(rng, centre, radius * rng.uniform(1.0, 1.9), radius, 0.35, angle)
        (x0, y0), (x1, y1) = outline.min(axis=0), outline.max(axis=0)
        rows, cols = patch(canvas, x0, y0, x1, y1, pad=6)
        here = canvas.relief[rows, cols]
        cover = noise.polygon(outline - (cols.start, rows.start), *here.shape)
        inner = cv2.GaussianBlur(cover, (0, 0), max(0.8, radius / 3))
        depth = _between(severity, 0.45, 0.68)
        dark = depth * cover * (1.15 - 0.45 * inner)
        rim = np.roll(cover, rng.integers(-2, 3, 2).tolist(), (0, 1)) * (1 - cover)
        soft = cv2.GaussianBlur(dark, (0, 0), 0.6)
        flat = cover * np.float32(0.7)
        here *= 1 - flat
        here += flat
        here *= 1 - np.clip(soft, 0, 0.85) + np.float32(rng.uniform(0, 0.35)) * cv2.blur(rim, (2, 2))
        mask[rows, cols] |= cover > 0.4
    return mask


def crack(canvas: Canvas, severity: float) -> Mask:
    """A thin dark meandering line, mostly from the upper or lower edge inwards, thinning out; may fork."""
    rng, (height, width), mask = canvas.rng, canvas.shape, _empty(canvas)
    length = min(_between(severity, 28, 110) * rng.uniform(0.8, 1.25), 0.7 * height)
    heading = np.pi / 2 + rng.normal(0, 0.25)
    top, bottom = canvas.inset[1], canvas.inset[3]
    kind = rng.choice(3, p=[0.45, 0.35, 0.2])
    start_y = (top, height - 1 - bottom, rng.uniform(0.15, 0.8) * height)[kind]
    if kind == 1 or (kind == 2 and start_y > height / 2):
        heading = -heading
    start = (rng.uniform(0.1, 0.9) * width, start_y)
    thickness = _between(severity, 1.3, 2.6)
    paths = [noise.wander(rng, start, heading, length, 0.16)]
    if rng.random() < 0.3:
        joint = paths[0][len(paths[0]) // 2]
        turn = rng.choice([-0.6, 0.6])
        paths.append(noise.wander(rng, (joint[0], joint[1]), heading + turn, length / 3, 0.2))
    for path in paths:
        (x0, y0), (x1, y1) = path.min(axis=0), path.max(axis=0)
        rows, cols = patch(canvas, x0, y0, x1, y1, pad=5)
        here = canvas.relief[rows, cols]
        taper = np.linspace(1.15, 0.55, len(path) - 1) * rng.uniform(0.75, 1.3, len(path) - 1)
        cover = noise.stroke(path - (cols.start, rows.start), thickness * taper, *here.shape)
        soft = cv2.GaussianBlur(cover, (0, 0), 0.55)
        here *= 1 - np.float32(_between(severity, 0.5, 0.72)) * np.minimum(soft * 1.25, 1)
        mask[rows, cols] |= cover > 0.25
    return mask


def chip(canvas: Canvas, severity: float) -> Mask:
    """A break: a piece is gone from an edge or a corner; a smooth shell-shaped surface without streaks.

    Where the piece went right through, the background shows.
    """
    rng, (height, width) = canvas.rng, canvas.shape
    left, top, right, bottom = canvas.inset
    size = _between(severity, 13, 60) * rng.uniform(0.85, 1.2)
    size = min(size, 0.35 * min(height, width))
    stretch = rng.uniform(0.7, 1.6)
    rx, ry = size * stretch, size / stretch
    xs, ys = (left, width - 1 - right), (top, height - 1 - bottom)
    if rng.random() < 0.6:
        x, y = xs[rng.integers(2)], ys[rng.integers(2)]
    elif rng.random() < 0.5:
        x, y = xs[rng.integers(2)], rng.uniform(0.15, 0.85) * height
    else:
        x, y = rng.uniform(0.15, 0.85) * width, ys[rng.integers(2)]
    # Brittle material breaks along few, nearly straight pieces.
    outline = noise.blob(rng, (x, y), rx, ry, 0.25, corners=int(rng.integers(9, 16)))
    (x0, y0), (x1, y1) = outline.min(axis=0), outline.max(axis=0)
    rows, cols = patch(canvas, x0, y0, x1, y1, pad=6)
    here = canvas.relief[rows, cols]
    cover = noise.polygon(outline - (cols.start, rows.start), *here.shape)
    grid_y, grid_x = np.mgrid[rows, cols].astype(np.float32)
    radius = np.hypot((grid_x - x) / rx, (grid_y - y) / ry).astype(np.float32)
    # Ripples run around the point of impact, as in broken glass; the far rim lies in shadow.
    waves = np.sin(radius * np.float32(rng.uniform(5, 13)) + np.float32(rng.uniform(0, 6)))
    rough = noise.clouds(rng, *here.shape, cell_px=7)
    shell = np.float32(rng.uniform(0.5, 0.72)) + 0.05 * waves + 0.03 * rough
    shell = shell.astype(np.float32) + np.float32(0.02) * noise.white(rng, *here.shape)
    here += cover * (shell - here)
    rim = cover - cv2.erode(cover, np.ones((3, 3), np.uint8))
    here *= 1 - np.float32(_between(severity, 0.35, 0.55)) * cv2.GaussianBlur(rim, (0, 0), 0.7)
    if rng.random() < 0.5:
        gone = noise.polygon(
            (outline - (x, y)) * rng.uniform(0.3, 0.6) + (x - cols.start, y - rows.start), *here.shape
        )
        canvas.solid[rows, cols] *= 1 - gone
    mask = _empty(canvas)
    mask[rows, cols] = cover > 0.5
    return mask


def fray(canvas: Canvas, severity: float) -> Mask:
    """Rough dark skin along an edge that the grinding did not reach: no streaks, ragged, white nicks."""
    rng, (height, width) = canvas.rng, canvas.shape
    side = int(rng.choice(4, p=[0.2, 0.2, 0.2, 0.4]))
    along_px, depth_px = (height, width) if side % 2 == 0 else (width, height)
    reach = _between(severity, 0.10, 0.45) * rng.uniform(0.8, 1.2) * depth_px
    half = _between(severity, 0.10, 0.28) * rng.uniform(0.8, 1.25) * along_px
    centre = rng.uniform(0.2, 0.8) * along_px
    outline = noise.blob(rng, (centre, canvas.inset[side]), half, reach, 0.22, corners=90)
    points = {
        0: outline[:, ::-1],
        1: outline,
        2: (width - 1, 0) + outline[:, ::-1] * (-1, 1),
        3: (0, height - 1) + outline * (1, -1),
    }[side]
    cover = noise.polygon(points, height, width)
    # The border of the ground area is ragged.
    ragged = 0.8 * noise.clouds(rng, height, width, 18) + 0.5 * noise.clouds(rng, height, width, 6)
    cover = np.clip((cv2.GaussianBlur(cover, (0, 0), 5) - 0.5 + 0.11 * ragged) * 7 + 0.5, 0, 1).astype(
        np.float32
    )
    grey = _between(severity, 0.78, 0.55) * rng.uniform(0.93, 1.07)
    skin = np.float32(grey) * (1 + 0.05 * noise.clouds(rng, height, width, 5) + 0.05 * ragged)
    skin += np.float32(0.05) * noise.white(rng, height, width)
    canvas.relief += cover * (skin.astype(np.float32) - canvas.relief)
    nicks = noise.clouds(rng, height, width, 3) + 0.8 * noise.clouds(rng, height, width, 25)
    rim = cover * (1 - cv2.erode(cover, np.ones((7, 7), np.uint8)))
    canvas.relief += np.clip(nicks - 1.5, 0, 1.2) * rim * np.float32(rng.uniform(0, 1.2))
    canvas.relief *= 1 - np.float32(rng.uniform(0, 0.2)) * cv2.GaussianBlur(rim, (0, 0), 1.5)
    return np.asarray(cover > 0.5)


def uneven(canvas: Canvas, severity: float) -> Mask:
    """An area that was ground at another height: sharply bounded, other streaks, brighter or darker."""
    rng, (height, width) = canvas.rng, canvas.shape
    cover = _ground_area(rng, height, width)
    brighter = rng.random() < 0.7
    change = _between(severity, 0.16, 0.45) * rng.uniform(0.9, 1.15)
    factor = 1 + change if brighter else 1 - 0.7 * change
    other = streaks(
        rng, height, width, canvas.texture, gain=_between(severity, 1.5, 2.8) if brighter else 0.5
    )
    canvas.relief += cover * (np.float32(factor) * other - canvas.relief)
    line = cover * (1 - cv2.erode(cover, np.ones((5, 5), np.uint8)))
    canvas.relief *= 1 - np.float32(rng.uniform(0.0, 0.25)) * cv2.GaussianBlur(line, (0, 0), 1)
    return np.asarray(cover > 0.5)


def _ground_area(rng: np.random.Generator, height: int, width: int) -> Field:
    """A band at the upper or lower end with a crooked border, or a four-cornered field: 0..1, H x W."""
    if rng.random() < 0.6:
        share = rng.uniform(0.12, 0.4) * height
        border_x = np.linspace(-5, width + 5, 24)
        tilt = rng.normal(0, 0.05) * (border_x - width / 2)
        border_y = share + tilt + np.cumsum(rng.normal(0, 0.006 * height, 24))
        border = np.stack([border_x, border_y], axis=1)
        points = np.concatenate([border, np.array([[width + 5.0, -9.0], [-5.0, -9.0]])])
        if rng.random() < 0.5:
            points = (0, height - 1) + points * (1, -1)
    else:
        x, y = rng.uniform(-0.05, 0.3) * width, rng.uniform(0.1, 0.45) * height
        w, h = rng.uniform(0.5, 0.8) * width, rng.uniform(0.3, 0.5) * height
        points = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) + rng.normal(0, 0.05 * h, (4, 2))
    sharp = noise.polygon(points, height, width)
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), rng.uniform(0.8, 1.8)), dtype=np.float32)


#: What draws each class of defect.
DRAW: dict[str, Draw] = {"blowhole": blowhole, "crack": crack, "break": chip, "fray": fray, "uneven": uneven}
