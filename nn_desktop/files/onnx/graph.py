"""What an ONNX file holds: nodes, tensors, inputs and outputs. Nothing of what it means is looked at here.

The numbers of fields and types are those of onnx.proto (github.com/onnx/onnx, version 1.17).
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.stored import ReadError, damaged
from nn_desktop.files.onnx.guard import Budget, Message, read_message
from nn_desktop.texts import shown

MAX_BYTES = 100_000_000
"""A network of as many weights as fit here takes 80 MB."""
MAX_NODES = 2_000
MAX_TENSORS = 4_000
MAX_QUOTE_LENGTH = 60
MAX_SIZE = 2**31
FLOAT, INT32, INT64, STRING, BOOL, FLOAT16, DOUBLE = 1, 6, 7, 8, 9, 10, 11
NUMBER_TYPES: Mapping[int, str] = {
    FLOAT: "<f4",
    2: "u1",
    3: "i1",
    INT32: "<i4",
    INT64: "<i8",
    BOOL: "?",
    FLOAT16: "<f2",
    DOUBLE: "<f8",
}
"""The types of numbers that are read, as numpy calls them."""
_TYPED_FIELDS = {FLOAT: 4, INT32: 5, BOOL: 5, INT64: 7, DOUBLE: 10}
"""Where numbers stand that are not given as raw bytes."""
_RAW_DATA, _STRING_DATA, _EXTERNAL_DATA, _DATA_LOCATION = 9, 6, 13, 14


def quote(name: str) -> str:
    """Quote a name of a file in a sentence."""
    return f'"{shown(name, MAX_QUOTE_LENGTH)}"'


@dataclass(frozen=True, eq=False)
class Tensor:
    """Numbers or texts, not yet read.

    Attributes
    ----------
    name
        Empty if it has none.
    shape
        As the file says.
    type
        Number of the type of its numbers.
    """

    name: str
    shape: tuple[int, ...]
    type: int
    _message: Message

    def read(self) -> AnyArray:
        """Return its numbers, a view of the file where that can be.

        Raises
        ------
        ReadError
            If there are more or fewer than its shape says, or they are no numbers.
        """
        if self.type not in NUMBER_TYPES:
            raise ReadError(
                f"its tensor {quote(self.name)} holds numbers of a type that is not known here "
                f"({self.type}): export the network with float32 numbers"
            )
        dtype = np.dtype(NUMBER_TYPES[self.type])
        count = math.prod(self.shape)
        if self._message.has(_RAW_DATA):
            content = self._message.bytes_of(_RAW_DATA)
        elif self.type in (INT32, INT64, BOOL):
            return self._whole_numbers(dtype, count)
        else:
            content = self._message.joined(_TYPED_FIELDS.get(self.type, _RAW_DATA))
        if len(content) != count * dtype.itemsize:
            raise self._wrong_length()
        try:
            return np.frombuffer(content, dtype).reshape(self.shape)
        except ValueError as error:  # a length of 0 beside huge ones
            raise self._wrong_length() from error

    def read_texts(self) -> list[str]:
        """Return its texts."""
        texts = self._message.texts(_STRING_DATA)
        if self.type != STRING or len(texts) != math.prod(self.shape):
            raise self._wrong_length()
        return texts

    def _whole_numbers(self, dtype: np.dtype[Any], count: int) -> AnyArray:
        numbers = self._message.integers(_TYPED_FIELDS[self.type])
        if len(numbers) != count:
            raise self._wrong_length()
        return np.array(numbers, np.int64).astype(dtype).reshape(self.shape)

    def _wrong_length(self) -> ReadError:
        return ReadError(
            f"its tensor {quote(self.name)} has more or fewer numbers than its shape says: "
            "export it again, or choose another file"
        )


@dataclass(frozen=True, eq=False)
class Attributes:
    """What is written with a node, by name."""

    _messages: Mapping[str, Message]

    def has(self, name: str) -> bool:
        """Tell whether there is one of this name."""
        return name in self._messages

    def integer(self, name: str, default: int) -> int:
        """Return a whole number."""
        message = self._messages.get(name)
        return default if message is None else message.integer(3)

    def number(self, name: str, default: float) -> float:
        """Return a float32 number."""
        message = self._messages.get(name)
        content = b"" if message is None else bytes(message.bytes_of(2))
        if message is None:
            return default
        if not content:
            return 0.0
        if len(content) != 4:
            raise damaged("ONNX")
        return float(struct.unpack("<f", content)[0])

    def text(self, name: str, default: str) -> str:
        """Return a text."""
        message = self._messages.get(name)
        return default if message is None else message.text(4)

    def integers(self, name: str) -> list[int]:
        """Return whole numbers; none if there is no such attribute."""
        message = self._messages.get(name)
        return [] if message is None else message.integers(8)

    def numbers(self, name: str) -> NDArray[np.float32]:
        """Return float32 numbers; none if there is no such attribute."""
        message = self._messages.get(name)
        content = b"" if message is None else message.joined(7)
        if len(content) % 4:
            raise damaged("ONNX")
        return np.frombuffer(content, "<f4")

    def texts(self, name: str) -> list[str]:
        """Return texts; none if there is no such attribute."""
        message = self._messages.get(name)
        return [] if message is None else message.texts(9)

    def tensor(self, name: str) -> Tensor | None:
        """Return a tensor."""
        message = self._messages.get(name)
        return None if message is None or not message.has(5) else _read_tensor(message.message(5))


@dataclass(frozen=True, eq=False)
class Node:
    """One operation.

    Attributes
    ----------
    name
        May be empty.
    operator
        Such as ``Gemm``; with its domain before it, if that is not ONNX's own.
    inputs, outputs
        Names of the values that go in and come out; constants are not among them.
    attributes
        The operator's attributes, by name.
    """

    name: str
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Attributes

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        what = shown(self.operator, MAX_QUOTE_LENGTH)
        if self.name:
            return f"node {quote(self.name)} ({what})"
        return f"node that makes {quote(self.outputs[0] if self.outputs else '')} ({what})"

    def refuse(self, why: str, what_to_do: str = "choose another file") -> ReadError:
        """Say that it cannot be shown."""
        return ReadError(f"its {self.title} cannot be shown here, since {why}: {what_to_do}")


@dataclass(frozen=True)
class ValueInfo:
    """An input or output.

    Attributes
    ----------
    name
        Of the value.
    type
        Number of the type of its numbers; 0 if it is no tensor.
    shape
        None where a length is left open; None altogether if nothing is said.
    """

    name: str
    type: int
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True, eq=False)
class Graph:
    """A whole file.

    Attributes
    ----------
    nodes
        The operations, in the order of the file.
    tensors
        The constants, by name.
    inputs, outputs
        Those that are no constants.
    opset
        Version of ONNX's own operators.
    metadata
        Texts by key, not yet decoded.
    """

    nodes: tuple[Node, ...]
    tensors: Mapping[str, Tensor]
    inputs: tuple[ValueInfo, ...]
    outputs: tuple[ValueInfo, ...]
    opset: int
    metadata: Mapping[str, memoryview]


def read_graph(content: bytes) -> Graph:
    """Read a file.

    Raises
    ------
    ReadError
        If it is none, is larger than any network here can be, or its parts do not fit together.
    """
    if len(content) > MAX_BYTES:
        raise ReadError(
            f"it is larger than {MAX_BYTES // 10**6} MB, more than a network here could fill: "
            "choose another file"
        )
    model = read_message(memoryview(content), Budget())
    if not model.has(7) or not model.has(8):
        raise damaged("ONNX")
    graph = model.message(7)
    if graph.count(1) > MAX_NODES:
        raise ReadError(
            f"it has {graph.count(1)} nodes, more than the {MAX_NODES} that are read here: "
            "choose a smaller network"
        )
    tensors = _read_tensors(graph)
    nodes = tuple(_read_node(message) for message in graph.messages(1))
    inputs = tuple(info for info in _read_infos(graph, 11) if info.name not in tensors)
    _check_names(nodes, tensors, inputs)
    return Graph(nodes, tensors, inputs, _read_infos(graph, 12), _read_opset(model), _read_metadata(model))


def _read_tensors(graph: Message) -> dict[str, Tensor]:
    if graph.has(15):
        raise ReadError("some of its tensors are sparse: export it with dense ones")
    if graph.count(5) > MAX_TENSORS:
        raise ReadError(
            f"it has {graph.count(5)} tensors, more than the {MAX_TENSORS} that are read here: "
            "choose a smaller network"
        )
    tensors: dict[str, Tensor] = {}
    for message in graph.messages(5):
        tensor = _read_tensor(message)
        if tensor.name in tensors:
            raise ReadError(f"two of its tensors are called {quote(tensor.name)}: export it again")
        tensors[tensor.name] = tensor
    return tensors


def _read_tensor(message: Message) -> Tensor:
    name = message.text(8)
    if message.has(_EXTERNAL_DATA) or message.integer(_DATA_LOCATION):
        raise ReadError(
            f"the numbers of its tensor {quote(name)} are in another file beside it: export it as a single "
            "file (in PyTorch with external_data=False)"
        )
    shape = tuple(message.integers(1))
    if any(not 0 <= length < MAX_SIZE for length in shape) or len(shape) > 8:
        raise ReadError(f"its tensor {quote(name)} has a shape that cannot be: choose another file")
    return Tensor(name, shape, message.integer(2), message)


def _read_node(message: Message) -> Node:
    domain = message.text(7)
    operator = message.text(4)
    attributes: dict[str, Message] = {}
    for attribute in message.messages(5):
        attributes[attribute.text(1)] = attribute
    return Node(
        message.text(3),
        operator if domain in ("", "ai.onnx") else f"{domain}.{operator}",
        tuple(message.texts(1)),
        tuple(message.texts(2)),
        Attributes(attributes),
    )


def _read_infos(graph: Message, number: int) -> tuple[ValueInfo, ...]:
    infos = []
    for message in graph.messages(number):
        tensor = message.message(2).message(1)
        shape = None
        if tensor.has(2):
            shape = tuple(_read_length(dimension) for dimension in tensor.message(2).messages(1))
        infos.append(ValueInfo(message.text(1), tensor.integer(1), shape))
    return tuple(infos)


def _read_length(dimension: Message) -> int | None:
    length = dimension.integer(1, -1)
    return length if 0 < length < MAX_SIZE else None


def _check_names(
    nodes: tuple[Node, ...], tensors: Mapping[str, Tensor], inputs: tuple[ValueInfo, ...]
) -> None:
    seen = {info.name for info in inputs} | set(tensors)
    if len(seen) < len(inputs) + len(tensors):
        raise ReadError("two of its inputs have one name: export it again, or choose another file")
    for node in nodes:
        for name in filter(None, node.outputs):
            if name in seen:
                raise ReadError(
                    f"its {node.title} makes {quote(name)}, which is there already: export it again"
                )
            seen.add(name)


def _read_opset(model: Message) -> int:
    for message in model.messages(8):
        if message.text(1) in ("", "ai.onnx"):
            return message.integer(2)
    raise damaged("ONNX")


def _read_metadata(model: Message) -> dict[str, memoryview]:
    return {message.text(1): message.bytes_of(2) for message in model.messages(14)}
