"""Masks in the making: polygon, brush and wand as pixels, and their steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ui.hand_made import maps

from tilesight.ui.viewer.mask_draft import MaskDraft, brush_area, polygon_area, wand_area


def slow_brush(
    points: list[tuple[float, float]], radius: float, height: int, width: int
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Each pixel asked by itself whether its centre lies within the radius of the way."""
    found = np.zeros((height, width), np.bool_)
    for row in range(height):
        for column in range(width):
            centre = np.array([column + 0.5, row + 0.5])
            for start, end in zip([points[0], *points], points, strict=False):
                one, other = np.array(start), np.array(end)
                gap = other - one
                length = float(gap @ gap)
                along = 0.0 if length == 0 else min(max(float((centre - one) @ gap) / length, 0.0), 1.0)
                nearest = one + along * gap
                found[row, column] |= float(((centre - nearest) ** 2).sum()) <= radius * radius
    return found


coordinate = st.floats(-6, 24).map(lambda value: round(value, 2) + 0.003)


@given(
    points=st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=4),
    radius=st.sampled_from([0.6, 1.7, 3.3, 6.1]),
)
def test_a_brush_covers_exactly_what_lies_within_its_radius(
    points: list[tuple[float, float]], radius: float
) -> None:
    assert np.array_equal(brush_area(points, radius, 15, 17), slow_brush(points, radius, 15, 17))


def test_a_polygon_covers_the_pixels_inside_and_ends_at_the_tile() -> None:
    area = polygon_area([(2, 3), (12, 3), (12, 9), (2, 9)], 20, 20)
    assert area[4:8, 4:11].all()
    assert not area[:2].any()
    assert not area[:, 14:].any()
    beyond = polygon_area([(-50, -50), (500, -50), (500, 500), (-50, 500)], 20, 30)
    assert beyond.shape == (20, 30)
    assert beyond.all()
    assert not polygon_area([(1, 1), (5, 5)], 20, 20).any()


def test_the_wand_takes_one_hill_of_the_map_and_not_the_other() -> None:
    made = maps(160, 240, detail=((60.0, 80.0, 10.0, 8.0), (180.0, 80.0, 10.0, 8.0)))
    area = wand_area(made, 60, 80, 0.5)
    assert area[80, 60]
    assert not area[:, 120:].any()
    assert (made.full("fused")[area] >= 3.5).all()


def test_the_wand_takes_more_with_a_smaller_share() -> None:
    made = maps(160, 240, detail=((60.0, 80.0, 10.0, 8.0),))
    sizes = [int(wand_area(made, 60, 80, share).sum()) for share in (0.9, 0.5, 0.1)]
    assert 0 < sizes[0] < sizes[1] < sizes[2]


@pytest.mark.parametrize("place", [(-1.0, 5.0), (5.0, -0.1), (240.0, 5.0), (5.0, 160.0), (5.0, 5.0)])
def test_the_wand_takes_nothing_outside_the_tile_or_where_the_map_is_cold(place: tuple[float, float]) -> None:
    made = maps(160, 240, detail=((120.0, 80.0, 6.0, 8.0),), level=-0.5)
    area = wand_area(made, *place, 0.5)
    assert area.shape == (160, 240)
    assert not area.any()


def test_each_step_of_a_drawing_can_be_turned_back_and_done_again() -> None:
    draft = MaskDraft()
    draft.start(20, 20)
    assert draft.mask is None
    first, second = polygon_area([(1, 1), (9, 1), (9, 9), (1, 9)], 20, 20), np.zeros((20, 20), np.bool_)
    second[15, 15] = True
    draft.apply(first)
    draft.apply(second)
    draft.apply(first, erase=True)
    assert draft.mask is not None
    assert draft.mask.sum() == 1
    draft.undo()
    assert draft.mask is not None
    assert np.array_equal(draft.mask, first | second)
    draft.undo()
    draft.undo()
    assert draft.mask is None
    assert not draft.can_undo
    draft.redo()
    assert draft.mask is not None
    assert np.array_equal(draft.mask, first)
    draft.apply(second)
    assert not draft.can_redo


def test_a_step_that_changes_nothing_is_none_and_another_size_is_refused() -> None:
    draft = MaskDraft()
    draft.apply(np.ones((5, 5), np.bool_))
    assert draft.mask is None
    draft.start(6, 6)
    draft.apply(np.ones((5, 5), np.bool_))
    draft.apply(np.ones((6, 6), np.bool_), erase=True)
    assert not draft.can_undo
