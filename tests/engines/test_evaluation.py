"""What a network gives for samples: the textbook, sample by sample, says the same."""

import numpy as np
import pytest
from engines.engine_list import ENGINES
from engines.problems import OUTPUTS_OF_LOSS, problem_for
from frozen_strategies import partly_frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import random_parameters, topologies

from nn_desktop.engines import evaluation
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.evaluation import CHUNK, activations, gradient, mean_loss, predict
from nn_desktop.engines.python_engine import PythonEngine
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.parameters import connection_mask
from nn_desktop.network.topology import chain

SMALL = chain((2, 3, 2), (Activation.TANH, Activation.IDENTITY))
DESCENT = Descent(learning_rate=0.1)
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-4}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(OUTPUTS_OF_LOSS), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_every_unit_gives_out_what_the_textbook_says(dtype, data, loss_and_output, count, seed):
    loss, output = loss_and_output
    topology = data.draw(topologies(output))
    parameters, problem = random_parameters(topology, seed, dtype), problem_for(topology, loss, count, seed)
    a = activations(parameters, problem.inputs)
    assert list(a) == [layer.id for layer in topology.layers]
    network = PythonEngine(parameters, problem, DESCENT)._network()
    for sample, inputs in enumerate(problem.inputs.astype(dtype).tolist()):
        for layer, expected in zip(a.values(), network.forward(inputs).a, strict=True):
            np.testing.assert_allclose(
                layer[:, sample], expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype]
            )
    np.testing.assert_array_equal(predict(parameters, problem.inputs), a[topology.layers[-1].id].T)


@pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES.keys())
@pytest.mark.parametrize(("loss", "output"), OUTPUTS_OF_LOSS)
def test_the_loss_is_that_of_every_engine(make, loss, output):
    topology = chain((2, 3, 3), (Activation.TANH, output))
    parameters, problem = random_parameters(topology, 1), problem_for(topology, loss, 6, 1)
    expected = make(parameters, problem, DESCENT).loss(problem.inputs, problem.targets)
    assert mean_loss(parameters, loss, problem.inputs, problem.targets) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES.keys())
@settings(max_examples=50, deadline=None)
@given(st.data(), st.sampled_from(OUTPUTS_OF_LOSS), st.integers(1, 5), st.integers(0, 99))
def test_the_gradient_is_that_of_every_engine(make, data, loss_and_output, count, seed):
    loss, output = loss_and_output
    topology = data.draw(partly_frozen(output))
    parameters, problem = random_parameters(topology, seed), problem_for(topology, loss, count, seed)
    _, expected = make(parameters, problem, DESCENT).gradient(np.arange(count))
    slopes = gradient(parameters, loss, problem.inputs, problem.targets)
    size = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(slopes.vector, expected, rtol=1e-10, atol=1e-10 * size)
    is_there = connection_mask(topology)
    if is_there is not None:
        assert not slopes.vector[~is_there].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_comes_out_has_the_type_of_the_parameters(dtype):
    parameters, inputs = random_parameters(SMALL, 0, dtype), np.ones((5, 2))
    before = parameters.vector.copy()
    assert predict(parameters, inputs).dtype == dtype
    targets = np.ones((5, 2))
    assert gradient(parameters, Loss.MEAN_SQUARED_ERROR, inputs, targets).vector.dtype == dtype
    assert {a.dtype for a in activations(parameters, inputs).values()} == {np.dtype(dtype)}
    np.testing.assert_array_equal(parameters.vector, before)


@pytest.mark.parametrize("count", [1, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
def test_many_samples_are_evaluated_in_chunks(monkeypatch, count):
    parameters = random_parameters(SMALL, 0)
    problem = problem_for(SMALL, Loss.MEAN_SQUARED_ERROR, count, 0)
    inputs, targets = problem.inputs, problem.targets
    outputs, loss = predict(parameters, inputs), mean_loss(parameters, problem.loss, inputs, targets)
    monkeypatch.setattr(evaluation, "CHUNK", count)
    np.testing.assert_allclose(predict(parameters, inputs), outputs, rtol=1e-12, atol=1e-12)
    assert mean_loss(parameters, problem.loss, inputs, targets) == pytest.approx(loss, rel=1e-12)
