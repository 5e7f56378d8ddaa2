"""Training changes what learns and nothing else, whatever was frozen, removed or edited on the way."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from frozen_strategies import partly_frozen
from gradient_check import central_differences
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import make_setup
from strategies import random_parameters

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters, learning_mask
from nn_desktop.network.topology import Topology, chain
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import LOSS_OF_TASK

ENGINES = available_engines()
SMOOTH = {
    Activation.RELU: Activation.TANH,
    Activation.LEAKY_RELU: Activation.SINE,
    Activation.ELU: Activation.GELU,
}
"""Central differences do not know what to do at a kink."""
TOLERANCE = 1e-6
FLOOR = 1e-3
"""Below this length of a gradient, rounding in the losses is what one would compare."""


def without_kinks(topology: Topology) -> Topology:
    layers = (replace(x, activation=SMOOTH.get(x.activation, x.activation)) for x in topology.layers)
    return replace(topology, layers=tuple(layers))


def random_problem(topology: Topology, count: int, seed: int) -> Problem:
    generator = np.random.default_rng([seed, 2])
    inputs = generator.normal(0.0, 1.0, (count, topology.sizes[0]))
    targets = generator.normal(0.0, 1.0, (count, topology.sizes[-1]))
    return Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=inputs, targets=targets)


def relative_error(gradient: np.ndarray, numeric: np.ndarray) -> float:
    norm = np.linalg.norm
    return norm(gradient - numeric) / max(norm(gradient), norm(numeric), FLOOR)


# What does not learn


@pytest.mark.parametrize("make_engine", ENGINES.values())
@settings(max_examples=60, deadline=None)
@given(partly_frozen(), st.integers(0, 99), st.integers(1, 4), st.sampled_from([np.float32, np.float64]))
def test_training_changes_what_learns_and_nothing_else(make_engine, topology, seed, batch, dtype):
    parameters = random_parameters(topology, seed, dtype)
    problem = random_problem(topology, 8, seed)
    before = parameters.vector.copy()
    engine = make_engine(parameters, problem, Descent(learning_rate=0.05))
    engine.train(np.arange(8), batch)
    learns = learning_mask(topology)
    if learns is not None:
        assert parameters.vector[~learns].tobytes() == before[~learns].tobytes()
    if not topology.layers[-1].frozen and topology.layers[-1].activation is Activation.IDENTITY:
        biases = Parameters(topology, before).biases(topology.layers[-1].id)
        assert (parameters.biases(topology.layers[-1].id) != biases).all()


@pytest.mark.parametrize("make_engine", ENGINES.values())
@settings(max_examples=60, deadline=None)
@given(partly_frozen(), st.integers(0, 99))
def test_one_update_is_one_step_down_the_gradient_of_what_learns(make_engine, topology, seed):
    parameters = random_parameters(topology, seed)
    problem = random_problem(topology, 5, seed)
    before = parameters.vector.copy()
    engine = make_engine(parameters, problem, Descent(learning_rate=0.25))
    _, gradient = engine.gradient(np.arange(5))
    engine.train(np.arange(5), 5)
    learns = learning_mask(topology)
    step = 0.25 * gradient if learns is None else 0.25 * gradient * learns
    np.testing.assert_array_equal(parameters.vector, before - step)


@pytest.mark.parametrize("make_engine", ENGINES.values())
@settings(max_examples=60, deadline=None)
@given(partly_frozen(), st.integers(0, 99))
def test_gradient_of_what_is_frozen_agrees_with_central_differences_too(make_engine, topology, seed):
    topology = without_kinks(topology)
    parameters = random_parameters(topology, seed)
    problem = random_problem(topology, 4, seed)
    engine = make_engine(parameters, problem, Descent(learning_rate=0.05))
    _, gradient = engine.gradient(np.arange(4))
    assert relative_error(gradient, central_differences(engine, problem.inputs, problem.targets)) <= TOLERANCE


def test_a_frozen_layer_passes_the_gradient_on():
    topology = edits.freeze_layer(
        chain((1, 2, 2, 1), (Activation.TANH,) * 2 + (Activation.IDENTITY,)), 5, True
    )
    first, frozen, last = topology.layers[1:]
    assert (frozen.id, frozen.frozen) == (5, True)
    parameters = random_parameters(topology, 3)
    before = parameters.copy()
    problem = random_problem(topology, 8, 3)
    NumpyEngine(parameters, problem, Descent(learning_rate=0.1)).train(np.arange(8), 8)
    assert (parameters.matrix(first.id) != before.matrix(first.id)).all()
    assert (parameters.matrix(last.id) != before.matrix(last.id)).all()
    np.testing.assert_array_equal(parameters.matrix(frozen.id), before.matrix(frozen.id))


def test_what_is_frozen_learns_again_from_where_it_was():
    setup = make_setup("sine", parse_layers("1-4-1"), Activation.TANH)
    hidden = setup.topology.layers[1].id
    session = Session(setup)
    session.advance(10)
    kept = session.parameters.matrix(hidden).copy()
    session.change(setup.with_topology(edits.freeze_layer(setup.topology, hidden, True)))
    session.advance(10)
    np.testing.assert_array_equal(session.parameters.matrix(hidden), kept)
    session.change(setup)
    session.advance(10)
    assert (session.parameters.matrix(hidden) != kept).all()


# While being edited

Edit = Callable[[Topology], Topology]


def edits_of_a_drawn_network() -> Iterator[tuple[str, Edit]]:
    """A chain of edits, each of the network that the one before it made."""
    yield "skip link", lambda t: wiring.link_layers(t, t.layers[0].id, t.layers[-1].id)
    yield "insert layer", lambda t: edits.insert_layer(t, 2, 3, Activation.SINE)
    yield "disconnect", lambda t: wiring.disconnect_all(t, [(t.layers[1].units[0], t.layers[2].units[0])])
    yield "one skip connection", lambda t: wiring.connect(t, t.layers[1].units[-1], t.layers[3].units[0])
    yield "add units", lambda t: edits.add_units(t, t.layers[1].id, 1, 2)
    yield "freeze layer", lambda t: edits.freeze_layer(t, t.layers[2].id, True)
    yield "freeze connections", lambda t: wiring.freeze_connections(t, [*t.connections()][::3], True)
    yield "move unit", lambda t: edits.move_unit(t, t.layers[1].units[0], 3)
    yield "remove unit", lambda t: edits.remove_unit(t, t.layers[1].units[1])
    yield (
        "dead end",
        lambda t: wiring.disconnect_all(
            t, [pair for pair in t.connections() if pair[0] == t.layers[2].units[0]]
        ),
    )
    yield (
        "unreached",
        lambda t: wiring.disconnect_all(
            t, [pair for pair in t.connections() if pair[1] == t.layers[1].units[-1]]
        ),
    )
    yield "move layer", lambda t: edits.move_layer(t, t.layers[2].id, 1)
    yield "let layer learn", lambda t: replace(t, layers=tuple(replace(x, frozen=False) for x in t.layers))
    yield "erase", lambda t: edits.erase(t, [t.layers[2].units[-1]], [next(t.connections())])
    yield "activation", lambda t: edits.set_activation(t, t.layers[1].id, Activation.SWISH)
    yield "remove layer", lambda t: edits.remove_layer(t, t.layers[2].id)
    yield "shrink", lambda t: edits.resize_layer(t, t.layers[1].id, 2)
    yield "grow", lambda t: edits.resize_layer(t, t.layers[1].id, 6)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dataset", ["sine", "spiral", "iris"])
def test_gradient_is_right_after_each_edit_of_a_network_that_trains(engine, dataset):
    sizes = {"sine": "1-4-3-1", "spiral": "2-4-3-1", "iris": "4-4-3-3"}[dataset]
    setup = make_setup(dataset, parse_layers(sizes), Activation.TANH)
    session = Session(replace(setup, hyperparameters=replace(setup.hyperparameters, engine=engine)))
    session.advance(20)
    for name, edit in edits_of_a_drawn_network():
        before = session.parameters
        topology = edit(before.topology)
        assert topology != before.topology, name
        session.change(session.setup.with_topology(topology))
        common = set(topology.connections()) & set(before.topology.connections())
        assert common
        assert all(session.parameters.weight(*pair) == before.weight(*pair) for pair in common), name
        check_gradient_and_training(session, name)


def check_gradient_and_training(session: Session, name: str) -> None:
    inputs, targets = session.samples.train_inputs[:20], session.samples.train_targets[:20]
    _, analytic = session._engine.gradient(np.arange(20))
    numeric = central_differences(session._engine, inputs, targets)
    assert relative_error(analytic, numeric) <= TOLERANCE, name
    vector, updates = session.parameters.vector.copy(), session.updates
    session.advance(15)
    learns = learning_mask(session.parameters.topology)
    if learns is None:
        learns = np.ones(len(vector), bool)
    np.testing.assert_array_equal(session.parameters.vector[~learns], vector[~learns], name)
    assert (session.parameters.vector[learns] != vector[learns]).any(), name
    assert session.updates == updates + 15
    assert np.isfinite(session.losses()).all()
    assert not session.diverged


# It learns


def drawn_network(inputs: int) -> Topology:
    """Skips, sparse links, removed connections, a unit that leads nowhere and one that nothing reaches."""
    topology = chain((inputs, 12, 8, 1), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
    first, a, b, last = topology.layers
    topology = wiring.link_layers(topology, first.id, b.id)
    for source in a.units[::4]:
        topology = wiring.connect(topology, source, last.units[0])
    lost = [(a.units[i], b.units[j]) for i in range(12) for j in range(8) if (i + j) % 5 == 0]
    lost += [(b.units[0], last.units[0])]
    lost += [(unit, b.units[1]) for layer in (first, a) for unit in layer.units]
    topology = wiring.disconnect_all(topology, lost)
    assert topology.dead_ends == {b.units[0]}
    assert topology.unreached == {b.units[1]}
    return topology


@pytest.mark.parametrize(
    ("dataset", "updates", "rate", "share"), [("sine", 4000, 0.1, 0.02), ("spiral", 12000, 0.2, 0.4)]
)
def test_a_network_with_skips_and_removed_connections_learns(dataset, updates, rate, share):
    inputs = {"sine": 1, "spiral": 2}[dataset]
    plain = make_setup(dataset, parse_layers(f"{inputs}-2-1"), Activation.TANH)
    topology = edits.set_activation(
        drawn_network(inputs), drawn_network(inputs).layers[-1].id, plain.topology.layers[-1].activation
    )
    loss = plain.hyperparameters.loss
    session = Session(
        replace(plain, topology=topology, hyperparameters=Hyperparameters(loss=loss, learning_rate=rate))
    )
    before = session.losses()
    session.advance(updates)
    after = session.losses()
    assert after[0] < share * before[0]
    assert after[1] < before[1]


@pytest.mark.parametrize("dataset", ["sine", "spiral"])
def test_loss_falls_between_the_edits_of_a_network_that_grows(dataset):
    inputs = {"sine": 1, "spiral": 2}[dataset]
    setup = make_setup(dataset, parse_layers(f"{inputs}-2-1"), Activation.TANH)
    # All samples at once: with some of them the loss goes up now and then.
    session = Session(replace(setup, hyperparameters=replace(setup.hyperparameters, mode=Mode.BATCH)))
    assert session.setup.hyperparameters.loss in LOSS_OF_TASK.values()
    losses = [session.losses()[0]]
    for edit in (
        lambda t: edits.resize_layer(t, t.layers[1].id, 8),
        lambda t: wiring.link_layers(t, t.layers[0].id, t.layers[-1].id),
        lambda t: edits.add_units(t, t.layers[1].id, 0, 4),
    ):
        session.advance(2000)
        losses.append(session.losses()[0])
        session.change(session.setup.with_topology(edit(session.setup.topology)))
    session.advance(4000)
    losses.append(session.losses()[0])
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.9 * losses[0]
