"""A detector over a whole data set: scores, figures, and every tile that could not be inspected by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bsdrd.calibration import Calibration, ScoreSet, at_thresholds
from bsdrd.data.dataset import Dataset, Tile
from bsdrd.data.images import Pixels, read_image, read_mask
from bsdrd.errors import DataError, ImageError
from bsdrd.metrics import RESAMPLES, PixelCounts, evaluation
from bsdrd.result import Inspection, Thresholds, Verdict

#: Told after every tile: how many are done, of how many.
Progress = Callable[[int, int], None]


class Inspects(Protocol):
    """What is needed of a detector here."""

    def inspect(self, pixels: Pixels) -> Inspection:
        """Inspect one tile with the model's thresholds."""
        ...


@dataclass(frozen=True, slots=True)
class TileScore:
    """One inspected tile.

    Attributes:
        tile: The tile.
        name: Its path in the data set.
        score: Finite.
        verdict: Against the model's thresholds.
        milliseconds: Time to inspect it.
    """

    tile: Tile
    name: str
    score: float
    verdict: Verdict
    milliseconds: float


@dataclass(frozen=True, slots=True)
class FailedTile:
    """One tile that could not be inspected.

    Attributes:
        name: Its path in the data set.
        reason: What happened and what to do.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """All tiles of a run.

    Attributes:
        tiles: Those inspected, in order.
        failed: Those that could not be.
        pixels: Counts of their pixels, empty where they were not asked for.
    """

    tiles: tuple[TileScore, ...]
    failed: tuple[FailedTile, ...]
    pixels: PixelCounts

    def score_set(self) -> ScoreSet:
        """Their scores for calibration.

        Raises:
            DataError: If fewer than two good tiles were inspected.
        """
        good = [one for one in self.tiles if one.tile.is_good]
        bad = [one for one in self.tiles if one.tile.is_defective]
        return ScoreSet.of(
            [one.score for one in good],
            [one.score for one in bad],
            good_groups=[one.tile.group for one in good],
            defective_groups=[one.tile.group for one in bad],
        )


def score_tiles(
    detector: Inspects,
    dataset: Dataset,
    tiles: Sequence[Tile],
    *,
    pixels: bool = False,
    progress: Progress | None = None,
) -> Scored:
    """Inspect tiles one by one.

    Args:
        detector: An open detector.
        dataset: Where the tiles are from; names them.
        tiles: Which to inspect.
        pixels: Whether to compare maps with masks, where a tile has pixel truth.
        progress: Told after every tile.

    Raises:
        DataError: If there are no tiles or none could be inspected.
    """
    if not tiles:
        raise DataError(
            f"{dataset.root} has no tiles for this.", do_next="Check the splits and classes of the data set."
        )
    counts = PixelCounts()
    scored: list[TileScore] = []
    failed: list[FailedTile] = []
    for number, tile in enumerate(tiles):
        name = dataset.name(tile)
        try:
            scored.append(_score(detector, tile, name, counts if pixels else None))
        except ImageError as error:
            failed.append(FailedTile(name, str(error)))
        if progress is not None:
            progress(number + 1, len(tiles))
    if not scored:
        raise DataError(
            f"None of the {len(tiles)} tiles of {dataset.root} could be inspected. "
            f"The first: {failed[0].reason}"
        )
    return Scored(tuple(scored), tuple(failed), counts)


def _score(detector: Inspects, tile: Tile, name: str, counts: PixelCounts | None) -> TileScore:
    found = detector.inspect(read_image(tile.path))
    if not np.isfinite(found.score):
        raise ImageError(f"{name}: the model gave no score.", do_next="Look at the model with `bsdrd info`.")
    if counts is not None and tile.has_pixel_truth:
        mask = None if tile.mask is None else read_mask(tile.mask)
        counts.add(found.maps.full("fused"), mask, tile.cls, tile.group)
    return TileScore(tile, name, found.score, found.verdict, found.milliseconds)


def figures(scored: Scored, *, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Any]:
    """Every figure of the contract, for JSON; see `bsdrd.metrics.evaluation`."""
    return evaluation(
        [one.score for one in scored.tiles],
        [one.tile.cls for one in scored.tiles],
        [one.tile.group for one in scored.tiles],
        scored.pixels,
        resamples=resamples,
        seed=seed,
    )


def rates(scored: Scored, thresholds: Thresholds) -> Calibration | None:
    """What the thresholds did on these tiles; None with fewer than two good ones."""
    if sum(one.tile.is_good for one in scored.tiles) < 2:
        return None
    return at_thresholds(scored.score_set(), thresholds)
