"""What the engine promises beside right gradients."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import random_parameters, topologies

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.evaluation import activations, predict
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.parameters import Parameters, connection_mask
from nn_desktop.network.topology import Link, Topology, chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))


def samples(count: int, topology: Topology = SMALL, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(count, topology.sizes[0])), generator.normal(
        size=(count, topology.sizes[-1])
    )


def engine_of(
    parameters: Parameters, inputs: np.ndarray, targets: np.ndarray, loss: Loss = Loss.MEAN_SQUARED_ERROR
) -> NumpyEngine:
    return NumpyEngine(
        parameters, Problem(loss=loss, inputs=inputs, targets=targets), Descent(learning_rate=0.1)
    )


def test_float32_stays_float32():
    parameters = random_parameters(SMALL, 0, np.float32)
    inputs, targets = samples(5)
    engine = engine_of(parameters, inputs, targets)
    engine.train(np.arange(5), 2)
    assert parameters.vector.dtype == np.float32
    assert engine.gradient(np.arange(5))[1].dtype == np.float32


@pytest.mark.parametrize("activation", Activation)
def test_float32_is_float64_rounded(activation):
    topology = chain((2, 3, 3), (Activation.TANH, activation))
    inputs, targets = samples(8, topology)
    exact, rounded = random_parameters(topology, 1), random_parameters(topology, 1, np.float32)
    engine_of(exact, inputs, targets).train(np.arange(8), 3)
    engine_of(rounded, inputs, targets).train(np.arange(8), 3)
    np.testing.assert_allclose(rounded.vector, exact.vector, rtol=0, atol=2e-6)


def test_training_is_one_step_down_the_gradient_for_each_batch():
    inputs, targets = samples(7)
    trained, by_hand = random_parameters(SMALL, 0), random_parameters(SMALL, 0)
    order = np.random.default_rng(1).permutation(7)
    losses = engine_of(trained, inputs, targets).train(order, 3)
    engine = engine_of(by_hand, inputs, targets)
    expected = []
    for rows in (order[:3], order[3:6], order[6:]):
        loss, gradient = engine.gradient(rows)
        by_hand.vector -= 0.1 * gradient
        expected.append(loss)
    np.testing.assert_array_equal(losses, expected)
    np.testing.assert_array_equal(trained.vector, by_hand.vector)


def test_mean_of_a_smaller_last_batch_is_over_its_own_size():
    inputs, targets = samples(5)
    parameters = random_parameters(SMALL, 0)
    engine = engine_of(parameters, inputs, targets)
    engine.train(np.arange(4), 4)
    before = parameters.vector.copy()
    alone_loss, alone = engine.gradient(np.array([4]))
    parameters.vector[:] = random_parameters(SMALL, 0).vector
    losses = engine.train(np.arange(5), 4)
    assert losses[1] == pytest.approx(alone_loss, rel=1e-14)
    np.testing.assert_allclose(parameters.vector, before - 0.1 * alone, rtol=1e-13)


def test_gradient_of_a_batch_is_the_mean_of_those_of_its_samples():
    inputs, targets = samples(6)
    for loss in (Loss.MEAN_SQUARED_ERROR, Loss.HALF_SQUARED_ERROR, Loss.MEAN_ABSOLUTE_ERROR, Loss.HUBER):
        engine = engine_of(random_parameters(SMALL, 0), inputs, targets, loss)
        single = [engine.gradient(np.array([row])) for row in range(6)]
        value, gradient = engine.gradient(np.arange(6))
        assert value == pytest.approx(np.mean([loss for loss, _ in single]), rel=1e-13)
        np.testing.assert_allclose(gradient, np.mean([g for _, g in single], axis=0), rtol=1e-12, atol=1e-15)


def test_samples_are_taken_in_the_order_given():
    inputs, targets = samples(6)
    order = np.array([4, 0, 5, 2, 1, 3])
    ordered, sorted_first = random_parameters(SMALL, 0), random_parameters(SMALL, 0)
    one = engine_of(ordered, inputs, targets).train(order, 1)
    other = engine_of(sorted_first, inputs[order], targets[order]).train(np.arange(6), 1)
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(ordered.vector, sorted_first.vector)
    backwards = random_parameters(SMALL, 0)
    engine_of(backwards, inputs, targets).train(order[::-1], 1)
    assert not np.array_equal(ordered.vector, backwards.vector)


def test_training_stops_at_the_first_loss_that_is_not_finite_without_an_update():
    topology = chain((1, 1), (Activation.IDENTITY,))
    parameters = Parameters(topology, np.array([1.0, 0.0]))
    inputs = np.array([[1.0], [1e200], [1.0]])  # its square is more than the largest float
    engine = engine_of(parameters, inputs, np.zeros((3, 1)))
    losses = engine.train(np.arange(3), 1)
    np.testing.assert_array_equal(losses, [1.0, np.inf])
    # Only the first sample: w − η · 2 (ŷ − y) x and b − η · 2 (ŷ − y)
    np.testing.assert_allclose(parameters.vector, [1.0 - 0.1 * 2, -0.1 * 2])


def test_not_a_number_among_the_samples_stops_training_too():
    parameters = random_parameters(SMALL, 0)
    before = parameters.vector.copy()
    inputs, targets = samples(3)
    inputs[0, 0] = np.nan
    losses = engine_of(parameters, inputs, targets).train(np.arange(3), 3)
    assert len(losses) == 1
    assert np.isnan(losses[0])
    np.testing.assert_array_equal(parameters.vector, before)


@settings(max_examples=50, deadline=None)
@given(topologies(), st.integers(1, 6), st.integers(0, 1000))
def test_removed_connections_stay_0(topology, batch_size, seed):
    mask = connection_mask(topology)
    inputs, targets = samples(6, topology, seed)
    parameters = random_parameters(topology, seed)
    engine_of(parameters, inputs, targets).train(np.arange(6), batch_size)
    if mask is not None:
        np.testing.assert_array_equal(parameters.vector[~mask], 0.0)


def test_learning_rate_counts_from_the_next_call():
    inputs, targets = samples(4)
    parameters = random_parameters(SMALL, 0)
    engine = engine_of(parameters, inputs, targets)
    _, gradient = engine.gradient(np.arange(4))
    before = parameters.vector.copy()
    engine.descent = Descent(learning_rate=0.025)
    engine.train(np.arange(4), 4)
    np.testing.assert_allclose(parameters.vector, before - 0.025 * gradient, rtol=1e-14)


def test_skip_links_and_removed_connections_in_a_forward_pass_by_hand():
    # x = (2, 3); h = tanh(0.5 x₁ + 0.1), since x₂ → h is removed; ŷ = 2 h − 1 x₂ + 0.3, x₁ → ŷ removed.
    plain = chain((2, 1, 1), (Activation.TANH, Activation.IDENTITY))
    (x, h, y) = plain.layers
    into_hidden = Link(x.id, h.id, frozenset({(x.units[1], h.units[0])}))
    skip = Link(x.id, y.id, frozenset({(x.units[0], y.units[0])}))
    topology = replace(plain, links=(into_hidden, plain.links[1], skip))
    parameters = Parameters.zeros(topology)
    parameters.weights(x.id, h.id)[0, 0] = 0.5
    parameters.biases(h.id)[0] = 0.1
    parameters.weights(h.id, y.id)[0, 0] = 2.0
    parameters.weights(x.id, y.id)[0, 1] = -1.0
    parameters.biases(y.id)[0] = 0.3
    given_out = activations(parameters, np.array([[2.0, 3.0]]))
    np.testing.assert_array_equal(given_out[x.id], [[2.0], [3.0]])
    assert given_out[h.id][0, 0] == pytest.approx(0.800499, abs=5e-7)  # tanh 1.1
    assert predict(parameters, np.array([[2.0, 3.0]]))[0, 0] == pytest.approx(-1.099002, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(topologies(), st.integers(0, 1000))
def test_each_sample_is_predicted_alone(topology, seed):
    parameters = random_parameters(topology, seed)
    inputs, _ = samples(4, topology, seed)
    together = predict(parameters, inputs)
    assert together.shape == (4, topology.sizes[-1])
    for row in range(4):
        np.testing.assert_allclose(
            predict(parameters, inputs[row : row + 1])[0], together[row], rtol=1e-12, atol=1e-14
        )


def test_gradient_of_a_run_out_of_bounds_warns_of_nothing():
    parameters = random_parameters(SMALL, 0)
    parameters.vector *= 1e200
    inputs, targets = samples(3)
    loss, _ = engine_of(parameters, inputs, targets).gradient(np.arange(3))
    assert not np.isfinite(loss)
