"""False alarms that look alike, and what would clear them.

Regions are compared by the descriptor that the detector computed anyway (`Region.feature`), only among
those that the same model found: descriptors of two models mean different things.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from bsdrd.result import Verdict
from tilesight.store.columns import TRUTH_OF_LABEL
from tilesight.store.database import Database
from tilesight.store.errors import StoreError
from tilesight.store.region_table import (
    RecordColumns,
    RegionColumns,
    joined,
    read_records,
    read_regions,
)
from tilesight.store.remedies import Preview, Remedy, preview, suggestions
from tilesight.store.schema import files, labels, records
from tilesight.store.types import LABEL_CODES, VERDICT_CODES, LabelKind

#: Cosine similarity from which regions are taken for alike. With the starter model on real tiles, 81 % of
#: the pairs that show one flaw in two exposures reach it, 10 % of two flaws of one class, and 0.1 % of flaws
#: of different classes (`python benchmarks/store.py real --tiles ../shared/data/mt`).
ALIKE = 0.8
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
class SimilarTiles:
    """The tiles of a group, each once, the most alike first: columns of one length.

    Attributes:
        id: int64, number of the record.
        index: int32, its most alike region, from 0.
        similarity: float32, of that region, -1 to 1.
        area: int64, pixels of that region.
        box: int32, N x 4: x, y, width, height of that region in pixels.
        peak: float64, of that region.
        verdict: int8, verdict of the record (`VERDICT_CODES`).
        label: int8, current label of the record (`LABEL_CODES`); -1 for none.
        more: bool, whether regions outside the group would raise an alarm by themselves: what is true of
            the alike region need not be true of the tile.
    """

    id: NDArray[np.int64]
    index: NDArray[np.int32]
    similarity: NDArray[np.float32]
    area: NDArray[np.int64]
    box: NDArray[np.int32]
    peak: NDArray[np.float64]
    verdict: NDArray[np.int8]
    label: NDArray[np.int8]
    more: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.id)

    @property
    def defective(self) -> NDArray[np.bool_]:
        """bool, whether the label says that the tile is defective."""
        # Position -1, no label, is the last one of the table.
        return TRUTH_OF_LABEL[self.label] == 1

    def at(self, place: int) -> SimilarRegion:
        """One of them in words of the store."""
        label = int(self.label[place])
        x, y, width, height = (int(value) for value in self.box[place])
        return SimilarRegion(
            record_id=int(self.id[place]),
            index=int(self.index[place]),
            similarity=float(self.similarity[place]),
            area_px=int(self.area[place]),
            box=(x, y, width, height),
            peak=float(self.peak[place]),
            verdict=VERDICT_CODES[self.verdict[place]],
            label=LABEL_CODES[label] if label >= 0 else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class SimilarGroup:
    """Regions that look like a given one, the most alike first; the given one leads.

    Attributes:
        model_sha256: Model that found them all.
        records: int64, number of the record of each region.
        indices: int32, which of its record's regions each one is.
        similarity: float32, cosine of the angle to the given one, -1 to 1.
        tiles: What is known of each tile that they lie on.
        known_defects: Records among them that are labelled defective. More than none: whatever clears
            the group may hide such defects.
        with_picture: Records among them whose picture is kept: those could be learnt as good tiles.
    """

    model_sha256: str | None
    records: NDArray[np.int64]
    indices: NDArray[np.int32]
    similarity: NDArray[np.float32]
    tiles: SimilarTiles
    known_defects: int
    with_picture: int

    @property
    def record_ids(self) -> NDArray[np.int64]:
        """The records of the group, each once, rising."""
        return np.unique(self.records)


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

    def find(self, record_id: int, index: int, *, alike: float = ALIKE) -> SimilarGroup:
        """The stored regions that look like a given one.

        Args:
            record_id: Record of the given region.
            index: Which of its regions, from 0.
            alike: Smallest cosine similarity, -1 to 1.

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
            tiles=_tiles(loaded, chosen, similarity),
            known_defects=int((loaded.records.truth[rows] == 1).sum()),
            with_picture=self._with_picture(ids),
        )

    def preview(self, group: SimilarGroup, remedy: Remedy) -> Preview:
        """What a remedy would clear, and which known defects it would lose."""
        loaded = self._load(group.model_sha256)
        return preview(loaded.regions, loaded.records, group.record_ids, remedy)

    def suggestions(self, group: SimilarGroup) -> list[Remedy]:
        """Remedies of each kind that just clear the group; which to take is for a person to say."""
        loaded = self._load(group.model_sha256)
        return suggestions(loaded.regions, loaded.records, loaded.places(group))

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


def _tiles(loaded: _Loaded, chosen: NDArray[np.intp], similarity: NDArray[np.float32]) -> SimilarTiles:
    """The tiles of the regions at these places, which come the most alike first."""
    found, table = loaded.regions, loaded.records
    _, first = np.unique(found.record[chosen], return_index=True)
    places = chosen[np.sort(first)]
    rows = np.searchsorted(table.id, found.record[places])
    row_of_region = np.searchsorted(table.id, found.record)
    # Not below T1: where T1 is unknown (NaN) it counts as an alarm.
    alarming = ~(found.peak < table.t1[row_of_region])
    alarming[chosen] = False
    more = np.zeros(len(table.id), np.bool_)
    more[row_of_region[alarming]] = True
    return SimilarTiles(
        id=found.record[places],
        index=found.index[places],
        similarity=similarity[places],
        area=found.area[places],
        box=found.box[places],
        peak=found.peak[places],
        verdict=table.verdict[rows],
        label=table.label[rows],
        more=more[rows],
    )
