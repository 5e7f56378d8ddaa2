"""What ONNX's operators of shape make of values (`onnx_values`), as far as samples stay rows.

Source: the reference at onnx.ai/onnx/operators.
"""

from typing import Any

import numpy as np

from nn_desktop.files.onnx.arithmetic import fold
from nn_desktop.files.onnx.evaluator import (
    FLOATS,
    Arguments,
    Evaluator,
    finite_constant,
    take_columns,
    take_constant,
    take_row,
    take_whole_numbers,
)
from nn_desktop.files.onnx.graph import NUMBER_TYPES, Node
from nn_desktop.files.onnx.values import (
    Columns,
    Constant,
    Lengths,
    Part,
    Spread,
    Squeezed,
    Sum,
    Turned,
    Unflattened,
    Value,
)
from nn_desktop.network.topology import MAX_UNITS


def _whole_numbers(node: Node, name: str, value: Value | None) -> list[int]:
    """Return whole numbers: an input of newer operators, and an attribute of older ones."""
    return node.attributes.integers(name) if value is None else take_whole_numbers(node, value)


def same(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Change nothing, as when a network is used and not trained."""
    value = arguments[0]
    assert value is not None
    return value


def cast(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Take other floating-point numbers, or convert constants."""
    value, to = arguments[0], node.attributes.integer("to", 0)
    assert value is not None
    if isinstance(value, Constant):
        if to not in NUMBER_TYPES or value.numbers.dtype.kind not in "fiub":
            raise node.refuse("it makes something else than numbers of its input")
        return fold(evaluator, node, lambda numbers: numbers.astype(NUMBER_TYPES[to]), value)
    if to not in FLOATS and not isinstance(value, Lengths):
        raise node.refuse("it rounds its input to whole numbers, or makes something else of it")
    return value


def concat(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Put columns beside one another."""
    values = [value for value in arguments if value is not None]
    evaluator.check_pieces(node, len(values))
    axis = node.attributes.integer("axis", 1)
    if any(isinstance(value, Lengths) for value in values):
        entries = [entry for value in values for entry in _lengths(node, value).entries]
        return _checked(node, Lengths(tuple(entries)))
    is_turned = all(isinstance(value, Turned) for value in values)
    if is_turned:
        values, axis = [v.value for v in values if isinstance(v, Turned)], 1 if axis in (0, -2) else 0
    if axis not in (1, -1):
        raise node.refuse("it mixes the samples of a batch")
    parts: list[Part] = []
    for value in values:
        parts.extend(evaluator.spread(take_columns(node, value)).parts)
        evaluator.check_pieces(node, len(parts))
    width = sum(part.base.width for part in parts)
    made = evaluator.made(node, width, Spread(width, tuple(parts)))
    return Turned(made) if is_turned else made


def _lengths(node: Node, value: Value | None) -> Lengths:
    if isinstance(value, Lengths):
        return value
    return Lengths(tuple(take_whole_numbers(node, value)))


def _checked(node: Node, lengths: Lengths) -> Lengths:
    if len(lengths.entries) > 16:
        raise node.refuse("its value has too many dimensions")
    return lengths


def shape(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Return the lengths of a value; that of the batch is left open."""
    value = arguments[0]
    lengths: tuple[int | None, ...]
    if isinstance(value, Unflattened):
        lengths = (None, *value.shape)
    else:
        lengths = (None, take_columns(node, value).width)
    start = node.attributes.integer("start", 0)
    return Lengths(lengths[start : node.attributes.integer("end", len(lengths))])


def gather(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Pick out some lengths."""
    value = arguments[0]
    if not isinstance(value, Lengths):
        raise node.refuse("it picks out some of its input")
    places = take_whole_numbers(node, arguments[1])
    if any(not -len(value.entries) <= place < len(value.entries) for place in places):
        raise node.refuse("it picks out what is not there")
    return Lengths(
        tuple(value.entries[place] for place in places), take_constant(node, arguments[1]).numbers.ndim == 0
    )


def slice_of(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Pick out a range of lengths."""
    value = arguments[0]
    if not isinstance(value, Lengths) or arguments[4] is not None:
        raise node.refuse("it picks out some of its input")
    starts, ends = (
        _whole_numbers(node, k, v) for k, v in zip(("starts", "ends"), arguments[1:3], strict=True)
    )
    if len(starts) != 1 or len(ends) != 1:
        raise node.refuse("it picks out some of its input")
    return Lengths(value.entries[starts[0] : ends[0]])


def expand(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Repeat numbers for each sample: a layer that nothing feeds."""
    constant, lengths = take_constant(node, arguments[0]), _lengths(node, arguments[1])
    width = lengths.entries[-1] if len(lengths.entries) == 2 and lengths.entries[0] is None else None
    if width is None or not 0 < width <= MAX_UNITS:
        raise node.refuse("it makes something else than a row for each sample")
    row = take_row(evaluator, node, constant, width)
    return evaluator.made(node, width, Sum(width, (), row))


def flatten(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Make one row of each sample."""
    value, axis = arguments[0], node.attributes.integer("axis", 1)
    rank = 1 + len(value.shape) if isinstance(value, Unflattened) else 2
    if axis not in (1, 1 - rank):
        raise node.refuse("it mixes the samples of a batch")
    return value.value if isinstance(value, Unflattened) else take_columns(node, value)


def reshape(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Leave rows as they are; make rows of pictures, and numbers of rows of one column."""
    value = arguments[0]
    wanted = _lengths(node, arguments[1]).entries
    if isinstance(value, Constant):
        return _reshaped(node, value, wanted)
    columns = value.value if isinstance(value, Unflattened | Squeezed) else take_columns(node, value)
    if wanted and evaluator.is_batch(wanted[0]):
        if len(wanted) == 1 and columns.width == 1:
            return Squeezed(columns)
        # A 0 stands for the length that was there.
        same = (-1, 0, columns.width) if isinstance(value, Columns) else (-1, columns.width)
        if len(wanted) == 2 and wanted[1] in same:
            return columns
        # What skl2onnx writes at the end of an MLPRegressor, however many columns that has.
        is_output = node.outputs[0] in (info.name for info in evaluator.graph.outputs)
        if wanted == (-1, 1) and is_output and isinstance(value, Columns):
            evaluator.remarks.append(
                f"Its outputs are {columns.width} columns, which it puts below one another at the end; here "
                "they are beside one another."
            )
            return columns
    raise node.refuse("it makes another table of its input than one row for each sample")


def _reshaped(node: Node, constant: Constant, wanted: tuple[int | None, ...]) -> Constant:
    try:
        return Constant(constant.name, constant.numbers.reshape([-1 if w is None else w for w in wanted]))
    except ValueError as error:
        raise node.refuse("its constants do not have that shape") from error


def transpose(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Exchange rows and columns."""
    value, order = arguments[0], node.attributes.integers("perm")
    if order not in ([], [1, 0]):
        if order == [0, 1] and value is not None:
            return value
        raise node.refuse("its input is no table")
    if isinstance(value, Constant) and value.numbers.ndim == 2:
        return Constant(value.name, value.numbers.T)
    return value.value if isinstance(value, Turned) else Turned(take_columns(node, value))


def squeeze(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Make numbers of rows of one column."""
    value, axes = arguments[0], _whole_numbers(node, "axes", arguments[1])
    if isinstance(value, Constant):
        return _reshaped(node, value, tuple(n for n in value.numbers.shape if n != 1))
    if isinstance(value, Lengths) and len(value.entries) == 1:
        return Lengths(value.entries, is_scalar=True)
    columns = take_columns(node, value)
    if columns.width != 1 or axes not in ([1], [-1]):
        raise node.refuse("it takes a dimension away that is needed")
    return Squeezed(columns)


def unsqueeze(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Make rows of one column of numbers."""
    value, axes = arguments[0], _whole_numbers(node, "axes", arguments[1])
    if isinstance(value, Lengths) and value.is_scalar:
        return Lengths(value.entries)
    if isinstance(value, Squeezed) and axes in ([1], [-1]):
        return value.value
    if isinstance(value, Constant) and value.numbers.ndim <= 2 and axes in ([0], [1], [-1]):
        try:
            return Constant(value.name, np.expand_dims(value.numbers, axes[0]))
        except ValueError as error:
            raise node.refuse("its constants do not have that shape") from error
    raise node.refuse("it adds a dimension")


def make_constant(evaluator: Evaluator, node: Node, arguments: Arguments) -> Value:
    """Read the numbers that stand in the node."""
    attributes, name = node.attributes, node.outputs[0]
    tensor = attributes.tensor("value")
    numbers: Any
    if tensor is not None:
        numbers = tensor.read()
    elif attributes.has("value_float"):
        numbers = np.array(attributes.number("value_float", 0.0), np.float32)
    elif attributes.has("value_floats"):
        numbers = attributes.numbers("value_floats")
    elif attributes.has("value_int"):
        numbers = np.array(attributes.integer("value_int", 0), np.int64)
    elif attributes.has("value_ints"):
        numbers = np.array(attributes.integers("value_ints"), np.int64)
    else:
        raise node.refuse("it holds no numbers")
    return finite_constant(name, numbers)
