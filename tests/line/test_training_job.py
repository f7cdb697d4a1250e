"""A training job: which tiles it takes, what it keeps on the disk, and how it outlives pause and kill."""

import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.line.tiny_model import write_tiny_model

from bsdrd.bundle import read_bundle
from bsdrd.data.layouts import load_dataset
from bsdrd.errors import DataError, TrainingError
from bsdrd.result import Thresholds, Verdict
from tilesight.line.training import job as job_module
from tilesight.line.training.child import TrainingRun
from tilesight.line.training.choosing import GOOD_LABELS, TileChoice, TileSet, gather
from tilesight.line.training.job import JobBook, JobFolder, JobSettings, Status
from tilesight.store.errors import StoreUnavailable
from tilesight.store.filters import RecordFilter
from tilesight.store.images import RetentionRule
from tilesight.store.records import RecordStore
from tilesight.store.types import LabelKind, NewRecord

PATIENCE_S = 120.0


def tile(seed: int, height: int = 72, width: int = 80, level: int = 110) -> np.ndarray:
    rng = np.random.default_rng(seed)
    streaks = rng.normal(0, 12, (1, width)).repeat(height, axis=0)
    return np.clip(level + streaks + rng.normal(0, 5, streaks.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "good tiles"
    made.mkdir()
    for seed in range(12):
        cv2.imwrite(str(made / f"tile {seed:02d}.png"), tile(seed))
    return made


@pytest.fixture
def store(tmp_path: Path):
    with RecordStore.open(tmp_path / "store") as made:
        yield made


def record(pixels: np.ndarray, number: int, **values) -> NewRecord:
    now = datetime(2026, 11, 2, 8, 0, number, tzinfo=UTC)
    rest = {"verdict": Verdict.NG, "score": 9.0, "thresholds": Thresholds(5, 7), **values}
    return NewRecord(
        captured_at=now,
        inspected_at=now,
        source="camera",
        frame_id=number,
        name=f"frame {number}",
        pixels=pixels,
        **rest,
    )


KEEP = RetentionRule("all", "none", None)
CONFIRMED = RecordFilter(labels=GOOD_LABELS)


# Which tiles


def test_only_records_that_a_person_called_good_are_taken_and_those_of_one_serial_are_one_tile(store):
    ids = store.add([record(tile(n), n, serial=f"S{n // 2}", lot="L1") for n in range(6)], KEEP)
    store.labels.label("Ada", ids[:2], LabelKind.GOOD)
    store.labels.label("Ada", ids[2:4], LabelKind.FALSE_ALARM)
    store.labels.label("Ada", ids[4:5], LabelKind.DEFECT)
    chosen = gather(store, TileChoice(CONFIRMED))
    assert {one.record_id for one in chosen.tiles} == set(ids[:4])
    assert chosen.groups == 2
    assert not gather(store, TileChoice(RecordFilter(labels=GOOD_LABELS, lot="L2"))).tiles


def test_records_chosen_one_by_one_are_taken_too_each_once_and_never_a_known_defect(store):
    ids = store.add([record(tile(n), n) for n in range(6)], KEEP)
    store.labels.label("Ada", ids[:2], LabelKind.GOOD)
    store.labels.label("Ada", ids[5:], LabelKind.DEFECT)
    chosen = gather(store, TileChoice(CONFIRMED, record_ids=tuple(ids[1:])))
    assert [one.record_id for one in chosen.tiles] == ids[:5]
    assert len(gather(store, TileChoice(record_ids=tuple(ids))).tiles) == 5


def test_a_picture_counts_once_wherever_it_comes_from_and_pulls_its_views_into_one_tile(store, tmp_path):
    views = tmp_path / "views"
    views.mkdir()
    for name, seed in (("a_exp1", 0), ("a_exp2", 1), ("b_exp1", 2), ("b_exp2", 3)):
        cv2.imwrite(str(views / f"{name}.bmp"), tile(seed))
    ids = store.add([record(tile(0), 0, serial="S0"), record(tile(9), 1, serial="S0")], KEEP)
    store.labels.label("Ada", ids, LabelKind.GOOD)
    chosen = gather(store, TileChoice(CONFIRMED, (views, views)))
    assert (len(chosen.tiles), chosen.copies) == (5, 1)
    groups = {one.name: one.group for one in chosen.tiles}
    assert groups["frame 0"] == groups["frame 1"] == groups["a_exp2.bmp"]
    assert groups["b_exp1.bmp"] == groups["b_exp2.bmp"] != groups["frame 0"]


def test_a_record_whose_picture_was_not_kept_is_learnt_from_the_unchanged_file_it_came_from(store, folder):
    files = [folder / "tile 00.png", folder / "tile 01.png"]
    ids = store.add(
        [
            record(tile(n), n, path=str(file), file_sha256=hashlib.sha256(file.read_bytes()).hexdigest())
            for n, file in enumerate(files)
        ],
        RetentionRule("none", "none", None),
    )
    store.labels.label("Ada", ids, LabelKind.GOOD)
    cv2.imwrite(str(files[1]), tile(99))  # another picture under the name of before
    chosen = gather(store, TileChoice(CONFIRMED))
    assert [(one.record_id, one.path) for one in chosen.tiles] == [(ids[0], files[0])]
    assert chosen.without_picture == 1


def test_a_store_that_cannot_be_read_is_told_and_not_taken_for_missing_pictures(store, monkeypatch):
    ids = store.add([record(tile(0), 0)], RetentionRule("none", "none", None))
    store.labels.label("Ada", ids, LabelKind.GOOD)

    def away(number: int) -> None:
        raise StoreUnavailable("The store is away.")

    monkeypatch.setattr(store, "get", away)
    with pytest.raises(StoreUnavailable, match="away"):
        gather(store, TileChoice(CONFIRMED))


def test_pictures_that_were_not_kept_or_cannot_be_read_are_counted_and_told(store, folder):
    ids = store.add([record(tile(20), 0)], RetentionRule("none", "none", None))
    store.labels.label("Ada", ids, LabelKind.GOOD)
    (folder / "broken.png").write_text("no picture")
    chosen = gather(store, TileChoice(CONFIRMED, (folder,)))
    assert (len(chosen.tiles), chosen.without_picture, len(chosen.bad)) == (12, 1, 1)
    said = " ".join(chosen.notes)
    assert "broken.png" in said
    assert "1 record matches but its picture is not kept" in said
    assert "88 more pictures and 18 more different tiles" in said


def test_mixed_sizes_and_exposure_are_told_and_too_few_say_how_many_more(tmp_path):
    few = tmp_path / "few"
    few.mkdir()
    for seed in range(3):
        cv2.imwrite(str(few / f"{seed}.png"), tile(seed))
    chosen = gather(None, TileChoice(None, (few,)))
    assert not chosen.trainable
    assert "1 more picture of a good tile is needed" in chosen.notes[0]
    for seed in range(3, 8):
        cv2.imwrite(str(few / f"{seed}.png"), tile(seed, height=90, level=220))
    chosen = gather(None, TileChoice(None, (few,)))
    assert chosen.trainable
    said = " ".join(chosen.notes)
    assert "Mixed sizes: 5 of 8 pictures have 80 x 90 px" in said
    assert "Exposure differs widely" in said


def test_tiles_of_a_test_split_and_defective_ones_are_not_trained_on(tmp_path):
    for name, count in (("train/good", 5), ("test/good", 3), ("test/crack", 2)):
        place = tmp_path / "set" / name
        place.mkdir(parents=True)
        for seed in range(count):
            cv2.imwrite(str(place / f"{name.replace('/', '_')}_{seed}.png"), tile(100 * count + seed))
    chosen = gather(None, TileChoice(None, (tmp_path / "set",)))
    assert len(chosen.tiles) == 5
    assert all("train" in one.path.parts for one in chosen.tiles)


# What is kept on the disk


def make_job(store_folder: Path, chosen: TileSet, **values) -> JobFolder:
    settings = {"mode": "scratch", "teacher": "efficientnet_lite0", "steps": 40, "batch_size": 4, **values}
    parent = settings.pop("parent", None)
    return JobBook(store_folder).create(
        chosen, JobSettings(**settings), name="new light", recipe="Line 1", parent=parent, actor="Ada"
    )


def test_the_manifest_of_a_job_is_a_data_set_with_the_same_groups(store, folder):
    ids = store.add([record(tile(30 + n), n, serial="S1") for n in range(2)], KEEP)
    store.labels.label("Ada", ids, LabelKind.GOOD)
    chosen = gather(store, TileChoice(CONFIRMED, (folder,)))
    made = make_job(store.folder, chosen)
    dataset = load_dataset(made.manifest)
    assert sorted(t.group for t in dataset.tiles) == sorted(t.group for t in chosen.tiles)
    assert all(t.is_good for t in dataset.tiles)
    made.verify()
    assert JobBook(store.folder).newest().job() == made.job()


def test_a_job_keeps_pictures_that_the_store_removes_later(store):
    ids = store.add([record(tile(n), n, serial=f"S{n}") for n in range(4)], KEEP)
    made = make_job(store.folder, gather(store, TileChoice(RecordFilter())))
    for number in ids:
        store.files.path(number, "picture").unlink()
    made.verify()


def test_a_picture_that_changed_since_it_was_chosen_stops_the_start_and_is_named(store, folder):
    made = make_job(store.folder, gather(None, TileChoice(None, (folder,))))
    cv2.imwrite(str(folder / "tile 03.png"), tile(99))
    (folder / "tile 04.png").unlink()
    run = TrainingRun(made)
    with pytest.raises(DataError, match=r"tile 03\.png was changed.*tile 04\.png is missing"):
        run.start()
    assert run.status is Status.READY


def test_too_few_tiles_or_no_model_to_start_from_make_no_job(store, folder):
    chosen = gather(None, TileChoice(None, (folder,)))
    with pytest.raises(DataError, match="Too few"):
        make_job(store.folder, TileSet(chosen.tiles[:2], notes=("Too few: 2 more are needed.",)))
    with pytest.raises(TrainingError, match="no model to start from"):
        make_job(store.folder, chosen, mode="warm")
    assert JobBook(store.folder).newest() is None


def test_the_command_says_what_was_asked_for(store, folder, tmp_path):
    chosen = gather(None, TileChoice(None, (folder,)))
    live = write_tiny_model(tmp_path / "live.bsdrd")
    warm = make_job(store.folder, chosen, mode="warm", parent=live, preset="fast", threads=2)
    live.unlink()  # the job has its own copy
    command = warm.command(resume=True)
    assert command[command.index("--from") + 1] == warm.job().parent
    assert Path(warm.job().parent).is_file()
    assert command[command.index("--preset") + 1] == "fast"
    assert command[command.index("--resume") + 1] == str(warm.checkpoint)
    assert {"--low-priority", "--skip-bad", "--json"} <= set(command)
    assert "--teacher" not in command
    assert "--resume" not in warm.command(resume=False)


# The process


def wait_until(run: TrainingRun, true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        run.poll()
        assert time.monotonic() < end, (run.status, run.state.log, run.state.failure)
        time.sleep(0.02)


def stands_in(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Starts a small Python program instead of bsdrd; everything around it is real."""
    monkeypatch.setattr(job_module, "program", lambda: [sys.executable, "-c", script])


@pytest.fixture
def job(store, folder) -> JobFolder:
    return make_job(store.folder, gather(None, TileChoice(None, (folder,))))


def test_what_refuses_to_train_is_told_in_its_own_words(job, monkeypatch):
    error = {
        "event": "error",
        "what": "The disk is full.",
        "kept": "The checkpoint.",
        "do_next": "Free room.",
    }
    lines = "\n".join([json.dumps(error), json.dumps({"event": "summary", "exit_code": 3, "error": "x"})])
    stands_in(monkeypatch, f"import sys; print({lines!r}); sys.exit(3)")
    run = TrainingRun(job)
    run.start()
    wait_until(run, lambda: not run.running)
    assert run.status is Status.FAILED
    assert run.state.failure is not None
    assert (run.state.failure.what, run.state.failure.do_next) == ("The disk is full.", "Free room.")
    assert TrainingRun(job).state.failure == run.state.failure
    assert run.can_start


def test_a_process_that_dies_without_a_word_leaves_its_last_line_as_the_reason(job, monkeypatch):
    stands_in(monkeypatch, "raise RuntimeError('no such instruction')")
    run = TrainingRun(job)
    run.start()
    wait_until(run, lambda: not run.running)
    assert run.state.failure is not None
    assert "no such instruction" in run.state.failure.what
    assert "Resume begins again" in run.state.failure.do_next


def test_a_program_that_restarts_follows_the_process_that_it_left_behind(job, monkeypatch):
    step = {"event": "step", "step": 1, "steps": 9, "loss": 2.0, "losses": {}, "learning_rate": 1e-3}
    stands_in(monkeypatch, f"print({json.dumps(step)!r}); import time; time.sleep(600)")
    first = TrainingRun(job)
    first.start()
    wait_until(first, lambda: first.state.done == 1)
    second = TrainingRun(job)
    assert second.running
    assert second.state.done == 1
    assert not second.can_start
    second.cancel()
    first.cancel()
    wait_until(first, lambda: not first.running)
    assert first.status is Status.CANCELLED
    assert not TrainingRun(job).can_start
    assert job.job().name == "new light"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_real_training_is_paused_resumed_killed_and_goes_on_to_a_model(store, folder):
    job = make_job(store.folder, gather(None, TileChoice(None, (folder,))), steps=6)
    run = TrainingRun(job)
    run.start()
    wait_until(run, lambda: run.state.done >= 1)
    run.pause()
    wait_until(run, lambda: not run.running)
    assert run.status is Status.PAUSED
    paused_at = run.state.checkpoint_step
    assert 1 <= paused_at < 6
    assert job.can_resume

    run.start()
    wait_until(run, lambda: run.state.phase == "training" and run.state.exit_code is None)
    os.kill(job.state().pid, signal.SIGKILL)
    wait_until(run, lambda: not run.running)
    assert run.status is Status.FAILED
    assert run.state.failure is not None
    assert "killed" in run.state.failure.what
    assert job.can_resume

    again = TrainingRun(job)  # as a program that starts anew
    again.start()
    wait_until(again, lambda: not again.running)
    assert again.status is Status.FINISHED
    assert [point.step for point in again.state.points] == list(range(1, 7))
    assert read_bundle(job.model).sha256 == again.state.model_sha256 == job.state().model_sha256
    assert again.state.samples[-1][1][0].is_file()
    assert len(again.state.points[-1].losses) == 7
    assert not job.can_resume
