"""Independent random streams that grow from one seed."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What chance decides in a dataset; the numbers are part of what a seed means and never change."""

    POSITIONS = 0
    SPLIT = 1
    NOISE = 2


def random_stream(seed: int, stream: Stream) -> np.random.Generator:
    """Start the generator for one purpose.

    Each purpose draws from its own stream, so that moving the noise slider changes neither where the points
    were drawn nor which of them are for training.

    Parameters
    ----------
    seed
        The seed of the dataset, not negative.
    stream
        What the numbers are for.
    """
    return np.random.default_rng([seed, int(stream)])
