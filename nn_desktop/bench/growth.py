"""How the time of an update grows with the number of weights, and with that of samples."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nn_desktop.bench.sweep import BATCHES, by_batch, by_width
from nn_desktop.bench.workloads import make_workload
from nn_desktop.engines.names import Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers

HIDDEN_UNITS = (2, 4, 9, 16, 30, 53, 98, 172, 315, 546, 999)
"""Of both hidden layers of 2-n-n-1: 10 to 1,000,000 weights, about three times as many each time."""
SAMPLES_LAYERS = "1-16-16-1"


@dataclass(frozen=True)
class Growth:
    """Workloads of which each is larger than the one before.

    Attributes
    ----------
    title
        Title of the chart.
    what
        What grows.
    workloads
        By their sizes, on the chart's horizontal axis.
    """

    title: str
    what: str
    workloads: Mapping[int, Workload]

    def slope(self, seconds: Mapping[int, float]) -> float | None:
        """Fit a line to the large half of what was measured, log time against log size.

        Parameters
        ----------
        seconds
            Of an update, at each size that was measured.

        Returns
        -------
        Its slope: 1 if the time grows in proportion; None if fewer than two sizes of that half were measured.
        """
        middle = math.sqrt(min(self.workloads) * max(self.workloads))
        large = [size for size in seconds if size >= middle]
        if len(large) < 2:
            return None
        x, y = np.log(large), np.log([seconds[size] for size in large])
        x -= x.mean()
        return float(x @ y / (x @ x))


def weight_growth(batch_size: int, activation: Activation, precision: Precision) -> Growth:
    """Let the network grow, with the same number of samples in each update."""
    smallest = make_workload(parse_layers("2-1-1-1"), batch_size, activation, precision)
    workloads = by_width(smallest, HIDDEN_UNITS).values()
    by_weights = {workload.topology.weight_count: workload for workload in workloads}
    return Growth(f"Networks 2-n-n-1, batch {batch_size}", "weights", by_weights)


def sample_growth(activation: Activation, precision: Precision) -> Growth:
    """Let the batch grow, with the same network."""
    single = make_workload(parse_layers(SAMPLES_LAYERS), 1, activation, precision)
    return Growth(f"Network {SAMPLES_LAYERS}", "samples", by_batch(single, BATCHES))
