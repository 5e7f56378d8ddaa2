"""Which engines are here, and which of them is the fastest for a network."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from nn_desktop.engines import cpp_engine
from nn_desktop.engines.engine import Engine, EngineName, IntArray, MakeEngine
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.python_engine import PythonEngine
from nn_desktop.network.functions import Initializer, Loss
from nn_desktop.network.initializers import initialize
from nn_desktop.network.topology import Topology

MAKERS: dict[EngineName, MakeEngine] = {
    EngineName.PYTHON: PythonEngine,
    EngineName.NUMPY: NumpyEngine,
    EngineName.CPP: cpp_engine.CppEngine,
}
MEASURE_SECONDS = 0.001
"""An engine is measured over so many updates that they take this long at least."""
MEASUREMENTS = 3
MOST_MEASURE_SECONDS = 0.01
"""Who takes longer for an update is measured once."""
MOST_ROWS = 1024
"""Of larger batches so many samples are measured: with more of them every engine takes longer alike."""
MOST_PYTHON_WORK = 5000
"""Weights times samples of a batch: beyond it plain Python takes longer than numpy takes to begin."""


@dataclass(frozen=True)
class Choice:
    """Which engine computes, and why.

    Attributes
    ----------
    engine
        The one that does.
    wanted
        The one that was asked for.
    seconds
        What an update took each engine that was measured; empty if none was.
    """

    engine: EngineName
    wanted: EngineName
    seconds: Mapping[EngineName, float] = field(default_factory=dict)


def why_missing(name: EngineName) -> str:
    """Return in words why an engine is not here; empty if it is."""
    return cpp_engine.why_missing() if name is EngineName.CPP else ""


def available_engines() -> dict[EngineName, MakeEngine]:
    """Return how to make each engine that is here."""
    return {name: make for name, make in MAKERS.items() if not why_missing(name)}


def choose(wanted: EngineName, topology: Topology, loss: Loss, batch_size: int, precision: str) -> Choice:
    """Take the engine that is wanted, or else, and if it is not here, the fastest.

    Parameters
    ----------
    wanted
        Which engine, or `EngineName.AUTO`.
    topology, loss, batch_size, precision
        What it is to train: measured with random numbers, once in a process for networks of the same form.
    """
    if wanted is not EngineName.AUTO and not why_missing(wanted):
        return Choice(wanted, wanted)
    form = _Form(topology, loss, batch_size, precision)
    seconds = _measure_all(form, tuple(available_engines()))
    return Choice(min(seconds, key=lambda name: seconds[name]), wanted, seconds)


def make_probe(name: EngineName, topology: Topology, loss: Loss, batch: int, precision: str) -> Engine:
    """Return an engine, which is here, with random numbers for one batch.

    Its learning rate is 0: whatever the network, nothing grows.
    """
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(batch, topology.sizes[0]))
    targets = generator.random((batch, topology.sizes[-1]))
    start = initialize(topology, Initializer.GLOROT_UNIFORM, 0, np.dtype(precision))
    return MAKERS[name](start, loss, inputs, targets, 0.0)


def seconds_per_update(engine: Engine, order: IntArray, batch_size: int, least: float) -> float:
    """Measure how long an update takes.

    Parameters
    ----------
    engine
        It trains meanwhile.
    order
        Rows of its samples, shape (n,): walked through again and again.
    batch_size
        Samples of an update; n is a multiple of it.
    least
        Seconds that the updates measured take together at least.
    """
    engine.train(order[:batch_size], batch_size)  # what is made once is made now
    updates = 1
    while True:
        epochs = np.resize(order, updates * batch_size)
        began = time.perf_counter()
        engine.train(epochs, batch_size)
        seconds = time.perf_counter() - began
        if seconds >= least:
            return seconds / updates
        updates = max(2 * updates, min(10 * updates, int(updates * least / max(seconds, 1e-9))))


class _Form:
    """What the speed of training depends on: all but the numbers."""

    def __init__(self, topology: Topology, loss: Loss, batch_size: int, precision: str) -> None:
        self.topology, self.loss = topology, loss
        self.batch_size, self.precision = batch_size, precision
        index = topology.layer_index
        self._key = (
            topology.sizes,
            tuple(layer.activation for layer in topology.layers),
            frozenset((index[link.source], index[link.target]) for link in topology.links),
            loss,
            batch_size,
            precision,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Form) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=256)
def _measure_all(form: _Form, names: tuple[EngineName, ...]) -> Mapping[EngineName, float]:
    rows, seconds = min(form.batch_size, MOST_ROWS), {}
    for name in names:
        if name is EngineName.PYTHON and form.topology.weight_count * rows > MOST_PYTHON_WORK:
            continue
        engine = make_probe(name, form.topology, form.loss, rows, form.precision)
        seconds[name] = _measure(engine, rows)
    return seconds


def _measure(engine: Engine, rows: int) -> float:
    """Return the shortest of several measurements: whatever else the machine does only makes them longer."""
    order = np.arange(rows)
    seconds = seconds_per_update(engine, order, rows, MEASURE_SECONDS)
    if seconds > MOST_MEASURE_SECONDS:
        return seconds
    again = (seconds_per_update(engine, order, rows, MEASURE_SECONDS) for _ in range(MEASUREMENTS - 1))
    return min(seconds, *again)
