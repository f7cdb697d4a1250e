"""A training stands still while the line inspects, and never for longer: real processes, really suspended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from tests.line.killed_give_way import TRAINING
from tests.line.line_doubles import PATIENCE_S, RECIPE, LevelDetector, ListStore, ScriptedSource

from tilesight.line.engine import Engine, EngineOptions
from tilesight.line.give_way import GiveWay
from tilesight.line.news import DetectorState
from tilesight.line.training import job as job_module
from tilesight.line.training.child import TrainingRun, give_way_again
from tilesight.line.training.choosing import Cancelled, TileChoice, TileSet, gather
from tilesight.line.training.job import JobBook, JobFolder, JobSettings, Status
from tilesight.line.training.pace import measure_pace

posix = pytest.mark.skipif(sys.platform == "win32", reason="no guard and no kill -9 there")


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"did not come: {what}"
        time.sleep(0.01)


def stands_still(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_STOPPED


def works(process: psutil.Process) -> bool:
    return process.status() in (psutil.STATUS_RUNNING, psutil.STATUS_SLEEPING, psutil.STATUS_DISK_SLEEP)


def until_still(process: psutil.Process) -> None:
    until(lambda: stands_still(process), "it stands still")


def until_working(process: psutil.Process) -> None:
    until(lambda: works(process), "it goes on")


def guards_of(program: psutil.Process) -> list[psutil.Process]:
    return [one for one in program.children() if "tilesight-guard" in one.cmdline()]


@pytest.fixture
def give_way() -> Iterator[GiveWay]:
    made = GiveWay()
    yield made
    made.close()
    assert not guards_of(psutil.Process()), "no guard is left over"


@pytest.fixture
def process() -> Iterator[psutil.Process]:
    with subprocess.Popen([sys.executable, "-c", "import time\nwhile True: time.sleep(0.01)"]) as child:
        yield psutil.Process(child.pid)
        child.kill()


@pytest.fixture
def tiles(tmp_path: Path) -> TileSet:
    folder = tmp_path / "good tiles"
    folder.mkdir()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        cv2.imwrite(str(folder / f"tile {seed:02d}.png"), rng.integers(90, 140, (72, 80)).astype(np.uint8))
    return gather(None, TileChoice(None, (folder,)))


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small Python program instead of bsdrd; everything around it is real."""
    monkeypatch.setattr(job_module, "program", lambda: [sys.executable, "-c", TRAINING])


def a_job(folder: Path, tiles: TileSet, **settings: object) -> JobFolder:
    values = {"mode": "scratch", "teacher": "efficientnet_lite0", "steps": 40, "batch_size": 4, **settings}
    return JobBook(folder / "store").create(tiles, JobSettings.model_validate(values), name="new light")


def begun(run: TrainingRun) -> psutil.Process:
    """Starts a training and waits for its first word."""
    run.start()
    until(lambda: run.poll() and run.state.phase == "training", "its first word")
    return psutil.Process(run.folder.state().pid)


def until_ended(run: TrainingRun) -> None:
    until(lambda: not (run.poll() or run.running), "the end of the training")


# Standing still and going on


def test_a_process_stands_still_during_an_inspection_and_goes_on_after_it(give_way, process):
    give_way.add(process)
    for _ in range(3):
        ticket = give_way.begin()
        until_still(process)
        give_way.end(ticket)
        until_working(process)


def test_it_goes_on_after_the_last_of_several_inspections_and_an_end_counts_once(give_way, process):
    give_way.add(process)
    first, second = give_way.begin(), give_way.begin()
    until_still(process)
    give_way.end(first)
    give_way.end(first)
    assert stands_still(process)
    give_way.end(second)
    until_working(process)


def test_it_goes_on_when_it_is_removed_or_the_program_closes_and_is_left_alone_then(give_way, process):
    for leave in (lambda: give_way.remove(process.pid), give_way.close):
        give_way.add(process)
        ticket = give_way.begin()
        until_still(process)
        leave()
        until_working(process)
        give_way.end(ticket)
        give_way.end(give_way.begin())
        assert works(process)
    give_way.add(process)
    give_way.begin()
    assert works(process), "nothing is suspended any more once it is closed"


def test_a_process_that_was_left_suspended_goes_on_when_it_is_found_also_during_an_inspection(
    give_way, process
):
    process.suspend()
    until_still(process)
    give_way.add(process)
    until_working(process)
    give_way.remove(process.pid)
    process.suspend()
    ticket = give_way.begin()
    give_way.add(process)
    until_still(process)
    give_way.end(ticket)
    until_working(process)


def test_a_process_that_is_killed_while_it_stands_still_is_forgotten(give_way, process):
    give_way.add(process)
    ticket = give_way.begin()
    process.kill()
    process.wait()
    give_way.end(ticket)
    assert not guards_of(psutil.Process())
    give_way.end(give_way.begin())
    give_way.add(process)
    assert give_way.held_share == 0.0


def test_how_long_it_stood_still_is_known(give_way, process):
    assert give_way.held_share == 0.0
    give_way.add(process)
    assert give_way.held_share == 0.0
    ticket = give_way.begin()
    until(lambda: give_way.held_share > 0.5, "more than half of the time")
    give_way.end(ticket)
    until(lambda: 0.0 < give_way.held_share < 0.5, "less than half of the time")
    give_way.remove(process.pid)
    assert give_way.held_share == 0.0


# The end of the program


@posix
def test_a_guard_that_was_killed_is_replaced_after_the_inspection(give_way, process):
    give_way.add(process)
    (guard,) = guards_of(psutil.Process())
    guard.kill()
    until(lambda: guard.status() == psutil.STATUS_ZOMBIE, "the end of the guard")
    give_way.end(give_way.begin())
    (another,) = guards_of(psutil.Process())
    assert another != guard


def program(store: Path, *what: str) -> tuple[subprocess.Popen[str], psutil.Process]:
    """A real program in the middle of an inspection, and its training, which stands still."""
    command = [sys.executable, "-m", "tests.line.killed_give_way", str(store), *what]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    training = psutil.Process(int(started.stdout.readline()))
    until_still(training)
    return started, training


def kill(started: subprocess.Popen[str]) -> None:
    started.kill()
    started.communicate()


@posix
def test_a_training_goes_on_when_the_program_is_killed_whether_it_started_or_found_it(tmp_path, tiles):
    folder = tmp_path / "store"
    first, training = program(folder, "start", str(tmp_path / "good tiles"))
    kill(first)
    until_working(training)
    second, found = program(folder, "find")
    assert found == training
    kill(second)
    until_working(training)
    newest = JobBook(folder).newest()
    assert newest is not None
    run = TrainingRun(newest)
    assert run.running
    run.pause()
    until_ended(run)
    assert run.status is Status.PAUSED, "it has heard of nothing but the request"


@posix
def test_the_next_start_continues_a_training_whose_guard_was_killed_with_the_program(tmp_path, give_way):
    folder = tmp_path / "store"
    pictures = tmp_path / "good tiles"
    pictures.mkdir()
    for seed in range(12):
        cv2.imwrite(str(pictures / f"{seed}.png"), np.full((72, 80), 100 + seed, np.uint8))
    first, training = program(folder, "start", str(pictures))
    for guard in guards_of(psutil.Process(first.pid)):
        guard.kill()
        until(lambda gone=guard: gone.status() == psutil.STATUS_ZOMBIE, "the end of the guard")
    kill(first)
    assert stands_still(training)
    give_way_again(folder, give_way)
    until_working(training)
    ticket = give_way.begin()
    until_still(training)
    give_way.end(ticket)
    training.kill()


def test_a_program_without_a_training_that_runs_has_nothing_to_continue(tmp_path, tiles, give_way):
    give_way_again(tmp_path / "store", give_way)
    a_job(tmp_path, tiles)
    give_way_again(tmp_path / "store", give_way)
    assert not guards_of(psutil.Process())


# A training


def test_a_training_that_stands_still_is_not_taken_for_dead_and_can_be_given_up(
    tmp_path, tiles, give_way, stand_in
):
    run = TrainingRun(a_job(tmp_path, tiles), give_way)
    process = begun(run)
    give_way.begin()
    until_still(process)
    run.poll()
    assert run.running
    assert TrainingRun(run.folder).running
    run.cancel()
    until_ended(run)
    assert run.status is Status.CANCELLED


@posix
def test_a_training_that_is_killed_while_it_stands_still_has_failed(tmp_path, tiles, give_way, stand_in):
    run = TrainingRun(a_job(tmp_path, tiles), give_way)
    process = begun(run)
    give_way.begin()
    until_still(process)
    os.kill(process.pid, signal.SIGKILL)
    until_ended(run)
    assert run.status is Status.FAILED
    assert run.state.failure is not None
    assert "killed" in run.state.failure.what


def test_a_training_that_wants_no_low_priority_does_not_give_way(tmp_path, tiles, give_way, stand_in):
    run = TrainingRun(a_job(tmp_path, tiles, low_priority=False), give_way)
    process = begun(run)
    give_way_again(tmp_path / "store", give_way)
    give_way.begin()
    assert works(process)
    run.cancel()
    until_ended(run)


def test_a_real_training_that_stands_still_writes_its_checkpoint_when_it_is_paused(tmp_path, tiles, give_way):
    run = TrainingRun(a_job(tmp_path, tiles, steps=400), give_way)
    run.start()
    until(lambda: run.poll() and run.state.done >= 1, "the first step")
    process = psutil.Process(run.folder.state().pid)
    give_way.begin()  # and this inspection does not end
    until_still(process)
    run.pause()
    until_ended(run)
    assert run.status is Status.PAUSED
    assert 1 <= run.state.checkpoint_step < 400
    assert run.folder.can_resume


def test_a_probe_that_measures_the_time_gives_way_too(tiles, give_way, stand_in):
    seen: list[psutil.Process] = []

    def progress(done: int, of: int) -> None:
        (probe,) = (one for one in psutil.Process().children() if TRAINING in one.cmdline())
        ticket = give_way.begin()
        until_still(probe)
        give_way.end(ticket)
        until_working(probe)
        seen.append(probe)
        raise Cancelled

    with pytest.raises(Cancelled):
        measure_pace(tiles, JobSettings(mode="scratch"), None, progress, give_way)
    assert not seen[0].is_running()


# The line


@pytest.fixture
def detector() -> LevelDetector:
    made = LevelDetector()
    made.gate.clear()
    return made


def engine_with(give_way: GiveWay, detector: LevelDetector, folder: Path, limit_s: float) -> Engine:
    options = EngineOptions(limit_s=limit_s, drain_s=0.3, end_s=2.0)
    return Engine(
        ListStore(folder), options=options, open_detector=lambda recipe: detector, give_way=give_way
    )


def test_the_line_holds_a_process_from_the_frame_to_its_verdict(tmp_path, give_way, process, detector):
    give_way.add(process)
    engine = engine_with(give_way, detector, tmp_path, PATIENCE_S)
    engine.start(ScriptedSource([50]), RECIPE).result(PATIENCE_S)
    assert detector.entered.wait(PATIENCE_S)
    assert stands_still(process)
    detector.gate.set()
    assert engine.wait_until_done(PATIENCE_S)
    until_working(process)
    engine.close()


def test_a_detector_that_hangs_does_not_hold_a_process_for_ever(tmp_path, give_way, process, detector):
    give_way.add(process)
    engine = engine_with(give_way, detector, tmp_path, 0.05)
    engine.start(ScriptedSource([50]), RECIPE).result(PATIENCE_S)
    assert detector.entered.wait(PATIENCE_S)
    until(lambda: engine.snapshot().detector_state is DetectorState.STUCK, "the detector is given up")
    until_working(process)
    detector.gate.set()
    engine.close()
