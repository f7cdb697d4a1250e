"""The proof that exported graphs say the same as their network, on a fixed set of tiles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import onnx
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from bsdrd.backends.base import Backend, RawMaps
from bsdrd.backends.onnx import OnnxBackend
from bsdrd.backends.torch import TorchBackend
from bsdrd.bundle import Graphs, now
from bsdrd.manifest import Certificate, ProviderParity
from bsdrd.model.spec import ModelSpec
from bsdrd.result import Thresholds
from bsdrd.windows import run_in_windows

#: Largest difference of a map value or a score between the network and its export, in standard deviations
#: of good tiles. Rounding alone gives about a thousandth of it.
TOLERANCE = 1e-3
#: Sizes of the generated tiles that every export is compared on: small, odd, long and high.
PARITY_SIZES = ((64, 64), (64, 203), (97, 131), (130, 129), (256, 256), (300, 180), (191, 448), (417, 95))
#: A tile that runs stage by stage in windows, as large ones do, but in windows so many times smaller.
WINDOWED_SIZE, FINER = (330, 600), 8

Tile = NDArray[np.float32]


def prove(
    spec: ModelSpec, weights: bytes, graphs: Graphs, thresholds: Thresholds, tiles: Sequence[Tile] = ()
) -> Certificate:
    """Compares exported graphs with their network in torch, on every device that is here.

    Args:
        spec: The architecture.
        weights: Of the network, as they go into the model file.
        graphs: Its export.
        thresholds: T1 and T2, for counting verdicts that differ.
        tiles: Real tiles to compare on beside the generated ones: float32 C x H x W in 0..255.

    Returns:
        The certificate, passed or failed.
    """
    batches = [tile[np.newaxis] for tile in (*generated_tiles(spec.channels), *tiles)]
    batches.append(np.concatenate([batches[0], batches[0][..., ::-1]]))  # more than one tile at once
    truth = list(_maps(TorchBackend(spec, weights, device="cpu"), batches, spec.channels))
    backends: list[Backend] = [OnnxBackend(graphs, device="cpu")]
    cuda = OnnxBackend(graphs, device="auto")
    if cuda.provider == "CUDA":
        backends.append(cuda)
    found = [_compare(one, _maps(one, batches, spec.channels), truth, thresholds) for one in backends]
    within = all(
        one.map_difference <= TOLERANCE and one.score_difference <= TOLERANCE and not one.verdict_flips
        for one in found
    )
    sizes = {(batch.shape[2], batch.shape[3]) for batch in batches} | {WINDOWED_SIZE}
    return Certificate(
        passed=within,
        map_tolerance=TOLERANCE,
        score_tolerance=TOLERANCE,
        providers=found,
        tiles=sum(len(batch) for batch in batches) + 1,
        sizes=sorted(f"{height}x{width}" for height, width in sizes),
        look_sha256=graphs.look_sha256,
        finish_sha256=hashlib.sha256(graphs.finish).hexdigest(),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions={
            "torch": torch.__version__,
            "onnx": onnx.__version__,
            "onnxruntime": ort.__version__,
            "numpy": np.__version__,
        },
        created_at=now(),
    )


def generated_tiles(channels: int) -> list[Tile]:
    """The fixed tiles of the comparison, the same for ever: streaks, clouds, spots, black, white and noise.

    Returns:
        float32 `channels` x H x W in 0..255, one for each of `PARITY_SIZES` and three extreme ones.
    """
    # RandomState: NumPy promises that its stream never changes, so certificates stay comparable.
    random = np.random.RandomState(20250807)
    tiles = [_textured(random, height, width) for height, width in PARITY_SIZES]
    noise = random.randint(0, 256, size=(128, 160)).astype(np.float32)
    tiles += [np.zeros((96, 96), np.float32), np.full((96, 96), 255, np.float32), noise]
    return [np.repeat(tile[np.newaxis], channels, axis=0) for tile in tiles]


def _textured(random: np.random.RandomState, height: int, width: int) -> NDArray[np.float32]:
    """Something like a ground tile: vertical streaks over slow shading, with a few dark and bright spots."""
    y, x = np.mgrid[:height, :width]
    streaks = random.normal(0, 8, width)[np.newaxis, :]
    shading = 40 * np.sin(x / width * random.uniform(1, 4)) + 30 * np.cos(y / height * random.uniform(1, 4))
    tile = random.uniform(60, 180) + streaks + shading + random.normal(0, 5, (height, width))
    for _ in range(4):
        distance = np.hypot(y - random.uniform(0, height), x - random.uniform(0, width))
        tile += random.uniform(-90, 90) * np.exp(-((distance / random.uniform(2, 12)) ** 2))
    return np.clip(tile, 0, 255).astype(np.float32)


def _maps(backend: Backend, batches: Sequence[Tile], channels: int) -> Iterator[RawMaps]:
    """Maps of every batch, then those of the tile that runs in windows."""
    for batch in batches:
        yield backend.run(np.ascontiguousarray(batch))
    tile = np.round(_textured(np.random.RandomState(1000), *WINDOWED_SIZE)).astype(np.uint8)

    def prepare(part: NDArray[np.uint8] | NDArray[np.uint16]) -> Tile:
        return np.repeat(part[np.newaxis].astype(np.float32), channels, axis=0)

    yield backend.finish(run_in_windows(backend, prepare, tile, FINER))


def _compare(
    backend: Backend, ours: Iterator[RawMaps], truth: Sequence[RawMaps], thresholds: Thresholds
) -> ProviderParity:
    map_difference = score_difference = 0.0
    flips = 0
    for mine, theirs in zip(ours, truth, strict=True):
        for name in ("struct", "detail", "fused"):
            map_difference = max(map_difference, _difference(getattr(mine, name), getattr(theirs, name)))
        my_scores, their_scores = (one.fused.max(axis=(1, 2)) for one in (mine, theirs))
        score_difference = max(score_difference, _difference(my_scores, their_scores))
        for my_score, their_score in zip(my_scores, their_scores, strict=True):
            flips += thresholds.verdict(float(my_score)) != thresholds.verdict(float(their_score))
    return ProviderParity(
        provider=backend.provider,
        map_difference=map_difference,
        score_difference=score_difference,
        verdict_flips=flips,
    )


def _difference(mine: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """Largest absolute difference; a shape or a NaN that is not in both is the largest there is."""
    if mine.shape != theirs.shape or not np.array_equal(np.isfinite(mine), np.isfinite(theirs)):
        return float(np.finfo(np.float32).max)
    return float(np.abs(mine - theirs).max())
