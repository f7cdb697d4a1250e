"""What can go wrong with the store, said so that a person knows what to do."""

# ruff: noqa: N818  (these names say what happened; "Error" would add nothing)
from __future__ import annotations

import errno
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from bsdrd.errors import BsdrdError


class StoreError(BsdrdError):
    """Base of every error of the store."""


class StoreUnavailable(StoreError):
    """The store cannot be read or written now: disk full, read-only, taken away, database locked.

    The engine turns it into a banner and tiles into NOT INSPECTED; trying again later may work.
    """


class StoreInUse(StoreError):
    """Another program has this store open for writing."""


class StoreDamaged(StoreError):
    """The database file is not one of Tilesight or is damaged; it is left as it is."""


class NewerStore(StoreError):
    """The database was written by a newer Tilesight; it is left untouched."""


class StoredFileError(StoreError):
    """A stored picture, map or model file is missing or is not what was stored."""


class LabelError(StoreError):
    """A label, an undo or a redo that cannot be done as asked."""


class ModelStateError(StoreError):
    """A model cannot change to the state asked for, or cannot be removed."""


class ExchangeError(StoreError):
    """A data set to import cannot be read, or an export has nowhere to go."""


_FULL = (errno.ENOSPC, errno.EDQUOT)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
_KEPT = "What was acknowledged before is kept."


def unavailable(error: BaseException, doing: str) -> StoreError:
    """The store's own error for a failure of the disk or of the database.

    Args:
        error: An `OSError`, an `sqlite3.Error` or SQLAlchemy's wrapping of a driver's error.
        doing: What was being done, as in "writing records".
    """
    if isinstance(error, OSError):
        if error.errno in _FULL:
            return StoreUnavailable(
                f"The disk is full ({doing}).", kept=_KEPT, do_next="Free some space; it goes on by itself."
            )
        if error.errno in _READ_ONLY:
            return StoreUnavailable(
                f"The store cannot be written ({doing}): {error.strerror}.",
                kept=_KEPT,
                do_next="Check the rights of the store folder and that its disk is not read-only.",
            )
        return StoreUnavailable(
            f"The disk failed ({doing}): {error}.", kept=_KEPT, do_next="Check the disk of the store folder."
        )
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return _database_error(str(cause), doing)


def _database_error(text: str, doing: str) -> StoreError:
    low = text.lower()
    if "full" in low:
        return StoreUnavailable(
            f"The disk is full ({doing}).", kept=_KEPT, do_next="Free some space; it goes on by itself."
        )
    if "readonly" in low or "read-only" in low or "unable to open" in low or "permission" in low:
        return StoreUnavailable(
            f"The database cannot be written ({doing}): {text}.",
            kept=_KEPT,
            do_next="Check the rights of the store folder and that its disk is not read-only.",
        )
    if "locked" in low or "busy" in low:
        return StoreUnavailable(
            f"Another program holds the database ({doing}).",
            kept=_KEPT,
            do_next="Close programs that have the database open; it goes on by itself.",
        )
    if "not a database" in low or "malformed" in low:
        return StoreDamaged(
            f"The database is damaged ({doing}): {text}.",
            kept="It was left as it is.",
            do_next="Restore the latest backup, or start with a new store folder.",
        )
    return StoreUnavailable(
        f"The database failed ({doing}): {text}.", kept=_KEPT, do_next="Check the disk and the log file."
    )


@contextmanager
def guarded(doing: str) -> Generator[None, None, None]:
    """Turn failures of the disk and the database inside the block into store errors.

    Programming errors (a broken constraint, a wrong statement) pass unchanged: they must be seen.
    """
    try:
        yield
    except StoreError:
        raise
    except (OSError, sqlite3.OperationalError) as error:
        raise unavailable(error, doing) from error
    except DBAPIError as error:
        if is_environment(error):
            raise unavailable(error, doing) from error
        raise
    except sqlite3.DatabaseError as error:
        if type(error) is sqlite3.DatabaseError:  # "file is not a database", "disk image is malformed"
            raise unavailable(error, doing) from error
        raise


def is_environment(error: DBAPIError) -> bool:
    """Whether the surroundings failed (disk, lock, connection), not the statement."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        text = str(cause).lower()
        if "no such" in text or "syntax error" in text:
            return False
        return isinstance(cause, sqlite3.OperationalError) or type(cause) is sqlite3.DatabaseError
    # Other drivers: OperationalError is the surroundings by the DB-API's definition.
    return type(cause).__name__ == "OperationalError" or error.connection_invalidated
