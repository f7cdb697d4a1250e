"""Pictures and maps as files: written before their record is acknowledged, removed by a rule.

A file's way: encoded, written and synced to `incoming/`; its row is committed together with the
record; then it is renamed into its day folder. After a kill, `incoming/` holds exactly what was
under way: a file with a row moves on, one without is deleted. No folder needs to be walked.

What is removed when the size cap is reached: the oldest first, and never what a person has labelled,
because labelled tiles are what training and comparing learn from. If labelled files alone exceed
the cap, they stay and `usage()` says so.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from bsdrd.errors import ImageError
from bsdrd.result import AnomalyMaps, Verdict
from tilesight.store.canonical import bytes_sha256, from_us, now_us
from tilesight.store.codecs import (
    Pixels,
    maps_from,
    maps_to_npz,
    picture_from,
    picture_to_png,
    thumbnail_jpeg,
)
from tilesight.store.database import Database
from tilesight.store.errors import StoredFileError, StoreError, guarded
from tilesight.store.schema import files, records, region_labels, thumbnails
from tilesight.store.types import NewRecord, is_uid

_log = logging.getLogger(__name__)

Keep = Literal["all", "grey and ng", "none"]
FileKind = Literal["picture", "maps"]

#: Share of the cap that is left after making room, so that room is made rarely.
_ROOM = 0.95
_REMOVE_AT_ONCE = 500
_IDS_AT_ONCE = 10_000


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


@dataclass(frozen=True, slots=True)
class Staged:
    """A file in `incoming/` whose record is about to be committed."""

    index: int
    kind: FileKind
    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written for one call of `RecordStore.add`."""

    files: tuple[Staged, ...]
    thumbnails: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """How much is stored.

    Attributes:
        pictures: How many pictures are kept.
        maps: How many maps are kept.
        bytes: Size of both.
        labelled_bytes: Part of it that belongs to labelled records and is never removed by the cap.
    """

    pictures: int
    maps: int
    bytes: int
    labelled_bytes: int


class FileStore:
    """The files of a store's records."""

    def __init__(self, folder: Path, database: Database) -> None:
        """Use `RecordStore.files`."""
        self._folder = folder
        self._db = database
        self._bytes: int | None = None
        self._nothing_left_at = 0

    # -- writing, called by RecordStore.add --------------------------------------------------------

    def stage(self, new: Sequence[NewRecord], uids: Sequence[str], rule: RetentionRule) -> Batch:
        """Write what the rule keeps to `incoming/`, synced.

        Raises:
            StoreUnavailable: If the disk fails; nothing is left behind.
        """
        staged: list[Staged] = []
        thumbs: list[tuple[int, bytes]] = []
        try:
            with guarded("writing pictures"):
                for index, (record, uid) in enumerate(zip(new, uids, strict=True)):
                    if record.pixels is not None and _kept(rule.pictures, record.verdict):
                        data = picture_to_png(record.pixels)
                        staged.append(self._write(index, "picture", _place_of(f"{uid}.png"), data))
                        thumbs.append((index, thumbnail_jpeg(record.pixels)))
                    if record.maps is not None and _kept(rule.maps, record.verdict):
                        data = maps_to_npz(record.maps)
                        staged.append(self._write(index, "maps", _place_of(f"{uid}.npz"), data))
                if staged:
                    self._sync(staged)
        except BaseException:
            self.discard(Batch(tuple(staged), ()))
            raise
        return Batch(tuple(staged), tuple(thumbs))

    def insert_rows(self, connection: Connection, ids: Sequence[int], batch: Batch) -> None:
        """Add the rows of a batch inside the transaction of its records."""
        if batch.files:
            rows = [
                {
                    "record_id": ids[file.index],
                    "kind": file.kind,
                    "path": file.path,
                    "sha256": file.sha256,
                    "bytes": file.size,
                    "state": "kept",
                }
                for file in batch.files
            ]
            connection.execute(insert(files), rows)
        if batch.thumbnails:
            connection.execute(
                insert(thumbnails),
                [{"record_id": ids[index], "jpeg": jpeg} for index, jpeg in batch.thumbnails],
            )

    def finish(self, batch: Batch) -> None:
        """Move the files of a committed batch to their places.

        A file that cannot be moved stays in `incoming/`, where it is found too, until the next start.
        """
        for file in batch.files:
            try:
                self._move(file.path)
            except OSError as error:
                _log.warning("%s stays in incoming/: %s", file.path, error)
        if self._bytes is not None:
            self._bytes += sum(file.size for file in batch.files)

    def discard(self, batch: Batch) -> None:
        """Delete the files of a batch that was not committed."""
        for file in batch.files:
            try:
                self._incoming(file.path).unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s stays in incoming/ until the next start: %s", file.path, error)

    def enforce(self, rule: RetentionRule) -> int:
        """Remove the oldest unlabelled files until the cap is met.

        Returns:
            Bytes freed. Failures are logged and tried again after the next records: those that were
            just added are safe already.
        """
        if rule.cap_bytes is None:
            return 0
        freed = 0
        try:
            if self._bytes is None:
                self._bytes = self._total()
            if self._bytes <= rule.cap_bytes or self._bytes < self._nothing_left_at:
                return 0
            while self._bytes > rule.cap_bytes * _ROOM:
                some = self._remove_oldest(self._bytes - int(rule.cap_bytes * _ROOM))
                if some == 0:
                    # Only labelled files are left: look again when a hundredth more has come.
                    self._nothing_left_at = int(self._bytes * 1.01)
                    _log.warning("labelled pictures alone exceed the size cap of %d bytes", rule.cap_bytes)
                    break
                freed += some
                self._bytes -= some
        except StoreError as error:
            _log.warning("could not make room: %s", error)
        return freed

    # -- reading -----------------------------------------------------------------------------------

    def picture(self, record_id: int) -> Pixels:
        """The tile of a record: H x W or H x W x 3 (RGB), uint8 or uint16, read-only.

        Raises:
            StoredFileError: If it was not kept, was removed, is missing or is not what was stored.
        """
        try:
            return picture_from(self._read(record_id, "picture"))
        except ImageError as error:
            raise _damaged(record_id, "picture") from error

    def maps(self, record_id: int) -> AnomalyMaps:
        """The anomaly maps of a record, rounded to float16 when they were stored.

        Raises:
            StoredFileError: As for `picture`.
        """
        try:
            return maps_from(self._read(record_id, "maps"))
        except ImageError as error:
            raise _damaged(record_id, "maps") from error

    def thumbnails(self, ids: Iterable[int]) -> dict[int, bytes]:
        """Small JPEGs of these records; those without one are left out."""
        wanted = [int(number) for number in ids]
        found: dict[int, bytes] = {}
        with self._db.read("reading thumbnails") as connection:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                part = wanted[start : start + _IDS_AT_ONCE]
                statement = select(thumbnails).where(thumbnails.c.record_id.in_(part))
                found.update((row.record_id, row.jpeg) for row in connection.execute(statement))
        return found

    def path(self, record_id: int, kind: FileKind) -> Path:
        """Where a kept file lies.

        Raises:
            StoredFileError: If it was not kept, was removed or is missing.
        """
        return self._find(record_id, kind)[0]

    def usage(self) -> Usage:
        """How much is stored now."""
        labelled = records.c.label_kind.is_not(None)
        statement = (
            select(files.c.kind, labelled, func.count(), func.sum(files.c.bytes))
            .join(records, records.c.id == files.c.record_id)
            .where(files.c.state == "kept")
            .group_by(files.c.kind, labelled)
        )
        with self._db.read("reading the store's size") as connection:
            rows = [
                (str(kind), bool(has), int(n), int(size))
                for kind, has, n, size in connection.execute(statement)
            ]
        return Usage(
            pictures=sum(n for kind, _, n, _ in rows if kind == "picture"),
            maps=sum(n for kind, _, n, _ in rows if kind == "maps"),
            bytes=sum(size for *_, size in rows),
            labelled_bytes=sum(size for _, has, _, size in rows if has),
        )

    # -- after a kill ------------------------------------------------------------------------------

    def recover(self) -> None:
        """Finish what a killed program left half done; called when a store is opened.

        Raises:
            StoreUnavailable: If the disk fails.
        """
        with guarded("tidying up after the last run"):
            incoming = self._folder / "incoming"
            names = sorted(entry.name for entry in incoming.iterdir()) if incoming.is_dir() else []
            for start in range(0, len(names), _IDS_AT_ONCE):
                self._settle(names[start : start + _IDS_AT_ONCE])
            with self._db.read() as connection:
                removing = connection.execute(
                    select(files.c.record_id, files.c.kind, files.c.path).where(files.c.state == "removing")
                ).all()
            if removing:
                self._delete([(row.record_id, row.kind, row.path) for row in removing])

    def _settle(self, names: list[str]) -> None:
        """Move or delete files found in `incoming/`."""
        # The uid begins with the time, so the day folder follows from the name.
        places = {_place_of(name): name for name in names if _place_of(name)}
        with self._db.read() as connection:
            statement = select(files.c.path).where(files.c.path.in_(places), files.c.state == "kept")
            known = set(connection.execute(statement).scalars())
        for path in known:
            self._move(path)
        for name in set(names) - {places[path] for path in known}:
            (self._folder / "incoming" / name).unlink(missing_ok=True)
            _log.info("removed %s, left over from an interrupted write", name)

    # -- inside ------------------------------------------------------------------------------------

    def _incoming(self, path: str) -> Path:
        return self._folder / "incoming" / path.rsplit("/", 1)[-1]

    def _write(self, index: int, kind: FileKind, path: str, data: bytes) -> Staged:
        target = self._incoming(path)
        try:
            target.write_bytes(data)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError:
            target.unlink(missing_ok=True)
            raise
        return Staged(index, kind, path, bytes_sha256(data), len(data))

    def _sync(self, staged: Sequence[Staged]) -> None:
        for file in staged:
            with self._incoming(file.path).open("rb+") as opened:
                os.fsync(opened.fileno())
        if sys.platform != "win32":
            folder = os.open(self._folder / "incoming", os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _move(self, path: str) -> None:
        source, target = self._incoming(path), self._folder / path
        try:
            source.replace(target)
        except FileNotFoundError:
            if not source.exists():
                return  # moved before
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)

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
        self._delete(chosen)
        return freed

    def _delete(self, chosen: Sequence[tuple[int, str, str]]) -> None:
        with guarded("removing old pictures"):
            for _, _, path in chosen:
                (self._folder / path).unlink(missing_ok=True)
                self._incoming(path).unlink(missing_ok=True)
        with self._db.write("removing old pictures") as connection:
            self._mark(connection, chosen, "removed")
            # The small picture of a tile that was not OK stays, as evidence.
            gone = [record_id for record_id, kind, _ in chosen if kind == "picture"]
            ok = select(records.c.id).where(records.c.id.in_(gone), records.c.verdict == Verdict.OK.value)
            connection.execute(delete(thumbnails).where(thumbnails.c.record_id.in_(ok)))

    @staticmethod
    def _mark(connection: Connection, chosen: Sequence[tuple[int, str, str]], state: str) -> None:
        when = now_us()
        for record_id, kind, _ in chosen:
            connection.execute(
                update(files)
                .where(files.c.record_id == record_id, files.c.kind == kind)
                .values(state=state, removed_us=when)
            )

    def _find(self, record_id: int, kind: FileKind) -> tuple[Path, Any]:
        with self._db.read(f"reading the {kind}") as connection:
            row = connection.execute(
                select(files).where(files.c.record_id == record_id, files.c.kind == kind)
            ).one_or_none()
        if row is None:
            raise StoredFileError(
                f"The {kind} of record {record_id} was not kept.",
                kept="Its scores and regions are there.",
                do_next="Keep more with the recipe's retention rule.",
            )
        if row.state != "kept":
            day = f"{from_us(row.removed_us):%Y-%m-%d}"
            raise StoredFileError(
                f"The {kind} of record {record_id} was removed on {day} to stay below the size cap.",
                kept="Its scores and regions are there.",
                do_next="Raise the cap, or label tiles that must stay.",
            )
        # Looked for twice: between the two looks a write may have finished.
        for place in (self._folder / row.path, self._incoming(row.path), self._folder / row.path):
            if place.exists():
                return place, row
        raise StoredFileError(
            f"The {kind} of record {record_id} is missing: {row.path}.",
            kept="Its scores and regions are there.",
            do_next="Restore the file from a backup.",
        )

    def _read(self, record_id: int, kind: FileKind) -> bytes:
        for _ in range(2):
            place, row = self._find(record_id, kind)
            try:
                with guarded(f"reading the {kind}"):
                    data = place.read_bytes()
            except StoreError as error:
                if isinstance(error.__cause__, FileNotFoundError):
                    continue  # renamed into its day folder just now
                raise
            if bytes_sha256(data) != row.sha256:
                raise _damaged(record_id, kind)
            return data
        raise _damaged(record_id, kind)


def _kept(keep: Keep, verdict: Verdict) -> bool:
    return keep == "all" or (keep == "grey and ng" and verdict is not Verdict.OK)


def _damaged(record_id: int, kind: FileKind) -> StoredFileError:
    return StoredFileError(
        f"The {kind} of record {record_id} is damaged: it is not what was stored.",
        kept="Its scores and regions are there.",
        do_next="Restore the file from a backup, and check the disk.",
    )


def _place_of(name: str) -> str:
    """The path below the store folder of a file called `<uid>.png` or `<uid>.npz`; "" for a stranger.

    The folder is the day that the uid begins with, so it follows from the name alone.
    """
    uid, _, ending = name.partition(".")
    top = {"png": "pictures", "npz": "maps"}.get(ending)
    if top is None or not is_uid(uid):
        return ""
    try:
        day = from_us(int(uid[:16], 16)).strftime("%Y/%m/%d")
    except OverflowError:
        day = "undated"  # made by another program
    return f"{top}/{day}/{name}"
