"""The labelled tiles that decide whether a new model is better: frozen, and none that a model has learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bsdrd.data.layouts import load_dataset
from bsdrd.errors import DataError
from tilesight.line.training.grouping import (
    Keys,
    group_names,
    keys_in_folder,
    keys_of_records,
    note_on_serials,
)
from tilesight.store.canonical import content_sha256, file_sha256
from tilesight.store.evaluation import FrozenSet
from tilesight.store.filters import OLDEST, RecordFilter
from tilesight.store.originals import picture_now
from tilesight.store.records import RecordStore
from tilesight.store.types import LabelKind

#: Labels that say for sure what a tile is.
SURE: frozenset[LabelKind | None] = frozenset(
    {LabelKind.GOOD, LabelKind.FALSE_ALARM, LabelKind.DEFECT, LabelKind.MISSED}
)
#: Class of a defective tile whose label names none.
UNNAMED = "defect"
#: Pictures that a message names at most.
_NAMED = 8


@dataclass(frozen=True, slots=True)
class EvaluationTile:
    """A tile whose truth is known.

    Attributes:
        path: The picture.
        sha256: Hash of the file.
        cls: "good", or the class of its defect.
        group: The tile that it shows.
        name: As a person knows it.
        record_id: Its record; None for a file of a folder.
        origin: The lot of its record, or the folder that it was found in; "" where nobody knows.
    """

    path: Path
    sha256: str
    cls: str
    group: str
    name: str
    record_id: int | None = None
    origin: str = ""

    @property
    def defective(self) -> bool:
        """Whether it is known to be defective."""
        return self.cls != "good"


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Tiles to compare models on.

    Attributes:
        tiles: Each file once.
        learnt: Tiles that were left out because one of the models has learnt them, or another picture of what
            they show.
        gone: Labelled records that were left out because there is no unchanged picture of them any more.
        notes: What a person should know, as sentences.
    """

    tiles: tuple[EvaluationTile, ...]
    learnt: int = 0
    notes: tuple[str, ...] = ()
    gone: int = 0

    @property
    def sha256(self) -> str:
        """Names the set: the same for the same pictures with the same truth, whatever their order."""
        return content_sha256(sorted([tile.sha256, tile.cls] for tile in self.tiles))

    @property
    def groups(self) -> int:
        """How many different tiles they show."""
        return len({tile.group for tile in self.tiles})

    def without(self, learnt: frozenset[str]) -> EvaluationSet:
        """The set without all pictures of tiles of which a model has learnt one (`learnt_by`)."""
        known = {tile.group for tile in self.tiles if tile.sha256 in learnt}
        kept = tuple(tile for tile in self.tiles if tile.group not in known)
        left_out = self.learnt + len(self.tiles) - len(kept)
        return _noted(kept, left_out, self.gone)

    @property
    def classes(self) -> Mapping[str, int]:
        """How many tiles of each class, good ones first."""
        counts = Counter(tile.cls for tile in self.tiles)
        return {cls: counts[cls] for cls in sorted(counts, key=lambda cls: (cls != "good", cls))}


def gather_labelled(
    store: RecordStore | None,
    records: RecordFilter | None,
    folders: tuple[Path, ...],
    learnt: frozenset[str] = frozenset(),
) -> EvaluationSet:
    """Finds tiles whose truth is known.

    Args:
        store: Where the records are.
        records: Which records, besides that they are labelled for sure and there is an unchanged picture of
            them; None: none.
        folders: Data sets in a known layout. Where one marks a test split, only that is used.
        learnt: Hashes of files that one of the models was trained on (`learnt_by`).

    Raises:
        DataError: If a folder cannot be used.
        StoreUnavailable: If the records cannot be read.
    """
    found: list[tuple[EvaluationTile, Keys]] = []
    gone = 0
    if store is not None and records is not None:
        found, gone = _from_records(store, records)
    for folder in folders:
        found += _from_folder(folder)
    groups = group_names(
        [(*keys, ("file's hash", tile.sha256)) for tile, keys in found], [tile.group for tile, _ in found]
    )
    named = [replace(tile, group=group) for (tile, _), group in zip(found, groups, strict=True)]
    once = {tile.sha256: tile for tile in reversed(named)}
    tiles = tuple(tile for tile in named if once[tile.sha256] is tile)
    return _noted(tiles, 0, gone).without(learnt)


def freeze(store: RecordStore, name: str, tiles: EvaluationSet, actor: str) -> FrozenSet:
    """Keeps a set for good: every picture by its hash, the truth as it is now.

    Raises:
        DataError: If it has no tiles.
        StoreError: If another set has this name, or it cannot be stored.
    """
    if not tiles.tiles:
        raise DataError("There are no labelled tiles to freeze.", do_next="Label tiles in Review.")
    found: list[dict[str, Any]] = []
    for tile in tiles.tiles:
        where: dict[str, Any] = (
            {"path": str(tile.path)} if tile.record_id is None else {"record": tile.record_id}
        )
        known = {"sha256": tile.sha256, "class": tile.cls, "group": tile.group, "name": tile.name}
        known |= {"origin": tile.origin} if tile.origin else {}
        found.append({**where, **known})
    return store.evaluation.freeze(name.strip(), tiles.sha256, found, actor=actor)


def thaw(
    store: RecordStore, frozen: FrozenSet, progress: Callable[[int, int], None] | None = None
) -> EvaluationSet:
    """The tiles of a frozen set, every picture compared with its hash.

    Args:
        store: Where the records are.
        frozen: The set.
        progress: Told after every tile; may raise to stop.

    Raises:
        DataError: If a picture is missing or is another one than was frozen; it names them.
        StoreUnavailable: If the records cannot be read.
    """
    tiles: list[EvaluationTile] = []
    wrong: list[str] = []
    for number, values in enumerate(frozen.tiles):
        tile, problem = _thawed(store, values)
        if problem:
            wrong.append(f"{values['name']} {problem}")
        else:
            assert tile is not None
            tiles.append(tile)
        if progress is not None:
            progress(number + 1, len(frozen.tiles))
    if wrong:
        named = ", ".join(wrong[:_NAMED]) + (
            f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        )
        raise DataError(
            f"The set {frozen.name} is not what was frozen: {named}.",
            kept="Nothing was compared, since the result would not be that of the set.",
            do_next="Put the pictures back, or freeze a new set.",
        )
    found = _noted(tuple(tiles), 0, 0)
    return replace(found, notes=(*found.notes, *_relabelled(store, found.tiles)))


def _thawed(store: RecordStore, values: Mapping[str, Any]) -> tuple[EvaluationTile | None, str]:
    record = values.get("record")
    stands_in = False
    if record is None:
        path = Path(values["path"])
        try:
            sha256 = file_sha256(path)
        except OSError:
            return None, "is missing"
    else:
        now = picture_now(store, int(record))
        if now is None:
            return None, "is missing"
        path, sha256 = now.path, now.sha256
        stands_in = now.same and not now.kept
    if sha256 != values["sha256"]:
        if stands_in:  # the store kept a picture when the set was frozen, and only its original is left
            return None, "is no longer kept"
        return None, "was changed"
    named = (values["class"], values["group"], values["name"], record, values.get("origin", ""))
    return EvaluationTile(path, sha256, *named), ""


def _relabelled(store: RecordStore, tiles: tuple[EvaluationTile, ...]) -> tuple[str, ...]:
    """Says where records were labelled otherwise after the set was frozen."""
    ours = {tile.record_id: tile.defective for tile in tiles if tile.record_id is not None}
    rows = store.get_many(list(ours)) if ours else []
    other = sum(row.label is None or row.label.truth is not ours[row.id] for row in rows)
    if not other:
        return ()
    return (
        "1 tile was labelled otherwise since the set was frozen; it keeps what it was."
        if other == 1
        else f"{other} tiles were labelled otherwise since the set was frozen; it keeps what they were.",
    )


def learnt_by(provenance: Mapping[str, Any]) -> frozenset[str]:
    """Hashes of the files that a model has learnt or was calibrated on, as its file says."""
    tiles: Any = provenance.get("tiles")
    if not isinstance(tiles, dict):
        return frozenset()
    return frozenset(
        str(one)
        for key in ("train", "held_out")
        for one in (tiles[key] if isinstance(tiles.get(key), list) else [])
    )


def _from_records(store: RecordStore, which: RecordFilter) -> tuple[list[tuple[EvaluationTile, Keys]], int]:
    """The tiles, and how many labelled records have no unchanged picture any more."""
    labels = (which.labels & SURE) if which.labels else SURE
    wanted = replace(which, labels=labels)
    rows = store.get_many(int(number) for number in store.ids(wanted, OLDEST))
    known_by = keys_of_records(rows)
    found: list[tuple[EvaluationTile, Keys]] = []
    gone = 0
    for row in rows:
        truth = None if row.label is None else row.label.truth
        if truth is None:
            continue
        now = picture_now(store, row.id)
        if now is None or not now.same:
            gone += 1
            continue
        named = row.label_class if row.label_class != "good" else ""
        cls = (named or UNNAMED) if truth else "good"
        keys, group = known_by[row.id]
        tile = EvaluationTile(now.path, now.sha256, cls, group, row.name, row.id, row.lot or "")
        found.append((tile, keys))
    return found, gone


def _from_folder(folder: Path) -> list[tuple[EvaluationTile, Keys]]:
    dataset = load_dataset(folder)
    found: list[tuple[EvaluationTile, Keys]] = []
    for tile in dataset.test():
        try:
            sha256 = file_sha256(tile.path)
        except OSError as error:
            raise DataError(f"{tile.path} cannot be read: {error.strerror or error}.") from error
        name = dataset.name(tile)
        made = EvaluationTile(tile.path, sha256, tile.cls, tile.group, name, origin=str(folder))
        found.append((made, keys_in_folder(dataset, tile)))
    return found


def _noted(tiles: tuple[EvaluationTile, ...], learnt: int, gone: int) -> EvaluationSet:
    """A set with what a person should know of it."""
    notes: list[str] = []
    good = sum(not tile.defective for tile in tiles)
    bad = len(tiles) - good
    if good < 2:
        notes.append("At least 2 tiles that are known to be good are needed.")
    if not bad:
        notes.append("No tile is known to be defective: nobody can say whether the new model misses more.")
    elif bad < 20:
        notes.append(
            "Only 1 tile is known to be defective: a difference of one may be chance."
            if bad == 1
            else f"Only {bad} tiles are known to be defective: a difference of one may be chance."
        )
    if learnt:
        notes.append(
            "1 picture is left out because one of the models has learnt it, or another one of the same tile."
            if learnt == 1
            else f"{learnt} pictures are left out because one of the models has learnt them, or others of "
            "the same tiles."
        )
    if gone:
        notes.append(
            "1 labelled record is left out: its picture is gone, or the file that it came from was changed."
            if gone == 1
            else f"{gone} labelled records are left out: their pictures are gone, or the files that they "
            "came from were changed."
        )
    serials = note_on_serials(tile.group for tile in tiles)
    return EvaluationSet(tiles, learnt, (*notes, serials) if serials else tuple(notes), gone)
