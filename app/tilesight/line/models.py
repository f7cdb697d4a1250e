"""From the model that a recipe names to a detector that is open."""

from __future__ import annotations

import sys
from pathlib import Path

from bsdrd.detector import Detector, open_detector
from bsdrd.errors import ModelFileError
from tilesight.line.recipe import STARTER, Recipe

#: File name of the model that ships with the program, in its resources.
STARTER_FILE = "starter.bsdrd"


def model_path(model: str) -> Path:
    """The file of a model.

    Args:
        model: A path, or "starter".

    Raises:
        ModelFileError: If there is no such file.
    """
    path = _starter() if model == STARTER else Path(model).expanduser()
    if path.is_file():
        return path
    if model == STARTER:
        raise ModelFileError(
            f"The model that ships with Tilesight is missing ({path}).",
            do_next="Install Tilesight again, or choose a model file.",
        )
    raise ModelFileError(f"There is no model file {path}.", do_next="Choose a .bsdrd file.")


def open_for(recipe: Recipe) -> Detector:
    """Opens the detector that a recipe names, not yet warmed up.

    Raises:
        ModelFileError: If the file is missing, damaged, or failed its parity check.
        DeviceError: If the device that the recipe asks for is not there.
        RecipeError: If the file is not the model that the recipe was made for.
    """
    detector = open_detector(model_path(recipe.model), device=recipe.device, threads=recipe.threads)
    try:
        recipe.fits(detector.info)
    except Exception:
        detector.close()
        raise
    return detector


def stamp(recipe: Recipe) -> tuple[object, ...]:
    """Tells whether two recipes can share an open detector: equal stamps, one detector."""
    try:
        path = model_path(recipe.model).resolve()
        stat = path.stat()
        file: tuple[object, ...] = (path, stat.st_size, stat.st_mtime_ns)
    except (OSError, ModelFileError):
        file = (recipe.model,)
    return (*file, recipe.device, recipe.threads)


def _starter() -> Path:
    package = Path(__file__).resolve().parents[1]
    bundled = Path(getattr(sys, "_MEIPASS", package)) / "tilesight" / "resources"
    places = [package / "resources", bundled, package.parents[1] / "resources"]
    found = [place / STARTER_FILE for place in places if (place / STARTER_FILE).is_file()]
    return found[0] if found else places[-1] / STARTER_FILE
