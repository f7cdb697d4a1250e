"""What belongs to one action of a reviewer, and turning it back: the rows that labelling adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select

from tilesight.store.canonical import to_us
from tilesight.store.errors import LabelError
from tilesight.store.label_state import LabelState, label_states, region_states
from tilesight.store.label_types import Decision
from tilesight.store.region_labels import mask_png
from tilesight.store.schema import drawn_masks, labels, records, region_labels
from tilesight.store.types import LabelKind


class ActionBuilder:
    """Collects what belongs to one action; made by `LabelStore.action`."""

    def __init__(
        self, connection: Connection, action_id: int, reviewer: str, origin: str, at_us: int
    ) -> None:
        self._connection = connection
        self._base = {"action_id": action_id, "reviewer": reviewer, "origin": origin, "at_us": at_us}
        self._at_us = at_us
        self._reviewer = reviewer
        self.touched: set[int] = set()

    def label(
        self,
        ids: Iterable[int],
        kind: LabelKind | None,
        *,
        defect_class: str = "",
        comment: str = "",
        at: datetime | None = None,
    ) -> None:
        """Label records; None takes this reviewer's label away.

        Args:
            ids: Which records.
            kind: What is said about them.
            defect_class: For a defect or a miss.
            comment: In the reviewer's words.
            at: When it was said, where it was not now (imports).
        """
        given = None if kind is None else (self._at_us if at is None else to_us(at))
        state = LabelState(None if kind is None else kind.value, defect_class, comment, given)
        wanted = list(dict.fromkeys(int(number) for number in ids))
        _must_exist(self._connection, wanted)
        before = label_states(self._connection, wanted, self._reviewer)
        self._label({number: (before[number], state) for number in wanted})

    def judge_region(
        self,
        record_id: int,
        index: int,
        decision: Decision | None,
        *,
        defect_class: str = "",
        at: datetime | None = None,
    ) -> None:
        """Accept or reject one region of a record; None takes the judgement away.

        Args:
            record_id: Which record.
            index: Which of its regions, from 0.
            decision: "accept" for a real defect, "reject" for a false alarm.
            defect_class: As "crack".
            at: When it was said, where it was not now (imports).

        Raises:
            LabelError: If the record has no such region.
        """
        found = self._connection.execute(
            select(records.c.n_regions).where(records.c.id == record_id)
        ).scalar()
        if found is None or not 0 <= index < int(found):
            raise LabelError(f"Record {record_id} has no region {index + 1}.", kept="Nothing was labelled.")
        self._region(record_id, index, None, decision, defect_class, at)

    def draw(
        self,
        record_id: int,
        mask: NDArray[np.bool_],
        *,
        defect_class: str = "",
        at: datetime | None = None,
    ) -> int:
        """Add a mask of what the detector missed (or of the whole defect).

        Args:
            record_id: Which record.
            mask: H x W of the tile, True on the defect.
            defect_class: As "crack".
            at: When it was drawn, where it was not now (imports).

        Returns:
            Number of the mask.

        Raises:
            LabelError: If nothing is drawn or the mask has not the tile's size.
        """
        row = self._connection.execute(
            select(records.c.height, records.c.width).where(records.c.id == record_id)
        ).one_or_none()
        if row is None:
            raise LabelError(f"There is no record {record_id}.")
        if row.height is not None and mask.shape != (row.height, row.width):
            raise LabelError(
                f"A mask of {mask.shape[1]} x {mask.shape[0]} pixels does not fit a tile of "
                f"{row.width} x {row.height}.",
                kept="Nothing was stored.",
            )
        png, digest = mask_png(mask)
        mask_id = int(
            self._connection.execute(
                insert(drawn_masks)
                .values(record_id=record_id, sha256=digest, png=png)
                .returning(drawn_masks.c.id)
            ).scalar_one()
        )
        self._region(record_id, None, mask_id, "drawn", defect_class, at)
        return mask_id

    def erase(self, record_id: int, mask_id: int) -> None:
        """Take a drawn mask away; undo brings it back.

        Raises:
            LabelError: If this reviewer drew no such mask on this record.
        """
        states = region_states(self._connection, record_id, self._reviewer)
        if states.get((None, mask_id), (None, ""))[0] != "drawn":
            raise LabelError(f"{self._reviewer} drew no mask {mask_id} on record {record_id}.")
        self._region(record_id, None, mask_id, None, "")

    def turn(self, action_id: int, *, back: bool) -> None:
        """Undo (or do again) every row that an action added when it was made."""
        made = (labels.c.action_id == action_id) & (labels.c.origin == "label")
        changes: dict[int, tuple[LabelState, LabelState]] = {}
        for row in self._connection.execute(select(labels).where(made).order_by(labels.c.id)):
            old = LabelState(row.before_kind, row.before_class, row.before_comment, row.before_given_us)
            new = LabelState(row.kind, row.defect_class, row.comment, row.given_us)
            # An action may touch a record twice: from its first "before" to its last "after".
            first = changes[row.record_id][0] if row.record_id in changes else old
            changes[row.record_id] = (first, new)
        self._label({k: (new, old) if back else (old, new) for k, (old, new) in changes.items()})
        drawn = (region_labels.c.action_id == action_id) & (region_labels.c.origin == "label")
        order = region_labels.c.id.desc() if back else region_labels.c.id.asc()
        for row in self._connection.execute(select(region_labels).where(drawn).order_by(order)).all():
            decision, cls = (
                (row.before_decision, row.before_class) if back else (row.decision, row.defect_class)
            )
            self._region(row.record_id, row.region_index, row.mask_id, decision, cls)

    def _label(self, changes: dict[int, tuple[LabelState, LabelState]]) -> None:
        if not changes:
            return
        self._connection.execute(
            insert(labels),
            [
                {
                    **self._base,
                    "record_id": number,
                    "kind": new.kind,
                    "defect_class": new.defect_class,
                    "comment": new.comment,
                    "given_us": new.given_us,
                    "before_kind": old.kind,
                    "before_class": old.defect_class,
                    "before_comment": old.comment,
                    "before_given_us": old.given_us,
                }
                for number, (old, new) in changes.items()
            ],
        )
        self.touched.update(changes)

    def _region(
        self,
        record_id: int,
        index: int | None,
        mask_id: int | None,
        decision: str | None,
        cls: str,
        at: datetime | None = None,
    ) -> None:
        states = region_states(self._connection, record_id, self._reviewer)
        old_decision, old_class = states.get((index, mask_id), (None, ""))
        self._connection.execute(
            insert(region_labels).values(
                **(self._base if at is None else {**self._base, "at_us": to_us(at)}),
                record_id=record_id,
                region_index=index,
                mask_id=mask_id,
                decision=decision,
                defect_class=cls,
                before_decision=old_decision,
                before_class=old_class,
            )
        )
        self.touched.add(record_id)


def _must_exist(connection: Connection, wanted: Sequence[int]) -> None:
    for start in range(0, len(wanted), 10_000):
        part = wanted[start : start + 10_000]
        found = set(connection.execute(select(records.c.id).where(records.c.id.in_(part))).scalars())
        missing = [number for number in part if number not in found]
        if missing:
            raise LabelError(f"There is no record {missing[0]}.", kept="Nothing was labelled.")
