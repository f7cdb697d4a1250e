"""Windows cover every pixel once, keep to the grid of one pass, and give the maps of one pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from bsdrd import detector as detector_module
from bsdrd.backends.base import RawGrids
from bsdrd.detector import Detector, open_detector
from bsdrd.result import MapName
from bsdrd.windows import CELL, DISCARD, OVERLAP, WHOLE_PIXELS, Span, plan, plan_side, run_in_windows
from tilesight.line.demo import render_good_tiles

STARTER = Path(__file__).resolve().parents[2] / "resources" / "starter.bsdrd"
MAP_NAMES: tuple[MapName, ...] = ("struct", "detail", "fused")
#: What the documentation states: how far maps may be from those of one pass, in units of good tiles' peaks.
TOLERANCE = {"struct": 0.2, "detail": 0.2, "fused": 0.75}

sides = st.integers(64, 3000)


def coverage(spans: list[Span], length: int, stride: int) -> NDArray[np.float32]:
    total = np.zeros(-(-length // stride), np.float32)
    for span in spans:
        in_tile, in_window, weight = span.cells(stride)
        assert in_window.start >= 0
        assert in_window.stop <= -(-(span.stop - span.start) // stride)
        assert in_tile.stop - in_tile.start == in_window.stop - in_window.start == weight.size
        total[in_tile] += weight
    return total


@given(length=sides, longest=st.integers(2 * OVERLAP, 1600))
def test_every_place_of_a_side_is_covered_with_weight_one(length: int, longest: int) -> None:
    spans = plan_side(length, longest)
    for stride in (4, 16):
        np.testing.assert_allclose(coverage(spans, length, stride), 1, atol=1e-6)


@given(length=sides, longest=st.integers(2 * OVERLAP, 1600))
def test_windows_start_on_the_grid_of_one_pass_and_are_no_longer_than_asked(
    length: int, longest: int
) -> None:
    spans = plan_side(length, longest)
    offset = (-length) % CELL // 16 * 16  # what one pass adds before the tile
    assert spans[0].start == 0
    assert spans[-1].stop == length
    for span in spans:
        assert span.stop - span.start <= max(longest, 0 if len(spans) > 1 else length)
        assert span.start == 0 or (span.start + offset) % CELL == 0
        # A window pads itself as one pass does: nothing at a cut, the tile's own padding at its edges.
        own = (-(span.stop - span.start)) % CELL // 16 * 16
        assert own == (offset if span.start == 0 else 0)


@given(length=sides, longest=st.integers(2 * OVERLAP, 1600))
def test_nothing_near_a_cut_is_kept_and_everything_at_the_tiles_edge_is(length: int, longest: int) -> None:
    spans = plan_side(length, longest)
    for span in spans:
        in_tile, _, _ = span.cells(4)
        assert in_tile.start * 4 == (0 if span.start == 0 else span.start + DISCARD)
        assert min(in_tile.stop * 4, length) == (length if span.stop == length else span.stop - DISCARD)


@given(height=sides, width=sides, most=st.integers(760, 1600))
def test_a_plan_covers_every_cell_once_and_keeps_to_the_size(height: int, width: int, most: int) -> None:
    windows = plan(height, width, most * most)
    total = np.zeros((-(-height // 16), -(-width // 16)), np.float32)
    for rows, cols in windows:
        assert (rows.stop - rows.start) * (cols.stop - cols.start) <= most * most
        (in_y, _, weight_y), (in_x, _, weight_x) = rows.cells(16), cols.cells(16)
        total[in_y, in_x] += weight_y[:, np.newaxis] * weight_x
    np.testing.assert_allclose(total, 1, atol=1e-5)


@pytest.mark.parametrize("size", [(64, 64), (1600, 1600), (8000, 200)])
def test_tiles_up_to_the_limit_are_one_window(size: tuple[int, int]) -> None:
    assert len(plan(*size)) == 1


def test_the_largest_tile_has_windows_of_few_sizes_and_little_waste() -> None:
    windows = plan(8000, 8000)
    sizes = {(rows.stop - rows.start, cols.stop - cols.start) for rows, cols in windows}
    assert len(sizes) <= 4
    assert sum(h * w for h, w in ((r.stop - r.start, c.stop - c.start) for r, c in windows)) < 1.6 * 8000**2
    assert max(h * w for h, w in sizes) <= WHOLE_PIXELS


def test_windows_shorter_than_their_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        plan_side(3000, OVERLAP)


# --------------------------------------------------------------------- maps


def as_input(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.float32]:
    return pixels.astype(np.float32)[np.newaxis]


def local_network(pixels: NDArray[np.float32]) -> RawGrids:
    """Like the real one in what matters: a neighbourhood of 128 px on either side, strides."""
    image = pixels[0, 0]
    height, width = image.shape
    rows, cols = -(-height // 4), -(-width // 4)
    padded = np.pad(image, ((0, -height % 16), (0, -width % 16)), mode="edge")
    cells = padded.reshape(padded.shape[0] // 4, 4, -1, 4).mean((1, 3))[:rows, :cols]
    grid = (cells - ndimage.uniform_filter(cells, 65, mode="reflect")).astype(np.float32)
    coarse = padded.reshape(padded.shape[0] // 16, 16, -1, 16).mean((1, 3)).astype(np.float32)
    return RawGrids(np.stack([grid, grid * 2])[np.newaxis], np.stack([coarse, -coarse])[np.newaxis])


@pytest.mark.parametrize("size", [(1300, 900), (701, 1234), (64, 2000), (1111, 97)])
def test_a_network_that_sees_no_further_than_the_discarded_band_gives_the_maps_of_one_pass(
    size: tuple[int, int],
) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, size, np.uint8)
    whole = local_network(as_input(pixels)[np.newaxis])
    joined = run_in_windows(local_network, as_input, pixels, most_pixels=800 * 800)
    assert len(plan(*size, 800 * 800)) > 1 or min(size) < 300
    for name in ("grids", "features"):
        np.testing.assert_allclose(getattr(joined, name), getattr(whole, name), rtol=0, atol=2e-3)


def difference(detector: Detector, pixels: NDArray[np.uint8], most_pixels: int) -> dict[str, float]:
    """How far the maps of a tile that runs in windows are at most from those of one pass."""
    assert len(plan(*pixels.shape, most_pixels)) > 1
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(detector_module, "WHOLE_PIXELS", most_pixels)
        joined = detector.maps(pixels).maps
        patched.setattr(detector_module, "WHOLE_PIXELS", pixels.size)
        whole = detector.maps(pixels).maps
    return {name: float(np.abs(joined.grid(name) - whole.grid(name)).max()) for name in MAP_NAMES}


@pytest.mark.parametrize("kind", ["mosaic", "one large tile"])
def test_the_shipped_model_gives_the_maps_of_one_pass_within_the_stated_tolerance(kind: str) -> None:
    """Mosaics have edges at every distance from the cuts, which is harder than a large tile."""
    pixels = render_good_tiles(5, 1, size=(920, 1200))[0]
    if kind == "mosaic":
        pixels = np.vstack([np.hstack(render_good_tiles(seed, 3, size=(280, 330))) for seed in (1, 2, 3, 4)])
    with open_detector(STARTER, device="cpu", threads=1) as starter:
        for name, found in difference(starter, pixels, 840 * 840).items():
            assert found < TOLERANCE[name], name


def test_a_cut_is_not_taken_for_the_tile_s_edge(detector: Detector) -> None:
    """On a tile without texture nothing but the edges stands out."""
    found = difference(detector, np.full((700, 1000), 128, np.uint8), 704 * 720)
    assert all(found[name] < TOLERANCE[name] for name in found)
