"""How tiles are found in a picture, as fields."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tilesight.line.tile_finding import Automatic, FixedRectangle, WholeFrame
from tilesight.ui.choice import Choice
from tilesight.ui.labels import Words, roomy
from tilesight.ui.theme import GRID, TARGET


def number(low: int, high: int, value: int, name: str, suffix: str = "") -> QSpinBox:
    """A field for a whole number, large enough to touch."""
    made = QSpinBox()
    made.setRange(low, high)
    made.setValue(value)
    roomy(made)
    made.setAccessibleName(name)
    made.setSuffix(suffix)
    made.setMaximumWidth(18 * GRID)
    return made


class FindingFields(QWidget):
    """How tiles are found in a picture: one of three ways, each with its own numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way = Choice(
            [
                ("whole", self.tr("Whole picture")),
                ("rectangle", self.tr("Fixed place")),
                ("automatic", self.tr("Find by itself")),
            ],
            self.tr("How tiles are found"),
        )
        self.way.chosen.connect(self._show_way)
        self.left_px = number(0, 100_000, 0, self.tr("Left"), " px")
        self.top_px = number(0, 100_000, 0, self.tr("Top"), " px")
        self.width_px = number(16, 100_000, 400, self.tr("Width"), " px")
        self.height_px = number(16, 100_000, 400, self.tr("Height"), " px")
        self.angle = QDoubleSpinBox()
        self.angle.setRange(-180, 180)
        self.angle.setSuffix("°")
        roomy(self.angle)
        self.angle.setMaximumWidth(18 * GRID)
        self.shade = Choice(
            [("brighter", self.tr("Brighter")), ("darker", self.tr("Darker"))],
            self.tr("Tiles against the belt"),
        )
        self.shortest = number(24, 10_000, 64, self.tr("Shortest side"), " px")
        self.longest = number(32, 20_000, 900, self.tr("Longest side"), " px")
        self.upright = QCheckBox(self.tr("Grinding streaks run downwards"))
        self._pages = QStackedWidget()
        pages = (QWidget(), self._fixed_page(), self._automatic_page())
        for page in pages:
            self._pages.addWidget(page)
        self._heights = [max(page.sizeHint().height(), 0) for page in pages]
        self._kept = Automatic()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.way)
        column.addWidget(self._pages)

    def _fixed_page(self) -> QWidget:
        page = QWidget()
        form = _form(page)
        for name, fields in (
            (self.tr("Left, top"), (self.left_px, self.top_px)),
            (self.tr("Width, height"), (self.width_px, self.height_px)),
            (self.tr("Turned by"), (self.angle,)),
        ):
            form.addRow(_dim(name), _row(*fields))
        return page

    def _automatic_page(self) -> QWidget:
        page = QWidget()
        form = _form(page)
        form.addRow(_dim(self.tr("Tiles against the belt")), self.shade)
        form.addRow(_dim(self.tr("Shortest, longest side")), _row(self.shortest, self.longest))
        form.addRow(_dim(self.tr("Tiles are turned so that")), self.upright)
        return page

    def show_finding(self, finding: WholeFrame | FixedRectangle | Automatic) -> None:
        """Fills the fields."""
        self.way.choose(finding.mode)
        fixed = finding if isinstance(finding, FixedRectangle) else None
        if fixed is not None:
            self.left_px.setValue(fixed.x)
            self.top_px.setValue(fixed.y)
            self.width_px.setValue(fixed.width)
            self.height_px.setValue(fixed.height)
            self.angle.setValue(fixed.angle_deg)
        automatic = finding if isinstance(finding, Automatic) else Automatic()
        self.shade.choose(automatic.tile_is)
        self.shortest.setValue(automatic.shortest_px)
        self.longest.setValue(automatic.longest_px)
        self.upright.setChecked(automatic.streaks == "vertical")
        self._kept = automatic
        self._show_way()

    def values(self) -> dict[str, Any]:
        """What the fields say, for `Recipe.changed`."""
        if self.way.value == "rectangle":
            return {
                "mode": "rectangle",
                "x": self.left_px.value(),
                "y": self.top_px.value(),
                "width": self.width_px.value(),
                "height": self.height_px.value(),
                "angle_deg": self.angle.value(),
            }
        if self.way.value == "automatic":
            # What has no field here stays as it was.
            return {
                **self._kept.model_dump(),
                "tile_is": self.shade.value,
                "shortest_px": self.shortest.value(),
                "longest_px": self.longest.value(),
                "streaks": "vertical" if self.upright.isChecked() else "as they lie",
            }
        return {"mode": "whole"}

    @Slot()
    def _show_way(self) -> None:
        at = ("whole", "rectangle", "automatic").index(self.way.value or "whole")
        self._pages.setCurrentIndex(at)
        self._pages.setVisible(at > 0)
        self._pages.setFixedHeight(self._heights[at])


def _form(page: QWidget) -> QFormLayout:
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(2 * GRID)
    form.setVerticalSpacing(GRID)
    return form


def _row(*fields: QWidget) -> QWidget:
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(GRID)
    for field in fields:
        line.addWidget(field)
    line.addStretch(1)
    return made


def _dim(text: str) -> QLabel:
    label = Words(text, dim=True, wrap=True)
    label.setMinimumHeight(TARGET)
    label.setFixedWidth(18 * GRID)
    return label
