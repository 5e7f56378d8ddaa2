"""A setup: the network, the data and the hyperparameters that belong together, as one immutable value."""

from dataclasses import dataclass, field, replace

from nn_desktop.data.dataset import Task
from nn_desktop.data.source import DataSettings, DataSource
from nn_desktop.engines.workload import Workload
from nn_desktop.errors import UserError
from nn_desktop.network import edits
from nn_desktop.network.functions import LOSSES, REQUIRED_OUTPUT, Activation, Initializer, Loss
from nn_desktop.network.notation import TypedLayer
from nn_desktop.network.topology import Topology, chain
from nn_desktop.texts import counted
from nn_desktop.training.hyperparameters import Hyperparameters

OUTPUT_OF_TASK = {
    Task.REGRESSION: Activation.IDENTITY,
    Task.BINARY: Activation.SIGMOID,
    Task.MULTICLASS: Activation.SOFTMAX,
}
LOSS_OF_TASK = {
    Task.REGRESSION: Loss.MEAN_SQUARED_ERROR,
    Task.BINARY: Loss.BINARY_CROSS_ENTROPY,
    Task.MULTICLASS: Loss.CATEGORICAL_CROSS_ENTROPY,
}
LOSSES_OF_TASK: dict[Task, tuple[Loss, ...]] = {
    Task.REGRESSION: tuple(loss for loss in Loss if loss not in REQUIRED_OUTPUT),
    Task.BINARY: tuple(loss for loss in Loss if loss is not Loss.CATEGORICAL_CROSS_ENTROPY),
    Task.MULTICLASS: tuple(Loss),
}
"""Losses that make sense: the cross-entropies compare probabilities, the categorical one those of classes."""


class SetupError(UserError):
    """Parts that do not fit one another."""


@dataclass(frozen=True)
class Setup:
    """What is trained on what and how.

    Raises
    ------
    SetupError
        If the network does not fit the dataset, or the loss not the network or the task.
    """

    topology: Topology
    data: DataSettings
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)

    def __post_init__(self) -> None:
        source = self.data.source
        loss, output = self.hyperparameters.loss, self.topology.layers[-1].activation
        for which, size, wanted in (
            ("input", self.topology.sizes[0], source.inputs),
            ("output", self.topology.sizes[-1], source.outputs),
        ):
            if size != wanted:
                raise SetupError(
                    f"The {which} layer has {counted(size, 'unit')}, "
                    f'but the dataset "{source.title}" has {wanted}: give the {which} layer {wanted}.'
                )
        if loss not in LOSSES_OF_TASK[source.task]:
            raise SetupError(
                f'{LOSSES[loss].title} is no loss for {source.task} as in "{source.title}": '
                f"choose {' or '.join(LOSSES_OF_TASK[source.task])}."
            )
        if loss in REQUIRED_OUTPUT and output is not REQUIRED_OUTPUT[loss]:
            raise SetupError(
                f"{LOSSES[loss].title} needs {REQUIRED_OUTPUT[loss]} in the output layer, not {output}: "
                "change the output activation, or choose another loss."
            )
        if output is Activation.SOFTMAX and source.task is not Task.MULTICLASS:
            raise SetupError(
                f'Softmax shares 1 out among classes, and "{source.title}" has a single output: '
                f"choose {OUTPUT_OF_TASK[source.task]} for the output layer."
            )

    @property
    def beginning(self) -> tuple[DataSettings, Initializer, int]:
        """What training begins anew for, if it changes."""
        return self.data, self.hyperparameters.initializer, self.hyperparameters.seed

    @property
    def losses(self) -> tuple[Loss, ...]:
        """The losses that make sense for the task."""
        return LOSSES_OF_TASK[self.data.source.task]

    def workload(self, samples: int) -> Workload:
        """Return what an update consists of where there are so many training samples."""
        h = self.hyperparameters
        return Workload(
            topology=self.topology,
            loss=h.loss,
            precision=h.precision,
            batch_size=h.samples_per_update(samples),
        )

    def with_topology(self, topology: Topology) -> "Setup":
        """Take another network. A loss that its output activation rules out gives way to squared error."""
        hyperparameters = self.hyperparameters
        required = REQUIRED_OUTPUT.get(hyperparameters.loss)
        if required not in (None, topology.layers[-1].activation):
            hyperparameters = replace(hyperparameters, loss=Loss.MEAN_SQUARED_ERROR)
        return Setup(topology, self.data, hyperparameters)

    def with_loss(self, loss: Loss) -> "Setup":
        """Take another loss, and the output activation that belongs to it."""
        topology, task = self.topology, self.data.source.task
        if loss in REQUIRED_OUTPUT and loss in LOSSES_OF_TASK[task]:
            topology = edits.set_activation(topology, topology.layers[-1].id, REQUIRED_OUTPUT[loss])
        return Setup(topology, self.data, replace(self.hyperparameters, loss=loss))

    def with_data(self, data: DataSettings) -> "Setup":
        """Take other data. For another dataset the ends of the network, and the loss, follow it.

        A connection that was drawn from an input past the next layer, or removed between the two, means that
        input: this stays only where the inputs have the same names. A network of unknown data keeps it all.
        """
        source = data.source
        if source == self.data.source:
            return replace(self, data=data)
        hyperparameters = self.hyperparameters
        topology, before = self.topology, self.data.source
        has_same_inputs = before.input_names == source.input_names != ()
        if not has_same_inputs and not before.why_no_samples:
            topology = edits.with_plain_inputs(topology)
        topology = edits.fit_ends(topology, source.inputs, source.outputs, topology.layers[-1].activation)
        if source.task is not self.data.source.task:
            hyperparameters = replace(hyperparameters, loss=LOSS_OF_TASK[source.task])
            topology = edits.set_activation(topology, topology.layers[-1].id, OUTPUT_OF_TASK[source.task])
        return Setup(topology, data, hyperparameters)


def complete_layers(typed: tuple[TypedLayer, ...], source: DataSource) -> tuple[TypedLayer, ...]:
    """Put the dataset's input and output around hidden layers that were typed alone.

    Two or more numbers whose ends are both the dataset's are the whole network. All others are hidden layers,
    unless a whole network may have been meant: if one end of two or more numbers is the dataset's, or if
    three or more swell from the first to the second and shrink to the last, as 2-16-16-1. Those are refused.

    Raises
    ------
    SetupError
        If no layers were typed, or some that may be either; it says how to type the one and the other.
    """
    sizes = [layer.size for layer in typed]
    if not typed:
        raise SetupError("No layers were given: type the units of each layer, as in 1-16-16-1.")
    fits = [sizes[0] == source.inputs, sizes[-1] == source.outputs]
    if len(typed) >= 2 and all(fits):
        return typed
    swells_and_shrinks = len(typed) >= 3 and sizes[0] < sizes[1] and sizes[-1] < sizes[-2]
    if swells_and_shrinks or (len(typed) >= 2 and any(fits)):
        numbers = "-".join(map(str, sizes))
        raise SetupError(
            f'The layers {numbers} do not fit the dataset "{source.title}", which has '
            f"{counted(source.inputs, 'input')} and {counted(source.outputs, 'output')}: begin with "
            f"{source.inputs} and end with {source.outputs} ({source.inputs}-{numbers}-{source.outputs} if "
            "all of these are hidden), or give hidden layers alone, such as 16-16."
        )
    return (TypedLayer(source.inputs), *typed, TypedLayer(source.outputs))


def make_setup(
    data: DataSettings,
    typed: tuple[TypedLayer, ...],
    activation: Activation,
    hyperparameters: Hyperparameters | None = None,
) -> Setup:
    """Put a setup together from what is typed.

    Parameters
    ----------
    data
        What is learned from.
    typed
        All layers, or the hidden ones alone: then the data say the input and the output.
    activation
        Of the hidden layers that were typed without one.
    hyperparameters
        By default those of `Hyperparameters`, with the loss of the task.

    Raises
    ------
    UserError
        If the layers do not fit the data.
    """
    task = data.source.task
    if hyperparameters is None:
        hyperparameters = Hyperparameters(loss=LOSS_OF_TASK[task])
    typed = complete_layers(typed, data.source)
    output = REQUIRED_OUTPUT.get(hyperparameters.loss, OUTPUT_OF_TASK[task])
    activations = [layer.activation or activation for layer in typed[1:-1]]
    activations.append(typed[-1].activation or output)
    if typed[0].activation not in (None, Activation.IDENTITY):
        raise SetupError("The input layer passes its values on: type its number of units alone.")
    topology = chain(tuple(layer.size for layer in typed), tuple(activations))
    return Setup(topology, data, hyperparameters)
