"""No number gets into a session that is not finite, whatever the order; and what is saved opens."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from known_data import make_setup
from reopening import moment_contents, reopened

from nn_desktop.engines.names import Precision
from nn_desktop.files.project.project import Project
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameter_edits import TypedNumbers
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import MAX_ID, Layer, Topology, TopologyError
from nn_desktop.training import checkpoints as checkpoints
from nn_desktop.training.checkpoints import Milestone, keep
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import InitialParameters, SessionError

SETUP = make_setup("sine", parse_layers("1-3-1"), Activation.TANH)
(X,), (A, B, C), (Y,) = (layer.units for layer in SETUP.topology.layers)
HIDDEN = SETUP.topology.layers[1].id
LARGE = TypedNumbers(biases=((A, 1e100),))
SMALL = TypedNumbers(biases=((A, 0.5),))


def with_choice(setup: Setup, **choices: object) -> Setup:
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **choices))  # type: ignore[arg-type]


IN_FLOAT32 = with_choice(SETUP, precision=Precision.FLOAT32)


def refuses(do: Callable[[], object]) -> str:
    with pytest.raises(SessionError) as refusal:
        do()
    assert str(refusal.value).count(". ") == 0, "one sentence"
    return str(refusal.value)


def test_a_start_too_large_for_float32_is_refused_where_the_type_is_chosen():
    session = Session(SETUP)
    session.change(SETUP, assign=LARGE.put)
    session.advance(1)
    session.change(SETUP, assign=SMALL.put)
    left = session.checkpoint()
    said = refuses(lambda: session.change(IN_FLOAT32))
    assert "too large for float32" in said
    assert "use float64, or start anew with another seed" in said
    session.restore(left)
    session.reset()
    assert session.parameters.bias(A) == 1e100
    session.change(with_choice(SETUP, seed=1))
    session.change(with_choice(IN_FLOAT32, seed=1))
    session.reset()
    reopened(Project(session.checkpoint()))


def test_a_start_of_an_older_file_that_does_not_fit_is_refused_where_it_is_reset_and_changes_nothing():
    session = Session(IN_FLOAT32)
    session.advance(3)
    large = Parameters.zeros(SETUP.topology)
    LARGE.put(large)
    session.restore(replace(session.checkpoint(), initial=InitialParameters(parameters=large)))
    before = moment_contents(session.checkpoint())
    assert "started from are too large for float32" in refuses(session.reset)
    assert moment_contents(session.checkpoint()) == before
    session.change(IN_FLOAT32.with_topology(edits.add_units(SETUP.topology, HIDDEN, 0)))
    assert np.isfinite(session._initial.parameters.vector).all()
    assert session._initial.parameters.bias(A) == 1e100
    session.advance(2)
    reopened(Project(session.checkpoint()))


@pytest.mark.parametrize("value", [1e39, -1e100, float("inf"), float("nan")])
def test_a_number_that_the_type_does_not_hold_is_never_put_in(value):
    session = Session(IN_FLOAT32)
    for updates in (0, 2):
        session.advance(updates)
        left = session.checkpoint()
        numbers = TypedNumbers(weights=(((X, A), value),))
        assert "too large for float32" in refuses(lambda n=numbers: session.change(IN_FLOAT32, assign=n.put))
        session.restore(left)
        reopened(Project(session.checkpoint()))


def test_the_start_alone_takes_no_number_that_its_type_does_not_hold():
    session = Session(IN_FLOAT32)
    session.change(IN_FLOAT32, assign=SMALL.put)
    session.advance(2)
    before = moment_contents(session.checkpoint())
    refuses(lambda: session.amend_start(LARGE.put, LARGE.put))
    assert moment_contents(session.checkpoint()) == before


@pytest.mark.parametrize("value", [3e38, 1e-320, -0.0, 1e-45])
def test_numbers_at_the_edge_of_float32_survive_the_choice_and_a_file(value):
    session = Session(SETUP)
    session.change(SETUP, assign=TypedNumbers(biases=((A, value),), weights=(((X, B), value),)).put)
    session.change(IN_FLOAT32)
    assert session.parameters.bias(A) == np.float32(value)
    session.advance(5)
    session.ensure_finite()
    session.reset()
    checkpoint = reopened(Project(session.checkpoint())).checkpoint
    assert checkpoint.parameters.bias(A) == np.float32(value)


def test_a_loss_that_is_infinite_from_the_start_leaves_a_state_that_opens():
    session = Session(SETUP)
    session.change(SETUP, assign=TypedNumbers(weights=(((A, Y), 1e300),), biases=((A, 1e300),)).put)
    session.advance(50)
    session.ensure_finite()
    assert session.diverged
    reopened(Project(session.checkpoint()))


def test_a_given_start_carries_nothing_at_removed_connections():
    setup = SETUP.with_topology(wiring.disconnect_all(SETUP.topology, [(X, A)]))
    given = Parameters(setup.topology, np.arange(1.0, 11.0))
    session = Session(setup, given)
    assert given.weight(X, A) == 1.0, "what is given stays as it is"
    checkpoint = reopened(Project(session.checkpoint())).checkpoint
    assert checkpoint.initial.parameters is not None
    assert checkpoint.initial.parameters.weight(X, A) == 0


def test_a_network_too_large_for_a_milestone_keeps_none_and_opens(monkeypatch):
    session = Session(SETUP)
    session.advance(session.walk.updates_until(1))
    size = session.milestones[0].vector.nbytes
    for module in ("nn_desktop.training.checkpoints", "nn_desktop.files.project.checkpoint_document"):
        monkeypatch.setattr(f"{module}.MAX_MILESTONE_BYTES", size - 1)
    session.advance(session.walk.updates_until(3))
    assert session.milestones == ()
    reopened(Project(session.checkpoint()))


def test_milestones_never_take_more_than_their_bound(monkeypatch):
    kept: tuple[Milestone, ...] = ()
    monkeypatch.setattr(checkpoints, "MAX_MILESTONE_BYTES", 1000)
    for number, size in enumerate((10, 120, 60, 60, 60, 1, 1, 124, 2, 126, 3)):
        kept = keep(kept, Milestone(setup=SETUP, vector=np.zeros(size), epoch=number, updates=number))
        assert sum(m.vector.nbytes for m in kept) <= 1000
    assert [m.updates for m in kept] == [10]


def test_the_milestones_of_the_first_epochs_stay():
    kept: tuple[Milestone, ...] = ()
    for number in range(20 * checkpoints.MAX_MILESTONES):
        kept = keep(kept, Milestone(setup=SETUP, vector=np.zeros(2), epoch=number, updates=number))
    epochs = [milestone.epoch for milestone in kept]
    first = checkpoints.MAX_MILESTONES // 4
    assert epochs[:first] == list(range(first))
    assert first < len(epochs) <= checkpoints.MAX_MILESTONES
    assert epochs == sorted(set(epochs)) and epochs[-1] == 20 * checkpoints.MAX_MILESTONES - 1


def test_ids_end_where_files_end():
    layers = (Layer(0, (1,)), Layer(MAX_ID - 2, (MAX_ID - 1,)))
    topology = Topology(layers, (), MAX_ID)
    setup = SETUP.with_topology(wiring.link_layers(topology, 0, MAX_ID - 2))
    session = Session(setup)
    session.advance(3)
    assert reopened(Project(session.checkpoint())).checkpoint.setup == setup
    for edit in (
        lambda: edits.insert_layer(topology, 1, 1, Activation.TANH),
        lambda: edits.resize_layer(topology, 0, 2),
        lambda: Topology(topology.layers, (), MAX_ID + 1),
    ):
        with pytest.raises(TopologyError, match="there are no ids for more: copy it"):
            edit()


@pytest.mark.parametrize("initializer", list(Initializer))
def test_every_initializer_draws_what_a_file_holds(initializer):
    session = Session(with_choice(IN_FLOAT32, initializer=initializer))
    reopened(Project(session.checkpoint()))
