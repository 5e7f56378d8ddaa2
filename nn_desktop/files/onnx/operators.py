"""The ONNX operators that networks which can be shown here are made of, and why a node is none of theirs."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import numpy as np

from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.batches import MIXES, PICKS, TABLE
from nn_desktop.files.onnx.graph import Node, quote
from nn_desktop.files.onnx.measuring import Operand, fit
from nn_desktop.files.onnx.values import Affine, Sum, Value
from nn_desktop.network.functions import ACTIVATIONS, Activation
from nn_desktop.texts import shown

ARITHMETIC = frozenset({"Add", "Sub", "Mul", "Div", "Sum", "Neg"})
"""Affine or not, as their inputs are; number by number."""
MOVES = frozenset({"Concat", "Flatten", "Gather", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"})
AFFINE = ARITHMETIC | MOVES | {"BatchNormalization", "ai.onnx.ml.Scaler"}
CURVES = ARITHMETIC | {
    "Abs", "Celu", "Clip", "Cos", "Elu", "Erf", "Exp", "Gelu", "Greater", "GreaterOrEqual", "HardSigmoid",
    "HardSwish", "LeakyRelu", "Less", "LessOrEqual", "Log", "Max", "Min", "Mish", "Not", "PRelu", "Pow",
    "Reciprocal", "Relu", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh",
    "ThresholdedRelu", "Where",
}  # fmt: skip
"""Functions of single numbers."""
SLOW = CURVES - ARITHMETIC - {"Abs", "Exp", "Log", "Pow", "Sqrt", "Where"}
"""Not computed of constants."""
KNOWN = CURVES | AFFINE | {
    "Cast", "Constant", "Dropout", "Expand", "Gemm", "Identity", "LogSoftmax", "MatMul", "Shape", "Softmax"
}  # fmt: skip
WHOLE = MOVES | {"Cast", "Constant", "Dropout", "Identity", "Shape", "ai.onnx.ml.Scaler"}
"""What is done to whole numbers as to others."""
UNKNOWN = "its operator is none that networks here are made of"
NO_TABLE = "its input is no table with a row for each sample"
REASONS = {
    "Expand": "it makes something else than a row for each sample",
    "Gather": PICKS,
    "Reshape": TABLE,
    "Slice": PICKS,
    "Squeeze": "it takes a dimension away that is needed",
    "Unsqueeze": "it adds a dimension",
}


def why_not(node: Node, operator: str, operands: Sequence[Operand]) -> str:
    """Say why an operator is neither affine nor a function that is the same for all numbers."""
    if operator not in CURVES:
        return REASONS.get(operator, MIXES)
    first, *others = (operand for operand in operands if isinstance(operand, Value))
    if others and any(other.width != first.width for other in others):
        return f"it combines {first.width} columns with {others[0].width}"
    if others:
        return f"no layer brings values of different layers together by {operator}"
    for name, operand in zip(node.inputs[-len(operands) :], operands, strict=False):
        if isinstance(operand, np.ndarray) and not fit([first, operand]):
            return (
                f"{quote(name)} does not hold a number for each of {first.width} columns, the same for "
                "all samples"
            )
    return "it does with each column something else, and is no layer"


def describe(node: Node, operands: Sequence[Operand]) -> str:
    """Say what a node computes: its operator, and what distinguishes it from that of the same name here."""
    if node.operator == "Clip":  # its limits are attributes in old files
        named = (node.attributes.get("min"), node.attributes.get("max"))
        limits = [
            n if isinstance(n, float) else default for n, default in zip(named, (-inf, inf), strict=True)
        ]
        low, high = (
            limit.flat[0] if isinstance(limit, np.ndarray) else default
            for limit, default in zip((*operands, None, None)[1:3], limits, strict=True)
        )
        return f"Clip to {low:g} … {high:g}"
    if node.operator == "Gelu":
        return 'Gelu without approximate="tanh"'
    alpha = node.attributes.get("alpha")
    return f"{node.operator} with alpha {alpha:.6g}" if isinstance(alpha, float) else node.operator


def need_known(value: Value) -> None:
    """Raise `ReadError` if a value is neither affine nor an activation."""
    if value.is_bent():
        used = " and ".join(dict.fromkeys(value.bent_by)) or "what it computes"
        known = ", ".join(a.value for a in ACTIVATIONS if a is not Activation.SOFTMAX)
        raise ReadError(
            f"its {value.title} cannot be shown here, since {shown(used, 200)} makes none of the activations "
            f"that there are here: use one of {known}"
        )


def changed(value: Value, change: Affine, shape: tuple[int, ...], axis: int, title: str) -> Value:
    """Return a value after a change, which was measured with the whole value as one base."""
    affine, term = value.affine, change.terms[0] if change.terms else None
    if term is None:
        affine = change
    elif term.is_whole(affine.width) and (term.scale == 1.0).all():
        if not change.shift.any():  # only its shape is another one
            return replace(value, shape=shape, axis=axis)
        affine = replace(affine, shift=affine.shift + change.shift)
    elif affine.is_sum and not any(isinstance(own.base, Sum) for own in affine.terms):
        affine = change
    else:
        affine = change.plain(of=affine)
    return Value(affine, shape, axis, title, (), value.bent_by if value.is_bent() else ())


def check_divisor(node: Node, operands: Sequence[Operand]) -> None:
    """Raise `ReadError` if a node divides by a constant that is 0."""
    divisor = operands[1] if node.operator == "Div" else None
    if isinstance(divisor, np.ndarray) and not divisor.all():
        raise node.refuse("it divides by 0")
