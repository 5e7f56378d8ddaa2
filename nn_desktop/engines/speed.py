"""What an update takes an engine, part by part, and what it would take plain Python."""

from functools import cache
from timeit import repeat

import numpy as np

from nn_desktop.engines.engine import Engine, Phases
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.selection import seconds_per_update
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.topology import chain

YARDSTICK = (32, 32, 32, 1)
"""Layers whose update tells how fast plain Python multiplies; it takes about a millisecond."""
REPETITIONS = 7
PHASE_SECONDS = 0.001
PHASE_REPETITIONS = 3
SLOW = 0.02
"""Beside an update that takes so long, reading the clock takes no time."""


def split_update(probe: Engine, batch: int) -> Phases:
    """Time the parts of an update.

    Reading the clock between them takes as long as the parts of a small network do. So the whole is timed
    without that, and shared out.
    """
    order = np.arange(batch)
    phases = probe.time_phases(order, batch)
    if phases.total > SLOW:
        return phases
    again = range(PHASE_REPETITIONS)
    seconds = min(seconds_per_update(probe, order, batch, PHASE_SECONDS) for _ in again)
    order = np.resize(order, batch * max(1, int(PHASE_SECONDS / seconds)))
    phases = min((probe.time_phases(order, batch) for _ in again), key=lambda each: each.total)
    factor = seconds / phases.total
    return Phases(factor * phases.forward, factor * phases.backward, factor * phases.update)


def estimated_seconds(name: EngineName, workload: Workload) -> float:
    """Estimate what an update takes plain Python, which may be minutes, before it is made; 0 for others.

    They are so much faster that whoever has a network in the window can wait for an update of theirs.
    """
    return python_seconds() * workload.products if name is EngineName.PYTHON else 0.0


@cache
def python_seconds() -> float:
    """Measure the seconds that an update takes plain Python for each weight and sample."""
    activations = (Activation.TANH,) * (len(YARDSTICK) - 2) + (Activation.IDENTITY,)
    workload = Workload(
        topology=chain(YARDSTICK, activations),
        loss=Loss.MEAN_SQUARED_ERROR,
        precision=Precision.FLOAT64,
        batch_size=1,
    )
    probe = workload.make_probe(EngineName.PYTHON)
    order = np.zeros(1, np.int64)
    # The shortest of some times: whatever disturbs only makes them longer.
    seconds = min(repeat(lambda: probe.train(order, 1), number=1, repeat=REPETITIONS))
    return seconds / workload.products
