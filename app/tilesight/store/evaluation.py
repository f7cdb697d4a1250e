"""Frozen sets of labelled tiles, and what models did on them.

A set never changes: it names every picture by its hash and keeps the truth as it was when it was frozen. What
its tiles and a comparison mean is up to `tilesight.line.training`; here they are JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from tilesight.store.canonical import canonical_json, from_us, now_us
from tilesight.store.database import Database
from tilesight.store.errors import StoreError
from tilesight.store.schema import comparisons, evaluation_sets


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """A set of labelled tiles.

    Attributes:
        id: Number, counting up.
        name: As a person calls it.
        sha256: Hash of pictures and truth.
        tiles: Each tile as JSON values.
        at: When it was frozen.
        actor: By whom.
    """

    id: int
    name: str
    sha256: str
    tiles: tuple[Mapping[str, Any], ...]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class StoredComparison:
    """What two models did on a set.

    Attributes:
        id: Number, counting up.
        recipe: Name of the recipe in force.
        live_sha256: The live model.
        new_sha256: The other one.
        at: When it was made.
        actor: By whom.
        content: All of it as JSON values.
    """

    id: int
    recipe: str
    live_sha256: str
    new_sha256: str
    at: datetime
    actor: str
    content: Mapping[str, Any]


class EvaluationLog:
    """Sets and comparisons; use `RecordStore.evaluation`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def freeze(self, name: str, sha256: str, tiles: Sequence[Mapping[str, Any]], *, actor: str) -> FrozenSet:
        """Keeps a set; the same name with the same content is returned as it is.

        Raises:
            StoreError: If another set has this name, or the name is empty.
        """
        if not name.strip():
            raise StoreError("The set needs a name.", kept="Nothing was stored.")
        c = evaluation_sets.c
        with self._db.write("storing an evaluation set") as connection:
            known = connection.execute(
                select(evaluation_sets).where(c.name == name, c.removed_us.is_(None))
            ).one_or_none()
            if known is not None and known.sha256 == sha256:
                return _set_from(known)
            if known is not None:
                raise StoreError(
                    f"There is a set {name} already, with other tiles.",
                    kept="It stays as it is, since comparisons name it.",
                    do_next="Choose another name.",
                )
            row = connection.execute(
                insert(evaluation_sets)
                .values(
                    name=name,
                    sha256=sha256,
                    content=canonical_json([dict(tile) for tile in tiles]),
                    at_us=now_us(),
                    actor=actor,
                )
                .returning(evaluation_sets)
            ).one()
            return _set_from(row)

    def remove(self, set_id: int) -> None:
        """Offers a set no longer; comparisons made on it stay."""
        with self._db.write("removing an evaluation set") as connection:
            connection.execute(
                update(evaluation_sets).where(evaluation_sets.c.id == set_id).values(removed_us=now_us())
            )

    def sets(self) -> list[FrozenSet]:
        """Every set on offer, newest first."""
        c = evaluation_sets.c
        statement = select(evaluation_sets).where(c.removed_us.is_(None)).order_by(c.id.desc())
        with self._db.read("reading evaluation sets") as connection:
            return [_set_from(row) for row in connection.execute(statement)]

    def note_comparison(
        self, recipe: str, live_sha256: str, new_sha256: str, content: Mapping[str, Any], *, actor: str
    ) -> StoredComparison:
        """Keeps a comparison."""
        with self._db.write("storing a comparison") as connection:
            row = connection.execute(
                insert(comparisons)
                .values(
                    recipe=recipe,
                    live_sha256=live_sha256,
                    new_sha256=new_sha256,
                    at_us=now_us(),
                    actor=actor,
                    content=canonical_json(dict(content)),
                )
                .returning(comparisons)
            ).one()
            return _comparison_from(row)

    def newest(self, recipe: str, live_sha256: str, new_sha256: str) -> StoredComparison | None:
        """The last comparison of two models under a recipe."""
        c = comparisons.c
        statement = (
            select(comparisons)
            .where(c.recipe == recipe, c.live_sha256 == live_sha256, c.new_sha256 == new_sha256)
            .order_by(c.id.desc())
            .limit(1)
        )
        with self._db.read("reading comparisons") as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else _comparison_from(row)

    def of_model(self, sha256: str, limit: int = 10) -> list[StoredComparison]:
        """The last comparisons in which a model was the new one, newest first."""
        c = comparisons.c
        statement = select(comparisons).where(c.new_sha256 == sha256).order_by(c.id.desc()).limit(limit)
        with self._db.read("reading comparisons") as connection:
            return [_comparison_from(row) for row in connection.execute(statement)]


def _set_from(row: Any) -> FrozenSet:
    tiles: list[Mapping[str, Any]] = json.loads(row.content)
    return FrozenSet(row.id, row.name, row.sha256, tuple(tiles), from_us(row.at_us), row.actor)


def _comparison_from(row: Any) -> StoredComparison:
    return StoredComparison(
        row.id,
        row.recipe,
        row.live_sha256,
        row.new_sha256,
        from_us(row.at_us),
        row.actor,
        json.loads(row.content),
    )
