"""An engine that computes for the sake of the time it takes."""

import numpy as np
import pytest

from nn_desktop.engines import speed
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.speed import estimated_seconds, split_update
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.topology import chain

WORKLOAD = Workload(
    topology=chain((2, 3, 1), (Activation.TANH, Activation.SIGMOID)),
    loss=Loss.BINARY_CROSS_ENTROPY,
    precision=Precision.FLOAT32,
    batch_size=4,
)


@pytest.mark.parametrize("name", available_engines())
def test_it_learns_nothing(name):
    engine = WORKLOAD.make_probe(name)
    before = engine.parameters.vector.copy()
    phases = split_update(engine, WORKLOAD.batch_size)
    assert phases.total > 0
    assert engine.parameters.vector.dtype == np.float32
    np.testing.assert_array_equal(engine.parameters.vector, before)


def test_only_plain_python_is_feared(monkeypatch):
    monkeypatch.setattr(speed, "python_seconds", lambda: 0.5)
    assert estimated_seconds(EngineName.PYTHON, WORKLOAD) == 0.5 * 36
    assert estimated_seconds(EngineName.NUMPY, WORKLOAD) == 0


def test_a_weight_and_a_sample_cost_plain_python_more_than_nothing():
    assert speed.python_seconds() > 0
