"""A few words of which one is chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from tilesight.ui.labels import Button


class Choice(QWidget):
    """A few words of which one is chosen, as buttons side by side.

    Args:
        options: Value and translated word.
        name: For screen readers.
    """

    chosen = Signal(str)

    def __init__(self, options: list[tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for value, word in options:
            button = Button(word)
            button.setCheckable(True)
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)
        row.addStretch(1)
        self._group.buttonClicked.connect(self._clicked)

    def choose(self, value: str) -> None:
        """Marks a value without saying so."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)

    def offer(self, value: str, on: bool) -> None:
        """Shows or hides one of the words."""
        self._buttons[value].setVisible(on)

    @property
    def value(self) -> str:
        """What is chosen."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self.value)
