"""Time that grows in proportion has slope 1."""

from itertools import pairwise

import pytest

from nn_desktop.bench.growth import Growth, sample_growth, slope, weight_growth
from nn_desktop.bench.measurement import Measurement
from nn_desktop.engines.names import Precision
from nn_desktop.network.functions import Activation

WEIGHTS = weight_growth(16, Activation.TANH, Precision.FLOAT32)
SAMPLES = sample_growth(Activation.TANH, Precision.FLOAT32)


def measured(growth: Growth, power: float, smallest: float = 0.0) -> list[Measurement]:
    return [
        Measurement(case, "a", "a", (max(smallest, 1e-9 * growth.size(case) ** power),))
        for case in growth.cases
    ]


def test_networks_from_ten_to_a_million_weights() -> None:
    sizes = [WEIGHTS.size(case) for case in WEIGHTS.cases]
    assert sizes[0] == 10
    assert sizes[-1] == pytest.approx(1_000_000, rel=0.01)
    assert all(2 < larger / size < 4 for size, larger in pairwise(sizes))
    assert {case.batch_size for case in WEIGHTS.cases} == {16}


def test_batches_from_one_to_a_thousand() -> None:
    assert [SAMPLES.size(case) for case in SAMPLES.cases] == [2**power for power in range(11)]
    assert {case.layers for case in SAMPLES.cases} == {"1-16-16-1"}


@pytest.mark.parametrize("growth", [WEIGHTS, SAMPLES])
@pytest.mark.parametrize("power", [0, 1, 2])
def test_the_slope_is_the_power(growth: Growth, power: float) -> None:
    assert slope(growth, measured(growth, power)) == pytest.approx(power)


def test_what_an_update_costs_at_least_does_not_count_in_the_large_half() -> None:
    rows = measured(WEIGHTS, 1, smallest=1e-6)
    assert [row.seconds_per_update for row in rows[:3]] == [1e-6] * 3
    assert slope(WEIGHTS, rows) == pytest.approx(1)


def test_without_two_large_cases_there_is_no_slope() -> None:
    rows = measured(WEIGHTS, 1)
    skipped = [Measurement(case, "a", "a", skipped="too long") for case in WEIGHTS.cases]
    assert slope(WEIGHTS, rows[:7]) is None
    assert slope(WEIGHTS, []) is None
    assert slope(WEIGHTS, [*rows[:7], *skipped[7:]]) is None
