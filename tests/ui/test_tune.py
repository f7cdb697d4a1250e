from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program, settle
from tests.ui.tune_records import RECIPE, T, fill, filled_store, new_record

from bsdrd.result import Thresholds, Verdict
from tilesight.store.errors import StoreUnavailable
from tilesight.store.images import RetentionRule
from tilesight.store.records import RecordStore
from tilesight.store.tuning.mask import StrokeKind
from tilesight.store.tuning.table import Selection, Truth
from tilesight.ui.context import AppContext, Person, Role
from tilesight.ui.theme import TARGET, Appearance
from tilesight.ui.tune.chart_card import CURVES, OVER_TIME, PIXELS, SCORES
from tilesight.ui.tune.target_bar import Way
from tilesight.ui.tune.workspace import TuneWorkspace

LEFT, NO = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def store(context: AppContext, tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore.open(tmp_path / "store") as opened:
        yield opened
        context.set_store(None)


@pytest.fixture
def filled(context: AppContext, tmp_path: Path) -> Iterator[RecordStore]:
    with filled_store(tmp_path / "filled") as opened:
        yield opened
        context.set_store(None)


@pytest.fixture
def empty_tune(qtbot: QtBot, context: AppContext) -> Iterator[TuneWorkspace]:
    """The workspace on screen, without store and recipe."""
    context.set_person(Person("bob", Role.ENGINEER))
    made = TuneWorkspace(context)
    qtbot.addWidget(made)
    made.resize(1192, 678)
    made.show()
    qtbot.waitExposed(made)
    made.activate()
    yield made
    made.close_down()


@pytest.fixture
def tune(qtbot: QtBot, context: AppContext, filled: RecordStore, empty_tune: TuneWorkspace) -> TuneWorkspace:
    """The workspace with forty records."""
    context.set_recipe(RECIPE)
    context.set_store(filled)
    qtbot.waitUntil(lambda: empty_tune.model.ready, timeout=PATIENCE_MS)
    settle()
    return empty_tune


def counts_shown(tune: TuneWorkspace) -> list[str]:
    return [tile.accessibleName().split(",")[0] for tile in tune.outcome.tiles.values()]


def drag(qtbot: QtBot, tune: TuneWorkspace, line: str, to: float) -> None:
    """Takes a line by its tab and drags it to a score."""
    chart = tune.charts.histogram
    start = chart.handle("low" if line == "low" else "high").center().toPoint()
    shift = chart.place_of(chart.to_chart(to), "x") - chart.place_of(
        chart.to_chart(tune.model.value("low" if line == "low" else "high")), "x"
    )
    view = chart.viewport()
    qtbot.mousePress(view, LEFT, NO, start)
    qtbot.mouseMove(view, start + QPoint(round(shift / 2), 30))
    qtbot.mouseMove(view, start + QPoint(round(shift), 60))
    qtbot.mouseRelease(view, LEFT, NO, start + QPoint(round(shift), 60))
    settle()


# Looking


def test_it_opens_on_the_thresholds_in_force_with_nothing_flipped(tune: TuneWorkspace) -> None:
    assert tune.states.currentWidget() is tune.states.content
    stored = tune.model.outcome.stored_counts
    assert counts_shown(tune) == [f"OK: {stored[0]}", f"GREY: {stored[1]}", f"NG: {stored[2]}"]
    assert tune.flips.released.strip.cards.rowCount() == 0
    assert tune.flips.rejected.strip.cards.rowCount() == 0
    assert not tune.put_in_force.isEnabled()
    assert tune.which.text() == "40 records"


def test_a_dragged_line_is_followed_by_counts_rates_gallery_and_flip_list(
    qtbot: QtBot, tune: TuneWorkspace
) -> None:
    drag(qtbot, tune, "low", 4.0)
    assert tune.model.proposed.low == pytest.approx(4.0, abs=0.06)
    outcome = tune.model.outcome
    assert counts_shown(tune)[0] == f"OK: {outcome.counts[0]}"
    assert tune.flips.released.strip.cards.rowCount() == outcome.released > 0
    assert tune.charts.fields["low"].value() == tune.model.proposed.low
    below = tune.outcome.under.cards.flip(0)
    assert below is not None
    assert below.score < tune.model.proposed.low
    assert tune.put_in_force.isEnabled()


def test_the_worst_flip_stands_first_and_the_head_counts_known_defects(
    qtbot: QtBot, tune: TuneWorkspace
) -> None:
    tune.model.move("low", 4.9)
    tune.model.refresh()
    first = tune.flips.released.strip.cards.flip(0)
    assert first is not None
    assert (first.truth, first.new) == (Truth.DEFECT, Verdict.OK)
    escape, before = tune.model.outcome.escape, tune.model.outcome_now.escape
    assert escape is not None
    assert before is not None
    expected = f"known defects that would pass: {escape.count - before.count}"
    assert tune.flips.released.worst.text() == expected


def test_cards_show_the_stored_pictures(qtbot: QtBot, tune: TuneWorkspace) -> None:
    flip = tune.outcome.under.cards.flip(0)
    assert flip is not None
    qtbot.waitUntil(lambda: tune.thumbnails.known(flip.record_id), timeout=PATIENCE_MS)
    picture = tune.thumbnails.get(flip.record_id)
    assert picture is not None
    assert (picture.width(), picture.height()) == (80, 64)


def test_keys_move_and_choose_the_lines(qtbot: QtBot, tune: TuneWorkspace) -> None:
    chart = tune.charts.histogram
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert tune.model.proposed.low > 3.0
    qtbot.keyClick(chart, Qt.Key.Key_2)
    qtbot.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert tune.model.proposed.high < 5.0
    assert tune.outcome.line_buttons["high"].isChecked()
    before = tune.model.what.table.below(tune.model.proposed.high)
    qtbot.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert tune.model.what.table.below(tune.model.proposed.high) == before - 1


def test_a_typed_threshold_is_taken_and_pushes_the_other(qtbot: QtBot, tune: TuneWorkspace) -> None:
    field = tune.charts.fields["low"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "6.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert tune.model.proposed == Thresholds(6.5, 6.5)


def test_the_line_of_the_chart_over_time_can_be_dragged_too(qtbot: QtBot, tune: TuneWorkspace) -> None:
    tune.charts.show_tab(OVER_TIME)
    settle()
    chart = tune.charts.over_time
    start = chart.handle("high").center().toPoint()
    qtbot.mousePress(chart.viewport(), LEFT, NO, start)
    qtbot.mouseMove(chart.viewport(), start + QPoint(-20, -30))
    qtbot.mouseRelease(chart.viewport(), LEFT, NO, start + QPoint(-20, -30))
    assert tune.model.proposed.high > 5.0
    assert tune.model.proposed.low == 3.0


def test_log_scales_keep_every_record_and_the_lines_can_be_dragged(qtbot: QtBot, tune: TuneWorkspace) -> None:
    chart = tune.charts.histogram
    tune.charts.log_counts.click()
    tune.charts.log_scores.click()
    tune.charts.stacked.click()
    assert (chart.log, chart.stacked) == (True, False)
    assert chart.found is not None
    assert chart.found.counts.sum() == 40
    for score in (0.5, 3.0, 9.0):
        assert chart.from_chart(chart.to_chart(score)) == pytest.approx(score)
    drag(qtbot, tune, "low", 4.0)
    assert tune.model.proposed.low == pytest.approx(4.0, abs=0.06)


def test_curves_appear_with_the_working_points(tune: TuneWorkspace) -> None:
    tune.charts.show_tab(CURVES)
    settle()
    assert tune.charts.curves.roc_head.text().startswith("ROC, area 0.")
    before = tune.charts.curves.roc_text.text()
    tune.model.move("low", 1.0)
    tune.model.refresh()
    assert tune.charts.curves.roc_text.text() != before


def test_without_labels_the_curves_say_what_they_need(tune: TuneWorkspace) -> None:
    tune.model.select(Selection(truths=frozenset({Truth.UNLABELLED})))
    tune.charts.show_tab(CURVES)
    assert tune.charts.curves.empty.isVisible()
    assert tune.outcome.rates["escape"].value.text() == "no defect labels"


# Targets


def test_a_miss_target_sets_t1_and_says_how_many_defects_are_needed(tune: TuneWorkspace) -> None:
    tune.target.choose(Way.MISS)
    tune.model.refresh()
    escape = tune.model.outcome.escape
    assert escape is not None
    assert escape.value <= 0.01
    assert tune.model.proposed.high == 5.0
    assert tune.target.note.note.warning == "Not enough defective tiles: 368 needed, 6 labelled."


def test_a_looser_target_lets_t1_rise_again(tune: TuneWorkspace) -> None:
    tune.target.choose(Way.MISS)
    strict = tune.model.proposed.low
    tune.target.miss.setValue(60)
    assert tune.model.proposed.low > strict
    tune.target.miss.setValue(1)
    assert tune.model.proposed == Thresholds(strict, 5.0)


def test_a_false_reject_target_says_that_escapes_are_unknown(tune: TuneWorkspace) -> None:
    tune.target.choose(Way.FALSE_REJECT)
    assert tune.target.note.note.warning.startswith("Escape rate unknown")
    tune.model.refresh()
    rejected = tune.model.outcome.false_reject
    assert rejected is not None
    assert rejected.value <= 0.01


def test_f1_and_cost_set_thresholds_and_a_dearer_escape_lowers_t1(tune: TuneWorkspace) -> None:
    tune.target.choose(Way.F1)
    assert tune.model.proposed.low == tune.model.proposed.high
    tune.target.choose(Way.COST)
    tune.target.look.click()
    tune.target.cost.setValue(0)
    cheap = tune.model.proposed.low
    tune.target.cost.setValue(60)
    assert tune.model.proposed.low < cheap
    assert tune.model.method.startswith("lowest cost: an escape 1000")


def test_taking_a_line_by_hand_ends_the_target(qtbot: QtBot, tune: TuneWorkspace) -> None:
    tune.target.choose(Way.MISS)
    settle()
    drag(qtbot, tune, "high", 6.0)
    assert tune.target.way is Way.HAND
    assert tune.model.method == ""
    assert not tune.target.note.isVisible()


def test_records_read_again_do_not_end_a_target(
    qtbot: QtBot, context: AppContext, filled: RecordStore, tune: TuneWorkspace
) -> None:
    tune.target.choose(Way.F1)
    before = len(tune.model.what.table)
    filled.add([new_record(3)], RetentionRule(pictures="all", maps="all"))
    tune.reload()
    qtbot.waitUntil(lambda: len(tune.model.what.table) > before, timeout=PATIENCE_MS)
    settle()
    assert tune.target.way is Way.F1
    tune.model.move("low", 0.5)
    assert tune.target.way is Way.HAND


def test_a_target_without_labels_says_what_to_do_and_moves_nothing(tune: TuneWorkspace) -> None:
    tune.model.select(Selection(truths=frozenset({Truth.UNLABELLED})))
    tune.target.choose(Way.F1)
    assert "labelled good" in tune.target.note.note.warning
    assert tune.model.proposed == T


# Pixels and mask


@pytest.fixture
def pixels(qtbot: QtBot, tune: TuneWorkspace) -> TuneWorkspace:
    """The tab with a tile on show."""
    tune.charts.show_tab(PIXELS)
    pane = tune.charts.pixels.pane
    qtbot.waitUntil(lambda: pane.view.tile is not None, timeout=PATIENCE_MS)
    settle()
    return tune


def at(tune: TuneWorkspace, x: float, y: float) -> QPoint:
    """Where a share of the tile lies on the canvas."""
    pane = tune.charts.pixels.pane
    tile = pane.view.tile
    assert tile is not None
    place: QPointF = pane.canvas.port.to_widget(pane.view.view, x * tile.width, y * tile.height)
    return place.toPoint()


def test_fields_change_the_rule_its_words_and_the_tile(qtbot: QtBot, pixels: TuneWorkspace) -> None:
    panel = pixels.charts.pixels
    panel.edge.setValue(4)
    panel.min_area.setValue(25)
    panel.follow_t1.click()
    panel.map_threshold.setValue(2.0)
    rule = pixels.model.pixels
    assert (rule.edge_band_px, rule.min_area, rule.map_threshold) == (4, 25, 2.0)
    for part in ("outermost 4 px (0.4 mm)", "smaller than 25 px (0.25 mm²)", "reaches 2."):
        assert part in panel.rule_words.text()
    qtbot.waitUntil(lambda: not pixels.model.rejudging.running, timeout=PATIENCE_MS)
    assert panel.progress_words.text() == "Judged again by this rule: 40 records."
    tile = panel.pane.view.tile
    assert tile is not None
    qtbot.waitUntil(lambda: panel.pane.view.tile.mask is not None, timeout=PATIENCE_MS)  # type: ignore[union-attr]


def test_the_unit_of_the_smallest_region_keeps_the_area(pixels: TuneWorkspace) -> None:
    panel = pixels.charts.pixels
    panel.min_area.setValue(50)
    panel.unit.setCurrentIndex(1)
    assert (pixels.model.pixels.min_area, pixels.model.pixels.in_mm2) == (0.5, True)
    panel.unit.setCurrentIndex(0)
    assert (pixels.model.pixels.min_area, pixels.model.pixels.in_mm2) == (50, False)


def test_a_polygon_is_drawn_corner_by_corner_and_closed_on_the_first(
    qtbot: QtBot, pixels: TuneWorkspace
) -> None:
    pane = pixels.charts.pixels.pane
    pane.tool_buttons[1].click()
    corners = [(0.2, 0.2), (0.7, 0.25), (0.5, 0.8)]
    for x, y in [*corners, corners[0]]:
        qtbot.mouseClick(pane.canvas, LEFT, NO, at(pixels, x, y))
    mask = pixels.model.pixels.mask
    assert mask is not None
    (stroke,) = mask.strokes
    assert (stroke.kind, stroke.inspect) == (StrokeKind.POLYGON, False)
    assert np.allclose(stroke.points, corners, atol=0.02)


def test_rectangle_and_brush_are_dragged_and_plus_takes_in_again(qtbot: QtBot, pixels: TuneWorkspace) -> None:
    pane = pixels.charts.pixels.pane
    pane.tool_buttons[2].click()
    qtbot.mousePress(pane.canvas, LEFT, NO, at(pixels, 0.1, 0.1))
    qtbot.mouseMove(pane.canvas, at(pixels, 0.6, 0.6))
    qtbot.mouseRelease(pane.canvas, LEFT, NO, at(pixels, 0.9, 0.9))
    pane.tool_buttons[3].click()
    pane.take_in.click()
    qtbot.mousePress(pane.canvas, LEFT, NO, at(pixels, 0.3, 0.5))
    for x in (0.35, 0.4, 0.45, 0.5):
        qtbot.mouseMove(pane.canvas, at(pixels, x, 0.5))
    qtbot.mouseRelease(pane.canvas, LEFT, NO, at(pixels, 0.5, 0.5))
    mask = pixels.model.pixels.mask
    assert mask is not None
    assert [(stroke.kind, stroke.inspect) for stroke in mask.strokes] == [
        (StrokeKind.RECTANGLE, False),
        (StrokeKind.BRUSH, True),
    ]
    raster = mask.raster(64, 80)
    assert raster[32, 32]
    assert not raster[10, 40]


def test_the_mask_can_be_drawn_with_keys_alone(qtbot: QtBot, pixels: TuneWorkspace) -> None:
    pane = pixels.charts.pixels.pane
    pane.choose_tool(pane.rectangle)
    pane.canvas.setFocus()
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(pane.canvas, Qt.Key.Key_Left, shift)
    qtbot.keyClick(pane.canvas, Qt.Key.Key_Return)
    for _ in range(3):
        qtbot.keyClick(pane.canvas, Qt.Key.Key_Right, shift)
    qtbot.keyClick(pane.canvas, Qt.Key.Key_Down, shift)
    qtbot.keyClick(pane.canvas, Qt.Key.Key_Return)
    mask = pixels.model.pixels.mask
    assert mask is not None
    assert np.allclose(mask.strokes[0].points, [(30 / 80, 0.5), (60 / 80, 42 / 64)])


def test_escape_forgets_a_drawing_and_backspace_its_last_corner(qtbot: QtBot, pixels: TuneWorkspace) -> None:
    pane = pixels.charts.pixels.pane
    pane.choose_tool(pane.polygon)
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.1, 0.9)):
        qtbot.mouseClick(pane.canvas, LEFT, NO, at(pixels, x, y))
    qtbot.keyClick(pane.canvas, Qt.Key.Key_Backspace)
    assert len(pane.polygon.points) == 3
    qtbot.keyClick(pane.canvas, Qt.Key.Key_Escape)
    assert pane.polygon.points == []
    assert pixels.model.pixels.mask is None


def test_the_mask_is_undone_redone_inverted_and_removed(
    qtbot: QtBot, context: AppContext, pixels: TuneWorkspace
) -> None:
    pane = pixels.charts.pixels.pane
    pane.choose_tool(pane.rectangle)
    for x in (0.1, 0.5):
        qtbot.mousePress(pane.canvas, LEFT, NO, at(pixels, x, 0.1))
        qtbot.mouseMove(pane.canvas, at(pixels, x + 0.1, 0.3))
        qtbot.mouseRelease(pane.canvas, LEFT, NO, at(pixels, x + 0.2, 0.5))
    two = pixels.model.pixels.mask
    context.actions["tune.undo"].trigger()
    one = pixels.model.pixels.mask
    assert two is not None
    assert one is not None
    assert one.strokes == two.strokes[:1]
    context.actions["tune.redo"].trigger()
    assert pixels.model.pixels.mask == two
    pane.invert_button.click()
    assert pixels.model.pixels.mask == two.inverted()
    pane.clear_button.click()
    assert pixels.model.pixels.mask is None
    for _ in range(4):
        pane.undo_button.click()
    assert pixels.model.pixels.mask is None
    assert not pane.undo_button.isEnabled()


def test_a_mask_that_leaves_nothing_cannot_be_put_in_force(qtbot: QtBot, pixels: TuneWorkspace) -> None:
    pixels.charts.pixels.pane.invert_button.click()
    assert pixels.charts.pixels.problem == "The mask leaves nothing to inspect."
    qtbot.waitUntil(lambda: not pixels.model.rejudging.running, timeout=PATIENCE_MS)
    assert pixels.model.rejudging.failed == 40
    pixels.ask_apply()
    form = pixels.putting.apply_sheet.form
    form.reason.setPlainText("because")
    assert not form.confirm.isEnabled()
    assert "nothing to inspect" in form.problem.text()


def test_a_card_opens_its_tile_under_the_proposed_rule(qtbot: QtBot, tune: TuneWorkspace) -> None:
    tune.model.move("low", 4.9)
    tune.model.refresh()
    strip = tune.flips.released.strip
    strip.setFocus()
    strip.setCurrentIndex(strip.cards.index(0))
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    flip = strip.cards.flip(0)
    assert flip is not None
    pane = tune.charts.pixels.pane
    qtbot.waitUntil(
        lambda: pane.view.tile is not None and pane.view.tile.key == flip.record_id, timeout=PATIENCE_MS
    )
    assert tune.charts.tabs.currentIndex() == PIXELS
    assert "OK" in pane.title.text()


def test_a_tile_without_picture_can_still_carry_a_mask(
    qtbot: QtBot, tune: TuneWorkspace, filled: RecordStore
) -> None:
    (number,) = filled.add([new_record(5)], RetentionRule(pictures="none", maps="none"))
    tune.show_tile(number)
    pane = tune.charts.pixels.pane
    qtbot.waitUntil(lambda: pane.view.tile is not None and pane.view.tile.key == number, timeout=PATIENCE_MS)
    assert "not kept" in pane.title.text()


# Putting in force


def put_in_force(qtbot: QtBot, tune: TuneWorkspace, reason: str) -> None:
    tune.ask_apply()
    tune.putting.apply_sheet.form.reason.setPlainText(reason)
    tune.putting.apply_sheet.form.confirm.click()
    qtbot.waitUntil(lambda: not tune.putting.apply_sheet.isVisible(), timeout=PATIENCE_MS)


def test_a_change_needs_a_reason_and_is_written_with_its_flips(
    qtbot: QtBot, context: AppContext, tune: TuneWorkspace, filled: RecordStore
) -> None:
    tune.target.choose(Way.MISS)
    flips = tune.model.outcome_of_all().flips
    tune.ask_apply()
    form = tune.putting.apply_sheet.form
    assert form.reason.hasFocus()
    assert f"would change: {flips} " in tune.putting.apply_sheet.flips.text()
    assert not form.confirm.isEnabled()
    form.reason.setPlainText("   ")
    assert not form.confirm.isEnabled()
    form.reason.setPlainText("cracks came through")
    low = tune.model.proposed.low
    form.confirm.click()
    qtbot.waitUntil(lambda: not tune.putting.apply_sheet.isVisible(), timeout=PATIENCE_MS)
    assert context.recipe is not None
    assert context.recipe.t1 == low
    entry = filled.audit.entries(limit=1)[0]
    new = json.loads(entry.new)
    assert (entry.actor, entry.why, entry.role) == ("bob", "cracks came through", "engineer")
    assert (new["flips"], new["method"]) == (flips, "miss at most 1 %")
    assert len(filled.recipes.history("Line 1")) == 2
    qtbot.waitUntil(lambda: tune.model.in_force.low == low, timeout=PATIENCE_MS)
    assert not tune.model.is_changed


def test_somebody_without_a_name_is_asked_for_it(
    qtbot: QtBot, context: AppContext, tune: TuneWorkspace, filled: RecordStore
) -> None:
    context.set_person(Person("", Role.ENGINEER))
    tune.model.move("low", 3.5)
    tune.ask_apply()
    form = tune.putting.apply_sheet.form
    form.reason.setPlainText("stain")
    assert form.name.hasFocus()
    assert not form.confirm.isEnabled()
    form.name.setText("cid")
    form.confirm.click()
    qtbot.waitUntil(lambda: not tune.putting.apply_sheet.isVisible(), timeout=PATIENCE_MS)
    assert "cid" in {entry.actor for entry in filled.audit.entries()}


def test_a_recipe_changed_meanwhile_is_refused_and_the_sheet_says_so(
    qtbot: QtBot, tune: TuneWorkspace, filled: RecordStore
) -> None:
    tune.model.move("low", 3.5)
    filled.recipes.save("Line 1", RECIPE.changed(t2=9.0).content(), actor="cid", why="other")
    tune.ask_apply()
    form = tune.putting.apply_sheet.form
    form.reason.setPlainText("stain")
    form.confirm.click()
    qtbot.waitUntil(lambda: "cid changed" in form.problem.text(), timeout=PATIENCE_MS)
    assert tune.putting.apply_sheet.isVisible()
    assert len(filled.recipes.history("Line 1")) == 2


def test_an_earlier_version_is_compared_and_restored(
    qtbot: QtBot, context: AppContext, tune: TuneWorkspace, filled: RecordStore
) -> None:
    tune.model.move("low", 3.5)
    put_in_force(qtbot, tune, "stain")
    qtbot.waitUntil(lambda: tune.model.in_force.low == 3.5, timeout=PATIENCE_MS)
    tune.putting.open_history()
    sheet = tune.putting.history_sheet
    qtbot.waitUntil(sheet.isVisible, timeout=PATIENCE_MS)
    assert sheet.list.count() == 2
    assert not sheet.restore.isEnabled()
    sheet.list.setCurrentRow(1)
    assert sheet.effect.text() == (
        "Stored verdicts that its thresholds would change: 0 of 40 (0 released, 0 rejected)."
    )
    sheet.restore.click()
    sheet.form.reason.setPlainText("it was better")
    sheet.form.confirm.click()
    qtbot.waitUntil(lambda: not sheet.isVisible(), timeout=PATIENCE_MS)
    assert context.recipe == RECIPE
    assert [version.why for version in filled.recipes.history("Line 1")] == [
        "it was better",
        "stain",
        "first",
    ]


def test_back_to_force_forgets_thresholds_and_rule(context: AppContext, tune: TuneWorkspace) -> None:
    tune.model.move("low", 4.0)
    tune.charts.pixels.edge.setValue(3)
    context.actions["tune.back"].trigger()
    assert not tune.model.is_changed
    assert tune.charts.pixels.edge.value() == 0


# Records, report, states


def test_records_are_chosen_by_lot_label_and_period(tune: TuneWorkspace) -> None:
    tune.open_filter()
    sheet = tune.filter_sheet
    sheet.lots.item(0).setCheckState(Qt.CheckState.Checked)
    assert tune.which.text() == "20 of 40"
    sheet.labels[Truth.UNLABELLED].setChecked(False)
    assert tune.model.outcome.total == 0
    sheet.lots.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert tune.which.text() == "20 of 40"
    sheet.reset()
    assert tune.which.text() == "40 records"
    sheet.period.setCurrentIndex(1)
    assert tune.model.outcome.total == 0
    assert counts_shown(tune) == ["OK: 0", "GREY: 0", "NG: 0"]


def test_the_report_lies_beside_its_csv(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tune: TuneWorkspace, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"

    def choose(*_: Any) -> tuple[str, str]:
        return str(page), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    tune.model.move("low", 4.5)
    tune.ask_report()
    qtbot.waitUntil(page.exists, timeout=PATIENCE_MS)
    text = page.read_text(encoding="utf-8")
    assert "Line 1, version 1" in text
    assert "data:image/jpeg" in text
    rows = list(csv.DictReader(page.with_suffix(".csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == tune.model.outcome.flips


def test_a_report_that_cannot_be_written_says_so(
    qtbot: QtBot, context: AppContext, tune: TuneWorkspace, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with qtbot.waitSignal(context.toast_shown, timeout=PATIENCE_MS) as said:
        tune.save_report(tmp_path / "file" / "report.html")
    assert said.args is not None
    assert "report" in said.args[0]


def test_new_records_are_read_by_themselves(
    qtbot: QtBot, context: AppContext, tune: TuneWorkspace, filled: RecordStore
) -> None:
    tune.news_timer.setInterval(0)
    tune.model.move("low", 4.0)
    filled.add([new_record(3)])
    context.note_records()
    qtbot.waitUntil(lambda: tune.model.outcome.total == 41, timeout=PATIENCE_MS)
    assert tune.model.proposed.low == 4.0


def test_without_store_recipe_or_records_it_says_what_is_missing(
    qtbot: QtBot, context: AppContext, store: RecordStore, empty_tune: TuneWorkspace
) -> None:
    assert empty_tune.states.empty.head.text() == "No records here"
    context.set_store(store)
    assert empty_tune.states.empty.head.text() == "No recipe in force"
    context.set_recipe(RECIPE)
    qtbot.waitUntil(
        lambda: empty_tune.states.empty.head.text() == "Nothing to tune on yet", timeout=PATIENCE_MS
    )
    with qtbot.waitSignal(context.workspace_asked) as asked:
        empty_tune.states.empty.button.click()
    assert asked.args is not None
    assert asked.args[0] == "run"


def test_a_store_that_cannot_be_read_says_so_and_is_tried_again(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    context: AppContext,
    store: RecordStore,
    empty_tune: TuneWorkspace,
) -> None:
    fill(store)

    def fail(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("The disk failed.", kept="What was kept is kept.", do_next="Check it.")

    with monkeypatch.context() as broken:
        broken.setattr(store, "score_arrays", fail)
        context.set_recipe(RECIPE)
        context.set_store(store)
        error = empty_tune.states.error
        qtbot.waitUntil(lambda: empty_tune.states.currentWidget() is error, timeout=PATIENCE_MS)
        assert (error.head.text(), error.kept.text()) == ("The disk failed.", "What was kept is kept.")
    error.button.click()
    qtbot.waitUntil(lambda: empty_tune.model.ready, timeout=PATIENCE_MS)
    assert empty_tune.states.currentWidget() is empty_tune.states.content


# Everything at hand


def test_every_control_has_a_name_and_a_size_to_touch(tune: TuneWorkspace) -> None:
    tune.putting.apply_sheet.form.begin("", "Put in force")
    tune.putting.history_sheet.form.begin("", "Restore")
    tune.states.error.set_error(ValueError("x"), "Try again")
    kinds = (
        QAbstractButton,
        QAbstractSpinBox,
        QComboBox,
        QLineEdit,
        QPlainTextEdit,
        QSlider,
        QAbstractItemView,
    )
    nameless: list[str] = []
    small: list[str] = []
    for widget in tune.findChildren(QWidget):
        inner = isinstance(widget.parent(), (QAbstractSpinBox, QComboBox, QAbstractItemView))
        # The list of a combo box and the parts of a calendar are named by Qt.
        inner = inner or type(widget) is QListView or "qt_" in widget.objectName() + str(widget.parent())
        if not isinstance(widget, kinds) or inner or widget.isHidden():
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text):
            nameless.append(f"{type(widget).__name__} {widget.toolTip()}")
        if isinstance(widget, kinds[:4]) and max(widget.sizeHint().height(), widget.minimumHeight()) < TARGET:
            small.append(f"{type(widget).__name__} {widget.accessibleName()} {text}")
    assert not nameless, " | ".join(nameless)
    assert small == []


def test_every_action_can_be_done_in_every_tab(
    monkeypatch: pytest.MonkeyPatch, context: AppContext, tune: TuneWorkspace, tmp_path: Path
) -> None:
    def choose(*_: Any) -> tuple[str, str]:
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    own = [action.key for action in context.actions.all() if action.key.startswith("tune.")]
    assert len(own) == 16
    for tab in (SCORES, CURVES, OVER_TIME, PIXELS):
        tune.charts.show_tab(tab)
        tune.model.move("low", 3.5)
        for key in own:
            context.actions[key].trigger()
            settle(1)
    assert context.actions.clashes() == []


def test_tab_and_division_of_the_room_come_back(context: AppContext, tune: TuneWorkspace) -> None:
    tune.charts.show_tab(CURVES)
    state = json.loads(json.dumps(tune.save_state()))
    tune.charts.show_tab(SCORES)
    tune.restore_state({"tab": "x", "middle": None})
    assert tune.charts.tabs.currentIndex() == SCORES
    tune.restore_state(state)
    assert tune.charts.tabs.currentIndex() == CURVES


@pytest.mark.parametrize("size", [(1192, 678), (1832, 1038)])
def test_it_fits_its_room_and_takes_both_themes(
    context: AppContext, tune: TuneWorkspace, size: tuple[int, int]
) -> None:
    assert tune.minimumSizeHint().width() <= 1192
    assert tune.minimumSizeHint().height() <= 678
    tune.resize(*size)
    for appearance in (Appearance.LIGHT, Appearance.DARK):
        context.theme.choose(appearance)
        for tab in (SCORES, CURVES, OVER_TIME, PIXELS):
            tune.charts.show_tab(tab)
            settle(10)
            assert not tune.grab().isNull()
    assert (tune.width(), tune.height()) == size


def test_in_the_whole_program_a_tuned_rule_reaches_the_line_and_the_recipe_book(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    program.context.set_person(Person("bob", Role.ENGINEER))
    program.start(str(tiles_folder))
    qtbot.waitUntil(lambda: program.store.count() == 3, timeout=PATIENCE_MS)
    program.window.open_workspace("tune")
    tune = program.window.workspaces["tune"]
    assert isinstance(tune, TuneWorkspace)
    qtbot.waitUntil(lambda: tune.model.ready, timeout=PATIENCE_MS)
    tune.model.move("high", 50.0)
    put_in_force(qtbot, tune, "dark spots are harmless")
    recipe = program.context.recipe
    assert recipe is not None
    assert recipe.t2 == 50.0
    book = program.context.recipes
    assert book is not None
    qtbot.waitUntil(lambda: book.path(recipe.name).exists(), timeout=PATIENCE_MS)
    assert book.load(recipe.name) == recipe
    program.session.start()
    qtbot.waitUntil(lambda: program.store.count() == 6, timeout=PATIENCE_MS)
    thresholds = {row.thresholds for row in program.store.query(limit=3).rows}
    assert {one.high for one in thresholds if one is not None} == {50.0}
