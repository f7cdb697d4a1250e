"""Labels: what people say about records, with unlimited undo and redo that survive a restart.

A label is a row that refers to a record and is never edited. What one person does in one go is an
*action*; undo and redo add rows that turn an action back or do it again::

    new action ──▶ done ──undo──▶ undone ──redo──▶ done
                                     └──another action──▶ dropped (kept in the history)

Each reviewer has a stack of actions of their own, and a label of their own on each record. The current
label of a record is the one given last; it is kept in the record's row in the same transaction.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, insert, select, update

from tilesight.store.canonical import from_us, now_us
from tilesight.store.database import Database
from tilesight.store.errors import LabelError
from tilesight.store.label_actions import ActionBuilder
from tilesight.store.label_state import label_states, refresh_current
from tilesight.store.label_types import Decision, Disagreement, Label, LabelAction, LabelEvent
from tilesight.store.region_labels import RegionLabels
from tilesight.store.schema import label_actions, labels, records
from tilesight.store.types import LabelKind

__all__ = [
    "ActionBuilder",
    "Decision",
    "Disagreement",
    "Label",
    "LabelAction",
    "LabelEvent",
    "LabelKind",
    "LabelStore",
]


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
