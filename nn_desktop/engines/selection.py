"""Which engines are here, and which of them is the fastest for a network."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Protocol

import numpy as np

from nn_desktop.arrays import IntArray
from nn_desktop.engines.available import available_engines, why_missing
from nn_desktop.engines.engine import Engine
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.threads import blas_threads
from nn_desktop.engines.workload import Workload

MEASURE_SECONDS = 0.001
"""An engine is measured over so many updates that they take this long at least."""
ROUNDS = 7
"""In each of them every engine is measured once, but after `FIRST_ROUNDS` none that is far behind."""
FIRST_ROUNDS = 3
FAR_BEHIND = 5.0
"""So many times what the fastest takes: no disturbance makes three measurements so long."""
MAX_MEASURE_SECONDS = 0.1
"""After so much computing no other round begins. Waiting for a busy machine does not count."""
NEAR_TIE = 1.3
"""Within this factor of the fastest a stopwatch cannot tell: the first of `PREFERENCE` is taken."""
PREFERENCE = (EngineName.CPP, EngineName.NUMPY, EngineName.PYTHON)
MAX_ROWS = 1024
"""Of larger batches so many samples are measured: with more of them every engine takes longer alike."""
MAX_WORK = 200_000_000
"""Weights times samples of a batch that is measured: an update of more takes a large part of a second."""
MAX_PYTHON_WORK = 5000
"""Weights times samples of a batch: beyond it plain Python takes longer than numpy takes to begin."""


Seconds = Mapping[EngineName, float]
"""What an update takes each engine that was measured."""


class ChoiceMemory(Protocol):
    """Remembers what was measured, so that the same work gets the same engine again."""

    def recall(self, key: str, measure: Callable[[], Seconds]) -> Seconds:
        """Return what was measured for work of this `Workload.key`; measure it if nobody has."""
        ...


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
    is_provisional
        Whether it is replaced by the fastest engine before the first update: there was no time to measure.
    """

    engine: EngineName
    wanted: EngineName
    seconds: Seconds = field(default_factory=dict)
    is_provisional: bool = False


def choose(wanted: EngineName, workload: Workload, memory: ChoiceMemory | None = None) -> Choice:
    """Take the engine that is wanted, or else, and if it is not here, the fastest.

    A stopwatch tells which one that is, and never says the same twice. So what it said is remembered, and
    engines that are nearly as fast as the fastest count as equal (`NEAR_TIE`).

    Parameters
    ----------
    wanted
        Which engine, or `EngineName.AUTO`.
    workload
        What it is to train: measured with random numbers, once for equal ones.
    memory
        Knows what was measured by other processes; None to know only what this one has measured.
    """
    if wanted is not EngineName.AUTO and not why_missing(wanted):
        return Choice(wanted, wanted)
    measure = partial(_measure_all, workload, tuple(available_engines()))
    seconds = measure() if memory is None else memory.recall(workload.key, measure)
    return Choice(_fastest(seconds), wanted, seconds)


def choose_for_now(wanted: EngineName) -> Choice:
    """Take the engine that is wanted, or else, and if it is not here, any one until the fastest is chosen."""
    if wanted is not EngineName.AUTO and not why_missing(wanted):
        return Choice(wanted, wanted)
    here = available_engines()
    return Choice(next(name for name in PREFERENCE if name in here), wanted, is_provisional=True)


def _fastest(seconds: Seconds) -> EngineName:
    longest = NEAR_TIE * min(seconds.values())
    return next(name for name in PREFERENCE if seconds.get(name, np.inf) <= longest)


def seconds_per_update(
    engine: Engine,
    order: IntArray,
    batch_size: int,
    least: float,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
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
    clock
        Tells the time, in seconds.
    """
    engine.train(order[:batch_size], batch_size)  # what is made once is made now
    updates = 1
    while True:
        epochs = np.resize(order, updates * batch_size)
        began = clock()
        engine.train(epochs, batch_size)
        seconds = clock() - began
        if seconds >= least:
            return seconds / updates
        updates = max(2 * updates, min(10 * updates, int(updates * least / max(seconds, 1e-9))))


@lru_cache(maxsize=256)
def _measure_all(workload: Workload, names: tuple[EngineName, ...]) -> Seconds:
    """Return the shortest time of each engine: whatever else the machine does only makes it longer.

    The engines take turns, so that what disturbs for a while does not disturb one of them alone.
    """
    numbers = workload.topology.weight_count + workload.topology.bias_count
    rows = min(workload.batch_size, MAX_ROWS, max(1, MAX_WORK // numbers))
    engines = {
        name: replace(workload, batch_size=rows).make_probe(name)
        for name in names
        if name is not EngineName.PYTHON or numbers * rows <= MAX_PYTHON_WORK
    }
    seconds = dict.fromkeys(engines, np.inf)
    end = time.process_time() + MAX_MEASURE_SECONDS
    for number in range(ROUNDS):
        if number >= FIRST_ROUNDS:
            longest = FAR_BEHIND * min(seconds.values())
            engines = {name: engine for name, engine in engines.items() if seconds[name] < longest}
        if number > 0 and (time.process_time() > end or len(engines) == 1):
            break
        for name, engine in engines.items():
            seconds[name] = min(seconds[name], _measure(engine, rows))
    return seconds


def _measure(engine: Engine, rows: int) -> float:
    return seconds_per_update(engine, np.arange(rows), rows, MEASURE_SECONDS, _clock(engine, rows))


def _clock(engine: Engine, rows: int) -> Callable[[], float]:
    """Return a clock that stands still while a busy machine does something else, where that can be told."""
    is_alone = blas_threads(engine.parameters, rows) == 1  # the time of other threads would be missing
    is_fine = time.get_clock_info("thread_time").resolution < MEASURE_SECONDS / 100
    return time.thread_time if is_alone and is_fine else time.perf_counter
