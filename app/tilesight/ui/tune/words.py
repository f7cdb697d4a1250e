"""Numbers, rates and rules as a person reads them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from bsdrd.calibration import Rate
from bsdrd.judge import Rule
from tilesight.store.tuning.rule import describe_rule
from tilesight.store.tuning.table import Truth
from tilesight.ui.i18n import QT_TRANSLATE_NOOP

# The sentences of tilesight.store.tuning.rule, named here so that lupdate finds them (a test compares).
RULE_SENTENCES = (
    QT_TRANSLATE_NOOP(
        "Rule",
        "A tile is OK while its score stays below {t1} (T1), GREY from there on, and NG from {t2} (T2) on.",
    ),
    QT_TRANSLATE_NOOP(
        "Rule", "A tile is OK while its score stays below {t1}, and NG from there on; nothing is GREY."
    ),
    QT_TRANSLATE_NOOP("Rule", "Its score is the highest value of the anomaly map."),
    QT_TRANSLATE_NOOP(
        "Rule",
        "Its score is the highest value of the anomaly map in a region that counts; without such a region, "
        "the highest value that makes none.",
    ),
    QT_TRANSLATE_NOOP("Rule", "A region is a connected area in which the map reaches {map_threshold}."),
    QT_TRANSLATE_NOOP("Rule", "A region is a connected area in which the map reaches T1."),
    QT_TRANSLATE_NOOP("Rule", "Regions of any size count."),
    QT_TRANSLATE_NOOP("Rule", "Regions smaller than {area} px do not count."),
    QT_TRANSLATE_NOOP("Rule", "Regions smaller than {area} px ({area_mm2} mm²) do not count."),
    QT_TRANSLATE_NOOP("Rule", "The whole tile is inspected."),
    QT_TRANSLATE_NOOP("Rule", "The outermost {band} px of the tile are not inspected."),
    QT_TRANSLATE_NOOP("Rule", "The outermost {band} px ({band_mm} mm) of the tile are not inspected."),
    QT_TRANSLATE_NOOP("Rule", "The mask leaves out {share} % of the tile."),
)


def rule_in_words(rule: Rule, mm_per_px: float | None) -> str:
    """A rule in the language in force."""
    return describe_rule(rule, mm_per_px, lambda sentence: QCoreApplication.translate("Rule", sentence))


def count(number: int) -> str:
    """A count with the separators of the language: 12,345."""
    return QLocale().toString(number)


def score(value: float) -> str:
    """A score with two decimals."""
    return QLocale().toString(value, "f", 2)


def percent(share: float) -> str:
    """A share 0..1 as a percentage, with as many decimals as it needs to be told from 0 and 100."""
    value = 100 * share
    digits = 0 if value in (0.0, 100.0) else 2 if value < 1 or value > 99 else 1
    return QCoreApplication.translate("Tune", "{number} %").format(
        number=QLocale().toString(value, "f", digits)
    )


def interval(rate: Rate) -> str:
    """The 95 % interval of a rate: "0.4 to 2.9 %"."""

    def number(value: float) -> str:
        return QLocale().toString(100 * value, "f", 1 if value > 0.001 or value == 0 else 2)

    return QCoreApplication.translate("Tune", "{low} to {high} %").format(
        low=number(rate.low), high=number(rate.high)
    )


def moment(at: datetime) -> str:
    """A time in local time."""
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def truth_word(truth: Truth) -> str:
    """What a person said about a tile, in the language in force."""
    return {
        Truth.GOOD: QCoreApplication.translate("Tune", "good"),
        Truth.DEFECT: QCoreApplication.translate("Tune", "defect"),
        Truth.UNLABELLED: QCoreApplication.translate("Tune", "no label"),
    }[truth]
