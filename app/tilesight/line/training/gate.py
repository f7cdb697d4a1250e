"""The steps of the gate as the window and the tests take them: compare, look, begin shadow mode."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from bsdrd.bundle import read_bundle
from bsdrd.data.images import Pixels, read_image
from bsdrd.detector import Detector, model_info, open_detector
from bsdrd.result import AnomalyMaps
from tilesight.line.models import model_path
from tilesight.line.recipe import Recipe
from tilesight.line.shadow_terms import Limits, ShadowTerms
from tilesight.line.training.comparing import Comparison, Progress, changed_recipe, compare
from tilesight.line.training.comparison_values import keep_comparison, last_comparison
from tilesight.line.training.evaluation import learnt_by, thaw
from tilesight.line.training.releasing import Who, live_model
from tilesight.store.errors import ModelStateError
from tilesight.store.evaluation import FrozenSet
from tilesight.store.records import RecordStore


def file_hash(path: Path) -> str:
    """What the registry calls the model in a file.

    Raises:
        ModelFileError: If the file is missing or damaged.
    """
    return read_bundle(path, graph=False, weights=False).sha256


def compare_on(
    store: RecordStore,
    recipe: Recipe,
    frozen: FrozenSet,
    new: str,
    baseline: str = "",
    *,
    threads: int = 1,
    who: Who,
    progress: Progress | None = None,
) -> Comparison:
    """Compares two models on a frozen set, and keeps the result where one of them is live.

    Args:
        store: Registry and records.
        recipe: In force.
        frozen: The set.
        new: Hash of a model of the registry.
        baseline: Hash of the model to compare with; "" for the live one. Any other one is judged, like the
            new one, with the thresholds that it came with: the recipe's belong to the live one.
        threads: Bounded, so that inspection goes on beside it.
        who: Who compares.
        progress: Told after every tile; may raise to stop. Nothing is kept then.

    Raises:
        DataError: If the set is not what was frozen, or has too few good tiles left.
        ModelFileError: If a model cannot be opened.
        StoreUnavailable: If the store fails.
    """
    rule = recipe.changed(t1=None, t2=None, map_threshold=None) if baseline else recipe
    first = store.models.path(baseline) if baseline else model_path(recipe.model)
    other = store.models.path(new)
    infos = [model_info(read_bundle(file, graph=False, weights=False), file) for file in (first, other)]
    learnt = frozenset[str]().union(*(learnt_by(info.provenance) for info in infos))
    tiles = thaw(store, frozen).without(learnt)
    with (
        open_detector(first, device=recipe.device, threads=threads) as one,
        open_detector(other, device=recipe.device, threads=threads) as two,
    ):
        found = replace(compare(one, two, rule, tiles, progress), set_name=frozen.name)
    if not baseline:
        live_model(store, recipe, who)
        keep_comparison(store, recipe, found, who.name)
    return found


def known_comparison(store: RecordStore, recipe: Recipe, new: str) -> Comparison | None:
    """The last comparison of a model with the live one, where it still holds.

    Raises:
        ModelFileError: If the live model's file is missing or damaged.
        StoreUnavailable: If the store fails.
    """
    return last_comparison(store, recipe, file_hash(model_path(recipe.model)), new)


def shadow_terms(store: RecordStore, recipe: Recipe, new: str) -> ShadowTerms:
    """What a model is judged with in shadow mode: thresholds found for it by the recipe's rule.

    Raises:
        ModelStateError: If the recipe has thresholds of its own and nobody has compared the two models.
        ModelFileError: If the live model's file is missing or damaged.
        StoreUnavailable: If the store fails.
    """
    held = Limits.of(recipe)
    if not held.own:
        return ShadowTerms(held, Limits())
    found = known_comparison(store, recipe, new)
    if found is None:
        raise ModelStateError(
            f"The recipe {recipe.name} has thresholds of its own, which belong to the live model.",
            kept="Nothing was started.",
            do_next="Compare the two models first: that finds thresholds for the new one.",
        )
    return ShadowTerms(held, Limits.of(changed_recipe(recipe, store.models.path(new), found)))


class TwoModels:
    """Two open models that show what they see in single tiles; opened when first asked.

    Args:
        first: Model file.
        second: Model file.
    """

    def __init__(self, first: Path, second: Path) -> None:
        self.files = (first, second)
        self._open: tuple[Detector, Detector] | None = None
        self._lock = threading.Lock()

    def look(self, picture: Path) -> tuple[Pixels, AnomalyMaps, AnomalyMaps]:
        """A tile with the maps of both models.

        Raises:
            ImageError: If the picture cannot be read.
            ModelFileError: If a model cannot be opened.
        """
        pixels = read_image(picture)
        with self._lock:
            if self._open is None:
                one, two = (open_detector(file, device="cpu", threads=1) for file in self.files)
                self._open = (one, two)
            maps = [detector.maps(pixels).maps for detector in self._open]
        return pixels, maps[0], maps[1]

    def close(self) -> None:
        """Frees both; they are opened again when asked."""
        with self._lock:
            opened, self._open = self._open, None
        for detector in opened or ():
            detector.close()


def try_model(path: Path, recipe: Recipe) -> None:
    """Opens a model as the line would and runs it once, so that a promotion is not recorded in vain.

    Raises:
        BsdrdError: If the line could not judge with it.
    """
    with open_detector(path, device=recipe.device, threads=recipe.threads) as detector:
        detector.warm_up(256, 256)
