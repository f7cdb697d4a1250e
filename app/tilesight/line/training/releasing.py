"""A model goes live, or back: registry, recipe and audit log together; the line is swapped by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bsdrd.bundle import read_bundle
from tilesight.line.models import model_path
from tilesight.line.recipe import Recipe
from tilesight.line.training.comparing import Comparison, changed_recipe
from tilesight.store.errors import ModelStateError
from tilesight.store.models import StoredModel
from tilesight.store.records import RecordStore


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts.

    Attributes:
        name: For the audit log.
        role: Likewise.
    """

    name: str
    role: str = ""


def add_candidate(store: RecordStore, file: Path, who: Who, note: str = "") -> StoredModel:
    """Brings a model file into the registry.

    Raises:
        ModelFileError: If it is damaged.
        StoreUnavailable: If it cannot be stored.
    """
    return store.models.add(file, actor=who.name, role=who.role, note=note)


def live_model(store: RecordStore, recipe: Recipe, who: Who) -> StoredModel:
    """The model that the recipe names, in the registry and live; entered where nobody has done so yet.

    Without it there would be nothing to go back to after the first promotion.

    Raises:
        ModelFileError: If its file is missing or damaged.
    """
    file = model_path(recipe.model)
    sha256 = read_bundle(file, graph=False, weights=False).sha256
    head = store.models.live(recipe.name)
    if head is not None and head.sha256 == sha256:
        return head
    why = "In force before anything was promoted here." if head is None else "Put in force past the gate."
    stored = store.models.add(file, actor=who.name, role=who.role, note=why)
    store.models.promote(
        stored.sha256, recipe.name, actor=who.name, role=who.role, why=why, content=recipe.content()
    )
    return store.models.get(stored.sha256)


def promote(
    store: RecordStore, recipe: Recipe, comparison: Comparison, who: Who, why: str, override: str = ""
) -> Recipe:
    """Makes the compared model live.

    Args:
        store: Registry, recipes and audit log.
        recipe: In force; the comparison was made under it.
        comparison: What the new model does, with the thresholds that were chosen.
        who: Who promotes.
        why: The reason.
        override: Why it goes live although something speaks against it; needed then, goes to the audit log.

    Returns:
        The recipe with the new model and its thresholds, to be put in force.

    Raises:
        ModelStateError: If something speaks against it and no override is given, or it cannot go live.
        ModelFileError: If the live model's file is missing. Nothing was changed.
    """
    obstacle = comparison.obstacle
    if obstacle and not override.strip():
        new, old = comparison.new, comparison.live
        said = {
            "misses more": f"{new.name} misses {new.missed} known defects, the live model {old.missed}.",
            "no defects": "Nobody can say what the new model misses: no known defects were compared.",
        }[obstacle]
        raise ModelStateError(
            said,
            kept="The live model stays.",
            do_next="Take thresholds with which it misses no more, if there are any, write why it goes live "
            "all the same, or train again.",
        )
    if not comparison.holds_for(recipe):
        raise ModelStateError(
            f"The recipe {recipe.name} was changed since the comparison was made.",
            kept="The live model stays.",
            do_next="Compare again.",
        )
    live = live_model(store, recipe, who)
    if live.sha256 != comparison.live.sha256:
        raise ModelStateError(
            "Another model went live since the comparison was made.",
            kept="It stays.",
            do_next="Compare again.",
        )
    changed = changed_recipe(recipe, store.models.path(comparison.new.sha256), comparison)
    details = comparison.for_audit()
    if obstacle:
        details |= {"override": override.strip(), "obstacle": obstacle}
    store.models.promote(
        comparison.new.sha256,
        recipe.name,
        actor=who.name,
        role=who.role,
        why=why,
        content=changed.content(),
        details=details,
    )
    return changed


def roll_back(store: RecordStore, recipe: Recipe, who: Who, why: str) -> Recipe:
    """Goes back to the model that was live before, with the recipe as it was.

    Returns:
        That recipe, to be put in force.

    Raises:
        ModelStateError: If there is none, or no reason is given. Nothing was changed.
    """
    done = store.models.rollback(recipe.name, actor=who.name, role=who.role, why=why)
    version = done.recipe_version or store.recipes.newest(recipe.name)
    if version is None:
        raise ModelStateError(f"The recipe {recipe.name} has no version to go back to.")
    return Recipe.model_validate(dict(version.content))


def can_roll_back(store: RecordStore, recipe: Recipe) -> str:
    """Name of the model that a rollback goes back to; "" where there is none."""
    history = store.models.promotions(recipe.name)
    if not history:
        return ""
    # Each rollback goes one further back, so what it leads to follows from replaying them.
    line: list[str] = []
    for one in reversed(history):
        if one.kind == "promote":
            line.append(one.sha256)
        elif line:
            line.pop()
    return store.models.get(line[-2]).name if len(line) > 1 else ""
