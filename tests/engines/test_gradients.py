"""The backward pass agrees with central differences, whatever the network, the activations and the loss."""

from dataclasses import replace

import numpy as np
import pytest
from gradient_check import central_differences
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import HIDDEN_ACTIVATIONS, random_parameters, topologies

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.numpy_passes import ForwardPass
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import HUBER_DELTA, REQUIRED_OUTPUT, Activation, Loss
from nn_desktop.network.parameters import Parameters, connection_mask
from nn_desktop.network.topology import Link, Topology, chain

TOLERANCE = 1e-6
STEP = 1e-5
FLOOR = 1e-3
"""Below this length of a gradient, rounding in the losses (1e-16 / STEP) is what one would compare."""
MARGIN = 1e-3
"""Distance to a kink within which a step could jump over it: there the two need not agree."""
KINKED = {Activation.RELU, Activation.LEAKY_RELU, Activation.ELU}
OUTPUTS_OF_LOSS = [
    (loss, output)
    for loss in Loss
    for output in ([REQUIRED_OUTPUT[loss]] if loss in REQUIRED_OUTPUT else list(Activation))
]


def random_samples(topology: Topology, loss: Loss, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng([seed, 1])
    inputs = generator.normal(0.0, 1.0, (count, topology.sizes[0]))
    shape = (count, topology.sizes[-1])
    if loss is Loss.CATEGORICAL_CROSS_ENTROPY:
        return inputs, np.eye(shape[1])[generator.integers(0, shape[1], count)]
    if loss is Loss.BINARY_CROSS_ENTROPY:
        return inputs, generator.integers(0, 2, shape).astype(float)
    return inputs, generator.normal(0.0, 1.0, shape)


def distance_to_kinks(parameters: Parameters, loss: Loss, inputs: np.ndarray, targets: np.ndarray) -> float:
    forward = ForwardPass(parameters, len(inputs))
    np.copyto(forward.inputs, inputs.T)
    errors = np.abs(forward.run() - targets.T)
    distances = [1.0]
    distances += [
        np.abs(forward.z[layer.id]).min()
        for layer in parameters.topology.layers[1:]
        if layer.activation in KINKED
    ]
    if loss is Loss.MEAN_ABSOLUTE_ERROR:
        distances.append(errors.min())
    if loss is Loss.HUBER:
        distances.append(np.abs(errors - HUBER_DELTA).min())
    return min(distances)


def relative_error(parameters: Parameters, loss: Loss, inputs: np.ndarray, targets: np.ndarray) -> float:
    """|g − n| / max(|g|, |n|) of the gradient g and the central differences n."""
    engine = NumpyEngine(
        parameters, Problem(loss=loss, inputs=inputs, targets=targets), Descent(learning_rate=0.1)
    )
    value, analytic = engine.gradient(np.arange(len(inputs)))
    assert value == pytest.approx(engine.loss(inputs, targets), rel=1e-12)
    mask = connection_mask(parameters.topology)
    if mask is not None:
        assert not analytic[~mask].any(), "a removed connection has no gradient"
    numeric = central_differences(engine, inputs, targets, STEP)
    norm = np.linalg.norm
    return norm(analytic - numeric) / max(norm(analytic), norm(numeric), FLOOR)


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from(OUTPUTS_OF_LOSS), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_gradient_agrees_with_central_differences(data, loss_and_output, count, seed):
    loss, output = loss_and_output
    topology = data.draw(topologies(output))
    parameters = random_parameters(topology, seed)
    inputs, targets = random_samples(topology, loss, count, seed)
    assume(distance_to_kinks(parameters, loss, inputs, targets) > MARGIN)
    assert relative_error(parameters, loss, inputs, targets) <= TOLERANCE


def tangled(hidden: Activation, output: Activation) -> Topology:
    """2-3-2-3 with a link that skips one layer, one that skips two, and three connections removed."""
    plain = chain((2, 3, 2, 3), (hidden, hidden, output))
    a, b, c, d = plain.layers
    first = Link(a.id, b.id, frozenset({(a.units[0], b.units[1])}))
    skip = Link(a.id, d.id, frozenset({(a.units[1], d.units[2]), (a.units[0], d.units[0])}))
    return replace(plain, links=(skip, Link(b.id, d.id), first, *plain.links[1:], Link(a.id, c.id)))


def check_away_from_kinks(topology: Topology, loss: Loss) -> None:
    for seed in range(100):
        parameters = random_parameters(topology, seed)
        inputs, targets = random_samples(topology, loss, 4, seed)
        if distance_to_kinks(parameters, loss, inputs, targets) > MARGIN:
            assert relative_error(parameters, loss, inputs, targets) <= TOLERANCE
            return
    pytest.fail("no seed is away from the kinks")


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_gradient_of_each_hidden_activation(activation):
    check_away_from_kinks(tangled(activation, Activation.IDENTITY), Loss.MEAN_SQUARED_ERROR)


@pytest.mark.parametrize(("loss", "output"), OUTPUTS_OF_LOSS)
def test_gradient_of_each_loss_with_each_output(loss, output):
    check_away_from_kinks(tangled(Activation.TANH, output), loss)


def test_layer_that_nothing_reaches_learns_its_biases_alone():
    # 2, 3, 1 where only the second layer is linked with the third: its units give out g(b), whatever x is.
    plain = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
    topology = replace(plain, links=plain.links[1:])
    check_away_from_kinks(topology, Loss.MEAN_SQUARED_ERROR)
    parameters = random_parameters(topology, 0)
    assert parameters.matrix(topology.layers[1].id).shape == (3, 1)


def test_layer_that_leads_nowhere_has_no_gradient():
    plain = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
    inputs_id, hidden_id, output_id = (layer.id for layer in plain.layers)
    topology = replace(plain, links=(Link(inputs_id, hidden_id), Link(inputs_id, output_id)))
    parameters = random_parameters(topology, 0)
    inputs, targets = random_samples(topology, Loss.MEAN_SQUARED_ERROR, 4, 0)
    engine = NumpyEngine(
        parameters,
        Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=inputs, targets=targets),
        Descent(learning_rate=0.1),
    )
    _, gradient = engine.gradient(np.arange(4))
    assert not Parameters(topology, gradient).matrix(hidden_id).any()
    assert Parameters(topology, gradient).matrix(output_id).all()


def test_network_without_links_learns_its_output_biases():
    topology = replace(chain((2, 2), (Activation.SIGMOID,)), links=())
    check_away_from_kinks(topology, Loss.MEAN_SQUARED_ERROR)


def test_central_differences_put_the_parameters_back():
    parameters = random_parameters(tangled(Activation.TANH, Activation.IDENTITY), 0)
    inputs, targets = random_samples(parameters.topology, Loss.MEAN_SQUARED_ERROR, 4, 0)
    before = parameters.vector.copy()
    central_differences(
        NumpyEngine(
            parameters,
            Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=inputs, targets=targets),
            Descent(learning_rate=0.1),
        ),
        inputs,
        targets,
    )
    np.testing.assert_array_equal(parameters.vector, before)
