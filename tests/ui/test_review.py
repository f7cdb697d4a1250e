"""Review: labels by one key, undo that survives, regions, masks, alike false alarms, failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS
from tests.ui.review_store import fill, not_inspected, open_filled, tile_record

from bsdrd.result import Verdict
from tilesight.store.errors import StoreUnavailable
from tilesight.store.images import KEEP_ALL, KEEP_NONE
from tilesight.store.records import RecordFilter, RecordStore
from tilesight.store.types import LabelKind
from tilesight.ui.context import AppContext, Banner, Person
from tilesight.ui.review.workspace import ReviewWorkspace

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Desk:
    """A reviewer at work."""

    qtbot: QtBot
    context: AppContext
    review: ReviewWorkspace

    @property
    def store(self) -> RecordStore:
        assert self.context.store is not None
        return self.context.store

    def press(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyPress(QApplication.focusWidget() or self.review, key, modifier)

    def wait_shown(self) -> None:
        """The tile that should be on screen is there."""
        model = self.review.model
        self.qtbot.waitUntil(lambda: model.item is not None and not model.looking, timeout=PATIENCE_MS)

    def settle(self) -> None:
        """Everything asked for is answered."""
        self.qtbot.waitUntil(
            lambda: self.context.background.busy == 0 and self.review.model.waiting == 0, timeout=PATIENCE_MS
        )

    def labels(self) -> dict[int, LabelKind | None]:
        return {row.id: row.label for row in self.store.query(limit=500).rows}


def sit_down(qtbot: QtBot, context: AppContext, store: RecordStore | None, name: str = "Anna") -> Desk:
    """Opens Review on a store."""
    context.set_store(store)
    context.set_person(Person(name))
    review = ReviewWorkspace(context)
    review.resize(1180, 660)
    review.show()
    review.activateWindow()
    qtbot.waitUntil(review.isActiveWindow, timeout=PATIENCE_MS)
    review.activate()
    desk = Desk(qtbot, context, review)
    if store is not None and store.count():
        desk.wait_shown()
    return desk


def get_up(desk: Desk) -> None:
    """Closes Review as the window does at its end."""
    desk.settle()
    desk.review.deactivate()
    desk.review.close_down()
    desk.review.close()
    desk.review.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(qtbot: QtBot, context: AppContext, tmp_path: Path) -> Iterator[Desk]:
    """Anna before twelve tiles without labels."""
    store = open_filled(tmp_path / "store", 12)
    made = sit_down(qtbot, context, store)
    yield made
    get_up(made)
    context.close()
    store.close()


# Labels


def test_a_hundred_tiles_are_labelled_without_the_mouse(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    store = open_filled(tmp_path / "store", 100)
    desk = sit_down(qtbot, context, store)
    order = desk.review.model.ids.tolist()
    said = [Key.Key_1, Key.Key_3, Key.Key_2, Key.Key_4, Key.Key_0]
    for at in range(100):
        desk.wait_shown()
        desk.press(said[at % 5])
        if at == 2:
            desk.press(Key.Key_3)
    desk.settle()
    kinds = {
        Key.Key_1: LabelKind.GOOD,
        Key.Key_2: LabelKind.DEFECT,
        Key.Key_3: LabelKind.FALSE_ALARM,
        Key.Key_4: LabelKind.MISSED,
        Key.Key_0: LabelKind.UNSURE,
    }
    assert desk.labels() == {number: kinds[said[at % 5]] for at, number in enumerate(order)}
    assert desk.review.progress.text() == "100 of 100"
    assert store.labels.classes() == ["crack"]
    get_up(desk)
    context.close()
    store.close()


def test_the_class_is_asked_once_and_goes_with_each_defect(desk: Desk) -> None:
    first, second, third = desk.review.model.ids[:3].tolist()
    desk.press(Key.Key_2)
    assert desk.review.asks.class_sheet.isVisible()
    assert desk.review.model.current_id == first
    desk.press(Key.Key_5)
    desk.wait_shown()
    desk.press(Key.Key_2)
    assert not desk.review.asks.class_sheet.isVisible()
    desk.wait_shown()
    desk.press(Key.Key_V)
    desk.qtbot.keyClicks(desk.review.asks.class_sheet.field, "scratch")
    desk.qtbot.keyPress(desk.review.asks.class_sheet.field, Key.Key_Return)
    desk.press(Key.Key_4)
    desk.settle()
    found = [desk.store.get(number) for number in (first, second, third)]
    assert [record.label_class for record in found] == ["uneven", "uneven", "scratch"]
    assert "scratch" in desk.review.keys.buttons[LabelKind.DEFECT].accessibleName()


def test_escape_from_the_class_labels_nothing(desk: Desk) -> None:
    desk.press(Key.Key_2)
    desk.press(Key.Key_Escape)
    desk.settle()
    assert set(desk.labels().values()) == {None}
    desk.press(Key.Key_1)
    desk.settle()
    assert list(desk.labels().values()).count(LabelKind.GOOD) == 1


def test_a_and_d_go_back_and_forth(desk: Desk) -> None:
    model = desk.review.model
    for key, at in ((Key.Key_D, 1), (Key.Key_D, 2), (Key.Key_A, 1), (Key.Key_A, 0), (Key.Key_A, 0)):
        desk.press(key)
        desk.wait_shown()
        assert model.at == at
        assert model.item is not None
        assert model.item.record.id == model.ids[at]
        tile = desk.review.viewer.model.tile
        assert tile is not None
        assert tile.key == model.ids[at]


def test_undo_goes_back_to_its_tile_and_survives_a_restart(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    store = open_filled(tmp_path / "store", 6)
    desk = sit_down(qtbot, context, store)
    order = desk.review.model.ids.tolist()
    for _ in range(3):
        desk.wait_shown()
        desk.press(Key.Key_1)
    get_up(desk)
    context.set_store(None)
    store.close()
    store = RecordStore.open(tmp_path / "store")
    again = sit_down(qtbot, context, store)
    assert len(again.review.model.ids) == 3
    qtbot.waitUntil(lambda: again.review.model.steps == (3, 0), timeout=PATIENCE_MS)
    for number in reversed(order[:3]):
        again.press(Key.Key_Z, CTRL)
        again.settle()
        again.wait_shown()
        assert again.review.model.current_id == number
    assert set(again.labels().values()) == {None}
    again.press(Key.Key_Z, CTRL | SHIFT)
    again.settle()
    assert again.labels()[order[0]] is LabelKind.GOOD
    get_up(again)
    context.close()
    store.close()


def test_the_name_is_asked_before_the_first_label(qtbot: QtBot, context: AppContext, tmp_path: Path) -> None:
    store = open_filled(tmp_path / "store", 3)
    desk = sit_down(qtbot, context, store, name="")
    first = desk.review.model.current_id
    desk.press(Key.Key_3)
    assert desk.review.asks.who_sheet.isVisible()
    qtbot.keyClicks(desk.review.asks.who_sheet.field, "Ben")
    qtbot.keyPress(desk.review.asks.who_sheet.field, Key.Key_Return)
    desk.settle()
    assert first is not None
    record = store.get(first)
    assert (record.label, record.label_by) == (LabelKind.FALSE_ALARM, "Ben")
    assert context.settings.operator == "Ben"
    get_up(desk)
    context.close()
    store.close()


def test_a_comment_goes_with_the_label(desk: Desk) -> None:
    first = desk.review.model.current_id
    assert first is not None
    desk.press(Key.Key_M)
    assert desk.review.side.comment.hasFocus()
    desk.qtbot.keyClicks(desk.review.side.comment, "1 scratch, see lot 12")
    desk.qtbot.keyPress(desk.review.side.comment, Key.Key_Return)
    desk.press(Key.Key_1)
    desk.settle()
    (label,) = desk.store.labels.current(first)
    assert (label.kind, label.comment) == (LabelKind.GOOD, "1 scratch, see lot 12")


def test_two_reviewers_who_disagree_are_listed(desk: Desk) -> None:
    number = desk.review.model.current_id
    assert number is not None
    desk.store.labels.label("Ben", number, LabelKind.DEFECT, defect_class="crack")
    desk.press(Key.Key_1)
    desk.settle()
    desk.review.activate(RecordFilter(disagreement=True))
    desk.settle()
    desk.wait_shown()
    assert desk.review.model.ids.tolist() == [number]
    side = desk.review.side
    said = [(who.text(), what.text()) for who, what in side.said.lines if who.isVisible()]
    assert said == [("Ben", "Defect, crack"), ("Anna", "Good")]
    assert side.said.disagree.isVisible()


# The queue


def test_the_most_doubtful_tile_comes_first(qtbot: QtBot, context: AppContext, tmp_path: Path) -> None:
    store = RecordStore.open(tmp_path / "store")
    peaks = (9.0, 4.6, 7.0, 5.9)
    ids = store.add([tile_record(at, peak=peak) for at, peak in enumerate(peaks)], KEEP_ALL)
    desk = sit_down(qtbot, context, store)
    doubts = [
        min(abs((row.score or 0) - 4.0), abs((row.score or 0) - 6.0))
        for row in store.get_many(desk.review.model.ids.tolist())
    ]
    assert doubts == sorted(doubts)
    desk.review.filters.order.choose()
    desk.review.refresh()
    desk.settle()
    assert desk.review.model.ids.tolist() == ids[::-1]
    get_up(desk)
    context.close()
    store.close()


def test_filters_make_the_queue(desk: Desk) -> None:
    desk.review.activate(RecordFilter(verdicts=frozenset({Verdict.NG}), lot="L-000"))
    desk.settle()
    rows = desk.store.get_many(desk.review.model.ids.tolist())
    assert {(row.verdict, row.lot) for row in rows} == {(Verdict.NG, "L-000")}
    assert desk.review.filters.verdicts.chosen == (Verdict.NG,)
    desk.review.activate(RecordFilter(lot="none such"))
    desk.settle()
    assert desk.review.states.currentWidget() is desk.review.states.empty
    assert desk.review.states.empty.button.isVisible()


def test_tiles_that_come_meanwhile_are_offered_and_do_not_move_the_queue(desk: Desk) -> None:
    before = desk.review.model.ids.tolist()
    fill(desk.store, 2)
    desk.context.note_records()
    desk.qtbot.waitUntil(lambda: desk.review.fresh.isVisible(), timeout=PATIENCE_MS)
    assert desk.review.fresh.text() == "2 new"
    assert desk.review.model.ids.tolist() == before
    desk.review.fresh.click()
    desk.settle()
    assert len(desk.review.model.ids) == 14
    assert not desk.review.fresh.isVisible()


def test_a_tile_without_a_kept_picture_says_so_and_can_be_labelled(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    store = RecordStore.open(tmp_path / "store")
    store.add([tile_record(0), not_inspected(1)], KEEP_NONE)
    desk = sit_down(qtbot, context, store)
    assert desk.review.states.currentWidget() is desk.review.states.empty
    desk.press(Key.Key_1)
    desk.settle()
    assert LabelKind.GOOD in desk.labels().values()
    get_up(desk)
    context.close()
    store.close()


# Regions, masks, alike false alarms


def test_a_region_is_rejected_and_accepted_by_key_and_by_click(desk: Desk) -> None:
    number = desk.review.model.current_id
    assert number is not None
    desk.press(Key.Key_Q)
    assert desk.review.viewer.model.selected == 0
    desk.press(Key.Key_R)
    desk.settle()
    (label,) = desk.store.labels.regions.current([number])
    assert (label.index, label.decision, label.reviewer) == (0, "reject", "Anna")
    row = desk.review.side.regions.rows[0]
    assert row.reject.isChecked()
    row.accept.click()
    desk.settle()
    assert [one.decision for one in desk.store.labels.regions.current([number])] == ["accept"]
    row.accept.click()
    desk.settle()
    assert desk.store.labels.regions.current([number]) == []


def test_the_wand_draws_a_mask_that_is_kept_and_undone(desk: Desk) -> None:
    review = desk.review
    desk.press(Key.Key_2)
    desk.press(Key.Key_1)
    desk.wait_shown()
    number = review.model.current_id
    assert number is not None
    desk.press(Key.Key_W)
    canvas = review.viewer.canvas
    at = canvas.port.to_widget(review.viewer.model.view, 64, 48).toPoint()
    desk.qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    drawn = review.desk.draft.mask
    assert drawn is not None
    assert drawn[48, 64]
    desk.press(Key.Key_K)
    desk.settle()
    (mask,) = desk.store.labels.regions.masks([number])
    assert (mask.defect_class, mask.reviewer) == ("blowhole", "Anna")
    assert (mask.mask == drawn).all()
    assert review.desk.draft.mask is None
    desk.press(Key.Key_Z, CTRL)
    desk.settle()
    assert desk.store.labels.regions.masks([number]) == []


def test_a_brush_stroke_adds_and_the_right_button_takes_away(desk: Desk) -> None:
    review, qtbot = desk.review, desk.qtbot
    desk.press(Key.Key_G)
    canvas = review.viewer.canvas

    def place(x: float, y: float) -> QPoint:
        return canvas.port.to_widget(review.viewer.model.view, x, y).toPoint()

    def stroke(button: Qt.MouseButton, *places: tuple[float, float]) -> None:
        qtbot.mousePress(canvas, button, pos=place(*places[0]))
        for x, y in places[1:]:
            qtbot.mouseMove(canvas, pos=place(x, y))
        qtbot.mouseRelease(canvas, button, pos=place(*places[-1]))

    stroke(Qt.MouseButton.LeftButton, (20, 20), (40, 20), (60, 20))
    first = review.desk.draft.mask
    assert first is not None
    assert first[20, 21:59].all()
    assert not first[40].any()
    stroke(Qt.MouseButton.RightButton, (58, 20))
    second = review.desk.draft.mask
    assert second is not None
    assert not second[20, 58]
    assert second[20, 30]
    desk.press(Key.Key_Z, CTRL)
    assert review.desk.draft.mask is not None
    assert (review.desk.draft.mask == first).all()
    desk.press(Key.Key_Escape)
    assert review.desk.draft.mask is None


def test_a_polygon_is_drawn_with_the_keyboard_alone(desk: Desk) -> None:
    desk.press(Key.Key_P)
    for keys in ((), (Key.Key_Right,) * 2, (Key.Key_Down,) * 2):
        for key in keys:
            desk.press(key, SHIFT)
        desk.press(Key.Key_Return)
    desk.press(Key.Key_Return, SHIFT)
    mask = desk.review.desk.draft.mask
    assert mask is not None
    assert mask[52, 80]
    assert 150 < mask.sum() < 260
    assert desk.review.reasons_to_stay()


def test_three_false_alarms_bring_up_the_alike_ones_and_one_key_labels_all(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    store = RecordStore.open(tmp_path / "store")
    alike = store.add([tile_record(at, kind=0) for at in range(8)], KEEP_ALL)
    other = store.add([tile_record(8 + at, peak=8.0, kind=1) for at in range(3)], KEEP_ALL)
    store.labels.label("Ben", other[0], LabelKind.DEFECT, defect_class="crack")
    desk = sit_down(qtbot, context, store)
    desk.review.activate(RecordFilter(verdicts=frozenset({Verdict.GREY})))
    desk.settle()
    assert set(desk.review.model.ids.tolist()) == set(alike)
    for at in range(3):
        desk.wait_shown()
        desk.press(Key.Key_3)
        desk.settle()
        assert desk.review.alike.card.isVisible() == (at == 2)
    desk.press(Key.Key_L)
    desk.settle()
    sheet = desk.review.alike.sheet
    assert sheet.isVisible()
    assert set(sheet.ticked) == set(alike)
    words = [card.clears.text() for card, _ in sheet.remedies]
    assert any("Clears 8 of 8" in text for text in words)
    # The crack lies where a mask would go; the other ways lose nothing.
    risky = [card.loses.text() for card, _ in sheet.remedies if "no known" not in card.loses.text().lower()]
    assert risky == ["Known defects that the mask touches and may hide: 1"]
    desk.qtbot.keyPress(sheet.take, Key.Key_Space)
    desk.qtbot.keyRelease(sheet.take, Key.Key_Space)
    desk.settle()
    found = desk.labels()
    assert {number for number, kind in found.items() if kind is LabelKind.FALSE_ALARM} == set(alike)
    assert found[other[0]] is LabelKind.DEFECT
    get_up(desk)
    context.close()
    store.close()


def test_every_tile_of_a_large_group_is_labelled_and_only_pictures_in_view_are_read(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    store = RecordStore.open(tmp_path / "store")
    alike = store.add([tile_record(at, kind=0) for at in range(130)], KEEP_ALL)
    store.labels.label("Ben", alike[5], LabelKind.DEFECT, defect_class="crack")
    desk = sit_down(qtbot, context, store)
    desk.review.show_similar()
    desk.settle()
    sheet = desk.review.alike.sheet
    qtbot.waitUntil(lambda: sheet.tiles.pictures.known(0), timeout=PATIENCE_MS)
    assert sheet.tiles.rowCount() == 130
    assert set(sheet.ticked) == set(alike) - {alike[5]}
    assert sheet.counted.text() == "129 of 130 tiles of the group are ticked."
    assert not sheet.tiles.pictures.known(129)
    sheet.all.click()
    assert sheet.ticked == []
    assert not sheet.take.isEnabled()
    sheet.all.click()
    place = sheet.tiles.index(3)
    sheet.list.setCurrentIndex(place)
    desk.qtbot.keyClick(sheet.list, Key.Key_Space)
    left = int(sheet.tiles.data(place, Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked)
    assert len(sheet.ticked) == 128 + left == 128
    assert "128" in sheet.take.text()
    sheet.take.click()
    desk.settle()
    kinds = list(desk.labels().values())
    assert kinds.count(LabelKind.FALSE_ALARM) == 128
    desk.press(Key.Key_Z, CTRL)
    desk.settle()
    assert list(desk.labels().values()).count(LabelKind.FALSE_ALARM) == 0
    get_up(desk)
    context.close()
    store.close()


# Failures


def test_a_label_that_cannot_be_written_is_taken_back_and_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    banners: list[Banner] = []
    desk.context.banner_shown.connect(banners.append)
    first = desk.review.model.current_id

    def full(*_: object, **__: object) -> None:
        raise StoreUnavailable("The disk is full (writing labels).", kept="What was acknowledged is kept.")

    monkeypatch.setattr(desk.store.labels, "label", full)
    desk.press(Key.Key_1)
    desk.settle()
    assert [banner.text for banner in banners] == [
        "The disk is full (writing labels). What was acknowledged is kept."
    ]
    assert desk.review.model.current_id == first
    assert desk.review.progress.text() == "0 of 12"
    assert set(desk.labels().values()) == {None}


def test_a_picture_that_is_gone_is_an_error_with_a_way_on(desk: Desk) -> None:
    for file in (desk.store.folder / "pictures").rglob("*.png"):
        file.unlink()
    desk.review.refresh()
    desk.settle()
    desk.press(Key.Key_D)
    for _ in range(4):
        desk.press(Key.Key_D)
        desk.settle()
    states = desk.review.states
    assert states.currentWidget() is states.error
    assert states.error.button.isVisible()
    desk.press(Key.Key_0)
    desk.settle()
    assert LabelKind.UNSURE in desk.labels().values()


def test_without_a_store_review_says_what_is_wrong(qtbot: QtBot, context: AppContext) -> None:
    desk = sit_down(qtbot, context, None)
    assert desk.review.states.currentWidget() is desk.review.states.empty
    assert "store" in desk.review.states.empty.head.text()
    desk.press(Key.Key_1)
    get_up(desk)


def test_no_key_means_two_things(desk: Desk) -> None:
    assert desk.context.actions.clashes() == []
