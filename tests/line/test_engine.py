from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.line.line_doubles import (
    PATIENCE_S,
    RECIPE,
    LevelDetector,
    ListStore,
    ScriptedSource,
)

from bsdrd.errors import ModelFileError
from bsdrd.result import Verdict
from tilesight.line.engine import Engine, EngineOptions, EngineState
from tilesight.line.news import (
    Circumstances,
    DetectorState,
    EngineSnapshot,
    InspectedTile,
    SourceState,
    StoreState,
)
from tilesight.line.recipe import Recipe
from tilesight.line.sources import open_source
from tilesight.line.sources.base import Overflow, SourceError
from tilesight.line.tile_finding import Automatic, FixedRectangle

OK, GREY, NG, NOT_INSPECTED = (verdict.value for verdict in Verdict)
QUICK = EngineOptions(stale_s=PATIENCE_S, drain_s=0.3, end_s=2.0, retry_s=0.01)


class Line:
    """An engine with a detector and a store that do as told, and news to wait for."""

    def __init__(self, folder: Path, options: EngineOptions = QUICK) -> None:
        self.detector = LevelDetector()
        self.opened: list[Recipe] = []
        self.detectors: dict[str, LevelDetector | Exception] = {RECIPE.model: self.detector}
        self.store = ListStore(folder)
        self._news = threading.Condition()
        self.engine = Engine(self.store, options=options, open_detector=self._open, on_news=self._notice)

    def _open(self, recipe: Recipe) -> LevelDetector:
        self.opened.append(recipe)
        detector = self.detectors[recipe.model]
        if isinstance(detector, Exception):
            raise detector
        return detector

    def _notice(self) -> None:
        with self._news:
            self._news.notify_all()

    def start(self, source: ScriptedSource, recipe: Recipe = RECIPE) -> ScriptedSource:
        self.engine.start(source, recipe).result(PATIENCE_S)
        return source

    def until(self, true: Callable[[EngineSnapshot], object]) -> EngineSnapshot:
        """The first snapshot of which something is true; fails where that does not come."""
        with self._news:
            for _ in range(int(PATIENCE_S / 0.05)):
                snapshot = self.engine.snapshot()
                if true(snapshot):
                    return snapshot
                self._news.wait(0.05)
        raise AssertionError(f"did not come: {self.engine.snapshot()}")

    def run(self, source: ScriptedSource, recipe: Recipe = RECIPE) -> EngineSnapshot:
        """A finite source from its start to its end."""
        self.start(source, recipe)
        assert self.engine.wait_until_done(PATIENCE_S)
        return self.engine.snapshot()


@pytest.fixture
def line(tmp_path: Path, no_leftover_threads: None) -> Iterator[Line]:
    line = Line(tmp_path)
    yield line
    line.detector.gate.set()
    line.store.gate.set()
    line.store.fails = lambda: False
    line.engine.close()


def test_a_finite_source_is_inspected_to_its_end_and_saved(line: Line) -> None:
    end = line.run(ScriptedSource([50, 150, 250]))
    assert end.state is EngineState.FINISHED
    assert line.store.verdicts == [OK, GREY, NG]
    assert (end.counts.frames, end.counts.total, end.counts.saved) == (3, 3, 3)
    assert end.counts.all_inspected
    assert line.detector.warmed


def test_a_record_says_everything_that_led_to_its_verdict(line: Line) -> None:
    line.engine.set_circumstances(Circumstances("Ana", "station 3", lot="L-7"))
    line.engine.start(ScriptedSource([250]), RECIPE.changed(mm_per_px=0.1), 12).result(PATIENCE_S)
    assert line.engine.wait_until_done(PATIENCE_S)
    (record,) = line.store.records
    assert (record.operator, record.station, record.lot) == ("Ana", "station 3", "L-7")
    assert record.model_sha256 == line.detector.info.sha256
    assert record.recipe_sha256 == RECIPE.changed(mm_per_px=0.1).sha256
    assert (record.recipe_name, record.recipe_version) == ("Test", 12)
    assert record.score == 250
    assert record.thresholds == line.detector.info.thresholds
    assert record.mm_per_px == 0.1
    assert record.provider == "CPU"
    assert {"capture", "queue", "prepare", "infer", "judge"} <= set(record.timings_ms)
    assert record.pixels is not None
    assert record.maps is not None
    assert len(record.regions) == 1


def test_an_unreadable_frame_is_recorded_with_its_reason(line: Line) -> None:
    end = line.run(ScriptedSource([50, "failed", 50]))
    assert line.store.verdicts == [OK, NOT_INSPECTED, OK]
    assert line.store.records[1].reason == "The file is damaged."
    assert not end.counts.all_inspected


def test_a_failing_detector_gives_not_inspected_with_a_reason_never_ok(line: Line) -> None:
    line.detector.failing = lambda value: value == 51
    end = line.run(ScriptedSource([50, 51, 50, 51]))
    assert line.store.verdicts == [OK, NOT_INSPECTED, OK, NOT_INSPECTED]
    assert "cannot do 51" in line.store.records[1].reason
    assert end.detector_state is DetectorState.FAILING
    assert "cannot do 51" in end.reason


def test_an_error_that_nobody_foresaw_is_a_reason_too(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    def explode(value: int) -> bool:
        raise ZeroDivisionError("somewhere deep")

    line.detector.failing = explode
    line.run(ScriptedSource([50]))
    assert line.store.verdicts == [NOT_INSPECTED]
    assert "somewhere deep" in line.store.records[0].reason


def test_a_tile_whose_rule_does_not_fit_is_not_inspected(line: Line) -> None:
    recipe = RECIPE.changed(min_area=1.0, min_area_in_mm2=True)
    line.run(ScriptedSource([50]), recipe)
    assert line.store.verdicts == [NOT_INSPECTED]
    assert "scale" in line.store.records[0].reason


def test_a_tile_that_the_edge_band_covers_is_not_inspected(line: Line) -> None:
    line.run(ScriptedSource([50]), RECIPE.changed(edge_band_px=40))
    assert line.store.verdicts == [NOT_INSPECTED]
    assert "edge band" in line.store.records[0].reason


def test_a_frame_that_a_fixed_rectangle_does_not_fit_is_not_inspected(line: Line) -> None:
    recipe = RECIPE.changed(tile_finding=FixedRectangle(x=0, y=0, width=500, height=500))
    line.run(ScriptedSource([50]), recipe)
    assert line.store.verdicts == [NOT_INSPECTED]
    assert line.store.records[0].pixels is not None, "a person must be able to see why"


def test_a_file_without_a_tile_is_not_inspected_and_a_camera_frame_is_counted(line: Line) -> None:
    recipe = RECIPE.changed(tile_finding=Automatic())
    line.run(ScriptedSource([50], size=(200, 200)), recipe)
    assert line.store.verdicts == [NOT_INSPECTED]
    assert "No tile" in line.store.records[0].reason
    end = line.run(ScriptedSource([50, 50], Overflow.DROP_OLDEST, size=(200, 200)), recipe)
    assert end.counts.no_tile == 2
    assert end.counts.ok == 0
    assert end.counts.all_inspected, "an empty belt is nothing that was missed"
    assert len(line.store.records) == 1
    assert line.engine.latest() is None
    live = line.engine.live_frame()
    assert live is not None, "a person who sets up the camera must see what it sees"
    assert live.info.frame_id == 1


@pytest.mark.parametrize("problem", [ModelFileError("The model is damaged."), RuntimeError("odd")])
def test_without_a_model_files_are_not_read_and_the_fault_says_why(line: Line, problem: Exception) -> None:
    line.detectors[RECIPE.model] = problem
    source = ScriptedSource([50, 50])
    end = line.run(source)
    assert end.state is EngineState.FAULT
    assert str(problem) in end.reason
    assert source.produced == 0
    assert line.store.records == []


def test_without_a_model_live_tiles_are_not_inspected_until_there_is_one(line: Line) -> None:
    line.detectors[RECIPE.model] = ModelFileError("The model is damaged.")
    source = line.start(ScriptedSource([50], Overflow.DROP_OLDEST, finite=False))
    snapshot = line.until(lambda now: now.counts.saved == 1)
    assert snapshot.state is EngineState.FAULT
    assert line.store.verdicts == [NOT_INSPECTED]
    assert line.store.records[0].reason == "The model is damaged."
    line.detectors["better"] = LevelDetector("better")
    line.engine.swap_detector("better").result(PATIENCE_S)
    source.add(50)
    assert line.until(lambda now: now.counts.saved == 2).state is EngineState.RUNNING
    assert line.store.verdicts == [NOT_INSPECTED, OK]


def test_ready_is_said_after_the_warm_up(line: Line) -> None:
    states: list[tuple[EngineState, bool]] = []
    source = ScriptedSource(finite=False)
    source.on_read = lambda: states.append((line.engine.snapshot().state, line.detector.warmed))
    line.start(source)
    line.until(lambda now: now.state is EngineState.RUNNING)
    line.until(lambda now: states)
    assert all(warmed for _, warmed in states), "no frame is read before the detector is warm"


def test_a_detector_that_does_not_answer_loses_its_tile_and_goes_on_with_the_next(tmp_path: Path) -> None:
    line = Line(tmp_path, EngineOptions(limit_s=0.05, drain_s=0.3, end_s=2.0))
    line.detector.gate.clear()
    line.start(ScriptedSource([50, 250]))
    stuck = line.until(lambda now: now.detector_state is DetectorState.STUCK)
    assert stuck.state is EngineState.FAULT
    line.until(lambda now: now.counts.saved == 1)
    assert line.store.verdicts == [NOT_INSPECTED]
    assert "did not answer in time" in line.store.records[0].reason
    line.detector.gate.set()
    assert line.engine.wait_until_done(PATIENCE_S)
    assert line.store.verdicts == [NOT_INSPECTED, NG], "the late answer is thrown away"
    assert line.engine.snapshot().state is EngineState.FINISHED
    line.engine.close()


def test_a_thread_that_does_not_end_is_named_and_its_frames_are_accounted_for(tmp_path: Path) -> None:
    line = Line(tmp_path, EngineOptions(drain_s=0.05, end_s=0.1))
    line.detector.gate.clear()
    line.start(ScriptedSource([50] * 4))
    assert line.detector.entered.wait(PATIENCE_S)
    line.until(lambda now: now.source_state is SourceState.ENDED)
    report = line.engine.stop().result(PATIENCE_S)
    assert report.stuck == ("tilesight-inference",)
    assert (report.counts.frames, report.counts.not_inspected, report.unsaved) == (4, 4, 0)
    assert line.store.verdicts == [NOT_INSPECTED] * 4
    line.detectors[RECIPE.model] = second = LevelDetector()
    line.run(ScriptedSource([50]))
    assert line.store.verdicts[-1] == OK, "the next run has a detector of its own"
    line.detector.gate.set()
    line.engine.close()
    assert second.closed


def test_a_source_that_hangs_in_closing_is_named_and_does_not_hang_the_program(tmp_path: Path) -> None:
    line = Line(tmp_path, EngineOptions(drain_s=0.1, end_s=0.2))
    source = ScriptedSource([50], finite=False)
    hung = threading.Event()
    source.close = lambda: hung.wait(PATIENCE_S) and None  # type: ignore[method-assign]
    line.start(source)
    line.until(lambda now: now.counts.saved == 1)
    report = line.engine.stop().result(PATIENCE_S)
    assert report.stuck == ("tilesight-source",)
    assert report.unsaved == 0
    assert line.engine.snapshot().state is EngineState.STOPPED
    hung.set()
    line.engine.close()


def test_a_free_running_camera_drops_the_oldest_and_counts_and_records_it(line: Line) -> None:
    source = line.start(ScriptedSource(overflow=Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.state is EngineState.RUNNING)
    line.detector.gate.clear()
    source.add(10)
    assert line.detector.entered.wait(PATIENCE_S)
    source.add(*range(20, 40), "skip", "skip", 40)
    source.finish()
    line.until(lambda now: now.source_state is SourceState.ENDED)
    line.detector.gate.set()
    assert line.engine.wait_until_done(PATIENCE_S)
    counts = line.engine.snapshot().counts
    assert counts.frames == source.produced == 24
    assert [record.score for record in line.store.records] == [10, 33, 34, 35, 36, 37, 38, 39, 40]
    assert counts.dropped == 15
    assert sum(int(str(gap["frames"])) for gap in line.store.gaps.values()) == 15
    assert {gap["kind"] for gap in line.store.gaps.values()} == {"dropped"}


def test_the_picture_of_a_free_running_camera_never_lags_behind_a_slow_detector(tmp_path: Path) -> None:
    line = Line(tmp_path, EngineOptions(stale_s=0.0, drain_s=0.3, end_s=2.0))
    source = line.start(ScriptedSource(overflow=Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.state is EngineState.RUNNING)
    line.detector.gate.clear()
    source.add(10)
    assert line.detector.entered.wait(PATIENCE_S)
    source.add(20, 30, 40)
    source.finish()
    line.until(lambda now: now.source_state is SourceState.ENDED)
    line.detector.gate.set()
    assert line.engine.wait_until_done(PATIENCE_S)
    assert [record.score for record in line.store.records] == [10, 40], "what is on the belt now comes next"
    counts = line.engine.snapshot().counts
    assert (counts.frames, counts.dropped, counts.saved) == (4, 2, 2)
    line.engine.close()


def test_a_trigger_without_room_is_recorded_as_not_inspected(line: Line) -> None:
    source = line.start(ScriptedSource(overflow=Overflow.FAULT, finite=False))
    line.detector.gate.clear()
    source.add(*range(10, 30))
    line.until(lambda now: now.counts.frames == 20)
    line.until(lambda now: now.counts.not_inspected >= 11)
    line.detector.gate.set()
    source.finish()
    assert line.engine.wait_until_done(PATIENCE_S)
    counts = line.engine.snapshot().counts
    assert counts.dropped == 0
    assert counts.total == counts.saved == 20
    assert {record.frame_id for record in line.store.records} == set(range(20))
    assert "triggers came faster" in line.store.records[0].reason


def test_pictures_that_a_triggered_camera_lost_are_recorded(line: Line) -> None:
    end = line.run(ScriptedSource([50, "skip", "skip", 50], Overflow.FAULT))
    assert sorted(record.frame_id for record in line.store.records) == [0, 1, 2, 3]
    assert line.store.verdicts.count(NOT_INSPECTED) == 2
    assert end.counts.frames == 4


def test_a_lost_source_is_stated_reconnected_and_its_gap_recorded(line: Line) -> None:
    source = line.start(ScriptedSource([50], Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.counts.saved == 1)
    source.fails_to_open = 3
    hold = threading.Event()
    real_open = source.open

    def open_later() -> None:
        assert hold.wait(PATIENCE_S)
        real_open()

    source.open = open_later  # type: ignore[method-assign]
    source.add("lost", 50)
    lost = line.until(lambda now: now.state is EngineState.RECONNECTING)
    assert lost.reason == "The cable is out."
    line.until(lambda now: line.store.gaps)
    assert line.store.gaps[1]["end"] is None, "the gap is recorded as soon as it begins"
    hold.set()
    back = line.until(lambda now: now.counts.saved == 2)
    assert back.state is EngineState.RUNNING
    assert back.gaps == 1
    source.finish()
    assert line.engine.wait_until_done(PATIENCE_S)
    assert line.store.gaps[1]["end"] is not None


def test_a_camera_that_is_not_there_at_the_start_is_waited_for(line: Line) -> None:
    source = ScriptedSource([50], Overflow.DROP_OLDEST, finite=False)
    source.fails_to_open = 2
    line.start(source)
    line.until(lambda now: now.counts.saved == 1)
    assert source.opened == 3


def test_a_source_that_cannot_be_opened_is_a_fault_with_its_reason(line: Line) -> None:
    source = ScriptedSource([50])

    def refuse() -> None:
        raise SourceError("There is no such folder.")

    source.open = refuse  # type: ignore[method-assign]
    end = line.run(source)
    assert end.state is EngineState.FAULT
    assert end.reason == "There is no such folder."
    assert end.source_state is SourceState.FAILED


def test_a_source_that_breaks_is_a_fault_and_what_came_before_is_saved(line: Line) -> None:
    end = line.run(ScriptedSource([50, RuntimeError("driver bug"), 50]))
    assert end.state is EngineState.FAULT
    assert "driver bug" in end.reason
    assert line.store.verdicts == [OK]


def test_while_the_store_fails_files_wait_and_nothing_is_lost(line: Line) -> None:
    line.store.fails = lambda: True
    source = line.start(ScriptedSource([50], finite=False))
    failing = line.until(lambda now: now.store_state is StoreState.FAILING)
    assert failing.store_reason == "The disk is full."
    source.add(*[50] * 60)
    held = line.until(lambda now: now.waiting == QUICK.frames)
    assert held.counts.total == 1, "nothing is inspected that could not be saved"
    line.store.fails = lambda: False
    source.finish()
    assert line.engine.wait_until_done(PATIENCE_S)
    end = line.engine.snapshot()
    assert end.store_state is not StoreState.FAILING
    assert line.store.verdicts == [OK] * 61
    assert end.counts.all_inspected


def test_live_tiles_beyond_the_backlog_of_a_failing_store_are_counted_as_unsaved(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tilesight.line.storing.BACKLOG", 2)
    line.store.fails = lambda: True
    source = line.start(ScriptedSource([50], Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.store_state is StoreState.FAILING)
    for number in range(4):
        source.add(50)
        line.until(lambda now, number=number: now.counts.not_inspected == number + 1)
    line.until(lambda now: now.counts.unsaved == 2)
    line.store.fails = lambda: False
    line.until(lambda now: now.counts.saved == 3)
    assert all(record.pixels is None for record in line.store.records[1:]), "only words wait in memory"


def test_what_still_waits_when_a_stopped_run_takes_too_long_is_not_inspected(line: Line) -> None:
    line.detector.gate.clear()
    source = line.start(ScriptedSource([50] * 5, finite=False))
    line.until(lambda now: now.counts.frames == 5)
    stopped = line.engine.stop()
    line.until(lambda now: now.state is EngineState.STOPPING)
    line.until(lambda now: source._closed)
    threading.Timer(QUICK.drain_s * 1.5, line.detector.gate.set).start()
    report = stopped.result(PATIENCE_S)
    assert report.stuck == ()
    assert report.unsaved == 0
    assert line.store.verdicts == [OK] + [NOT_INSPECTED] * 4
    assert "stopped" in line.store.records[-1].reason


def test_while_the_store_fails_live_tiles_are_not_inspected_and_written_later(line: Line) -> None:
    line.store.fails = lambda: True
    source = line.start(ScriptedSource([50], Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.store_state is StoreState.FAILING)
    source.add(50)
    line.until(lambda now: now.counts.not_inspected == 1)
    latest = line.engine.latest()
    assert latest is not None
    assert latest.verdict is Verdict.NOT_INSPECTED
    assert "disk is full" in latest.reason
    line.store.fails = lambda: False
    line.until(lambda now: now.counts.saved == 2)
    line.until(lambda now: now.store_state is not StoreState.FAILING)
    assert line.store.verdicts == [OK, NOT_INSPECTED]
    source.add(50)
    line.until(lambda now: now.counts.saved == 3)
    assert line.store.verdicts[-1] == OK


def test_stopping_while_the_store_fails_says_how_much_is_unsaved(line: Line) -> None:
    line.store.fails = lambda: True
    source = line.start(ScriptedSource([50, 50, 50], Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.counts.total == 3)
    report = line.engine.stop().result(PATIENCE_S)
    assert report.unsaved == report.counts.unsaved == 3
    assert report.stuck == ()
    assert source.produced == 3
    assert not report.counts.all_inspected


def test_a_record_that_the_store_refuses_does_not_hold_up_the_others(line: Line) -> None:
    line.store.refuses = lambda record: record.score == 51
    line.run(ScriptedSource([50, 51, 52]))
    assert sorted(line.store.verdicts) == [NOT_INSPECTED, OK, OK]
    (stub,) = (record for record in line.store.records if record.verdict is Verdict.NOT_INSPECTED)
    assert "breaks a rule" in stub.reason
    assert stub.frame_id == 1


def test_a_slow_disk_makes_files_wait_and_loses_nothing(line: Line) -> None:
    line.store.gate.clear()
    source = line.start(ScriptedSource([50] * 100))
    line.until(lambda now: now.waiting == QUICK.frames)
    assert source.produced < 100
    line.store.gate.set()
    assert line.engine.wait_until_done(PATIENCE_S)
    assert len(line.store.records) == 100


def test_a_recipe_is_swapped_between_two_frames(line: Line) -> None:
    source = line.start(ScriptedSource([150], finite=False))
    line.until(lambda now: now.counts.saved == 1)
    strict = RECIPE.changed(name="Strict", t1=10.0, t2=20.0)
    assert line.engine.swap_recipe(strict, 2).result(PATIENCE_S) is line.detector.info
    source.add(150)
    line.until(lambda now: now.counts.saved == 2)
    assert line.store.verdicts == [GREY, NG]
    assert [record.recipe_name for record in line.store.records] == ["Test", "Strict"]
    assert line.store.records[1].recipe_sha256 == strict.sha256
    assert len(line.opened) == 1, "the same model is not loaded twice"
    assert line.engine.snapshot().recipe == strict


def test_a_model_is_loaded_and_warmed_beside_the_old_one_which_then_is_closed(line: Line) -> None:
    line.detectors["new"] = new = LevelDetector("new")
    source = line.start(ScriptedSource([150], finite=False))
    line.until(lambda now: now.counts.saved == 1)
    line.engine.swap_detector("new").result(PATIENCE_S)
    assert new.warmed
    assert line.detector.closed
    source.add(150)
    line.until(lambda now: now.counts.saved == 2)
    assert [record.model_name for record in line.store.records] == ["test model", "new"]


def test_a_model_that_cannot_be_loaded_leaves_the_old_one_in_force(line: Line) -> None:
    line.detectors["bad"] = ModelFileError("The model is damaged.")
    source = line.start(ScriptedSource([150], finite=False))
    line.until(lambda now: now.counts.saved == 1)
    with pytest.raises(ModelFileError, match="damaged"):
        line.engine.swap_detector("bad").result(PATIENCE_S)
    source.add(150)
    line.until(lambda now: now.counts.saved == 2)
    assert not line.detector.closed
    assert line.engine.snapshot().recipe == RECIPE
    assert not line.engine.snapshot().swapping


def test_a_recipe_for_another_model_is_refused_while_the_old_one_runs(line: Line) -> None:
    line.start(ScriptedSource([150], finite=False))
    line.until(lambda now: now.counts.saved == 1)
    with pytest.raises(Exception, match="another model"):
        line.engine.swap_recipe(RECIPE.changed(model_sha256="f" * 64)).result(PATIENCE_S)
    assert line.engine.snapshot().recipe == RECIPE


def test_pausing_holds_files_and_records_triggers(line: Line) -> None:
    source = line.start(ScriptedSource([50], finite=False))
    line.until(lambda now: now.counts.saved == 1)
    line.engine.pause()
    line.until(lambda now: now.state is EngineState.PAUSED)
    line.engine.resume()
    source.add(50)
    line.until(lambda now: now.counts.saved == 2)
    triggered = line.start(ScriptedSource([50], Overflow.FAULT, finite=False))
    line.until(lambda now: now.counts.saved == 1)
    line.engine.pause()
    triggered.add(50)
    line.until(lambda now: now.counts.saved == 2)
    assert line.store.verdicts == [OK, OK, OK, NOT_INSPECTED]
    assert "paused" in line.store.records[-1].reason


def test_what_a_free_running_camera_shows_during_a_pause_is_no_loss(line: Line) -> None:
    source = line.start(ScriptedSource([50], Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.counts.saved == 1)
    line.engine.pause()
    source.add(*[50] * 20)
    line.until(lambda now: not source.script)
    line.engine.resume()
    source.add(50)
    end = line.until(lambda now: now.counts.saved == 2)
    assert (end.counts.frames, end.counts.dropped) == (2, 0)


def test_what_a_camera_took_before_the_line_was_ready_is_neither_inspected_nor_dropped(line: Line) -> None:
    line.detector.warm_up = lambda height=256, width=256: loading.wait(PATIENCE_S)  # type: ignore[assignment,method-assign]
    loading = threading.Event()
    source = line.start(ScriptedSource(["skip", "skip"], Overflow.DROP_OLDEST, finite=False))
    line.until(lambda now: now.source_state is SourceState.DELIVERING)
    assert line.engine.snapshot().state is EngineState.STARTING
    source.taken_at = datetime.now(UTC)
    source.add(50, 50)
    loading.set()
    line.until(lambda now: not source.script)
    source.taken_at = None
    source.add(250)
    end = line.until(lambda now: now.counts.saved == 1)
    assert (end.counts.frames, end.counts.dropped) == (1, 0)
    assert line.store.verdicts == [NG]


def test_the_controls_of_a_camera_are_the_engines(line: Line) -> None:
    assert line.engine.controls is None
    line.start(open_source("demo?rate=1"))  # type: ignore[arg-type]
    assert line.engine.controls is not None
    assert line.engine.controls.capabilities.exposure_us is not None


def test_starting_again_ends_the_run_before_and_begins_new_books(line: Line) -> None:
    first = line.start(ScriptedSource([50], finite=False))
    line.until(lambda now: now.counts.saved == 1)
    line.start(ScriptedSource([50, 50]))
    second = line.until(lambda now: now.state is EngineState.FINISHED)
    assert second.run == 2
    assert second.counts.frames == 2
    assert len(line.opened) == 1
    with pytest.raises(Exception):  # noqa: B017, PT011 - the source says EndOfSource, a plain exception
        first.open()


def test_the_newest_tile_the_last_ones_and_their_records_can_be_asked_for(line: Line) -> None:
    line.run(ScriptedSource([50, 250, "failed"], size=(300, 200)))
    engine = line.engine
    latest = engine.latest()
    assert latest is not None
    assert latest.ticket == engine.snapshot().newest == 2
    briefs = engine.recent()
    assert [brief.verdict.value for brief in briefs] == [OK, NG, NOT_INSPECTED]
    assert briefs[0].thumb is not None
    assert briefs[0].thumb.shape == (96, 64)
    assert briefs[2].thumb is None
    assert [brief.ticket for brief in engine.recent(after=1)] == [2]
    tile = engine.tile(1)
    assert tile is not None
    assert tile.score == 250
    assert [engine.record_id(ticket) for ticket in range(3)] == [1, 2, 3]
    assert engine.record_id(99) is None
    assert engine.tile(99) is None


def test_times_of_every_stage_are_measured(line: Line) -> None:
    end = line.run(ScriptedSource([50] * 20))
    assert [latency.stage for latency in end.latencies] == [
        "capture", "queue", "prepare", "infer", "judge", "store", "recorded",
    ]  # fmt: skip
    for latency in end.latencies:
        assert 0 <= latency.p50 <= latency.p95 <= latency.p99 <= latency.longest
        assert latency.tiles == 20
    times = {latency.stage: latency for latency in end.latencies}
    assert times["judge"].p50 > 0
    assert times["recorded"].longest >= times["store"].longest, "the whole way is longer than its end"


def test_the_way_of_a_tile_ends_when_a_person_sees_it(line: Line) -> None:
    line.run(ScriptedSource([50] * 3))
    line.engine.note_shown(1)
    line.engine.note_shown(99)
    times = {latency.stage: latency for latency in line.engine.snapshot().latencies}
    assert times["shown"].tiles == 1
    assert times["shown"].p50 > times["infer"].p50


def test_the_tiles_of_a_batch_have_times_of_their_own(line: Line) -> None:
    line.detectors["cuda"] = card = LevelDetector("cuda", provider="CUDA")
    end = line.run(ScriptedSource([50] * 20), RECIPE.changed(model="cuda"))
    assert max(card.batches) > 1
    times = {latency.stage: latency for latency in end.latencies}
    assert times["infer"].tiles == times["judge"].tiles == 20
    assert min(times["infer"].p50, times["judge"].p50) > 0
    assert all(record.timings_ms["judge"] > 0 for record in line.store.records)


def test_files_run_in_batches_on_a_graphics_card_and_one_by_one_on_the_cpu(line: Line) -> None:
    line.run(ScriptedSource([50] * 30))
    assert max(line.detector.batches) == 1
    line.detectors["cuda"] = card = LevelDetector("cuda", provider="CUDA")
    card.failing = lambda value: value == 51
    line.run(ScriptedSource([50, 51] * 20), RECIPE.changed(model="cuda"))
    assert max(card.batches) > 1
    assert line.store.verdicts[30:] == [OK, NOT_INSPECTED] * 20, "one bad tile does not spoil its batch"


def test_an_observer_sees_tiles_with_maps_and_never_delays_the_line(line: Line) -> None:
    seen: list[InspectedTile] = []
    hold = threading.Event()

    def observe(tile: InspectedTile) -> None:
        assert hold.wait(PATIENCE_S)
        seen.append(tile)
        raise ValueError("a broken observer")

    tap = line.engine.add_tap(observe, "shadow", room=2)
    line.run(ScriptedSource([50] * 10))
    assert len(line.store.records) == 10, "inspection was over before the observer saw one tile"
    hold.set()
    assert line.engine.remove_tap(tap)
    assert tap.seen + tap.missed == 10
    assert tap.failed == tap.seen >= 2
    assert seen[-1].inspection is not None
    assert seen[-1].ticket == 9


def test_a_listener_that_never_asks_is_told_once(tmp_path: Path) -> None:
    told: list[int] = []
    engine = Engine(
        ListStore(tmp_path),
        open_detector=lambda recipe: LevelDetector(),
        on_news=lambda: told.append(1),
    )
    engine.start(ScriptedSource([50] * 50), RECIPE).result(PATIENCE_S)
    assert engine.wait_until_done(PATIENCE_S)
    assert len(told) <= 2
    engine.snapshot()
    engine.close()
    assert engine.close() is None, "closing twice is fine"


def test_a_broken_listener_does_not_stop_the_line(tmp_path: Path) -> None:
    def explode() -> None:
        raise ValueError("broken")

    store = ListStore(tmp_path)
    engine = Engine(store, open_detector=lambda recipe: LevelDetector(), on_news=explode)
    engine.start(ScriptedSource([50, 50]), RECIPE).result(PATIENCE_S)
    assert engine.wait_until_done(PATIENCE_S)
    engine.close()
    assert store.verdicts == [OK, OK]


def test_questions_before_the_first_start_have_answers(line: Line) -> None:
    engine = line.engine
    assert engine.snapshot().state is EngineState.STOPPED
    assert engine.latest() is None
    assert engine.recent() == []
    assert engine.tile(0) is None
    assert engine.wait_until_done(0)
    engine.pause()
    with pytest.raises(Exception, match="Nothing was started"):
        engine.stop().result(PATIENCE_S)


def test_low_space_is_a_warning_while_records_are_still_taken(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 5_000_000})())
    end = line.run(ScriptedSource([50]))
    assert end.store_state is StoreState.LOW_SPACE
    assert end.free_bytes == 5_000_000
    assert line.store.verdicts == [OK]
