"""The Train workspace: a checklist from tiles to a released model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from tilesight.line.training.job import Status
from tilesight.ui.actions import Action
from tilesight.ui.context import AppContext
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.theme import GRID
from tilesight.ui.train.checklist import Checklist
from tilesight.ui.train.compare_page import ComparePage
from tilesight.ui.train.model import TrainModel
from tilesight.ui.train.models_page import ModelsPage
from tilesight.ui.train.parts import shortened
from tilesight.ui.train.release_page import ReleasePage
from tilesight.ui.train.settings_page import SettingsPage
from tilesight.ui.train.shadow_model import ShadowModel
from tilesight.ui.train.shadow_page import ShadowPage
from tilesight.ui.train.step_lines import StepLines
from tilesight.ui.train.tiles_page import TilesPage
from tilesight.ui.train.training_page import TrainingPage
from tilesight.ui.workspace import Workspace

TILES, SETTINGS, TRAINING, COMPARE, SHADOW, RELEASE, MODELS = range(7)
_GROUP = QT_TRANSLATE_NOOP("Action", "Train")


class TrainWorkspace(Workspace):
    """Retraining on new good tiles, and the gate before a model goes live."""

    key: ClassVar[str] = "train"
    icon: ClassVar[str] = "train"
    word: ClassVar[str] = QT_TRANSLATE_NOOP("Workspace", "Train")

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = TrainModel(context, self)
        self.tiles = TilesPage(context, self.model)
        self.settings = SettingsPage(context, self.model)
        self.training = TrainingPage(context, self.model)
        self.gate = self.model.gate
        self.shadow_model = ShadowModel(context, self.gate, self)
        self.compare = ComparePage(context, self.gate)
        self.shadow = ShadowPage(context, self.shadow_model)
        self.release = ReleasePage(context, self.gate)
        self.models = ModelsPage(context, self.gate)
        self._no_training = EmptyState(
            context.theme,
            "train",
            self.tr("Nothing trained yet"),
            self.tr(
                "A new model learns from good tiles: for a new supplier, a new light, or too many false "
                "alarms. The live model goes on judging meanwhile."
            ),
            self.tr("Choose tiles"),
        )
        self.training_state = StateStack(context.theme, self.training, self._no_training)
        self.list = Checklist(context.theme, 7)
        self.pages = QStackedWidget()
        gate = (self.compare, self.shadow, self.release, self.models)
        for page in (self.tiles, self.settings, self.training_state, *gate):
            self.pages.addWidget(page)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.list)
        row.addWidget(self.pages, 1)
        self.states = StateStack(
            context.theme,
            content,
            EmptyState(
                context.theme,
                "train",
                self.tr("No records here"),
                self.tr("No store is open, so nothing can be trained. The banner above says why."),
            ),
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        outer.addWidget(self.states)
        self._lines = StepLines(self.model, self.shadow_model, self.tiles.suspects.model, self)
        self._status: Status | None = None
        self._connect()
        self.show_step(TILES)

    def _connect(self) -> None:
        model = self.model
        self.list.chosen.connect(self.show_step)
        self.tiles.continued.connect(self._to_settings)
        self.training.continued.connect(self._to_compare)
        for page in (self.compare, self.shadow):
            page.continued.connect(self._to_release)
        self.models.compare_asked.connect(self._compare_them)
        self.models.shadow_asked.connect(self._shadow_it)
        self._no_training.clicked.connect(self._to_tiles)
        self.shadow.models_asked.connect(self._to_models)
        self.release.compare_asked.connect(self._to_compare)
        signals = (model.tiles_changed, model.run_changed, model.registry_changed, model.comparison_changed)
        for signal in (*signals, self.shadow_model.changed, self.tiles.suspects.model.changed):
            signal.connect(self._follow)
        model.registry_changed.connect(self._offer_shadows)
        self.context.store_changed.connect(self._reload)
        self.context.recipe_changed.connect(self._reload)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)
        self._reload()
        self._follow()

    def commands(self) -> Sequence[Action]:
        """One for each step, and what can be done with a running training."""
        steps = (
            ("tiles", QT_TRANSLATE_NOOP("Action", "Train: choose tiles"), self._to_tiles),
            ("settings", QT_TRANSLATE_NOOP("Action", "Train: settings"), self._to_settings),
            ("training", QT_TRANSLATE_NOOP("Action", "Train: watch the training"), self._to_training),
            ("compare", QT_TRANSLATE_NOOP("Action", "Train: compare models"), self._to_compare),
            ("shadow", QT_TRANSLATE_NOOP("Action", "Train: shadow mode"), self._to_shadow),
            ("release", QT_TRANSLATE_NOOP("Action", "Train: promote or roll back"), self._to_release),
            ("models", QT_TRANSLATE_NOOP("Action", "Train: models"), self._to_models),
        )
        return [
            Action(f"train.{key}", text, run, shortcuts=(f"Alt+{at + 1}",), group=_GROUP)
            for at, (key, text, run) in enumerate(steps)
        ]

    # Coming and going

    def activate(self, request: object | None = None) -> None:
        """It came on screen.

        Args:
            request: {"compare": path of a model file}, {"records": numbers of tiles to learn from}, or None.
        """
        self.tiles.fill_lots()
        self.compare.builder.fill_lots()
        self.shadow_model.look()
        self.model.reload()
        if isinstance(request, dict) and isinstance(request.get("compare"), str):
            self.gate.add_model(Path(request["compare"]), "", self.compare.trouble.show_error)
            self.show_step(COMPARE)
        elif isinstance(request, dict) and isinstance(request.get("records"), tuple):
            self.show_step(TILES)
            self.tiles.pick_records(request["records"])

    def reasons_to_stay(self) -> list[str]:
        """A running training, which goes on without the window."""
        run = self.model.run
        if run is None or not run.running:
            return []
        text = self.tr(
            "A training is running (step {done} of {of}). It goes on without the window and is found again "
            "at the next start; pause it first to free the computer."
        )
        return [text.format(done=run.state.steps_done, of=run.state.steps)]

    def close_down(self) -> None:
        """Stops looking; a training goes on."""
        self.shadow_model.close()
        self.model.close()

    def save_state(self) -> dict[str, Any]:
        """The step on screen, and the folders."""
        return {
            "step": self.pages.currentIndex(),
            "folders": [str(folder) for folder in self.tiles.folders.folders],
            "old": [str(folder) for folder in self.settings.old_folders.folders],
            "labelled": [str(folder) for folder in self.compare.builder.folders.folders],
        }

    def restore_state(self, state: dict[str, Any]) -> None:
        """Takes them again."""
        for key, where in (
            ("folders", self.tiles.folders),
            ("old", self.settings.old_folders),
            ("labelled", self.compare.builder.folders),
        ):
            found = state.get(key)
            if isinstance(found, list):
                where.set_folders([Path(one) for one in found if isinstance(one, str)])
        step = state.get("step")
        if isinstance(step, int) and 0 <= step < self.pages.count():
            self.show_step(step)

    # Steps

    @Slot(int)
    def show_step(self, step: int) -> None:
        """Brings a step on screen."""
        self.pages.setCurrentIndex(step)
        self.list.choose(step)
        if self.isVisible():
            # The button that led here may be gone, and the keyboard must not fall back to the rail.
            self.list.buttons[step].setFocus()

    @Slot(QWidget, QWidget)
    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        """A button that starts something is disabled or hidden, and Qt gives its focus to the rail."""
        lost = old is not None and self.isAncestorOf(old) and not (old.isEnabled() and old.isVisible())
        outside = now is None or (now.window() is self.window() and not self.isAncestorOf(now))
        if lost and outside and self.isVisible():
            QTimer.singleShot(0, self, self._focus_back)

    @Slot()
    def _focus_back(self) -> None:
        if self.isVisible():
            self.list.buttons[self.pages.currentIndex()].setFocus()

    def _to_tiles(self) -> None:
        self.show_step(TILES)

    def _to_settings(self) -> None:
        self.show_step(SETTINGS)

    def _to_training(self) -> None:
        self.show_step(TRAINING)

    def _to_compare(self) -> None:
        self.show_step(COMPARE)

    def _to_shadow(self) -> None:
        self.show_step(SHADOW)

    def _to_release(self) -> None:
        self.show_step(RELEASE)

    def _to_models(self) -> None:
        self.show_step(MODELS)

    @Slot(str, str)
    def _compare_them(self, sha256: str, baseline: str) -> None:
        self.compare.choose(sha256, baseline)
        self.show_step(COMPARE)

    @Slot(str)
    def _shadow_it(self, sha256: str) -> None:
        self.shadow.choose(sha256)
        self.show_step(SHADOW)

    @Slot()
    def _offer_shadows(self) -> None:
        models = self.model.registry.others
        self.shadow.offer([(one.sha256, f"{shortened(one.name)}   {one.sha256[:8]}") for one in models])

    @Slot()
    def _reload(self) -> None:
        if self.context.store is None:
            self.states.show_empty()
        else:
            self.states.show_content()
        self.model.reload()

    @Slot()
    def _follow(self) -> None:
        run = self.model.run
        status = None if run is None else run.status
        if run is None:
            self.training_state.show_empty()
        else:
            self.training_state.show_content()
        if status is Status.RUNNING and self._status is not Status.RUNNING:
            self.show_step(TRAINING)
        if status is Status.FINISHED and self._status is Status.RUNNING:
            text = self.tr("The new model is ready. Compare it with the live one.")
            self.context.toast(text, self.tr("Compare"), "train.compare")
        self._status = status
        self.list.show_lines(self._lines.all())
