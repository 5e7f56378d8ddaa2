"""Numbers that somebody typed: before training they are the start, later they change their place alone."""

from dataclasses import replace

import numpy as np
import pytest
from desk import Desk
from known_data import make_setup

from nn_desktop.engines.names import Precision
from nn_desktop.network import edits, fragment, wiring
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameter_edits import FragmentNumbers, TypedNumbers
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup

SETUP = make_setup("sine", parse_layers("1-3-1"), Activation.TANH)
TOPOLOGY = SETUP.topology
INPUT, HIDDEN, OUTPUT = TOPOLOGY.layers
(X,), (A, B, C), (Y,) = (layer.units for layer in TOPOLOGY.layers)
TYPED = TypedNumbers(weights=(((X, A), 0.75), ((B, Y), -2.0)), biases=((C, 0.125),))
GROWN = SETUP.with_topology(edits.add_units(TOPOLOGY, HIDDEN.id, 0, 2))
WITHOUT_B = SETUP.with_topology(edits.remove_unit(TOPOLOGY, B))


def typed_numbers(parameters: Parameters) -> tuple[float, ...]:
    return parameters.weight(X, A), parameters.weight(B, Y), parameters.bias(C)


def typed_session() -> Session:
    session = Session(SETUP)
    session.change(SETUP, assign=TYPED.put)
    return session


def places(topology: Topology, numbers: TypedNumbers) -> np.ndarray:
    """Where the numbers lie in the vector."""
    marked = Parameters.zeros(topology)
    ones = TypedNumbers(
        tuple((pair, 1.0) for pair, _ in numbers.weights), tuple((unit, 1.0) for unit, _ in numbers.biases)
    )
    ones.put(marked)
    return marked.vector != 0


# Before training


def test_numbers_typed_before_training_are_where_it_starts():
    session, plain = typed_session(), Session(SETUP)
    assert typed_numbers(session.parameters) == (0.75, -2.0, 0.125)
    elsewhere = ~places(TOPOLOGY, TYPED)
    np.testing.assert_array_equal(session.parameters.vector[elsewhere], plain.parameters.vector[elsewhere])
    assert session.losses() != plain.losses()


def test_reset_comes_back_to_typed_numbers():
    session = typed_session()
    start = session.parameters.vector.copy()
    session.advance(40)
    assert not (session.parameters.vector == start).any()
    session.reset()
    np.testing.assert_array_equal(session.parameters.vector, start)
    assert session.updates == 0


def test_typed_numbers_survive_an_edit_before_training_and_reset_comes_back_to_them():
    session = typed_session()
    session.change(GROWN)
    assert typed_numbers(session.parameters) == (0.75, -2.0, 0.125)
    start = session.parameters.vector.copy()
    session.advance(25)
    session.reset()
    np.testing.assert_array_equal(session.parameters.vector, start)


def test_typed_numbers_survive_an_edit_while_training_and_reset_comes_back_to_them():
    session = typed_session()
    session.advance(25)
    session.change(GROWN)
    session.advance(25)
    session.reset()
    assert session.updates == 0
    assert typed_numbers(session.parameters) == (0.75, -2.0, 0.125)
    new = GROWN.topology.layer(HIDDEN.id).units[0]
    assert session.parameters.weight(X, new) != 0


def test_a_start_that_was_given_survives_an_edit_while_training():
    given = Parameters(TOPOLOGY, np.arange(1.0, 11.0))
    session = Session(SETUP, given)
    session.advance(3)
    session.change(WITHOUT_B)
    session.reset()
    for unit in (A, C):
        assert session.parameters.weight(X, unit) == given.weight(X, unit)
        assert session.parameters.bias(unit) == given.bias(unit)


@pytest.mark.parametrize("choice", [{"seed": 5}, {"initializer": Initializer.HE_NORMAL}])
def test_another_draw_forgets_typed_numbers(choice):
    session = typed_session()
    other = replace(SETUP, hyperparameters=replace(SETUP.hyperparameters, **choice))
    session.change(other)
    np.testing.assert_array_equal(session.parameters.vector, Session(other).parameters.vector)
    session.advance(5)
    session.reset()
    np.testing.assert_array_equal(session.parameters.vector, Session(other).parameters.vector)


def test_other_samples_begin_anew_from_typed_numbers():
    session = typed_session()
    start = session.parameters.vector.copy()
    session.advance(5)
    session.change(SETUP.with_data(replace(SETUP.data, seed=1)))
    assert session.updates == 0
    np.testing.assert_array_equal(session.parameters.vector, start)


def test_typed_numbers_are_rounded_to_the_precision():
    setup = make_setup(
        "sine", parse_layers("1-3-1"), Activation.TANH, Hyperparameters(precision=Precision.FLOAT32)
    )
    session = Session(setup)
    session.change(setup, assign=TypedNumbers(biases=((C, 0.1),)).put)
    assert session.parameters.bias(C) == float(np.float32(0.1)) != 0.1


def test_a_number_typed_at_a_removed_connection_does_not_stay():
    topology = edits.erase(TOPOLOGY, (), [(X, A)])
    setup = SETUP.with_topology(topology)
    session = Session(setup)
    session.change(setup, assign=TYPED.put)
    assert session.parameters.weight(X, A) == 0
    assert session.parameters.weight(B, Y) == -2.0


def with_initializer(setup: Setup, initializer: Initializer | None, layer: int = HIDDEN.id) -> Setup:
    return setup.with_topology(edits.set_initializer(setup.topology, layer, initializer))


def test_a_layers_own_initializer_counts_at_once_after_a_number_was_typed():
    session, setup = typed_session(), with_initializer(SETUP, Initializer.ZEROS)
    session.change(setup)
    assert session.parameters.weights(INPUT.id, HIDDEN.id).ravel().tolist() == [0.75, 0.0, 0.0]
    assert typed_numbers(session.parameters) == (0.75, -2.0, 0.125)
    here, plain = places(TOPOLOGY, TYPED), Session(setup).parameters.vector
    np.testing.assert_array_equal(session.parameters.vector[~here], plain[~here])  # as if nothing was typed
    start = session.parameters.vector.copy()
    session.advance(7)
    session.reset()
    np.testing.assert_array_equal(session.parameters.vector, start)
    session.change(SETUP)  # and back
    np.testing.assert_array_equal(session.parameters.vector, typed_session().parameters.vector)


def test_a_layers_own_initializer_counts_from_the_next_start_while_training():
    session, setup = typed_session(), with_initializer(SETUP, Initializer.HE_NORMAL)
    session.advance(25)
    learned = session.parameters.vector.copy()
    session.change(setup)
    np.testing.assert_array_equal(session.parameters.vector, learned)
    session.reset()
    other = Session(setup)
    other.change(setup, assign=TYPED.put)
    np.testing.assert_array_equal(session.parameters.vector, other.parameters.vector)


def test_weights_of_a_given_start_are_drawn_anew_but_for_typed_ones():
    given = Parameters(TOPOLOGY, np.arange(1.0, 11.0))
    session = Session(SETUP, given)
    session.change(SETUP, assign=TypedNumbers(weights=(((X, B), 0.5),)).put)
    session.change(with_initializer(SETUP, Initializer.ZEROS))
    assert session.parameters.weights(INPUT.id, HIDDEN.id).ravel().tolist() == [0.0, 0.5, 0.0]
    np.testing.assert_array_equal(session.parameters.biases(HIDDEN.id), given.biases(HIDDEN.id))
    np.testing.assert_array_equal(session.parameters.matrix(OUTPUT.id), given.matrix(OUTPUT.id))
    np.testing.assert_array_equal(given.vector, np.arange(1.0, 11.0))


def test_typed_numbers_are_known_after_edits_and_coming_back():
    session = typed_session()
    session.change(GROWN)
    checkpoint = session.checkpoint()
    session.change(with_initializer(GROWN, None, OUTPUT.id))
    session.advance(3)
    session.restore(checkpoint)
    session.change(with_initializer(GROWN, Initializer.ZEROS))
    weights = session.parameters.weights(INPUT.id, HIDDEN.id).ravel()
    assert sorted(weights.tolist()) == [0.0, 0.0, 0.0, 0.0, 0.75]
    assert typed_numbers(session.parameters) == (0.75, -2.0, 0.125)


def test_numbers_typed_while_training_are_no_part_of_the_next_start():
    session = typed_session()
    session.advance(3)
    session.change(SETUP, assign=TypedNumbers(weights=(((X, B), 9.0),)).put)
    session.change(with_initializer(SETUP, Initializer.ZEROS))
    assert session.parameters.weight(X, B) == 9.0
    session.reset()
    assert session.parameters.weight(X, B) == 0.0


@pytest.mark.parametrize("precision", Precision)
def test_a_layers_own_initializer_keeps_the_number_type(precision):
    setup = replace(SETUP, hyperparameters=replace(SETUP.hyperparameters, precision=precision))
    session = Session(setup, Parameters(TOPOLOGY, np.arange(1.0, 11.0)))
    session.change(with_initializer(setup, Initializer.NORMAL))
    drawn = Session(with_initializer(setup, Initializer.NORMAL)).parameters
    np.testing.assert_array_equal(
        session.parameters.weights(INPUT.id, HIDDEN.id), drawn.weights(INPUT.id, HIDDEN.id)
    )
    assert session.parameters.vector.dtype == np.dtype(precision)
    removed = wiring.disconnect_all(session.setup.topology, [(X, A)])
    session.change(setup.with_topology(removed))
    session.change(setup.with_topology(edits.set_initializer(removed, HIDDEN.id, Initializer.UNIFORM)))
    assert session.parameters.weight(X, A) == 0


def test_the_loss_curve_begins_where_typed_numbers_begin():
    session = typed_session()
    losses = session.losses()
    assert session.losses() != Session(SETUP).losses()
    np.testing.assert_array_equal(session.history.rows(), [[0, *losses]])
    session.advance(2 * session.walk.updates_per_epoch)
    np.testing.assert_array_equal(session.snapshot().history[0], [0, *losses])
    assert session.history.rows()[:, 0].tolist() == [0, 1, 2]


# While training


def test_numbers_typed_while_training_change_their_place_alone():
    session = Session(SETUP)
    session.advance(30)
    before = session.checkpoint()
    session.change(SETUP, assign=TYPED.put)
    here = places(TOPOLOGY, TYPED)
    assert typed_numbers(session.parameters) == (0.75, -2.0, 0.125)
    np.testing.assert_array_equal(session.parameters.vector[~here], before.parameters.vector[~here])
    assert (session.updates, session.epoch) == (before.updates, before.epoch)


def test_numbers_typed_while_training_count_in_the_next_update():
    typed, plain = Session(SETUP), Session(SETUP)
    for session in (typed, plain):
        session.advance(30)
    typed.change(SETUP, assign=TYPED.put)
    assert typed.losses() != plain.losses()
    begin = Parameters(TOPOLOGY, typed.parameters.vector.copy())
    again = Session(SETUP, begin)
    again.restore(replace(typed.checkpoint(), parameters=begin))
    typed.advance(1)
    again.advance(1)
    np.testing.assert_array_equal(typed.parameters.vector, again.parameters.vector)


def test_reset_does_not_come_back_to_numbers_typed_while_training():
    session = Session(SETUP)
    start = session.parameters.vector.copy()
    session.advance(30)
    session.change(SETUP, assign=TYPED.put)
    session.reset()
    np.testing.assert_array_equal(session.parameters.vector, start)


def test_a_diverging_run_comes_back_to_what_was_typed():
    session = Session(replace(SETUP, hyperparameters=Hyperparameters(learning_rate=1e200)))
    session.change(session.setup, assign=TYPED.put)
    session.advance(50)
    assert session.diverged
    assert session.updates < 50
    session.reset()
    assert typed_numbers(session.parameters) == (0.75, -2.0, 0.125)


# Undone


class UndoDesk(Desk):
    """It undoes and redoes, and tells its numbers."""

    def numbers(self) -> Parameters:
        return self.ask(lambda session: session.parameters.copy())

    def reset_session(self) -> None:
        self.ask(Session.reset)

    def undo(self) -> None:
        self.document.undo_stack.undo()

    def redo(self) -> None:
        self.document.undo_stack.redo()


@pytest.fixture
def desk(qapp):
    desk = UndoDesk(SETUP)
    yield desk
    assert desk.trainer._worker.take_error() is None
    desk.close()


@pytest.mark.parametrize("trained_before", [0, 10])
def test_undo_puts_back_typed_numbers_alone_while_training_went_on(desk, trained_before):
    desk.train(trained_before)
    before = desk.numbers().vector
    desk.document.assign("type", TYPED)
    desk.train(10)
    learned = desk.numbers().vector
    desk.undo()
    after, here = desk.numbers().vector, places(TOPOLOGY, TYPED)
    np.testing.assert_array_equal(after[here], before[here])
    np.testing.assert_array_equal(after[~here], learned[~here])
    assert desk.ask(lambda session: session.updates) == trained_before + 10
    desk.train(3)
    learned = desk.numbers().vector
    desk.redo()
    after = desk.numbers()
    assert typed_numbers(after) == (0.75, -2.0, 0.125)
    np.testing.assert_array_equal(after.vector[~here], learned[~here])


def test_undone_numbers_are_not_where_a_reset_comes_back_to(desk):
    start = desk.numbers().vector
    desk.document.assign("type", TYPED)
    desk.train(10)
    desk.undo()
    desk.reset_session()
    np.testing.assert_array_equal(desk.numbers().vector, start)


def test_redone_numbers_are_where_a_reset_comes_back_to_again(desk):
    desk.document.assign("type", TYPED)
    start = desk.numbers().vector
    desk.undo()
    desk.redo()
    desk.train(10)
    desk.reset_session()
    np.testing.assert_array_equal(desk.numbers().vector, start)


def test_numbers_typed_twice_at_one_place_are_undone_one_after_the_other(desk):
    first = desk.numbers().bias(C)
    for value in (1.5, 2.5):
        desk.document.assign("type", TypedNumbers(biases=((C, value),)))
        desk.ask(lambda session: session.change(session.setup))
    assert desk.numbers().bias(C) == 2.5
    desk.undo()
    assert desk.numbers().bias(C) == 1.5
    desk.undo()
    assert desk.numbers().bias(C) == first


def test_typed_numbers_are_put_back_under_later_edits_that_were_undone(desk):
    desk.train(5)
    before = desk.numbers().vector
    desk.document.assign("type", TYPED)
    desk.document.change_topology("grow", lambda t: edits.add_units(t, HIDDEN.id, 0, 2))
    desk.train(5)
    assert typed_numbers(desk.numbers()) != (0.75, -2.0, 0.125)
    desk.undo()
    desk.undo()
    here = places(TOPOLOGY, TYPED)
    np.testing.assert_array_equal(desk.numbers().vector[here], before[here])
    assert desk.document.setup == SETUP


# Pasted


def paste_whole(desk: UndoDesk, vector: np.ndarray) -> None:
    """Put a network of the same kind with its own numbers in the place of this one."""
    topology = desk.document.setup.topology
    whole = fragment.take(topology, [layer.id for layer in topology.layers], Parameters(topology, vector))
    ids: dict[int, int] = {}

    def replaced(present: Topology) -> Topology:
        network, new = fragment.replace_network(present, whole)
        ids.update(new)
        return network

    desk.document.change_topology("paste", replaced, assignment=FragmentNumbers(whole, ids))


@pytest.fixture
def perceptron(qapp):
    desk = UndoDesk(make_setup("circle", parse_layers("2-1"), Activation.TANH))
    yield desk
    assert desk.trainer._worker.take_error() is None
    desk.close()


def test_undo_of_a_pasted_network_gives_the_old_numbers_back_though_both_have_the_same_ends(perceptron):
    perceptron.train(5)
    before = perceptron.numbers().vector
    paste_whole(perceptron, np.array([3.0, -3.0, 1.0]))
    perceptron.train(5)
    learned = perceptron.numbers().vector
    perceptron.undo()
    np.testing.assert_array_equal(perceptron.numbers().vector, before)
    perceptron.train(2)
    perceptron.redo()
    np.testing.assert_array_equal(perceptron.numbers().vector, learned)


def test_redo_of_pasted_layers_brings_back_what_they_had_learned(desk):
    desk.train(5)
    part = fragment.take(TOPOLOGY, [HIDDEN.id], desk.numbers())
    ids: dict[int, int] = {}

    def pasted(present: Topology) -> Topology:
        network, new = fragment.insert(present, 2, part)
        ids.update(new)
        return network

    desk.document.change_topology("paste", pasted, assignment=FragmentNumbers(part, ids))
    new = ids[HIDDEN.id]
    np.testing.assert_array_equal(desk.numbers().biases(new), part.biases[HIDDEN.id])
    desk.train(20)
    learned = desk.numbers().matrix(new).copy()
    desk.undo()
    desk.train(1)
    desk.redo()
    np.testing.assert_array_equal(desk.numbers().matrix(new), learned)
