"""Running one node of an ONNX graph with the reference evaluator, and telling from answers what it computes.

What a node does to values that are affine is measured: the columns of each term are fed on their own, then
all of them at random. Column k of a term is fed as k + 1 + i, so that in the answer, which is shift +
scale · (k + 1 + i), the imaginary part is the scale without rounding (the complex step: Squire and Trapp
1998), and the real part tells which column it was.

The reference evaluator computes with whatever numpy can: float64 here, whatever a file says of its numbers.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.files.onnx.values import Affine, Curves, Term, Value, Vector

SPARE_ROWS = 2
"""Of a batch that measures: one of zeros, one at random."""
TOLERANCE = 1e-9
MAX_ORIGINS = 8
"""Other values that a value is known as a function of."""
BATCH_NORMALIZATION_OPSET = 15
"""Before it the reference evaluator takes the statistics of the batch."""

Operand = Value | AnyArray | None


class NotRunError(Exception):
    """The reference evaluator could not run a node on what it was given."""


class Runner:
    """Runs an operator on arrays.

    Parameters
    ----------
    operator
        With its domain before it, if that is not ONNX's own.
    opset
        Version of the operators of that domain.
    inputs
        Whether each input is there: some can be left out.
    attributes
        As the onnx library has them; what the operator does not know is passed over.

    Raises
    ------
    NotRunError
        If there is no such operator.
    """

    def __init__(
        self, operator: str, opset: int, inputs: Sequence[bool], attributes: Sequence[Any] = ()
    ) -> None:
        from onnx import GraphProto, NodeProto, ValueInfoProto, defs
        from onnx.reference import ReferenceEvaluator

        domain, _, kind = operator.rpartition(".")
        if kind == "BatchNormalization":
            opset = max(opset, BATCH_NORMALIZATION_OPSET)
        self.operator = operator
        self._names = [f"input{number}" if is_there else "" for number, is_there in enumerate(inputs)]
        infos = [ValueInfoProto(name=name) for name in self._names if name]
        try:
            schema = defs.get_schema(kind, opset, domain)
            known = [attribute for attribute in attributes if attribute.name in schema.attributes]
            types = [getattr(schema.attributes[a.name].type, "value", None) for a in known]
            if types != [attribute.type for attribute in known]:
                raise TypeError
            node = NodeProto(op_type=kind, domain=domain, input=self._names, output=["y"], attribute=known)
            graph = GraphProto(node=[node], input=infos, output=[ValueInfoProto(name="y")])
            self._evaluator = ReferenceEvaluator(graph, opsets={"": opset, domain: opset})
        except Exception as error:  # anything at all, depending on what the stranger wrote
            raise NotRunError from error
        self.fewest_inputs: int = schema.min_input

    def run(self, arrays: Sequence[Operand]) -> AnyArray:
        """Return the first output; raises `NotRunError`."""
        feeds = {name: array for name, array in zip(self._names, arrays, strict=True) if name}
        try:
            with np.errstate(all="ignore"):
                (result,) = self._evaluator.run(None, feeds)
        except Exception as error:  # anything at all, as above
            raise NotRunError from error
        return np.asarray(result)


def measure(
    runner: Runner, operands: Sequence[Operand], batch: int
) -> tuple[Affine, tuple[int, ...], int] | None:
    """Measure what an operator makes of affine values.

    Parameters
    ----------
    runner
        The operator.
    operands
        Values and constants; those are complex numbers where they are arithmetic's.
    batch
        As many samples are fed at once: a length that the graph does not know.

    Returns
    -------
    affine, shape, axis
        What it makes, its dimensions, and which of those is the batch; None if it is not affine, mixes
        samples, or adds up several columns of one term.
    """
    random = np.random.default_rng(0)
    fed = [
        (place, term, random.uniform(0.5, 1.5, term.base.width))
        for place, value in enumerate(operands)
        if isinstance(value, Value)
        for term in value.affine.terms
    ]
    step = batch - SPARE_ROWS
    answers = []
    for start in range(0, max(len(fed), 1), step):
        arrays = [
            _feed(value, place, fed, start, batch) if isinstance(value, Value) else value
            for place, value in enumerate(operands)
        ]
        answers.append(runner.run(arrays))
    shape = answers[0].shape
    for axis in (axis for axis, length in enumerate(shape) if length == batch):
        rows = [np.moveaxis(answer, axis, 0).reshape(batch, -1) for answer in answers]
        affine = _told(rows, [(term, noise) for _, term, noise in fed], step)
        if affine is not None:
            return affine, shape, axis
    return None


def _feed(
    value: Value, place: int, fed: Sequence[tuple[int, Term, Vector]], start: int, batch: int
) -> AnyArray:
    """Return a batch of an operand: some terms alone, one in a row, then zeros, and all at random."""
    rows = np.tile(value.affine.shift.astype(complex), (batch, 1))
    if not start:  # only the first answer of all at random is looked at
        for operand, term, noise in fed:
            if operand == place:
                rows[-1, term.columns] += 1j * term.scale * noise[term.index]
    for row, (operand, term, _) in enumerate(fed[start : start + batch - SPARE_ROWS]):
        if operand == place:
            rows[row, term.columns] += term.scale * (term.index + (1 + 1j))
    lengths = value.shape[: value.axis] + value.shape[value.axis + 1 :]
    return np.moveaxis(rows.reshape(batch, *lengths), 0, value.axis)


def _told(answers: Sequence[AnyArray], fed: Sequence[tuple[Term, Vector]], step: int) -> Affine | None:
    """Tell from answers which affine value was made; None if it is none."""
    zeros, at_random = answers[0][-2:]
    shift = zeros.real.copy()
    terms, expected, size = [], np.zeros(len(shift)), np.zeros(len(shift))
    for number, (term, noise) in enumerate(fed):
        response = answers[number // step][number % step] - shift
        columns = np.flatnonzero(response.imag)
        scale = response.imag[columns]
        index = np.rint(response.real[columns] / scale) - 1
        if not (np.isfinite(index) & (index >= 0) & (index < term.base.width)).all():
            return None
        if len(columns):
            terms.append(Term(term.base, columns, index.astype(np.int64), scale))
        part = scale * noise[index.astype(np.int64)]
        expected[columns] += part
        size[columns] += np.abs(part)
    is_affine = (np.abs(at_random.imag - expected) <= TOLERANCE * size) & (
        np.abs(at_random.real - shift) <= TOLERANCE * (size + np.abs(shift))
    )
    is_real = np.isfinite(zeros) & (zeros.imag == 0.0)
    return Affine(len(shift), tuple(terms), shift) if (is_affine & is_real).all() else None


def measure_curves(runner: Runner, operands: Sequence[Operand]) -> Curves | None:
    """Return what an operator makes of values as functions of others; None if they have none in common."""
    values = [operand for operand in operands if isinstance(operand, Value)]
    known = [dict(value.all_curves()) for value in values]
    origins = [origin for origin in known[0] if all(origin in other for other in known)][:MAX_ORIGINS]
    if not fit(operands) or len({value.axis for value in values}) > 1 or (len(values) > 1 and not origins):
        return None
    arrays: list[AnyArray | None] = []
    for operand in operands:
        if isinstance(operand, Value):
            points = dict(operand.all_curves())
            numbers = np.array([points[origin] for origin in origins])
        elif operand is None:
            arrays.append(None)
            continue
        elif not operand.size or (operand != operand.flat[0]).any():
            return None
        else:
            numbers = operand.flat[0]
        is_truth = runner.operator == "Not" or (runner.operator == "Where" and not arrays)
        arrays.append(np.asarray(numbers, bool if is_truth else np.float64))
    try:
        return tuple(zip(origins, runner.run(arrays), strict=True)) if origins else ()
    except NotRunError:
        return None


def fit(operands: Sequence[Operand]) -> bool:
    """Tell whether all values have one shape, and constants are the same for all samples."""
    shapes = [operand.shape for operand in operands if isinstance(operand, Value)]
    try:
        whole = np.broadcast_shapes(*(operand.shape for operand in operands if operand is not None))
    except ValueError:
        return False
    return all(shape == whole for shape in shapes)


def output_size(operator: str, attributes: Mapping[str, Any], operands: Sequence[Operand]) -> int:
    """Return how many numbers an operator makes; raises `ValueError` if shapes do not fit together."""
    shapes = [operand.shape for operand in operands if operand is not None]
    match operator:
        case "Constant" | "Shape":
            return 0
        case "Expand":
            lengths = [int(length) for length in np.ravel(operands[1])]  # type: ignore[arg-type]
            return math.prod(np.broadcast_shapes(shapes[0], tuple(lengths)))
        case "Concat":
            return sum(map(math.prod, shapes))
        case "Gather":
            kept = list(shapes[0])
            axis = int(attributes.get("axis", 0))
            if not -len(kept) <= axis < len(kept):
                raise ValueError
            del kept[axis]
            return math.prod((*kept, *shapes[1]))
        case "Flatten" | "Reshape" | "Slice" | "Squeeze" | "Unsqueeze" | "BatchNormalization":
            return math.prod(shapes[0])
    return math.prod(np.broadcast_shapes(*shapes))
