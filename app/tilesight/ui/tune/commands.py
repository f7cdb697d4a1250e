"""What can be done in Tune, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tilesight.ui.actions import Action
from tilesight.ui.i18n import QT_TRANSLATE_NOOP

_GROUP = QT_TRANSLATE_NOOP("Action", "Tune")
# Key, text, icon, shortcuts, hint.
_TABLE: tuple[tuple[str, str, str, tuple[str, ...], str], ...] = (
    (
        "apply",
        QT_TRANSLATE_NOOP("Action", "Put in force"),
        "check",
        ("Ctrl+Return",),
        QT_TRANSLATE_NOOP("Action", "Put the proposed thresholds and rule in force; asks for the reason"),
    ),
    (
        "back",
        QT_TRANSLATE_NOOP("Action", "Back to what is in force"),
        "refresh",
        ("Ctrl+Backspace",),
        QT_TRANSLATE_NOOP("Action", "Forget the proposal and show the thresholds and rule in force"),
    ),
    (
        "earlier",
        QT_TRANSLATE_NOOP("Action", "Back to the earlier proposal"),
        "undo",
        (),
        QT_TRANSLATE_NOOP("Action", "Propose again what a remedy from Review took the place of"),
    ),
    (
        "filter",
        QT_TRANSLATE_NOOP("Action", "Choose records"),
        "filter",
        ("Ctrl+F",),
        QT_TRANSLATE_NOOP("Action", "Choose records by period, lot and label"),
    ),
    (
        "history",
        QT_TRANSLATE_NOOP("Action", "Recipe versions"),
        "history",
        ("Ctrl+H",),
        QT_TRANSLATE_NOOP("Action", "Compare earlier versions of the recipe and restore one"),
    ),
    (
        "report",
        QT_TRANSLATE_NOOP("Action", "Save what-if report"),
        "report",
        ("Ctrl+S",),
        QT_TRANSLATE_NOOP("Action", "Save counts, rates and the flip list as HTML and CSV"),
    ),
    ("reload", QT_TRANSLATE_NOOP("Action", "Read the records again"), "", ("Ctrl+R",), ""),
    ("scores", QT_TRANSLATE_NOOP("Action", "Show the histogram"), "", ("Alt+1",), ""),
    ("curves", QT_TRANSLATE_NOOP("Action", "Show ROC and precision-recall"), "", ("Alt+2",), ""),
    ("time", QT_TRANSLATE_NOOP("Action", "Show scores over time"), "", ("Alt+3",), ""),
    ("pixels", QT_TRANSLATE_NOOP("Action", "Show the pixel side and the mask"), "", ("Alt+4",), ""),
    ("next-up", QT_TRANSLATE_NOOP("Action", "Move the line past the next record"), "", ("Alt+Right",), ""),
    (
        "next-down",
        QT_TRANSLATE_NOOP("Action", "Move the line past the record before"),
        "",
        ("Alt+Left",),
        "",
    ),
    ("switch", QT_TRANSLATE_NOOP("Action", "Switch between T1 and T2"), "", ("Alt+T",), ""),
    ("undo", QT_TRANSLATE_NOOP("Action", "Undo a step of the mask"), "", ("Ctrl+Z",), ""),
    ("redo", QT_TRANSLATE_NOOP("Action", "Redo a step of the mask"), "", ("Ctrl+Y", "Ctrl+Shift+Z"), ""),
)


def tune_actions(calls: Mapping[str, Callable[[], object]]) -> list[Action]:
    """The actions of Tune.

    Args:
        calls: What each of them does, by the last part of its key.
    """
    return [
        Action(f"tune.{key}", text, calls[key], icon, shortcuts, _GROUP, hint)
        for key, text, icon, shortcuts, hint in _TABLE
    ]
