"""A session without samples holds its network, and all of it but training goes on as with others."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import default_settings, unknown_settings

from nn_desktop.data.dataset import Task
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.order import epoch_orders
from nn_desktop.training.session import Session
from nn_desktop.training.setup import LOSS_OF_TASK, Setup, make_setup
from nn_desktop.training.start import SessionError


def setup_of(mode: Mode = Mode.MINI_BATCH) -> Setup:
    hyperparameters = Hyperparameters(mode=mode, loss=LOSS_OF_TASK[Task.MULTICLASS])
    data = unknown_settings(4, 3, Task.MULTICLASS)
    return make_setup(data, parse_layers("4-5-3"), Activation.TANH, hyperparameters)


@pytest.mark.parametrize("mode", Mode)
def test_it_has_no_losses_and_does_not_train(mode: Mode) -> None:
    session = Session(setup_of(mode))
    snapshot = session.snapshot()
    assert np.isnan([*session.losses(), snapshot.train_loss, snapshot.test_loss]).all()
    assert (session.train_count, session.walk.updates_left_in_epoch, snapshot.diverged) == (0, 0, False)
    with pytest.raises(SessionError) as caught:
        session.advance(1)
    assert str(caught.value) == session.setup.data.source.why_no_samples
    assert session.updates == 0


def test_its_numbers_are_changed_and_come_back() -> None:
    session = Session(setup_of())
    before, checkpoint = session.parameters.vector.copy(), session.checkpoint()

    def halve(parameters: Parameters) -> None:
        parameters.vector[:] = before / 2

    session.change(session.setup, assign=halve)
    assert session.parameters.vector.tolist() == (before / 2).tolist()
    session.reset()
    assert session.parameters.vector.tolist() == (before / 2).tolist()
    session.restore(checkpoint)
    assert session.parameters.vector.tobytes() == before.tobytes()
    assert Session.at(checkpoint).parameters.vector.tobytes() == before.tobytes()


def test_data_that_fit_are_learned_from_its_numbers_and_undone() -> None:
    start = Session(setup_of()).parameters
    start.vector[:] = np.linspace(-1, 1, start.vector.size)
    session = Session(setup_of(), start)
    checkpoint = session.checkpoint()
    session.change(session.setup.with_data(default_settings("iris")))
    assert session.parameters.vector.tobytes() == start.vector.tobytes()
    session.advance(10)
    assert session.updates == 10
    assert np.isfinite(session.losses()).all()
    session.change(setup_of(), checkpoint)
    assert session.updates == 0
    assert session.parameters.vector.tobytes() == start.vector.tobytes()
    assert session.checkpoint().order.shape == (0,)


def test_another_seed_draws_other_numbers() -> None:
    setup = setup_of()
    session = Session(setup)
    before = session.parameters.vector.copy()
    session.change(replace(setup, hyperparameters=replace(setup.hyperparameters, seed=1)))
    assert not np.array_equal(session.parameters.vector, before)


@pytest.mark.parametrize("mode", Mode)
def test_an_epoch_without_samples_has_no_updates(mode: Mode) -> None:
    hyperparameters = Hyperparameters(mode=mode)
    assert epoch_orders(hyperparameters, 3, 0).shape == (1, 0)
    assert (hyperparameters.samples_per_update(0), hyperparameters.updates_per_epoch(0)) == (1, 0)
