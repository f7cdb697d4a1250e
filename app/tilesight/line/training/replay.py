"""Old good tiles that a warm start mixes in, so that the model does not forget what it knows.

A model that goes on learning from new tiles alone drifts: old good tiles and old defects get other scores.
So a warm start also sees as many good tiles of before: records that a person called good, and folders.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bsdrd.data.splits import HELD_OUT_SHARE, hold_out
from tilesight.line.training.choosing import (
    GOOD_LABELS,
    Found,
    Progress,
    TileChoice,
    TileSet,
    found_in_folder,
    found_in_records,
    read_found,
)
from tilesight.store.filters import RecordFilter
from tilesight.store.records import RecordStore


@dataclass(frozen=True, slots=True)
class OldTiles:
    """Where old good tiles come from.

    Attributes:
        records: Also records labelled good that are not among the new tiles.
        folders: Folders of good tiles of before.
        share: Old pictures for each new one; 1: half of what is learnt is old.
    """

    records: bool = True
    folders: tuple[Path, ...] = ()
    share: float = 1.0


def gather_old(
    store: RecordStore | None, which: OldTiles, new: TileSet, progress: Progress | None = None
) -> TileSet:
    """Reads old good tiles, at most as many as `which` allows, of as many different tiles as possible.

    Args:
        store: Where the records are; None for none.
        which: Where from and how many.
        new: The new tiles: what shows one of them is not old.
        progress: Told after every picture; may raise `Cancelled`.

    Raises:
        DataError: If a folder cannot be used.
        StoreUnavailable: If the records cannot be read.
    """
    old = read_found(_wanted(store, which, new), progress=progress)
    pixels = {tile.pixels_sha256 for tile in new.tiles}
    return replace(old, tiles=tuple(tile for tile in old.tiles if tile.pixels_sha256 not in pixels))


def count_old(store: RecordStore | None, which: OldTiles, new: TileSet) -> int:
    """How many pictures `gather_old` would read; quick.

    Raises:
        DataError: If a folder cannot be used.
        StoreUnavailable: If the records cannot be read.
    """
    return len(_wanted(store, which, new))


def _wanted(store: RecordStore | None, which: OldTiles, new: TileSet) -> list[Found]:
    found: list[Found] = []
    if store is not None and which.records:
        found, _ = found_in_records(store, TileChoice(RecordFilter(labels=GOOD_LABELS)))
    for folder in which.folders:
        found += found_in_folder(folder)
    files = {tile.path.resolve() for tile in new.tiles}
    records = {tile.record_id for tile in new.tiles if tile.record_id is not None}
    # A name says the same tile among records, and within a folder; not in two folders.
    groups = {(_place(tile.record_id, tile.path), tile.group) for tile in new.tiles}
    other = [
        one
        for one in found
        if one.path.resolve() not in files
        and (one.record_id is None or one.record_id not in records)
        and (_place(one.record_id, one.path), one.group) not in groups
    ]
    return _spread(other, round(which.share * len(new.tiles)))


def _spread(found: list[Found], wanted: int) -> list[Found]:
    """One picture of every tile, then a second one, and so on: always the same ones."""
    by_group: dict[str, list[Found]] = defaultdict(list)
    for one in sorted(found, key=lambda one: _digest(str(one.path))):
        by_group[one.group].append(one)
    chosen: list[Found] = []
    turn = 0
    while len(chosen) < wanted:
        more = [by_group[name][turn] for name in sorted(by_group, key=_digest) if turn < len(by_group[name])]
        if not more:
            break
        chosen += more[: wanted - len(chosen)]
        turn += 1
    return chosen


def held_out(tiles: TileSet, seed: int) -> NDArray[np.bool_]:
    """Which pictures statistics and thresholds are found on: whole tiles, at least two pictures.

    Args:
        tiles: At least two different tiles.
        seed: Another number, another choice.

    Returns:
        A bool for each picture.
    """
    groups = [tile.group for tile in tiles.tiles]
    share = HELD_OUT_SHARE
    chosen = hold_out(groups, share=share, seed=seed)
    while chosen.sum() < 2 and share < 0.5:
        share += 0.05
        chosen = hold_out(groups, share=share, seed=seed)
    return chosen


def _place(record_id: int | None, path: Path) -> Path | None:
    return None if record_id is not None else path.parent


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
