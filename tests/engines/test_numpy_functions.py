"""Activations and losses agree with formulas written another way, and extreme logits do no harm."""

import math

import numpy as np
import pytest

from nn_desktop.engines.numpy_functions import FUNCTIONS, LOSS_SLOPES, LOSS_VALUES, SLOPES, softmax_delta
from nn_desktop.network.functions import ACTIVATIONS, LOSSES, REQUIRED_OUTPUT, Activation, Loss

POINTS = [-3.0, -0.7, 0.0, 0.4, 2.5]
GELU = math.sqrt(2 / math.pi)

# g and its derivative, as a textbook has them.
TEXTBOOK = {
    Activation.IDENTITY: (lambda z: z, lambda z: 1),
    Activation.SIGMOID: (
        lambda z: 1 / (1 + math.exp(-z)),
        lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    ),
    Activation.TANH: (math.tanh, lambda z: 1 / math.cosh(z) ** 2),
    Activation.RELU: (lambda z: max(0, z), lambda z: 1 if z > 0 else 0),
    Activation.LEAKY_RELU: (lambda z: z if z > 0 else 0.01 * z, lambda z: 1 if z > 0 else 0.01),
    Activation.ELU: (
        lambda z: z if z > 0 else math.exp(z) - 1,
        lambda z: 1 if z > 0 else math.exp(z),
    ),
    Activation.SELU: (
        lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * (math.exp(z) - 1)),
        lambda z: 1.0507009873554805 * (1 if z > 0 else 1.6732632423543772 * math.exp(z)),
    ),
    Activation.SOFTPLUS: (lambda z: math.log(1 + math.exp(z)), lambda z: 1 / (1 + math.exp(-z))),
    Activation.GELU: (
        lambda z: z / 2 * (1 + math.tanh(GELU * (z + 0.044715 * z**3))),
        lambda z: (
            (1 + math.tanh(GELU * (z + 0.044715 * z**3))) / 2
            + z / 2 / math.cosh(GELU * (z + 0.044715 * z**3)) ** 2 * GELU * (1 + 0.134145 * z**2)
        ),
    ),
    Activation.SWISH: (
        lambda z: z / (1 + math.exp(-z)),
        lambda z: 1 / (1 + math.exp(-z)) + z * math.exp(-z) / (1 + math.exp(-z)) ** 2,
    ),
    Activation.SINE: (math.sin, math.cos),
}


def activate(activation: Activation, z: np.ndarray) -> np.ndarray:
    a = np.full_like(z, np.nan)
    FUNCTIONS[activation](z, a)
    return a


def slope(activation: Activation, z: np.ndarray) -> np.ndarray:
    s = np.full_like(z, np.nan)
    SLOPES[activation](z, activate(activation, z), s)
    return s


def loss_value(loss: Loss, z: np.ndarray, y: np.ndarray) -> float:
    a = activate(REQUIRED_OUTPUT.get(loss, Activation.IDENTITY), z)
    return LOSS_VALUES[loss](z, a, y)


def loss_slope(loss: Loss, z: np.ndarray, y: np.ndarray) -> np.ndarray:
    d = np.full_like(z, np.nan)
    LOSS_SLOPES[loss](activate(REQUIRED_OUTPUT.get(loss, Activation.IDENTITY), z), y, d)
    return d


def test_every_activation_and_loss_is_there():
    assert set(FUNCTIONS) == set(Activation) == set(ACTIVATIONS)
    assert set(SLOPES) == set(Activation) - {Activation.SOFTMAX} == set(TEXTBOOK)
    assert set(LOSS_VALUES) == set(LOSS_SLOPES) == set(Loss) == set(LOSSES)


@pytest.mark.parametrize("activation", TEXTBOOK)
def test_activation_is_its_formula(activation):
    g, _ = TEXTBOOK[activation]
    z = np.array([POINTS, POINTS[::-1]])
    expected = [[g(value) for value in row] for row in z.tolist()]
    np.testing.assert_allclose(activate(activation, z), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("activation", TEXTBOOK)
def test_slope_is_the_derivative(activation):
    _, derivative = TEXTBOOK[activation]
    z = np.array([POINTS, POINTS[::-1]])
    expected = [[derivative(value) for value in row] for row in z.tolist()]
    np.testing.assert_allclose(slope(activation, z), expected, rtol=1e-12, atol=1e-15)


def test_selu_keeps_mean_and_variance():
    # What λ and α are made for: z of mean 0 and variance 1 gives a of mean 0 and variance 1.
    z = np.random.default_rng(0).normal(size=(1, 1_000_000))
    a = activate(Activation.SELU, z)
    assert a.mean() == pytest.approx(0, abs=5e-3)
    assert a.var() == pytest.approx(1, abs=1e-2)


def test_activations_agree_with_scipy():
    special = pytest.importorskip("scipy.special")
    z = np.linspace(-30, 30, 240).reshape(3, 80)
    np.testing.assert_allclose(activate(Activation.SIGMOID, z), special.expit(z), rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(activate(Activation.SOFTMAX, z), special.softmax(z, axis=0), rtol=1e-12)
    np.testing.assert_allclose(activate(Activation.SOFTPLUS, z), -special.log_expit(-z), rtol=1e-12)
    # The formula with tanh stays within 0.0005 of z · Φ(z) (Hendrycks and Gimpel 2016).
    np.testing.assert_allclose(activate(Activation.GELU, z), z * special.ndtr(z), atol=5e-4)


AT_MINUS_AND_PLUS_1000 = {
    Activation.IDENTITY: (-1000, 1000),
    Activation.SIGMOID: (0, 1),
    Activation.TANH: (-1, 1),
    Activation.RELU: (0, 1000),
    Activation.LEAKY_RELU: (-10, 1000),
    Activation.ELU: (-1, 1000),
    Activation.SELU: (-1.7580993408473766, 1050.7009873554805),
    Activation.SOFTPLUS: (0, 1000),
    Activation.GELU: (0, 1000),
    Activation.SWISH: (0, 1000),
    Activation.SINE: (math.sin(-1000), math.sin(1000)),
    Activation.SOFTMAX: (0, 1),
}
SLOPES_THERE = {
    Activation.IDENTITY: (1, 1),
    Activation.SIGMOID: (0, 0),
    Activation.TANH: (0, 0),
    Activation.RELU: (0, 1),
    Activation.LEAKY_RELU: (0.01, 1),
    Activation.ELU: (0, 1),
    Activation.SELU: (0, 1.0507009873554805),
    Activation.SOFTPLUS: (0, 1),
    Activation.GELU: (0, 1),
    Activation.SWISH: (0, 1),
    Activation.SINE: (math.cos(1000), math.cos(1000)),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", Activation)
def test_activation_is_right_far_out(activation, dtype):
    z = np.array([[-1000], [1000]], dtype)
    a = activate(activation, z)
    assert a.dtype == dtype
    np.testing.assert_allclose(a[:, 0], AT_MINUS_AND_PLUS_1000[activation], rtol=1e-6, atol=1e-12)
    if activation in SLOPES_THERE:
        np.testing.assert_allclose(
            slope(activation, z)[:, 0], SLOPES_THERE[activation], rtol=1e-6, atol=1e-12
        )


def test_softmax_delta_is_the_jacobian_times_upstream():
    a = activate(Activation.SOFTMAX, np.array([[0.1, 1.0], [0.7, -1.0], [-0.4, 0.3]]))
    u = np.array([[1.0, 0.2], [-2.0, 0.5], [0.3, 3.0]])
    delta = np.empty_like(a)
    softmax_delta(a, u, delta)
    for sample in range(2):
        jacobian = np.diag(a[:, sample]) - np.outer(a[:, sample], a[:, sample])
        np.testing.assert_allclose(delta[:, sample], jacobian @ u[:, sample], rtol=1e-13)


# Two outputs (rows) of three samples (columns); the errors are 0.5, −2, 0 and −1, 3, 0.25.
OUTPUTS = np.array([[1.5, 0.0, 2.0], [0.0, 4.0, 1.25]])
TARGETS = np.array([[1.0, 2.0, 2.0], [1.0, 1.0, 1.0]])


def test_mean_squared_error_by_hand():
    # (0.25 + 4 + 0 + 1 + 9 + 0.0625) / 6
    assert loss_value(Loss.MEAN_SQUARED_ERROR, OUTPUTS, TARGETS) == pytest.approx(14.3125 / 6, rel=1e-15)
    np.testing.assert_allclose(
        loss_slope(Loss.MEAN_SQUARED_ERROR, OUTPUTS, TARGETS), np.array([[1, -4, 0], [-2, 6, 0.5]]) / 6
    )


def test_half_squared_error_by_hand():
    # Half of the sum over the outputs, mean over the three samples alone.
    assert loss_value(Loss.HALF_SQUARED_ERROR, OUTPUTS, TARGETS) == pytest.approx(14.3125 / 2 / 3, rel=1e-15)
    np.testing.assert_allclose(
        loss_slope(Loss.HALF_SQUARED_ERROR, OUTPUTS, TARGETS), np.array([[0.5, -2, 0], [-1, 3, 0.25]]) / 3
    )


def test_mean_absolute_error_by_hand():
    assert loss_value(Loss.MEAN_ABSOLUTE_ERROR, OUTPUTS, TARGETS) == pytest.approx(6.75 / 6, rel=1e-15)
    np.testing.assert_allclose(
        loss_slope(Loss.MEAN_ABSOLUTE_ERROR, OUTPUTS, TARGETS), np.array([[1, -1, 0], [-1, 1, 1]]) / 6
    )


def test_huber_by_hand():
    # ½ · 0.5², 2 − ½, 0, ½ (at the bend both formulas say so), 3 − ½, ½ · 0.25²
    value = (0.125 + 1.5 + 0 + 0.5 + 2.5 + 0.03125) / 6
    assert loss_value(Loss.HUBER, OUTPUTS, TARGETS) == pytest.approx(value, rel=1e-15)
    np.testing.assert_allclose(
        loss_slope(Loss.HUBER, OUTPUTS, TARGETS), np.array([[0.5, -1, 0], [-1, 1, 0.25]]) / 6
    )


def test_binary_cross_entropy_by_hand():
    # ŷ = σ(0) = ½ for y = 1, and ŷ = σ(ln 3) = ¾ for y = 0: −(ln ½ + ln ¼) / 2 = ln 8 / 2
    z, y = np.array([[0.0, math.log(3)]]), np.array([[1.0, 0.0]])
    assert loss_value(Loss.BINARY_CROSS_ENTROPY, z, y) == pytest.approx(math.log(8) / 2, rel=1e-14)
    np.testing.assert_allclose(loss_slope(Loss.BINARY_CROSS_ENTROPY, z, y), [[-0.25, 0.375]])


def test_categorical_cross_entropy_by_hand():
    # softmax(ln 1, ln 2, ln 5) = (⅛, ¼, ⅝); the classes are 1 and 2: (ln 4 + ln 8/5) / 2
    z = np.log(np.array([[1.0, 1.0], [2.0, 2.0], [5.0, 5.0]]))
    y = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    value = (math.log(4) + math.log(8 / 5)) / 2
    assert loss_value(Loss.CATEGORICAL_CROSS_ENTROPY, z, y) == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(
        loss_slope(Loss.CATEGORICAL_CROSS_ENTROPY, z, y),
        np.array([[1 / 8, 1 / 8], [-3 / 4, 1 / 4], [5 / 8, -3 / 8]]) / 2,
    )


def test_losses_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    generator = np.random.default_rng(3)
    z = generator.normal(0, 2, (4, 30))
    y = generator.normal(0, 2, (4, 30))
    classes = generator.integers(0, 4, 30)
    squared = metrics.mean_squared_error(y.T, z.T)
    assert loss_value(Loss.MEAN_SQUARED_ERROR, z, y) == pytest.approx(squared)
    assert loss_value(Loss.HALF_SQUARED_ERROR, z, y) == pytest.approx(squared * 4 / 2)
    assert loss_value(Loss.MEAN_ABSOLUTE_ERROR, z, y) == pytest.approx(metrics.mean_absolute_error(y.T, z.T))
    probabilities = activate(Activation.SOFTMAX, z).T
    assert loss_value(Loss.CATEGORICAL_CROSS_ENTROPY, z, np.eye(4)[classes].T) == pytest.approx(
        metrics.log_loss(classes, probabilities, labels=range(4))
    )
    yes = activate(Activation.SIGMOID, z[:1])
    assert loss_value(
        Loss.BINARY_CROSS_ENTROPY, z[:1], (classes > 1)[None, :].astype(float)
    ) == pytest.approx(metrics.log_loss(classes > 1, yes[0]))


def test_huber_agrees_with_scipy():
    special = pytest.importorskip("scipy.special")
    e = np.linspace(-4, 4, 30).reshape(2, 15)
    assert loss_value(Loss.HUBER, e, np.zeros_like(e)) == pytest.approx(special.huber(1.0, e).mean())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropies_of_extreme_logits_are_finite_and_right(dtype):
    surely_no, surely_yes = np.array([[-1000]], dtype), np.array([[1000]], dtype)
    no, yes = np.zeros((1, 1), dtype), np.ones((1, 1), dtype)
    binary, categorical = Loss.BINARY_CROSS_ENTROPY, Loss.CATEGORICAL_CROSS_ENTROPY
    assert loss_value(binary, surely_no, no) == loss_value(binary, surely_yes, yes) == 0
    assert loss_value(binary, surely_no, yes) == loss_value(binary, surely_yes, no) == 1000
    assert loss_slope(binary, surely_no, yes) == -1
    assert loss_slope(binary, surely_yes, no) == 1
    z = np.array([[-1000, -1000], [1000, 1000], [0, 0]], dtype)
    y = np.array([[0, 1], [1, 0], [0, 0]], dtype)
    assert loss_value(categorical, z[:, :1], y[:, :1]) == 0
    assert loss_value(categorical, z[:, 1:], y[:, 1:]) == 2000
    np.testing.assert_array_equal(loss_slope(categorical, z, y), np.array([[0, -1], [0, 1], [0, 0]]) / 2)
