"""Speed is measured on random numbers of any width, which no list shows."""

from dataclasses import replace

import numpy as np
import pytest

from nn_desktop.bench.random_numbers import MAX_NUMBERS, RandomNumbers
from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.source import load


def test_the_dataset_is_what_the_source_says() -> None:
    source = RandomNumbers(inputs=3, outputs=2)
    data = load(replace(source.default_settings, samples=50))
    assert (data.title, data.task) == (source.title, Task.REGRESSION)
    assert (data.inputs.shape, data.targets.shape) == ((50, 3), (50, 2))
    assert (data.input_names, data.output_names) == (("x1", "x2", "x3"), ("y1", "y2"))
    assert (data.train.size, data.test.size) == (45, 5)
    assert data.input_scaling.is_none
    assert data.target_scaling.is_none
    assert not any(name.startswith("random") for name in CATALOGUE)


def test_the_numbers_are_normal_and_independent() -> None:
    data = load(replace(RandomNumbers(inputs=2, outputs=1).default_settings, samples=20_000))
    numbers = np.hstack([data.inputs, data.targets])
    np.testing.assert_allclose(numbers.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(numbers.T), np.eye(3), atol=0.04)


def test_the_same_settings_give_the_same_bits_and_another_seed_others() -> None:
    settings = RandomNumbers(inputs=4, outputs=2).default_settings
    data, again, other = load(settings), load(settings), load(replace(settings, seed=1))
    assert data.inputs.tobytes() == again.inputs.tobytes()
    assert data.targets.tobytes() == again.targets.tobytes()
    assert data.train.tolist() == again.train.tolist()
    assert not np.array_equal(data.inputs, other.inputs)


def test_samples_that_would_fill_the_memory_are_refused() -> None:
    settings = RandomNumbers(inputs=10_000, outputs=10_000).default_settings
    assert settings.samples * 20_000 <= MAX_NUMBERS
    with pytest.raises(DataError, match="choose 250 samples or fewer"):
        load(replace(settings, samples=251))
