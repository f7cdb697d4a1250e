"""How well planted defects are found among good tiles before training: `bsdrd.suspects`.

    python benchmarks/suspects.py ../shared/data/mt [--plantings 20] [--model resources/starter.bsdrd]

Defective pictures of the test split are mixed into the good pictures of the train and calibration splits
until they are 5 % of all, by chance, in two ways: single pictures, and whole tiles with up to six exposures.
Printed is the share of the planted ones among the first 10 % of the ranking, by picture, and by tile (each
tile once, at the place of its most suspicious picture). With a model, whose training has seen the train
split, the good pictures are those of the test split instead, with and without the model's score.
"""

from __future__ import annotations

import argparse
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
from bsdrd.suspects import describe, rank

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


def recall(scores: NDArray[np.float64], planted: NDArray[np.bool_]) -> float:
    """Share of the planted ones in the first 10 %."""
    first = np.argsort(-scores, kind="stable")[: math.ceil(TOP * len(scores))]
    return float(planted[first].sum() / planted.sum())


def by_tile(
    scores: NDArray[np.float64], planted: NDArray[np.bool_], groups: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The same for tiles: the highest score of a tile's pictures."""
    names = sorted(set(groups))
    own = np.array([names.index(group) for group in groups])
    best = np.array([scores[own == number].max() for number in range(len(names))])
    return best, np.array([planted[own == number].any() for number in range(len(names))])


def measure(
    good: list[Tile], bad: list[Tile], values: dict[Path, NDArray[np.float64]], plantings: int, models: bool
) -> None:
    """Prints a line for each way of planting."""
    wanted = round(len(good) * SHARE / (1 - SHARE))
    for whole in (False, True):
        found: dict[str, list[float]] = defaultdict(list)
        for seed in range(plantings):
            extra = [bad[i] for i in plant(bad, wanted, seed, whole)]
            tiles = [*good, *extra]
            planted = np.arange(len(tiles)) >= len(good)
            groups = [tile.group for tile in tiles]
            table = np.array([values[tile.path] for tile in tiles])
            ranking = rank(table[:, :4], groups, table[:, 4] if models else None)
            found["by picture"].append(recall(ranking.scores, planted))
            found["by tile"].append(recall(*by_tile(ranking.scores, planted, groups)))
            first = set(ranking.order[: math.ceil(TOP * len(tiles))].tolist())
            for index in np.flatnonzero(planted).tolist():
                found[tiles[index].cls].append(float(index in first))
        means = {key: round(float(np.mean(each)), 3) for key, each in sorted(found.items())}
        worst = round(min(found["by picture"]), 3)
        kind = "whole tiles" if whole else "single pictures"
        line = {"planted": kind, "pictures": len(good), "defects": wanted, "model": models}
        print(json.dumps({**line, **means, "worst planting by picture": worst}), flush=True)


def main() -> None:
    """Parses the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--plantings", type=int, default=20)
    parser.add_argument("--model", type=Path)
    arguments = parser.parse_args()
    tiles = load_dataset(arguments.data).tiles
    splits = ("test",) if arguments.model else ("train", "calibration")
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
                values[path] = np.append(own, detector.inspect(read_image(path)).score)
        measure(good, bad, values, arguments.plantings, models=True)


if __name__ == "__main__":
    main()
