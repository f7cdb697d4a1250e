"""Which pictures and maps are kept, and for how long.

What is removed when the size cap is reached: the oldest first, and never what a person has labelled,
because labelled tiles are what training and comparing learn from. If labelled files alone exceed
the cap, they stay and `FileStore.usage` says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from bsdrd.result import Verdict
from tilesight.store.canonical import now_us
from tilesight.store.database import Database
from tilesight.store.errors import StoreError, guarded
from tilesight.store.schema import files, records, region_labels, thumbnails

_log = logging.getLogger(__name__)

Keep = Literal["all", "grey and ng", "none"]

#: Share of the cap that is left after making room, so that room is made rarely.
_ROOM = 0.98
_REMOVE_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Which pictures and maps are kept, and how much of them.

    Attributes:
        pictures: "all", "grey and ng" (everything but OK, so NOT INSPECTED too) or "none".
        maps: Likewise.
        cap_bytes: Pictures and maps together; None for no limit.
    """

    pictures: Keep = "grey and ng"
    maps: Keep = "grey and ng"
    cap_bytes: int | None = None


KEEP_GREY_AND_NG = RetentionRule()
KEEP_ALL = RetentionRule(pictures="all", maps="all")
KEEP_NONE = RetentionRule(pictures="none", maps="none")


def is_kept(keep: Keep, verdict: Verdict) -> bool:
    """Whether a rule keeps the files of a tile with this verdict."""
    return keep == "all" or (keep == "grey and ng" and verdict is not Verdict.OK)


class Retention:
    """Keeps the files of a store below the size cap."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._db = database
        self._bytes: int | None = None
        self._nothing_left_at = 0
        # Only for the numbers: held across a transaction, it could wait for one that waits for it.
        self._lock = threading.Lock()

    def added(self, size: int) -> None:
        """Take note of new files (or, below 0, of removed ones)."""
        with self._lock:
            if self._bytes is not None:
                self._bytes += size

    def enforce(self, rule: RetentionRule) -> int:
        """Remove the oldest unlabelled files until the cap is met, but only so many at once.

        Called after each batch of records, it keeps up with them and never holds them up for long.

        Returns:
            Bytes freed. Failures are logged and tried again after the next records: those that were
            just added are safe already.
        """
        if rule.cap_bytes is None:
            return 0
        try:
            if self._bytes is None:
                self._bytes = self._total()
            total = self._bytes
            if total <= rule.cap_bytes or total < self._nothing_left_at:
                return 0
            freed = self._remove_oldest(total - int(rule.cap_bytes * _ROOM))
        except StoreError as error:
            self._bytes = None
            _log.warning("could not make room: %s", error)
            return 0
        if freed == 0:
            # Only labelled files are left: look again when a hundredth more has come.
            self._nothing_left_at = int(total * 1.01)
            _log.warning("labelled pictures alone exceed the size cap of %d bytes", rule.cap_bytes)
        self.added(-freed)
        return freed

    def _total(self) -> int:
        with self._db.read("reading the store's size") as connection:
            statement = select(func.coalesce(func.sum(files.c.bytes), 0)).where(files.c.state == "kept")
            return int(connection.execute(statement).scalar_one())

    def _remove_oldest(self, wanted: int) -> int:
        """Remove up to `wanted` bytes (and at least one file) of the oldest unlabelled files."""
        touched = exists().where(region_labels.c.record_id == files.c.record_id)
        statement = (
            select(files.c.record_id, files.c.kind, files.c.path, files.c.bytes)
            .join(records, records.c.id == files.c.record_id)
            .where(files.c.state == "kept", records.c.label_kind.is_(None), ~touched)
            .order_by(files.c.record_id)
            .limit(_REMOVE_AT_ONCE)
        )
        with self._db.write("making room") as connection:
            chosen: list[tuple[int, str, str]] = []
            freed = 0
            for row in connection.execute(statement).all():
                if freed >= wanted:
                    break
                chosen.append((row.record_id, row.kind, row.path))
                freed += int(row.bytes)
            self._mark(connection, chosen, "removing")
        self.delete(chosen)
        return freed

    def delete(self, chosen: Sequence[tuple[int, str, str]]) -> None:
        """Delete files that are marked "removing": record, kind and path of each.

        Raises:
            StoreUnavailable: If the disk fails; they stay marked and are deleted at the next start.
        """
        with guarded("removing old pictures"):
            for _, _, path in chosen:
                (self._folder / path).unlink(missing_ok=True)
                (self._folder / "incoming" / Path(path).name).unlink(missing_ok=True)
        with self._db.write("removing old pictures") as connection:
            self._mark(connection, chosen, "removed")
            # The small picture of a tile that was not OK stays, as evidence.
            gone = [record_id for record_id, kind, _ in chosen if kind == "picture"]
            ok = select(records.c.id).where(records.c.id.in_(gone), records.c.verdict == Verdict.OK.value)
            connection.execute(delete(thumbnails).where(thumbnails.c.record_id.in_(ok)))

    @staticmethod
    def _mark(connection: Connection, chosen: Sequence[tuple[int, str, str]], state: str) -> None:
        if not chosen:
            return
        connection.execute(
            update(files)
            .where(files.c.record_id == bindparam("the_record"), files.c.kind == bindparam("the_kind"))
            .values(state=state, removed_us=now_us()),
            [{"the_record": record_id, "the_kind": kind} for record_id, kind, _ in chosen],
        )
