"""How good a detector is on labelled tiles: over the whole data set, never averaged per picture.

Image figures rank the scores of good and defective tiles. Pixel figures rank every pixel of every tile that
has pixel truth. AUPRO is the mean share of each defect region (8-connected in the mask) that is found,
integrated over the false-positive rate of pixels from 0 to `AUPRO_LIMIT` and divided by that limit.

Exactness: image figures are exact. Pixel figures are exact for maps rounded to float16 (11 significant
bits; values that round to the same number count as ties), so that a data set of any size takes one
histogram a class and never keeps a map. Intervals come from `RESAMPLES` bootstrap resamples of whole
*tiles* (groups), because pictures of one tile are no independent evidence; for pixels they use coarser
histograms (8 significant bits), whose own error is far below the intervals' width.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from bsdrd.errors import DataError

#: Largest false-positive rate of pixels that AUPRO integrates to.
AUPRO_LIMIT = 0.3
#: Bootstrap resamples behind every interval.
RESAMPLES = 500

_CODES = 1 << 16
_COARSE_SHIFT = 3
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval over tiles.

    Attributes:
        value: The figure.
        low: Lower end of the interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


def image_figures(
    scores: ArrayLike,
    defective: ArrayLike,
    groups: Sequence[object],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Figures of whole tiles.

    Args:
        scores: n scores, higher is more anomalous.
        defective: n, True = defective.
        groups: For each picture the tile it shows.
        resamples: Bootstrap resamples.
        seed: Seed of the bootstrap.

    Returns:
        `image_auroc`, `image_ap`, `f1_max`, `frr_at_95` and `frr_at_99` (share of good tiles rejected where
        at least 95 % or 99 % of the defective ones are found). Empty without both kinds of tiles.

    Raises:
        DataError: If a score is no finite number or the lengths differ.
    """
    values = np.asarray(scores, dtype=np.float64)
    truth = np.asarray(defective, dtype=np.bool_)
    if not values.shape == truth.shape == (len(groups),):
        raise DataError(f"{values.shape} scores, {truth.shape} truths and {len(groups)} groups do not match.")
    if not np.isfinite(values).all():
        wrong = int(np.count_nonzero(~np.isfinite(values)))
        raise DataError(
            f"{wrong} of {values.size} scores are no finite numbers.",
            do_next="The model may be damaged: look at it with `bsdrd info`.",
        )
    if truth.all() or not truth.any():
        return {}
    _, level = np.unique(-values, return_inverse=True)
    positive = np.zeros((values.size, int(level.max()) + 1))
    positive[np.arange(values.size), level] = 1.0
    negative = positive * ~truth[:, None]
    positive = positive * truth[:, None]
    drawn, owner = _resampled(groups, resamples, seed)
    weights = drawn[:, owner]
    return _estimates(
        _IMAGE_FIGURES,
        Ranking(positive.sum(axis=0)[None], negative.sum(axis=0)[None]),
        Ranking(weights @ positive, weights @ negative),
    )


class PixelCounts:
    """Counts pixels tile by tile; memory does not grow with their size.

    A tile costs a few kilobytes for the bootstrap, a class three histograms of 65536 values.
    """

    def __init__(self) -> None:
        self._whole: dict[str, _Histograms] = {}
        self._tiles: list[_TileCounts] = []

    def add(self, anomaly_map: NDArray[Any], mask: NDArray[np.bool_] | None, cls: str, group: str) -> None:
        """Count one tile with pixel truth.

        Args:
            anomaly_map: H x W, float, higher is more anomalous.
            mask: H x W, True = defect; None: a good tile.
            cls: "good" or the class of its defect.
            group: The tile it shows.

        Raises:
            DataError: If map and mask differ in size or the map has values that are no numbers.
        """
        if mask is not None and mask.shape != anomaly_map.shape:
            raise DataError(f"A map of {anomaly_map.shape} and a mask of {mask.shape} do not match.")
        codes = _codes(anomaly_map)
        whole = self._whole.setdefault(cls, _Histograms())
        found = _count(codes, mask)
        whole.add(found)
        positive, negative, overlap, regions = found
        self._tiles.append(
            _TileCounts(cls, group, _coarse(positive), _coarse(negative), _coarse(overlap), regions)
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes counted so far."""
        return tuple(self._whole)

    def figures(
        self, classes: Collection[str] | None = None, *, resamples: int = RESAMPLES, seed: int = 0
    ) -> dict[str, Estimate]:
        """Figures of pixels.

        Args:
            classes: Which classes take part ("good" among them, if wanted); None: all.
            resamples: Bootstrap resamples.
            seed: Seed of the bootstrap.

        Returns:
            `pixel_auroc`, `pixel_ap` and `aupro`; empty without defective or without good pixels.
        """
        chosen = self._whole if classes is None else {c: self._whole[c] for c in classes if c in self._whole}
        tiles = [tile for tile in self._tiles if tile.cls in chosen]
        regions = sum(tile.regions for tile in tiles)
        if not regions or not sum(int(part.negative.sum()) for part in chosen.values()):
            return {}
        exact = Ranking(
            *(
                np.sum([getattr(part, name) for part in chosen.values()], axis=0)[None, ::-1]
                for name in _PARTS
            )
        )
        weights, owner = _resampled([tile.group for tile in tiles], resamples, seed)
        return _estimates(_PIXEL_FIGURES, exact, _coarse_ranking(tiles, owner, weights))


def evaluation(
    scores: Sequence[float],
    classes: Sequence[str],
    groups: Sequence[str],
    pixels: PixelCounts | None = None,
    *,
    without: str = "uneven",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """All figures of a labelled data set, as plain values for JSON.

    Args:
        scores: n scores.
        classes: For each "good" or the class of the defect.
        groups: For each the tile it shows.
        pixels: Their pixels, where there is pixel truth.
        without: Class that the second set of pixel figures leaves out.
        resamples: Bootstrap resamples.
        seed: Seed of the bootstrap.

    Returns:
        Each figure under its name and its interval [low, high] under the name with `_ci95`, None where it
        cannot be stated; `per_class` with the same for each class against all good tiles; `without_<class>`
        with the pixel figures without that class; `images`, `good`, `defective` and `groups` as counts.
    """
    names = np.asarray(classes)
    values = np.asarray(scores, dtype=np.float64)
    owners = np.asarray(groups)
    defective = names != "good"

    def part(keep: NDArray[np.bool_], kinds: Collection[str] | None) -> dict[str, Any]:
        found = image_figures(
            values[keep], defective[keep], owners[keep].tolist(), resamples=resamples, seed=seed
        )
        found |= pixels.figures(kinds, resamples=resamples, seed=seed) if pixels else {}
        counts = {
            "images": int(keep.sum()),
            "good": int((keep & ~defective).sum()),
            "defective": int((keep & defective).sum()),
            "groups": int(np.unique(owners[keep]).size),
        }
        return {**_plain(found, (*_IMAGE_FIGURES, *_PIXEL_FIGURES)), **counts}

    result = part(np.ones(names.size, dtype=np.bool_), None)
    result["per_class"] = {
        str(name): part((names == name) | ~defective, ("good", str(name)))
        for name in np.unique(names[defective])
    }
    kept = [name for name in pixels.classes if name != without] if pixels else []
    others = pixels.figures(kept, resamples=resamples, seed=seed) if pixels else {}
    result[f"without_{without}"] = _plain(others, _PIXEL_FIGURES)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Weights of positives and negatives at descending levels of the score, for b resamples at once.

    Attributes:
        positive: float64, b x k.
        negative: float64, b x k.
        overlap: float64, b x k: sum over defect regions of their share at that level; only for AUPRO.
    """

    positive: _Floats
    negative: _Floats
    overlap: _Floats | None = None

    def auroc(self) -> _Floats:
        """Area under the ROC curve, ties counting half: b, NaN where one side is missing."""
        below = self.negative.sum(axis=1, keepdims=True) - np.cumsum(self.negative, axis=1)
        wins = (self.positive * (below + self.negative / 2)).sum(axis=1)
        return _divide(wins, self.positive.sum(axis=1) * self.negative.sum(axis=1))

    def average_precision(self) -> _Floats:
        """Average precision (sum of precision times gain in recall): b, NaN without positives."""
        found = np.cumsum(self.positive, axis=1)
        precision = _divide(found, found + np.cumsum(self.negative, axis=1), otherwise=0.0)
        return _divide((precision * self.positive).sum(axis=1), found[:, -1])

    def f1_max(self) -> _Floats:
        """Largest F1 over all thresholds: b, NaN without positives."""
        found = np.cumsum(self.positive, axis=1)
        flagged = found + np.cumsum(self.negative, axis=1)
        best = np.asarray((2 * found / np.maximum(flagged + found[:, -1:], 1e-300)).max(axis=1))
        return np.where(found[:, -1] > 0, best, np.nan)

    def false_rejects_at(self, detection: float) -> _Floats:
        """Share of negatives at the highest threshold that finds this share of positives: b."""
        found = np.cumsum(self.positive, axis=1)
        enough = np.argmax(found >= detection * found[:, -1:] * (1 - 1e-12), axis=1)
        rejected = np.take_along_axis(np.cumsum(self.negative, axis=1), enough[:, None], axis=1)[:, 0]
        share = _divide(rejected, self.negative.sum(axis=1))
        return np.where(found[:, -1] > 0, share, np.nan)

    def aupro(self) -> _Floats:
        """Area under regions' overlap over the false-positive rate to `AUPRO_LIMIT`, over the limit: b."""
        if self.overlap is None:
            raise ValueError("AUPRO needs the overlap with regions")
        pro = _divide(np.cumsum(self.overlap, axis=1), self.overlap.sum(axis=1, keepdims=True))
        fpr = _divide(np.cumsum(self.negative, axis=1), self.negative.sum(axis=1, keepdims=True))
        start = np.zeros((len(pro), 1))
        before_fpr, before_pro = np.hstack([start, fpr[:, :-1]]), np.hstack([start, pro[:, :-1]])
        width = fpr - before_fpr
        inside = np.clip(AUPRO_LIMIT - before_fpr, 0.0, width)
        end = before_pro + (pro - before_pro) * _divide(inside, width, otherwise=0.0)
        return (inside * (before_pro + end) / 2).sum(axis=1) / AUPRO_LIMIT


_Figure = Callable[[Ranking], _Floats]
_IMAGE_FIGURES: dict[str, _Figure] = {
    "image_auroc": Ranking.auroc,
    "image_ap": Ranking.average_precision,
    "f1_max": Ranking.f1_max,
    "frr_at_95": lambda ranking: ranking.false_rejects_at(0.95),
    "frr_at_99": lambda ranking: ranking.false_rejects_at(0.99),
}
_PIXEL_FIGURES: dict[str, _Figure] = {
    "pixel_auroc": Ranking.auroc,
    "pixel_ap": Ranking.average_precision,
    "aupro": Ranking.aupro,
}
_PARTS = ("positive", "negative", "overlap")


class _Histograms:
    """Exact counts of one class over all float16 values, ascending."""

    def __init__(self) -> None:
        self.positive = np.zeros(_CODES, dtype=np.int64)
        self.negative = np.zeros(_CODES, dtype=np.int64)
        self.overlap = np.zeros(_CODES, dtype=np.float64)

    def add(self, found: tuple[NDArray[np.int64], NDArray[np.int64], _Floats, int]) -> None:
        self.positive += found[0]
        self.negative += found[1]
        self.overlap += found[2]


_Sparse = tuple[NDArray[np.uint16], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class _TileCounts:
    """Coarse counts of one tile: levels that occur and their weights."""

    cls: str
    group: str
    positive: _Sparse
    negative: _Sparse
    overlap: _Sparse
    regions: int


def _codes(anomaly_map: NDArray[Any]) -> NDArray[np.uint16]:
    """Integers in the order of the values rounded to float16."""
    if not np.isfinite(anomaly_map).all():
        raise DataError(
            "An anomaly map has values that are no finite numbers.",
            do_next="The model may be damaged: look at it with `bsdrd info`.",
        )
    # Adding zero turns -0 into 0: they must tie.
    half = (np.clip(anomaly_map, -65504, 65504).astype(np.float16) + np.float16(0)).view(np.uint16)
    return np.where(half & 0x8000, ~half, half | 0x8000).astype(np.uint16)


def _count(
    codes: NDArray[np.uint16], mask: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], _Floats, int]:
    everything = np.bincount(codes.reshape(-1), minlength=_CODES).astype(np.int64)
    if mask is None or not mask.any():
        return np.zeros_like(everything), everything, np.zeros(_CODES), 0
    inside = codes[mask]
    positive = np.bincount(inside, minlength=_CODES).astype(np.int64)
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    region: NDArray[np.int32] = np.asarray(labels, dtype=np.int32)[mask]
    share = 1.0 / np.bincount(region)[region]  # region 0 is the background and does not occur here
    overlap: _Floats = np.bincount(inside, weights=share, minlength=_CODES).astype(np.float64)
    return positive, everything - positive, overlap, count - 1


def _coarse(histogram: NDArray[Any]) -> _Sparse:
    summed = histogram.reshape(-1, 1 << _COARSE_SHIFT).sum(axis=1)
    levels = np.flatnonzero(summed)
    return levels.astype(np.uint16), summed[levels].astype(np.float32)


def _coarse_ranking(tiles: Sequence[_TileCounts], owner: NDArray[np.intp], weights: _Floats) -> Ranking:
    """The ranking of every resample; tiles of one group are added first, for they are drawn together."""
    used = np.unique(np.concatenate([part[0] for tile in tiles for part in (tile.positive, tile.negative)]))
    place = np.zeros(_CODES >> _COARSE_SHIFT, dtype=np.intp)
    place[used] = np.arange(used.size)[::-1]  # descending
    parts: list[_Floats] = []
    for name in _PARTS:
        of_group = np.zeros((weights.shape[1], used.size))
        for tile, group in zip(tiles, owner, strict=True):
            levels, counts = getattr(tile, name)
            of_group[group, place[levels]] += counts
        parts.append(weights @ of_group)
    return Ranking(*parts)


def _resampled(groups: Sequence[object], resamples: int, seed: int) -> tuple[_Floats, NDArray[np.intp]]:
    """How often each group occurs in each resample (resamples x groups), and each picture's group (n)."""
    _, owner = np.unique(np.asarray([str(group) for group in groups]), return_inverse=True)
    count = int(owner.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=resamples)
    return drawn.astype(np.float64), owner


def _estimates(figures: Mapping[str, _Figure], whole: Ranking, resampled: Ranking) -> dict[str, Estimate]:
    result: dict[str, Estimate] = {}
    for name, figure in figures.items():
        value = float(figure(whole)[0])
        drawn = figure(resampled)
        drawn = drawn[np.isfinite(drawn)]
        low, high = np.percentile(drawn, [2.5, 97.5]) if drawn.size else (np.nan, np.nan)
        result[name] = Estimate(value, float(low), float(high))
    return result


def _plain(found: Mapping[str, Estimate], names: Collection[str]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in names:
        one = found.get(name)
        result[name] = None if one is None else one.value
        known = one is not None and np.isfinite([one.low, one.high]).all()
        result[f"{name}_ci95"] = [one.low, one.high] if one is not None and known else None
    return result


def _divide(a: _Floats, b: _Floats, *, otherwise: float = np.nan) -> _Floats:
    out = np.full(np.broadcast_shapes(a.shape, b.shape), otherwise)
    return np.divide(a, b, out=out, where=b > 0)
