"""Which good tiles to train on: from records, from folders, or both; each picture once, tile by tile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from bsdrd.data.dataset import Dataset
from bsdrd.data.images import Pixels, read_image_and_hash
from bsdrd.data.layouts import load_dataset
from bsdrd.errors import DataError, ImageError
from tilesight.line.training.grouping import (
    Keys,
    group_names,
    keys_in_folder,
    keys_of_records,
    note_on_serials,
)
from tilesight.store.canonical import bytes_sha256
from tilesight.store.filters import OLDEST, RecordFilter
from tilesight.store.originals import picture_file
from tilesight.store.records import RecordStore
from tilesight.store.types import LabelKind

#: Fewer pictures than this cannot be trained on at all.
FEWEST = 4
#: From here on a detector is usable: see the notes that training itself gives.
ENOUGH_PICTURES, ENOUGH_TILES = 100, 30
#: Labels of tiles that a person says are good.
GOOD_LABELS: frozenset[LabelKind | None] = frozenset({LabelKind.GOOD, LabelKind.FALSE_ALARM})
#: Brightness differs "widely" where the 5 % and 95 % points are further apart than this, of 255.
_WIDE_EXPOSURE = 60.0

#: Told after every picture: how many are done, of how many. Raise `Cancelled` in it to stop.
Progress = Callable[[int, int], None]


class Cancelled(Exception):  # noqa: N818 - says what happened
    """Somebody does not want the answer any more."""


@dataclass(frozen=True, slots=True)
class TileChoice:
    """Where the tiles come from.

    Attributes:
        records: Which records; None for none. Those whose picture and file are gone cannot be used.
        folders: Folders or manifests; only their good tiles are used, and those of a test split are not.
        record_ids: Records chosen one by one, beside those of `records`; not those labelled defective.
    """

    records: RecordFilter | None = None
    folders: tuple[Path, ...] = ()
    record_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenTile:
    """One picture to train on.

    Attributes:
        path: The picture as it lies on the disk.
        sha256: Hash of that file.
        pixels_sha256: Hash of its pixels: the same for a JPEG and its PNG copy.
        group: The tile that it shows.
        height: In pixels.
        width: In pixels.
        brightness: Mean grey value, 0..255.
        sharpness: Spread (standard deviation) of the Laplacian, on the scale of 0..255.
        record_id: The record that it belongs to; None for a file of a folder.
        name: As a person knows it.
    """

    path: Path
    sha256: str
    pixels_sha256: str
    group: str
    height: int
    width: int
    brightness: float
    sharpness: float
    record_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class TileSet:
    """What was chosen.

    Attributes:
        tiles: Each different picture once.
        copies: Pictures that were left out because another one has the same pixels.
        bad: Pictures that cannot be read, each with its reason.
        without_picture: Records that match but whose picture is not kept.
        notes: What a person should know, as sentences; the first are the gravest.
    """

    tiles: tuple[ChosenTile, ...]
    copies: int = 0
    bad: tuple[str, ...] = ()
    without_picture: int = 0
    notes: tuple[str, ...] = ()

    @property
    def groups(self) -> int:
        """How many different tiles."""
        return len({tile.group for tile in self.tiles})

    @property
    def trainable(self) -> bool:
        """Whether training can begin: enough pictures, of at least two tiles."""
        return len(self.tiles) >= FEWEST and self.groups >= 2

    def without(self, paths: frozenset[Path]) -> TileSet:
        """The same without some pictures."""
        kept = tuple(tile for tile in self.tiles if tile.path not in paths)
        return replace(self, tiles=kept, notes=_notes(kept, self.copies, self.bad, self.without_picture))


@dataclass(frozen=True, slots=True)
class Found:
    """A picture before it is read.

    Attributes:
        path: Where it lies.
        record_id: Its record; None for a file of a folder.
        name: As a person knows it.
        keys: What says which tile it shows.
        group: A name for that tile.
    """

    path: Path
    record_id: int | None
    name: str
    keys: Keys
    group: str


def gather(store: RecordStore | None, choice: TileChoice, progress: Progress | None = None) -> TileSet:
    """Reads the chosen pictures.

    Args:
        store: Where the records are; may be None where only folders are chosen.
        choice: What to take.
        progress: Told after every picture; may raise `Cancelled`.

    Raises:
        DataError: If a folder cannot be used; nothing else is refused, but told in the result.
        StoreUnavailable: If the records cannot be read.
    """
    found: list[Found] = []
    without = 0
    if store is not None and (choice.records is not None or choice.record_ids):
        found, without = found_in_records(store, choice)
    for folder in choice.folders:
        found += found_in_folder(folder)
    return read_found(found, without, progress)


def read_found(found: list[Found], without: int = 0, progress: Progress | None = None) -> TileSet:
    """Reads pictures, leaves copies out and puts those of one tile together.

    Args:
        found: The pictures.
        without: Records that match but whose picture is not kept.
        progress: Told after every picture; may raise `Cancelled`.
    """
    found = _each_file_once(found)
    tiles: list[ChosenTile] = []
    bad: list[str] = []
    keys: list[Keys] = []
    for number, one in enumerate(found):
        try:
            pixels, sha256 = read_image_and_hash(one.path)
        except ImageError as error:
            bad.append(str(error))
        else:
            tile = _look_at(one, pixels, sha256)
            tiles.append(tile)
            keys.append((*one.keys, ("pixels", tile.pixels_sha256)))
        if progress is not None:
            progress(number + 1, len(found))
    groups = group_names(keys, [tile.group for tile in tiles])
    grouped = [replace(tile, group=group) for tile, group in zip(tiles, groups, strict=True)]
    once = {tile.pixels_sha256: tile for tile in reversed(grouped)}
    kept = tuple(tile for tile in grouped if once[tile.pixels_sha256] is tile)
    copies = len(grouped) - len(kept)
    return TileSet(kept, copies, tuple(bad), without, _notes(kept, copies, bad, without))


def found_in_records(store: RecordStore, choice: TileChoice) -> tuple[list[Found], int]:
    """Pictures of the chosen records, and how many of these have none any more.

    Where a picture was not kept, the file that it came from serves, as long as it is unchanged.

    Raises:
        StoreUnavailable: If the records cannot be read.
    """
    without, ids = 0, list[int]()
    if choice.records is not None:
        ids = [int(number) for number in store.ids(choice.records, OLDEST)]
    rows = store.get_many(ids)
    known = set(ids)
    rows += [
        row
        for row in store.get_many(number for number in choice.record_ids if number not in known)
        if row.label is None or row.label.truth is not True
    ]
    known_by = keys_of_records(rows)
    found: list[Found] = []
    for row in rows:
        path = picture_file(store, row.id)
        if path is None:
            without += 1
            continue
        keys, group = known_by[row.id]
        found.append(Found(path, row.id, row.name, keys, group))
    return found, without


def found_in_folder(folder: Path) -> list[Found]:
    """Good tiles of a folder or manifest, without those of a test split.

    Raises:
        DataError: If there are none, or it is no data set.
    """
    dataset: Dataset = load_dataset(folder)
    good = [tile for tile in dataset.tiles if tile.is_good and tile.split in ("train", "calibration", "")]
    if not good:
        raise DataError(
            f"{folder} holds no good tiles to learn from.",
            do_next="Choose a folder of good tiles; those of a test split are kept for comparing.",
        )
    return [
        Found(tile.path, None, dataset.name(tile), keys_in_folder(dataset, tile), tile.group) for tile in good
    ]


def _each_file_once(found: list[Found]) -> list[Found]:
    seen: set[Path] = set()
    once: list[Found] = []
    for one in found:
        path = one.path.resolve()
        if path not in seen:
            seen.add(path)
            once.append(one)
    return once


def _look_at(one: Found, pixels: Pixels, sha256: str) -> ChosenTile:
    scale = 255.0 / np.iinfo(pixels.dtype).max
    flat = pixels if pixels.ndim == 2 else pixels[..., 1]
    grey = flat.astype(np.float32) * scale
    head = f"{pixels.dtype} {pixels.shape}".encode()
    return ChosenTile(
        path=one.path,
        sha256=sha256,
        pixels_sha256=bytes_sha256(head + np.ascontiguousarray(pixels).tobytes()),
        group=one.group,
        height=int(pixels.shape[0]),
        width=int(pixels.shape[1]),
        brightness=float(grey.mean()),
        sharpness=float(cv2.Laplacian(grey, cv2.CV_32F).std()),
        record_id=one.record_id,
        name=one.name,
    )


def _notes(
    tiles: tuple[ChosenTile, ...], copies: int, bad: list[str] | tuple[str, ...], without: int
) -> tuple[str, ...]:
    notes: list[str] = []
    groups = len({tile.group for tile in tiles})
    if len(tiles) < FEWEST:
        lack = FEWEST - len(tiles)
        notes.append(
            "Too few: 1 more picture of a good tile is needed to begin."
            if lack == 1
            else f"Too few: {lack} more pictures of good tiles are needed to begin."
        )
    elif groups < 2:
        notes.append("All pictures show one tile: add pictures of other tiles.")
    elif len(tiles) < ENOUGH_PICTURES or groups < ENOUGH_TILES:
        more = max(ENOUGH_PICTURES - len(tiles), 0)
        other = max(ENOUGH_TILES - groups, 0)
        if more and other:
            pictures, different = _more_pictures(more), _more_tiles(other)
            notes.append(f"Few tiles: {pictures} and {different} would make a usable detector.")
        else:
            what = _more_pictures(more) if more else _more_tiles(other)
            notes.append(f"Few tiles: {what} would make a usable detector.")
    if bad:
        notes.append(
            f"1 picture cannot be read and is left out: {bad[0]}"
            if len(bad) == 1
            else f"{len(bad)} pictures cannot be read and are left out. The first: {bad[0]}"
        )
    if without:
        notes.append(
            "1 record matches but its picture is not kept, so it cannot be used."
            if without == 1
            else f"{without} records match but their picture is not kept, so they cannot be used."
        )
    if copies:
        notes.append(
            "1 picture is a copy of another and counts once."
            if copies == 1
            else f"{copies} pictures are copies of others and count once."
        )
    sizes = Counter((tile.width, tile.height) for tile in tiles)
    if len(sizes) > 1:
        (width, height), count = sizes.most_common(1)[0]
        if 2 * count > len(tiles):
            notes.append(f"Mixed sizes: {count} of {len(tiles)} pictures have {width} x {height} px.")
        else:
            widths, heights = zip(*sizes, strict=True)
            spread = f"{min(widths)} to {max(widths)} px wide and {min(heights)} to {max(heights)} px high"
            notes.append(f"Mixed sizes: {spread}.")
    if len(tiles) >= FEWEST:
        low, high = np.percentile([tile.brightness for tile in tiles], [5, 95])
        if high - low > _WIDE_EXPOSURE:
            notes.append(f"Exposure differs widely: mean brightness from {low:.0f} to {high:.0f} of 255.")
    serials = note_on_serials(tile.group for tile in tiles)
    return (*notes, serials) if serials else tuple(notes)


def _more_pictures(count: int) -> str:
    return "1 more picture" if count == 1 else f"{count} more pictures"


def _more_tiles(count: int) -> str:
    return "1 more different tile" if count == 1 else f"{count} more different tiles"
