"""The first part of the network as a chain of stages, each with its own small neighbourhood. NumPy only.

A stage takes some of the tensors that stages before it gave, and gives others. How far it looks beyond a
place, its reach, is far less than that of the whole chain: so a large tile runs stage by stage in windows
that overlap by twice the reach of one stage, and no kept value has seen a cut (`bsdrd.windows`). A small tile
runs through the chain in one go (`run_whole`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What the tensors at both ends of the chain are called.
INPUT = "pixels"
GRIDS = "grids"
FEATURES = "features"
#: Under what a graph's metadata describes the stage.
STAGE = "bsdrd.stage"
#: Sides are padded to multiples of this, the coarsest stride of the network; windows start on it.
CELL = 32
#: The tile's corner stays on this grid when it is padded.
_CORNER = 16

Tensors = Sequence[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the first part of the network.

    Attributes:
        takes: Names of the tensors that it takes.
        gives: Names of the tensors that it gives.
        strides: Pixels of the tile for each place, of every tensor that it takes or gives.
        reach: Pixels that it sees beyond a place on either side; a multiple of every stride.
        rows: Most pixels of a window from top to bottom, without reach; 0 for as many as a band has.
        columns: Likewise from left to right; 0 for as many as the tile has.
    """

    takes: tuple[str, ...]
    gives: tuple[str, ...]
    strides: Mapping[str, int]
    reach: int = 2 * CELL
    rows: int = 512
    columns: int = 512

    def to_json(self) -> str:
        """What a graph carries with it beside the names of its inputs and outputs."""
        return json.dumps([dict(self.strides), self.reach, self.rows, self.columns])

    @classmethod
    def from_json(cls, takes: Sequence[str], gives: Sequence[str], text: str) -> Stage:
        """Reads what `to_json` wrote; nothing stands for a whole first part that is one stage.

        Raises:
            ValueError: If it is not what `to_json` writes, or does not fit the names.
        """
        values: Any = json.loads(text) if text else [{INPUT: 1, GRIDS: 4, FEATURES: 16}, 2 * CELL, 512, 512]
        strides: Any = values[0]
        sizes: Any = values[1:]
        stage = cls(tuple(takes), tuple(gives), strides, *sizes)
        sized = all(isinstance(size, int) and 0 <= size <= 1 << 16 for size in sizes)
        if not sized or any(strides.get(name) not in (1, 2, 4, 8, 16, 32) for name in (*takes, *gives)):
            raise _no_stage(takes, gives)
        return stage


def padded_length(length: int) -> int:
    """Pixels of a side after it was padded to whole cells."""
    return -(-length // CELL) * CELL


def pixels_before(length: int) -> int:
    """Pixels of the padding of a side that come before the tile; the others come after it."""
    return (padded_length(length) - length) // _CORNER * _CORNER


def pad_to_cells(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Continues N x C x H x W pixels by their outermost ones until both sides are multiples of `CELL`."""
    amounts = [(0, 0), (0, 0)]
    for length in pixels.shape[2:]:
        before = pixels_before(length)
        amounts.append((before, padded_length(length) - length - before))
    if not any(after or before for before, after in amounts):
        return pixels
    return np.pad(pixels, amounts, mode="edge")


def crop(grid: NDArray[np.float32], stride: int, height: int, width: int) -> NDArray[np.float32]:
    """The part of a padded tile's grid (N x C x h x w) that belongs to the tile of H x W pixels."""
    rows, cols = (
        slice(pixels_before(length) // stride, pixels_before(length) // stride - (-length // stride))
        for length in (height, width)
    )
    return grid[:, :, rows, cols].copy()  # a view would keep all of a backend's memory alive


def last_uses(stages: Sequence[Stage]) -> list[set[str]]:
    """For each stage the tensors that no later one needs, and that are not what the chain is for."""
    seen: set[str] = {GRIDS, FEATURES}
    uses: list[set[str]] = []
    for stage in reversed(stages):
        uses.append(set(stage.takes) - seen)
        seen.update(stage.takes)
    return uses[::-1]


def run_whole(
    stages: Sequence[Stage], step: Callable[[int, Tensors], Tensors], pixels: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Runs all stages on whole tiles.

    Args:
        stages: The chain.
        step: Runs the stage of a number on the tensors that it takes.
        pixels: float32, N x C x H x W.

    Returns:
        Grids and features of the tiles, see `bsdrd.backends.base.RawGrids`.
    """
    height, width = pixels.shape[2:]
    tensors = {INPUT: pad_to_cells(pixels)}
    for index, (stage, done) in enumerate(zip(stages, last_uses(stages), strict=True)):
        given = step(index, [tensors[name] for name in stage.takes])
        tensors.update(zip(stage.gives, given, strict=True))
        for name in done:
            del tensors[name]
    return crop(tensors[GRIDS], 4, height, width), crop(tensors[FEATURES], 16, height, width)


def check_chain(stages: Sequence[Stage]) -> None:
    """Makes sure that stages form a chain from pixels to grids and features.

    Raises:
        ValueError: If one takes what no earlier one gives, or the ends are missing.
    """
    known = {INPUT}
    for stage in stages:
        if not set(stage.takes) <= known:
            raise _no_stage(stage.takes, stage.gives)
        known.update(stage.gives)
    if not {GRIDS, FEATURES} <= known:
        raise _no_stage([INPUT], sorted(known - {INPUT}))


def _no_stage(takes: Sequence[str], gives: Sequence[str]) -> ValueError:
    inputs, outputs = list(takes), list(gives)
    return ValueError(f"it takes {inputs} and gives {outputs}")
