"""How far answers are from those that are expected."""

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.files.checking import sizes_of


def difference_of(answers: FloatArray, expected: FloatArray) -> float:
    """Return the largest difference, column by column in relation to the largest answer, if above 1."""
    difference = float((np.abs(answers - expected) / sizes_of(expected)).max())
    return difference if np.isfinite(difference) else float("inf")
