"""The pixel side of the rule: map threshold, region size, edge band and mask, in words and on a tile."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bsdrd.errors import BsdrdError
from tilesight.store.tuning.mask import InspectionMask
from tilesight.store.tuning.rule import PixelRule
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.tune import words
from tilesight.ui.tune.fields import CountField, NumberField
from tilesight.ui.tune.model import TuneModel
from tilesight.ui.tune.tile_pane import TilePane

_FORM_WIDTH = 248


class PixelPanel(QWidget):
    """Fields at the left, a tile at the right.

    Args:
        context: Theme, background, store.
        model: Takes the pixel rule.
    """

    problem_changed = Signal()

    def __init__(self, context: AppContext, model: TuneModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._problem = ""
        self.pane = TilePane(context, model)
        self._make_fields()
        self._make_words()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self._form())
        row.addWidget(self.pane, 1)
        self.pane.mask_drawn.connect(self._mask_drawn)
        model.pixels_changed.connect(self._follow)
        model.outcome_changed.connect(self._say_rule)
        model.rejudging_changed.connect(self._say_progress)
        self._follow()
        self._say_progress()

    @property
    def problem(self) -> str:
        """Why the rule cannot be applied, translated; "" where it can."""
        return self._problem

    def _make_fields(self) -> None:
        self.follow_t1 = QCheckBox(self.tr("T1"))
        self.follow_t1.setToolTip(self.tr("Regions are outlined where the map reaches T1"))
        self.follow_t1.setAccessibleName(self.tr("Outline regions at T1"))
        self.map_threshold = NumberField(
            self.tr("Map threshold: regions are outlined here"), -1000, 100_000, 0.1
        )
        self.min_area = NumberField(self.tr("Smallest region that counts"), 0, 1_000_000, 1, 0)
        self.unit = QComboBox()
        self.unit.addItems(["px", "mm²"])
        self.unit.setMinimumHeight(TARGET)
        self.unit.setAccessibleName(self.tr("Unit of the smallest region"))
        self.edge = CountField(
            self.tr("Width of the edge band that is not inspected"), 0, 4000, self.tr(" px")
        )
        self.follow_t1.toggled.connect(self._changed)
        for field in (self.map_threshold, self.min_area, self.edge):
            field.valueChanged.connect(self._changed)
        self.unit.currentIndexChanged.connect(self._unit_changed)

    def _make_words(self) -> None:
        self.rule_words = Words(wrap=True)
        self.rule_words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem_words = Words(bold=True, wrap=True)
        self.problem_words.set_tone("ng")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.progress_words = Words(role=Type.CAPTION, dim=True, wrap=True, tabular=True)
        self.cancel = Button(self.tr("Cancel"), "quiet")
        self.cancel.clicked.connect(self._model.cancel_rejudging)

    def _form(self) -> QWidget:
        area = QHBoxLayout()
        area.setSpacing(4)
        area.addWidget(self.min_area, 1)
        self.unit.setFixedWidth(72)
        area.addWidget(self.unit)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(4)
        form.setHorizontalSpacing(GRID)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        threshold = QHBoxLayout()
        threshold.setSpacing(4)
        threshold.addWidget(self.map_threshold, 1)
        threshold.addWidget(self.follow_t1)
        form.addRow(_label(self.tr("Outline at")), threshold)
        form.addRow(_label(self.tr("At least")), area)
        form.addRow(_label(self.tr("Edge band")), self.edge)
        progress = QHBoxLayout()
        progress.setSpacing(GRID)
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.cancel)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        column.addLayout(form)
        column.addWidget(self.problem_words)
        column.addLayout(progress)
        column.addWidget(self.progress_words)
        column.addWidget(Words(self.tr("The rule in words"), bold=True))
        column.addWidget(self.rule_words)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFixedWidth(_FORM_WIDTH)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return scroll

    # From the fields

    @Slot()
    def _changed(self) -> None:
        self._model.set_pixels(
            PixelRule(
                map_threshold=None if self.follow_t1.isChecked() else self.map_threshold.value(),
                min_area=self.min_area.value(),
                in_mm2=self.unit.currentIndex() == 1,
                edge_band_px=self.edge.value(),
                mask=self._model.pixels.mask,
            )
        )

    @Slot(int)
    def _unit_changed(self, index: int) -> None:
        scale = self._model.mm_per_px
        pixels = self._model.pixels
        if scale is not None and pixels.in_mm2 != (index == 1):
            # The same area in the other unit.
            area = pixels.min_area * scale**2 if index == 1 else pixels.min_area / scale**2
            self._model.set_pixels(replace(pixels, min_area=round(area, 4), in_mm2=index == 1))

    @Slot(object)
    def _mask_drawn(self, mask: InspectionMask) -> None:
        self._model.set_pixels(replace(self._model.pixels, mask=None if mask.is_trivial else mask))

    # To the fields

    @Slot()
    def _follow(self) -> None:
        pixels, scale = self._model.pixels, self._model.mm_per_px
        blockers = [QSignalBlocker(widget) for widget in (self.follow_t1, self.unit, self.min_area)]
        self.follow_t1.setChecked(pixels.map_threshold is None)
        self.map_threshold.setEnabled(pixels.map_threshold is not None)
        self.min_area.setDecimals(2 if pixels.in_mm2 else 0)
        self.min_area.setSingleStep(0.05 if pixels.in_mm2 else 1)
        self.unit.setCurrentIndex(int(pixels.in_mm2))
        self.unit.setEnabled(scale is not None or pixels.in_mm2)
        self.unit.setToolTip("" if scale is not None else self.tr("mm² needs a scale in the recipe."))
        for blocker in blockers:
            blocker.unblock()
        threshold = pixels.map_threshold
        self.map_threshold.put(self._model.proposed.low if threshold is None else threshold)
        self.min_area.put(pixels.min_area)
        self.edge.put(pixels.edge_band_px)
        self.pane.take_mask(pixels.mask)
        self._say_rule()

    @Slot()
    def _say_rule(self) -> None:
        if self._model.pixels.map_threshold is None:
            self.map_threshold.put(self._model.proposed.low)
        newest = self._model.evidence.newest if self._model.evidence is not None else None
        height = newest.height if newest is not None and newest.height else 256
        width = newest.width if newest is not None and newest.width else 256
        try:
            rule = self._model.rule(height, width)
            self.rule_words.setText(words.rule_in_words(rule, self._model.mm_per_px))
            empty = rule.mask is not None and not rule.mask.any()
            self._set_problem(self.tr("The mask leaves nothing to inspect.") if empty else "")
        except (ValueError, BsdrdError) as error:
            self.rule_words.setText("")
            self._set_problem(said(error))

    def _set_problem(self, text: str) -> None:
        changed = text != self._problem
        self._problem = text
        self.problem_words.setText(text)
        self.problem_words.setVisible(bool(text))
        if changed:
            self.problem_changed.emit()

    @Slot()
    def _say_progress(self) -> None:
        state = self._model.rejudging
        self.bar.setVisible(state.running)
        self.cancel.setVisible(state.running)
        self.bar.setRange(0, max(state.total, 1))
        self.bar.setValue(state.done)
        self.progress_words.setText(self._progress_text())
        self.progress_words.setVisible(bool(self.progress_words.text()))

    def _progress_text(self) -> str:
        state = self._model.rejudging
        if state.error:
            return self.tr("Stored maps could not be judged again: {error}").format(error=said(state.error))
        if state.running:
            text = self.tr("Judging stored maps again: {done} of {total}")
            told = text.format(done=words.count(state.done), total=words.count(state.total))
            if state.seconds_left is not None and state.done:
                told += ", " + self.tr("{seconds} s left").format(
                    seconds=words.count(round(state.seconds_left))
                )
            return told
        if not state.total:
            return ""
        judged = state.total - state.without_maps - state.failed
        told = self.tr("Judged again by this rule: %Ln record(s).", "", judged)
        if state.without_maps:
            told += " " + self.tr(
                "%Ln record(s) keep their stored score, because their maps were not kept.",
                "",
                state.without_maps,
            )
        if state.failed:
            told += " " + self.tr(
                "%Ln record(s) keep their stored score, because nothing of them would be inspected.",
                "",
                state.failed,
            )
        return told


def _label(text: str) -> Words:
    """A label as high as the field beside it, so that both stand on one line."""
    made = Words(text)
    made.setMinimumHeight(TARGET)
    return made
