"""Functions of one variable have the values of their formulas, and noise on training targets only."""

import math
from dataclasses import replace

import numpy as np
import pytest
from known_data import default_settings

from nn_desktop.data.builtin import Builtin
from nn_desktop.data.dataset import DataError
from nn_desktop.data.functions import FUNCTIONS, half_spread
from nn_desktop.data.sampling import Positions
from nn_desktop.data.source import load

ROWS = {row.name: row for row in FUNCTIONS}

# Worked by hand. Doppler at 1/2: sqrt(1/4) sin(42 pi/11) = -sin(2 pi/11)/2, sin(2 pi/11) = 0.54064...
VALUES = [
    ("sine", math.pi / 2, 1.0),
    ("damped-sine", math.pi / 4, 0.8217249580338771),
    ("cubic", -1.5, -1.875),
    ("cubic", 0.5, -0.375),
    ("x-sin-x", 3 * math.pi / 2, -3 * math.pi / 2),
    ("gaussian-bump", 0.0, 1.0),
    ("gaussian-bump", 1.0, 0.36787944117144233),
    ("sinc", 0.0, 1.0),
    ("sinc", math.pi / 2, 2 / math.pi),
    ("sinc", math.pi, 0.0),
    ("runge", 0.2, 0.5),
    ("runge", -1.0, 1 / 26),
    ("absolute", -1.25, 1.25),
    ("step", -0.001, 0.0),
    ("step", 0.0, 1.0),
    ("square-wave", 0.5, 1.0),
    ("square-wave", 1.0, -1.0),
    ("square-wave", -0.5, -1.0),
    ("square-wave", -2.0, 1.0),
    ("sawtooth", 0.75, 0.75),
    ("sawtooth", 1.0, -1.0),
    ("sawtooth", -1.25, 0.75),
    ("chirp", 0.5, math.sin(2.5 * math.pi)),
    ("chirp", 0.25, math.sin(7 * math.pi / 8)),
    ("doppler", 0.5, -0.5406408174555976 / 2),
    ("doppler", 1.0, 0.0),
    ("heavisine", 0.125, 4.0),
    ("heavisine", 0.5, -2.0),
    ("heavisine", 1.0, 0.0),
]


@pytest.mark.parametrize(("name", "x", "y"), VALUES)
def test_values_worked_by_hand(name: str, x: float, y: float) -> None:
    truth = load(default_settings(name)).true_function
    assert truth is not None
    value = truth(np.array([[x]]))
    assert value.shape == (1, 1)
    assert value[0, 0] == pytest.approx(y, rel=1e-12, abs=1e-12)


def test_every_function_has_a_value_worked_by_hand() -> None:
    assert {name for name, _, _ in VALUES} == set(ROWS)


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
def test_without_noise_targets_are_the_truth_within_the_range(row: Builtin) -> None:
    data = load(default_settings(row.name))
    assert data.inputs.shape == data.targets.shape == (200, 1)
    assert row.domain is not None and row.true_function is not None
    (low, high) = row.domain[0]
    assert low <= data.inputs.min() < data.inputs.max() <= high
    np.testing.assert_array_equal(data.targets, row.true_function(data.inputs))
    assert np.isfinite(data.targets).all()


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
def test_noise_disturbs_training_targets_only(row: Builtin) -> None:
    plain = default_settings(row.name)
    clean, noisy = load(plain), load(replace(plain, noise=0.3))
    np.testing.assert_array_equal(clean.inputs, noisy.inputs)
    np.testing.assert_array_equal(clean.train, noisy.train)
    np.testing.assert_array_equal(clean.test, noisy.test)
    np.testing.assert_array_equal(clean.targets[clean.test], noisy.targets[clean.test])
    assert np.all(clean.targets[clean.train] != noisy.targets[clean.train])


def test_noise_has_the_standard_deviation_of_its_share() -> None:
    plain = replace(default_settings("x-sin-x"), samples=50_000)
    clean, noisy = load(plain), load(replace(plain, noise=0.2))
    difference = (noisy.targets - clean.targets)[clean.train]
    # Largest: where x = -tan x, at 2.0288, 1.8197. Smallest: at 4.9132, -4.8145.
    sigma = 0.2 * (1.8197057 + 4.8144699) / 2
    assert difference.std() == pytest.approx(sigma, rel=0.02)
    assert difference.mean() == pytest.approx(0.0, abs=4 * sigma / math.sqrt(difference.size))


def test_half_the_spread_of_a_sine_is_one() -> None:
    assert half_spread(np.sin, -np.pi, np.pi) == pytest.approx(1.0, abs=1e-12)
    assert half_spread(lambda x: x**3 - x, -1.5, 1.5) == pytest.approx(1.875, abs=1e-12)
    assert half_spread(lambda x: 1.0 * (x >= 0), -2, 2) == 0.5


def test_more_noise_stretches_the_same_disturbance() -> None:
    plain = default_settings("sine")
    clean, little, much = (load(replace(plain, noise=noise)).targets for noise in (0.0, 0.1, 0.4))
    np.testing.assert_allclose(much - clean, 4.0 * (little - clean), atol=1e-12)


def test_more_samples_keep_the_earlier_positions() -> None:
    plain = default_settings("sine")
    np.testing.assert_array_equal(
        load(plain).inputs, load(replace(plain, samples=300)).inputs[: plain.samples]
    )


@pytest.mark.filterwarnings("error")
def test_beyond_its_range_doppler_has_no_value_and_does_not_complain() -> None:
    truth = load(default_settings("doppler")).true_function
    assert truth is not None
    assert np.isnan(truth(np.array([[-0.05], [-0.2], [1.2]]))).all()


def test_a_grid_samples_at_even_distances_and_noise_leaves_the_test_part_alone():
    settings = replace(default_settings("sine"), samples=9, positions=Positions.GRID, noise=0.2)
    dataset = load(settings)
    np.testing.assert_allclose(dataset.inputs[:, 0], np.linspace(-np.pi, np.pi, 9))
    np.testing.assert_array_equal(dataset.targets[dataset.test], np.sin(dataset.inputs[dataset.test]))


def test_only_functions_have_a_grid():
    with pytest.raises(DataError, match="Only functions"):
        load(replace(default_settings("circle"), positions=Positions.GRID))
