"""Part of step 4: what a comparison found."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bsdrd.data.images import read_image
from bsdrd.errors import BsdrdError
from tilesight.line.training.choosing_thresholds import can_lower
from tilesight.line.training.comparing import Comparison, Side
from tilesight.line.training.counting import Judged
from tilesight.ui.context import AppContext
from tilesight.ui.label_words import class_word
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import Type
from tilesight.ui.train.charts import RocChart
from tilesight.ui.train.gate_model import GateModel
from tilesight.ui.train.missed_more import MissedMoreLines
from tilesight.ui.train.parts import Table, number
from tilesight.ui.train.two_maps import MOST, DifferenceList, Row, Said, Seen, TwoMaps, icon_of
from tilesight.ui.tune.words import percent
from tilesight.ui.verdict_badge import verdict_word


class ComparisonResult(Card):
    """What both models do, what the new one misses more of, and the tiles whose verdict would change.

    Args:
        context: Colours and background.
        model: Whose models are looked at.
    """

    def __init__(self, context: AppContext, model: GateModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context, self._model = context, model
        self.verdict = Words(role=Type.TITLE, wrap=True)
        self.missed_more = MissedMoreLines()
        self.about = Words(dim=True, wrap=True)
        self.sides, self.classes = Table(), Table()
        self.roc = RocChart(context.theme)
        self.legend = Words(dim=True, wrap=True)
        self.changes_head = Words(role=Type.TITLE, wrap=True)
        self.changes = DifferenceList(
            context, self.tr("Tiles whose verdict would change, worst first"), "train.changes"
        )
        self.pair = TwoMaps(context, "train.pair")
        self.go_on = Button(self.tr("Go on to release"), "primary")
        self._lay_out()
        self.changes.chosen.connect(self._look)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.go_on)
        for part in (
            self.verdict,
            self.missed_more,
            self.about,
            self.sides,
            self.classes,
            self.roc,
            self.legend,
            self.changes_head,
            self.changes,
            self.pair,
        ):
            self.column.addWidget(part)
        self.column.addLayout(foot)

    def show_comparison(self, found: Comparison) -> None:
        """Shows a comparison."""
        text = {
            "": self.tr("The new model misses no more known defects than {other}."),
            "misses more": self.tr("The new model misses more known defects than {other}."),
            "no defects": self.tr("No known defects were compared, so nobody can say what it misses."),
        }[found.obstacle]
        other = self.tr("the live one") if self._model.with_live else found.live.name
        self.verdict.setText(text.format(other=other))
        self.verdict.set_tone("ng" if found.obstacle else "ok")
        self.missed_more.show_comparison(found)
        self.about.setText("\n".join(self._about(found)))
        good = len(found.tiles) - found.defects
        worse = frozenset(
            row
            for row, more in enumerate(
                (found.new.missed > found.live.missed, found.new.rejected > found.live.rejected)
            )
            if more
        )
        lines: list[tuple[str, Callable[[Side], str]]] = [
            (self.tr("Known defects missed, of {n}").format(n=found.defects), _missed),
            (self.tr("Known good tiles rejected, of {n}").format(n=good), _rejected),
            (self.tr("Left to a person (GREY)"), _grey),
            (self.tr("Good tiles rejected if both miss as many defects"), _equal_miss),
            (self.tr("AUROC with 95 % interval"), _auroc),
            (self.tr("T1, T2"), _thresholds),
            (self.tr("Time for a tile, median"), _time),
        ]
        rows = [(title, say(found.live), say(found.new)) for title, say in lines]
        self.sides.fill(("", found.live.name, found.new.name), rows, worse)
        counts = [
            (said(class_word(one.cls)), str(one.tiles), str(one.live_wrong), str(one.new_wrong))
            for one in found.classes
        ]
        more = frozenset(at for at, one in enumerate(found.classes) if one.new_wrong > one.live_wrong)
        wrong = self.tr("Wrong, {model}")
        head = (
            self.tr("Class"),
            self.tr("Tiles"),
            wrong.format(model=found.live.name),
            wrong.format(model=found.new.name),
        )
        self.classes.fill(head, counts, more)
        for part in (self.roc, self.legend):
            part.setVisible(bool(found.defects))
        self.roc.show_curves(found.live.roc, found.new.roc)
        self.legend.setText(
            self.tr("Dashed: {live}. Solid: {new}.").format(live=found.live.name, new=found.new.name)
        )
        self.go_on.setVisible(self._model.with_live)
        self._show_changes(found)

    def _about(self, found: Comparison) -> list[str]:
        about = [self.tr("Evaluation set: {name}").format(name=found.set_name)] if found.set_name else []
        if not self._model.with_live:
            about.append(self.tr("Each model with the thresholds that it came with."))
        elif can_lower(found):
            about.append(self.tr("In Release there are thresholds with which it misses no more."))
        if found.failed:
            text = self.tr("%Ln tile(s) could not be inspected. The first: {why}", "", len(found.failed))
            about.append(text.format(why=said(found.failed[0])))
        return [*about, *map(said, found.notes)]

    def _show_changes(self, found: Comparison) -> None:
        changes = found.changes
        self.pair.hide()
        text = self.tr("Verdicts that would change: {n}").format(n=len(changes))
        if len(changes) > MOST:
            text += self.tr("; the {n} worst are shown").format(n=MOST)
        self.changes_head.setText(text)
        rows = tuple(
            Row(
                one.tile.sha256,
                _change_text(one),
                f"{one.tile.name}\n{number(one.live_score)} → {number(one.new_score)}",
            )
            for one in changes
        )
        paths: dict[Hashable, Path] = {one.tile.sha256: one.tile.path for one in changes[:MOST]}
        self.changes.show_rows(rows, lambda keys: _pictures({key: paths[key] for key in keys}))
        self.changes.setVisible(bool(rows))

    @Slot(object)
    def _look(self, sha256: str) -> None:
        found, two = self._model.comparison, self._model.models_to_look()
        if found is None or two is None:
            return
        one = next((one for one in found.changes if one.tile.sha256 == sha256), None)
        if one is None:
            return
        path = one.tile.path

        def look() -> Seen:
            pixels, first, second = two.look(path)
            return Seen(pixels, first.fused, second.fused)

        live = Said(found.live.name, one.live, one.live_score, found.live.thresholds)
        new = Said(found.new.name, one.new, one.new_score, found.new.thresholds)
        self.pair.show_tile(f"{one.tile.name}   ({said(class_word(one.tile.cls))})", (live, new), look)


def _change_text(one: Judged) -> str:
    return f"{said(class_word(one.tile.cls))}\n{verdict_word(one.live)} → {verdict_word(one.new)}"


def _missed(side: Side) -> str:
    return str(side.missed)


def _rejected(side: Side) -> str:
    return str(side.rejected)


def _grey(side: Side) -> str:
    return str(side.grey)


def _thresholds(side: Side) -> str:
    return f"{number(side.thresholds.low)}, {number(side.thresholds.high)}"


def _time(side: Side) -> str:
    return f"{number(side.milliseconds, 0)} ms"


def _equal_miss(side: Side) -> str:
    value = side.false_reject_at_equal_miss
    return "-" if value is None else percent(value)


def _auroc(side: Side) -> str:
    if side.auroc is None:
        return "-"
    value, low, high = (number(part, 3) for part in side.auroc)
    return f"{value} ({low} - {high})"


def _pictures(paths: dict[Hashable, Path]) -> dict[Hashable, QImage]:
    found: dict[Hashable, QImage] = {}
    for sha256, path in paths.items():
        try:
            found[sha256] = icon_of(read_image(path))
        except BsdrdError:
            continue
    return found
