"""Backup and restore of a store, while it runs and after it broke.

A backup is a folder::

    tilesight.db      a consistent copy of the database
    audit.anchors     as it was then
    files.csv         every kept picture, map and model: path, sha256, bytes
    pictures/ maps/ models/   copies, where asked for
    backup.json       when, schema, whether files were copied; written last, so that a folder without
                      it is no backup
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from tilesight.store.audit import ANCHORS
from tilesight.store.canonical import file_sha256
from tilesight.store.database import Database
from tilesight.store.errors import NewerStore, StoreDamaged, StoreError, guarded
from tilesight.store.lock import FolderLock
from tilesight.store.records import RecordStore
from tilesight.store.schema import HEAD, REVISIONS, files, models

#: Called with (done, total, what); returns False to cancel.
Progress = Callable[[int, int, str], bool]

_DATABASE = "tilesight.db"
_MANIFEST = "backup.json"
_PAGES_AT_ONCE = 512


class Cancelled(StoreError):  # noqa: N818
    """The person cancelled; what was half done was removed."""


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """What a backup folder holds.

    Attributes:
        made_at: When, ISO 8601 in UTC.
        schema: Revision of its database.
        records: How many records it has.
        files: How many pictures, maps and models belong to it.
        with_files: Whether it holds copies of them.
        missing: Files that could not be copied because they are missing or damaged in the store.
    """

    made_at: str
    schema: str
    records: int
    files: int
    with_files: bool
    missing: tuple[str, ...] = ()


def _go_on(_done: int, _total: int, _what: str) -> bool:
    return True


def back_up(store: RecordStore, target: Path, *, with_files: bool, progress: Progress = _go_on) -> BackupInfo:
    """Copy a running store; inspection goes on meanwhile.

    Args:
        store: An open store on SQLite.
        target: A folder that does not exist yet or is empty.
        with_files: Whether to copy pictures, maps and models too, not only list them.
        progress: Told how far it is; may cancel.

    Raises:
        StoreError: If the target is not empty, or the store is on a server (which has its own tools).
        Cancelled: If `progress` returned False.
        StoreUnavailable: If the disk fails. In each case nothing is left in the target.
    """
    source = store.db.file
    if source is None:
        raise StoreError(
            "A store on a database server is backed up with the server's own tools.",
            do_next="Use pg_dump, and copy the store's folder.",
        )
    with guarded("making a backup"):
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise StoreError(
                f"{target} is not empty.", kept="It was left as it is.", do_next="Choose another."
            )
    try:
        with guarded("making a backup"):
            return _copy_all(store, source, target, with_files, progress)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _copy_all(
    store: RecordStore, source: Path, target: Path, with_files: bool, progress: Progress
) -> BackupInfo:
    anchors = store.folder / ANCHORS
    if anchors.exists():
        shutil.copyfile(anchors, target / ANCHORS)
    _copy_database(source, target / _DATABASE, progress)
    # From the copy, so that the list fits it although the store went on.
    copied = Database(f"sqlite:///{target / _DATABASE}", backups=target, read_only=True)
    try:
        with copied.read() as connection:
            listed = [
                (str(row.path), str(row.sha256), int(row.bytes))
                for row in connection.execute(select(files).where(files.c.state == "kept"))
            ]
            listed += [
                (f"models/{row.sha256}.bsdrd", str(row.sha256), int(row.bytes))
                for row in connection.execute(select(models).where(models.c.removed_us.is_(None)))
            ]
    finally:
        copied.close()
    with (target / "files.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("path", "sha256", "bytes"))
        writer.writerows(listed)
    missing = _copy_files(store.folder, target, listed, progress) if with_files else ()
    with closing(sqlite3.connect(target / _DATABASE)) as database:
        # Out of write-ahead mode: one file that can be carried about.
        database.execute("PRAGMA journal_mode=DELETE")
        (count,) = database.execute("SELECT count(*) FROM records").fetchone()
    info = BackupInfo(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        schema=HEAD,
        records=int(count),
        files=len(listed),
        with_files=with_files,
        missing=missing,
    )
    (target / _MANIFEST).write_text(json.dumps(asdict(info), indent=1), encoding="utf-8")
    return info


def _copy_database(source: Path, target: Path, progress: Progress) -> None:
    """SQLite's own online backup: consistent although the source is written meanwhile."""

    def step(_status: int, remaining: int, total: int) -> None:
        if not progress(total - remaining, total, "database"):
            raise Cancelled("It was cancelled.", kept="Nothing was changed.")

    with (
        closing(sqlite3.connect(source, isolation_level=None)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        # Without a view held open, each write to the source would start the copy anew.
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_master").fetchone()
        original.backup(copy, pages=_PAGES_AT_ONCE, progress=step)


def _copy_files(
    source: Path, target: Path, listed: list[tuple[str, str, int]], progress: Progress
) -> tuple[str, ...]:
    """Copy the files on the list; returns those that are missing or damaged at their source."""
    missing: list[str] = []
    for index, (path, digest, _) in enumerate(listed):
        if not progress(index, len(listed), "pictures, maps and models"):
            raise Cancelled("The backup was cancelled.", kept="Nothing was left behind.")
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if not _copy_one(source, path, place) or file_sha256(place) != digest:
            place.unlink(missing_ok=True)
            missing.append(path)
    return tuple(missing)


def _copy_one(source: Path, path: str, target: Path) -> bool:
    """Copy a stored file; one just committed may be on its way from `incoming/` to its place."""
    for place in (source / path, source / "incoming" / Path(path).name, source / path):
        try:
            shutil.copyfile(place, target)
        except FileNotFoundError:
            continue
        return True
    return False


def read_backup(folder: Path) -> BackupInfo:
    """What a backup folder holds.

    Raises:
        StoreError: If it is not a finished backup.
    """
    try:
        values = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        values["missing"] = tuple(values["missing"])
        return BackupInfo(**values)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"{folder} holds no finished backup.", do_next="Choose the folder that a backup was made into."
        ) from error


def restore(
    backup: Path, folder: Path, *, actor: str, why: str, role: str = "", progress: Progress = _go_on
) -> Path | None:
    """Put a backup in the place of a store, which must be closed.

    The present database is kept beside it. Pictures, maps and models that the store has and the backup
    lacks stay too. What was restored, and where the log of the replaced database ended, becomes a line
    of the restored audit log.

    Args:
        backup: A folder made by `back_up`.
        folder: The store's folder; need not exist.
        actor: Who does it.
        why: Reason, for the audit log.
        role: The actor's role.
        progress: Told how far it is; may cancel until the database is replaced.

    Returns:
        Folder where the replaced database lies now; None where there was none.

    Raises:
        StoreError: If it is not a finished backup.
        NewerStore: If a newer program made it.
        StoreDamaged: If its database is damaged.
        StoreInUse: If a program has the store open.
        StoreUnavailable: If the disk fails: the store is as it was.
    """
    info = read_backup(backup)
    if info.schema not in REVISIONS:
        raise NewerStore(
            f"The backup was made by a newer Tilesight (schema {info.schema}).",
            kept="Nothing was changed.",
            do_next="Install the newer program.",
        )
    _check_database(backup / _DATABASE)
    with guarded("restoring a backup"):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder)
    staging = folder / "restoring"
    try:
        with guarded("restoring a backup"):
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir()
            _copy_database(backup / _DATABASE, staging / _DATABASE, progress)
            if (backup / ANCHORS).exists():
                shutil.copyfile(backup / ANCHORS, staging / ANCHORS)
            if info.with_files:
                _put_files_back(backup, folder, progress)
            aside, ended = _copy_aside(folder)
        # Opening it also brings an older backup to the newest schema, before anything is replaced.
        with RecordStore.open(staging) as store:
            store.audit.append(
                actor,
                "backup restored",
                subject="store",
                old={"audit_log_ended": ended},
                new={"backup_of": info.made_at, "records": info.records},
                why=why,
                role=role,
            )
        with guarded("restoring a backup"):
            for name in (f"{_DATABASE}-wal", f"{_DATABASE}-shm"):
                (folder / name).unlink(missing_ok=True)
            for name in (_DATABASE, ANCHORS):
                if (staging / name).exists():
                    (staging / name).replace(folder / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        lock.release()
    return aside


def _check_database(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            (answer,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        raise StoreDamaged(
            f"The backup's database is damaged: {answer}.",
            kept="Nothing was changed.",
            do_next="Use another backup.",
        )


def _put_files_back(backup: Path, folder: Path, progress: Progress) -> None:
    with (backup / "files.csv").open(newline="", encoding="utf-8") as listed:
        rows = list(csv.DictReader(listed))
    for index, row in enumerate(rows):
        if not progress(index, len(rows), "pictures, maps and models"):
            raise Cancelled("Restoring was cancelled.", kept="The store is as it was.")
        source, target = backup / row["path"], folder / row["path"]
        if not source.exists() or (target.exists() and file_sha256(target) == row["sha256"]):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        shutil.copyfile(source, part)
        part.replace(target)


def _copy_aside(folder: Path) -> tuple[Path | None, dict[str, object] | None]:
    """Keep a copy of the present database; returns where, and where its audit log ended."""
    if not (folder / _DATABASE).exists():
        return None, None
    ended: dict[str, object] | None = None
    try:
        # Its log is folded into the file: what is copied and replaced below is the whole of it.
        with closing(sqlite3.connect(folder / _DATABASE)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = database.execute("SELECT seq, hash FROM audit_head").fetchone()
            ended = None if row is None else {"seq": row[0], "hash": row[1]}
    except sqlite3.Error:
        pass  # damaged: the very reason why a backup is being restored
    aside = folder / "backups" / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    aside.mkdir(parents=True)
    for name in (_DATABASE, f"{_DATABASE}-wal", ANCHORS):
        if (folder / name).exists():
            shutil.copyfile(folder / name, aside / name)
    return aside, ended
