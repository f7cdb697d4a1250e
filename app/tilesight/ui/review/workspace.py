"""Review: doubtful tiles one after another, a label by one key, nothing that cannot be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QLocale, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from bsdrd.errors import BsdrdError
from tilesight.store.filters import MOST_DOUBTFUL
from tilesight.store.records import RecordFilter
from tilesight.ui.actions import Action
from tilesight.ui.context import AppContext, Banner, Level
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.filters.bar import FilterBar
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.labels import ActionButton, Button, Card, Words, is_language_change
from tilesight.ui.messages import said
from tilesight.ui.requests import TryRemedy
from tilesight.ui.review.commands import review_actions
from tilesight.ui.review.desks import AlikeDesk, AskDesk, DrawDesk
from tilesight.ui.review.key_bar import KeyBar
from tilesight.ui.review.labelling import LabelDesk
from tilesight.ui.review.model import ReviewModel
from tilesight.ui.review.queue_strip import QueueStrip
from tilesight.ui.review.side import SidePanel
from tilesight.ui.review.similar_sheet import ChosenRemedy
from tilesight.ui.review.states import DOUBTFUL, ReviewStates
from tilesight.ui.theme import GRID
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.viewer import TileViewer
from tilesight.ui.workspace import Workspace

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
        self.labelling = LabelDesk(
            self.context, self.model, self.viewer, self.side, self.desk, self.asks, self.alike
        )
        self.shows = ReviewStates(self.context, self.model, self.filters, self.states)
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
        model.queue_changed.connect(self.shows.show)
        model.current_changed.connect(self._show_current)
        model.item_changed.connect(self._show_item)
        model.rows_changed.connect(self._show_progress)
        model.rows_changed.connect(self._mark_label)
        model.failed.connect(self._fail)
        model.fresh_changed.connect(self._show_fresh)
        self.keys.chosen.connect(self.labelling.say)
        side.regions.chosen.connect(self.viewer.model.show_region)
        side.regions.erased.connect(model.erase)
        side.draw.sized.connect(self.desk.size_brush)
        self.viewer.model.look_changed.connect(self._mark_region)
        self.asks.class_changed.connect(self.keys.set_class)
        alike = self.alike
        alike.failed.connect(self._fail)
        alike.opened.connect(self.asks.take_keys)
        alike.sheet.closed.connect(self.asks.give_keys_back)
        alike.sheet.opened.connect(model.show_record)
        alike.sheet.remedy_asked.connect(self._open_remedy)
        self.states.error.clicked.connect(self.refresh)
        self.shows.look_asked.connect(self._look)
        context.store_changed.connect(self._follow_store)
        context.person_changed.connect(self._follow_person)
        context.records_changed.connect(self._follow_records)

    # Following

    @Slot()
    def _follow_store(self) -> None:
        self.thumbnails.set_store(self.context.store)
        self.alike.reset()
        self.model.set_store(self.context.store)
        self.shows.show()

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
        self.shows.show()

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
        self.shows.show()

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
        self.shows.show()

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

    @Slot(int)
    def _show_fresh(self, count: int) -> None:
        self.fresh.setVisible(count > 0)
        self.fresh.setText(self.tr("{n} new").format(n=QLocale().toString(count)))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        text = said(error)
        if not isinstance(error, BsdrdError):
            text = self.tr("It went wrong: {error}").format(error=text)
        banner = Banner(_BANNER, Level.ERROR, text, self.tr("Look again"), "review.refresh")
        self.context.show_banner(banner)

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
