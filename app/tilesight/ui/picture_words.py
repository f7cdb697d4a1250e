"""Why there is no picture of a stored tile, said so that nobody takes it for a fault."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from bsdrd.result import Verdict
from tilesight.store.types import FileState


def no_picture_head(verdict: Verdict, state: FileState) -> str:
    """One line: that there is no picture.

    Args:
        verdict: Of the record.
        state: What the record says of its picture.
    """
    if state == "removed":
        return QCoreApplication.translate("Picture", "The picture was removed to make room")
    if verdict is Verdict.OK:
        return QCoreApplication.translate("Picture", "No picture of this OK tile was kept")
    return QCoreApplication.translate("Picture", "No picture of this tile was kept")


def no_picture_text(verdict: Verdict, state: FileState) -> str:
    """Why there is none, what was kept all the same, and how to keep more from now on."""
    if state == "removed":
        why = QCoreApplication.translate(
            "Picture", "The store had reached its size cap, and the oldest pictures go first."
        )
    elif verdict is Verdict.OK:
        why = QCoreApplication.translate(
            "Picture", "To save space, the recipe of this tile keeps no pictures of OK tiles."
        )
    else:
        why = QCoreApplication.translate("Picture", "The recipe of this tile keeps no pictures.")
    kept = QCoreApplication.translate("Picture", "Verdict, score, regions and labels are always kept.")
    more = (
        QCoreApplication.translate("Picture", "More room is set with “At most” in the recipe.")
        if state == "removed"
        else QCoreApplication.translate(
            "Picture", "To keep pictures from now on, set “Keep pictures of” to “Every tile” in the recipe."
        )
    )
    return f"{why} {kept} {more}"
