"""The model registry: which models there are, where they come from, and which one judges.

::

    added ──▶ candidate ⇄ shadow
                  │promote   │promote
                  ▼          ▼
                 live ──another is promoted, or rollback──▶ retired ──promote──▶ live

A model is live for a recipe. Going live, and going back, is one transaction together with the recipe's
new version and the lines in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, update

from bsdrd.bundle import SUFFIX, read_bundle
from tilesight.store.audit import AuditLog
from tilesight.store.canonical import now_us
from tilesight.store.database import Database
from tilesight.store.errors import ModelStateError, StoredFileError, guarded
from tilesight.store.model_rows import (
    ModelState,
    Promotion,
    StoredModel,
    copy_checked,
    model_from,
    model_values,
    promotion_from,
)
from tilesight.store.recipes import RecipeLog, RecipeVersion
from tilesight.store.schema import models, promotions
from tilesight.store.shadow import end_runs
from tilesight.store.shadow_evidence import ShadowEvidence

__all__ = ["ModelRegistry", "ModelState", "Promotion", "StoredModel"]


class ModelRegistry:
    """Models of a store; use `RecordStore.models`."""

    def __init__(self, folder: Path, database: Database, audit: AuditLog, recipes: RecipeLog) -> None:
        self._folder = folder / "models"
        self._evidence = ShadowEvidence(folder / "shadow")
        self._db = database
        self._audit = audit
        self._recipes = recipes

    # -- coming and going --------------------------------------------------------------------------

    def add(self, file: Path, *, actor: str, note: str = "", role: str = "") -> StoredModel:
        """Check a model file and copy it into the registry as a candidate.

        A model that is there already is returned as it is (its file is put back where it was deleted).

        Args:
            file: A model file.
            actor: Who brings it.
            note: In people's words.
            role: The actor's role.

        Raises:
            ModelFileError: If the file is damaged, edited or from a newer program.
            StoreUnavailable: If it cannot be stored.
        """
        bundle = read_bundle(file, graph=False, weights=False)
        with guarded("storing a model"):
            self._folder.mkdir(parents=True, exist_ok=True)
            copy_checked(file, self._file(bundle.sha256), bundle.sha256)
        with self._db.write("storing a model") as connection:
            known = connection.execute(select(models).where(models.c.sha256 == bundle.sha256)).one_or_none()
            if known is not None and known.removed_us is None:
                return self._get(connection, bundle.sha256)
            if known is not None:
                again = update(models).where(models.c.sha256 == bundle.sha256)
                connection.execute(again.values(removed_us=None, state="candidate"))
            else:
                connection.execute(
                    insert(models).values(
                        **model_values(bundle, self._file(bundle.sha256)), added_by=actor, note=note
                    )
                )
            self._audit.append(
                actor, "model added", subject=_subject(bundle.sha256, bundle.name), why=note, role=role
            )
            return self._get(connection, bundle.sha256)

    def export(self, sha256: str, target: Path) -> None:
        """Copy a model file out of the registry; it stands in the place whole or not at all.

        Raises:
            StoredFileError: If the stored file is missing or damaged.
            StoreUnavailable: If the target cannot be written.
        """
        source = self.path(sha256)
        with guarded("exporting a model"):
            copy_checked(source, target, sha256)

    def remove(self, sha256: str, *, actor: str, why: str, role: str = "") -> None:
        """Delete a model's file; its line stays, since records name it.

        Raises:
            ModelStateError: If it is live, or what a rollback would go back to.
        """
        with self._db.write("removing a model") as connection:
            model = self._get(connection, sha256)
            if model.state == "live":
                raise ModelStateError(
                    f"{model.name} is live for {', '.join(model.live_for)} and cannot be deleted.",
                    kept="It is still there.",
                    do_next="Promote another model first.",
                )
            for recipe, current in self._heads(connection).items():
                if (
                    current.previous_id is not None
                    and self._row(connection, current.previous_id).sha256 == sha256
                ):
                    raise ModelStateError(
                        f"{model.name} is what a rollback of {recipe} goes back to.",
                        kept="It is still there.",
                        do_next="Promote another model first.",
                    )
            end_runs(connection, sha256)
            connection.execute(
                update(models).where(models.c.sha256 == sha256).values(removed_us=now_us(), state="retired")
            )
            self._audit.append(
                actor,
                "model deleted",
                subject=_subject(sha256, model.name),
                old=model.state,
                why=why,
                role=role,
            )
        with guarded("removing a model"):
            self._file(sha256).unlink(missing_ok=True)
        self._evidence.remove(sha256)

    # -- states ------------------------------------------------------------------------------------

    def promote(
        self,
        sha256: str,
        recipe: str,
        *,
        actor: str,
        why: str,
        role: str = "",
        content: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> Promotion:
        """Make a model live for a recipe; the one before it is retired.

        Args:
            sha256: The model.
            recipe: Name of the recipe.
            actor: Who does it.
            why: Reason; must be given.
            role: The actor's role.
            content: The recipe from now on (with this model and its thresholds), stored as a new version.
            details: More for the audit log, as {"override": "...", "missed_before": 1, "missed_now": 2}.

        Raises:
            ModelStateError: If its parity check failed, its file is gone, it is live already, or no
                reason is given. Nothing was changed.
        """
        _need_reason(why)
        self.path(sha256)
        with self._db.write("promoting a model") as connection:
            model = self._get(connection, sha256)
            if not model.parity_passed:
                raise ModelStateError(
                    f"{model.name} failed its parity check and cannot go live.",
                    kept="The live model stays.",
                    do_next="Export it again with 'bsdrd export', or train it again.",
                )
            head = self._heads(connection).get(recipe)
            if head is not None and head.sha256 == sha256:
                raise ModelStateError(f"{model.name} is live for {recipe} already.")
            before = self._recipes.newest(recipe)
            saved = None
            if content is not None:
                saved = self._recipes.save(
                    recipe, content, actor=actor, why=why, role=role, action="recipe changed by promotion"
                )
            return self._go_live(
                connection,
                recipe,
                sha256,
                head,
                kind="promote",
                previous_id=None if head is None else head.id,
                recipe_before=None if before is None else before.version,
                saved=saved,
                actor=actor,
                why=why,
                role=role,
                details=details,
            )

    def rollback(self, recipe: str, *, actor: str, why: str, role: str = "") -> Promotion:
        """Go back to the model that was live before, with the recipe as it was before; can be repeated.

        Raises:
            ModelStateError: If there is none before, its file is gone, or no reason is given.
        """
        _need_reason(why)
        with self._db.write("rolling back a model") as connection:
            head = self._heads(connection).get(recipe)
            if head is None or head.previous_id is None:
                raise ModelStateError(
                    f"No model was live for {recipe} before this one.", kept="The live model stays."
                )
            target = self._row(connection, head.previous_id)
            self.path(target.sha256)
            saved = None
            if head.recipe_before is not None:
                saved = self._recipes.restore(recipe, head.recipe_before, actor=actor, why=why, role=role)
            return self._go_live(
                connection,
                recipe,
                target.sha256,
                head,
                kind="rollback",
                previous_id=target.previous_id,
                recipe_before=target.recipe_before,
                saved=saved,
                actor=actor,
                why=why,
                role=role,
                details=None,
            )

    def set_shadow(self, sha256: str, on: bool, *, actor: str, role: str = "") -> StoredModel:
        """Let a model judge beside the live one, or no longer. One at a time.

        Raises:
            ModelStateError: If it is live or its file is gone.
        """
        self.path(sha256)
        with self._db.write("changing a model's state") as connection:
            model = self._get(connection, sha256)
            if model.state == "live":
                raise ModelStateError(f"{model.name} is live; only another model can be its shadow.")
            if not on and model.state != "shadow":
                return model
            others = (models.c.state == "shadow") & (models.c.sha256 != sha256)
            connection.execute(update(models).where(others).values(state="candidate"))
            end_runs(connection)
            self._set_state(connection, sha256, "shadow" if on else "candidate")
            self._audit.append(
                actor,
                "shadow mode on" if on else "shadow mode off",
                subject=_subject(sha256, model.name),
                old=model.state,
                new="shadow" if on else "candidate",
                role=role,
            )
            return self._get(connection, sha256)

    def retire(self, sha256: str, *, actor: str, why: str = "", role: str = "") -> StoredModel:
        """Put a candidate or shadow aside.

        Raises:
            ModelStateError: If it is live.
        """
        with self._db.write("changing a model's state") as connection:
            model = self._get(connection, sha256)
            if model.state == "live":
                raise ModelStateError(f"{model.name} is live.", do_next="Promote another model first.")
            end_runs(connection, sha256)
            self._set_state(connection, sha256, "retired")
            self._audit.append(
                actor,
                "model retired",
                subject=_subject(sha256, model.name),
                old=model.state,
                new="retired",
                why=why,
                role=role,
            )
            return self._get(connection, sha256)

    def set_note(self, sha256: str, note: str, *, actor: str, role: str = "") -> StoredModel:
        """Change a model's note."""
        with self._db.write("changing a model's note") as connection:
            model = self._get(connection, sha256)
            connection.execute(update(models).where(models.c.sha256 == sha256).values(note=note))
            self._audit.append(
                actor, "model note", subject=_subject(sha256, model.name), old=model.note, new=note, role=role
            )
            return self._get(connection, sha256)

    # -- reading -----------------------------------------------------------------------------------

    def get(self, sha256: str) -> StoredModel:
        """One model.

        Raises:
            ModelStateError: If the registry does not know it.
        """
        with self._db.read("reading models") as connection:
            return self._get(connection, sha256)

    def all(self, *, removed: bool = False) -> list[StoredModel]:
        """All models, newest first; those whose file was deleted only if asked for."""
        statement = select(models).order_by(models.c.added_us.desc())
        if not removed:
            statement = statement.where(models.c.removed_us.is_(None))
        with self._db.read("reading models") as connection:
            live = self._live(connection)
            return [model_from(row, live) for row in connection.execute(statement)]

    def live(self, recipe: str) -> StoredModel | None:
        """The model that is live for a recipe."""
        with self._db.read("reading models") as connection:
            head = self._heads(connection).get(recipe)
            return None if head is None else self._get(connection, head.sha256)

    def shadow(self) -> StoredModel | None:
        """The model that judges beside the live one."""
        statement = select(models.c.sha256).where(models.c.state == "shadow").limit(1)
        with self._db.read("reading models") as connection:
            found = connection.execute(statement).scalar()
            return None if found is None else self._get(connection, str(found))

    def promotions(self, recipe: str | None = None) -> list[Promotion]:
        """Who went live when, newest first."""
        statement = select(promotions).order_by(promotions.c.id.desc())
        if recipe is not None:
            statement = statement.where(promotions.c.recipe == recipe)
        with self._db.read("reading models") as connection:
            rows = connection.execute(statement).all()
        found: list[Promotion] = []
        before: dict[str, str] = {}
        for row in reversed(rows):
            version = (
                None if row.recipe_version is None else self._recipes.get(row.recipe, row.recipe_version)
            )
            found.append(promotion_from(row, before.get(row.recipe), version))
            before[row.recipe] = row.sha256
        return found[::-1]

    def path(self, sha256: str) -> Path:
        """The model's file.

        Raises:
            StoredFileError: If it is not there.
        """
        file = self._file(sha256)
        if not file.is_file():
            raise StoredFileError(
                f"The model file {file.name} is not in the store.",
                do_next="Add the model file again, or restore a backup.",
            )
        return file

    # -- inside ------------------------------------------------------------------------------------

    def _file(self, sha256: str) -> Path:
        return self._folder / f"{sha256}{SUFFIX}"

    def _go_live(
        self,
        connection: Connection,
        recipe: str,
        sha256: str,
        head: Any,
        *,
        kind: Literal["promote", "rollback"],
        previous_id: int | None,
        recipe_before: int | None,
        saved: RecipeVersion | None,
        actor: str,
        why: str,
        role: str,
        details: Mapping[str, Any] | None,
    ) -> Promotion:
        row = connection.execute(
            insert(promotions)
            .values(
                recipe=recipe,
                sha256=sha256,
                previous_id=previous_id,
                kind=kind,
                recipe_before=recipe_before,
                recipe_version=None if saved is None else saved.version,
                at_us=now_us(),
                actor=actor,
                why=why,
            )
            .returning(promotions)
        ).one()
        old = None if head is None else str(head.sha256)
        end_runs(connection, sha256)
        self._set_state(connection, sha256, "live")
        if old is not None and old not in self._live(connection):
            self._set_state(connection, old, "retired")
        self._audit.append(
            actor,
            "model promoted" if kind == "promote" else "model rolled back",
            subject=f"recipe {recipe}",
            old=old,
            new={"model": sha256, **details} if details else sha256,
            why=why,
            role=role,
        )
        return promotion_from(row, old, saved)

    @staticmethod
    def _set_state(connection: Connection, sha256: str, state: ModelState) -> None:
        connection.execute(update(models).where(models.c.sha256 == sha256).values(state=state))

    def _get(self, connection: Connection, sha256: str) -> StoredModel:
        row = connection.execute(select(models).where(models.c.sha256 == sha256)).one_or_none()
        if row is None:
            raise ModelStateError(f"The registry has no model {sha256[:12]}.", do_next="Add its file first.")
        return model_from(row, self._live(connection))

    @staticmethod
    def _heads(connection: Connection) -> dict[str, Any]:
        """The last promotion of each recipe."""
        last = select(func.max(promotions.c.id)).group_by(promotions.c.recipe)
        rows = connection.execute(select(promotions).where(promotions.c.id.in_(last)))
        return {row.recipe: row for row in rows}

    @staticmethod
    def _row(connection: Connection, promotion_id: int) -> Any:
        return connection.execute(select(promotions).where(promotions.c.id == promotion_id)).one()

    def _live(self, connection: Connection) -> dict[str, tuple[str, ...]]:
        """Recipes by the hash of their live model."""
        found: dict[str, tuple[str, ...]] = {}
        for recipe, row in sorted(self._heads(connection).items()):
            found[row.sha256] = (*found.get(row.sha256, ()), recipe)
        return found


def _need_reason(why: str) -> None:
    if not why.strip():
        raise ModelStateError("This needs a reason.", kept="Nothing was changed.", do_next="Say why.")


def _subject(sha256: str, name: str) -> str:
    return f"model {name} {sha256}"
