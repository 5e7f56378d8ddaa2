"""Backpropagation by hand: one update of a network 2-2-1, number by number.

Every number can be checked with a pocket calculator. The layer, a superscript in textbooks, comes first:
z1_2 is the weighted sum of the second unit of layer 1, w1_21 the weight to that unit from the first input.
"""

from math import exp

import numpy as np
import pytest

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.evaluation import activations, predict
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import chain

# The sample: x = (1, 0.5) should give y = 1.
x1, x2 = 1.0, 0.5
y = 1.0

# The network: two sigmoid units, then one linear unit.
w1_11, w1_12, b1_1 = 0.1, 0.4, 0.2
w1_21, w1_22, b1_2 = -0.3, 0.2, 0.1
w2_1, w2_2, b2 = 0.6, -0.5, 0.2

# The learning rate.
eta = 0.5


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


# 1. Forward pass: z = Σ wᵢxᵢ + b, a = g(z).
z1_1 = w1_11 * x1 + w1_12 * x2 + b1_1  # 0.1 + 0.2 + 0.2
z1_2 = w1_21 * x1 + w1_22 * x2 + b1_2  # −0.3 + 0.1 + 0.1
a1_1 = sigmoid(z1_1)
a1_2 = sigmoid(z1_2)
z2 = w2_1 * a1_1 + w2_2 * a1_2 + b2
y_hat = z2  # the output unit is linear

# 2. Loss: L = ½ (ŷ − y)².
loss = 0.5 * (y_hat - y) ** 2

# 3. Backward pass. Output layer: δ² = ∂L/∂ŷ · g'(z²) = (ŷ − y) · 1.
delta2 = y_hat - y
# Hidden layer: δ¹ = (Wᵀδ²) · g'(z¹), and the slope of the sigmoid is a (1 − a).
delta1_1 = w2_1 * delta2 * a1_1 * (1 - a1_1)
delta1_2 = w2_2 * delta2 * a1_2 * (1 - a1_2)

# 4. Gradient: ∂L/∂w = δ · (what the weight was multiplied with), ∂L/∂b = δ.
dw2_1, dw2_2, db2 = delta2 * a1_1, delta2 * a1_2, delta2
dw1_11, dw1_12, db1_1 = delta1_1 * x1, delta1_1 * x2, delta1_1
dw1_21, dw1_22, db1_2 = delta1_2 * x1, delta1_2 * x2, delta1_2

# 5. Update: w ← w − η ∂L/∂w.
new_w2_1, new_w2_2, new_b2 = w2_1 - eta * dw2_1, w2_2 - eta * dw2_2, b2 - eta * db2
new_w1_11, new_w1_12, new_b1_1 = w1_11 - eta * dw1_11, w1_12 - eta * dw1_12, b1_1 - eta * db1_1
new_w1_21, new_w1_22, new_b1_2 = w1_21 - eta * dw1_21, w1_22 - eta * dw1_22, b1_2 - eta * db1_2


@pytest.fixture
def parameters() -> Parameters:
    topology = chain((2, 2, 1), (Activation.SIGMOID, Activation.IDENTITY))
    parameters = Parameters.zeros(topology)
    inputs, hidden, output = (layer.id for layer in topology.layers)
    parameters.weights(inputs, hidden)[:] = [[w1_11, w1_12], [w1_21, w1_22]]
    parameters.biases(hidden)[:] = [b1_1, b1_2]
    parameters.weights(hidden, output)[:] = [[w2_1, w2_2]]
    parameters.biases(output)[:] = [b2]
    return parameters


@pytest.fixture
def engine(parameters: Parameters) -> NumpyEngine:
    return NumpyEngine(
        parameters,
        Problem(loss=Loss.HALF_SQUARED_ERROR, inputs=np.array([[x1, x2]]), targets=np.array([[y]])),
        Descent(learning_rate=eta),
    )


def test_numbers_of_the_example_are_those_on_paper():
    def on_paper(*numbers: float) -> list[object]:
        return [pytest.approx(number, abs=5e-7) for number in numbers]

    assert [z1_1, z1_2] == on_paper(0.5, -0.1)
    assert [a1_1, a1_2] == on_paper(0.622459, 0.475021)
    assert [y_hat, loss] == on_paper(0.335965, 0.220471)
    assert [delta2, delta1_1, delta1_2] == on_paper(-0.664035, -0.093630, 0.082797)
    assert [dw2_1, dw2_2, db2] == on_paper(-0.413335, -0.315430, -0.664035)
    assert [dw1_11, dw1_12, db1_1] == on_paper(-0.093630, -0.046815, -0.093630)
    assert [dw1_21, dw1_22, db1_2] == on_paper(0.082797, 0.041399, 0.082797)
    assert [new_w2_1, new_w2_2, new_b2] == on_paper(0.806667, -0.342285, 0.532017)
    assert [new_w1_11, new_w1_12, new_b1_1] == on_paper(0.146815, 0.423408, 0.246815)
    assert [new_w1_21, new_w1_22, new_b1_2] == on_paper(-0.341399, 0.179301, 0.058601)


def test_forward_pass(parameters):
    _, hidden, output = parameters.topology.layers
    a = activations(parameters, np.array([[x1, x2]]))
    assert a[hidden.id][:, 0] == pytest.approx([a1_1, a1_2], rel=1e-14)
    assert a[output.id][:, 0] == pytest.approx([y_hat], rel=1e-14)
    assert predict(parameters, np.array([[x1, x2]])) == pytest.approx(y_hat, rel=1e-14)


def test_loss(engine):
    assert engine.loss(np.array([[x1, x2]]), np.array([[y]])) == pytest.approx(loss, rel=1e-14)


def test_gradient(parameters, engine):
    value, vector = engine.gradient(np.array([0]))
    gradient = Parameters(parameters.topology, vector)
    inputs, hidden, output = (layer.id for layer in parameters.topology.layers)
    assert value == pytest.approx(loss, rel=1e-14)
    close = {"rtol": 1e-13, "atol": 0}
    np.testing.assert_allclose(gradient.weights(hidden, output), [[dw2_1, dw2_2]], **close)
    np.testing.assert_allclose(gradient.biases(output), [db2], **close)
    np.testing.assert_allclose(
        gradient.weights(inputs, hidden), [[dw1_11, dw1_12], [dw1_21, dw1_22]], **close
    )
    np.testing.assert_allclose(gradient.biases(hidden), [db1_1, db1_2], **close)


def test_update(parameters, engine):
    losses = engine.train(np.array([0]), batch_size=1)
    inputs, hidden, output = (layer.id for layer in parameters.topology.layers)
    close = {"rtol": 1e-13, "atol": 0}
    np.testing.assert_allclose(losses, [loss], **close)
    np.testing.assert_allclose(parameters.weights(hidden, output), [[new_w2_1, new_w2_2]], **close)
    np.testing.assert_allclose(parameters.biases(output), [new_b2], **close)
    np.testing.assert_allclose(
        parameters.weights(inputs, hidden), [[new_w1_11, new_w1_12], [new_w1_21, new_w1_22]], **close
    )
    np.testing.assert_allclose(parameters.biases(hidden), [new_b1_1, new_b1_2], **close)


def test_update_made_the_loss_smaller(engine):
    sample = np.array([[x1, x2]]), np.array([[y]])
    engine.train(np.array([0]), batch_size=1)
    assert engine.loss(*sample) < loss
