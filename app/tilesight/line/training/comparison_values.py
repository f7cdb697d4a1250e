"""A comparison as JSON values and back: kept in the store, so that a restart of the program loses none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bsdrd.calibration import ScoreSet, curve
from bsdrd.errors import DataError
from bsdrd.result import Thresholds, Verdict
from tilesight.line.recipe import Recipe
from tilesight.line.training.comparing import Comparison, Lowered, Roc, Side
from tilesight.line.training.counting import ClassCount, Judged
from tilesight.line.training.evaluation import EvaluationTile
from tilesight.store.records import RecordStore


def comparison_values(found: Comparison) -> dict[str, Any]:
    """All of a comparison by the recipe's rule but its curves, which follow from the scores."""
    return {
        "live": _side_values(found.live),
        "new": _side_values(found.new),
        "tiles": [_judged_values(one) for one in found.tiles],
        "classes": [asdict(one) for one in found.classes],
        "failed": list(found.failed),
        "notes": list(found.notes),
        "evaluation_sha256": found.evaluation_sha256,
        "set_name": found.set_name,
        "how": found.how,
        "map_threshold": found.map_threshold,
        "terms": dict(found.terms),
        "lowered": None if found.lowered is None else asdict(found.lowered),
    }


def comparison_from(values: Mapping[str, Any]) -> Comparison:
    """A comparison from its JSON values.

    Raises:
        DataError: If they are not those of a comparison.
    """
    try:
        tiles = tuple(_judged_from(one) for one in values["tiles"])
        truth = np.array([one.tile.defective for one in tiles], np.bool_)
        scores = [np.array([getattr(one, name) for one in tiles]) for name in ("live_score", "new_score")]
        return Comparison(
            live=_side_from(values["live"], roc_of(scores[0][~truth], scores[0][truth])),
            new=_side_from(values["new"], roc_of(scores[1][~truth], scores[1][truth])),
            tiles=tiles,
            classes=tuple(ClassCount(**one) for one in values["classes"]),
            failed=tuple(values["failed"]),
            evaluation_sha256=values["evaluation_sha256"],
            how=values["how"],
            map_threshold=values["map_threshold"],
            notes=tuple(values["notes"]),
            set_name=values["set_name"],
            terms=values["terms"],
            lowered=_lowered_from(values["lowered"]),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise DataError(
            "A stored comparison cannot be read.", kept="It stays in the store.", do_next="Compare again."
        ) from error


def keep_comparison(store: RecordStore, recipe: Recipe, found: Comparison, actor: str) -> None:
    """Keeps a comparison made under a recipe.

    Raises:
        StoreUnavailable: If it cannot be stored.
    """
    store.evaluation.note_comparison(
        recipe.name, found.live.sha256, found.new.sha256, comparison_values(found), actor=actor
    )


def last_comparison(store: RecordStore, recipe: Recipe, live: str, new: str) -> Comparison | None:
    """The last comparison of two models, named by their hashes, where it still holds for the recipe in force.

    Raises:
        StoreUnavailable: If it cannot be read.
    """
    kept = store.evaluation.newest(recipe.name, live, new)
    if kept is None:
        return None
    try:
        found = comparison_from(kept.content)
    except DataError:
        return None
    return found if found.holds_for(recipe) else None


def roc_of(good: Any, bad: Any) -> Roc:
    """Share of good tiles rejected and of defects found at every threshold; empty without defects."""
    if not len(bad):
        return np.zeros(0), np.zeros(0)
    line = curve(ScoreSet.of(good, bad))
    return line.false_reject[::-1], 1 - line.escape[::-1]


def _side_values(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "sha256": side.sha256,
        "thresholds": asdict(side.thresholds),
        "missed": side.missed,
        "rejected": side.rejected,
        "grey": side.grey,
        "auroc": None if side.auroc is None else list(side.auroc),
        "false_reject_at_equal_miss": side.false_reject_at_equal_miss,
        "milliseconds": side.milliseconds,
    }


def _side_from(values: Mapping[str, Any], roc: Roc) -> Side:
    auroc = values["auroc"]
    return Side(
        name=values["name"],
        sha256=values["sha256"],
        thresholds=Thresholds(**values["thresholds"]),
        missed=values["missed"],
        rejected=values["rejected"],
        grey=values["grey"],
        auroc=None if auroc is None else (auroc[0], auroc[1], auroc[2]),
        false_reject_at_equal_miss=values["false_reject_at_equal_miss"],
        milliseconds=values["milliseconds"],
        roc=roc,
    )


def _lowered_from(values: Mapping[str, Any] | None) -> Lowered | None:
    if values is None:
        return None
    return Lowered(Thresholds(**values["thresholds"]), tuple(values["scores"]))


def _judged_values(one: Judged) -> dict[str, Any]:
    tile = {**asdict(one.tile), "path": str(one.tile.path)}
    return {
        "tile": tile,
        "live_score": one.live_score,
        "new_score": one.new_score,
        "live": one.live.value,
        "new": one.new.value,
    }


def _judged_from(values: Mapping[str, Any]) -> Judged:
    tile: dict[str, Any] = {**values["tile"], "path": Path(values["tile"]["path"])}
    return Judged(
        EvaluationTile(**tile),
        values["live_score"],
        values["new_score"],
        Verdict(values["live"]),
        Verdict(values["new"]),
    )
