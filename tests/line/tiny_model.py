"""A real model file, made in a moment: its network says how far each 4 x 4 pixels are from grey 120.

Model file, hashes, certificate, ONNX graph and ONNX Runtime are the real ones; only the network is not a
trained one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bsdrd.bundle import Bundle, now, write_bundle
from bsdrd.manifest import Certificate, ProviderParity
from bsdrd.model.spec import ModelSpec
from bsdrd.result import Thresholds

#: A tile of `line_pictures.tile_pixels` scores below T1; one with a patch of grey 255 above T2.
THRESHOLDS = Thresholds(6.0, 9.0)


def write_tiny_model(path: Path, name: str = "tiny model") -> Path:
    graph = _graph().SerializeToString()
    weights = b"no weights, but a member of the file"
    certificate = Certificate(
        passed=True,
        map_tolerance=1e-3,
        score_tolerance=1e-3,
        providers=[ProviderParity(provider="CPU", map_difference=0, score_difference=0, verdict_flips=0)],
        tiles=1,
        sizes=["64x64"],
        graph_sha256=hashlib.sha256(graph).hexdigest(),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions={},
        created_at=now(),
    )
    write_bundle(path, Bundle(name, ModelSpec(channels=1), THRESHOLDS, graph, weights, certificate))
    return path


def _graph() -> onnx.ModelProto:
    def pool(source: str, target: str, side: int) -> onnx.NodeProto:
        return helper.make_node(
            "AveragePool", [source], [target], kernel_shape=[side, side], strides=[side, side], ceil_mode=1
        )

    constants = {"grey": 120.0, "fourteen": 14.0, "two": 2.0}
    nodes = [
        pool("pixels", "mean4", 4),
        helper.make_node("Sub", ["mean4", "grey"], ["difference"]),
        helper.make_node("Abs", ["difference"], ["distance"]),
        helper.make_node("Div", ["distance", "fourteen"], ["fused4"]),
        helper.make_node("Squeeze", ["fused4", "axis"], ["fused"]),
        helper.make_node("Div", ["fused", "two"], ["struct"]),
        helper.make_node("Identity", ["struct"], ["detail"]),
        helper.make_node("ReduceMax", ["fused"], ["score"], axes=[1, 2], keepdims=0),
        pool("pixels", "features", 16),
    ]
    inputs = [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 1, "h", "w"])]
    outputs = [
        helper.make_tensor_value_info(one, TensorProto.FLOAT, ["n", f"{one}_h", f"{one}_w"])
        for one in ("struct", "detail", "fused")
    ]
    outputs.append(helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"]))
    outputs.append(
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 1, "features_h", "features_w"])
    )
    kept = [numpy_helper.from_array(np.array(value, np.float32), key) for key, value in constants.items()]
    kept.append(numpy_helper.from_array(np.array([1], np.int64), "axis"))
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, kept)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
