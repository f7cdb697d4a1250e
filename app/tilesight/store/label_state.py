"""What holds now, worked out from the rows that were added: labels and region labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, overload

from sqlalchemy import Connection, bindparam, func, select, update

from tilesight.store.schema import labels, records, region_labels
from tilesight.store.types import LabelKind

_IDS_AT_ONCE = 10_000


class LabelState(NamedTuple):
    """What one person says about one record; `kind` None for nothing."""

    kind: str | None
    defect_class: str
    comment: str
    given_us: int | None


NOTHING = LabelState(None, "", "", None)


@overload
def label_states(connection: Connection, ids: Sequence[int], reviewer: str) -> dict[int, LabelState]: ...
@overload
def label_states(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str], LabelState]: ...
def label_states(
    connection: Connection, ids: Sequence[int], reviewer: str | None = None
) -> dict[int, LabelState] | dict[tuple[int, str], LabelState]:
    """The last word of one reviewer on each record (every id is a key), or of every reviewer."""
    found: dict[tuple[int, str], LabelState] = {}
    for start in range(0, len(ids), _IDS_AT_ONCE):
        part = ids[start : start + _IDS_AT_ONCE]
        last = select(func.max(labels.c.id)).where(labels.c.record_id.in_(part))
        if reviewer is not None:
            last = last.where(labels.c.reviewer == reviewer)
        last = last.group_by(labels.c.record_id, labels.c.reviewer)
        for row in connection.execute(select(labels).where(labels.c.id.in_(last))):
            found[row.record_id, row.reviewer] = LabelState(
                row.kind, row.defect_class, row.comment, row.given_us
            )
    if reviewer is None:
        return found
    return {number: found.get((number, reviewer), NOTHING) for number in ids}


def region_states(
    connection: Connection, record_id: int, reviewer: str
) -> dict[tuple[int | None, int | None], tuple[str | None, str]]:
    """The last word of a reviewer on each (region index, mask number): decision and defect class."""
    statement = (
        select(region_labels)
        .where(region_labels.c.record_id == record_id, region_labels.c.reviewer == reviewer)
        .order_by(region_labels.c.id)
    )
    return {
        (row.region_index, row.mask_id): (row.decision, row.defect_class)
        for row in connection.execute(statement)
    }


def refresh_current(connection: Connection, ids: Iterable[int]) -> None:
    """Bring the current label in the records' own rows in step with their label rows."""
    wanted = sorted(ids)
    if not wanted:
        return
    by_record: dict[int, list[tuple[int, str, LabelState]]] = {number: [] for number in wanted}
    for (number, reviewer), state in label_states(connection, wanted).items():
        if state.kind is not None:
            by_record[number].append((state.given_us or 0, reviewer, state))
    values: list[dict[str, object]] = []
    for number, said in by_record.items():
        given, reviewer, state = max(said, default=(None, None, NOTHING), key=lambda one: one[0] or 0)
        values.append(
            {
                "the_id": number,
                "label_kind": state.kind,
                "label_class": state.defect_class or None,
                "label_by": reviewer,
                "label_us": given,
                "disagreement": int(_disagree([one[2] for one in said])),
            }
        )
    connection.execute(update(records).where(records.c.id == bindparam("the_id")), values)


def _disagree(said: Sequence[LabelState]) -> bool:
    """One says good and one says defective, or defect classes differ; unsure contradicts nobody."""
    truths = {LabelKind(state.kind).truth for state in said} - {None}
    classes = {state.defect_class for state in said if LabelKind(state.kind).truth} - {""}
    return len(truths) > 1 or len(classes) > 1
