"""Label smoothing: a part of the two cross-entropies, in all engines, and of no other loss."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import make_setup

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.evaluation import predict
from nn_desktop.engines.names import EngineName
from nn_desktop.errors import UserError
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup


def setup_of(dataset: str, **choices: object) -> Setup:
    setup = make_setup(dataset, parse_layers("4"), Activation.TANH)
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **choices))  # type: ignore[arg-type]


def test_the_loss_is_that_of_smoothed_targets() -> None:
    session = Session(setup_of("iris", label_smoothing=0.3, engine=EngineName.PYTHON))
    p = predict(session.parameters, session.samples.train_inputs)
    labels = session.dataset.labels[session.dataset.train]
    one_hot = np.eye(3)[labels]
    by_hand = -((0.7 * one_hot + 0.1) * np.log(p)).sum(axis=1).mean()
    assert session.losses()[0] == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("dataset", ["iris", "circle"])
def test_engines_agree(dataset: str) -> None:
    vectors = []
    for engine in available_engines():
        session = Session(setup_of(dataset, label_smoothing=0.2, engine=engine, mode=Mode.BATCH))
        session.advance(20)
        vectors.append(session.parameters.vector)
    for vector in vectors[1:]:
        np.testing.assert_allclose(vector, vectors[0], rtol=1e-9, atol=1e-12)


def test_it_changes_what_is_learned_from_the_next_update_on() -> None:
    session, plain = Session(setup_of("iris")), Session(setup_of("iris"))
    for each in (session, plain):
        each.advance(5)
    session.change(setup_of("iris", label_smoothing=0.5))
    assert session.parameters.vector.tobytes() == plain.parameters.vector.tobytes()
    for each in (session, plain):
        each.advance(1)
    assert session.parameters.vector.tobytes() != plain.parameters.vector.tobytes()


def test_a_very_sure_network_is_made_less_sure() -> None:
    sure, less_sure = (
        Session(setup_of("iris", label_smoothing=smoothing, learning_rate=0.5)) for smoothing in (0.0, 0.4)
    )
    largest = []
    for each in (sure, less_sure):
        each.advance(2000)
        largest.append(predict(each.parameters, each.samples.train_inputs).max(axis=1).mean())
    assert largest[1] < 0.85 < 0.95 < largest[0]


@pytest.mark.parametrize("loss", [Loss.MEAN_SQUARED_ERROR, Loss.HUBER])
def test_other_losses_have_none(loss: Loss) -> None:
    losses = {
        Session(setup_of("iris", loss=loss, label_smoothing=smoothing)).losses() for smoothing in (0.0, 0.5)
    }
    assert len(losses) == 1


@pytest.mark.parametrize("smoothing", [-0.1, 0.51, float("nan")])
def test_shares_that_cannot_be_are_refused(smoothing: float) -> None:
    with pytest.raises(UserError, match=r"choose a number from 0 to 0\.5"):
        Hyperparameters(label_smoothing=smoothing)
