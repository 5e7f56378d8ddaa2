"""A trained network with all that is needed to use it on raw data."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.source import DataSettings
from nn_desktop.engines.evaluation import predict
from nn_desktop.engines.names import EngineName
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.samples import class_values, decode_labels
from nn_desktop.training.setup import Setup


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """What an export holds, whatever its format.

    Attributes
    ----------
    parameters
        Weights and biases.
    input_names, output_names, class_names
        As in the dataset; there are no classes in a regression.
    input_scaling
        Maps raw inputs, shape (n, inputs), to what the network sees.
    target_scaling
        From raw targets to what the network answers; its inverse makes raw answers of a regression.
    data
        Settings of the data set that it was trained on.
    hyperparameters
        Those of the last training.
    task
        Regression, two classes, or more.
    """

    parameters: Parameters
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    class_names: tuple[str, ...]
    input_scaling: Scaling
    target_scaling: Scaling
    data: DataSettings
    hyperparameters: Hyperparameters
    task: Task

    @classmethod
    def of(
        cls, setup: Setup, dataset: Dataset, parameters: Parameters, engine: EngineName | None = None
    ) -> "TrainedModel":
        """Take what a session or a snapshot holds; the parameters are copied, so training may go on.

        If the engine that trained it is named, the model remembers that one, so that others go on with it.
        """
        hyperparameters = setup.hyperparameters
        if engine is not None:
            hyperparameters = replace(hyperparameters, engine=engine)
        return cls(
            parameters.copy(),
            dataset.input_names,
            dataset.output_names,
            dataset.class_names,
            dataset.input_scaling,
            dataset.target_scaling,
            setup.data,
            hyperparameters,
            dataset.task,
        )

    @property
    def topology(self) -> Topology:
        """The network that the parameters belong to."""
        return self.parameters.topology

    @property
    def dataset(self) -> str:
        """Name of the dataset that it was trained on."""
        return self.data.source.name

    @property
    def threshold(self) -> float | None:
        """With two classes: above which output the answer is the second one. Otherwise None."""
        if self.task is not Task.BINARY:
            return None
        return sum(class_values(self.topology.layers[-1].activation)) / 2

    def in_precision(self, dtype: DTypeLike) -> "TrainedModel":
        """Return the same model with its numbers in float32 or float64."""
        with np.errstate(over="ignore"):
            vector = self.parameters.vector.astype(dtype)
        return replace(self, parameters=Parameters(self.topology, vector))

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return the answers to raw inputs, shapes (n, inputs) and (n, outputs), both float64.

        In a regression they are in the units of the targets; otherwise they are as the output layer gives.
        """
        outputs = predict(self.parameters, self.input_scaling.apply(inputs)).astype(np.float64)
        return self.target_scaling.undo(outputs) if self.task is Task.REGRESSION else outputs

    def name_classes(self, answers: FloatArray) -> list[str]:
        """Return the name of the class that each row of answers, shape (n, outputs), stands for."""
        labels = decode_labels(answers, self.topology.layers[-1].activation)
        return [self.class_names[label] for label in labels]
