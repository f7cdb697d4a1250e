"""Models and promotions as frozen values, and between them and their rows and files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bsdrd.bundle import Bundle
from bsdrd.result import Thresholds
from tilesight.store.canonical import canonical_json, file_sha256, from_us, now_us
from tilesight.store.errors import StoredFileError
from tilesight.store.recipes import RecipeVersion

ModelState = Literal["candidate", "shadow", "live", "retired"]


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One model of the registry.

    Attributes:
        sha256: Hash of its file, which identifies it.
        name: As its maker called it.
        state: Where it stands; "live" where it is live for at least one recipe.
        live_for: Recipes that it is live for.
        bytes: Size of the file.
        added_at: When it came into the registry.
        added_by: Who brought it.
        note: In people's words.
        parent_sha256: The model it was made from; "" where there is none.
        thresholds: T1 and T2 that it came with.
        parity_passed: Whether its exported graph was proved to say the same as the trained network.
        manifest: What its file says about it: name, created_at, spec, provenance, parity, calibration.
        removed_at: When its file was deleted; None while it is there.
    """

    sha256: str
    name: str
    state: ModelState
    live_for: tuple[str, ...]
    bytes: int
    added_at: datetime
    added_by: str
    note: str
    parent_sha256: str
    thresholds: Thresholds
    parity_passed: bool
    manifest: Mapping[str, Any]
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promotion:
    """A model went live for a recipe.

    Attributes:
        id: Number, counting up.
        recipe: Name of the recipe.
        sha256: The model.
        previous: The model that was live before; None for the first.
        kind: "promote" or "rollback".
        at: When.
        actor: Who did it.
        why: The reason given.
        recipe_version: The recipe's version from then on, where it was changed together.
    """

    id: int
    recipe: str
    sha256: str
    previous: str | None
    kind: Literal["promote", "rollback"]
    at: datetime
    actor: str
    why: str
    recipe_version: RecipeVersion | None


def model_values(bundle: Bundle, file: Path) -> dict[str, Any]:
    """The row of `models` for a new candidate, but who added it and the note."""
    manifest = {
        "name": bundle.name,
        "created_at": bundle.created_at,
        "spec": bundle.spec.to_dict(),
        "provenance": bundle.provenance,
        "parity": bundle.parity.model_dump(),
        "calibration": bundle.calibration,
        "thresholds": asdict(bundle.thresholds),
    }
    return {
        "sha256": bundle.sha256,
        "name": bundle.name,
        "bytes": file.stat().st_size,
        "state": "candidate",
        "added_us": now_us(),
        "parent_sha256": bundle.parent_sha256 or None,
        "manifest": canonical_json(manifest),
    }


def model_from(row: Any, live: Mapping[str, tuple[str, ...]]) -> StoredModel:
    """A model from its row; `live` says which recipes each hash is live for."""
    manifest: dict[str, Any] = json.loads(row.manifest)
    return StoredModel(
        sha256=row.sha256,
        name=row.name,
        state=row.state,
        live_for=live.get(row.sha256, ()),
        bytes=row.bytes,
        added_at=from_us(row.added_us),
        added_by=row.added_by,
        note=row.note,
        parent_sha256=row.parent_sha256 or "",
        thresholds=Thresholds(**manifest["thresholds"]),
        parity_passed=bool(manifest["parity"]["passed"]),
        manifest=manifest,
        removed_at=None if row.removed_us is None else from_us(row.removed_us),
    )


def promotion_from(row: Any, previous: str | None, version: RecipeVersion | None) -> Promotion:
    """A promotion from its row and what it replaced."""
    return Promotion(
        row.id, row.recipe, row.sha256, previous, row.kind, from_us(row.at_us), row.actor, row.why, version
    )


def copy_checked(source: Path, target: Path, sha256: str) -> None:
    """Copy a file so that `target` is either what it was or the whole copy, checked.

    Raises:
        StoredFileError: If the source is not what its hash says.
    """
    if target.exists() and file_sha256(target) == sha256:
        return
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        if file_sha256(part) != sha256:
            raise StoredFileError(
                f"{source.name} is damaged or was changed meanwhile.",
                kept="Nothing was copied.",
                do_next="Add the model file again, or restore a backup.",
            )
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
