"""The state of Review: a queue of records, the one on screen, and what is said about it.

::

    look_for(filter, order) ──▶ queue_changed ──▶ go(0) ──▶ current_changed ──(read)──▶ item_changed
                                                   ▲                                     │ label
                                                   └────────── advance ◀─────────────────┘

Everything that touches the store runs on worker threads. A label is shown at once and written behind; if
writing fails it is taken back, its tile comes on screen again and `failed` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from tilesight.store.labels import LabelAction
from tilesight.store.records import NEWEST, Order, RecordFilter, RecordStore
from tilesight.store.region_labels import RegionLabel
from tilesight.store.types import LabelKind, RecordRow
from tilesight.ui.background import Background
from tilesight.ui.record_item import ItemReader, ReviewItem
from tilesight.ui.review.writer import LabelWriter

_T = TypeVar("_T")
_AROUND = 60
_ROWS_KEPT = 4000
_QUEUE, _ITEM, _FRESH = "review.queue", "review.item", "review.fresh"


@dataclass(frozen=True, slots=True)
class _Queue:
    ids: NDArray[np.int64]
    labelled: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Said:
    """What came out of a change: the rows it touched as they are now."""

    rows: tuple[RecordRow, ...]
    action: LabelAction | None
    steps: tuple[int, int]


class ReviewModel(QObject):
    """See the module. Setters return at once; signals tell the rest.

    Signals:
        queue_changed: Another queue, or none.
        current_changed: Another record is on screen; its item comes later.
        item_changed: The item of the record on screen came or changed.
        rows_changed: Rows or labels of the queue changed.
        steps_changed: What can be undone or done again.
        failed: Exception; reading or writing went wrong, nothing that was acknowledged is lost.
        queue_failed: Exception; the queue could not be made.
        labelled: Tuple of record numbers and what was said (`LabelKind` or None), once it is stored.
        stepped: `LabelAction` and whether it was turned back; None where there was nothing.
        fresh_changed: How many matching records came since the queue was made.
    """

    queue_changed = Signal()
    current_changed = Signal()
    item_changed = Signal()
    rows_changed = Signal()
    steps_changed = Signal()
    failed = Signal(object)
    queue_failed = Signal(object)
    labelled = Signal(object, object)
    stepped = Signal(object, bool)
    fresh_changed = Signal(int)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._writer = LabelWriter(background)
        self._store: RecordStore | None = None
        self._reader: ItemReader | None = None
        self.which = RecordFilter()
        self.order = NEWEST
        self.reviewer = ""
        self.ids: NDArray[np.int64] = np.empty(0, np.int64)
        self.at = -1
        self.looking = False  #: A queue was asked for and is not there yet.
        self.item: ReviewItem | None = None
        self.steps = (0, 0)
        self._members: set[int] = set()
        self._labelled: set[int] = set()
        self._rows: dict[int, RecordRow] = {}
        self._asked: set[int] = set()
        self._pending: dict[int, tuple[LabelKind | None, str]] = {}
        self._newest = 0
        self._pinned: int | None = None

    # Store and queue

    @property
    def store(self) -> RecordStore | None:
        """Where the records lie."""
        return self._store

    def set_store(self, store: RecordStore | None) -> None:
        """Reads another store from now on; what waits to be written is written first."""
        self._writer.close()
        for topic in (_QUEUE, _ITEM, _FRESH):
            self._background.forget(topic)
        self._store = store
        self._reader = ItemReader(store) if store is not None else None
        self._rows.clear()
        self._asked.clear()
        self._pending.clear()
        self._take_queue(_Queue(np.empty(0, np.int64), frozenset()))
        if store is not None:
            self.look_for(self.which, self.order)
            self.read_steps()

    def set_reviewer(self, name: str) -> None:
        """Another person labels from now on, with undo steps of their own."""
        if name != self.reviewer:
            self.reviewer = name
            self.read_steps()
            self.item_changed.emit()

    def look_for(self, which: RecordFilter, order: Order) -> None:
        """Makes a new queue."""
        self.which, self.order = which, order
        store = self._store
        if store is None:
            return
        self.looking = True

        def work() -> _Queue:
            ids = store.ids(which, order)
            kinds = frozenset(which.labels or LabelKind) - {None}
            with_label = store.ids(replace(which, labels=kinds)).tolist() if kinds else []
            return _Queue(ids, frozenset(with_label))

        self._background.run(work, self._take_queue, self._no_queue, topic=_QUEUE)

    def _take_queue(self, queue: _Queue) -> None:
        keep = self.current_id
        self.looking = False
        self.ids = queue.ids
        if self._pinned is not None:
            keep, self._pinned = self._pinned, None
            if keep not in self.ids:
                self.ids = np.insert(self.ids, 0, keep)
            self.at = -1
        self._members = set(self.ids.tolist())
        self._labelled = set(queue.labelled)
        self._newest = int(queue.ids.max()) if len(queue.ids) else 0
        self._background.forget(_FRESH)
        self.fresh_changed.emit(0)
        places = np.flatnonzero(self.ids == keep) if keep is not None else []
        same = self.item is not None and self.item.record.id == keep
        self.at = int(places[0]) if len(places) and same else -1
        self.queue_changed.emit()
        if self.at < 0:
            self.item = None
            self.current_changed.emit()
            self.go(int(places[0]) if len(places) else 0)

    def _no_queue(self, error: Exception) -> None:
        self.looking = False
        self.queue_failed.emit(error)

    def count_fresh(self) -> None:
        """Counts matching records that came since the queue was made; `fresh_changed` tells."""
        store = self._store
        if store is not None and not self.looking:
            which = replace(self.which, id_from=max(self._newest + 1, self.which.id_from or 0))
            work = partial(store.count, which)
            self._background.run(work, self.fresh_changed.emit, self._not_counted, topic=_FRESH)

    @staticmethod
    def _not_counted(error: Exception) -> None:
        # The number is a courtesy; a store that cannot be read says so where records are read.
        del error

    # Where it stands

    @property
    def current_id(self) -> int | None:
        """The record on screen."""
        return int(self.ids[self.at]) if 0 <= self.at < len(self.ids) else None

    @property
    def done(self) -> int:
        """How many of the queue have a label."""
        found = len(self._labelled)
        for number, (kind, _) in self._pending.items():
            if number in self._members:
                found += (kind is not None) - (number in self._labelled)
        return found

    @property
    def at_end(self) -> bool:
        """Everything in the queue has a label."""
        return len(self.ids) > 0 and self.done >= len(self.ids)

    def go(self, at: int) -> None:
        """Brings a place of the queue on screen; out of range is ignored."""
        if not 0 <= at < len(self.ids) or at == self.at:
            return
        self.at = at
        number = int(self.ids[at])
        self.item = self._reader.peek(number) if self._reader is not None else None
        self.current_changed.emit()
        if self.item is not None:
            self.item_changed.emit()
        self._read(number)

    def step(self, by: int) -> None:
        """Goes forward or back in the queue."""
        self.go(min(max(self.at + by, 0), len(self.ids) - 1))

    def show_record(self, record_id: int) -> None:
        """Brings a record on screen; one that is not in the queue is put in before the present one."""
        if self.looking:
            self._pinned = record_id
            return
        places = np.flatnonzero(self.ids == record_id)
        if len(places):
            self.go(int(places[0]))
            return
        at = max(self.at, 0)
        self.ids = np.insert(self.ids, at, record_id)
        self._members.add(record_id)
        self.at = -1
        self.queue_changed.emit()
        self.go(at)

    def advance(self) -> None:
        """Goes to the next tile; from the last one to the first that has no label."""
        if self.at + 1 < len(self.ids):
            self.go(self.at + 1)
            return
        for at, number in enumerate(self.ids.tolist()):
            if self.label_of(number)[0] is None and number not in self._labelled:
                self.go(at)
                return

    # Rows of the strip

    def row(self, record_id: int) -> RecordRow | None:
        """What is known of a record; None until it is read (`rows_changed` tells)."""
        return self._rows.get(record_id)

    def label_of(self, record_id: int) -> tuple[LabelKind | None, str]:
        """The label of a record as it will be once everything is written."""
        if record_id in self._pending:
            return self._pending[record_id]
        row = self._rows.get(record_id)
        return (row.label, row.label_class) if row is not None else (None, "")

    def want_rows(self, first: int, last: int) -> None:
        """Reads the rows from one place of the queue to another (not included), in the background."""
        store = self._store
        first, last = max(first - _AROUND, 0), min(last + _AROUND, len(self.ids))
        missing = [
            number
            for number in self.ids[first:last].tolist()
            if number not in self._rows and number not in self._asked
        ]
        if store is None or not missing:
            return
        self._asked.update(missing)
        self._background.run(
            lambda: store.get_many(missing),
            partial(self._take_rows, missing),
            partial(self._no_rows, missing),
        )

    def _take_rows(self, asked: list[int], rows: Iterable[RecordRow]) -> None:
        self._asked.difference_update(asked)
        if len(self._rows) > _ROWS_KEPT:
            self._rows.clear()
        self._keep_rows(rows)

    def _no_rows(self, asked: list[int], error: Exception) -> None:
        del error
        self._asked.difference_update(asked)

    def _keep_rows(self, rows: Iterable[RecordRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
            if row.id in self._members:
                (self._labelled.discard if row.label is None else self._labelled.add)(row.id)
        self.rows_changed.emit()

    # The item on screen

    def _read(self, record_id: int) -> None:
        reader = self._reader
        if reader is None:
            return
        # The next ones are read ahead, so that a key press finds its picture ready.
        self._background.run(lambda: reader.read(record_id), self._take_item, self.failed.emit, topic=_ITEM)
        ahead = self.ids[self.at + 1 : self.at + 3].tolist()
        if ahead:
            self._background.run(lambda: _warm(reader, ahead), _nothing, _nothing, topic="review.ahead")

    def _take_item(self, item: ReviewItem) -> None:
        if item.record.id == self.current_id:
            self.item = item
            self._keep_rows([item.record])
            self.item_changed.emit()

    def reload_item(self) -> None:
        """Reads what is said about the record on screen once more."""
        number = self.current_id
        if number is not None:
            self._read(number)

    # Saying something

    def label(
        self, ids: Iterable[int], kind: LabelKind | None, *, defect_class: str = "", comment: str = ""
    ) -> None:
        """Labels records as one step for undo; None takes the label away."""
        store, who = self._store, self.reviewer
        wanted = list(ids)
        if store is None or not wanted:
            return
        for number in wanted:
            self._pending[number] = (kind, defect_class)
        self.rows_changed.emit()

        def work() -> None:
            store.labels.label(who, wanted, kind, defect_class=defect_class, comment=comment)

        self._change(work, wanted, lambda: self.labelled.emit(tuple(wanted), kind))

    def judge_region(self, index: int, decision: str, defect_class: str = "") -> None:
        """Accepts ("accept") or rejects ("reject") a region of the tile on screen; "" takes it away."""
        store, who, number, item = self._store, self.reviewer, self.current_id, self.item
        if store is None or number is None or item is None:
            return
        said = {"accept": "accept", "reject": "reject"}.get(decision)
        others = tuple(one for one in item.regions if (one.reviewer, one.index) != (who, index))
        if said == "accept" or said == "reject":
            choice = said
            own = RegionLabel(number, index, who, choice, defect_class, item.record.inspected_at)
            self.item = replace(item, regions=(*others, own))

            def work() -> None:
                store.labels.judge_region(who, number, index, choice, defect_class=defect_class)

        else:
            self.item = replace(item, regions=others)

            def work() -> None:
                store.labels.judge_region(who, number, index, None)

        self.item_changed.emit()
        self._change(work, [number])

    def draw(self, mask: NDArray[np.bool_], defect_class: str = "") -> None:
        """Stores a drawn mask on the tile on screen."""
        store, who, number = self._store, self.reviewer, self.current_id
        if store is not None and number is not None:
            self._change(lambda: store.labels.draw(who, number, mask, defect_class=defect_class), [number])

    def erase(self, mask_id: int) -> None:
        """Takes a drawn mask of the tile on screen away."""
        store, who, number = self._store, self.reviewer, self.current_id
        if store is not None and number is not None:
            self._change(lambda: store.labels.erase(who, number, mask_id), [number])

    def undo(self) -> None:
        """Turns the reviewer's last step back and shows its tile."""
        self._turn(back=True)

    def redo(self) -> None:
        """Does the step again that was turned back last, and shows its tile."""
        self._turn(back=False)

    def _turn(self, *, back: bool) -> None:
        store, who = self._store, self.reviewer
        if store is None or not who:
            return

        def work() -> _Said:
            action = store.labels.undo(who) if back else store.labels.redo(who)
            touched = () if action is None else action.record_ids
            return _Said(tuple(store.get_many(touched)), action, store.labels.steps(who))

        self._writer.write(work, partial(self._turned, back), self._not_turned)

    def _turned(self, back: bool, said: _Said) -> None:
        self._take_said(said, [row.id for row in said.rows])
        if said.action is not None and said.action.record_ids:
            first = said.action.record_ids[0]
            if self.current_id in said.action.record_ids:
                self.reload_item()
            else:
                self.show_record(first)
        self.stepped.emit(said.action, back)

    def _not_turned(self, error: Exception) -> None:
        self.failed.emit(error)

    def read_steps(self) -> None:
        """Asks how much can be undone; `steps_changed` tells."""
        store, who = self._store, self.reviewer
        if store is not None and who:
            self._background.run(
                lambda: store.labels.steps(who), self._take_steps, self._no_steps, topic="review.steps"
            )
        else:
            self._take_steps((0, 0))

    def _take_steps(self, steps: tuple[int, int]) -> None:
        self.steps = steps
        self.steps_changed.emit()

    def _no_steps(self, error: Exception) -> None:
        del error
        self._take_steps((0, 0))

    def _change(
        self, work: Callable[[], object], touched: list[int], then: Callable[[], object] | None = None
    ) -> None:
        store, who = self._store, self.reviewer
        if store is None:
            return

        def whole() -> _Said:
            work()
            return _Said(tuple(store.get_many(touched)), None, store.labels.steps(who))

        self._writer.write(whole, partial(self._changed, touched, then), partial(self._not_changed, touched))

    def _changed(self, touched: list[int], then: Callable[[], object] | None, said: _Said) -> None:
        self._take_said(said, touched)
        if self.current_id in touched:
            self.reload_item()
        if then is not None:
            then()

    def _take_said(self, said: _Said, touched: list[int]) -> None:
        # A newer change of the same record may wait still; its own answer comes.
        if not self._writer.waiting:
            self._pending.clear()
        else:
            for row in said.rows:
                if row.id in touched and self._pending.get(row.id) == (row.label, row.label_class):
                    del self._pending[row.id]
        self._keep_rows(said.rows)
        self._take_steps(said.steps)

    def _not_changed(self, touched: list[int], error: Exception) -> None:
        for number in touched:
            self._pending.pop(number, None)
        self.rows_changed.emit()
        if touched and touched[0] != self.current_id:
            self.show_record(touched[0])
        else:
            self.reload_item()
        self.failed.emit(error)

    # End

    @property
    def waiting(self) -> int:
        """Changes that are not stored yet."""
        return self._writer.waiting

    def close(self) -> None:
        """Writes what waits."""
        self._writer.close()


def _warm(reader: ItemReader, ids: list[int]) -> None:
    for number in ids:
        reader.read(number)


def _nothing(_: object) -> None:
    pass
