"""A dataset: samples to learn from, and how they are scaled."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.scaling import Scaling
from nn_desktop.errors import UserError

TrueFunction = Callable[[FloatArray], FloatArray]
Domain = tuple[tuple[float, float], ...]


class DataError(UserError):
    """The data cannot be had as asked for; the text says why and what to do."""


class Task(StrEnum):
    """What is to be learned."""

    REGRESSION = "regression"
    BINARY = "binary"
    MULTICLASS = "multiclass"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples to learn from and samples to be examined with, in raw units.

    All arrays are read-only. N is the number of samples, d of inputs, K of regression targets, k of classes.

    Attributes
    ----------
    title : str
        Name for people.
    task : Task
        What is to be learned.
    input_names : tuple of str
        One name per input.
    output_names : tuple of str
        One name per output: the targets of a regression, the class labelled 1 of two classes, or every class.
    class_names : tuple of str
        Names in the order of the labels; empty for a regression.
    inputs : array of float64, shape (N, d)
        Raw inputs.
    targets : array
        Regression: float64, shape (N, K), raw units. Classification: int64 labels 0 … k-1, shape (N,).
    train, test : arrays of int64
        Indices of the samples, in random order; disjoint, together all.
    input_scaling : Scaling
        From raw inputs to what the network sees.
    target_scaling : Scaling
        From raw targets to what the network should answer; changes nothing in a classification.
    domain : tuple of (low, high), or None
        Range of each input to plot, for one or two inputs.
    true_function : callable, or None
        The noise-free truth in raw units, (M, d) to (M, K); NaN where its formula has no value.
    """

    title: str
    task: Task
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    class_names: tuple[str, ...]
    inputs: FloatArray
    targets: FloatArray | IntArray
    train: IntArray
    test: IntArray
    input_scaling: Scaling
    target_scaling: Scaling
    domain: Domain | None = None
    true_function: TrueFunction | None = None

    def __post_init__(self) -> None:
        for values in (self.inputs, self.targets, self.train, self.test):
            values.setflags(write=False)

    @property
    def values(self) -> FloatArray:
        """Targets of a regression, shape (N, K)."""
        return np.asarray(self.targets, np.float64)

    @property
    def labels(self) -> IntArray:
        """Classes of a classification, shape (N,)."""
        return np.asarray(self.targets, np.int64)

    @property
    def input_count(self) -> int:
        """Number of raw inputs d."""
        return len(self.input_names)

    @property
    def output_count(self) -> int:
        """Number of outputs: K of a regression, 1 for two classes, k for more."""
        return len(self.output_names)


def ensure_whole(what: str, value: object, low: int, high: int) -> None:
    """Raise `DataError` unless a value is a whole number of this range."""
    # True is an int to Python, but nobody means it as a number of samples.
    if isinstance(value, bool) or not isinstance(value, int):
        raise DataError(f"The {what} must be a whole number, but {value!r} was given.")
    if not low <= value <= high:
        raise DataError(f"The {what} must lie between {low} and {high}, but {value} was given.")


def ensure_share(what: str, value: object, low: float, high: float) -> None:
    """Raise `DataError` unless a value is a number of this range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(_as_float(value)):
        raise DataError(f"The {what} must be a number between {low:g} and {high:g}, but {value!r} was given.")
    if not low <= value <= high:
        raise DataError(
            f"The {what} must lie between {low:g} and {high:g} ({low:.0%} and {high:.0%}), "
            f"but {_as_float(value):g} was given."
        )


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        # A whole number of a file can be longer than any float.
        return math.inf if value > 0 else -math.inf
