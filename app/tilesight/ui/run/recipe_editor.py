"""Everything of a recipe that is not tuned on pictures: model, tile finding, scale, device, what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tilesight.line.recipe import STARTER, Recipe
from tilesight.line.saved import explain
from tilesight.ui.choice import Choice
from tilesight.ui.context import AppContext, Role
from tilesight.ui.labels import Button, IconButton, Words, roomy
from tilesight.ui.messages import said
from tilesight.ui.run.finding_fields import FindingFields, number
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, TARGET, Type

_LABEL = 20 * GRID


class RecipeEditor(Sheet):
    """Changes the recipe in force, or saves it under another name; asks why.

    Args:
        host: The window's middle.
        context: The recipe in force, and what puts another one in force.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 760, 680)
        self._context = context
        self._recipe: Recipe | None = None
        head = QHBoxLayout()
        head.addWidget(Words(self.tr("Recipe"), Type.HEAD))
        head.addStretch(1)
        close = IconButton("close", self.tr("Close"), context.theme)
        close.clicked.connect(self.close_sheet)
        head.addWidget(close)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 2 * GRID, 0)
        self._column.setSpacing(GRID)
        self._build_fields()
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.problem = Words("", wrap=True)
        self.problem.set_tone("ng")
        self.problem.hide()
        self.why = QLineEdit()
        self.why.setPlaceholderText(self.tr("Why (for the audit log)"))
        self.why.setAccessibleName(self.tr("Why (for the audit log)"))
        self.why.textChanged.connect(self._enable)
        self.why.returnPressed.connect(self._apply)
        self.apply = Button(self.tr("Apply"), "primary")
        self.apply.clicked.connect(self._apply)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.why, 1)
        foot.addWidget(self.apply)
        self.card.column.addLayout(head)
        self.card.column.addWidget(scroll, 1)
        self.card.column.addWidget(self.problem)
        self.card.column.addLayout(foot)

    def _build_fields(self) -> None:
        self.name = QLineEdit()
        self.name.setMaxLength(80)
        self._row(self.tr("Name"), self.name)
        self.model = QLineEdit()
        self.model.setPlaceholderText(self.tr("shipped model"))
        choose = Button(self.tr("Choose…"))
        choose.clicked.connect(self._ask_model)
        self._row(self.tr("Model"), self.model, choose)
        self.finding = FindingFields()
        self._row(self.tr("How tiles are found"), self.finding)
        self.scale = QDoubleSpinBox()
        self.scale.setDecimals(4)
        self.scale.setRange(0.0, 100.0)
        self.scale.setSingleStep(0.01)
        self.scale.setSpecialValueText(self.tr("unknown"))
        self.scale.setSuffix(self.tr(" mm per pixel"))
        roomy(self.scale)
        self.scale.setMaximumWidth(26 * GRID)
        self._row(self.tr("Scale"), self.scale)
        self.device = Choice(
            [("auto", self.tr("Automatic")), ("cpu", "CPU"), ("cuda", "CUDA")], self.tr("Detector runs on")
        )
        self._row(self.tr("Detector runs on"), self.device)
        self.threads = number(0, 256, 0, self.tr("Processor threads"))
        self.threads.setSpecialValueText(self.tr("every core"))
        self._row(self.tr("Processor threads"), self.threads)
        keeps = [
            ("all", self.tr("Every tile")),
            ("grey and ng", self.tr("GREY and NG")),
            ("none", self.tr("No tile")),
        ]
        self.pictures = Choice(keeps, self.tr("Keep pictures of"))
        self._row(self.tr("Keep pictures of"), self.pictures)
        self.maps = Choice(keeps, self.tr("Keep maps of"))
        self._row(self.tr("Keep maps of"), self.maps)
        self.cap = QDoubleSpinBox()
        self.cap.setRange(0.0, 1e6)
        self.cap.setDecimals(1)
        self.cap.setSuffix(" GB")
        self.cap.setSpecialValueText(self.tr("no limit"))
        roomy(self.cap)
        self.cap.setMaximumWidth(18 * GRID)
        hint = self.tr("The oldest unlabelled pictures and maps go first; records always stay.")
        self._row(self.tr("At most"), self.cap, hint=hint)

    def _row(self, label: str, field: QWidget, *more: QWidget, hint: str = "") -> None:
        line = QHBoxLayout()
        line.setSpacing(GRID)
        name = Words(label, dim=True, wrap=True)
        name.setFixedWidth(_LABEL)
        name.setMinimumHeight(TARGET)
        if not field.accessibleName():
            field.setAccessibleName(label)
        line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        fields = QHBoxLayout()
        narrow = field.maximumWidth() < _LABEL * 4
        fields.addWidget(field, 0 if narrow else 1)
        for other in more:
            fields.addWidget(other)
        if narrow:
            fields.addStretch(1)
        column.addLayout(fields)
        if hint:
            column.addWidget(Words(hint, Type.CAPTION, dim=True, wrap=True))
        line.addLayout(column, 1)
        self._column.addLayout(line)

    def open(self) -> None:
        """Opens with the recipe in force."""
        recipe = self._context.recipe
        if recipe is None:
            return
        self._recipe = recipe
        self.name.setText(recipe.name)
        self.model.setText("" if recipe.model == STARTER else recipe.model)
        self.finding.show_finding(recipe.tile_finding)
        self.scale.setValue(recipe.mm_per_px or 0.0)
        self.device.choose(recipe.device)
        self.threads.setValue(recipe.threads)
        self.pictures.choose(recipe.retention.pictures)
        self.maps.choose(recipe.retention.maps)
        self.cap.setValue(recipe.retention.cap_gb or 0.0)
        self.why.clear()
        allowed = self._context.person.role is not Role.OPERATOR
        self._say(
            allowed, "" if allowed else self.tr("Engineers change recipes; see Settings for your role.")
        )
        self._enable()
        super().open()

    def first_focus(self) -> QWidget:
        """The name."""
        return self.name

    def changed(self) -> Recipe:
        """The recipe that the fields describe.

        Raises:
            ValidationError: If they do not fit together.
        """
        assert self._recipe is not None
        model = self.model.text().strip() or STARTER
        other_model = model != self._recipe.model
        values: dict[str, Any] = {
            "name": self.name.text().strip(),
            "model": model,
            "tile_finding": self.finding.values(),
            "mm_per_px": self.scale.value() or None,
            "device": self.device.value,
            "threads": self.threads.value(),
            "retention": {
                "pictures": self.pictures.value,
                "maps": self.maps.value,
                "cap_gb": self.cap.value() or None,
            },
        }
        if other_model:
            # Scores of two models cannot be compared: the new one brings its own thresholds.
            values |= {"model_sha256": None, "t1": None, "t2": None, "map_threshold": None}
        return self._recipe.changed(**values)

    @Slot()
    def _enable(self) -> None:
        allowed = self._context.person.role is not Role.OPERATOR
        self.apply.setEnabled(allowed and bool(self.why.text().strip()))

    @Slot()
    def _apply(self) -> None:
        if not self.apply.isEnabled():
            return
        try:
            recipe = self.changed()
        except ValidationError as error:
            self._say(False, explain(error))
            return
        self.apply.setEnabled(False)
        self._context.apply_recipe(recipe, self.why.text().strip(), self._applied, self._refused)

    def _applied(self, recipe: Recipe) -> None:
        self.close_sheet()
        self._context.toast(self.tr("The recipe {name} is in force.").format(name=recipe.name))

    def _refused(self, error: Exception) -> None:
        self._say(False, said(error))
        self._enable()

    def _say(self, well: bool, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(not well and bool(text))

    @Slot()
    def _ask_model(self) -> None:
        kinds = f"{self.tr('Models')} (*.bsdrd)"
        start = str(Path(self.model.text()).parent) if self.model.text() else ""
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Model file"), start, kinds)
        if path:
            self.model.setText(path)
