"""Random trained models: every kind of network, task, scaling and name that an export must get right."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from known_data import unknown_settings
from strategies import random_parameters, topologies

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines.names import Precision
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.functions import Activation
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import LOSS_OF_TASK

NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
"""What can be printed, in any script, quotes, commas and backslashes included."""


def _scalings(draw: st.DrawFn, width: int) -> Scaling:
    if draw(st.booleans()):
        return Scaling.none(width)
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = 10.0 ** draw(st.integers(-3, 4))
    return Scaling(generator.normal(0.0, 3 * size, width), size * generator.uniform(0.5, 2.0, width))


@st.composite
def trained_models(draw: st.DrawFn, precision: Precision | None = None) -> TrainedModel:
    """Networks with everything, for all three tasks, scaled or not, with names of any script."""
    topology = draw(topologies())
    width, outputs = topology.sizes[0], topology.sizes[-1]
    is_softmax = topology.layers[-1].activation is Activation.SOFTMAX
    if is_softmax and outputs == 1:
        topology = replace(
            topology,
            layers=(*topology.layers[:-1], replace(topology.layers[-1], activation=Activation.SIGMOID)),
        )
        is_softmax = False
    classes = Task.BINARY if outputs == 1 else Task.MULTICLASS
    task = classes if is_softmax else draw(st.sampled_from((Task.REGRESSION, classes)))
    if precision is None:
        precision = draw(st.sampled_from(Precision))
    count = 2 if task is Task.BINARY else outputs
    names = draw(st.lists(NAMES, min_size=count, max_size=count, unique=True))
    return TrainedModel(
        random_parameters(topology, draw(st.integers(0, 2**32 - 1)), np.dtype(precision)),
        tuple(draw(st.lists(NAMES, min_size=width, max_size=width, unique=True))),
        tuple(names[1:] if task is Task.BINARY else names),
        () if task is Task.REGRESSION else tuple(names),
        _scalings(draw, width),
        _scalings(draw, outputs) if task is Task.REGRESSION else Scaling.none(outputs),
        unknown_settings(width, outputs, task),
        Hyperparameters(loss=LOSS_OF_TASK[Task.REGRESSION], precision=precision),
        task,
    )
