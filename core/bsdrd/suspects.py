"""Tiles among the "good" ones that look defective: ranked before training, so that a person looks at them.

Four numbers for each picture need no trained model, because training comes after it. Each is taken on what
is left of the logarithm of the grey value once wide shading is taken away:

- dark spots and lines up to 9, and up to 17 pixels wide (black top-hat: cracks, pits);
- spots that are dark against all their surroundings, in units of the picture's own roughness (pits, chips);
- places where the grinding streaks change: their strength just above against just below (uneven grinding).

Where there is a model already, two numbers of its fused map count too, and more than these four: the
highest value, and the mean of its highest hundredth (wide, faint defects). Also where it has learnt these
tiles as good: what it tells is defects from harmless marks, and good tiles that it has learnt get about the
values of those that it has not.

A picture's numbers are compared with those of *other* tiles only (cross-fitting: tiles are divided into
folds, and a fold is measured by the rest), so that a flaw that shows in six exposures of one tile does not
pass for usual. A tile is as suspicious as its pictures are on average: a flaw shows in each of them, and
what shows in one alone is more often a reflection. Deep features of the teacher ranked worse and added
nothing (`benchmarks/suspects.py` measures what is reached).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.data.images import Pixels, as_model_input
from bsdrd.errors import DataError
from bsdrd.result import MAP_STRIDE

#: What a picture is described by, in the order of `describe`.
CHANNELS = ("narrow dark marks", "wide dark marks", "spots", "change of the streaks")
#: What a model adds, in the order of `model_values`.
MODEL_CHANNELS = ("highest value of the model's map", "an area in the model's map")
FOLDS = 5
#: Fewer pictures than this cannot be compared with one another.
FEWEST = 10

_MARGIN = 6  # pixels at the edge that do not count: slivers of the background
_FLAT, _FINE = 20.0, 0.8
_NARROW, _WIDE, _SPOT = 9, 17, 25
_STEP_ROWS, _STEP_COLUMNS = 15, 81
_FAR = 10.0  # a number counts at most this far above the usual
_SHOWN = 6.0  # where a picture is tinted most
# Chosen on half of the tiles of a data set. Without a model what stands out far counts more than several
# things that stand out a little; with one the sum is steadier.
_POWER_ALONE, _POWER_WITH_MODEL, _MODEL_WEIGHT = 2.0, 1.0, 5.0
_AREA = 100  # one in so many values of a map


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What is usual for tiles, from those of other folds.

    Attributes:
        middle: float64, 4, or 6 with a model: median of each number.
        spread: float64, 4 or 6: from there to the 84 % point.
    """

    middle: NDArray[np.float64]
    spread: NDArray[np.float64]

    def above(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far numbers lie above the usual, 0 to 10, in spreads; any shape with 4 or 6 at its end."""
        return np.clip((values - self.middle) / self.spread, 0.0, _FAR)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Pictures by how suspicious they look.

    Attributes:
        scores: float64, n: how suspicious the tile of each picture is; 0 for the usual, rising.
        order: int64, n: the most suspicious tiles first, and of a tile the most suspicious picture.
        reasons: For each picture the number that stands out most: an index into `CHANNELS` followed by
            `MODEL_CHANNELS`.
        usual: For each picture what it was compared with.
    """

    scores: NDArray[np.float64]
    order: NDArray[np.int64]
    reasons: NDArray[np.int64]
    usual: tuple[Usual, ...]


def describe(pixels: Pixels, *, across: bool = False) -> NDArray[np.float64]:
    """Four numbers that say how defective a tile looks: float64, 4, in the order of `CHANNELS`.

    Args:
        pixels: H x W or H x W x 3, uint8 or uint16, sides of at least 64 px.
        across: Whether its streaks run from left to right.
    """
    narrow, wide, spot, step = _maps(pixels, across)
    tail = max(1, spot.size // 1000)
    highest = float(np.partition(spot.ravel(), -tail)[-tail:].mean())
    values = (float(narrow.max()), float(wide.max()), highest, float(np.percentile(step, 99)))
    return np.log(np.maximum(values, 1e-6))


def model_values(fused: NDArray[np.float32]) -> NDArray[np.float64]:
    """Two numbers that say how defective a tile looks to a model: float64, 2, as in `MODEL_CHANNELS`.

    Args:
        fused: Its fused map of the tile, float32, of any shape.
    """
    many = max(1, fused.size // _AREA)
    highest = np.partition(fused.ravel(), -many)[-many:]
    return np.array([highest.max(), highest.mean()], dtype=np.float64)


def rank(
    values: NDArray[np.float64], groups: Sequence[str], seen: NDArray[np.float64] | None = None
) -> Ranking:
    """Ranks pictures by how far their tiles are above what is usual on other tiles.

    Args:
        values: float64, n x 4, of `describe`.
        groups: For each picture the tile that it shows.
        seen: float64, n x 2, of `model_values`; None without a model.

    Raises:
        DataError: If there are fewer than ten pictures or two tiles, or the numbers do not fit.
    """
    count = len(groups)
    if count < FEWEST or len(set(groups)) < 2:
        raise DataError(
            f"{count} pictures of {len(set(groups))} tiles are too few to compare with one another.",
            do_next=f"Choose at least {FEWEST} pictures of different tiles, or look at them yourself.",
        )
    table = np.asarray(values, dtype=np.float64)
    weights, power = np.ones(len(CHANNELS)), _POWER_ALONE
    if seen is not None:
        table = np.column_stack([table, seen])
        weights, power = np.append(weights, [_MODEL_WEIGHT] * len(MODEL_CHANNELS)), _POWER_WITH_MODEL
    if table.shape[0] != count or not np.isfinite(table).all():
        raise DataError(f"{table.shape[0]} descriptions do not fit {count} pictures, or are damaged.")
    fold = _folds(groups)
    own = np.zeros(count)
    reasons = np.zeros(count, np.int64)
    usual: dict[int, Usual] = {}
    for number in np.unique(fold):
        mine = fold == number
        known = usual[int(number)] = _usual(table[~mine])
        above = known.above(table[mine])
        parts = weights * above**power
        own[mine] = parts.sum(axis=1)
        reasons[mine] = parts.argmax(axis=1)
    names, tile = np.unique(np.asarray(groups), return_inverse=True)
    scores = (np.bincount(tile, own, len(names)) / np.bincount(tile, minlength=len(names)))[tile]
    order = np.lexsort((-own, tile, -scores)).astype(np.int64)
    return Ranking(scores, order, reasons, tuple(usual[int(number)] for number in fold))


def suspicion_map(
    pixels: Pixels, usual: Usual, seen: NDArray[np.float32] | None = None, *, across: bool = False
) -> NDArray[np.float32]:
    """Where a tile looks defective: float32, ceil(H / 4) x ceil(W / 4); 0 usual, 6 at most.

    Args:
        pixels: As for `describe`.
        usual: What it was compared with.
        seen: float32 h x w, the fused map of a model at any scale; None without a model.
        across: As for `describe`.
    """
    height, width = pixels.shape[:2]
    rows, columns = -(-height // MAP_STRIDE), -(-width // MAP_STRIDE)
    whole = np.zeros((4, rows * MAP_STRIDE, columns * MAP_STRIDE), np.float32)
    for place, found in zip(whole, _maps(pixels, across), strict=True):
        top, left = (height - found.shape[0]) // 2, (width - found.shape[1]) // 2
        place[top : top + found.shape[0], left : left + found.shape[1]] = found
    cells = whole.reshape(4, rows, MAP_STRIDE, columns, MAP_STRIDE).max(axis=(2, 4))
    logs = np.log(np.maximum(np.moveaxis(cells, 0, -1), 1e-6)).astype(np.float64)
    above = np.clip((logs - usual.middle[:4]) / usual.spread[:4], 0.0, _SHOWN).max(axis=-1)
    if seen is not None and usual.middle.size > len(CHANNELS):
        grown = cv2.resize(seen.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
        highest = len(CHANNELS)
        above = np.maximum(
            above, np.clip((grown - usual.middle[highest]) / usual.spread[highest], 0.0, _SHOWN)
        )
    return above.astype(np.float32)


def _maps(pixels: Pixels, across: bool) -> tuple[NDArray[np.float32], ...]:
    """The four maps without the tile's edge; each centred on the picture."""
    grey = _grey(pixels)
    turned = np.ascontiguousarray(grey.T) if across else grey
    logs = np.log(turned + 8.0)
    flat = logs - cv2.GaussianBlur(logs, (0, 0), _FLAT, borderType=cv2.BORDER_REFLECT_101)
    base = np.asarray(cv2.GaussianBlur(flat, (0, 0), _FINE), dtype=np.float32)
    inner = slice(_MARGIN, -_MARGIN)
    narrow, wide = (_dark(base, side)[inner, inner] for side in (_NARROW, _WIDE))
    along = cv2.morphologyEx(base, cv2.MORPH_BLACKHAT, np.ones((1, _SPOT), np.uint8))
    down = cv2.morphologyEx(base, cv2.MORPH_BLACKHAT, np.ones((_SPOT, 1), np.uint8))
    spot = np.minimum(along, down)[inner, inner]
    middle = float(np.median(spot))
    roughness = 1.4826 * float(np.median(np.abs(spot - middle))) + 1e-3
    spot = np.maximum(spot - middle, 0.0) / roughness
    found = (narrow, wide, spot, _streak_steps(logs))
    return tuple(np.asarray(one.T if across else one, dtype=np.float32) for one in found)


def _dark(base: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(base, cv2.MORPH_BLACKHAT, shape), dtype=np.float32)


def _streak_steps(logs: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much the strength of streaks that run down differs between the rows above and below a place."""
    fine = logs - cv2.GaussianBlur(logs, (0, 0), sigmaX=3, sigmaY=0.01, borderType=cv2.BORDER_REFLECT_101)
    strength = np.log(np.abs(cv2.blur(fine, (1, 9))) + 1e-2)
    margin = max(_MARGIN, int(0.04 * min(logs.shape)))
    inside = np.ascontiguousarray(strength[margin:-margin, margin:-margin])
    columns = _STEP_COLUMNS if inside.shape[1] >= _STEP_COLUMNS + 4 else inside.shape[1] // 2 * 2 - 3
    mean = cv2.blur(inside, (columns, _STEP_ROWS), borderType=cv2.BORDER_REFLECT_101)
    half = _STEP_ROWS // 2 + 1
    return np.asarray(np.abs(mean[: -2 * half] - mean[2 * half :]), dtype=np.float32)


def _grey(pixels: Pixels) -> NDArray[np.float32]:
    return np.ascontiguousarray(as_model_input(pixels, 1)[0])


def _usual(table: NDArray[np.float64]) -> Usual:
    middle = np.median(table, axis=0)
    spread = np.quantile(table, 0.84, axis=0) - middle
    return Usual(middle, np.maximum(spread, 1e-6))


def _folds(groups: Sequence[str]) -> NDArray[np.int64]:
    """A fold for each picture, whole tiles together; the same for the same names."""
    names = sorted(set(groups), key=lambda name: hashlib.sha256(name.encode()).digest())
    place = {name: number % min(FOLDS, len(names)) for number, name in enumerate(names)}
    return np.array([place[name] for name in groups], dtype=np.int64)
