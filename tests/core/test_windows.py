"""Windows cover every pixel once, and a tile that runs stage by stage in them gives the maps of one pass."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from bsdrd import windows
from bsdrd.backends.base import Backend, RawGrids
from bsdrd.backends.onnx import OnnxBackend
from bsdrd.bundle import read_bundle
from bsdrd.stages import CELL, FEATURES, GRIDS, INPUT, Stage, Tensors, pad_to_cells
from bsdrd.windows import cut, run_in_windows, with_margin
from tilesight.line.demo import render_good_tiles

STARTER = Path(__file__).resolve().parents[2] / "resources" / "starter.bsdrd"
#: What the documentation states: how far maps may be from those of one pass, in units of good tiles' peaks.
TOLERANCE = 1e-4

cells = st.integers(1, 250)


@given(start=st.integers(0, 9), count=cells, longest=st.integers(1, 9000))
def test_pieces_follow_each_other_on_the_grid_and_are_no_longer_than_asked(
    start: int, count: int, longest: int
) -> None:
    pieces = cut(CELL * start, CELL * (start + count), longest)
    assert pieces[0][0] == CELL * start
    assert pieces[-1][1] == CELL * (start + count)
    assert all(before[1] == after[0] for before, after in pairwise(pieces))
    sizes = [stop - first for first, stop in pieces]
    assert all(size % CELL == 0 and size > 0 for size in sizes)
    assert max(sizes) <= max(CELL, longest)
    assert max(sizes) - min(sizes) <= CELL


@given(first=st.integers(0, 99), count=st.integers(1, 99), more=st.integers(0, 99), reach=st.integers(0, 300))
def test_a_margin_is_the_whole_reach_unless_the_tile_ends_there(
    first: int, count: int, more: int, reach: int
) -> None:
    start, stop, length = CELL * first, CELL * (first + count), CELL * (first + count + more)
    span = with_margin(start, stop, reach, length)
    assert (span.start, span.stop) == (start, stop)
    assert span.first in (0, start - reach)
    assert span.last in (length, stop + reach)
    assert 0 <= span.first <= start
    assert stop <= span.last <= length


# --------------------------------------------------------------------- the way through the stages


class LocalNetwork(Backend):
    """Like the real one in what matters: stages of other strides and reaches; a cut looks like an edge."""

    stages = (
        Stage((INPUT,), ("fine",), {INPUT: 1, "fine": 4}, 16, 160, 96),
        Stage(("fine",), ("coarse", FEATURES), {"fine": 4, "coarse": 16, FEATURES: 16}, 64, 0, 0),
        Stage(("fine", "coarse"), (GRIDS,), {"fine": 4, "coarse": 16, GRIDS: 4}, 32, 64, 128),
    )

    def __init__(self) -> None:
        self.largest = [0, 0, 0]
        self.given = [0, 0, 0]

    def step(self, index: int, taken: Tensors) -> Tensors:
        """See `Backend.step`."""
        rows, cols = (
            side * self.stages[index].strides[self.stages[index].takes[0]] for side in taken[0].shape[2:]
        )
        assert rows % 16 == cols % 16 == 0
        self.largest[index] = max(self.largest[index], rows * cols)
        self.given[index] += rows * cols
        if index == 0:
            return [smooth(mean(taken[0], 4), 9)]
        if index == 1:
            coarse = smooth(mean(taken[0], 4), 9)
            return [coarse, np.concatenate([coarse, -coarse], axis=1)]
        up = taken[1].repeat(4, axis=2).repeat(4, axis=3)
        return [np.concatenate([smooth(taken[0] - up, 15), up], axis=1)]


def mean(image: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    count, channels, height, width = image.shape
    return image.reshape(count, channels, height // side, side, width // side, side).mean((3, 5))


def smooth(image: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return ndimage.uniform_filter(image, (1, 1, size, size), mode="constant")


def as_input(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.float32]:
    return pixels.astype(np.float32)[np.newaxis]


def assert_same(ours: RawGrids, theirs: RawGrids, atol: float) -> None:
    for name in ("grids", "features"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=0, atol=atol)


@settings(max_examples=25)
@given(
    height=st.integers(64, 700),
    width=st.integers(64, 400),
    finer=st.integers(1, 5),
    band=st.sampled_from([64 * 64, 200 * 300, 10**9]),
)
def test_a_tile_in_windows_gives_what_one_pass_gives(height: int, width: int, finer: int, band: int) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (height, width)).astype(np.uint8)
    network = LocalNetwork()
    whole = network.look(as_input(pixels)[np.newaxis])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(windows, "BAND_PIXELS", band)
        joined = run_in_windows(network, as_input, pixels, finer)
    assert joined.grids.shape == (1, 2, -(-height // 4), -(-width // 4))
    assert joined.features.shape == (1, 2, -(-height // 16), -(-width // 16))
    assert_same(joined, whole, 1e-3)


def test_a_reach_that_is_too_short_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test above finds equal would not be without margins."""
    network = LocalNetwork()
    pixels = np.random.default_rng(3).integers(0, 256, (500, 390)).astype(np.uint8)
    whole = network.look(as_input(pixels)[np.newaxis])
    for index in range(3):
        stages = list(LocalNetwork.stages)
        stages[index] = replace(stages[index], reach=0)
        monkeypatch.setattr(network, "stages", tuple(stages))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(windows, "BAND_PIXELS", 200 * 390)
            joined = run_in_windows(network, as_input, pixels)
        with pytest.raises(AssertionError):
            assert_same(joined, whole, 1e-3)


def test_windows_of_a_high_tile_stay_small_and_no_stage_works_much_more_than_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(windows, "BAND_PIXELS", 512 * 512)
    network = LocalNetwork()
    run_in_windows(network, as_input, np.zeros((4096, 512), np.uint8))
    assert network.largest[0] <= (160 + 2 * 16) * (96 + 2 * 16)
    assert network.largest[1] <= 512 * (512 + 32 + 2 * 64)
    assert network.largest[2] <= (64 + 2 * 32) * (128 + 2 * 32)
    assert network.given[1] < 1.3 * 4096 * 512


# --------------------------------------------------------------------- the shipped model


@pytest.mark.parametrize("kind", ["mosaic", "one large tile"])
def test_the_shipped_model_gives_the_maps_of_one_pass(kind: str) -> None:
    """Mosaics have edges at every distance from the cuts, which is harder than a large tile."""
    pixels = render_good_tiles(5, 1, size=(770, 900))[0]
    if kind == "mosaic":
        pixels = np.vstack([np.hstack(render_good_tiles(seed, 3, size=(280, 330))) for seed in (1, 2, 3)])
    backend = OnnxBackend(read_bundle(STARTER).graphs, device="cpu", threads=1)
    whole = backend.run(as_input(pixels)[np.newaxis])
    for finer in (3, 9):
        joined = backend.finish(run_in_windows(backend, as_input, pixels, finer))
        for name in ("struct", "detail", "fused"):
            found = float(np.abs(getattr(joined, name) - getattr(whole, name)).max())
            assert found <= TOLERANCE, (name, finer)


@pytest.mark.parametrize("index", range(8))
def test_each_stage_of_the_shipped_model_needs_the_reach_that_it_states(index: int) -> None:
    """Half the reach is too little: the margins are no larger than they have to be."""
    pixels = np.random.default_rng(1).integers(0, 256, (600, 500)).astype(np.uint8)
    backend = OnnxBackend(read_bundle(STARTER).graphs, device="cpu", threads=1)
    assert len(backend.stages) == 8
    whole = backend.look(as_input(pixels)[np.newaxis])
    stages = list(backend.stages)
    # Those of the wavelets stand on whole cells of 32 px.
    shorter = {5: 64, 6: 0}.get(index, stages[index].reach // 2 // 16 * 16)
    stages[index] = replace(stages[index], reach=shorter, rows=96, columns=96)
    backend.stages = tuple(stages)
    joined = run_in_windows(backend, as_input, pixels)
    short = windows._short(whole.features)  # pyright: ignore[reportPrivateUsage]
    differs = max(np.abs(joined.grids - whole.grids).max(), np.abs(joined.features - short).max())
    assert differs > 1e-3


def test_padding_is_that_of_the_network_in_torch() -> None:
    import torch

    from bsdrd.model import graph

    for size in ((64, 97), (65, 160), (111, 79)):
        pixels = np.random.default_rng(0).random((2, 1, *size), np.float32)
        theirs = graph.pad_to_cells(torch.from_numpy(pixels))[0].numpy()
        np.testing.assert_array_equal(pad_to_cells(pixels), theirs)
