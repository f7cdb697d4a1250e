"""What a shadow model would have said: kept beside the records, never in them.

A run of shadow mode begins and ends with a person's word, not with the program: while it is open, the next
start goes on with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from bsdrd.result import Thresholds, Verdict
from tilesight.store.canonical import canonical_json, from_us, now_us, to_us
from tilesight.store.database import Database
from tilesight.store.schema import records, shadow_results, shadow_runs
from tilesight.store.shadow_evidence import ShadowEvidence


@dataclass(frozen=True, slots=True)
class ShadowResult:
    """What a shadow model says about one record.

    Attributes:
        record_id: Number of the record.
        verdict: Its verdict; NOT INSPECTED where it failed.
        score: Its score, on its own scale; None where it could not inspect.
        thresholds: T1 and T2 that it used.
        milliseconds: How long it took.
    """

    record_id: int
    verdict: Verdict
    score: float | None
    thresholds: Thresholds | None
    milliseconds: float | None


@dataclass(frozen=True, slots=True)
class ShadowDifference:
    """A record that the shadow model judges otherwise.

    Attributes:
        result: What the shadow model says.
        name: Name of the record.
        inspected_at: When it was inspected.
        verdict: The verdict that counted.
        score: The score that counted.
        thresholds: T1 and T2 that counted.
    """

    result: ShadowResult
    name: str
    inspected_at: datetime
    verdict: Verdict
    score: float | None
    thresholds: Thresholds | None


@dataclass(frozen=True, slots=True)
class ShadowSummary:
    """Agreement of a shadow model with the verdicts that counted.

    Attributes:
        counts: Number of records by (verdict that counted, verdict of the shadow).
        records: All of them, also those on which the shadow model failed.
        agree: Those with the same verdict.
        line: Tiles that the line inspected while the model was its shadow; `records` of them were looked at.
    """

    counts: Mapping[tuple[Verdict, Verdict], int]
    records: int
    agree: int
    line: int = 0

    def _sum(self, mine: frozenset[Verdict], theirs: Verdict) -> int:
        return sum(n for (one, other), n in self.counts.items() if one in mine and other is theirs)

    @property
    def would_reject(self) -> int:
        """Records that were not NG and would be."""
        return self._sum(frozenset({Verdict.OK, Verdict.GREY}), Verdict.NG)

    @property
    def would_release(self) -> int:
        """Records that were GREY or NG and would be OK."""
        return self._sum(frozenset({Verdict.GREY, Verdict.NG}), Verdict.OK)

    @property
    def would_ask(self) -> int:
        """Records that were OK or NG and would be left to a person."""
        return self._sum(frozenset({Verdict.OK, Verdict.NG}), Verdict.GREY)

    @property
    def failed(self) -> int:
        """Records that the shadow model could not judge."""
        return sum(n for (_, theirs), n in self.counts.items() if theirs is Verdict.NOT_INSPECTED)


@dataclass(frozen=True, slots=True)
class ShadowRun:
    """A time in which a model is the shadow of the line.

    Attributes:
        id: Number, counting up.
        model_sha256: The model.
        recipe: Recipe that was in force at the start.
        terms: Thresholds that it is judged with, and what they hold for; see `tilesight.line.shadow`.
        started_at: When it began.
        ended_at: When it ended; None while it goes on.
        actor: Who began it.
    """

    id: int
    model_sha256: str
    recipe: str
    terms: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime | None
    actor: str


@dataclass(frozen=True, slots=True)
class TileKey:
    """Finds the record of a tile without knowing its number.

    Attributes:
        inspected_at: When its verdict was made.
        source: Title of the source.
        frame_id: Number of the frame.
        tile_index: Which tile of the frame.
    """

    inspected_at: datetime
    source: str
    frame_id: int
    tile_index: int


class ShadowLog:
    """Runs and results of shadow models; use `RecordStore.shadow`.

    Attributes:
        evidence: Pictures and both maps of tiles that were judged otherwise.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._db = database
        self.evidence = ShadowEvidence(folder / "shadow")

    # -- runs --------------------------------------------------------------------------------------

    def begin(self, model_sha256: str, recipe: str, terms: Mapping[str, Any], *, actor: str) -> ShadowRun:
        """Notes that a model is the line's shadow from now on; a run of another one ends."""
        with self._db.write("starting shadow mode") as connection:
            end_runs(connection)
            row = connection.execute(
                insert(shadow_runs)
                .values(
                    model_sha256=model_sha256,
                    recipe=recipe,
                    terms=canonical_json(dict(terms)),
                    started_us=now_us(),
                    actor=actor,
                )
                .returning(shadow_runs)
            ).one()
            return _run_from(row)

    def end(self, model_sha256: str) -> None:
        """Notes that a model is the shadow no longer; nothing happens where it is not."""
        with self._db.write("ending shadow mode") as connection:
            end_runs(connection, model_sha256)

    def current(self) -> ShadowRun | None:
        """The run that goes on."""
        statement = select(shadow_runs).where(shadow_runs.c.ended_us.is_(None))
        with self._db.read("reading shadow runs") as connection:
            row = connection.execute(statement.order_by(shadow_runs.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else _run_from(row)

    def runs(self, model_sha256: str) -> list[ShadowRun]:
        """Every run of a model, newest first."""
        c = shadow_runs.c
        with self._db.read("reading shadow runs") as connection:
            rows = connection.execute(
                select(shadow_runs).where(c.model_sha256 == model_sha256).order_by(c.id.desc())
            ).all()
        return [_run_from(row) for row in rows]

    # -- results -----------------------------------------------------------------------------------

    def record_ids(self, keys: Sequence[TileKey]) -> list[int | None]:
        """Numbers of the records that tiles have become; None where one is not stored (yet)."""
        c = records.c
        found: list[int | None] = []
        with self._db.read("reading shadow results") as connection:
            for key in keys:
                statement = select(c.id).where(
                    c.inspected_us == to_us(key.inspected_at),
                    c.frame_id == key.frame_id,
                    c.tile_index == key.tile_index,
                    c.source == key.source,
                )
                found.append(connection.execute(statement).scalar())
        return found

    def add(self, model_sha256: str, results: Sequence[ShadowResult]) -> None:
        """Store results in one transaction; a record judged again by the same model is replaced.

        Args:
            model_sha256: A model of the registry.
            results: For records that are stored already.
        """
        if not results:
            return
        values = [
            {
                "model_sha256": model_sha256,
                "record_id": one.record_id,
                "verdict": one.verdict.value,
                "score": one.score,
                "t1": one.thresholds.low if one.thresholds else None,
                "t2": one.thresholds.high if one.thresholds else None,
                "milliseconds": one.milliseconds,
            }
            for one in {one.record_id: one for one in results}.values()
        ]
        c = shadow_results.c
        with self._db.write("writing shadow results") as connection:
            connection.execute(
                delete(shadow_results).where(
                    c.model_sha256 == model_sha256, c.record_id.in_([value["record_id"] for value in values])
                )
            )
            connection.execute(insert(shadow_results), values)

    def summary(self, model_sha256: str) -> ShadowSummary:
        """How far a shadow model agrees with the verdicts that counted."""
        c = shadow_results.c
        statement = (
            select(records.c.verdict, c.verdict.label("theirs"), func.count())
            .join(records, records.c.id == c.record_id)
            .where(c.model_sha256 == model_sha256)
            .group_by(records.c.verdict, c.verdict)
        )
        with self._db.read("reading shadow results") as connection:
            counts = {
                (Verdict(mine), Verdict(theirs)): int(n) for mine, theirs, n in connection.execute(statement)
            }
            line = self._line(connection, model_sha256)
        agree = sum(n for (mine, theirs), n in counts.items() if mine is theirs)
        return ShadowSummary(counts, sum(counts.values()), agree, line)

    @staticmethod
    def _line(connection: Connection, model_sha256: str) -> int:
        """Tiles that the line inspected in the model's runs."""
        r = records.c
        total = 0
        for run in connection.execute(select(shadow_runs).where(shadow_runs.c.model_sha256 == model_sha256)):
            within: list[ColumnElement[bool]] = [r.inspected_us >= run.started_us]
            if run.ended_us is not None:
                within.append(r.inspected_us < run.ended_us)
            within.append(r.verdict != Verdict.NOT_INSPECTED.value)
            total += connection.execute(select(func.count()).select_from(records).where(*within)).scalar_one()
        return total

    def results(self, model_sha256: str, *, differing: bool = False, limit: int = 1000) -> list[ShadowResult]:
        """Results of a shadow model, newest first; on request only where the verdict differs."""
        c = shadow_results.c
        statement = (
            select(shadow_results)
            .join(records, records.c.id == c.record_id)
            .where(c.model_sha256 == model_sha256)
            .order_by(c.record_id.desc())
            .limit(limit)
        )
        if differing:
            statement = statement.where(records.c.verdict != c.verdict)
        with self._db.read("reading shadow results") as connection:
            rows = connection.execute(statement).all()
        return [_result_from(row) for row in rows]

    def differences(self, model_sha256: str, *, limit: int = 200) -> list[ShadowDifference]:
        """Records that the shadow model judged otherwise, newest first; not those on which it failed."""
        c, r = shadow_results.c, records.c
        statement = (
            select(
                shadow_results,
                r.name,
                r.inspected_us,
                r.verdict.label("mine"),
                r.score.label("my_score"),
                r.t1.label("my_t1"),
                r.t2.label("my_t2"),
            )
            .join(records, r.id == c.record_id)
            .where(c.model_sha256 == model_sha256, r.verdict != c.verdict)
            .where(c.verdict != Verdict.NOT_INSPECTED.value)
            .order_by(c.record_id.desc())
            .limit(limit)
        )
        with self._db.read("reading shadow results") as connection:
            rows = connection.execute(statement).all()
        return [
            ShadowDifference(
                _result_from(row),
                row.name,
                from_us(row.inspected_us),
                Verdict(row.mine),
                row.my_score,
                _thresholds(row.my_t1, row.my_t2),
            )
            for row in rows
        ]


def end_runs(connection: Connection, model_sha256: str | None = None) -> None:
    """Ends the runs of a model, or of every one, inside a transaction of its state."""
    open_ones = update(shadow_runs).where(shadow_runs.c.ended_us.is_(None))
    if model_sha256 is not None:
        open_ones = open_ones.where(shadow_runs.c.model_sha256 == model_sha256)
    connection.execute(open_ones.values(ended_us=now_us()))


def _thresholds(low: float | None, high: float | None) -> Thresholds | None:
    return None if low is None or high is None else Thresholds(low, high)


def _result_from(row: Any) -> ShadowResult:
    return ShadowResult(
        row.record_id, Verdict(row.verdict), row.score, _thresholds(row.t1, row.t2), row.milliseconds
    )


def _run_from(row: Any) -> ShadowRun:
    return ShadowRun(
        row.id,
        row.model_sha256,
        row.recipe,
        json.loads(row.terms),
        from_us(row.started_us),
        None if row.ended_us is None else from_us(row.ended_us),
        row.actor,
    )
