"""Faster pixel shuffles in ONNX graphs. No torch.

ONNX Runtime moves the values of a DepthToSpace one at a time. Two transpositions do the same in a third of
the time, the first of which moves whole rows, if the convolution before them hands out its channels in
another order: column within the cell, channel, row within the cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper, numpy_helper

from bsdrd.onnx_graph import constants, drop_unused, replace_nodes, users


def faster_shuffles(model: ModelProto) -> ModelProto:
    """Replaces DepthToSpace after a convolution (clipped or not) by transpositions.

    Args:
        model: An exported detector with its constants folded; not changed.

    Returns:
        A model that gives the same outputs.
    """
    fast = ModelProto()
    fast.CopyFrom(model)
    known = constants(fast)
    used_by = users(fast)
    made_by = {name: node for node in fast.graph.node for name in node.output}
    nodes: list[NodeProto] = []
    for node in fast.graph.node:
        convolution = _convolution_before(node, made_by, used_by, known)
        if convolution is None:
            nodes.append(node)
            continue
        channels = known[convolution.input[1]].shape[0] // 4
        groups = _groups(convolution)
        _reorder(fast, convolution, channels // groups, groups, known)
        nodes.extend(_transpositions(fast, node, channels, groups))
    replace_nodes(fast, nodes)
    drop_unused(fast)
    onnx.checker.check_model(fast)
    return fast


def _convolution_before(
    node: NodeProto,
    made_by: dict[str, NodeProto],
    used_by: dict[str, list[NodeProto]],
    known: dict[str, NDArray[np.generic]],
) -> NodeProto | None:
    """The convolution that only feeds this shuffle by 2, or None for any other node."""
    settings = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type != "DepthToSpace" or settings != {"blocksize": 2, "mode": b"CRD"}:
        return None
    before = made_by.get(node.input[0])
    while before is not None and before.op_type == "Relu":
        if len(used_by[before.output[0]]) != 1:
            return None
        before = made_by.get(before.input[0])
    if before is None or before.op_type != "Conv" or len(used_by[before.output[0]]) != 1:
        return None
    if not all(name in known for name in before.input[1:]):
        return None
    cell_in_group = known[before.input[1]].shape[0] % (4 * _groups(before)) == 0
    return before if cell_in_group else None


def _groups(convolution: NodeProto) -> int:
    return next((a.i for a in convolution.attribute if a.name == "group"), 1)


def _reorder(
    model: ModelProto,
    convolution: NodeProto,
    channels: int,
    groups: int,
    known: dict[str, NDArray[np.generic]],
) -> None:
    """Hands out each group's channels as (column, channel, row) instead of (channel, row, column)."""
    order = np.arange(4 * channels * groups).reshape(groups, channels, 2, 2).transpose(0, 3, 1, 2).ravel()
    for index in range(1, len(convolution.input)):
        name = f"{convolution.input[index]}_shuffled"
        values = np.ascontiguousarray(known[convolution.input[index]][order])
        model.graph.initializer.append(numpy_helper.from_array(values, name))
        convolution.input[index] = name


def _transpositions(model: ModelProto, shuffle: NodeProto, channels: int, groups: int) -> list[NodeProto]:
    name, source = shuffle.name, shuffle.input[0]

    def tensor(word: str, *values: int) -> str:
        full = f"{name}/{word}"
        model.graph.initializer.append(numpy_helper.from_array(np.array(values, np.int64), full))
        return full

    def node(kind: str, inputs: list[str], *words: str, **settings: Any) -> NodeProto:
        outputs = [f"{name}/{word}" for word in words]
        return helper.make_node(kind, inputs, outputs, name=f"{name}/{words[0]}_{kind}", **settings)

    def at(word: str) -> str:
        return f"{name}/{word}"

    two = tensor("two", 2)
    last = helper.make_node(
        "Reshape", [at("interleaved"), at("whole_shape")], [shuffle.output[0]], name=f"{name}/whole"
    )
    return [
        node("Shape", [source], "shape"),
        node("Split", [at("shape"), tensor("split", 1, 1, 2)], "count", "depth", "size"),
        node("Mul", [at("size"), two], "double"),
        node("Concat", [tensor("all", -1), two, at("size")], "rows_shape", axis=0),
        node("Mul", [at("count"), tensor("groups", groups)], "parts"),
        node("Concat", [at("parts"), tensor("columns_and_rest", 2, -1)], "columns_shape", axis=0),
        node("Concat", [at("count"), tensor("channels", channels), at("double")], "whole_shape", axis=0),
        node("Reshape", [source, at("rows_shape")], "rows"),  # (N G 2 c) x 2 x h x w, c = C / G
        node("Transpose", [at("rows")], "rows_apart", perm=[0, 2, 1, 3]),  # (N G 2 c) x h x 2 x w
        node("Reshape", [at("rows_apart"), at("columns_shape")], "columns"),  # (N G) x 2 x (c 2h w)
        node("Transpose", [at("columns")], "interleaved", perm=[0, 2, 1]),  # (N G) x (c 2h w) x 2
        last,
    ]
