"""The window around the workspaces: rail, palette, keys, settings, tour, banners, what is found again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program, settle

from bsdrd.errors import DataError
from tilesight.line.recipe import DEMO
from tilesight.ui.actions import Action, ActionRegistry, shown
from tilesight.ui.context import AppContext, Banner, Level, Person, Role
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.main_window import MINIMUM, USUAL
from tilesight.ui.palette import score
from tilesight.ui.run.workspace import RunWorkspace
from tilesight.ui.theme import Appearance
from tilesight.ui.workspaces import ENTRIES, WorkspaceEntry


def open_action(program: Program, key: str) -> None:
    assert program.context.actions.trigger(key), f"{key} is disabled"
    QApplication.processEvents()


# Actions as data


def test_no_two_actions_fight_for_one_key(program: Program) -> None:
    assert program.context.actions.clashes() == []


def test_every_action_has_words_and_an_icon_that_exists(program: Program) -> None:
    for action in program.context.actions.all():
        assert shown(action.text).strip(), action.key
        assert shown(action.group).strip(), action.key
        carrier = program.context.actions[action.key]
        assert carrier.text()
        assert not action.icon or not carrier.icon().isNull()


def test_two_actions_of_one_name_are_refused(context: AppContext, qtbot: QtBot) -> None:
    owner = QPushButton()
    qtbot.addWidget(owner)
    action = Action("twice", "Twice", lambda: None)
    context.actions.add([action], owner)
    with pytest.raises(ValueError, match="twice"):
        context.actions.add([action], owner)
    with pytest.raises(ValueError, match="no key"):
        context.actions.add([Action("odd", "Odd", lambda: None, shortcuts=("Bogus+Q",))], owner)


def test_actions_of_a_widget_that_is_gone_are_forgotten(context: AppContext) -> None:
    owner = QPushButton()
    context.actions.add([Action("gone", "Gone", lambda: None)], owner)
    owner.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    assert "gone" not in context.actions


def test_a_checkable_action_gets_its_new_state(context: AppContext, qtbot: QtBot) -> None:
    owner = QPushButton()
    qtbot.addWidget(owner)
    states: list[bool] = []
    context.actions.add([Action("tick", "Tick", states.append, checkable=True)], owner)
    for _ in range(3):
        context.actions["tick"].trigger()
    assert states == [True, False, True]


# Rail and workspaces


def test_ctrl_and_a_digit_go_to_each_workspace(qtbot: QtBot, program: Program) -> None:
    assert program.window.current == "run"
    for at, entry in enumerate(ENTRIES, start=1):
        qtbot.keyClick(program.window, Qt.Key(Qt.Key.Key_0 + at), Qt.KeyboardModifier.ControlModifier)
        assert program.window.current == entry.key


def test_the_rail_shows_where_one_is(qtbot: QtBot, program: Program) -> None:
    rail = program.window.rail
    assert rail.buttons["run"].isChecked()
    assert [button.text() for button in rail.buttons.values()] == [entry.title() for entry in ENTRIES]
    for button in rail.buttons.values():
        assert button.width() >= 40
        assert button.accessibleName()


def test_a_workspace_that_cannot_be_opened_says_so_and_nothing_else_breaks(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        program.window, "_entries", (*ENTRIES, WorkspaceEntry("odd", "error", "Odd", "no.such:Thing"))
    )
    program.window.open_workspace("odd")
    page = program.window.stack.currentWidget()
    assert isinstance(page, StateStack)
    assert "Odd" in page.error.head.text()
    program.window.open_workspace("run")
    assert program.window.current == "run"


# Palette


def test_ctrl_k_finds_and_does_an_action(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = program.window.palette_sheet
    assert palette.isVisible()
    assert palette.field.hasFocus()
    assert len(palette.keys) == len(program.context.actions.all())
    qtbot.keyClicks(palette.field, "light col")
    assert palette.keys[0] == "app.light"
    with qtbot.waitSignal(program.context.actions.triggered):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert not program.context.theme.colours.dark


def test_the_palette_walks_with_the_arrows_and_goes_with_escape(qtbot: QtBot, program: Program) -> None:
    open_action(program, "app.palette")
    palette = program.window.palette_sheet
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.rows.currentRow() == 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.rows.currentRow() == palette.rows.count() - 1
    qtbot.keyClicks(palette.field, "qqqqq")
    assert palette.nothing.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_palette_does_not_do_what_is_disabled(qtbot: QtBot, program: Program) -> None:
    open_action(program, "app.palette")
    palette = program.window.palette_sheet
    qtbot.keyClicks(palette.field, "Stop")
    assert palette.keys[0] == "run.stop"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.close_sheet()


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("fi", "Fit", "Find an action"),
        ("full", "Full screen", "Stop fully"),
        ("go tu", "Go to Tune", "Go to Run"),
    ],
)
def test_the_better_match_comes_first(query: str, better: str, worse: str) -> None:
    one, other = score(query, better), score(query, worse)
    assert one is not None
    assert other is None or one > other


def test_strewn_letters_are_no_match() -> None:
    assert score("sh", "Close without asking") is None
    assert score("", "anything") == 0


# Sheets


def test_f1_shows_every_action_that_has_a_key(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window, Qt.Key.Key_F1)
    sheet = program.window.shortcuts
    assert sheet.isVisible()
    shown_keys = {action.key for actions in sheet.groups().values() for action in actions}
    with_keys = {action.key for action in program.context.actions.all() if action.shortcuts}
    assert shown_keys == with_keys
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_click_beside_the_card_closes_and_the_keyboard_goes_back(qtbot: QtBot, program: Program) -> None:
    run = program.window.workspaces["run"]
    before = QApplication.focusWidget()
    open_action(program, "app.settings")
    sheet = program.window.settings
    assert sheet.isAncestorOf(QApplication.focusWidget())
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=sheet.card.geometry().center())
    assert sheet.isVisible()
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not sheet.isVisible()
    assert QApplication.focusWidget() is before
    assert run.isVisible()


def test_tab_stays_inside_an_open_sheet(qtbot: QtBot, program: Program) -> None:
    open_action(program, "app.settings")
    sheet = program.window.settings
    seen = set()
    for _ in range(30):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert sheet.isAncestorOf(focused)
        seen.add(focused)
    assert len(seen) >= 8
    sheet.close_sheet()


def test_who_types_in_a_sheet_changes_nothing_behind_it(
    qtbot: QtBot, program: Program, tiles_folder: Path
) -> None:
    run = program.window.workspaces["run"]
    assert isinstance(run, RunWorkspace)
    program.start(str(tiles_folder))
    qtbot.waitUntil(lambda: run.viewer.model.tile is not None, timeout=PATIENCE_MS)
    before = run.viewer.model.map_name
    open_action(program, "run.source")
    sources = program.window.sources
    assert isinstance(QApplication.focusWidget(), QPushButton)
    for key in (Qt.Key.Key_Z, Qt.Key.Key_B, Qt.Key.Key_T, Qt.Key.Key_1):
        qtbot.keyClick(QApplication.focusWidget(), key)
    assert run.viewer.model.map_name == before
    assert run.viewer.model.overlay
    assert not run.viewer.tones.isVisible()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert program.window.palette_sheet.isVisible(), "keys with Ctrl still lead everywhere"
    program.window.palette_sheet.close_sheet()
    sources.close_sheet()
    qtbot.keyClick(run.viewer.canvas, Qt.Key.Key_Z)
    assert run.viewer.model.map_name == "struct"
    run.viewer.model.set_map(before)


def test_a_sheet_follows_the_window(qtbot: QtBot, program: Program) -> None:
    open_action(program, "app.settings")
    program.window.resize(1600, 900)
    qtbot.waitUntil(lambda: program.window.settings.width() == program.window.middle.width())
    card, room = program.window.settings.card.geometry(), program.window.settings.rect()
    assert abs(card.center().x() - room.center().x()) <= 1
    program.window.settings.close_sheet()


def turn_wheel(field: QWidget) -> QWheelEvent:
    """One notch down over the middle of a field."""
    middle = QPointF(field.rect().center())
    event = QWheelEvent(
        middle, field.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)
    return event


def test_the_wheel_scrolls_past_a_field_that_does_not_have_the_keyboard(program: Program) -> None:
    program.context.set_recipe(DEMO)
    open_action(program, "run.edit-recipe")
    editor = program.window.editor
    editor.scale.setValue(0.5)
    assert not editor.scale.hasFocus()
    turn_wheel(editor.scale)
    assert editor.scale.value() == 0.5
    editor.scale.setFocus()
    turn_wheel(editor.scale)
    assert editor.scale.value() < 0.5
    editor.close_sheet()


def test_the_first_window_is_never_larger_than_the_screen(program: Program) -> None:
    window = program.window
    window.restore()
    room = window.screen().availableSize()
    assert room.width() < USUAL[0], "the screen of these tests is a small one"
    assert window.width() == max(room.width(), MINIMUM[0])
    assert window.height() == max(min(room.height(), USUAL[1]), MINIMUM[1])
    assert window.isMaximized()
    window.setWindowState(Qt.WindowState.WindowNoState)


def test_every_page_of_the_sources_begins_at_the_same_place(program: Program) -> None:
    open_action(program, "run.source")
    sources = program.window.sources
    tops: set[int] = set()
    for button in sources.findChildren(QPushButton):
        if button.objectName().startswith("source-"):
            button.click()
            settle(10)
            page = sources._pages.currentWidget()
            tops |= {words.y() for words in page.findChildren(QLabel)[:1]}
            assert page.findChildren(QLabel)[1].y() - page.findChildren(QLabel)[0].geometry().bottom() < 24
    assert len(tops) == 1
    sources.close_sheet()


# Settings


def test_colours_change_at_once_and_are_kept(program: Program) -> None:
    open_action(program, "app.settings")
    choice = program.window.settings.theme_choice
    buttons = choice.findChildren(QPushButton)
    next(button for button in buttons if button.text() == "Light").click()
    assert program.context.theme.appearance is Appearance.LIGHT
    assert program.context.settings.theme == "light"
    assert choice.value == "light"


def test_the_name_reaches_records_and_audit(qtbot: QtBot, program: Program) -> None:
    open_action(program, "app.settings")
    dialog = program.window.settings
    dialog.operator.setText("Ada Lovelace")
    dialog.operator.editingFinished.emit()
    assert program.context.person.name == "Ada Lovelace"
    assert program.context.settings.operator == "Ada Lovelace"
    assert program.context.engine is not None
    assert program.context.engine.circumstances.operator == "Ada Lovelace"
    dialog.role.findChildren(QPushButton)[0].click()
    assert program.context.person == Person("Ada Lovelace", Role.OPERATOR)
    dialog.station.setText("Line 2")
    dialog.station.editingFinished.emit()
    assert program.context.settings.station == "Line 2"


def test_another_store_is_taken_for_the_next_start(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog = program.window.settings
    dialog._choose_store()
    assert program.context.settings.store_folder == str(tmp_path)
    assert dialog.store_folder.text() == str(tmp_path)
    dialog._usual_store()
    assert program.context.settings.store_folder is None


def test_a_language_is_kept(program: Program) -> None:
    dialog = program.window.settings
    dialog.language.setCurrentIndex(dialog.language.findData("en"))
    dialog.language.activated.emit(dialog.language.currentIndex())
    assert program.context.settings.language == "en"


# Tour


def test_the_tour_has_five_steps_and_is_remembered(qtbot: QtBot, program: Program) -> None:
    program.context.change_settings(tour_done=False)
    open_action(program, "app.tour")
    tour = program.window.tour
    heads = []
    for step in range(5):
        assert tour.step == step
        heads.append(tour.head.text())
        tour.grab()
        qtbot.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert len(set(heads)) == 5
    assert not tour.isVisible()
    assert program.context.settings.tour_done


def test_the_tour_can_be_skipped_and_walked_by_keys(qtbot: QtBot, program: Program) -> None:
    program.context.change_settings(tour_done=False)
    open_action(program, "app.tour")
    tour = program.window.tour
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    assert tour.step == 1
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.step == 0
    qtbot.keyClick(tour, Qt.Key.Key_Escape)
    assert not tour.isVisible()
    assert program.context.settings.tour_done


def test_the_tour_comes_by_itself_at_the_first_start_only(qtbot: QtBot, program: Program) -> None:
    program.window.offer_tour()
    settle(700)
    assert not program.window.tour.isVisible()
    program.context.change_settings(tour_done=False)
    program.window.offer_tour()
    qtbot.waitUntil(program.window.tour.isVisible)
    program.window.tour.skip.click()


# Banners and toasts


def test_the_most_serious_banner_stands_on_top_and_goes_with_its_cause(program: Program) -> None:
    context, stack = program.context, program.window.banners
    context.show_banner(Banner("a", Level.INFO, "note"))
    context.show_banner(Banner("b", Level.ERROR, "broken", "Settings", "app.settings"))
    context.show_banner(Banner("c", Level.WARNING, "careful"))
    assert [banner.key for banner in stack.banners] == ["b", "c", "a"]
    assert stack.isVisible()
    context.show_banner(Banner("c", Level.WARNING, "more careful"))
    assert [banner.text for banner in stack.banners] == ["broken", "more careful", "note"]
    for key in "abc":
        context.clear_banner(key)
    assert not stack.isVisible()


def test_a_banner_leads_to_what_helps(qtbot: QtBot, program: Program) -> None:
    program.context.show_banner(Banner("b", Level.ERROR, "broken", "Settings", "app.settings"))
    QApplication.processEvents()
    button = next(
        button for button in program.window.banners.findChildren(QPushButton) if button.text() == "Settings"
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert program.window.settings.isVisible()
    program.window.settings.close_sheet()
    close = program.window.banners.findChildren(QToolButton)[0]
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert program.window.banners.banners == []


def test_a_toast_does_its_one_action(qtbot: QtBot, program: Program) -> None:
    program.context.toast("Deleted.", "Undo", "app.settings")
    toast = program.window.toast
    assert toast.isVisible()
    assert toast.text.text() == "Deleted."
    assert toast.geometry().bottom() < program.window.status.y(), "it covers the status bar"
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert program.window.settings.isVisible()
    assert not toast.isVisible()
    program.window.settings.close_sheet()
    program.context.toast("x" * 400)
    assert toast.width() <= program.window.middle.width()


# Drag and drop


def dropped(window: object, paths: list[Path]) -> tuple[QDragEnterEvent, QDropEvent, QMimeData]:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(200, 200), copy, data, left, none)
    return enter, QDropEvent(QPointF(200, 200), copy, data, left, none), data


def test_a_dropped_folder_is_inspected(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    enter, drop, _data = dropped(program.window, [tiles_folder])
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted()
    assert tiles_folder.name in program.window.drop_hint.text
    QApplication.sendEvent(program.window, drop)
    assert not program.window.drop_hint.isVisible()
    line = program.session.line
    qtbot.waitUntil(lambda: line.snapshot.counts.saved == 3, timeout=PATIENCE_MS)
    assert program.store.count() == 3


def test_several_dropped_files_are_one_inspection(qtbot: QtBot, program: Program, tiles_folder: Path) -> None:
    files = sorted(tiles_folder.iterdir())[:2]
    program.window.take_paths(files)
    qtbot.waitUntil(lambda: program.session.line.snapshot.counts.saved == 2, timeout=PATIENCE_MS)


def test_a_dropped_file_that_is_no_model_is_refused_with_a_reason(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    fake = tmp_path / "new.bsdrd"
    fake.write_bytes(b"this is no model")
    program.window.take_paths([fake])
    sheet = program.window.model
    qtbot.waitUntil(sheet.isVisible, timeout=PATIENCE_MS)
    assert "new.bsdrd" in sheet.note.text()
    assert not sheet.use.isVisible()
    sheet.close_sheet()


# What is found again


def test_workspace_and_look_are_found_again(program: Program) -> None:
    run = program.window.workspaces["run"]
    assert isinstance(run, RunWorkspace)
    run.viewer.model.set_map("detail")
    run.viewer.model.set_opacity(0.35)
    program.window.save()
    run.viewer.model.set_map("fused")
    run.viewer.model.set_opacity(0.9)
    program.window.restore()
    run.restore_state(program.context.remembered("workspace-run"))
    assert run.viewer.model.map_name == "detail"
    assert run.viewer.model.opacity == pytest.approx(0.35)


@pytest.mark.parametrize("junk", [{}, {"map": 3, "opacity": "much", "split": "yes"}, {"overlay": None}])
def test_odd_remembered_values_do_no_harm(program: Program, junk: dict[str, object]) -> None:
    program.window.workspaces["run"].restore_state(junk)
    program.context.change_settings(window="this is no geometry", extra={"window": {"workspace": "nowhere"}})
    program.window.restore()
    assert program.window.current == "run"


def test_closing_asks_only_where_something_would_be_lost(
    qtbot: QtBot, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = program.window.workspaces["run"]
    monkeypatch.setattr(run, "reasons_to_stay", lambda: ["A training is running."])
    program.window.close()
    assert program.window.isVisible()
    assert "training" in program.window.toast.text.text()
    with qtbot.waitSignal(program.window.closing):
        qtbot.mouseClick(program.window.toast.button, Qt.MouseButton.LeftButton)
    assert not program.window.isVisible()


# States and sizes


def test_a_panel_shows_exactly_one_of_its_states(qtbot: QtBot, context: AppContext) -> None:
    content = QLineEdit()
    empty = EmptyState(context.theme, "run", "Nothing", "Yet", "Fill it")
    stack = StateStack(context.theme, content, empty)
    qtbot.addWidget(stack)
    stack.show()
    assert stack.currentWidget() is empty
    with qtbot.waitSignal(empty.clicked):
        empty.button.click()
    stack.show_busy("Reading", "3 s left", 0.4)
    assert stack.busy.bar.value() == 400
    with qtbot.waitSignal(stack.busy.cancelled):
        stack.busy.cancel.click()
    stack.show_busy("Reading")
    assert stack.busy.bar.maximum() == 0, "unknown length"
    stack.show_content()
    assert content.isVisible()
    assert not empty.isVisible()


def test_an_error_state_says_what_happened_what_was_kept_and_what_to_do(
    context: AppContext, qtbot: QtBot
) -> None:
    stack = StateStack(context.theme, QLineEdit(), EmptyState(context.theme, "run", "a", "b"))
    qtbot.addWidget(stack)
    stack.show()
    stack.show_error(DataError("It broke.", kept="All is kept.", do_next="Try again."), "Again")
    assert stack.error.head.text() == "It broke."
    assert stack.error.kept.text() == "All is kept."
    assert stack.error.text.text() == "Try again."
    stack.show_error(ValueError())
    assert stack.error.head.text() == "ValueError"


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_no_button_is_cut_off_or_too_small_to_touch(program: Program, size: tuple[int, int]) -> None:
    program.window.resize(*size)
    settle(80)
    buttons = [
        button
        for kind in (QPushButton, QToolButton)
        for button in program.window.findChildren(kind)
        if button.isVisible()
    ]
    assert len(buttons) > 12
    for button in buttons:
        name = button.objectName() or button.accessibleName() or button.text()
        assert min(button.width(), button.height()) >= 40, name
        corner = button.mapTo(program.window, QPoint(0, 0))
        foot = button.mapTo(program.window, QPoint(button.width() - 1, button.height() - 1))
        assert program.window.rect().contains(corner), name
        assert program.window.rect().contains(foot), name
        assert button.width() >= button.minimumSizeHint().width(), f"the words of {name} are cut"


def test_the_status_bar_leads_to_what_it_speaks_of(qtbot: QtBot, program: Program) -> None:
    status, window = program.window.status, program.window
    assert DEMO.name in status.recipe.words or "none" in status.recipe.words
    qtbot.mouseClick(status.source, Qt.MouseButton.LeftButton)
    assert window.sources.isVisible()
    window.sources.close_sheet()
    qtbot.mouseClick(status.recipe, Qt.MouseButton.LeftButton)
    assert window.recipes.isVisible()
    window.recipes.close_sheet()
    qtbot.mouseClick(status.device, Qt.MouseButton.LeftButton)
    assert window.settings.isVisible()
    window.settings.close_sheet()


def test_the_device_is_chosen_in_the_settings(qtbot: QtBot, program: Program) -> None:
    program.start("demo:tiles?rate=20")
    line, context = program.session.line, program.context
    qtbot.waitUntil(lambda: line.snapshot.counts.total > 0, timeout=PATIENCE_MS)
    program.window.settings.open()
    device = program.window.settings.device
    assert device.value == "auto"
    with qtbot.waitSignal(context.recipe_changed, timeout=PATIENCE_MS):
        next(button for button in device.findChildren(QPushButton) if button.text() == "CPU").click()
    assert context.recipe is not None
    assert context.recipe.device == "cpu"
    qtbot.waitUntil(lambda: line.snapshot.recipe == context.recipe, timeout=PATIENCE_MS)
    assert line.active, "the line went on"
    assert program.store.audit.entries(text="Device chosen")


def test_the_registry_is_complete_for_the_window(program: Program) -> None:
    registry: ActionRegistry = program.context.actions
    for key in ("app.palette", "app.shortcuts", "app.settings", "app.tour", "app.quit", "run.start"):
        assert key in registry
