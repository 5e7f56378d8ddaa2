"""Functions of one number: those that ONNX has operators for, and which of them are activations here.

A function is known by what it makes of some points. So an activation is found whatever it was composed of.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.engines.numpy_functions import activate
from nn_desktop.files.onnx.graph import Node
from nn_desktop.network.functions import Activation

_NEAR = np.sin(np.arange(1, 48)) * np.linspace(0.05, 12.0, 47)
_FAR = np.array([-700.0, -81.3, -29.1, 17.7, 22.9, 28.3, 79.7, 650.0, 4321.0])
POINTS = np.concatenate([[0.0], _NEAR, _FAR])
"""Where functions are compared: around 0 at uneven places, and far out, where some are cut off."""
_MUST_BE_FINITE = np.abs(POINTS) < 30.0
TOLERANCE = 1e-6
"""Constants such as √(2/π) are rounded to float32 in files."""


# Operators: their formulas are those of onnx.ai/onnx/operators


def _erf(z: AnyArray) -> AnyArray:
    return np.array([math.erf(value) for value in z])


KNOWN: Mapping[Activation, Callable[[AnyArray], AnyArray]] = {
    activation: partial(activate, activation)
    for activation in Activation
    if activation not in (Activation.IDENTITY, Activation.SOFTMAX)
}
"""The activations that there are here, but for the identity and softmax."""
_KNOWN_VALUES = np.array([function(POINTS) for function in KNOWN.values()])


def find_activation(values: AnyArray) -> Activation | None:
    """Find the activation that makes these values of `POINTS`.

    Far out a composition may have become infinite or not a number: that is not compared.
    """
    finite = np.isfinite(values)
    if not finite[_MUST_BE_FINITE].all():
        return None
    with np.errstate(all="ignore"):
        near = np.abs(_KNOWN_VALUES - values) <= TOLERANCE * np.maximum(1.0, np.abs(_KNOWN_VALUES))
    fits = (near | ~finite).all(axis=1)
    return list(KNOWN)[int(fits.argmax())] if fits.any() else None


def _elu(z: AnyArray, node: Node) -> AnyArray:
    return np.where(z > 0, z, node.attributes.number("alpha", 1.0) * np.expm1(np.minimum(z, 0.0)))


def _celu(z: AnyArray, node: Node) -> AnyArray:
    alpha = node.attributes.number("alpha", 1.0)
    return np.maximum(z, 0.0) + np.minimum(0.0, alpha * np.expm1(z / alpha))


def _selu(z: AnyArray, node: Node) -> AnyArray:
    alpha = node.attributes.number("alpha", 1.67326319217681884765625)
    gamma = node.attributes.number("gamma", 1.05070102214813232421875)
    return gamma * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


def _gelu(z: AnyArray, node: Node) -> AnyArray:
    if node.attributes.text("approximate", "none") == "tanh":
        return KNOWN[Activation.GELU](z)
    return 0.5 * z * (1.0 + _erf(z / math.sqrt(2.0)))


def _hard_sigmoid(z: AnyArray, node: Node) -> AnyArray:
    alpha, beta = node.attributes.number("alpha", 0.2), node.attributes.number("beta", 0.5)
    return np.clip(alpha * z + beta, 0.0, 1.0)


def _leaky_relu(z: AnyArray, node: Node) -> AnyArray:
    return np.where(z > 0, z, node.attributes.number("alpha", 0.01) * z)


def _swish(z: AnyArray, node: Node) -> AnyArray:
    return z * KNOWN[Activation.SIGMOID](node.attributes.number("alpha", 1.0) * z)


def _thresholded_relu(z: AnyArray, node: Node) -> AnyArray:
    return np.where(z > node.attributes.number("alpha", 1.0), z, 0.0)


Bend = Callable[[AnyArray, Node], AnyArray]


def _plain(function: Callable[[AnyArray], AnyArray]) -> Bend:
    """Make a function of a node that has no attributes."""
    return lambda z, node: function(z)


BENDS: Mapping[str, Bend] = {
    "Abs": _plain(np.abs),
    "Celu": _celu,
    "Cos": _plain(np.cos),
    "Elu": _elu,
    "Erf": _plain(_erf),
    "Exp": _plain(np.exp),
    "Gelu": _gelu,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": _plain(lambda z: z * np.clip(z / 6.0 + 0.5, 0.0, 1.0)),
    "LeakyRelu": _leaky_relu,
    "Log": _plain(np.log),
    "Mish": _plain(lambda z: z * np.tanh(KNOWN[Activation.SOFTPLUS](z))),
    "Not": _plain(np.logical_not),
    "Reciprocal": _plain(np.reciprocal),
    "Relu": _plain(lambda z: np.maximum(z, 0.0)),
    "Selu": _selu,
    "Sigmoid": _plain(KNOWN[Activation.SIGMOID]),
    "Sign": _plain(np.sign),
    "Sin": _plain(np.sin),
    "Softplus": _plain(KNOWN[Activation.SOFTPLUS]),
    "Softsign": _plain(lambda z: z / (1.0 + np.abs(z))),
    "Sqrt": _plain(np.sqrt),
    "Swish": _swish,
    "Tanh": _plain(np.tanh),
    "ThresholdedRelu": _thresholded_relu,
}
"""Operators of one value that are not affine."""

PAIRS: Mapping[str, Callable[[AnyArray, AnyArray], AnyArray]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Pow": np.power,
    "Max": np.maximum,
    "Min": np.minimum,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "PRelu": lambda z, slope: np.where(z > 0, z, slope * z),
}
"""Operators of two values; the first four can be affine."""


def describe_bend(node: Node) -> str:
    """Say what a node computes: its operator, and what distinguishes it from that of the same name here."""
    alpha = node.attributes.number("alpha", math.nan)
    if node.operator == "Gelu":
        return 'Gelu without approximate="tanh"'
    return node.operator if math.isnan(alpha) else f"{node.operator} with alpha {alpha:.6g}"
