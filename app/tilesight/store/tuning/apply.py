"""Putting a tuned rule in force: a new recipe version and its line in the audit log, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tilesight.store.canonical import content_sha256
from tilesight.store.errors import StoreError
from tilesight.store.recipes import RecipeVersion
from tilesight.store.records import RecordStore

_AS_BEFORE = "As it was in force before tuning."


@dataclass(frozen=True, slots=True)
class Proposed:
    """A changed recipe and what it would do to the records that were looked at.

    Attributes:
        name: Name of the recipe.
        content: The whole changed recipe, made of JSON's types.
        in_force: The recipe as it was tuned, likewise.
        newest_seen: Hash of the newest version in the store when tuning began; None where there was none.
        released: Stored records whose verdict would become milder.
        rejected: Stored records whose verdict would become more severe.
        looked_at: Stored records that were compared.
        method: How the thresholds were found, as "by hand" or "miss at most 1 %".
    """

    name: str
    content: Mapping[str, Any]
    in_force: Mapping[str, Any]
    newest_seen: str | None
    released: int
    rejected: int
    looked_at: int
    method: str = "by hand"


def apply_change(
    store: RecordStore,
    proposed: Proposed,
    *,
    who: str,
    why: str,
    role: str = "",
) -> RecipeVersion:
    """Write a tuned recipe: who, why, when, old and new values, and how many stored verdicts it flips.

    Args:
        store: Where recipe versions and the audit log are.
        proposed: What to write.
        who: Who changes it.
        why: The reason; must not be empty.
        role: Their role.

    Returns:
        The new version; the newest one where nothing differs from it.

    Raises:
        StoreError: If the reason is empty, or somebody changed the recipe meanwhile.
        StoreUnavailable: If it cannot be written: the old version stays in force.
    """
    if not why.strip():
        raise StoreError("A change needs a reason.", kept="Nothing was changed.", do_next="Say why.")
    with store.db.write("writing a recipe"):
        newest = store.recipes.newest(proposed.name)
        _check_unchanged(newest, proposed)
        if newest is None or newest.sha256 != content_sha256(dict(proposed.in_force)):
            # Otherwise the log would compare with a version that is not the one in force.
            store.recipes.save(
                proposed.name,
                proposed.in_force,
                actor=who,
                why="As it was in force before tuning.",
                role=role,
            )
        return store.recipes.save(
            proposed.name,
            proposed.content,
            actor=who,
            why=why.strip(),
            role=role,
            action="thresholds changed",
            details={
                "flips": proposed.released + proposed.rejected,
                "released": proposed.released,
                "rejected": proposed.rejected,
                "looked_at": proposed.looked_at,
                "method": proposed.method,
            },
        )


def _check_unchanged(newest: RecipeVersion | None, proposed: Proposed) -> None:
    if newest is None or newest.sha256 == proposed.newest_seen:
        return
    raise StoreError(
        f"{newest.actor or 'Somebody'} changed the recipe {proposed.name} meanwhile "
        f"(version {newest.version}).",
        kept="Nothing was changed.",
        do_next="Reload the records and look at the flip list again.",
    )
