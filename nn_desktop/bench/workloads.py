"""What is timed on the command line: networks that learn random numbers."""

from dataclasses import replace

from nn_desktop.data.builtin import Builtin, Group
from nn_desktop.data.dataset import Task
from nn_desktop.data.sampling import MAX_SAMPLES
from nn_desktop.data.unknown import UnknownData
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.errors import UserError
from nn_desktop.limits import MAX_MADE
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer, parse_layers
from nn_desktop.network.topology import TopologyError
from nn_desktop.training import settings
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import Setup, make_setup

TRAIN_SAMPLES = 1024
"""At least so many are trained on, as in a dataset of middle size."""
MIN_BATCHES = 4
"""An epoch has so many at least: with one alone there would be nothing to shuffle."""
TRAIN_SHARE = 0.9
LEARNING_RATE = 1e-5
"""So small that no network diverges; an update takes no less time for it."""
STANDARD_NETWORKS = {
    "1-16-16-1": (1, 16, 200),
    "2-8-8-1": (1, 10),
    "64-128-64-10": (64,),
    "784-512-256-10": (256,),
}
"""Layers that one machine is compared with another by, and the batch sizes to time them with."""


def random_numbers(inputs: int, outputs: int) -> Builtin:
    """Return a dataset as wide as one likes, of no catalogue: there is nothing to learn from it."""
    numbers = UnknownData(task=Task.REGRESSION, inputs=inputs, outputs=outputs)
    return Builtin(
        name=f"{inputs}-{outputs} random numbers",
        title="Random numbers",
        group=Group.FUNCTION,
        task=numbers.task,
        inputs=inputs,
        samples=numbers.settings_of_random_numbers.samples,
        train_share=TRAIN_SHARE,
        standardize=False,
        description="Placeholder data (random), to measure speed with: there is nothing to learn.",
        sampler=lambda _, data: numbers.draw_random_numbers(data),
        input_names=numbers.input_names,
        output_names=numbers.output_names,
    )


def make_workload(
    typed: tuple[TypedLayer, ...], batch_size: int, activation: Activation, precision: Precision
) -> Workload:
    """Return the work of plain gradient descent on the mean squared error.

    Parameters
    ----------
    typed
        All layers, as they are typed.
    batch_size
        Samples of an update.
    activation
        Of the hidden layers that name none.
    precision
        The type of numbers.

    Raises
    ------
    UserError
        If there can be no such network, or no batch of that size for it.
    """
    if len(typed) < 2:
        raise TopologyError("A network to time has two layers at least: type all of them, as in 1-16-16-1.")
    data = random_numbers(typed[0].size, typed[-1].size).default_settings
    hyperparameters = Hyperparameters(batch_size=batch_size, precision=precision)
    workload = make_setup(data, typed, activation, hyperparameters).workload(batch_size)
    if batch_size > (most := _most_train_samples(workload)):
        raise UserError(
            f"There are no {batch_size} random samples for an update of so wide a network: "
            f"choose a batch of {most} or fewer."
        )
    return workload


def standard_workloads(activation: Activation, precision: Precision) -> list[Workload]:
    """Return those of the standard networks."""
    return [
        make_workload(parse_layers(layers), batch_size, activation, precision)
        for layers, batch_sizes in STANDARD_NETWORKS.items()
        for batch_size in batch_sizes
    ]


def train_samples(workload: Workload) -> int:
    """Return the number of samples to train on: whole batches."""
    batch_size = workload.batch_size
    wanted = max(MIN_BATCHES, -(-TRAIN_SAMPLES // batch_size))
    return min(wanted, _most_train_samples(workload) // batch_size) * batch_size


def training_setup(workload: Workload, engine: EngineName) -> Setup:
    """Return what a session needs to do this work again and again."""
    sizes = workload.topology.sizes
    data = random_numbers(sizes[0], sizes[-1]).default_settings
    hyperparameters = Hyperparameters(
        batch_size=workload.batch_size, precision=workload.precision, engine=engine
    )
    return Setup(
        workload.topology,
        replace(data, samples=round(train_samples(workload) / TRAIN_SHARE)),
        settings.LEARNING_RATE.put_in(hyperparameters, LEARNING_RATE),
    )


def notation_of(workload: Workload, activation: Activation) -> str:
    """Return the layers in one line; a hidden layer names its activation where it is not this one."""
    layers = workload.topology.layers
    usual = [Activation.IDENTITY, *[activation] * (len(layers) - 2), Activation.IDENTITY]
    return "-".join(
        str(len(layer.units)) if layer.activation is expected else f"{len(layer.units)}:{layer.activation}"
        for layer, expected in zip(layers, usual, strict=True)
    )


def _most_train_samples(workload: Workload) -> int:
    """Return how many there can be to train on: as many as fit into memory beside everything else."""
    sizes = workload.topology.sizes
    return int(TRAIN_SHARE * min(MAX_SAMPLES, MAX_MADE // (sizes[0] + sizes[-1])))
