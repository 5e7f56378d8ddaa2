"""The thread that trains: it does what a plain session does, and always listens."""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from known_data import make_setup

from nn_desktop.data.dataset import Task
from nn_desktop.data.unknown import UnknownData
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.samples import make_samples
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.snapshot import Snapshot
from nn_desktop.training.stopping import StopKind, StopRule
from nn_desktop.training.worker import Worker


def setup_of(**choices: object) -> Setup:
    return make_setup("sine", parse_layers("1-8-1"), Activation.TANH, Hyperparameters(**choices))


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.001)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(Session(setup_of()))
    yield worker
    assert worker.close(timeout=60.0)
    assert worker.take_error() is None
    assert not [thread for thread in threading.enumerate() if thread.name == "training"]


@contextmanager
def visiting(worker: Worker) -> Iterator[Session]:
    """Hold the worker between two slices, and look at its session."""
    entered, leave = threading.Event(), threading.Event()
    sessions: list[Session] = []

    def visit(session: Session) -> None:
        sessions.append(session)
        entered.set()
        leave.wait(60)

    future = worker.post(visit)
    assert entered.wait(60)
    try:
        yield sessions[0]
    finally:
        leave.set()
        future.result(60)


def snapshot_of(worker: Worker) -> Snapshot:
    worker.take_snapshot()
    worker.request_snapshot()
    taken: list[Snapshot] = []
    wait_until(lambda: bool(taken) or bool(taken.extend(s for s in [worker.take_snapshot()] if s) or taken))
    return taken[0]


def paused(worker: Worker) -> bool:
    return not worker.is_running


def test_it_waits_at_first(worker):
    assert not worker.is_running
    assert worker.take_snapshot() is None
    assert snapshot_of(worker).updates == 0
    assert worker.take_snapshot() is None


def test_it_runs_and_pauses(worker):
    worker.run()
    assert worker.is_running
    wait_until(lambda: snapshot_of(worker).updates > 100)
    worker.pause()
    with visiting(worker) as session:
        stopped = session.updates
    time.sleep(0.05)
    assert not worker.is_running
    assert snapshot_of(worker).updates == stopped


def test_one_step_is_one_update(worker):
    for updates in range(1, 4):
        worker.step_update()
        wait_until(lambda: paused(worker))
        assert snapshot_of(worker).updates == updates


def test_one_step_is_one_epoch_or_the_rest_of_it(worker):
    worker.step_update()
    wait_until(lambda: paused(worker))
    for epoch in range(1, 4):
        worker.step_epoch()
        wait_until(lambda: paused(worker))
        snapshot = snapshot_of(worker)
        assert (snapshot.epoch, snapshot.updates) == (epoch, 10 * epoch)


def test_a_step_ends_with_a_snapshot_nobody_had_to_ask_for(worker):
    worker.step_update()
    taken: list[Snapshot | None] = []

    def has_the_update() -> bool:
        taken.append(worker.take_snapshot())
        return any(snapshot is not None and snapshot.updates == 1 for snapshot in taken)

    wait_until(has_the_update)


@pytest.mark.parametrize("mode", Mode)
def test_same_bits_as_a_plain_session(mode):
    worker = Worker(Session(setup_of(mode=mode)))
    for _ in range(20):
        worker.step_epoch()
        while worker.is_running:  # a display that looks as often as it can
            worker.request_snapshot()
            worker.take_snapshot()
    snapshot = snapshot_of(worker)
    assert worker.close(timeout=60.0)
    session = Session(setup_of(mode=mode))
    session.advance(session.walk.updates_until(20))
    assert snapshot.epoch == 20
    assert snapshot.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    np.testing.assert_array_equal(snapshot.history, session.history.rows())


def test_same_bits_as_a_plain_session_after_running_freely(worker):
    worker.run()
    wait_until(lambda: snapshot_of(worker).updates > 500)
    worker.pause()
    snapshot = snapshot_of(worker)
    session = Session(setup_of())
    session.advance(snapshot.updates)
    assert snapshot.parameters.vector.tobytes() == session.parameters.vector.tobytes()


def test_snapshots_are_consistent_while_training_goes_on(worker):
    worker.run()
    for _ in range(20):
        snapshot = snapshot_of(worker)
        samples = make_samples(snapshot.dataset, snapshot.setup.topology.layers[-1].activation)
        engine = NumpyEngine(
            snapshot.parameters,
            Problem(
                loss=snapshot.setup.hyperparameters.loss,
                inputs=samples.train_inputs,
                targets=samples.train_targets,
            ),
            Descent(learning_rate=0.1),
        )
        losses = (
            engine.loss(samples.train_inputs, samples.train_targets),
            engine.loss(samples.test_inputs, samples.test_targets),
        )
        assert (snapshot.train_loss, snapshot.test_loss) == pytest.approx(losses, rel=1e-12)
        assert snapshot.history[-1, 1] == snapshot.train_loss
    worker.pause()


def test_snapshots_are_immutable(worker):
    worker.run()
    snapshot = snapshot_of(worker)
    vector, history = snapshot.parameters.vector.tobytes(), snapshot.history.tobytes()
    wait_until(lambda: snapshot_of(worker).updates > snapshot.updates + 50)
    assert snapshot.parameters.vector.tobytes() == vector
    assert snapshot.history.tobytes() == history
    assert not snapshot.parameters.vector.flags.writeable


def test_changes_come_between_two_slices(worker):
    worker.run()
    for rate, mode in [(0.01, Mode.STOCHASTIC), (0.02, Mode.BATCH), (0.03, Mode.MINI_BATCH)]:
        with visiting(worker) as session:
            hyperparameters = replace(session.setup.hyperparameters, learning_rate=rate, mode=mode)
            session.change(replace(session.setup, hyperparameters=hyperparameters))
            before = session.updates
        assert worker.is_running
        wait_until(lambda before=before: snapshot_of(worker).updates > before)
        assert snapshot_of(worker).setup.hyperparameters.mode is mode
    with visiting(worker) as session:
        topology = session.setup.topology
        session.change(session.setup.with_topology(edits.resize_layer(topology, topology.layers[1].id, 9)))
        before = session.updates
    wait_until(lambda: snapshot_of(worker).updates > before)
    assert snapshot_of(worker).parameters.topology.sizes == (1, 9, 1)


def test_error_is_handed_over_and_the_worker_goes_on(worker, monkeypatch):
    def fail(*_parts: object) -> None:
        raise RuntimeError("the engine broke")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "advance", fail)
        worker.run()
        wait_until(lambda: paused(worker))
        errors: list[Exception] = []
        wait_until(lambda: bool(errors.extend(e for e in [worker.take_error()] if e) or errors))
    assert str(errors[0]) == "the engine broke"
    assert worker.take_error() is None
    worker.step_update()
    wait_until(lambda: paused(worker))
    assert snapshot_of(worker).updates == 1


def test_a_task_that_fails_says_so_and_the_worker_goes_on(worker):
    with pytest.raises(ZeroDivisionError):
        worker.post(lambda session: 1 // 0).result(60)
    wait_until(lambda: isinstance(worker.take_error(), ZeroDivisionError))
    assert snapshot_of(worker).updates == 0
    worker.step_update()
    wait_until(lambda: paused(worker))
    assert snapshot_of(worker).updates == 1


def test_posting_waits_for_nobody(monkeypatch):
    train, is_at_work, may_go_on = NumpyEngine.train, threading.Event(), threading.Event()

    def train_slowly(*parts):
        is_at_work.set()
        assert may_go_on.wait(60)
        return train(*parts)

    monkeypatch.setattr(NumpyEngine, "train", train_slowly)
    worker = Worker(Session(setup_of(engine=EngineName.NUMPY)))
    worker.run()
    assert is_at_work.wait(60)
    done = worker.post(lambda session: session.updates)
    worker.pause()
    assert not done.done()
    may_go_on.set()
    assert done.result(60) > 0
    assert worker.close(60)


def test_run_that_diverges_pauses_with_a_word_about_it():
    worker = Worker(Session(setup_of(learning_rate=1000.0)))
    worker.run()
    wait_until(lambda: paused(worker))
    snapshot = snapshot_of(worker)
    assert snapshot.diverged
    assert np.isfinite(snapshot.parameters.vector).all()
    worker.step_update()
    wait_until(lambda: paused(worker))
    assert snapshot_of(worker).updates == snapshot.updates
    assert worker.close(timeout=60.0)


@pytest.mark.parametrize("dataset", ["sine", "digits"])
def test_close_in_the_middle_of_training_waits_for_no_end_of_it(dataset):
    setup = make_setup(dataset, parse_layers("48-48"), Activation.TANH)
    worker = Worker(Session(setup))
    worker.run()
    wait_until(lambda: snapshot_of(worker).updates > 0)
    assert worker.close(timeout=60.0)
    assert not [thread for thread in threading.enumerate() if thread.name == "training"]


def test_slow_network_after_a_fast_one_does_not_make_the_first_slice_long():
    session = Session(setup_of(mode=Mode.STOCHASTIC))
    worker = Worker(session)
    worker.run()
    wait_until(lambda: worker._pace.updates > 100)
    plain = make_setup("digits", parse_layers("512-512"), Activation.TANH)
    slow = replace(plain, hyperparameters=replace(plain.hyperparameters, mode=Mode.BATCH))
    with visiting(worker):
        before = session.updates
        session.change(slow)
    time.sleep(0.05)  # the first slice has begun
    assert worker.close(timeout=60.0)
    assert session.updates - before < 100


def test_closing_twice_is_no_error():
    worker = Worker(Session(setup_of()))
    assert worker.close(timeout=60.0)
    assert worker.close(timeout=60.0)


def test_steps_add_up():
    worker = Worker(Session(setup_of()))
    for _ in range(3):
        worker.step_epoch()
    wait_until(lambda: not worker.is_running)
    with visiting(worker) as session:
        assert session.epoch == 3
    for _ in range(4):
        worker.step_update()
    wait_until(lambda: not worker.is_running)
    with visiting(worker) as session:
        assert session.updates == 3 * session.walk.updates_per_epoch + 4
    assert worker.close(1)


def test_a_step_ends_when_the_session_goes_to_another_moment():
    worker = Worker(Session(setup_of(mode=Mode.STOCHASTIC)))
    for _ in range(10_000):
        worker.step_epoch()
    wait_until(lambda: snapshot_of(worker).updates > 0)
    worker.post(Session.reset).result(60)
    assert not worker.is_running
    assert worker.close(1)


def test_a_step_is_overtaken_by_what_is_asked_after_it():
    worker = Worker(Session(setup_of()))
    with visiting(worker):  # nothing is done yet
        worker.step_update()
        worker.run()
    wait_until(lambda: snapshot_of(worker).updates > 50)
    worker.pause()
    with visiting(worker):
        worker.step_epoch()
        worker.pause()
        before = worker._session.updates
    time.sleep(0.05)
    assert snapshot_of(worker).updates == before
    assert worker.close(1)


def test_a_snapshot_that_was_asked_for_with_a_task_shows_what_the_task_did():
    setup = make_setup("digits", parse_layers("256-256"), Activation.TANH)
    worker = Worker(Session(replace(setup, hyperparameters=replace(setup.hyperparameters, mode=Mode.BATCH))))
    for _ in range(10):
        worker.run()
        time.sleep(0.06)  # in the middle of a slice
        worker.pause()
        worker.post(Session.reset)
        wait_until(lambda: not worker._snapshots.is_wanted)
        snapshot = worker.take_snapshot()
        assert snapshot is not None
        assert snapshot.updates == 0
    assert worker.close(5)


@pytest.mark.parametrize("begin", [Worker.run, Worker.step_epoch])
def test_training_pauses_where_a_task_leads_to_data_without_samples(worker, begin):
    unknown = UnknownData(task=Task.REGRESSION, inputs=1, outputs=1)
    begin(worker)
    task = worker.post(lambda session: session.change(replace(session.setup, data=unknown.default_settings)))
    task.result(60)
    assert not worker.is_running
    assert worker.post(lambda session: session.updates).result(60) == 0


def test_after_closing_nothing_is_done_and_nobody_waits_for_ever():
    worker = Worker(Session(setup_of()))
    assert worker.close(1)
    assert worker.post(Session.reset).cancelled()


def test_a_pause_in_a_state_that_is_not_finite_is_a_divergence():
    worker = Worker(Session(setup_of()))
    with visiting(worker) as session:
        session.advance(2)
        session.parameters.vector[:] = np.inf
    worker.pause()
    assert snapshot_of(worker).diverged
    assert np.isfinite(snapshot_of(worker).train_loss)
    assert worker.close(1)


def test_no_step_is_lost_however_they_fall():
    worker = Worker(Session(setup_of()))
    for count in range(1, 400):
        worker.step_update()
        time.sleep(0.0002 * (count % 3))
    wait_until(lambda: paused(worker))
    assert snapshot_of(worker).updates == 399
    assert worker.close(1)


def test_an_error_that_was_not_taken_yet_is_news():
    worker = Worker(Session(setup_of()))
    failed = worker.post(lambda session: 1 // 0)
    wait_until(failed.done)
    wait_until(lambda: worker._error is not None)
    worker.take_snapshot()
    assert worker.has_news
    assert isinstance(worker.take_error(), ZeroDivisionError)
    wait_until(lambda: worker.take_snapshot() is not None or not worker.has_news)
    assert worker.close(1)


def test_a_reset_ends_a_step_that_was_asked_for_before_it_and_none_after_it():
    worker = Worker(Session(setup_of()))
    with visiting(worker):
        worker.step_update()
        worker.post(Session.reset)
    wait_until(lambda: not worker._snapshots.is_wanted and paused(worker))
    with visiting(worker) as session:
        assert session.updates in (0, 1)  # a reset at update 0 changes nothing: the step may follow
        session.advance(5)
    with visiting(worker):
        worker.step_update()
        worker.post(Session.reset)
    wait_until(lambda: snapshot_of(worker).updates == 0 and paused(worker))
    with visiting(worker):
        worker.post(Session.reset)
        worker.step_update()
    wait_until(lambda: paused(worker) and snapshot_of(worker).updates == 1)
    assert worker.close(1)


def test_what_it_does_when_it_is_closed_counts_as_cancelled():
    released, begun = threading.Event(), threading.Event()

    def work(session: Session) -> None:
        begun.set()
        released.wait()

    worker = Worker(Session(setup_of()))
    future = worker.post(work)
    assert begun.wait(5)
    try:
        assert not worker.close(0.01)
        with pytest.raises(CancelledError):
            future.result(5)
    finally:
        released.set()
    assert worker.close(5)


def test_what_a_task_returned_is_not_kept(worker):
    class Answer:
        pass

    future = worker.post(lambda session: Answer())
    answer = weakref.ref(future.result(60))
    del future
    wait_until(lambda: answer() is None)


def test_a_task_that_fails_is_not_kept_either(worker):
    def task(session: Session) -> None:
        raise ValueError("planned")

    future = worker.post(task)
    with pytest.raises(ValueError, match="planned"):
        future.result(60)
    wait_until(lambda: worker._under_way is None)
    assert isinstance(worker.take_error(), ValueError)


def test_each_request_is_told_of_in_the_thread_of_whoever_asks():
    told = []
    worker = Worker(Session(setup_of()), lambda: told.append(threading.current_thread()))
    requests = (worker.run, worker.pause, worker.step_update, worker.step_epoch, worker.request_snapshot)
    try:
        for request in requests:
            told.clear()
            request()
            assert set(told) == {threading.current_thread()}
        told.clear()
        worker.post(Session.checkpoint).result(10)
        assert told == [threading.current_thread()]
    finally:
        assert worker.close(10)


# Where it stops by itself


def test_a_run_with_a_rule_stops_there_and_says_so():
    straight = Session(setup_of(learning_rate=0.2))
    straight.advance(straight.walk.updates_until(40))
    goal = float(straight.history.rows()[-1, 1])
    worker = Worker(Session(setup_of(learning_rate=0.2)))
    worker.run(StopRule(epochs=1000, train_loss=goal))
    wait_until(lambda: paused(worker))
    stopped = worker.take_stopped()
    assert stopped is not None and stopped.kind is StopKind.TRAIN_LOSS
    snapshot = snapshot_of(worker)
    assert snapshot.epoch == stopped.epoch <= 40
    assert snapshot.train_loss == stopped.loss <= goal
    assert worker.take_stopped() is None
    worker.run(StopRule(epochs=60))
    wait_until(lambda: paused(worker))
    assert snapshot_of(worker).epoch == 60
    straight.advance(straight.walk.updates_until(60))
    assert snapshot_of(worker).parameters.vector.tobytes() == straight.parameters.vector.tobytes()
    assert worker.close(60)


def test_a_rule_that_is_met_at_once_trains_nothing():
    worker = Worker(Session(setup_of()))
    worker.run(StopRule(train_loss=1000.0))
    wait_until(lambda: paused(worker))
    stopped = worker.take_stopped()
    assert stopped is not None and stopped.at_once
    assert snapshot_of(worker).updates == 0
    assert worker.close(60)


def test_a_rule_of_an_earlier_run_stops_no_later_one():
    worker = Worker(Session(setup_of()))
    with visiting(worker):
        worker.run(StopRule(epochs=1))
        worker.run()
    wait_until(lambda: snapshot_of(worker).epoch > 3)
    with visiting(worker):
        worker.run(StopRule(epochs=1))
        worker.step_update()
    wait_until(lambda: paused(worker))
    assert worker.take_stopped() is None
    assert worker.close(60)


# At a pace that one can follow

HARDLY_EVER = 1e-6
"""Updates a second: the next one comes in eleven days, and what comes before it has waited for none."""


@pytest.fixture
def waiting(worker):
    """A worker that has done one update, and waits for the next."""
    worker.set_speed_limit(HARDLY_EVER)
    worker.run()
    wait_until(lambda: worker.post(lambda session: session.updates).result(60) == 1)
    return worker


@pytest.mark.parametrize("mode", Mode)
def test_the_same_bits_at_every_pace(mode):
    worker = Worker(Session(setup_of(mode=mode)))
    for rate in (30, 1000, inf):
        worker.set_speed_limit(rate)
        worker.run(StopRule(epochs=worker.post(lambda session: session.epoch).result(60) + 2))
        while worker.is_running:  # a display that looks as often as it can
            worker.request_snapshot()
            worker.take_snapshot()
            if rate == 30 and mode is Mode.STOCHASTIC and snapshot_of(worker).updates > 30:
                worker.set_speed_limit(1000)  # 320 updates would take a while
    slow = snapshot_of(worker)
    assert worker.close(60)
    session = Session(setup_of(mode=mode))
    session.advance(slow.updates)
    assert slow.epoch == session.epoch == 6
    assert slow.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    np.testing.assert_array_equal(slow.history, session.history.rows())


def test_a_pause_does_not_wait_for_the_next_update(waiting):
    waiting.pause()
    assert snapshot_of(waiting).updates == 1
    assert not waiting.is_running


def test_closing_does_not_wait_for_the_next_update(waiting):
    assert waiting.close(timeout=60.0)


def test_what_is_posted_does_not_wait_for_the_next_update(waiting):
    with visiting(waiting) as session:
        topology = session.setup.topology
        session.change(session.setup.with_topology(edits.resize_layer(topology, topology.layers[1].id, 9)))
    taken = []
    wait_until(lambda: taken.append(waiting.take_snapshot()) or is_of_nine_units(taken[-1]))
    assert waiting.is_running


def is_of_nine_units(snapshot: Snapshot | None) -> bool:
    return snapshot is not None and snapshot.updates == 1 and snapshot.parameters.topology.sizes == (1, 9, 1)


def test_a_higher_pace_does_not_wait_for_the_next_update(waiting):
    wait_until(lambda: waiting._snapshots.has_moved_on is False)
    time.sleep(0.05)  # now it sleeps
    waiting.set_speed_limit(inf)
    wait_until(lambda: waiting._session.updates > 100)  # nothing else is asked for, which would wake it


def test_a_lower_pace_begins_at_once_after_a_slice_of_many_updates(worker):
    slice_ended, limit_set = threading.Event(), threading.Event()
    advance = worker._session.advance

    def advance_and_wait(*arguments):
        reached = advance(*arguments)
        if worker._session.updates > 1000 and not slice_ended.is_set():
            slice_ended.set()
            limit_set.wait(60)
        return reached

    worker._session.advance = advance_and_wait
    worker.run()
    assert slice_ended.wait(60)
    worker.set_speed_limit(1)
    limit_set.set()
    done = worker._session.updates
    wait_until(lambda: worker._session.updates > done, seconds=30)


def test_a_single_update_does_not_wait_for_the_next_one(waiting):
    waiting.step_update()
    wait_until(lambda: paused(waiting))
    assert snapshot_of(waiting).updates == 2
    for _ in range(5):
        waiting.step_update()
    wait_until(lambda: paused(waiting))
    assert snapshot_of(waiting).updates == 7


def test_an_epoch_keeps_to_the_pace(waiting):
    waiting.step_epoch()
    wait_until(lambda: waiting.post(lambda session: session.updates).result(60) == 2)
    assert waiting.is_running


def test_a_snapshot_between_two_updates_that_shows_nothing_new_is_not_made(waiting):
    waiting.post(lambda session: None).result(60)  # which may have changed anything
    wait_until(lambda: waiting._snapshots.has_moved_on is False)
    made = []
    waiting._session.snapshot = lambda: made.append(None)
    for _ in range(20):
        waiting.request_snapshot()
        time.sleep(0.002)
    assert made == []
    del waiting._session.snapshot
