"""The tiles of a group of alike regions as a list with ticks; pictures are read where one looks."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)

from tilesight.store.records import RecordStore
from tilesight.store.similar import SimilarGroup
from tilesight.ui.background import Background
from tilesight.ui.label_words import label_word, score_text
from tilesight.ui.review.similar import read_cut_outs
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.verdict_badge import verdict_word

_Index = QModelIndex | QPersistentModelIndex
_TICK = Qt.ItemDataRole.CheckStateRole
_AT_ONCE = 8
#: Room of one tile in the list, in pixels.
CELL = QSize(148, 140)


class AlikeTiles(QAbstractListModel):
    """Every tile of the group, the most alike first, each with a tick.

    At first those are ticked of which nothing is known that speaks against a false alarm: neither a label
    that says defect, nor another region that would alarm by itself.

    Args:
        background: Reads pictures.
    """

    ticks_changed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._group: SimilarGroup | None = None
        self._ticks: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._harmless: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.pictures = Thumbnails(background, self, at_once=_AT_ONCE)
        self.pictures.arrived.connect(self._pictures_came)

    def show_group(self, store: RecordStore | None, group: SimilarGroup) -> None:
        """Shows another group."""
        self.beginResetModel()
        self._group = group
        self._harmless = ~group.tiles.defective
        self._ticks = self._harmless & ~group.tiles.more
        self.pictures.set_store(store, partial(read_cut_outs, group))
        self.endResetModel()
        self.ticks_changed.emit()

    @property
    def ticked(self) -> list[int]:
        """Numbers of the records that are ticked."""
        return [] if self._group is None else self._group.tiles.id[self._ticks].tolist()

    @property
    def tickable(self) -> int:
        """How many tiles `tick_all` ticks: all but the known defects."""
        return int(self._harmless.sum())

    def tick_all(self, on: bool) -> None:
        """Ticks all but the known defects, or none."""
        self._ticks = self._harmless.copy() if on else np.zeros_like(self._harmless)
        if len(self._ticks):
            self.dataChanged.emit(self.index(0), self.index(len(self._ticks) - 1), [_TICK])
        self.ticks_changed.emit()

    # As a list model

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many tiles there are."""
        return 0 if parent.isValid() else len(self._ticks)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Each one can be chosen and ticked."""
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, picture and tick."""
        if self._group is None or not index.isValid():
            return None
        at = index.row()
        if role == _TICK:
            return Qt.CheckState.Checked if self._ticks[at] else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.SizeHintRole:
            # The same before its picture is there.
            return CELL
        if role == Qt.ItemDataRole.DecorationRole:
            return self.pictures.get(at)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            region = self._group.tiles.at(at)
            said = label_word(region.label) if region.label is not None else verdict_word(region.verdict)
            return f"{said}  {score_text(region.peak)}"
        if role == Qt.ItemDataRole.ToolTipRole and self._group.tiles.more[at]:
            return self.tr("Other regions of this tile would alarm by themselves.")
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Takes a tick."""
        if role != _TICK or not index.isValid():
            return False
        self._ticks[index.row()] = Qt.CheckState(value) is Qt.CheckState.Checked
        self.dataChanged.emit(index, index, [_TICK])
        self.ticks_changed.emit()
        return True

    @Slot()
    def _pictures_came(self) -> None:
        if len(self._ticks):
            last = self.index(len(self._ticks) - 1)
            self.dataChanged.emit(self.index(0), last, [Qt.ItemDataRole.DecorationRole])
