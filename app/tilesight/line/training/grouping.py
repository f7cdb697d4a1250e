"""Which pictures show one tile: the same for tiles that are learnt and for those that decide in the gate.

Pictures of one tile are no independent evidence, and one of them must not be learnt while another is held
out. A serial number says it for sure; else file names that differ only in exposure or view do. A record that
has neither, as of a camera without serial numbers, can only be taken for a tile of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bsdrd.data.dataset import Dataset, Tile
from bsdrd.data.splits import guess_groups
from tilesight.store.types import RecordRow

#: Whatever says which tile a picture shows; pictures that share one show one tile.
Keys = tuple[Hashable, ...]
#: How the name begins of a record that nothing is known to belong to.
_ALONE = "record "


def keys_of_records(rows: Sequence[RecordRow]) -> Mapping[int, tuple[Keys, str]]:
    """For each record, by its number, what says which tile it shows, and a name for that tile.

    Args:
        rows: All records at once: which names differ only in a view is guessed among them.
    """
    named = [row for row in rows if not row.serial and row.path]
    guessed = guess_groups([Path(str(row.path)).as_posix() for row in named]).groups
    by_file = {row.id: group for row, group in zip(named, guessed, strict=True)}
    return {row.id: _keys_of(row, by_file.get(row.id)) for row in rows}


def _keys_of(row: RecordRow, file_group: str | None) -> tuple[Keys, str]:
    if row.serial:
        return (("serial", row.lot or "", row.serial),), f"serial {row.serial}"
    if row.path and file_group is not None:
        # A picture with several tiles on it shows several: only the same place on it is the same tile.
        keys = (("file", row.path, row.tile_index), ("guessed", file_group, row.tile_index))
        return keys, f"{Path(file_group).name} tile {row.tile_index}"
    return (("record", row.id),), f"{_ALONE}{row.id}"


def keys_in_folder(dataset: Dataset, tile: Tile) -> Keys:
    """What says which tile a file of a folder shows."""
    return (("file", str(tile.path), 0), ("folder", str(dataset.root.resolve()), tile.group))


def group_names(keys: Sequence[Keys], names: Sequence[str]) -> list[str]:
    """One name for all pictures that share a key, also by way of others; different names otherwise.

    Args:
        keys: Of each picture, at least one.
        names: As the tile of each would be called; the first of a group counts.
    """
    same = _Unions()
    for own in keys:
        same.join(own)
    known: dict[Hashable, str] = {}
    taken: set[str] = set()
    found: list[str] = []
    for own, wished in zip(keys, names, strict=True):
        root = same.root(own[0])
        if root not in known:
            name, number = wished, 1
            while name in taken:
                number += 1
                name = f"{wished} ({number})"
            known[root] = name
            taken.add(name)
        found.append(known[root])
    return found


def note_on_serials(groups: Iterable[str]) -> str:
    """Says how many records count as a tile each because nothing is known of them; "" for none."""
    alone = sum(group.startswith(_ALONE) for group in groups)
    note = (
        "1 record has no serial number: it is taken for a tile of its own."
        if alone == 1
        else f"{alone} records have no serial number: each is taken for a tile of its own."
    )
    return note if alone else ""


@dataclass(slots=True)
class _Unions:
    """Which keys mean the same tile."""

    parents: dict[Hashable, Hashable] = field(default_factory=dict[Hashable, Hashable])

    def root(self, key: Hashable) -> Hashable:
        while (above := self.parents.setdefault(key, key)) != key:
            key = above
        return key

    def join(self, keys: Keys) -> None:
        first = self.root(keys[0])
        for key in keys[1:]:
            self.parents[self.root(key)] = first
