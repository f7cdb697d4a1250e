"""Large tiles as overlapping windows, so that memory stays bounded and the maps stay the same.

Only the first part of the network runs window by window; its second part makes the maps of the joined grids,
so smoothing and statistics by the distance to the edge never meet a cut.

One pass over the whole tile would pad it by reflection to whole stride-32 cells. Each side is cut on that
grid into windows of nearly equal length, so every convolution sees the same pixels. A window's cut side is
not the tile's edge: what lies within `DISCARD` of it is thrown away (there the network misses context and
takes the cut for an edge), and over the `FADE` pixels between, neighbours hand over to each other linearly.
A side that is the tile's edge is kept to the last pixel.

    |<------------- window a ------------->|
                          |<------------- window b ------------->|
                          |<-DISCARD->|FADE|<-DISCARD->|
             a is kept up to here |  | b is kept from here

The network sees some 300 px far, if ever more faintly, and a cut looks like an edge to it: what the defect
head says changes by more than a good tile's peaks differ up to 96 px from a cut, and by a tenth of that from
160 px on. So windows that overlap by less than twice 300 px cannot give exactly the maps of one pass, and an
overlap that did would double the work. `docs/detector.md` states how far they may differ and what other
overlaps would cost. Windows are small because memory and the processor's caches are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bsdrd.backends.base import RawGrids
from bsdrd.regions import FEATURE_LENGTH, FEATURE_STRIDE, project
from bsdrd.result import MAP_STRIDE

#: Grid on which windows start: the coarsest stride of the network.
CELL = 32
#: Pixels thrown away along a cut side.
DISCARD = 160
#: Pixels over which neighbours are blended.
FADE = 32
#: Tiles with more pixels run as windows with at most so many.
WHOLE_PIXELS = 1600 * 1600
#: Pixels that neighbours share.
OVERLAP = 2 * DISCARD + FADE


@dataclass(frozen=True, slots=True)
class Span:
    """One window along one side, in pixels of the tile.

    Attributes:
        start: First pixel of the window.
        stop: One after its last.
        fade_in: Where the previous window begins to hand over to this one; `start` at the tile's edge.
        fade_out: Where this window begins to hand over to the next; `stop` at the tile's edge.
    """

    start: int
    stop: int
    fade_in: int
    fade_out: int

    def cells(self, stride: int) -> tuple[slice, slice, NDArray[np.float32]]:
        """Where the kept cells of a map of some stride lie.

        Returns:
            The cells in the tile's map, the same in the window's map, and the weight of each: float32,
            rising over the fade-in and falling over the fade-out; weights of neighbours sum to 1.
        """
        first, last = self.fade_in // stride, -(-self._last // stride)
        at = (np.arange(first, last, dtype=np.float32) + 0.5) * stride
        weight = np.ones(last - first, np.float32)
        if self.fade_in > self.start:
            weight = np.minimum(weight, (at - self.fade_in) / FADE)
        if self.fade_out < self.stop:
            weight = np.minimum(weight, (self.fade_out + FADE - at) / FADE)
        offset = self.start // stride
        return slice(first, last), slice(first - offset, last - offset), np.clip(weight, 0, 1)

    @property
    def _last(self) -> int:
        return self.fade_out + FADE if self.fade_out < self.stop else self.stop


def plan_side(length: int, longest: int) -> list[Span]:
    """Cuts one side of a tile into windows.

    Args:
        length: Pixels of the side.
        longest: Most pixels of a window, padded to whole cells; at least twice the overlap of neighbours.

    Returns:
        Windows in order, all of nearly the same length.
    """
    if length <= longest:
        return [Span(0, length, 0, length)]
    if longest < 2 * OVERLAP:
        raise ValueError(f"windows of {longest} px are too short for an overlap of {OVERLAP} px")
    padded = _padded(length)
    longest = longest // CELL * CELL
    return _spans(length, -(-(padded - OVERLAP) // (longest - OVERLAP)))


def _padded(length: int) -> int:
    """Pixels of a side after one pass has padded it to whole cells."""
    return -(-length // CELL) * CELL


def _spans(length: int, count: int) -> list[Span]:
    """Cuts a side into so many windows, on the grid of the padded side."""
    before = (-length) % CELL // 16 * 16  # what one pass adds before the tile; the rest comes after it
    padded = _padded(length)
    size = _padded(-(-(padded + (count - 1) * OVERLAP) // count))
    starts = [CELL * round(index * (padded - size) / (count - 1) / CELL) for index in range(count)]
    # The tile begins `before` pixels after the padded side, and ends before it does.
    cuts = [start - before for start in starts[1:]]
    return [
        Span(
            start=cuts[index - 1] if index else 0,
            stop=cuts[index] + OVERLAP if index < count - 1 else length,
            fade_in=cuts[index - 1] + DISCARD if index else 0,
            fade_out=cuts[index] + DISCARD if index < count - 1 else length,
        )
        for index in range(count)
    ]


def plan(height: int, width: int, most_pixels: int = WHOLE_PIXELS) -> list[tuple[Span, Span]]:
    """Cuts a tile into windows (rows, columns) with at most `most_pixels` each, and as few pixels in all.

    A tile that is small enough is one window. Cut sides are counted with their padding.
    """
    if height * width <= most_pixels:
        return [(Span(0, height, 0, height), Span(0, width, 0, width))]
    best: list[tuple[Span, Span]] = []
    for rows in _sides(height):
        longest = most_pixels // _padded(max(span.stop - span.start for span in rows))
        if longest < min(width, 2 * OVERLAP):
            continue
        windows = list(product(rows, plan_side(width, longest)))
        if not best or _pixels(windows) < _pixels(best):
            best = windows
    if not best:
        raise ValueError(f"windows of {most_pixels} px are too small for an overlap of {OVERLAP} px")
    return best


def _sides(length: int) -> Iterator[list[Span]]:
    """All ways to cut a side, from one window to windows so short that they are mostly overlap."""
    yield [Span(0, length, 0, length)]
    for count in range(2, (_padded(length) - OVERLAP) // OVERLAP + 1):
        yield _spans(length, count)


def _pixels(windows: list[tuple[Span, Span]]) -> int:
    return sum((rows.stop - rows.start) * (cols.stop - cols.start) for rows, cols in windows)


def run_in_windows(
    look: Callable[[NDArray[np.float32]], RawGrids],
    prepare: Callable[[NDArray[np.uint8] | NDArray[np.uint16]], NDArray[np.float32]],
    pixels: NDArray[np.uint8] | NDArray[np.uint16],
    most_pixels: int = WHOLE_PIXELS,
) -> RawGrids:
    """Runs the first part of the network on a tile, window by window, and joins what it says.

    Args:
        look: That part, for one batch.
        prepare: Turns a piece of the tile (H x W or H x W x 3) into C x H x W float32.
        pixels: The tile.
        most_pixels: Of one window.

    Returns:
        Grids of the whole tile, as a batch of one; features projected to at most `FEATURE_LENGTH`, as
        descriptors of regions are: at full length those of the largest tile would take 120 MB.
    """
    height, width = pixels.shape[:2]
    joined: RawGrids | None = None
    for rows, cols in plan(height, width, most_pixels):
        piece = prepare(pixels[rows.start : rows.stop, cols.start : cols.stop])[np.newaxis]
        part = look(piece)
        del piece
        part = replace(part, features=_short(part.features))
        if joined is None:
            joined = _empty(part, height, width)
        _add(joined, part, rows, cols)
        del part  # not beside the next window
    assert joined is not None
    return joined


def _short(features: NDArray[np.float32]) -> NDArray[np.float32]:
    count, length, height, width = features.shape
    if length <= FEATURE_LENGTH:
        return features
    short = project(features.transpose(0, 2, 3, 1).reshape(-1, length))
    return short.reshape(count, height, width, FEATURE_LENGTH).transpose(0, 3, 1, 2)


def _add(joined: RawGrids, part: RawGrids, rows: Span, cols: Span) -> None:
    """Adds what is kept of a window, weighted, to what is known of the tile."""
    for whole, window, stride in _pairs(joined, part):
        in_tile_y, in_window_y, weight_y = rows.cells(stride)
        in_tile_x, in_window_x, weight_x = cols.cells(stride)
        kept = window[..., in_window_y, in_window_x]
        whole[..., in_tile_y, in_tile_x] += kept * (weight_y[:, np.newaxis] * weight_x)


def _empty(part: RawGrids, height: int, width: int) -> RawGrids:
    def zeros(values: NDArray[np.float32], stride: int) -> NDArray[np.float32]:
        return np.zeros((1, values.shape[1], -(-height // stride), -(-width // stride)), np.float32)

    return RawGrids(zeros(part.grids, MAP_STRIDE), zeros(part.features, FEATURE_STRIDE))


def _pairs(whole: RawGrids, part: RawGrids) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32], int]]:
    yield whole.grids, part.grids, MAP_STRIDE
    yield whole.features, part.features, FEATURE_STRIDE
