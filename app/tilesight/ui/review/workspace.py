"""Review: doubtful tiles one after another, a label by one key, nothing that cannot be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QLocale, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from bsdrd.errors import BsdrdError
from bsdrd.result import Verdict
from tilesight.store.filters import MOST_DOUBTFUL
from tilesight.store.labels import LabelAction
from tilesight.store.records import RecordFilter
from tilesight.store.types import LabelKind
from tilesight.ui.actions import Action
from tilesight.ui.context import AppContext, Banner, Level
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.labels import ActionButton, Button, Card, Words, is_language_change
from tilesight.ui.records.filter_bar import FilterBar
from tilesight.ui.requests import TryRemedy
from tilesight.ui.review.commands import review_actions
from tilesight.ui.review.desks import AlikeDesk, AskDesk, DrawDesk
from tilesight.ui.review.key_bar import KeyBar
from tilesight.ui.review.model import ReviewModel
from tilesight.ui.review.queue_strip import QueueStrip
from tilesight.ui.review.side import SidePanel
from tilesight.ui.review.similar_sheet import ChosenRemedy
from tilesight.ui.review.words import label_text
from tilesight.ui.theme import GRID
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.viewer import TileViewer
from tilesight.ui.workspace import Workspace

#: What a reviewer sees at the first start.
DOUBTFUL = RecordFilter(verdicts=frozenset({Verdict.GREY, Verdict.NG}), labels=frozenset({None}))
_WITH_CLASS = (LabelKind.DEFECT, LabelKind.MISSED)
_BANNER = "review"
#: Narrower than this (pixels) the labels take the whole row.
_WITH_STEPS = 1080


class ReviewWorkspace(Workspace):
    """The queue, one big tile, and the keys."""

    key = "review"
    icon = "review"
    word = QT_TRANSLATE_NOOP("Workspace", "Review")

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = ReviewModel(context.background, self)
        self.thumbnails = Thumbnails(context.background, self)
        self._active = False
        context.actions.add(review_actions(self), self, self._reach)
        self._build()
        self._connect()
        self.filters.show_filter(DOUBTFUL, MOST_DOUBTFUL)
        self.model.which, self.model.order = self.filters.which, self.filters.how
        self._follow_person()
        self._follow_store()

    def commands(self) -> Sequence[Action]:
        """Registered by itself, since its buttons are made of them."""
        return ()

    def _reach(self) -> None:
        self.context.open_workspace(self.key)

    # Building

    def _build(self) -> None:
        theme, actions = self.context.theme, self.context.actions
        self.filters = FilterBar(self.context, "review", search=False)
        self.progress = Words("", bold=True, tabular=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(8 * GRID)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.fresh = Button("", "quiet", theme=theme, icon_name="refresh")
        self.fresh.clicked.connect(actions["review.refresh"].trigger)
        self.fresh.hide()
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.filters, 1)
        top.addWidget(self.bar)
        top.addWidget(self.progress)
        self.viewer = TileViewer(self.context, "review", self._reach)
        self.desk = DrawDesk(self.context, self.viewer, self)
        self.asks = AskDesk(self.context, self)
        self.alike = AlikeDesk(self.context, self)
        self.states = StateStack(theme, self.viewer, EmptyState(theme, "review", "", ""))
        picture = Card(margin=GRID)
        picture.column.addWidget(self.states)
        self.keys = KeyBar(theme)
        keys = QHBoxLayout()
        keys.setSpacing(4)
        steps = ("previous", "next", "undo", "redo")
        self._steps = [ActionButton(actions[f"review.{name}"]) for name in steps]
        keys.addWidget(self._steps[0])
        keys.addWidget(self._steps[1])
        keys.addWidget(self.keys, 1)
        keys.addWidget(self._steps[2])
        keys.addWidget(self._steps[3])
        self.strip = QueueStrip(self.model, self.thumbnails, theme)
        film = Card(margin=GRID)
        queue = QHBoxLayout()
        queue.setSpacing(GRID)
        queue.addWidget(self.strip, 1)
        queue.addWidget(self.fresh)
        film.column.addLayout(queue)
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(picture, 1)
        left.addLayout(keys)
        left.addWidget(film)
        self.side = SidePanel(theme, actions)
        self.side.column.addWidget(self.alike.card)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addLayout(left, 1)
        middle.addWidget(self.side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        whole.setSpacing(GRID)
        whole.addLayout(top)
        whole.addLayout(middle, 1)

    def _connect(self) -> None:
        context, model, side = self.context, self.model, self.side
        self.filters.changed.connect(self._look)
        model.queue_changed.connect(self._show_progress)
        model.queue_changed.connect(self._show_state)
        model.current_changed.connect(self._show_current)
        model.item_changed.connect(self._show_item)
        model.rows_changed.connect(self._show_progress)
        model.rows_changed.connect(self._mark_label)
        model.steps_changed.connect(self._show_steps)
        model.failed.connect(self._fail)
        model.queue_failed.connect(self._fail_queue)
        model.labelled.connect(self._labelled)
        model.stepped.connect(self._stepped)
        model.fresh_changed.connect(self._show_fresh)
        self.keys.chosen.connect(self.say)
        side.commented.connect(self._keep_comment)
        side.regions.chosen.connect(self.viewer.model.show_region)
        side.regions.judged.connect(self._judge)
        side.regions.erased.connect(model.erase)
        side.draw.sized.connect(self.desk.size_brush)
        self.viewer.model.look_changed.connect(self._mark_region)
        self.desk.changed.connect(self._show_tool)
        self.asks.class_changed.connect(self.keys.set_class)
        self.asks.keys_back.connect(self._show_steps)
        alike = self.alike
        alike.failed.connect(self._fail)
        alike.opened.connect(self.asks.take_keys)
        alike.sheet.closed.connect(self.asks.give_keys_back)
        alike.sheet.accepted.connect(self._label_alike)
        alike.sheet.opened.connect(model.show_record)
        alike.sheet.remedy_asked.connect(self._open_remedy)
        self.states.error.clicked.connect(self.refresh)
        self.states.empty.clicked.connect(self._empty_clicked)
        self.states.empty.other_clicked.connect(self._all_records)
        context.store_changed.connect(self._follow_store)
        context.person_changed.connect(self._follow_person)
        context.records_changed.connect(self._follow_records)

    # Following

    @Slot()
    def _follow_store(self) -> None:
        self.thumbnails.set_store(self.context.store)
        self.alike.reset()
        self.model.set_store(self.context.store)
        self._show_state()

    @Slot()
    def _follow_person(self) -> None:
        self.model.set_reviewer(self.context.person.name)

    @Slot()
    def _follow_records(self) -> None:
        if not self._active:
            return
        if len(self.model.ids) == 0 and not self.model.looking:
            self.refresh()
        else:
            self.model.count_fresh()

    @Slot()
    def _look(self) -> None:
        self.model.look_for(self.filters.which, self.filters.how)
        self._show_state()

    @Slot()
    def refresh(self) -> None:
        """Makes the queue anew."""
        self.context.clear_banner(_BANNER)
        self._look()

    @Slot()
    def _show_current(self) -> None:
        self.side.forget_comment()
        number = self.model.current_id
        if self.model.item is None:
            self.side.show_row(self.model.row(number) if number is not None else None)
            if number is None:
                self.side.show_item(None, self.model.reviewer)
        self.desk.drop()
        self._mark_label()
        self._show_state()

    @Slot()
    def _show_item(self) -> None:
        item = self.model.item
        view = item.view if item is not None else None
        if self.viewer.model.tile is not view:
            self.viewer.set_tile(view)
            if view is not None:
                self.desk.draft.start(view.height, view.width)
        self.side.show_item(item, self.model.reviewer)
        if item is not None:
            decisions = {
                at: item.decision_of(self.model.reviewer, at) for at in range(len(item.record.regions))
            }
            self.desk.overlay.show_said(decisions, item.masks)
        self._mark_label()
        self._show_state()

    @Slot()
    def _mark_label(self) -> None:
        number = self.model.current_id
        self.keys.show_label(self.model.label_of(number)[0] if number is not None else None)

    @Slot()
    def _mark_region(self) -> None:
        self.side.regions.mark(self.viewer.model.selected)

    @Slot()
    def _show_progress(self) -> None:
        count, done = len(self.model.ids), self.model.done
        locale = QLocale()
        text = self.tr("{done} of {count}").format(done=locale.toString(done), count=locale.toString(count))
        self.progress.setText(text if count else "")
        self.progress.setToolTip(self.tr("Tiles of this queue that have a label"))
        self.bar.setVisible(count > 0)
        self.bar.setRange(0, max(count, 1))
        self.bar.setValue(done)
        self.keys.setEnabled(count > 0)

    @Slot()
    def _show_steps(self) -> None:
        back, again = self.model.steps
        drawing = self.desk.draft.can_undo, self.desk.draft.can_redo
        self.context.actions["review.undo"].setEnabled(back > 0 or drawing[0])
        self.context.actions["review.redo"].setEnabled(again > 0 or drawing[1])

    @Slot(int)
    def _show_fresh(self, count: int) -> None:
        self.fresh.setVisible(count > 0)
        self.fresh.setText(self.tr("{n} new").format(n=QLocale().toString(count)))

    # States

    def _show_state(self) -> None:
        model, item = self.model, self.model.item
        if self.context.store is None:
            self._say_empty(
                self.tr("There is no store"),
                self.tr("Records cannot be read or labelled. The banner says why; choose another store."),
                self.tr("Settings"),
            )
        elif model.looking and not len(model.ids):
            self.states.show_busy(self.tr("Looking for tiles"), cancel=False)
        elif not len(model.ids):
            self._say_nothing_found()
        elif item is not None and item.view is not None:
            self.states.show_content()
        elif item is not None and item.problem is not None:
            self.states.show_error(item.problem, self.tr("Look again"))
        elif item is not None:
            self._say_empty(
                self.tr("No picture of this tile was kept"),
                self.tr("It can be labelled still. Which pictures are kept is set in the recipe."),
            )

    def _say_nothing_found(self) -> None:
        if self.filters.which == DOUBTFUL:
            self._say_empty(
                self.tr("Nothing to review"),
                self.tr("Every GREY and NG tile has a label. New ones appear here as they are inspected."),
                self.tr("Go to Run"),
                self.tr("All records"),
            )
        else:
            self._say_empty(
                self.tr("No tile fits these filters"),
                self.tr("Take a filter away, or go back to the tiles that wait for a label."),
                self.tr("Tiles without a label"),
                self.tr("All records"),
            )

    def _say_empty(self, head: str, text: str, button: str = "", other: str = "") -> None:
        self.states.empty.set_texts(head, text, button, other)
        self.states.show_empty()

    @Slot()
    def _empty_clicked(self) -> None:
        if self.context.store is None:
            if "app.settings" in self.context.actions:
                self.context.actions.trigger("app.settings")
        elif self.filters.which == DOUBTFUL:
            self.context.open_workspace("run")
        else:
            self.filters.show_filter(DOUBTFUL)
            self._look()

    @Slot()
    def _all_records(self) -> None:
        self.filters.reset()

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        text = str(error)
        if not isinstance(error, BsdrdError):
            text = self.tr("It went wrong: {error}").format(error=error)
        banner = Banner(_BANNER, Level.ERROR, text, self.tr("Look again"), "review.refresh")
        self.context.show_banner(banner)

    @Slot(object)
    def _fail_queue(self, error: Exception) -> None:
        self.states.show_error(error, self.tr("Look again"))

    # Saying something

    @Slot(object)
    def say(self, kind: LabelKind | None) -> None:
        """Labels the tile on screen and goes to the next one; None takes the label away and stays."""
        # A tile that is not on screen yet must not get a label.
        if self.model.item is None or self.asks.covered:
            return
        if not self.model.reviewer:
            self.asks.who(lambda: self.say(kind))
        elif kind in _WITH_CLASS and self.asks.chosen is None:
            self.asks.which_class(lambda: self.say(kind))
        else:
            self._label(kind)

    def _label(self, kind: LabelKind | None) -> None:
        number = self.model.current_id
        if number is None:
            return
        comment = self.side.take_comment()
        own = self.asks.class_for(kind)
        if self.desk.draft.mask is not None and kind in _WITH_CLASS:
            self.keep_mask()
        self.model.label([number], kind, defect_class=own, comment="" if kind is None else comment)
        if kind is not None:
            self.model.advance()

    @Slot(str)
    def _keep_comment(self, text: str) -> None:
        """Enter in the comment: with a label it is kept at once, without one it waits for the label."""
        self.viewer.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        item, number = self.model.item, self.model.current_id
        own = item.label_of(self.model.reviewer) if item is not None else None
        if own is not None and number is not None:
            self.side.comment.setModified(False)
            self.model.label([number], own.kind, defect_class=own.defect_class, comment=text)
        elif text:
            self.context.toast(self.tr("The comment goes with the label that you give now."))

    @Slot(object, object)
    def _labelled(self, ids: tuple[int, ...], kind: LabelKind | None) -> None:
        self.context.note_records()
        said = label_text(kind, self.asks.class_for(kind))
        if len(ids) == 1:
            row = self.model.row(ids[0])
            text = f"{row.name}: {said}" if row is not None else said
        else:
            text = self.tr("{n} tiles: {said}").format(n=len(ids), said=said)
        self.context.toast(text, self.tr("Undo"), "review.undo")
        if kind is LabelKind.FALSE_ALARM:
            self.alike.note(ids)
        if self.model.at_end:
            self._toast_end()

    def _toast_end(self) -> None:
        text = self.tr("All {n} tiles of this queue have a label.").format(n=len(self.model.ids))
        self.context.toast(text, self.tr("Undo"), "review.undo")

    def undo(self) -> None:
        """Turns back the last step: of the drawing where one is under way, else of the labels."""
        if self.asks.covered:
            return
        if self.desk.draft.can_undo:
            self.desk.draft.undo()
        else:
            self.model.undo()

    def redo(self) -> None:
        """Does again what was turned back."""
        if self.asks.covered:
            return
        if self.desk.draft.can_redo:
            self.desk.draft.redo()
        else:
            self.model.redo()

    @Slot(object, bool)
    def _stepped(self, action: LabelAction | None, back: bool) -> None:
        if action is None:
            self.context.toast(
                self.tr("There is nothing to undo.") if back else self.tr("There is nothing to do again.")
            )
            return
        self.context.note_records()
        left = self.model.steps[0 if back else 1]
        if back:
            text = self.tr("Undone. {n} more steps can be undone.").format(n=left)
            self.context.toast(text, self.tr("Redo"), "review.redo")
        else:
            text = self.tr("Done again. {n} more steps can be done again.").format(n=left)
            self.context.toast(text, self.tr("Undo"), "review.undo")

    def choose_class(self) -> None:
        """Asks for the class that key 2 gives from now on."""
        if not self.asks.covered:
            self.asks.which_class(None)

    def start_comment(self) -> None:
        """Gives the keyboard to the comment."""
        self.side.comment.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Regions

    def next_region(self) -> None:
        """Zooms to the next region, after the last one back to the whole tile."""
        view, tile = self.viewer.model, self.viewer.model.tile
        if tile is None or not tile.regions:
            return
        following = 0 if view.selected is None else view.selected + 1
        if following < len(tile.regions):
            view.show_region(following)
        else:
            view.select(None)
            view.fit()

    def judge_region(self, decision: str) -> None:
        """Accepts or rejects the chosen region, the first one where none is chosen; again takes it away."""
        item, view = self.model.item, self.viewer.model
        if item is None or not item.record.regions or self.asks.covered:
            return
        index = view.selected if view.selected is not None else 0
        view.select(index)
        now = item.decision_of(self.model.reviewer, index)
        self._judge(index, "" if now == decision else decision)

    @Slot(int, str)
    def _judge(self, index: int, decision: str) -> None:
        if not self.model.reviewer:
            self.asks.who(lambda: self._judge(index, decision))
            return
        self.model.judge_region(index, decision, (self.asks.chosen or "") if decision == "accept" else "")

    # Drawing

    @Slot()
    def _show_tool(self) -> None:
        self.side.draw.show_state(self.desk.tool, self.desk.draft.mask is not None)
        self._show_steps()

    def keep_mask(self) -> None:
        """Stores what was drawn."""
        mask = self.desk.draft.mask
        if mask is None or self.asks.covered:
            return
        if not self.model.reviewer:
            self.asks.who(self.keep_mask)
        elif self.asks.chosen is None:
            self.asks.which_class(self.keep_mask)
        else:
            self.model.draw(mask.copy(), self.asks.chosen)
            self.desk.drop()
            self.context.toast(self.tr("The mask is kept."), self.tr("Undo"), "review.undo")

    # Alike false alarms

    def show_similar(self) -> None:
        """Shows what resembles the tile on screen, or the group found last."""
        item = self.model.item
        if item is not None and any(region.feature for region in item.record.regions):
            self.alike.find(item.record.id, show=True)
        elif self.alike.alike is not None:
            self.alike.open_group(self.alike.alike)
        else:
            self.context.toast(self.tr("No region of this tile can be compared."))

    @Slot(object)
    def _label_alike(self, ids: list[int]) -> None:
        if not self.model.reviewer:
            self.asks.who(lambda: self._label_alike(ids))
            return
        self.model.label(ids, LabelKind.FALSE_ALARM)
        # The labels that come of it are no three new ones.
        self.alike.reset(-len(ids))

    @Slot(object)
    def _open_remedy(self, chosen: ChosenRemedy) -> None:
        if isinstance(chosen, TryRemedy):
            self.context.open_workspace("tune", chosen)
        else:
            self.context.open_workspace("train", {"records": chosen})

    def open_record(self) -> None:
        """Shows the tile in Records."""
        if self.model.current_id is not None:
            self.context.open_workspace("records", self.model.current_id)

    # State of the window

    def activate(self, request: object | None = None) -> None:
        """Shows a record (its number), or the queue of a filter."""
        self._active = True
        if isinstance(request, RecordFilter):
            self.filters.show_filter(request)
            self._look()
        elif isinstance(request, int):
            self.model.show_record(request)
        elif not len(self.model.ids) and not self.model.looking:
            self._look()
        else:
            self.model.count_fresh()
        self.viewer.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """It leaves the screen."""
        self._active = False

    def reasons_to_stay(self) -> list[str]:
        """A mask that was drawn and not kept."""
        if self.desk.draft.mask is None:
            return []
        return [self.tr("A mask is drawn in Review and not kept yet.")]

    def close_down(self) -> None:
        """Writes what waits, and waits for no more pictures."""
        self.thumbnails.set_store(None)
        self.model.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the right column its share."""
        super().resizeEvent(event)
        self.side.setFixedWidth(min(max(round(self.width() * 0.27), 304), 440))
        # The labels keep their words; stepping has its keys, and the strip below.
        for button in self._steps:
            button.setVisible(self.width() >= _WITH_STEPS)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self._show_progress()
            self._show_item()
        super().changeEvent(event)

    def save_state(self) -> dict[str, Any]:
        """The class of defects, own classes, and how the viewer looks."""
        view = self.viewer.model
        return {
            "class": self.asks.chosen,
            "classes": self.asks.own,
            "map": view.map_name,
            "overlay": view.overlay,
            "opacity": view.opacity,
            "order": self.filters.how.by,
        }

    def restore_state(self, state: dict[str, Any]) -> None:
        """Takes it back; odd values are ignored."""
        view = self.viewer.model
        self.asks.restore(state.get("class"), state.get("classes"))
        shown = state.get("map")
        if shown == "struct" or shown == "detail" or shown == "fused":
            view.set_map(shown)
        view.set_overlay(state.get("overlay") is not False)
        opacity = state.get("opacity")
        if isinstance(opacity, int | float):
            view.set_opacity(float(opacity))
        if state.get("order") == "time":
            self.filters.show_filter(self.filters.which)
            self.filters.order.choose()
            self._look()
