"""What an optimizer remembers goes where the parameters go; it is made up, as plain descent has nothing."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import make_setup

from nn_desktop.engines.names import Precision
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology
from nn_desktop.training.session import Session
from nn_desktop.training.start import SessionError

SETUP = make_setup("sine", parse_layers("1-2-1"), Activation.TANH)
INPUT, HIDDEN, OUTPUT = SETUP.topology.layers
VELOCITY = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
"""By unit the weights into it and its bias: the two hidden units, then the output."""


def session_with_state(topology: Topology = SETUP.topology, numbers: tuple[float, ...] = VELOCITY) -> Session:
    session = Session(SETUP.with_topology(topology))
    session.advance(3)
    session.optimizer_state = OptimizerState(vectors={"velocity": Parameters(topology, np.array(numbers))})
    return session


def velocity(session: Session) -> Parameters:
    assert list(session.optimizer_state.vectors) == ["velocity"]
    state = session.optimizer_state.vectors["velocity"]
    assert state.topology == session.parameters.topology
    assert state.vector.dtype == session.parameters.vector.dtype
    return state


def test_plain_descent_remembers_nothing():
    session = Session(SETUP)
    session.advance(5)
    assert session.optimizer_state.vectors == {}
    assert session.checkpoint().optimizer_state.vectors == {}


def test_a_new_unit_begins_with_nothing_remembered():
    session = session_with_state()
    session.change(SETUP.with_topology(edits.resize_layer(SETUP.topology, HIDDEN.id, 3)))
    np.testing.assert_array_equal(velocity(session).matrix(HIDDEN.id), [[1, 2], [3, 4], [0, 0]])
    np.testing.assert_array_equal(velocity(session).matrix(OUTPUT.id), [[5, 6, 0, 7]])


def test_a_removed_connection_is_forgotten():
    session = session_with_state()
    topology = wiring.disconnect_all(SETUP.topology, [(INPUT.units[0], HIDDEN.units[0])])
    session.change(SETUP.with_topology(topology))
    np.testing.assert_array_equal(velocity(session).matrix(HIDDEN.id), [[0, 2], [3, 4]])


def test_undone_an_edit_brings_back_what_the_smaller_network_did_not_know():
    session = session_with_state()
    before = session.checkpoint()
    session.change(SETUP.with_topology(edits.resize_layer(SETUP.topology, HIDDEN.id, 1)))
    session.advance(1)
    state = velocity(session)
    state.vector[:] = 10 * state.vector
    session.change(SETUP, restore_from=before)
    np.testing.assert_array_equal(velocity(session).vector, [10, 20, 3, 4, 50, 6, 70])


def test_a_checkpoint_holds_a_state_of_its_own():
    session = session_with_state()
    checkpoint = session.checkpoint()
    velocity(session).vector[:] = 0
    for _ in range(2):
        session.restore(checkpoint)
        np.testing.assert_array_equal(velocity(session).vector, VELOCITY)
        velocity(session).vector[:] = 0
    np.testing.assert_array_equal(velocity(Session.at(checkpoint)).vector, VELOCITY)


def test_a_reset_forgets():
    session = session_with_state()
    session.reset()
    assert session.optimizer_state.vectors == {}


def test_the_type_of_its_numbers_is_that_of_the_parameters():
    narrow = replace(SETUP, hyperparameters=replace(SETUP.hyperparameters, precision=Precision.FLOAT32))
    session = session_with_state()
    session.change(narrow)
    np.testing.assert_array_equal(velocity(session).vector, VELOCITY)
    session = session_with_state(numbers=(1e300, *VELOCITY[1:]))
    with pytest.raises(SessionError, match="too large for float32"):
        session.change(narrow)
