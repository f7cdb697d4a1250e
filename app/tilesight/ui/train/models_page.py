"""Every model of the store: where it comes from, where it stands, and what was promoted when."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from bsdrd.bundle import SUFFIX
from tilesight.store.models import Promotion, StoredModel
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.gate_model import GateModel
from tilesight.ui.train.model_facts import facts_of, state_word
from tilesight.ui.train.parts import FactTable, Page, Table, Trouble, shortened
from tilesight.ui.tune.words import moment

_KEY = int(Qt.ItemDataRole.UserRole)
_ROWS_SHOWN = 8
_PROMOTIONS_SHOWN = 30


class ModelsPage(Page):
    """The registry.

    Args:
        context: Colours.
        model: The gate.
    """

    compare_asked = Signal(str, str)  #: Hashes of the new model and of the one to compare with; "" is live.
    shadow_asked = Signal(str)

    def __init__(self, context: AppContext, model: GateModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Models"),
            self.tr(
                "Every model is one file, named by its hash. The live one cannot be deleted; what goes live "
                "and back is in the audit log."
            ),
            parent,
        )
        self._context, self._model = context, model
        self._chosen = ""
        self.bring = Button(self.tr("Bring a model file"), theme=context.theme, icon_name="import")
        self.table = QTableWidget(0, 5)
        self.empty = Words(self.tr("No model was trained or brought yet."), dim=True, wrap=True)
        self.trouble = Trouble()
        self.detail = Card()
        self.name = Words(role=Type.TITLE, wrap=True)
        self.note = QLineEdit()
        self.keep_note = Button(self.tr("Save the note"))
        self.compare = Button(
            self.tr("Compare with the live model"), theme=context.theme, icon_name="compare"
        )
        self.compare_two = Button(self.tr("Compare with the model selected before"))
        self.shadow = Button(self.tr("Shadow mode"), theme=context.theme, icon_name="overlay")
        self.export = Button(self.tr("Export"), theme=context.theme, icon_name="export")
        self.retire = Button(self.tr("Put aside"))
        self.remove = Button(self.tr("Delete"), "danger", theme=context.theme, icon_name="trash")
        self.why = QLineEdit()
        self.sure = Button(self.tr("Delete for good"), "danger")
        self.facts = FactTable()
        self.history = Card()
        self.promotions = Table()
        self._before = ""
        self._lay_out()
        self._asking(False)
        self._connect()

    def _lay_out(self) -> None:
        heads = (
            self.tr("State"),
            self.tr("Name"),
            self.tr("In the registry since"),
            self.tr("Made from"),
            self.tr("Note"),
        )
        self.table.setHorizontalHeaderLabels(heads)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(TARGET)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column, how in enumerate(
            (
                QHeaderView.ResizeMode.ResizeToContents,
                QHeaderView.ResizeMode.Stretch,
                QHeaderView.ResizeMode.ResizeToContents,
                QHeaderView.ResizeMode.ResizeToContents,
                QHeaderView.ResizeMode.Stretch,
            )
        ):
            header.setSectionResizeMode(column, how)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName(self.tr("Models"))
        self.note.setMinimumHeight(TARGET)
        self.note.setPlaceholderText(self.tr("Note"))
        self.note.setAccessibleName(self.tr("Note"))
        self.why.setMinimumHeight(TARGET)
        self.why.setPlaceholderText(self.tr("Why it is deleted (for the audit log)"))
        self.why.setAccessibleName(self.tr("Why it is deleted (for the audit log)"))
        listed = Card()
        for part in (self.empty, self.table):
            listed.column.addWidget(part)
        listed.column.addWidget(self.bring, 0, Qt.AlignmentFlag.AlignLeft)
        self.detail.column.addWidget(self.name)
        self.detail.column.addLayout(_row(self.note, self.keep_note, stretch=0))
        first = (self.compare, self.compare_two, self.shadow)
        self.detail.column.addLayout(_row(*first, stretch=None))
        self.detail.column.addLayout(_row(self.export, self.retire, self.remove, stretch=None))
        self.detail.column.addLayout(_row(self.why, self.sure, stretch=0))
        self.detail.column.addWidget(self.facts)
        self.history.column.addWidget(Words(self.tr("Promotions"), Type.TITLE))
        self.history.column.addWidget(self.promotions)
        for part in (listed, self.trouble, self.detail, self.history):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self.table.itemSelectionChanged.connect(self._selected)
        self.bring.clicked.connect(self._bring)
        self.note.textChanged.connect(self._check)
        self.note.returnPressed.connect(self._save_note)
        self.keep_note.clicked.connect(self._save_note)
        self.compare.clicked.connect(self._compare)
        self.compare_two.clicked.connect(self._compare_two)
        self.shadow.clicked.connect(self._shadow)
        self.export.clicked.connect(self._export)
        self.retire.clicked.connect(self._retire)
        self.remove.clicked.connect(self._ask)
        self.why.textChanged.connect(self._check)
        self.sure.clicked.connect(self._remove)
        self._model.registry_changed.connect(self._follow)
        self._context.theme.changed.connect(self._follow)
        self._context.detector_changed.connect(self._follow)
        self._follow()

    # The list

    @Slot()
    def _follow(self) -> None:
        registry = self._model.registry
        models = registry.models
        names = {one.sha256: one.name for one in models}
        self.table.blockSignals(True)
        self.table.setRowCount(len(models))
        for row, one in enumerate(models):
            self._fill_row(row, one, names)
        at = next((row for row, one in enumerate(models) if one.sha256 == self._chosen), -1)
        if at < 0 and models:
            at, self._chosen = 0, models[0].sha256
        self.table.setCurrentCell(at, 0) if at >= 0 else self.table.clearSelection()
        self.table.blockSignals(False)
        height = self.table.horizontalHeader().sizeHint().height() + 2 * GRID
        self.table.setFixedHeight(height + TARGET * min(len(models), _ROWS_SHOWN))
        self.table.setVisible(bool(models))
        self.empty.setVisible(not models)
        self._show_promotions(registry.promotions, {**registry.deleted, **names})
        self._show_detail(fresh=False)

    def _fill_row(self, row: int, one: StoredModel, names: dict[str, str]) -> None:
        colours = self._context.theme.colours
        parent = names.get(one.parent_sha256, one.parent_sha256[:8])
        state = state_word(one)
        detector = self._context.detector
        if detector is not None and detector.sha256 == one.sha256:
            state += self.tr(", judges now")
        for column, text in enumerate((state, one.name, moment(one.added_at), parent, one.note)):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            item.setData(_KEY, one.sha256)
            if column == 0:
                tone = {"live": colours.ok, "shadow": colours.accent, "retired": colours.dim}
                item.setForeground(QColor(tone.get(one.state, colours.text)))
            self.table.setItem(row, column, item)

    def _show_promotions(self, promotions: tuple[Promotion, ...], names: dict[str, str]) -> None:
        def name(sha256: str | None) -> str:
            return "-" if sha256 is None else names.get(sha256, sha256[:8])

        kinds = {"promote": self.tr("promoted"), "rollback": self.tr("rolled back")}
        rows = [
            (
                moment(one.at),
                one.recipe,
                kinds[one.kind],
                f"{name(one.previous)} → {name(one.sha256)}",
                one.actor,
                one.why,
            )
            for one in promotions[:_PROMOTIONS_SHOWN]
        ]
        head = (
            self.tr("When"),
            self.tr("Recipe"),
            "",
            self.tr("Model"),
            self.tr("Who"),
            self.tr("Why"),
        )
        self.promotions.fill_left(head, rows)
        self.history.setVisible(bool(rows))

    @Slot()
    def _selected(self) -> None:
        row = self.table.currentRow()
        item = self.table.item(row, 0) if row >= 0 else None
        if item is None:
            return
        chosen = str(item.data(_KEY))
        if chosen != self._chosen:
            self._before, self._chosen = self._chosen, chosen
        self.trouble.hide()
        self._show_detail(fresh=True)

    def choose(self, sha256: str) -> None:
        """Selects a model."""
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None and item.data(_KEY) == sha256:
                self.table.selectRow(row)

    # The chosen one

    @property
    def _one(self) -> StoredModel | None:
        return self._model.registry.find(self._chosen)

    def _show_detail(self, *, fresh: bool) -> None:
        one = self._one
        self.detail.setVisible(one is not None)
        if one is None:
            return
        if fresh or self.name.text() != one.name or not self.note.hasFocus():
            self.note.setText(one.note)
        if fresh:
            self._asking(False)
        self.name.setText(one.name)
        parent = self._model.registry.find(one.parent_sha256)
        self.facts.fill(facts_of(one, parent.name if parent else ""))
        before = self._model.registry.find(self._before)
        if before is not None:
            self.compare_two.setText(self.tr("Compare with {name}").format(name=shortened(before.name)))
        # With the live one there is a button of its own.
        here = self._model.registry.live
        same = {one.sha256} if here is None else {one.sha256, here.sha256}
        self.compare_two.setVisible(before is not None and before.sha256 not in same)
        self._check()

    @Slot()
    def _check(self) -> None:
        one = self._one
        if one is None:
            return
        live = one.state == "live"
        here = self._model.registry.live
        self.keep_note.setEnabled(self.note.text() != one.note)
        self.compare.setEnabled(here is None or here.sha256 != one.sha256)
        self.shadow.setEnabled(not live)
        self.retire.setEnabled(one.state in ("candidate", "shadow"))
        self.remove.setEnabled(not live)
        if live and not self.why.isHidden():
            self._asking(False)
        self.remove.setToolTip(self.tr("The live model cannot be deleted.") if live else "")
        self.sure.setEnabled(bool(self.why.text().strip()))

    def _asking(self, on: bool) -> None:
        self.why.clear()
        self.why.setVisible(on)
        self.sure.setVisible(on)

    # Buttons

    @Slot()
    def _bring(self) -> None:
        kind = self.tr("Model files")
        chosen, _ = QFileDialog.getOpenFileName(self, self.bring.text(), "", f"{kind} (*{SUFFIX})")
        if chosen:
            self.add(Path(chosen))

    def add(self, file: Path) -> None:
        """Takes a model file into the registry, or says why it is refused."""
        self.trouble.hide()
        self._model.add_model(file, "", self.trouble.show_error)

    @Slot()
    def _export(self) -> None:
        one = self._one
        if one is None:
            return
        kind = self.tr("Model files")
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.export.text(), f"{one.name}{SUFFIX}", f"{kind} (*{SUFFIX})"
        )
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, target: Path) -> None:
        """Writes the chosen model as one file."""
        self.trouble.hide()
        self._model.export(self._chosen, target, self.trouble.show_error)

    @Slot()
    def _save_note(self) -> None:
        self._model.set_note(self._chosen, self.note.text().strip(), self.trouble.show_error)

    @Slot()
    def _compare(self) -> None:
        self.compare_asked.emit(self._chosen, "")

    @Slot()
    def _compare_two(self) -> None:
        live = self._model.registry.live
        is_live = live is not None and live.sha256 == self._before
        if live is not None and live.sha256 == self._chosen:
            self.compare_asked.emit(self._before, "")
        else:
            self.compare_asked.emit(self._chosen, "" if is_live else self._before)

    @Slot()
    def _shadow(self) -> None:
        self.shadow_asked.emit(self._chosen)

    @Slot()
    def _retire(self) -> None:
        self.trouble.hide()
        self._model.retire(self._chosen, self.trouble.show_error)

    @Slot()
    def _ask(self) -> None:
        self._asking(self.why.isHidden())  # a second click takes the question back
        if not self.why.isHidden():
            self.why.setFocus()

    @Slot()
    def _remove(self) -> None:
        self.trouble.hide()
        why = self.why.text().strip()
        self._asking(False)
        self._model.remove(self._chosen, why, self.trouble.show_error)


def _row(*parts: QWidget, stretch: int | None) -> QHBoxLayout:
    """Widgets beside one another; the one at `stretch` takes the room, or none does."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    for at, part in enumerate(parts):
        row.addWidget(part, 1 if at == stretch else 0)
    if stretch is None:
        row.addStretch(1)
    return row
