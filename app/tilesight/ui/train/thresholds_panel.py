"""Part of step 6: the thresholds that the new model would get, and what they do on known tiles."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bsdrd.calibration import Calibration
from bsdrd.intervals import Rate
from tilesight.line.training.choosing_thresholds import Way, can_lower, rates, taken
from tilesight.line.training.comparing import Comparison
from tilesight.ui.choice import Choice
from tilesight.ui.labels import Words
from tilesight.ui.theme import GRID
from tilesight.ui.train.missed_more import MissedMoreLines
from tilesight.ui.train.parts import Table, number
from tilesight.ui.tune.words import count, interval


class ThresholdsPanel(QWidget):
    """What speaks against the new model, the way out, and both pairs of thresholds beside the live ones."""

    way_chosen = Signal(str)  #: A `Way`.

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.obstacle = Words(bold=True, wrap=True)
        self.missed_more = MissedMoreLines()
        self.way_out = Words(wrap=True)
        self.choice = Choice(
            [
                (Way.RULE, self.tr("By the recipe's rule")),
                (Way.NO_MORE_MISSED, self.tr("Miss no more than the live model")),
            ],
            self.tr("Thresholds of the new model"),
        )
        self.table = Table()
        self.how, self.hint = Words(dim=True, wrap=True), Words(dim=True, wrap=True)
        self.hint.setText(
            self.tr(
                "Chosen on the same tiles that they are counted on: on new tiles the model does a little "
                "worse than the table says. In brackets: 95 % intervals over tiles; a small set has wide "
                "ones."
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for part in (
            self.obstacle,
            self.missed_more,
            self.way_out,
            self.choice,
            self.table,
            self.how,
            self.hint,
        ):
            column.addWidget(part)
        self.choice.chosen.connect(self._chosen)

    @Slot(str)
    def _chosen(self, way: str) -> None:
        self.way_chosen.emit(way)

    def show_comparison(self, by_rule: Comparison, way: Way) -> None:
        """Shows a comparison.

        Args:
            by_rule: With the thresholds that the recipe's rule gives.
            way: Whose thresholds are chosen.
        """
        offered = can_lower(by_rule)
        found = taken(by_rule, way)
        self._say(by_rule, found)
        self.choice.setVisible(offered)
        self.choice.choose(way)
        self.how.setText(self._how(found))
        self.hint.setVisible(way is Way.NO_MORE_MISSED)
        self._fill(by_rule, way, offered)

    def _say(self, by_rule: Comparison, found: Comparison) -> None:
        text = {
            "": "",
            "misses more": self.tr("It misses {new} known defects, the live model {old}."),
            "no defects": self.tr("No known defects were compared: nobody can say what it misses."),
        }[by_rule.obstacle]
        if found.by_rule is not None:
            text = self.tr("It misses no more known defects than the live model now: {new} against {old}.")
        self.obstacle.setText(text.format(new=found.new.missed, old=found.live.missed))
        self.obstacle.set_tone("ng" if found.obstacle else "ok")
        self.obstacle.setVisible(bool(text))
        self.missed_more.show_comparison(found)
        self.way_out.setText(self._way_out(by_rule, found) if by_rule.obstacle == "misses more" else "")
        self.way_out.setVisible(bool(self.way_out.text()))

    def _way_out(self, by_rule: Comparison, found: Comparison) -> str:
        if found.by_rule is not None:
            return self.tr("These thresholds were chosen by you; the audit log will say so.")
        if not can_lower(by_rule):
            return self.tr(
                "No thresholds help: to miss no more, it would have to stop every known good tile."
            )
        lowered = taken(by_rule, Way.NO_MORE_MISSED)
        text = self.tr(
            "With lower thresholds it misses {missed} and stops {new} of {n} good tiles, the live model "
            "stops {old}. Choose them here, or write below why it goes live all the same."
        )
        return text.format(
            missed=lowered.new.missed,
            new=count(_stopped(rates(lowered, lowered.new))),
            n=count(len(by_rule.tiles) - by_rule.defects),
            old=count(_stopped(rates(lowered, lowered.live))),
        )

    def _how(self, found: Comparison) -> str:
        if found.by_rule is not None:
            both = found.new.thresholds.low == found.new.thresholds.high
            text = (
                self.tr("T1 and T2 are only as low as they must be; as before, nothing is GREY.")
                if both
                else self.tr("T1 is only as low as it must be; T2 stays, so what is stopped on top is GREY.")
            )
            kept = self.tr("The recipe keeps them as thresholds of its own. Rolling back undoes that.")
            return f"{text} {kept}"
        if found.how == "model":
            return self.tr(
                "The recipe takes the model's own thresholds. Scores of two models cannot be compared."
            )
        return self.tr(
            "The recipe has thresholds of its own: these let as many known good tiles through as "
            "before. Scores of two models cannot be compared."
        )

    def _fill(self, by_rule: Comparison, way: Way, offered: bool) -> None:
        columns = [(self.tr("live now"), by_rule.live, rates(by_rule, by_rule.live))]
        rule = self.tr("by the rule") if offered else self.tr("then")
        columns.append((rule, by_rule.new, rates(by_rule, by_rule.new)))
        if offered:
            lowered = taken(by_rule, Way.NO_MORE_MISSED)
            columns.append((self.tr("missing no more"), lowered.new, rates(lowered, lowered.new)))
        good = count(len(by_rule.tiles) - by_rule.defects)
        rows = [
            (self.tr("T1: GREY from here on"), *(number(side.thresholds.low) for _, side, _ in columns)),
            (self.tr("T2: NG from here on"), *(number(side.thresholds.high) for _, side, _ in columns)),
        ]
        if by_rule.defects:
            title = self.tr("Known defects missed, of {n}").format(n=count(by_rule.defects))
            rows.append((title, *(_of(found.escape) for _, _, found in columns)))
        rows += [
            (
                self.tr("Known good tiles rejected (NG), of {n}").format(n=good),
                *(_of(found.false_reject) for _, _, found in columns),
            ),
            (
                self.tr("Known good tiles left to a person (GREY)"),
                *(_of(found.grey_good) for _, _, found in columns),
            ),
        ]
        worse = by_rule.obstacle == "misses more" and way is Way.RULE
        self.table.fill(
            (self.tr("Thresholds"), *(head for head, _, _ in columns)),
            rows,
            frozenset({2} if worse else ()),
            strong=2 if way is Way.RULE else 3,
        )


def _of(rate: Rate | None) -> str:
    """A count with its interval: "6 (1.2 to 7.1 %)"."""
    return "-" if rate is None else f"{count(rate.count)} ({interval(rate)})"


def _stopped(found: Calibration) -> int:
    """Good tiles that get NG or GREY."""
    return found.false_reject.count + found.grey_good.count
