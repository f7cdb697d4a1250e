"""The state of the line as the window sees it: what runs, what was counted, which tile is on show."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from bsdrd.result import Thresholds, Verdict
from tilesight.line.ledger import Counts
from tilesight.ui.viewer.picture import display_bytes
from tilesight.ui.viewer.tile import ViewTile

#: Tiles that the film strip holds.
HISTORY = 60
#: Longer side of a thumbnail in pixels, enough for 96 logical ones at double scaling.
THUMB = 192
_BYTES = 192 * 2**20


class LineState(StrEnum):
    """What the line is doing::

    IDLE ──start──▶ STARTING ──ready──▶ RUNNING ◀──▶ PAUSED
                       │                 ▲   │ source gone
                       │                 └── LOST
                       ▼                     │
    FAILED ◀───────────┴── error ────────────┤ stop, or end of the source
                                             ▼
                             STOPPING ──▶ IDLE or FINISHED
    """

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    LOST = "lost"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """Whether an engine is at work."""
        return self in (LineState.STARTING, LineState.RUNNING, LineState.PAUSED, LineState.LOST)


@dataclass(frozen=True, slots=True, eq=False)
class LiveTile:
    """One inspected tile, or one that could not be inspected.

    Attributes:
        number: Counts up within the program's life; tells tiles apart.
        name: As a person reads it.
        verdict: What became of it.
        captured_at: When it was taken.
        view: Picture and maps; None where there is no picture, or where it was let go to save memory.
        thumbnail: A small picture; None where there is none.
        score: None where it was not inspected.
        thresholds: T1 and T2 as applied; None where it was not inspected.
        reason: Why it was not inspected; "" otherwise.
        lot: "" where unknown.
        serial: "" where unknown.
        milliseconds: From the frame to the verdict; None where not measured.
        record_id: Its number in the store; None where it is not stored (yet).
        truth: What the demo line drew; "" otherwise.
    """

    number: int
    name: str
    verdict: Verdict
    captured_at: datetime
    view: ViewTile | None = None
    thumbnail: QImage | None = None
    score: float | None = None
    thresholds: Thresholds | None = None
    reason: str = ""
    lot: str = ""
    serial: str = ""
    milliseconds: float | None = None
    record_id: int | None = None
    truth: str = ""

    @property
    def bytes(self) -> int:
        """Memory that its picture and maps hold."""
        if self.view is None:
            return 0
        maps = self.view.maps
        grids = 3 * maps.fused.nbytes if maps is not None else 0
        return self.view.pixels.nbytes + grids


def thumbnail(view: ViewTile) -> QImage:
    """A small picture of a tile, with its own memory."""
    factor = min(THUMB / max(view.height, view.width), 1.0)
    size = (max(round(view.width * factor), 1), max(round(view.height * factor), 1))
    pixels = display_bytes(view.pixels)
    small = np.ascontiguousarray(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)))
    kind = QImage.Format.Format_Grayscale8 if small.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(small.data, size[0], size[1], small.strides[0], kind).copy()


class LineModel(QObject):
    """What the window knows of the line. Setters say nothing where the value stays the same.

    Signals:
        state_changed: State, problem or source.
        counts_changed: Counters, rate or latency.
        history_changed: Tiles came; the newest is the last of `history`.
        shown_changed: Another tile is on show.
        following_changed: Between live and a past tile.
    """

    state_changed = Signal()
    counts_changed = Signal()
    history_changed = Signal()
    shown_changed = Signal()
    following_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = LineState.IDLE
        self._problem = ""
        self._source_title = ""
        self._counts = Counts()
        self._rate = 0.0
        self._p95: float | None = None
        self._expected: int | None = None
        self._history: deque[LiveTile] = deque(maxlen=HISTORY)
        self._shown: LiveTile | None = None
        self._following = True

    @property
    def state(self) -> LineState:
        """What the line is doing."""
        return self._state

    @property
    def problem(self) -> str:
        """What is wrong, as a sentence; "" where nothing is."""
        return self._problem

    @property
    def source_title(self) -> str:
        """Where the frames come from; "" before the first start."""
        return self._source_title

    def set_state(self, state: LineState, source_title: str | None = None, problem: str = "") -> None:
        """The line does something else."""
        title = self._source_title if source_title is None else source_title
        if (state, title, problem) != (self._state, self._source_title, self._problem):
            self._state, self._source_title, self._problem = state, title, problem
            self.state_changed.emit()

    @property
    def counts(self) -> Counts:
        """What became of the frames."""
        return self._counts

    @property
    def rate(self) -> float:
        """Tiles a second over the last seconds."""
        return self._rate

    @property
    def p95(self) -> float | None:
        """Milliseconds within which 95 of 100 tiles had their verdict; None before the first."""
        return self._p95

    @property
    def expected(self) -> int | None:
        """Frames that the source will deliver; None where nobody knows."""
        return self._expected

    def set_counts(self, counts: Counts, rate: float, p95: float | None, expected: int | None = None) -> None:
        """New numbers."""
        new = (counts, rate, p95, expected)
        if new != (self._counts, self._rate, self._p95, self._expected):
            self._counts, self._rate, self._p95, self._expected = new
            self.counts_changed.emit()

    @property
    def history(self) -> tuple[LiveTile, ...]:
        """The last tiles, oldest first."""
        return tuple(self._history)

    def add_tiles(self, tiles: Iterable[LiveTile]) -> None:
        """Tiles came, oldest first; the newest is shown while following."""
        new = list(tiles)
        if not new:
            return
        self._history.extend(new)
        self._save_memory()
        self.history_changed.emit()
        if self._following:
            self._show(self._history[-1])

    @property
    def shown(self) -> LiveTile | None:
        """The tile on show."""
        return self._shown

    @property
    def following(self) -> bool:
        """Whether the newest tile is on show, whatever comes."""
        return self._following

    def show_past(self, number: int) -> bool:
        """Shows a tile of the history while the line goes on; False if it is gone."""
        for tile in self._history:
            if tile.number == number:
                self._set_following(False)
                self._show(tile)
                return True
        return False

    def step(self, by: int) -> None:
        """Shows the tile before (-1) or after (1) the one on show."""
        numbers = [tile.number for tile in self._history]
        if not numbers or self._shown is None:
            return
        at = numbers.index(self._shown.number) if self._shown.number in numbers else len(numbers)
        to = min(max(at + by, 0), len(numbers) - 1)
        self.show_past(numbers[to])

    def follow(self) -> None:
        """Goes back to the newest tile."""
        self._set_following(True)
        if self._history:
            self._show(self._history[-1])

    def supply(self, number: int, view: ViewTile) -> None:
        """Gives a tile of the history its picture back."""
        for at, tile in enumerate(self._history):
            if tile.number == number:
                whole = replace(tile, view=view)
                self._history[at] = whole
                if self._shown is not None and self._shown.number == number:
                    self._show(whole)
                return

    def clear(self) -> None:
        """Forgets tiles and numbers; another run begins."""
        self._history.clear()
        self._set_following(True)
        self._show(None)
        self.set_counts(Counts(), 0.0, None)
        self.history_changed.emit()

    def _show(self, tile: LiveTile | None) -> None:
        if tile is not self._shown:
            self._shown = tile
            self.shown_changed.emit()

    def _set_following(self, on: bool) -> None:
        if on != self._following:
            self._following = on
            self.following_changed.emit()

    def _save_memory(self) -> None:
        """Lets the pictures of the oldest tiles go; they can be read again from the store."""
        used = 0
        for at in range(len(self._history) - 1, -1, -1):
            tile = self._history[at]
            used += tile.bytes
            if used > _BYTES and tile is not self._shown and tile.view is not None:
                self._history[at] = replace(tile, view=None)
