"""Part of step 2: how long to train, as a quality or as an own number of steps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from tilesight.line.training.job import Preset
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.theme import GRID, Type
from tilesight.ui.tune.words import count

PRESETS: tuple[Preset, ...] = ("fast", "balanced", "best")


class QualityCard(Card):
    """Three qualities, each with its time; where somebody set steps of their own, only these with theirs."""

    quality_asked = Signal()  #: Own steps are not wanted any more.

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.group = QButtonGroup(self)
        self.notes: list[Words] = []
        self.own, self.own_note = Words(bold=True, wrap=True), Words(role=Type.CAPTION, dim=True, wrap=True)
        self.instead = Button(self.tr("Choose a quality instead"))
        self.column.addWidget(Words(self.tr("Quality"), Type.TITLE))
        for at, text in enumerate((self.tr("Fast"), self.tr("Balanced"), self.tr("Best"))):
            self.notes.append(noted_choice(self, self.group, at, text, " "))
        for part in (self.own, self.own_note):
            self.column.addWidget(part)
        self.column.addWidget(self.instead, 0, Qt.AlignmentFlag.AlignLeft)
        self.group.button(1).setChecked(True)
        self.instead.clicked.connect(self.quality_asked)

    @property
    def preset(self) -> Preset:
        """The chosen quality, which counts where nobody set steps."""
        return PRESETS[max(self.group.checkedId(), 0)]

    def show_times(self, times: Sequence[str], own_steps: int | None) -> None:
        """Shows how long each takes.

        Args:
            times: In words: of each quality, or with own steps of as many steps of each: the chosen one's
                counts.
            own_steps: Steps instead of those of a quality.
        """
        for button, note, text in zip(self.group.buttons(), self.notes, times, strict=True):
            note.setText(text)
            # A choice that changes nothing is not offered.
            button.setVisible(own_steps is None)
            note.setVisible(own_steps is None)
        if own_steps is not None:
            self.own.setText(self.tr("Own steps: {n}").format(n=count(own_steps)))
            time = times[PRESETS.index(self.preset)]
            self.own_note.setText(f"{self.tr('These steps are set in the advanced settings.')} {time}")
        for part in (self.own, self.own_note, self.instead):
            part.setVisible(own_steps is not None)


def noted_choice(card: Card, group: QButtonGroup, at: int, text: str, note: str) -> Words:
    """Adds a choice with a note below it to a card.

    Args:
        card: Where it is shown.
        group: Of the choices that exclude one another.
        at: Its number in the group.
        text: Of the choice, translated.
        note: Below it, translated.

    Returns:
        The note.
    """
    button = QRadioButton(text)
    words = Words(note, Type.CAPTION, dim=True, wrap=True)
    words.setContentsMargins(4 * GRID, 0, 0, 0)
    group.addButton(button, at)
    card.column.addWidget(button)
    card.column.addWidget(words)
    return words
