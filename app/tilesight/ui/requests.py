"""What one workspace asks of another when it opens it; see `AppContext.open_workspace`."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from tilesight.store.remedies import ExcludedArea, HigherThresholds, LargerRegions, Remedy


@dataclass(frozen=True, slots=True)
class TryRemedy:
    """For Tune: shows a remedy against alike false alarms as a proposal; nothing is put in force.

    Attributes:
        remedy: What should clear them.
        model_sha256: The model that scored them; a threshold means nothing for another one.
        record_id: One of their tiles, to look at.
        clears: How many of them it is expected to clear.
        tiles: How many there are.
    """

    remedy: Remedy
    model_sha256: str | None
    record_id: int
    clears: int
    tiles: int


def remedy_words(remedy: Remedy) -> str:
    """A remedy as a short sentence without its full stop, translated."""
    translate, locale = QCoreApplication.translate, QLocale()
    match remedy:
        case HigherThresholds(thresholds):
            said = translate("Remedy", "Raise T1 to {t1}")
            return said.format(t1=locale.toString(thresholds.low, "f", 2))
        case LargerRegions(area):
            said = translate("Remedy", "Count only regions of {n} px or more")
            return said.format(n=locale.toString(area))
        case ExcludedArea(left, top, right, bottom):
            said = translate("Remedy", "Mask the place where they lie ({share} % of the tile)")
            return said.format(share=f"{100 * (right - left) * (bottom - top):.0f}")
