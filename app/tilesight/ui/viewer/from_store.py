"""A stored record as a viewer shows it; reads files, so not for the GUI thread."""

from __future__ import annotations

from tilesight.store.originals import picture_of
from tilesight.store.records import RecordStore
from tilesight.store.types import Record
from tilesight.ui.viewer.tile import ViewTile


def record_view(store: RecordStore, record: Record) -> ViewTile | None:
    """Picture, maps and regions of a record; None where there is no picture of it.

    Raises:
        StoreError: If a file that should be there is gone or damaged.
    """
    pixels = picture_of(store, record)
    if pixels is None:
        return None
    maps = store.files.maps(record.id) if record.maps == "kept" else None
    return ViewTile(
        key=record.id,
        pixels=pixels,
        name=record.name,
        maps=maps,
        regions=record.regions,
        thresholds=record.thresholds,
        map_threshold=record.map_threshold,
        score=record.score,
        verdict=record.verdict,
        mm_per_px=record.mm_per_px,
    )
