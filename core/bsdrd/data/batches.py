"""Whole tiles of different sizes as batches, the same for the same seed and step.

A batch is made of tiles of similar size on one canvas: each tile lies at a random place on it and is
continued by its outermost pixels, as at inspection, so that students see tile edges at every phase of the
stride grid. What lies outside the tile does not count in the loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.data.augment import expose, flip
from bsdrd.data.defects import Drawn, draw_defect
from bsdrd.data.marks import mark

CELL = 32
GRID = 4


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one training step sees.

    Attributes:
        clean: N x C x H x W float32 in 0..255, H and W multiples of 32.
        drawn: The same tiles with drawn defects; only the first `count` of them.
        valid: N x H/4 x W/4 float32, 1 where the cell lies in the tile.
        defect: count x 2 x H/4 x W/4 float32 in 0..1, how much of a cell is drawn over: by any defect, by one
            of a whole area.
    """

    clean: NDArray[np.float32]
    drawn: NDArray[np.float32]
    valid: NDArray[np.float32]
    defect: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How batches are made.

    Attributes:
        size: Tiles in a batch.
        drawn_share: Share of the tiles that also appear with a drawn defect.
        exposure: Strength of the exposure augmentation, 0 leaves it out.
        marked_share: Share of the tiles that get harmless marks.
        max_side: Larger tiles are cut to a random window of this side.
        streaks_across: Whether grinding streaks run from left to right; what is drawn follows them.
    """

    size: int = 8
    drawn_share: float = 0.5
    exposure: float = 1.0
    marked_share: float = 0.8
    max_side: int = 640
    streaks_across: bool = False


def epoch_order(shapes: Sequence[tuple[int, int]], size: int, seed: int, epoch: int) -> list[list[int]]:
    """Batches of tile indices for one epoch: tiles of similar size together, batches in random order.

    Args:
        shapes: Height and width of every tile.
        size: Tiles in a batch; the last one of an epoch may be smaller.
        seed: Seed of the training.
        epoch: Counts from 0.

    Returns:
        Index lists that together hold every tile once.
    """
    rng = np.random.default_rng([seed, 1, epoch])
    # Jitter of about a cell mixes neighbours in size, so that batches differ between epochs.
    jitter = rng.normal(0.0, 0.6 * CELL, (len(shapes), 2))
    keys = [(round((w + j[1]) / (3 * CELL)), h + j[0]) for (h, w), j in zip(shapes, jitter, strict=True)]
    order = sorted(range(len(shapes)), key=lambda i: keys[i])
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def make_batch(
    tiles: Sequence[NDArray[np.float32]],
    donors: Sequence[NDArray[np.float32]],
    rng: np.random.Generator,
    settings: BatchSettings,
) -> Batch:
    """Augments tiles, draws defects on some and lays them on one canvas.

    Args:
        tiles: float32 H x W x C each, 0..255.
        donors: Tiles from which drawn defects take foreign texture.
        rng: Source of chance.
        settings: How.
    """
    clean = [_prepare(rng, tile, settings) for tile in tiles]
    count = round(settings.drawn_share * len(clean))
    drawn = [_draw(rng, tile, donors[int(rng.integers(len(donors)))], settings) for tile in clean[:count]]
    height = -(-max(t.shape[0] for t in clean) // CELL) * CELL
    width = -(-max(t.shape[1] for t in clean) // CELL) * CELL
    places = [
        (int(rng.integers(height - t.shape[0] + 1)), int(rng.integers(width - t.shape[1] + 1))) for t in clean
    ]
    valid = np.zeros((len(clean), height // GRID, width // GRID), np.float32)
    for index, (tile, (top, left)) in enumerate(zip(clean, places, strict=True)):
        rows = slice(-(-top // GRID), (top + tile.shape[0]) // GRID)
        cols = slice(-(-left // GRID), (left + tile.shape[1]) // GRID)
        valid[index, rows, cols] = 1.0
    defect = np.zeros((count, 2, height // GRID, width // GRID), np.float32)
    for index, one in enumerate(drawn):
        for channel, mask in enumerate((one.mask, one.area)):
            defect[index, channel] = _on_grid(mask, places[index], height, width)
    return Batch(
        clean=_stack([_place(t, p, height, width) for t, p in zip(clean, places, strict=True)]),
        drawn=_stack(
            [_place(d.tile, p, height, width) for d, p in zip(drawn, places, strict=False)], clean[0]
        ),
        valid=valid,
        defect=defect,
    )


def _prepare(
    rng: np.random.Generator, tile: NDArray[np.float32], settings: BatchSettings
) -> NDArray[np.float32]:
    h, w = tile.shape[:2]
    if h > settings.max_side or w > settings.max_side:
        top = int(rng.integers(max(0, h - settings.max_side) + 1))
        left = int(rng.integers(max(0, w - settings.max_side) + 1))
        tile = tile[top : top + settings.max_side, left : left + settings.max_side]
    tile = flip(rng, tile)
    if settings.exposure:
        tile = expose(rng, tile, settings.exposure)
    if rng.random() >= settings.marked_share:
        return tile
    return (
        np.swapaxes(mark(rng, np.swapaxes(tile, 0, 1)), 0, 1) if settings.streaks_across else mark(rng, tile)
    )


def _draw(
    rng: np.random.Generator, tile: NDArray[np.float32], donor: NDArray[np.float32], settings: BatchSettings
) -> Drawn:
    """A drawn defect; painters take it that streaks run from top to bottom."""
    if not settings.streaks_across:
        return draw_defect(rng, tile, donor)
    out = draw_defect(rng, np.swapaxes(tile, 0, 1), np.swapaxes(donor, 0, 1))
    return Drawn(np.swapaxes(out.tile, 0, 1), out.mask.T, out.area.T)


def _place(tile: NDArray[np.float32], place: tuple[int, int], height: int, width: int) -> NDArray[np.float32]:
    top, left = place
    below, right = height - tile.shape[0] - top, width - tile.shape[1] - left
    whole = cv2.copyMakeBorder(tile, top, below, left, right, cv2.BORDER_REPLICATE)
    return np.asarray(whole, dtype=np.float32).reshape(height, width, -1)


def _on_grid(
    mask: NDArray[np.float32], place: tuple[int, int], height: int, width: int
) -> NDArray[np.float32]:
    """How much of each cell of the canvas the mask covers."""
    top, left = place
    canvas = np.zeros((height, width), np.float32)
    canvas[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    cells = cv2.resize(canvas, (width // GRID, height // GRID), interpolation=cv2.INTER_AREA)
    return np.asarray(cells, dtype=np.float32)


def _stack(
    tiles: Sequence[NDArray[np.float32]], like: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    if not tiles:
        channels = 1 if like is None else like.shape[2]
        return np.zeros((0, channels, CELL, CELL), np.float32)
    return np.ascontiguousarray(np.stack(tiles).transpose(0, 3, 1, 2))
