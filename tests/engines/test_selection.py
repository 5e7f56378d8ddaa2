"""Which engine is taken: the wanted one, the fastest, or another where it is not here."""

import itertools
import os
import time

import numpy as np
import pytest
import threadpoolctl

from nn_desktop.engines import cpp_engine, selection, threads
from nn_desktop.engines.available import MAKERS, available_engines
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.engines.selection import choose
from nn_desktop.engines.threads import blas_threads, use_blas_threads
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology, chain

SMALL = chain((1, 8, 8, 1), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
SQUARED = Loss.MEAN_SQUARED_ERROR


@pytest.fixture(autouse=True)
def nothing_known():
    selection._measure_all.cache_clear()
    yield
    selection._measure_all.cache_clear()


def choose_for(wanted: EngineName, topology: Topology = SMALL, batch_size: int = 16) -> selection.Choice:
    workload = Workload(topology=topology, loss=SQUARED, precision=Precision.FLOAT64, batch_size=batch_size)
    return choose(wanted, workload)


@pytest.mark.parametrize("name", available_engines())
def test_the_wanted_engine_is_taken_without_measuring(name):
    choice = choose_for(name)
    assert (choice.engine, choice.wanted, choice.seconds) == (name, name, {})


def test_auto_takes_the_one_that_was_measured_as_the_fastest(monkeypatch):
    taken = []
    for fastest in available_engines():
        selection._measure_all.cache_clear()

        def measure(engine: object, rows: int, fastest: EngineName = fastest) -> float:
            return 1.0 if isinstance(engine, MAKERS[fastest]) else 2.0

        monkeypatch.setattr(selection, "_measure", measure)
        choice = choose_for(EngineName.AUTO)
        assert choice.wanted is EngineName.AUTO
        assert set(choice.seconds) == set(available_engines())
        taken.append(choice.engine)
    assert taken == list(available_engines())


@pytest.mark.skipif(time.get_clock_info("thread_time").resolution > 1e-5, reason="its clock is too coarse")
def test_a_busy_machine_does_not_make_an_engine_slower(monkeypatch):
    days = itertools.count(0.0, 86_400.0)  # the machine does something else whenever the clock is looked at
    monkeypatch.setattr(selection.time, "perf_counter", lambda: next(days))
    choice = choose_for(EngineName.AUTO)
    assert max(choice.seconds.values()) < 3600.0


def test_networks_of_one_form_are_measured_once():
    again = chain((1, 8, 8, 1), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
    assert choose_for(EngineName.AUTO).seconds is choose_for(EngineName.AUTO, again).seconds
    assert choose_for(EngineName.AUTO, batch_size=1).seconds is not choose_for(EngineName.AUTO).seconds


def test_plain_python_is_not_tried_on_a_large_network():
    large = chain((64, 128, 10), (Activation.TANH, Activation.IDENTITY))
    assert EngineName.PYTHON not in choose_for(EngineName.AUTO, large, 64).seconds


def test_one_that_is_not_here_gives_way_to_the_fastest(monkeypatch):
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError())
    choice = choose_for(EngineName.CPP)
    assert choice.wanted is EngineName.CPP
    assert choice.engine in (EngineName.PYTHON, EngineName.NUMPY)
    assert EngineName.CPP not in choice.seconds


def test_measuring_leaves_no_trace_in_the_bits():
    engine = NumpyEngine(
        Parameters.zeros(SMALL),
        Problem(loss=SQUARED, inputs=np.ones((4, 1)), targets=np.ones((4, 1))),
        Descent(learning_rate=0.1),
    )
    before = engine.train(np.arange(4), 2)
    choose_for(EngineName.AUTO)
    engine = NumpyEngine(
        Parameters.zeros(SMALL),
        Problem(loss=SQUARED, inputs=np.ones((4, 1)), targets=np.ones((4, 1))),
        Descent(learning_rate=0.1),
    )
    np.testing.assert_array_equal(engine.train(np.arange(4), 2), before)


# Threads of the matrix library


def threads_in_use() -> set[int]:
    return {
        module["num_threads"] for module in threadpoolctl.threadpool_info() if module["user_api"] == "blas"
    }


def test_blas_has_several_threads_for_large_products_alone(monkeypatch):
    monkeypatch.setattr(threads, "core_count", lambda: 4)
    large = Parameters.zeros(chain((784, 512, 10), (Activation.TANH, Activation.IDENTITY)))
    assert blas_threads(large, 256) == 3  # one core is left to whoever looks on
    assert blas_threads(large, 16) == 1
    assert blas_threads(Parameters.zeros(SMALL), 10_000) == 1
    monkeypatch.setattr(threads, "core_count", lambda: 1)
    assert blas_threads(large, 256) == 1


def test_training_sets_the_threads(monkeypatch):
    monkeypatch.setattr(threads, "core_count", lambda: 3)
    monkeypatch.setattr(threads, "LARGE_PRODUCT", 100)
    use_blas_threads.cache_clear()  # another matrix library may have been loaded since it was called last
    engine = NumpyEngine(
        Parameters.zeros(SMALL),
        Problem(loss=SQUARED, inputs=np.ones((16, 1)), targets=np.ones((16, 1))),
        Descent(learning_rate=0.1),
    )
    assert threads_in_use() == {1}
    engine.train(np.arange(16), 16)
    assert threads_in_use() == {2}
    engine.train(np.arange(16), 1)
    assert threads_in_use() == {1}
    use_blas_threads(1)


def test_cores_that_this_process_may_not_use_do_not_count(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert threads.core_count() == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(threads.os, "cpu_count", lambda: None)
    assert threads.core_count() == 1
