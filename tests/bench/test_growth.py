"""Time that grows in proportion has slope 1."""

from itertools import pairwise

import pytest

from nn_desktop.bench.growth import Growth, sample_growth, weight_growth
from nn_desktop.bench.workloads import notation_of
from nn_desktop.engines.names import Precision
from nn_desktop.network.functions import Activation

WEIGHTS = weight_growth(16, Activation.TANH, Precision.FLOAT32)
SAMPLES = sample_growth(Activation.TANH, Precision.FLOAT32)


def measured(growth: Growth, power: float, smallest: float = 0.0) -> dict[int, float]:
    return {size: max(smallest, 1e-9 * size**power) for size in growth.workloads}


def test_networks_from_ten_to_a_million_weights() -> None:
    sizes = list(WEIGHTS.workloads)
    assert sizes == [workload.topology.weight_count for workload in WEIGHTS.workloads.values()]
    assert sizes[0] == 10
    assert sizes[-1] == pytest.approx(1_000_000, rel=0.01)
    assert all(2 < larger / size < 4 for size, larger in pairwise(sizes))
    assert {workload.batch_size for workload in WEIGHTS.workloads.values()} == {16}


def test_batches_from_one_to_a_thousand() -> None:
    assert list(SAMPLES.workloads) == [2**power for power in range(11)]
    for size, workload in SAMPLES.workloads.items():
        assert workload.batch_size == size
        assert notation_of(workload, Activation.TANH) == "1-16-16-1"


@pytest.mark.parametrize("growth", [WEIGHTS, SAMPLES])
@pytest.mark.parametrize("power", [0, 1, 2])
def test_the_slope_is_the_power(growth: Growth, power: float) -> None:
    assert growth.slope(measured(growth, power)) == pytest.approx(power)


def test_what_an_update_costs_at_least_does_not_count_in_the_large_half() -> None:
    rows = measured(WEIGHTS, 1, smallest=1e-6)
    assert list(rows.values())[:3] == [1e-6] * 3
    assert WEIGHTS.slope(rows) == pytest.approx(1)


def test_without_two_large_cases_there_is_no_slope() -> None:
    rows = measured(WEIGHTS, 1)
    assert WEIGHTS.slope(dict(list(rows.items())[:7])) is None
    assert WEIGHTS.slope({}) is None
