"""CSV: one line a record, for spreadsheets and for coming back; pictures beside it where asked for.

The first columns are for people. `label`, `class` and `comment` may be changed in a spreadsheet; the
`details` column holds everything exactly, masks too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bsdrd.errors import BsdrdError
from tilesight.store.errors import ExchangeError, guarded
from tilesight.store.exchange.entry import (
    EntryLabel,
    TileEntry,
    extension,
    from_extension,
    masks_from_json,
    masks_to_json,
    uid_in,
)
from tilesight.store.exchange.files import put_picture
from tilesight.store.types import LabelKind

FILE = "records.csv"
_FROM_RECORD = (
    "captured_at",
    "inspected_at",
    "source",
    "frame_id",
    "tile_index",
    "lot",
    "serial",
    "verdict",
    "reason",
    "score",
    "struct_peak",
    "detail_peak",
    "map_threshold",
    "min_area_px",
    "edge_band_px",
    "model_name",
    "model_sha256",
    "recipe_name",
    "recipe_version",
    "recipe_sha256",
    "operator",
    "station",
    "provider",
    "height",
    "width",
    "mm_per_px",
    "path",
    "file_sha256",
    "truth",
)
COLUMNS: tuple[str, ...] = (
    "uid",
    "name",
    "file",
    *_FROM_RECORD,
    "t1",
    "t2",
    "regions",
    "label",
    "class",
    "comment",
    "details",
)
#: A mask of a large tile fills a longer cell than Python reads by default.
_LARGEST_CELL = 512 * 1024 * 1024


def write_csv(entries: Iterable[TileEntry], folder: Path) -> None:
    """Write tiles as CSV, with those pictures that there are.

    Args:
        entries: The tiles.
        folder: Where to; must exist.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    with guarded("exporting"), (folder / FILE).open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        for entry in entries:
            if entry.picture is not None:
                put_picture(entry, folder / "pictures" / entry.file_name)
            writer.writerow(_row(entry))


def _row(entry: TileEntry) -> dict[str, Any]:
    record = entry.record or {}
    said = entry.current
    low, high = record.get("thresholds") or (None, None)
    details = {
        **extension(entry),
        "masks": masks_to_json(entry.drawn),
    }
    return {
        "uid": entry.uid,
        "name": entry.name,
        "file": f"pictures/{entry.file_name}" if entry.picture is not None else "",
        **{name: record.get(name) for name in _FROM_RECORD},
        "t1": low,
        "t2": high,
        "regions": len(record.get("regions", [])),
        "label": "" if said is None else said.kind.value,
        "class": "" if said is None else said.defect_class,
        "comment": "" if said is None else said.comment,
        "details": json.dumps(details, ensure_ascii=False, allow_nan=False),
    }


def find_csv(path: Path) -> Path | None:
    """The CSV file that a path means: itself, or ours in the folder."""
    if path.is_file():
        return path if path.suffix.lower() == ".csv" else None
    return path / FILE if (path / FILE).is_file() else None


def read_csv(file: Path) -> Iterator[TileEntry | str]:
    """Tiles of a CSV file; a text is a problem with one of them.

    A file of another program needs a column `file` (a picture, relative to the CSV) or `uid`, and may
    have `label`, `class` and `comment`.

    Raises:
        ExchangeError: If the file as a whole cannot be used.
    """
    limit = csv.field_size_limit(_LARGEST_CELL)
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            columns = set(reader.fieldnames or ())
            if not columns & {"uid", "file"}:
                raise ExchangeError(
                    f"{file} has neither a column 'uid' nor a column 'file'.",
                    do_next="Name the columns in the first line.",
                )
            for number, row in enumerate(reader, start=2):
                try:
                    yield _entry(file.parent, row)
                except (BsdrdError, KeyError, TypeError, ValueError) as error:
                    yield f"Line {number}: {error}"
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExchangeError(f"{file} cannot be read as CSV in UTF-8: {error}.") from error
    finally:
        csv.field_size_limit(limit)


def _entry(root: Path, row: dict[str, Any]) -> TileEntry:
    named = (row.get("file") or "").strip()
    picture = root / named if named else None
    if picture is not None and not picture.is_file():
        raise ExchangeError(f"The picture {named} is not there.")
    uid = (row.get("uid") or "").strip() or (uid_in(named) if named else "")
    entry = TileEntry(name=row.get("name") or Path(named).name or uid, uid=uid, picture=picture)
    if row.get("details"):
        details = json.loads(row["details"])
        entry = from_extension(details, replace(entry, masks=masks_from_json(details["masks"])))
    elif not uid and picture is None:
        raise ExchangeError("It names neither a record nor a picture.")
    return _with_cells(entry, row)


def _with_cells(entry: TileEntry, row: dict[str, Any]) -> TileEntry:
    """With the label in the cells that people change, where it is another than in the details."""
    text = (row.get("label") or "").strip().lower()
    if not text:
        return entry
    kind, cls, comment = LabelKind(text), (row.get("class") or "").strip(), row.get("comment") or ""
    said = entry.current
    if said is not None and (said.kind, said.defect_class, said.comment) == (kind, cls, comment):
        return entry
    return replace(entry, labels=(*entry.labels, EntryLabel("", kind, cls, comment)))
