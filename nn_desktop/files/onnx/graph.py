"""What an ONNX file holds: nodes, tensors, inputs and outputs. Nothing of what it means is looked at here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, TypeVar

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.stored import ReadError, damaged
from nn_desktop.files.onnx.guard import check_fields
from nn_desktop.texts import shown

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

Kind = TypeVar("Kind")

MAX_BYTES = 100_000_000
"""A network of as many weights as fit here takes 80 MB."""
MAX_NODES = 2_000
MAX_TENSORS = 4_000
MAX_QUOTE_LENGTH = 60
MAX_SIZE = 2**31
FLOAT, TENSOR, INT64, STRING, BOOL, FLOAT16, DOUBLE = 1, 4, 7, 8, 9, 10, 11
FLOATS = (FLOAT, DOUBLE, FLOAT16)
NUMBER_TYPES = (*FLOATS, 2, 3, 6, INT64, BOOL)
"""The types of numbers that are read: floating-point and whole ones, and truth values."""
_ATTRIBUTE_TYPES = (1, 2, 3, TENSOR, 6, 7, 8)
"""Numbers, texts and tensors, and lists of numbers and texts: no graphs."""


def quote(name: str) -> str:
    """Quote a name of a file in a sentence."""
    return f'"{shown(name, MAX_QUOTE_LENGTH)}"'


@dataclass(frozen=True, eq=False)
class Tensor:
    """Numbers or texts, not yet read; `type` is the number of their type in ONNX."""

    name: str
    shape: tuple[int, ...]
    type: int
    proto: "TensorProto"

    def read(self) -> AnyArray:
        """Return its numbers; raises `ReadError` if they are no numbers, or not as many as its shape says."""
        from onnx import numpy_helper

        if self.type not in NUMBER_TYPES:
            raise ReadError(
                f"its tensor {quote(self.name)} holds numbers of a type that is not known here "
                f"({self.type}): export the network with float32 numbers"
            )
        try:
            return numpy_helper.to_array(self.proto)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._wrong_length() from error

    def read_texts(self) -> list[str]:
        """Return its texts; raises `ReadError` as `read` does."""
        texts = [bytes(text).decode(errors="replace") for text in self.proto.string_data]
        if self.type != STRING or len(texts) != math.prod(self.shape):
            raise self._wrong_length()
        return texts

    def _wrong_length(self) -> ReadError:
        return ReadError(
            f"its tensor {quote(self.name)} has more or fewer numbers than its shape says: "
            "export it again, or choose another file"
        )


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
        Names of the values that go in and come out; empty where one is left out.
    attributes
        Numbers, texts (as bytes), lists of them and tensors, by name.
    proto
        The node as the onnx library has it.
    """

    name: str
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    proto: "NodeProto"

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        what = shown(self.operator, MAX_QUOTE_LENGTH)
        if self.name:
            return f"node {quote(self.name)} ({what})"
        return f"node that makes {quote(self.outputs[0] if self.outputs else '')} ({what})"

    def list_of(self, kind: type[Kind], name: str) -> list[Kind]:
        """Return an attribute that is a list; empty if it is none, or of something else."""
        values = self.attributes.get(name)
        is_list = isinstance(values, list) and all(isinstance(value, kind) for value in values)
        return list(values or ()) if is_list else []

    def refuse(self, why: str, what_to_do: str = "choose another file") -> ReadError:
        """Say that it cannot be shown."""
        return ReadError(f"its {self.title} cannot be shown here, since {why}: {what_to_do}")


@dataclass(frozen=True)
class ValueInfo:
    """An input or output: its type is 0 if it is no tensor; lengths that are left open are None."""

    name: str
    type: int
    shape: tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class Graph:
    """A whole file: inputs without those that are constants, and versions of operators by domain."""

    nodes: tuple[Node, ...]
    tensors: Mapping[str, Tensor]
    inputs: tuple[ValueInfo, ...]
    outputs: tuple[ValueInfo, ...]
    opsets: Mapping[str, int]
    metadata: Mapping[str, bytes]

    @property
    def opset(self) -> int:
        """Version of ONNX's own operators."""
        return self.opsets[""]


def in_order(name: str, makers: Mapping[str, Node]) -> list[Node]:
    """Return the nodes that a value needs, each after those that it needs itself."""
    needed: dict[Node, list[Node]] = {}
    waiting = [name]
    while waiting:
        node = makers.get(waiting.pop())
        if node is not None and node not in needed:
            needed[node] = [makers[other] for other in followed(node) if other in makers]
            waiting.extend(followed(node))
    try:
        return list(TopologicalSorter(needed).static_order())
    except CycleError as error:
        node = error.args[1][0]
        raise node.refuse("its values run in a circle", "export it again, or choose another file") from error


def followed(node: Node) -> tuple[str, ...]:
    """Return the inputs that matter when a network is used and not trained."""
    return node.inputs[:1] if node.operator == "Dropout" else node.inputs


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
    check_fields(content)
    try:
        from onnx import ModelProto
    except ImportError as error:
        raise ReadError(
            "ONNX files are read with the package onnx, which is not installed: run pip install onnx"
        ) from error
    try:
        model = ModelProto.FromString(content)
    except Exception as error:  # the classes of its errors differ from version to version
        raise damaged("ONNX") from error
    return _take_apart(model)


def _take_apart(model: "ModelProto") -> Graph:
    graph = model.graph
    opsets = {_domain(entry.domain): entry.version for entry in reversed(model.opset_import)}
    if not model.HasField("graph") or "" not in opsets:
        raise damaged("ONNX")
    for what, count, most in (
        ("nodes", len(graph.node), MAX_NODES),
        ("tensors", len(graph.initializer), MAX_TENSORS),
    ):
        if count > most:
            raise ReadError(
                f"it has {count} {what}, more than the {most} that are read here: choose a smaller network"
            )
    tensors = _read_tensors(graph)
    nodes = tuple(_read_node(node) for node in graph.node)
    inputs = tuple(_read_info(info) for info in graph.input if info.name not in tensors)
    _check_names(nodes, tensors, inputs)
    # What is no UTF-8 is bytes already.
    metadata = {
        entry.key: entry.value.encode() if isinstance(entry.value, str) else entry.value
        for entry in model.metadata_props
    }
    return Graph(nodes, tensors, inputs, tuple(map(_read_info, graph.output)), opsets, metadata)


def _domain(name: str) -> str:
    return "" if name == "ai.onnx" else name


def _read_tensors(graph: "GraphProto") -> dict[str, Tensor]:
    if graph.sparse_initializer:
        raise ReadError("some of its tensors are sparse: export it with dense ones")
    tensors: dict[str, Tensor] = {}
    for proto in graph.initializer:
        if proto.name in tensors:
            raise ReadError(f"two of its tensors are called {quote(proto.name)}: export it again")
        tensors[proto.name] = _read_tensor(proto)
    return tensors


def _read_tensor(proto: "TensorProto") -> Tensor:
    # The library would open any file that stands there.
    if proto.external_data or proto.data_location:
        raise ReadError(
            f"the numbers of its tensor {quote(proto.name)} are in another file beside it: export it as a "
            "single file (in PyTorch with external_data=False)"
        )
    shape = tuple(proto.dims)
    if any(not 0 <= length < MAX_SIZE for length in shape) or len(shape) > 8:
        raise ReadError(f"its tensor {quote(proto.name)} has a shape that cannot be: choose another file")
    return Tensor(proto.name, shape, proto.data_type, proto)


def _read_node(proto: "NodeProto") -> Node:
    from onnx import helper

    attributes: dict[str, Any] = {}
    for attribute in proto.attribute:
        if attribute.type in _ATTRIBUTE_TYPES and not attribute.ref_attr_name:
            value = helper.get_attribute_value(attribute)
            attributes[attribute.name] = _read_tensor(value) if attribute.type == TENSOR else value
    domain = _domain(proto.domain)
    operator = f"{domain}.{proto.op_type}" if domain else proto.op_type
    return Node(proto.name, operator, tuple(proto.input), tuple(proto.output), attributes, proto)


def _read_info(info: "ValueInfoProto") -> ValueInfo:
    tensor = info.type.tensor_type
    lengths = [dimension.dim_value for dimension in tensor.shape.dim]
    shape = tuple(length if 0 < length < MAX_SIZE else None for length in lengths)
    return ValueInfo(info.name, tensor.elem_type, shape)


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
