"""Suspicious tiles in Train: ranked, shown with what stands out, kept or left out by one key."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from tests.line.tiny_model import write_tiny_model

from tilesight.line.recipe import Recipe
from tilesight.ui.train.suspects_panel import SuspectsPanel
from tilesight.ui.train.workspace import TrainWorkspace

WAIT = {"timeout": 60_000}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "good"
    made.mkdir()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        streaks = rng.normal(0, 6, (1, 120)).repeat(100, axis=0)
        pixels = np.clip(120 + streaks + rng.normal(0, 3, (100, 120)), 0, 255).astype(np.uint8)
        for view in (1, 2):
            if seed == 5:
                cv2.circle(pixels, (60, 50), 5, 20, -1)
            cv2.imwrite(str(made / f"tile{seed:02d}_exp{view}.png"), pixels + np.uint8(view))
    return made


@pytest.fixture
def train(program, tmp_path: Path) -> TrainWorkspace:
    program.context.set_recipe(Recipe(name="Line", model=str(write_tiny_model(tmp_path / "live.bsdrd"))))
    program.context.open_workspace("train")
    found = program.window.workspaces["train"]
    assert isinstance(found, TrainWorkspace)
    return found


@pytest.fixture
def panel(qtbot, train: TrainWorkspace, folder: Path) -> SuspectsPanel:
    train.tiles.folders.set_folders([folder])
    train.tiles.look.click()
    qtbot.waitUntil(lambda: train.model.tiles is not None and not train.model.busy, **WAIT)
    panel = train.tiles.suspects
    assert not panel.isHidden()
    qtbot.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.found is not None and not train.model.busy, **WAIT)
    return panel


def test_a_pit_among_good_tiles_comes_first_with_all_its_pictures(qtbot, panel: SuspectsPanel):
    first = panel.model.found.ranked[0]
    assert first.tile.name.startswith("tile05")
    assert len(first.pictures) == 2
    assert len(panel.model.found.ranked) == panel.strip.count() == 12
    assert panel.model.found.with_model
    assert first.seen is not None
    qtbot.waitUntil(lambda: not panel.picture.pixmap().isNull(), **WAIT)
    qtbot.waitUntil(lambda: not panel.strip.item(11).icon().isNull(), **WAIT)
    assert "Stands out" in panel.facts.text()


def test_one_key_leaves_out_or_keeps_and_each_is_taken_back(qtbot, train, panel: SuspectsPanel):
    qtbot.keyClick(panel.strip, Qt.Key.Key_Delete)
    assert len(train.model.tiles.tiles) == 22
    assert panel.strip.item(0).text() == "1 left out"
    assert panel.strip.currentRow() == 1
    qtbot.keyClick(panel.strip, Qt.Key.Key_K)
    assert panel.strip.item(1).text() == "2 kept"
    assert panel.progress.text() == "2 decided of 2"
    qtbot.keyClick(panel.strip, Qt.Key.Key_K)
    assert panel.progress.text() == "3 decided of 3", "never more than there are"
    qtbot.keyClick(panel.strip, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(panel.strip, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(panel.strip, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (panel.strip.currentRow(), panel.strip.item(0).text()) == (0, "1")
    assert len(train.model.tiles.tiles) == 24
    assert not panel.undo.isEnabled()


def test_taking_a_decision_back_brings_that_tile_back_whatever_was_left_out_since(
    qtbot, train, panel: SuspectsPanel
):
    first = panel.model.found.ranked[0].pictures
    qtbot.keyClick(panel.strip, Qt.Key.Key_Delete)
    other = next(tile.path for tile in train.model.tiles.tiles)
    train.model.remove_tiles(frozenset({other}))
    assert len(train.model.tiles.tiles) == 21
    qtbot.keyClick(panel.strip, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    there = {tile.path for tile in train.model.tiles.tiles}
    assert first <= there
    assert other not in there


def test_other_tiles_forget_the_ranking(qtbot, train, panel: SuspectsPanel):
    train.tiles.look.click()
    qtbot.waitUntil(lambda: panel.model.found is None and not train.model.busy, **WAIT)
    assert panel.strip.count() == 0
    assert not panel.start.isHidden()


def test_too_few_tiles_say_so(qtbot, train, folder: Path):
    for path in sorted(folder.iterdir())[6:]:
        path.unlink()
    train.tiles.folders.set_folders([folder])
    train.tiles.look.click()
    qtbot.waitUntil(lambda: train.model.tiles is not None and not train.model.busy, **WAIT)
    panel = train.tiles.suspects
    panel.start.click()
    qtbot.waitUntil(lambda: not panel.trouble.isHidden(), **WAIT)
    assert "too few" in panel.trouble.what.text()
    assert not panel.start.isHidden()
