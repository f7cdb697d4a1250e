"""Arithmetic on shapes goes out of a graph where it decides nothing, and every image says how large it is."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from bsdrd.backends.onnx import open_session
from bsdrd.onnx_shapes import fewer_shapes, named_sides

TILES = ((1, 160, 256), (2, 256, 192), (3, 192, 160))
#: Of images with 3 channels at a stride of 4.
SIZES = [{"x": (count, 3, rows // 4, columns // 4)} for count, rows, columns in TILES]


def model_of(nodes: list[NodeProto], **integers: list[int]) -> ModelProto:
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * 4)],
        [numpy_helper.from_array(np.array(values, np.int64), name) for name, values in integers.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def part(index: int, name: str) -> list[NodeProto]:
    """One entry of the shape of x, as the exporter asks for it."""
    return [
        helper.make_node("Shape", ["x"], [f"{name}_all"]),
        helper.make_node("Gather", [f"{name}_all", f"at{index}"], [name], axis=0),
    ]


AT = {f"at{index}": [index] for index in range(4)}


def kinds(model: ModelProto) -> list[str]:
    return [node.op_type for node in model.graph.node]


def run(model: ModelProto, x: NDArray[np.float32]) -> NDArray[np.float32]:
    answer = ReferenceEvaluator(model).run(None, {"x": x})
    assert isinstance(answer, list)
    return np.asarray(answer[0])


def flattened() -> ModelProto:
    """N x 3 x h x w -> N x 1 x 3 x (h w), with all of it computed."""
    nodes = [node for index, name in enumerate("nchw") for node in part(index, name)]
    nodes += [
        helper.make_node("Mul", ["h", "w"], ["places"]),
        helper.make_node("Concat", ["n", "one", "c", "places"], ["shape"], axis=0),
        helper.make_node("Reshape", ["x", "shape"], ["y"]),
    ]
    return model_of(nodes, one=[1], **AT)


def folded_back(factor: int) -> ModelProto:
    """The same and back, each image `factor` times as high and as wide with a share of the channels."""
    there = flattened()
    nodes = [
        *list(there.graph.node)[:-1],
        helper.make_node("Reshape", ["x", "shape"], ["flat"]),
        helper.make_node("Mul", ["h", "factor"], ["high"]),
        helper.make_node("Mul", ["w", "factor"], ["wide"]),
        helper.make_node("Concat", ["flat"] * factor**2, ["more"], axis=2),
        helper.make_node("Concat", ["n", "c", "high", "wide"], ["back"], axis=0),
        helper.make_node("Reshape", ["more", "back"], ["y"]),
    ]
    return model_of(nodes, one=[1], factor=[factor], **AT)


images = st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(1, 40))


@settings(deadline=None, max_examples=20)
@given(size=images)
def test_a_shape_with_one_unknown_entry_is_written_down(size: tuple[int, int, int]) -> None:
    model = flattened()
    fewer = fewer_shapes(model, SIZES)
    assert kinds(fewer) == ["Reshape"]
    count, height, width = size
    x = np.random.default_rng(1).normal(size=(count, 3, height, width)).astype(np.float32)
    assert np.array_equal(run(fewer, x), run(model, x))


@settings(deadline=None, max_examples=20)
@given(size=images, factor=st.sampled_from([1, 2]))
def test_sides_are_taken_from_an_image_that_the_tensor_is_made_of(
    size: tuple[int, int, int], factor: int
) -> None:
    model = folded_back(factor)
    fewer = fewer_shapes(model, SIZES)
    assert kinds(fewer).count("Shape") == 1
    assert "Gather" not in kinds(fewer)
    count, height, width = size
    x = np.random.default_rng(2).normal(size=(count, 3, height, width)).astype(np.float32)
    assert np.array_equal(run(fewer, x), run(model, x))


def test_sides_that_no_image_has_stay_computed() -> None:
    model = folded_back(3)
    assert kinds(fewer_shapes(model, SIZES)).count("Gather") >= 2


def test_integers_that_are_the_same_for_every_tile_are_written_down() -> None:
    nodes = [
        *part(1, "channels"),
        helper.make_node("Slice", ["x", "from", "channels", "at1"], ["y"]),
    ]
    fewer = fewer_shapes(model_of(nodes, **{"from": [1]}, **AT), SIZES)
    assert kinds(fewer) == ["Slice"]
    x = np.ones((2, 3, 5, 7), np.float32)
    assert run(fewer, x).shape == (2, 2, 5, 7)


def halved() -> ModelProto:
    weights = numpy_helper.from_array(np.ones((16, 3, 3, 3), np.float32), "weights")
    settings_ = {"strides": [2, 2], "pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["x", "weights"], ["a"], **settings_),
        helper.make_node("Conv", ["x", "weights"], ["b"], **settings_),
        helper.make_node("Relu", ["b"], ["c"]),
        helper.make_node("Add", ["a", "c"], ["y"]),
    ]
    model = model_of(nodes)
    model.graph.initializer.append(weights)
    return model


def test_images_say_how_large_they_are_in_pixels_of_the_tile() -> None:
    named = named_sides(halved(), SIZES, TILES)
    found = {
        info.name: [size.dim_value or size.dim_param for size in info.type.tensor_type.shape.dim]
        for info in named.graph.value_info
    }
    assert found == {name: ["n", 16, "rows/8", "columns/8"] for name in "abc"}


def test_a_graph_with_named_sides_gives_the_same_in_onnx_runtime() -> None:
    model = halved()
    named = named_sides(model, SIZES, TILES)
    x = np.random.default_rng(3).normal(size=(1, 3, 24, 40)).astype(np.float32)
    before, after = (
        open_session(one.SerializeToString(), "CPU", 1).run(None, {"x": x})[0] for one in (model, named)
    )
    assert after == pytest.approx(before, abs=1e-5)


def test_what_is_given_is_not_changed() -> None:
    model = flattened()
    before = model.SerializeToString()
    fewer_shapes(model, SIZES)
    named_sides(model, SIZES, TILES)
    assert model.SerializeToString() == before
    onnx.checker.check_model(model)
