"""Which records, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Boolean, ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bsdrd.result import Verdict
from tilesight.store.canonical import to_us
from tilesight.store.schema import files, labels, records
from tilesight.store.types import Cursor, LabelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which records are meant; every condition that is given must hold. The default means all.

    Attributes:
        verdicts: Any of these; empty for all.
        labels: Current label is any of these; None among them stands for unlabelled; empty for all.
        defect_classes: Defect class of the current label is any of these; empty for all.
        reviewer: Has ever been labelled by this person.
        disagreement: Whether reviewers disagree.
        score_from: Score at least this.
        score_to: Score below this.
        since: Inspected at or after; with a time zone.
        until: Inspected before; with a time zone.
        lot: Exactly this lot.
        serial: Exactly this serial number.
        source: Exactly this source.
        station: Exactly this station.
        operator: Exactly this operator.
        model_sha256: Judged by this model.
        recipe_name: Judged under this recipe.
        recipe_sha256: Judged under exactly this recipe.
        id_from: Record number at least this.
        id_to: Record number below this.
        text: Each word occurs in name, lot, serial, source, reason, operator, model, recipe, label
            class or comment; upper and lower case (of English letters) are alike.
        with_picture: Whether the picture is kept.
        with_maps: Whether the maps are kept.
    """

    verdicts: frozenset[Verdict] = frozenset()
    labels: frozenset[LabelKind | None] = frozenset()
    defect_classes: frozenset[str] = frozenset()
    reviewer: str | None = None
    disagreement: bool | None = None
    score_from: float | None = None
    score_to: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    lot: str | None = None
    serial: str | None = None
    source: str | None = None
    station: str | None = None
    operator: str | None = None
    model_sha256: str | None = None
    recipe_name: str | None = None
    recipe_sha256: str | None = None
    id_from: int | None = None
    id_to: int | None = None
    text: str = ""
    with_picture: bool | None = None
    with_maps: bool | None = None


#: Every record.
ALL = RecordFilter()

OrderBy = Literal["time", "score", "doubt", "name", "lot", "serial", "source", "verdict", "label", "id"]


@dataclass(frozen=True, slots=True)
class Order:
    """How records are ordered; ties by record number in the same direction.

    `doubt` is the distance of the score to the nearer threshold as applied. Records without a score
    come last in both directions.
    """

    by: OrderBy = "time"
    descending: bool = True


NEWEST = Order("time", True)
OLDEST = Order("time", False)
HIGHEST_SCORE = Order("score", True)
LOWEST_SCORE = Order("score", False)
MOST_DOUBTFUL = Order("doubt", False)

_FAR = 1e300
_TEXT_COLUMNS = ("name", "lot", "serial", "source", "reason", "operator", "model_name", "recipe_name")
_EXACT = ("lot", "serial", "source", "station", "operator", "model_sha256", "recipe_name", "recipe_sha256")


def conditions(which: RecordFilter) -> list[ColumnElement[bool]]:
    """The WHERE conditions of a filter."""
    c = records.c
    found: list[ColumnElement[bool]] = []
    if which.verdicts:
        found.append(c.verdict.in_([v.value for v in which.verdicts]))
    if which.labels:
        found.append(_label_condition(which.labels))
    if which.defect_classes:
        found.append(c.label_class.in_(sorted(which.defect_classes)))
    if which.disagreement is not None:
        found.append(c.disagreement == int(which.disagreement))
    for name in _EXACT:
        value: str | None = getattr(which, name)
        if value is not None:
            found.append(c[name] == value)
    if which.reviewer is not None:
        found.append(exists().where(labels.c.record_id == c.id, labels.c.reviewer == which.reviewer))
    found += _ranges(which)
    found += [_word(word) for word in which.text.split()]
    found += [
        _has_file(kind) if wanted else ~_has_file(kind)
        for kind, wanted in (("picture", which.with_picture), ("maps", which.with_maps))
        if wanted is not None
    ]
    return found


def _label_condition(kinds: frozenset[LabelKind | None]) -> ColumnElement[bool]:
    named = [kind.value for kind in kinds if kind is not None]
    any_named = records.c.label_kind.in_(named)
    if None not in kinds:
        return any_named
    return or_(records.c.label_kind.is_(None), any_named) if named else records.c.label_kind.is_(None)


def _ranges(which: RecordFilter) -> list[ColumnElement[bool]]:
    c = records.c
    found: list[ColumnElement[bool]] = []
    if which.score_from is not None:
        found.append(c.score >= which.score_from)
    if which.score_to is not None:
        found.append(c.score < which.score_to)
    if which.since is not None:
        found.append(c.inspected_us >= to_us(which.since))
    if which.until is not None:
        found.append(c.inspected_us < to_us(which.until))
    if which.id_from is not None:
        found.append(c.id >= which.id_from)
    if which.id_to is not None:
        found.append(c.id < which.id_to)
    return found


class _Matches(FunctionElement[bool]):
    """LIKE without regard to upper and lower case, with a backslash before literal wild cards."""

    inherit_cache = True
    type = Boolean()


@compiles(_Matches)
def _write_matches(element: _Matches, compiler: Any, **options: Any) -> str:
    # SQLite's LIKE is so by itself, and lower() around each column would take twice as long.
    verb = "LIKE" if compiler.dialect.name == "sqlite" else "ILIKE"
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} {verb} {pattern} ESCAPE '\\')"


def _word(word: str) -> ColumnElement[bool]:
    """Whether a word occurs in any text of a record."""
    pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    hits = [_Matches(records.c[name], literal(pattern)) for name in (*_TEXT_COLUMNS, "label_class")]
    # A sub-select that does not depend on the row is worked out once; labels are few beside records.
    commented = select(labels.c.record_id).where(_Matches(labels.c.comment, literal(pattern)))
    return or_(*hits, records.c.id.in_(commented))


def _has_file(kind: str) -> ColumnElement[bool]:
    return exists().where(files.c.record_id == records.c.id, files.c.kind == kind, files.c.state == "kept")


def order_value(order: Order) -> ColumnElement[Any]:
    """The value that an order sorts by; never NULL, so that pages can follow each other."""
    c = records.c
    match order.by:
        case "time":
            return c.inspected_us
        case "id":
            return c.id
        case "score" | "doubt":
            low, high = func.abs(c.score - c.t1), func.abs(c.score - c.t2)
            value = c.score if order.by == "score" else case((low < high, low), else_=high)
            return func.coalesce(value, literal(-_FAR if order.descending else _FAR))
        case "name" | "source" | "verdict":
            return c[order.by]
        case "label":
            return func.coalesce(c.label_kind, literal(""))
        case _:
            return func.coalesce(c[order.by], literal(""))


def apply_order(statement: Select[Any], order: Order, after: Cursor | None = None) -> Select[Any]:
    """Order a selection of records, and start it behind a cursor."""
    value, c = order_value(order), records.c
    if after is not None:
        if order.descending:
            beyond = or_(value < after.value, and_(value == after.value, c.id < after.id))
        else:
            beyond = or_(value > after.value, and_(value == after.value, c.id > after.id))
        statement = statement.where(beyond)
    if order.descending:
        return statement.order_by(value.desc(), c.id.desc())
    return statement.order_by(value.asc(), c.id.asc())
