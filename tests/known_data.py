"""Datasets and setups by the names of datasets, as most tests want them."""

from nn_desktop.data.catalogue import find_source
from nn_desktop.data.dataset import Task
from nn_desktop.data.source import DataSettings
from nn_desktop.data.unknown import UnknownData
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer
from nn_desktop.training import setup
from nn_desktop.training.hyperparameters import Hyperparameters


def default_settings(name: str) -> DataSettings:
    """The settings that suit a dataset of the catalogue."""
    return find_source(name).default_settings


def unknown_settings(inputs: int, outputs: int, task: Task = Task.REGRESSION) -> DataSettings:
    """The settings of unknown data."""
    return UnknownData(task=task, inputs=inputs, outputs=outputs).default_settings


def make_setup(
    name: str,
    typed: tuple[TypedLayer, ...],
    activation: Activation,
    hyperparameters: Hyperparameters | None = None,
    data: DataSettings | None = None,
) -> setup.Setup:
    """A setup on a dataset of the catalogue."""
    return setup.make_setup(data or default_settings(name), typed, activation, hyperparameters)
