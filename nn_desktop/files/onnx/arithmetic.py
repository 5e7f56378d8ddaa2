"""What ONNX's operators of arithmetic make of values (`onnx_values`): functions, sums, products, softmax.

Batches are rows; an operator that mixes rows, or brings columns of different layers together in a way that no
layer does, is refused by the name of its node. Source: the reference at onnx.ai/onnx/operators.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.files.onnx.activations import BENDS, PAIRS, describe_bend
from nn_desktop.files.onnx.evaluator import (
    Arguments,
    Evaluator,
    finite_constant,
    need_affine,
    take_columns,
    take_constant,
    take_row,
    take_scalar,
    uniform_number,
)
from nn_desktop.files.onnx.graph import Node, quote
from nn_desktop.files.onnx.values import (
    Columns,
    Constant,
    Curve,
    Squeezed,
    Sum,
    Turned,
    Value,
    Vector,
    added,
    multiplied,
    scaled,
)
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import MAX_UNITS

_FOLDED = frozenset({"Abs", "Exp", "Log", "Reciprocal", "Sqrt"})
"""Functions that are also computed of constants: others could take long."""
# Functions of single numbers


def bend(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Apply a function of single numbers, such as Tanh."""
    value = arguments[0]
    function = BENDS[node.operator]
    if isinstance(value, Constant) and node.operator in _FOLDED:
        return fold(evaluator, node, lambda numbers: function(numbers, node), value)
    return _bent(evaluator, node, value, lambda values: function(values, node), describe_bend(node))


def _bent(
    evaluator: Evaluator,
    node: Node,
    value: Value | None,
    function: Callable[[AnyArray], AnyArray],
    what: str,
) -> Value:
    """Apply a function that is not affine to each number."""
    if isinstance(value, Turned | Squeezed):
        inner = _bent(evaluator, node, value.value, function, what)
        assert isinstance(inner, Columns)
        return replace(value, value=inner)
    columns = take_columns(node, value)
    curves = tuple(Curve(c.origin, _apply(function, c.values)) for c in columns.all_curves())
    return evaluator.made(node, columns.width, None, curves, (*columns.bent_by[:8], what))


def _apply(function: Callable[..., AnyArray], *values: AnyArray | float) -> AnyArray:
    with np.errstate(all="ignore"):
        return np.asarray(function(*values), np.float64)


def clip(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Cut off below and above."""
    low = _limit(node, "min", -math.inf, arguments[1])
    high = _limit(node, "max", math.inf, arguments[2])
    what = f"Clip to {low:g} … {high:g}"
    return _bent(evaluator, node, arguments[0], lambda z: np.minimum(np.maximum(z, low), high), what)


def _limit(node: Node, name: str, default: float, value: Value | None) -> float:
    """Return a limit: an input of newer operators, and an attribute of older ones."""
    return node.attributes.number(name, default) if value is None else take_scalar(node, value)


def where(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Choose number by number: the condition and both choices must be functions of one value."""
    condition = take_columns(node, arguments[0])
    yes, no = (_curves_of(node, value) for value in arguments[1:3])
    curves = []
    for curve in condition.all_curves():
        if_yes = yes if isinstance(yes, float) else yes.get(id(curve.origin))
        if_no = no if isinstance(no, float) else no.get(id(curve.origin))
        if if_yes is not None and if_no is not None:
            chosen = np.where(curve.values != 0, np.asarray(if_yes), np.asarray(if_no))
            curves.append(Curve(curve.origin, chosen))
    bent_by = [name for value in arguments if isinstance(value, Columns) for name in value.bent_by]
    return evaluator.made(node, condition.width, None, tuple(curves), (*bent_by[:8], "Where"))


def _curves_of(node: Node, value: Value | None) -> float | Mapping[int, AnyArray]:
    """Return what a value is as a function of each of its origins; a constant is one number for all."""
    if isinstance(value, Constant):
        return take_scalar(node, value)
    return {id(curve.origin): curve.values for curve in take_columns(node, value).all_curves()}


# Arithmetic


def arithmetic(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Combine two values, number by number."""
    return _combine(evaluator, node, node.operator, arguments[0], arguments[1])


def arithmetic_of_many(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Combine any number of values, two by two."""
    evaluator.check_pieces(node, len(node.inputs))
    operator = "Add" if node.operator == "Sum" else node.operator
    value = arguments[0]
    assert value is not None
    for argument in arguments[1 : len(node.inputs)]:
        value = _combine(evaluator, node, operator, value, argument)
    return value


def _combine(
    evaluator: Evaluator, node: Node, operator: str, one: Value | None, other: Value | None
) -> Value:
    """Combine two values, number by number."""
    if isinstance(one, Constant) and isinstance(other, Constant):
        return fold(evaluator, node, PAIRS[operator], one, other)
    for kind in (Turned, Squeezed):
        if isinstance(one, kind) or isinstance(other, kind):
            inner = _combine(evaluator, node, operator, _inside(node, kind, one), _inside(node, kind, other))
            assert isinstance(inner, Columns)
            return kind(inner)
    if isinstance(other, Constant):
        return _with_constant(evaluator, node, operator, take_columns(node, one), other, constant_first=False)
    if isinstance(one, Constant):
        return _with_constant(evaluator, node, operator, take_columns(node, other), one, constant_first=True)
    return _with_columns(evaluator, node, operator, take_columns(node, one), take_columns(node, other))


def _inside(node: Node, kind: type[Turned] | type[Squeezed], value: Value | None) -> Value:
    """Return an operand as it is where rows are samples."""
    if isinstance(value, kind):
        return value.value
    constant = take_constant(node, value)
    if kind is Turned:
        if constant.numbers.ndim > 2 or (constant.numbers.ndim == 1 and constant.numbers.size > 1):
            raise node.refuse("its values are turned, and its constant is not")
        return Constant(constant.name, constant.numbers.T)
    if constant.numbers.size != 1:
        raise node.refuse("it combines a number for each sample with several numbers")
    return constant


def _with_constant(
    evaluator: Evaluator, node: Node, operator: str, value: Columns, constant: Constant, constant_first: bool
) -> Columns:
    row = take_row(evaluator, node, constant, value.width)
    number = uniform_number(row)
    function = PAIRS[operator]
    curves: tuple[Curve, ...] = ()
    if number is not None:
        curves = tuple(
            Curve(
                curve.origin,
                _apply(function, number, curve.values)
                if constant_first
                else _apply(function, curve.values, number),
            )
            for curve in value.all_curves()
        )
    change = _change(node, operator, row, constant_first)
    if change is None:
        if number is None:
            raise node.refuse("it does with each column something else, and is no layer")
        return evaluator.made(node, value.width, None, curves, (*value.bent_by[:8], operator))
    affine = None
    if value.affine is not None or not curves:
        affine = scaled(need_affine(value), *change)
    return evaluator.made(node, value.width, affine, curves, value.bent_by)


def _change(
    node: Node, operator: str, row: Vector, constant_first: bool
) -> tuple[Vector | None, Vector | None] | None:
    """Return factor and addend of an affine change; None if it is not affine."""
    match operator:
        case "Add":
            return None, row
        case "Sub":
            return (np.full(len(row), -1.0), row) if constant_first else (None, -row)
        case "Mul":
            return row, None
        case "Div" if not constant_first:
            if not row.all():
                raise node.refuse("it divides by 0")
            return 1.0 / row, None
    return None


def _with_columns(evaluator: Evaluator, node: Node, operator: str, one: Columns, other: Columns) -> Columns:
    if one.width != other.width:
        raise node.refuse(f"it combines {one.width} columns with {other.width}")
    others = {id(curve.origin): curve.values for curve in other.all_curves()}
    curves = tuple(
        Curve(curve.origin, _apply(PAIRS[operator], curve.values, others[id(curve.origin)]))
        for curve in one.all_curves()
        if id(curve.origin) in others
    )
    bent_by = (*one.bent_by[:4], *other.bent_by[:4])
    if operator in ("Add", "Sub"):
        affine = None
        if (one.affine is not None and other.affine is not None) or not curves:
            second = need_affine(other)
            if operator == "Sub":
                second = scaled(second, np.full(other.width, -1.0), None)
            affine = added(need_affine(one), second)
            evaluator.spend(one.width * len(affine.terms))
        return evaluator.made(node, one.width, affine, curves, bent_by)
    if not curves:
        raise node.refuse(f"no layer brings values of different layers together by {operator}")
    return evaluator.made(node, one.width, None, curves, (*bent_by, operator))


def negative(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Return the negative."""
    minus_one = Constant("-1", np.array(-1.0))
    return _combine(evaluator, node, "Mul", arguments[0], minus_one)


def fold(
    evaluator: Evaluator, node: Node, function: Callable[..., AnyArray], *constants: Constant
) -> Constant:
    """Compute with constants alone."""
    try:
        shape = np.broadcast_shapes(*(constant.numbers.shape for constant in constants))
        evaluator.spend(math.prod(shape))
        with np.errstate(all="ignore"):
            numbers = np.asarray(function(*(constant.numbers for constant in constants)))
    except (ValueError, TypeError) as error:
        raise node.refuse("its constants do not fit together") from error
    if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
        raise node.refuse("it makes constants that are not finite")
    return Constant(node.outputs[0], numbers)


# Products


def gemm(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Return alpha · x · weights + beta · addend: a layer's sum, maybe with another one added."""
    value, weights = arguments[0], take_constant(node, arguments[1])
    if node.attributes.integer("transA", 0):
        if not isinstance(value, Turned):
            raise node.refuse("it mixes the samples of a batch")
        value = value.value
    matrix = weights.numbers if node.attributes.integer("transB", 0) else _transposed(node, weights)
    alpha, beta = node.attributes.number("alpha", 1.0), node.attributes.number("beta", 1.0)
    if not (math.isfinite(alpha) and math.isfinite(beta)):
        raise node.refuse("its alpha or beta is not finite")
    product = _product(evaluator, node, take_columns(node, value), matrix)
    if alpha != 1.0:
        rows = np.full(product.width, alpha)
        product = replace(product, terms=tuple(replace(term, rows=rows) for term in product.terms))
    addend = arguments[2]
    if isinstance(addend, Constant):
        product = replace(product, bias=beta * take_row(evaluator, node, addend, product.width))
    elif addend is not None:
        other = need_affine(take_columns(node, addend))
        if other.width != product.width:
            raise node.refuse(f"it adds {other.width} columns to {product.width}")
        product = added(product, scaled(other, np.full(product.width, beta), None))
    return evaluator.made(node, product.width, product)


def matmul(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Return x · weights; or weights · x, where rows and columns of x are exchanged."""
    one, other = arguments[:2]
    if isinstance(one, Constant) and isinstance(other, Turned):
        product = _product(evaluator, node, other.value, one.numbers)
        return Turned(evaluator.made(node, product.width, product))
    if not isinstance(other, Constant):
        raise node.refuse("no layer multiplies values with one another")
    product = _product(evaluator, node, take_columns(node, one), _transposed(node, other))
    return evaluator.made(node, product.width, product)


def _product(evaluator: Evaluator, node: Node, value: Columns, matrix: AnyArray) -> Sum:
    """Return matrix · value; the matrix has shape (units, width)."""
    if matrix.ndim != 2 or matrix.shape[1] != value.width or not len(matrix) or matrix.dtype.kind != "f":
        raise node.refuse(f"it is no matrix of numbers with {value.width} columns that it multiplies with")
    if len(matrix) > MAX_UNITS:
        raise node.refuse(f"it makes {len(matrix)} columns, more than the {MAX_UNITS} units of a layer")
    return multiplied(evaluator.spread(value), matrix, np.zeros(len(matrix)))


def _transposed(node: Node, constant: Constant) -> AnyArray:
    if constant.numbers.ndim != 2:
        raise node.refuse(f"{quote(constant.name)} is no matrix")
    return constant.numbers.T


# Layers of a kind of their own


def softmax(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Make an output layer of it. The logarithm of softmax is shown as softmax."""
    value = arguments[0]
    axis = node.attributes.integer("axis", -1 if evaluator.graph.opset >= 13 else 1)
    is_turned = isinstance(value, Turned)
    if isinstance(value, Turned):
        value, axis = value.value, 1 if axis in (0, -2) else 0
    columns = take_columns(node, value)
    if axis not in (1, -1):
        raise node.refuse("it mixes the samples of a batch")
    if columns.width == 1:
        raise node.refuse("softmax of a single column is always 1")
    need_affine(columns)
    if node.operator == "LogSoftmax":
        evaluator.remarks.append(
            "Its outputs are logarithms of probabilities; here they are the probabilities themselves."
        )
    made = evaluator.made(node, columns.width, evaluator.layer(columns, Activation.SOFTMAX, node.title))
    return Turned(made) if is_turned else made


def batch_normalization(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Return (x - mean) / √(variance + epsilon) · scale + bias, column by column."""
    columns = take_columns(node, arguments[0])
    if node.attributes.integer("training_mode", 0):
        raise node.refuse("it still learns", "export the network for inference")
    scale, bias, mean, variance = (
        take_row(evaluator, node, take_constant(node, argument), columns.width) for argument in arguments[1:5]
    )
    with np.errstate(all="ignore"):
        factor = scale / np.sqrt(variance + node.attributes.number("epsilon", 1e-5))
    if not np.isfinite(factor).all():
        raise node.refuse("its variances are not above 0")
    affine = scaled(need_affine(columns), factor, bias - mean * factor)
    return evaluator.made(node, columns.width, affine)


def scaler(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Do what scikit-learn's StandardScaler and MinMaxScaler become: (x - offset) · scale."""
    columns = take_columns(node, arguments[0])
    offset, scale = (
        take_row(evaluator, node, finite_constant(name, node.attributes.numbers(name)), columns.width)
        for name in ("offset", "scale")
    )
    affine = scaled(scaled(need_affine(columns), None, -offset), scale, None)
    return evaluator.made(node, columns.width, affine)
