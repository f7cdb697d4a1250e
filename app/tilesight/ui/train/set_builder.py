"""Makes an evaluation set: which labelled tiles, under which name, frozen for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from tilesight.line.training.evaluation import EvaluationSet
from tilesight.store.evaluation import FrozenSet
from tilesight.store.filters import RecordFilter
from tilesight.store.types import LabelKind
from tilesight.ui.context import AppContext
from tilesight.ui.label_words import class_word
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.gate_model import GateModel
from tilesight.ui.train.parts import FolderList, Trouble, tiles_in_words

_DAYS = (0, 1, 7, 30, 90)


class SetBuilder(Card):
    """Looks for labelled tiles and freezes them.

    Args:
        context: Store and background.
        model: The gate.
    """

    made = Signal(object)  #: FrozenSet

    def __init__(self, context: AppContext, model: GateModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context, self._model = context, model
        self._found: EvaluationSet | None = None
        self.good = QCheckBox(self.tr("Records known to be good"))
        self.bad = QCheckBox(self.tr("Records known to be defective"))
        self.lot, self.period = QComboBox(), QComboBox()
        self.period.addItems(
            [
                self.tr("Any time"),
                self.tr("Last 24 hours"),
                self.tr("Last 7 days"),
                self.tr("Last 30 days"),
                self.tr("Last 90 days"),
            ]
        )
        for box, name in ((self.lot, self.tr("Lot")), (self.period, self.tr("Period"))):
            box.setMinimumHeight(TARGET)
            box.setAccessibleName(name)
        self.folders = FolderList(context.theme, self.tr("Add a labelled data set"))
        self.look = Button(self.tr("Look at these tiles"))
        self.counts = Words(role=Type.BODY, bold=True, wrap=True)
        self.notes = Words(dim=True, wrap=True)
        self.name = QLineEdit()
        self.name.setMinimumHeight(TARGET)
        self.name.setPlaceholderText(self.tr("Name of the set"))
        self.name.setAccessibleName(self.tr("Name of the set"))
        self.freeze = Button(self.tr("Freeze this set"), "primary", theme=context.theme, icon_name="lock")
        self.trouble = Trouble()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.column.addWidget(Words(self.tr("New evaluation set"), Type.TITLE))
        text = self.tr(
            "Labelled tiles that decide which model is better. Frozen: every picture is kept by its hash, "
            "with the truth as it is now. A picture that is changed or missing later is named."
        )
        self.column.addWidget(Words(text, dim=True, wrap=True))
        for parts in ((self.good, self.bad), (self.lot, self.period)):
            boxes = QHBoxLayout()
            boxes.setSpacing(2 * GRID)
            for part in parts:
                boxes.addWidget(part)
            boxes.addStretch(1)
            self.column.addLayout(boxes)
        self.column.addWidget(self.folders)
        self.column.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.counts)
        self.column.addWidget(self.notes)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.name, 1)
        foot.addWidget(self.freeze)
        self.column.addLayout(foot)
        self.column.addWidget(self.trouble)

    def _connect(self) -> None:
        for box in (self.good, self.bad):
            box.setChecked(True)
            box.toggled.connect(self._choice_changed)
        for combo in (self.lot, self.period):
            combo.currentIndexChanged.connect(self._choice_changed)
        self.folders.changed.connect(self._choice_changed)
        self.look.clicked.connect(self.look_at_them)
        self.name.textChanged.connect(self._check)
        self.freeze.clicked.connect(self.freeze_it)
        self._model.gathered.connect(self._take)
        self._model.frozen.connect(self._made)
        self._model.registry_changed.connect(self._check)
        self._choice_changed()

    def fill_lots(self) -> None:
        """Reads which lots there are."""
        store = self._context.store
        if store is not None:
            self._context.background.run(
                lambda: store.distinct("lot"), self._take_lots, topic="train.set-lots"
            )

    def _take_lots(self, lots: list[str]) -> None:
        kept = self.lot.currentData()
        self.lot.blockSignals(True)
        self.lot.clear()
        self.lot.addItem(self.tr("Any lot"), None)
        for lot in lots:
            self.lot.addItem(lot, lot)
        self.lot.setCurrentIndex(max(0, self.lot.findData(kept)))
        self.lot.blockSignals(False)

    def records(self) -> RecordFilter | None:
        """Which records are chosen now; None for none."""
        kinds: set[LabelKind | None] = set()
        if self.good.isChecked():
            kinds |= {LabelKind.GOOD, LabelKind.FALSE_ALARM}
        if self.bad.isChecked():
            kinds |= {LabelKind.DEFECT, LabelKind.MISSED}
        if not kinds:
            return None
        days = _DAYS[self.period.currentIndex()]
        since = datetime.now(UTC) - timedelta(days=days) if days else None
        return RecordFilter(labels=frozenset(kinds), lot=self.lot.currentData(), since=since)

    @Slot()
    def look_at_them(self) -> None:
        """Reads which tiles that would be."""
        self.trouble.hide()
        self._model.gather(self.records(), self.folders.folders, self.trouble.show_error)

    @Slot()
    def freeze_it(self) -> None:
        """Keeps the set that was found."""
        self.trouble.hide()
        if self._found is not None:
            self._model.freeze(self.name.text().strip(), self._found, self.trouble.show_error)

    @Slot(object)
    def _take(self, found: EvaluationSet) -> None:
        self._found = found
        parts = [f"{said(class_word(cls))}: {count}" for cls, count in found.classes.items()]
        text = tiles_in_words(len(found.tiles), found.groups)
        self.counts.setText("   ·   ".join([text, *parts]))
        self.notes.setText("\n".join(map(said, found.notes)))
        if found.tiles and not self.name.text().strip():
            self.name.setText(f"{datetime.now():%Y-%m-%d %H:%M}")
        self._check()

    @Slot(object)
    def _made(self, frozen: FrozenSet) -> None:
        self.name.clear()
        self._choice_changed()
        self.made.emit(frozen)

    @Slot()
    def _choice_changed(self) -> None:
        self._found = None
        self._check()

    @Slot()
    def _check(self) -> None:
        found, free = self._found, not self._model.busy
        some = self.good.isChecked() or self.bad.isChecked() or bool(self.folders.folders)
        self.look.setEnabled(some and free)
        for part in (self.counts, self.notes):
            part.setVisible(found is not None and bool(part.text()))
        ready = found is not None and bool(found.tiles)
        self.name.setVisible(ready)
        self.freeze.setVisible(ready)
        self.freeze.setEnabled(ready and free and bool(self.name.text().strip()))
