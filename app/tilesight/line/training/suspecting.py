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
from bsdrd.suspects import (
    CHANNELS,
    MODEL_CHANNELS,
    Usual,
    describe,
    model_values,
    rank,
    suspicion_map,
)
from tilesight.line.training.choosing import ChosenTile, TileSet

#: Share of the tiles that a person should look at before training.
WORTH_A_LOOK = 0.10
#: Pictures that say which way the streaks run.
_TELLING = 24
#: A model's map is kept for the screen with at most so many values a side: thousands of them fit into memory.
_SEEN_SIDE = 64
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """A tile with its most suspicious picture.

    Attributes:
        tile: That picture.
        pictures: Paths of all pictures of the tile.
        score: How far the tile is above what is usual on the other ones; 0 for usual.
        reason: What stands out most: one of `bsdrd.suspects.CHANNELS` or `MODEL_CHANNELS`.
        usual: What it was compared with.
        seen: The live model's fused map of that picture, float16 and reduced; None without a model.
    """

    tile: ChosenTile
    pictures: frozenset[Path]
    score: float
    reason: str
    usual: Usual
    seen: NDArray[np.float16] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """All tiles, ranked.

    Attributes:
        ranked: The most suspicious first.
        across: Whether the streaks run from left to right.
        with_model: Whether what the live model sees counted.
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
        model: The live model's file; what it sees counts too, also where it has learnt these tiles.
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
    values: list[NDArray[np.float64]] = []
    found: list[NDArray[np.float64]] = []
    seen: list[NDArray[np.float16]] = []
    try:
        for number, tile in enumerate(chosen):
            pixels = read_image(tile.path)
            values.append(describe(pixels, across=across))
            if detector is not None:
                fused = detector.maps(pixels).maps.fused
                found.append(model_values(fused))
                seen.append(_reduced(fused))
            if progress is not None:
                progress(number + 1, len(chosen))
    finally:
        if detector is not None:
            detector.close()
    groups = [tile.group for tile in chosen]
    table = np.array(values).reshape(-1, len(CHANNELS))
    ranking = rank(table, groups, np.array(found) if found else None)
    paths: dict[str, set[Path]] = defaultdict(set)
    for tile in chosen:
        paths[tile.group].add(tile.path)
    reasons = (*CHANNELS, *MODEL_CHANNELS)
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
                seen[index] if seen else None,
            )
    return Suspects(tuple(ranked.values()), across, bool(found))


def look_at(suspect: Suspect, across: bool) -> tuple[Pixels, NDArray[np.float32]]:
    """The picture, and where it looks defective (`bsdrd.suspects.suspicion_map`).

    Raises:
        ImageError: If it can no longer be read.
    """
    pixels = read_image(suspect.tile.path)
    seen = None if suspect.seen is None else suspect.seen.astype(np.float32)
    return pixels, suspicion_map(pixels, suspect.usual, seen, across=across)


def _reduced(fused: NDArray[np.float32]) -> NDArray[np.float16]:
    """A map with at most 64 values a side, each the highest of its place."""
    factor = max(1, -(-max(fused.shape) // _SEEN_SIDE))
    rows, columns = (-(-side // factor) for side in fused.shape)
    margin = ((0, rows * factor - fused.shape[0]), (0, columns * factor - fused.shape[1]))
    padded = np.pad(fused, margin, mode="edge")
    cells = padded.reshape(rows, factor, columns, factor).max(axis=(1, 3))
    return np.minimum(cells, np.finfo(np.float16).max).astype(np.float16)
