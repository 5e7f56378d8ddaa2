"""The order in which training walks through the samples: a permutation for each epoch, all from one seed."""

from functools import lru_cache

import numpy as np

from nn_desktop.arrays import IntArray
from nn_desktop.training.hyperparameters import Hyperparameters

MAX_PLACES = 131_072
"""Several epochs are drawn at once, up to this many numbers: a generator takes long to make, and an engine
that gets many epochs at once needs the interpreter less often."""


def epoch_orders(hyperparameters: Hyperparameters, epoch: int, samples: int) -> IntArray:
    """Return the order of the samples in an epoch and in some that follow, shape (epochs, samples)."""
    if not samples:
        return np.zeros((1, 0), np.int64)
    if hyperparameters.samples_per_update(samples) == samples:
        return ordered_epochs(samples)
    return shuffled_epochs(hyperparameters.seed, epoch, samples)


def shuffled_epochs(seed: int, epoch: int, samples: int) -> IntArray:
    """Return the order of the samples in an epoch and in some that follow it.

    It depends on the seed, the number of the epoch and that of the samples alone.

    Returns
    -------
    Shape (epochs, samples), one epoch at least; read-only.
    """
    together = max(1, MAX_PLACES // samples)
    orders: IntArray = _draw(seed, epoch // together, together, samples)
    return orders[epoch % together :]


def ordered_epochs(samples: int) -> IntArray:
    """Return the samples as they come, for some epochs, as `shuffled_epochs` does."""
    orders: IntArray = _repeat(samples, max(1, MAX_PLACES // samples))
    return orders


@lru_cache(maxsize=4)
def _draw(seed: int, block: int, epochs: int, samples: int) -> IntArray:
    """Draw the orders of some epochs.

    A permutation takes longer to draw than a small network to learn from its samples. So a few are drawn, and
    each epoch takes two others of them one after the other: each order is as random as a new one,
    and any two are independent.
    """
    drawn = 1
    while drawn * (drawn - 1) < epochs:
        drawn += 1
    generator = np.random.default_rng([seed, block])
    if drawn >= epochs:
        return generator.permuted(_repeat(samples, epochs), axis=1)
    permutations = generator.permuted(_repeat(samples, drawn), axis=1)
    orders = np.empty((epochs, samples), np.int64)
    for epoch in range(epochs):
        first, second = epoch % drawn, (epoch + 1 + epoch // drawn) % drawn
        permutations[first].take(permutations[second], out=orders[epoch], mode="clip")
    orders.setflags(write=False)
    return orders


@lru_cache(maxsize=4)
def _repeat(samples: int, epochs: int) -> IntArray:
    orders = np.tile(np.arange(samples), (epochs, 1))
    orders.setflags(write=False)
    return orders
