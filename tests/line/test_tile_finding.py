"""Finding tiles on rendered belts whose poses are known, and refusing what is no whole tile."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from bsdrd.errors import ImageError
from tilesight.line.demo import KINDS, Kind, RenderedTile, render_tile
from tilesight.line.demo.belt import BeltFrame, TilePose, render_belt
from tilesight.line.tile_finding import (
    Automatic,
    FixedRectangle,
    FoundTile,
    Pose,
    TileFinding,
    WholeFrame,
    find_tiles,
    look_for_tiles,
)

AUTOMATIC = Automatic(margin_px=0)


def tile(
    seed: int, height: int = 280, width: int = 210, kind: Kind = "good", **options: float
) -> RenderedTile:
    rng = np.random.default_rng(seed)
    settings = {"exposure": 110.0, **options}
    return render_tile(rng, kind=kind, height=height, width=width, slivers=False, **settings)


def belt(
    seed: int, tiles: list[RenderedTile], poses: list[tuple[float, float, float]] | None = None
) -> BeltFrame:
    return render_belt(np.random.default_rng([seed, 1]), tiles, height=800, width=800, poses=poses)


def distance(found: FoundTile, truth: TilePose) -> float:
    return math.dist(found.pose.centre, truth.pose.centre)


def lean(found: FoundTile, truth: TilePose) -> float:
    """Difference of the angles in degrees; tiles look alike after half a turn."""
    return abs(math.remainder(found.pose.angle_deg - truth.pose.angle_deg, 180))


def check_poses(found: list[FoundTile], truth: tuple[TilePose, ...]) -> None:
    """Positions within 4 px, angles within 1.5 degrees, sides within 8 px."""
    assert len(found) == len(truth)
    for wanted in truth:
        nearest = min(found, key=lambda one: distance(one, wanted))
        assert distance(nearest, wanted) < 4
        assert lean(nearest, wanted) < 1.5
        assert abs(nearest.pose.width - wanted.pose.width) <= 8
        assert abs(nearest.pose.height - wanted.pose.height) <= 8


class TestOneTile:
    @given(
        seed=st.integers(0, 100_000),
        kind=st.sampled_from(KINDS),
        height=st.integers(222, 400),
        width=st.integers(110, 420),
        level=st.floats(66, 153),
    )
    @settings(max_examples=25)
    def test_any_tile_is_found_where_it_lies_however_it_is_turned(
        self, seed: int, kind: Kind, height: int, width: int, level: float
    ) -> None:
        frame = belt(seed, [tile(seed, height, width, kind, exposure=level)])
        check_poses(find_tiles(frame.pixels, AUTOMATIC), frame.tiles)

    def test_most_poses_are_right_to_a_pixel_and_a_third_of_a_degree(self) -> None:
        shifts: list[float] = []
        leans: list[float] = []
        for seed in range(24):
            frame = belt(seed, [tile(seed, 230 + 7 * seed, 150 + 9 * seed)])
            (found,) = find_tiles(frame.pixels, AUTOMATIC)
            shifts.append(distance(found, frame.tiles[0]))
            leans.append(lean(found, frame.tiles[0]))
        assert np.median(shifts) < 1.0
        assert np.quantile(shifts, 0.9) < 3.0
        assert np.quantile(leans, 0.9) < 0.35

    @pytest.mark.parametrize("angle", [-170, -91, -60, -20, 0, 33, 45, 90, 180])
    def test_a_tile_is_set_upright_with_its_streaks_running_down(self, angle: float) -> None:
        frame = belt(3, [tile(3, 300, 240)], [(400, 400, angle)])
        (found,) = find_tiles(frame.pixels, AUTOMATIC)
        assert abs(found.pose.height - 300) <= 6
        assert abs(found.pose.width - 240) <= 6
        inner = found.pixels[30:-30, 30:-30].astype(float)
        assert np.abs(np.diff(inner, axis=1)).mean() > 1.2 * np.abs(np.diff(inner, axis=0)).mean()

    def test_streaks_do_not_matter_where_the_recipe_says_so(self) -> None:
        frame = belt(3, [tile(3, 300, 240)], [(400, 400, 80)])
        (found,) = find_tiles(frame.pixels, Automatic(streaks="as they lie"))
        assert found.pose.angle_deg == pytest.approx(-10, abs=1)
        assert found.pixels.shape[1] > found.pixels.shape[0]

    def test_the_cut_tile_shows_what_was_put_on_the_belt(self) -> None:
        drawn = tile(8, kind="blowhole", severity=1.0)
        frame = belt(8, [drawn], [(400, 380, 17)])
        (found,) = find_tiles(frame.pixels, AUTOMATIC)
        ys, xs = np.nonzero(drawn.mask)
        there = found.pose.to_tile(frame.tiles[0].pose.to_frame(np.stack([xs, ys], axis=1).astype(float)))
        columns, rows = np.round(there).astype(int).T
        assert found.pixels[rows, columns].mean() == pytest.approx(drawn.pixels[drawn.mask].mean(), abs=8)

    def test_a_tile_that_lies_straight_is_cut_without_touching_a_pixel(self) -> None:
        frame = belt(5, [tile(5)], [(400.5, 399.5, 0)])
        (found,) = find_tiles(frame.pixels, AUTOMATIC)
        assert found.pose.straight
        left, top = np.round(found.pose.matrix[:, 2]).astype(int)
        height, width = found.pixels.shape
        assert np.array_equal(found.pixels, frame.pixels[top : top + height, left : left + width])

    @pytest.mark.parametrize("seed", range(6))
    def test_a_broken_corner_stays_inside_the_cut(self, seed: int) -> None:
        drawn = tile(seed, 260, 240, kind="break", severity=1.0)
        frame = belt(seed, [drawn])
        (found,) = find_tiles(frame.pixels, Automatic())
        ys, xs = np.nonzero(drawn.mask)
        there = found.pose.to_tile(frame.tiles[0].pose.to_frame(np.stack([xs, ys], axis=1).astype(float)))
        inside = ((there > -0.5) & (there < (found.pose.width - 0.5, found.pose.height - 0.5))).all(axis=1)
        assert inside.mean() > 0.94


class TestDifficultFrames:
    def test_an_empty_belt_gives_no_tile(self) -> None:
        for seed in range(12):
            level = 8.0 + 6 * seed
            empty = render_belt(np.random.default_rng(seed), [], height=600, width=700, belt=level)
            finding = look_for_tiles(empty.pixels, Automatic())
            assert finding.tiles == ()
            assert finding.refused == ()

    @pytest.mark.parametrize("pixels", [np.zeros((300, 300), np.uint8), np.full((300, 300), 255, np.uint8)])
    def test_a_black_or_white_frame_gives_no_tile(self, pixels: NDArray[np.uint8]) -> None:
        assert find_tiles(pixels, Automatic()) == []

    def test_noise_alone_gives_no_tile(self) -> None:
        noise = np.random.default_rng(0).integers(0, 255, (400, 500), dtype=np.uint8)
        assert find_tiles(noise, Automatic()) == []

    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=10)
    def test_dark_exposure_is_enough(self, seed: int) -> None:
        frame = belt(seed, [tile(seed, exposure=66.0), tile(seed + 1, 250, 130, exposure=66.0)])
        check_poses(find_tiles(frame.pixels, AUTOMATIC), frame.tiles)

    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=10)
    def test_a_grey_belt_with_little_contrast_is_enough(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        frame = render_belt(rng, [tile(seed, exposure=110.0)], height=800, width=800, belt=45.0)
        (found,) = find_tiles(frame.pixels, AUTOMATIC)
        assert distance(found, frame.tiles[0]) < 12
        assert lean(found, frame.tiles[0]) < 2

    def test_a_contrast_below_the_setting_gives_no_tile(self) -> None:
        frame = belt(2, [tile(2)])
        assert find_tiles(frame.pixels, Automatic(min_contrast=150)) == []

    def test_dark_tiles_on_a_bright_belt_are_found_when_told_so(self) -> None:
        frame = belt(2, [tile(2)])
        negative = np.asarray(255 - frame.pixels, np.uint8)
        assert find_tiles(negative, Automatic()) == []
        check_poses(find_tiles(negative, Automatic(tile_is="darker", margin_px=0)), frame.tiles)

    def test_colour_and_twelve_bit_frames_give_the_same_poses_and_keep_their_type(self) -> None:
        frame = belt(4, [tile(4)])
        (grey,) = find_tiles(frame.pixels, AUTOMATIC)
        (colour,) = find_tiles(np.repeat(frame.pixels[..., None], 3, axis=2), AUTOMATIC)
        (deep,) = find_tiles(frame.pixels.astype(np.uint16) * 16, AUTOMATIC)
        for other in (colour, deep):
            assert math.dist(other.pose.centre, grey.pose.centre) < 1.5
            assert other.pose.angle_deg == pytest.approx(grey.pose.angle_deg, abs=0.3)
        assert colour.pixels.shape[2] == 3
        assert deep.pixels.dtype == np.uint16
        assert deep.pixels.mean() == pytest.approx(16 * grey.pixels.mean(), rel=0.05)

    def test_a_large_frame_is_searched_small_and_cut_at_full_size(self) -> None:
        frame = render_belt(np.random.default_rng(6), [tile(6, 380, 300)], height=1500, width=2000)
        check_poses(find_tiles(frame.pixels, AUTOMATIC), frame.tiles)


class TestSeveralTiles:
    @given(seed=st.integers(0, 10_000), count=st.integers(2, 4))
    @settings(max_examples=12)
    def test_each_is_found_once(self, seed: int, count: int) -> None:
        frame = belt(seed, [tile(seed + k, 230, 130, KINDS[(seed + k) % 6]) for k in range(count)])
        check_poses(find_tiles(frame.pixels, AUTOMATIC), frame.tiles)

    def test_they_come_in_reading_order(self) -> None:
        poses = [(600.0, 190.0, 3.0), (190.0, 210.0, -4.0), (560.0, 590.0, 0.0), (200.0, 560.0, 8.0)]
        frame = belt(1, [tile(seed, 250, 200) for seed in range(4)], poses)
        centres = [one.pose.centre for one in find_tiles(frame.pixels, AUTOMATIC)]
        wanted = [poses[1], poses[0], poses[3], poses[2]]
        assert [math.dist(one, two[:2]) < 5 for one, two in zip(centres, wanted, strict=True)] == [True] * 4

    def test_a_tile_that_the_border_cuts_is_refused_with_the_reason_and_the_others_are_found(self) -> None:
        poses = [(780.0, 400.0, 10.0), (300.0, 400.0, 20.0), (350.0, 20.0, 5.0)]
        frame = belt(7, [tile(seed, 260, 190) for seed in range(3)], poses)
        assert [one.complete for one in frame.tiles] == [False, True, False]
        finding = look_for_tiles(frame.pixels, AUTOMATIC)
        check_poses(list(finding.tiles), (frame.tiles[1],))
        assert [piece.reason for piece in finding.refused] == ["It reaches beyond the picture."] * 2

    def test_more_than_the_most_are_refused_with_the_reason(self) -> None:
        frame = belt(1, [tile(seed, 230, 130) for seed in range(3)])
        finding = look_for_tiles(frame.pixels, Automatic(most=2))
        assert len(finding.tiles) == 2
        assert "More than 2" in finding.refused[0].reason

    def test_what_is_larger_than_a_tile_may_be_is_refused_with_the_reason(self) -> None:
        frame = belt(9, [tile(9, 300, 200)], [(400, 400, 12)])
        finding = look_for_tiles(frame.pixels, Automatic(longest_px=250))
        assert finding.tiles == ()
        assert "exceeds 250 pixels" in finding.refused[0].reason

    def test_what_is_smaller_than_a_tile_may_be_is_not_looked_at(self) -> None:
        frame = belt(9, [tile(9, 120, 100)], [(400, 400, 12)])
        finding = look_for_tiles(frame.pixels, Automatic(shortest_px=160))
        assert finding.tiles == finding.refused == ()

    def test_what_is_no_rectangle_is_refused_with_the_reason(self) -> None:
        y, x = np.mgrid[0:500, 0:500]
        triangle = np.where((y > 100) & (y < 400) & (x > 100) & (x < y), 180, 20).astype(np.uint8)
        finding = look_for_tiles(triangle, Automatic())
        assert finding.tiles == ()
        assert finding.refused[0].reason == "It is no rectangle."


class TestTouchingTiles:
    @pytest.mark.parametrize("seed", range(3))
    @pytest.mark.parametrize(
        ("second_size", "along_px"),
        [((220, 180), 70), ((280, 200), 0), ((150, 140), 30)],
        ids=["offset", "flush", "tee"],
    )
    def test_side_by_side_they_are_taken_apart(
        self, seed: int, second_size: tuple[int, int], along_px: float
    ) -> None:
        first, second = tile(seed, 280, 200), tile(seed + 50, *second_size)
        turn = 25.0 * seed - 30
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        across_px = (200 + second_size[1]) / 2 + 1
        x, y = 300 + cos * across_px - sin * along_px, 380 + sin * across_px + cos * along_px
        frame = belt(seed, [first, second], [(300, 380, turn), (x, y, turn)])
        found = find_tiles(frame.pixels, AUTOMATIC)
        assert len(found) == 2
        for truth in frame.tiles:
            nearest = min(found, key=lambda one: distance(one, truth))
            assert distance(nearest, truth) < 8
            assert lean(nearest, truth) < 2

    @pytest.mark.parametrize("turn", [25, 45, 60])
    def test_a_corner_against_a_side_is_taken_apart(self, turn: float) -> None:
        reach = (180 * math.cos(math.radians(turn)) + 240 * math.sin(math.radians(turn))) / 2
        poses = [(250.0, 400.0, 0.0), (250 + 110 + reach, 400.0, turn)]
        frame = belt(2, [tile(2, 300, 220), tile(3, 240, 180)], poses)
        check_poses(find_tiles(frame.pixels, AUTOMATIC), frame.tiles)


class TestFixedPlaces:
    def test_a_whole_frame_is_one_tile_without_a_copy(self) -> None:
        pixels = np.random.default_rng(0).integers(0, 255, (120, 90, 3), dtype=np.uint8)
        (found,) = find_tiles(pixels, WholeFrame())
        assert np.shares_memory(found.pixels, pixels)
        assert (found.pose.width, found.pose.height, found.pose.angle_deg) == (90, 120, 0)
        assert np.array_equal(found.pose.matrix, [[1, 0, 0], [0, 1, 0]])

    def test_a_rectangle_is_cut_where_it_is_set(self) -> None:
        pixels = np.random.default_rng(0).integers(0, 255, (200, 300), dtype=np.uint8)
        (found,) = find_tiles(pixels, FixedRectangle(x=40, y=30, width=100, height=80))
        assert np.array_equal(found.pixels, pixels[30:110, 40:140])
        assert not found.pixels.flags.writeable

    def test_a_turned_rectangle_is_set_upright(self) -> None:
        drawn = tile(1, 200, 160)
        frame = belt(1, [drawn], [(300, 300, 30)])
        place = FixedRectangle(x=220, y=200, width=160, height=200, angle_deg=30)
        (found,) = find_tiles(frame.pixels, place)
        difference = found.pixels[5:-5, 5:-5].astype(float) - drawn.pixels[5:-5, 5:-5]
        assert np.abs(difference).mean() < 8

    def test_a_rectangle_beyond_the_frame_is_an_error_that_says_so(self) -> None:
        pixels = np.zeros((100, 100), np.uint8)
        with pytest.raises(ImageError, match="beyond the frame of 100 x 100"):
            find_tiles(pixels, FixedRectangle(x=50, y=10, width=60, height=50))
        with pytest.raises(ImageError, match="beyond the frame"):
            find_tiles(pixels, FixedRectangle(x=0, y=0, width=100, height=100, angle_deg=20))

    @pytest.mark.parametrize(
        "pixels", [np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9), np.float32), np.zeros((0, 9), np.uint8)]
    )
    @pytest.mark.parametrize("settings", [WholeFrame(), Automatic()])
    def test_a_frame_of_another_shape_or_type_is_refused(
        self, pixels: NDArray[np.uint8], settings: TileFinding
    ) -> None:
        with pytest.raises(ImageError, match="cannot be searched"):
            find_tiles(pixels, settings)


class TestPose:
    @given(
        x=st.floats(-500, 500),
        y=st.floats(-500, 500),
        angle=st.floats(-180, 180),
        width=st.integers(16, 700),
        height=st.integers(16, 700),
    )
    def test_tile_to_frame_and_back_is_where_one_was(
        self, x: float, y: float, angle: float, width: int, height: int
    ) -> None:
        pose = Pose((x, y), angle, width, height)
        points = np.array([[0, 0], [width - 1, 0], [3.5, height - 1]])
        assert np.allclose(pose.to_tile(pose.to_frame(points)), points, atol=1e-6)
        assert np.allclose(pose.corners.mean(axis=0), (x, y), atol=1e-6)
        sides = np.linalg.norm(np.diff(pose.corners, axis=0), axis=1)
        assert np.allclose(sides, [width, height, width], atol=1e-6)

    @given(angle=st.floats(-180, 180), turns=st.integers(-5, 5))
    def test_a_quarter_turn_covers_the_same_place(self, angle: float, turns: int) -> None:
        pose = Pose((50, 40), angle, 30, 20)
        turned = pose.turned(turns)
        assert -180 < turned.angle_deg <= 180
        for corner in turned.corners:
            assert np.linalg.norm(pose.corners - corner, axis=1).min() < 1e-6


class TestSettings:
    @pytest.mark.parametrize(
        "settings",
        [
            WholeFrame(),
            FixedRectangle(x=1, y=2, width=30, height=40, angle_deg=3),
            Automatic(streaks="as they lie"),
        ],
    )
    def test_they_survive_a_file(self, settings: TileFinding) -> None:
        adapter: TypeAdapter[TileFinding] = TypeAdapter(TileFinding)
        assert adapter.validate_json(adapter.dump_json(settings)) == settings

    @pytest.mark.parametrize(
        "values",
        [
            {"mode": "guess"},
            {"mode": "automatic", "shortest_px": 200, "longest_px": 100},
            {"mode": "automatic", "unknown": 1},
            {"mode": "rectangle", "x": -1, "y": 0, "width": 50, "height": 50},
        ],
    )
    def test_wrong_values_are_refused(self, values: dict[str, object]) -> None:
        adapter: TypeAdapter[TileFinding] = TypeAdapter(TileFinding)
        with pytest.raises(ValidationError):
            adapter.validate_python(values)
