"""Examples do what their descriptions say."""

import math

import numpy as np
import pytest

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.evaluation import predict
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.errors import UserError
from nn_desktop.insight.metrics import accuracy
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.initializers import initialize
from nn_desktop.network.topology import Topology
from nn_desktop.training.examples import EXAMPLES, WITH_DATA, Example, find_with_data, start_of
from nn_desktop.training.session import Session

BY_NAME = {example.name: example for example in EXAMPLES}
FOR_ANY_DATA = [example for example in EXAMPLES if example.recipe is None]
each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
each_for_any_data = pytest.mark.parametrize("example", FOR_ANY_DATA, ids=lambda example: example.name)
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
    assert len(BY_NAME) == len({example.title for example in EXAMPLES}) == len(EXAMPLES) == 10


@each
def test_a_description_is_one_sentence(example: Example):
    assert example.description.endswith(".")
    assert ". " not in example.description
    assert 60 < len(example.description) < 200


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


@each_for_any_data
@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (2, 1), (784, 10)])
def test_it_suits_every_dataset(example: Example, inputs: int, outputs: int):
    topology = example.build(inputs, outputs, Activation.IDENTITY)
    assert (topology.sizes[0], topology.sizes[-1]) == (inputs, outputs)
    assert not topology.unreached
    assert not topology.dead_ends


@each_for_any_data
def test_it_trains(example: Example):
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(64, 2))
    targets = inputs @ [[1.0], [-0.5]] + 0.2
    parameters = initialize(example.build(2, 1, Activation.IDENTITY), Initializer.GLOROT_UNIFORM, 0)
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


# --- those that bring their data


@pytest.mark.parametrize("engine", available_engines())
def test_one_update_of_the_textbook_gives_the_numbers_that_the_textbook_gives(engine: EngineName):
    """Matt Mazur, "A Step by Step Backpropagation Example": w1 to w8 as printed there."""
    example, recipe = find_with_data("textbook")
    session = Session(*start_of(example, recipe, engine))
    loss, test_loss = session.losses()
    assert f"{loss:.9f}" == "0.298371109"
    assert math.isnan(test_loss)
    session.advance(1)
    _, hidden, output = (layer.id for layer in session.setup.topology.layers)
    inner, outer = (session.parameters.matrix(layer)[:, :2].ravel().tolist() for layer in (hidden, output))
    assert [f"{w:.8f}" for w in inner] == ["0.14978072", "0.19956143", "0.24975114", "0.29950229"]
    assert [f"{w:.8f}" for w in outer] == ["0.35891648", "0.40866619", "0.51130127", "0.56137012"]
    session.reset()
    assert session.parameters.matrix(output).tolist() == [[0.4, 0.45, 0.6], [0.5, 0.55, 0.6]]


@pytest.mark.parametrize("name", WITH_DATA)
def test_an_example_with_data_learns_them(name: str):
    session = Session(*start_of(*find_with_data(name)))
    before, _ = session.losses()
    session.advance(session.walk.updates_until(500))
    after, test_loss = session.losses()
    assert after < (0.5 if name == "smallest-xor" else 0.1) * before
    assert name == "textbook" or test_loss < 0.5 * before


def test_the_smallest_xor_network_learns_xor_but_for_some_points_between_the_corners():
    session = Session(*start_of(*find_with_data("smallest-xor")))
    session.advance(session.walk.updates_until(500))
    assert 0.9 < accuracy(session.parameters, session.dataset, session.dataset.test) < 1


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(UserError, match=r'no example "textbok"\. Did you mean "textbook"'):
        find_with_data("textbok")
    with pytest.raises(UserError, match='no example "deep"'):
        find_with_data("deep")  # it has no data
