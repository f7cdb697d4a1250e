"""What can be done anywhere in the window, as data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tilesight.ui.actions import Action
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.theme import Appearance
from tilesight.ui.workspaces import WorkspaceEntry

if TYPE_CHECKING:
    from tilesight.ui.main_window import MainWindow

_GROUP = QT_TRANSLATE_NOOP("Action", "Window")
_GO = {
    "run": QT_TRANSLATE_NOOP("Action", "Go to Run"),
    "review": QT_TRANSLATE_NOOP("Action", "Go to Review"),
    "tune": QT_TRANSLATE_NOOP("Action", "Go to Tune"),
    "train": QT_TRANSLATE_NOOP("Action", "Go to Train"),
    "records": QT_TRANSLATE_NOOP("Action", "Go to Records"),
}


def window_actions(window: MainWindow, entries: tuple[WorkspaceEntry, ...]) -> list[Action]:
    """The actions of the window itself."""
    context = window.context
    go = [
        Action(
            f"go.{entry.key}",
            _GO.get(entry.key, entry.word),
            partial(window.open_workspace, entry.key),
            entry.icon,
            (f"Ctrl+{at}",),
            _GROUP,
        )
        for at, entry in enumerate(entries, start=1)
    ]

    def choose(appearance: Appearance) -> None:
        context.theme.choose(appearance)
        context.change_settings(theme=appearance.value)

    return [
        *go,
        Action(
            "app.palette",
            QT_TRANSLATE_NOOP("Action", "Find an action"),
            lambda: window.palette_sheet.open(),
            "command",
            ("Ctrl+K", "Ctrl+Shift+P"),
            _GROUP,
        ),
        Action(
            "app.shortcuts",
            QT_TRANSLATE_NOOP("Action", "Show the keys"),
            lambda: window.shortcuts.open(),
            "keyboard",
            ("F1",),
            _GROUP,
        ),
        Action(
            "app.settings",
            QT_TRANSLATE_NOOP("Action", "Settings"),
            lambda: window.settings.open(),
            "settings",
            ("Ctrl+,",),
            _GROUP,
        ),
        Action(
            "app.tour",
            QT_TRANSLATE_NOOP("Action", "Take the tour"),
            window.start_tour,
            "tour",
            (),
            _GROUP,
        ),
        Action(
            "app.dark",
            QT_TRANSLATE_NOOP("Action", "Dark colours"),
            lambda: choose(Appearance.DARK),
            "moon",
            (),
            _GROUP,
        ),
        Action(
            "app.light",
            QT_TRANSLATE_NOOP("Action", "Light colours"),
            lambda: choose(Appearance.LIGHT),
            "brightness",
            (),
            _GROUP,
        ),
        Action(
            "app.fullscreen",
            QT_TRANSLATE_NOOP("Action", "Full screen"),
            window.toggle_fullscreen,
            "fullscreen",
            ("F11",),
            _GROUP,
        ),
        Action(
            "app.close-anyway",
            QT_TRANSLATE_NOOP("Action", "Close without asking"),
            window.close_now,
            "quit",
            (),
            _GROUP,
        ),
        Action(
            "app.quit",
            QT_TRANSLATE_NOOP("Action", "Close Tilesight"),
            lambda: window.close(),
            "quit",
            ("Ctrl+Q",),
            _GROUP,
        ),
    ]
