import pytest

from nn_desktop.bench.machine import matrix_product_rate
from nn_desktop.engines.names import Precision


@pytest.mark.usefixtures("short_timing")
@pytest.mark.parametrize("precision", list(Precision))
def test_a_rate_is_measured_even_in_no_time(precision: Precision) -> None:
    assert 0 < matrix_product_rate(precision) < 1e5
