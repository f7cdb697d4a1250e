"""Stages joined to one graph, byte by byte, compute what they do one after the other."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from bsdrd.joining import joined


def stage(name: str, takes: list[str], gives: list[str], factor: float) -> bytes:
    """Each tensor that it gives is the sum of those that it takes, times a factor with a name of its own."""
    nodes = [helper.make_node("Sum", takes, [f"{name}/sum"])]
    nodes += [helper.make_node("Mul", [f"{name}/sum", f"{name}/factor"], [one]) for one in gives]
    inputs, outputs = (
        [helper.make_tensor_value_info(one, TensorProto.FLOAT, ["n", "length"]) for one in names]
        for names in (takes, gives)
    )
    factors = numpy_helper.from_array(np.array([factor], np.float32), f"{name}/factor")
    graph = helper.make_graph(nodes, name, inputs, outputs, [factors])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.metadata_props.add(key="of", value=name)
    return model.SerializeToString()


CHAIN = [
    stage("first", ["x"], ["a"], 2.0),
    stage("second", ["a"], ["b", "aside"], 3.0),
    stage("third", ["a", "b", "y"], ["c"], 5.0),
]


def test_what_one_stage_gives_goes_to_those_after_it() -> None:
    whole = onnx.load_from_string(joined(CHAIN, ("c", "b")))
    onnx.checker.check_model(whole, full_check=True)
    assert [one.name for one in whole.graph.input] == ["x", "y"]
    assert [one.name for one in whole.graph.output] == ["c", "b"]
    session = ort.InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    x, y = np.array([[1, 4]], np.float32), np.array([[0.5, 7]], np.float32)
    c, b = session.run(None, {"x": x, "y": y})
    np.testing.assert_array_equal(b, 6 * x)
    np.testing.assert_array_equal(c, 5 * (2 * x + 6 * x + y))


def test_what_a_stage_says_of_itself_is_not_said_of_the_whole() -> None:
    whole = onnx.load_from_string(joined(CHAIN, ("c",)))
    assert not whole.metadata_props
    assert (whole.ir_version, [one.version for one in whole.opset_import]) == (8, [17])


def test_one_stage_alone_computes_what_it_did() -> None:
    session = ort.InferenceSession(joined(CHAIN[:1], ("a",)), providers=["CPUExecutionProvider"])
    np.testing.assert_array_equal(
        session.run(None, {"x": np.ones((2, 3), np.float32)})[0], np.full((2, 3), 2)
    )


def test_an_output_that_no_stage_gives_is_named() -> None:
    with pytest.raises(ValueError, match="no stage gives \\['d'\\]"):
        joined(CHAIN, ("c", "d"))


@settings(max_examples=200, deadline=None)
@given(number=st.integers(0, 2), share=st.floats(0, 1, exclude_max=True))
def test_a_stage_that_breaks_off_is_an_error_or_leaves_out_what_followed(number: int, share: float) -> None:
    broken = [*CHAIN]
    broken[number] = broken[number][: int(share * len(broken[number]))]
    try:
        whole = joined(broken, ("c", "b"))
    except ValueError:
        return
    # Only what stands behind the graph may be missing then: the stages' descriptions and versions.
    assert [one.name for one in onnx.load_from_string(whole).graph.output] == ["c", "b"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_bytes_that_are_no_model_are_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"field|a number|no stage gives"):
        joined([data], ("c",))
