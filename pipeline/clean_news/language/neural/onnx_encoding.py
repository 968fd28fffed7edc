"""Encodes ONNX models: the few messages of the format that a graph needs, in the wire format of protocol buffers.

Why not the package ``onnx``: it writes any model, checks and transforms it, in 20 MB of compiled code with two further
dependencies. This is needed once, to write two graphs of eight message types, whose field numbers cannot change (a rule
of protocol buffers), and onnxruntime reads the result back at once: what it rejects or computes wrongly fails the tests
against a network in NumPy. The extra ``neural`` stays at the three packages that run the model. Should graphs be read
or changed one day, that package is the better choice.

Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 (field numbers);
https://protobuf.dev/programming-guides/encoding (wire format).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 8
OPSET = 17
MICROSOFT = "com.microsoft"  # the domain of onnxruntime's own operators
# Numbers of the element types.
ELEMENT_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
FLOAT, INT, STRING, INTS = 1, 2, 3, 7  # numbers of the attribute types
_VARINT, _LENGTH_DELIMITED, _FIXED32 = 0, 2, 5  # wire types

AttributeValue = int | float | str | Sequence[int]


class Stored(NamedTuple):
    """The place of a tensor in a file beside the model.

    Attributes:
        file: name of the file.
        offset: in bytes.
        length: in bytes.
    """

    file: str
    offset: int
    length: int


def tensor(name: str, array: NDArray[np.generic], stored: Stored | None = None) -> bytes:
    """Encode a tensor.

    Args:
        name: its name.
        array: its values.
        stored: where they are, if not in the model itself.
    """
    head = b"".join(_field(1, size) for size in array.shape)
    head += _field(2, ELEMENT_TYPES[array.dtype.name]) + _field(8, name)
    if stored is None:
        return head + _field(9, array.tobytes())
    place = (("location", stored.file), ("offset", str(stored.offset)), ("length", str(stored.length)))
    return head + b"".join(_field(13, _field(1, key) + _field(2, value)) for key, value in place) + _field(14, 1)


def node(
    operator: str, inputs: Iterable[str], outputs: Iterable[str], domain: str = "", **attributes: AttributeValue
) -> bytes:
    """Encode a node of a graph.

    Args:
        operator: name of the operator.
        inputs: names of its inputs; empty for one that is left out.
        outputs: names of its outputs; empty for one that is not used.
        domain: domain of the operator; empty for ONNX's own.
        attributes: its attributes.
    """
    encoded = b"".join(_field(1, name) for name in inputs) + b"".join(_field(2, name) for name in outputs)
    encoded += _field(4, operator) + b"".join(_field(5, _attribute(*each)) for each in attributes.items())
    return encoded + (_field(7, domain) if domain else b"")


def value(name: str, element_type: str, shape: Sequence[int | str]) -> bytes:
    """Encode the name and type of an input or output; a size that varies is given by a name."""
    sizes = b"".join(_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, ELEMENT_TYPES[element_type]) + _field(2, sizes)))


def model(nodes: Iterable[bytes], tensors: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes]) -> bytes:
    """Encode a model."""
    graph = b"".join(_field(1, each) for each in nodes) + _field(2, "network")
    graph += b"".join(_field(5, each) for each in tensors)
    graph += b"".join(_field(11, each) for each in inputs) + b"".join(_field(12, each) for each in outputs)
    operators = ((_field(1, ""), OPSET), (_field(1, MICROSOFT), 1))
    versions = b"".join(_field(8, domain + _field(2, version)) for domain, version in operators)
    return _field(1, IR_VERSION) + _field(7, graph) + versions


def _attribute(name: str, given: AttributeValue) -> bytes:
    """Encode an attribute."""
    if isinstance(given, int):
        return _field(1, name) + _field(3, given) + _field(20, INT)
    if isinstance(given, float):
        return _field(1, name) + _field(2, given) + _field(20, FLOAT)
    if isinstance(given, str):
        return _field(1, name) + _field(4, given) + _field(20, STRING)
    return _field(1, name) + b"".join(_field(8, each) for each in given) + _field(20, INTS)


def _field(number: int, content: float | str | bytes) -> bytes:
    """Encode a field of a message.

    >>> _field(1, 150).hex(), _field(2, "testing").hex()
    ('089601', '120774657374696e67')
    """
    if isinstance(content, int):
        return _varint(number << 3 | _VARINT) + _varint(content)
    if isinstance(content, float):
        return _varint(number << 3 | _FIXED32) + np.float32(content).tobytes()
    encoded = content.encode() if isinstance(content, str) else content
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(encoded)) + encoded


def _varint(number: int) -> bytes:
    """Encode a whole number, seven bits a byte; negative ones as their two's complement of 64 bits."""
    left = number & ((1 << 64) - 1)
    encoded = bytearray()
    while left > 0x7F:
        encoded.append(left & 0x7F | 0x80)
        left >>= 7
    encoded.append(left)
    return bytes(encoded)
