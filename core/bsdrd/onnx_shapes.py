"""Less arithmetic on shapes in ONNX graphs. No torch.

The exporter computes each shape of a reshape with a dozen nodes, though all but one or two of its entries are
known, or are those of what is reshaped. What a graph's integers depend on is told by running it on a few
sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from bsdrd.onnx_graph import constants, drop_unused, replace_nodes

Shape = tuple[int, ...]
#: How much larger the sides of a result may be than those of what it is made of.
_FACTORS = (1, 2)
_STRIDES = (1, 2, 4, 8, 16, 32)


def fewer_shapes(model: ModelProto, sizes: Sequence[Mapping[str, Shape]]) -> ModelProto:
    """Replaces integers that are the same for every input, and shapes that are so but for one or two entries.

    Args:
        model: An exported detector or a stage of one with its constants folded; not changed.
        sizes: Shapes of its inputs, for two runs at least, in which no free axis is alike.

    Returns:
        A model that gives the same outputs.
    """
    fewer = ModelProto()
    fewer.CopyFrom(model)
    seen = _Seen([_run(fewer, size) for size in sizes])
    known = constants(fewer)
    made_by = {name: node for node in fewer.graph.node for name in node.output}
    nodes: list[NodeProto] = []
    for node in fewer.graph.node:
        if node.op_type == "Reshape" and node.input[1] not in known:
            nodes += _reshaped(fewer, node, seen, made_by)
        for index, name in enumerate(node.input):
            value = seen.constant(name)
            if value is not None and name not in known:
                node.input[index] = _constant(fewer, f"{name}_known", value)
        nodes.append(node)
    replace_nodes(fewer, nodes)
    drop_unused(fewer)
    onnx.checker.check_model(fewer)
    return fewer


def named_sides(
    model: ModelProto, sizes: Sequence[Mapping[str, Shape]], tiles: Sequence[tuple[int, int, int]]
) -> ModelProto:
    """Says of each image in a graph how its shape follows from that of the tiles.

    ONNX Runtime adds two images up within the convolution that makes one of them, but only where it knows
    that they have the same shape.

    Args:
        model: As for `fewer_shapes`; not changed.
        sizes: Likewise.
        tiles: The tiles in each run: how many, rows and columns of pixels.
    """
    named = ModelProto()
    named.CopyFrom(model)
    seen = _Seen([_run(named, size) for size in sizes])
    own = {value.name for value in (*named.graph.input, *named.graph.output)}
    images = [name for name, value in seen.runs[0].items() if value.ndim == 4 and value.dtype == np.float32]
    for name in images:
        if name not in own:
            by_axis = enumerate(zip(*seen.shapes(name), strict=True))
            axes = [_axis(index, lengths, tiles) for index, lengths in by_axis]
            named.graph.value_info.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, axes))
    onnx.checker.check_model(named)
    return named


def side(index: int, stride: int) -> str:
    """What an axis of an image is called: 0 counts tiles, 2 rows and 3 columns, of so many pixels each."""
    return "n" if index == 0 else f"{('rows', 'columns')[index - 2]}/{stride}"


def _axis(index: int, lengths: Shape, tiles: Sequence[tuple[int, int, int]]) -> str | int | None:
    """What is known of an axis that had these lengths in the runs: its length, or its name."""
    if len(set(lengths)) == 1:
        return lengths[0]
    if index == 1:
        return None
    whole = [tile[max(0, index - 1)] for tile in tiles]
    return next((side(index, k) for k in _STRIDES if lengths == tuple(n // k for n in whole)), None)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What every tensor was in each run: integers, and the shapes of others."""

    runs: list[dict[str, NDArray[np.generic]]]

    def shapes(self, name: str) -> list[Shape]:
        return [run[name].shape for run in self.runs]

    def constant(self, name: str) -> NDArray[np.generic] | None:
        """The integers of a tensor that is the same in all runs; None for any other."""
        if name not in self.runs[0] or self.runs[0][name].dtype != np.int64:
            return None
        first, *others = (run[name] for run in self.runs)
        return first if all(np.array_equal(first, other) for other in others) else None


def _run(model: ModelProto, size: Mapping[str, Shape]) -> dict[str, NDArray[np.generic]]:
    """All tensors that the graph computes."""
    whole = ModelProto()
    whole.CopyFrom(model)
    given = {output.name for output in whole.graph.output}
    infos = onnx.shape_inference.infer_shapes(whole).graph.value_info
    whole.graph.output.extend(info for info in infos if info.name not in given)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = ort.InferenceSession(whole.SerializeToString(), options, providers=["CPUExecutionProvider"])
    seen: dict[str, NDArray[np.generic]] = {name: np.ones(shape, np.float32) for name, shape in size.items()}
    names = [output.name for output in session.get_outputs()]
    for name, value in zip(names, session.run(names, seen), strict=True):
        seen[name] = np.asarray(value)
    return seen


def _reshaped(
    model: ModelProto, node: NodeProto, seen: _Seen, made_by: Mapping[str, NodeProto]
) -> list[NodeProto]:
    """Gives a reshape a simpler shape where it can; nodes that compute it, to go before."""
    data, prefix = node.input[0], f"{node.output[0]}_short"
    wanted = seen.shapes(node.output[0])
    entries = _entries(wanted, seen.shapes(data))
    unknown = [index for index, entry in enumerate(entries) if entry is None]
    known = np.array([-1 if entry is None else entry for entry in entries], np.int64)
    if len(unknown) <= 1:
        node.input[1] = _constant(model, f"{prefix}_shape", known)
        return []
    if unknown[-2:] != [len(entries) - 2, len(entries) - 1] or len(unknown) > 3:
        return []
    like = next(_with_sides(data, [shape[-2:] for shape in wanted], seen, made_by), None)
    if like is None:
        return []
    source, factor = like
    last = f"{prefix}_sides"
    nodes = [helper.make_node("Shape", [source], [last], last, start=2, end=4)]
    if factor > 1:
        times = _constant(model, f"{prefix}_factor", np.array([factor], np.int64))
        nodes.append(helper.make_node("Mul", [last, times], [f"{prefix}_larger"], f"{prefix}_larger"))
        last = f"{prefix}_larger"
    front = _constant(model, f"{prefix}_front", known[:-2])
    node.input[1] = f"{prefix}_shape"
    return [*nodes, helper.make_node("Concat", [front, last], [node.input[1]], node.input[1], axis=0)]


def _entries(wanted: list[Shape], shapes: list[Shape]) -> list[int | None]:
    """A shape's entries as a reshape takes them: a number, 0 for what is there already, None for others."""
    entries: list[int | None] = []
    for index, values in enumerate(zip(*wanted, strict=True)):
        if len(set(values)) == 1:
            entries.append(values[0])
        elif all(index < len(shape) and shape[index] == v for shape, v in zip(shapes, values, strict=True)):
            entries.append(0)
        else:
            entries.append(None)
    return entries


def _with_sides(
    name: str, sides: list[Shape], seen: _Seen, made_by: Mapping[str, NodeProto]
) -> Iterator[tuple[str, int]]:
    """Images that a tensor is made of, nearest first, whose sides are these or half of these."""
    queue, met = [name], {name}
    while queue:
        name = queue.pop(0)
        shapes = seen.shapes(name) if name in seen.runs[0] else []
        if shapes and len(shapes[0]) == 4:
            for factor in _FACTORS:
                if all(tuple(factor * n for n in a[2:]) == b for a, b in zip(shapes, sides, strict=True)):
                    yield name, factor
        before = made_by[name].input if name in made_by else []
        queue += [one for one in before if one not in met]
        met.update(before)


def _constant(model: ModelProto, name: str, value: NDArray[np.generic]) -> str:
    if all(tensor.name != name for tensor in model.graph.initializer):
        model.graph.initializer.append(numpy_helper.from_array(value, name))
    return name
