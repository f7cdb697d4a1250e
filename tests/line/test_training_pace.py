"""How long a training takes: measured by a real process, remembered, and counted up for each preset."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from bsdrd.errors import TrainingError
from bsdrd.model import teachers
from bsdrd.training.loop import teacher_learning_rate
from bsdrd.training.settings import HEAD_WIDTHS, TrainSettings, preset
from tilesight.line.training import pace
from tilesight.line.training.choosing import Cancelled, TileChoice, TileSet, gather
from tilesight.line.training.job import JobSettings
from tilesight.line.training.pace import Pace, PaceBook, expected_seconds, measure_pace

HERE = Pace(
    start=10, adapted=4, step=2, look=3, tile=0.1, end=20, measured_at=datetime(2026, 11, 2, tzinfo=UTC)
)
SETTINGS = JobSettings(mode="scratch", teacher="efficientnet_lite0", batch_size=2)


@pytest.fixture
def tiles(tmp_path: Path) -> TileSet:
    folder = tmp_path / "good"
    folder.mkdir()
    for seed in range(14):
        rng = np.random.default_rng(seed)
        streaks = rng.normal(0, 12, (1, 80)).repeat(72, axis=0)
        pixels = np.clip(110 + streaks + rng.normal(0, 5, streaks.shape), 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"t{seed:02d}.png"), pixels)
    return gather(None, TileChoice(None, (folder,)))


def test_presets_and_teachers_are_those_of_the_trainer():
    for mode, warm in (("scratch", False), ("warm", True)):
        for name, steps in pace.STEPS[mode].items():
            assert preset(name, warm=warm).steps == steps
    usual = TrainSettings()
    assert (usual.every, usual.batch_size, usual.adapt_share) == (
        pace._EVERY,
        pace._BATCH,
        pace._ADAPT_SHARE,
    )
    assert set(HEAD_WIDTHS) == pace.OTHER_NETWORK
    assert set(pace.TEACHERS) == set(teachers.TEACHERS)
    assert next(iter(pace.TEACHERS)) == teachers.DEFAULT_TEACHER
    assert {name for name, here in pace.TEACHERS.items() if here} == {
        name for name, entry in teachers.TEACHERS.items() if entry.package
    }


def test_the_parts_of_a_training_are_counted_up(tiles):
    # 150 steps, two looks, 0.15 * (14 + 6) held-out pictures
    warm = JobSettings(mode="warm", steps=150)
    assert expected_seconds(HERE, warm, tiles, old=6) == pytest.approx(10 + 300 + 6 + 0.3 + 20)
    # 101 steps, of which 71 adapt the teacher too; two looks
    scratch = JobSettings(mode="scratch", steps=101)
    assert expected_seconds(HERE, scratch, tiles) == pytest.approx(10 + 71 * 4 + 30 * 2 + 6 + 0.21 + 20)


@pytest.mark.parametrize("steps", [1, 7, 100, 101, 800])
def test_as_many_steps_are_taken_for_adapted_as_the_trainer_adapts(steps):
    for mode in ("scratch", "warm"):
        settings = preset("balanced", warm=mode == "warm", steps=steps)
        slow = sum(settings.adapt * teacher_learning_rate(settings, step) > 0 for step in range(steps))
        assert pace._adapted(JobSettings(mode=mode), steps) == slow


def test_adapted_and_frozen_steps_of_a_probe_are_told_apart():
    def event(at, kind, **more):
        return pace._Heard(at, {"event": kind, **more})

    # Begun at 0, the first step done at 15; of two tiles each, 5 and 4.5 s, four of 4 s, then two of 2 s.
    # Each is heard of a moment late, and at other moments than it ended.
    ends = [5, 9.5, 13.5, 17.5, 21.5, 25.5, 27.5, 29.5]
    steps = [
        event(15 + number * 2.5, "step", images_per_second=2 * (number + 1) / end)
        for number, end in enumerate(ends)
    ]
    assert len(steps) == pace._PROBE_STEPS["scratch"]
    rest = [
        event(35.5, "checkpoint"),
        event(36, "phase", phase="thresholds"),
        event(37.5, "phase", phase="export"),
        event(47.5, "summary"),
    ]
    found = pace._pace_of([event(0, "begun"), *steps, *rest], 2, pace._adapted(SETTINGS, 8))
    assert (found.start, found.adapted, found.step) == pytest.approx((11, 4, 2))
    assert (found.look, found.tile, found.end) == (3, 2, 10)
    # A warm start adapts nothing: all steps are alike.
    warm = pace._pace_of([event(0, "begun"), *steps[:4], *rest], 2, 0)
    assert (warm.adapted, warm.step) == pytest.approx((4, 4))


@pytest.mark.parametrize(("there", "batch", "learnt"), [(200, 8, 16), (15, 8, 8), (6, 8, 6), (20, 2, 4)])
def test_a_probe_learns_from_full_batches(there, batch, learnt):
    assert pace._train_tiles(there, batch) == learnt


def test_what_a_training_from_scratch_takes_tells_of_a_warm_start_too(tiles, tmp_path):
    book, warm = PaceBook(tmp_path), SETTINGS.model_copy(update={"mode": "warm"})
    book.keep(warm, tiles, "efficientnet_lite0", HERE)
    assert book.find(warm, tiles, "efficientnet_lite0") == HERE
    assert book.find(SETTINGS, tiles, "efficientnet_lite0") is None
    other = HERE.model_copy(update={"start": 99.0})
    book.keep(SETTINGS, tiles, "efficientnet_lite2", other)
    assert book.find(warm, tiles, "efficientnet_lite2") == other


def test_a_pace_is_known_again_for_like_tiles_only(tiles, tmp_path):
    book = PaceBook(tmp_path)
    book.keep(SETTINGS, tiles, "efficientnet_lite0", HERE)
    assert PaceBook(tmp_path).find(SETTINGS, tiles, "efficientnet_lite0") == HERE
    assert book.find(SETTINGS, tiles, "efficientnet_lite2") is None
    assert book.find(SETTINGS.model_copy(update={"threads": 7}), tiles, "efficientnet_lite0") is None
    (tmp_path / "training" / "pace.json").write_text("{")
    assert book.find(SETTINGS, tiles, "efficientnet_lite0") is None


def test_a_preset_with_a_network_of_its_own_is_measured_with_it_and_known_apart(tiles, tmp_path):
    book, best = PaceBook(tmp_path), SETTINGS.model_copy(update={"preset": "best"})
    book.keep(SETTINGS, tiles, "efficientnet_lite0", HERE)
    assert book.find(best, tiles, "efficientnet_lite0") is None
    warm = best.model_copy(update={"mode": "warm"})
    assert book.find(warm, tiles, "efficientnet_lite0") == HERE, "a warm start keeps the network of its model"
    command = pace._command(tmp_path, tiles.tiles, best, 8, None)
    assert command[command.index("--preset") + 1] == "best"
    assert "--preset" not in pace._command(tmp_path, tiles.tiles, warm, 4, tmp_path / "live.bsdrd")


def test_a_probe_is_a_real_training_that_leaves_nothing_behind(tiles, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    told: list[tuple[int, int]] = []
    found = measure_pace(tiles, SETTINGS, None, lambda done, of: told.append((done, of)))
    assert min(found.start, found.adapted, found.step, found.look, found.tile, found.end) > 0
    assert told[-1][0] <= told[-1][1]
    assert not list(tmp_path.glob("tilesight-pace-*"))


def test_a_probe_that_nobody_wants_any_more_ends_its_process(tiles):
    def stop(done: int, of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        measure_pace(tiles, SETTINGS, None, stop)


def test_a_probe_that_is_refused_says_why(tiles, tmp_path):
    with pytest.raises(TrainingError, match="model file"):
        measure_pace(tiles, JobSettings(mode="warm"), tmp_path / "nothing.bsdrd")
