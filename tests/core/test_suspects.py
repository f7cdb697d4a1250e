"""Suspicious tiles: what looks defective stands out among other tiles, wherever the streaks run."""

from pathlib import Path

import numpy as np
import pytest

from bsdrd.data.images import read_image
from bsdrd.data.layouts import load_dataset
from bsdrd.data.streaks import streaks_run_across
from bsdrd.errors import DataError
from bsdrd.suspects import describe, model_values, rank, suspicion_map
from tilesight.line.demo import Kind, render_good_tiles, render_tiles

SIZE = (160, 200)


@pytest.fixture(scope="module")
def good() -> list[np.ndarray]:
    return render_good_tiles(5, 24, size=SIZE)


@pytest.fixture(scope="module")
def bad() -> list[np.ndarray]:
    kinds: tuple[Kind, ...] = ("blowhole", "crack", "break")
    return [tile.pixels for tile in render_tiles(6, 3, kinds=kinds, size=SIZE, severity=0.9)]


def test_planted_defects_lead_the_ranking(good, bad):
    pictures = [*good, *bad]
    values = np.array([describe(one) for one in pictures])
    ranking = rank(values, [str(n) for n in range(len(pictures))])
    assert set(ranking.order[:4].tolist()) >= {24, 25}
    assert (ranking.scores >= 0).all()
    assert sorted(ranking.order.tolist()) == list(range(len(pictures)))


def test_the_direction_of_the_streaks_is_found_and_turns_nothing_but_the_picture(good):
    turned = [np.ascontiguousarray(one.T) for one in good]
    assert not streaks_run_across(good)
    assert streaks_run_across(turned)
    for one, other in zip(good[:3], turned[:3], strict=True):
        assert np.allclose(describe(one), describe(other, across=True), atol=1e-4)


def test_a_flaw_in_all_exposures_of_a_tile_does_not_pass_for_usual():
    rng = np.random.default_rng(0)
    values = rng.normal(0, 0.1, (40, 4))
    values[:6, 1] += 3
    groups = ["flawed"] * 6 + [f"tile {n}" for n in range(34)]
    ranking = rank(values, groups)
    assert set(ranking.order[:6].tolist()) == set(range(6))
    assert (ranking.reasons[:6] == 1).all()


def test_the_map_lights_up_where_the_flaw_is(good):
    flawed = good[0].copy()
    flawed[80:88, 100:108] = 10
    values = np.array([describe(one) for one in [*good, flawed]])
    ranking = rank(values, [str(n) for n in range(25)])
    heat = suspicion_map(flawed, ranking.usual[24])
    assert heat.shape == (40, 50)
    y, x = np.unravel_index(heat.argmax(), heat.shape)
    assert abs(4 * y - 84) <= 12
    assert abs(4 * x - 104) <= 12


def test_what_a_model_sees_counts_too_and_counts_more():
    values = np.random.default_rng(1).normal(0, 0.1, (20, 4))
    seen = np.random.default_rng(2).normal(0, 0.1, (20, 2))
    values[3, 0] = 100.0
    seen[7, 0] = 100.0
    seen[8, 1] = 100.0
    ranking = rank(values, [str(n) for n in range(20)], seen)
    assert set(ranking.order[:2].tolist()) == {7, 8}
    assert ranking.scores[[7, 8]].min() > ranking.scores[3]
    assert ranking.reasons[[3, 7, 8]].tolist() == [0, 4, 5]


def test_a_tile_is_as_suspicious_as_its_pictures_are_on_average():
    values = np.random.default_rng(3).normal(0, 0.01, (32, 4))
    values[0, 1] += 3.0  # a reflection, in one of four exposures
    values[4:8, 1] += 2.0  # a flaw, in all four
    groups = [f"tile {n // 4}" for n in range(32)]
    ranking = rank(values, groups)
    assert set(ranking.order[:4].tolist()) == {4, 5, 6, 7}
    assert ranking.order[4] == 0
    assert len(set(ranking.scores[4:8].tolist())) == 1


def test_a_map_is_told_by_its_peak_and_by_its_highest_area():
    fused = np.zeros((40, 50), np.float32)
    fused[3, 4] = 9.0
    peak = model_values(fused)
    assert peak[0] == 9.0
    assert peak[1] == pytest.approx(9.0 / 20)
    fused[10:20, 10:20] = 5.0
    assert model_values(fused)[1] == pytest.approx((9.0 + 19 * 5.0) / 20)


def test_the_map_lights_up_where_the_model_sees_something(good):
    values = np.array([describe(one) for one in good])
    seen = np.full((24, 2), 1.0) + np.random.default_rng(4).normal(0, 0.1, (24, 2))
    ranking = rank(values, [str(n) for n in range(24)], seen)
    fused = np.zeros((20, 25), np.float32)
    fused[15, 5] = 50.0
    before = suspicion_map(good[0], ranking.usual[0])
    heat = suspicion_map(good[0], ranking.usual[0], fused)
    assert heat.shape == (40, 50)
    assert (heat >= before).all()
    assert heat[30:32, 10:12].max() == 6.0


def test_too_few_tiles_or_damaged_numbers_are_refused():
    with pytest.raises(DataError, match="too few"):
        rank(np.zeros((9, 4)), [str(n) for n in range(9)])
    with pytest.raises(DataError, match="too few"):
        rank(np.zeros((12, 4)), ["one"] * 12)
    with pytest.raises(DataError, match="damaged"):
        rank(np.full((12, 4), np.nan), [str(n) for n in range(12)])


@pytest.mark.tiles
def test_planted_real_defects_gather_at_the_front(mt_folder: Path):
    """A third of the tiles, so that it stays quick; `benchmarks/suspects.py` measures all of them."""
    tiles = load_dataset(mt_folder).tiles
    goods = [tile for tile in tiles if tile.is_good and tile.split == "train"][::3]
    bads = [tile for tile in tiles if tile.is_defective]
    rng = np.random.default_rng(3)
    chosen = [bads[i] for i in rng.choice(len(bads), round(len(goods) * 0.05 / 0.95), replace=False)]
    pictures = [*goods, *chosen]
    values = np.array([describe(read_image(tile.path)) for tile in pictures])
    ranking = rank(values, [tile.group for tile in pictures])
    first = ranking.order[: -(-len(pictures) // 10)]
    assert (first >= len(goods)).sum() >= 0.45 * len(chosen)
