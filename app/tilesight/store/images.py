"""Pictures and maps as files: written before their record is acknowledged, removed by a rule.

A file's way: encoded, written and synced to `incoming/`; its row is committed together with the
record; then it is renamed into its day folder. After a kill, `incoming/` holds exactly what was
under way: a file with a row moves on, one without is deleted. No folder needs to be walked.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select

from bsdrd.errors import ImageError
from bsdrd.result import AnomalyMaps
from tilesight.store.canonical import bytes_sha256, from_us
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
from tilesight.store.file_check import FileCheck, Progress, check_files, remove_strays
from tilesight.store.retention import (
    KEEP_ALL,
    KEEP_GREY_AND_NG,
    KEEP_NONE,
    Keep,
    Retention,
    RetentionRule,
    is_kept,
)
from tilesight.store.schema import files, records, thumbnails
from tilesight.store.types import NewRecord, is_uid

__all__ = [
    "KEEP_ALL",
    "KEEP_GREY_AND_NG",
    "KEEP_NONE",
    "Batch",
    "FileCheck",
    "FileKind",
    "FileStore",
    "Keep",
    "Pixels",
    "RetentionRule",
    "Staged",
    "Usage",
]

_log = logging.getLogger(__name__)

FileKind = Literal["picture", "maps"]

_IDS_AT_ONCE = 10_000


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
        self._retention = Retention(folder, database)

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
                    if record.pixels is not None and is_kept(rule.pictures, record.verdict):
                        data = picture_to_png(record.pixels)
                        staged.append(self._write(index, "picture", _place_of(f"{uid}.png"), data))
                        thumbs.append((index, thumbnail_jpeg(record.pixels)))
                    if record.maps is not None and is_kept(rule.maps, record.verdict):
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
        self._retention.added(sum(file.size for file in batch.files))

    def discard(self, batch: Batch) -> None:
        """Delete the files of a batch that was not committed."""
        for file in batch.files:
            try:
                self._incoming(file.path).unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s stays in incoming/ until the next start: %s", file.path, error)

    def enforce(self, rule: RetentionRule) -> int:
        """Remove the oldest unlabelled files until the size cap is met; returns the bytes freed."""
        return self._retention.enforce(rule)

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

    def check(self, progress: Progress | None = None) -> FileCheck:
        """Read every kept file and compare it with its hash; finds files that belong to nothing too.

        Raises:
            StoreUnavailable: If the disk fails.
        """
        return check_files(self._folder, self._db, progress)

    def remove_strays(self, found: FileCheck) -> int:
        """Delete files that belong to nothing, as `check` found them; returns how many.

        Raises:
            StoreUnavailable: If the disk fails.
        """
        return remove_strays(self._folder, self._db, found)

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
                self._retention.delete([(row.record_id, row.kind, row.path) for row in removing])

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
