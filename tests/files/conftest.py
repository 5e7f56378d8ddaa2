"""Trained models of every kind that exports must get right."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import make_setup

from nn_desktop.data.dataset import Dataset
from nn_desktop.engines.names import Precision
from nn_desktop.files.model import TrainedModel
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup


def with_skips(topology: Topology) -> Topology:
    """Link the input with the third layer on, and remove two connections."""
    first, second, third, *_ = topology.layers
    topology = wiring.link_layers(topology, first.id, third.id)
    topology = wiring.disconnect_all(topology, [(first.units[0], second.units[1])])
    return wiring.disconnect_all(topology, [(first.units[-1], third.units[2])])


def with_single_connections(topology: Topology) -> Topology:
    """Draw single connections over a layer, freeze one of them and a layer, and give one an initializer."""
    first, second, third, last = topology.layers
    topology = wiring.connect(topology, first.units[0], third.units[1])
    topology = wiring.connect(topology, second.units[2], last.units[0])
    topology = wiring.freeze_connections(topology, [(first.units[0], third.units[1])], True)
    topology = edits.freeze_layer(topology, third.id, True)
    return edits.set_initializer(topology, second.id, Initializer.HE_NORMAL)


def trained(setup: Setup) -> tuple[TrainedModel, Dataset]:
    session = Session(setup)
    session.advance(30)
    return TrainedModel.of(session.setup, session.dataset, session.parameters), session.dataset


def make(
    dataset: str, layers: str, activation: Activation = Activation.TANH, loss: Loss | None = None
) -> Setup:
    hyperparameters = None if loss is None else Hyperparameters(loss=loss)
    return make_setup(dataset, parse_layers(layers), activation, hyperparameters)


SETUPS = {
    "regression": make("sine", "5-4"),
    "binary": make("breast-cancer", "4:relu-3:gelu"),
    "binary-symmetric": make("spiral", "2-6-1:tanh", loss=Loss.MEAN_SQUARED_ERROR),
    "multiclass": make("wine", "4-5", Activation.ELU),
    "no-hidden-layer": make("iris", "4-3"),
    "skips": (lambda setup: setup.with_topology(with_skips(setup.topology)))(make("iris", "5-4:sine")),
}
SETUPS["single-connections"] = SETUPS["no-hidden-layer"].with_topology(
    with_single_connections(SETUPS["skips"].topology)
)
SETUPS["float32"] = replace(
    SETUPS["skips"], hyperparameters=replace(SETUPS["skips"].hyperparameters, precision=Precision.FLOAT32)
)


@pytest.fixture(params=list(SETUPS))
def trained_model(request: pytest.FixtureRequest) -> tuple[TrainedModel, Dataset]:
    return trained(SETUPS[request.param])


@pytest.fixture
def chain_model() -> TrainedModel:
    return trained(SETUPS["regression"])[0]


@pytest.fixture
def skip_model() -> TrainedModel:
    model = trained(SETUPS["skips"])[0]
    assert np.count_nonzero(model.parameters.vector == 0) == 2
    return model
