"""Camera settings at the window, on the demo line's simulated camera."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program

from tilesight.line.news import EngineState
from tilesight.line.sources.base import CameraSettings, Trigger
from tilesight.line.sources.camera_controls import camera_text
from tilesight.ui.context import Person, Role


def running(qtbot: QtBot, program: Program, source: str = "demo:tiles?rate=20") -> None:
    program.start(source)
    line = program.session.line
    qtbot.waitUntil(lambda: line.snapshot.counts.saved > 1, timeout=PATIENCE_MS)


def test_exposure_and_gain_are_set_and_what_holds_is_shown(qtbot: QtBot, program: Program) -> None:
    running(qtbot, program)
    qtbot.keyClick(program.window, Qt.Key.Key_F8)
    sheet = program.window.camera
    assert sheet.isVisible()
    assert not sheet.auto.isVisible(), "the demo camera does not choose its exposure itself"
    assert sheet.gain.suffix() == " dB"
    sheet.exposure.setValue(6000)
    sheet.gain.setValue(3)
    with qtbot.waitSignal(program.context.toast_shown, timeout=PATIENCE_MS):
        qtbot.mouseClick(sheet.set_button, Qt.MouseButton.LeftButton)
    camera = program.session.camera
    assert camera is not None
    assert (camera.held.exposure_us, camera.held.gain) == (6000, 3)
    assert sheet.wanted() == CameraSettings(), "nothing is left to set"


def test_a_camera_waits_for_its_trigger_and_each_gives_one_record(qtbot: QtBot, program: Program) -> None:
    running(qtbot, program)
    run, line = program.window.workspaces["run"], program.session.line
    assert not run.trigger_button.isVisible()
    program.context.actions.trigger("run.camera")
    sheet = program.window.camera
    sheet.trigger.choose("software")
    with qtbot.waitSignal(program.context.toast_shown, timeout=PATIENCE_MS):
        sheet.set_button.click()
    sheet.close_sheet()
    qtbot.waitUntil(run.trigger_button.isVisible, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: line.snapshot.counts.under_way == 0, timeout=PATIENCE_MS)
    before = line.snapshot.counts.recorded
    for _ in range(3):
        qtbot.keyClick(program.window, Qt.Key.Key_F7)
    # One picture of the free run may still have been under way to the line.
    qtbot.waitUntil(lambda: line.snapshot.counts.recorded >= before + 3, timeout=PATIENCE_MS)
    assert line.snapshot.state is EngineState.RUNNING


def test_without_a_camera_it_says_so(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    sheet = program.window.camera
    sheet.open_now()
    assert "Start a camera" in sheet.note.text()
    assert not sheet.set_button.isVisible()
    sheet.close_sheet()
    running(qtbot, program, f"watch-all:{tiles_folder}")
    sheet.open_now()
    assert "has nothing to set" in sheet.note.text()
    assert not program.window.workspaces["run"].camera_button.isVisible()
    program.session.take_picture()  # said, and nothing else


def test_what_the_camera_refuses_is_said(
    qtbot: QtBot, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(qtbot, program)
    sheet = program.window.camera
    sheet.open_now()
    monkeypatch.setattr(sheet, "wanted", lambda: CameraSettings(trigger=Trigger.HARDWARE))
    sheet.set_button.click()
    qtbot.waitUntil(lambda: "no hardware trigger" in sheet.problem.text(), timeout=PATIENCE_MS)
    assert sheet.set_button.isEnabled()


def test_an_inspector_does_not_set_the_camera(qtbot: QtBot, program: Program) -> None:
    running(qtbot, program)
    program.context.set_person(Person("Ada", Role.OPERATOR))
    program.window.camera.open_now()
    assert not program.window.camera.set_button.isEnabled()
    assert program.window.camera.problem.text()


def test_settings_of_a_camera_stay_in_its_recipe_and_in_the_picker(program: Program) -> None:
    text = camera_text("camera:2", CameraSettings(exposure_us=5000))
    assert text == "camera:2?exposure=5000"
    text = camera_text(text, CameraSettings(auto_exposure=True, trigger=Trigger.SOFTWARE))
    assert text == "camera:2?auto=on&trigger=software"
    text = camera_text(text, CameraSettings(exposure_us=800))
    assert text == "camera:2?exposure=800&auto=off&trigger=software"
    assert camera_text("demo", CameraSettings(exposure_us=5000)) is None
    picker = program.window.sources
    picker.open_with(text)
    assert picker.source == text
    picker.camera.setValue(1)
    assert picker.source == "camera:1"
