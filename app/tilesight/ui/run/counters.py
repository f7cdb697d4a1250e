"""What became of the tiles of this run, how fast, and how long each took."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from bsdrd.result import Verdict
from tilesight.line.news import EngineSnapshot
from tilesight.ui.labels import Words, is_language_change
from tilesight.ui.theme import GRID, Theme, Type
from tilesight.ui.verdict_badge import VerdictBadge, verdict_word


class _Number(QWidget):
    """A number under its name."""

    def __init__(self, theme: Theme, verdict: Verdict | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = Words("", Type.CAPTION, dim=True)
        self.value = Words("0", Type.TITLE, tabular=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(6)
        if verdict is not None:
            badge = VerdictBadge(theme, Type.CAPTION, words=False)
            badge.set_verdict(verdict)
            head.addWidget(badge)
        head.addWidget(self.name, 1)
        column.addLayout(head)
        column.addWidget(self.value)

    def show_number(self, name: str, value: str, tone: str = "") -> None:
        self.name.setText(name)
        self.value.setText(value)
        self.value.set_tone(tone)
        self.setAccessibleName(f"{name} {value}")


class Counters(QWidget):
    """Six counters, rate and latency.

    Args:
        theme: Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot = EngineSnapshot()
        self.total = _Number(theme, None)
        self.by_verdict = {verdict: _Number(theme, verdict) for verdict in Verdict}
        self.dropped = _Number(theme, None)
        self.rate = Words("", Type.BODY, tabular=True)
        self.latency = Words("", Type.BODY, dim=True, tabular=True)
        self.latency.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        places = (
            self.by_verdict[Verdict.OK],
            self.by_verdict[Verdict.GREY],
            self.by_verdict[Verdict.NG],
            self.total,
            self.by_verdict[Verdict.NOT_INSPECTED],
            self.dropped,
        )
        for at, part in enumerate(places):
            grid.addWidget(part, at // 3, at % 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.rate)
        foot.addStretch(1)
        foot.addWidget(self.latency)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GRID)
        whole.addLayout(grid)
        whole.addLayout(foot)
        self._say()

    def show_snapshot(self, snapshot: EngineSnapshot) -> None:
        """Shows another state of the books."""
        self._snapshot = snapshot
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self._say()
        super().changeEvent(event)

    def _say(self) -> None:
        locale, counts = QLocale(), self._snapshot.counts
        expected = self._snapshot.source.count if self._snapshot.source is not None else None
        total = locale.toString(counts.total)
        if expected:
            total = self.tr("{done} of {all}").format(done=total, all=locale.toString(expected))
        self.total.show_number(self.tr("Total"), total)
        numbers = {
            Verdict.OK: counts.ok,
            Verdict.GREY: counts.grey,
            Verdict.NG: counts.ng,
            Verdict.NOT_INSPECTED: counts.not_inspected,
        }
        for verdict, number in numbers.items():
            word = verdict_word(verdict)
            if verdict is Verdict.NOT_INSPECTED:
                word = self.tr("Not inspected")
            bad = verdict is Verdict.NOT_INSPECTED and number > 0
            self.by_verdict[verdict].show_number(word, locale.toString(number), "ng" if bad else "")
        tone = "grey" if counts.dropped else ""
        self.dropped.show_number(self.tr("Dropped"), locale.toString(counts.dropped), tone)
        rate = locale.toString(self._snapshot.rate, "f", 1)
        self.rate.setText(self.tr("{rate} tiles/s").format(rate=rate))
        self._say_latency(locale)

    def _say_latency(self, locale: QLocale) -> None:
        # The stages that a tile passes between the frame and its verdict.
        stages = {latency.stage: latency for latency in self._snapshot.latencies}
        whole = stages.get("total") or stages.get("infer")
        if whole is None:
            self.latency.setText("")
            return
        p95 = locale.toString(whole.p95, "f", 0)
        self.latency.setText(self.tr("p95 {p95} ms").format(p95=p95))
        lines = [
            f"{latency.stage}: p50 {latency.p50:.1f}, p95 {latency.p95:.1f}, p99 {latency.p99:.1f} ms"
            for latency in self._snapshot.latencies
        ]
        self.latency.setToolTip("\n".join(lines))
