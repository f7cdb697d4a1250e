"""The left rail: one button a workspace, settings and help at its foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QToolButton, QVBoxLayout, QWidget

from tilesight.ui.actions import ActionRegistry, shown
from tilesight.ui.icons import app_icon, icon
from tilesight.ui.labels import is_language_change
from tilesight.ui.theme import GRID, Theme, Type, apply_font
from tilesight.ui.workspaces import WorkspaceEntry

_WIDTH = 88


class RailButton(QToolButton):
    """Icon over word; a bar at its left edge when chosen."""

    def __init__(self, icon_name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._theme = icon_name, theme
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(24, 24))
        self.setProperty("place", "rail")
        self.setFixedSize(_WIDTH - GRID, 8 * GRID)
        apply_font(self, Type.CAPTION)
        theme.changed.connect(self._draw)
        self._draw()

    def set_word(self, word: str, tip: str) -> None:
        """Its word, and the tip with the shortcut."""
        self.setText(word)
        self.setToolTip(tip)
        self.setAccessibleName(word)

    @Slot()
    def _draw(self) -> None:
        colours = self._theme.colours
        self.setIcon(icon(self._icon_name, colours, colour=colours.dim, chosen=colours.accent))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Adds the bar."""
        super().paintEvent(event)
        if self.isChecked():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.colours.accent))
            painter.drawRoundedRect(1, 14, 3, self.height() - 28, 1.5, 1.5)
            painter.end()


class Rail(QFrame):
    """Chooses the workspace.

    Args:
        entries: The workspaces, from the top.
        actions: Those of the foot: "app.settings" and "app.shortcuts" must be registered.
        theme: Colours.
    """

    chosen = Signal(str)

    def __init__(
        self,
        entries: Sequence[WorkspaceEntry],
        actions: ActionRegistry,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._entries, self._actions, self._theme = entries, actions, theme
        self.setProperty("place", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setFixedWidth(_WIDTH)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonClicked.connect(self._clicked)
        self.buttons: dict[str, RailButton] = {}
        self._foot: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2 * GRID, 4, GRID)
        column.setSpacing(GRID)
        logo = QLabel()
        logo.setPixmap(app_icon().pixmap(QSize(40, 40), self.devicePixelRatioF()))
        logo.setAccessibleName("Tilesight")
        column.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(2 * GRID)
        for entry in entries:
            button = RailButton(entry.icon, theme)
            button.setCheckable(True)
            button.setObjectName(f"rail-{entry.key}")
            self.buttons[entry.key] = button
            self._group.addButton(button)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        for key, name in (("app.settings", "settings"), ("app.shortcuts", "help")):
            button = RailButton(name, theme)
            button.setObjectName(f"rail-{name}")
            button.clicked.connect(actions[key].trigger)
            self._foot[key] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._word()

    def show_chosen(self, key: str) -> None:
        """Marks the workspace on screen."""
        if key in self.buttons:
            self.buttons[key].setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self._word()
        super().changeEvent(event)

    def _word(self) -> None:
        for at, entry in enumerate(self._entries):
            self.buttons[entry.key].set_word(entry.title(), f"{entry.title()} (Ctrl+{at + 1})")
        words = {
            "app.settings": QCoreApplication.translate("Rail", "Settings"),
            "app.shortcuts": QCoreApplication.translate("Rail", "Help"),
        }
        for key, button in self._foot.items():
            button.set_word(words[key], self._actions[key].toolTip() or shown(words[key]))

    @Slot(object)
    def _clicked(self, button: QToolButton) -> None:
        for key, own in self.buttons.items():
            if own is button:
                self.chosen.emit(key)
