"""Reading the networks that this program wrote, in one way whatever the format."""

from collections.abc import Mapping
from math import prod

import numpy as np

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.source import DataSettings
from nn_desktop.data.unknown import UnknownData
from nn_desktop.engines.names import Precision
from nn_desktop.files.imports.imported import Imported, loss_for
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.data_document import is_known, read_data
from nn_desktop.files.native.stored import Opener, ReadError
from nn_desktop.files.native.topology_document import (
    WrongPartError,
    read_layers,
    read_links,
    read_list,
    read_names,
    read_object,
    read_value,
)
from nn_desktop.files.native.weights import fill
from nn_desktop.files.project.setup_document import read_record
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters, blocks_of
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import Hyperparameters


def read_network(document: Mapping[str, object], openers: dict[str, Opener]) -> Imported:
    """Read a network.

    Parameters
    ----------
    document
        All but the weights and biases, as `native.description` makes it.
    openers
        Weights and biases, by the names that they have in the file.

    Returns
    -------
    What was exported, with the weights and biases to the last bit.

    Raises
    ------
    ReadError, UserError
        If a part is not as it should be, contradicts another, or cannot be.
    """
    topology = _read_topology(document)
    task = _read_task(document, topology)
    has_settings = not (document.get("version") == 1 and not {"data", "hyperparameters"} & document.keys())
    data = _read_data(document, has_settings)
    hyperparameters = _read_hyperparameters(document, has_settings, task, topology.layers[-1].activation)
    if document.get("precision", hyperparameters.precision) != hyperparameters.precision:
        raise WrongPartError("precision")
    parameters = _read_parameters(topology, hyperparameters.precision, openers)
    input_names = read_names("input_names", document.get("input_names"), topology.sizes[0])
    output_names = read_names("output_names", document.get("output_names"), topology.sizes[-1])
    class_names = read_names("class_names", document.get("class_names"), _class_count(task, topology))
    if data is None:
        data = UnknownData(
            task=task,
            inputs=topology.sizes[0],
            outputs=topology.sizes[-1],
            input_names=input_names,
            output_names=output_names,
            class_names=class_names,
        ).default_settings
    model = TrainedModel(
        parameters,
        input_names,
        output_names,
        class_names,
        _read_scaling(document, "input_scaling", topology.sizes[0]),
        _read_scaling(document, "target_scaling", topology.sizes[-1]),
        data,
        hyperparameters,
        task,
    )
    if task is not Task.REGRESSION and not model.target_scaling.is_none:
        raise WrongPartError("target_scaling")
    threshold = document.get("threshold")
    if threshold is not None:
        threshold = read_value("threshold", threshold, float)
    if threshold != model.threshold:
        raise WrongPartError("threshold")
    remark = (
        "An earlier version of this program wrote the file, without the settings of its data and of its "
        "training: the usual ones were taken."
    )
    knows_data = not data.source.why_no_samples
    return Imported(model, () if has_settings else (remark,), knows_data=knows_data)


def _read_topology(document: Mapping[str, object]) -> Topology:
    descriptions = read_list(document, "layers")
    for index, layer in enumerate(descriptions):
        if read_value("layers.number", layer.get("number"), int) != index:
            raise WrongPartError("layers.number")
    layers = read_layers(descriptions)
    links = read_links(layers, read_list(document, "links"))
    return Topology(layers, links, layers[-1].units[-1] + 1)


def _read_task(document: Mapping[str, object], topology: Topology) -> Task:
    task = read_value("task", document.get("task"), Task)
    outputs, activation = topology.sizes[-1], topology.layers[-1].activation
    can_be = {
        Task.REGRESSION: activation is not Activation.SOFTMAX,
        Task.BINARY: outputs == 1 and activation is not Activation.SOFTMAX,
        Task.MULTICLASS: outputs >= 2,
    }
    if not can_be[task]:
        raise WrongPartError("task")
    return task


def _class_count(task: Task, topology: Topology) -> int:
    return {Task.REGRESSION: 0, Task.BINARY: 2, Task.MULTICLASS: topology.sizes[-1]}[task]


def _read_data(document: Mapping[str, object], has_settings: bool) -> DataSettings | None:
    """Read what it was trained on; None if that is not known here.

    The first files of version 1 only name it.
    """
    name = read_value("dataset", document.get("dataset"), str)
    values = read_object("data", document.get("data")) if has_settings else {"name": name}
    if values.get("name") != name:
        raise WrongPartError("dataset")
    return read_data(values, may_lack=not has_settings) if is_known(name) else None


def _read_hyperparameters(
    document: Mapping[str, object], has_settings: bool, task: Task, output: Activation
) -> Hyperparameters:
    """Read how it was trained; the first files of version 1 say nothing of it."""
    if has_settings:
        return read_record(document, "hyperparameters", Hyperparameters)
    precision = read_value("precision", document.get("precision", Precision.FLOAT64), Precision)
    return Hyperparameters(loss=loss_for(task, output), precision=precision)


def _read_parameters(topology: Topology, precision: Precision, openers: dict[str, Opener]) -> Parameters:
    numbers = sum(prod(opener().shape) for opener in openers.values())
    # Before there is a place for them: a short text can ask for millions.
    if numbers != blocks_of(topology)[-1].stop:
        raise ReadError(
            "it has weights and biases for another network than it describes: "
            "export it again, or choose another file"
        )
    parameters = Parameters.zeros(topology, precision)
    fill(parameters, openers)
    return parameters


def _read_scaling(document: Mapping[str, object], key: str, width: int) -> Scaling:
    values = document.get(key)
    columns = []
    for name in ("mean", "scale"):
        column = values.get(name) if isinstance(values, dict) else None
        if not isinstance(column, list) or len(column) != width:
            raise WrongPartError(f"{key}.{name}")
        columns.append(np.array([read_value(f"{key}.{name}", number, float) for number in column]))
    try:
        return Scaling(*columns)
    except ValueError as error:  # NaN, or a scale of 0
        raise WrongPartError(key) from error
