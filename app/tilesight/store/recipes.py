"""Recipe versions: what each record was judged under, who changed it and why.

A version is never edited. A change writes the new version and its line in the audit log in one
transaction: there is no version without a reason and no reason without its version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from tilesight.store.audit import AuditLog
from tilesight.store.canonical import canonical_json, from_us, now_us, text_sha256
from tilesight.store.database import Database
from tilesight.store.errors import StoreError
from tilesight.store.schema import recipe_versions


@dataclass(frozen=True, slots=True)
class RecipeVersion:
    """One version of a recipe.

    Attributes:
        name: Name of the recipe.
        version: 1, 2, 3 ...
        sha256: Hash of the content's canonical JSON (`tilesight.store.canonical.content_sha256`).
        content: The recipe, made of JSON's types.
        at: When it was made.
        actor: By whom.
        why: The reason given.
    """

    name: str
    version: int
    sha256: str
    content: Mapping[str, Any]
    at: datetime
    actor: str
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions.

    Attributes:
        path: Where, as "thresholds.high" or "zones.2.min_area".
        old: Value before; None where there was none.
        new: Value now; None where there is none.
    """

    path: str
    old: Any
    new: Any


class RecipeLog:
    """Versions of all recipes; use `RecordStore.recipes`."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def save(
        self,
        name: str,
        content: Mapping[str, Any],
        *,
        actor: str,
        why: str,
        role: str = "",
        action: str = "recipe changed",
        details: Mapping[str, Any] | None = None,
    ) -> RecipeVersion:
        """Store a new version, and what it changes in the audit log, in one transaction.

        Args:
            name: Name of the recipe.
            content: The whole recipe, made of JSON's types.
            actor: Who changes it.
            why: Reason; needed unless it is the first version.
            role: The actor's role.
            action: For the audit log, as "thresholds changed".
            details: More for the audit log, as {"flips": 14}.

        Returns:
            The new version, or the newest one where nothing changed.

        Raises:
            StoreError: If no reason is given.
            StoreUnavailable: If it could not be stored: the old version stays in force.
        """
        text = canonical_json(dict(content))
        digest = text_sha256(text)
        with self._db.write("writing a recipe") as connection:
            before = self._newest(connection, name)
            if before is not None and before.sha256 == digest:
                return before
            if before is not None and not why.strip():
                raise StoreError(
                    "A change of a recipe needs a reason.", kept="Nothing was changed.", do_next="Say why."
                )
            at_us = now_us()
            made = RecipeVersion(
                name=name,
                version=1 if before is None else before.version + 1,
                sha256=digest,
                content=json.loads(text),
                at=from_us(at_us),
                actor=actor,
                why=why,
            )
            connection.execute(
                insert(recipe_versions).values(
                    name=name,
                    version=made.version,
                    sha256=digest,
                    content=text,
                    at_us=at_us,
                    actor=actor,
                    why=why,
                )
            )
            changes = compare({} if before is None else before.content, made.content)
            self._audit.append(
                actor,
                "recipe made" if before is None else action,
                subject=f"recipe {name}",
                old=_side(before, {change.path: change.old for change in changes}, None),
                new=_side(made, {change.path: change.new for change in changes}, details),
                why=why,
                role=role,
            )
        return made

    def restore(self, name: str, version: int, *, actor: str, why: str, role: str = "") -> RecipeVersion:
        """Make an earlier version the newest again (as a new version with the old content).

        Raises:
            StoreError: If there is no such version, or no reason is given.
        """
        old = self.get(name, version)
        return self.save(
            name,
            old.content,
            actor=actor,
            why=why,
            role=role,
            action="recipe restored",
            details={"restored_version": version},
        )

    def newest(self, name: str) -> RecipeVersion | None:
        """The newest version of a recipe; None where the store does not know it."""
        with self._db.read("reading recipes") as connection:
            return self._newest(connection, name)

    def get(self, name: str, version: int) -> RecipeVersion:
        """One version of a recipe.

        Raises:
            StoreError: If there is none.
        """
        statement = select(recipe_versions).where(
            recipe_versions.c.name == name, recipe_versions.c.version == version
        )
        with self._db.read("reading recipes") as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise StoreError(f"The store has no version {version} of the recipe {name}.")
        return _version(row)

    def by_sha256(self, digest: str) -> RecipeVersion | None:
        """The version that a record names, newest first; None where the store does not know it."""
        statement = (
            select(recipe_versions)
            .where(recipe_versions.c.sha256 == digest)
            .order_by(recipe_versions.c.at_us.desc())
            .limit(1)
        )
        with self._db.read("reading recipes") as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else _version(row)

    def history(self, name: str) -> list[RecipeVersion]:
        """All versions of a recipe, newest first."""
        statement = (
            select(recipe_versions)
            .where(recipe_versions.c.name == name)
            .order_by(recipe_versions.c.version.desc())
        )
        with self._db.read("reading recipes") as connection:
            return [_version(row) for row in connection.execute(statement)]

    def names(self) -> list[str]:
        """All recipes that the store knows."""
        statement = select(recipe_versions.c.name).distinct().order_by(recipe_versions.c.name)
        with self._db.read("reading recipes") as connection:
            return [str(name) for name in connection.execute(statement).scalars()]

    @staticmethod
    def _newest(connection: Connection, name: str) -> RecipeVersion | None:
        c = recipe_versions.c
        last = select(func.max(c.version)).where(c.name == name).scalar_subquery()
        row = connection.execute(
            select(recipe_versions).where(c.name == name, c.version == last)
        ).one_or_none()
        return None if row is None else _version(row)


def compare(old: Any, new: Any, path: str = "") -> list[Change]:
    """Every value that differs between two recipes, by path."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = list(dict.fromkeys([*old, *new]))
        return [
            change for key in keys for change in compare(old.get(key), new.get(key), _join(path, str(key)))
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            change
            for index, (one, other) in enumerate(zip(old, new, strict=True))
            for change in compare(one, other, _join(path, str(index)))
        ]
    return [] if old == new and type(old) is type(new) else [Change(path, old, new)]


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _side(
    version: RecipeVersion | None, values: Mapping[str, Any], details: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    if version is None:
        return None
    side: dict[str, Any] = {"version": version.version, "sha256": version.sha256, "values": dict(values)}
    return {**side, **details} if details else side


def _version(row: Any) -> RecipeVersion:
    return RecipeVersion(
        row.name, row.version, row.sha256, json.loads(row.content), from_us(row.at_us), row.actor, row.why
    )
