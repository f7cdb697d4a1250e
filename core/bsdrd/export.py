"""From a trained network to a model file."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import compose
from safetensors.torch import save as save_tensors
from torch import nn

from bsdrd.backends.base import FINISH_OUTPUTS
from bsdrd.backends.torch import load_graph
from bsdrd.bundle import Bundle, Graphs
from bsdrd.folding import folded
from bsdrd.model.graph import FEATURE_STRIDE, DetectorGraph, crop, pad_to_cells
from bsdrd.model.staging import stages_of
from bsdrd.onnx_blocks import MOST_BYTES_PER_PIXEL, split_wide_blocks
from bsdrd.onnx_graph import joined, renamed, simplify
from bsdrd.onnx_shapes import Shape, fewer_shapes, named_sides, side
from bsdrd.onnx_shuffle import faster_shuffles
from bsdrd.parity import Tile, prove
from bsdrd.result import MAP_STRIDE, Thresholds
from bsdrd.stages import FEATURES, GRIDS, INPUT, STAGE

_OPSET = 17
# How many tiles of how many rows and columns of pixels show what of a graph depends on its input.
_TILES = ((1, 160, 256), (2, 256, 192), (3, 192, 160))
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
    """The network as ONNX graphs with free batch size, height and width.

    There is one for each stage of its first part and one for its second. The first takes float32 pixels and
    not bytes: 16-bit tiles keep their depth, and the conversion costs less than a hundredth of the whole.

    Args:
        graph: In evaluation mode, float32 on the CPU.

    Returns:
        Serialised ONNX models: `pixels` in stages to grids and features, `grids` to struct, detail, fused
        and score.
    """
    slim = folded(graph)
    known = {INPUT: torch.full((1, graph.spec.channels, 96, 128), 128.0)}
    looks: list[bytes] = []
    for index, (stage, step) in enumerate(stages_of(slim)):
        examples = [known[name] for name in stage.takes]
        with torch.inference_mode():
            known.update(zip(stage.gives, step(*examples), strict=True))
        slim.forward = step  # pyright: ignore[reportAttributeAccessIssue]  # exported is what forward does
        strides = stage.strides
        part = _export(slim, examples, stage.takes, _sides(strides))
        stride = strides[stage.takes[0]]
        # Small windows can afford wide blocks, and bands as wide as the tile need narrow ones.
        most_bytes = MOST_BYTES_PER_PIXEL if stage.columns else MOST_BYTES_PER_PIXEL / 4
        quick = faster_shuffles(split_wide_blocks(simplify(part), stride, most_bytes))
        sizes = [_resized(known, stage.takes, tile) for tile in _TILES]
        quick = named_sides(simplify(fewer_shapes(quick, sizes)), sizes, _TILES)
        # Names of its own for what lies within, so that stages can be joined as they are (`bsdrd.joining`).
        quick = compose.add_prefix(quick, f"{index}/", rename_inputs=False, rename_outputs=False)
        quick.metadata_props.add(key=STAGE, value=stage.to_json())
        looks.append(quick.SerializeToString())
    finish = _export(
        slim.finish,
        [known[GRIDS]],
        (GRIDS,),
        {
            GRIDS: _axes(GRIDS),
            **{name: {0: "n", 1: "rows", 2: "columns"} for name in FINISH_OUTPUTS},
            "score": {0: "n"},
        },
    )
    return Graphs(tuple(looks), simplify(finish).SerializeToString())


def plain_graph(graphs: Graphs) -> bytes:
    """All parts as one graph, for other programs: `pixels` to struct, detail, fused, score and features."""
    looks = [onnx.load_from_string(part) for part in graphs.look]
    channels = looks[0].graph.input[0].type.tensor_type.shape.dim[1].dim_value
    pixels = torch.full((1, channels, 96, 128), 128.0)
    within = {name: f"padded_{name}" for name in (INPUT, GRIDS, FEATURES)}
    pad = _export(_Pad(), [pixels], (INPUT,), {name: _axes(name) for name in (INPUT, within[INPUT])})
    taken = (INPUT, within[GRIDS], within[FEATURES])
    crop = _export(
        _Crop(),
        [pixels, torch.zeros(1, 1, 24, 32), torch.zeros(1, 1, 6, 8)],
        taken,
        {name: _axes(name) for name in (*taken, GRIDS, FEATURES)},
    )
    parts = [pad, *(renamed(look, within) for look in looks), crop, onnx.load_from_string(graphs.finish)]
    return joined(parts, (*FINISH_OUTPUTS, FEATURES)).SerializeToString()


class _Pad(nn.Module):
    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return pad_to_cells(pixels)[0]


class _Crop(nn.Module):
    """What `DetectorGraph.look` does at its end, to grids and features of padded tiles."""

    def forward(
        self, pixels: torch.Tensor, grids: torch.Tensor, features: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        _, top, left = pad_to_cells(pixels)
        return (
            crop(grids, MAP_STRIDE, pixels, top, left),
            crop(features, FEATURE_STRIDE, pixels, top, left),
        )


def _resized(
    known: Mapping[str, torch.Tensor], names: Sequence[str], tile: tuple[int, int, int]
) -> dict[str, Shape]:
    """Shapes of tensors for other tiles than those that they are known of."""
    count, rows, columns = tile
    height, width = known[INPUT].shape[2:]
    shapes = {name: known[name].shape for name in names}
    return {
        name: (count, c, h * rows // height, w * columns // width) for name, (_, c, h, w) in shapes.items()
    }


def _sides(strides: Mapping[str, int]) -> dict[str, dict[int, str]]:
    """Free axes of images that cover the same padded tiles."""
    return {name: {index: side(index, stride) for index in (0, 2, 3)} for name, stride in strides.items()}


def _axes(name: str) -> dict[int, str]:
    """Those of an image on its own."""
    return {0: "n", 2: f"{name}_rows", 3: f"{name}_columns"}


def _export(
    part: nn.Module, examples: Sequence[torch.Tensor], taken: Sequence[str], axes: dict[str, dict[int, str]]
) -> onnx.ModelProto:
    """One part with free axes: what is not among its inputs is an output."""
    with tempfile.TemporaryDirectory() as folder, _quiet_exporter(), torch.inference_mode():
        file = Path(folder) / "graph.onnx"
        torch.onnx.export(
            part,
            tuple(examples),
            file,
            input_names=list(taken),
            output_names=[name for name in axes if name not in taken],
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
