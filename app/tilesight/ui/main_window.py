"""The window: rail, workspaces, banners, status bar, and what opens over them."""

from __future__ import annotations

import base64
import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from tilesight.ui.alerts import Alerts
from tilesight.ui.banner import BannerStack, Toast
from tilesight.ui.context import AppContext
from tilesight.ui.drop import DropHint, dropped_paths
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.icons import app_icon
from tilesight.ui.messages import said
from tilesight.ui.model_sheet import ModelSheet
from tilesight.ui.palette import CommandPalette
from tilesight.ui.rail import Rail
from tilesight.ui.run.camera_sheet import CameraSheet
from tilesight.ui.run.lot_sheet import LotSheet
from tilesight.ui.run.recipe_editor import RecipeEditor
from tilesight.ui.run.recipe_picker import RecipePicker
from tilesight.ui.run.source_picker import SourcePicker
from tilesight.ui.settings_dialog import SettingsDialog
from tilesight.ui.shortcuts import ShortcutSheet
from tilesight.ui.status_bar import StatusBar
from tilesight.ui.tour import Tour, TourStep
from tilesight.ui.window_actions import window_actions
from tilesight.ui.workspace import Workspace
from tilesight.ui.workspaces import ENTRIES, WorkspaceEntry

_log = logging.getLogger(__name__)

MINIMUM = (1024, 640)
USUAL = (1440, 900)


class MainWindow(QMainWindow):
    """One window, the workspaces on its left rail.

    Args:
        context: What all share; its session must be set.
        entries: The workspaces.
    """

    closing = Signal()  #: The program may end; nothing is asked any more.

    def __init__(self, context: AppContext, entries: tuple[WorkspaceEntry, ...] = ENTRIES) -> None:
        super().__init__()
        self.context, self._entries = context, entries
        self._pages: dict[str, QWidget] = {}
        self.workspaces: dict[str, Workspace] = {}
        self._current = ""
        self._sure = False
        self.setWindowTitle("Tilesight")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        context.actions.add(window_actions(self, entries), self)
        self._build()
        self._build_sheets()
        context.workspace_asked.connect(self.open_workspace)
        self.alerts = Alerts(context, context.session.line, self)
        self.open_workspace(entries[0].key)

    # Building

    def _build(self) -> None:
        context = self.context
        self.middle = middle = QWidget()
        middle.setProperty("place", "window")
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setCentralWidget(middle)
        self.rail = Rail(self._entries, context.actions, context.theme)
        self.rail.chosen.connect(self.open_workspace)
        self.banners = BannerStack(context)
        self.stack = QStackedWidget()
        self.status = StatusBar(context, context.session.line)
        self.status.asked.connect(self._do)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.banners)
        right.addWidget(self.stack, 1)
        upper = QHBoxLayout()
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        upper.addWidget(self.rail)
        upper.addLayout(right, 1)
        whole = QVBoxLayout(middle)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(upper, 1)
        whole.addWidget(self.status)
        self.toast = Toast(context, middle, self.status)

    def _build_sheets(self) -> None:
        context, session, middle = self.context, self.context.session, self.middle
        self.palette_sheet = CommandPalette(middle, context)
        self.shortcuts = ShortcutSheet(middle, context)
        self.settings = SettingsDialog(middle, context)
        self.sources = SourcePicker(middle, context)
        self.recipes = RecipePicker(middle, context)
        self.editor = RecipeEditor(middle, context)
        self.lot = LotSheet(middle, context)
        self.camera = CameraSheet(middle, context)
        self.model = ModelSheet(middle, context)
        self.tour = Tour(middle, context.theme)
        self.drop_hint = DropHint(middle, context.theme)
        session.source_asked.connect(self.sources.open_with)
        session.recipe_asked.connect(self.recipes.open)
        session.edit_asked.connect(self.editor.open)
        session.camera_asked.connect(self.camera.open_now)
        session.lot_asked.connect(self.lot.open_with)
        self.sources.chosen.connect(session.use_source)
        self.recipes.chosen.connect(session.use_recipe)
        self.recipes.model_chosen.connect(self.model.look_at)
        self.lot.chosen.connect(session.set_lot)
        self.tour.finished.connect(self._tour_done)

    # Workspaces

    @property
    def current(self) -> str:
        """Key of the workspace on screen."""
        return self._current

    @Slot(str)
    @Slot(str, object)
    def open_workspace(self, key: str, request: object | None = None) -> None:
        """Brings a workspace on screen, making it if it is not there yet."""
        if key not in self._pages:
            self._pages[key] = self._make(key)
            self.stack.addWidget(self._pages[key])
        if key != self._current and self._current in self.workspaces:
            self.workspaces[self._current].deactivate()
        self._current = key
        self.stack.setCurrentWidget(self._pages[key])
        self.rail.show_chosen(key)
        if key in self.workspaces:
            self.workspaces[key].activate(request)

    def _make(self, key: str) -> QWidget:
        entry = next(entry for entry in self._entries if entry.key == key)
        try:
            workspace = entry.build(self.context)
        except ImportError as error:
            _log.exception("the workspace %s cannot be opened", key)
            return self._broken(entry, error)
        own = workspace.commands()
        if own:
            self.context.actions.add(own, workspace, lambda: self.open_workspace(key))
        workspace.restore_state(self.context.remembered(f"workspace-{key}"))
        self.workspaces[key] = workspace
        return workspace

    def _broken(self, entry: WorkspaceEntry, error: ImportError) -> QWidget:
        empty = EmptyState(self.context.theme, entry.icon, entry.title(), "")
        page = StateStack(self.context.theme, QWidget(), empty)
        what = self.tr("{name} cannot be opened: {error}").format(name=entry.title(), error=said(error))
        page.show_error(RuntimeError(what))
        return page

    @Slot(str)
    def _do(self, key: str) -> None:
        if key in self.context.actions:
            self.context.actions.trigger(key)

    # Tour

    def start_tour(self) -> None:
        """Shows what is where, in five steps."""
        self.open_workspace("run")
        self.tour.start(self._tour_steps())

    def _tour_steps(self) -> list[TourStep]:
        run = self.workspaces.get("run")

        def part(name: str) -> QWidget | None:
            found = getattr(run, name, None)
            return found if isinstance(found, QWidget) else None

        return [
            TourStep(
                self.tr("Tiles are judged here"),
                self.tr(
                    "Each tile appears as it comes. Where it differs from good tiles it is tinted and "
                    "outlined; a good tile stays plain. Wheel to zoom, drag to move, T takes the tint off."
                ),
                lambda: part("viewer"),
            ),
            TourStep(
                self.tr("The verdict"),
                self.tr(
                    "A green disc is OK, an amber diamond is GREY and wants a person, a red square is NG. "
                    "What could not be inspected is hatched and never counts as OK."
                ),
                lambda: part("verdict"),
            ),
            TourStep(
                self.tr("The last tiles"),
                self.tr("Click one to look at it again. Inspection goes on; L brings you back to live."),
                lambda: part("strip"),
            ),
            TourStep(
                self.tr("Your own tiles"),
                self.tr(
                    "Choose a folder, a video, a camera or a stream here, or drop a folder on the window."
                ),
                lambda: part("source_button"),
            ),
            TourStep(
                self.tr("The other places"),
                self.tr(
                    "Review doubtful tiles, tune thresholds, train a new model. "
                    "Ctrl+K finds every action, F1 shows the keys."
                ),
                lambda: self.rail,
            ),
        ]

    @Slot()
    def _tour_done(self) -> None:
        self.context.change_settings(tour_done=True)

    def offer_tour(self) -> None:
        """Starts the tour at the first start, once the window stands."""
        if not self.context.settings.tour_done:
            QTimer.singleShot(600, self.start_tour)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Says what would happen."""
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.drop_hint.show_for(paths)

    def dragLeaveEvent(self, event: QEvent) -> None:
        """Nothing happens."""
        self.drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Inspects what was dropped, or looks at a model file."""
        self.drop_hint.hide()
        self.take_paths(dropped_paths(event.mimeData()))
        event.acceptProposedAction()

    def take_paths(self, paths: list[Path]) -> None:
        """Does what is right for dropped files: inspect pictures and videos, look at a model."""
        if len(paths) == 1 and paths[0].suffix.lower() == ".bsdrd":
            self.model.look_at(paths[0])
        elif paths:
            self.context.session.use_paths(paths)

    # State and end

    def restore(self) -> None:
        """Size, place and workspace as they were at the last end."""
        remembered = self.context.remembered("window")
        geometry = self.context.settings.window
        room = self.screen().availableSize()
        self.resize(min(USUAL[0], room.width()), min(USUAL[1], room.height()))
        if room.width() < USUAL[0] or room.height() < USUAL[1]:
            self.setWindowState(Qt.WindowState.WindowMaximized)  # with its frame it would not fit
        if geometry:
            self.restoreGeometry(QByteArray(base64.b64decode(geometry, validate=False)))
        key = remembered.get("workspace")
        if key in {entry.key for entry in self._entries}:
            self.open_workspace(str(key))

    def save(self) -> None:
        """Remembers size, place, workspace, and what the workspaces want to find again."""
        states = {f"workspace-{key}": one.save_state() for key, one in self.workspaces.items()}
        extra = {**self.context.settings.extra, **states, "window": {"workspace": self._current}}
        window = base64.b64encode(self.saveGeometry().data()).decode("ascii")
        self.context.change_settings(window=window, extra=extra)

    def reasons_to_stay(self) -> list[str]:
        """What closing now would end, from every workspace."""
        reasons: list[str] = []
        for workspace in self.workspaces.values():
            reasons.extend(workspace.reasons_to_stay())
        return reasons

    def close_now(self) -> None:
        """Closes without asking."""
        self._sure = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks where something would be lost; otherwise remembers everything and lets the program end."""
        reasons = [] if self._sure else self.reasons_to_stay()
        if reasons:
            event.ignore()
            self.context.toast("\n".join(reasons), self.tr("Close anyway"), "app.close-anyway")
            return
        self.save()
        for workspace in self.workspaces.values():
            workspace.close_down()
        event.accept()
        self.closing.emit()

    def toggle_fullscreen(self) -> None:
        """Fills the screen, or goes back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
