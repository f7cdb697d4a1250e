"""The stages of a network as one ONNX graph, without the ONNX library.

An inspecting program does not load that library: it takes more memory than the graph itself. Nor has it to.
Protocol buffers are built so that one message written after another is both of them merged, lists one after
the other: of each graph what belongs to it alone is kept as it was written, and what it shares is left out.
https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Field numbers of onnx.proto: of a model, of a graph, of a description of an input or output.
_MODEL_GRAPH, _MODEL_METADATA = 7, 14
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT, _GRAPH_VALUE = 1, 2, 5, 11, 12, 13
_VALUE_NAME = 1
# How a field is written: as a number, as 8 bytes, with its length before it, as 4 bytes.
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


def joined(stages: Sequence[bytes], outputs: Sequence[str]) -> bytes:
    """Several serialised ONNX models as one: what one gives goes to the inputs of that name of later ones.

    Args:
        stages: In the order of computation; no two use one name for different tensors.
        outputs: What the whole gives; it takes what no stage gives.

    Raises:
        ValueError: If a model is damaged, or no stage gives one of the outputs.
    """
    graph, inputs, given = bytearray(), dict[bytes, bytes](), dict[bytes, bytes]()
    for index, stage in enumerate(stages):
        for number, field, value in _fields(_only(stage, _MODEL_GRAPH)):
            if number in (_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_VALUE) or (
                number == _GRAPH_NAME and index == 0
            ):
                graph += field
            elif number == _GRAPH_INPUT:
                name = _only(value, _VALUE_NAME)
                if name not in given:
                    inputs[name] = field
            elif number == _GRAPH_OUTPUT:
                name = _only(value, _VALUE_NAME)
                given[name] = field
                if name.decode() not in outputs:  # still known to have this shape
                    graph += _message(_GRAPH_VALUE, value)
    missing = [name for name in outputs if name.encode() not in given]
    if missing:
        raise ValueError(f"no stage gives {missing}")
    graph += b"".join(inputs.values()) + b"".join(given[name.encode()] for name in outputs)
    model = bytearray()
    for number, field, _ in _fields(stages[0]):
        if number not in (_MODEL_GRAPH, _MODEL_METADATA):
            model += field
    return bytes(model + _message(_MODEL_GRAPH, graph))


def _message(number: int, value: bytes | bytearray) -> bytes:
    return _varint(number << 3 | _LENGTH) + _varint(len(value)) + value


def _only(message: bytes, wanted: int) -> bytes:
    found = [value for number, _, value in _fields(message) if number == wanted]
    if len(found) != 1:
        raise ValueError(f"field {wanted} is there {len(found)} times")
    return found[0]


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Each field of a message: its number, all of it as written, and its value."""
    at = 0
    while at < len(message):
        start = at
        key, at = _read_varint(message, at)
        kind = key & 7
        length = {_FIXED64: 8, _FIXED32: 4}.get(kind, 0)
        if kind == _LENGTH:
            length, at = _read_varint(message, at)
        elif kind == _VARINT:
            _, end = _read_varint(message, at)
            length = end - at
        elif not length:
            raise ValueError(f"a field is written in the unknown way {kind}")
        if at + length > len(message):
            raise ValueError("it ends in the middle of a field")
        yield key >> 3, message[start : at + length], message[at : at + length]
        at += length


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, least first, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("it ends in the middle of a number")


def _varint(value: int) -> bytes:
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])
