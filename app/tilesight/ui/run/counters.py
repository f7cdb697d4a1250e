"""What became of the tiles of this run, how fast, and how long each took."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from bsdrd.result import Verdict
from tilesight.line.news import EngineSnapshot
from tilesight.ui.labels import Words, is_language_change
from tilesight.ui.theme import GRID, Theme, Type
from tilesight.ui.verdict_badge import VerdictBadge, verdict_word


class _Number(QWidget):
    """A number under its name; a click asks for the tiles behind it."""

    clicked = Signal()

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

    def ask_with(self, tip: str) -> None:
        """Says that a click shows the tiles, or with "" that there are none to show."""
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor if tip else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Asks for the tiles."""
        if event.button() is Qt.MouseButton.LeftButton and self.toolTip():
            self.clicked.emit()


class Counters(QWidget):
    """Six counters, rate and latency.

    Args:
        theme: Colours.
    """

    asked = Signal(object)  #: The verdict whose tiles somebody wants to see.

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot = EngineSnapshot()
        self.total = _Number(theme, None)
        self.by_verdict = {verdict: _Number(theme, verdict) for verdict in Verdict}
        self.dropped = _Number(theme, None)
        self.rate = Words("", Type.BODY, tabular=True)
        self.latency = Words("", Type.BODY, dim=True, tabular=True)
        self.latency.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.way = Words("", Type.CAPTION, dim=True, wrap=True, tabular=True)
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
        for verdict, part in self.by_verdict.items():
            part.clicked.connect(partial(self.asked.emit, verdict))
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
        whole.addWidget(self.way)
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
        # The source counts pictures; where one shows several tiles, "41 of 39" would puzzle.
        if expected and counts.total <= counts.frames:
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
            self.by_verdict[verdict].ask_with(self.tr("Show these tiles in Records") if number else "")
        tone = "grey" if counts.dropped else ""
        self.dropped.show_number(self.tr("Dropped"), locale.toString(counts.dropped), tone)
        rate = locale.toString(self._snapshot.rate, "f", 1)
        self.rate.setText(self.tr("{rate} tiles/s").format(rate=rate))
        self._say_latency(locale)

    def _say_latency(self, locale: QLocale) -> None:
        stages = {latency.stage: latency for latency in self._snapshot.latencies}

        def p95(stage: str) -> str:
            return locale.toString(stages[stage].p95, "f", 0) if stage in stages else "–"

        detector = self.tr("detector p95 {p95} ms").format(p95=p95("infer"))
        self.latency.setText(detector if "infer" in stages else "")
        way = self.tr("To screen {shown} ms, to record {recorded} ms")
        way = way.format(shown=p95("shown"), recorded=p95("recorded"))
        self.way.setText(way if "recorded" in stages or "shown" in stages else "")
        tip = self._latency_table(locale)
        self.latency.setToolTip(tip)
        self.way.setToolTip(tip)

    def _latency_table(self, locale: QLocale) -> str:
        """Every stage of the way, for those who want to know where the time goes."""
        names = {
            "capture": self.tr("Reading or transfer"),
            "queue": self.tr("Waiting"),
            "prepare": self.tr("Finding tiles"),
            "infer": self.tr("Detector"),
            "judge": self.tr("Verdict"),
            "store": self.tr("Saving"),
            "recorded": self.tr("Picture to record"),
            "shown": self.tr("Picture to screen"),
        }
        rows: list[tuple[str, ...]] = [("", "p50", "p95", "p99", self.tr("longest"))]
        for one in self._snapshot.latencies:
            values = (one.p50, one.p95, one.p99, one.longest)
            rows.append((names.get(one.stage, one.stage), *(locale.toString(ms, "f", 1) for ms in values)))
        cells = (
            "".join(f"<td align={'left' if at == 0 else 'right'}>{text}&nbsp;&nbsp;</td>" for at, text in row)
            for row in (enumerate(row) for row in rows)
        )
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table> ms"
