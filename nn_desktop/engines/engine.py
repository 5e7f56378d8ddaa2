"""What every engine does, however it does it."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nn_desktop.network.parameters import FloatArray, Parameters

IntArray = NDArray[np.int64]


class Engine(Protocol):
    """A network, a loss and samples, and the sums between them.

    Attributes
    ----------
    parameters
        Changed in place by `train`.
    learning_rate
        η, read at each call of `train`.
    """

    parameters: Parameters
    learning_rate: float

    def train(self, order: IntArray, batch_size: int) -> FloatArray:
        """Do one update per batch, over the samples in the given order, of all parameters that learn.

        Parameters
        ----------
        order
            Rows of the samples, shape (n,).
        batch_size
            The last batch may be smaller; its mean is over its own size.

        Returns
        -------
        The loss of each batch before its update. It ends with the first loss that is not finite; that batch
        did no update, nor did those after it.
        """
        ...

    def gradient(self, rows: IntArray) -> tuple[float, FloatArray]:
        """Return the loss over some samples, and its gradient as a flat vector, also of what is frozen."""
        ...

    def loss(self, inputs: FloatArray, targets: FloatArray) -> float:
        """Return the mean loss over samples, shapes (n, inputs) and (n, outputs)."""
        ...

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return the outputs, shape (n, outputs), for inputs of shape (n, inputs)."""
        ...

    def activations(self, inputs: FloatArray) -> Mapping[int, FloatArray]:
        """Return what every unit gives out: by layer id, shape (units, n)."""
        ...
