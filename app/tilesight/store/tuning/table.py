"""Stored scores as sorted columns: a question about a threshold is a look-up, not a pass over all records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bsdrd.errors import DataError
from bsdrd.result import Thresholds, Verdict
from tilesight.store.types import ScoreArrays


class Truth(IntEnum):
    """What a person said about a tile, as far as it matters for a threshold; "unsure" counts as nothing."""

    UNLABELLED = 0
    GOOD = 1
    DEFECT = 2


#: Verdicts in the order of their codes in a table; NOT_INSPECTED has no code because no threshold changes it.
JUDGED: tuple[Verdict, Verdict, Verdict] = (Verdict.OK, Verdict.GREY, Verdict.NG)
_CODES = {str(verdict): code for code, verdict in enumerate(JUDGED)}
_NOT_JUDGED = 255
_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What is known of each record besides its score and verdict; arrays of one length, read-only.

    Attributes:
        ids: int64: record numbers.
        truths: uint8: the person's judgement, a `Truth`.
        lots: int32: an index into the table's `lot_names`.
        times: float64: seconds since 1970, UTC.
        tiles: int64: which physical tile it shows; pictures of one tile know less than as many tiles.
    """

    ids: NDArray[np.int64]
    truths: NDArray[np.uint8]
    lots: NDArray[np.int32]
    times: NDArray[np.float64]
    tiles: NDArray[np.int64]

    def __post_init__(self) -> None:
        for column in (self.ids, self.truths, self.lots, self.times, self.tiles):
            column.setflags(write=False)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Columns:
        """The rows named, in that order."""
        return Columns(self.ids[rows], self.truths[rows], self.lots[rows], self.times[rows], self.tiles[rows])


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """Judged records, sorted by score once, with running totals by label and stored verdict.

    All arrays are read-only and have one row a record, in ascending order of the score.

    Attributes:
        scores: float64, N: standardised scores, finite.
        stored: uint8, N: the verdict in the record, as an index into `JUDGED`.
        before: float64, N: the score in the record; differs from `scores` where maps were judged again.
        about: What else is known of these N records.
        lot_names: Lot numbers; "" for records without one.
        not_inspected: Records that carry no verdict on a score; no threshold changes them.
        totals: int32, 3 x 3 x (N + 1): records among the first i by [truth, stored verdict, i].
    """

    scores: NDArray[np.float64]
    stored: NDArray[np.uint8]
    before: NDArray[np.float64]
    about: Columns
    lot_names: tuple[str, ...]
    not_inspected: Columns
    totals: NDArray[np.int32]

    @classmethod
    def from_store(cls, arrays: ScoreArrays, tiles: NDArray[np.int64] | None = None) -> ScoreTable:
        """A table of what the store hands out.

        Args:
            arrays: Its columns.
            tiles: int64, N: which physical tile each record shows; None: each its own.
        """
        about = Columns(
            arrays.id,
            (arrays.truth + 1).astype(np.uint8),
            arrays.lot,
            arrays.inspected_us / 1e6,
            np.arange(len(arrays)) if tiles is None else tiles,
        )
        stored = np.where(arrays.verdict < len(JUDGED), arrays.verdict, _NOT_JUDGED).astype(np.uint8)
        return _split(about, arrays.score, stored, arrays.lots or ("",))

    @classmethod
    def build(
        cls,
        ids: ArrayLike,
        scores: ArrayLike,
        stored: Sequence[str],
        truths: ArrayLike | None = None,
        lots: Sequence[str | None] | None = None,
        times: ArrayLike | None = None,
        tiles: ArrayLike | None = None,
    ) -> ScoreTable:
        """A table from unsorted columns of equal length.

        Args:
            ids: Record numbers.
            scores: Scores; rows whose score is not finite count as not inspected.
            stored: Stored verdicts.
            truths: `Truth` values; unlabelled where left out.
            lots: Lot numbers; none where left out.
            times: Seconds since 1970, UTC; 0 where left out.
            tiles: Which physical tile each record shows; each its own where left out.

        Raises:
            DataError: If the columns differ in length.
        """
        id_column = np.asarray(ids, np.int64)
        count = id_column.size
        lot_names, lot_column = _lot_codes([""] * count if lots is None else lots)
        about = Columns(
            id_column,
            np.zeros(count, np.uint8) if truths is None else np.asarray(truths, np.uint8),
            lot_column,
            np.zeros(count) if times is None else np.asarray(times, np.float64),
            np.arange(count) if tiles is None else np.asarray(tiles, np.int64),
        )
        return _split(about, np.asarray(scores, np.float64), _verdict_codes(stored), lot_names)

    def __len__(self) -> int:
        return int(self.scores.size)

    def below(self, threshold: float) -> int:
        """How many scores are below a threshold; a score equal to it is not."""
        return int(np.searchsorted(self.scores, threshold, side="left"))

    def cuts(self, thresholds: Thresholds) -> tuple[int, int]:
        """Row of the first GREY record and row of the first NG record."""
        return self.below(thresholds.low), self.below(thresholds.high)

    def count(self, truth: Truth) -> int:
        """Records with this label."""
        return int(self.totals[truth, :, -1].sum())

    def of(self, truth: Truth) -> NDArray[np.float64]:
        """Scores of the records with this label, ascending: float64."""
        return self.scores[self.about.truths == truth]

    def tiles_of(self, truth: Truth) -> list[int] | None:
        """Which tile each record with this label shows, in the order of `of`; None where each is its own."""
        tiles = self.about.tiles[self.about.truths == truth]
        return tiles.tolist() if np.unique(tiles).size < tiles.size else None

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of these records, -1 where a record is not in the table: int64."""
        if not len(self):
            return np.full(ids.size, -1, np.int64)
        by_id = np.argsort(self.about.ids, kind="stable")
        at = np.minimum(np.searchsorted(self.about.ids, ids, sorter=by_id), len(self) - 1)
        rows = by_id[at]
        return np.where(self.about.ids[rows] == ids, rows, -1)

    def where(self, chosen: NDArray[np.bool_], kept_out: NDArray[np.bool_]) -> ScoreTable:
        """Some of the records, still sorted.

        Args:
            chosen: bool, N: which of the judged ones.
            kept_out: bool: which of those not inspected.
        """
        return ScoreTable(
            _frozen(self.scores[chosen]),
            _frozen(self.stored[chosen]),
            _frozen(self.before[chosen]),
            self.about.take(chosen),
            self.lot_names,
            self.not_inspected.take(kept_out),
            _running_totals(self.about.truths[chosen], self.stored[chosen]),
        )

    def with_scores(self, ids: NDArray[np.int64], scores: NDArray[np.float64]) -> ScoreTable:
        """The same records with other scores for some of them, as after judging maps by another rule.

        Args:
            ids: int64, M: records to change; unknown ones are passed over.
            scores: float64, M: their new scores; one that is not finite leaves the old one.
        """
        rows = self.rows_of(ids)
        known = (rows >= 0) & np.isfinite(scores)
        if not known.any():
            return self
        changed = self.scores.copy()
        changed[rows[known]] = scores[known]
        return _sorted(self.about, changed, self.stored, self.before, self.lot_names, self.not_inspected)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records a what-if is about; an empty field means "all".

    Attributes:
        since: First moment, inclusive, with time zone.
        until: Last moment, exclusive, with time zone.
        lots: Lot numbers; "" stands for records without one.
        truths: Labels.
    """

    since: datetime | None = None
    until: datetime | None = None
    lots: frozenset[str] = frozenset()
    truths: frozenset[Truth] = frozenset()

    def of(self, table: ScoreTable) -> ScoreTable:
        """The chosen part of a table; the table itself where nothing is left out."""
        if self == Selection():
            return table
        names = table.lot_names
        return table.where(self._choose(table.about, names), self._choose(table.not_inspected, names))

    def _choose(self, about: Columns, lot_names: tuple[str, ...]) -> NDArray[np.bool_]:
        chosen = np.ones(about.ids.size, np.bool_)
        if self.since is not None:
            chosen &= about.times >= self.since.timestamp()
        if self.until is not None:
            chosen &= about.times < self.until.timestamp()
        if self.lots:
            chosen &= np.isin(about.lots, [i for i, name in enumerate(lot_names) if name in self.lots])
        if self.truths:
            chosen &= np.isin(about.truths, [int(truth) for truth in self.truths])
        return chosen


def _verdict_codes(stored: Sequence[str]) -> NDArray[np.uint8]:
    words = np.asarray([str(word) for word in stored], np.str_)
    codes = np.full(words.shape, _NOT_JUDGED, np.uint8)
    for word, code in _CODES.items():
        codes[words == word] = code
    return codes


def _lot_codes(lots: Sequence[str | None]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    seen: dict[str, int] = {}
    codes = np.fromiter((seen.setdefault(lot or "", len(seen)) for lot in lots), np.int32, len(lots))
    return tuple(seen) or ("",), codes


def _split(
    about: Columns, scores: NDArray[np.float64], stored: NDArray[np.uint8], lot_names: tuple[str, ...]
) -> ScoreTable:
    columns = (about.ids, scores, stored, about.truths, about.lots, about.times, about.tiles)
    lengths = [column.size for column in columns]
    if len(set(lengths)) > 1 or any(column.ndim != 1 for column in columns):
        raise DataError(
            f"The stored scores cannot be compared: their columns have {lengths} rows.",
            kept="No threshold was changed.",
            do_next="Reload the records; if it happens again, verify the store.",
        )
    judged = np.isfinite(scores) & (stored < len(JUDGED))
    kept = scores[judged]
    return _sorted(about.take(judged), kept, stored[judged], kept, lot_names, about.take(~judged))


def _sorted(
    about: Columns,
    scores: NDArray[np.float64],
    stored: NDArray[np.uint8],
    before: NDArray[np.float64],
    lot_names: tuple[str, ...],
    not_inspected: Columns,
) -> ScoreTable:
    order = np.argsort(scores, kind="stable")
    ordered, codes = about.take(order), stored[order]
    return ScoreTable(
        _frozen(scores[order]),
        _frozen(codes),
        _frozen(before[order]),
        ordered,
        lot_names,
        not_inspected,
        _running_totals(ordered.truths, codes),
    )


def _running_totals(truths: NDArray[np.uint8], stored: NDArray[np.uint8]) -> NDArray[np.int32]:
    totals = np.zeros((3, 3, stored.size + 1), np.int32)
    cell = truths * np.uint8(3) + stored
    for truth in range(3):
        for code in range(3):
            np.cumsum(cell == truth * 3 + code, out=totals[truth, code, 1:])
    return _frozen(totals)


def _frozen(array: NDArray[_Kind]) -> NDArray[_Kind]:
    array.setflags(write=False)
    return array
