"""Brightness and contrast for display: two sliders in a small panel, and the badge that says so."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSlider, QVBoxLayout, QWidget

from tilesight.ui.labels import Button, Words
from tilesight.ui.theme import GRID, Type
from tilesight.ui.viewer.model import ViewerModel


class TonePanel(QFrame):
    """A small panel with two sliders; closes when a person clicks beside it."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._model = model
        self.setProperty("place", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.brightness = self._slider(-100, 100, 0, self.tr("Brightness"))
        self.contrast = self._slider(-100, 100, 0, self.tr("Contrast"))
        note = Words(self.tr("For display only: verdicts never change."), Type.CAPTION, dim=True, wrap=True)
        self.reset = Button(self.tr("As taken"), "quiet")
        self.reset.clicked.connect(self._reset)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.addWidget(Words(self.tr("Brightness")), 0, 0)
        grid.addWidget(self.brightness, 0, 1)
        grid.addWidget(Words(self.tr("Contrast")), 1, 0)
        grid.addWidget(self.contrast, 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.addLayout(grid)
        column.addWidget(note)
        column.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(320)

    def _slider(self, low: int, high: int, value: int, name: str) -> QSlider:
        made = QSlider(Qt.Orientation.Horizontal)
        made.setRange(low, high)
        made.setValue(value)
        made.setAccessibleName(name)
        made.valueChanged.connect(self._changed)
        return made

    @Slot()
    def _changed(self) -> None:
        # Contrast runs from a quarter to four times, even to both sides of the middle.
        self._model.set_tone(self.brightness.value() / 200, 4.0 ** (self.contrast.value() / 100))

    @Slot()
    def _reset(self) -> None:
        self.brightness.setValue(0)
        self.contrast.setValue(0)
        self._model.set_tone(0.0, 1.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The key that opened it closes it; Escape does so by itself."""
        if event.key() == Qt.Key.Key_B:
            self.close()
        else:
            super().keyPressEvent(event)

    def open_at(self, place: QPoint) -> None:
        """Opens with its upper left corner at a place of the screen."""
        self.move(place)
        self.show()
        self.brightness.setFocus()
