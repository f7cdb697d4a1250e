"""Shadow mode: a candidate that judges beside the live model, and never gets in its way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.line.line_doubles import PATIENCE_S, LevelDetector, ScriptedSource
from tests.line.tiny_model import write_tiny_model

from bsdrd.bundle import read_bundle, with_calibration, write_bundle
from bsdrd.errors import DeviceError
from bsdrd.result import Thresholds, Verdict
from tilesight.line.engine import Engine
from tilesight.line.recipe import Recipe, RecipeError
from tilesight.line.shadow import Shadow, ShadowState, open_shadow
from tilesight.line.shadow_terms import Limits, ShadowTerms
from tilesight.line.sources.base import Overflow
from tilesight.store.records import RecordStore

ROOT = Path(__file__).resolve().parents[2]
OK, GREY, NG = Verdict.OK, Verdict.GREY, Verdict.NG
#: The tiny model scores a tile of grey g as |g - 120| / 14: OK, in between, and surely defective.
GOOD, FAINT, BAD = 120, 190, 255
PLAIN = ShadowTerms(Limits(), Limits())


def until(true: Callable[[], object], what: str) -> None:
    """Waits by looking, because a thread that gives way to all others says nothing."""
    never = threading.Event()
    for _ in range(int(PATIENCE_S / 0.02)):
        if true():
            return
        never.wait(0.02)
    raise AssertionError(f"did not come: {what}")


def model(path: Path, low: float, high: float, name: str) -> Path:
    base = read_bundle(write_tiny_model(path, name))
    write_bundle(path, with_calibration(base, Thresholds(low, high), {}))
    return path


class Bench:
    """A real store, engine and model files; the source gives one tile at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live = model(folder / "live.bsdrd", 6, 9, "live")
        self.recipe = Recipe(name="Line 1", model=str(self.live), threads=1)
        self.candidate = ""
        self.open_model: Callable[[Path], object] = open_shadow
        self.open()
        stored = self.store.models.add(self.live, actor="Ada")
        self.store.models.promote(stored.sha256, "Line 1", actor="Ada", why="first")
        self.candidate = self.bring("strict", 4, 8)

    def open(self) -> None:
        self.store = RecordStore.open(self.folder / "store")
        self.engine = Engine(self.store)
        self.shadow = Shadow(self.engine, self.store, lambda path: self.open_model(path))  # type: ignore[arg-type,return-value]

    def close(self) -> None:
        self.shadow.close()
        self.engine.close()
        self.store.close()

    def bring(self, name: str, low: float, high: float) -> str:
        file = model(self.folder / f"{name}.bsdrd", low, high, name)
        return self.store.models.add(file, actor="Ada").sha256

    def begin(self, terms: ShadowTerms = PLAIN) -> None:
        self.shadow.begin(self.candidate, self.recipe, terms, actor="Ada")

    def source(self) -> ScriptedSource:
        """A camera; its tiles come when a test says so."""
        source = ScriptedSource([], Overflow.FAULT, finite=False)
        self.engine.start(source, self.recipe).result(PATIENCE_S)
        return source

    def inspect(self, source: ScriptedSource, *values: int) -> None:
        """Feeds tiles one by one, each once the one before is a record and was looked at."""
        for value in values:
            before, seen = self.store.count(), self.seen
            source.add(value)
            until(lambda before=before: self.store.count() == before + 1, "a record")
            until(lambda seen=seen: self.seen > seen, "the shadow's look at it")

    @property
    def seen(self) -> int:
        now = self.shadow.snapshot()
        return now.judged + now.failed + now.busy + now.slow + (now.state is ShadowState.HELD) * 10**6

    def end(self, records: int) -> None:
        """Ends the shadow in this program; its thread may come to its last write late on a busy machine."""
        self.shadow.close()
        until(lambda: self.summary().records == records, f"{records} results")

    def stop(self) -> None:
        self.engine.stop().result(PATIENCE_S)

    def summary(self):  # type: ignore[no-untyped-def]
        return self.store.shadow.summary(self.candidate)


@pytest.fixture
def bench(tmp_path: Path, no_leftover_threads: None) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_verdicts_come_from_the_live_model_and_what_the_shadow_says_is_kept_beside(bench: Bench) -> None:
    bench.begin()
    bench.inspect(bench.source(), GOOD, FAINT, BAD, GOOD, 240)
    bench.end(5)
    live = [row.verdict for row in bench.store.query().rows][::-1]
    assert live == [OK, OK, NG, OK, GREY]
    found = bench.summary()
    assert found.counts == {(OK, OK): 2, (OK, GREY): 1, (NG, NG): 1, (GREY, NG): 1}
    assert (found.records, found.agree, found.line) == (5, 3, 5)
    assert (found.would_reject, found.would_release, found.would_ask, found.failed) == (1, 0, 1, 0)
    assert {row.model_name for row in bench.store.query().rows} == {"live"}
    first, second = bench.store.shadow.differences(bench.candidate)
    assert (first.verdict, first.result.verdict, second.verdict) == (GREY, NG, OK)
    assert first.result.thresholds == Thresholds(4, 8)
    assert second.score == pytest.approx(5.0, abs=0.01)


def test_a_tile_judged_otherwise_is_kept_with_both_maps_although_its_record_keeps_no_picture(
    bench: Bench,
) -> None:
    bench.begin()
    bench.inspect(bench.source(), FAINT, GOOD)
    bench.end(2)
    (difference,) = bench.store.shadow.differences(bench.candidate)
    number = difference.result.record_id
    assert bench.store.get(number).picture == "never"
    evidence = bench.store.shadow.evidence.get(bench.candidate, number)
    assert evidence is not None
    assert np.array_equal(evidence.pixels, np.full((64, 64), FAINT, np.uint8))
    assert evidence.live.shape == evidence.shadow.shape == (16, 16)
    assert float(evidence.shadow.max()) == pytest.approx(5.0, abs=0.01)
    bench.store.models.remove(bench.candidate, actor="Ada", why="no use")
    assert bench.store.shadow.evidence.get(bench.candidate, number) is None


def test_a_shadow_that_hangs_delays_and_loses_no_record(bench: Bench) -> None:
    hanging = LevelDetector("hangs")
    hanging.gate.clear()
    bench.open_model = lambda path: hanging
    bench.begin()
    source = bench.source()
    source.add(*[GOOD] * 5)
    until(lambda: bench.store.count() == 5, "the first records")
    assert hanging.entered.wait(PATIENCE_S)
    for value in [GOOD] * 20:
        before = bench.store.count()
        source.add(value)
        until(lambda before=before: bench.store.count() == before + 1, "a record beside a hanging shadow")
    bench.stop()
    assert [row.frame_id for row in bench.store.query(limit=100).rows][::-1] == list(range(25))
    assert {row.verdict for row in bench.store.query(limit=100).rows} == {OK}
    assert bench.shadow.snapshot().slow > 0
    hanging.gate.set()


def test_tiles_are_let_go_while_frames_wait_for_the_live_model(bench: Bench) -> None:
    bench.begin()
    source = ScriptedSource([GOOD] * 200)
    bench.engine.start(source, bench.recipe).result(PATIENCE_S)
    assert bench.engine.wait_until_done(PATIENCE_S)
    assert bench.store.count() == 200
    now = bench.shadow.snapshot()
    assert now.busy + now.slow + now.judged <= 200
    assert now.busy + now.slow > 0, "a folder is read as fast as the live model can"


def test_a_shadow_that_fails_on_every_tile_is_ended_and_says_why_while_the_line_goes_on(bench: Bench) -> None:
    broken = LevelDetector("broken")
    broken.failing = lambda value: True
    bench.open_model = lambda path: broken
    bench.begin()
    source = bench.source()
    bench.inspect(source, *[GOOD] * 5)
    until(lambda: bench.shadow.snapshot().state is ShadowState.FAILED, "the end of its patience")
    assert "The device cannot do 120" in bench.shadow.snapshot().reason
    before = bench.store.count()
    source.add(GOOD)
    until(lambda: bench.store.count() == before + 1, "a record")
    bench.end(5)
    assert bench.summary().failed == 5
    assert {row.verdict for row in bench.store.query().rows} == {OK}


def test_one_tile_that_the_shadow_cannot_judge_does_not_end_it(bench: Bench) -> None:
    picky = LevelDetector("picky")
    picky.failing = lambda value: value == FAINT
    bench.open_model = lambda path: picky
    bench.begin()
    bench.inspect(bench.source(), GOOD, FAINT, GOOD)
    assert bench.shadow.snapshot().state is ShadowState.JUDGING
    bench.end(3)
    assert (bench.summary().records, bench.summary().failed) == (3, 1)


def test_a_model_that_cannot_be_opened_says_so_and_the_line_goes_on(bench: Bench) -> None:
    def refuse(path: Path) -> object:
        raise DeviceError("There is no memory for it.")

    bench.open_model = refuse
    bench.begin()
    source = bench.source()
    source.add(GOOD, GOOD)
    until(lambda: bench.store.count() == 2, "records")
    until(lambda: bench.shadow.snapshot().state is ShadowState.FAILED, "the refusal")
    assert "no memory" in bench.shadow.snapshot().reason


def test_a_change_of_the_source_is_survived_and_results_find_their_own_records(bench: Bench) -> None:
    bench.begin()
    bench.inspect(bench.source(), GOOD, GOOD)
    bench.inspect(bench.source(), FAINT)
    bench.end(3)
    (difference,) = bench.store.shadow.differences(bench.candidate)
    # Both runs began with frame 0: only the time tells them apart.
    assert difference.result.record_id == 3
    assert bench.store.get(3).frame_id == 0
    assert bench.summary().records == 3


def test_agreement_adds_up_over_a_restart_of_the_program(bench: Bench) -> None:
    bench.begin()
    bench.inspect(bench.source(), GOOD, FAINT)
    bench.close()
    bench.open()
    assert bench.shadow.snapshot().state is ShadowState.OFF
    bench.shadow.resume()
    assert bench.shadow.snapshot().state is ShadowState.WAITING
    bench.inspect(bench.source(), BAD)
    bench.end(3)
    assert (bench.summary().records, bench.summary().line) == (3, 3)
    (run,) = bench.store.shadow.runs(bench.candidate)
    assert run.ended_at is None


def test_a_promotion_ends_the_shadow_and_not_the_line(bench: Bench) -> None:
    bench.begin()
    source = bench.source()
    bench.inspect(source, GOOD)
    bench.store.models.promote(bench.candidate, "Line 1", actor="Ada", why="better")
    changed = bench.recipe.changed(model=str(bench.store.models.path(bench.candidate)))
    bench.engine.swap_recipe(changed).result(PATIENCE_S)
    source.add(FAINT)
    until(lambda: bench.store.count() == 2, "a record of the new model")
    bench.shadow.resume()
    assert bench.shadow.snapshot().state is ShadowState.OFF
    assert bench.store.models.shadow() is None
    assert bench.store.shadow.current() is None
    assert [row.model_name for row in bench.store.query().rows] == ["strict", "live"]
    bench.end(1)  # a model is no shadow of itself


def test_a_promotion_of_another_program_is_noticed_without_being_told(bench: Bench) -> None:
    bench.begin()
    bench.inspect(bench.source(), GOOD)
    bench.store.models.retire(bench.candidate, actor="Ada")
    until(lambda: bench.shadow.snapshot().state is ShadowState.OFF, "its own look at the registry")


def test_ending_keeps_what_was_found_and_the_audit_log_tells_both(bench: Bench) -> None:
    bench.begin()
    bench.inspect(bench.source(), GOOD)
    bench.shadow.end(actor="Bob")
    assert bench.shadow.snapshot().state is ShadowState.OFF
    bench.end(1)
    assert bench.store.models.get(bench.candidate).state == "candidate"
    said = [(entry.action, entry.actor) for entry in bench.store.audit.entries()][:2]
    assert said == [("shadow mode off", "Bob"), ("shadow mode on", "Ada")]


def test_thresholds_of_the_recipe_that_changed_hold_the_shadow_until_they_are_back(bench: Bench) -> None:
    bench.recipe = bench.recipe.changed(t1=6.0, t2=9.0)
    with pytest.raises(RecipeError, match="Compare the two models again"):
        bench.begin()
    assert bench.store.shadow.current() is None
    bench.begin(ShadowTerms(Limits(6.0, 9.0), Limits(4.5, 4.75)))
    source = bench.source()
    bench.inspect(source, FAINT)
    other = bench.recipe.changed(t1=7.0)
    bench.engine.swap_recipe(other).result(PATIENCE_S)
    source.add(GOOD)
    until(lambda: bench.shadow.snapshot().state is ShadowState.HELD, "the question")
    assert "Line 1" in bench.shadow.snapshot().reason
    bench.engine.swap_recipe(bench.recipe).result(PATIENCE_S)
    source.add(GOOD)
    until(lambda: bench.shadow.snapshot().state is ShadowState.JUDGING, "the return")
    bench.end(2)
    assert bench.summary().counts == {(OK, NG): 1, (OK, OK): 1}


def test_a_shadow_whose_file_is_gone_says_so_at_the_next_start(bench: Bench) -> None:
    bench.begin()
    bench.close()
    (bench.folder / "store" / "models" / f"{bench.candidate}.bsdrd").unlink()
    bench.open()
    bench.shadow.resume()
    now = bench.shadow.snapshot()
    assert now.state is ShadowState.FAILED
    assert "not in the store" in now.reason
    source = bench.source()
    source.add(GOOD)
    until(lambda: bench.store.count() == 1, "a record")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_kill_9_in_shadow_mode_leaves_whole_records_and_a_shadow_that_goes_on(tmp_path: Path) -> None:
    live = model(tmp_path / "live.bsdrd", 6, 9, "live")
    strict = model(tmp_path / "strict.bsdrd", 4, 8, "strict")
    arguments = [sys.executable, "-m", "tests.line.killed_shadow", str(tmp_path / "store"), live, strict]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    records, judged = (int(word) for word in told.split())
    assert records >= judged >= 10
    with RecordStore.open(tmp_path / "store") as store:
        shadow = store.models.shadow()
        assert shadow is not None
        assert store.shadow.current() is not None
        assert store.count() >= records
        found = store.shadow.summary(shadow.sha256)
        assert found.records >= judged
        assert found.records <= found.line
        frames = [row.frame_id for row in store.query(limit=100_000).rows]
        assert sorted(frames) == list(range(len(frames)))
        assert store.audit.verify().intact


def test_frames_that_show_nothing_are_no_business_of_the_shadow(bench: Bench) -> None:
    bench.begin()
    source = bench.source()
    source.add("failed")
    until(lambda: bench.store.count() == 1, "the record of a damaged picture")
    bench.inspect(source, GOOD)
    bench.end(1)
    assert (bench.summary().records, bench.summary().line) == (1, 1)
