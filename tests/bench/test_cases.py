"""A case is a network, a batch size and a type of numbers, and a session can train it."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_desktop.bench.cases import MIN_BATCHES, TRAIN_SAMPLES, Case, standard_cases
from nn_desktop.bench.random_numbers import MAX_NUMBERS
from nn_desktop.data.source import load
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.errors import UserError
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import TypedLayer, parse_layers
from nn_desktop.network.topology import TopologyError
from nn_desktop.training.hyperparameters import Mode


def test_the_standard_cases() -> None:
    cases = standard_cases(Activation.TANH, Precision.FLOAT32)
    assert [(case.layers, case.batch_size) for case in cases] == [
        ("1-16-16-1", 1), ("1-16-16-1", 16), ("1-16-16-1", 200), ("2-8-8-1", 1), ("2-8-8-1", 10),
        ("64-128-64-10", 64), ("784-512-256-10", 256),
    ]  # fmt: skip


def test_plain_gradient_descent_on_the_mean_squared_error() -> None:
    setup = Case(parse_layers("3-5-2"), 8, Activation.RELU, Precision.FLOAT64).setup(EngineName.NUMPY)
    assert setup.topology.sizes == (3, 5, 2)
    activations = [layer.activation for layer in setup.topology.layers]
    assert activations == [Activation.IDENTITY, Activation.RELU, Activation.IDENTITY]
    h = setup.hyperparameters
    assert (h.mode, h.batch_size, h.loss) == (Mode.MINI_BATCH, 8, Loss.MEAN_SQUARED_ERROR)
    assert (h.precision, h.engine) == (Precision.FLOAT64, EngineName.NUMPY)


def test_a_layer_may_have_an_activation_of_its_own() -> None:
    case = Case(parse_layers("2-8:relu-8-1"), 4)
    assert case.layers == "2-8:relu-8-1"
    assert [layer.activation for layer in case.topology.layers[1:3]] == [Activation.RELU, Activation.TANH]


def test_operations_by_hand() -> None:
    # 6 + 3 weights: 18 forward, 18 for the gradient, 6 back through the last three, for each of 5 samples.
    assert Case(parse_layers("2-3-1"), 5).flops_per_update == 5 * (18 + 18 + 6)
    # Nothing is passed back to the inputs.
    assert Case(parse_layers("4-3"), 1).flops_per_update == 24 + 24


@settings(max_examples=60, deadline=None)
@given(inputs=st.integers(1, 1200), outputs=st.integers(1, 50), batch_size=st.integers(1, 3000))
def test_an_epoch_is_several_whole_batches(inputs: int, outputs: int, batch_size: int) -> None:
    case = Case((TypedLayer(inputs), TypedLayer(outputs)), batch_size)
    assert case.train_samples % batch_size == 0
    assert (
        case.train_samples >= MIN_BATCHES * batch_size
        or case.samples * (inputs + outputs) > 0.5 * MAX_NUMBERS
    )
    assert case.train_samples < TRAIN_SAMPLES + MIN_BATCHES * batch_size
    data = load(case.setup(EngineName.AUTO).data)
    assert len(data.train) == case.train_samples
    assert len(data.test) > 0


def test_a_wide_network_is_trained_on_fewer_samples_in_bounded_memory() -> None:
    case = Case(parse_layers("10000-1"), 400)
    assert case.train_samples == 400
    assert case.samples * 10_001 <= MAX_NUMBERS
    with pytest.raises(UserError, match="choose a batch of 449 or fewer"):
        Case(parse_layers("10000-1"), 1800)


@pytest.mark.parametrize(
    ("layers", "batch_size", "words"),
    [
        ("16", 16, "has two layers at least"),
        ("1-16-1", 0, "A batch of 0 samples cannot be"),
        ("1-16-1", 95_000, "choose a batch of 90000 or fewer"),
        ("10000-10000", 1, "weights are more than"),
        ("2:tanh-1", 1, "type its number of units alone"),
        ("2-3-3:softmax", 1, "Softmax"),
    ],
)
def test_a_case_that_cannot_be_gets_a_sentence(layers: str, batch_size: int, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Case(parse_layers(layers), batch_size)


def test_softmax_belongs_to_no_hidden_layer() -> None:
    with pytest.raises(TopologyError, match="Softmax"):
        Case(parse_layers("1-4-1"), 1, Activation.SOFTMAX)


def test_a_case_can_travel_to_another_process() -> None:
    case = Case(parse_layers("2-8:relu-1"), 4)
    assert pickle.loads(pickle.dumps(case)) == case
