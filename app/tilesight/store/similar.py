"""False alarms that look alike, and what would clear them: a mask, a region filter or a threshold.

Regions are compared by the descriptor that the detector computed anyway (`Region.feature`), only among
those that the same model found: descriptors of two models mean different things. A preview judges the
stored regions again without the maps, so it answers while a person drags; it is exact for thresholds,
and cautious where an excluded area cuts a region (such a region stays as it is).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from bsdrd.result import Thresholds, Verdict
from tilesight.store.database import Database
from tilesight.store.errors import StoreError
from tilesight.store.region_table import (
    RecordColumns,
    RegionColumns,
    joined,
    read_records,
    read_regions,
)
from tilesight.store.schema import files, labels, records
from tilesight.store.types import LABEL_CODES, VERDICT_CODES, LabelKind

#: Cosine similarity from which regions are taken for alike. With the starter model on real tiles, 81 % of
#: the pairs that show one flaw in two exposures reach it, 10 % of two flaws of one class, and 0.1 % of flaws
#: of different classes (`python benchmarks/store.py real --tiles ../shared/data/mt`).
ALIKE = 0.8
_OK = VERDICT_CODES.index(Verdict.OK)
#: An excluded area larger than this share of the tile is no sensible suggestion.
_LARGEST_SUGGESTED = 0.25
_MARGIN = 0.01
_REGIONS_AT_MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class SimilarRegion:
    """One region of a group.

    Attributes:
        record_id: Number of the record.
        index: Which of its regions, from 0.
        similarity: Cosine of the angle between the descriptors, -1 to 1.
        area_px: Pixels in it.
        box: x, y, width, height in pixels.
        peak: Largest value of the fused map in it.
        verdict: Verdict of its record.
        label: Current label of its record.
    """

    record_id: int
    index: int
    similarity: float
    area_px: int
    box: tuple[int, int, int, int]
    peak: float
    verdict: Verdict
    label: LabelKind | None


@dataclass(frozen=True, slots=True, eq=False)
class SimilarGroup:
    """Regions that look like a given one, the most alike first; the given one leads.

    Attributes:
        model_sha256: Model that found them all.
        records: int64, number of the record of each region.
        indices: int32, which of its record's regions each one is.
        similarity: float32, cosine of the angle to the given one, -1 to 1.
        first: The leading ones in full, for showing.
        known_defects: Records among them that are labelled defective. More than none: whatever clears
            the group may hide such defects.
        with_picture: Records among them whose picture is kept: those could be learnt as good tiles.
    """

    model_sha256: str | None
    records: NDArray[np.int64]
    indices: NDArray[np.int32]
    similarity: NDArray[np.float32]
    first: tuple[SimilarRegion, ...]
    known_defects: int
    with_picture: int

    @property
    def record_ids(self) -> NDArray[np.int64]:
        """The records of the group, each once, rising."""
        return np.unique(self.records)


@dataclass(frozen=True, slots=True)
class HigherThresholds:
    """Judge by other thresholds."""

    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class LargerRegions:
    """Let only regions of at least this many pixels count."""

    min_area_px: int


@dataclass(frozen=True, slots=True)
class ExcludedArea:
    """Leave out a rectangle of the tile: left, top, right, bottom as shares of its size, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


Remedy = HigherThresholds | LargerRegions | ExcludedArea


@dataclass(frozen=True, slots=True)
class Preview:
    """What a remedy would do to the records of one model.

    Attributes:
        cleared: Records of the group that alarm (GREY or NG) and would be OK.
        left: Records of the group that would alarm still.
        lost: Records labelled defective that alarm and would be OK, in the group or not.
        others: Further records that would become OK: unlabelled, unsure or labelled good.
    """

    cleared: tuple[int, ...]
    left: tuple[int, ...]
    lost: tuple[int, ...]
    others: tuple[int, ...]


@dataclass(slots=True)
class _Loaded:
    regions: RegionColumns
    records: RecordColumns
    #: Newest record and label row, so that what did not change is not read again.
    stamp: tuple[int, int]

    def places(self, group: SimilarGroup) -> NDArray[np.intp]:
        """Where the regions of a group stand among all."""
        # Record and index in one number: both rise together in the table.
        own = self.regions.record * _REGIONS_AT_MOST + self.regions.index
        return np.searchsorted(own, group.records * _REGIONS_AT_MOST + group.indices)


class SimilarRegions:
    """Finds regions that look alike; use `RecordStore.similar`."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._lock = threading.Lock()
        self._loaded: dict[str | None, _Loaded] = {}

    def find(self, record_id: int, index: int, *, alike: float = ALIKE, show: int = 200) -> SimilarGroup:
        """The stored regions that look like a given one.

        Args:
            record_id: Record of the given region.
            index: Which of its regions, from 0.
            alike: Smallest cosine similarity, -1 to 1.
            show: How many to describe in full (`SimilarGroup.first`).

        Raises:
            StoreError: If there is no such region, or it was stored without a descriptor.
        """
        model = self._model_of(record_id)
        loaded = self._load(model)
        found = loaded.regions
        seed = np.flatnonzero((found.record == record_id) & (found.index == index))
        if not len(seed):
            raise StoreError(f"Record {record_id} has no region {index + 1}.")
        given = found.feature[seed[0]]
        if not given.any():
            raise StoreError(
                f"Region {index + 1} of record {record_id} was stored without a description.",
                do_next="Inspect the tile again; then alike regions can be found.",
            )
        similarity = found.feature @ given
        similarity[seed[0]] = np.inf  # the given one leads, also among its equals
        chosen = np.flatnonzero(similarity >= alike)
        chosen = chosen[np.argsort(-similarity[chosen], kind="stable")]
        similarity[seed[0]] = 1.0
        ids = np.unique(found.record[chosen])
        rows = np.searchsorted(loaded.records.id, ids)
        return SimilarGroup(
            model_sha256=model,
            records=found.record[chosen],
            indices=found.index[chosen],
            similarity=similarity[chosen],
            first=tuple(_described(loaded, at, float(similarity[at])) for at in chosen[:show]),
            known_defects=int((loaded.records.truth[rows] == 1).sum()),
            with_picture=self._with_picture(ids),
        )

    def preview(self, group: SimilarGroup, remedy: Remedy) -> Preview:
        """What a remedy would clear, and which known defects it would lose."""
        loaded = self._load(group.model_sha256)
        table = loaded.records
        alarms = table.verdict != _OK
        becomes_ok = alarms & (_verdict_scores(loaded, remedy) < _grey_from(table, remedy))
        in_group = np.isin(table.id, group.record_ids)
        defective = table.truth == 1
        return Preview(
            cleared=_ids(table.id[in_group & becomes_ok]),
            left=_ids(table.id[in_group & alarms & ~becomes_ok]),
            lost=_ids(table.id[defective & becomes_ok]),
            others=_ids(table.id[~in_group & ~defective & becomes_ok]),
        )

    def suggestions(self, group: SimilarGroup) -> list[Remedy]:
        """Remedies of each kind that just clear the group; which to take is for a person to say."""
        loaded = self._load(group.model_sha256)
        table = loaded.records
        places = loaded.places(group)
        rows = np.searchsorted(table.id, group.records)
        harmless = table.truth[rows] != 1
        places, rows = places[harmless], rows[harmless]
        if not len(places):
            return []
        found: list[Remedy] = [LargerRegions(int(loaded.regions.area[places].max()) + 1)]
        low = float(np.nextafter(loaded.regions.peak[places].max(), np.inf))
        if np.isfinite(table.t2[rows]).any():
            found.append(HigherThresholds(Thresholds(low, max(low, float(np.nanmax(table.t2[rows]))))))
        area = _enclosing(loaded.regions.box[places], table.width[rows], table.height[rows])
        if area is not None:
            found.append(area)
        return found

    # -- inside ------------------------------------------------------------------------------------

    def _model_of(self, record_id: int) -> str | None:
        with self._db.read("reading regions") as connection:
            row = connection.execute(
                select(records.c.model_sha256).where(records.c.id == record_id)
            ).one_or_none()
        if row is None:
            raise StoreError(f"There is no record {record_id}.")
        return row.model_sha256

    def _load(self, model: str | None) -> _Loaded:
        """What is kept in memory of one model's regions, brought up to date."""
        with self._lock, self._db.read("reading regions") as connection:
            newest = connection.execute(select(func.max(records.c.id))).scalar()
            # Label rows only grow, by an undo too.
            labelled = connection.execute(select(func.max(labels.c.id))).scalar()
            stamp = (int(newest or 0), int(labelled or 0))
            have = self._loaded.get(model)
            if have is not None and have.stamp == stamp:
                return have
            after = 0 if have is None or not len(have.regions.record) else int(have.regions.record[-1])
            new = read_regions(connection, model, after)
            loaded = _Loaded(
                regions=new if have is None else joined(have.regions, new),
                records=read_records(connection, model),
                stamp=stamp,
            )
            # One model is looked at at a time; the others would only hold memory.
            self._loaded = {model: loaded}
            return loaded

    def _with_picture(self, ids: NDArray[np.int64]) -> int:
        wanted: list[int] = ids.tolist()
        number = 0
        with self._db.read("reading regions") as connection:
            for start in range(0, len(wanted), 10_000):
                statement = select(func.count()).where(
                    files.c.record_id.in_(wanted[start : start + 10_000]),
                    files.c.kind == "picture",
                    files.c.state == "kept",
                )
                number += int(connection.execute(statement).scalar_one())
        return number


def _verdict_scores(loaded: _Loaded, remedy: Remedy) -> NDArray[np.float64]:
    """The score of each record under a remedy, from its regions: float64, one a record."""
    found, table = loaded.regions, loaded.records
    if isinstance(remedy, HigherThresholds):
        return table.score
    row = np.searchsorted(table.id, found.record)
    counts = _survives(found, table, row, remedy)
    best = np.full(len(table.id), -np.inf)
    np.maximum.at(best, row[counts], found.peak[counts])
    # Nothing counts any more: what is left of the map lies below the outline.
    below = np.minimum(table.score, np.nextafter(table.outline, -np.inf))
    return np.where(np.isfinite(best), np.minimum(best, table.score), below)


def _survives(
    found: RegionColumns, table: RecordColumns, row: NDArray[np.intp], remedy: LargerRegions | ExcludedArea
) -> NDArray[np.bool_]:
    """Which regions count still."""
    if isinstance(remedy, LargerRegions):
        return found.area >= remedy.min_area_px
    x, y, w, h = found.box.T.astype(np.float64)
    width, height = table.width[row], table.height[row]
    # Comparisons with an unknown size (NaN) are false: such a region stays.
    inside = (
        (x >= remedy.left * width)
        & (y >= remedy.top * height)
        & (x + w <= remedy.right * width)
        & (y + h <= remedy.bottom * height)
    )
    return ~inside


def _grey_from(table: RecordColumns, remedy: Remedy) -> NDArray[np.float64]:
    """T1 for each record."""
    if isinstance(remedy, HigherThresholds):
        return np.full(len(table.id), remedy.thresholds.low)
    return table.t1


def _enclosing(
    box: NDArray[np.int32], width: NDArray[np.float64], height: NDArray[np.float64]
) -> ExcludedArea | None:
    """The rectangle around all boxes, where it is small enough to be a sensible mask."""
    if not (np.isfinite(width).all() and np.isfinite(height).all()):
        return None
    x, y, w, h = box.T.astype(np.float64)
    left, right = float((x / width).min()), float(((x + w) / width).max())
    top, bottom = float((y / height).min()), float(((y + h) / height).max())
    area = ExcludedArea(
        max(0.0, left - _MARGIN),
        max(0.0, top - _MARGIN),
        min(1.0, right + _MARGIN),
        min(1.0, bottom + _MARGIN),
    )
    size = (area.right - area.left) * (area.bottom - area.top)
    return area if size <= _LARGEST_SUGGESTED else None


def _described(loaded: _Loaded, at: int, similarity: float) -> SimilarRegion:
    found, table = loaded.regions, loaded.records
    row = int(np.searchsorted(table.id, found.record[at]))
    x, y, w, h = (int(value) for value in found.box[at])
    return SimilarRegion(
        record_id=int(found.record[at]),
        index=int(found.index[at]),
        similarity=similarity,
        area_px=int(found.area[at]),
        box=(x, y, w, h),
        peak=float(found.peak[at]),
        verdict=VERDICT_CODES[table.verdict[row]],
        label=LABEL_CODES[table.label[row]] if table.label[row] >= 0 else None,
    )


def _ids(values: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
