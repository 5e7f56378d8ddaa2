"""How the time of an update grows with the number of weights, and with that of samples."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nn_desktop.bench.cases import Case
from nn_desktop.bench.measurement import Measurement
from nn_desktop.engines.names import Precision
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer, parse_layers

HIDDEN_UNITS = (2, 4, 9, 16, 30, 53, 98, 172, 315, 546, 999)
"""Of both hidden layers of 2-n-n-1: 10 to 1,000,000 weights, about three times as many each time."""
BATCH_SIZES = tuple(2**power for power in range(11))
SAMPLES_LAYERS = "1-16-16-1"


@dataclass(frozen=True)
class Growth:
    """A row of cases of which each is larger than the one before.

    Attributes
    ----------
    title
        Title of the chart.
    what
        What grows.
    cases
        The cases.
    size
        Size of a case, on the chart's horizontal axis.
    """

    title: str
    what: str
    cases: tuple[Case, ...]
    size: Callable[[Case], int]


def weight_growth(batch_size: int, activation: Activation, precision: Precision) -> Growth:
    """Let the network grow, with the same number of samples in each update."""
    cases = tuple(
        Case(tuple(map(TypedLayer, (2, units, units, 1))), batch_size, activation, precision)
        for units in HIDDEN_UNITS
    )
    title = f"Networks 2-n-n-1, batch {batch_size}"
    return Growth(title, "weights", cases, lambda case: case.weights)


def sample_growth(activation: Activation, precision: Precision) -> Growth:
    """Let the batch grow, with the same network."""
    typed = parse_layers(SAMPLES_LAYERS)
    cases = tuple(Case(typed, batch_size, activation, precision) for batch_size in BATCH_SIZES)
    return Growth(f"Network {SAMPLES_LAYERS}", "samples", cases, lambda case: case.batch_size)


def slope(growth: Growth, measurements: Sequence[Measurement]) -> float | None:
    """Fit a line to the large half of what was measured, log time against log size.

    Returns
    -------
    Its slope: 1 if the time grows in proportion; None if fewer than two cases of that half were measured.
    """
    sizes = [growth.size(case) for case in growth.cases]
    middle = math.sqrt(sizes[0] * sizes[-1])
    large = [m for m in measurements if m.runs and growth.size(m.case) >= middle]
    if len(large) < 2:
        return None
    x = np.log([growth.size(m.case) for m in large])
    y = np.log([m.seconds_per_update for m in large])
    x -= x.mean()
    return float(x @ y / (x @ x))
