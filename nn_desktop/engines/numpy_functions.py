"""Activations and losses in numpy.

All work on arrays (units, batch) and write into arrays they are given, so that the common ones allocate
nothing in a step.
"""

from collections.abc import Callable

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.network.functions import HUBER_DELTA, LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE, Activation, Loss

Function = Callable[[FloatArray, FloatArray], None]
"""f(z, a) writes a = g(z)."""
Slope = Callable[[FloatArray, FloatArray, FloatArray], None]
"""f(z, a, s) writes s = g'(z), given z and a = g(z)."""
LossValue = Callable[[FloatArray, FloatArray, FloatArray], float]
"""f(z, a, y): the mean loss over the batch, from z and a of the output layer and the targets y."""
LossSlope = Callable[[FloatArray, FloatArray, FloatArray], None]
"""f(a, y, d) writes d = ∂L/∂a (for the cross-entropies ∂L/∂z), the mean over the batch included."""

GELU_SCALE = float(np.sqrt(2 / np.pi))
GELU_CUBIC = 0.044715


def _identity(z: FloatArray, a: FloatArray) -> None:
    np.copyto(a, z)


def _identity_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    s.fill(1)


def _sigmoid(z: FloatArray, a: FloatArray) -> None:
    # ½ (1 + tanh(z/2)) is the same function and cannot overflow.
    np.multiply(z, 0.5, a)
    np.tanh(a, a)
    np.add(a, 1, a)
    np.multiply(a, 0.5, a)


def _sigmoid_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    np.subtract(1, a, s)
    np.multiply(s, a, s)


def _tanh(z: FloatArray, a: FloatArray) -> None:
    np.tanh(z, a)


def _tanh_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    np.multiply(a, a, s)
    np.subtract(1, s, s)


def _relu(z: FloatArray, a: FloatArray) -> None:
    np.maximum(z, 0, out=a)


def _relu_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    np.greater(z, 0, s)


def _leaky_relu(z: FloatArray, a: FloatArray) -> None:
    np.multiply(z, LEAKY_SLOPE, a)
    np.maximum(z, a, out=a)


def _leaky_relu_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    np.greater(z, 0, s)
    np.maximum(s, LEAKY_SLOPE, out=s)


def _elu(z: FloatArray, a: FloatArray) -> None:
    np.minimum(z, 0, out=a)
    np.expm1(a, a)
    np.maximum(z, a, out=a)  # z > 0: eᶻ − 1 was made 0, and z is larger; z ≤ 0: eᶻ − 1 ≥ z


def _elu_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    np.minimum(a, 0, out=s)  # for z ≤ 0: eᶻ = a + 1
    np.add(s, 1, s)


def _selu(z: FloatArray, a: FloatArray) -> None:
    np.minimum(z, 0, out=a)
    np.expm1(a, a)
    np.multiply(a, SELU_ALPHA, a)
    np.copyto(a, z, where=z > 0)
    np.multiply(a, SELU_SCALE, a)


def _selu_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    np.add(a, SELU_SCALE * SELU_ALPHA, s)  # for z ≤ 0: λ α eᶻ = a + λ α
    np.copyto(s, SELU_SCALE, where=z > 0)


def _softplus(z: FloatArray, a: FloatArray) -> None:
    np.logaddexp(z, 0, a)


def _softplus_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    _sigmoid(z, s)


def _gelu_inner(z: FloatArray, t: FloatArray) -> None:
    """Write t = tanh(√(2/π) (z + 0.044715 z³)) (Hendrycks and Gimpel 2016)."""
    np.multiply(z, z, t)
    np.multiply(t, GELU_CUBIC, t)
    np.add(t, 1, t)
    np.multiply(t, z, t)
    np.multiply(t, GELU_SCALE, t)
    np.tanh(t, t)


def _gelu(z: FloatArray, a: FloatArray) -> None:
    _gelu_inner(z, a)
    np.add(a, 1, a)
    np.multiply(a, z, a)
    np.multiply(a, 0.5, a)


def _gelu_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    # ½ (1 + t) + ½ z (1 − t²) √(2/π) (1 + 3 · 0.044715 z²)
    t = np.empty_like(z)
    _gelu_inner(z, t)
    np.multiply(z, z, s)
    np.multiply(s, 3 * GELU_CUBIC, s)
    np.add(s, 1, s)
    np.multiply(s, z, s)
    np.multiply(s, GELU_SCALE, s)
    s *= 1 - t * t
    s += 1 + t
    np.multiply(s, 0.5, s)


def _swish(z: FloatArray, a: FloatArray) -> None:
    _sigmoid(z, a)
    np.multiply(a, z, a)


def _swish_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    # σ(z) + z σ(z) (1 − σ(z)); written with a = z σ(z) it would cancel where z is large
    _sigmoid(z, s)
    s *= 1 + z * (1 - s)


def _sine(z: FloatArray, a: FloatArray) -> None:
    np.sin(z, a)


def _sine_slope(z: FloatArray, a: FloatArray, s: FloatArray) -> None:
    np.cos(z, s)


def _softmax(z: FloatArray, a: FloatArray) -> None:
    np.subtract(z, z.max(axis=0), a)  # the largest becomes e⁰: nothing overflows
    np.exp(a, a)
    np.divide(a, a.sum(axis=0), a)


def softmax_delta(a: FloatArray, upstream: FloatArray, delta: FloatArray) -> None:
    """Write δᵢ = aᵢ (uᵢ − Σⱼ aⱼuⱼ): every softmax output depends on every z of its layer."""
    np.multiply(a, upstream, delta)
    np.subtract(upstream, delta.sum(axis=0), delta)
    np.multiply(delta, a, delta)


FUNCTIONS: dict[Activation, Function] = {
    Activation.IDENTITY: _identity,
    Activation.SIGMOID: _sigmoid,
    Activation.TANH: _tanh,
    Activation.RELU: _relu,
    Activation.LEAKY_RELU: _leaky_relu,
    Activation.ELU: _elu,
    Activation.SELU: _selu,
    Activation.SOFTPLUS: _softplus,
    Activation.GELU: _gelu,
    Activation.SWISH: _swish,
    Activation.SINE: _sine,
    Activation.SOFTMAX: _softmax,
}


def activate(activation: Activation, z: FloatArray) -> FloatArray:
    """Return a = g(z), shape (units, batch), in an array of its own."""
    a = np.empty_like(z)
    FUNCTIONS[activation](z, a)
    return a


SLOPES: dict[Activation, Slope] = {
    Activation.IDENTITY: _identity_slope,
    Activation.SIGMOID: _sigmoid_slope,
    Activation.TANH: _tanh_slope,
    Activation.RELU: _relu_slope,
    Activation.LEAKY_RELU: _leaky_relu_slope,
    Activation.ELU: _elu_slope,
    Activation.SELU: _selu_slope,
    Activation.SOFTPLUS: _softplus_slope,
    Activation.GELU: _gelu_slope,
    Activation.SWISH: _swish_slope,
    Activation.SINE: _sine_slope,
}
"""Softmax is missing: see `softmax_delta`."""


def _mean_squared_error(z: FloatArray, a: FloatArray, y: FloatArray) -> float:
    e = (a - y).ravel()
    return float(np.dot(e, e)) / e.size


def _mean_squared_error_slope(a: FloatArray, y: FloatArray, d: FloatArray) -> None:
    np.subtract(a, y, d)
    np.multiply(d, 2 / y.size, d)


def _half_squared_error(z: FloatArray, a: FloatArray, y: FloatArray) -> float:
    e = (a - y).ravel()
    return float(0.5 * np.dot(e, e) / y.shape[1])


def _half_squared_error_slope(a: FloatArray, y: FloatArray, d: FloatArray) -> None:
    np.subtract(a, y, d)
    np.multiply(d, 1 / y.shape[1], d)


def _mean_absolute_error(z: FloatArray, a: FloatArray, y: FloatArray) -> float:
    return float(np.abs(a - y).mean())


def _mean_absolute_error_slope(a: FloatArray, y: FloatArray, d: FloatArray) -> None:
    np.subtract(a, y, d)
    np.sign(d, d)
    np.multiply(d, 1 / y.size, d)


def _huber(z: FloatArray, a: FloatArray, y: FloatArray) -> float:
    e = np.abs(a - y)
    near = np.minimum(e, HUBER_DELTA)
    return float((near * (e - 0.5 * near)).mean())


def _huber_slope(a: FloatArray, y: FloatArray, d: FloatArray) -> None:
    np.subtract(a, y, d)
    np.clip(d, -HUBER_DELTA, HUBER_DELTA, d)
    np.multiply(d, 1 / y.size, d)


def _binary_cross_entropy(z: FloatArray, a: FloatArray, y: FloatArray) -> float:
    # −y ln σ(z) − (1 − y) ln(1 − σ(z)) = ln(1 + eᶻ) − y z: finite for every z
    return float((np.logaddexp(z, 0) - y * z).mean())


def _categorical_cross_entropy(z: FloatArray, a: FloatArray, y: FloatArray) -> float:
    # −Σ y ln softmax(z) = ln Σ eᶻ − Σ y z for targets that add up to 1, shifted so that nothing overflows
    shifted = z - z.max(axis=0)
    return float((np.log(np.exp(shifted).sum(axis=0)) - (y * shifted).sum(axis=0)).mean())


def _categorical_cross_entropy_slope(a: FloatArray, y: FloatArray, d: FloatArray) -> None:
    np.subtract(a, y, d)
    np.multiply(d, 1 / y.shape[1], d)


def _binary_cross_entropy_slope(a: FloatArray, y: FloatArray, d: FloatArray) -> None:
    np.subtract(a, y, d)
    np.multiply(d, 1 / y.size, d)


LOSS_VALUES: dict[Loss, LossValue] = {
    Loss.MEAN_SQUARED_ERROR: _mean_squared_error,
    Loss.HALF_SQUARED_ERROR: _half_squared_error,
    Loss.MEAN_ABSOLUTE_ERROR: _mean_absolute_error,
    Loss.HUBER: _huber,
    Loss.BINARY_CROSS_ENTROPY: _binary_cross_entropy,
    Loss.CATEGORICAL_CROSS_ENTROPY: _categorical_cross_entropy,
}

LOSS_SLOPES: dict[Loss, LossSlope] = {
    Loss.MEAN_SQUARED_ERROR: _mean_squared_error_slope,
    Loss.HALF_SQUARED_ERROR: _half_squared_error_slope,
    Loss.MEAN_ABSOLUTE_ERROR: _mean_absolute_error_slope,
    Loss.HUBER: _huber_slope,
    Loss.BINARY_CROSS_ENTROPY: _binary_cross_entropy_slope,
    Loss.CATEGORICAL_CROSS_ENTROPY: _categorical_cross_entropy_slope,
}
