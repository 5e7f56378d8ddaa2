"""A dataset as a network sees it: scaled inputs, and targets that its output layer can reach."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Loss

T = TypeVar("T", float, FloatArray)

SYMMETRIC = frozenset({Activation.TANH, Activation.IDENTITY, Activation.SINE})
"""Output activations whose two classes are −1 and 1; all others reach 0 and 1."""


@dataclass(frozen=True, eq=False)
class Samples:
    """What goes into the sums, shapes (n, inputs) and (n, outputs)."""

    train_inputs: FloatArray
    train_targets: FloatArray
    test_inputs: FloatArray
    test_targets: FloatArray

    def problem(self, loss: Loss) -> Problem:
        """Return what a network is to learn, as an engine takes it."""
        return Problem(loss=loss, inputs=self.train_inputs, targets=self.train_targets)


@lru_cache(maxsize=1)  # those who look into a network ask for them at every frame
def make_samples(dataset: Dataset, output: Activation, smoothing: float = 0.0) -> Samples:
    """Scale and encode a dataset for a network with this output activation; nobody changes the arrays.

    Parameters
    ----------
    smoothing
        ε of label smoothing (Szegedy et al. 2016); see `smooth`.
    """
    inputs = dataset.input_scaling.apply(dataset.inputs)
    targets = encode_targets(dataset, output)
    if smoothing:
        targets = smooth(targets, smoothing, output, dataset.output_count)
    parts = [array[rows] for rows in (dataset.train, dataset.test) for array in (inputs, targets)]
    for part in parts:
        part.setflags(write=False)
    return Samples(*parts)


class SamplesView:
    """Keeps the samples of one session, whatever others look at meanwhile."""

    def __init__(self) -> None:
        self._made: tuple[tuple[object, ...], Samples] | None = None

    def of(self, dataset: Dataset, output: Activation, smoothing: float) -> Samples:
        """Return what `make_samples` makes; the same one as before if nothing else is asked for."""
        key = dataset, output, smoothing
        if self._made is None or self._made[0] != key:
            self._made = key, make_samples(*key)
        return self._made[1]


def smooth(target: T, smoothing: float, output: Activation, outputs: int) -> T:
    """Smooth targets of 0 and 1: y becomes (1 − ε) y + ε / K.

    K is the number of classes that share 1: those of a softmax, or yes and no for each other output.
    """
    classes = outputs if output is Activation.SOFTMAX else 2
    return (1 - smoothing) * target + smoothing / classes


def class_values(output: Activation) -> tuple[float, float]:
    """Return the targets for "no" and "yes" of an output activation."""
    return (-1.0, 1.0) if output in SYMMETRIC else (0.0, 1.0)


def encode_targets(dataset: Dataset, output: Activation) -> FloatArray:
    """Return the targets as outputs, shape (n, outputs): scaled numbers, or "no" and "yes" of each class."""
    if dataset.task is Task.REGRESSION:
        return dataset.target_scaling.apply(dataset.values)
    no, yes = class_values(output)
    if dataset.task is Task.BINARY:
        members = dataset.labels[:, np.newaxis] == 1
    else:
        members = dataset.labels[:, np.newaxis] == np.arange(dataset.output_count)
    return np.where(members, yes, no)


def decode_labels(outputs: FloatArray, output: Activation) -> NDArray[np.int64]:
    """Return the class that each row of outputs, shape (n, outputs), stands for, shape (n,)."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > sum(class_values(output)) / 2).astype(np.int64)
    labels: NDArray[np.int64] = np.argmax(outputs, axis=1)
    return labels
