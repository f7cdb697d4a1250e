"""Tiles among the chosen ones that look defective, the most suspicious first, one entry a tile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bsdrd.data.images import Pixels, read_image
from bsdrd.data.streaks import streaks_run_across
from bsdrd.detector import open_detector
from bsdrd.errors import BsdrdError
from bsdrd.suspects import CHANNELS, Usual, describe, rank, suspicion_map
from tilesight.line.training.choosing import ChosenTile, TileSet
from tilesight.line.training.evaluation import learnt_by

#: Share of the tiles that a person should look at before training.
WORTH_A_LOOK = 0.10
#: Pictures that say which way the streaks run.
_TELLING = 24
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """A tile with its most suspicious picture.

    Attributes:
        tile: That picture.
        pictures: Paths of all pictures of the tile.
        score: How far it is above what is usual on the other tiles; 0 for usual.
        reason: What stands out most: one of `bsdrd.suspects.CHANNELS`, or "the live model's score".
        usual: What it was compared with.
    """

    tile: ChosenTile
    pictures: frozenset[Path]
    score: float
    reason: str
    usual: Usual


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """All tiles, ranked.

    Attributes:
        ranked: The most suspicious first.
        across: Whether the streaks run from left to right.
        with_model: Whether the live model's score counted; not where it has learnt some of the tiles.
    """

    ranked: tuple[Suspect, ...]
    across: bool
    with_model: bool

    @property
    def worth_a_look(self) -> int:
        """How many of the first ones a person should look at."""
        return max(1, -(-len(self.ranked) // round(1 / WORTH_A_LOOK)))


def find_suspects(tiles: TileSet, model: Path | None = None, progress: Progress | None = None) -> Suspects:
    """Ranks the chosen tiles by how defective they look.

    Args:
        tiles: What was chosen.
        model: The live model's file; its scores count where it has learnt none of these tiles.
        progress: Told after every picture; may raise to stop.

    Raises:
        DataError: If there are too few tiles to compare with one another.
        ImageError: If a picture can no longer be read.
    """
    chosen = tiles.tiles
    step = max(1, len(chosen) // _TELLING)
    across = streaks_run_across([read_image(tile.path) for tile in chosen[::step]])
    detector = None
    if model is not None:
        try:
            detector = open_detector(model, device="cpu", threads=1)
        except BsdrdError:
            detector = None  # the ranking does without; Run says what is wrong with the model
    if detector is not None and {tile.sha256 for tile in chosen} & learnt_by(detector.info.provenance):
        detector.close()
        detector = None
    values: list[NDArray[np.float64]] = []
    scores: list[float] = []
    try:
        for number, tile in enumerate(chosen):
            pixels = read_image(tile.path)
            values.append(describe(pixels, across=across))
            if detector is not None:
                scores.append(detector.inspect(pixels).score)
            if progress is not None:
                progress(number + 1, len(chosen))
    finally:
        if detector is not None:
            detector.close()
    groups = [tile.group for tile in chosen]
    table = np.array(values).reshape(-1, len(CHANNELS))
    ranking = rank(table, groups, np.array(scores) if scores else None)
    paths: dict[str, set[Path]] = defaultdict(set)
    for tile in chosen:
        paths[tile.group].add(tile.path)
    reasons = (*CHANNELS, "the live model's score")
    ranked: dict[str, Suspect] = {}
    for index in ranking.order.tolist():
        tile = chosen[index]
        if tile.group not in ranked:
            ranked[tile.group] = Suspect(
                tile,
                frozenset(paths[tile.group]),
                float(ranking.scores[index]),
                reasons[int(ranking.reasons[index])],
                ranking.usual[index],
            )
    return Suspects(tuple(ranked.values()), across, bool(scores))


def look_at(suspect: Suspect, across: bool) -> tuple[Pixels, NDArray[np.float32]]:
    """The picture, and where it looks defective (`bsdrd.suspects.suspicion_map`).

    Raises:
        ImageError: If it can no longer be read.
    """
    pixels = read_image(suspect.tile.path)
    return pixels, suspicion_map(pixels, suspect.usual, across=across)
