"""One text for one content: canonical JSON and its hash; times as whole microseconds."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK = 1 << 20


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces, no escapes and no NaN: equal content gives equal text.

    Raises:
        TypeError: If the value is not made of JSON's types.
        ValueError: If a number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_sha256(value: Any) -> str:
    """sha256 (64 hex digits) of the canonical JSON of `value`."""
    return text_sha256(canonical_json(value))


def text_sha256(text: str) -> str:
    """sha256 (64 hex digits) of a text in UTF-8."""
    return bytes_sha256(text.encode())


def bytes_sha256(data: bytes) -> str:
    """sha256 (64 hex digits) of bytes."""
    return hashlib.sha256(data).hexdigest()


def file_sha256(path: Path) -> str:
    """sha256 (64 hex digits) of a file, read in pieces.

    Raises:
        OSError: If it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def to_us(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, exact.

    Raises:
        ValueError: If the time has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """The time in UTC for microseconds since 1970-01-01 UTC, exact."""
    return _EPOCH + timedelta(microseconds=microseconds)


def now_us() -> int:
    """Now, in microseconds since 1970-01-01 UTC."""
    return to_us(datetime.now(UTC))
