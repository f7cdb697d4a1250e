"""The flip list: every stored record whose verdict would change, worst first, with its picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tilesight.store.tuning.table import Truth
from tilesight.ui.labels import Words
from tilesight.ui.theme import GRID, Theme, Type
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.tune import words
from tilesight.ui.tune.cards import MOST, CardStrip
from tilesight.ui.tune.model import TuneModel


class FlipSide(QWidget):
    """One half: the records that would get a milder verdict, or a more severe one."""

    opened = Signal(int)

    def __init__(
        self, title: str, nothing: str, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = title
        self.head = Words(bold=True, tabular=True)
        self.worst = Words(role=Type.CAPTION, bold=True)
        self.worst.set_tone("ng")
        self.more = Words(role=Type.CAPTION, dim=True)
        self.strip = CardStrip(theme, thumbnails, 72, nothing)
        self.strip.setAccessibleName(title)
        self.strip.opened.connect(self.opened)
        heads = QHBoxLayout()
        heads.setSpacing(GRID + 4)
        heads.addWidget(self.head)
        heads.addWidget(self.worst)
        heads.addStretch(1)
        heads.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(heads)
        column.addWidget(self.strip)

    def show_side(self, model: TuneModel, rows: NDArray[np.int64], worst: str) -> None:
        """Shows these rows.

        Args:
            model: Whose flips they are.
            rows: Rows of its table, worst first.
            worst: What is bad about some of them, translated; "" for nothing.
        """
        self.head.setText(f"{self._title}   {words.count(rows.size)}")
        self.worst.setText(worst)
        self.worst.setVisible(bool(worst))
        more = rows.size - MOST
        self.more.setText(self.tr("%n more in the report", "", more) if more > 0 else "")
        self.strip.cards.show_rows(model.flips.table, rows, model.proposed)


class FlipPanel(QWidget):
    """Both halves side by side.

    Args:
        model: What is proposed.
        theme: Colours.
        thumbnails: Pictures.
    """

    opened = Signal(int)  #: Record number.

    def __init__(
        self, model: TuneModel, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.released = FlipSide(
            self.tr("Would be released"),
            self.tr("No stored tile would get a milder verdict."),
            theme,
            thumbnails,
        )
        self.rejected = FlipSide(
            self.tr("Would be rejected"),
            self.tr("No stored tile would get a more severe verdict."),
            theme,
            thumbnails,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        for side in (self.released, self.rejected):
            side.opened.connect(self.opened)
            row.addWidget(side, 1)
        model.outcome_changed.connect(self._follow)

    def set_side(self, side: int) -> None:
        """Makes the pictures another size, in pixels."""
        for half in (self.released, self.rejected):
            half.strip.set_side(side)

    @Slot()
    def _follow(self) -> None:
        flips, moves = self._model.flips, self._model.outcome.moves
        escapes = int(moves[Truth.DEFECT, 1:, 0].sum())
        lost = int(moves[Truth.GOOD, :2, 2].sum())
        self.released.show_side(
            self._model,
            flips.released,
            self.tr("known defects that would pass: {n}").format(n=words.count(escapes)) if escapes else "",
        )
        self.rejected.show_side(
            self._model,
            flips.rejected,
            self.tr("known good tiles that would be NG: {n}").format(n=words.count(lost)) if lost else "",
        )
