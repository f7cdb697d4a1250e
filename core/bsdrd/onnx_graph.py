"""Small surgery on ONNX graphs: fold constants, fold padding into convolutions, cut a part out. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, compose, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

# Larger results of folding (a tensor made from a scalar, say) would only make the file larger.
_MOST_FOLDED_BYTES = 1 << 16


def simplify(model: ModelProto) -> ModelProto:
    """Writes the same graph so that ONNX Runtime runs it faster and in less memory.

    Folds what does not depend on the input, and zero padding into the convolution that follows it: the
    exporter computes the amounts of padding with a dozen nodes for each layer, which hides from ONNX
    Runtime that they are constants, and it then copies the largest tensors of the network three times.
    Sums over channels become convolutions with ones, which take a tenth of the time, and clipping moves
    before the pixel shuffle, where it is part of the convolution.

    Args:
        model: An exported detector; not changed.

    Returns:
        A model that gives the same outputs, but for the order of some additions.
    """
    slim = ModelProto()
    slim.CopyFrom(model)
    _fold_constants(slim)
    _fold_padding(slim)
    _sum_by_convolution(slim)
    _clip_before_shuffle(slim)
    drop_unused(slim)
    onnx.checker.check_model(slim)
    return slim


def cut(model: ModelProto, outputs: Iterable[str]) -> ModelProto:
    """The part of a graph that computes some of its tensors.

    Args:
        model: The whole graph; not changed.
        outputs: Names of float32 tensors.

    Returns:
        A model with the same input and these tensors as outputs.
    """
    part = ModelProto()
    part.CopyFrom(model)
    del part.graph.output[:]
    part.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs)
    drop_unused(part)
    made = {name for node in part.graph.node for name in node.output} - set(outputs)
    part.graph.value_info.extend(info for info in model.graph.value_info if info.name in made)
    return part


def joined(parts: Sequence[ModelProto], outputs: Sequence[str]) -> ModelProto:
    """Several graphs as one: what one gives goes to the inputs of that name in those after it.

    Args:
        parts: In the order of computation; not changed. Their inputs and outputs keep their names, all within
            gets a name of its own.
        outputs: What the whole gives, in this order; it takes what no part gives.
    """
    whole = ModelProto()
    whole.CopyFrom(parts[0])
    for field in ("node", "input", "output", "initializer", "value_info"):
        whole.graph.ClearField(field)
    whole.ClearField("metadata_props")
    given: dict[str, ValueInfoProto] = {}
    for number, part in enumerate(parts):
        named = compose.add_prefix(part, f"{number}/", rename_inputs=False, rename_outputs=False)
        known = {*given, *(one.name for one in whole.graph.input)}
        whole.graph.input.extend(one for one in named.graph.input if one.name not in known)
        whole.graph.node.extend(named.graph.node)
        whole.graph.initializer.extend(named.graph.initializer)
        whole.graph.value_info.extend(named.graph.value_info)
        given.update((one.name, one) for one in named.graph.output)
    whole.graph.output.extend(given[name] for name in outputs)
    whole.graph.value_info.extend(one for name, one in given.items() if name not in outputs)
    onnx.checker.check_model(whole)
    return whole


def renamed(model: ModelProto, names: dict[str, str]) -> ModelProto:
    """The same graph with some inputs and outputs under other names."""
    other = ModelProto()
    other.CopyFrom(model)
    for node in other.graph.node:
        for tensors in (node.input, node.output):
            for index, name in enumerate(tensors):
                tensors[index] = names.get(name, name)
    for value in (*other.graph.input, *other.graph.output):
        value.name = names.get(value.name, value.name)
    return other


def constants(model: ModelProto) -> dict[str, NDArray[np.generic]]:
    """Values of all initializers."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def users(model: ModelProto) -> dict[str, list[NodeProto]]:
    """Nodes that take each tensor. An output of the graph is taken by a node of the type "Output" as well."""
    used_by = {output.name: [NodeProto(op_type="Output")] for output in model.graph.output}
    for node in model.graph.node:
        for name in node.input:
            used_by.setdefault(name, []).append(node)
    return used_by


def replace_nodes(model: ModelProto, nodes: list[NodeProto]) -> None:
    """Gives a graph other nodes, in the order of computation."""
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _fold_constants(model: ModelProto) -> None:
    known = constants(model)
    kept: list[NodeProto] = []
    for node in model.graph.node:
        if not all(name in known for name in node.input if name) or not _may_fold(node):
            kept.append(node)
            continue
        values = _evaluate(model, node, known)
        if sum(value.nbytes for value in values) > _MOST_FOLDED_BYTES and node.op_type != "Constant":
            kept.append(node)
            continue
        for name, value in zip(node.output, values, strict=True):
            known[name] = value
            model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    replace_nodes(model, kept)


def _may_fold(node: NodeProto) -> bool:
    has_graph = any(attribute.type == onnx.AttributeProto.GRAPH for attribute in node.attribute)
    return not has_graph and not node.op_type.startswith("Random")


def _evaluate(
    model: ModelProto, node: NodeProto, known: dict[str, NDArray[np.generic]]
) -> list[NDArray[np.generic]]:
    needed = {name: known[name] for name in node.input if name}
    graph = helper.make_graph(
        [node],
        "fold",
        [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in needed.items()
        ],
        [helper.make_empty_tensor_value_info(name) for name in node.output],
    )
    alone = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    values = ReferenceEvaluator(alone).run(None, needed)
    assert isinstance(values, list)
    return [np.asarray(value) for value in values]


def _fold_padding(model: ModelProto) -> None:
    known = constants(model)
    used_by = users(model)
    kept: list[NodeProto] = []
    for node in model.graph.node:
        pads = _zero_padding(node, known)
        after = used_by.get(node.output[0], [])
        if pads is None or not all(user.op_type == "Conv" for user in after):
            kept.append(node)
            continue
        for conv in after:
            _add_pads(conv, pads)
            conv.input[0] = node.input[0]
    replace_nodes(model, kept)


def _zero_padding(node: NodeProto, known: dict[str, NDArray[np.generic]]) -> list[int] | None:
    """The pads of a two-dimensional zero padding [top, left, bottom, right], or None for any other node."""
    if node.op_type != "Pad" or len(node.input) < 2 or node.input[1] not in known:
        return None
    mode = next((attribute.s for attribute in node.attribute if attribute.name == "mode"), b"constant")
    value = known.get(node.input[2]) if len(node.input) > 2 and node.input[2] else np.zeros(())
    pads = [int(pad) for pad in known[node.input[1]]]
    if mode != b"constant" or value is None or np.any(value) or len(pads) != 8 or min(pads) < 0:
        return None
    if any(pads[index] for index in (0, 1, 4, 5)) or (len(node.input) > 3 and node.input[3]):
        return None
    return [pads[2], pads[3], pads[6], pads[7]]


def _add_pads(conv: NodeProto, pads: list[int]) -> None:
    for attribute in conv.attribute:
        if attribute.name == "pads":
            total = [a + b for a, b in zip(attribute.ints, pads, strict=True)]
            del attribute.ints[:]
            attribute.ints.extend(total)
            return
    conv.attribute.append(helper.make_attribute("pads", pads))


def _sum_by_convolution(model: ModelProto) -> None:
    known = constants(model)
    shapes = _known_shapes(model)
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        channels = _summed_channels(node, known, shapes)
        if channels is None:
            nodes.append(node)
            continue
        ones, axis, wide = f"{node.name}_ones", f"{node.name}_axis", f"{node.output[0]}_wide"
        model.graph.initializer.append(
            numpy_helper.from_array(np.ones((1, channels, 1, 1), np.float32), ones)
        )
        model.graph.initializer.append(numpy_helper.from_array(np.array([1], np.int64), axis))
        nodes.append(
            helper.make_node("Conv", [node.input[0], ones], [wide], f"{node.name}_sum", kernel_shape=[1, 1])
        )
        nodes.append(helper.make_node("Squeeze", [wide, axis], [node.output[0]], f"{node.name}_squeeze"))
    replace_nodes(model, nodes)


def _known_shapes(model: ModelProto) -> dict[str, list[int]]:
    """Sizes of each tensor along its axes, 0 where they are free."""
    infos = onnx.shape_inference.infer_shapes(model).graph.value_info
    return {info.name: [size.dim_value for size in info.type.tensor_type.shape.dim] for info in infos}


def _summed_channels(
    node: NodeProto, known: dict[str, NDArray[np.generic]], shapes: dict[str, list[int]]
) -> int | None:
    """How many channels a node sums up, or None for any other node."""
    if node.op_type != "ReduceSum" or len(node.input) < 2 or node.input[1] not in known:
        return None
    keeps = next((attribute.i for attribute in node.attribute if attribute.name == "keepdims"), 1)
    shape = shapes.get(node.input[0], [])
    if keeps or len(shape) != 4 or known[node.input[1]].tolist() != [1]:
        return None
    return shape[1] or None


def _clip_before_shuffle(model: ModelProto) -> None:
    """DepthToSpace then Relu becomes Relu then DepthToSpace."""
    used_by = users(model)
    for node in model.graph.node:
        after = used_by.get(node.output[0], [])
        if node.op_type == "DepthToSpace" and len(after) == 1 and after[0].op_type == "Relu":
            shuffle = NodeProto()
            shuffle.CopyFrom(node)
            relu = after[0]
            node.CopyFrom(relu)
            node.input[0], node.output[0] = shuffle.input[0], f"{shuffle.input[0]}_clipped"
            result = relu.output[0]
            relu.CopyFrom(shuffle)
            relu.input[0], relu.output[0] = f"{shuffle.input[0]}_clipped", result


def drop_unused(model: ModelProto) -> None:
    """Removes nodes, initializers and inputs that no output needs."""
    made_by = {name: node for node in model.graph.node for name in node.output}
    needed: set[str] = set()
    waiting = [output.name for output in model.graph.output]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        if name in made_by:
            waiting.extend(made_by[name].input)
    replace_nodes(model, [node for node in model.graph.node if any(name in needed for name in node.output)])
    used = {name for node in model.graph.node for name in node.input} | needed
    inputs = [one for one in model.graph.input if one.name in used]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    tensors = [tensor for tensor in model.graph.initializer if tensor.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(tensors)
    del model.graph.value_info[:]
