"""Networks learn: every set of the catalogue's planes in all three modes, the tables, and the sine."""

import pytest
from known_data import make_setup

from nn_desktop.data.catalogue import find_source
from nn_desktop.data.dataset import Task
from nn_desktop.insight.metrics import accuracy, r_squared
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import LOSS_OF_TASK


def learned(
    dataset: str, layers: str, activation: str, mode: str, batch_size: int, rate: float, epochs: int
) -> Session:
    hyperparameters = Hyperparameters(
        mode=Mode(mode),
        batch_size=batch_size,
        learning_rate=rate,
        loss=LOSS_OF_TASK[find_source(dataset).task],
        seed=0,
    )
    session = Session(make_setup(dataset, parse_layers(layers), Activation(activation), hyperparameters))
    session.advance(session.walk.updates_until(epochs))
    assert session.epoch == epochs
    assert not session.diverged
    return session


def test_sine_is_learned_to_a_thousandth():
    session = learned("sine", "1-16-16-1", "tanh", "mini-batch", 16, 0.1, 3000)
    assert session.losses()[1] < 0.001


# fmt: off
TABLES = [
    # dataset,       layers,     activation, mode,        batch, rate, epochs, accuracy
    ("spiral",        "2-16-16-1", "sine", "mini-batch", 10, 0.03, 1000, 0.97),
    ("iris",          "4-8-3",     "tanh", "mini-batch", 16, 0.05, 100,  0.93),
    ("wine",          "13-8-3",    "tanh", "mini-batch", 16, 0.05, 100,  0.95),
    ("breast-cancer", "30-8-1",    "tanh", "mini-batch", 16, 0.05, 100,  0.95),
    ("digits",        "64-32-10",  "tanh", "mini-batch", 16, 0.05, 100,  0.95),
]

PLANES = [
    # dataset,    layers,      activation, mode,        batch, rate, epochs
    ("gauss",     "2-1",       "tanh", "batch",      1,  0.1,   200),
    ("gauss",     "2-1",       "tanh", "mini-batch", 10, 0.1,   20),
    ("gauss",     "2-1",       "tanh", "stochastic", 1,  0.03,  10),
    ("circle",    "2-8-1",     "tanh", "batch",      1,  0.1,   1000),
    ("circle",    "2-8-1",     "tanh", "mini-batch", 10, 0.1,   100),
    ("circle",    "2-8-1",     "tanh", "stochastic", 1,  0.03,  50),
    ("xor",       "2-8-1",     "tanh", "batch",      1,  0.1,   1000),
    ("xor",       "2-8-1",     "tanh", "mini-batch", 10, 0.1,   100),
    ("xor",       "2-8-1",     "tanh", "stochastic", 1,  0.03,  50),
    ("spiral",    "2-16-16-1", "sine", "batch",      1,  0.2,   3000),
    ("spiral",    "2-16-16-1", "sine", "mini-batch", 10, 0.03,  1000),
    ("spiral",    "2-16-16-1", "sine", "stochastic", 1,  0.01,  300),
    ("plane",     "2-1",       "tanh", "batch",      1,  0.03,  200),
    ("plane",     "2-1",       "tanh", "mini-batch", 10, 0.03,  20),
    ("plane",     "2-1",       "tanh", "stochastic", 1,  0.003, 10),
    ("gaussians", "2-16-16-1", "sine", "batch",      1,  0.2,   1500),
    ("gaussians", "2-16-16-1", "sine", "mini-batch", 10, 0.1,   100),
    ("gaussians", "2-16-16-1", "sine", "stochastic", 1,  0.02,  60),
]
# fmt: on


@pytest.mark.parametrize(
    ("dataset", "layers", "activation", "mode", "batch", "rate", "epochs", "wanted"), TABLES
)
def test_classes_are_told_apart(dataset, layers, activation, mode, batch, rate, epochs, wanted):
    session = learned(dataset, layers, activation, mode, batch, rate, epochs)
    assert accuracy(session.parameters, session.dataset, session.dataset.test) >= wanted


@pytest.mark.parametrize(("dataset", "layers", "activation", "mode", "batch", "rate", "epochs"), PLANES)
def test_every_mode_learns_every_plane(dataset, layers, activation, mode, batch, rate, epochs):
    session = learned(dataset, layers, activation, mode, batch, rate, epochs)
    test = session.dataset.test
    if session.dataset.task is Task.REGRESSION:
        assert r_squared(session.parameters, session.dataset, test) >= 0.9
    else:
        assert accuracy(session.parameters, session.dataset, test) >= 0.95


def test_every_plane_and_mode_is_in_the_table():
    planes = ["gauss", "circle", "xor", "spiral", "plane", "gaussians"]
    assert {(row[0], row[3]) for row in PLANES} == {(plane, mode) for plane in planes for mode in Mode}
