"""What the undo stack remembers is bounded, and what it forgot is undone all the same."""

from itertools import product

import numpy as np
import pytest
from desk import Desk
from known_data import make_setup

from nn_desktop.desktop.document import undo_history, undo_steps
from nn_desktop.engines.names import Precision
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameter_edits import TypedNumbers
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.session import Session
from nn_desktop.training.settings import LEARNING_RATE
from nn_desktop.training.setup import Setup

SETUP = make_setup("sine", parse_layers("1-4-1"), Activation.TANH)
(X,), (A, B, *_), (Y,) = (layer.units for layer in SETUP.topology.layers)
HIDDEN = SETUP.topology.layers[1].id


class UndoDesk(Desk):
    """It tells what the undo stack remembers."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.stack = self.document.undo_stack

    def bias(self, unit: int) -> float:
        return self.ask(lambda session: session.parameters.bias(unit))

    def type_bias(self, unit: int, value: float) -> None:
        self.document.assign("type bias", TypedNumbers(biases=((unit, value),)))
        self.vector()  # the worker has come to it

    def remembered(self) -> int:
        counted = set()
        steps = map(self.stack.command, range(self.stack.count()))
        return sum(step.remembered_bytes(counted) for step in steps)

    def forget_all(self) -> None:
        self.vector()
        self.document.history._forget_far_checkpoints()


@pytest.fixture
def make_desk(qapp):
    desks: list[UndoDesk] = []

    def make(setup: Setup = SETUP) -> UndoDesk:
        desks.append(UndoDesk(setup))
        return desks[-1]

    yield make
    for desk in desks:
        assert desk.trainer._worker.take_error() is None
        desk.close()


@pytest.fixture
def forgetful(monkeypatch):
    """Nothing is remembered that can be forgotten."""
    monkeypatch.setattr(undo_history, "CHECKPOINT_BYTES", 0)


def sparse(topology: Topology) -> Topology:
    """Leave a single connection between the two hidden layers."""
    first, second = topology.layers[1], topology.layers[2]
    bare = wiring.disconnect_all(topology, product(first.units, second.units))
    return wiring.connect(bare, first.units[0], second.units[0])


@pytest.mark.parametrize(("precision", "size"), [(Precision.FLOAT64, 8), (Precision.FLOAT32, 4)])
def test_a_sparse_link_is_counted_with_all_its_places(make_desk, precision, size):
    setup = make_setup(
        "sine", parse_layers("1-300-300-1"), Activation.TANH, Hyperparameters(precision=precision)
    )
    desk = make_desk(setup.with_topology(sparse(setup.topology)))
    held = desk.vector().nbytes
    assert held > 90_000 * size
    desk.document.change_setting(LEARNING_RATE, 0.01)
    assert desk.remembered() == held  # before the worker has come to it, and afterwards
    desk.vector()
    assert desk.remembered() == held


def test_a_start_that_a_moment_holds_is_counted_too(make_desk):
    desk = make_desk()
    plain = desk.vector().nbytes
    desk.type_bias(A, 1.0)
    assert desk.remembered() == plain
    desk.train(1)
    desk.document.change_setting(LEARNING_RATE, 0.01)
    desk.vector()
    assert desk.remembered() >= 3 * plain


def test_typed_numbers_keep_few_bytes_once_they_must_forget(make_desk, forgetful):
    desk = make_desk(make_setup("sine", parse_layers("1-200-200-1"), Activation.TANH))
    unit = desk.document.setup.topology.layers[1].units[0]
    for number in range(8):
        desk.type_bias(unit, float(number))
    desk.forget_all()
    assert desk.stack.count() == 8
    assert desk.remembered() == 0
    for number in reversed(range(7)):
        desk.stack.undo()
        assert desk.bias(unit) == number
    desk.stack.undo()
    assert desk.bias(unit) == 0.0
    for number in range(8):
        desk.stack.redo()
        assert desk.bias(unit) == number
    desk.forget_all()
    assert desk.remembered() == 0


@pytest.mark.parametrize("trained_before", [0, 10])
@pytest.mark.parametrize("trained_after", [0, 10])
def test_undo_of_a_forgotten_number_puts_back_exactly_the_old_one_and_redo_the_new_one(
    make_desk, forgetful, trained_before, trained_after
):
    desk = make_desk()
    desk.train(trained_before)
    before = desk.vector()
    number = TypedNumbers(weights=(((X, A), 0.1),), biases=((Y, 1e-300),))
    desk.document.assign("type", number)
    typed = desk.vector()
    desk.train(trained_after)
    learned = desk.vector()
    desk.forget_all()
    assert desk.remembered() == 0
    here = before != typed
    assert np.count_nonzero(here) == 2
    desk.stack.undo()
    np.testing.assert_array_equal(desk.vector(), np.where(here, before, learned))
    desk.forget_all()
    desk.stack.redo()
    np.testing.assert_array_equal(desk.vector(), np.where(here, typed, learned))
    desk.forget_all()
    desk.stack.undo()
    np.testing.assert_array_equal(desk.vector(), np.where(here, before, learned))


@pytest.mark.parametrize("trained", [0, 10])
def test_a_forgotten_number_is_taken_out_of_the_start_too_and_put_in_again(make_desk, forgetful, trained):
    desk = make_desk()
    start = desk.vector()
    desk.type_bias(A, 2.5)
    typed_start = desk.vector()
    desk.train(trained)
    desk.forget_all()
    for _ in range(2):
        desk.stack.undo()
        desk.train(3)
        desk.ask(Session.reset)
        np.testing.assert_array_equal(desk.vector(), start)
        desk.train(trained)
        desk.forget_all()
        desk.stack.redo()
        desk.train(3)
        desk.ask(Session.reset)
        np.testing.assert_array_equal(desk.vector(), typed_start)
        desk.train(trained)
        desk.forget_all()


def test_a_forgotten_number_that_was_taken_back_is_no_typed_one(make_desk, forgetful):
    desk = make_desk()
    for part in ((X, A), (X, B)):
        desk.document.assign("type", TypedNumbers(weights=((part, 3.0),)))
        desk.forget_all()
    desk.stack.undo()
    zeros = edits.set_initializer(SETUP.topology, HIDDEN, Initializer.ZEROS)
    desk.document.change_topology("zeros", lambda topology: zeros)
    weights = desk.ask(lambda session: session.parameters.weights(SETUP.topology.layers[0].id, HIDDEN).copy())
    assert weights.ravel().tolist() == [3.0, 0.0, 0.0, 0.0]


def test_a_number_is_not_forgotten_before_the_worker_has_noted_down_what_it_replaced(make_desk, forgetful):
    desk = make_desk()
    old = desk.bias(A)
    desk.document.assign("type bias", TypedNumbers(biases=((A, 7.0),)))  # nobody waits for the worker
    desk.stack.undo()
    assert desk.bias(A) == old
    desk.stack.redo()
    assert desk.bias(A) == 7.0


def test_numbers_and_other_edits_are_all_undone_though_nothing_is_remembered(
    make_desk, forgetful, monkeypatch
):
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", -1.0)
    desk = make_desk()
    first = desk.document.setup
    values = []
    for step in range(12):
        values.append(desk.bias(A))
        desk.type_bias(A, step + 0.5)
        size = 5 + step % 2
        desk.document.change_topology("resize", lambda t, size=size: edits.resize_layer(t, HIDDEN, size))
        desk.forget_all()
    for value in reversed(values):
        desk.stack.undo()
        desk.stack.undo()
        assert desk.bias(A) == value
    assert desk.document.setup == first
