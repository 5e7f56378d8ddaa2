"""What engines are asked to solve in tests: losses with outputs that they go with, and samples."""

import numpy as np

from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import REQUIRED_OUTPUT, Activation, Loss
from nn_desktop.network.topology import Topology

OUTPUTS_OF_LOSS = [
    (loss, output)
    for loss in Loss
    for output in ([REQUIRED_OUTPUT[loss]] if loss in REQUIRED_OUTPUT else Activation)
]
"""All pairs of a loss and an activation of the output layer that there can be."""


def samples_for(topology: Topology, loss: Loss, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of a problem that a loss is for: numbers, yes and no, or classes."""
    generator = np.random.default_rng([seed, 1])
    inputs = generator.normal(0.0, 1.0, (count, topology.sizes[0]))
    shape = (count, topology.sizes[-1])
    if loss is Loss.CATEGORICAL_CROSS_ENTROPY:
        return inputs, np.eye(shape[1])[generator.integers(0, shape[1], count)]
    if loss is Loss.BINARY_CROSS_ENTROPY:
        return inputs, generator.integers(0, 2, shape).astype(float)
    return inputs, generator.normal(0.0, 1.0, shape)


def problem_for(topology: Topology, loss: Loss, count: int, seed: int) -> Problem:
    """A problem with the samples of `samples_for`."""
    inputs, targets = samples_for(topology, loss, count, seed)
    return Problem(loss=loss, inputs=inputs, targets=targets)
