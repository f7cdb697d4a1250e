"""Records of a store as entries, a few hundred at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tilesight.store.errors import StoredFileError
from tilesight.store.exchange.entry import (
    EntryLabel,
    EntryMask,
    EntryRegionLabel,
    TileEntry,
    record_to_json,
)
from tilesight.store.originals import original_file
from tilesight.store.records import RecordStore
from tilesight.store.region_masks import region_mask
from tilesight.store.types import Record

_AT_ONCE = 200


def collect(store: RecordStore, ids: NDArray[np.int64]) -> Iterator[tuple[int, TileEntry]]:
    """Each record's number and entry, in the order of `ids`."""
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE].tolist()
        said = store.labels.current_many(part)
        judged: dict[int, list[EntryRegionLabel]] = {number: [] for number in part}
        for label in store.labels.regions.current(part):
            judged[label.record_id].append(
                EntryRegionLabel(label.reviewer, label.index, label.decision, label.defect_class, label.at)
            )
        drawn: dict[int, list[EntryMask]] = {number: [] for number in part}
        for mask in store.labels.regions.masks(part):
            drawn[mask.record_id].append(EntryMask(mask.mask, mask.reviewer, mask.defect_class, mask.at))
        for record in store.get_full(part):
            yield (
                record.id,
                TileEntry(
                    name=record.name,
                    uid=record.uid,
                    picture=_picture(store, record),
                    height=record.height,
                    width=record.width,
                    record=record_to_json(record),
                    labels=tuple(
                        EntryLabel(one.reviewer, one.kind, one.defect_class, one.comment, one.at)
                        for one in said[record.id]
                    ),
                    region_labels=tuple(judged[record.id]),
                    masks=(*drawn[record.id], *_of_accepted(store, record, judged[record.id])),
                ),
            )


def _of_accepted(store: RecordStore, record: Record, judged: list[EntryRegionLabel]) -> list[EntryMask]:
    """The pixels of regions that a person accepted as defects, where the maps are kept."""
    accepted = {one.index: one for one in judged if one.decision == "accept"}
    if not accepted or record.maps != "kept" or record.thresholds is None:
        return []
    try:
        maps = store.files.maps(record.id)
    except StoredFileError:
        return []
    outline = record.thresholds.low if record.map_threshold is None else record.map_threshold
    return [
        EntryMask(region_mask(maps, outline, record.regions[index]), "", one.defect_class, one.at, index)
        for index, one in accepted.items()
    ]


def _picture(store: RecordStore, record: Record) -> Path | None:
    """The stored picture, or the file that the record was made from where it is still the same."""
    if record.picture == "kept":
        try:
            return store.files.path(record.id, "picture")
        except StoredFileError:
            return None
    return original_file(record)
