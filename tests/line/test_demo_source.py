"""The demo line as a source: the contract, its clock, its camera, and the truth it tells."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np
import pytest
from tests.line.source_contract import SourceContract, drain, next_frame

from tilesight.line.demo import DEFECTS, KINDS
from tilesight.line.demo.scenes import DemoSettings, render_scene, truth_of_tile
from tilesight.line.frames import FailedFrame, Frame
from tilesight.line.recipe import recipe_for
from tilesight.line.sources import open_source
from tilesight.line.sources.base import CameraSettings, EndOfSource, Overflow, SourceError, Trigger
from tilesight.line.sources.demo import DemoSource, demo_source
from tilesight.line.tile_finding import Automatic, find_tiles


class TestLiveDemoKeepsTheContract(SourceContract):
    finite, live = False, True

    @pytest.fixture
    def source(self) -> DemoSource:
        return DemoSource(DemoSettings(rate=200))


class TestCutTilesKeepTheContract(SourceContract):
    finite, live = True, False

    @pytest.fixture
    def source(self) -> DemoSource:
        return demo_source("tiles?rate=0&count=5")


class TestTriggeredDemoKeepsTheContract(SourceContract):
    finite, live = False, True

    @pytest.fixture
    def source(self) -> DemoSource:
        source = DemoSource(DemoSettings(view="tiles", rate=5))
        assert source.controls is not None
        source.controls.apply(CameraSettings(trigger=Trigger.SOFTWARE))
        for _ in range(4):
            source.controls.trigger()
        return source


def frames_of(options: str) -> list[Frame | FailedFrame]:
    source = demo_source(options)
    source.open()
    return drain(source)


class TestTruth:
    def test_one_seed_gives_one_line_whenever_it_runs(self) -> None:
        first, second = frames_of("tiles?rate=0&count=4&seed=5"), frames_of("tiles?rate=0&count=4&seed=5")
        for one, two in zip(first, second, strict=True):
            assert isinstance(one, Frame)
            assert isinstance(two, Frame)
            assert np.array_equal(one.pixels, two.pixels)
            assert one.info.truth == two.info.truth
        other = frames_of("tiles?rate=0&count=4&seed=6")
        assert isinstance(other[0], Frame)
        assert isinstance(first[0], Frame)
        assert not np.array_equal(other[0].pixels, first[0].pixels)

    def test_about_a_fifth_of_the_tiles_is_defective_with_every_class_among_them(self) -> None:
        truths = Counter(frame.info.truth for frame in frames_of("tiles?rate=0&count=110&seed=2"))
        assert set(truths) == set(KINDS)
        assert 0.12 < 1 - truths["good"] / 110 < 0.25

    def test_the_share_of_defects_can_be_set(self) -> None:
        assert {frame.info.truth for frame in frames_of("tiles?rate=0&count=12&defects=0")} == {"good"}
        assert {frame.info.truth for frame in frames_of("tiles?rate=0&count=12&defects=1")} <= set(DEFECTS)

    def test_tiles_carry_serial_numbers_lots_and_scale(self) -> None:
        infos = [frame.info for frame in frames_of("tiles?rate=0&count=5&lot_size=2")]
        assert [info.serial for info in infos] == ["D000001", "D000002", "D000003", "D000004", "D000005"]
        assert [info.lot for info in infos] == ["DEMO-001", "DEMO-001", "DEMO-002", "DEMO-002", "DEMO-003"]
        assert {info.mm_per_px for info in infos} == {0.1}

    def test_another_texture_changes_the_surface_and_not_the_truth(self) -> None:
        usual, coarse = frames_of("tiles?rate=0&count=6"), frames_of("tiles?rate=0&count=6&texture=coarse")
        assert [one.info.truth for one in usual] == [one.info.truth for one in coarse]
        assert isinstance(usual[0], Frame)
        assert isinstance(coarse[0], Frame)
        assert not np.array_equal(usual[0].pixels, coarse[0].pixels)


class TestBelt:
    def test_tile_finding_finds_what_the_truth_tells_in_the_same_order(self) -> None:
        counts: Counter[int] = Counter()
        for number in range(30):
            scene = render_scene(DemoSettings(seed=4), number)
            found = find_tiles(scene.pixels, Automatic())
            counts[len(found)] += 1
            assert len(found) == len(scene.tiles)
            for one, truth in zip(found, scene.tiles, strict=True):
                assert np.hypot(*np.subtract(one.pose.centre, truth.pose.centre)) < 4
        assert set(counts) == {0, 1, 2}

    def test_the_truth_about_each_of_several_tiles_is_told_apart(self) -> None:
        assert truth_of_tile("good", 0, 1) == "good"
        assert truth_of_tile("good+crack", 1, 2) == "crack"
        assert truth_of_tile("good+crack", 0, 1) == ""
        assert truth_of_tile("", 0, 1) == ""

    def test_the_first_start_shows_good_tiles_and_soon_a_defect(self) -> None:
        truths = [render_scene(DemoSettings(), number).truth for number in range(8)]
        assert truths[:2] == ["good", "good"]
        assert set(truths) & set(DEFECTS)


class TestClock:
    def test_a_late_reader_misses_pictures_and_sees_the_gap(self) -> None:
        now = [100.0]
        source = DemoSource(DemoSettings(view="tiles", rate=10), waiting=3, clock=lambda: now[0])
        source.open()
        assert next_frame(source).info.frame_id == 0
        now[0] += 0.35
        assert [next_frame(source).info.frame_id for _ in range(3)] == [1, 2, 3]
        now[0] += 5.0
        assert next_frame(source).info.frame_id == 51

    def test_a_picture_that_is_not_due_yet_does_not_come(self) -> None:
        now = [100.0]
        source = DemoSource(DemoSettings(view="tiles", rate=0.001), clock=lambda: now[0])
        source.open()
        assert next_frame(source).info.frame_id == 0
        assert source.read(0.0) is None
        now[0] += 1000.0
        assert next_frame(source).info.frame_id == 1

    def test_without_a_rate_nothing_is_ever_missed(self) -> None:
        source = DemoSource(DemoSettings(view="tiles", rate=0, count=4))
        assert source.info.overflow is Overflow.WAIT
        source.open()
        assert [frame.info.frame_id for frame in drain(source)] == [0, 1, 2, 3]
        assert source.controls is None

    def test_a_line_with_a_rate_drops_the_oldest_like_a_free_running_camera(self) -> None:
        info = DemoSource().info
        assert (info.live, info.finite, info.overflow) == (True, False, Overflow.DROP_OLDEST)

    def test_a_finite_live_line_ends(self) -> None:
        assert frames_of("tiles?rate=100&count=3")[-1].info.frame_id == 2


class TestCamera:
    def test_exposure_and_gain_change_the_brightness(self) -> None:
        source = DemoSource(DemoSettings(view="tiles", rate=500))
        source.open()
        assert source.controls is not None

        def level(**values: float) -> float:
            assert source.controls is not None
            source.controls.apply(CameraSettings(**values))
            frame = next_frame(source)
            assert isinstance(frame, Frame)
            return float(np.median(frame.pixels))

        dark, bright = level(exposure_us=6000), level(exposure_us=12000)
        assert bright > 1.5 * dark
        assert level(exposure_us=6000, gain=6) > 1.5 * dark

    def test_values_beyond_the_limits_are_brought_inside_and_said(self) -> None:
        controls = DemoSource().controls
        assert controls is not None
        assert controls.apply(CameraSettings(exposure_us=1e9)).exposure_us == 20000
        assert controls.apply(CameraSettings(gain=-5)).gain == 0

    def test_a_triggered_picture_comes_for_each_trigger_and_never_without(self) -> None:
        source = DemoSource(DemoSettings(view="tiles"))
        controls = source.controls
        assert controls is not None
        source.open()
        controls.apply(CameraSettings(trigger=Trigger.SOFTWARE))
        assert source.info.overflow is Overflow.FAULT
        assert source.read(0.0) is None
        controls.trigger()
        controls.trigger()
        assert [next_frame(source).info.frame_id for _ in range(2)] == [0, 1]
        assert source.read(0.0) is None

    def test_a_trigger_wakes_a_waiting_reader(self) -> None:
        source = DemoSource(DemoSettings(view="tiles"))
        controls = source.controls
        assert controls is not None
        controls.apply(CameraSettings(trigger=Trigger.SOFTWARE))
        source.open()
        got: list[Frame] = []
        reader = threading.Thread(target=lambda: got.append(next_frame(source)))  # pyright: ignore
        reader.start()
        controls.trigger()
        reader.join(20)
        assert [frame.info.frame_id for frame in got] == [0]

    def test_what_the_camera_cannot_do_is_refused_and_changes_nothing(self) -> None:
        controls = DemoSource().controls
        assert controls is not None
        with pytest.raises(SourceError, match="no hardware trigger"):
            controls.apply(CameraSettings(trigger=Trigger.HARDWARE, exposure_us=5000))
        with pytest.raises(SourceError, match="no Mono12"):
            controls.apply(CameraSettings(pixel_format="Mono12"))
        assert controls.apply(CameraSettings()).exposure_us is None
        with pytest.raises(SourceError, match="runs freely"):
            controls.trigger()


class TestText:
    def test_the_demo_line_is_opened_by_its_text(self) -> None:
        belt, tiles = open_source("demo"), open_source("demo:tiles?count=7&rate=0")
        assert isinstance(belt, DemoSource)
        assert isinstance(tiles, DemoSource)
        assert belt.settings == DemoSettings()
        assert (tiles.settings.view, tiles.settings.count) == ("tiles", 7)
        assert tiles.info.count == 7

    def test_belts_are_searched_for_tiles_and_cut_tiles_are_not(self) -> None:
        assert recipe_for("demo").tile_finding.mode == "automatic"
        assert recipe_for("demo:belt?rate=1").tile_finding.mode == "automatic"
        assert recipe_for("demo:tiles?rate=1").tile_finding.mode == "whole"

    @pytest.mark.parametrize(
        "options",
        [
            "parts",
            "tiles?speed=3",
            "tiles?rate=fast",
            "tiles?rate=-1",
            "tiles?count=0",
            "tiles?defects=2",
            "tiles?texture=velvet",
            "tiles?seed=-4",
            "tiles?rate",
            "tiles?lot_size=0",
            "tiles?rate=nan",
        ],
    )
    def test_a_text_that_names_no_demo_line_is_refused_with_the_ways_to_write_one(self, options: str) -> None:
        with pytest.raises(SourceError, match="names no demo line") as caught:
            demo_source(options)
        assert "demo:tiles" in caught.value.do_next


def test_a_closed_line_does_not_open_again() -> None:
    source = DemoSource()
    source.close()
    with pytest.raises(EndOfSource):
        source.open()
