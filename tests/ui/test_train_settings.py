"""Settings of a training: the teacher, old tiles that are mixed in, and how long it takes here."""

import csv
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from tests.line.tiny_model import write_tiny_model

from bsdrd.errors import TrainingError
from tilesight.line.recipe import Recipe
from tilesight.line.training import job as job_module
from tilesight.line.training.pace import STEPS, Pace
from tilesight.ui.train import pace_model
from tilesight.ui.train.parts import duration
from tilesight.ui.train.workspace import SETTINGS, TrainWorkspace

WAIT = {"timeout": 60_000}
HERE = Pace(
    start=20, adapted=2, step=1, look=5, tile=0, end=55, measured_at=datetime(2026, 11, 2, tzinfo=UTC)
)


def folder(path: Path, seeds: range) -> Path:
    path.mkdir()
    for seed in seeds:
        pixels = np.random.default_rng(seed).integers(100, 140, (64, 80)).astype(np.uint8)
        cv2.imwrite(str(path / f"{path.name}{seed}.png"), pixels)
    return path


@pytest.fixture
def train(qtbot, program, tmp_path: Path) -> TrainWorkspace:
    program.context.set_recipe(Recipe(name="Line", model=str(write_tiny_model(tmp_path / "live.bsdrd"))))
    program.context.open_workspace("train")
    found = program.window.workspaces["train"]
    assert isinstance(found, TrainWorkspace)
    found.tiles.folders.set_folders([folder(tmp_path / "new", range(8))])
    found.tiles.look.click()
    qtbot.waitUntil(lambda: found.model.tiles is not None and not found.model.busy, **WAIT)
    found.show_step(SETTINGS)
    return found


def test_the_teacher_is_chosen_only_where_training_begins_from_scratch(train: TrainWorkspace):
    page = train.settings
    assert page._teacher_card.isHidden()
    page.modes.button(1).setChecked(True)
    assert not page._teacher_card.isHidden()
    assert page.settings().teacher is None
    page.teacher.setCurrentIndex(page.teacher.findData("efficientnet_lite0"))
    assert page.settings().teacher == "efficientnet_lite0"
    page.modes.button(0).setChecked(True)
    assert page.settings().teacher is None
    assert page.advanced.isHidden()


def test_old_tiles_are_counted_mixed_into_the_job_and_can_be_left_out(
    qtbot, train: TrainWorkspace, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(job_module, "program", lambda: [sys.executable, "-c", "pass"])
    page = train.settings
    qtbot.waitUntil(lambda: "No old good tiles" in page.old_says.text(), **WAIT)
    page.old_folders.set_folders([folder(tmp_path / "old", range(50, 70))])
    qtbot.waitUntil(lambda: page.old_says.text().startswith("8 old pictures"), **WAIT)
    page.mix.setChecked(False)
    qtbot.waitUntil(lambda: "may forget" in page.old_says.text(), **WAIT)
    page.mix.setChecked(True)
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: train.model.run is not None and not train.model.busy, **WAIT)
    job = train.model.run.folder
    assert job.job().old_pictures == 8
    with job.manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["origin"].startswith("old") for row in rows) == 8
    assert "8 old" in train.training.facts.text()
    qtbot.waitUntil(lambda: not train.model.run.running, **WAIT)


def test_a_folder_of_old_tiles_that_is_gone_says_so(qtbot, train: TrainWorkspace, tmp_path: Path):
    train.settings.old_folders.set_folders([tmp_path / "nowhere"])
    qtbot.waitUntil(lambda: "does not exist" in train.settings.old_says.text(), **WAIT)


def test_the_time_is_measured_shown_for_each_quality_and_known_again(
    qtbot, train: TrainWorkspace, monkeypatch
):
    page = train.settings
    page.modes.button(1).setChecked(True)
    assert page.quality.notes[1].text() == "Not measured on this computer yet."
    monkeypatch.setattr(pace_model, "measure_pace", lambda *_: HERE)
    qtbot.mouseClick(page.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.pace.paces.get("balanced") == HERE and not train.model.busy, **WAIT)
    assert page.quality.notes[2].text() == "Not measured on this computer yet.", "another network: more time"
    page.quality.group.button(2).click()
    qtbot.mouseClick(page.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.pace.paces.get("best") == HERE and not train.model.busy, **WAIT)
    for note, preset in zip(page.quality.notes, ("fast", "balanced", "best"), strict=True):
        steps = STEPS["scratch"][preset]
        seconds = HERE.seconds(steps, round(0.7 * steps), 100, 8)
        assert note.text() == f"About {duration(seconds)}, measured on this computer."
    assert len({note.text() for note in page.quality.notes}) == 3
    page.teacher.setCurrentIndex(1)
    qtbot.waitUntil(lambda: not page.pace.paces, **WAIT)
    page.teacher.setCurrentIndex(0)
    qtbot.waitUntil(lambda: page.pace.paces.get("balanced") == HERE, **WAIT)


def test_with_an_own_number_of_steps_there_is_one_time_and_no_quality_to_choose(
    qtbot, train: TrainWorkspace, monkeypatch
):
    page, quality = train.settings, train.settings.quality
    train.gate.registry = replace(train.gate.registry, pace={("scratch", "balanced"): 3600.0})
    page.modes.button(1).setChecked(True)
    assert quality.notes[1].text() == "The last one took 60 min on this computer."
    page.steps.setValue(1500)
    assert quality.own.text() == "Own steps: 1,500"
    assert "Not measured on this computer yet." in quality.own_note.text(), "a quality says nothing of it"
    monkeypatch.setattr(pace_model, "measure_pace", lambda *_: HERE)
    qtbot.mouseClick(page.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.pace.paces.get("balanced") == HERE and not train.model.busy, **WAIT)
    seconds = HERE.seconds(1500, 1050, 100, 8)
    assert quality.own_note.text().endswith(f"About {duration(seconds)}, measured on this computer.")
    assert all(button.isHidden() for button in quality.group.buttons())
    assert all(note.isHidden() for note in quality.notes)
    assert page.settings().steps == 1500
    qtbot.mouseClick(quality.instead, Qt.MouseButton.LeftButton)
    assert page.settings().steps is None
    assert page.settings().preset == "balanced", "what was chosen before is chosen still"
    assert quality.own.isHidden()
    assert not any(button.isHidden() for button in quality.group.buttons())


def test_a_measurement_that_fails_says_why(qtbot, train: TrainWorkspace, monkeypatch):
    def refuse(*_: object) -> Pace:
        raise TrainingError("The weights are not installed.", do_next="Install them.")

    monkeypatch.setattr(pace_model, "measure_pace", refuse)
    page = train.settings
    qtbot.mouseClick(page.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.trouble.isHidden(), **WAIT)
    assert page.trouble.what.text() == "The weights are not installed."
    assert not page.measure.isHidden()
