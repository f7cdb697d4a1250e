"""The Tune workspace: target box on top, charts left, outcome right, flip list below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QDir, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from bsdrd.result import Thresholds
from tilesight.line.recipe import Recipe
from tilesight.store.originals import thumbnails_of
from tilesight.store.records import RecordStore
from tilesight.store.remedies import HigherThresholds
from tilesight.store.tuning.evidence import Evidence, load_evidence
from tilesight.store.tuning.report import write_report
from tilesight.store.tuning.table import Selection
from tilesight.ui.actions import Action
from tilesight.ui.context import AppContext
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.labels import ActionButton, Button, Card
from tilesight.ui.messages import said
from tilesight.ui.requests import TryRemedy
from tilesight.ui.theme import GRID
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.tune import words
from tilesight.ui.tune.chart_card import CURVES, OVER_TIME, PIXELS, SCORES, ChartCard
from tilesight.ui.tune.commands import tune_actions
from tilesight.ui.tune.filter_sheet import FilterSheet
from tilesight.ui.tune.flip_panel import FlipPanel
from tilesight.ui.tune.model import TuneModel
from tilesight.ui.tune.outcome import OutcomePanel
from tilesight.ui.tune.putting import PutInForce
from tilesight.ui.tune.remedies import RemedyDesk
from tilesight.ui.tune.reporting import make_report
from tilesight.ui.tune.target_bar import TargetBar
from tilesight.ui.workspace import Workspace

#: New records are read by themselves this long after they came, in milliseconds.
_NEWS_MS = 3000
#: Beyond so many records they are read again only when asked.
_BY_ITSELF = 20_000
#: From this height on, in pixels, the flip list shows larger pictures.
_ROOMY = 900


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked of the store, to tell a late answer from the right one."""

    store: RecordStore
    recipe: Recipe


class TuneWorkspace(Workspace):
    """Thresholds, pixel rule and mask, set by seeing what they would do."""

    key: ClassVar[str] = "tune"
    icon: ClassVar[str] = "tune"
    word: ClassVar[str] = QT_TRANSLATE_NOOP("Workspace", "Tune")

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = TuneModel(self)
        self.thumbnails = Thumbnails(context.background, self)
        self._stale = True
        self._active = False
        context.actions.add(self._actions(), self, lambda: context.open_workspace(self.key))
        self.charts = ChartCard(context, self.model)
        self.outcome = OutcomePanel(self.model, context.theme, self.thumbnails)
        self.flips = FlipPanel(self.model, context.theme, self.thumbnails)
        self.target = TargetBar(self.model, context.theme)
        self.putting = PutInForce(self, context, self.model)
        self.filter_sheet = FilterSheet(self, context.theme)
        self.remedy = RemedyDesk(context, self.model, self.target)
        self._build()
        self.news_timer = QTimer(self)
        self.news_timer.setSingleShot(True)
        self.news_timer.setInterval(_NEWS_MS)
        self.news_timer.timeout.connect(self._read_news)
        self._connect()
        self._follow_proposal()

    # Building

    def _actions(self) -> list[Action]:
        return tune_actions(
            {
                "apply": self.ask_apply,
                "back": self.model.back_to_force,
                "earlier": lambda: self.remedy.back_to_earlier(),
                "filter": self.open_filter,
                "history": lambda: self.putting.open_history(),
                "report": self.ask_report,
                "reload": self.reload,
                "scores": lambda: self.charts.show_tab(SCORES),
                "curves": lambda: self.charts.show_tab(CURVES),
                "time": lambda: self.charts.show_tab(OVER_TIME),
                "pixels": lambda: self.charts.show_tab(PIXELS),
                "next-up": lambda: self.model.move_past_next(self.model.active, True),
                "next-down": lambda: self.model.move_past_next(self.model.active, False),
                "switch": self._switch_line,
                "undo": lambda: self.charts.pixels.pane.undo(),
                "redo": lambda: self.charts.pixels.pane.redo(),
            }
        )

    def _build(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._top())
        outcome = Card(margin=2 * GRID)
        outcome.column.addWidget(self.outcome)
        self.middle = QSplitter(Qt.Orientation.Horizontal)
        self.middle.setHandleWidth(GRID)
        self.middle.setChildrenCollapsible(False)
        self.middle.addWidget(self.charts)
        self.middle.addWidget(outcome)
        self.middle.setStretchFactor(0, 3)
        self.middle.setStretchFactor(1, 2)
        self.middle.setSizes([690, 460])
        column.addWidget(self.middle, 1)
        flips = Card(margin=GRID + 4, spacing=4)
        flips.column.addWidget(self.flips)
        column.addWidget(flips)
        self.states = StateStack(
            self.context.theme,
            content,
            EmptyState(self.context.theme, "tune", "", ""),
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        outer.addWidget(self.states)

    def _top(self) -> QWidget:
        actions = self.context.actions
        card = Card(margin=GRID + 4, spacing=0)
        self.which = Button("", "", theme=self.context.theme, icon_name="filter")
        self.which.clicked.connect(self.open_filter)
        self.which.setToolTip(actions["tune.filter"].toolTip())
        self.put_in_force = Button(
            self.tr("Put in force"), "primary", theme=self.context.theme, icon_name="check"
        )
        self.put_in_force.clicked.connect(self.ask_apply)
        self.put_in_force.setToolTip(actions["tune.apply"].toolTip())
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.target, 1)
        row.addWidget(self.which, 0, Qt.AlignmentFlag.AlignTop)
        for key in ("report", "history", "back"):
            row.addWidget(ActionButton(actions[f"tune.{key}"]), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.put_in_force, 0, Qt.AlignmentFlag.AlignTop)
        card.column.addLayout(row)
        card.column.addWidget(self.remedy.note)
        return card

    def _connect(self) -> None:
        model, context = self.model, self.context
        for signal in (model.thresholds_changed, model.pixels_changed, model.rejudging_changed):
            signal.connect(self._follow_proposal)
        self.charts.pixels.problem_changed.connect(self._follow_proposal)
        model.records_changed.connect(self._follow_records)
        for panel in (self.outcome, self.flips):
            panel.opened.connect(self.show_tile)
        self.filter_sheet.chosen.connect(self._select)
        self.putting.busy_changed.connect(self._follow_proposal)
        self.putting.applied.connect(self._outdated)
        self.putting.refused.connect(self._note_stale)
        self.states.empty.clicked.connect(self._go_to_run)
        self.states.error.clicked.connect(self.reload)
        self.states.busy.cancelled.connect(self._cancel_reading)
        context.store_changed.connect(self._take_store)
        context.recipe_changed.connect(self._outdated)
        context.detector_changed.connect(self._outdated)
        context.records_changed.connect(self._records_came)
        self._take_store()

    # Coming and going

    def activate(self, request: object | None = None) -> None:
        """Reads the records again where something changed.

        Args:
            request: A record number to look at, a remedy to try (`TryRemedy`), or None.
        """
        self._active = True
        if isinstance(request, TryRemedy):
            self.remedy.ask(request)
        if self._stale:
            self.reload()
        elif isinstance(request, TryRemedy):
            self._try_remedy()
        if isinstance(request, int):
            self.show_tile(request)

    def _try_remedy(self) -> None:
        asked = self.remedy.try_asked(self._model_sha256())
        if asked is not None:
            self.charts.pixels.pane.show_record(asked.record_id)
            self.charts.show_tab(SCORES if isinstance(asked.remedy, HigherThresholds) else PIXELS)

    def _model_sha256(self) -> str | None:
        info, recipe = self.context.detector, self.context.recipe
        return info.sha256 if info is not None else None if recipe is None else recipe.model_sha256

    def deactivate(self) -> None:
        """Rests; re-judging goes on, since somebody waits for it."""
        self._active = False
        self.news_timer.stop()

    def close_down(self) -> None:
        """Ends the re-judging thread."""
        self.news_timer.stop()
        self.model.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows larger pictures where there is room."""
        super().resizeEvent(event)
        self.flips.set_side(112 if self.height() >= _ROOMY else 72)

    def save_state(self) -> dict[str, Any]:
        """The tab and the division of the room."""
        return {"tab": self.charts.tabs.currentIndex(), "middle": self.middle.sizes()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Takes them again."""
        tab, sizes = state.get("tab"), state.get("middle")
        if isinstance(tab, int) and 0 <= tab < self.charts.tabs.count():
            self.charts.show_tab(tab)
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(size, int) for size in sizes):
            self.middle.setSizes(sizes)

    # Reading

    @Slot()
    def _take_store(self) -> None:
        self.thumbnails.set_store(self.context.store)
        self._outdated()

    @Slot()
    def _outdated(self) -> None:
        self._stale = True
        if self._active:
            self.reload()

    @Slot()
    def _records_came(self) -> None:
        self._stale = True
        if self._active and len(self.model.what.table) <= _BY_ITSELF and not self.news_timer.isActive():
            self.news_timer.start()

    @Slot()
    def _read_news(self) -> None:
        if self.model.rejudging.running:
            # Reading now would start it anew; a line that never stops would never let it end.
            self.news_timer.start()
        elif self._active and self._stale:
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Reads the records of the recipe's model."""
        store, recipe = self.context.store, self.context.recipe
        if store is None or recipe is None:
            self._show_nothing()
            return
        self._stale = False
        if not self.model.ready:
            self.states.show_busy(self.tr("Reading records"), cancel=False)
        asked = _Asked(store, recipe)
        model_hash = self._model_sha256()

        def work() -> tuple[_Asked, Evidence]:
            return asked, load_evidence(
                store, name=recipe.name, in_force=recipe.content(), model_sha256=model_hash
            )

        self.context.background.run(work, self._take_evidence, self._not_read, topic="tune.load")

    def _take_evidence(self, answer: tuple[_Asked, Evidence]) -> None:
        asked, evidence = answer
        thresholds = self._thresholds_in_force(asked.recipe, evidence)
        if thresholds is None or not len(evidence.table):
            self._show_nothing(evidence.of_other_models)
            return
        info = self.context.detector
        reference = () if info is None else info.reference_scores
        self.model.load(evidence, asked.recipe, thresholds, asked.store.files, reference)
        self.states.show_content()
        self._try_remedy()
        if self.charts.pixels.pane.record_id is None and evidence.newest is not None:
            # One with maps can be judged again and shows what the rule does.
            with_maps = evidence.with_maps
            self.charts.pixels.pane.show_record(int(with_maps[-1]) if with_maps.size else evidence.newest.id)

    def _thresholds_in_force(self, recipe: Recipe, evidence: Evidence) -> Thresholds | None:
        if recipe.t1 is not None and recipe.t2 is not None:
            return Thresholds(recipe.t1, recipe.t2)
        if self.context.detector is not None:
            return self.context.detector.thresholds
        return evidence.newest.thresholds if evidence.newest is not None else None

    def _not_read(self, error: Exception) -> None:
        self._stale = True
        if self.model.ready:
            # What was read before is still there and right as of then.
            self.context.toast(said(error))
            return
        self.states.show_error(error, self.tr("Try again"))

    @Slot()
    def _cancel_reading(self) -> None:
        self.context.background.forget("tune.load")
        self._show_nothing()

    def _show_nothing(self, of_other_models: int = 0) -> None:
        if self.context.store is None:
            self.states.empty.set_texts(
                self.tr("No records here"),
                self.tr("No store is open, so there is nothing to tune on. The banner above says why."),
            )
        elif self.context.recipe is None:
            self.states.empty.set_texts(
                self.tr("No recipe in force"),
                self.tr("Tune sets the thresholds of a recipe. Choose a source in Run; it makes one."),
                self.tr("Go to Run"),
            )
        elif of_other_models:
            text = self.tr(
                "The model in force has inspected no tile yet. %Ln record(s) are of other models, whose "
                "scores mean something else. Inspect some tiles; a few hundred make it worth while.",
                "",
                of_other_models,
            )
            self.states.empty.set_texts(
                self.tr("Nothing of this model to tune on yet"),
                text,
                self.tr("Go to Run"),
            )
        else:
            self.states.empty.set_texts(
                self.tr("Nothing to tune on yet"),
                self.tr(
                    "Tune shows what other thresholds would do to tiles that the model in force has "
                    "inspected. Inspect some first; a few hundred make it worth while."
                ),
                self.tr("Go to Run"),
            )
        self.states.show_empty()

    @Slot()
    def _go_to_run(self) -> None:
        self.context.open_workspace("run")

    # Records

    @Slot()
    def open_filter(self) -> None:
        """Chooses records."""
        if self.model.evidence is not None:
            self.filter_sheet.fill(self.model.selection, self.model.evidence.table.lot_names)
            self._follow_records()
            self.filter_sheet.open()

    @Slot(object)
    def _select(self, selection: Selection) -> None:
        self.model.select(selection)

    @Slot()
    def _follow_records(self) -> None:
        evidence = self.model.evidence
        if evidence is None:
            return
        shown, of = len(self.model.what.table), len(evidence.table)
        text = self.tr("{shown} of {n}").format(n=words.count(of), shown=words.count(shown))
        self.which.setText(self.tr("%Ln record(s)", "", of) if shown == of else text)
        self.filter_sheet.say_count(shown, of, evidence.of_other_models)

    @Slot(int)
    def show_tile(self, record_id: int) -> None:
        """Shows a record's tile under the proposed rule."""
        self.charts.show_tab(PIXELS)
        self.charts.pixels.pane.show_record(record_id)

    @Slot()
    def _switch_line(self) -> None:
        self.model.set_active("high" if self.model.active == "low" else "low")

    # Applying

    @Slot()
    def _follow_proposal(self) -> None:
        changed = self.model.is_changed
        self.context.actions["tune.back"].setEnabled(changed)
        self.context.actions["tune.apply"].setEnabled(changed and not self.putting.busy)
        self.put_in_force.setEnabled(changed and not self.putting.busy)
        for key in ("report", "history", "filter"):
            self.context.actions[f"tune.{key}"].setEnabled(self.model.ready)

    @Slot()
    def ask_apply(self) -> None:
        """Shows what would change and asks why."""
        self.putting.ask(self.charts.pixels.problem)

    @Slot()
    def _note_stale(self) -> None:
        self._stale = True

    # Report

    @Slot()
    def ask_report(self) -> None:
        """Asks for a file name and writes the report beside its CSV."""
        if not self.model.ready:
            return
        start = QDir.homePath() + f"/what-if {datetime.now():%Y-%m-%d %H%M}.html"
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save what-if report"), start, self.tr("Web page with CSV (*.html)")
        )
        if name:
            self.save_report(Path(name))

    def save_report(self, path: Path) -> None:
        """Writes the report in the background.

        Args:
            path: Of the page; the CSV lies beside it.
        """
        store, report = self.context.store, make_report(self.model, self.context.person.name)
        if store is None or report is None:
            return
        self.context.background.run(
            lambda: write_report(path, report, partial(thumbnails_of, store)),
            lambda paths: self.context.toast(self.tr("Saved as {path}").format(path=paths[0])),
            lambda error: self.context.toast(said(error)),
        )
