"""Less memory for inverted residual blocks in ONNX graphs, at the same speed. No torch.

The wide middle of such a block (Conv, Clip, depthwise Conv, Clip, 1 x 1 Conv) is by far the largest tensor of
an EfficientNet or MobileNet: 96 bytes for each pixel of the tile. The middle channels do not see each other,
so they can be computed a group at a time, each group adding its part to what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper, numpy_helper

from bsdrd.onnx_graph import constants, drop_unused, replace_nodes, users

#: Bytes that the middle of a block, before and after its depthwise convolution, may take a pixel of the tile.
MOST_BYTES_PER_PIXEL = 32.0


@dataclass(frozen=True, slots=True)
class _WideBlock:
    """Nodes of one inverted residual block."""

    expand: NodeProto
    first_clip: NodeProto
    depthwise: NodeProto
    second_clip: NodeProto
    project: NodeProto

    @property
    def nodes(self) -> tuple[NodeProto, ...]:
        return (self.expand, self.first_clip, self.depthwise, self.second_clip, self.project)


def split_wide_blocks(
    model: ModelProto, stride: int = 1, most_bytes: float = MOST_BYTES_PER_PIXEL
) -> ModelProto:
    """Computes inverted residual blocks at fine strides in groups of channels, one after the other.

    Args:
        model: An exported detector or a stage of one with its constants folded; not changed.
        stride: Of its input, in pixels of the tile.
        most_bytes: What the middle of a block may take for each pixel of the tile.

    Returns:
        A model that gives the same outputs, but for the order of some additions.
    """
    split = ModelProto()
    split.CopyFrom(model)
    _split(split, stride, most_bytes)
    drop_unused(split)
    onnx.checker.check_model(split)
    return split


def _split(model: ModelProto, stride: int, most_bytes: float) -> None:
    known = constants(model)
    made_by = {name: node for node in model.graph.node for name in node.output}
    used_by = users(model)
    strides = _strides(model, stride)
    replaced: dict[str, list[NodeProto]] = {}
    dropped: set[str] = set()
    for node in model.graph.node:
        block = _wide_block(node, known, made_by, used_by)
        if block is None:
            continue
        channels = known[block.depthwise.input[1]].shape[0]
        before, after = strides[block.expand.output[0]], strides[block.depthwise.output[0]]
        groups = _groups(channels, 4 * channels * (before**-2 + after**-2), most_bytes)
        if groups > 1:
            replaced[block.project.output[0]] = _in_groups(model, block, groups, known)
            dropped.update(part.output[0] for part in block.nodes[:-1])
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        if node.output[0] not in dropped:
            nodes.extend(replaced.get(node.output[0], [node]))
    replace_nodes(model, nodes)


def _strides(model: ModelProto, first: int) -> dict[str, int]:
    """Pixels of the tile for a place of each tensor, by the convolutions along its first input."""
    strides: dict[str, int] = {}
    for node in model.graph.node:
        stride = strides.get(node.input[0], first) if node.input else first
        if node.op_type == "Conv":
            stride *= max(_ints(node, "strides") or [1])
        strides.update(dict.fromkeys(node.output, stride))
    return strides


def _ints(node: NodeProto, name: str) -> list[int]:
    return next((list(attribute.ints) for attribute in node.attribute if attribute.name == name), [])


def _group(node: NodeProto) -> int:
    return next((attribute.i for attribute in node.attribute if attribute.name == "group"), 1)


def _groups(channels: int, bytes_per_pixel: float, most_bytes: float) -> int:
    """Into how many groups to split: whole blocks of 16 channels, as the vector units of CPUs like them."""
    for groups in range(1, channels // 16 + 1):
        if channels % (16 * groups) == 0 and bytes_per_pixel / groups <= most_bytes:
            return groups
    return 1


def _wide_block(
    node: NodeProto,
    known: dict[str, NDArray[np.generic]],
    made_by: dict[str, NodeProto],
    used_by: dict[str, list[NodeProto]],
) -> _WideBlock | None:
    """The block around a depthwise convolution; None where the node or its neighbours are no such thing."""
    if node.op_type != "Conv" or _group(node) == 1 or _group(node) != known[node.input[1]].shape[0]:
        return None
    first_clip = made_by.get(node.input[0])
    second_clip = _only_user(node, used_by)
    if first_clip is None or second_clip is None:
        return None
    expand = made_by.get(first_clip.input[0])
    project = _only_user(second_clip, used_by)
    if expand is None or project is None:
        return None
    block = _WideBlock(expand, first_clip, node, second_clip, project)
    kinds = [part.op_type for part in block.nodes]
    alone = _only_user(expand, used_by) is first_clip and _only_user(first_clip, used_by) is node
    plain = _group(expand) == _group(project) == 1 and _ints(project, "kernel_shape") == [1, 1]
    biased = all(len(conv.input) == 3 for conv in (expand, node, project))
    return block if kinds == ["Conv", "Clip", "Conv", "Clip", "Conv"] and alone and plain and biased else None


def _only_user(node: NodeProto, used_by: dict[str, list[NodeProto]]) -> NodeProto | None:
    after = used_by.get(node.output[0], [])
    return after[0] if len(after) == 1 else None


def _in_groups(
    model: ModelProto, block: _WideBlock, groups: int, known: dict[str, NDArray[np.generic]]
) -> list[NodeProto]:
    """The block once for each group of its middle channels, and the sum of what the groups give."""
    size = known[block.depthwise.input[1]].shape[0] // groups
    nodes: list[NodeProto] = []
    partial: list[str] = []
    for group in range(groups):
        middle = slice(group * size, (group + 1) * size)
        parts = [_copy(node, group) for node in block.nodes]
        for before, after in pairwise(parts):
            after.input[0] = before.output[0]
        expand, _, depthwise, _, project = parts
        for conv in (expand, depthwise):
            for index in (1, 2):
                conv.input[index] = _slice(model, conv.input[index], group, known[conv.input[index]][middle])
        next(a for a in depthwise.attribute if a.name == "group").i = size
        project.input[1] = _slice(model, project.input[1], group, known[project.input[1]][:, middle])
        if group:
            del project.input[2]  # the bias comes once
        partial.append(project.output[0])
        nodes.extend(parts)
        if group:
            last = group == groups - 1
            total = block.project.output[0] if last else f"{block.project.output[0]}_sum{group}"
            summed = partial[0] if group == 1 else f"{block.project.output[0]}_sum{group - 1}"
            name = f"{block.project.name}_sum{group}"
            # In this order ONNX Runtime adds each part before it computes the next.
            nodes.append(helper.make_node("Add", [project.output[0], summed], [total], name=name))
    return nodes


def _copy(node: NodeProto, group: int) -> NodeProto:
    copy = NodeProto()
    copy.CopyFrom(node)
    copy.name = f"{node.name}_group{group}"
    copy.output[0] = f"{node.output[0]}_group{group}"
    return copy


def _slice(model: ModelProto, name: str, group: int, values: NDArray[np.generic]) -> str:
    part = f"{name}_group{group}"
    model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), part))
    return part
