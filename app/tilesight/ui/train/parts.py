"""What the pages of Train share: a page, a folder list, a table, busy and error lines, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLocale, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bsdrd.errors import BsdrdError
from tilesight.ui.colour import ramp
from tilesight.ui.labels import Button, Card, Elided, IconButton, Words
from tilesight.ui.messages import parts, said
from tilesight.ui.theme import GRID, Theme, Type

#: Words above a column, and those in the first one, are broken into lines from this width on.
_HEAD, _FIRST = 184, 400
_TINT = ("#b8195e", "#ff4f8b", "#ffa6bf", "#fff0f4")


class Page(QScrollArea):
    """A page that scrolls: title, what it is for, and its parts below one another.

    Args:
        title: Translated.
        text: What it is for, translated.
    """

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        self.column.setSpacing(2 * GRID)
        self.column.addWidget(Words(title, Type.HEAD))
        self.column.addWidget(Words(text, dim=True, wrap=True))
        self.setWidget(inside)


class BusyLine(QWidget):
    """What is being done, how far it is, and a way out; hidden while nothing is."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Words()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = Button(self.tr("Cancel"), "quiet")
        self.cancel.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self.hide()

    def show_progress(self, text: str, done: int = 0, of: int = 0) -> None:
        """Shows how far it is; `of` 0 where that is unknown."""
        self.text.setText(text)
        self.bar.setRange(0, of)
        self.bar.setValue(done)
        self.show()


class Trouble(Card):
    """What happened, what was kept, what to do; hidden while all is well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("raised", parent=parent)
        self.what = Words(bold=True, wrap=True)
        self.what.set_tone("ng")
        self.rest = Words(wrap=True)
        self.column.addWidget(self.what)
        self.column.addWidget(self.rest)
        self.hide()

    def show_error(self, error: BaseException) -> None:
        """Shows an error."""
        if isinstance(error, BsdrdError):
            what, *rest = parts(error)
            self.say(what, " ".join(filter(None, rest)))
        else:
            self.say(said(error), self.tr("The log file has the details."))

    def say(self, what: str, rest: str = "") -> None:
        """Shows a problem in words."""
        self.what.setText(what)
        self.rest.setText(rest.strip())
        self.rest.setVisible(bool(rest.strip()))
        self.setAccessibleName(what)
        self.show()


class FolderList(QWidget):
    """Folders that a person adds and takes away.

    Args:
        theme: Colours.
        add: Text of the button, translated.
    """

    changed = Signal()

    def __init__(self, theme: Theme, add: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.folders: tuple[Path, ...] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.add_button = Button(add, theme=theme, icon_name="folder")
        self.add_button.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._rows)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Shows other folders."""
        self.folders = tuple(dict.fromkeys(folders))
        empty_layout(self._rows)
        for folder in self.folders:
            self._rows.addWidget(self._row(folder))
        self.changed.emit()

    def _row(self, folder: Path) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(Elided(str(folder), middle=True), 1)
        remove = IconButton("close", self.tr("Take {folder} away").format(folder=folder.name), self._theme)
        remove.setProperty("folder", str(folder))
        remove.clicked.connect(self._remove)
        line.addWidget(remove)
        return row

    @Slot()
    def _ask(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.add_button.text())
        if chosen:
            self.set_folders([*self.folders, Path(chosen)])

    @Slot()
    def _remove(self) -> None:
        gone = Path(str(self.sender().property("folder")))
        self.set_folders([one for one in self.folders if one != gone])


class Table(QWidget):
    """A few rows of words and right-aligned numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(0, 1)

    def fill(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        bad: frozenset[int] = frozenset(),
        strong: int | None = None,
    ) -> None:
        """Shows other rows.

        Args:
            head: Words above the columns.
            rows: As many words each.
            bad: Rows whose number that counts stands out.
            strong: The column whose numbers count; None for the last one.
        """
        empty_layout(self._grid)
        # The numbers stand beside their words also where there is much room.
        self._grid.setColumnStretch(0, 0)
        self._grid.setColumnStretch(len(head), 1)
        for at, text in enumerate(head):
            words = Words(text, Type.CAPTION, dim=True, wrap=True)
            wide = words.fontMetrics().horizontalAdvance(text) + GRID
            words.setFixedWidth(min(wide, _HEAD))  # names of models are as long as people make them
            self._put(words, 0, at)
        for number, row in enumerate(rows):
            for at, text in enumerate(row):
                counts = at == (len(row) - 1 if strong is None else strong)
                words = Words(text, bold=counts, tabular=at > 0, wrap=at == 0)
                if at == 0:
                    wide = words.fontMetrics().horizontalAdvance(text) + GRID
                    words.setFixedWidth(min(wide, _FIRST))
                if counts and number in bad:
                    words.set_tone("ng")
                self._put(words, number + 1, at)

    def fill_left(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Shows rows of words only; the last column breaks its lines and takes the room."""
        empty_layout(self._grid)
        self._grid.setColumnStretch(0, 0)
        self._grid.setColumnStretch(len(head) - 1, 1)
        lines = [(head, True), *((row, False) for row in rows)]
        for number, (row, is_head) in enumerate(lines):
            for at, text in enumerate(row):
                role = Type.CAPTION if is_head else Type.BODY
                words = Words(text, role, dim=is_head, wrap=at == len(row) - 1)
                self._grid.addWidget(words, number, at, Qt.AlignmentFlag.AlignTop)

    def _put(self, words: Words, row: int, column: int) -> None:
        if column:
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
            self._grid.addWidget(
                words, row, column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            )
        else:
            self._grid.addWidget(words, row, column, Qt.AlignmentFlag.AlignBottom)


class FactTable(QWidget):
    """What is known of something: a name and a value in each row; values can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[tuple[str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, GRID, 0, 0)
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(1, 1)

    def fill(self, facts: Sequence[tuple[str, str]]) -> None:
        """Shows other facts."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        empty_layout(self._grid)
        for row, (name, value) in enumerate(facts):
            words = Words(value, wrap=True, tabular=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.setAccessibleName(f"{name}: {value}")
            self._grid.addWidget(Words(name, dim=True), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(words, row, 1)


def empty_layout(layout: QLayout) -> None:
    """Removes every widget of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def image_of(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> QImage:
    """A picture for the screen: H x W grey or H x W x 3 RGB."""
    eight = pixels if pixels.dtype == np.uint8 else (pixels // 257).astype(np.uint8)
    whole = np.ascontiguousarray(eight)
    height, width = whole.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if whole.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(whole.data, width, height, whole.strides[0], kind).copy()


def squared(image: QImage, side: int) -> QImage:
    """A picture in the middle of a clear square, so that the words below pictures of any shape align."""
    small = image.scaled(
        QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    square = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.drawImage((side - small.width()) // 2, (side - small.height()) // 2, small)
    painter.end()
    return square


def tinted_image(
    pixels: NDArray[np.uint8],
    grid: NDArray[np.float32],
    begins: float,
    full: float,
    strongest: float = 0.85,
) -> QImage:
    """A picture with a map tinted over it.

    Args:
        pixels: H x W, or H x W x 3.
        grid: A value for every 4 x 4 pixels.
        begins: From this value on there is a tint.
        full: From here on it is strongest.
        strongest: How much it covers there, 0.35 to 1: less where a person wants to see what lies below.
    """
    height, width = pixels.shape[:2]
    rgb = np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels
    grown = np.repeat(np.repeat(grid, 4, axis=0), 4, axis=1)[:height, :width]
    along = np.clip((grown - begins) / (full - begins), 0.0, 1.0)[..., None]
    tint = ramp(list(_TINT), 256)[np.round(along[..., 0] * 255).astype(np.intp)]
    alpha = np.where(along > 0, 0.35 + (strongest - 0.35) * along, 0.0)
    return image_of(np.round(rgb * (1 - alpha) + tint * alpha).astype(np.uint8))


def shortened(name: str, most: int = 32) -> str:
    """A name that fits into a choice; its end is left out where it is long."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def tiles_in_words(pictures: int, tiles: int) -> str:
    """How many pictures of how many tiles: "12 pictures of 1 tile"."""
    return _Counts().of_tiles(pictures, tiles)


class _Counts(QObject):
    """A QObject, since lupdate finds plurals in its `tr` only."""

    def of_tiles(self, pictures: int, tiles: int) -> str:
        return self.tr("{pictures} of {tiles}").format(
            pictures=self.tr("%Ln picture(s)", "", pictures), tiles=self.tr("%Ln tile(s)", "", tiles)
        )


def number(value: float, digits: int = 2) -> str:
    """A number in the language in force."""
    return QLocale().toString(float(value), "f", digits)


def duration(seconds: float) -> str:
    """A span of time: "42 s", "6 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
