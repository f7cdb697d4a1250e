"""The Run workspace on a real engine: verdict, score, regions, strip, counters, sources, recipes, states."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program, settle
from tests.ui.hand_made import THRESHOLDS, texture, tile
from tests.ui.simple_detector import SimpleDetector

from bsdrd.errors import ModelFileError
from bsdrd.result import Thresholds, Verdict
from tilesight.line.inspecting import TileDetector
from tilesight.line.ledger import Counts, Latency
from tilesight.line.news import (
    DetectorState,
    EngineSnapshot,
    EngineState,
    SourceState,
    StoreState,
)
from tilesight.line.recipe import DEMO, Recipe, recipe_for
from tilesight.line.sources.base import Overflow, SourceInfo
from tilesight.line.tile_finding import Automatic, FixedRectangle
from tilesight.store.filters import RecordFilter
from tilesight.ui.context import AppContext, Banner, Level, Person, Role
from tilesight.ui.models.line import ShownTile
from tilesight.ui.run.counters import Counters
from tilesight.ui.run.score_bar import ScoreBar
from tilesight.ui.run.source_picker import KINDS, kind_of
from tilesight.ui.run.verdict_panel import BASE_WIDTH, VerdictPanel
from tilesight.ui.run.workspace import RunWorkspace
from tilesight.ui.theme import Appearance, Theme

NOW = datetime(2026, 11, 2, 8, 15, 30, tzinfo=UTC)


def run_of(program: Program) -> RunWorkspace:
    found = program.window.workspaces["run"]
    assert isinstance(found, RunWorkspace)
    return found


def finish(qtbot: QtBot, program: Program) -> None:
    line = program.session.line
    qtbot.waitUntil(lambda: line.snapshot.state is EngineState.FINISHED, timeout=PATIENCE_MS)
    QApplication.processEvents()


def as_shown(ticket: int = 0, verdict: Verdict | None = None, **more: object) -> ShownTile:
    view = tile(ticket, struct=((90.0, 80.0, 25.0, 9.0),), mm_per_px=0.1)
    made = ShownTile(
        ticket, view.name, view.verdict or Verdict.OK, NOW, view, view.score, THRESHOLDS, milliseconds=61.0
    )
    return replace(made, verdict=verdict or made.verdict, **more)  # type: ignore[arg-type]


def not_inspected(reason: str = "The detector failed.") -> ShownTile:
    view = tile(7)
    plain = replace(view, maps=None, regions=(), thresholds=None, score=None)
    return ShownTile(7, "tile 7", Verdict.NOT_INSPECTED, NOW, plain, reason=reason)


def share_of(panel: VerdictPanel, colour: str, near: int = 40) -> float:
    """How much of a panel is painted in about this colour."""
    image = panel.grab().toImage()
    wanted = QColor(colour)
    hits = 0
    total = 0
    for x in range(0, image.width(), 4):
        for y in range(0, image.height(), 4):
            got = image.pixelColor(x, y)
            total += 1
            hits += (
                abs(got.red() - wanted.red())
                + abs(got.green() - wanted.green())
                + abs(got.blue() - wanted.blue())
                < near
            )
    return hits / total


# The verdict


@pytest.mark.parametrize("appearance", [Appearance.DARK, Appearance.LIGHT])
@pytest.mark.parametrize("verdict", [Verdict.OK, Verdict.GREY, Verdict.NG])
def test_a_verdict_is_loud_in_its_own_colour(
    qtbot: QtBot, theme: Theme, verdict: Verdict, appearance: Appearance
) -> None:
    theme.choose(appearance)
    panel = VerdictPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(BASE_WIDTH, panel.heightForWidth(BASE_WIDTH))
    panel.show_tile(as_shown(verdict=verdict))
    colours = theme.colours
    own = share_of(panel, colours.verdict(verdict)) + (
        share_of(panel, colours.fill(verdict)) if colours.fill(verdict) != colours.verdict(verdict) else 0
    )
    assert own > 0.12
    for other in (Verdict.OK, Verdict.GREY, Verdict.NG):
        if other is not verdict:
            assert share_of(panel, colours.fill(other)) < 0.02
    assert panel.accessibleName() == verdict.value
    assert panel.word_pixels >= 96


def test_not_inspected_is_hatched_red_and_white_and_gives_its_reason(qtbot: QtBot, theme: Theme) -> None:
    panel = VerdictPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(BASE_WIDTH, panel.heightForWidth(BASE_WIDTH))
    panel.show_tile(not_inspected("No model."))
    assert share_of(panel, theme.colours.ng) > 0.12
    assert share_of(panel, "#ffffff") > 0.08
    assert panel.accessibleDescription() == "No model."
    assert panel.accessibleName() == "NOT INSPECTED"


def test_the_word_grows_with_the_window(qtbot: QtBot, theme: Theme) -> None:
    panel = VerdictPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(720, panel.heightForWidth(720))
    panel.show_tile(as_shown())
    assert panel.word_pixels > 150
    panel.show_tile(None)
    panel.grab()
    assert panel.verdict is None


def test_the_score_stands_on_the_recipes_own_scale(qtbot: QtBot, theme: Theme) -> None:
    bar = ScoreBar(theme)
    qtbot.addWidget(bar)
    bar.resize(300, 88)
    bar.show_score(5.0, Thresholds(4.0, 6.0))
    assert bar.place_of(4.0) < bar.place_of(5.0) < bar.place_of(6.0)
    assert bar.place_of(-1e9) >= 12, "the mark is whole at both ends"
    assert bar.place_of(1e9) <= 300 - 12
    assert "5.00" in bar.accessibleName()
    bar.grab()
    bar.show_score(None, None)
    bar.grab()
    bar.show_score(3.0, Thresholds(3.0, 3.0))
    bar.grab()


# On the real line


def test_a_folder_is_inspected_counted_and_shown(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    run = run_of(program)
    program.start(str(tiles_folder))
    finish(qtbot, program)
    assert run.verdict.verdict is Verdict.NG
    assert run.viewer.model.tile is not None
    assert run.states.currentWidget() is run.viewer
    assert "3 of 3" in run.counters.total.value.text()
    assert run.counters.by_verdict[Verdict.NG].value.text() == "1"
    assert len(run.card.regions.rows) == len(run.viewer.model.tile.regions) > 0
    assert "finished" in program.window.status.source.words
    assert "CPU" in program.window.status.device.words
    assert program.store.count() == 3


def test_a_click_on_a_region_zooms_to_it(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    run = run_of(program)
    program.start(str(tiles_folder))
    finish(qtbot, program)
    row = run.card.regions.rows[0]
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert run.viewer.model.selected == 0
    assert not run.viewer.model.view.fit
    assert row.isChecked()
    shown = run.viewer.model.tile
    assert shown is not None
    x, _, width, _ = shown.regions[0].box
    assert abs(run.viewer.model.view.x - (x + width / 2)) < 1


def test_a_past_tile_opens_by_a_click_and_live_comes_back(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    run, line = run_of(program), program.session.line
    program.start(str(tiles_folder))
    finish(qtbot, program)
    first = line.briefs[0].ticket
    qtbot.mouseClick(run.strip, Qt.MouseButton.LeftButton, pos=run.strip.cell_of(first).center().toPoint())
    assert line.shown is not None
    assert line.shown.ticket == first
    assert run.live.isVisible()
    assert run.live.newest.verdict is line.briefs[-1].verdict, "the newest verdict stays in sight"
    qtbot.mouseClick(run.live.button, Qt.MouseButton.LeftButton)
    assert line.shown.ticket == line.briefs[-1].ticket
    assert not run.live.isVisible()


def test_a_and_d_walk_the_strip_and_l_goes_live(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    line = program.session.line
    program.start(str(tiles_folder))
    finish(qtbot, program)
    tickets = [brief.ticket for brief in line.briefs]
    window = program.window
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert line.shown is not None
    assert line.shown.ticket == tickets[-2]
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert line.shown.ticket == tickets[-3]
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert line.shown.ticket == tickets[-2]
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert line.following
    strip = run_of(program).strip
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert line.wanted == tickets[-2]
    qtbot.keyClick(strip, Qt.Key.Key_End)
    assert line.following


def test_a_tile_that_the_engine_let_go_comes_from_the_store(
    qtbot: QtBot, program: Program, tiles_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, engine = program.session.line, program.context.engine
    program.start(str(tiles_folder))
    finish(qtbot, program)
    assert engine is not None
    monkeypatch.setattr(engine, "tile", lambda ticket: None)
    bad = next(brief.ticket for brief in line.briefs if brief.verdict is Verdict.NG)
    good, gone = (brief.ticket for brief in line.briefs if brief.verdict is Verdict.OK)
    line.want(good)
    qtbot.waitUntil(lambda: line.shown is not None and line.shown.ticket == good, timeout=PATIENCE_MS)
    assert line.shown is not None
    assert line.shown.view is not None, "not kept by this recipe, but the file that it came from is there"
    assert line.shown.view.maps is None
    for file in tiles_folder.iterdir():
        file.unlink()
    line.want(gone)
    qtbot.waitUntil(lambda: line.shown is not None and line.shown.ticket == gone, timeout=PATIENCE_MS)
    assert line.shown.view is None
    states = run_of(program).states
    assert states.error.isHidden(), "a picture that was not kept is no error"
    assert states.empty.head.text() == "No picture of this OK tile was kept"
    assert "keeps no pictures of OK tiles" in states.empty.text.text()
    states.empty.button.click()
    assert program.window.recipes.isVisible(), "where it is set what is kept"
    program.window.recipes.close_sheet()
    line.want(bad)
    qtbot.waitUntil(lambda: line.shown is not None and line.shown.ticket == bad, timeout=PATIENCE_MS)
    assert line.shown.view is not None
    assert line.shown.view.maps is not None
    assert line.shown.view.regions


def test_start_pause_and_stop_by_keys(qtbot: QtBot, program: Program) -> None:
    run, line, window = run_of(program), program.session.line, program.window
    program.context.set_recipe(recipe_for("demo:tiles?rate=30"))
    assert run.start_button.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: line.snapshot.counts.total > 1, timeout=PATIENCE_MS)
    assert not run.start_button.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: line.snapshot.state is EngineState.PAUSED, timeout=PATIENCE_MS)
    assert program.context.actions["run.pause"].isChecked()
    assert run_of(program).pause_button.text() == "Go on"
    assert "paused" in window.status.source.words
    before = line.snapshot.counts.total
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: line.snapshot.counts.total > before, timeout=PATIENCE_MS)
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: line.snapshot.state is EngineState.STOPPED, timeout=PATIENCE_MS)
    assert run.start_button.isVisible()
    counts = line.snapshot.counts
    assert counts.saved == counts.total == program.store.count()


def test_the_empty_state_starts_the_demo_line(qtbot: QtBot, program: Program) -> None:
    run, line = run_of(program), program.session.line
    assert run.states.currentWidget() is run.states.empty
    qtbot.mouseClick(run.states.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: line.snapshot.counts.total > 0, timeout=PATIENCE_MS)
    assert program.context.recipe == DEMO
    qtbot.waitUntil(lambda: run.states.currentWidget() is run.viewer)


def test_another_source_is_chosen_while_one_runs(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    program.start("demo:tiles?rate=20")
    line = program.session.line
    qtbot.waitUntil(lambda: line.snapshot.counts.total > 0, timeout=PATIENCE_MS)
    qtbot.keyClick(program.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    picker = program.window.sources
    assert picker.isVisible()
    assert picker.source.startswith("demo")
    picker.show_kind("folder")
    picker.folder.setText(str(tiles_folder))
    qtbot.mouseClick(picker.start, Qt.MouseButton.LeftButton)
    assert not picker.isVisible()
    qtbot.waitUntil(lambda: line.snapshot.run == 2, timeout=PATIENCE_MS)
    finish(qtbot, program)
    assert line.snapshot.counts.total == 3


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("demo", "demo"),
        ("demo:tiles?rate=5", "demo"),
        ("/data/tiles", "folder"),
        ("watch:/in", "watch"),
        ("watch-all:/in", "watch"),
        ("/data/belt.MP4", "video"),
        ("camera:2", "camera"),
        ("rtsp://10.0.0.5/live", "url"),
        ("http://10.0.0.5/mjpeg", "url"),
    ],
)
def test_the_picker_understands_the_source_in_force(program: Program, source: str, kind: str) -> None:
    assert kind_of(source) == kind
    picker = program.window.sources
    picker.open_with(source)
    if kind != "demo":
        assert picker.source == source
    picker.close_sheet()


@pytest.mark.parametrize("kind", [kind.key for kind in KINDS if kind.key not in ("demo", "camera")])
def test_the_picker_says_what_is_missing_before_anything_stops(
    qtbot: QtBot, program: Program, kind: str
) -> None:
    picker = program.window.sources
    picker.open_with("demo")
    picker.show_kind(kind)
    chosen: list[str] = []
    picker.chosen.connect(lambda source, finding: chosen.append(source))
    for wrong in ("", "ftp://nowhere/at/all"):
        field = {"folder": picker.folder, "watch": picker.watched, "video": picker.video, "url": picker.url}
        field[kind].setText(wrong)
        qtbot.mouseClick(picker.start, Qt.MouseButton.LeftButton)
        assert picker.problem.isVisible()
        assert picker.problem.text()
    assert chosen == []
    picker.close_sheet()


def test_who_chooses_a_source_says_whether_tiles_must_be_found_in_its_pictures(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    picker = program.window.sources
    program.context.set_recipe(DEMO)
    picker.open_with("demo")
    assert not picker.finding.isVisible(), "the demo line knows"
    picker.show_kind("folder")
    assert picker.finding.value == "whole"
    picker.folder.setText(str(tiles_folder))
    picker.finding.findChildren(QPushButton)[1].click()
    qtbot.mouseClick(picker.start, Qt.MouseButton.LeftButton)
    finish(qtbot, program)
    recipe = program.context.recipe
    assert recipe is not None
    assert isinstance(recipe.tile_finding, Automatic)
    assert (recipe.source, recipe.name) == (str(tiles_folder), "Tiles on a belt")
    picker.open_with(recipe.source)
    assert picker.finding.value == "automatic", "as it is in force"
    picker.close_sheet()
    fixed = recipe.changed(tile_finding=FixedRectangle(x=0, y=0, width=32, height=32))
    program.context.set_recipe(fixed)
    picker.open_with(recipe.source)
    assert picker.finding.value == "rectangle", "a place that a recipe knows stays"
    picker.close_sheet()


def test_the_pickers_dialogs_fill_its_fields(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picker = program.window.sources
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "a.mp4"), ""))
    picker._ask_folder()
    assert picker.folder.text() == str(tmp_path)
    picker._ask_picture()
    assert picker.folder.text().endswith("a.mp4")
    picker._ask_watched()
    picker._ask_video()
    picker.open_with("demo")
    picker.show_kind("watch")
    picker.existing.setChecked(True)
    assert picker.source == f"watch-all:{tmp_path}"
    picker.show_kind("video")
    assert picker.source.endswith("a.mp4")
    picker.show_kind("camera")
    picker.camera.setValue(3)
    assert picker.source == "camera:3"
    picker.close_sheet()


def test_a_source_that_cannot_be_opened_says_so_and_leads_on(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    empty = tmp_path / "nothing in it"
    empty.mkdir()
    program.start(str(empty))
    run = run_of(program)
    qtbot.waitUntil(lambda: run.states.currentWidget() is run.states.error, timeout=PATIENCE_MS)
    assert "nothing in it" in run.states.error.head.text()
    banners = program.window.banners.banners
    assert [banner.key for banner in banners] == ["source"]
    assert banners[0].level is Level.ERROR
    qtbot.mouseClick(run.states.error.button, Qt.MouseButton.LeftButton)
    assert program.window.sources.isVisible()
    program.window.sources.close_sheet()


def test_a_watched_folder_without_news_says_what_it_waits_for(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    watched = tmp_path / "arrivals"
    watched.mkdir()
    program.start(f"watch:{watched}")
    line, busy = program.session.line, run_of(program).states.busy
    qtbot.waitUntil(lambda: line.snapshot.state is EngineState.RUNNING, timeout=PATIENCE_MS)
    assert busy.head.text() == "Waiting for the first tile"
    assert busy.text.text() == "Each new picture in the folder arrivals is inspected."


def test_an_unreadable_file_is_not_inspected_and_said_by_name(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    (tiles_folder / "tile 9.png").write_bytes(b"no picture at all")
    program.start(str(tiles_folder))
    finish(qtbot, program)
    run = run_of(program)
    assert run.verdict.verdict is Verdict.NOT_INSPECTED
    assert "tile 9.png" in run.card.name.text()
    assert run.card.reason.text()
    assert run.counters.by_verdict[Verdict.NOT_INSPECTED].value.text() == "1"


# Detector and device


class Failing:
    """Opens no detector."""

    def __call__(self, recipe: Recipe) -> TileDetector:
        raise ModelFileError("The model file is damaged.", do_next="Choose another one.")


class TestWithoutDetector:
    """A program whose model cannot be opened."""

    @pytest.fixture
    def open_detector(self) -> Callable[[Recipe], TileDetector]:
        return Failing()

    def test_nothing_is_judged_and_a_red_banner_says_why(
        self, qtbot: QtBot, program: Program, tiles_folder: Path
    ) -> None:
        program.start(str(tiles_folder))
        line = program.session.line
        qtbot.waitUntil(lambda: line.snapshot.state is EngineState.FAULT, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: bool(program.window.banners.banners))
        banner = program.window.banners.banners[0]
        assert banner.level is Level.ERROR
        assert "damaged" in banner.text
        assert "Choose another one" in banner.text
        error = run_of(program).states.error
        assert error.head.text() == "The model file is damaged."
        assert error.text.text() == "Choose another one."
        qtbot.mouseClick(error.button, Qt.MouseButton.LeftButton)
        assert program.window.recipes.isVisible(), "another source would not help"
        program.window.recipes.close_sheet()


class TestOnAnotherDevice:
    """A program whose detector could not run where it was asked to."""

    @pytest.fixture
    def open_detector(self) -> Callable[[Recipe], TileDetector]:
        return lambda recipe: SimpleDetector("CPU", "CUDA was asked for, but there is no graphics card.")

    def test_the_fall_back_is_an_amber_banner(
        self, qtbot: QtBot, program: Program, tiles_folder: Path
    ) -> None:
        program.start(str(tiles_folder))
        finish(qtbot, program)
        banner = next(one for one in program.window.banners.banners if one.key == "device")
        assert banner.level is Level.WARNING
        assert "graphics card" in banner.text
        assert program.window.status.device.words.endswith("ONNX Runtime · CPU")


# Recipes


def test_a_recipe_is_saved_switched_and_found_again(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    program.start(str(tiles_folder))
    finish(qtbot, program)
    qtbot.keyClick(program.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    picker = program.window.recipes
    picker.name.setText("MT line 2")
    qtbot.keyClick(picker.name, Qt.Key.Key_Return)
    book = program.context.recipes
    assert book is not None
    assert book.names() == ["MT line 2"]
    assert program.context.recipe is not None
    assert program.context.recipe.name == "MT line 2"
    strict = program.context.recipe.changed(name="Strict", t1=0.5, t2=0.6)
    book.save(strict)
    picker.open()
    names = [row.recipe.name for row in picker.rows]
    assert names == [DEMO.name, "MT line 2", "Strict"]
    picker._use("Strict")
    line = program.session.line
    qtbot.waitUntil(lambda: line.snapshot.run == 2, timeout=PATIENCE_MS)
    finish(qtbot, program)
    assert line.snapshot.counts.ng == 3
    assert not picker.isVisible()


def test_a_recipe_without_a_name_is_refused(program: Program) -> None:
    program.context.set_recipe(DEMO)
    picker = program.window.recipes
    picker.open()
    picker.name.setText("   ")
    picker.save_as()
    assert picker.problem.isVisible()
    picker.close_sheet()


def test_a_damaged_recipe_is_said_and_the_others_are_there(program: Program) -> None:
    book = program.context.recipes
    assert book is not None
    book.save(DEMO.changed(name="Fine"))
    book.path("Broken").write_text("{ not json")
    picker = program.window.recipes
    picker.open()
    assert [row.recipe.name for row in picker.rows] == [DEMO.name, "Fine"]
    assert "Broken" in picker.problem.text() or "damaged" in picker.problem.text()
    picker.close_sheet()


def test_recipes_are_imported_and_wrong_ones_refused(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps({**DEMO.content(), "schema": 99}))
    good = tmp_path / "good.json"
    good.write_text(json.dumps(DEMO.changed(name="Brought").content()))
    picker = program.window.recipes
    picker.open()
    for path, expected in ((newer, False), (good, True)):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, path=path: (str(path), ""))
        picker._ask_import()
        assert ("Brought" in [row.recipe.name for row in picker.rows]) is expected
    assert "newer" in picker.problem.text()
    picker.close_sheet()


def test_thresholds_change_between_two_frames_and_the_reason_is_audited(
    qtbot: QtBot, program: Program
) -> None:
    program.start("demo:tiles?rate=30")
    line = program.session.line
    qtbot.waitUntil(lambda: line.snapshot.counts.total > 1, timeout=PATIENCE_MS)
    recipe = program.context.recipe
    assert recipe is not None
    done: list[Recipe] = []
    program.context.apply_recipe(recipe.changed(t1=50.0, t2=60.0), "Too many false alarms", done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)
    assert line.snapshot.run == 1, "the line was not stopped"
    assert program.context.recipe is not None
    assert program.context.recipe.t1 == 50.0
    grey_or_ng = line.snapshot.counts.grey + line.snapshot.counts.ng
    before = line.snapshot.counts.ok
    qtbot.waitUntil(lambda: line.snapshot.counts.ok > before + 3, timeout=PATIENCE_MS)
    assert line.snapshot.counts.grey + line.snapshot.counts.ng <= grey_or_ng + 2
    newest = program.store.recipes.newest(recipe.name)
    assert newest is not None
    assert newest.why == "Too many false alarms"
    assert newest.sha256 == program.context.recipe.sha256


def test_a_refused_recipe_leaves_the_old_one_in_force(
    qtbot: QtBot, program: Program, tiles_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.start(str(tiles_folder))
    finish(qtbot, program)
    before, engine = program.context.recipe, program.context.engine
    assert before is not None
    assert engine is not None
    monkeypatch.setattr(engine, "_open_detector", Failing())
    program.context.apply_recipe(before.changed(model="/no/such.bsdrd"), "Try it")
    qtbot.waitUntil(
        lambda: any(one.key == "recipe" for one in program.window.banners.banners), timeout=PATIENCE_MS
    )
    assert program.context.recipe == before
    qtbot.waitUntil(lambda: program.context.background.busy == 0, timeout=PATIENCE_MS)
    newest = program.store.recipes.newest(before.name)
    assert newest is not None
    assert newest.sha256 == before.sha256, "the newest version is the one in force"


# Lot, serial, names


def test_lot_and_serial_reach_the_records(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    qtbot.keyClick(program.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    sheet = program.window.lot
    assert sheet.lot.hasFocus()
    qtbot.keyClicks(sheet.lot, "L-2211")
    qtbot.keyClicks(sheet.serial, "004")
    qtbot.keyClick(sheet.serial, Qt.Key.Key_Return)
    assert not sheet.isVisible()
    program.start(str(tiles_folder))
    finish(qtbot, program)
    rows = program.store.query().rows
    assert {(row.lot, row.serial) for row in rows} == {("L-2211", "004")}
    assert "L-2211" in run_of(program).card.place.text()
    program.session.ask_lot()
    assert sheet.lot.text() == "L-2211"
    sheet.close_sheet()


def test_file_names_with_odd_signs_are_shown_as_they_are(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "R&D <b>tiles"
    folder.mkdir()
    assert cv2.imwrite(str(folder / "a&b <i>.png"), texture(96, 96))
    program.start(str(folder))
    finish(qtbot, program)
    run = run_of(program)
    assert run.card.name.text() == "a&b <i>.png"
    assert run.source_button.whole == "R&D <b>tiles"
    assert "&&" in run.source_button.text()


# Numbers


def test_counters_show_what_the_books_say(qtbot: QtBot, theme: Theme) -> None:
    counters = Counters(theme)
    qtbot.addWidget(counters)
    source = SourceInfo("folder", "tiles", True, False, Overflow.WAIT, 2000)
    snapshot = EngineSnapshot(
        counts=Counts(frames=1300, recorded=1290, dropped=6, ok=1180, grey=9, ng=15, not_inspected=2),
        rate=12.44,
        latencies=(
            Latency("infer", 40.0, 61.2, 80.0, 99.0, 1206),
            Latency("recorded", 60.0, 95.1, 120.0, 180.0, 1206),
            Latency("shown", 50.0, 84.4, 110.0, 170.0, 1200),
        ),
        source=source,
    )
    counters.show_snapshot(snapshot)
    assert counters.by_verdict[Verdict.OK].value.text() == "1,180"
    assert counters.total.value.text() == "1,206 of 2,000"
    several = replace(snapshot, counts=replace(snapshot.counts, frames=39, ok=41, grey=0, ng=0))
    counters.show_snapshot(several)
    assert "of" not in counters.total.value.text(), "a picture may show several tiles"
    counters.show_snapshot(snapshot)
    assert counters.dropped.value.text() == "6"
    assert "12.4" in counters.rate.text()
    assert "61" in counters.latency.text()
    assert "84" in counters.way.text()
    assert "95" in counters.way.text()
    for number in ("40.0", "170.0"):
        assert number in counters.latency.toolTip()


# Banners from snapshots


@pytest.mark.parametrize(
    ("snapshot", "key", "level", "says"),
    [
        (
            EngineSnapshot(source_state=SourceState.LOST, source_reason="No frame for 2 s."),
            "source",
            Level.ERROR,
            "No frame for 2 s.",
        ),
        (
            EngineSnapshot(store_state=StoreState.FAILING, store_reason="The disk is full."),
            "store",
            Level.ERROR,
            "The disk is full.",
        ),
        (EngineSnapshot(store_state=StoreState.LOW_SPACE), "store", Level.WARNING, "1 GB"),
        (
            EngineSnapshot(detector_state=DetectorState.STUCK, detector_reason="It hangs."),
            "detector",
            Level.ERROR,
            "It hangs.",
        ),
        (
            EngineSnapshot(provider="CPU", fallback_reason="No card."),
            "device",
            Level.WARNING,
            "No card.",
        ),
        (EngineSnapshot(counts=Counts(unsaved=3)), "unsaved", Level.ERROR, "3"),
    ],
)
def test_a_banner_stands_exactly_as_long_as_its_cause(
    program: Program, snapshot: EngineSnapshot, key: str, level: Level, says: str
) -> None:
    line, stack = program.session.line, program.window.banners
    line.set_snapshot(snapshot)
    assert [(one.key, one.level) for one in stack.banners] == [(key, level)]
    assert says in stack.banners[0].text
    line.set_snapshot(EngineSnapshot())
    assert stack.banners == []


def test_a_banner_put_away_comes_back_only_with_other_words(program: Program) -> None:
    line, stack = program.session.line, program.window.banners
    line.set_snapshot(EngineSnapshot(provider="CPU", fallback_reason="No card."))
    program.context.clear_banner("device")
    line.set_snapshot(EngineSnapshot(provider="CPU", fallback_reason="No card.", rate=1.0))
    assert stack.banners == []
    line.set_snapshot(EngineSnapshot(provider="CPU", fallback_reason="Driver too old."))
    assert len(stack.banners) == 1


# Waiting states, drawn by hand


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (
            EngineSnapshot(state=EngineState.STARTING, detector_state=DetectorState.LOADING),
            "Loading the detector",
        ),
        (
            EngineSnapshot(state=EngineState.STARTING, detector_state=DetectorState.READY),
            "Opening the source",
        ),
        (EngineSnapshot(state=EngineState.RUNNING, detector_state=DetectorState.READY), "first tile"),
        (EngineSnapshot(state=EngineState.RECONNECTING, detector_state=DetectorState.READY), "lost"),
    ],
)
def test_before_the_first_tile_it_says_what_it_waits_for(
    program: Program, snapshot: EngineSnapshot, words: str
) -> None:
    run = run_of(program)
    program.session.line.set_snapshot(snapshot)
    assert run.states.currentWidget() is run.states.busy
    assert words in run.states.busy.head.text()


def test_without_a_store_nothing_starts_and_it_says_why(context: AppContext, qtbot: QtBot) -> None:
    shown: list[str] = []
    context.banner_shown.connect(lambda banner: shown.append(banner.text))
    context.set_recipe(DEMO)
    context.session.start()
    assert "records cannot be kept" in shown[0]


def test_the_window_shows_the_store_that_fails(program: Program) -> None:
    status = program.window.status
    program.session.line.set_snapshot(EngineSnapshot(free_bytes=2_100_000_000))
    assert "2.1 GB" in status.store.words
    program.session.line.set_snapshot(EngineSnapshot(store_state=StoreState.FAILING, unwritten=12))
    assert "12 records wait" in status.store.words


def test_the_strip_scrolls_and_keeps_what_one_looks_at(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for at in range(20):
        assert cv2.imwrite(str(folder / f"{at}.png"), np.full((64, 64), 40 + 9 * at, dtype=np.uint8))
    program.start(str(folder))
    finish(qtbot, program)
    run, line = run_of(program), program.session.line
    qtbot.waitUntil(lambda: len(line.briefs) == 20)
    settle(20)
    strip = run.strip
    assert not strip.cell_of(19).isNull()
    assert strip.cell_of(0).isNull()
    line.want(0)
    assert not strip.cell_of(0).isNull(), "a wanted tile is scrolled into view"
    line.add_briefs([replace(line.briefs[-1], ticket=20)])
    assert not strip.cell_of(0).isNull(), "and stays there while new ones come"
    line.want(15)
    assert not strip.cell_of(15).isNull()
    line.follow()
    assert not strip.cell_of(20).isNull()
    strip.grab()


# The recipe editor


def test_the_editor_changes_the_recipe_in_force_with_a_reason(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    program.start(str(tiles_folder))
    finish(qtbot, program)
    before = program.context.recipe
    assert before is not None
    assert program.context.actions.trigger("run.edit-recipe")
    editor = program.window.editor
    assert editor.changed() == before, "fields left alone change nothing"
    assert not editor.apply.isEnabled(), "a change needs a reason"
    editor.finding.way.choose("rectangle")
    editor.finding._show_way()
    editor.finding.left_px.setValue(8)
    editor.finding.width_px.setValue(120)
    editor.finding.height_px.setValue(100)
    editor.scale.setValue(0.05)
    editor.pictures.choose("all")
    editor.cap.setValue(0.0)
    editor.why.setText("New camera")
    qtbot.keyClick(editor.why, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not editor.isVisible(), timeout=PATIENCE_MS)
    now = program.context.recipe
    assert now is not None
    assert now.tile_finding.mode == "rectangle"
    assert (now.mm_per_px, now.retention.pictures, now.retention.cap_gb) == (0.05, "all", None)
    newest = program.store.recipes.newest(now.name)
    assert newest is not None
    assert (newest.why, newest.sha256) == ("New camera", now.sha256)


def test_the_editor_says_what_does_not_fit(qtbot: QtBot, program: Program) -> None:
    program.context.set_recipe(DEMO)
    editor = program.window.editor
    editor.open()
    editor.name.setText("  ")
    editor.why.setText("because")
    qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
    assert editor.problem.isVisible()
    assert "name" in editor.problem.text()
    editor.name.setText("Fine")
    editor.finding.shortest.setValue(500)
    editor.finding.longest.setValue(100)
    qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
    assert "must not exceed" in editor.problem.text()
    editor.close_sheet()


def test_another_model_brings_its_own_thresholds(program: Program) -> None:
    program.context.set_recipe(DEMO.changed(t1=1.0, t2=2.0))
    editor = program.window.editor
    editor.open()
    assert editor.changed().t1 == 1.0
    editor.model.setText("/models/other.bsdrd")
    assert editor.changed().t1 is None
    editor.close_sheet()


def test_an_inspector_does_not_change_recipes(program: Program) -> None:
    program.context.set_recipe(DEMO)
    program.context.set_person(Person("Bo", Role.OPERATOR))
    editor = program.window.editor
    editor.open()
    editor.why.setText("because")
    assert not editor.apply.isEnabled()
    assert editor.problem.isVisible()
    editor.close_sheet()


def test_what_has_no_field_in_the_editor_stays(program: Program) -> None:
    own = DEMO.changed(tile_finding=Automatic(margin_px=7, most=3), edge_band_px=5, min_area=12.0)
    program.context.set_recipe(own)
    editor = program.window.editor
    editor.open()
    assert editor.changed() == own
    editor.close_sheet()


def test_the_way_back_to_live_covers_no_region(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    folder.mkdir()
    for at in range(2):
        pixels = texture(300, 500, at)
        cv2.circle(pixels, (250, 12 if at == 0 else 285), 9, 5, -1)
        assert cv2.imwrite(str(folder / f"{at}.png"), pixels)
    program.start(str(folder))
    finish(qtbot, program)
    run, line = run_of(program), program.session.line
    for brief in line.briefs:
        line.want(brief.ticket)
        qtbot.waitUntil(run.live.isVisible)
        shown = run.viewer.model.tile
        assert shown is not None
        assert shown.regions
        port, view = run.viewer.model.port, run.viewer.model.view
        for region in shown.regions:
            peak = port.to_widget(view, *region.peak_at).toPoint()
            assert not run.live.geometry().contains(peak)


def test_a_verdict_from_before_a_loss_does_not_look_like_one_of_now(program: Program, theme: Theme) -> None:
    run, line = run_of(program), program.session.line
    line.set_snapshot(EngineSnapshot(state=EngineState.RUNNING, run=1))
    line.show_live(as_shown(1, Verdict.OK))
    assert (run.verdict.note, run.verdict.faded) == ("", False)
    bright = share_of(run.verdict, theme.colours.ok)
    for state in (EngineState.RECONNECTING, EngineState.FAULT):
        line.set_snapshot(EngineSnapshot(state=state, run=1, reason="Gone."))
        assert run.verdict.note
        assert share_of(run.verdict, theme.colours.ok) < bright / 10
    line.set_snapshot(EngineSnapshot(state=EngineState.PAUSED, run=1))
    assert "pause" in run.verdict.note
    assert share_of(run.verdict, theme.colours.ok) == pytest.approx(bright, rel=0.2)


def test_what_a_folder_could_not_give_is_said_at_its_end_and_one_click_away(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    (tiles_folder / "tile 9.png").write_bytes(b"no picture at all")
    shown: list[Banner] = []
    program.context.banner_shown.connect(shown.append)
    program.start(str(tiles_folder))
    finish(qtbot, program)
    qtbot.waitUntil(lambda: any(banner.key == "left-out" for banner in shown), timeout=PATIENCE_MS)
    banner = next(banner for banner in shown if banner.key == "left-out")
    assert banner.text == "Finished, but 1 tile was not inspected."
    error = run_of(program).states.error
    assert error.head.text() == "tile 9.png is no readable picture (damaged, or another kind of file)."
    assert error.text.text().startswith("Use PNG"), "what to do, not where the log is"
    asked: list[tuple[str, object]] = []
    program.context.workspace_asked.connect(lambda key, which: asked.append((key, which)))
    assert program.context.actions.trigger(banner.action)
    run = run_of(program)
    qtbot.mouseClick(run.counters.by_verdict[Verdict.NOT_INSPECTED], Qt.MouseButton.LeftButton)
    for key, which in asked:
        assert key == "records"
        assert isinstance(which, RecordFilter)
        assert program.store.count(which) == 1
    assert len(asked) == 2
    qtbot.mouseClick(run.counters.by_verdict[Verdict.GREY], Qt.MouseButton.LeftButton)
    assert len(asked) == 2, "there are none to show"
