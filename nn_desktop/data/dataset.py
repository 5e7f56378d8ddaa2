"""A dataset, and the settings that decide every bit of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.sampling import (
    MAX_NOISE,
    MAX_SAMPLES,
    MAX_SEED,
    MAX_TRAIN_SHARE,
    MIN_SAMPLES,
    MIN_TRAIN_SHARE,
    Positions,
)
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


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Everything that decides what a dataset holds: the same settings give the same bits.

    Attributes
    ----------
    name
        Name of an entry of the catalogue.
    samples
        Number of samples, training and test together.
    noise
        Share between 0 and 0.5.
    seed
        Where chance begins, not negative.
    train_share
        Share of the samples for training, between 0.1 and 0.9.
    standardize
        Whether the network sees inputs (and targets, in regression) with mean 0 and standard deviation 1.
    positions
        Whether a function of one variable is sampled at random or at even distances.

    Raises
    ------
    DataError
        If a value is of the wrong kind or out of its range.
    """

    name: str
    samples: int
    noise: float
    seed: int
    train_share: float
    standardize: bool
    positions: Positions = Positions.RANDOM

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise DataError("No dataset was named. Choose one from the list.")
        _check_whole("number of samples", self.samples, MIN_SAMPLES, MAX_SAMPLES)
        _check_share("noise", self.noise, 0.0, MAX_NOISE)
        _check_whole("seed", self.seed, 0, MAX_SEED)
        _check_share("share for training", self.train_share, MIN_TRAIN_SHARE, MAX_TRAIN_SHARE)
        if not isinstance(self.standardize, bool):
            raise DataError(f"Standardizing is either true or false, but {self.standardize!r} was given.")
        # A file may say 0 where 0.0 is meant; equal settings should also print and save equally.
        object.__setattr__(self, "noise", float(self.noise))
        object.__setattr__(self, "train_share", float(self.train_share))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples to learn from and samples to be examined with, in raw units.

    All arrays are read-only. N is the number of samples, d of inputs, K of regression targets, k of classes.

    Attributes
    ----------
    settings : DataSettings
        What the dataset was made from.
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

    settings: DataSettings
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


def fit_scalings(
    settings: DataSettings, task: Task, inputs: FloatArray, targets: FloatArray | IntArray, train: IntArray
) -> tuple[Scaling, Scaling]:
    """Learn the scaling of inputs and of targets from the training part alone.

    Parameters
    ----------
    settings
        Whether to standardize.
    task
        Only the targets of a regression are scaled, labels never are.
    inputs : array, shape (N, d)
    targets : array, shape (N, K), or (N,) labels
    train
        Indices of the training part.

    Returns
    -------
    input_scaling, target_scaling : Scaling
    """
    if task is Task.REGRESSION:
        target_width = targets.shape[1]
    elif task is Task.BINARY:
        target_width = 1
    else:
        target_width = int(targets.max()) + 1
    if not settings.standardize:
        return Scaling.none(inputs.shape[1]), Scaling.none(target_width)
    input_scaling = Scaling.standardize(inputs[train])
    if task is Task.REGRESSION:
        return input_scaling, Scaling.standardize(targets[train].astype(np.float64))
    return input_scaling, Scaling.none(target_width)


def _check_whole(what: str, value: object, low: int, high: int) -> None:
    # True is an int to Python, but nobody means it as a number of samples.
    if isinstance(value, bool) or not isinstance(value, int):
        raise DataError(f"The {what} must be a whole number, but {value!r} was given.")
    if not low <= value <= high:
        raise DataError(f"The {what} must lie between {low} and {high}, but {value} was given.")


def _check_share(what: str, value: object, low: float, high: float) -> None:
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
