"""What a shadow model would have said: kept beside the records, never in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from bsdrd.result import Thresholds, Verdict
from tilesight.store.database import Database
from tilesight.store.schema import records, shadow_results


@dataclass(frozen=True, slots=True)
class ShadowResult:
    """What a shadow model says about one record.

    Attributes:
        record_id: Number of the record.
        verdict: Its verdict.
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
class ShadowSummary:
    """Agreement of a shadow model with the verdicts that counted.

    Attributes:
        counts: Number of records by (verdict that counted, verdict of the shadow).
        records: All of them.
        agree: Those with the same verdict.
    """

    counts: Mapping[tuple[Verdict, Verdict], int]
    records: int
    agree: int


class ShadowLog:
    """Results of shadow models; use `RecordStore.shadow`."""

    def __init__(self, database: Database) -> None:
        self._db = database

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
        agree = sum(n for (mine, theirs), n in counts.items() if mine is theirs)
        return ShadowSummary(counts, sum(counts.values()), agree)

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
        return [
            ShadowResult(
                row.record_id,
                Verdict(row.verdict),
                row.score,
                None if row.t1 is None else Thresholds(row.t1, row.t2),
                row.milliseconds,
            )
            for row in rows
        ]
