"""How long a training takes: measured by a real process, remembered, and counted up for each preset."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from bsdrd.errors import TrainingError
from bsdrd.model import teachers
from bsdrd.training.settings import TrainSettings, preset
from tilesight.line.training import pace
from tilesight.line.training.choosing import Cancelled, TileChoice, TileSet, gather
from tilesight.line.training.job import JobSettings
from tilesight.line.training.pace import Pace, PaceBook, expected_seconds, measure_pace

HERE = Pace(start=10, step=2, look=3, tile=0.1, end=20, measured_at=datetime(2026, 11, 2, tzinfo=UTC))
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
    assert (usual.every, usual.batch_size) == (pace._EVERY, pace._BATCH)
    assert set(pace.TEACHERS) == set(teachers.TEACHERS)
    assert next(iter(pace.TEACHERS)) == teachers.DEFAULT_TEACHER
    assert {name for name, here in pace.TEACHERS.items() if here} == {
        name for name, entry in teachers.TEACHERS.items() if entry.package
    }


def test_the_parts_of_a_training_are_counted_up(tiles):
    # 150 steps, two looks, 0.15 * (14 + 6) held-out pictures
    warm = JobSettings(mode="warm", steps=150)
    assert expected_seconds(HERE, warm, tiles, old=6) == pytest.approx(10 + 300 + 6 + 0.3 + 20)
    assert expected_seconds(HERE, JobSettings(mode="scratch", steps=1), tiles) == pytest.approx(35.21)


def test_a_pace_is_known_again_for_like_tiles_only(tiles, tmp_path):
    book = PaceBook(tmp_path)
    book.keep(SETTINGS, tiles, "efficientnet_lite0", HERE)
    assert PaceBook(tmp_path).find(SETTINGS, tiles, "efficientnet_lite0") == HERE
    assert book.find(SETTINGS, tiles, "efficientnet_lite2") is None
    assert book.find(SETTINGS.model_copy(update={"threads": 7}), tiles, "efficientnet_lite0") is None
    (tmp_path / "training" / "pace.json").write_text("{")
    assert book.find(SETTINGS, tiles, "efficientnet_lite0") is None


def test_a_probe_is_a_real_training_that_leaves_nothing_behind(tiles, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    told: list[tuple[int, int]] = []
    found = measure_pace(tiles, SETTINGS, None, lambda done, of: told.append((done, of)))
    assert min(found.start, found.step, found.look, found.tile, found.end) > 0
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
