from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError

from tilesight.store.tuning.mask import InspectionMask, MaskHistory, Stroke, StrokeKind

sizes = st.integers(6, 40)
coordinates = st.floats(-0.4, 1.4)
# Off the raster by a hair, so that no edge runs exactly through the centre of a pixel.
corners = st.lists(
    st.tuples(coordinates.map(lambda x: x + 1.2345e-4), coordinates.map(lambda y: y + 2.3456e-4)),
    min_size=3,
    max_size=7,
)


def centres(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = np.mgrid[:height, :width] + 0.5
    return columns, rows


def left_out(stroke: Stroke, height: int, width: int) -> NDArray[np.bool_]:
    return ~InspectionMask(strokes=(stroke,)).raster(height, width)


def crossings(x: float, y: float, points: list[tuple[float, float]]) -> int:
    """How many edges a ray to the right meets, one by one."""
    met = 0
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        if (y0 <= y) != (y1 <= y) and x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x:
            met += 1
    return met


@given(corners, sizes, sizes)
def test_a_polygon_covers_the_pixels_whose_centres_it_holds(
    points: list[tuple[float, float]], height: int, width: int
) -> None:
    found = left_out(Stroke(kind=StrokeKind.POLYGON, points=tuple(points)), height, width)
    scaled = [(x * width, y * height) for x, y in points]
    for row in range(height):
        for column in range(width):
            ray = [crossings(column + 0.5 + nudge, row + 0.5, scaled) % 2 == 1 for nudge in (-1e-9, 1e-9)]
            assert bool(found[row, column]) in ray


@given(st.tuples(coordinates, coordinates), st.tuples(coordinates, coordinates), sizes, sizes)
def test_a_rectangle_may_be_drawn_from_any_corner(
    one: tuple[float, float], other: tuple[float, float], height: int, width: int
) -> None:
    found = left_out(Stroke(kind=StrokeKind.RECTANGLE, points=(one, other)), height, width)
    x, y = centres(height, width)
    (x0, x1), (y0, y1) = (sorted((one[axis], other[axis])) for axis in (0, 1))
    slack = 1e-9 * max(height, width)
    inner = (x > x0 * width + slack) & (x < x1 * width - slack)
    inner &= (y > y0 * height + slack) & (y < y1 * height - slack)
    outer = (x >= x0 * width - slack) & (x <= x1 * width + slack)
    outer &= (y >= y0 * height - slack) & (y <= y1 * height + slack)
    assert np.all(found[inner])
    assert not np.any(found[~outer])


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5), sizes, sizes, st.floats(1.5, 8))
def test_a_brush_covers_what_lies_within_its_radius_of_its_path(
    path: list[tuple[float, float]], height: int, width: int, radius: float
) -> None:
    stroke = Stroke(kind=StrokeKind.BRUSH, points=tuple(path), radius=(radius / width, radius / height))
    found = left_out(stroke, height, width)
    x, y = centres(height, width)
    points = np.array(path) * [width, height]
    ends = points[1:] if len(points) > 1 else points
    distance = np.full((height, width), np.inf)
    for start, end in zip(points[: len(ends)], ends, strict=True):
        way = end - start
        length = float(way @ way)
        along = ((x - start[0]) * way[0] + (y - start[1]) * way[1]) / length if length else 0.0 * x
        along = np.clip(along, 0, 1)
        distance = np.minimum(
            distance, np.hypot(x - start[0] - along * way[0], y - start[1] - along * way[1])
        )
    # The outline has 24 corners, so its flat sides lie a little inside the circle.
    assert np.all(found[distance <= radius * np.cos(np.pi / 24) - 1e-6])
    assert not np.any(found[distance > radius + 1e-6])


@given(corners, st.sampled_from([3, 5]))
def test_a_mask_scales_with_the_tile(points: list[tuple[float, float]], factor: int) -> None:
    mask = InspectionMask(strokes=(Stroke(kind=StrokeKind.POLYGON, points=tuple(points)),))
    small = mask.raster(60, 45)
    large = mask.raster(60 * factor, 45 * factor)
    # The middle pixel of each block has the centre of the small pixel.
    assert np.array_equal(large[factor // 2 :: factor, factor // 2 :: factor], small)


def test_a_later_stroke_overrules_an_earlier_one() -> None:
    whole = Stroke(kind=StrokeKind.RECTANGLE, points=((0, 0), (1, 1)))
    back = Stroke(kind=StrokeKind.RECTANGLE, points=((0, 0), (0.5, 1)), inspect=True)
    raster = InspectionMask(strokes=(whole, back)).raster(4, 8)
    assert raster.tolist() == [[True] * 4 + [False] * 4] * 4


@given(corners)
def test_an_inverted_mask_inspects_exactly_the_rest(points: list[tuple[float, float]]) -> None:
    mask = InspectionMask(strokes=(Stroke(kind=StrokeKind.POLYGON, points=tuple(points)),))
    assert np.array_equal(mask.inverted().raster(30, 20), ~mask.raster(30, 20))
    assert mask.inverted().inverted() == mask


def test_a_mask_without_strokes_inspects_everything() -> None:
    mask = InspectionMask()
    assert mask.is_trivial
    assert mask.raster(5, 7).all()
    assert mask.share() == 1.0


@given(corners, st.booleans())
def test_a_mask_survives_json(points: list[tuple[float, float]], inspect: bool) -> None:
    stroke = Stroke(kind=StrokeKind.POLYGON, points=tuple(points), inspect=inspect)
    brush = Stroke(kind=StrokeKind.BRUSH, points=tuple(points), radius=(0.05, 0.1))
    mask = InspectionMask(inspect_all=not inspect, strokes=(stroke, brush))
    again = InspectionMask.model_validate_json(mask.model_dump_json())
    assert again == mask
    assert hash(again) == hash(mask)


@pytest.mark.parametrize(
    "stroke",
    [
        {"kind": "polygon", "points": [(0, 0), (1, 1)]},
        {"kind": "rectangle", "points": [(0, 0), (1, 1), (0, 1)]},
        {"kind": "brush", "points": [(0, 0)]},
        {"kind": "brush", "points": [(0, 0)], "radius": (float("nan"), 0.1)},
        {"kind": "polygon", "points": [(0, 0), (1, 1), (0, float("inf"))]},
        {"kind": "polygon", "points": [(0, 0), (1, 1), (0, 1e9)]},
        {"kind": "circle", "points": [(0, 0), (1, 1)]},
    ],
)
def test_a_stroke_that_makes_no_sense_is_refused(stroke: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Stroke.model_validate(stroke)


rectangle = Stroke(kind=StrokeKind.RECTANGLE, points=((0, 0), (0.5, 0.5)))


@given(st.lists(st.sampled_from(["draw", "undo", "redo", "invert"]), max_size=30))
def test_undo_and_redo_walk_through_every_step(steps: list[str]) -> None:
    history = MaskHistory()
    past, future, now = [], [], history.mask
    for step in steps:
        if step in ("draw", "invert"):
            changed = now.with_stroke(rectangle) if step == "draw" else now.inverted()
            past.append(now)
            future, now = [], changed
            assert history.change(changed)
        elif step == "undo":
            assert history.undo() == bool(past)
            if past:
                future.append(now)
                now = past.pop()
        else:
            assert history.redo() == bool(future)
            if future:
                past.append(now)
                now = future.pop()
        assert history.mask == now
        assert (history.can_undo, history.can_redo) == (bool(past), bool(future))


def test_a_change_to_the_same_mask_is_no_step() -> None:
    history = MaskHistory()
    assert not history.change(InspectionMask())
    assert not history.can_undo
