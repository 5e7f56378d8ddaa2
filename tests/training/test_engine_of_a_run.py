"""A run keeps its engine, may be stopped anywhere, and its worker stands still while it is held."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import make_setup

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.selection import Choice
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training import session as session_module
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.worker import Worker


def setup_of(**values: object) -> Setup:
    setup = make_setup("sine", parse_layers("1-5-1"), Activation.TANH)
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **values))


@pytest.fixture
def takes(monkeypatch):
    """What `auto` takes is as the test says."""
    taken = [EngineName.NUMPY]

    def choose(wanted: EngineName, *_form: object) -> Choice:
        return Choice(taken[0] if wanted is EngineName.AUTO else wanted, wanted)

    monkeypatch.setattr(session_module, "choose", choose)
    return taken


def test_a_run_keeps_what_auto_took_until_it_begins_anew(takes):
    session = Session(setup_of())
    session.advance(5)
    takes[0] = EngineName.PYTHON
    grown = edits.resize_layer(session.setup.topology, session.setup.topology.layers[1].id, 9)
    session.change(session.setup.with_topology(grown))
    larger = replace(session.setup.hyperparameters, mode=Mode.BATCH)
    session.change(replace(session.setup, hyperparameters=larger))
    assert session.engine.engine is EngineName.NUMPY
    assert session.snapshot().engine is session.engine
    session.reset()
    assert session.engine.engine is EngineName.PYTHON


def test_a_session_at_an_earlier_moment_measures_nothing(takes, monkeypatch):
    session = Session(setup_of())
    session.advance(5)
    checkpoint = session.checkpoint()
    monkeypatch.setattr(session_module, "choose", lambda *_form: pytest.fail("engines were measured"))
    again = Session.at(checkpoint)
    assert again.safe_checkpoint is checkpoint
    again.advance(3)
    session.advance(3)
    assert again.engine == session.engine
    assert again.parameters.vector.tobytes() == session.parameters.vector.tobytes()


def test_another_engine_that_is_asked_for_goes_on_from_here(takes):
    session = Session(setup_of())
    session.advance(5)
    checkpoint = session.checkpoint()
    wanted = replace(session.setup.hyperparameters, engine=EngineName.PYTHON)
    session.change(replace(session.setup, hyperparameters=wanted))
    assert session.engine == Choice(EngineName.PYTHON, EngineName.PYTHON)
    assert session.updates == 5
    np.testing.assert_array_equal(session.parameters.vector, checkpoint.parameters.vector)
    takes[0] = EngineName.PYTHON
    session.advance(1)
    session.change(checkpoint.setup, restore_from=checkpoint)  # as undo does after some more training
    assert session.engine.engine is EngineName.NUMPY
    session.restore(checkpoint)
    assert session.engine.engine is EngineName.NUMPY


class StopAfter(StopFlag):
    """Is set when it was looked at so many times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    def __bool__(self) -> bool:
        self._looks -= 1
        return self._looks < 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 25)), min_size=1, max_size=6),
    st.sampled_from([1, 7, 16, 40, 159, 160]),
)
def test_wherever_it_is_stopped_it_goes_on_as_if_it_had_not_been(slices, batch_size):
    setup = setup_of(batch_size=batch_size, engine=EngineName.NUMPY)
    stopped, straight = Session(setup), Session(setup)
    for updates, looks in slices:
        before = stopped.updates
        stopped.advance(updates, StopAfter(looks))
        assert 1 <= stopped.updates - before <= updates
    straight.advance(stopped.updates)
    assert (stopped.epoch, stopped.walk.updates_left_in_epoch) == (
        straight.epoch,
        straight.walk.updates_left_in_epoch,
    )
    assert stopped.parameters.vector.tobytes() == straight.parameters.vector.tobytes()
    np.testing.assert_array_equal(stopped.history.rows(), straight.history.rows())


def wait_until(condition) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize("name", available_engines())
def test_while_it_is_held_only_an_engine_that_needs_no_lock_goes_on(monkeypatch, name):
    monkeypatch.setattr("nn_desktop.training.worker.MAX_HOLD_SECONDS", 5.0)
    worker = Worker(Session(setup_of(engine=name)))
    try:
        worker.run()
        wait_until(lambda: worker._session.updates > 20)
        worker.hold()
        time.sleep(0.1)
        before = worker._session.updates
        time.sleep(0.1)
        assert (worker._session.updates > before) is not worker.holds_lock
        done = worker.post(lambda session: session.updates)  # what is asked is done all the same
        assert done.result(2) >= before
        worker.release()
        wait_until(lambda: worker._session.updates > before)
    finally:
        assert worker.close(2)


def test_nobody_holds_it_for_long(monkeypatch):
    monkeypatch.setattr("nn_desktop.training.worker.MAX_HOLD_SECONDS", 0.01)
    worker = Worker(Session(setup_of(engine=EngineName.NUMPY)))
    try:
        worker.run()
        worker.hold()
        before = worker._session.updates
        wait_until(lambda: worker._session.updates > before + 100)
    finally:
        assert worker.close(2)


@pytest.mark.parametrize("is_settled_early", [True, False])
def test_a_run_whose_engine_was_left_open_is_as_if_it_had_been_chosen_at_first(takes, is_settled_early):
    chosen = Session(setup_of())
    left_open = Session(setup_of(), engine=Choice(EngineName.PYTHON, EngineName.AUTO, is_provisional=True))
    if is_settled_early:
        left_open.settle_engine()
        assert left_open.losses() == chosen.losses()
    for session in (chosen, left_open):
        session.advance(20)
    assert left_open.engine == chosen.engine == Choice(EngineName.NUMPY, EngineName.AUTO)
    assert left_open.parameters.vector.tobytes() == chosen.parameters.vector.tobytes()
    np.testing.assert_array_equal(left_open.history.rows(), chosen.history.rows())
    for session in (chosen, left_open):
        session.reset()
    assert left_open.losses() == chosen.losses()


def test_going_back_to_a_moment_whose_engine_was_left_open_keeps_the_losses_of_the_start(takes):
    session = Session(setup_of(), engine=Choice(EngineName.PYTHON, EngineName.AUTO, is_provisional=True))
    start = session.checkpoint()
    grown = edits.resize_layer(session.setup.topology, session.setup.topology.layers[1].id, 9)
    session.change(session.setup.with_topology(grown))
    session.advance(30)
    session.change(start.setup, restore_from=start)
    first = session.history.rows()[0]
    session.advance(1)
    assert not session.engine.is_provisional
    np.testing.assert_array_equal(session.history.rows()[0], first)
