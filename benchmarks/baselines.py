"""Two yardsticks for the detector: a memory bank on the same teacher, and nearest thumbnails.

Both learn from the same good tiles and are measured with the same figures as the detector. Whole tiles at
their native shape, padded by reflection; nothing is tuned on the test tiles.

* memory bank (PatchCore style): teacher features at strides 8 and 16, averaged over 3 x 3 places, joined
  at stride 8. A greedy k-centre coreset of a random part of all training patches is kept; a place's value
  is the distance to the nearest kept patch, smoothed (sigma 4 px); a tile's score is the largest value.
* thumbnail: tiles shrunk to 32 x 32 and divided by their mean; score and map are the difference to the
  nearest training thumbnail.

    python benchmarks/baselines.py ../shared/data/mt --method memory-bank --seed 0 --threads 1

One JSON line a run: the figures of `bsdrd evaluate --json`, with method, settings and seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.data.images import Pixels, as_model_input, read_image, read_mask
from bsdrd.data.layouts import Tile, load_dataset
from bsdrd.errors import BsdrdError
from bsdrd.metrics import PixelCounts, evaluation

Floats = NDArray[np.float32]
#: A fitted baseline: pixels to a score and a map of H x W.
Scorer = Callable[[Pixels], tuple[float, Floats]]

_PAD = 32
_SMOOTHING = 4.0
_THUMBNAIL = 32


class TeacherFeatures:
    """Patch descriptors of a whole tile from a frozen teacher."""

    def __init__(self, name: str, weights: Path | None) -> None:
        import torch

        from bsdrd.model.teachers import load_teacher

        self._torch = torch
        self._teacher = load_teacher(name, weights=weights)

    def __call__(self, pixels: Pixels) -> Floats:
        """H x W (x 3) pixels to ceil(H / 8) x ceil(W / 8) x C, float32."""
        torch = self._torch
        image = as_model_input(pixels, 3)
        height, width = image.shape[1:]
        bottom, right = (_PAD + (-side) % _PAD for side in (height, width))
        padded = np.pad(image, ((0, 0), (_PAD, bottom), (_PAD, right)), mode="reflect")
        with torch.inference_mode():
            _, fine, coarse = self._teacher(torch.from_numpy(padded)[None])
            pooled = [torch.nn.functional.avg_pool2d(level, 3, 1, 1) for level in (fine, coarse)]
            size = (fine.shape[2], fine.shape[3])
            lifted = torch.nn.functional.interpolate(pooled[1], size, mode="bilinear", align_corners=False)
            joined = torch.cat([pooled[0], lifted], dim=1)[0].permute(1, 2, 0).numpy()
        edge = _PAD // 8
        return np.ascontiguousarray(joined[edge : edge + -(-height // 8), edge : edge + -(-width // 8)])


def greedy_coreset(patches: Floats, count: int, random: np.random.Generator) -> Floats:
    """Patches that cover all others: each next one is the farthest from those chosen.

    Distances are taken in 64 random directions, which keep them to a few percent.
    """
    directions = random.standard_normal((patches.shape[1], 64)).astype(np.float32) / 8
    points = patches @ directions
    lengths = np.einsum("ij,ij->i", points, points)
    chosen = [int(random.integers(len(points)))]
    nearest = np.full(len(points), np.inf, dtype=np.float32)
    for _ in range(min(count, len(points)) - 1):
        last = chosen[-1]
        nearest = np.minimum(nearest, lengths + lengths[last] - 2 * (points @ points[last]))
        chosen.append(int(np.argmax(nearest)))
    return patches[chosen]


def memory_bank(
    train: Sequence[Pixels], features: TeacherFeatures, *, size: int, candidates: int, seed: int
) -> Scorer:
    """Fit a memory bank."""
    random = np.random.default_rng(seed)
    share = -(-candidates // len(train))
    kept: list[Floats] = []
    for pixels in train:
        patches = features(pixels)
        flat = patches.reshape(-1, patches.shape[2])
        kept.append(flat[random.permutation(len(flat))[:share]])
    bank = greedy_coreset(np.concatenate(kept), size, random)
    bank_lengths = np.einsum("ij,ij->i", bank, bank)

    def score(pixels: Pixels) -> tuple[float, Floats]:
        patches = features(pixels)
        flat = patches.reshape(-1, patches.shape[2])
        distances = bank_lengths - 2 * (flat @ bank.T)
        squared = distances.min(axis=1) + np.einsum("ij,ij->i", flat, flat)
        grid = np.sqrt(np.maximum(squared, 0)).reshape(patches.shape[:2]).astype(np.float32)
        height, width = pixels.shape[:2]
        full = cv2.resize(grid, (grid.shape[1] * 8, grid.shape[0] * 8), interpolation=cv2.INTER_LINEAR)
        smooth = cv2.GaussianBlur(full[:height, :width], (0, 0), _SMOOTHING)
        return float(smooth.max()), np.asarray(smooth, dtype=np.float32)

    return score


def _thumbnail(pixels: Pixels) -> Floats:
    grey = as_model_input(pixels, 1)[0]
    small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA)
    return np.asarray(small / max(float(small.mean()), 1e-6), dtype=np.float32)


def nearest_thumbnail(train: Sequence[Pixels]) -> Scorer:
    """Fit nearest thumbnails."""
    bank = np.stack([_thumbnail(pixels) for pixels in train])

    def score(pixels: Pixels) -> tuple[float, Floats]:
        own = _thumbnail(pixels)
        distances = ((bank - own) ** 2).sum(axis=(1, 2))
        best = int(np.argmin(distances))
        size = (pixels.shape[1], pixels.shape[0])
        full = cv2.resize(np.abs(bank[best] - own), size, interpolation=cv2.INTER_LINEAR)
        return float(np.sqrt(distances[best])), np.asarray(full, dtype=np.float32)

    return score


def measure(score: Scorer, tiles: Sequence[Tile], seed: int) -> dict[str, Any]:
    """Score tiles and give the figures of `bsdrd evaluate`."""
    pixels = PixelCounts()
    scores: list[float] = []
    for number, tile in enumerate(tiles):
        value, anomaly_map = score(read_image(tile.path))
        scores.append(value)
        if tile.has_pixel_truth:
            mask = read_mask(tile.mask) if tile.mask else None
            pixels.add(anomaly_map, mask, tile.cls, tile.group)
        _tell(number + 1, len(tiles))
    return evaluation(scores, [t.cls for t in tiles], [t.group for t in tiles], pixels, seed=seed)


def _tell(done: int, of: int) -> None:
    if done % 50 == 0 or done == of:
        print(f"{done} of {of} tiles scored", file=sys.stderr)


def runs(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Fit and measure each method asked for."""
    dataset = load_dataset(arguments.data)
    train = [read_image(tile.path) for tile in dataset.train()]
    settings: dict[str, Any] = {"seed": arguments.seed, "threads": arguments.threads, "train": len(train)}
    if arguments.method in ("thumbnail", "all"):
        start = time.perf_counter()
        result = measure(nearest_thumbnail(train), dataset.test(), arguments.seed)
        yield {"method": "thumbnail", **settings, "seconds": time.perf_counter() - start, **result}
    if arguments.method in ("memory-bank", "all"):
        start = time.perf_counter()
        features = TeacherFeatures(arguments.teacher, arguments.weights)
        bank = {"size": arguments.bank, "candidates": arguments.candidates, "seed": arguments.seed}
        scorer = memory_bank(train, features, **bank)
        result = measure(scorer, dataset.test(), arguments.seed)
        seconds = time.perf_counter() - start
        yield {
            **{"method": "memory-bank", "teacher": arguments.teacher, **settings, **bank},
            **{"seconds": seconds, **result},
        }


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="data set in any layout that bsdrd reads")
    parser.add_argument("--method", choices=["memory-bank", "thumbnail", "all"], default="all")
    parser.add_argument("--teacher", default="efficientnet_lite2")
    parser.add_argument("--weights", type=Path, help="local weight file of the teacher")
    parser.add_argument("--bank", type=int, default=4000, help="patches that the memory bank keeps")
    parser.add_argument("--candidates", type=int, default=100_000, help="patches they are chosen from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0: all")
    arguments = parser.parse_args(argv)
    if arguments.threads:
        import torch
        from threadpoolctl import threadpool_limits

        cv2.setNumThreads(arguments.threads)
        torch.set_num_threads(arguments.threads)
        threadpool_limits(arguments.threads)
    try:
        for result in runs(arguments):
            print(json.dumps(result), flush=True)
    except BsdrdError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
