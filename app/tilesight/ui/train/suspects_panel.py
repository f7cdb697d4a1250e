"""Suspicious tiles first: a strip of them, one of them large with what stands out; one key decides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bsdrd.data.images import Pixels
from bsdrd.errors import BsdrdError
from tilesight.line.training.suspecting import Suspect, look_at
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.theme import GRID, Type
from tilesight.ui.train.model import TrainModel
from tilesight.ui.train.parts import BusyLine, Trouble, squared, tinted_image
from tilesight.ui.train.suspects_model import SuspectsModel

#: Tiles in the strip: more are never worth a look, and each has a picture.
_STRIP = 200
_AT_ONCE = 6
_SMALL, _LARGE = 88, 340
#: From here on a place is tinted, in spreads above the usual; 6 is the highest, so it never turns white.
_TINT_FROM, _TINT_FULL = 1.0, 10.0


class Strip(QListWidget):
    """Tiles side by side; Delete leaves one out, K keeps it, Ctrl+Z takes the last decision back."""

    out_asked = Signal()
    keep_asked = Signal()
    undo_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(_SMALL, _SMALL))
        self.setGridSize(QSize(_SMALL + 2 * GRID, _SMALL + 4 * GRID))
        self.setFixedHeight(_SMALL + 7 * GRID)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Suspicious tiles, the most suspicious first"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One key decides."""
        undo = event.key() == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.out_asked.emit()
        elif undo:
            self.undo_asked.emit()
        elif event.key() == Qt.Key.Key_K:
            self.keep_asked.emit()
        else:
            super().keyPressEvent(event)


class SuspectsPanel(Card):
    """Ranks the chosen tiles and lets a person decide.

    Args:
        context: Theme and background.
        model: The chosen tiles.
    """

    ready = Signal()  #: The tiles are ranked and shown.

    def __init__(self, context: AppContext, model: TrainModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context, self._train = context, model
        self.model = SuspectsModel(context, model, self)
        self.says = Words(dim=True, wrap=True)
        self.start = Button(self.tr("Find suspicious tiles"), theme=context.theme, icon_name="search")
        self.busy, self.trouble = BusyLine(), Trouble()
        self.strip = Strip()
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.picture.setFixedWidth(_LARGE)
        self.name = Words(bold=True, wrap=True)
        self.facts = Words(wrap=True)
        self.out = Button(self.tr("Leave it out  (Delete)"), theme=context.theme, icon_name="trash")
        self.keep = Button(self.tr("Keep it  (K)"), theme=context.theme, icon_name="check")
        self.undo = Button(self.tr("Undo  (Ctrl+Z)"), "quiet", theme=context.theme, icon_name="undo")
        self.progress = Words(dim=True, tabular=True)
        self._shown: tuple[Suspect, ...] = ()
        self._lay_out()
        self._connect()
        self._follow()

    def _lay_out(self) -> None:
        self.column.addWidget(Words(self.tr("Suspicious tiles first"), Type.TITLE))
        self.column.addWidget(self.says)
        self.column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        self.content = QWidget()
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.strip)
        side = QVBoxLayout()
        side.setSpacing(GRID)
        for part in (self.name, self.facts):
            side.addWidget(part)
        for button in (self.out, self.keep, self.undo):
            side.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        side.addWidget(self.progress)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(side, 1)
        column.addLayout(row)
        for part in (self.busy, self.trouble, self.content):
            self.column.addWidget(part)

    def _connect(self) -> None:
        self.start.clicked.connect(self.rank)
        self.busy.cancelled.connect(self._train.stop_work)
        self.out.clicked.connect(self.leave_out)
        self.keep.clicked.connect(self.keep_it)
        self.undo.clicked.connect(self.take_back)
        self.strip.out_asked.connect(self.leave_out)
        self.strip.keep_asked.connect(self.keep_it)
        self.strip.undo_asked.connect(self.take_back)
        self.strip.currentRowChanged.connect(self._show)
        self.model.changed.connect(self._follow)
        self._train.progressed.connect(self._progress)

    @Slot()
    def rank(self) -> None:
        """Ranks the chosen tiles."""
        self.trouble.hide()
        self.model.start(self.trouble.show_error)

    @property
    def current(self) -> Suspect | None:
        """The tile that is shown large."""
        row = self.strip.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    @Slot()
    def leave_out(self) -> None:
        """Leaves the tile on screen out and goes on to the next."""
        if self.current is not None:
            self.model.leave_out(self.current)
            self._next()

    @Slot()
    def keep_it(self) -> None:
        """Keeps the tile on screen and goes on to the next."""
        if self.current is not None:
            self.model.keep(self.current)
            self._next()

    @Slot()
    def take_back(self) -> None:
        """Takes the last decision back and shows its tile."""
        group = self.model.undo()
        rows = [at for at, one in enumerate(self._shown) if one.tile.group == group]
        if rows:
            self.strip.setCurrentRow(rows[0])

    def _next(self) -> None:
        self.strip.setCurrentRow(min(self.strip.currentRow() + 1, self.strip.count() - 1))

    @Slot(str, int, int)
    def _progress(self, what: str, done: int, of: int) -> None:
        if what == "suspects" and self.model.looking:
            text = self.tr("Looking at the tiles: {done} of {of}").format(done=done, of=of)
            self.busy.show_progress(text, done, of)

    @Slot()
    def _follow(self) -> None:
        found = self.model.found
        if self.model.looking:
            self.busy.show_progress(self.tr("Looking at the tiles"))
        else:
            self.busy.hide()
        self.start.setEnabled(not self._train.busy)
        self.start.setVisible(found is None and not self.model.looking)
        self.content.setVisible(found is not None)
        if found is None:
            self.says.setText(
                self.tr(
                    "A defect among the good tiles is learnt as good. What looks defective is shown first."
                )
            )
            self._shown = ()
            self.strip.clear()
            return
        self.says.setText(
            self.tr(
                "Worth a look: the first {n} of %Ln tile(s). What stands out is tinted.",
                "",
                len(found.ranked),
            ).format(n=found.worth_a_look)
        )
        if self._shown != found.ranked[:_STRIP]:
            self._fill(found.ranked[:_STRIP])
            self.strip.setFocus()  # so that one key decides
            self.ready.emit()
        self._mark()

    def _fill(self, ranked: tuple[Suspect, ...]) -> None:
        self._shown = ranked
        self.strip.clear()
        for number, suspect in enumerate(ranked):
            item = QListWidgetItem(f"{number + 1}")
            item.setSizeHint(self.strip.gridSize())
            item.setToolTip(suspect.tile.name)
            self.strip.addItem(item)
        self.strip.setCurrentRow(0)
        across = self.model.found.across if self.model.found is not None else False
        # The first ones come first, the rest follows: nobody waits for two hundred pictures.
        for start in range(0, len(ranked), _AT_ONCE):
            part = ranked[start : start + _AT_ONCE]
            self._context.background.run(
                lambda part=part, start=start: (start, _images(part, across, _SMALL)),
                self._take_icons,
                topic=f"train.suspects.{start}",
            )

    def _take_icons(self, answer: tuple[int, list[QImage | None]]) -> None:
        start, images = answer
        for at, image in enumerate(images):
            item = self.strip.item(start + at)
            # The strip may hold other tiles by now, or none.
            if image is not None and item is not None:  # pyright: ignore[reportUnnecessaryComparison]
                item.setIcon(QIcon(QPixmap.fromImage(squared(image, _SMALL))))

    def _mark(self) -> None:
        words = {"": "", "kept": self.tr("kept"), "out": self.tr("left out")}
        for at, suspect in enumerate(self._shown):
            said = words[self.model.decision(suspect)]
            self.strip.item(at).setText(f"{at + 1} {said}".strip())
        self.undo.setEnabled(self.model.decided > 0)
        text = self.tr("{n} decided of {of}")
        self.progress.setText(text.format(n=self.model.decided, of=self.model.worth_a_look))
        self._words()

    @Slot(int)
    def _show(self, row: int) -> None:
        self._words()
        suspect, found = self.current, self.model.found
        if suspect is None or found is None or row < 0:
            self.picture.clear()
            return
        across = found.across
        self._context.background.run(
            lambda: _images((suspect,), across, _LARGE)[0], self._take_picture, topic="train.suspect"
        )

    def _words(self) -> None:
        suspect = self.current
        self.out.setEnabled(suspect is not None and self.model.decision(suspect) != "out")
        self.keep.setEnabled(suspect is not None and not self.model.decision(suspect))
        if suspect is None:
            self.name.setText("")
            self.facts.setText("")
            return
        self.name.setText(suspect.tile.name)
        reasons = {
            "narrow dark marks": self.tr("narrow dark marks"),
            "wide dark marks": self.tr("wide dark marks"),
            "spots": self.tr("dark spots"),
            "change of the streaks": self.tr("a change of the grinding streaks"),
            "an area in the model's map": self.tr("an area with a high score of the live model"),
        }
        usual = suspect.score <= 0
        reason = reasons.get(suspect.reason, self.tr("a high score of the live model"))
        said = [
            self.tr("Nothing stands out.") if usual else self.tr("Stands out: {what}.").format(what=reason)
        ]
        if len(suspect.pictures) > 1:
            pictures = len(suspect.pictures)
            said.append(self.tr("The tile has %Ln picture(s); they stay or go together.", "", pictures))
        self.facts.setText("\n".join(said))

    def _take_picture(self, image: QImage | None) -> None:
        if image is None:
            self.picture.setText(self.tr("The picture cannot be read"))
        else:
            self.picture.setPixmap(QPixmap.fromImage(image))


def _images(suspects: tuple[Suspect, ...], across: bool, side: int) -> list[QImage | None]:
    found: list[QImage | None] = []
    for suspect in suspects:
        try:
            pixels, heat = look_at(suspect, across)
        except BsdrdError:
            found.append(None)  # gone since it was chosen; the start of the training says so
            continue
        image = tinted_image(_eight_bit(pixels), heat, _TINT_FROM, _TINT_FULL, strongest=0.35)
        size = QSize(side, side)
        kind = Qt.TransformationMode.SmoothTransformation
        found.append(image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, kind))
    return found


def _eight_bit(pixels: Pixels) -> NDArray[np.uint8]:
    return (pixels // 257).astype(np.uint8) if pixels.dtype == np.uint16 else pixels.astype(np.uint8)
