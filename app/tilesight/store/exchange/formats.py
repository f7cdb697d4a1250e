"""The formats by name: choosing, exporting, importing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilesight.store.backup import Cancelled
from tilesight.store.errors import ExchangeError, guarded
from tilesight.store.exchange.apply import ImportReport, import_entries
from tilesight.store.exchange.coco import find_coco, read_coco, write_coco
from tilesight.store.exchange.collect import collect
from tilesight.store.exchange.entry import TileEntry
from tilesight.store.exchange.labelme import labelme_files, read_labelme, write_labelme
from tilesight.store.exchange.mvtec import is_mvtec, read_mvtec, write_mvtec
from tilesight.store.exchange.report import ExportReport, Progress
from tilesight.store.exchange.table import find_csv, read_csv, write_csv
from tilesight.store.filters import ALL, OLDEST, RecordFilter
from tilesight.store.records import RecordStore

Format = Literal["mvtec", "coco", "labelme", "csv"]
FORMATS: tuple[Format, ...] = ("mvtec", "coco", "labelme", "csv")

_WRITERS: dict[Format, Callable[[Iterable[TileEntry], Path], None]] = {
    "mvtec": write_mvtec,
    "coco": write_coco,
    "labelme": write_labelme,
    "csv": write_csv,
}


def export_records(
    store: RecordStore,
    folder: Path,
    kind: Format,
    *,
    which: RecordFilter = ALL,
    ids: NDArray[np.int64] | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Export records with their pictures and everything that people said about them.

    Args:
        store: Where from.
        folder: Where to; must not exist yet or be empty.
        kind: The format.
        which: Which records, where `ids` is not given.
        ids: Which records, by number.
        progress: Told how far it is; may cancel.

    Raises:
        ExchangeError: If the folder is not empty.
        Cancelled: If `progress` returned False.
        StoreUnavailable: If the disk fails. In each case nothing is left in the folder.
    """
    wanted = store.ids(which, OLDEST) if ids is None else ids
    with guarded("exporting"):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ExchangeError(
                f"{folder} is not empty.", kept="It was left as it is.", do_next="Choose another."
            )
    seen = _Seen(len(wanted), progress)
    try:
        entries = (entry for _, entry in seen.passing(collect(store, wanted), keep_all=kind == "csv"))
        _WRITERS[kind](entries, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return ExportReport(seen.tiles, seen.labels, seen.masks, tuple(seen.without))


@dataclass(slots=True)
class _Seen:
    """Counts what passes on its way into the files."""

    total: int
    progress: Progress | None
    tiles: int = 0
    labels: int = 0
    masks: int = 0
    without: list[int] = field(default_factory=list[int])

    def passing(
        self, entries: Iterable[tuple[int, TileEntry]], *, keep_all: bool
    ) -> Iterator[tuple[int, TileEntry]]:
        for done, (number, entry) in enumerate(entries):
            if self.progress is not None and not self.progress(done, self.total):
                raise Cancelled("The export was cancelled.", kept="Nothing was left behind.")
            if entry.picture is None:
                self.without.append(number)
                if not keep_all:
                    continue
            self.tiles += 1
            self.labels += len(entry.labels)
            self.masks += len(entry.drawn)
            yield number, entry
        if self.progress is not None:
            self.progress(self.total, self.total)


def recognise(path: Path) -> Format | None:
    """Which format a file or folder has; None where it is none of them."""
    if find_csv(path) is not None:
        return "csv"
    if find_coco(path) is not None:
        return "coco"
    if path.is_file() or not path.is_dir():
        return None
    if is_mvtec(path):
        return "mvtec"
    return "labelme" if labelme_files(path) else None


def import_folder(
    store: RecordStore,
    path: Path,
    *,
    actor: str,
    kind: Format | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import tiles and labels; see `import_entries` for what becomes of them.

    Args:
        store: Where to.
        path: A folder, a COCO file or a CSV file.
        actor: Who imports.
        kind: The format; None to find out.
        progress: Told how far it is (the total is 0: unknown until the end); may cancel.

    Raises:
        ExchangeError: If it is in none of the formats or cannot be read.
        DataError: If a folder in the MVTec AD layout cannot be used.
        StoreUnavailable: If the disk fails; what was imported until then stays.
    """
    found = kind or recognise(path)
    if found is None:
        raise ExchangeError(
            f"{path} is in none of the known formats.",
            do_next="Give a folder in the MVTec AD layout, a COCO or CSV file, or a folder of labelme files.",
        )
    return import_entries(store, _entries(path, found), actor=actor, origin=path.name, progress=progress)


def _entries(path: Path, kind: Format) -> Iterator[TileEntry | str]:
    if kind == "mvtec":
        return read_mvtec(path)
    if kind == "labelme":
        return read_labelme(labelme_files(path) if path.is_dir() else [path])
    file = find_coco(path) if kind == "coco" else find_csv(path)
    if file is None:
        raise ExchangeError(f"{path} holds no {kind.upper()} file.")
    return read_coco(file) if kind == "coco" else read_csv(file)
