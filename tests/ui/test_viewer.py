"""The viewer's habits: keys, wheel, drags, hovering, regions, pictures to copy and to keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS
from tests.ui.hand_made import THRESHOLDS, tile

from bsdrd.result import Thresholds
from tilesight.ui.context import AppContext
from tilesight.ui.viewer import MapScale, TileViewer, ViewTile
from tilesight.ui.viewer.export import PictureError, write_picture
from tilesight.ui.viewer.readout import read, reading_text

TWO = {"struct": ((90.0, 80.0, 25.0, 9.0),), "detail": ((250.0, 150.0, 8.0, 12.0),)}


@pytest.fixture
def viewer(qtbot: QtBot, context: AppContext) -> TileViewer:
    made = TileViewer(context, "test")
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    qtbot.waitExposed(made)
    made.set_tile(tile("a", **TWO))
    QApplication.processEvents()
    return made


def wheel(viewer: TileViewer, at: QPointF, steps: float) -> None:
    canvas = viewer.canvas
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(0, 0),
        QPoint(0, round(120 * steps)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def place_of(viewer: TileViewer, x: float, y: float) -> QPointF:
    return viewer.canvas.port.to_widget(viewer.model.view, x, y)


def middle_drag(qtbot: QtBot, viewer: TileViewer, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(viewer.canvas, Qt.MouseButton.MiddleButton, pos=start)
    qtbot.mouseMove(viewer.canvas, end)
    qtbot.mouseRelease(viewer.canvas, Qt.MouseButton.MiddleButton, pos=end)


def test_a_new_tile_is_seen_whole(viewer: TileViewer) -> None:
    model, canvas = viewer.model, viewer.canvas
    corner, foot = place_of(viewer, 0, 0), place_of(viewer, 320, 240)
    assert canvas.rect().contains(corner.toPoint())
    assert canvas.rect().contains(foot.toPoint())
    assert model.view.fit


def test_z_x_and_c_choose_the_map_and_t_takes_the_overlay_off(qtbot: QtBot, viewer: TileViewer) -> None:
    for key, name in ((Qt.Key.Key_Z, "struct"), (Qt.Key.Key_X, "detail"), (Qt.Key.Key_C, "fused")):
        qtbot.keyClick(viewer.canvas, key)
        assert viewer.model.map_name == name
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_T)
    assert not viewer.model.overlay
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Z)
    assert viewer.model.overlay, "asking for a map shows it"


def test_pressing_the_same_map_key_twice_keeps_it_ticked(
    qtbot: QtBot, viewer: TileViewer, context: AppContext
) -> None:
    for _ in range(2):
        qtbot.keyClick(viewer.canvas, Qt.Key.Key_Z)
        assert context.actions["test.view.struct"].isChecked()
        assert not context.actions["test.view.fused"].isChecked()


def test_the_wheel_zooms_at_the_cursor(viewer: TileViewer) -> None:
    at = place_of(viewer, 70, 60)
    before = viewer.model.view.zoom
    wheel(viewer, at, 3)
    assert viewer.model.view.zoom == pytest.approx(before * 1.25**3)
    there = viewer.canvas.port.to_tile(viewer.model.view, at)
    assert (there - QPointF(70, 60)).manhattanLength() < 0.01


def test_the_zoom_ends_at_its_limits(viewer: TileViewer) -> None:
    wheel(viewer, QPointF(300, 200), 100)
    assert viewer.model.view.zoom == 64.0
    wheel(viewer, QPointF(300, 200), -200)
    assert viewer.model.view.zoom == 0.02


def test_dragging_with_the_middle_button_moves_the_tile(qtbot: QtBot, viewer: TileViewer) -> None:
    before = place_of(viewer, 100, 100)
    middle_drag(qtbot, viewer, QPoint(300, 200), QPoint(340, 180))
    moved = place_of(viewer, 100, 100) - before
    assert (moved - QPointF(40, -20)).manhattanLength() < 0.5
    assert not viewer.model.view.fit


def test_space_and_the_left_button_move_the_tile_too(qtbot: QtBot, viewer: TileViewer) -> None:
    before = place_of(viewer, 100, 100)
    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Space)
    qtbot.mousePress(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(viewer.canvas, QPoint(320, 230))
    qtbot.mouseRelease(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(320, 230))
    qtbot.keyRelease(viewer.canvas, Qt.Key.Key_Space)
    assert (place_of(viewer, 100, 100) - before - QPointF(20, 30)).manhattanLength() < 0.5


def test_the_tile_cannot_be_dragged_out_of_sight(qtbot: QtBot, viewer: TileViewer) -> None:
    for _ in range(20):
        middle_drag(qtbot, viewer, QPoint(10, 10), QPoint(600, 500))
    view = viewer.model.view
    assert 0 <= view.x <= 320
    assert 0 <= view.y <= 240


def test_f_fits_and_shift_f_shows_one_to_one(qtbot: QtBot, viewer: TileViewer) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert viewer.model.view.zoom == 1.0
    assert viewer.zoom_label.text() == "100 %"
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_F)
    assert viewer.model.view.fit


def test_digits_stay_free_for_labels(context: AppContext, viewer: TileViewer) -> None:
    used = {key for action in context.actions.all() for key in action.shortcuts}
    assert not used & set("0123456789")


def test_the_zoom_stays_between_tiles(viewer: TileViewer) -> None:
    viewer.model.one_to_one()
    viewer.model.pan_by(QPointF(40, 0))
    before = viewer.model.view
    viewer.set_tile(tile("b"))
    assert viewer.model.view == before
    viewer.set_tile(tile("c", height=480, width=640))
    assert viewer.model.view.zoom == before.zoom
    assert viewer.model.view.x == pytest.approx(2 * before.x), "the same spot of a larger tile"


def test_a_whole_tile_in_view_is_followed_by_a_whole_tile(viewer: TileViewer) -> None:
    viewer.set_tile(tile("big", height=900, width=300))
    canvas = viewer.canvas
    assert canvas.rect().contains(place_of(viewer, 0, 0).toPoint())
    assert canvas.rect().contains(place_of(viewer, 300, 900).toPoint())


def test_side_by_side_keeps_the_tile_whole_in_both_halves(qtbot: QtBot, viewer: TileViewer) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: viewer.map_canvas.isVisible() and viewer.map_canvas.width() > 200)
    QApplication.processEvents()
    assert abs(viewer.canvas.width() - viewer.map_canvas.width()) <= 1
    assert viewer.canvas.rect().contains(place_of(viewer, 320, 240).toPoint())
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_S)
    assert not viewer.map_canvas.isVisible()


def test_a_tile_that_comes_while_the_viewer_is_hidden_fits_when_it_shows(
    qtbot: QtBot, context: AppContext
) -> None:
    late = TileViewer(context, "late")
    qtbot.addWidget(late)
    late.set_tile(tile("a", height=700, width=400))
    late.resize(800, 500)
    late.show()
    qtbot.waitExposed(late)
    QApplication.processEvents()
    assert late.canvas.rect().contains(place_of(late, 0, 0).toPoint())
    assert late.canvas.rect().contains(place_of(late, 400, 700).toPoint())


def test_opacity_goes_by_keys_and_by_the_slider(qtbot: QtBot, viewer: TileViewer) -> None:
    viewer.model.set_opacity(0.5)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_BracketRight)
    assert viewer.model.opacity == pytest.approx(0.6)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_BracketLeft)
    assert viewer.opacity.value() == 50
    viewer.opacity.setValue(20)
    assert viewer.model.opacity == pytest.approx(0.2)


def test_the_badge_says_that_the_display_is_adjusted_and_takes_it_back(
    qtbot: QtBot, viewer: TileViewer
) -> None:
    assert not viewer.tone_badge.isVisible()
    viewer.tones.brightness.setValue(60)
    viewer.tones.contrast.setValue(-40)
    assert viewer.tone_badge.isVisible()
    assert viewer.model.brightness == pytest.approx(0.3)
    assert viewer.model.contrast < 1
    qtbot.mouseClick(viewer.tone_badge, Qt.MouseButton.LeftButton)
    assert not viewer.model.toned
    assert not viewer.tone_badge.isVisible()
    assert viewer.tones.brightness.value() == 0


def test_b_opens_the_tone_panel(qtbot: QtBot, viewer: TileViewer) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_B)
    assert viewer.tones.isVisible()
    qtbot.keyClick(viewer.tones.brightness, Qt.Key.Key_B)
    assert not viewer.tones.isVisible(), "the key that opened it closes it"


def test_hovering_says_place_grey_value_and_three_scores(qtbot: QtBot, viewer: TileViewer) -> None:
    shown = viewer.model.tile
    assert shown is not None
    assert shown.maps is not None
    qtbot.mouseMove(viewer.canvas, place_of(viewer, 90.5, 80.5).toPoint())
    assert viewer.readout.isVisible()
    reading = read(shown, 90.5, 80.5)
    assert reading is not None
    assert reading.struct == pytest.approx(float(shown.maps.full("struct")[80, 90]), abs=0.2)
    text = viewer.readout.text()
    assert all(word in text for word in ("struct", "detail", "fused"))
    assert f"{shown.pixels[80, 90]}" in reading_text(reading)
    qtbot.mouseMove(viewer.canvas, QPoint(2, 2))
    assert not viewer.readout.isVisible()


def test_the_readout_counts_a_pixel_as_judging_does() -> None:
    shown = tile("a", detail=((101.0, 101.0, 2.0, 30.0),))
    best = max(
        (read(shown, x + 0.5, y + 0.5) for x in range(90, 112) for y in range(90, 112)),
        key=lambda reading: (reading.fused or 0.0) if reading else 0.0,
    )
    assert best is not None
    assert best.fused == pytest.approx(shown.score)


def test_a_colour_tile_reads_as_red_green_and_blue() -> None:
    reading = read(tile("c", colour=True), 3.2, 4.9)
    assert reading is not None
    assert len(reading.pixel) == 3
    assert "RGB" in reading_text(reading)
    assert read(tile("c"), -0.1, 3) is None


def test_a_click_on_a_region_chooses_it(qtbot: QtBot, viewer: TileViewer) -> None:
    with qtbot.waitSignal(viewer.region_clicked) as heard:
        at = place_of(viewer, 90, 80).toPoint()
        qtbot.mouseClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=at)
    shown = viewer.model.tile
    assert shown is not None
    assert shown.regions[heard.args[0]].fired == "struct"
    assert viewer.model.selected == heard.args[0]


def test_showing_a_region_zooms_to_it(viewer: TileViewer) -> None:
    shown = viewer.model.tile
    assert shown is not None
    small = next(at for at, region in enumerate(shown.regions) if region.fired == "detail")
    viewer.model.show_region(small)
    assert viewer.model.selected == small
    assert viewer.model.view.zoom > 3
    assert abs(viewer.model.view.x - 250) < 4
    viewer.model.show_region(99)
    assert viewer.model.selected is None


def test_a_double_click_goes_near_and_back(qtbot: QtBot, viewer: TileViewer) -> None:
    qtbot.mouseDClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert not viewer.model.view.fit
    qtbot.mouseDClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert viewer.model.view.fit


def test_the_scale_stays_while_a_threshold_is_dragged(viewer: TileViewer) -> None:
    before = viewer.model.scale
    assert before == MapScale.for_thresholds(THRESHOLDS)
    viewer.model.set_thresholds(Thresholds(1.0, 3.0))
    assert viewer.model.scale == before
    viewer.model.set_scale(MapScale(0.0, 20.0))
    assert viewer.model.scale == MapScale(0.0, 20.0)


def test_the_colour_bar_flags_a_map_beyond_its_scale(viewer: TileViewer) -> None:
    assert viewer.bar.saturated
    viewer.bar.grab()
    viewer.set_tile(tile("calm", struct=((90, 80, 25, 5),)))
    assert not viewer.bar.saturated
    assert all(name in viewer.bar.toolTip() for name in ("T1", "T2"))


def test_the_colour_bar_follows_the_map_on_show(viewer: TileViewer) -> None:
    pictures: list[bytes] = []
    for name in ("struct", "detail", "fused"):
        viewer.model.set_map(name)  # type: ignore[arg-type]
        image = viewer.bar.grab().toImage()
        pictures.append(bytes(image.constBits()))
    assert len(set(pictures)) == 3


def test_a_tile_without_maps_shows_plainly(viewer: TileViewer) -> None:
    plain = tile("a")
    viewer.set_tile(ViewTile("n", plain.pixels, "no maps"))
    viewer.grab()
    assert viewer.model.thresholds is None
    viewer.set_tile(None)
    viewer.grab()
    assert viewer.zoom_label.text() == ""


def test_copying_puts_the_picture_on_the_clipboard(
    qtbot: QtBot, viewer: TileViewer, context: AppContext
) -> None:
    with qtbot.waitSignal(context.toast_shown):
        context.actions.trigger("test.view.copy")
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (320, 240)


def test_saving_writes_a_picture_in_the_background(
    qtbot: QtBot, viewer: TileViewer, context: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "kept"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(context.toast_shown, timeout=PATIENCE_MS) as heard:
        context.actions.trigger("test.view.export")
    assert str(target.with_suffix(".png")) in heard.args[0]
    assert QImage(str(target.with_suffix(".png"))).width() == 320


def test_a_picture_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    with pytest.raises(PictureError, match="cannot be written"):
        write_picture(image, tmp_path / "x.docx")
    with pytest.raises(PictureError, match="could not be written"):
        write_picture(image, tmp_path / "missing" / "x.png")
    kept = write_picture(image, tmp_path / "x.png")
    assert kept.read_bytes().startswith(b"\x89PNG")


def test_every_tool_of_the_viewer_is_large_enough_to_touch_and_has_a_name(viewer: TileViewer) -> None:
    buttons = [button for button in viewer.findChildren(QToolButton) if button.isVisible()]
    assert len(buttons) >= 10
    for button in buttons:
        assert min(button.width(), button.height()) >= 40, button.accessibleName()
        assert button.accessibleName()


class Pencil:
    """A tool that notes what it is told."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self) -> None:
        self.places: list[tuple[str, float, float]] = []

    def press(self, at: QPointF, event: object) -> bool:
        self.places.append(("press", at.x(), at.y()))
        return True

    def move(self, at: QPointF, event: object) -> bool:
        self.places.append(("move", at.x(), at.y()))
        return True

    def release(self, at: QPointF, event: object) -> bool:
        self.places.append(("release", at.x(), at.y()))
        return True

    def paint(self, painter: QPainter) -> None:
        painter.fillRect(10, 20, 30, 40, Qt.GlobalColor.green)


def test_a_tool_gets_the_mouse_in_tile_pixels_and_paints_in_them(qtbot: QtBot, viewer: TileViewer) -> None:
    pencil = Pencil()
    viewer.canvas.set_tool(pencil)
    viewer.model.set_overlay(False)
    before = viewer.model.view
    start, end = place_of(viewer, 50, 60).toPoint(), place_of(viewer, 80, 90).toPoint()
    qtbot.mousePress(viewer.canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewer.canvas, end)
    qtbot.mouseRelease(viewer.canvas, Qt.MouseButton.LeftButton, pos=end)
    assert viewer.model.view == before, "a tool's drag does not move the tile"
    assert [kind for kind, *_ in pencil.places] == ["press", "move", "release"]
    assert np.allclose(pencil.places[0][1:], (50, 60), atol=1.0)
    assert np.allclose(pencil.places[2][1:], (80, 90), atol=1.0)
    image = viewer.canvas.grab().toImage()
    inside = place_of(viewer, 25, 40).toPoint()
    assert image.pixelColor(inside).name() == "#00ff00"
    middle_drag(qtbot, viewer, QPoint(300, 200), QPoint(320, 200))
    assert viewer.model.view != before, "the middle button still moves the tile"
    viewer.canvas.set_tool(None)
