"""From a trained network to a model file."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import torch
from safetensors.torch import save as save_tensors
from torch import nn

from bsdrd.backends.base import FEATURES, FINISH_OUTPUTS, GRIDS, INPUT
from bsdrd.backends.torch import load_graph
from bsdrd.bundle import Bundle, Graphs
from bsdrd.folding import folded
from bsdrd.model.graph import DetectorGraph
from bsdrd.onnx_blocks import split_wide_blocks
from bsdrd.onnx_graph import joined, simplify
from bsdrd.onnx_shuffle import faster_shuffles
from bsdrd.parity import Tile, prove
from bsdrd.result import Thresholds

_OPSET = 17
# What the exporter says of the trace that this module makes on purpose; anything else stays visible.
_EXPECTED_WARNINGS = (
    (DeprecationWarning, r"You are using the legacy TorchScript-based ONNX export"),
    (DeprecationWarning, r"The feature will be removed\. Please remove usage of this function$"),
    (UserWarning, r"Constant folding - Only steps=1 can be constant folded"),
)


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
    parity = prove(graph.spec, weights, graphs, thresholds, tiles)
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
