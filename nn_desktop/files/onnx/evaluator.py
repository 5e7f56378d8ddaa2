"""Evaluating an ONNX graph with values (`values`) in place of numbers: in order, and within limits."""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite, prod
from typing import Any

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.activations import find_activation
from nn_desktop.files.onnx.batches import (
    COUNTS,
    MAX_DIMENSIONS,
    MIXES,
    OTHER_BATCH,
    batch_unlike,
    check_lengths,
    check_samples,
)
from nn_desktop.files.onnx.graph import (
    BOOL,
    FLOATS,
    NUMBER_TYPES,
    Graph,
    Node,
    ValueInfo,
    followed,
    in_order,
    quote,
)
from nn_desktop.files.onnx.measuring import (
    SPARE_ROWS,
    NotRunError,
    Operand,
    Runner,
    measure,
    measure_curves,
    output_size,
)
from nn_desktop.files.onnx.operators import (
    AFFINE,
    CURVES,
    KNOWN,
    MOVES,
    NO_TABLE,
    REASONS,
    SLOW,
    UNKNOWN,
    WHOLE,
    changed,
    check_divisor,
    describe,
    need_known,
    why_not,
)
from nn_desktop.files.onnx.values import Affine, Bent, Input, Layer, Product, Sum, Value, of_base
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import MAX_UNITS

MAX_NUMBERS = 7_000_000
"""That all nodes together may compute while a graph is read."""
MAX_PIECES = 256
"""Terms that one value may be made of."""
NUMBERS_COPIED_AS_ONE = 8
COPIES = frozenset({"Cast", "Flatten", "Reshape", "Squeeze", "Transpose", "Unsqueeze"})
"""What leaves constants as many as they are."""
NEEDS_SAMPLES = frozenset({"BatchNormalization", "Gemm", "LogSoftmax", "MatMul", "Softmax"})
"""Not computed of constants either."""
COST_OF_NODE = 2_000
"""As many numbers could be computed in the time that it takes."""


class Evaluator:
    """Evaluates the nodes of a graph that an output needs.

    Attributes
    ----------
    remarks
        What is shown in another way than the graph computes it, one sentence each.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.remarks: list[str] = []
        self._makers = {name: node for node in graph.nodes for name in node.outputs if name}
        self._found: dict[str, Value | AnyArray] = {}
        self._runners: dict[tuple[Any, ...], Runner] = {}
        self._layers: dict[tuple[Affine, Activation], Layer] = {}
        self._numbers_left = MAX_NUMBERS
        self._batch = batch_unlike(graph)
        self._of_other_batch: dict[int, AnyArray] = {}
        """By constants (their `id`): what they were for `OTHER_BATCH` samples, where that differs."""
        self._whole = {info.name for info in graph.inputs if info.type not in FLOATS}
        """Names of values that are whole numbers."""

    def evaluate(self, name: str) -> Value:
        """Return an output of the graph.

        Raises
        ------
        ReadError
            If it cannot be shown as a network, or the graph is damaged.
        """
        with np.errstate(all="ignore"):  # what overflows is found where it matters
            for node in in_order(name, self._makers):
                self._found[node.outputs[0]] = self._run(node)
        value = self._find(name)
        if not isinstance(value, Value) or value.axis or len(value.shape) > 2:
            raise ReadError(
                f"its output {quote(name)} is no table with a row for each sample: choose another file"
            )
        need_known(value)
        return value

    def input_of(self, info: ValueInfo) -> Value:
        """Return an input of the graph; raises `ReadError` if it cannot be that of a network."""
        if info.type not in NUMBER_TYPES or info.type == BOOL:
            raise ReadError(f"its input {quote(info.name)} is no tensor of numbers: choose another file")
        lengths = [length for length in info.shape[1:] if length is not None]
        if not lengths or len(lengths) + 1 < len(info.shape):
            raise ReadError(
                f"its input {quote(info.name)} does not say how many numbers a sample has: export it with a "
                "shape such as (batch, 4)"
            )
        if len(info.shape) > MAX_DIMENSIONS:
            raise ReadError(
                f"its input {quote(info.name)} has {len(info.shape)} dimensions, more than the "
                f"{MAX_DIMENSIONS} that are read here: choose another file"
            )
        width = prod(lengths)
        if width > MAX_UNITS:
            raise ReadError(
                f"its input {quote(info.name)} has {width if width < 10**9 else 'far'} "
                f"numbers a sample, more than the {MAX_UNITS} units of a layer: choose a smaller network"
            )
        base = Input(info.name, width)
        return Value(of_base(base), (self._batch, *lengths), 0, f"input {quote(info.name)}")

    def _find(self, name: str) -> Value | AnyArray:
        if name not in self._found:
            infos = [info for info in self.graph.inputs if info.name == name]
            if name in self.graph.tensors:
                self._found[name] = _finite(name, self.graph.tensors[name].read())
            elif infos:
                self._found[name] = self.input_of(infos[0])
            else:  # also the second output of a node
                raise ReadError(
                    f"nothing in it makes its value {quote(name)}: export it again, or choose another file"
                )
        return self._found[name]

    def _spend(self, numbers: int) -> None:
        self._numbers_left -= numbers
        if self._numbers_left < 0:
            raise ReadError(
                "reading it takes more arithmetic than a network here can need: choose another file"
            )

    def _run(self, node: Node) -> Value | AnyArray:
        """Return the first output of a node."""
        if node.operator not in KNOWN:
            raise node.refuse(UNKNOWN)
        if len(node.outputs) > 1 and node.operator not in ("Dropout", "BatchNormalization"):
            raise node.refuse("it has more than one output")
        self._spend(COST_OF_NODE)
        operands: list[Operand] = [self._find(name) if name else None for name in followed(node)]
        plain = [attribute for attribute in node.proto.attribute if attribute.name in node.attributes]
        is_there = tuple(operand is not None for operand in operands)
        try:
            runner = self._runner(node.operator, is_there, plain)
        except NotRunError as error:
            raise node.refuse(UNKNOWN) from error
        if sum(is_there[: runner.fewest_inputs]) < runner.fewest_inputs:
            raise node.refuse("one of its inputs is missing", "export it again, or choose another file")
        self._check_whole(node, operands)
        others = [self._of_other_batch.get(id(operand), operand) for operand in operands]
        match node.operator, *operands:
            case "Dropout" | "Identity", Value() | np.ndarray() as same:
                return same
            case "Cast", Value() as same:
                if node.attributes.get("to") not in FLOATS:
                    raise node.refuse("it rounds its input to whole numbers, or makes something else of it")
                return same
            case "Shape", Value() as value:
                operands = [np.broadcast_to(0, value.shape)]
                lengths = [OTHER_BATCH if axis == value.axis else n for axis, n in enumerate(value.shape)]
                others = [np.broadcast_to(0, lengths)]
            case "Reshape", Value() as value, np.ndarray() as lengths if self._is_column(
                node, value, lengths
            ):
                return value
            case "Reshape", Value() as value, np.ndarray() as lengths:
                operands = others = [value, self._lengths(node, lengths)]
            case "Expand", np.ndarray(), np.ndarray() as lengths if id(lengths) in self._of_other_batch:
                return self._repeated(node, runner, operands)
        is_constant = not any(isinstance(operand, Value) for operand in operands)
        if is_constant:
            return self._folded(node, runner, operands, others)
        if any(other is not operand for other, operand in zip(others, operands, strict=True)):
            raise node.refuse(COUNTS)
        if node.operator in ("Softmax", "LogSoftmax"):
            return self._softmax(node, operands[0])
        if node.operator in ("Gemm", "MatMul"):
            return self._product(node, operands)
        return self._apply(node, runner, operands)

    def _check_whole(self, node: Node, operands: Sequence[Operand]) -> None:
        """Raise `ReadError` if a node computes with inputs that are whole numbers."""
        names = zip(followed(node), operands, strict=True)
        if any(name in self._whole and isinstance(operand, Value) for name, operand in names):
            if node.operator not in WHOLE:
                raise node.refuse(
                    "it computes with whole numbers", "turn them into floating-point ones before (Cast)"
                )
            if node.operator not in ("Cast", "Shape", "ai.onnx.ml.Scaler"):
                self._whole.add(node.outputs[0])

    def _runner(self, operator: str, is_there: tuple[bool, ...], attributes: Sequence[Any] = ()) -> Runner:
        """Return what runs an operator; raises `NotRunError` if there is none."""
        key = (operator, is_there, *(attribute.SerializeToString() for attribute in attributes))
        if key not in self._runners:
            opset = self.graph.opsets.get(operator.rpartition(".")[0], 1)
            self._runners[key] = Runner(operator, opset, is_there, attributes)
        return self._runners[key]

    # Of constants

    def _lengths(self, node: Node, lengths: AnyArray) -> AnyArray:
        """Return the lengths that a value gets, with the batch that is fed for the one of all inputs."""
        others = self._of_other_batch.get(id(lengths), lengths)
        lengths, others = lengths.copy(), others.copy()
        inputs = self.graph.inputs
        if lengths.size and all(info.shape[:1] == (lengths.flat[0],) for info in inputs):
            lengths.flat[0], others.flat[:1] = self._batch, OTHER_BATCH
        check_lengths(node, lengths, others, self._batch)
        return lengths

    def _repeated(self, node: Node, runner: Runner, operands: Sequence[Operand]) -> Value:
        """Return a constant that has a row for each sample."""
        constant, lengths = operands
        assert isinstance(constant, np.ndarray) and isinstance(lengths, np.ndarray)
        check_lengths(node, lengths, self._of_other_batch[id(lengths)], self._batch)
        if id(constant) in self._of_other_batch or self._batch in constant.shape:
            raise node.refuse(COUNTS)
        numbers = self._fold(node, runner, operands)
        row = numbers[0].reshape(-1).astype(np.float64) if numbers.ndim else numbers.reshape(-1)
        if numbers.shape[:1] != (self._batch,) or len(row) > MAX_UNITS:
            raise node.refuse(REASONS["Expand"])
        return Value(Affine(len(row), (), row), numbers.shape, 0, node.title)

    def _folded(
        self, node: Node, runner: Runner, operands: Sequence[Operand], others: Sequence[Operand]
    ) -> AnyArray:
        """Compute with constants alone; again for another batch, where they follow from it."""
        numbers = self._fold(node, runner, operands)
        if any(other is not operand for other, operand in zip(others, operands, strict=True)):
            other = self._fold(node, runner, others)
            if not np.array_equal(numbers, other):
                self._of_other_batch[id(numbers)] = other
        return numbers

    def _fold(self, node: Node, runner: Runner, operands: Sequence[Operand]) -> AnyArray:
        """Compute with constants alone."""
        if node.operator in SLOW | NEEDS_SAMPLES:
            raise node.refuse(NO_TABLE)
        if node.operator == "Cast" and node.attributes.get("to") not in NUMBER_TYPES:
            raise node.refuse("it makes something else than numbers of its input")
        try:
            size = output_size(node.operator, node.attributes, operands)
            is_copy = node.operator in COPIES
            self._spend(size // NUMBERS_COPIED_AS_ONE if is_copy else size)
            check_divisor(node, operands)
            numbers = runner.run(operands)
        except (NotRunError, ValueError) as error:
            raise node.refuse("its constants do not fit together") from error
        if numbers.dtype.kind not in "fiub":
            raise node.refuse("it holds no numbers")
        if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
            raise node.refuse("it makes constants that are not finite")
        return numbers

    # Of values that depend on the sample

    def _apply(self, node: Node, runner: Runner, operands: Sequence[Operand]) -> Value:
        """Apply an operator that is affine, or a function of single numbers, or that may be both."""
        values = [operand for operand in operands if isinstance(operand, Value)]
        operator = runner.operator
        self._spend(sum(value.cost() for value in values))
        check_divisor(node, operands)
        if operator in MOVES - {"Concat"} and any(isinstance(operand, Value) for operand in operands[1:]):
            raise node.refuse("a number that it needs is computed, or is missing")
        check_samples(node, operator, operands)
        is_product = operator in ("Mul", "Div") and len(values) > 1
        made = self._measured(node, runner, operands) if operator in AFFINE and not is_product else None
        curves = measure_curves(runner, operands) if operator in CURVES else None
        if made is None and curves is None:
            raise node.refuse(why_not(node, operator, operands))
        if not curves and operator not in MOVES:
            for value in values:
                need_known(value)
        if operator not in CURVES and made is not None:
            return made
        bent_by = [name for value in values for name in value.bent_by[: 8 // min(len(values), 8)]]
        if made is None:
            bent_by.append(describe(node, operands))
            made = replace(values[0], affine=of_base(Bent(values[0].width)), title=node.title)
        for origin, points in curves or ():
            activation = find_activation(points) if bent_by else None
            if activation is not None:
                made = replace(made, affine=of_base(self._layer(origin, activation, node.title)))
                break
        return replace(made, curves=curves or (), bent_by=tuple(bent_by))

    def _measured(self, node: Node, runner: Runner, operands: Sequence[Operand]) -> Value | None:
        """Return what an operator makes of affine values; None if that is not affine."""
        if node.attributes.get("training_mode"):
            raise node.refuse("it still learns", "export the network for inference")
        values = [operand for operand in operands if isinstance(operand, Value)]
        if runner.operator == "BatchNormalization" and len(operands) > 4:
            variance, epsilon = operands[4], float(node.attributes.get("epsilon", 1e-5))
            if not isinstance(variance, np.ndarray) or not (variance + epsilon > 0.0).all():
                raise node.refuse("its variances are not above 0")
        fed = [self._ready(runner.operator, operand, is_alone=len(values) == 1) for operand in operands]
        terms = sum(len(value.affine.terms) for value in fed if isinstance(value, Value))
        if max(terms, len(operands)) > MAX_PIECES:
            raise node.refuse(f"it brings together more than {MAX_PIECES} values")
        try:
            size = output_size(runner.operator, node.attributes, fed)
            if size > self._batch * MAX_UNITS:
                raise node.refuse(
                    f"it makes {size // self._batch} columns, more than the {MAX_UNITS} units of a layer"
                )
            sizes = [size, *(prod(operand.shape) for operand in fed if operand is not None)]
            self._spend(sum(sizes) * (1 + terms // (self._batch - SPARE_ROWS)))
            self._spend(sum(value.cost() for value in fed if isinstance(value, Value)))
            measured = measure(runner, fed, self._batch)
        except (NotRunError, ValueError) as error:
            if runner.operator in CURVES:
                return None  # `why_not` knows more
            raise node.refuse(REASONS.get(runner.operator, "its inputs do not fit together")) from error
        if measured is None:
            return None
        affine, shape, axis = measured
        if len(values) == 1:
            return changed(values[0], affine, shape, axis, node.title)
        return Value(affine, shape, axis, node.title)

    def _ready(self, operator: str, operand: Operand, is_alone: bool) -> Operand:
        """Return an operand as it is measured: a value that is alone as one base, be it a sum or not."""
        if isinstance(operand, Value):
            if is_alone:
                return replace(operand, affine=of_base(Sum(operand.affine)))
            affine = self._spread(operand) if operator == "Concat" else operand.affine.plain()
            return replace(operand, affine=affine)
        if operand is None or operator in MOVES - {"Concat"}:
            return operand
        return operand.astype(complex)

    def _spread(self, value: Value) -> Affine:
        """Return columns of inputs and layers side by side; a sum becomes a layer for that."""
        need_known(value)
        if not value.affine.is_sum:
            return value.affine
        return of_base(self._layer(value.affine, Activation.IDENTITY, value.title))

    def _layer(self, z: Affine, activation: Activation, title: str) -> Layer:
        """Return the layer that applies an activation to a sum."""
        return self._layers.setdefault((z, activation), Layer(len(self._layers) + 1, z, activation, title))

    def _product(self, node: Node, operands: Sequence[Operand]) -> Value:
        """Return x · weights; or weights · x, where rows and columns of x are exchanged."""
        attributes, is_gemm = node.attributes, node.operator == "Gemm"
        value, weights, addend = (*operands, None)[:3]
        is_turned = bool(attributes.get("transA")) if is_gemm else not isinstance(value, Value)
        if is_turned and not is_gemm:
            value, weights = weights, value
        if not isinstance(weights, np.ndarray):
            raise node.refuse("no layer multiplies values with one another")
        if not isinstance(value, Value) or len(value.shape) != 2 or value.axis != is_turned:
            raise node.refuse(MIXES if is_turned and isinstance(value, Value) else NO_TABLE)
        matrix = weights if (attributes.get("transB") if is_gemm else is_turned) else weights.T
        if matrix.ndim != 2 or matrix.shape[1] != value.width or not len(matrix) or matrix.dtype.kind != "f":
            raise node.refuse(
                f"it is no matrix of numbers with {value.width} columns that it multiplies with"
            )
        if len(matrix) > MAX_UNITS:
            raise node.refuse(f"it makes {len(matrix)} columns, more than the {MAX_UNITS} units of a layer")
        alpha, beta = (float(attributes.get(name, 1.0)) if is_gemm else 1.0 for name in ("alpha", "beta"))
        if not (isfinite(alpha) and isfinite(beta)):
            raise node.refuse("its alpha or beta is not finite")
        affine = of_base(Product(matrix, self._spread(value)), alpha)
        is_column = is_turned and not is_gemm
        shape = (affine.width, self._batch) if is_column else (self._batch, affine.width)
        product = Value(affine, shape, int(is_column), node.title)
        if isinstance(addend, Value) and beta != 1.0:
            addend = self._apply(node, self._runner("Mul", (True, True)), [addend, np.array(beta)])
        elif isinstance(addend, np.ndarray):
            addend = addend * beta
        return (
            product
            if addend is None
            else self._apply(node, self._runner("Add", (True, True)), [product, addend])
        )

    def _softmax(self, node: Node, value: Operand) -> Value:
        """Make an output layer of it. The logarithm of softmax is shown as softmax."""
        if not isinstance(value, Value) or len(value.shape) != 2:
            raise node.refuse(NO_TABLE)
        default = -1 if self.graph.opset >= 13 else 1
        if node.attributes.get("axis", default) not in (
            1 - value.axis,
            -1 - value.axis,
        ):
            raise node.refuse(MIXES)
        if value.width == 1:
            raise node.refuse("softmax of a single column is always 1")
        need_known(value)
        if node.operator == "LogSoftmax":
            self.remarks.append(
                "Its outputs are logarithms of probabilities; here they are the probabilities themselves."
            )
        layer = self._layer(value.affine, Activation.SOFTMAX, node.title)
        return Value(of_base(layer), value.shape, value.axis, node.title)

    def _is_column(self, node: Node, value: Value, lengths: AnyArray) -> bool:
        """Tell whether outputs are put below one another, as skl2onnx does at the end of an MLPRegressor."""
        is_output = node.outputs[0] in (info.name for info in self.graph.outputs)
        is_table = len(value.shape) == 2 and not value.axis
        if not (is_output and is_table) or value.width == 1 or lengths.tolist() != [-1, 1]:
            return False
        self.remarks.append(
            f"Its outputs are {value.width} columns, which it puts below one another at the end; here "
            "they are beside one another."
        )
        return True


def _finite(name: str, numbers: AnyArray) -> AnyArray:
    if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
        raise ReadError(f"its tensor {quote(name)} holds numbers that are not finite: choose another file")
    return numbers
