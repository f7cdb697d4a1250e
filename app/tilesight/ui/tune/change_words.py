"""Differences between two recipes as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from tilesight.store.recipes import compare
from tilesight.ui.i18n import QT_TRANSLATE_NOOP

_NAMES = {
    "t1": QT_TRANSLATE_NOOP("Recipe", "T1, where GREY starts"),
    "t2": QT_TRANSLATE_NOOP("Recipe", "T2, where NG starts"),
    "map_threshold": QT_TRANSLATE_NOOP("Recipe", "Map threshold"),
    "min_area": QT_TRANSLATE_NOOP("Recipe", "Smallest region"),
    "min_area_in_mm2": QT_TRANSLATE_NOOP("Recipe", "Smallest region in mm²"),
    "edge_band_px": QT_TRANSLATE_NOOP("Recipe", "Edge band in px"),
    "mask": QT_TRANSLATE_NOOP("Recipe", "Inspection mask"),
    "mask_file": QT_TRANSLATE_NOOP("Recipe", "Mask picture"),
    "model": QT_TRANSLATE_NOOP("Recipe", "Model"),
    "model_sha256": QT_TRANSLATE_NOOP("Recipe", "Hash of the model"),
    "source": QT_TRANSLATE_NOOP("Recipe", "Source"),
    "tile_finding": QT_TRANSLATE_NOOP("Recipe", "How tiles are found"),
    "mm_per_px": QT_TRANSLATE_NOOP("Recipe", "Scale in mm per pixel"),
    "retention": QT_TRANSLATE_NOOP("Recipe", "What is kept"),
    "device": QT_TRANSLATE_NOOP("Recipe", "Device"),
    "threads": QT_TRANSLATE_NOOP("Recipe", "Threads"),
}
_LONGEST = 40


def change_rows(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs between two recipes made of JSON's types: name, old value, new value, translated."""
    rows: list[tuple[str, str, str]] = []
    for change in compare(old, new):
        field, _, rest = change.path.partition(".")
        if field == "mask":
            row = (_name(field), _mask(old.get("mask")), _mask(new.get("mask")))
        else:
            name = f"{_name(field)}: {rest}" if rest else _name(field)
            row = (name, _value(change.old, field), _value(change.new, field))
        # A mask differs in many places at once, and is still one mask.
        if row not in rows:
            rows.append(row)
    return rows


def _name(field: str) -> str:
    return QCoreApplication.translate("Recipe", _NAMES[field]) if field in _NAMES else field


def _mask(value: Any) -> str:
    if value is None:
        return QCoreApplication.translate("Recipe", "none")
    strokes = len(value.get("strokes", ()))
    return QCoreApplication.translate("Recipe", "strokes: {n}").format(n=QLocale().toString(strokes))


def _value(value: Any, field: str) -> str:
    if value is None:
        special = {
            "t1": QCoreApplication.translate("Recipe", "the model's own"),
            "t2": QCoreApplication.translate("Recipe", "the model's own"),
            "map_threshold": QCoreApplication.translate("Recipe", "same as T1"),
        }
        return special.get(field, QCoreApplication.translate("Recipe", "none"))
    if isinstance(value, bool):
        yes, no = (
            QCoreApplication.translate("Recipe", "yes"),
            QCoreApplication.translate("Recipe", "no"),
        )
        return yes if value else no
    if isinstance(value, float):
        return QLocale().toString(value, "g", 5)
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
