"""Over the picture while a past tile is on show: the newest verdict, and the way back to live."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Words, is_language_change
from tilesight.ui.models.line import LineModel
from tilesight.ui.theme import GRID, Type
from tilesight.ui.verdict_badge import VerdictBadge


class LiveBar(QFrame):
    """Floats at the top of the picture; only there while a past tile is on show.

    Args:
        line: What is on show, and what came meanwhile.
        context: Theme; its action "run.live" goes back.
        host: The picture.
    """

    def __init__(self, line: LineModel, context: AppContext, host: QWidget) -> None:
        super().__init__(host)
        self._line, self._host = line, host
        self.setProperty("place", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.note = Words("", bold=True)
        self.note.set_tone("accent")
        self.newest = VerdictBadge(context.theme, Type.BODY)
        self.button = Button("", "primary", theme=context.theme, icon_name="live")
        self.button.clicked.connect(context.actions["run.live"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 4, 4, 4)
        row.setSpacing(2 * GRID)
        for part in (self.note, self.newest, self.button):
            row.addWidget(part)
        line.following_changed.connect(self.refresh)
        line.briefs_changed.connect(self.refresh)
        host.installEventFilter(self)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what is on show."""
        briefs = self._line.briefs
        self.note.setText(self.tr("Past tile"))
        self.button.setText(self.tr("Live"))
        self.newest.set_verdict(briefs[-1].verdict if briefs else None)
        self.setVisible(not self._line.following)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the picture's size."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self.refresh()
        super().changeEvent(event)

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._host.width() - self.width()) // 2, GRID)
