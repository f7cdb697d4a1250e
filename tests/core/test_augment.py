"""Augmentation and batches: drawn defects stay where their mask says, seeds fix everything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsdrd.data.augment import expose, flip
from bsdrd.data.batches import BatchSettings, epoch_order, make_batch
from bsdrd.data.defects import LARGE, PAINTERS, draw_defect
from bsdrd.data.marks import LARGEST_DUST, mark
from bsdrd.data.surface_defects import SMALLEST_PIT, paint_pit


def tile(seed: int, height: int, width: int, channels: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(60, 160, (height, width, channels)).astype(np.float32)


@pytest.mark.parametrize("kind", PAINTERS)
@pytest.mark.parametrize("channels", [1, 3])
@given(seed=st.integers(0, 10_000), height=st.integers(64, 140), width=st.integers(64, 140))
@settings(max_examples=15)
def test_a_drawn_defect_changes_the_tile_only_where_its_mask_says(kind, channels, seed, height, width):
    clean = tile(seed, height, width, channels)
    drawn, mask = PAINTERS[kind][1](np.random.default_rng(seed), clean, tile(seed + 1, 90, 100, channels))
    assert drawn.shape == clean.shape
    assert drawn.dtype == mask.dtype == np.float32
    assert mask.shape == (height, width)
    assert 0.0 <= mask.min() <= mask.max() <= 1.0
    assert 0.0 <= drawn.min() <= drawn.max() <= 255.0
    np.testing.assert_allclose(drawn[mask == 0], clean[mask == 0], atol=1e-3)


def test_defects_are_visible_most_of_the_time():
    clean = tile(0, 128, 128)
    changes = [
        np.abs(draw_defect(np.random.default_rng(i), clean, clean).tile - clean).max() for i in range(60)
    ]
    assert np.mean(np.array(changes) > 10) > 0.85


def test_only_defects_of_a_whole_area_are_said_to_be_such():
    clean = tile(0, 128, 128)
    drawn = [draw_defect(np.random.default_rng(i), clean, clean) for i in range(120)]
    areas = [one for one in drawn if one.area.any()]
    assert all((one.area <= one.mask).all() for one in drawn)
    share = sum(PAINTERS[kind][0] for kind in LARGE) / sum(weight for weight, _ in PAINTERS.values())
    assert abs(len(areas) / len(drawn) - share) < 0.12
    assert np.median([one.area.mean() for one in areas]) > 0.08


def test_a_bite_begins_where_the_tile_does_and_often_leaves_the_background_beside_it():
    with_background = tile(0, 128, 128)
    with_background[:10] = 4.0
    left_alone = []
    for seed in range(200):
        drawn, mask = PAINTERS["bite"][1](np.random.default_rng(seed), with_background, with_background)
        sides = mask[:, [0, -1]].max() + mask[60:].max()
        if mask[10:14].max() > 0.9 and sides == 0:  # from the top, and one only
            left_alone.append(np.array_equal(drawn[:8], with_background[:8]))
    assert len(left_alone) > 10
    assert np.mean(left_alone) > 0.3


@pytest.mark.parametrize("channels", [1, 3])
@given(seed=st.integers(0, 10_000), height=st.integers(64, 140), width=st.integers(64, 140))
@settings(max_examples=30)
def test_harmless_marks_keep_the_shape_and_the_range_and_come_from_the_seed(channels, seed, height, width):
    clean = tile(seed, height, width, channels)
    marked = mark(np.random.default_rng(seed), clean)
    assert marked.shape == clean.shape
    assert marked.dtype == np.float32
    assert 0.0 <= marked.min() <= marked.max() <= 255.0
    np.testing.assert_array_equal(marked, mark(np.random.default_rng(seed), clean))


def test_harmless_marks_are_weaker_than_defects_away_from_the_border():
    clean = np.full((160, 160, 1), 120.0, np.float32)
    inner = (slice(20, -20), slice(20, -20))
    marked = [np.abs(mark(np.random.default_rng(i), clean)[inner] - 120.0) for i in range(80)]
    dark = [np.abs(paint_pit(np.random.default_rng(i), clean, clean)[0] - 120.0) for i in range(80)]
    large = [(change > 40).sum() for change in marked]
    assert np.median([(change > 40).sum() for change in dark]) > 10 * np.median(large)


def test_dust_is_smaller_than_the_smallest_pit():
    """Else the same spot would be a defect in one tile and harmless in the next."""
    assert LARGEST_DUST < SMALLEST_PIT


def test_exposure_covers_more_than_a_factor_of_two_and_stays_in_range():
    clean = np.full((64, 64, 1), 100.0, np.float32)
    means = [expose(np.random.default_rng(i), clean).mean() for i in range(200)]
    assert max(means) / min(means) > 2.0
    assert 0 <= min(means) <= max(means) <= 255


def test_flips_keep_the_direction_of_the_streaks():
    streaks = np.repeat(np.arange(80, dtype=np.float32)[None, :, None], 64, axis=0)
    for seed in range(8):
        out = flip(np.random.default_rng(seed), streaks)
        assert out.shape == streaks.shape
        assert (out.std(axis=0) == 0).all()


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 99), st.integers(0, 5))
@settings(max_examples=60)
def test_an_epoch_holds_every_tile_once_and_is_fixed_by_seed_and_number(count, size, seed, epoch):
    shapes = [(64 + 7 * (i % 11), 64 + 13 * (i % 5)) for i in range(count)]
    batches = epoch_order(shapes, size, seed, epoch)
    assert sorted(i for batch in batches for i in batch) == list(range(count))
    assert all(len(batch) <= size for batch in batches)
    assert batches == epoch_order(shapes, size, seed, epoch)


def test_a_batch_lies_on_whole_cells_and_says_where_its_tiles_are():
    tiles = [tile(i, 70 + 9 * i, 100 - 7 * i) for i in range(4)]
    batch = make_batch(tiles, tiles, np.random.default_rng(3), BatchSettings(size=4, exposure=0.0))
    assert batch.clean.shape[2] % 32 == 0
    assert batch.clean.shape[3] % 32 == 0
    assert batch.drawn.shape[0] == 2
    assert batch.valid.shape == (4, batch.clean.shape[2] // 4, batch.clean.shape[3] // 4)
    for index, source in enumerate(tiles):
        # Cells that only touch the tile do not count, so a row and a column less at most.
        rows, cols = source.shape[0] // 4, source.shape[1] // 4
        assert (rows - 1) * (cols - 1) <= batch.valid[index].sum() <= rows * cols
    again = make_batch(tiles, tiles, np.random.default_rng(3), BatchSettings(size=4, exposure=0.0))
    np.testing.assert_array_equal(batch.drawn, again.drawn)


def test_larger_tiles_are_cut_to_windows_and_no_defects_are_drawn_where_none_are_asked_for():
    batch = make_batch(
        [tile(0, 200, 90)],
        [tile(1, 64, 64)],
        np.random.default_rng(0),
        BatchSettings(drawn_share=0.0, max_side=96),
    )
    assert batch.clean.shape[2:] == (96, 96)
    assert len(batch.drawn) == len(batch.defect) == 0
