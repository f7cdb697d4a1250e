"""The words of Review, each in one place: labels, classes, times."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from tilesight.store.types import LabelKind
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.theme import Colours

#: Classes of defects that every reviewer is offered, in the order of their keys.
CLASSES = (
    QT_TRANSLATE_NOOP("Defect", "blowhole"),
    QT_TRANSLATE_NOOP("Defect", "break"),
    QT_TRANSLATE_NOOP("Defect", "crack"),
    QT_TRANSLATE_NOOP("Defect", "fray"),
    QT_TRANSLATE_NOOP("Defect", "uneven"),
)
#: The key of each label.
KEYS = {
    LabelKind.GOOD: "1",
    LabelKind.DEFECT: "2",
    LabelKind.FALSE_ALARM: "3",
    LabelKind.MISSED: "4",
    LabelKind.UNSURE: "0",
}


def label_word(kind: LabelKind | None) -> str:
    """A label in the language in force."""
    translate = QCoreApplication.translate
    return {
        LabelKind.GOOD: translate("Label", "Good"),
        LabelKind.DEFECT: translate("Label", "Defect"),
        LabelKind.FALSE_ALARM: translate("Label", "False alarm"),
        LabelKind.MISSED: translate("Label", "Missed"),
        LabelKind.UNSURE: translate("Label", "Unsure"),
        None: translate("Label", "No label"),
    }[kind]


def class_word(name: str) -> str:
    """A defect class in the language in force; own classes are as they were typed."""
    return QCoreApplication.translate("Defect", name) if name in CLASSES else name


def label_text(kind: LabelKind | None, defect_class: str = "") -> str:
    """A label with its class: "Defect, crack"."""
    word = label_word(kind)
    return f"{word}, {class_word(defect_class)}" if kind is not None and defect_class else word


def label_colour(kind: LabelKind | None, colours: Colours) -> str:
    """The colour of a label: good tiles lean to OK, defective ones to NG, unsure is grey."""
    if kind is None:
        return colours.dim
    return {True: colours.ng, False: colours.ok, None: colours.grey}[kind.truth]


def when_text(at: datetime) -> str:
    """A time of today as a time, else with its date; local."""
    local = at.astimezone()
    today = local.date() == datetime.now().astimezone().date()
    return f"{local:%H:%M:%S}" if today else f"{local:%Y-%m-%d %H:%M}"


def score_text(score: float | None) -> str:
    """A score with two decimals, a dash where there is none."""
    return "–" if score is None else QLocale().toString(score, "f", 2)
