"""Suspicious tiles: what looks defective stands out among other tiles, wherever the streaks run."""

from pathlib import Path

import numpy as np
import pytest

from bsdrd.data.images import read_image
from bsdrd.data.layouts import load_dataset
from bsdrd.data.streaks import streaks_run_across
from bsdrd.errors import DataError
from bsdrd.suspects import describe, rank, suspicion_map
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


def test_the_scores_of_a_model_count_too():
    values = np.random.default_rng(1).normal(0, 1, (20, 4))
    scores = np.zeros(20)
    scores[7] = 100.0
    ranking = rank(values, [str(n) for n in range(20)], scores)
    assert ranking.scores[7] >= 6**3


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
