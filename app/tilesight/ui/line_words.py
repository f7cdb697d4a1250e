"""Sentences that the line writes into records, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from tilesight.ui.i18n import QT_TRANSLATE_NOOP

# The line knows no Qt: its sentences stand here once more so that lupdate finds them (a test compares).
SENTENCES = (
    QT_TRANSLATE_NOOP(
        "Line",
        "There was no time to inspect this tile: triggers came faster than the inspection. "
        "Slow the line down, or use a faster computer.",
    ),
    QT_TRANSLATE_NOOP("Line", "Inspection was paused when this tile came."),
    QT_TRANSLATE_NOOP("Line", "Inspection was stopped before this tile was inspected."),
    QT_TRANSLATE_NOOP(
        "Line",
        "The camera lost this picture before it reached the computer. Check the network and its load.",
    ),
    QT_TRANSLATE_NOOP("Line", "No tile was found in this picture."),
    QT_TRANSLATE_NOOP(
        "Line",
        "Nothing of this tile was inspected: the mask or the edge band covers all of it, "
        "or its maps are damaged.",
    ),
    QT_TRANSLATE_NOOP("Line", "There is no detector: no model could be loaded."),
    QT_TRANSLATE_NOOP("Line", "The detector did not answer in time. If this goes on, restart the program."),
    QT_TRANSLATE_NOOP("Line", "Its record cannot be stored now, so it does not count as inspected."),
)


def line_text(text: str) -> str:
    """A reason as the line gave it, translated as far as it is one of its own sentences.

    What follows, such as the message of a driver or of the operating system, stays as it came.
    """
    for sentence in SENTENCES:
        if text.startswith(sentence):
            return QCoreApplication.translate("Line", sentence) + text[len(sentence) :]
    return text
