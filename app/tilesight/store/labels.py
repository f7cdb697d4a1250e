"""Labels: what people say about records, with unlimited undo and redo that survive a restart.

A label is a row that refers to a record and is never edited. What one person does in one go is an
*action*; undo and redo add rows that turn an action back or do it again::

    new action ──▶ done ──undo──▶ undone ──redo──▶ done
                                     └──another action──▶ dropped (kept in the history)

Each reviewer has a stack of actions of their own, and a label of their own on each record. The current
label of a record is the one given last; it is kept in the record's row in the same transaction.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, insert, select, update

from tilesight.store.canonical import from_us, now_us, to_us
from tilesight.store.database import Database
from tilesight.store.errors import LabelError
from tilesight.store.label_state import (
    LabelState,
    label_states,
    refresh_current,
    region_states,
)
from tilesight.store.region_labels import RegionLabels, mask_png
from tilesight.store.schema import drawn_masks, label_actions, labels, records, region_labels
from tilesight.store.types import LabelKind

Decision = Literal["accept", "reject"]


@dataclass(frozen=True, slots=True)
class Label:
    """What one person says about one record.

    Attributes:
        record_id: Number of the record.
        reviewer: Who.
        kind: What.
        defect_class: As "blowhole"; empty where none was given.
        comment: In their words.
        at: When they said so.
    """

    record_id: int
    reviewer: str
    kind: LabelKind
    defect_class: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """One line of a record's label history.

    Attributes:
        at: When.
        reviewer: Who.
        origin: "label", "undo" or "redo".
        before: What they said until then; None for nothing.
        after: What they say from then on; None for nothing.
        before_class: Defect class before.
        after_class: Defect class from then on.
        comment: Comment from then on.
    """

    at: datetime
    reviewer: str
    origin: Literal["label", "undo", "redo"]
    before: LabelKind | None
    after: LabelKind | None
    before_class: str
    after_class: str
    comment: str


@dataclass(frozen=True, slots=True)
class LabelAction:
    """What one person did in one go.

    Attributes:
        id: Number of the action.
        reviewer: Who.
        at: When.
        what: In a few words, for the undo message.
        record_ids: The records it touches.
    """

    id: int
    reviewer: str
    at: datetime
    what: str
    record_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A record that reviewers judge differently.

    Attributes:
        record_id: Number of the record.
        labels: Theirs, oldest first.
        about: "truth" (one says good, one says defective) or "class" (different defect classes).
    """

    record_id: int
    labels: tuple[Label, ...]
    about: Literal["truth", "class"]


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


class LabelStore:
    """Labels of a store; use `RecordStore.labels`."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.regions = RegionLabels(database)

    # -- labelling ---------------------------------------------------------------------------------

    @contextmanager
    def action(self, reviewer: str, what: str) -> Generator[ActionBuilder, None, None]:
        """Everything in the block is one transaction and one step for undo.

        Args:
            reviewer: Who.
            what: In a few words, as "3 tiles: false alarm".

        Raises:
            LabelError: If no reviewer is named or a record does not exist; nothing was stored.
        """
        if not reviewer.strip():
            raise LabelError("A label needs a reviewer.", do_next="Say who you are first.")
        with self._db.write("writing labels") as connection:
            at_us = now_us()
            connection.execute(
                update(label_actions)
                .where(label_actions.c.reviewer == reviewer, label_actions.c.state == "undone")
                .values(state="dropped")
            )
            action_id = int(
                connection.execute(
                    insert(label_actions)
                    .values(reviewer=reviewer, at_us=at_us, what=what, state="done")
                    .returning(label_actions.c.id)
                ).scalar_one()
            )
            builder = ActionBuilder(connection, action_id, reviewer, "label", at_us)
            yield builder
            refresh_current(connection, builder.touched)

    def label(
        self,
        reviewer: str,
        ids: int | Iterable[int],
        kind: LabelKind | None,
        *,
        defect_class: str = "",
        comment: str = "",
    ) -> None:
        """Label one record or many as one action; None takes this reviewer's label away.

        Args:
            reviewer: Who.
            ids: Which record or records.
            kind: What is said about them.
            defect_class: For a defect or a miss.
            comment: In the reviewer's words.

        Raises:
            LabelError: If no reviewer is named or a record does not exist; nothing was stored.
        """
        wanted = [ids] if isinstance(ids, int) else list(ids)
        said = "label removed" if kind is None else kind.value
        what = f"record {wanted[0]}: {said}" if len(wanted) == 1 else f"{len(wanted)} tiles: {said}"
        with self.action(reviewer, what) as action:
            action.label(wanted, kind, defect_class=defect_class, comment=comment)

    def judge_region(
        self,
        reviewer: str,
        record_id: int,
        index: int,
        decision: Decision | None,
        *,
        defect_class: str = "",
    ) -> None:
        """Accept or reject one region as one action; None takes the judgement away."""
        what = f"region {index + 1}: {decision or 'judgement removed'}"
        with self.action(reviewer, what) as action:
            action.judge_region(record_id, index, decision, defect_class=defect_class)

    def draw(self, reviewer: str, record_id: int, mask: NDArray[np.bool_], *, defect_class: str = "") -> int:
        """Add a drawn mask as one action; see `ActionBuilder.draw`."""
        with self.action(reviewer, "mask drawn") as action:
            return action.draw(record_id, mask, defect_class=defect_class)

    def erase(self, reviewer: str, record_id: int, mask_id: int) -> None:
        """Take a drawn mask away as one action."""
        with self.action(reviewer, "mask erased") as action:
            action.erase(record_id, mask_id)

    # -- undo and redo -----------------------------------------------------------------------------

    def undo(self, reviewer: str) -> LabelAction | None:
        """Turn this reviewer's last action back.

        Returns:
            That action, or None where there is nothing to undo.
        """
        return self._step(reviewer, "undo")

    def redo(self, reviewer: str) -> LabelAction | None:
        """Do again what this reviewer undid last.

        Returns:
            That action, or None where there is nothing to do again.
        """
        return self._step(reviewer, "redo")

    def steps(self, reviewer: str) -> tuple[int, int]:
        """How many actions this reviewer can undo, and how many they can do again."""
        statement = (
            select(label_actions.c.state, func.count())
            .where(label_actions.c.reviewer == reviewer)
            .group_by(label_actions.c.state)
        )
        with self._db.read("reading labels") as connection:
            found = {str(state): int(n) for state, n in connection.execute(statement)}
        return found.get("done", 0), found.get("undone", 0)

    def _step(self, reviewer: str, which: Literal["undo", "redo"]) -> LabelAction | None:
        back = which == "undo"
        statement = select(label_actions).where(
            label_actions.c.reviewer == reviewer,
            label_actions.c.state == ("done" if back else "undone"),
        )
        order = label_actions.c.id.desc() if back else label_actions.c.id.asc()
        with self._db.write("writing labels") as connection:
            row = connection.execute(statement.order_by(order).limit(1)).one_or_none()
            if row is None:
                return None
            builder = ActionBuilder(connection, row.id, reviewer, which, now_us())
            builder.turn(row.id, back=back)
            connection.execute(
                update(label_actions)
                .where(label_actions.c.id == row.id)
                .values(state="undone" if back else "done")
            )
            refresh_current(connection, builder.touched)
            return LabelAction(row.id, reviewer, from_us(row.at_us), row.what, tuple(sorted(builder.touched)))

    # -- reading -----------------------------------------------------------------------------------

    def current(self, record_id: int) -> list[Label]:
        """What each reviewer says about a record now, oldest first."""
        return self.current_many([record_id])[record_id]

    def current_many(self, ids: Iterable[int]) -> dict[int, list[Label]]:
        """What each reviewer says about these records now; every id asked for is a key."""
        wanted = [int(number) for number in ids]
        with self._db.read("reading labels") as connection:
            found = label_states(connection, wanted)
        result: dict[int, list[Label]] = {number: [] for number in wanted}
        for (number, reviewer), state in found.items():
            if state.kind is not None and state.given_us is not None:
                result[number].append(
                    Label(
                        number,
                        reviewer,
                        LabelKind(state.kind),
                        state.defect_class,
                        state.comment,
                        from_us(state.given_us),
                    )
                )
        for some in result.values():
            some.sort(key=lambda label: label.at)
        return result

    def history(self, record_id: int) -> list[LabelEvent]:
        """Everything that was ever said about a record, oldest first."""
        with self._db.read("reading labels") as connection:
            rows = connection.execute(
                select(labels).where(labels.c.record_id == record_id).order_by(labels.c.id)
            ).all()
        return [
            LabelEvent(
                at=from_us(row.at_us),
                reviewer=row.reviewer,
                origin=row.origin,
                before=_kind(row.before_kind),
                after=_kind(row.kind),
                before_class=row.before_class,
                after_class=row.defect_class,
                comment=row.comment,
            )
            for row in rows
        ]

    def disagreements(self) -> list[Disagreement]:
        """Every record that reviewers judge differently, newest first."""
        statement = select(records.c.id).where(records.c.disagreement == 1).order_by(records.c.id.desc())
        with self._db.read("reading labels") as connection:
            ids = [int(number) for number in connection.execute(statement).scalars()]
        found: list[Disagreement] = []
        for number, said in self.current_many(ids).items():
            truths = {label.kind.truth for label in said if label.kind.truth is not None}
            about: Literal["truth", "class"] = "truth" if len(truths) > 1 else "class"
            found.append(Disagreement(number, tuple(said), about))
        return found

    def classes(self) -> list[str]:
        """Defect classes in use, most used first."""
        statement = (
            select(records.c.label_class)
            .where(records.c.label_class.is_not(None), records.c.label_class != "")
            .group_by(records.c.label_class)
            .order_by(func.count().desc(), records.c.label_class)
        )
        with self._db.read("reading labels") as connection:
            return [str(name) for name in connection.execute(statement).scalars()]

    def reviewers(self) -> list[str]:
        """Everybody who ever labelled, by name."""
        statement = select(label_actions.c.reviewer).distinct().order_by(label_actions.c.reviewer)
        with self._db.read("reading labels") as connection:
            return [str(name) for name in connection.execute(statement).scalars()]


def _kind(value: Any) -> LabelKind | None:
    return None if value is None else LabelKind(value)


def _must_exist(connection: Connection, wanted: Sequence[int]) -> None:
    for start in range(0, len(wanted), 10_000):
        part = wanted[start : start + 10_000]
        found = set(connection.execute(select(records.c.id).where(records.c.id.in_(part))).scalars())
        missing = [number for number in part if number not in found]
        if missing:
            raise LabelError(f"There is no record {missing[0]}.", kept="Nothing was labelled.")
