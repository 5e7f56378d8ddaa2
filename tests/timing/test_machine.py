import os

import pytest

from nn_desktop.timing import machine
from nn_desktop.timing.machine import matrix_product_rate, usable_cores
from nn_desktop.training.hyperparameters import Precision


@pytest.mark.usefixtures("short_timing")
@pytest.mark.parametrize("precision", list(Precision))
def test_a_rate_is_measured_even_in_no_time(precision: Precision) -> None:
    assert 0 < matrix_product_rate(precision) < 1e5


def test_cores_that_this_process_may_not_use_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert usable_cores() == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(machine.os, "cpu_count", lambda: None)
    assert usable_cores() == 1
