"""Step 5: a candidate judges the live tiles too, and nobody acts on what it says."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from tilesight.line.shadow import ShadowSnapshot, ShadowState
from tilesight.store.shadow import ShadowDifference, ShadowSummary
from tilesight.store.shadow_evidence import Evidence
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.parts import Page, Table, Trouble, number
from tilesight.ui.train.shadow_model import Found, ShadowModel
from tilesight.ui.train.two_maps import DifferenceList, Row, Said, Seen, TwoMaps, icon_of
from tilesight.ui.tune.words import count, moment, percent
from tilesight.ui.verdict_badge import verdict_word

Fetch = Callable[[], Evidence | None]


class ShadowPage(Page):
    """Begins and ends shadow mode, and shows what it found.

    Args:
        context: Recipe and background.
        model: Shadow mode.
    """

    continued = Signal()
    models_asked = Signal()

    def __init__(self, context: AppContext, model: ShadowModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Shadow mode"),
            self.tr(
                "A candidate judges the live tiles beside the live model, whenever the line leaves time for "
                "it. Verdicts come from the live model only."
            ),
            parent,
        )
        self._context, self._model = context, model
        self.candidate = QComboBox()
        self.candidate.setMinimumHeight(TARGET)
        self.candidate.setAccessibleName(self.tr("Model to judge in the shadow"))
        self.start = Button(self.tr("Start shadow mode"), "primary", theme=context.theme, icon_name="play")
        self.stop = Button(self.tr("End shadow mode"), theme=context.theme, icon_name="stop")
        self.missing = Words(dim=True, wrap=True)
        self.to_models = Button(self.tr("Go to the models"))
        self.state = Words(role=Type.TITLE, wrap=True)
        self.reason = Words(wrap=True)
        self.reason.set_tone("ng")
        self.trouble = Trouble()
        self.result = Card()
        self.head = Words(role=Type.TITLE, wrap=True)
        self.counts = Table()
        self.coverage = Words(dim=True, wrap=True)
        self.changes_head = Words(role=Type.TITLE, wrap=True)
        self.changes = DifferenceList(
            context, self.tr("Tiles that the shadow model judges otherwise, newest first"), "train.shadows"
        )
        self.pair = TwoMaps(context, "train.shadow-pair")
        self.go_on = Button(self.tr("Go on to release"))
        self._shown: Found | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.candidate, 1)
        row.addWidget(self.start)
        foot = QHBoxLayout()
        foot.addWidget(self.stop)
        foot.addStretch(1)
        for part in (self.state, self.reason, self.missing):
            card.column.addWidget(part)
        card.column.addWidget(self.to_models, 0, Qt.AlignmentFlag.AlignLeft)
        card.column.addLayout(row)
        card.column.addLayout(foot)
        for part in (
            self.head,
            self.counts,
            self.coverage,
            self.changes_head,
            self.changes,
            self.pair,
        ):
            self.result.column.addWidget(part)
        self.result.column.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignRight)
        self.result.hide()
        for part in (card, self.trouble, self.result):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self.start.clicked.connect(self._begin)
        self.stop.clicked.connect(self._end)
        self.go_on.clicked.connect(self.continued)
        self.to_models.clicked.connect(self.models_asked)
        self.changes.chosen.connect(self._look)
        self._model.changed.connect(self._follow)
        self._context.recipe_changed.connect(self._follow)
        self._follow()

    def offer(self, models: list[tuple[str, str]]) -> None:
        """Offers these models: hash and line of each."""
        kept = self.candidate.currentData()
        self.candidate.clear()
        for sha256, line in models:
            self.candidate.addItem(line, sha256)
        self.candidate.setCurrentIndex(max(0, self.candidate.findData(kept)) if models else -1)
        self._follow()

    def choose(self, sha256: str) -> None:
        """Chooses a model, and shows what it has found so far."""
        at = self.candidate.findData(sha256)
        if at >= 0:
            self.candidate.setCurrentIndex(at)
        self._model.show_model(sha256)

    def showEvent(self, event: QShowEvent) -> None:
        """Follows it while on screen."""
        super().showEvent(event)
        self._model.follow(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rests."""
        super().hideEvent(event)
        self._model.follow(False)

    @Slot()
    def _begin(self) -> None:
        self.trouble.hide()
        self._model.begin(str(self.candidate.currentData()), self.trouble.show_error)

    @Slot()
    def _end(self) -> None:
        self.trouble.hide()
        self._model.end(self.trouble.show_error)

    @Slot()
    def _follow(self) -> None:
        now, found = self._model.snapshot, self._model.found
        name = found.model.name if found is not None and self._model.on else ""
        self.state.setText(
            {
                ShadowState.OFF: self.tr("No model is in the shadow"),
                ShadowState.WAITING: self.tr("{name} waits for tiles"),
                ShadowState.JUDGING: self.tr("{name} judges beside the live model"),
                ShadowState.HELD: self.tr("{name} rests"),
                ShadowState.FAILED: self.tr("{name} has failed; the live model is not affected"),
            }[now.state].format(name=name)
        )
        self.reason.setText(said(now.reason))
        self.reason.setVisible(bool(now.reason))
        if not self.candidate.count():
            missing = self.tr("There is no candidate: train a model, or bring a model file.")
        elif self._context.recipe is None:
            missing = self.tr("No recipe is in force, so there is no live model: choose a source in Run.")
        else:
            missing = ""
        self.missing.setText(missing)
        self.missing.setVisible(bool(missing) and not self._model.on)
        self.to_models.setVisible(not self._model.on and not self.candidate.count())
        self.candidate.setVisible(not self._model.on and bool(self.candidate.count()))
        self.start.setVisible(not self._model.on and bool(self.candidate.count()))
        self.start.setEnabled(not missing and not self._model.busy)
        self.stop.setVisible(self._model.on)
        self.stop.setEnabled(not self._model.busy)
        self.result.setVisible(found is not None and (self._model.on or found.summary.records > 0))
        if found is not None:
            self._show(found, now)

    def _show(self, found: Found, now: ShadowSnapshot) -> None:
        summary = found.summary
        judged = summary.records - summary.failed
        if judged:
            text = self.tr("{name} agrees on {agree} of %Ln tile(s) ({share})", "", judged)
            self.head.setText(
                text.format(
                    name=found.model.name,
                    agree=count(summary.agree),
                    share=percent(summary.agree / judged),
                )
            )
        else:
            self.head.setText(self.tr("Nothing judged yet"))
        lines = [
            (self.tr("Would reject: NG where the live model says OK or GREY"), summary.would_reject),
            (self.tr("Would release: OK where the live model says GREY or NG"), summary.would_release),
            (self.tr("Would ask a person: GREY where the live model is sure"), summary.would_ask),
            (self.tr("Could not judge"), summary.failed),
        ]
        self.counts.fill(("", self.tr("Tiles")), [(text, count(value)) for text, value in lines])
        self.coverage.setText(self._coverage(summary, now))
        new = self._shown is None or self._shown.differences != found.differences
        self._shown = found
        if new:
            self._show_changes(found)

    def _coverage(self, summary: ShadowSummary, now: ShadowSnapshot) -> str:
        share = percent(min(summary.records / summary.line, 1.0)) if summary.line else "-"
        text = self.tr(
            "Judged: {n} of %Ln tile(s) that the line inspected meanwhile ({share}).", "", summary.line
        )
        words = [text.format(n=count(summary.records), share=share)]
        if now.busy or now.slow:
            text = self.tr(
                "Since the start of the program {busy} were let go because a frame waited for the live "
                "model, {slow} because the shadow model was not done with the one before."
            )
            words.append(text.format(busy=count(now.busy), slow=count(now.slow)))
        return " ".join(words)

    def _show_changes(self, found: Found) -> None:
        differences, summary = found.differences, found.summary
        total = summary.records - summary.failed - summary.agree
        text = self.tr("Tiles judged otherwise: {n}, newest first").format(n=count(total))
        if total > len(differences):
            text += self.tr("; the last {n} are shown").format(n=count(len(differences)))
        self.changes_head.setText(text)
        self.changes_head.setVisible(bool(differences))
        rows = tuple(
            Row(one.result.record_id, _change_text(one), f"{one.name}\n{moment(one.inspected_at)}")
            for one in differences
        )
        fetch = {one.result.record_id: self._model.evidence(one.result.record_id) for one in differences}
        wanted: dict[Hashable, Fetch] = {key: get for key, get in fetch.items() if get is not None}
        self.changes.show_rows(rows, lambda keys: _pictures({key: wanted[key] for key in keys}))
        self.changes.setVisible(bool(rows))
        if not rows:
            self.pair.hide()

    @Slot(object)
    def _look(self, record_id: int) -> None:
        found = self._model.found
        fetch = self._model.evidence(record_id)
        if found is None or fetch is None:
            return
        one = next((one for one in found.differences if one.result.record_id == record_id), None)
        if one is None:
            return

        def look() -> Seen | None:
            kept = fetch()
            return None if kept is None else Seen(kept.pixels, kept.live, kept.shadow)

        live = Said(self.tr("Live model"), one.verdict, one.score, one.thresholds)
        shadow = Said(found.model.name, one.result.verdict, one.result.score, one.result.thresholds)
        title = self.tr("{name}   ·   record {id}   ·   {when}")
        self.pair.show_tile(
            title.format(name=one.name, id=record_id, when=moment(one.inspected_at)), (live, shadow), look
        )


def _change_text(one: ShadowDifference) -> str:
    scores = (
        ""
        if one.score is None or one.result.score is None
        else (f"\n{number(one.score)} → {number(one.result.score)}")
    )
    return f"{verdict_word(one.verdict)} → {verdict_word(one.result.verdict)}{scores}"


def _pictures(wanted: dict[Hashable, Fetch]) -> dict[Hashable, QImage]:
    found: dict[Hashable, QImage] = {}
    for record_id, fetch in wanted.items():
        kept = fetch()
        if kept is not None:
            found[record_id] = icon_of(kept.pixels)
    return found
