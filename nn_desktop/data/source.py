"""Where samples come from: a value that knows their shape without them, and draws them when asked."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.dataset import DataError, Dataset, Domain, Task, TrueFunction, ensure_share, ensure_whole
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.sampling import (
    MAX_NOISE,
    MAX_SAMPLES,
    MAX_SEED,
    MAX_TRAIN_SHARE,
    MIN_SAMPLES,
    MIN_TRAIN_SHARE,
    Positions,
    SplitRule,
)
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.split import split
from nn_desktop.texts import counted


@dataclass(frozen=True, kw_only=True, eq=False)
class RawSamples:
    """Samples as a source draws them, before they are parted and scaled.

    N is the number of samples, d of inputs, K of regression targets.

    Attributes
    ----------
    inputs : array of float64, shape (N, d)
        In raw units.
    targets : array
        Regression: float64, shape (N, K), raw units. Classification: int64 labels from 0, shape (N,).
    classes : array of int64, shape (N,), or None
        Each of these classes keeps its share in the training and in the test part.
    training_noise : array of float64, shape (N, K), or None
        Added to the targets of the training part alone.
    input_names : tuple of str
        Names that the source does not know without drawing; empty if it does.
    """

    inputs: FloatArray
    targets: FloatArray | IntArray
    classes: IntArray | None = None
    training_noise: FloatArray | None = None
    input_names: tuple[str, ...] = ()


class DataSource(Protocol):
    """What a network learns from: an immutable value that can be compared and hashed."""

    @property
    def name(self) -> str:
        """Name in files and on the command line."""
        ...

    @property
    def title(self) -> str:
        """Name for people."""
        ...

    @property
    def description(self) -> str:
        """One sentence on what there is to learn from it."""
        ...

    @property
    def formula(self) -> str:
        """The truth in one line; empty if there is none."""
        ...

    @property
    def task(self) -> Task:
        """What is to be learned."""
        ...

    @property
    def inputs(self) -> int:
        """Number of raw inputs d."""
        ...

    @property
    def outputs(self) -> int:
        """Number of outputs: K of a regression, 1 for two classes, k for more."""
        ...

    @property
    def input_names(self) -> tuple[str, ...]:
        """One name per input; empty if they are known only when samples are drawn."""
        ...

    @property
    def output_names(self) -> tuple[str, ...]:
        """One name per output: the targets of a regression, the class labelled 1 of two, or every class."""
        ...

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names in the order of the labels; empty for a regression."""
        ...

    @property
    def domain(self) -> Domain | None:
        """Range of each input to plot, for one or two inputs."""
        ...

    @property
    def true_function(self) -> TrueFunction | None:
        """The noise-free truth in raw units, (M, d) to (M, K); NaN where its formula has no value."""
        ...

    @property
    def adjustable(self) -> frozenset[str]:
        """Which fields of `DataSettings` can be chosen."""
        ...

    @property
    def default_settings(self) -> "DataSettings":
        """The settings that suit it: no noise, seed 0."""
        ...

    @property
    def why_no_samples(self) -> str:
        """Why there are no samples, and what to do; empty if there are."""
        ...

    def draw(self, settings: "DataSettings") -> RawSamples:
        """Make or read the samples; the same settings give the same bits. Raises `DataError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSettings:
    """Everything that decides what a dataset holds: the same settings give the same bits.

    Attributes
    ----------
    source
        Where the samples come from.
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
    split
        How many samples the share for training is. That of the sources is exact; files and links that do not
        say it were made when it was by class. Of a regression it is always by class, for there are none.

    Raises
    ------
    DataError
        If a value is of the wrong kind or out of its range.
    """

    source: DataSource
    samples: int
    noise: float = 0.0
    seed: int = 0
    train_share: float
    standardize: bool
    positions: Positions = Positions.RANDOM
    split: SplitRule = SplitRule.BY_CLASS

    def __post_init__(self) -> None:
        fewest = MIN_SAMPLES if "samples" in self.source.adjustable else 1
        ensure_whole("number of samples", self.samples, fewest, MAX_SAMPLES)
        ensure_share("noise", self.noise, 0.0, MAX_NOISE)
        ensure_whole("seed", self.seed, 0, MAX_SEED)
        ensure_share("share for training", self.train_share, MIN_TRAIN_SHARE, MAX_TRAIN_SHARE)
        if not isinstance(self.standardize, bool):
            raise DataError(f"Standardizing is either true or false, but {self.standardize!r} was given.")
        # A file may say 0 where 0.0 is meant; equal settings should also print and save equally.
        object.__setattr__(self, "noise", float(self.noise))
        object.__setattr__(self, "train_share", float(self.train_share))
        if self.source.task is Task.REGRESSION:  # settings that mean the same are equal
            object.__setattr__(self, "split", SplitRule.BY_CLASS)


def load(settings: DataSettings) -> Dataset:
    """Draw the samples that the settings describe, part them and learn their scaling.

    The same settings give the same bits. Of a source without samples the dataset has none, but its names and,
    if its settings standardize, the scaling that its network learned with.

    Raises
    ------
    DataError
        If something is asked for that the source cannot adjust, or it cannot give its samples.
    """
    source = settings.source
    if not source.why_no_samples:
        ensure_adjustable(settings)
    elif not settings.standardize:
        return _without_samples(source)
    drawn = source.draw(settings)
    targets = drawn.targets
    split_stream = random_stream(settings.seed, Stream.SPLIT)
    train, test = split(len(targets), settings.train_share, split_stream, drawn.classes, settings.split)
    if drawn.training_noise is not None:
        targets[train] += drawn.training_noise[train]
    input_scaling, target_scaling = Scaling.none(source.inputs), Scaling.none(source.outputs)
    if settings.standardize:
        # From the training part alone: what is known of the test part would leak.
        input_scaling = Scaling.standardize(drawn.inputs[train])
        if source.task is Task.REGRESSION:
            target_scaling = Scaling.standardize(targets[train].astype(np.float64))
    if source.why_no_samples:
        without = _without_samples(source)
        return replace(without, input_scaling=input_scaling, target_scaling=target_scaling)
    return Dataset(
        title=source.title,
        task=source.task,
        input_names=source.input_names or drawn.input_names,
        output_names=source.output_names,
        class_names=source.class_names,
        inputs=drawn.inputs,
        targets=targets,
        train=train,
        test=test,
        input_scaling=input_scaling,
        target_scaling=target_scaling,
        domain=source.domain,
        true_function=source.true_function,
    )


def _without_samples(source: DataSource) -> Dataset:
    is_regression = source.task is Task.REGRESSION
    return Dataset(
        title=source.title,
        task=source.task,
        input_names=source.input_names,
        output_names=source.output_names,
        class_names=source.class_names,
        inputs=np.zeros((0, source.inputs)),
        targets=np.zeros((0, source.outputs)) if is_regression else np.zeros(0, np.int64),
        train=np.zeros(0, np.int64),
        test=np.zeros(0, np.int64),
        input_scaling=Scaling.none(source.inputs),
        target_scaling=Scaling.none(source.outputs),
    )


def ensure_adjustable(settings: DataSettings) -> None:
    """Raise `DataError` if something is chosen that the source does not let be chosen; nothing is drawn."""
    source, samples = settings.source, settings.source.default_settings.samples
    if settings.positions is not Positions.RANDOM and "positions" not in source.adjustable:
        raise DataError(
            f'Only functions of one variable can be sampled on a grid, and "{source.title}" is none. '
            "Choose random positions."
        )
    if settings.samples != samples and "samples" not in source.adjustable:
        raise DataError(
            f'"{source.title}" is a table of {counted(samples, "row")}, and all of them are used. '
            f"Set the number of samples to {samples} instead of {settings.samples}."
        )
    if settings.noise != 0.0 and "noise" not in source.adjustable:
        raise DataError(f'"{source.title}" is measured data, to which no noise is added. Set the noise to 0.')
