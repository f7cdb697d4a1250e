"""One record as a reviewer sees it; reads files, so not for the GUI thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from bsdrd.errors import BsdrdError
from tilesight.store.labels import Label
from tilesight.store.records import RecordStore
from tilesight.store.region_labels import DrawnMask, RegionLabel
from tilesight.store.types import Record
from tilesight.ui.viewer import ViewTile
from tilesight.ui.viewer.from_store import record_view

_KEPT = 12


@dataclass(frozen=True, slots=True, eq=False)
class ReviewItem:
    """A record with what everybody said about it.

    Attributes:
        record: The record.
        view: Picture and maps; None where the picture is not kept or cannot be read.
        problem: Why it cannot be read; None where it can, or was never kept.
        labels: What each reviewer says now, oldest first.
        regions: Judgements of single regions.
        masks: What was drawn on it.
    """

    record: Record
    view: ViewTile | None
    problem: BsdrdError | None
    labels: tuple[Label, ...]
    regions: tuple[RegionLabel, ...]
    masks: tuple[DrawnMask, ...]

    def label_of(self, reviewer: str) -> Label | None:
        """What one reviewer says."""
        return next((label for label in self.labels if label.reviewer == reviewer), None)

    def decision_of(self, reviewer: str, index: int) -> str:
        """What one reviewer says about a region: "accept", "reject" or ""."""
        own = (one.decision for one in self.regions if one.reviewer == reviewer and one.index == index)
        return next(own, "")


class ItemReader:
    """Reads records for review; keeps the last ones, since people go back and forth.

    Args:
        store: Where from.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._items: OrderedDict[int, ReviewItem] = OrderedDict()

    def peek(self, record_id: int) -> ReviewItem | None:
        """A record as it was read last, at once; None where it was not read lately."""
        with self._lock:
            return self._items.get(record_id)

    def read(self, record_id: int) -> ReviewItem:
        """A record with everything; call it on a worker thread.

        Raises:
            StoreError: If there is no such record, or the store cannot be read.
        """
        record = self._store.get(record_id)
        labels = self._store.labels
        known = self.peek(record_id)
        view = known.view if known is not None else None
        problem, masks = None, []
        try:
            if view is None:
                view = record_view(self._store, record)
            masks = labels.regions.masks([record_id])
        except BsdrdError as error:
            problem = error
        item = ReviewItem(
            record=record,
            view=view,
            problem=problem,
            labels=tuple(labels.current(record_id)),
            regions=tuple(labels.regions.current([record_id])),
            masks=tuple(masks),
        )
        with self._lock:
            self._items[record_id] = item
            self._items.move_to_end(record_id)
            while len(self._items) > _KEPT:
                self._items.popitem(last=False)
        return item
