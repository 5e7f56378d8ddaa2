"""The runs of a project as a table: how far each came, how well it does, and in what it differs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from typing import Protocol

import numpy as np

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.source import DataSettings, load
from nn_desktop.engines.evaluation import mean_loss
from nn_desktop.insight.metrics import accuracy, r_squared
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.checkpoints import Best
from nn_desktop.training.runs import Difference, RunLabel, Runs, what_differs
from nn_desktop.training.samples import make_samples
from nn_desktop.training.setup import Setup

MAX_DATASETS = 4


@dataclass(frozen=True, kw_only=True)
class Measures:
    """How well a network does at its last moment; NaN where that is not known.

    Attributes
    ----------
    train_loss, test_loss
        Over all samples of each part.
    name
        ``R²`` for regression, else ``accuracy``.
    train, test
        What the name says, over the samples of each part.
    """

    train_loss: float = nan
    test_loss: float = nan
    name: str = ""
    train: float = nan
    test: float = nan


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """A line of the table.

    Attributes
    ----------
    label
        Which run it is.
    is_current
        Whether it is the one in the window.
    epochs, updates
        So far.
    measures
        How well it does.
    best_epoch, best_loss
        Of its best moment: None if there is none.
    texts
        Of each `RunTable.differences`.
    """

    label: RunLabel
    is_current: bool
    epochs: int
    updates: int
    measures: Measures
    best_epoch: int | None
    best_loss: float | None
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RunTable:
    """All runs, the oldest first and the one in the window last, and in what they differ."""

    differences: tuple[Difference, ...]
    rows: tuple[RunRow, ...]


class Moment(Protocol):
    """What is measured: a checkpoint, or a snapshot."""

    @property
    def setup(self) -> Setup: ...
    @property
    def parameters(self) -> Parameters: ...
    @property
    def epoch(self) -> int: ...
    @property
    def updates(self) -> int: ...
    @property
    def best(self) -> Best | None: ...


def measure(moment: Moment, dataset: Dataset, losses: tuple[float, float] | None = None) -> Measures:
    """Return how well the network of a moment does on the data that it learns.

    Parameters
    ----------
    losses
        Over the training and over the test samples, if they are known.
    """
    parameters, h = moment.parameters, moment.setup.hyperparameters
    if not len(dataset.train):
        return Measures()
    is_regression = dataset.task is Task.REGRESSION
    metric = r_squared if is_regression else accuracy
    has_test = len(dataset.test) > 0
    with np.errstate(all="ignore"):  # a run that diverged may have any number
        if losses is None:
            output = moment.setup.topology.layers[-1].activation
            samples = make_samples(dataset, output, h.target_smoothing)
            losses = (
                mean_loss(parameters, h.loss, samples.train_inputs, samples.train_targets),
                mean_loss(parameters, h.loss, samples.test_inputs, samples.test_targets) if has_test else nan,
            )
        return Measures(
            train_loss=losses[0],
            test_loss=losses[1],
            name="R²" if is_regression else "accuracy",
            train=metric(parameters, dataset, dataset.train),
            test=metric(parameters, dataset, dataset.test) if has_test else nan,
        )


class Measurer:
    """Measures moments of runs; the data of the latest few are kept, since many runs learn the same ones."""

    def __init__(self) -> None:
        self._datasets: dict[DataSettings, Dataset] = {}

    def measure(self, moment: Moment) -> Measures:
        """Measure a moment; raises `UserError` if its data cannot be had."""
        data = moment.setup.data
        if data not in self._datasets:
            while len(self._datasets) >= MAX_DATASETS:
                del self._datasets[next(iter(self._datasets))]
            self._datasets[data] = load(data)
        return measure(moment, self._datasets[data])


class Comparer:
    """Finds in what setups differ, anew only if they are others: a table is shown far more often."""

    def __init__(self) -> None:
        self._setups: list[Setup] = []
        self._differences: tuple[Difference, ...] = ()

    def differences(self, setups: Sequence[Setup]) -> tuple[Difference, ...]:
        """Return all in which setups differ; see `what_differs`."""
        if list(map(id, setups)) != list(map(id, self._setups)):
            self._setups, self._differences = list(setups), what_differs(setups)
        return self._differences


def run_table(
    runs: Runs,
    current: Moment | None = None,
    measure_one: Callable[[Moment], Measures] | None = None,
    find_differences: Callable[[Sequence[Setup]], tuple[Difference, ...]] = what_differs,
) -> RunTable:
    """Return the table of runs.

    Parameters
    ----------
    current
        A moment of the run in the window, which then is a row too.
    measure_one
        Measures a run, by its last moment. By default data are drawn anew, which may take long for many runs
        on different data.
    find_differences
        Finds in what their setups differ; that of a `Comparer` for a table that is shown again and again.
    """
    measure_one = measure_one or Measurer().measure
    moments: list[tuple[RunLabel, Moment]] = [(run.label, run.checkpoint) for run in runs.filed]
    if current is not None:
        moments.append((runs.current, current))
    differences = find_differences([moment.setup for _, moment in moments])
    rows = [
        _row(
            label,
            moment,
            is_current=place == len(runs.filed),
            measures=measure_one(moment),
            texts=[difference.texts[place] for difference in differences],
        )
        for place, (label, moment) in enumerate(moments)
    ]
    return RunTable(differences=differences, rows=tuple(rows))


def _row(
    label: RunLabel, moment: Moment, is_current: bool, measures: Measures, texts: Sequence[str]
) -> RunRow:
    best = moment.best
    return RunRow(
        label=label,
        is_current=is_current,
        epochs=moment.epoch,
        updates=moment.updates,
        measures=measures,
        best_epoch=None if best is None else best.milestone.epoch,
        best_loss=None if best is None else best.loss,
        texts=tuple(texts),
    )
