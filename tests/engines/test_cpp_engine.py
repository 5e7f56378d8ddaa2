"""What is the C++ engine's own: instruction sets, the interpreter lock, arrays that do not fit."""

import threading
import time

import numpy as np
import pytest

from nn_desktop.engines import cpp_engine
from nn_desktop.engines.cpp_engine import CppEngine, find_module
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.initializers import initialize
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import chain

WHY_MISSING = cpp_engine.why_missing()
needs_cpp = pytest.mark.skipif(bool(WHY_MISSING), reason=f"the C++ engine is not here: {WHY_MISSING}")
SETS = ("baseline", "avx2", "avx512")
ROWS = 300
DESCENT = Descent(learning_rate=0.05)


def sizes_and_start(dtype: str = "float64") -> Parameters:
    topology = chain((3, 17, 9, 2), (Activation.TANH, Activation.SINE, Activation.IDENTITY))
    return initialize(topology, Initializer.GLOROT_UNIFORM, 0, np.dtype(dtype))


def problem() -> Problem:
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(ROWS, 3)), generator.normal(size=(ROWS, 2))
    return Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=inputs, targets=targets)


def cpp(parameters: Parameters) -> CppEngine:
    return CppEngine(parameters, problem(), DESCENT)


@needs_cpp
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-11), ("float32", 1e-4)])
def test_every_instruction_set_of_this_processor_computes_the_same(monkeypatch, name, dtype, tolerance):
    here = ["baseline", *find_module().instruction_sets()]
    if name not in here:
        pytest.skip(f"this processor has no {name}")
    module = pytest.importorskip(f"nn_desktop.engines._cpp_{name}")
    monkeypatch.setattr(cpp_engine, "find_module", lambda: module)
    ours, reference = sizes_and_start(dtype), sizes_and_start(dtype)
    order = np.random.default_rng(1).permutation(ROWS)
    for batch in (1, 7, 64, ROWS):
        losses = cpp(ours).train(order, batch)
        expected = NumpyEngine(reference, problem(), DESCENT).train(order, batch)
        np.testing.assert_allclose(losses, expected, rtol=tolerance)
    np.testing.assert_allclose(ours.vector, reference.vector, rtol=tolerance, atol=tolerance)


@needs_cpp
def test_the_best_instruction_set_is_taken():
    sets = find_module().instruction_sets()
    assert cpp_engine.instruction_set() == (sets[-1] if sets else "baseline")


@needs_cpp
def test_other_threads_go_on_while_it_trains():
    engine, stop = cpp(sizes_and_start()), StopFlag()
    order = np.tile(np.arange(ROWS), (10_000, 1))
    done = []
    thread = threading.Thread(target=lambda: done.append(engine.train(order, 1, stop)))
    thread.start()
    for _ in range(5):  # this thread runs Python meanwhile, or none of this would happen before the end
        time.sleep(0.01)
    is_at_work = thread.is_alive()
    stop.set()
    thread.join(10)
    assert is_at_work
    assert 1 <= len(done[0]) < order.size


@needs_cpp
def test_a_stop_that_was_asked_before_leaves_one_batch():
    stop = StopFlag()
    stop.set()
    assert len(cpp(sizes_and_start()).train(np.arange(ROWS), 10, stop)) == 1
    stop.clear()
    assert len(cpp(sizes_and_start()).train(np.arange(ROWS), 10, stop)) == 30


@needs_cpp
def test_rows_that_are_not_there_are_refused():
    engine = cpp(sizes_and_start())
    for wrong in (ROWS, -1):
        with pytest.raises(ValueError, match="no such sample"):
            engine.train(np.array([0, wrong]), 2)
        with pytest.raises(ValueError, match="no such sample"):
            engine.gradient(np.array([wrong]))
    with pytest.raises(ValueError, match="no samples"):
        engine.gradient(np.array([], np.int64))
    with pytest.raises(ValueError, match="inputs do not fit"):
        engine.loss(np.zeros((4, 2)), np.zeros((4, 2)))
    with pytest.raises(ValueError, match="as many targets"):
        engine.loss(np.zeros((4, 3)), np.zeros((5, 2)))


def test_where_it_was_not_compiled_it_says_so(monkeypatch):
    missing = ModuleNotFoundError("No module named 'nn_desktop.engines._cpp_baseline'")
    monkeypatch.setattr(cpp_engine, "find_module", lambda: missing)
    assert "needs a C++ compiler" in cpp_engine.why_missing()
    assert cpp_engine.instruction_set() == ""
    with pytest.raises(ImportError):
        cpp(sizes_and_start())
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ImportError("wrong format"))
    assert "cannot be loaded (wrong format)" in cpp_engine.why_missing()


@needs_cpp
def test_parameters_that_would_be_copied_are_refused():
    start = sizes_and_start()
    scattered = Parameters(start.topology, np.repeat(start.vector, 2)[::2])
    with pytest.raises(TypeError):
        cpp(scattered)
