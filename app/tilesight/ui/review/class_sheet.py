"""Asks for the class of a defect: one key for each, or an own class; remembered afterwards."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from tilesight.ui.label_words import CLASSES, class_word
from tilesight.ui.labels import Button, Words
from tilesight.ui.review.key_bar import KeyButton
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Theme, Type

#: Keys 1 to 9 choose a class; more own classes than fit are found by typing their name.
_MOST = 9


class ClassSheet(Sheet):
    """A key for each class.

    Args:
        host: Widget that it covers.
        theme: Colours.
    """

    chosen = Signal(str)

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host, theme, 520)
        self._names: list[str] = []
        self.buttons: list[KeyButton] = []
        column = self.card.column
        column.setSpacing(GRID)
        column.addWidget(Words(self.tr("Which defect?"), Type.HEAD))
        text = self.tr("Asked once: key 2 gives the same class from then on. V chooses another one.")
        column.addWidget(Words(text, dim=True, wrap=True))
        self._grid = QGridLayout()
        self._grid.setSpacing(GRID)
        column.addLayout(self._grid)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Another class"))
        self.field.setAccessibleName(self.tr("Another class"))
        self.field.setMaxLength(60)
        self.field.returnPressed.connect(self._take_own)
        take = Button(self.tr("Use"), "primary")
        take.clicked.connect(self._take_own)
        none = Button(self.tr("No class"), "quiet")
        none.clicked.connect(self._take_none)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        row.addWidget(take)
        row.addWidget(none)
        column.addLayout(row)

    def open_with(self, own: list[str], last: str) -> None:
        """Opens with the shipped classes and own ones; the last one used has the keyboard."""
        names = [*CLASSES, *(name for name in own if name and name not in CLASSES)][:_MOST]
        if names != self._names:
            self._fill(names)
        self.field.clear()
        self.open()
        self.buttons[self._names.index(last) if last in self._names else 0].setFocus()

    def first_focus(self) -> QWidget:
        """A class: keys 1 to 9 must not be typed into the field."""
        return self.buttons[0] if self.buttons else self.field

    def _fill(self, names: list[str]) -> None:
        for button in self.buttons:
            button.deleteLater()
        self._names, self.buttons = names, []
        for at, name in enumerate(names):
            button = KeyButton(str(at + 1), self._theme)
            button.setCheckable(False)
            button.set_words(class_word(name))
            button.clicked.connect(self._clicked)
            self.buttons.append(button)
            self._grid.addWidget(button, at // 2, at % 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses, Enter takes the one that has the keyboard."""
        if not self.isVisible():
            return  # Enter in the field took its class just now.
        at = event.key() - int(Qt.Key.Key_1)
        focused = self.focusWidget()
        if 0 <= at < len(self._names) and focused is not self.field:
            self._take(self._names[at])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and focused in self.buttons:
            self._take(self._names[self.buttons.index(focused)])  # type: ignore[arg-type]
        else:
            super().keyPressEvent(event)

    def _take(self, name: str) -> None:
        self.close_sheet()
        self.chosen.emit(name)

    @Slot()
    def _clicked(self) -> None:
        for name, button in zip(self._names, self.buttons, strict=True):
            if button is self.sender():
                self._take(name)
                return

    @Slot()
    def _take_own(self) -> None:
        name = " ".join(self.field.text().split())
        if name:
            self._take(name)

    @Slot()
    def _take_none(self) -> None:
        self._take("")


class WhoSheet(Sheet):
    """Asks for the reviewer's name, since every label says who gave it.

    Args:
        host: Widget that it covers.
        theme: Colours.
    """

    chosen = Signal(str)

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host, theme, 440)
        column = self.card.column
        column.setSpacing(GRID)
        column.addWidget(Words(self.tr("Who are you?"), Type.HEAD))
        text = self.tr("Every label says who gave it, and undo takes back only your own.")
        column.addWidget(Words(text, dim=True, wrap=True))
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Your name"))
        self.field.setAccessibleName(self.tr("Your name"))
        self.field.setMaxLength(100)
        self.field.returnPressed.connect(self._take)
        take = Button(self.tr("Go on"), "primary")
        take.clicked.connect(self._take)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(take)
        column.addLayout(row)

    @Slot()
    def _take(self) -> None:
        name = " ".join(self.field.text().split())
        if name:
            self.close_sheet()
            self.chosen.emit(name)
