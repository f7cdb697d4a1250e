"""One tile under two models: the picture, and what each of them sees in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QListWidget, QListWidgetItem, QWidget

from bsdrd.result import MAP_STRIDE, Thresholds, Verdict
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Card, Elided, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, Type
from tilesight.ui.train.parts import image_of, number, squared
from tilesight.ui.verdict_badge import verdict_word
from tilesight.ui.viewer.colours import LEVELS, overlay_table
from tilesight.ui.viewer.picture import display_bytes
from tilesight.ui.viewer.tile import MapScale

_PICTURE = 240
_ICON = 96
_KEY = int(Qt.ItemDataRole.UserRole)
#: Pictures in a list at most.
MOST = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What one model says about a tile.

    Attributes:
        who: Name of the model.
        verdict: Its verdict.
        score: On its own scale.
        thresholds: T1 and T2 on that scale.
    """

    who: str
    verdict: Verdict
    score: float | None
    thresholds: Thresholds | None


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A tile and two fused maps.

    Attributes:
        pixels: H x W or H x W x 3 (RGB), uint8 or uint16.
        first: ceil(H / 4) x ceil(W / 4), float32.
        second: Likewise.
    """

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    first: NDArray[np.float32]
    second: NDArray[np.float32]


class TwoMaps(Card):
    """Shows one tile under two models.

    Args:
        context: Background.
        topic: Keeps the requests of one place apart from those of others.
    """

    def __init__(self, context: AppContext, topic: str, parent: QWidget | None = None) -> None:
        super().__init__("raised", parent=parent)
        self._context, self._topic = context, topic
        self.name = Words(role=Type.TITLE)
        self.problem = Words(dim=True, wrap=True)
        self.pictures = [QLabel() for _ in range(3)]
        self.heads = [Elided(dim=True) for _ in range(3)]
        self.words = [Words(tabular=True) for _ in range(3)]
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        for picture, head, words in zip(self.pictures, self.heads, self.words, strict=True):
            column = Card("plain", margin=0, spacing=GRID // 2)
            column.setFixedWidth(_PICTURE)
            picture.setFixedSize(_PICTURE, _PICTURE)
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            for part in (head, picture, words):
                column.column.addWidget(part)
            column.column.addStretch(1)
            row.addWidget(column)
        row.addStretch(1)
        self.column.addWidget(self.name)
        self.column.addLayout(row)
        self.column.addWidget(self.problem)
        self.hide()

    def show_tile(self, name: str, said: tuple[Said, Said], look: Callable[[], Seen | None]) -> None:
        """Shows another tile.

        Args:
            name: As a person knows it.
            said: What both models say.
            look: Fetches picture and maps, off the GUI thread; None where they are gone.
        """
        self.name.setText(name)
        self.problem.setText(self.tr("Both models look at this tile"))
        self.problem.show()
        self.heads[0].setText(self.tr("The tile"))
        self.words[0].setText("")
        for at, one in enumerate(said):
            self.heads[at + 1].setText(one.who)
            self.words[at + 1].setText(self._in_words(one))
            self.words[at + 1].set_tone(_TONES[one.verdict])
        for picture in self.pictures:
            picture.clear()
        thresholds = (said[0].thresholds, said[1].thresholds)
        self.show()
        self._context.background.run(
            lambda: _images(look(), thresholds), self._take, self._refused, topic=self._topic
        )

    def _in_words(self, one: Said) -> str:
        if one.score is None:
            return verdict_word(one.verdict)
        text = self.tr("{verdict}, score {score}").format(
            verdict=verdict_word(one.verdict), score=number(one.score)
        )
        if one.thresholds is None:
            return text
        low, high = number(one.thresholds.low), number(one.thresholds.high)
        return f"{text}\nT1 {low}, T2 {high}"

    def _take(self, images: list[QImage] | None) -> None:
        if images is None:
            self.problem.setText(self.tr("The picture of this tile is not kept any more."))
            return
        self.problem.hide()
        for picture, image in zip(self.pictures, images, strict=True):
            shown = QPixmap.fromImage(image).scaled(
                QSize(_PICTURE, _PICTURE),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            picture.setFixedHeight(shown.height())
            picture.setPixmap(shown)

    def _refused(self, error: Exception) -> None:
        self.problem.setText(said(error))


_TONES = {Verdict.OK: "ok", Verdict.GREY: "grey", Verdict.NG: "ng", Verdict.NOT_INSPECTED: "ng"}


def _images(
    seen: Seen | None, thresholds: tuple[Thresholds | None, Thresholds | None]
) -> list[QImage] | None:
    if seen is None:
        return None
    shown = display_bytes(seen.pixels)
    maps = (seen.first, seen.second)
    return [
        image_of(shown),
        *(image_of(_tinted(shown, one, at)) for one, at in zip(maps, thresholds, strict=True)),
    ]


def _tinted(
    shown: NDArray[np.uint8], grid: NDArray[np.float32], thresholds: Thresholds | None
) -> NDArray[np.uint8]:
    """A tile with a map laid over it from T1 on, on the scale that belongs to its own model."""
    height, width = shown.shape[:2]
    rgb = np.repeat(shown[..., None], 3, axis=2) if shown.ndim == 2 else shown
    limits = thresholds or Thresholds(float(grid.max()), float(grid.max()))
    scale = MapScale.for_thresholds(limits)
    size = (grid.shape[1] * MAP_STRIDE, grid.shape[0] * MAP_STRIDE)
    grown = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)[:height, :width]
    share = (grown - scale.bottom) / (scale.top - scale.bottom)
    levels = np.clip(share * LEVELS, 0, LEVELS - 1).astype(np.intp)
    table = np.array(overlay_table("detail", scale, limits), np.uint32)[levels]
    alpha = (table >> 24).astype(np.float32)[..., None] / 255
    tint = np.stack([(table >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(np.float32)
    return np.round(rgb * (1 - alpha) + tint * alpha).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Row:
    """A tile in a list of differences.

    Attributes:
        key: Tells it from others.
        text: Below its picture.
        tip: More about it.
    """

    key: Hashable
    text: str
    tip: str


class DifferenceList(QListWidget):
    """Tiles that two models judge differently, as small pictures; the chosen one is shown large elsewhere."""

    chosen = Signal(object)  #: its key

    def __init__(self, context: AppContext, name: str, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._topic = context, topic
        self._rows: tuple[Row, ...] = ()
        self._icons: dict[Hashable, QIcon] = {}
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setGridSize(QSize(_ICON + 9 * GRID, _ICON + 6 * GRID))
        self.setWordWrap(True)
        self.setAccessibleName(name)
        self.currentItemChanged.connect(self._changed)

    def show_rows(
        self, rows: tuple[Row, ...], pictures: Callable[[Sequence[Hashable]], dict[Hashable, QImage]]
    ) -> None:
        """Shows other tiles; nothing happens where they are the same.

        Args:
            rows: Tiles, the most important first; `MOST` of them are shown.
            pictures: Fetches the small pictures of some of them by key, off the GUI thread.
        """
        if rows == self._rows:
            return
        kept = self.currentItem().data(_KEY) if self.currentRow() >= 0 else None
        self._rows = rows
        keys = [row.key for row in rows[:MOST]]
        self._icons = {key: icon for key, icon in self._icons.items() if key in keys}
        self.blockSignals(True)
        self.clear()
        for row in rows[:MOST]:
            item = QListWidgetItem(row.text)
            item.setData(_KEY, row.key)
            item.setSizeHint(self.gridSize())
            item.setToolTip(row.tip)
            if row.key in self._icons:
                item.setIcon(self._icons[row.key])
            self.addItem(item)
            if kept is not None and row.key == kept:
                self.setCurrentItem(item)
        self.blockSignals(False)
        self.setVisible(bool(rows))
        self.setFixedHeight((2 if len(rows) > 5 else 1) * self.gridSize().height() + 2 * GRID)
        new = [key for key in keys if key not in self._icons]
        if new:
            self._context.background.run(lambda: pictures(new), self._take, _nothing, topic=self._topic)

    def _take(self, pictures: dict[Hashable, QImage]) -> None:
        for at in range(self.count()):
            key = self.item(at).data(_KEY)
            if key in pictures:
                self._icons[key] = QIcon(QPixmap.fromImage(pictures[key]))
                self.item(at).setIcon(self._icons[key])

    @Slot()
    def _changed(self) -> None:
        if self.currentRow() >= 0:
            self.chosen.emit(self.currentItem().data(_KEY))


def icon_of(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> QImage:
    """A small picture of a tile for a list."""
    return squared(image_of(display_bytes(pixels)), _ICON)


def _nothing(_: object) -> None:
    """For answers that nobody waits for."""
