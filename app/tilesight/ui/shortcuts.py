"""The shortcut sheet (F1): every key, by what it does, and where help is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tilesight.ui.actions import Action, shown
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, IconButton, Words
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, TARGET, Type


def native(sequence: str) -> str:
    """A portable key sequence as this system writes it."""
    return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)


class ShortcutSheet(Sheet):
    """Shows the actions that have keys, grouped, in as many columns as fit.

    Args:
        host: The window's middle.
        context: Its actions.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 1040, 640)
        self._context = context
        head = QHBoxLayout()
        head.addWidget(Words(self.tr("Keys"), Type.HEAD))
        head.addStretch(1)
        self.tour = Button(self.tr("Take the tour"), "quiet", theme=context.theme, icon_name="tour")
        self.tour.clicked.connect(self._start_tour)
        head.addWidget(self.tour)
        close = IconButton("close", self.tr("Close"), context.theme)
        close.clicked.connect(self.close_sheet)
        head.addWidget(close)
        self.page = QScrollArea()
        self.page.setWidgetResizable(True)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.card.column.addLayout(head)
        hint = self.tr("Ctrl+K finds every action, also those without a key.")
        self.card.column.addWidget(Words(hint, dim=True, wrap=True))
        self.card.column.addSpacing(GRID)
        self.card.column.addWidget(self.page, 1)

    def open(self) -> None:
        """Opens with the actions as they are now."""
        self._fill()
        super().open()

    def groups(self) -> dict[str, list[Action]]:
        """Actions with keys, by translated group; what two viewers share stands there once."""
        found: dict[str, list[Action]] = {}
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for action in self._context.actions.all():
            mark = (action.text, action.shortcuts)
            if action.shortcuts and mark not in seen:
                seen.add(mark)
                found.setdefault(shown(action.group), []).append(action)
        return found

    def _start_tour(self) -> None:
        self.close_sheet()
        self._context.actions.trigger("app.tour")

    def _fill(self) -> None:
        columns = 3 if self.host.width() >= 1000 else 2
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, GRID, 0)
        row.setSpacing(4 * GRID)
        stacks = [QVBoxLayout() for _ in range(columns)]
        heights = [0] * columns
        for group, actions in sorted(self.groups().items(), key=lambda pair: -len(pair[1])):
            shortest = heights.index(min(heights))
            stacks[shortest].addWidget(self._group(group, actions))
            heights[shortest] += len(actions) + 2
        for stack in stacks:
            stack.setSpacing(2 * GRID)
            stack.addStretch(1)
            row.addLayout(stack, 1)
        self.page.setWidget(page)

    @staticmethod
    def _group(title: str, actions: list[Action]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(Words(title, bold=True), 0, 0, 1, 2)
        for at, action in enumerate(actions, start=1):
            text = Words(shown(action.text), dim=True, wrap=True)
            text.setMinimumHeight(TARGET - GRID)
            keys = Words("  ".join(native(key) for key in action.shortcuts[:2]), Type.CAPTION, bold=True)
            keys.setProperty("chip", True)
            grid.addWidget(text, at, 0)
            grid.addWidget(keys, at, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return made

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lays the columns out again when the window's width changes."""
        if watched is self.host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._fill()
        return super().eventFilter(watched, event)
