"""Ready networks do what their descriptions say."""

import numpy as np
import pytest

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.evaluation import predict
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.gallery import READY, ReadyNetwork
from nn_desktop.network.initializers import initialize
from nn_desktop.network.topology import Topology

BY_NAME = {ready.name: ready for ready in READY}
each = pytest.mark.parametrize("ready", READY, ids=lambda ready: ready.name)
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([[0.0], [1.0], [1.0], [0.0]])


def skips(topology: Topology) -> list[tuple[int, int]]:
    ends = [(topology.layer_index[x.source], topology.layer_index[x.target]) for x in topology.links]
    return sorted((source, target) for source, target in ends if target > source + 1)


def learn(topology: Topology, seed: int, rate: float, epochs: int, loss: Loss) -> float:
    """Train on XOR's four points, all at once, and return the loss."""
    parameters = initialize(topology, Initializer.GLOROT_UNIFORM, seed)
    engine = NumpyEngine(
        parameters, Problem(loss=loss, inputs=CORNERS, targets=XOR), Descent(learning_rate=rate)
    )
    order = np.tile(np.arange(4), epochs)
    return float(engine.train(order, 4)[-1])


def test_names_and_titles_are_their_own():
    assert len(BY_NAME) == len({ready.title for ready in READY}) == len(READY) == 6


@each
def test_a_description_is_one_sentence(ready: ReadyNetwork):
    assert ready.description.endswith(".")
    assert ". " not in ready.description
    assert 60 < len(ready.description) < 200


@pytest.mark.parametrize(
    ("name", "hidden", "skipped"),
    [
        ("perceptron", (), []),
        ("smallest-xor", (1,), [(0, 2)]),
        ("wide", (64,), []),
        ("deep", (8,) * 6, []),
        ("residual", (8,) * 4, [(1, 3), (3, 5)]),
        ("bottleneck", (8, 2, 8), []),
    ],
)
def test_layers_and_links(name: str, hidden: tuple[int, ...], skipped: list[tuple[int, int]]):
    topology = BY_NAME[name].build(3, 2, Activation.SOFTMAX)
    assert topology.sizes == (3, *hidden, 2)
    assert skips(topology) == skipped
    assert len(topology.links) == len(hidden) + 1 + len(skipped)
    assert topology.layers[-1].activation is Activation.SOFTMAX


@each
@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (2, 1), (784, 10)])
def test_it_suits_every_dataset(ready: ReadyNetwork, inputs: int, outputs: int):
    topology = ready.build(inputs, outputs, Activation.IDENTITY)
    assert (topology.sizes[0], topology.sizes[-1]) == (inputs, outputs)
    assert not topology.unreached
    assert not topology.dead_ends


@each
def test_it_trains(ready: ReadyNetwork):
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(64, 2))
    targets = inputs @ [[1.0], [-0.5]] + 0.2
    parameters = initialize(ready.build(2, 1, Activation.IDENTITY), Initializer.GLOROT_UNIFORM, 0)
    engine = NumpyEngine(
        parameters,
        Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=inputs, targets=targets),
        Descent(learning_rate=0.02),
    )
    losses = engine.train(np.tile(np.arange(64), 300), 16)
    assert losses[-4:].mean() < 0.1 * losses[:4].mean()


@pytest.mark.parametrize(
    ("output", "loss"),
    [(Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY), (Activation.IDENTITY, Loss.MEAN_SQUARED_ERROR)],
)
def test_one_hidden_unit_learns_xor(output: Activation, loss: Loss):
    topology = BY_NAME["smallest-xor"].build(2, 1, output)
    assert topology.weight_count + topology.bias_count == 7
    rate = 1.0 if loss is Loss.BINARY_CROSS_ENTROPY else 0.2
    losses = [learn(topology, seed, rate, 4000, loss) for seed in range(5)]
    assert min(losses) < 0.01


def test_a_perceptron_cannot_learn_xor():
    topology = BY_NAME["perceptron"].build(2, 1, Activation.IDENTITY)
    assert learn(topology, 0, 0.2, 4000, Loss.MEAN_SQUARED_ERROR) == pytest.approx(0.25)


def test_the_description_of_xor_is_right():
    """x₁ + x₂ less twice "both" is XOR: weights that say so give it."""
    topology = BY_NAME["smallest-xor"].build(2, 1, Activation.IDENTITY)
    parameters = initialize(topology, Initializer.ZEROS, 0)
    first, hidden, last = (layer.id for layer in topology.layers)
    parameters.weights(first, hidden)[:] = 20.0
    parameters.biases(hidden)[:] = -30.0  # tanh: −1, and 1 if both inputs are 1
    parameters.weights(hidden, last)[:] = -1.0  # from −1 to 1 it is twice "both", less 1
    parameters.weights(first, last)[:] = 1.0
    parameters.biases(last)[:] = -1.0
    np.testing.assert_allclose(predict(parameters, CORNERS), XOR, atol=1e-6)
