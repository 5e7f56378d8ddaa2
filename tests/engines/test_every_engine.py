"""What each engine promises by itself: the protocol `Engine`, and every activation and loss there is."""

from dataclasses import replace

import numpy as np
import pytest
from engines.engine_list import ENGINES
from engines.problems import OUTPUTS_OF_LOSS, problem_for, samples_for
from frozen_strategies import partly_frozen
from gradient_check import central_differences
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HIDDEN_ACTIVATIONS, random_parameters

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.engine import Engine, MakeEngine, StopFlag
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.parameters import Parameters, connection_mask, learning_mask
from nn_desktop.network.topology import Topology, chain

SMALL = chain((2, 3, 2), (Activation.TANH, Activation.IDENTITY))
SQUARED = Loss.MEAN_SQUARED_ERROR

pytestmark = pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES.keys())


def engine_of(
    make: MakeEngine,
    topology: Topology = SMALL,
    loss: Loss = SQUARED,
    dtype: type = np.float64,
    rate: float = 0.1,
    seed: int = 0,
) -> Engine:
    problem = problem_for(topology, loss, 6, seed)
    return make(random_parameters(topology, seed, dtype), problem, Descent(learning_rate=rate))


# Every activation and loss: an engine that lacks one fails here


def check_one_update(make: MakeEngine, topology: Topology, loss: Loss) -> None:
    """It goes down the slope of the engine's own loss."""
    seed = 13  # with it no ReLU is off for all samples, and nothing is at a kink
    inputs, targets = samples_for(topology, loss, 6, seed)
    engine = engine_of(make, topology, loss, seed=seed)
    before = engine.parameters.vector.copy()
    value, slope = engine.loss(inputs, targets), central_differences(engine, inputs, targets)
    losses = engine.train(np.arange(6), 6)
    np.testing.assert_allclose(losses, [value], rtol=1e-12)
    np.testing.assert_allclose(engine.parameters.vector, before - 0.1 * slope, rtol=0, atol=1e-9)
    assert (np.abs(slope) > 1e-9).all()
    assert engine.loss(inputs, targets) < value


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("loss", [SQUARED, Loss.CATEGORICAL_CROSS_ENTROPY])
def test_engine_knows_every_hidden_activation(make, activation, loss):
    output = Activation.IDENTITY if loss is SQUARED else Activation.SOFTMAX
    check_one_update(make, chain((2, 3, 3, 2), (activation, activation, output)), loss)


@pytest.mark.parametrize(("loss", "output"), OUTPUTS_OF_LOSS)
def test_engine_knows_every_loss_with_every_output(make, loss, output):
    check_one_update(make, chain((2, 3, 3), (Activation.TANH, output)), loss)


# Orders and batches


def test_batches_do_not_cross_epochs(make):
    order = np.array([[0, 1, 2, 3, 4], [4, 2, 0, 3, 1], [1, 3, 2, 0, 4]])
    at_once, by_epoch, by_batch = engine_of(make), engine_of(make), engine_of(make)
    losses = at_once.train(order, 2)
    assert losses.shape == (9,)
    assert losses.dtype == np.float64
    np.testing.assert_array_equal(losses, np.concatenate([by_epoch.train(epoch, 2) for epoch in order]))
    steps = [by_batch.train(epoch[start : start + 2], 2) for epoch in order for start in (0, 2, 4)]
    np.testing.assert_array_equal(losses, np.concatenate(steps))
    np.testing.assert_array_equal(at_once.parameters.vector, by_epoch.parameters.vector)
    np.testing.assert_array_equal(at_once.parameters.vector, by_batch.parameters.vector)


def test_batch_larger_than_the_order_is_the_whole_order(make):
    one, other = engine_of(make), engine_of(make)
    np.testing.assert_array_equal(one.train(np.arange(6), 100), other.train(np.arange(6), 6))
    np.testing.assert_array_equal(one.parameters.vector, other.parameters.vector)


def test_update_is_the_gradient_of_its_batch_times_the_learning_rate(make):
    engine = engine_of(make)
    for rate in (0.1, 0.025):
        engine.descent = Descent(learning_rate=rate)
        before = engine.parameters.vector.copy()
        loss, gradient = engine.gradient(np.array([4, 1]))
        np.testing.assert_array_equal(engine.parameters.vector, before)
        np.testing.assert_allclose(engine.train(np.array([4, 1]), 2), [loss], rtol=1e-14)
        np.testing.assert_allclose(engine.parameters.vector, before - rate * gradient, rtol=1e-14, atol=1e-16)


def test_engine_computes_with_what_others_put_into_its_parameters(make):
    engine, other = engine_of(make), engine_of(make)
    vector = engine.parameters.vector
    inputs, targets = samples_for(SMALL, SQUARED, 6, 0)
    engine.train(np.arange(6), 2)
    vector[:] = other.parameters.vector
    assert engine.loss(inputs, targets) == other.loss(inputs, targets)
    np.testing.assert_array_equal(engine.train(np.arange(6), 2), other.train(np.arange(6), 2))
    assert engine.parameters.vector is vector
    np.testing.assert_array_equal(vector, other.parameters.vector)


def test_evaluating_changes_nothing(make):
    engine = engine_of(make)
    before = engine.parameters.vector.copy()
    inputs, targets = samples_for(SMALL, SQUARED, 5, 1)
    engine.loss(inputs, targets)
    engine.gradient(np.arange(3))
    np.testing.assert_array_equal(engine.parameters.vector, before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_comes_out_has_the_type_of_the_parameters(make, dtype):
    engine = engine_of(make, dtype=dtype)
    inputs, targets = samples_for(SMALL, SQUARED, 5, 1)
    assert engine.train(np.arange(6), 4).dtype == np.float64
    assert engine.parameters.vector.dtype == dtype
    loss, gradient = engine.gradient(np.arange(6))
    assert gradient.dtype == dtype
    assert type(loss) is type(engine.loss(inputs, targets)) is float


# Stopping


def test_stop_ends_after_the_present_batch(make):
    stop = StopFlag()
    stop.set()
    stopped, other = engine_of(make), engine_of(make)
    losses = stopped.train(np.array([[0, 1, 2, 3], [3, 2, 1, 0]]), 2, stop)
    np.testing.assert_array_equal(losses, other.train(np.array([0, 1]), 2))
    np.testing.assert_array_equal(stopped.parameters.vector, other.parameters.vector)
    stop.clear()
    assert len(stopped.train(np.arange(4), 2, stop)) == 2


def test_first_loss_that_is_not_finite_is_the_last_and_has_no_update(make):
    topology = chain((1, 1), (Activation.IDENTITY,))
    parameters = Parameters(topology, np.array([1.0, 0.0]))
    inputs = np.array([[1.0], [1e200], [1.0]])  # its square is more than the largest float
    losses = make(
        parameters, Problem(loss=SQUARED, inputs=inputs, targets=np.zeros((3, 1))), Descent(learning_rate=0.1)
    ).train(np.array([[0, 1, 2]] * 2), 1)
    np.testing.assert_array_equal(losses, [1.0, np.inf])
    # Only the first sample: w − η · 2 (ŷ − y) x and b − η · 2 (ŷ − y)
    np.testing.assert_allclose(parameters.vector, [1.0 - 0.1 * 2, -0.1 * 2], rtol=1e-15)


def test_not_a_number_among_the_samples_ends_training_without_an_update(make):
    inputs, targets = samples_for(SMALL, SQUARED, 6, 0)
    inputs[2] = np.nan
    engine = make(
        random_parameters(SMALL, 0),
        Problem(loss=SQUARED, inputs=inputs, targets=targets),
        Descent(learning_rate=0.1),
    )
    other = engine_of(make)
    losses = engine.train(np.arange(6), 2)
    np.testing.assert_array_equal(losses, [other.train(np.arange(2), 2)[0], np.nan])
    np.testing.assert_array_equal(engine.parameters.vector, other.parameters.vector)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_run_out_of_bounds_ends_with_a_loss_that_is_not_finite(make, activation, dtype):
    topology = chain((2, 3, 3, 2), (activation, activation, Activation.IDENTITY))
    engine = engine_of(make, topology, dtype=dtype, rate=1e6)
    losses = engine.train(np.tile(np.arange(6), (100, 1)), 2)
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])
    assert len(losses) < 300


# What does not learn


@settings(max_examples=60, deadline=None)
@given(topology=partly_frozen(), seed=st.integers(0, 99), batch_size=st.integers(1, 6))
def test_what_does_not_learn_stays_and_what_is_removed_has_no_slope(make, topology, seed, batch_size):
    engine = engine_of(make, topology, rate=0.05, seed=seed)
    vector, before = engine.parameters.vector, engine.parameters.vector.copy()
    engine.train(np.tile(np.arange(6), (2, 1)), batch_size)
    learns, is_there = learning_mask(topology), connection_mask(topology)
    if learns is not None:
        assert vector[~learns].tobytes() == before[~learns].tobytes()
    if is_there is not None:
        assert not vector[~is_there].any()
        assert not engine.gradient(np.arange(6))[1][~is_there].any()


# The watch


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_timed_training_is_training(make, dtype):
    timed, trained = engine_of(make, dtype=dtype), engine_of(make, dtype=dtype)
    phases = timed.time_phases(np.array([3, 1, 0, 5, 4, 2]), 4)
    trained.train(np.array([3, 1, 0, 5, 4, 2]), 4)
    np.testing.assert_array_equal(timed.parameters.vector, trained.parameters.vector)
    assert phases.forward >= 0
    assert phases.backward >= 0
    assert phases.update >= 0
    assert 0 < phases.forward + phases.backward + phases.update < 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_frozen_keeps_its_bits_in_a_run_out_of_bounds(make, dtype):
    # A gradient can be infinite before the loss is. And −0, too, stays what it is.
    for activation in HIDDEN_ACTIVATIONS:
        plain = chain((2, 3, 3, 1), (activation, activation, Activation.IDENTITY))
        first, second, third, last = plain.layers
        topology = replace(plain, layers=(first, second, replace(third, frozen=True), last))
        for seed in range(10):
            parameters = random_parameters(topology, seed, dtype)
            frozen = parameters.matrix(third.id)
            frozen[0, 1] = -0.0
            before = frozen.tobytes()
            problem = problem_for(topology, SQUARED, 6, seed)
            engine = make(parameters, problem, Descent(learning_rate=1e10))
            losses = engine.train(np.tile(range(6), (20, 1)), 2)
            assert not np.isfinite(losses[-1])
            assert frozen.tobytes() == before
