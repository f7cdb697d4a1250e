"""Small versioned files of the program: read with suspicion, written atomically, never lost.

A file that cannot be understood is kept aside as ``NAME.bad`` and the program goes on without it; one that
a newer program wrote is left where it is.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bsdrd.errors import BsdrdError

M = TypeVar("M", bound=BaseModel)

#: Key of the format's number in every file.
SCHEMA = "schema"


class SavedFileError(BsdrdError):
    """A recipe or settings file cannot be read or written."""


class NewerFile(SavedFileError):  # noqa: N818 - says what it is
    """A file that a newer Tilesight wrote; it was left untouched."""


class BadFile(SavedFileError):  # noqa: N818 - says what it is
    """A file that is damaged or holds wrong values; it was kept aside."""


def load(path: Path, kind: type[M], newest: int) -> M:
    """Reads a file.

    Args:
        path: The file.
        kind: What it holds.
        newest: The highest format number that this program knows.

    Raises:
        NewerFile: If its format number is higher.
        BadFile: If it holds something else; it is `NAME.bad` now.
        SavedFileError: If it is missing or cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SavedFileError(f"{path} cannot be read ({error.strerror or error}).") from error
    try:
        return parse(data, kind, newest, str(path))
    except BadFile as error:
        aside = put_aside(path)
        kept = f"It was kept as {aside}." if aside else "It was left where it is."
        raise BadFile(error.what, kept=kept, do_next=error.do_next) from error


def parse(data: bytes, kind: type[M], newest: int, name: str) -> M:
    """The contents of a file as a value; see `load`, but nothing is put aside."""
    try:
        content: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{name} is damaged ({error}).", do_next="Restore it from a backup.") from error
    number = content.get(SCHEMA) if isinstance(content, dict) else None
    if type(number) is not int or number < 1:
        raise BadFile(f"{name} is no file of Tilesight.", do_next="Choose another file.")
    if number > newest:
        raise NewerFile(
            f"{name} was written by a newer Tilesight (format {number}; this one knows up to {newest}).",
            kept="It was left untouched.",
            do_next="Update Tilesight to use it.",
        )
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        raise BadFile(
            f"{name} holds wrong values: {explain(error)}.", do_next="Correct or replace it."
        ) from error


def explain(error: ValidationError) -> str:
    """The first things that are wrong, as a person reads them."""
    found = [
        f"{'.'.join(str(part) for part in entry['loc']) or 'the whole'}: {entry['msg']}"
        for entry in error.errors(include_url=False)[:3]
    ]
    return "; ".join(found)


def save(path: Path, value: BaseModel) -> None:
    """Writes a file so that it is there whole or as it was before, even through a power cut.

    Raises:
        SavedFileError: If the disk does not take it; what was there before is unchanged.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(value.model_dump_json(indent=2, by_alias=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise SavedFileError(
            f"{path} could not be written ({error.strerror or error}).",
            kept="What was there before is unchanged.",
            do_next="Check that the folder is writable and the disk not full.",
        ) from error


def put_aside(path: Path, ending: str = ".bad") -> Path | None:
    """Renames a file so that it is out of the way but kept; None where that fails or it is gone."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}{ending}{'' if number == 1 else f'.{number}'}")
        if aside.exists():
            continue
        try:
            return path.rename(aside)
        except OSError:
            return None
    return None
