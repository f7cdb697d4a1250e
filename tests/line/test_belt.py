"""Rendered belts: tiles lie where the truth says, apart from one another, and pictures repeat."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilesight.line.demo import render_tile
from tilesight.line.demo.belt import render_belt


def tiles(seed: int, count: int):
    rng = np.random.default_rng(seed)
    return [render_tile(rng, height=150, width=110, exposure=120, slivers=False) for _ in range(count)]


@given(seed=st.integers(0, 10_000), count=st.integers(0, 4), height=st.integers(400, 700))
@settings(max_examples=20)
def test_tiles_lie_inside_the_frame_and_apart(seed: int, count: int, height: int) -> None:
    frame = render_belt(np.random.default_rng(seed), tiles(seed, count), height=height, width=600)
    assert frame.pixels.shape == (height, 600)
    assert len(frame.tiles) + frame.left_out == count
    covered = np.zeros((height, 600), np.uint8)
    for one in frame.tiles:
        assert one.complete
        alone = np.zeros_like(covered)
        cv2.fillPoly(alone, [np.round(one.pose.corners).astype(np.int32)], 1)
        assert not (covered & alone).any()
        covered |= alone


def test_the_tile_in_the_frame_is_the_tile_that_was_given() -> None:
    (given_tile,) = tiles(1, 1)
    frame = render_belt(np.random.default_rng(1), [given_tile], height=400, width=400)
    (one,) = frame.tiles
    cut = one.pose.cut(frame.pixels).astype(float)
    assert np.abs(cut - given_tile.pixels)[4:-4, 4:-4].mean() < 7
    straight = render_belt(
        np.random.default_rng(1), [given_tile], height=400, width=400, poses=[(199.5, 199.5, 0)]
    )
    cut = straight.tiles[0].pose.cut(straight.pixels).astype(float)
    assert np.abs(cut - given_tile.pixels)[4:-4, 4:-4].mean() < 1.6


def test_the_belt_is_darker_than_its_tiles_at_any_exposure() -> None:
    for level in (66.0, 110.0, 153.0):
        tile = render_tile(np.random.default_rng(0), height=200, width=200, exposure=level, slivers=False)
        frame = render_belt(np.random.default_rng(0), [tile], height=500, width=500, poses=[(250, 250, 0)])
        assert frame.pixels[:100].mean() < 0.3 * frame.pixels[170:330, 170:330].mean()


def test_a_tile_partly_beyond_the_frame_is_not_complete() -> None:
    frame = render_belt(
        np.random.default_rng(0), tiles(0, 2), height=400, width=400, poses=[(395, 200, 10), (150, 200, 10)]
    )
    assert [one.complete for one in frame.tiles] == [False, True]
    assert frame.pixels[190:210, 385:].mean() > 60


def test_a_tile_entirely_beyond_the_frame_leaves_the_belt_empty() -> None:
    frame = render_belt(
        np.random.default_rng(0), tiles(0, 1), height=400, width=400, poses=[(900, 900, 10)], belt=20
    )
    assert frame.pixels.max() < 80


def test_tiles_that_find_no_room_are_counted_as_left_out() -> None:
    frame = render_belt(np.random.default_rng(0), tiles(0, 6), height=260, width=260)
    assert frame.left_out >= 4
    assert [one.index for one in frame.tiles] == list(range(len(frame.tiles)))


@pytest.mark.parametrize("count", [0, 2])
def test_one_seed_gives_one_picture(count: int) -> None:
    first, second = (
        render_belt(np.random.default_rng(4), tiles(4, count), height=400, width=500) for _ in range(2)
    )
    assert np.array_equal(first.pixels, second.pixels)
    assert first.tiles == second.tiles
    assert not first.pixels.flags.writeable


def test_the_belt_runs_on_without_a_visible_joint() -> None:
    # Averaged over many pictures of a moving belt no column stands out against its neighbours.
    pictures = [
        render_belt(np.random.default_rng(seed), [], height=120, width=400, belt=60).pixels
        for seed in range(30)
    ]
    steps = [np.abs(np.diff(picture.astype(float).mean(axis=0))).max() for picture in pictures]
    assert max(steps) < 6
