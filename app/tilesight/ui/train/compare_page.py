"""Step 4: the new model against the live one on tiles whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QListView, QListWidget, QListWidgetItem, QWidget

from bsdrd.data.images import read_image
from bsdrd.errors import BsdrdError
from tilesight.line.training.comparing import Comparison, Judged, Side
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.charts import RocChart
from tilesight.ui.train.model import TrainModel
from tilesight.ui.train.parts import BusyLine, FolderList, Page, Table, Trouble, image_of, number
from tilesight.ui.tune.words import percent
from tilesight.ui.verdict_badge import verdict_word

_SIDE = 112
_MOST = 200
#: So many surely fit beside one another.
_IN_A_ROW = 4


class ComparePage(Page):
    """Compares and shows what differs.

    Args:
        context: Recipe and background.
        model: Registry and comparison.
    """

    continued = Signal()

    def __init__(self, context: AppContext, model: TrainModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Compare with the live model"),
            self.tr(
                "Both judge the same labelled tiles under the recipe in force. What one has learnt stays out."
            ),
            parent,
        )
        self._context, self._model = context, model
        self.candidate = QComboBox()
        self.candidate.setMinimumHeight(TARGET)
        self.candidate.setAccessibleName(self.tr("Model to compare"))
        self.records = QCheckBox(self.tr("Labelled records"))
        self.records.setChecked(True)
        self.folders = FolderList(context.theme, self.tr("Add a labelled data set"))
        self.start = Button(self.tr("Compare"), "primary", theme=context.theme, icon_name="compare")
        self.missing = Words(dim=True, wrap=True)
        self.busy, self.trouble = BusyLine(), Trouble()
        self.result = Card()
        self.verdict = Words(role=Type.TITLE, wrap=True)
        self.sides, self.classes = Table(), Table()
        self.roc = RocChart(context.theme)
        self.changes_head = Words(role=Type.TITLE)
        self.changes = QListWidget()
        self.go_on = Button(self.tr("Go on to release"), "primary")
        self._shown: Comparison | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        card = Card()
        for part in (self.candidate, self.records, self.folders, self.missing):
            card.column.addWidget(part)
        card.column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        self.changes.setViewMode(QListView.ViewMode.IconMode)
        self.changes.setResizeMode(QListView.ResizeMode.Adjust)
        self.changes.setMovement(QListView.Movement.Static)
        self.changes.setIconSize(QSize(_SIDE, _SIDE))
        self.changes.setGridSize(QSize(_SIDE + 10 * GRID, _SIDE + 7 * GRID))
        self.changes.setWordWrap(True)
        self.changes.setAccessibleName(self.tr("Tiles whose verdict would change, worst first"))
        legend = QLabel(self.tr("Dashed: live model. Solid: new model."))
        legend.setProperty("dim", True)
        for part in (
            self.verdict,
            self.sides,
            self.classes,
            self.roc,
            legend,
            self.changes_head,
            self.changes,
        ):
            self.result.column.addWidget(part)
        self.result.column.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignRight)
        self.result.hide()
        for part in (card, self.busy, self.trouble, self.result):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self.start.clicked.connect(self.compare)
        self.busy.cancelled.connect(self._model.stop_work)
        self.go_on.clicked.connect(self.continued)
        self.records.toggled.connect(self._check)
        self.folders.changed.connect(self._check)
        self._model.registry_changed.connect(self._follow_registry)
        self._model.comparison_changed.connect(self._follow)
        self._model.progressed.connect(self._progress)
        self._follow_registry()

    def choose(self, sha256: str) -> None:
        """Chooses a model by its hash."""
        at = self.candidate.findData(sha256)
        if at >= 0:
            self.candidate.setCurrentIndex(at)

    @Slot()
    def _follow_registry(self) -> None:
        kept = self.candidate.currentData()
        others = self._model.registry.others
        if [self.candidate.itemData(at) for at in range(self.candidate.count())] != [
            o.sha256 for o in others
        ]:
            known = {self.candidate.itemData(at) for at in range(self.candidate.count())}
            fresh = next((one.sha256 for one in others if one.sha256 not in known), kept) if known else kept
            self.candidate.clear()
            for one in others:
                day = f"{one.added_at.astimezone():%Y-%m-%d %H:%M}"
                self.candidate.addItem(f"{one.name}   {day}   {one.sha256[:8]}", one.sha256)
            self.candidate.setCurrentIndex(max(0, self.candidate.findData(fresh)))
        self._check()

    @Slot()
    def _check(self) -> None:
        if not self.candidate.count():
            missing = self.tr("There is no other model yet: train one, or drop a model file on the window.")
        elif self._context.recipe is None:
            missing = self.tr("No recipe is in force, so there is no live model: choose a source in Run.")
        elif not (self.records.isChecked() or self.folders.folders):
            missing = self.tr("Tiles are missing: tick labelled records, or add a labelled data set.")
        else:
            missing = ""
        self.candidate.setVisible(bool(self.candidate.count()))
        self.missing.setText(missing)
        self.missing.setVisible(bool(missing))
        self.start.setEnabled(not missing and not self._model.busy)

    @Slot()
    def compare(self) -> None:
        """Begins."""
        self.trouble.hide()
        self._model.start_comparison(
            str(self.candidate.currentData()),
            self.folders.folders,
            self.records.isChecked(),
            self.trouble.show_error,
        )

    @Slot(str, int, int)
    def _progress(self, what: str, done: int, of: int) -> None:
        if what == "compare" and self._model.busy == "compare":
            text = self.tr("Comparing: {done} of {of} tiles").format(done=done, of=of)
            self.busy.show_progress(text, done, of)

    @Slot()
    def _follow(self) -> None:
        if self._model.busy == "compare":
            self.busy.show_progress(self.tr("Opening both models"))
        else:
            self.busy.hide()
        self._check()
        found = self._model.comparison
        self.result.setVisible(found is not None)
        if found is not None and found is not self._shown:
            self._show(found)
        self._shown = found

    def _show(self, found: Comparison) -> None:
        text = {
            "": self.tr("The new model misses no more known defects than the live one."),
            "misses more": self.tr("The new model misses more known defects than the live one."),
            "no defects": self.tr("No known defects were compared, so nobody can say what it misses."),
        }[found.obstacle]
        self.verdict.setText(text)
        self.verdict.set_tone("ng" if found.obstacle else "ok")
        good = len(found.tiles) - found.defects
        worse = frozenset({0} if found.obstacle == "misses more" else ())
        lines: list[tuple[str, Callable[[Side], str]]] = [
            (self.tr("Known defects missed, of {n}").format(n=found.defects), _missed),
            (self.tr("Known good tiles rejected, of {n}").format(n=good), _rejected),
            (self.tr("Left to a person (GREY)"), _grey),
            (self.tr("Good tiles rejected at the live model's misses"), _equal_miss),
            (self.tr("AUROC with 95 % interval"), _auroc),
            (self.tr("T1, T2"), _thresholds),
            (self.tr("Time for a tile, median"), _time),
        ]
        rows = [(title, say(found.live), say(found.new)) for title, say in lines]
        self.sides.fill(("", found.live.name, found.new.name), rows, worse)
        counts = [(one.cls, str(one.tiles), str(one.live_wrong), str(one.new_wrong)) for one in found.classes]
        more = frozenset(at for at, one in enumerate(found.classes) if one.new_wrong > one.live_wrong)
        head = (self.tr("Class"), self.tr("Tiles"), self.tr("Wrong, live"), self.tr("Wrong, new"))
        self.classes.fill(head, counts, more)
        self.roc.setVisible(bool(found.defects))
        self.roc.show_curves(found.live.roc, found.new.roc)
        self._show_changes(found)

    def _show_changes(self, found: Comparison) -> None:
        changes = found.changes
        self.changes_head.setText(self.tr("Verdicts that would change: {n}").format(n=len(changes)))
        self.changes.setVisible(bool(changes))
        rows = 1 if len(changes) <= _IN_A_ROW else 2
        self.changes.setFixedHeight(rows * (_SIDE + 7 * GRID) + GRID)
        self.changes.clear()
        for one in changes[:_MOST]:
            item = QListWidgetItem(_change_text(one))
            item.setSizeHint(self.changes.gridSize())
            item.setToolTip(f"{one.tile.name}\n{number(one.live_score)} → {number(one.new_score)}")
            self.changes.addItem(item)
        paths = [one.tile.path for one in changes[:_MOST]]
        self._context.background.run(lambda: _pictures(paths), self._take_pictures, topic="train.changes")

    def _take_pictures(self, images: list[QImage | None]) -> None:
        for row in range(min(self.changes.count(), len(images))):
            image = images[row]
            if image is not None:
                self.changes.item(row).setIcon(QIcon(QPixmap.fromImage(image)))


def _change_text(one: Judged) -> str:
    return f"{one.tile.cls}\n{verdict_word(one.live)} → {verdict_word(one.new)}"


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


def _pictures(paths: list[Path]) -> list[QImage | None]:
    found: list[QImage | None] = []
    for path in paths:
        try:
            image = image_of(read_image(path))
        except BsdrdError:
            found.append(None)
            continue
        found.append(
            image.scaled(
                QSize(_SIDE, _SIDE),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
    return found
