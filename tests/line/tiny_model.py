"""A real model file, made in a moment: its network says how far each 4 x 4 pixels are from one grey (120).

Model file, hashes, certificate, ONNX graphs and ONNX Runtime are the real ones; only the network is not a
trained one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bsdrd.bundle import Bundle, Graphs, now, write_bundle
from bsdrd.manifest import Certificate, ProviderParity
from bsdrd.model.spec import ModelSpec
from bsdrd.result import Thresholds

#: A tile of `line_pictures.tile_pixels` scores below T1; one with a patch of grey 255 above T2.
THRESHOLDS = Thresholds(6.0, 9.0)


def write_tiny_model(path: Path, name: str = "tiny model", grey: float = 120.0) -> Path:
    graphs = Graphs((_look(grey).SerializeToString(),), pass_on_graph())
    weights = b"no weights, but a member of the file"
    certificate = Certificate(
        passed=True,
        map_tolerance=1e-3,
        score_tolerance=1e-3,
        providers=[ProviderParity(provider="CPU", map_difference=0, score_difference=0, verdict_flips=0)],
        tiles=1,
        sizes=["64x64"],
        look_sha256=graphs.look_sha256,
        finish_sha256=hashlib.sha256(graphs.finish).hexdigest(),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions={},
        created_at=now(),
    )
    write_bundle(path, Bundle(name, ModelSpec(channels=1), THRESHOLDS, graphs, weights, certificate))
    return path


def _look(grey: float) -> onnx.ModelProto:
    def pool(source: str, target: str, side: int) -> onnx.NodeProto:
        return helper.make_node(
            "AveragePool", [source], [target], kernel_shape=[side, side], strides=[side, side], ceil_mode=1
        )

    constants = {"grey": grey, "fourteen": 14.0, "two": 2.0}
    nodes = [
        pool("pixels", "mean4", 4),
        helper.make_node("Sub", ["mean4", "grey"], ["difference"]),
        helper.make_node("Abs", ["difference"], ["distance"]),
        helper.make_node("Div", ["distance", "fourteen"], ["fused"]),
        helper.make_node("Div", ["fused", "two"], ["half"]),
        helper.make_node("Concat", ["half", "half", "fused"], ["grids"], axis=1),
        pool("pixels", "features", 16),
    ]
    inputs = [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 1, "h", "w"])]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"{name}_h", f"{name}_w"])
        for name, channels in (("grids", 3), ("features", 1))
    ]
    kept = [numpy_helper.from_array(np.array(value, np.float32), key) for key, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, kept)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def pass_on_graph() -> bytes:
    """A second part that hands on three grids as the struct, detail and fused map."""
    maps = ("struct", "detail", "fused")
    nodes = [
        helper.make_node("Split", ["grids"], [f"{name}4" for name in maps], axis=1),
        *(helper.make_node("Squeeze", [f"{name}4", "axis"], [name]) for name in maps),
        helper.make_node("ReduceMax", ["fused"], ["score"], axes=[1, 2], keepdims=0),
    ]
    inputs = [helper.make_tensor_value_info("grids", TensorProto.FLOAT, ["n", 3, "h", "w"])]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "h", "w"]) for name in maps]
    outputs.append(helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"]))
    kept = [numpy_helper.from_array(np.array([1], np.int64), "axis")]
    graph = helper.make_graph(nodes, "pass on", inputs, outputs, kept)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    ).SerializeToString()
