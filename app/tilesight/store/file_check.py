"""Looking at every file of a store: what is missing, damaged, or belongs to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from tilesight.store.canonical import file_sha256
from tilesight.store.database import Database
from tilesight.store.errors import guarded
from tilesight.store.schema import files

#: Called with (done, total); returns False to stop.
Progress = Callable[[int, int], bool]

_FOLDERS = ("pictures", "maps")
_IDS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a look at the files found.

    Attributes:
        checked: How many files were read and compared with their hash.
        missing: Paths that a record names and that are not there.
        damaged: Paths whose content is not what was stored.
        strays: Files below `pictures/` and `maps/` that no record names, as after restoring a backup.
        complete: Whether it was not stopped half-way.
    """

    checked: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    strays: tuple[str, ...]
    complete: bool


def check_files(folder: Path, database: Database, progress: Progress | None = None) -> FileCheck:
    """Read every kept picture and map and compare it with its hash; inspection may go on meanwhile.

    Args:
        folder: The store's folder.
        database: Its database.
        progress: Told how far it is; may stop it.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    with database.read("checking files") as connection:
        statement = select(files.c.path, files.c.sha256).where(files.c.state == "kept")
        named = {str(path): str(digest) for path, digest in connection.execute(statement)}
    missing: list[str] = []
    damaged: list[str] = []
    done = 0
    for done, (path, digest) in enumerate(named.items()):
        if progress is not None and not progress(done, len(named)):
            return FileCheck(done, tuple(missing), tuple(damaged), (), False)
        with guarded("checking files"):
            try:
                if file_sha256(folder / path) != digest:
                    damaged.append(path)
            except FileNotFoundError:
                missing.append(path)
    # What moved or was removed while it was looked for is neither missing nor damaged.
    missing = [path for path in missing if not _moved(folder, path, database)]
    return FileCheck(len(named), tuple(missing), tuple(damaged), tuple(_strays(folder, database)), True)


def remove_strays(folder: Path, database: Database, found: FileCheck) -> int:
    """Delete the strays that a check found, unless a record names them by now.

    Returns:
        How many were deleted.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    still = set(_strays(folder, database)) & set(found.strays)
    with guarded("removing files that belong to nothing"):
        for path in still:
            (folder / path).unlink(missing_ok=True)
    return len(still)


def _moved(folder: Path, path: str, database: Database) -> bool:
    if (folder / path).exists() or (folder / "incoming" / Path(path).name).exists():
        return True
    with database.read("checking files") as connection:
        state = connection.execute(select(files.c.state).where(files.c.path == path)).scalar()
    return state != "kept"


def _strays(folder: Path, database: Database) -> Iterator[str]:
    with guarded("checking files"):
        there = [
            file.relative_to(folder).as_posix()
            for top in _FOLDERS
            for file in (folder / top).rglob("*")
            if file.is_file()
        ]
    for start in range(0, len(there), _IDS_AT_ONCE):
        part = there[start : start + _IDS_AT_ONCE]
        # Read after the folder: a file's row is there before the file takes its place.
        with database.read("checking files") as connection:
            known = set(connection.execute(select(files.c.path).where(files.c.path.in_(part))).scalars())
        yield from (path for path in part if path not in known)
