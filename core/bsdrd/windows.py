"""Large tiles stage by stage in overlapping windows, so that memory stays bounded and the maps stay the same.

Each stage of the first part of the network (`bsdrd.stages`) cuts the tile into bands of its own height, and
a band into windows. A window is read with the stage's reach around it, and what lies in this margin is thrown
away: there, and only there, the stage took the cut for an edge of the tile. A margin ends where the tile
does, so the tile's own edges are the edges of windows as they are of one pass.

    rows of the tile -->
    f1      [=====][=====][=====][=====][=====]          small windows: many values a pixel
    f2      [===========][===========]                   reads f1 with a margin
    ...
    grids   [=======]                                    reads f1, f2 and the codes

Stages run as they are needed: the last one asks for its next band, this asks for the rows that it is made of,
and so on up to the pixels. What a stage gave is kept as long as a later one needs rows of it. So no more than
some bands of each tensor are ever there, however high the tile is; in a wide one bands are less high.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bsdrd.backends.base import Backend, RawGrids
from bsdrd.regions import FEATURE_LENGTH, project
from bsdrd.stages import CELL, FEATURES, GRIDS, INPUT, padded_length, pixels_before

#: Tiles with more pixels run stage by stage in windows.
WHOLE_PIXELS = 1024 * 1024
#: Tiles run in bands of so many pixels; of each tensor a band and the margins of later stages are kept.
BAND_PIXELS = 1024 * 4096

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
Prepare = Callable[[Pixels], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Span:
    """What a window gives along one side, in pixels of the padded tile.

    Attributes:
        start: First pixel that is kept.
        stop: One after the last.
        first: First pixel that is read.
        last: One after the last that is read.
    """

    start: int
    stop: int
    first: int
    last: int


def cut(start: int, stop: int, longest: int) -> list[tuple[int, int]]:
    """Cuts a stretch of whole cells into pieces of nearly equal length, each of whole cells.

    Args:
        start: First pixel.
        stop: One after the last.
        longest: Most pixels of a piece; a cell is the least it can be.
    """
    cells = (stop - start) // CELL
    count = -(-cells // max(1, longest // CELL))
    cuts = [start + CELL * (index * cells // count) for index in range(count + 1)]
    return list(pairwise(cuts))


def with_margin(start: int, stop: int, reach: int, length: int) -> Span:
    """What is read for a piece of a side of `length` pixels."""
    return Span(start, stop, max(0, start - reach), min(length, stop + reach))


@dataclass(slots=True)
class _Known:
    """What of a tensor is known and still needed: what windows gave for themselves, from top to bottom.

    A piece is its first row and column, in places of the tensor, and 1 x C x h x w values: a part of what the
    backend gave. To copy each into a band as wide as the tile took 4 % of the time of a 4096 x 4096 px tile.
    """

    stride: int
    pieces: deque[tuple[int, int, NDArray[np.float32]]] = field(
        default_factory=deque[tuple[int, int, NDArray[np.float32]]]
    )

    def read(self, rows: Span, cols: Span) -> NDArray[np.float32]:
        """A window with its margin: 1 x C x h x w."""
        top, bottom = rows.first // self.stride, rows.last // self.stride
        left, right = cols.first // self.stride, cols.last // self.stride
        window = np.empty((1, self.pieces[0][2].shape[1], bottom - top, right - left), np.float32)
        for y, x, piece in self.pieces:
            to_y, from_y = _shared(top, bottom, y, piece.shape[2])
            to_x, from_x = _shared(left, right, x, piece.shape[3])
            window[:, :, to_y, to_x] = piece[:, :, from_y, from_x]
        return window

    def forget(self, row: int) -> None:
        """Drops what lies above a row, in pixels of the tile."""
        first = row // self.stride
        while self.pieces and self.pieces[0][0] + self.pieces[0][2].shape[2] <= first:
            self.pieces.popleft()
        for index, (y, x, piece) in enumerate(self.pieces):
            if first - y > piece.shape[2] // 2:  # a copy of the rest is smaller than the rest of a piece
                self.pieces[index] = first, x, piece[:, :, first - y :].copy()


def _shared(first: int, last: int, start: int, length: int) -> tuple[slice, slice]:
    """The places from `first` to `last` that a piece covers, counted from `first` and from its `start`."""
    a, b = max(first, start), min(last, start + length)
    b = max(a, b)
    return slice(a - first, b - first), slice(a - start, b - start)


class _Flow:
    """A tile on its way through the stages."""

    def __init__(self, backend: Backend, prepare: Prepare, pixels: Pixels, finer: int) -> None:
        self.step, self.stages = backend.step, backend.stages
        self.prepare, self.pixels = prepare, pixels
        self.tile = pixels.shape[0], pixels.shape[1]
        self.height, self.width = (padded_length(side) for side in self.tile)
        self.finer = finer
        self.done = [0] * len(self.stages)
        self.maker = {name: index for index, stage in enumerate(self.stages) for name in stage.gives}
        self.known = {
            name: _Known(stage.strides[name])
            for stage in self.stages
            for name in stage.gives
            if name != GRIDS
        }
        self.kept: dict[str, NDArray[np.float32]] = {}

    def run(self) -> RawGrids:
        for _, row in cut(0, self.height, BAND_PIXELS // self.width // self.finer):
            self.until(self.maker[GRIDS], row)
        self.until(self.maker[FEATURES], self.height)
        return RawGrids(self.kept[GRIDS], self.kept[FEATURES])

    def until(self, index: int, row: int) -> None:
        """Runs a stage until its first `row` rows of pixels are done, and before it what it needs."""
        stage, row = self.stages[index], min(padded_length(row), self.height)
        if row <= self.done[index]:
            return
        # What passed more stages first: it asks earlier ones for the most rows, and for all at once.
        for name in sorted(set(stage.takes) - {INPUT}, key=lambda name: -self.maker[name]):
            self.until(self.maker[name], row + stage.reach)
        for start, stop in cut(self.done[index], row, stage.rows // self.finer or self.height):
            self.band(index, with_margin(start, stop, stage.reach, self.height))
            self.done[index] = stop
            self.forget()

    def band(self, index: int, rows: Span) -> None:
        """Runs one band of a stage, window by window."""
        columns = self.stages[index].columns // self.finer or self.width
        for left, right in cut(0, self.width, columns):
            self.one_window(index, rows, with_margin(left, right, self.stages[index].reach, self.width))

    def one_window(self, index: int, rows: Span, cols: Span) -> None:
        """Runs a stage on a window and keeps what it gives for the window itself."""
        stage = self.stages[index]
        given = self.step(index, [self.window(name, rows, cols) for name in stage.takes])
        for name, values in zip(stage.gives, given, strict=True):
            stride = stage.strides[name]
            y, x = rows.start // stride, cols.start // stride
            top, left = y - rows.first // stride, x - cols.first // stride
            bottom, right = top + rows.stop // stride - y, left + cols.stop // stride - x
            part = values[:, :, top:bottom, left:right]
            if name in (GRIDS, FEATURES):
                self.keep(name, part, y, x, stride)
            if name in self.known:
                self.known[name].pieces.append((y, x, part))

    def window(self, name: str, rows: Span, cols: Span) -> NDArray[np.float32]:
        return self.padded_pixels(rows, cols) if name == INPUT else self.known[name].read(rows, cols)

    def padded_pixels(self, rows: Span, cols: Span) -> NDArray[np.float32]:
        """A window of the pixels as one pass would have padded them: 1 x C x h x w."""
        (top, bottom), (left, right) = (
            (max(0, span.first - before), min(side, span.last - before))
            for span, side in zip((rows, cols), self.tile, strict=True)
            for before in (pixels_before(side),)
        )
        part = self.prepare(self.pixels[top:bottom, left:right])[np.newaxis]
        amounts = [(0, 0), (0, 0)]
        for span, side, a, b in ((rows, self.tile[0], top, bottom), (cols, self.tile[1], left, right)):
            before = pixels_before(side)
            amounts.append((a + before - span.first, span.last - b - before))
        return np.pad(part, amounts, mode="edge") if any(map(any, amounts)) else part

    def keep(self, name: str, part: NDArray[np.float32], top: int, left: int, stride: int) -> None:
        """Puts a part of what the chain is for where it belongs; the padding's share is left out."""
        if name == FEATURES:
            part = _short(part)
        if name not in self.kept:
            shape = (1, part.shape[1], *(-(-side // stride) for side in self.tile))
            self.kept[name] = np.empty(shape, np.float32)
        whole = self.kept[name]
        places: list[tuple[slice, slice]] = []
        for at, count, size, side in zip(
            (top, left), part.shape[2:], whole.shape[2:], self.tile, strict=True
        ):
            start = at - pixels_before(side) // stride
            a, b = max(0, start), min(size, start + count)
            places.append((slice(a, b), slice(a - start, b - start)))
        (to_y, from_y), (to_x, from_x) = places
        whole[:, :, to_y, to_x] = part[:, :, from_y, from_x]

    def forget(self) -> None:
        """Drops what no stage will read any more."""
        for name, known in self.known.items():
            read = [
                done - stage.reach if done < self.height else self.height
                for stage, done in zip(self.stages, self.done, strict=True)
                if name in stage.takes
            ]
            known.forget(min(read, default=self.height))


def run_in_windows(backend: Backend, prepare: Prepare, pixels: Pixels, finer: int = 1) -> RawGrids:
    """Runs the first part of the network on a tile, stage by stage and window by window.

    Args:
        backend: That runs the stages.
        prepare: Turns a piece of the tile (H x W or H x W x 3) into C x H x W float32.
        pixels: The tile.
        finer: How many times smaller windows are than they need to be, along each side; for tests.

    Returns:
        Grids of the whole tile, as a batch of one; features projected to at most `FEATURE_LENGTH`, as
        descriptors of regions are: at full length those of the largest tile would take 120 MB.
    """
    return _Flow(backend, prepare, pixels, finer).run()


def _short(features: NDArray[np.float32]) -> NDArray[np.float32]:
    _, length, height, width = features.shape
    if length <= FEATURE_LENGTH:
        return features
    short = project(features.transpose(0, 2, 3, 1).reshape(-1, length))
    return short.reshape(1, height, width, FEATURE_LENGTH).transpose(0, 3, 1, 2)
