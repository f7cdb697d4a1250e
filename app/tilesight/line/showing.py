"""What people see of the tiles: the newest one, the last ones in short, and some of them whole."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.line.frames import Frame
from tilesight.line.news import THUMB_SIDE, InspectedTile, TileBrief
from tilesight.line.queues import Mailbox

_BRIEFS = 300
_WHOLE_BYTES = 128 * 2**20
_RECORD_IDS = 10_000


class Showcase:
    """The last tiles of the line; every method may come from any thread and none waits for the line."""

    def __init__(self) -> None:
        self.mailbox: Mailbox[InspectedTile] = Mailbox()
        self.frames: Mailbox[Frame] = Mailbox()
        self._lock = threading.Lock()
        self._briefs: deque[TileBrief] = deque(maxlen=_BRIEFS)
        self._whole: OrderedDict[int, InspectedTile] = OrderedDict()
        self._bytes = 0
        self._ids: OrderedDict[int, int] = OrderedDict()
        self._newest = -1

    @property
    def newest(self) -> int:
        """Ticket of the newest tile, -1 while there is none."""
        return self._newest

    def put(self, tile: InspectedTile) -> None:
        """Shows a tile."""
        brief = _brief(tile)
        size = _size(tile)
        with self._lock:
            self._briefs.append(brief)
            self._whole[tile.ticket] = tile
            self._bytes += size
            while self._bytes > _WHOLE_BYTES and len(self._whole) > 1:
                self._bytes -= _size(self._whole.popitem(last=False)[1])
            self._newest = max(self._newest, tile.ticket)
        self.mailbox.put(tile)

    def stored(self, pairs: list[tuple[int, int]]) -> None:
        """Remembers which record each ticket has become."""
        with self._lock:
            self._ids.update(pairs)
            while len(self._ids) > _RECORD_IDS:
                self._ids.popitem(last=False)

    def record_id(self, ticket: int) -> int | None:
        """The record of a tile; None while it is not stored, or long ago."""
        with self._lock:
            return self._ids.get(ticket)

    def tile(self, ticket: int) -> InspectedTile | None:
        """All of a tile, while it is among the last ones (as many as 128 MiB hold)."""
        with self._lock:
            return self._whole.get(ticket)

    def briefs(self, after: int) -> list[TileBrief]:
        """The last tiles in short, with a ticket above `after`, oldest first; at most 300."""
        with self._lock:
            return [brief for brief in self._briefs if brief.ticket > after]


def _size(tile: InspectedTile) -> int:
    size = 0 if tile.pixels is None else tile.pixels.nbytes
    if tile.frame is not None and tile.frame.pixels is not tile.pixels:
        size += tile.frame.pixels.nbytes
    if tile.inspection is not None:
        size += 3 * tile.inspection.maps.fused.nbytes
    return size


def _brief(tile: InspectedTile) -> TileBrief:
    name = tile.info.name if tile.tile_index == 0 else f"{tile.info.name} ({tile.tile_index + 1})"
    thumb = None if tile.pixels is None else _thumb(tile.pixels)
    return TileBrief(tile.ticket, name, tile.verdict, tile.score, thumb, tile.inspected_at)


def _thumb(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    scale = THUMB_SIDE / max(pixels.shape[:2])
    small: NDArray[Any] = pixels
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    thumb = (small >> 8 if small.dtype == np.uint16 else small).astype(np.uint8)
    thumb.setflags(write=False)
    return thumb
