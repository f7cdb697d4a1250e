"""Reading and writing the files of an export."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tilesight.store.errors import ExchangeError, guarded
from tilesight.store.exchange.entry import TileEntry

_LARGEST_JSON = 2 * 1024**3


def put_picture(entry: TileEntry, target: Path) -> None:
    """Write an entry's picture as it is stored, without encoding it again.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    with guarded("exporting pictures"):
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry.picture, Path):
            shutil.copyfile(entry.picture, target)
        elif entry.picture is not None:
            target.write_bytes(entry.picture)


def write_json(target: Path, content: Any) -> None:
    """Write JSON in UTF-8.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    with guarded("exporting"):
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False, allow_nan=False)


def read_json(file: Path) -> Any:
    """Read JSON.

    Raises:
        ExchangeError: If it is missing, too large or no JSON.
    """
    try:
        if file.stat().st_size > _LARGEST_JSON:
            raise ExchangeError(f"{file} is too large to be read.")
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ExchangeError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise ExchangeError(f"{file} is no JSON: {error}.") from error
