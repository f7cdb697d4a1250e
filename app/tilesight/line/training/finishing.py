"""A release that the program did not get to its end is finished at the next start.

A file of its own, because the program reads it at every start and a comparison needs far more.
"""

from __future__ import annotations

from tilesight.line.recipe import Recipe
from tilesight.store.records import RecordStore

_JUDGING = ("model", "model_sha256", "t1", "t2", "map_threshold")


def finish_release(store: RecordStore, recipe: Recipe) -> Recipe | None:
    """Finds a promotion or rollback that the line did not get, because the program ended in between.

    The registry, the recipe's history and the audit log change in one step; the line and the recipe file
    follow. A program that starts with the recipe as it was before has to follow now.

    Args:
        store: Registry and recipes.
        recipe: As the program found it.

    Returns:
        The recipe to put in force and to save; None where nothing is left to do.

    Raises:
        StoreUnavailable: If the registry cannot be read, or the audit log written.
    """
    history = store.models.promotions(recipe.name)
    made = history[0].recipe_version if history else None
    newest = store.recipes.newest(recipe.name)
    if made is None or newest is None or newest.version != made.version or made.version < 2:
        return None
    before = store.recipes.get(recipe.name, made.version - 1).content
    content = recipe.content()
    if any(content[name] != before.get(name) for name in _JUDGING):
        return None  # somebody chose another model meanwhile, or the line has it already
    if all(content[name] == made.content.get(name) for name in _JUDGING):
        return None
    store.audit.append(
        "Tilesight",
        "release finished",
        subject=f"recipe {recipe.name}",
        new=history[0].sha256,
        why=f"The program ended after the {history[0].kind} and before the line had it.",
    )
    return recipe.changed(**{name: made.content.get(name) for name in _JUDGING})
