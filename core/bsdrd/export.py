"""From a trained network to a model file: the ONNX graphs and the proof that they say the same."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from safetensors.torch import save as save_tensors
from torch import nn

from bsdrd.backends.base import FEATURES, FINISH_OUTPUTS, GRIDS, INPUT, Backend, RawMaps
from bsdrd.backends.onnx import OnnxBackend
from bsdrd.backends.torch import as_tensor, load_graph
from bsdrd.bundle import Bundle, Graphs, now
from bsdrd.folding import folded
from bsdrd.manifest import Certificate, ProviderParity
from bsdrd.model.graph import DetectorGraph
from bsdrd.onnx_blocks import split_wide_blocks
from bsdrd.onnx_graph import joined, simplify
from bsdrd.onnx_shuffle import faster_shuffles
from bsdrd.result import Thresholds

#: Largest difference of a map value or a score between the network and its export, in standard deviations
#: of good tiles. Rounding alone gives about a thousandth of it.
TOLERANCE = 1e-3
#: Sizes of the generated tiles that every export is compared on: small, odd, long and high.
PARITY_SIZES = ((64, 64), (64, 203), (97, 131), (130, 129), (256, 256), (300, 180), (191, 448), (417, 95))

_OPSET = 17
# What the exporter says of the trace that this module makes on purpose; anything else stays visible.
_EXPECTED_WARNINGS = (
    (DeprecationWarning, r"You are using the legacy TorchScript-based ONNX export"),
    (DeprecationWarning, r"The feature will be removed\. Please remove usage of this function$"),
    (UserWarning, r"Constant folding - Only steps=1 can be constant folded"),
)

Tile = NDArray[np.float32]


def make_bundle(
    graph: DetectorGraph,
    *,
    name: str,
    thresholds: Thresholds,
    calibration: dict[str, Any],
    reference_scores: Sequence[float],
    provenance: dict[str, Any],
    parent_sha256: str = "",
    tiles: Sequence[Tile] = (),
) -> Bundle:
    """Exports a network and proves the export.

    Args:
        graph: Trained, in evaluation mode, float32 on the CPU.
        name: What to call the model.
        thresholds: T1 and T2.
        calibration: How they were found. JSON values.
        reference_scores: Scores of held-out good tiles.
        provenance: Where the model comes from. JSON values.
        parent_sha256: Of the model file this one was made from.
        tiles: Real tiles to compare on beside the generated ones: float32 C x H x W in 0..255.

    Returns:
        A bundle ready to be written.

    Raises:
        ModelFileError: If the export differs from the network.
    """
    weights = save_tensors({key: value.contiguous() for key, value in graph.state_dict().items()})
    graphs = export_onnx(graph)
    parity = prove(graph, weights, graphs, thresholds, tiles)
    bundle = Bundle(
        name=name,
        spec=graph.spec,
        thresholds=thresholds,
        graphs=graphs,
        weights=weights,
        parity=parity,
        calibration=calibration,
        reference_scores=tuple(sorted(reference_scores)),
        provenance=provenance,
        parent_sha256=parent_sha256,
    )
    bundle.require_parity()
    return bundle


def export_again(bundle: Bundle, tiles: Sequence[Tile] = ()) -> Bundle:
    """The same model with its graphs exported anew by this program, and a new certificate.

    Args:
        bundle: A model as read from its file, with its weights.
        tiles: As for `make_bundle`.

    Raises:
        ModelFileError: If the weights are damaged or the export differs from the network.
    """
    graph = load_graph(bundle.spec, bundle.weights)
    fresh = make_bundle(
        graph,
        name=bundle.name,
        thresholds=bundle.thresholds,
        calibration=bundle.calibration,
        reference_scores=bundle.reference_scores,
        provenance=bundle.provenance,
        parent_sha256=bundle.sha256,
        tiles=tiles,
    )
    return replace(fresh, weights=bundle.weights) if fresh.weights == bundle.weights else fresh


def export_onnx(graph: DetectorGraph) -> Graphs:
    """The network as two ONNX graphs with free batch size, height and width.

    The first takes float32 pixels and not bytes: 16-bit tiles keep their depth, and the conversion costs
    less than a hundredth of the whole.

    Args:
        graph: In evaluation mode, float32 on the CPU.

    Returns:
        Serialised ONNX models: `pixels` to grids and features, `grids` to struct, detail, fused and score.
    """
    slim = folded(graph)
    pixels = torch.full((1, graph.spec.channels, 96, 128), 128.0)
    with torch.inference_mode():
        grids = slim.look(pixels)[0]
    slim.forward = slim.look  # pyright: ignore[reportAttributeAccessIssue]  # exported is what forward does
    on_grid = {0: "n", 1: "rows", 2: "columns"}
    look = _export(
        slim,
        pixels,
        {
            INPUT: {0: "n", 2: "height", 3: "width"},
            GRIDS: {0: "n", 2: "rows", 3: "columns"},
            FEATURES: {0: "n", 2: "feature_rows", 3: "feature_columns"},
        },
    )
    finish = _export(
        slim.finish,
        grids,
        {
            GRIDS: {0: "n", 2: "rows", 3: "columns"},
            **dict.fromkeys(FINISH_OUTPUTS, on_grid),
            "score": {0: "n"},
        },
    )
    quick = faster_shuffles(split_wide_blocks(simplify(look)))
    return Graphs(quick.SerializeToString(), simplify(finish).SerializeToString())


def plain_graph(graphs: Graphs) -> bytes:
    """Both parts as one graph, for other programs: `pixels` to struct, detail, fused, score and features."""
    look, finish = (onnx.load_from_string(part) for part in (graphs.look, graphs.finish))
    return joined(look, finish, (*FINISH_OUTPUTS, FEATURES)).SerializeToString()


def _export(part: nn.Module, example: torch.Tensor, axes: dict[str, dict[int, str]]) -> onnx.ModelProto:
    """One part with free axes; the first of `axes` is its input, the others are its outputs."""
    taken, *given = axes
    with tempfile.TemporaryDirectory() as folder, _quiet_exporter(), torch.inference_mode():
        file = Path(folder) / "graph.onnx"
        torch.onnx.export(
            part,
            (example,),
            file,
            input_names=[taken],
            output_names=given,
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )
        return onnx.load(file)


@contextmanager
def _quiet_exporter() -> Generator[None]:
    with warnings.catch_warnings():
        for category, message in _EXPECTED_WARNINGS:
            warnings.filterwarnings("ignore", message=message, category=category)
        yield


def prove(
    graph: DetectorGraph,
    weights: bytes,
    graphs: Graphs,
    thresholds: Thresholds,
    tiles: Sequence[Tile] = (),
) -> Certificate:
    """Compares exported graphs with their network on every device that is here.

    Args:
        graph: The network, in evaluation mode, float32 on the CPU.
        weights: Its weights as they go into the model file.
        graphs: Its export.
        thresholds: T1 and T2, for counting verdicts that differ.
        tiles: Real tiles to compare on beside the generated ones: float32 C x H x W in 0..255.

    Returns:
        The certificate, passed or failed.
    """
    batches = [tile[np.newaxis] for tile in (*generated_tiles(graph.spec.channels), *tiles)]
    batches.append(np.concatenate([batches[0], batches[0][..., ::-1]]))  # more than one tile at once
    truth = [_through_torch(graph, batch) for batch in batches]
    backends: list[Backend] = [OnnxBackend(graphs, device="cpu")]
    cuda = OnnxBackend(graphs, device="auto")
    if cuda.provider == "CUDA":
        backends.append(cuda)
    found = [_compare(backend, batches, truth, thresholds) for backend in backends]
    within = all(
        one.map_difference <= TOLERANCE and one.score_difference <= TOLERANCE and not one.verdict_flips
        for one in found
    )
    return Certificate(
        passed=within,
        map_tolerance=TOLERANCE,
        score_tolerance=TOLERANCE,
        providers=found,
        tiles=sum(len(batch) for batch in batches),
        sizes=sorted({f"{batch.shape[2]}x{batch.shape[3]}" for batch in batches}),
        look_sha256=hashlib.sha256(graphs.look).hexdigest(),
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


def _through_torch(graph: DetectorGraph, batch: Tile) -> tuple[RawMaps, NDArray[np.float32]]:
    with torch.inference_mode():
        struct, detail, fused, score, features = (out.numpy() for out in graph(as_tensor(batch)))
    return RawMaps(struct, detail, fused, features), score


def _compare(
    backend: Backend,
    batches: Sequence[Tile],
    truth: Sequence[tuple[RawMaps, NDArray[np.float32]]],
    thresholds: Thresholds,
) -> ProviderParity:
    map_difference = score_difference = 0.0
    flips = 0
    for batch, (maps, scores) in zip(batches, truth, strict=True):
        ours = backend.run(np.ascontiguousarray(batch))
        for mine, theirs in (
            (ours.struct, maps.struct),
            (ours.detail, maps.detail),
            (ours.fused, maps.fused),
        ):
            map_difference = max(map_difference, _difference(mine, theirs))
        our_scores = ours.fused.max(axis=(1, 2))
        score_difference = max(score_difference, _difference(our_scores, scores))
        for mine, theirs in zip(our_scores, scores, strict=True):
            flips += thresholds.verdict(float(mine)) != thresholds.verdict(float(theirs))
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
