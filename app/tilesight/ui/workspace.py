"""What a workspace is: one of the places on the left rail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from tilesight.ui.actions import Action
from tilesight.ui.context import AppContext


class Workspace(QWidget):
    """Base of Run, Review, Tune, Train and Records.

    The window makes each of them once, when it is first opened, and keeps it. Everything shared comes through
    `context`; a workspace never reaches into another one, it asks `context.open_workspace(key, request)`.

    Class attributes:
        key: Name in settings and requests: "run", "review", "tune", "train", "records".
        icon: Name in the icon family.
        word: Title in English, marked with QT_TRANSLATE_NOOP("Workspace", ...).
    """

    key: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    word: ClassVar[str] = ""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setObjectName(f"workspace-{self.key}")

    @classmethod
    def title(cls) -> str:
        """The word on the rail, translated."""
        return QCoreApplication.translate("Workspace", cls.word)

    def commands(self) -> Sequence[Action]:
        """What can be done here; the window registers them once."""
        return ()

    def activate(self, request: object | None = None) -> None:
        """It came on screen.

        Args:
            request: What another workspace asks for, for instance a record id for Review.
        """

    def deactivate(self) -> None:
        """It leaves the screen; heavy timers should rest."""

    def reasons_to_stay(self) -> list[str]:
        """Sentences about what closing the program now would lose or end; empty to let it close."""
        return []

    def close_down(self) -> None:
        """The program ends: stop timers, processes and jobs."""

    def save_state(self) -> dict[str, Any]:
        """What to find again at the next start: plain values that JSON can hold."""
        return {}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Takes what `save_state` gave, possibly from an older version: unknown or odd values are ignored."""
