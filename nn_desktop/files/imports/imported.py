"""What reading a file of somebody's network gives."""

from collections.abc import Sequence
from dataclasses import dataclass

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.unknown import UnknownData
from nn_desktop.engines.names import Precision
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.functions import REQUIRED_OUTPUT, Activation, Loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import LOSS_OF_TASK, LOSSES_OF_TASK


@dataclass(frozen=True, eq=False)
class Imported:
    """A network from a file.

    Attributes
    ----------
    model
        The network, and all that is known about its use. Its data are unknown if the file does not say what
        it was trained on.
    remarks
        What was assumed or left out, one sentence each.
    knows_data
        Whether the file says what it was trained on.
    """

    model: TrainedModel
    remarks: tuple[str, ...] = ()
    knows_data: bool = False


def model_without_data(
    parameters: Parameters,
    task: Task,
    class_names: Sequence[str] | None = None,
    input_names: Sequence[str] | None = None,
    input_scaling: Scaling | None = None,
) -> TrainedModel:
    """Make a model of a network of which it is not known what it was trained on, nor how.

    Parameters
    ----------
    parameters
        The network; with two classes it has one output.
    task
        What was learned.
    class_names, input_names
        By default numbered.
    input_scaling
        By default none.
    """
    sizes = parameters.topology.sizes
    source = UnknownData(
        task=task,
        inputs=sizes[0],
        outputs=sizes[-1],
        input_names=tuple(input_names or ()),
        class_names=tuple(class_names or ()),
    )
    precision = Precision(parameters.vector.dtype.name)
    return TrainedModel(
        parameters,
        source.input_names,
        source.output_names,
        source.class_names,
        Scaling.none(sizes[0]) if input_scaling is None else input_scaling,
        Scaling.none(sizes[-1]),
        source.default_settings,
        Hyperparameters(loss=loss_for(task, parameters.topology.layers[-1].activation), precision=precision),
        task,
    )


def unknown_data(model: TrainedModel) -> UnknownData:
    """Return the data of a model of which its names are all that is known."""
    return UnknownData(
        task=model.task,
        inputs=model.topology.sizes[0],
        outputs=model.topology.sizes[-1],
        input_names=model.input_names,
        output_names=model.output_names,
        class_names=model.class_names,
    )


def loss_for(task: Task, output: Activation, wanted: Loss | None = None) -> Loss:
    """Return the loss that is wanted, or that of the task, or squared error: the first that can be."""
    for loss in (wanted, LOSS_OF_TASK[task]):
        if loss in LOSSES_OF_TASK[task] and REQUIRED_OUTPUT.get(loss, output) is output:
            return loss
    return Loss.MEAN_SQUARED_ERROR
