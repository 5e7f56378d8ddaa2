"""A training stops by itself at a number of epochs, at a loss, or after some minutes, and says why."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import make_setup

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.names import EngineName
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training import bounded_run
from nn_desktop.training.bounded_run import BoundedRun
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.stopping import StopKind, Stopped, StopRule, StopRuleError


def setup_of(**choices: object) -> Setup:
    return make_setup("sine", parse_layers("1-6-1"), Activation.TANH, Hyperparameters(**choices))


def trained(session: Session, rule: StopRule, slices: int = 10**6) -> Stopped:
    run, stopped = BoundedRun(rule), None
    while stopped is None:
        stopped = run.advance(session, slices, StopFlag())
    return stopped


def without_test_samples(session: Session) -> Session:
    session.dataset = replace(session.dataset, test=session.dataset.test[:0])
    session._losses = None
    return session


# Where it stops


def test_it_stops_when_so_many_epochs_are_complete() -> None:
    session = Session(setup_of())
    session.advance(13)  # in the middle of the second epoch
    stopped = trained(session, StopRule(epochs=5))
    assert (session.epoch, session.updates) == (5, 50)
    assert stopped.kind is StopKind.EPOCHS
    assert stopped.sentence == "The training stopped after 5 epochs."


@pytest.mark.parametrize(("kind", "column"), [(StopKind.TRAIN_LOSS, 1), (StopKind.TEST_LOSS, 2)])
def test_it_stops_at_the_first_recorded_epoch_whose_loss_is_low_enough(kind: StopKind, column: int) -> None:
    straight = Session(setup_of(learning_rate=0.2))
    straight.advance(straight.walk.updates_until(200))
    rows = straight.history.rows()
    goal = float(np.quantile(rows[:, column], 0.3))
    first = rows[rows[:, column] <= goal][0]
    key = "train_loss" if kind is StopKind.TRAIN_LOSS else "test_loss"
    session = Session(setup_of(learning_rate=0.2))
    stopped = trained(session, StopRule(epochs=200, **{key: goal}))
    assert session.epoch == first[0] < 200
    assert stopped.kind is kind
    assert stopped.loss == session.losses()[column - 1] == first[column]
    assert f"after {session.epoch} epochs: the {kind} is {first[column]:.6g}, and" in stopped.sentence


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 70), st.sampled_from(Mode), st.floats(0.02, 0.4))
def test_it_stops_at_the_same_bits_whatever_the_slices(slices: int, mode: Mode, goal: float) -> None:
    rule = StopRule(epochs=60, train_loss=goal)
    whole, cut = Session(setup_of(mode=mode)), Session(setup_of(mode=mode))
    assert trained(whole, rule) == trained(cut, rule, slices)
    assert whole.updates == cut.updates
    assert whole.parameters.vector.tobytes() == cut.parameters.vector.tobytes()
    assert whole.history.rows().tobytes() == cut.history.rows().tobytes()


@pytest.mark.parametrize("engine", list(available_engines()))
def test_a_training_that_goes_on_after_it_stopped_is_as_if_it_had_not(engine: EngineName) -> None:
    setup = setup_of(engine=engine, learning_rate=0.2)
    straight, session = Session(setup), Session(setup)
    straight.advance(40)
    trained(session, StopRule(epochs=8, train_loss=straight.losses()[0]))
    assert 0 < session.epoch <= 4
    trained(session, StopRule(epochs=8))
    straight.advance(40)
    assert straight.updates == session.updates == 80
    assert straight.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    assert straight.history.rows().tobytes() == session.history.rows().tobytes()


def test_it_stops_after_minutes_between_two_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(bounded_run.time, "perf_counter", lambda: clock[0])
    session, run = Session(setup_of()), BoundedRun(StopRule(minutes=2))
    for seconds in (0, 60, 119.9):
        clock[0] = 100 + seconds
        assert run.advance(session, 10, StopFlag()) is None
    clock[0] = 220.0
    stopped = run.advance(session, 10, StopFlag())
    assert stopped is not None and stopped.kind is StopKind.MINUTES
    assert stopped.sentence == "The training stopped after 2 minutes and 4 epochs."


def test_a_loss_that_was_not_reached_is_told_at_the_end() -> None:
    session = Session(setup_of())
    stopped = trained(session, StopRule(epochs=2, train_loss=1e-9, test_loss=1e-9))
    train, test = session.losses()
    assert stopped.kind is StopKind.EPOCHS
    assert stopped.sentence == (
        f"The training stopped after 2 epochs, and the training loss is {train:.6g}, still above 1e-09, "
        f"and the test loss is {test:.6g}, still above 1e-09."
    )


def test_a_run_that_diverges_reaches_nothing() -> None:
    session = Session(setup_of(learning_rate=1e6))
    run = BoundedRun(StopRule(epochs=100, train_loss=0.0))
    while not session.diverged:
        assert run.advance(session, 1000, StopFlag()) is None
    assert np.isfinite(session.parameters.vector).all()


# Bad input


@pytest.mark.parametrize("kind", ["training loss", "test loss"])
@pytest.mark.parametrize("loss", [nan, inf, -inf, -0.01])
def test_a_loss_that_cannot_be_is_refused(kind: str, loss: float) -> None:
    key = "train_loss" if kind == "training loss" else "test_loss"
    with pytest.raises(
        StopRuleError, match=rf"^Training cannot stop at a {kind} of {loss:g}, since .*0\.01\.$"
    ):
        StopRule(**{key: loss})


@pytest.mark.parametrize("minutes", [0, -1, nan, inf])
def test_minutes_that_cannot_be_are_refused(minutes: float) -> None:
    with pytest.raises(StopRuleError, match=r"after .* minutes: choose a number above 0"):
        StopRule(minutes=minutes)


def test_epochs_below_0_are_refused() -> None:
    with pytest.raises(StopRuleError, match=r"cannot take -1 epochs: choose 0 or more"):
        StopRule(epochs=-1)


def test_a_test_loss_without_test_samples_is_refused() -> None:
    session = without_test_samples(Session(setup_of()))
    with pytest.raises(StopRuleError, match=r"no test samples: choose a training loss"):
        trained(session, StopRule(epochs=5, test_loss=0.1))
    assert session.updates == 0
    assert trained(session, StopRule(epochs=1, train_loss=0.0)).kind is StopKind.EPOCHS


def test_a_loss_that_is_reached_at_once_trains_nothing_and_says_so() -> None:
    session = Session(setup_of())
    session.advance(13)
    loss = session.losses()[0]
    stopped = trained(session, StopRule(epochs=5, train_loss=9.5))
    assert session.updates == 13
    assert stopped.at_once
    assert stopped.sentence == (
        f"Nothing to train: the training loss is {loss:.6g} already, and 9.5 was to be reached."
    )
    assert trained(session, StopRule(epochs=1)).sentence == (
        "Nothing to train: the run is at epoch 1 already, and was to stop at 1."
    )
