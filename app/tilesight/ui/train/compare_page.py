"""Step 4: the new model against the live one, or any other, on tiles whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from tilesight.line.training.comparing import Comparison
from tilesight.store.evaluation import FrozenSet
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, IconButton, Words
from tilesight.ui.theme import GRID, TARGET
from tilesight.ui.train.compare_result import ComparisonResult
from tilesight.ui.train.gate_model import GateModel
from tilesight.ui.train.parts import BusyLine, Page, Trouble, shortened
from tilesight.ui.train.set_builder import SetBuilder
from tilesight.ui.tune.words import moment


class ComparePage(Page):
    """Compares and shows what differs.

    Args:
        context: Recipe and background.
        model: Registry and comparison.
    """

    continued = Signal()

    def __init__(self, context: AppContext, model: GateModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Compare with the live model"),
            self.tr(
                "Both judge the same labelled tiles under the recipe in force. What one has learnt stays out."
            ),
            parent,
        )
        self._context, self._model = context, model
        self.candidate, self.baseline, self.sets = QComboBox(), QComboBox(), QComboBox()
        self.new_set = Button(self.tr("New set"), theme=context.theme, icon_name="plus")
        self.new_set.setCheckable(True)
        self.drop_set = IconButton("trash", self.tr("Offer this set no longer"), context.theme)
        self.builder = SetBuilder(context, model)
        self.start = Button(self.tr("Compare"), "primary", theme=context.theme, icon_name="compare")
        self.missing = Words(dim=True, wrap=True)
        self.busy, self.trouble = BusyLine(), Trouble()
        self.result = ComparisonResult(context, model)
        self._shown: Comparison | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        rows = (
            (self.tr("New model"), self.candidate),
            (self.tr("Compared with"), self.baseline),
            (self.tr("Evaluation set"), self.sets),
        )
        for at, (text, combo) in enumerate(rows):
            combo.setMinimumHeight(TARGET)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(24)
            combo.setAccessibleName(text)
            grid.addWidget(Words(text), at, 0)
            grid.addWidget(combo, at, 1)
        grid.addWidget(self.drop_set, 2, 2)
        grid.addWidget(self.new_set, 2, 3)
        grid.setColumnStretch(1, 1)
        card.column.addLayout(grid)
        card.column.addWidget(self.missing)
        card.column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        self.result.hide()
        for part in (card, self.builder, self.busy, self.trouble, self.result):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self.start.clicked.connect(self.compare)
        self.busy.cancelled.connect(self._model.stop_work)
        self.result.go_on.clicked.connect(self.continued)
        self.new_set.toggled.connect(self._check)
        self.drop_set.clicked.connect(self._drop_set)
        self.builder.made.connect(self._set_made)
        self._model.gathered.connect(self._set_found)
        self.candidate.currentIndexChanged.connect(self._other_candidate)
        self.sets.currentIndexChanged.connect(self._check)
        self.baseline.currentIndexChanged.connect(self._check)
        self._model.registry_changed.connect(self._follow_registry)
        self._model.comparison_changed.connect(self._follow)
        self._model.progressed.connect(self._progress)
        self._context.detector_changed.connect(self._follow_registry)
        self._follow_registry()
        self._follow()

    def choose(self, sha256: str, baseline: str = "") -> None:
        """Chooses models by their hashes; `baseline` "" is the live one."""
        for combo, wanted in ((self.candidate, sha256), (self.baseline, baseline)):
            at = combo.findData(wanted)
            if at >= 0:
                combo.setCurrentIndex(at)

    # Choosing

    @Slot()
    def _follow_registry(self) -> None:
        registry = self._model.registry
        models = [(one.sha256, _line(one.name, one.added_at, one.sha256)) for one in registry.others]
        before = {self.candidate.itemData(at) for at in range(self.candidate.count())}
        kept = self.candidate.currentData()
        fresh = next((sha256 for sha256, _ in models if sha256 not in before), kept) if before else kept
        changed = _fill(self.candidate, models, fresh)
        known = registry.live or self._context.detector
        live = self.tr("The live model") if known is None else known.name
        _fill(self.baseline, [("", self.tr("Live: {model}").format(model=shortened(live))), *models])
        sets = [(one.id, f"{shortened(one.name, 48)}   ({len(one.tiles)})") for one in registry.sets]
        _fill(self.sets, sets)
        if changed:
            self._other_candidate()
        self._follow()

    def _chosen_set(self) -> FrozenSet | None:
        wanted = self.sets.currentData()
        return next((one for one in self._model.registry.sets if one.id == wanted), None)

    @Slot()
    def _other_candidate(self) -> None:
        sha256 = self.candidate.currentData()
        found = self._model.comparison
        if sha256 and (found is None or found.new.sha256 != sha256):
            self._model.show_known(sha256)
        self._check()

    @Slot()
    def _set_found(self) -> None:
        # Once the page has grown by what was found.
        QTimer.singleShot(0, self, self._show_freeze)

    @Slot()
    def _show_freeze(self) -> None:
        self.ensureWidgetVisible(self.builder.freeze)

    @Slot(object)
    def _set_made(self, frozen: FrozenSet) -> None:
        self.new_set.setChecked(False)
        self.sets.setCurrentIndex(max(0, self.sets.findData(frozen.id)))
        self._check()

    @Slot()
    def _drop_set(self) -> None:
        chosen = self._chosen_set()
        if chosen is not None:
            self._model.remove_set(chosen.id)

    @Slot()
    def _check(self) -> None:
        some_set = bool(self.sets.count())
        if not self.candidate.count():
            missing = self.tr("There is no other model yet: train one, or drop a model file on the window.")
        elif self._context.recipe is None:
            missing = self.tr("No recipe is in force, so there is no live model: choose a source in Run.")
        elif not some_set:
            missing = self.tr("There is no evaluation set yet: freeze one below.")
        elif self.baseline.currentData() == self.candidate.currentData():
            missing = self.tr("These are the same model.")
        else:
            missing = ""
        self.missing.setText(missing)
        self.missing.setVisible(bool(missing))
        for combo in (self.candidate, self.baseline, self.sets):
            combo.setEnabled(bool(combo.count()))
        self.drop_set.setEnabled(some_set)
        self.new_set.setVisible(some_set)
        self.builder.setVisible(self.new_set.isChecked() or not some_set)
        self.start.setEnabled(not missing and not self._model.busy)

    @Slot()
    def compare(self) -> None:
        """Begins."""
        self.trouble.hide()
        chosen = self._chosen_set()
        if chosen is not None:
            self._model.start_comparison(
                str(self.candidate.currentData()),
                chosen,
                str(self.baseline.currentData() or ""),
                self.trouble.show_error,
            )

    # The result

    @Slot(str, int, int)
    def _progress(self, what: str, done: int, of: int) -> None:
        if what == "compare" and self._model.busy == "compare":
            text = self.tr("Comparing: {done} of {of} tiles").format(done=done, of=of)
            self.busy.show_progress(text, done, of)

    @Slot()
    def _follow(self) -> None:
        if self._model.busy != "compare":
            self.busy.hide()
        elif self.busy.isHidden():
            self.busy.show_progress(self.tr("Reading the set and opening both models"))
        self._check()
        found = self._model.comparison
        self.result.setVisible(found is not None)
        if found is not None and found is not self._shown:
            self.result.show_comparison(found)
        self._shown = found


def _line(name: str, added: datetime, sha256: str) -> str:
    return f"{shortened(name)}   {moment(added)}   {sha256[:8]}"


def _fill(combo: QComboBox, items: Sequence[tuple[object, str]], wanted: object = None) -> bool:
    """Offers other things, keeping what is chosen; whether that is another one then."""
    before = [(combo.itemData(at), combo.itemText(at)) for at in range(combo.count())]
    if before == [(data, text) for data, text in items]:
        return False
    kept = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    for data, text in items:
        combo.addItem(text, data)
    combo.setCurrentIndex(max(0, combo.findData(kept if wanted is None else wanted)) if items else -1)
    combo.blockSignals(False)
    return combo.currentData() != kept
