"""The recipes of a computer: one file each, found by name."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import quote, unquote

from natsort import natsorted, ns

from tilesight.line import saved
from tilesight.line.recipe import DEMO, SCHEMA_VERSION, Recipe, RecipeError

_log = logging.getLogger(__name__)
_ENDING = ".recipe.json"


class RecipeBook:
    """Recipes in a folder.

    Args:
        folder: Made when the first recipe is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """All recipes, in the order a person would list them."""
        try:
            files = [path.name for path in self.folder.iterdir() if path.name.endswith(_ENDING)]
        except OSError:
            return []
        return natsorted((unquote(name[: -len(_ENDING)]) for name in files), alg=ns.IGNORECASE)

    def path(self, name: str) -> Path:
        """Where a recipe lies or would lie."""
        # Any name may be given, on any file system: what is no letter or digit is written as %XX.
        plain = "".join(letter if letter.isalnum() or letter in " -_" else quote(letter) for letter in name)
        return self.folder / f"{plain.replace('.', '%2E').replace('/', '%2F').replace('~', '%7E')}{_ENDING}"

    def load(self, name: str) -> Recipe:
        """Reads a recipe.

        Raises:
            NewerFile: If a newer program wrote it.
            BadFile: If it is damaged; it was kept aside.
            RecipeError: If there is none of this name.
        """
        path = self.path(name)
        if not path.exists():
            known = ", ".join(self.names()) or "none yet"
            raise RecipeError(f"There is no recipe {name}.", do_next=f"Recipes here: {known}.")
        return saved.load(path, Recipe, SCHEMA_VERSION)

    def load_or_demo(self, name: str) -> tuple[Recipe, str]:
        """Reads a recipe at the start of the program, which must succeed.

        Returns:
            The recipe and "", or the demo line and what was wrong.
        """
        if not name or (name == DEMO.name and not self.path(name).exists()):
            return DEMO, ""
        try:
            return self.load(name), ""
        except (saved.SavedFileError, RecipeError) as error:
            _log.warning("recipe %s: %s", name, error)
            return DEMO, str(error)

    def save(self, recipe: Recipe) -> Path:
        """Writes a recipe under its name; one of the same name is replaced.

        Raises:
            RecipeError: If a name differs from another one only in upper and lower case.
            SavedFileError: If the disk does not take it; what was there before is unchanged.
        """
        for name in self.names():
            if name != recipe.name and name.casefold() == recipe.name.casefold():
                raise RecipeError(
                    f"There is a recipe {name} already.",
                    kept=f"{name} is unchanged.",
                    do_next="Use another name.",
                )
        path = self.path(recipe.name)
        saved.save(path, recipe)
        return path

    def import_file(self, path: Path) -> Recipe:
        """Takes a recipe from a file elsewhere; the file stays as it is.

        Raises:
            SavedFileError: If it is no recipe, or a newer one.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise saved.SavedFileError(f"{path} cannot be read ({error.strerror or error}).") from error
        recipe = saved.parse(data, Recipe, SCHEMA_VERSION, str(path))
        self.save(recipe)
        return recipe

    def delete(self, name: str) -> None:
        """Puts a recipe aside as `.deleted`; records that name it keep its content in the store.

        Raises:
            RecipeError: If there is none, or it cannot be moved.
        """
        if saved.put_aside(self.path(name), ".deleted") is None:
            raise RecipeError(
                f"The recipe {name} could not be deleted.", do_next="Check the folder's rights."
            )
