"""Random numbers of any width can be trained on, though no list shows them."""

from dataclasses import replace

import numpy as np
import pytest

from nn_desktop.data.catalogue import CATALOGUE, Group, default_settings, find_entry, load
from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.random_numbers import MAX_COLUMNS, MAX_NUMBERS, RANDOM_SAMPLES
from nn_desktop.network.topology import MAX_UNITS


def test_a_name_says_how_many_numbers_a_sample_has() -> None:
    entry = find_entry("random-784-10")
    assert (entry.name, entry.inputs, entry.outputs, entry.task) == (
        "random-784-10",
        784,
        10,
        Task.REGRESSION,
    )
    assert (entry.group, entry.samples, entry.adjustable) == (Group.RANDOM, RANDOM_SAMPLES, True)
    assert "measuring speed" in entry.description
    assert not any(name.startswith("random") for name in CATALOGUE)


def test_the_dataset_is_what_the_entry_says() -> None:
    data = load(replace(default_settings("random-3-2"), samples=50, train_share=0.9))
    assert data.title == find_entry("random-3-2").title
    assert (data.inputs.shape, data.targets.shape) == ((50, 3), (50, 2))
    assert (data.input_count, data.output_count) == (3, 2)
    assert (data.train.size, data.test.size) == (45, 5)
    assert data.input_scaling.is_none
    assert data.target_scaling.is_none


def test_the_numbers_are_normal_and_independent() -> None:
    data = load(replace(default_settings("random-2-1"), samples=20_000))
    numbers = np.hstack([data.inputs, data.targets])
    np.testing.assert_allclose(numbers.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(numbers.T), np.eye(3), atol=0.04)


def test_the_same_settings_give_the_same_bits_and_another_seed_others() -> None:
    settings = default_settings("random-4-2")
    data, again, other = load(settings), load(settings), load(replace(settings, seed=1))
    assert data.inputs.tobytes() == again.inputs.tobytes()
    assert data.targets.tobytes() == again.targets.tobytes()
    assert data.train.tolist() == again.train.tolist()
    assert not np.array_equal(data.inputs, other.inputs)


def test_noise_disturbs_the_training_targets_alone() -> None:
    settings = replace(default_settings("random-2-2"), samples=100)
    clean, noisy = load(settings), load(replace(settings, noise=0.5))
    assert clean.inputs.tobytes() == noisy.inputs.tobytes()
    assert np.array_equal(clean.targets[clean.test], noisy.targets[noisy.test])
    assert not np.isclose(clean.targets[clean.train], noisy.targets[noisy.train]).any()


@pytest.mark.parametrize(
    "name", ["random-0-3", "random-3-0", "random-99999999-1", f"random-1-{'9' * 5000}", "random-10001-1"]
)
def test_a_width_that_cannot_be_gets_a_sentence(name: str) -> None:
    with pytest.raises(
        DataError, match="a sample has 1 to 10000 inputs and as many outputs, or 2 to 10000 classes, as in"
    ) as caught:
        find_entry(name)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "name", ["random-", "random-3", "random-x-1", "random-1-2-3", "random--1-2", "random-²-1"]
)
def test_a_name_that_says_no_width_gets_a_sentence(name: str) -> None:
    with pytest.raises(DataError, match="type inputs and outputs, as in random-784-10"):
        find_entry(name)


def test_samples_that_would_fill_the_memory_are_refused() -> None:
    settings = default_settings("random-10000-10000")
    assert settings.samples * 20_000 <= MAX_NUMBERS
    with pytest.raises(DataError, match="choose 250 samples or fewer"):
        load(replace(settings, samples=251))


def test_a_sample_is_as_wide_as_a_layer_can_be() -> None:
    assert MAX_COLUMNS == MAX_UNITS


@pytest.mark.parametrize(
    ("name", "task", "outputs"),
    [
        ("random-3-of-2", Task.BINARY, ("class 2",)),
        ("random-3-of-3", Task.MULTICLASS, ("class 1", "class 2", "class 3")),
    ],
)
def test_random_samples_may_belong_to_classes(name: str, task: Task, outputs: tuple[str, ...]) -> None:
    dataset = load(replace(default_settings(name), noise=0.3))
    assert (find_entry(name).task, dataset.task) == (task, task)
    assert (dataset.output_names, find_entry(name).outputs) == (outputs, len(outputs))
    assert set(dataset.labels.tolist()) == set(range(len(dataset.class_names)))
    clean = load(default_settings(name))
    changed = dataset.labels != clean.labels
    assert 0.05 < changed[dataset.train].mean() < 0.3
    assert not changed[dataset.test].any()


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(DataError, match="2 to 10000 classes"):
        find_entry("random-3-of-1")
