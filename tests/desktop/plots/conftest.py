"""A theme, and snapshots of small runs."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from known_data import make_setup
from PySide6.QtWidgets import QApplication

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.topology import chain
from nn_desktop.training.session import Session
from nn_desktop.training.snapshot import Snapshot


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    yield theme
    theme.setParent(None)
    qapp.setStyleSheet("")


@pytest.fixture
def host(make_host, qapp: QApplication) -> PlotHost:
    return make_host()


@pytest.fixture
def make_session() -> Callable[..., Session]:
    def make(dataset: str, layers: str = "8", epochs: int = 3) -> Session:
        session = Session(make_setup(dataset, parse_layers(layers), Activation.TANH))
        session.advance(session.walk.updates_until(epochs))
        return session

    return make


@pytest.fixture
def many_inputs() -> Callable[[Snapshot, int, int, Task], Snapshot]:
    return _many_inputs


def _many_inputs(snapshot: Snapshot, inputs: int, outputs: int, task: Task) -> Snapshot:
    """Make a snapshot of a network upon a table of random numbers."""
    generator = np.random.default_rng(0)
    topology = chain((inputs, 5, outputs), (Activation.TANH, Activation.IDENTITY))
    is_regression = task is Task.REGRESSION
    numbers, labels = generator.normal(size=(60, outputs)), generator.integers(outputs, size=60)
    table = Dataset(
        title="Table",
        task=task,
        input_names=tuple(f"x{k}" for k in range(inputs)),
        output_names=tuple(f"y{k}" for k in range(outputs)),
        class_names=() if is_regression else tuple("abcdef"[:outputs]),
        inputs=generator.normal(size=(60, inputs)),
        targets=numbers if is_regression else labels,
        train=np.arange(40),
        test=np.arange(40, 60),
        input_scaling=Scaling.none(inputs),
        target_scaling=Scaling.none(outputs),
    )
    parameters = initialize(topology, Initializer.GLOROT_UNIFORM, 1, np.dtype(np.float64))
    return replace(snapshot, dataset=table, parameters=parameters)
