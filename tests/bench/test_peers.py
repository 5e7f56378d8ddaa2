"""Other libraries train the same: after the same updates they have the same parameters."""

import shutil

import numpy as np
import peer_libraries
import pytest
from peer_libraries import Layers, PeerName, Start, layers_of, make_training, why_missing

from nn_desktop.bench import workloads
from nn_desktop.bench.measurement import TimingError
from nn_desktop.bench.workloads import make_workload, train_samples, training_setup
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import initialize
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

SHARED = [
    Activation.IDENTITY,
    Activation.SIGMOID,
    Activation.TANH,
    Activation.RELU,
    Activation.LEAKY_RELU,
    Activation.ELU,
    Activation.SELU,
    Activation.SOFTPLUS,
    Activation.GELU,
    Activation.SWISH,
]


def typed(
    layers: str,
    batch_size: int,
    activation: Activation = Activation.TANH,
    precision: Precision = Precision.FLOAT32,
) -> Workload:
    return make_workload(parse_layers(layers), batch_size, activation, precision)


@pytest.fixture(autouse=True)
def large_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make steps whose results differ from the start."""
    monkeypatch.setattr(workloads, "LEARNING_RATE", 0.1)
    monkeypatch.setattr(peer_libraries, "LEARNING_RATE", 0.1)
    monkeypatch.setattr(workloads, "TRAIN_SAMPLES", 40)


def ours(workload: Workload, updates: int) -> Layers:
    session = Session(training_setup(workload, EngineName.NUMPY))
    session.advance(updates)
    return layers_of(session.parameters)


def assert_same(found: Layers, wanted: Layers, precision: Precision) -> None:
    tolerance = 1e-10 if precision is Precision.FLOAT64 else 1e-5
    for pair, wanted_pair in zip(found, wanted, strict=True):
        for array, wanted_array in zip(pair, wanted_pair, strict=True):
            assert array.dtype == precision
            np.testing.assert_allclose(array, wanted_array, rtol=0, atol=tolerance)


def assert_trains_as_we_do(peer: PeerName, workload: Workload) -> None:
    training = make_training(peer, workload)
    updates = 3 * train_samples(workload) // workload.batch_size
    assert training.train(updates) == updates
    start, wanted = ours(workload, 0), ours(workload, updates)
    assert np.abs(start[0][0] - wanted[0][0]).max() > 1e-3
    assert_same(training.layers(), wanted, workload.precision)


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("activation", SHARED)
def test_torch(activation: Activation, precision: Precision) -> None:
    pytest.importorskip("torch")
    assert_trains_as_we_do(PeerName.TORCH, typed("3-5-4-2", 8, activation, precision))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own, as it compiles
def test_torch_compiled() -> None:
    pytest.importorskip("torch")
    if shutil.which("c++") is None:
        pytest.skip("there is no compiler")
    workload = typed("3-5-4-2", 8, Activation.TANH, Precision.FLOAT64)
    assert_trains_as_we_do(PeerName.TORCH_COMPILED, workload)


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("activation", [*SHARED, Activation.SINE])
def test_jax(activation: Activation, precision: Precision) -> None:
    pytest.importorskip("jax")
    assert_trains_as_we_do(PeerName.JAX, typed("3-5-4-2", 8, activation, precision))


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("layers", ["3-5-4-2", "2-6-1", "3-2"])
def test_scikit_learn(monkeypatch: pytest.MonkeyPatch, layers: str, precision: Precision) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setattr(workloads, "MIN_BATCHES", 1)  # its order is its own: one batch is all samples
    workload = typed(layers, 40, Activation.TANH, precision)
    assert train_samples(workload) == 40
    assert_trains_as_we_do(PeerName.SCIKIT_LEARN, workload)


def test_scikit_learn_completes_epochs() -> None:
    pytest.importorskip("sklearn")
    training = make_training(PeerName.SCIKIT_LEARN, typed("2-3-1", 8))
    assert [training.train(updates) for updates in (1, 5, 6)] == [5, 5, 10]


@pytest.mark.parametrize("layers", ["2-3:sine-1", "2-3:relu-3-1", "2-3-1:sigmoid"])
def test_scikit_learn_says_what_it_cannot(layers: str) -> None:
    pytest.importorskip("sklearn")
    with pytest.raises(TimingError, match="it has no such activations"):
        make_training(PeerName.SCIKIT_LEARN, typed(layers, 8))


def test_torch_says_what_it_cannot() -> None:
    pytest.importorskip("torch")
    with pytest.raises(TimingError, match="it has no module for sine"):
        make_training(PeerName.TORCH, typed("2-3-1", 8, Activation.SINE))


def test_the_batches_are_those_of_a_session() -> None:
    workload = typed("2-3-1", 8, Activation.TANH, Precision.FLOAT64)
    start = Start(workload)
    setup = training_setup(workload, EngineName.NUMPY)
    parameters = initialize(setup.topology, setup.hyperparameters.initializer, 0)
    engine = NumpyEngine(
        parameters,
        Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=start.inputs, targets=start.targets),
        Descent(learning_rate=0.1),
    )
    for _, rows in zip(range(12), start.batches(), strict=False):
        engine.train(rows, 8)
    assert_same(layers_of(parameters), ours(workload, 12), Precision.FLOAT64)


@pytest.mark.parametrize("peer", list(PeerName))
def test_a_library_that_is_not_installed_says_how_to(peer: PeerName, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_libraries, "find_spec", lambda name: None)
    assert 'it is not installed: "pip install ' in why_missing(peer)
    with pytest.raises(TimingError, match="not installed"):
        make_training(peer, typed("2-3-1", 8))
