"""What an engine is to solve: a loss, and samples to make it small over."""

from dataclasses import dataclass

from nn_desktop.arrays import FloatArray
from nn_desktop.network.functions import Loss


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A loss over samples, to be made small.

    Attributes
    ----------
    loss
        A cross-entropy needs its own output activation (`REQUIRED_OUTPUT`).
    inputs, targets
        The samples to train on, shapes (n, inputs) and (n, outputs).
    """

    loss: Loss
    inputs: FloatArray
    targets: FloatArray
