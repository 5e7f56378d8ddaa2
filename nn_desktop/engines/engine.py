"""What every engine does, however it does it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.problem import Problem
from nn_desktop.network.parameters import Parameters


class StopFlag:
    """Asks an engine to return early. Any thread may set it, also while the engine is at work.

    Attributes
    ----------
    byte
        Shape (1,): 1 if it is set. An engine outside Python looks at this memory.
    """

    __slots__ = ("byte",)

    def __init__(self) -> None:
        self.byte = np.zeros(1, np.uint8)

    def set(self) -> None:
        """Ask for a stop after the present batch."""
        self.byte[0] = 1

    def clear(self) -> None:
        """Ask for nothing any more."""
        self.byte[0] = 0

    def __bool__(self) -> bool:
        return self.byte.item() == 1


def batches(order: IntArray, batch_size: int) -> Iterator[IntArray]:
    """Yield the batches of an order, shape (n,) or (epochs, n): none holds samples of two epochs."""
    for epoch in np.atleast_2d(order):
        for start in range(0, len(epoch), batch_size):
            yield epoch[start : start + batch_size]


@dataclass(frozen=True)
class Phases:
    """Seconds that the parts of an update take, on the average.

    Attributes
    ----------
    forward
        Gathering the samples, the forward pass and the loss.
    backward
        The gradient.
    update
        W ← W − η ∂L/∂W.
    """

    forward: float
    backward: float
    update: float

    @property
    def total(self) -> float:
        """Seconds of a whole update."""
        return self.forward + self.backward + self.update


class Engine(Protocol):
    """A network, a problem that it is to solve, and the sums between them.

    Attributes
    ----------
    parameters
        Changed in place by `train`.
    descent
        The rule of an update, read at each call of `train`: another one may be set between two calls.
    holds_lock
        Whether other threads of Python wait while it is at work.
    """

    parameters: Parameters
    descent: Descent
    holds_lock: bool

    def train(self, order: IntArray, batch_size: int, stop: StopFlag | None = None) -> FloatArray:
        """Do one update per batch, over the samples in the given order, of all parameters that learn.

        Parameters
        ----------
        order
            Rows of the samples, shape (n,), or (epochs, n) for several epochs.
        batch_size
            The last batch of each epoch may be smaller; its mean is over its own size.
        stop
            Looked at after each batch: if it is set, the others are left out.

        Returns
        -------
        The loss of each batch before its update, float64. It ends with the first loss that is not finite;
        that batch did no update, nor did those after it.
        """
        ...

    def gradient(self, rows: IntArray) -> tuple[float, FloatArray]:
        """Return the loss over some samples, and its gradient as a flat vector, also of what is frozen."""
        ...

    def loss(self, inputs: FloatArray, targets: FloatArray) -> float:
        """Return the mean loss over samples, shapes (n, inputs) and (n, outputs)."""
        ...

    def time_phases(self, order: IntArray, batch_size: int) -> Phases:
        """Train on an order, shape (n,), as `train` does, with a watch in hand."""
        ...


class MakeEngine(Protocol):
    """How an engine is made: a class of engines is one.

    Parameters
    ----------
    parameters
        Changed in place. Its type, float32 or float64, is that of all sums.
    problem
        The loss that is made small, and the samples.
    descent
        The rule of an update.
    """

    def __call__(self, parameters: Parameters, problem: Problem, descent: Descent) -> Engine: ...
