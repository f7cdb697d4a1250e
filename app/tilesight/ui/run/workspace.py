"""Run: tiles judged as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bsdrd.errors import BsdrdError
from bsdrd.result import Verdict
from tilesight.line.news import DetectorState, EngineState
from tilesight.line.sources.base import Trigger
from tilesight.store.filters import RecordFilter
from tilesight.ui.actions import Action
from tilesight.ui.context import AppContext
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.labels import ActionButton, Button, Card, ElidedButton, is_language_change
from tilesight.ui.messages import said
from tilesight.ui.models.line import LineModel
from tilesight.ui.picture_words import no_picture_head, no_picture_text
from tilesight.ui.run.commands import run_actions
from tilesight.ui.run.counters import Counters
from tilesight.ui.run.film_strip import FilmStrip
from tilesight.ui.run.live_bar import LiveBar
from tilesight.ui.run.tile_card import TileCard
from tilesight.ui.run.verdict_panel import BASE_WIDTH, VerdictPanel
from tilesight.ui.theme import GRID
from tilesight.ui.viewer import TileViewer
from tilesight.ui.workspace import Workspace

_WIDEST = 720


class RunWorkspace(Workspace):
    """The live view, the verdict, the counters and the film strip."""

    key = "run"
    icon = "run"
    word = QT_TRANSLATE_NOOP("Workspace", "Run")

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.line: LineModel = context.session.line
        context.actions.add(run_actions(self), self, self._reach)
        self.viewer = TileViewer(context, "run", self._reach)
        self.verdict = VerdictPanel(context.theme)
        self.card = TileCard(context.theme)
        self.counters = Counters(context.theme)
        self.strip = FilmStrip(self.line, context.theme)
        self._build()
        self._unpainted: int | None = None
        self.viewer.canvas.painted.connect(self._note_painted)
        self.counters.asked.connect(self.show_tiles)
        self.card.region_chosen.connect(self.viewer.model.show_region)
        self.viewer.model.look_changed.connect(self._mark_region)
        self.line.shown_changed.connect(self._show_tile)
        self.line.snapshot_changed.connect(self._show_snapshot)
        self.line.following_changed.connect(self._show_snapshot)
        context.recipe_changed.connect(self._show_recipe)
        self._show_recipe()
        self._show_tile()
        self._show_snapshot()

    def commands(self) -> Sequence[Action]:
        """Registered by itself, since its buttons are made of them."""
        return ()

    def _reach(self) -> None:
        self.context.open_workspace(self.key)

    # Building

    def _build(self) -> None:
        theme, actions = self.context.theme, self.context.actions
        self.source_button = ElidedButton(theme, "live")
        self.source_button.clicked.connect(actions["run.source"].trigger)
        self.recipe_button = ElidedButton(theme, "recipe")
        self.recipe_button.clicked.connect(actions["run.recipe"].trigger)
        self.start_button = Button("", "primary", theme=theme, icon_name="play")
        self.start_button.clicked.connect(actions["run.start"].trigger)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.source_button)
        top.addWidget(self.recipe_button)
        top.addWidget(ActionButton(actions["run.lot"]))
        self.camera_button = ActionButton(actions["run.camera"])
        top.addWidget(self.camera_button)
        top.addStretch(1)
        self.live = LiveBar(self.line, self.context, self.viewer.model, self.viewer.canvas)
        self.trigger_button = ActionButton(actions["run.trigger"], words=True)
        top.addWidget(self.trigger_button)
        top.addWidget(self.start_button)
        self.pause_button = ActionButton(actions["run.pause"], words=True)
        self.stop_button = ActionButton(actions["run.stop"], words=True)
        top.addWidget(self.pause_button)
        top.addWidget(self.stop_button)
        self.states = StateStack(theme, self.viewer, self._empty())
        self.states.empty.clicked.connect(self._empty_clicked)
        self.states.empty.other_clicked.connect(actions["run.source"].trigger)
        self.states.busy.cancelled.connect(actions["run.stop"].trigger)
        self.states.error.clicked.connect(self._error_clicked)
        picture = Card(margin=GRID)
        picture.column.addWidget(self.states)
        film = Card(margin=GRID)
        film.column.addWidget(self.strip)
        left = QVBoxLayout()
        left.setSpacing(2 * GRID)
        left.addLayout(top)
        left.addWidget(picture, 1)
        left.addWidget(film)
        self._right = QWidget()
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(2 * GRID)
        right.addWidget(self.verdict)
        right.addWidget(self.card, 1)
        counted = Card(margin=2 * GRID)
        counted.column.addWidget(self.counters)
        right.addWidget(counted)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        whole.setSpacing(2 * GRID)
        whole.addLayout(left, 1)
        whole.addWidget(self._right)

    def _empty(self) -> EmptyState:
        made = EmptyState(self.context.theme, "run", "", "")
        self._word_empty(made)
        return made

    def _word_empty(self, state: EmptyState) -> None:
        shown = self.line.shown
        if shown is not None:
            head, text = (say(shown.verdict, shown.picture) for say in (no_picture_head, no_picture_text))
            state.set_texts(head, text, self.tr("Open the recipe"))
            return
        state.set_texts(
            self.tr("Nothing is being inspected"),
            self.tr(
                "Tiles appear here as they are judged. Start the demo line, choose a source, "
                "or drop a folder of pictures on the window."
            ),
            self.tr("Start the demo line"),
            self.tr("Choose a source"),
        )

    @property
    def _lacks_detector(self) -> bool:
        return self.line.snapshot.detector_state is DetectorState.MISSING

    @Slot()
    def _error_clicked(self) -> None:
        self.context.actions.trigger("run.recipe" if self._lacks_detector else "run.source")

    @Slot()
    def _empty_clicked(self) -> None:
        self.context.actions.trigger("run.demo" if self.line.shown is None else "run.recipe")

    @Slot(object)
    def show_tiles(self, verdict: Verdict) -> None:
        """The tiles of this run with a verdict, in Records."""
        which = RecordFilter(verdicts=frozenset({verdict}), since=self.line.began)
        self.context.open_workspace("records", which)

    def show_not_inspected(self) -> None:
        """Every tile and file of this run that was not inspected, with its reason."""
        self.show_tiles(Verdict.NOT_INSPECTED)

    # Following

    @Slot()
    def _show_tile(self) -> None:
        tile = self.line.shown
        self.verdict.show_tile(tile)
        self.card.show_tile(tile)
        view = tile.view if tile is not None else None
        self._unpainted = tile.ticket if tile is not None and self.line.following else None
        self.viewer.set_tile(view)
        self._show_state()

    @Slot()
    def _note_painted(self) -> None:
        """The first time that a tile from the line is on screen ends its way."""
        ticket, self._unpainted = self._unpainted, None
        if ticket is not None:
            self.context.session.note_shown(ticket)

    @Slot()
    def _mark_region(self) -> None:
        self.card.mark(self.viewer.model.selected)

    @Slot()
    def _show_recipe(self) -> None:
        recipe = self.context.recipe
        name = said(recipe.name) if recipe is not None else self.tr("No recipe")
        self.recipe_button.show_text(name, self.tr("Recipe: {name}").format(name=name))
        self._show_source()

    def _show_source(self) -> None:
        snapshot, recipe = self.line.snapshot, self.context.recipe
        title = snapshot.source.title if snapshot.source is not None else recipe.source if recipe else ""
        title = said(title) or self.tr("Choose a source")
        self.source_button.show_text(title, self.tr("Source: {title}").format(title=title))

    @Slot()
    def _show_snapshot(self) -> None:
        snapshot = self.line.snapshot
        self.counters.show_snapshot(snapshot)
        self._show_source()
        state, active = snapshot.state, self.line.active
        busy = state is EngineState.STOPPING
        actions = self.context.actions
        ended = state in (EngineState.STOPPED, EngineState.FINISHED)
        actions["run.start"].setEnabled(not active and not busy)
        actions["run.stop"].setEnabled(not ended and not busy)
        actions["run.pause"].setEnabled(active and state is not EngineState.STARTING)
        paused = state is EngineState.PAUSED
        actions["run.pause"].setChecked(paused)
        actions["run.pause"].setIconText(self.tr("Go on") if paused else self.tr("Pause"))
        self.start_button.setVisible(not active)
        self.start_button.setEnabled(not busy)
        self.start_button.setText(self.tr("Start"))
        camera = self.context.session.camera
        triggered = camera is not None and camera.held.trigger is Trigger.SOFTWARE
        actions["run.trigger"].setEnabled(triggered)
        self.trigger_button.setVisible(triggered)
        self.camera_button.setVisible(camera is not None)
        self.pause_button.setVisible(active)
        self.stop_button.setVisible(active)
        self._show_state()

    def _note_verdict(self) -> None:
        """A verdict that is not about the tile on the line now must not look as if it were."""
        state = self.line.snapshot.state
        notes = {
            EngineState.RECONNECTING: self.tr("Last tile before the source was lost"),
            EngineState.FAULT: self.tr("Last tile before the fault"),
            EngineState.PAUSED: self.tr("Last tile before the pause"),
            EngineState.STOPPED: self.tr("Last tile"),
            EngineState.STOPPING: self.tr("Last tile"),
            EngineState.FINISHED: self.tr("Last tile"),
        }
        if not self.line.following:
            self.verdict.set_note(self.tr("Past tile"), faded=False)
        else:
            lost = state in (EngineState.RECONNECTING, EngineState.FAULT)
            self.verdict.set_note(notes.get(state, ""), faded=lost)

    def _show_state(self) -> None:
        """What the middle shows: the tile, or one of the designed states."""
        snapshot, shown = self.line.snapshot, self.line.shown
        self._note_verdict()
        if shown is not None and shown.view is not None:
            self.states.show_content()
        elif self.line.active and shown is None:
            self._show_waiting()
        elif snapshot.state is EngineState.FAULT and shown is None:
            which = self.tr("Choose a recipe") if self._lacks_detector else self.tr("Choose a source")
            self.states.show_error(_told(snapshot.reason), which)
        elif shown is not None and shown.verdict is Verdict.NOT_INSPECTED and shown.picture != "removed":
            self.states.show_error(_told(shown.reason or self.tr("This tile has no picture.")))
        else:
            self._word_empty(self.states.empty)
            self.states.show_empty()

    def _show_waiting(self) -> None:
        snapshot = self.line.snapshot
        if snapshot.detector_state is DetectorState.LOADING:
            head = self.tr("Loading the detector")
        elif snapshot.state is EngineState.RECONNECTING:
            head = self.tr("The source is lost; connecting again")
        elif snapshot.state is EngineState.STARTING:
            head = self.tr("Opening the source")
        else:
            head = self.tr("Waiting for the first tile")
        self.states.show_busy(head, said(snapshot.reason or snapshot.source_reason) or self._waiting_for())

    def _waiting_for(self) -> str:
        """What has to happen for a tile to come, where it does not come by itself."""
        snapshot, camera = self.line.snapshot, self.context.session.camera
        if snapshot.state is not EngineState.RUNNING or snapshot.source is None:
            return ""
        if snapshot.source.kind == "watched":
            return self.tr("Each new picture in the folder {name} is inspected.").format(
                name=snapshot.source.title
            )
        if camera is not None and camera.held.trigger is Trigger.SOFTWARE:
            return self.tr("The camera waits for a trigger: F7 takes a picture.")
        return ""

    # State of the window

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the right column its share."""
        super().resizeEvent(event)
        self._right.setFixedWidth(min(max(round(self.width() * 0.25), BASE_WIDTH), _WIDEST))

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self._word_empty(self.states.empty)
            self._show_recipe()
            self._show_snapshot()
        super().changeEvent(event)

    def save_state(self) -> dict[str, Any]:
        """How the viewer looks."""
        model = self.viewer.model
        return {
            "map": model.map_name,
            "overlay": model.overlay,
            "opacity": model.opacity,
            "split": model.split,
        }

    def restore_state(self, state: dict[str, Any]) -> None:
        """Takes it back; odd values are ignored."""
        model = self.viewer.model
        name = state.get("map")
        if name == "struct" or name == "detail" or name == "fused":
            model.set_map(name)
        model.set_overlay(state.get("overlay") is not False)
        opacity = state.get("opacity")
        if isinstance(opacity, int | float):
            model.set_opacity(float(opacity))
        model.set_split(state.get("split") is True)


def _told(reason: str) -> BsdrdError:
    """A reason as the line gave it: what happened, and behind that what was kept and what to do."""
    what, stop, do_next = reason.partition(". ")
    return BsdrdError(what + stop.strip(), do_next=do_next)
