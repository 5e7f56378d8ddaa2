"""The runs of a project as a table: how far each came, how well it does, and in what it differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.source import DataSettings, load
from nn_desktop.engines.evaluation import mean_loss
from nn_desktop.insight.metrics import accuracy, r_squared
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.runs import Difference, RunLabel, Runs, what_differs
from nn_desktop.training.samples import make_samples


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
    values
        Of each `RunTable.differences`.
    """

    label: RunLabel
    is_current: bool
    epochs: int
    updates: int
    measures: Measures
    best_epoch: int | None
    best_loss: float | None
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RunTable:
    """All runs, the oldest first and the one in the window last, and in what they differ."""

    differences: tuple[Difference, ...]
    rows: tuple[RunRow, ...]


def measure(checkpoint: Checkpoint, dataset: Dataset) -> Measures:
    """Return how well the network of a moment does on the data that it learns."""
    parameters, h = checkpoint.parameters, checkpoint.setup.hyperparameters
    if not len(dataset.train):
        return Measures()
    samples = make_samples(dataset, checkpoint.setup.topology.layers[-1].activation, h.target_smoothing)
    is_regression = dataset.task is Task.REGRESSION
    metric = r_squared if is_regression else accuracy
    has_test = len(dataset.test) > 0
    with np.errstate(all="ignore"):  # a run that diverged may have any number
        return Measures(
            train_loss=mean_loss(parameters, h.loss, samples.train_inputs, samples.train_targets),
            test_loss=mean_loss(parameters, h.loss, samples.test_inputs, samples.test_targets)
            if has_test
            else nan,
            name="R²" if is_regression else "accuracy",
            train=metric(parameters, dataset, dataset.train),
            test=metric(parameters, dataset, dataset.test) if has_test else nan,
        )


def run_table(runs: Runs, current: Checkpoint | None = None) -> RunTable:
    """Return the table of runs, with the one in the window if its moment is given.

    Data are drawn anew, which may take long for many runs on different data.
    """
    moments = [(run.label, run.checkpoint) for run in runs.filed]
    if current is not None:
        moments.append((runs.current, current))
    differences = what_differs([checkpoint.setup for _, checkpoint in moments])
    datasets: dict[DataSettings, Dataset] = {}
    rows = []
    for place, (label, checkpoint) in enumerate(moments):
        data = checkpoint.setup.data
        if data not in datasets:
            datasets[data] = load(data)
        values = tuple(difference.values[place] for difference in differences)
        is_current = place == len(runs.filed)
        rows.append(_row(label, checkpoint, is_current, datasets[data], values))
    return RunTable(differences=differences, rows=tuple(rows))


def _row(
    label: RunLabel, checkpoint: Checkpoint, is_current: bool, dataset: Dataset, values: Sequence[str]
) -> RunRow:
    best = checkpoint.best
    return RunRow(
        label=label,
        is_current=is_current,
        epochs=checkpoint.epoch,
        updates=checkpoint.updates,
        measures=measure(checkpoint, dataset),
        best_epoch=None if best is None else best.milestone.epoch,
        best_loss=None if best is None else best.loss,
        values=tuple(values),
    )
