"""Step 6: the compared model goes live, or the live one goes back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from tilesight.line.training.choosing_thresholds import Way
from tilesight.line.training.comparing import Comparison
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import TARGET, Type
from tilesight.ui.train.gate_model import GateModel, Release
from tilesight.ui.train.parts import BusyLine, Page, Trouble, shortened
from tilesight.ui.train.thresholds_panel import ThresholdsPanel


class ReleasePage(Page):
    """Promote and rollback, each with its reason.

    Args:
        context: The recipe in force.
        model: Registry and comparison.
    """

    compare_asked = Signal()

    def __init__(self, context: AppContext, model: GateModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Release"),
            self.tr(
                "The model is swapped between two tiles; the line goes on. Both ways are in the audit log."
            ),
            parent,
        )
        self._context, self._model = context, model
        self.live = Words(role=Type.TITLE, wrap=True)
        self.news = Words(wrap=True)
        self.news.set_tone("ok")
        self.missing = Words(dim=True, wrap=True)
        self.to_compare = Button(self.tr("Compare models"))
        self.gate = Card()
        self.what = Words(role=Type.TITLE, wrap=True)
        self.thresholds = ThresholdsPanel()
        self.override = _line(self.tr("Why it goes live all the same (for the audit log)"))
        self.reason = _line(self.tr("Why this model (for the audit log)"))
        self.promote = Button(self.tr("Promote"), "primary", theme=context.theme, icon_name="check")
        self.back = Card()
        self.back_text = Words(role=Type.TITLE, wrap=True)
        self.back_reason = _line(self.tr("Why back (for the audit log)"))
        self.roll_back = Button(self.tr("Roll back"), "danger", theme=context.theme, icon_name="undo")
        self.busy, self.trouble = BusyLine(), Trouble()
        self.busy.cancel.hide()
        for part in (self.what, self.thresholds, self.override, self.reason):
            self.gate.column.addWidget(part)
        self.gate.column.addWidget(self.promote, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self.back_text, self.back_reason):
            self.back.column.addWidget(part)
        self.back.column.addWidget(self.roll_back, 0, Qt.AlignmentFlag.AlignLeft)
        now = Card()
        for part in (self.live, self.news, self.missing):
            now.column.addWidget(part)
        now.column.addWidget(self.to_compare, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (now, self.gate, self.busy, self.trouble, self.back):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.thresholds.way_chosen.connect(self._choose)
        for line in (self.override, self.reason, self.back_reason):
            line.textChanged.connect(self._check)
        self.to_compare.clicked.connect(self.compare_asked)
        self.promote.clicked.connect(self._promote)
        self.roll_back.clicked.connect(self._roll_back)
        model.comparison_changed.connect(self._follow)
        model.registry_changed.connect(self._follow)
        model.released.connect(self._done)
        context.recipe_changed.connect(self._follow)
        self._follow()

    @property
    def _compared(self) -> Comparison | None:
        """The comparison with the live model; that of two others promotes nothing."""
        return self._model.comparison if self._model.with_live else None

    @Slot()
    def _follow(self) -> None:
        registry, found, recipe = self._model.registry, self._compared, self._context.recipe
        detector = self._context.detector
        known = registry.live or (found.live if found else None) or detector
        name = known.name if known else ""
        if recipe is not None:
            text = self.tr("Live for {recipe}: {model}") if name else self.tr("Recipe: {recipe}")
            self.live.setText(text.format(recipe=said(recipe.name), model=name))
        self.missing.setText(
            "" if found else self.tr("A comparison with the live model is missing: compare in step 4.")
        )
        if self._model.busy == "compare":
            self.news.clear()  # the next model is at the gate
        self.news.setVisible(bool(self.news.text()))
        self.missing.setVisible(found is None and not self.news.text())
        self.to_compare.setVisible(found is None)
        self.gate.setVisible(found is not None)
        if found is not None:
            self._show(found)
        self.back.setVisible(bool(registry.goes_back_to))
        self.back_text.setText(self.tr("Go back to {model}").format(model=registry.goes_back_to))
        self._check()

    def _show(self, found: Comparison) -> None:
        self.what.setText(self.tr("Promote {model}").format(model=found.new.name))
        self.thresholds.show_comparison(found, self._model.way)

    @Slot(str)
    def _choose(self, way: str) -> None:
        self._model.choose_way(Way(way))

    @Slot()
    def _check(self) -> None:
        found, free = self._model.proposal, not self._model.busy and not self._model.swapping
        if self._model.busy == "release" or self._model.swapping:
            self.busy.show_progress(self.tr("The model is loaded beside the one in force; the line goes on."))
        else:
            self.busy.hide()
        self.override.setVisible(found is not None and bool(found.obstacle))
        self.thresholds.choice.setEnabled(free)
        reason = bool(self.reason.text().strip())
        allowed = found is not None and (not found.obstacle or bool(self.override.text().strip()))
        self.promote.setEnabled(free and reason and allowed)
        self.roll_back.setEnabled(free and bool(self.back_reason.text().strip()))

    @Slot()
    def _promote(self) -> None:
        self.trouble.hide()
        override = "" if self.override.isHidden() else self.override.text().strip()
        self._model.promote(self.reason.text().strip(), override, self.trouble.show_error)

    @Slot()
    def _roll_back(self) -> None:
        self.trouble.hide()
        self._model.roll_back(self.back_reason.text().strip(), self.trouble.show_error)

    @Slot(object)
    def _done(self, release: Release) -> None:
        for line in (self.override, self.reason, self.back_reason):
            line.clear()
        names = {
            "model": shortened(release.model),
            "before": shortened(release.before),
            "recipe": said(release.recipe),
        }
        if release.back:
            news = self.tr("{model} is live again for {recipe}.")
            rest = self.tr("{before} can be promoted once more in Release.")
        else:
            news = self.tr("{model} is live now for {recipe}.")
            rest = self.tr("Roll back in Release brings {before} back.")
        self.news.setText(news.format(**names))
        self._context.toast(f"{news} {rest}".format(**names), self.tr("Release"), "train.release")
        self._follow()


def _line(name: str) -> QLineEdit:
    made = QLineEdit()
    made.setMinimumHeight(TARGET)
    made.setPlaceholderText(name)
    made.setAccessibleName(name)
    return made
