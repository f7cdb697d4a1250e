"""The steps from tiles to a released model, top to bottom, each saying what it has or lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from tilesight.ui.icons import icon
from tilesight.ui.labels import Card, Words
from tilesight.ui.theme import GRID, TARGET, Theme, Type

StepState = Literal["open", "now", "done", "trouble"]
_ICONS: dict[str, str] = {"open": "right", "now": "play", "done": "check", "trouble": "warning"}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step.

    Attributes:
        title: Translated.
        says: What it has or lacks, translated.
        state: "open", "now", "done" or "trouble".
    """

    title: str
    says: str
    state: StepState


class Checklist(Card):
    """The steps as buttons.

    Args:
        theme: Colours.
        count: How many.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, count: int, parent: QWidget | None = None) -> None:
        super().__init__(margin=GRID, spacing=GRID // 2, parent=parent)
        self.setFixedWidth(264)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._lines: tuple[StepLine, ...] = ()
        self.buttons: list[QPushButton] = []
        self.says: list[Words] = []
        for at in range(count):
            button = QPushButton()
            button.setProperty("role", "quiet")
            button.setCheckable(True)
            button.setMinimumHeight(TARGET)
            button.setStyleSheet("text-align: left;")
            says = Words(role=Type.CAPTION, dim=True, wrap=True)
            holder = QVBoxLayout()
            holder.setContentsMargins(5 * GRID, 0, GRID, GRID)
            holder.addWidget(says)
            self._group.addButton(button, at)
            self.column.addWidget(button)
            self.column.addLayout(holder)
            self.buttons.append(button)
            self.says.append(says)
        self.column.addStretch(1)
        self._group.idClicked.connect(self.chosen)
        theme.changed.connect(self._draw)

    def show_lines(self, lines: tuple[StepLine, ...]) -> None:
        """Says how each step stands."""
        if lines != self._lines:
            self._lines = lines
            self._draw()

    def choose(self, at: int) -> None:
        """Marks a step as the one on screen."""
        self.buttons[at].setChecked(True)

    @Slot()
    def _draw(self) -> None:
        colours = self._theme.colours
        tones = {"open": colours.dim, "now": colours.accent, "done": colours.ok, "trouble": colours.ng}
        for at, line in enumerate(self._lines):
            button, says = self.buttons[at], self.says[at]
            button.setText(f"{at + 1}  {line.title}")
            button.setIcon(icon(_ICONS[line.state], colours, colour=tones[line.state]))
            button.setAccessibleName(f"{line.title}: {line.says}")
            says.setText(line.says)
            says.set_tone({"trouble": "ng"}.get(line.state, ""))
