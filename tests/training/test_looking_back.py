"""An earlier moment of a run is shown as it was, with the losses of then."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.engines.names import EngineName
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.looking_back import belongs_to, past_snapshot, with_losses
from nn_desktop.training.session import Session
from nn_desktop.training.setup import make_setup


@pytest.fixture
def session() -> Session:
    """A session after 20 epochs of 10 updates."""
    data = CATALOGUE["sine"].default_settings
    hyperparameters = Hyperparameters(engine=EngineName.NUMPY)
    session = Session(make_setup(data, parse_layers("1-8-1"), Activation.TANH, hyperparameters))
    session.advance(200)
    return session


def snapshots_until(epoch: int, session: Session) -> list:
    """Reset a session, and return its snapshots at the ends of so many epochs."""
    session.reset()
    snapshots = []
    for _ in range(epoch):
        session.advance(10)
        snapshots.append(session.snapshot())
    return snapshots


def test_a_past_snapshot_is_bit_by_bit_what_was_shown_then(session):
    then = snapshots_until(20, session)
    now = session.snapshot()
    for milestone, shown in zip(now.milestones, then, strict=True):
        past = past_snapshot(milestone, now)
        assert past.parameters.vector.tobytes() == shown.parameters.vector.tobytes()
        assert (past.epoch, past.updates, past.setup) == (shown.epoch, shown.updates, shown.setup)
        if milestone is not now.milestones[-1]:  # that is the present
            assert (past.train_loss, past.test_loss) == (shown.train_loss, shown.test_loss)
        assert past.is_past and not shown.is_past and not now.is_past
        assert not past.parameters.vector.flags.writeable
        assert past.history is now.history and past.marks is now.marks


def test_losses_that_were_thinned_out_of_the_history_are_computed(session):
    now = session.snapshot()
    milestone = now.milestones[7]
    recorded = past_snapshot(milestone, now)
    thinned = replace(now, history=now.history[[0, 3, -1]], best=None)
    past = past_snapshot(milestone, thinned)
    assert isnan(past.train_loss) and isnan(past.test_loss)
    whole = with_losses(past)
    np.testing.assert_allclose(
        (whole.train_loss, whole.test_loss), (recorded.train_loss, recorded.test_loss), rtol=1e-12
    )
    assert with_losses(recorded) is recorded


def test_the_losses_of_the_best_moment_are_known_though_it_was_thinned_out(session):
    now = session.snapshot()
    thinned = replace(now, history=now.history[[0, -1]])
    past = past_snapshot(now.best.milestone, thinned)
    assert (past.train_loss, past.test_loss) == (now.best.train_loss, now.best.test_loss)


def test_numbers_set_since_do_not_count_as_the_losses_of_then(session):
    def double(parameters) -> None:
        parameters.vector *= 2

    before = session.snapshot()
    session.change(session.setup, assign=double)
    now = session.snapshot()
    past = with_losses(past_snapshot(now.milestones[-1], now))
    assert now.train_loss > 2 * before.train_loss
    assert past.train_loss == pytest.approx(before.train_loss, rel=1e-12)


def test_a_milestone_belongs_to_its_run_alone(session):
    milestone = session.milestones[9]
    assert belongs_to(milestone, session.snapshot())
    session.reset()
    assert not belongs_to(milestone, session.snapshot())
    session.advance(200)
    seed = replace(session.setup.hyperparameters, seed=5)
    session.change(replace(session.setup, hyperparameters=seed))
    session.advance(200)
    assert not belongs_to(milestone, session.snapshot())
