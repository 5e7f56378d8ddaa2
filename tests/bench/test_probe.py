"""An engine that computes for the sake of the time it takes."""

import numpy as np
import pytest

from nn_desktop.engines import speed as probe
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.speed import Form, estimated_seconds, split_update, total
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.topology import chain

FORM = Form(
    chain((2, 3, 1), (Activation.TANH, Activation.SIGMOID)), Loss.BINARY_CROSS_ENTROPY, Precision.FLOAT32, 4
)


def test_the_work_of_an_update_is_that_of_all_weights_and_samples():
    assert FORM.work == (2 * 3 + 3 * 1) * 4


@pytest.mark.parametrize("name", available_engines())
def test_it_learns_nothing(name):
    engine = FORM.make_probe(name)
    before = engine.parameters.vector.copy()
    phases = split_update(engine, FORM.batch)
    assert total(phases) > 0
    assert engine.parameters.vector.dtype == np.float32
    np.testing.assert_array_equal(engine.parameters.vector, before)


def test_only_plain_python_is_feared(monkeypatch):
    monkeypatch.setattr(probe, "python_seconds", lambda: 0.5)
    assert estimated_seconds(EngineName.PYTHON, FORM) == 0.5 * 36
    assert estimated_seconds(EngineName.NUMPY, FORM) == 0


def test_the_smallest_costs_are_more_than_nothing():
    assert probe.python_seconds() > 0
    assert probe.numpy_call_seconds() > 0
