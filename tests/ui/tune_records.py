"""A small store to tune on: forty tiles with hand-made maps, half of them labelled."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from tests.ui.hand_made import maps, texture

from bsdrd.judge import Rule, judge
from bsdrd.result import Thresholds
from tilesight.line.recipe import Recipe
from tilesight.store.images import RetentionRule
from tilesight.store.records import NewRecord, RecordStore
from tilesight.store.types import LabelKind

T = Thresholds(3.0, 5.0)
RECIPE = Recipe(name="Line 1", t1=3.0, t2=5.0, mm_per_px=0.1)
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
HEIGHT, WIDTH = 64, 80
#: Peaks of the forty tiles, rising; the last twelve are defects.
PEAKS = np.concatenate([np.linspace(0.5, 4.2, 28), np.linspace(2.8, 9.0, 12)])


def new_record(number: int, recipe: Recipe = RECIPE, peak: float | None = None) -> NewRecord:
    """Tile `number`: one hill of the given peak; good tiles have it at the left, defects at the right."""
    value = float(PEAKS[number] if peak is None else peak)
    place = 16 if number < 28 else 60
    made = maps(HEIGHT, WIDTH, struct=((place, 30, 5.0, value),))
    judged = judge(made, Rule(T))
    return NewRecord(
        captured_at=START + timedelta(minutes=number),
        inspected_at=START + timedelta(minutes=number),
        source="test",
        frame_id=number,
        name=f"tile {number}",
        verdict=judged.verdict,
        score=judged.score,
        thresholds=T,
        regions=judged.regions,
        model_sha256="5" * 64,
        recipe_name=recipe.name,
        recipe_sha256=recipe.sha256,
        recipe_version=1,
        lot="L-1" if number % 2 else "L-2",
        height=HEIGHT,
        width=WIDTH,
        pixels=texture(HEIGHT, WIDTH, number),
        maps=made,
    )


@cache
def _filled() -> Path:
    """A folder with the store, made once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="tilesight-tune-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with RecordStore.open(folder / "store") as store:
        fill(store)
    return folder / "store"


def filled_store(folder: Path) -> RecordStore:
    """Opens a store of its own with the forty tiles."""
    shutil.copytree(_filled(), folder)
    return RecordStore.open(folder)


def fill(store: RecordStore) -> list[int]:
    """Stores the forty tiles and labels those with an even place; returns their numbers."""
    store.recipes.save(RECIPE.name, RECIPE.content(), actor="ann", why="first")
    ids = store.add([new_record(at) for at in range(40)], RetentionRule(pictures="all", maps="all"))
    with store.labels.action("rita", "labels") as action:
        action.label(ids[0:28:2], LabelKind.GOOD)
        action.label(ids[28:40:2], LabelKind.DEFECT, defect_class="crack")
    return ids
