"""Evaluating an ONNX graph with values (`onnx_values`) in place of numbers: in order, and within limits."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.activations import find_activation
from nn_desktop.files.onnx.graph import (
    BOOL,
    DOUBLE,
    FLOAT,
    FLOAT16,
    NUMBER_TYPES,
    Graph,
    Node,
    ValueInfo,
    quote,
)
from nn_desktop.files.onnx.values import (
    MAX_ORIGINS,
    Affine,
    Columns,
    Constant,
    Curve,
    InputBase,
    LayerBase,
    Part,
    Spread,
    Sum,
    Unflattened,
    Value,
    Vector,
)
from nn_desktop.network.functions import ACTIVATIONS, Activation
from nn_desktop.network.topology import MAX_UNITS
from nn_desktop.texts import shown

MAX_NUMBERS = 10_000_000
"""That all nodes together may compute while a graph is read: biases, factors, and the like."""
MAX_PIECES = 256
"""Values of other layers that one value may be made of."""
COST_OF_VALUE, COST_OF_PIECE = 1000, 100
"""As many numbers could be computed in the time that it takes."""
FLOATS = (FLOAT, DOUBLE, FLOAT16)

Arguments = Sequence[Value | None]
Handler = Callable[["Evaluator", Node, Arguments], Value]


@dataclass(frozen=True)
class Operator:
    """How a node is evaluated.

    Attributes
    ----------
    handler
        Makes its first output.
    fewest
        Smallest number of inputs that the operator takes.
    """

    handler: Handler
    fewest: int = 1


class Evaluator:
    """Evaluates the nodes of a graph that an output needs.

    Parameters
    ----------
    graph
        The graph as the file describes it.
    operators
        The function that evaluates each operator, by the operator's name.

    Attributes
    ----------
    remarks
        What is shown in another way than the graph computes it, one sentence each.
    """

    def __init__(self, graph: Graph, operators: Mapping[str, Operator]) -> None:
        self.graph = graph
        self._operators = operators
        self.remarks: list[str] = []
        self._infos = {info.name: info for info in graph.inputs}
        self._makers = {name: node for node in graph.nodes for name in node.outputs if name}
        self._values: dict[str, Value] = {}
        self._layers: dict[tuple[int, Activation], LayerBase] = {}
        self._numbers_left = MAX_NUMBERS

    def evaluate(self, name: str) -> Value:
        """Return a value of the graph.

        Raises
        ------
        ReadError
            If it cannot be shown as a network, or the graph is damaged.
        """
        # What overflows is found where it matters.
        with np.errstate(all="ignore"):
            for node in self._order(name):
                self._values[node.outputs[0]] = self._run(node)
        return self._find(name)

    def spend(self, numbers: int) -> None:
        """Allow so many numbers to be computed; raises `ReadError` if they are too many."""
        self._numbers_left -= numbers
        if self._numbers_left < 0:
            raise ReadError(
                "reading it takes more arithmetic than a network here can need: choose another file"
            )

    def check_pieces(self, node: Node, pieces: int) -> None:
        """Allow a value to be made of so many others; raises `ReadError` if they are too many."""
        if pieces > MAX_PIECES:
            raise node.refuse(f"it brings together more than {MAX_PIECES} values")
        self.spend(COST_OF_PIECE * pieces)

    def is_batch(self, length: int | None) -> bool:
        """Tell whether a length in a shape that is asked for stands for that of the batch."""
        return length in (None, 0, -1) or all(i.shape and i.shape[0] == length for i in self.graph.inputs)

    def layer(self, origin: Columns, activation: Activation, node: str) -> Spread:
        """Return the layer that applies an activation to an affine value."""
        affine = origin.affine
        assert affine is not None
        layer = self._layers.get((id(origin), activation))
        if layer is None:
            z = (affine if isinstance(affine, Sum) else affine.as_sum()).plain()
            layer = LayerBase(len(self._layers) + 1, z, activation, node)
            self._layers[id(origin), activation] = layer
            # Or another value might get its id.
            self._values[f"\0layer {layer.number}"] = origin
        return Spread(origin.width, (Part(layer),))

    def spread(self, value: Columns) -> Spread:
        """Return what a value is made of, each piece a whole layer; a sum becomes a layer for that.

        Raises
        ------
        ReadError
            If it is neither affine nor an activation.
        """
        affine = need_affine(value)
        if isinstance(affine, Spread):
            return affine
        return self.layer(value, Activation.IDENTITY, value.node)

    def made(
        self,
        node: Node,
        width: int,
        affine: Affine | None,
        curves: tuple[Curve, ...] = (),
        bent_by: tuple[str, ...] = (),
    ) -> Columns:
        """Return what a node makes: an activation is found in its curves."""
        if width > MAX_UNITS:
            raise node.refuse(f"it makes {width} columns, more than the {MAX_UNITS} units of a layer")
        self.spend(COST_OF_VALUE + width)
        if affine is not None:
            self.check_pieces(node, len(affine.parts if isinstance(affine, Spread) else affine.terms))
        curves = curves[:MAX_ORIGINS]
        if bent_by:
            for curve in curves:
                activation = find_activation(curve.values)
                if activation is not None:
                    affine = self.layer(curve.origin, activation, node.title)
                    break
        return Columns(width, node.title, affine, curves, bent_by)

    def _order(self, name: str) -> list[Node]:
        """Return the nodes that a value needs, each after those that it needs itself (Kahn 1962)."""
        wanted: dict[int, Node] = {}
        followers: dict[int, list[Node]] = {}
        waiting: dict[int, int] = {}
        names = [name]
        while names:
            node = self._makers.get(names.pop())
            if node is None or id(node) in wanted:
                continue
            wanted[id(node)] = node
            before = {id(self._makers[i]): self._makers[i] for i in _followed(node) if i in self._makers}
            waiting[id(node)] = len(before)
            for other in before:
                followers.setdefault(other, []).append(node)
            names.extend(_followed(node))
        ready = [node for node in wanted.values() if not waiting[id(node)]]
        ordered: list[Node] = []
        while ready:
            node = ready.pop()
            ordered.append(node)
            for follower in followers.get(id(node), ()):
                waiting[id(follower)] -= 1
                if not waiting[id(follower)]:
                    ready.append(follower)
        if len(ordered) < len(wanted):
            node = next(node for node in wanted.values() if waiting[id(node)])
            raise node.refuse("its values run in a circle", "export it again, or choose another file")
        return ordered

    def _run(self, node: Node) -> Value:
        operator = self._operators.get(node.operator)
        if operator is None:
            raise node.refuse("its operator is none that networks here are made of")
        if len(node.outputs) > 1 and node.operator not in ("Dropout", "BatchNormalization"):
            raise node.refuse("it has more than one output")
        arguments = [self._find(name) if name else None for name in _followed(node)]
        arguments += [None] * (8 - len(arguments))
        if any(argument is None for argument in arguments[: operator.fewest]):
            raise node.refuse("one of its inputs is missing", "export it again, or choose another file")
        return operator.handler(self, node, arguments)

    def _find(self, name: str) -> Value:
        if name not in self._values:
            if name in self.graph.tensors:
                tensor = self.graph.tensors[name]
                self._values[name] = finite_constant(name, tensor.read())
            elif name in self._infos:
                self._values[name] = _input(self._infos[name])
            else:
                # Also the second output of a node.
                raise ReadError(
                    f"nothing in it makes its value {quote(name)}: export it again, or choose another file"
                )
        return self._values[name]


def need_affine(value: Columns) -> Affine:
    """Return a value as an affine one.

    Raises
    ------
    ReadError
        If it is none, nor an activation of one.
    """
    if value.affine is None:
        used = " and ".join(dict.fromkeys(value.bent_by)) or "what it computes"
        known = ", ".join(a.value for a in ACTIVATIONS if a is not Activation.SOFTMAX)
        raise ReadError(
            f"its {value.node} cannot be shown here, since {shown(used, 200)} makes none of the activations "
            f"that there are here: use one of {known}"
        )
    return value.affine


def finite_constant(name: str, numbers: AnyArray) -> Constant:
    """Return numbers as a value.

    Raises
    ------
    ReadError
        If some are infinite or not a number.
    """
    if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
        raise ReadError(f"its tensor {quote(name)} holds numbers that are not finite: choose another file")
    return Constant(name, numbers)


def _followed(node: Node) -> tuple[str, ...]:
    """Return the inputs that matter when a network is used and not trained."""
    return node.inputs[:1] if node.operator == "Dropout" else node.inputs


def _input(info: ValueInfo) -> Value:
    if info.type not in NUMBER_TYPES or info.type == BOOL:
        raise ReadError(f"its input {quote(info.name)} is no tensor of numbers: choose another file")
    if info.shape is None or len(info.shape) < 2 or None in info.shape[1:]:
        raise ReadError(
            f"its input {quote(info.name)} does not say how many numbers a sample has: export it with a "
            "shape such as (batch, 4)"
        )
    lengths = [length for length in info.shape[1:] if length is not None]
    width = math.prod(lengths)
    if width > MAX_UNITS:
        raise ReadError(
            f"its input {quote(info.name)} has {width if width < 10**9 else 'far'} "
            f"numbers a sample, more than the {MAX_UNITS} units of a layer: choose a smaller network"
        )
    base = InputBase(info.name, width)
    value = Columns(width, f"input {quote(info.name)}", Spread(width, (Part(base),)))
    return value if len(lengths) == 1 else Unflattened(value, tuple(lengths))


# What handlers take


def take_columns(node: Node, value: Value | None) -> Columns:
    """Take a value of the network."""
    if not isinstance(value, Columns):
        raise node.refuse("its input is no table with a row for each sample")
    return value


def take_constant(node: Node, value: Value | None) -> Constant:
    """Take numbers that are the same for all samples."""
    if not isinstance(value, Constant):
        raise node.refuse("a number that it needs is computed, or is missing")
    return value


def take_row(evaluator: Evaluator, node: Node, constant: Constant, width: int) -> Vector:
    """Return a constant as one number for each column."""
    numbers = constant.numbers
    if numbers.ndim > 2 or (numbers.ndim == 2 and len(numbers) != 1) or numbers.size not in (1, width):
        raise node.refuse(
            f"{quote(constant.name)} does not hold a number for each of {width} columns, the same for all "
            "samples"
        )
    evaluator.spend(width)
    if numbers.dtype.kind not in "fiub":
        raise node.refuse(f"{quote(constant.name)} holds no numbers")
    return np.broadcast_to(numbers.reshape(-1).astype(np.float64), (width,))


def take_scalar(node: Node, value: Value | None) -> float:
    """Return a constant that is a single number, or the same one all over."""
    constant = take_constant(node, value)
    number = uniform_number(constant.numbers)
    if number is None:
        raise node.refuse(f"{quote(constant.name)} is not a single number")
    return number


def uniform_number(numbers: AnyArray) -> float | None:
    """Return the number that is the same all over; None if there is none."""
    if numbers.size == 0 or numbers.dtype.kind not in "fiub":
        return None
    first = numbers.flat[0]
    return float(first) if (numbers == first).all() else None


def take_whole_numbers(node: Node, value: Value | None) -> list[int]:
    """Return a constant list of whole numbers."""
    numbers = take_constant(node, value).numbers
    if numbers.dtype.kind not in "iu" or numbers.size > 16:
        raise node.refuse("its input is no short list of whole numbers")
    return [int(number) for number in numbers.reshape(-1)]
