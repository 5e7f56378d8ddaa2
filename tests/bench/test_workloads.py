"""A network, a batch size and a type of numbers make a workload, and a session can train it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_desktop.bench.workloads import (
    MIN_BATCHES,
    TRAIN_SAMPLES,
    make_workload,
    notation_of,
    random_numbers,
    standard_workloads,
    train_samples,
    training_setup,
)
from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.source import load
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.errors import UserError
from nn_desktop.limits import MAX_MADE
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import TypedLayer, parse_layers
from nn_desktop.network.topology import TopologyError
from nn_desktop.training.hyperparameters import Mode

TANH = Activation.TANH


def typed(layers: str, batch_size: int, activation: Activation = TANH) -> Workload:
    return make_workload(parse_layers(layers), batch_size, activation, Precision.FLOAT64)


def test_the_standard_workloads() -> None:
    found = standard_workloads(TANH, Precision.FLOAT32)
    assert [(notation_of(workload, TANH), workload.batch_size) for workload in found] == [
        ("1-16-16-1", 1), ("1-16-16-1", 16), ("1-16-16-1", 200), ("2-8-8-1", 1), ("2-8-8-1", 10),
        ("64-128-64-10", 64), ("784-512-256-10", 256),
    ]  # fmt: skip
    assert {workload.precision for workload in found} == {Precision.FLOAT32}


def test_plain_gradient_descent_on_the_mean_squared_error() -> None:
    setup = training_setup(typed("3-5-2", 8, Activation.RELU), EngineName.NUMPY)
    assert setup.topology.sizes == (3, 5, 2)
    activations = [layer.activation for layer in setup.topology.layers]
    assert activations == [Activation.IDENTITY, Activation.RELU, Activation.IDENTITY]
    h = setup.hyperparameters
    assert (h.mode, h.batch_size, h.loss) == (Mode.MINI_BATCH, 8, Loss.MEAN_SQUARED_ERROR)
    assert (h.precision, h.engine) == (Precision.FLOAT64, EngineName.NUMPY)


def test_a_session_does_the_work_that_was_typed() -> None:
    workload = typed("3-5:elu-2", 8)
    assert training_setup(workload, EngineName.NUMPY).workload(train_samples(workload)) == workload


def test_a_layer_may_have_an_activation_of_its_own() -> None:
    workload = typed("2-8:relu-8-1:sigmoid", 4)
    activations = [layer.activation for layer in workload.topology.layers[1:]]
    assert activations == [Activation.RELU, TANH, Activation.SIGMOID]
    assert notation_of(workload, TANH) == "2-8:relu-8-1:sigmoid"
    assert notation_of(workload, Activation.RELU) == "2-8-8:tanh-1:sigmoid"


@settings(max_examples=60, deadline=None)
@given(inputs=st.integers(1, 1200), outputs=st.integers(1, 50), batch_size=st.integers(1, 3000))
def test_an_epoch_is_several_whole_batches(inputs: int, outputs: int, batch_size: int) -> None:
    workload = make_workload((TypedLayer(inputs), TypedLayer(outputs)), batch_size, TANH, Precision.FLOAT32)
    samples = train_samples(workload)
    assert samples % batch_size == 0
    assert samples >= MIN_BATCHES * batch_size or samples / 0.9 * (inputs + outputs) > 0.5 * MAX_MADE
    assert samples < TRAIN_SAMPLES + MIN_BATCHES * batch_size
    data = load(training_setup(workload, EngineName.AUTO).data)
    assert len(data.train) == samples
    assert len(data.test) > 0


def test_a_wide_network_is_trained_on_fewer_samples_in_bounded_memory() -> None:
    workload = typed("10000-1", 400)
    assert train_samples(workload) == 400
    assert training_setup(workload, EngineName.NUMPY).data.samples * 10_001 <= MAX_MADE
    with pytest.raises(UserError, match="choose a batch of 449 or fewer"):
        typed("10000-1", 1800)


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
def test_a_workload_that_cannot_be_gets_a_sentence(layers: str, batch_size: int, words: str) -> None:
    with pytest.raises(UserError, match=words):
        typed(layers, batch_size)


def test_softmax_belongs_to_no_hidden_layer() -> None:
    with pytest.raises(TopologyError, match="Softmax"):
        typed("1-4-1", 1, Activation.SOFTMAX)


# --- random numbers


def test_the_dataset_is_what_the_source_says() -> None:
    source = random_numbers(3, 2)
    data = load(replace(source.default_settings, samples=50))
    assert (data.title, data.task) == (source.title, Task.REGRESSION)
    assert (data.inputs.shape, data.targets.shape) == ((50, 3), (50, 2))
    assert (data.input_names, data.output_names) == (("x1", "x2", "x3"), ("y1", "y2"))
    assert (data.train.size, data.test.size) == (45, 5)
    assert data.input_scaling.is_none
    assert data.target_scaling.is_none
    assert not any("random" in name for name in CATALOGUE)


def test_sources_of_other_widths_are_other_sources() -> None:
    assert random_numbers(1, 1) == random_numbers(1, 1)
    assert len({random_numbers(1, 1), random_numbers(1, 2), random_numbers(11, 1)}) == 3


def test_the_numbers_are_normal_and_independent() -> None:
    data = load(replace(random_numbers(2, 1).default_settings, samples=20_000))
    numbers = np.hstack([data.inputs, data.targets])
    np.testing.assert_allclose(numbers.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(numbers.T), np.eye(3), atol=0.04)


def test_the_same_settings_give_the_same_bits_and_another_seed_others() -> None:
    settings = random_numbers(4, 2).default_settings
    data, again, other = load(settings), load(settings), load(replace(settings, seed=1))
    assert data.inputs.tobytes() == again.inputs.tobytes()
    assert data.targets.tobytes() == again.targets.tobytes()
    assert data.train.tolist() == again.train.tolist()
    assert not np.array_equal(data.inputs, other.inputs)


def test_samples_that_would_fill_the_memory_are_refused() -> None:
    settings = random_numbers(10_000, 10_000).default_settings
    assert settings.samples * 20_000 <= MAX_MADE
    with pytest.raises(DataError, match="choose 250 samples or fewer"):
        load(replace(settings, samples=251))
