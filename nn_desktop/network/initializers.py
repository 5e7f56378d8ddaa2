"""How the parameters start: at random, from a seed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.arrays import FloatArray
from nn_desktop.network.functions import Initializer
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology

VARIANCES: dict[Initializer, Callable[[int, int], float]] = {
    # Glorot and Bengio 2010: keeps the variance of activations and of gradients, on average, for tanh.
    Initializer.GLOROT_UNIFORM: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    Initializer.GLOROT_NORMAL: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    # He et al. 2015: twice as much, since ReLU drops one half of its inputs.
    Initializer.HE_UNIFORM: lambda fan_in, fan_out: 2 / fan_in,
    Initializer.HE_NORMAL: lambda fan_in, fan_out: 2 / fan_in,
    # LeCun et al. 1998, "Efficient BackProp".
    Initializer.LECUN_UNIFORM: lambda fan_in, fan_out: 1 / fan_in,
    Initializer.LECUN_NORMAL: lambda fan_in, fan_out: 1 / fan_in,
    # U(−½, ½), as in TensorFlow Playground, and the normal distribution with the same variance.
    Initializer.UNIFORM: lambda fan_in, fan_out: 1 / 12,
    Initializer.NORMAL: lambda fan_in, fan_out: 1 / 12,
    Initializer.ZEROS: lambda fan_in, fan_out: 0.0,
}
"""Variance of a weight, from the number of inputs of its layer and the number of units of its layer.

Removed connections count as inputs: taking one away must not change how the others are drawn.
"""


def initialize(
    topology: Topology, initializer: Initializer, seed: int | list[int], dtype: DTypeLike = np.float64
) -> Parameters:
    """Draw the parameters of a network.

    The same topology and seed give the same bits.

    Parameters
    ----------
    topology
        The network.
    initializer
        The distribution, where a layer has none of its own.
    seed
        Not negative; several numbers make one seed.
    dtype
        float32 or float64; the same draws, rounded.
    """
    generator = np.random.default_rng(seed)
    parameters = Parameters.zeros(topology, dtype)
    for number, layer in enumerate(topology.layers[1:], start=1):
        weights = parameters.matrix(layer.id)[:, :-1]
        if weights.size:
            weights[:] = _draw(generator, initializer, weights.shape)
            if layer.initializer is not None:
                # From a generator of its own: the draws of the other layers stay what they are.
                own = np.random.default_rng([*np.atleast_1d(seed), number])
                weights[:] = _draw(own, layer.initializer, weights.shape)
    parameters.clear_removed()
    return parameters


def _draw(generator: np.random.Generator, initializer: Initializer, shape: tuple[int, ...]) -> FloatArray:
    fan_out, fan_in = shape
    deviation = np.sqrt(VARIANCES[initializer](fan_in, fan_out))
    if initializer.endswith("normal"):
        return generator.normal(0.0, deviation, shape)
    limit = np.sqrt(3.0) * deviation  # U(−a, a) has the variance a²/3
    return generator.uniform(-limit, limit, shape)
