"""The ONNX operators that networks which can be shown here are made of, and why a node is none of theirs."""

from collections.abc import Sequence
from math import inf

import numpy as np

from nn_desktop.files.onnx.graph import Node, quote
from nn_desktop.files.onnx.measuring import Operand, fit
from nn_desktop.files.onnx.values import Value

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
UNKNOWN = "its operator is none that networks here are made of"
NO_TABLE = "its input is no table with a row for each sample"
MIXES = "it mixes the samples of a batch"
REASONS = {
    "Expand": "it makes something else than a row for each sample",
    "Gather": "it picks out some of its input",
    "Reshape": "it makes another table of its input than one row for each sample",
    "Slice": "it picks out some of its input",
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
