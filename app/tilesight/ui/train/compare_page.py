"""Step 4: the new model against the live one, or any other, on tiles whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QWidget

from bsdrd.data.images import read_image
from bsdrd.errors import BsdrdError
from tilesight.line.training.choosing_thresholds import can_lower
from tilesight.line.training.comparing import Comparison, Side
from tilesight.line.training.counting import Judged
from tilesight.store.evaluation import FrozenSet
from tilesight.ui.context import AppContext
from tilesight.ui.label_words import class_word
from tilesight.ui.labels import Button, Card, IconButton, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.charts import RocChart
from tilesight.ui.train.gate_model import GateModel
from tilesight.ui.train.missed_more import MissedMoreLines
from tilesight.ui.train.parts import BusyLine, Page, Table, Trouble, number, shortened
from tilesight.ui.train.set_builder import SetBuilder
from tilesight.ui.train.two_maps import MOST, DifferenceList, Row, Said, Seen, TwoMaps, icon_of
from tilesight.ui.tune.words import moment, percent
from tilesight.ui.verdict_badge import verdict_word


class ComparePage(Page):
    """Compares and shows what differs.

    Args:
        context: Recipe and background.
        model: Registry and comparison.
    """

    continued = Signal()

    def __init__(self, context: AppContext, model: GateModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Compare with the live model"),
            self.tr(
                "Both judge the same labelled tiles under the recipe in force. What one has learnt stays out."
            ),
            parent,
        )
        self._context, self._model = context, model
        self.candidate, self.baseline, self.sets = QComboBox(), QComboBox(), QComboBox()
        self.new_set = Button(self.tr("New set"), theme=context.theme, icon_name="plus")
        self.new_set.setCheckable(True)
        self.drop_set = IconButton("trash", self.tr("Offer this set no longer"), context.theme)
        self.builder = SetBuilder(context, model)
        self.start = Button(self.tr("Compare"), "primary", theme=context.theme, icon_name="compare")
        self.missing = Words(dim=True, wrap=True)
        self.busy, self.trouble = BusyLine(), Trouble()
        self.result = Card()
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
        self._shown: Comparison | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        rows = (
            (self.tr("New model"), self.candidate),
            (self.tr("Compared with"), self.baseline),
            (self.tr("Evaluation set"), self.sets),
        )
        for at, (text, combo) in enumerate(rows):
            combo.setMinimumHeight(TARGET)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(24)
            combo.setAccessibleName(text)
            grid.addWidget(Words(text), at, 0)
            grid.addWidget(combo, at, 1)
        grid.addWidget(self.drop_set, 2, 2)
        grid.addWidget(self.new_set, 2, 3)
        grid.setColumnStretch(1, 1)
        card.column.addLayout(grid)
        card.column.addWidget(self.missing)
        card.column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
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
            self.result.column.addWidget(part)
        self.result.column.addLayout(foot)
        self.result.hide()
        for part in (card, self.builder, self.busy, self.trouble, self.result):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self.start.clicked.connect(self.compare)
        self.busy.cancelled.connect(self._model.stop_work)
        self.go_on.clicked.connect(self.continued)
        self.new_set.toggled.connect(self._check)
        self.drop_set.clicked.connect(self._drop_set)
        self.builder.made.connect(self._set_made)
        self._model.gathered.connect(self._set_found)
        self.candidate.currentIndexChanged.connect(self._other_candidate)
        self.sets.currentIndexChanged.connect(self._check)
        self.baseline.currentIndexChanged.connect(self._check)
        self.changes.chosen.connect(self._look)
        self._model.registry_changed.connect(self._follow_registry)
        self._model.comparison_changed.connect(self._follow)
        self._model.progressed.connect(self._progress)
        self._context.detector_changed.connect(self._follow_registry)
        self._follow_registry()
        self._follow()

    def choose(self, sha256: str, baseline: str = "") -> None:
        """Chooses models by their hashes; `baseline` "" is the live one."""
        for combo, wanted in ((self.candidate, sha256), (self.baseline, baseline)):
            at = combo.findData(wanted)
            if at >= 0:
                combo.setCurrentIndex(at)

    # Choosing

    @Slot()
    def _follow_registry(self) -> None:
        registry = self._model.registry
        models = [(one.sha256, _line(one.name, one.added_at, one.sha256)) for one in registry.others]
        before = {self.candidate.itemData(at) for at in range(self.candidate.count())}
        kept = self.candidate.currentData()
        fresh = next((sha256 for sha256, _ in models if sha256 not in before), kept) if before else kept
        changed = _fill(self.candidate, models, fresh)
        known = registry.live or self._context.detector
        live = self.tr("The live model") if known is None else known.name
        _fill(self.baseline, [("", self.tr("Live: {model}").format(model=shortened(live))), *models])
        sets = [(one.id, f"{shortened(one.name, 48)}   ({len(one.tiles)})") for one in registry.sets]
        _fill(self.sets, sets)
        if changed:
            self._other_candidate()
        self._follow()

    def _chosen_set(self) -> FrozenSet | None:
        wanted = self.sets.currentData()
        return next((one for one in self._model.registry.sets if one.id == wanted), None)

    @Slot()
    def _other_candidate(self) -> None:
        sha256 = self.candidate.currentData()
        found = self._model.comparison
        if sha256 and (found is None or found.new.sha256 != sha256):
            self._model.show_known(sha256)
        self._check()

    @Slot()
    def _set_found(self) -> None:
        # Once the page has grown by what was found.
        QTimer.singleShot(0, self, self._show_freeze)

    @Slot()
    def _show_freeze(self) -> None:
        self.ensureWidgetVisible(self.builder.freeze)

    @Slot(object)
    def _set_made(self, frozen: FrozenSet) -> None:
        self.new_set.setChecked(False)
        self.sets.setCurrentIndex(max(0, self.sets.findData(frozen.id)))
        self._check()

    @Slot()
    def _drop_set(self) -> None:
        chosen = self._chosen_set()
        if chosen is not None:
            self._model.remove_set(chosen.id)

    @Slot()
    def _check(self) -> None:
        some_set = bool(self.sets.count())
        if not self.candidate.count():
            missing = self.tr("There is no other model yet: train one, or drop a model file on the window.")
        elif self._context.recipe is None:
            missing = self.tr("No recipe is in force, so there is no live model: choose a source in Run.")
        elif not some_set:
            missing = self.tr("There is no evaluation set yet: freeze one below.")
        elif self.baseline.currentData() == self.candidate.currentData():
            missing = self.tr("These are the same model.")
        else:
            missing = ""
        self.missing.setText(missing)
        self.missing.setVisible(bool(missing))
        for combo in (self.candidate, self.baseline, self.sets):
            combo.setEnabled(bool(combo.count()))
        self.drop_set.setEnabled(some_set)
        self.new_set.setVisible(some_set)
        self.builder.setVisible(self.new_set.isChecked() or not some_set)
        self.start.setEnabled(not missing and not self._model.busy)

    @Slot()
    def compare(self) -> None:
        """Begins."""
        self.trouble.hide()
        chosen = self._chosen_set()
        if chosen is not None:
            self._model.start_comparison(
                str(self.candidate.currentData()),
                chosen,
                str(self.baseline.currentData() or ""),
                self.trouble.show_error,
            )

    # The result

    @Slot(str, int, int)
    def _progress(self, what: str, done: int, of: int) -> None:
        if what == "compare" and self._model.busy == "compare":
            text = self.tr("Comparing: {done} of {of} tiles").format(done=done, of=of)
            self.busy.show_progress(text, done, of)

    @Slot()
    def _follow(self) -> None:
        if self._model.busy != "compare":
            self.busy.hide()
        elif self.busy.isHidden():
            self.busy.show_progress(self.tr("Reading the set and opening both models"))
        self._check()
        found = self._model.comparison
        self.result.setVisible(found is not None)
        if found is not None and found is not self._shown:
            self._show(found)
        self._shown = found

    def _show(self, found: Comparison) -> None:
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


def _line(name: str, added: datetime, sha256: str) -> str:
    return f"{shortened(name)}   {moment(added)}   {sha256[:8]}"


def _fill(combo: QComboBox, items: Sequence[tuple[object, str]], wanted: object = None) -> bool:
    """Offers other things, keeping what is chosen; whether that is another one then."""
    before = [(combo.itemData(at), combo.itemText(at)) for at in range(combo.count())]
    if before == [(data, text) for data, text in items]:
        return False
    kept = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    for data, text in items:
        combo.addItem(text, data)
    combo.setCurrentIndex(max(0, combo.findData(kept if wanted is None else wanted)) if items else -1)
    combo.blockSignals(False)
    return combo.currentData() != kept


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
