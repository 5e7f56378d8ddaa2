"""The engine to read computes what one computes by hand, and no number is too large for it."""

import ast
import math
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from engines.problems import OUTPUTS_OF_LOSS, samples_for
from strategies import HIDDEN_ACTIVATIONS, random_parameters

from nn_desktop.engines import textbook
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.problem import Problem
from nn_desktop.engines.python_engine import PythonEngine
from nn_desktop.engines.textbook import (
    FUNCTIONS,
    LOSS_SLOPES,
    LOSS_VALUES,
    SLOPES,
    TextbookLayer,
    TextbookNetwork,
    activate,
    delta_of,
    softmax,
)
from nn_desktop.network.functions import REQUIRED_OUTPUT, Activation, Loss
from nn_desktop.network.topology import chain

INPUT = TextbookLayer(Activation.IDENTITY, [], [], [])


def layer(activation: Activation, sources: list[int], rows: list[list[float]]) -> TextbookLayer:
    return TextbookLayer(activation, sources, rows, [[True] * len(row) for row in rows])


def close(expected: object) -> object:
    return pytest.approx(expected, rel=1e-12, abs=1e-15)


# Plain Python


def test_there_is_no_numpy_in_the_textbook():
    tree = ast.parse(Path(textbook.__file__).read_text(encoding="utf-8"))
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module)
    ours = {"nn_desktop.engines.descent", "nn_desktop.network.functions"}
    assert modules == {"math", "collections.abc", "dataclasses", *ours}


def test_the_textbook_needs_no_numpy():
    code = "import sys; sys.modules['numpy'] = None; import nn_desktop.engines.textbook"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_activation_and_loss_is_there():
    assert set(FUNCTIONS) == set(SLOPES) == set(Activation) - {Activation.SOFTMAX}
    assert set(LOSS_VALUES) == set(LOSS_SLOPES) == set(Loss)


# Activations

BY_HAND = [
    # g, z, g(z), g'(z)
    (Activation.IDENTITY, -2.5, -2.5, 1),
    (Activation.SIGMOID, 0, 1 / 2, 1 / 4),
    (Activation.SIGMOID, math.log(3), 3 / 4, 3 / 16),
    (Activation.SIGMOID, -math.log(3), 1 / 4, 3 / 16),
    (Activation.TANH, math.log(2), 3 / 5, 16 / 25),  # (2 − ½) / (2 + ½)
    (Activation.TANH, -math.log(2), -3 / 5, 16 / 25),
    (Activation.RELU, 1.5, 1.5, 1),
    (Activation.RELU, -1.5, 0, 0),
    (Activation.RELU, 0, 0, 0),
    (Activation.LEAKY_RELU, 2, 2, 1),
    (Activation.LEAKY_RELU, -2, -0.02, 0.01),
    (Activation.LEAKY_RELU, 0, 0, 0.01),
    (Activation.ELU, 2, 2, 1),
    (Activation.ELU, -math.log(4), -3 / 4, 1 / 4),
    (Activation.ELU, 0, 0, 1),
    # λ = 1.05070098…, α = 1.67326324…, λ α = 1.75809934… (Klambauer et al. 2017)
    (Activation.SELU, 2, 2.1014019747109610, 1.0507009873554805),
    (Activation.SELU, -math.log(4), -3 / 4 * 1.7580993408473766, 1 / 4 * 1.7580993408473766),
    (Activation.SELU, 0, 0, 1.7580993408473766),
    (Activation.SOFTPLUS, 0, math.log(2), 1 / 2),
    (Activation.SOFTPLUS, math.log(3), math.log(4), 3 / 4),
    (Activation.SOFTPLUS, -math.log(3), math.log(4 / 3), 1 / 4),
    (Activation.SWISH, math.log(3), 3 / 4 * math.log(3), 3 / 4 + 3 / 16 * math.log(3)),
    (Activation.SWISH, -math.log(3), -1 / 4 * math.log(3), 1 / 4 - 3 / 16 * math.log(3)),
    (Activation.SINE, math.pi / 6, 1 / 2, math.sqrt(3) / 2),
    (Activation.SINE, -math.pi / 2, -1, 0),
    (Activation.GELU, 0, 0, 1 / 2),
]


@pytest.mark.parametrize(("activation", "z", "a", "slope"), BY_HAND)
def test_activation_and_slope_by_hand(activation, z, a, slope):
    assert FUNCTIONS[activation](z) == close(a)
    assert SLOPES[activation](z) == close(slope)


def test_gelu_is_close_to_z_times_the_normal_distribution():
    # The formula with tanh stays within 0.0005 of z Φ(z), whose slope is Φ(z) + z φ(z).
    for z in (-3, -1, -0.25, 0.5, 2):
        below = 0.5 * (1 + math.erf(z / math.sqrt(2)))
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        assert FUNCTIONS[Activation.GELU](z) == pytest.approx(z * below, abs=5e-4)
        assert SLOPES[Activation.GELU](z) == pytest.approx(below + z * density, abs=2e-3)


@pytest.mark.parametrize("activation", SLOPES)
@pytest.mark.parametrize("z", [-4.0, -1.3, -0.2, 0.4, 1.7, 5.0])
def test_slope_is_the_limit_of_differences(activation, z):
    g, h = FUNCTIONS[activation], 1e-5
    assert SLOPES[activation](z) == pytest.approx((g(z + h) - g(z - h)) / (2 * h), abs=1e-9)


def test_softmax_by_hand():
    assert softmax([0, math.log(2), math.log(5)]) == close([1 / 8, 2 / 8, 5 / 8])


def test_delta_of_softmax_by_hand():
    # a = (¼, ¾), u = (1, 3): ∂a/∂z = ((3/16, −3/16), (−3/16, 3/16)), so δ = (3/16 − 9/16, −3/16 + 9/16).
    z = [0.0, math.log(3)]
    delta = delta_of(Activation.SOFTMAX, z, activate(Activation.SOFTMAX, z), [1.0, 3.0])
    assert delta == close([-3 / 8, 3 / 8])


# Losses

OUTPUTS, TARGETS = [1.5, 4.0], [1.0, 1.0]  # the errors are ½ and 3


@pytest.mark.parametrize(
    ("loss", "value", "slope"),
    [
        (Loss.MEAN_SQUARED_ERROR, (1 / 4 + 9) / 2, [1 / 2, 3]),
        (Loss.HALF_SQUARED_ERROR, (1 / 4 + 9) / 2, [1 / 2, 3]),
        (Loss.MEAN_ABSOLUTE_ERROR, (1 / 2 + 3) / 2, [1 / 2, 1 / 2]),
        (Loss.HUBER, (1 / 8 + 5 / 2) / 2, [1 / 4, 1 / 2]),
    ],
)
def test_loss_by_hand(loss, value, slope):
    assert LOSS_VALUES[loss](OUTPUTS, OUTPUTS, TARGETS) == close(value)
    assert LOSS_SLOPES[loss](OUTPUTS, TARGETS) == close(slope)
    # Errors the other way round: the same loss, and the slope has the other sign.
    assert LOSS_VALUES[loss](TARGETS, TARGETS, OUTPUTS) == close(value)
    assert LOSS_SLOPES[loss](TARGETS, OUTPUTS) == close([-s for s in slope])
    assert LOSS_VALUES[loss](TARGETS, TARGETS, TARGETS) == 0
    assert LOSS_SLOPES[loss](TARGETS, TARGETS) == [0, 0]


def test_mean_and_half_squared_error_of_three_outputs_differ():
    a, y = [1.0, 2.0, 3.0], [0.0, 0.0, 0.0]
    assert LOSS_VALUES[Loss.MEAN_SQUARED_ERROR](a, a, y) == close(14 / 3)
    assert LOSS_VALUES[Loss.HALF_SQUARED_ERROR](a, a, y) == close(7)
    assert LOSS_SLOPES[Loss.MEAN_SQUARED_ERROR](a, y) == close([2 / 3, 4 / 3, 2])
    assert LOSS_SLOPES[Loss.HALF_SQUARED_ERROR](a, y) == close([1, 2, 3])


def test_binary_cross_entropy_by_hand():
    # ŷ = ½ for y = 1 and ŷ = ¾ for y = 0: −(ln ½ + ln ¼) / 2
    z, y = [0.0, math.log(3)], [1.0, 0.0]
    a = activate(Activation.SIGMOID, z)
    assert LOSS_VALUES[Loss.BINARY_CROSS_ENTROPY](z, a, y) == close(math.log(8) / 2)
    assert LOSS_SLOPES[Loss.BINARY_CROSS_ENTROPY](a, y) == close([-1 / 4, 3 / 8])


def test_categorical_cross_entropy_by_hand():
    # ŷ = (⅛, ¼, ⅝) and the class is the last
    z, y = [0.0, math.log(2), math.log(5)], [0.0, 0.0, 1.0]
    a = activate(Activation.SOFTMAX, z)
    assert LOSS_VALUES[Loss.CATEGORICAL_CROSS_ENTROPY](z, a, y) == close(math.log(8 / 5))
    assert LOSS_SLOPES[Loss.CATEGORICAL_CROSS_ENTROPY](a, y) == close([1 / 8, 1 / 4, -3 / 8])


# Networks


def worked_example() -> TextbookNetwork:
    """The network of test_worked_example.py: each number there can be found with a pocket calculator."""
    hidden = layer(Activation.SIGMOID, [0], [[0.1, 0.4, 0.2], [-0.3, 0.2, 0.1]])
    output = layer(Activation.IDENTITY, [1], [[0.6, -0.5, 0.2]])
    return TextbookNetwork([INPUT, hidden, output], Loss.HALF_SQUARED_ERROR)


def on_paper(expected: object) -> object:
    return pytest.approx(expected, abs=5e-7)


def test_forward_and_backward_pass_of_the_worked_example():
    network = worked_example()
    after = network.forward([1.0, 0.5])
    assert after.x[1:] == [[1.0, 0.5, 1.0], [*after.a[1], 1.0]]
    assert after.z[1] == on_paper([0.5, -0.1])
    assert after.a[1] == on_paper([0.622459, 0.475021])
    assert after.a[2] == after.z[2] == on_paper([0.335965])
    assert network.loss_of(after, [1.0]) == on_paper(0.220471)
    _, hidden, output = network.backward(after, [1.0])
    assert output == [on_paper([-0.413335, -0.315430, -0.664035])]
    assert hidden == [on_paper([-0.093630, -0.046815, -0.093630]), on_paper([0.082797, 0.041399, 0.082797])]


def test_update_of_the_worked_example():
    network = worked_example()
    assert network.learn([[1.0, 0.5]], [[1.0]], Descent(learning_rate=0.5)) == on_paper(0.220471)
    _, hidden, output = network.layers
    assert output.rows == [on_paper([0.806667, -0.342285, 0.532017])]
    assert hidden.rows == [
        on_paper([0.146815, 0.423408, 0.246815]),
        on_paper([-0.341399, 0.179301, 0.058601]),
    ]


def skipping() -> TextbookNetwork:
    """x → h → ŷ and x → ŷ, with h = 2 x + 1 and ŷ = 3 x + 5 h − 4: layer 0 feeds both the others."""
    hidden = layer(Activation.IDENTITY, [0], [[2.0, 1.0]])
    output = layer(Activation.IDENTITY, [0, 1], [[3.0, 5.0, -4.0]])
    return TextbookNetwork([INPUT, hidden, output], Loss.HALF_SQUARED_ERROR)


def test_skip_link_by_hand():
    # x = 1: h = 3, ŷ = 14, y = 12, so L = 2, δ² = 2, δ¹ = 5 · 2.
    network = skipping()
    after = network.forward([1.0])
    assert (after.a[1], after.a[2], network.loss_of(after, [12.0])) == ([3.0], [14.0], 2.0)
    assert network.backward(after, [12.0]) == [[], [[10.0, 10.0]], [[2.0, 6.0, 2.0]]]


def test_slopes_of_a_layer_that_feeds_two_others_add_up():
    # h = x, k = 2 h, ŷ = 3 h + 4 k, all without biases; x = 1, y = 10: δ³ = 1, δ² = 4, δ¹ = 3 · 1 + 2 · 4.
    layers = [
        INPUT,
        layer(Activation.IDENTITY, [0], [[1.0, 0.0]]),
        layer(Activation.IDENTITY, [1], [[2.0, 0.0]]),
        layer(Activation.IDENTITY, [1, 2], [[3.0, 4.0, 0.0]]),
    ]
    network = TextbookNetwork(layers, Loss.HALF_SQUARED_ERROR)
    gradient = network.backward(network.forward([1.0]), [10.0])
    assert gradient == [[], [[11.0, 11.0]], [[4.0, 4.0]], [[1.0, 2.0, 1.0]]]


def test_layer_without_a_source_gives_out_its_biases():
    layers = [INPUT, layer(Activation.IDENTITY, [], [[7.0]]), layer(Activation.IDENTITY, [1], [[2.0, 1.0]])]
    network = TextbookNetwork(layers, Loss.HALF_SQUARED_ERROR)
    after = network.forward([123.0])
    assert after.a == [[123.0], [7.0], [15.0]]
    assert network.backward(after, [14.0]) == [[], [[2.0]], [[7.0, 1.0]]]


def test_batch_has_the_mean_loss_and_the_mean_gradient():
    # x = 1 as above; x = 0: h = 1, ŷ = 1, y = 5, so L = 8, δ² = −4, δ¹ = −20.
    network = skipping()
    batch = [network.forward([1.0]), network.forward([0.0])]
    targets = [[12.0], [5.0]]
    assert network.mean_loss(batch, targets) == 5.0
    assert network.mean_gradient(batch, targets) == [[], [[5.0, -5.0]], [[1.0, 1.0, -1.0]]]
    assert network.learn([[1.0], [0.0]], targets, Descent(learning_rate=0.5)) == 5.0
    assert [x.rows for x in network.layers] == [[], [[-0.5, 3.5]], [[2.5, 4.5, -3.5]]]


def test_what_does_not_learn_stays():
    network = skipping()
    network.layers[2].learns = [[True, False, False]]
    network.learn([[1.0]], [[12.0]], Descent(learning_rate=0.5))
    assert [x.rows for x in network.layers] == [[], [[-3.0, -4.0]], [[2.0, 5.0, -4.0]]]


def test_float32_rounds_the_parameters_after_each_update():
    topology = chain((1, 1), (Activation.IDENTITY,))
    parameters = random_parameters(topology, 0, np.float32)
    w, b = (float(value) for value in parameters.vector)
    engine = PythonEngine(
        parameters,
        Problem(loss=Loss.HALF_SQUARED_ERROR, inputs=np.array([[0.5]]), targets=np.array([[2.0]])),
        Descent(learning_rate=0.1),
    )
    engine.train(np.zeros(2, int), 1)
    for _ in range(2):
        delta = w * 0.5 + b - 2.0
        w, b = float(np.float32(w - 0.1 * (delta * 0.5))), float(np.float32(b - 0.1 * delta))
    assert parameters.vector.tolist() == [w, b]


# Nothing is too large

LARGE = [710.0, 1e4, 1e155, 1.7e308]
"""e⁷¹⁰ is more than the largest float, and so are 1e155² and twice 1.7e308."""


@pytest.mark.parametrize("activation", SLOPES)
def test_activations_of_large_numbers(activation):
    bounded = {Activation.SIGMOID: 1.0, Activation.TANH: 1.0}
    below = {Activation.TANH: -1.0, Activation.ELU: -1.0, Activation.SELU: -1.7580993408473766}
    for z in LARGE:
        if activation is Activation.SINE:
            assert FUNCTIONS[activation](z) == math.sin(z)
            assert FUNCTIONS[activation](-z) == -math.sin(z)
            continue
        scale = 1.0507009873554805 if activation is Activation.SELU else 1.0
        assert FUNCTIONS[activation](z) == scale * bounded.get(activation, z)
        slope = {Activation.IDENTITY: 1, Activation.LEAKY_RELU: 0.01}.get(activation, 0)
        expected = slope * -z if slope else below.get(activation, 0.0)
        assert FUNCTIONS[activation](-z) == close(expected)


@pytest.mark.parametrize("activation", SLOPES)
@pytest.mark.parametrize("z", [-math.inf, math.inf, math.nan, *LARGE, *(-z for z in LARGE)])
def test_no_number_is_an_error(activation, z):
    a, slope = FUNCTIONS[activation](z), SLOPES[activation](z)
    assert isinstance(a, float)
    assert isinstance(slope, float)
    if math.isnan(z):
        assert math.isnan(a)


def test_softmax_of_large_numbers():
    assert softmax([1e308, -1e308, 1e308]) == [0.5, 0.0, 0.5]
    assert softmax([-1e4, 0.0]) == [0.0, 1.0]
    for z in product([1.0, math.inf, -math.inf, math.nan], repeat=3):
        a = softmax(z)
        assert sum(a) == close(1.0) or math.isnan(sum(a))
    assert all(math.isnan(a) for a in softmax([1.0, math.nan, 5.0]))


@pytest.mark.parametrize("loss", Loss)
def test_losses_of_large_numbers_are_not_finite_or_right(loss):
    a = activate(REQUIRED_OUTPUT.get(loss, Activation.IDENTITY), [1e200, -1e200])
    value = LOSS_VALUES[loss]([1e200, -1e200], a, [0.0, 1.0])
    assert value == {
        Loss.MEAN_SQUARED_ERROR: math.inf,
        Loss.HALF_SQUARED_ERROR: math.inf,
        Loss.CATEGORICAL_CROSS_ENTROPY: close(2e200),
    }.get(loss, close(1e200))
    for z in product([1.0, math.inf, -math.inf, math.nan], repeat=2):
        a = activate(REQUIRED_OUTPUT.get(loss, Activation.IDENTITY), z)
        LOSS_SLOPES[loss](a, [1.0, 0.0])
        if any(math.isnan(each) for each in z):
            assert not math.isfinite(LOSS_VALUES[loss](z, a, [1.0, 0.0]))


@pytest.mark.parametrize(("loss", "output"), OUTPUTS_OF_LOSS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_run_with_a_learning_rate_far_too_large_ends_without_an_error(loss, output, dtype):
    for hidden in HIDDEN_ACTIVATIONS:
        topology = chain((2, 3, 2), (hidden, output))
        inputs, targets = samples_for(topology, loss, 4, 0)
        for rate in (1e3, 1e30, 1e300):
            parameters = random_parameters(topology, 0, dtype)
            losses = PythonEngine(
                parameters, Problem(loss=loss, inputs=inputs, targets=targets), Descent(learning_rate=rate)
            ).train(np.tile(range(4), (5, 1)), 2)
            assert np.isfinite(losses[:-1]).all()
            assert len(losses) == 10 or not math.isfinite(losses[-1])


def test_run_out_of_bounds_ends_with_a_loss_that_is_not_finite():
    topology = chain((2, 3, 2), (Activation.RELU, Activation.IDENTITY))
    inputs, targets = samples_for(topology, Loss.MEAN_SQUARED_ERROR, 4, 0)
    for dtype in (np.float32, np.float64):
        parameters = random_parameters(topology, 0, dtype)
        engine = PythonEngine(
            parameters,
            Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=inputs, targets=targets),
            Descent(learning_rate=1e3),
        )
        losses = engine.train(np.tile(range(4), (50, 1)), 2)
        assert len(losses) < 100
        assert not math.isfinite(losses[-1])
