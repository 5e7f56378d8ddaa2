"""Is the backward pass right? Central differences know it without any backward pass."""

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.engines.engine import Engine
from nn_desktop.network.parameters import connection_mask


def central_differences(
    engine: Engine, inputs: FloatArray, targets: FloatArray, step: float = 1e-5
) -> FloatArray:
    """Return the gradient (L(w + h) − L(w − h)) / 2h, parameter by parameter, as a flat vector.

    Parameters
    ----------
    engine
        Its parameters are moved and put back.
    inputs, targets
        The samples, shapes (n, inputs) and (n, outputs).
    step
        h. The error of the formula falls with h², that of rounding grows with 1/h.
    """
    vector = engine.parameters.vector
    mask = connection_mask(engine.parameters.topology)
    gradient = np.zeros_like(vector)
    for index in range(len(vector)):
        if mask is not None and not mask[index]:
            continue
        value = vector[index]
        vector[index] = value + step
        above = engine.loss(inputs, targets)
        vector[index] = value - step
        below = engine.loss(inputs, targets)
        vector[index] = value
        gradient[index] = (above - below) / (2 * step)
    return gradient
