"""The record store: one transaction in, filtered and ordered views out.

The folder of a store::

    tilesight.db     everything but the files below (SQLite; or a PostgreSQL server by URL)
    pictures/        tiles, losslessly, by day
    maps/            anomaly maps, by day
    incoming/        files whose record is being committed; empty between two writes
    models/          model files by hash
    shadow/          tiles that a shadow model judged otherwise, by model; may be deleted
    backups/         copies of the database before it was migrated
    audit.anchors    a line for each row of the audit log
    store.lock       held while a program has the store open
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, insert, make_url, select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from bsdrd.result import Region, Verdict
from tilesight.store.audit import AuditLog
from tilesight.store.canonical import from_us, to_us
from tilesight.store.columns import read_score_arrays
from tilesight.store.database import Database
from tilesight.store.errors import StoreError, guarded
from tilesight.store.evaluation import EvaluationLog
from tilesight.store.filters import ALL, NEWEST, Order, RecordFilter, apply_order, conditions, order_value
from tilesight.store.images import KEEP_GREY_AND_NG, FileStore, RetentionRule
from tilesight.store.labels import LabelStore
from tilesight.store.lock import FolderLock
from tilesight.store.models import ModelRegistry
from tilesight.store.recipes import RecipeLog
from tilesight.store.rows import (
    REGION_COLUMNS,
    ROW_COLUMNS,
    new_uid,
    record_values,
    region_from,
    region_values,
    row_from,
    shared_fields,
)
from tilesight.store.schema import files, gaps, records, regions
from tilesight.store.shadow import ShadowLog
from tilesight.store.similar import SimilarRegions
from tilesight.store.types import (
    Cursor,
    FileState,
    Gap,
    GapKind,
    LabelKind,
    NewRecord,
    Page,
    Record,
    RecordRow,
    ScoreArrays,
)

__all__ = [
    "ALL",
    "NEWEST",
    "Gap",
    "LabelKind",
    "NewRecord",
    "Order",
    "Page",
    "Record",
    "RecordFilter",
    "RecordRow",
    "RecordStore",
    "RetentionRule",
    "ScoreArrays",
]

# SQLite allows 32,766 variables in one statement.
_IDS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class _Place:
    folder: Path
    url: URL


class RecordStore:
    """Every record of a store; open it once and share it between threads.

    Writers queue behind one another, readers never wait and never make a writer wait.

    Attributes:
        folder: Where the store lies.
        db: Its database; `with store.db.write():` puts several changes into one transaction.
        files: Pictures, maps and thumbnails.
        labels: What people say about records.
        audit: Who changed what, and why.
        recipes: Versions of recipes.
        models: The model registry.
        shadow: What shadow models would have said.
        evaluation: Frozen sets of labelled tiles, and comparisons made on them.
        similar: Regions that look alike.
    """

    def __init__(self, place: Path, database: Database, lock: FolderLock | None) -> None:
        """Use `RecordStore.open`."""
        self.folder = place
        self.db = database
        self.files = FileStore(place, database)
        self.labels = LabelStore(database)
        self.audit = AuditLog(place, database)
        self.recipes = RecipeLog(database, self.audit)
        self.models = ModelRegistry(place, database, self.audit, self.recipes)
        self.shadow = ShadowLog(place, database)
        self.evaluation = EvaluationLog(database)
        self.similar = SimilarRegions(database)
        self._lock = lock
        if not database.read_only:
            self.files.recover()

    @classmethod
    def open(cls, where: Path | str, *, files: Path | None = None, read_only: bool = False) -> RecordStore:
        """Open a store, making or migrating it where needed.

        Args:
            where: A folder, or a database URL of SQLAlchemy.
            files: Folder of pictures, maps and models; needed with the URL of a server.
            read_only: For looking beside a program that writes; takes no lock and changes nothing.

        Raises:
            StoreInUse: If another program has it open for writing.
            NewerStore: If a newer program wrote it.
            StoreDamaged: If the database is not one of Tilesight.
            StoreUnavailable: If it cannot be reached or written.
        """
        place = _place(where, files)
        lock = None
        if not read_only:
            with guarded("opening the store"):
                place.folder.mkdir(parents=True, exist_ok=True)
            lock = FolderLock(place.folder)
        try:
            database = Database(place.url, backups=place.folder / "backups", read_only=read_only)
            return cls(place.folder, database, lock)
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    def close(self) -> None:
        """Close the database and give the folder back; twice is fine."""
        self.db.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> RecordStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- adding ------------------------------------------------------------------------------------

    def add(self, new: Sequence[NewRecord], retention: RetentionRule = KEEP_GREY_AND_NG) -> list[int]:
        """Store records in one transaction; when this returns they survive a kill and a power cut.

        Args:
            new: In the order of their numbers. Adding many at once is much faster than one by one.
            retention: Which pictures and maps to keep.

        Returns:
            Their ids.

        Raises:
            StoreUnavailable: If the disk or database fails: none of them was stored.
        """
        if not new:
            return []
        uids = [record.uid or new_uid(to_us(record.inspected_at)) for record in new]
        staged = self.files.stage(new, uids, retention)
        try:
            with self.db.write("writing records") as connection:
                ids = list(
                    connection.execute(
                        insert(records).returning(records.c.id, sort_by_parameter_order=True),
                        [record_values(record, uid) for record, uid in zip(new, uids, strict=True)],
                    ).scalars()
                )
                found = [
                    values
                    for record_id, record in zip(ids, new, strict=True)
                    for values in region_values(record_id, record.regions)
                ]
                if found:
                    connection.execute(insert(regions), found)
                self.files.insert_rows(connection, ids, staged)
                self.db.after_commit(partial(self.files.finish, staged))
        except BaseException:
            self.files.discard(staged)
            raise
        self.files.enforce(retention)
        return ids

    # -- reading -----------------------------------------------------------------------------------

    def get(self, record_id: int) -> Record:
        """One record with everything that led to its verdict.

        Raises:
            StoreError: If there is no such record.
        """
        found = self.get_full([record_id])
        if not found:
            raise StoreError(f"There is no record {record_id}.", do_next="Refresh the list.")
        return found[0]

    def get_full(self, ids: Iterable[int]) -> list[Record]:
        """Records with everything, in the order given; numbers that do not exist are left out."""
        wanted = [int(number) for number in ids]
        found = self.regions_of(wanted)
        rows: dict[int, Any] = {}
        states: dict[tuple[int, str], FileState] = {}
        with self.db.read("reading records") as connection:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                part = wanted[start : start + _IDS_AT_ONCE]
                for row in connection.execute(select(records).where(records.c.id.in_(part))):
                    rows[row.id] = row
                statement = select(files.c.record_id, files.c.kind, files.c.state)
                for row in connection.execute(statement.where(files.c.record_id.in_(part))):
                    states[row.record_id, row.kind] = "kept" if row.state == "kept" else "removed"
        return [
            Record(
                **shared_fields(rows[number]),
                regions=found[number],
                timings_ms=_numbers(rows[number].timings),
                pose=None if rows[number].pose is None else _numbers(rows[number].pose),
                picture=states.get((number, "picture"), "never"),
                maps=states.get((number, "maps"), "never"),
            )
            for number in wanted
            if number in rows
        ]

    def query(
        self,
        which: RecordFilter = ALL,
        order: Order = NEWEST,
        *,
        limit: int = 100,
        after: Cursor | None = None,
    ) -> Page:
        """A page of records.

        Args:
            which: Which records.
            order: In which order.
            limit: How many at most, 1 or more.
            after: `Page.after` of the page before, with the same filter and order.
        """
        statement = select(*ROW_COLUMNS, order_value(order).label("sort_value")).where(*conditions(which))
        statement = apply_order(statement, order, after).limit(limit + 1)
        with self.db.read("reading records") as connection:
            rows = connection.execute(statement).all()
        page = rows[:limit]
        cursor = Cursor(page[-1].sort_value, page[-1].id) if len(rows) > limit else None
        return Page(tuple(row_from(row) for row in page), cursor)

    def ids(self, which: RecordFilter = ALL, order: Order = NEWEST) -> NDArray[np.int64]:
        """The numbers of all matching records in order: for a table that fetches rows as it scrolls."""
        statement = apply_order(select(records.c.id).where(*conditions(which)), order)
        with self.db.read("reading records") as connection:
            return np.fromiter(connection.execute(statement).scalars(), dtype=np.int64)

    def get_many(self, ids: Iterable[int]) -> list[RecordRow]:
        """Records by number, in the order given; numbers that do not exist are left out."""
        wanted = [int(number) for number in ids]
        by_id: dict[int, RecordRow] = {}
        with self.db.read("reading records") as connection:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                part = wanted[start : start + _IDS_AT_ONCE]
                statement = select(*ROW_COLUMNS).where(records.c.id.in_(part))
                by_id.update((row.id, row_from(row)) for row in connection.execute(statement))
        return [by_id[number] for number in wanted if number in by_id]

    def regions_of(self, ids: Iterable[int]) -> dict[int, tuple[Region, ...]]:
        """The regions of each of these records; every id asked for is a key."""
        wanted = [int(number) for number in ids]
        found: dict[int, list[Region]] = {number: [] for number in wanted}
        with self.db.read("reading regions") as connection:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                part = wanted[start : start + _IDS_AT_ONCE]
                statement = (
                    select(*REGION_COLUMNS)
                    .where(regions.c.record_id.in_(part))
                    .order_by(regions.c.record_id, regions.c.idx)
                )
                for row in connection.execute(statement):
                    found[row.record_id].append(region_from(row))
        return {number: tuple(some) for number, some in found.items()}

    def count(self, which: RecordFilter = ALL) -> int:
        """How many records match."""
        with self.db.read("counting records") as connection:
            return self._scalar(
                connection.execute(select(func.count()).select_from(records).where(*conditions(which)))
            )

    def counts(self, which: RecordFilter = ALL) -> dict[Verdict, int]:
        """How many records match, by verdict; every verdict is a key."""
        statement = (
            select(records.c.verdict, func.count()).where(*conditions(which)).group_by(records.c.verdict)
        )
        with self.db.read("counting records") as connection:
            found = {str(verdict): int(number) for verdict, number in connection.execute(statement)}
        return {verdict: found.get(verdict.value, 0) for verdict in Verdict}

    def label_counts(self, which: RecordFilter = ALL) -> dict[LabelKind | None, int]:
        """How many records match, by current label; None stands for unlabelled; every kind is a key."""
        statement = (
            select(records.c.label_kind, func.count())
            .where(*conditions(which))
            .group_by(records.c.label_kind)
        )
        with self.db.read("counting records") as connection:
            found = {kind: int(number) for kind, number in connection.execute(statement)}
        keys: tuple[LabelKind | None, ...] = (None, *LabelKind)
        return {key: found.get(None if key is None else key.value, 0) for key in keys}

    def search(self, text: str, *, limit: int = 100) -> tuple[RecordRow, ...]:
        """The newest records in which each word of `text` occurs (see `RecordFilter.text`)."""
        return self.query(RecordFilter(text=text), limit=limit).rows

    def distinct(self, field: str) -> list[str]:
        """The different values of a field, sorted, for the choices of a filter.

        Args:
            field: "lot", "source", "station", "operator", "model_name", "model_sha256", "recipe_name"
                or "label_class".
        """
        column: ColumnElement[Any] = records.c[field]
        statement = select(column).distinct().where(column.is_not(None), column != "").order_by(column)
        with self.db.read("reading records") as connection:
            return [str(value) for value in connection.execute(statement).scalars()]

    def score_arrays(self, which: RecordFilter = ALL) -> ScoreArrays:
        """Scores and labels of all matching records as NumPy columns, oldest first."""
        with self.db.read("reading scores") as connection:
            return read_score_arrays(connection, conditions(which))

    # -- gaps --------------------------------------------------------------------------------------

    def add_gap(
        self,
        source: str,
        kind: GapKind,
        start: datetime,
        reason: str,
        *,
        end: datetime | None = None,
        frames: int = 0,
    ) -> int:
        """Record that frames never came.

        Args:
            source: Title of the source.
            kind: "lost" or "dropped".
            start: When it began; with a time zone.
            reason: What happened, as a sentence.
            end: When frames came again; None while it lasts (see `close_gap`).
            frames: How many are known to be missing.

        Returns:
            Its id.
        """
        values = {
            "source": source,
            "kind": kind,
            "from_us": to_us(start),
            "to_us": None if end is None else to_us(end),
            "frames": frames,
            "reason": reason,
        }
        with self.db.write("writing a gap") as connection:
            return self._scalar(connection.execute(insert(gaps).values(values).returning(gaps.c.id)))

    def close_gap(self, gap_id: int, end: datetime, frames: int | None = None) -> None:
        """Record that frames come again, and how many were missed where it is known now."""
        values: dict[str, int] = {"to_us": to_us(end)}
        if frames is not None:
            values["frames"] = frames
        with self.db.write("writing a gap") as connection:
            connection.execute(update(gaps).where(gaps.c.id == gap_id).values(values))

    def gaps(
        self, *, source: str | None = None, since: datetime | None = None, limit: int = 1000
    ) -> list[Gap]:
        """Gaps that lasted into or began after `since`, newest first."""
        statement = select(gaps).order_by(gaps.c.id.desc()).limit(limit)
        if source is not None:
            statement = statement.where(gaps.c.source == source)
        if since is not None:
            statement = statement.where(gaps.c.to_us.is_(None) | (gaps.c.to_us >= to_us(since)))
        with self.db.read("reading gaps") as connection:
            rows = connection.execute(statement).all()
        return [
            Gap(
                row.id,
                row.source,
                row.kind,
                from_us(row.from_us),
                None if row.to_us is None else from_us(row.to_us),
                row.frames,
                row.reason,
            )
            for row in rows
        ]

    @staticmethod
    def _scalar(result: Any) -> int:
        return int(result.scalar_one())


def _numbers(text: str) -> dict[str, float]:
    return {str(name): float(value) for name, value in json.loads(text).items()}


def _place(where: Path | str, files: Path | None) -> _Place:
    if isinstance(where, str) and "://" in where:
        try:
            url = make_url(where)
        except ArgumentError as error:
            raise StoreError(
                f"{where} is not the address of a database.",
                do_next="Give a folder, or an address like postgresql+psycopg://user@host/tilesight.",
            ) from error
        if url.get_backend_name() == "sqlite":
            if not url.database or url.database == ":memory:":
                raise StoreError("A store needs a database file.", do_next="Give a folder.")
            return _Place(files or Path(url.database).parent, url)
        if files is None:
            raise StoreError(
                "A database server keeps no pictures.", do_next="Give a folder for files beside its address."
            )
        return _Place(files, url)
    folder = Path(where)
    return _Place(folder, URL.create("sqlite", database=str(folder / "tilesight.db")))
