"""What reading a file of somebody's network gives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nn_desktop.data.catalogue import default_settings
from nn_desktop.data.dataset import DataSettings, Task
from nn_desktop.data.random_numbers import RANDOM_SAMPLES, RandomRow
from nn_desktop.data.sampling import MIN_SAMPLES
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines.names import Precision
from nn_desktop.files.model import TrainedModel
from nn_desktop.limits import MAX_MADE
from nn_desktop.network.functions import REQUIRED_OUTPUT, Activation, Loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import LOSS_OF_TASK, LOSSES_OF_TASK

MAX_PLACEHOLDERS = 2_000_000
"""Random numbers that stand in for data; wide samples are fewer."""


@dataclass(frozen=True, eq=False)
class Imported:
    """A network from a file.

    Attributes
    ----------
    model
        The network, and all that is known about its use. Its data are a placeholder if the file does not say
        what it was trained on.
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
    row = placeholder(sizes[0], sizes[-1], task)
    if class_names is None:
        count = row.targets if row.has_classes else 0
        class_names = [f"class {number}" for number in range(1, count + 1)]
    if task is Task.REGRESSION:
        output_names = tuple(f"y{number}" for number in range(1, sizes[-1] + 1))
    else:
        output_names = tuple(class_names)[1 if task is Task.BINARY else 0 :]
    if input_names is None:
        input_names = [f"x{number}" for number in range(1, sizes[0] + 1)]
    precision = Precision(parameters.vector.dtype.name)
    return TrainedModel(
        parameters,
        tuple(input_names),
        output_names,
        tuple(class_names),
        Scaling.none(sizes[0]) if input_scaling is None else input_scaling,
        Scaling.none(sizes[-1]),
        placeholder_settings(row),
        Hyperparameters(loss=loss_for(task, parameters.topology.layers[-1].activation), precision=precision),
        task,
    )


def loss_for(task: Task, output: Activation, wanted: Loss | None = None) -> Loss:
    """Return the loss that is wanted, or that of the task, or squared error: the first that can be."""
    for loss in (wanted, LOSS_OF_TASK[task]):
        if loss in LOSSES_OF_TASK[task] and REQUIRED_OUTPUT.get(loss, output) is output:
            return loss
    return Loss.MEAN_SQUARED_ERROR


def placeholder(inputs: int, outputs: int, task: Task) -> RandomRow:
    """Return the random numbers that stand in for data with so many inputs and outputs."""
    has_classes = task is not Task.REGRESSION
    return RandomRow(inputs, 2 if task is Task.BINARY else outputs, has_classes)


def placeholder_settings(row: RandomRow) -> DataSettings:
    """Return settings for random numbers: fewer where they are wide, but each class once if it fits."""
    columns = row.inputs + row.outputs
    fewest = min(row.targets, MAX_MADE // columns) if row.has_classes else 0
    samples = max(min(RANDOM_SAMPLES, MAX_PLACEHOLDERS // columns), fewest, MIN_SAMPLES)
    return replace(default_settings(row.name), samples=samples)
