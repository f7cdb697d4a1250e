"""The store thread: takes records, writes many in one transaction, and holds them while the disk fails.

::

    READY ──── add() fails ────▶ FAILING: records wait in memory, tries again with longer and longer pauses
      ▲                              │
      └──────── add() works ─────────┘
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from bsdrd.errors import BsdrdError
from bsdrd.result import Verdict
from tilesight.line.backoff import Backoff
from tilesight.line.ledger import Ledger, Stopwatch
from tilesight.line.news import InspectedTile, StoreState
from tilesight.line.queues import BoundedQueue, Put
from tilesight.store.errors import StoreError
from tilesight.store.images import RetentionRule
from tilesight.store.types import GapKind, NewRecord

_log = logging.getLogger(__name__)

T = TypeVar("T")

#: Records written in one transaction at most.
_AT_ONCE = 32
#: Records, without their pictures, that may wait while the store fails.
BACKLOG = 10_000
#: Below this much free space the person is warned.
LOW_SPACE = 1_000_000_000
_SPACE_EVERY_S = 2.0
#: Pictures that wait to be written take no more memory than this.
_QUEUE_BYTES = 256 * 2**20


class Records(Protocol):
    """What the line needs of a store; `tilesight.store.records.RecordStore` is one."""

    folder: Path

    def add(self, new: Sequence[NewRecord], retention: RetentionRule = ...) -> list[int]:
        """Stores records durably; raises a `StoreError` and stores none where it cannot."""
        ...

    def add_gap(
        self,
        source: str,
        kind: GapKind,
        start: datetime,
        reason: str,
        *,
        end: datetime | None = None,
        frames: int = 0,
    ) -> int:
        """Records that frames never came."""
        ...

    def close_gap(self, gap_id: int, end: datetime, frames: int | None = None) -> None:
        """Records that they come again."""
        ...


class Patience(StrEnum):
    """How long to wait for room among the records that wait."""

    FOR_EVER = "for ever"  #: The source waits too; nothing is lost by it.
    WHILE_WORKING = (
        "while working"  #: As long as the store works; else only the words of the record are kept.
    )
    NONE = "none"  #: Not at all; only the words of the record are kept.


@dataclass(slots=True, eq=False)
class GapNote:
    """That frames never came; begun when it starts and put again with its end.

    Attributes:
        source: Title of the source.
        kind: "lost" or "dropped".
        start: When it began, in UTC.
        reason: What happened.
        end: When frames came again; None while it lasts.
        frames: How many are known to be missing.
        gap_id: Its number in the store, once it is there.
    """

    source: str
    kind: GapKind
    start: datetime
    reason: str
    end: datetime | None = None
    frames: int = 0
    gap_id: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    tile: InspectedTile
    record: NewRecord
    since: float


class Recorder:
    """Writes the records of one run, on a thread of its own.

    Args:
        store: Where to.
        ledger: The books of the run.
        stopwatch: Takes the time from the verdict to the acknowledgement.
        on_stored: Told tickets and record ids once they are durable.
        on_change: Told when the store's state may have changed.
        on_end: Told when everything is written.
        room: Records that wait before `put` waits.
        backoff: Pauses between tries.
    """

    def __init__(
        self,
        store: Records,
        ledger: Ledger,
        stopwatch: Stopwatch,
        on_stored: Callable[[list[tuple[int, int]]], None],
        on_change: Callable[[], None],
        on_end: Callable[[], None],
        room: int = 32,
        backoff: Backoff | None = None,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._stopwatch = stopwatch
        self._on_stored = on_stored
        self._on_change = on_change
        self._on_end = on_end
        self._queue: BoundedQueue[_Item | GapNote] = BoundedQueue(room, weigh=_bytes_of, limit=_QUEUE_BYTES)
        self._backoff = backoff or Backoff()
        self._give_up = threading.Event()
        self._wake = threading.Event()
        self._failing = ""
        self._free: int | None = None
        self._space_looked_at = -_SPACE_EVERY_S
        self._holding = 0
        self.thread = threading.Thread(target=self._run, name="tilesight-store", daemon=True)

    @property
    def failing(self) -> str:
        """Why the store takes nothing now; empty while it does."""
        return self._failing

    @property
    def state(self) -> StoreState:
        """How the store is doing."""
        if self._failing:
            return StoreState.FAILING
        low = self._free is not None and self._free < LOW_SPACE
        return StoreState.LOW_SPACE if low else StoreState.READY

    @property
    def free_bytes(self) -> int | None:
        """Free space where the store lies; None while unknown."""
        return self._free

    @property
    def unwritten(self) -> int:
        """Records and gaps that wait to be stored."""
        return len(self._queue) + self._holding

    def put(self, tile: InspectedTile, patience: Patience) -> bool:
        """Hands over a tile.

        Args:
            tile: The tile.
            patience: What to do where there is no room.

        Returns:
            Whether it will be stored; False where the backlog is full, or the run ends.
        """
        item = _Item(tile, tile.record(), time.perf_counter())
        while patience is not Patience.NONE and not (self._failing and patience is Patience.WHILE_WORKING):
            done = self._queue.put(item, 0.2)
            if done is not Put.REFUSED:
                return done is Put.ACCEPTED
            if self._give_up.is_set():
                return False
        if len(self._queue) >= BACKLOG:
            return False
        words = replace(item.record, pixels=None, maps=None)
        return self._queue.force(replace(item, record=words)) is Put.ACCEPTED

    def note_gap(self, gap: GapNote) -> None:
        """Hands over a gap, at its start or at its end; never waits."""
        self._queue.force(gap)

    def wait_until_working(self, seconds: float) -> None:
        """Returns when the store takes records again, or after some seconds."""
        end = time.monotonic() + seconds
        while self._failing and not self._give_up.is_set() and time.monotonic() < end:
            self._wake.wait(0.05)

    def close(self) -> None:
        """Takes nothing more; what it has is still written."""
        self._queue.close()

    def give_up(self) -> None:
        """Stops trying to write: what is left counts as unsaved."""
        self._give_up.set()
        self._wake.set()

    def _look_at_space(self) -> None:
        """Finds out how much space is free, now and then."""
        now = time.monotonic()
        if now - self._space_looked_at < _SPACE_EVERY_S:
            return
        self._space_looked_at = now
        try:
            self._free = shutil.disk_usage(self._store.folder).free
        except OSError:
            self._free = None

    def _run(self) -> None:
        try:
            while not self._queue.finished:
                taken = self._queue.get(timeout_s=1.0, most=_AT_ONCE)
                self._holding = len(taken)
                for entry in taken:
                    if isinstance(entry.item, GapNote):
                        self._write_gap(entry.item)
                self._write_all([entry.item for entry in taken if isinstance(entry.item, _Item)])
                self._holding = 0
                self._look_at_space()
        finally:
            self._on_end()

    def _write_all(self, items: list[_Item]) -> None:
        # Retention may change with the recipe: one call of the store takes one rule.
        while items:
            retention = items[0].tile.recipe.retention
            self._write([item for item in items if item.tile.recipe.retention == retention], retention.rule())
            items = [item for item in items if item.tile.recipe.retention != retention]

    def _write(self, items: list[_Item], rule: RetentionRule) -> None:
        records = [item.record for item in items]
        try:
            ids = self._insist(lambda: self._store.add(records, rule))
        except Exception as error:
            if len(items) > 1:
                for item in items:
                    self._write([item], rule)
                return
            ids = self._write_stub(records[0], rule, error)
        if ids is None:
            _log.error("%d records could not be stored: %s", len(items), self._failing)
            self._ledger.unsaved(len(items))
            return
        now = time.perf_counter()
        for item in items:
            self._stopwatch.add("store", 1000 * (now - item.since))
            self._stopwatch.add("recorded", 1000 * (now - item.tile.grabbed_s))
        self._ledger.saved(len(items))
        self._on_stored([(item.tile.ticket, number) for item, number in zip(items, ids, strict=True)])

    def _write_stub(self, record: NewRecord, rule: RetentionRule, error: Exception) -> list[int] | None:
        """A record that the store refuses for what is in it is stored as NOT INSPECTED, with the reason."""
        _log.error("the record of %s cannot be stored as it is", record.name, exc_info=error)
        stub = NewRecord(
            captured_at=record.captured_at,
            inspected_at=record.inspected_at,
            source=record.source,
            frame_id=record.frame_id,
            name=record.name,
            tile_index=record.tile_index,
            verdict=Verdict.NOT_INSPECTED,
            reason=f"Its record could not be stored as it is ({type(error).__name__}: {error}).",
        )
        try:
            return self._insist(lambda: self._store.add([stub], rule))
        except Exception:
            _log.exception("not even a record without content could be stored")
            return None

    def _write_gap(self, gap: GapNote) -> None:
        end = gap.end  # may be set meanwhile by the source thread, which then puts the note again
        try:
            if gap.gap_id is None:
                gap.gap_id = self._insist(
                    lambda: self._store.add_gap(
                        gap.source, gap.kind, gap.start, gap.reason, end=end, frames=gap.frames
                    )
                )
            elif end is not None:
                number = gap.gap_id
                self._insist(lambda: self._store.close_gap(number, end, gap.frames or None))
        except Exception:
            _log.exception("a gap of %s could not be recorded", gap.source)

    def _insist(self, write: Callable[[], T]) -> T | None:
        """What `write` gives, tried again while the store fails; None after `give_up`."""
        while True:
            try:
                result = write()
            except (StoreError, OSError) as error:
                self._set_failing(error.what if isinstance(error, BsdrdError) else str(error))
                if self._give_up.is_set():
                    return None
                self._give_up.wait(self._backoff.next_s())
            else:
                self._set_failing("")
                return result

    def _set_failing(self, reason: str) -> None:
        if reason == self._failing:
            return
        if reason:
            _log.error("the store takes no records: %s", reason)
        else:
            _log.info("the store takes records again")
            self._backoff.reset()
        self._failing = reason
        self._wake.set() if not reason else self._wake.clear()
        self._on_change()


def _bytes_of(item: _Item | GapNote) -> int:
    pixels = item.record.pixels if isinstance(item, _Item) else None
    return 0 if pixels is None else pixels.nbytes
