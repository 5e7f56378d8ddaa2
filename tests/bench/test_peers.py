"""Other libraries train the same: after the same updates they have the same parameters."""

import shutil

import numpy as np
import pytest

from nn_desktop.bench import cases, peers
from nn_desktop.bench.cases import Case
from nn_desktop.bench.measurement import TimingError
from nn_desktop.bench.peers import Layers, PeerName, layers_of, make_training, why_missing
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
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


@pytest.fixture(autouse=True)
def large_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make steps whose results differ from the start."""
    monkeypatch.setattr(cases, "LEARNING_RATE", 0.1)
    monkeypatch.setattr(peers, "LEARNING_RATE", 0.1)
    monkeypatch.setattr(cases, "TRAIN_SAMPLES", 40)


def ours(case: Case, updates: int) -> Layers:
    session = Session(case.setup(EngineName.NUMPY))
    session.advance(updates)
    return layers_of(session.parameters)


def assert_same(found: Layers, wanted: Layers, precision: Precision) -> None:
    tolerance = 1e-10 if precision is Precision.FLOAT64 else 1e-5
    for pair, wanted_pair in zip(found, wanted, strict=True):
        for array, wanted_array in zip(pair, wanted_pair, strict=True):
            assert array.dtype == precision
            np.testing.assert_allclose(array, wanted_array, rtol=0, atol=tolerance)


def assert_trains_as_we_do(peer: PeerName, case: Case) -> None:
    training = make_training(peer, case)
    updates = 3 * case.train_samples // case.batch_size
    assert training.train(updates) == updates
    start, wanted = ours(case, 0), ours(case, updates)
    assert np.abs(start[0][0] - wanted[0][0]).max() > 1e-3
    assert_same(training.layers(), wanted, case.precision)


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("activation", SHARED)
def test_torch(activation: Activation, precision: Precision) -> None:
    pytest.importorskip("torch")
    assert_trains_as_we_do(PeerName.TORCH, Case(parse_layers("3-5-4-2"), 8, activation, precision))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own, as it compiles
def test_torch_compiled() -> None:
    pytest.importorskip("torch")
    if shutil.which("c++") is None:
        pytest.skip("there is no compiler")
    case = Case(parse_layers("3-5-4-2"), 8, Activation.TANH, Precision.FLOAT64)
    assert_trains_as_we_do(PeerName.TORCH_COMPILED, case)


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("activation", [*SHARED, Activation.SINE])
def test_jax(activation: Activation, precision: Precision) -> None:
    pytest.importorskip("jax")
    assert_trains_as_we_do(PeerName.JAX, Case(parse_layers("3-5-4-2"), 8, activation, precision))


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("layers", ["3-5-4-2", "2-6-1", "3-2"])
def test_scikit_learn(monkeypatch: pytest.MonkeyPatch, layers: str, precision: Precision) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setattr(cases, "MIN_BATCHES", 1)  # its order is its own: one batch is all samples
    case = Case(parse_layers(layers), 40, Activation.TANH, precision)
    assert case.train_samples == 40
    assert_trains_as_we_do(PeerName.SCIKIT_LEARN, case)


def test_scikit_learn_completes_epochs() -> None:
    pytest.importorskip("sklearn")
    training = make_training(PeerName.SCIKIT_LEARN, Case(parse_layers("2-3-1"), 8))
    assert [training.train(updates) for updates in (1, 5, 6)] == [5, 5, 10]


@pytest.mark.parametrize("layers", ["2-3:sine-1", "2-3:relu-3-1", "2-3-1:sigmoid"])
def test_scikit_learn_says_what_it_cannot(layers: str) -> None:
    pytest.importorskip("sklearn")
    with pytest.raises(TimingError, match="it has no such activations"):
        make_training(PeerName.SCIKIT_LEARN, Case(parse_layers(layers), 8))


def test_torch_says_what_it_cannot() -> None:
    pytest.importorskip("torch")
    with pytest.raises(TimingError, match="it has no module for sine"):
        make_training(PeerName.TORCH, Case(parse_layers("2-3-1"), 8, Activation.SINE))


def test_the_batches_are_those_of_a_session() -> None:
    case = Case(parse_layers("2-3-1"), 8, Activation.TANH, Precision.FLOAT64)
    start = peers._Start(case)
    setup = case.setup(EngineName.NUMPY)
    parameters = initialize(setup.topology, setup.hyperparameters.initializer, 0)
    engine = NumpyEngine(
        parameters,
        Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=start.inputs, targets=start.targets),
        Descent(learning_rate=0.1),
    )
    for _, rows in zip(range(12), start.batches(), strict=False):
        engine.train(rows, 8)
    assert_same(layers_of(parameters), ours(case, 12), Precision.FLOAT64)


@pytest.mark.parametrize("peer", list(PeerName))
def test_a_library_that_is_not_installed_says_how_to(peer: PeerName, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    assert 'it is not installed: "pip install ' in why_missing(peer)
    with pytest.raises(TimingError, match="not installed"):
        make_training(peer, Case(parse_layers("2-3-1"), 8))
