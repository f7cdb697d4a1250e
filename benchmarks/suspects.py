"""How well planted defects are found among good tiles before training: `bsdrd.suspects`.

    python benchmarks/suspects.py ../shared/data/mt [--plantings 20] [--model resources/starter.bsdrd]

Defective pictures of the test split are mixed into the good pictures of the train and calibration splits
until they are 5 % of all, by chance, in three ways: single pictures, whole tiles with up to six exposures
until 5 % of the pictures are defective, and as many whole tiles as are 5 % of the tiles. The last one is what
a person sees, who gets one entry a tile. Printed is the share of the planted ones among the first 10 % of
the ranking, by picture, or by tile.

With a model the same is repeated with what it sees. It has learnt the train split, which `--good` tells:
"learnt" takes the good pictures of train and calibration, "unseen" those of the test split, "all" both. The
defects are never learnt ones. `--half 0` and `--half 1` take half of the tiles each, to choose on one and to
report on the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bsdrd.data.dataset import Tile
from bsdrd.data.images import read_image
from bsdrd.data.layouts import load_dataset
from bsdrd.data.streaks import streaks_run_across
from bsdrd.detector import open_detector
from bsdrd.suspects import describe, model_values, rank

SHARE, TOP = 0.05, 0.10


def plant(bad: Sequence[Tile], wanted: int, seed: int, whole_tiles: bool) -> list[int]:
    """Which defective pictures are planted."""
    rng = np.random.default_rng([7, seed])
    if not whole_tiles:
        return [int(one) for one in rng.choice(len(bad), min(wanted, len(bad)), replace=False)]
    groups = sorted({tile.group for tile in bad})
    chosen: list[int] = []
    for at in rng.permutation(len(groups)):
        if len(chosen) < wanted:
            chosen += [i for i, tile in enumerate(bad) if tile.group == groups[at]][:6]
    return chosen


def plant_tiles(bad: Sequence[Tile], good_tiles: int, seed: int) -> list[int]:
    """All pictures of as many defective tiles as make 5 % of the tiles."""
    rng = np.random.default_rng([9, seed])
    groups = sorted({tile.group for tile in bad})
    wanted = min(len(groups), round(good_tiles * SHARE / (1 - SHARE)))
    chosen = {groups[at] for at in rng.choice(len(groups), wanted, replace=False)}
    return [i for i, tile in enumerate(bad) if tile.group in chosen]


def recall(scores: NDArray[np.float64], planted: NDArray[np.bool_]) -> float:
    """Share of the planted ones in the first 10 %."""
    first = np.argsort(-scores, kind="stable")[: math.ceil(TOP * len(scores))]
    return float(planted[first].sum() / planted.sum())


def by_tile(
    scores: NDArray[np.float64], planted: NDArray[np.bool_], groups: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The same for tiles, whose pictures all have its score."""
    names = sorted(set(groups))
    own = np.array([names.index(group) for group in groups])
    best = np.array([scores[own == number].max() for number in range(len(names))])
    return best, np.array([planted[own == number].any() for number in range(len(names))])


def measure(
    good: list[Tile], bad: list[Tile], values: dict[Path, NDArray[np.float64]], plantings: int, models: bool
) -> None:
    """Prints a line for each way of planting."""
    wanted = round(len(good) * SHARE / (1 - SHARE))
    good_tiles = len({tile.group for tile in good})
    for kind in ("single pictures", "whole tiles", "tiles"):
        found: dict[str, list[float]] = defaultdict(list)
        for seed in range(plantings):
            some = (
                plant_tiles(bad, good_tiles, seed)
                if kind == "tiles"
                else plant(bad, wanted, seed, kind == "whole tiles")
            )
            extra = [bad[i] for i in some]
            tiles = [*good, *extra]
            planted = np.arange(len(tiles)) >= len(good)
            groups = [tile.group for tile in tiles]
            table = np.array([values[tile.path] for tile in tiles])
            ranking = rank(table[:, :4], groups, table[:, 4:] if models else None)
            by = by_tile(ranking.scores, planted, groups) if kind == "tiles" else (ranking.scores, planted)
            found["found"].append(recall(*by))
            first = set(ranking.order[: math.ceil(TOP * len(tiles))].tolist())
            for index in np.flatnonzero(planted).tolist():
                found[tiles[index].cls].append(float(index in first))
        means = {key: round(float(np.mean(each)), 3) for key, each in sorted(found.items())}
        worst = round(min(found["found"]), 3)
        line = {"planted": kind, "pictures": len(good), "tiles": good_tiles, "model": models}
        print(json.dumps({**line, **means, "worst planting": worst}), flush=True)


def half_of(tile: Tile) -> int:
    """Which half of the tiles a picture belongs to: 0 or 1, by its tile."""
    return hashlib.sha256(f"h{tile.group}".encode()).digest()[0] % 2


def main() -> None:
    """Parses the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--plantings", type=int, default=20)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--good", choices=("learnt", "unseen", "all"), default="learnt")
    parser.add_argument("--half", type=int, choices=(0, 1))
    arguments = parser.parse_args()
    tiles = load_dataset(arguments.data).tiles
    if arguments.half is not None:
        tiles = tuple(tile for tile in tiles if half_of(tile) == arguments.half)
    learnt = ("train", "calibration")
    splits = {"learnt": learnt, "unseen": ("test",), "all": (*learnt, "test")}[arguments.good]
    good = [tile for tile in tiles if tile.is_good and tile.split in splits]
    bad = [tile for tile in tiles if tile.is_defective]
    across = streaks_run_across([read_image(tile.path) for tile in good[:20]])
    began = time.perf_counter()
    values = {tile.path: describe(read_image(tile.path), across=across) for tile in [*good, *bad]}
    seconds = time.perf_counter() - began
    print(
        json.dumps({"pictures": len(values), "milliseconds a picture": round(1000 * seconds / len(values))})
    )
    measure(good, bad, values, arguments.plantings, models=False)
    if arguments.model:
        with open_detector(arguments.model, threads=1) as detector:
            for path, own in values.items():
                values[path] = np.append(own, model_values(detector.maps(read_image(path)).maps.fused))
        measure(good, bad, values, arguments.plantings, models=True)


if __name__ == "__main__":
    main()
