"""Which tile is on show, and the way back to live with the newest verdict beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Words, is_language_change
from tilesight.ui.models.line import LineModel
from tilesight.ui.theme import GRID, Type
from tilesight.ui.verdict_badge import VerdictBadge


class LiveBar(QWidget):
    """Only there while a past tile is on show.

    Args:
        line: What is on show, and what came meanwhile.
        context: Theme; its action "run.live" goes back.
    """

    def __init__(self, line: LineModel, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self.note = Words("", bold=True)
        self.note.set_tone("accent")
        self.newest = VerdictBadge(context.theme, Type.BODY)
        self.button = Button("", "primary", theme=context.theme, icon_name="live")
        self.button.clicked.connect(context.actions["run.live"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        for part in (self.note, self.newest, self.button):
            row.addWidget(part)
        line.following_changed.connect(self.refresh)
        line.briefs_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what is on show."""
        self.setVisible(not self._line.following)
        self.note.setText(self.tr("Past tile"))
        self.button.setText(self.tr("Live"))
        briefs = self._line.briefs
        self.newest.set_verdict(briefs[-1].verdict if briefs else None)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self.refresh()
        super().changeEvent(event)
