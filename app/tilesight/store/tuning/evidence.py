"""What a store knows that matters for tuning a recipe, read in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from tilesight.store.filters import OLDEST, conditions
from tilesight.store.recipes import RecipeVersion
from tilesight.store.records import ALL, RecordFilter, RecordRow, RecordStore
from tilesight.store.schema import records
from tilesight.store.tuning.table import ScoreTable

#: What of a recipe turns maps into a score.
_PIXEL_FIELDS = ("map_threshold", "min_area", "min_area_in_mm2", "edge_band_px", "mask", "mask_file")


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The records that thresholds are tuned on.

    Attributes:
        table: Records judged by one model; scores of two models are not comparable.
        of_other_models: Records left out because another model judged them.
        with_maps: int64: records whose maps are kept, ascending.
        judged_otherwise: int64: records whose score follows from another pixel rule than the one in
            force, ascending.
        newest_version: The newest version of the recipe that the store knows.
        newest: The newest of the records; None where there is none.
    """

    table: ScoreTable
    of_other_models: int
    with_maps: NDArray[np.int64]
    judged_otherwise: NDArray[np.int64]
    newest_version: RecipeVersion | None
    newest: RecordRow | None


def load_evidence(
    store: RecordStore, *, name: str, in_force: Mapping[str, Any], model_sha256: str | None
) -> Evidence:
    """Read what a recipe can be tuned on.

    Args:
        store: Where from.
        name: Name of the recipe.
        in_force: The recipe in force, made of JSON's types.
        model_sha256: The model in force; None takes the model of the newest record that was judged.

    Raises:
        StoreUnavailable: If the store cannot be read.
    """
    everything = store.count(ALL)
    if model_sha256 is None:
        newest = next((row for row in store.query(ALL, limit=50).rows if row.model_sha256), None)
        model_sha256 = None if newest is None else newest.model_sha256
    which = ALL if model_sha256 is None else RecordFilter(model_sha256=model_sha256)
    arrays = store.score_arrays(which)
    table = ScoreTable.from_store(arrays, _tiles(store, which, arrays.id))
    rows = store.query(which, limit=1).rows
    return Evidence(
        table=table,
        of_other_models=everything - len(table) - table.not_inspected.ids.size,
        with_maps=np.sort(store.ids(replace(which, with_maps=True), OLDEST)),
        judged_otherwise=_judged_otherwise(store, which, in_force),
        newest_version=store.recipes.newest(name),
        newest=rows[0] if rows else None,
    )


def _tiles(store: RecordStore, which: RecordFilter, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which physical tile each record shows: those of one serial number the same, the others their own."""
    c = records.c
    statement = select(c.id, c.serial).where(*conditions(which), c.serial.is_not(None), c.serial != "")
    with store.db.read("reading serial numbers") as connection:
        serials = {int(number): str(serial) for number, serial in connection.execute(statement)}
    tile_of: dict[str, int] = {}
    own = range(-1, -len(ids) - 1, -1)
    return np.array(
        [
            tile_of.setdefault(serials[number], len(tile_of)) if number in serials else alone
            for number, alone in zip(ids.tolist(), own, strict=True)
        ],
        np.int64,
    )


def same_pixel_rule(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two recipes (made of JSON's types) give every tile the same score."""
    fields = _PIXEL_FIELDS
    filters = one.get("min_area_in_mm2") or (one.get("min_area") or 0) > 1
    if one.get("map_threshold") is None and filters:
        fields = (*fields, "t1")
    if one.get("min_area_in_mm2"):
        fields = (*fields, "mm_per_px")
    return all(one.get(field) == other.get(field) for field in fields)


def _judged_otherwise(
    store: RecordStore, which: RecordFilter, in_force: Mapping[str, Any]
) -> NDArray[np.int64]:
    c = records.c
    with store.db.read("reading records") as connection:
        hashes = connection.execute(select(c.recipe_sha256).where(*conditions(which)).distinct()).scalars()
        known = [str(digest) for digest in hashes if digest is not None]
    others: list[str] = []
    for digest in known:
        version = store.recipes.by_sha256(digest)
        # A rule that nobody wrote down cannot be compared: its scores count as they are.
        if version is not None and not same_pixel_rule(in_force, version.content):
            others.append(digest)
    if not others:
        return np.zeros(0, np.int64)
    statement = select(c.id).where(*conditions(which), c.recipe_sha256.in_(others)).order_by(c.id)
    with store.db.read("reading records") as connection:
        return np.fromiter(connection.execute(statement).scalars(), np.int64)
