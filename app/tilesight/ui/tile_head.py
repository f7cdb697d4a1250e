"""What is known of a recorded tile in a few lines: verdict, score, name, lot, serial, time."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tilesight.store.types import RecordRow
from tilesight.ui.label_words import score_text, when_text
from tilesight.ui.labels import Elided, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import Theme, Type
from tilesight.ui.verdict_badge import VerdictBadge


def doubt_text(row: RecordRow) -> str:
    """How far the score lies from the nearer threshold, in words of the language in force."""
    thresholds, score = row.thresholds, row.score
    if thresholds is None or score is None:
        return said(row.reason)
    name, value = min(
        (("T1", thresholds.low), ("T2", thresholds.high)), key=lambda pair: abs(score - pair[1])
    )
    gap = QLocale().toString(abs(score - value), "f", 2)
    text = (
        QCoreApplication.translate("Review", "{gap} above {name}")
        if score >= value
        else QCoreApplication.translate("Review", "{gap} below {name}")
    )
    return text.format(gap=gap, name=name)


class TileHead(QWidget):
    """Verdict, score, name, lot, serial, time.

    Args:
        theme: Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.badge = VerdictBadge(theme, Type.TITLE)
        self.score = Words("", Type.TITLE, tabular=True)
        self.doubt = Words("", Type.CAPTION, dim=True, wrap=True)
        self.name = Elided("", Type.BODY, middle=True)
        self.facts = Elided("", Type.CAPTION, dim=True)
        first = QHBoxLayout()
        first.addWidget(self.badge)
        first.addStretch(1)
        first.addWidget(self.score)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(first)
        for part in (self.doubt, self.name, self.facts):
            column.addWidget(part)

    def show_row(self, row: RecordRow | None) -> None:
        """Shows another tile's facts."""
        self.badge.set_verdict(row.verdict if row is not None else None)
        self.score.setText(score_text(row.score) if row is not None else "")
        self.score.setAccessibleName(
            self.tr("Score {score}").format(score=score_text(row.score)) if row is not None else ""
        )
        self.doubt.setText(doubt_text(row) if row is not None else "")
        self.name.setText(row.name if row is not None else "")
        if row is None:
            self.facts.setText("")
            return
        parts = [
            self.tr("lot {lot}").format(lot=row.lot) if row.lot else "",
            self.tr("serial {serial}").format(serial=row.serial) if row.serial else "",
            when_text(row.inspected_at),
        ]
        self.facts.setText("   ".join(part for part in parts if part))
