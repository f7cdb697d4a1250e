"""The window that stands where the program cannot start: what happened, what was kept, what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bsdrd.errors import BsdrdError
from tilesight.ui.empty_state import ErrorState
from tilesight.ui.icons import app_icon
from tilesight.ui.theme import Theme


class StartErrorWindow(QWidget):
    """One error, one button that closes.

    Args:
        theme: Colours.
        error: Why the program cannot start.
    """

    def __init__(self, theme: Theme, error: BsdrdError) -> None:
        super().__init__()
        self.setWindowTitle("Tilesight")
        self.setWindowIcon(app_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setProperty("place", "window")
        self.resize(640, 420)
        self.state = ErrorState(theme)
        self.state.set_error(error, self.tr("Close"))
        self.state.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(self.state)
