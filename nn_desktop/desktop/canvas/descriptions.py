"""The parts of a network in words, with their live numbers."""

import numpy as np
from PySide6.QtCore import QCoreApplication

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.canvas.connections_item import Connection
from nn_desktop.desktop.figures import figure
from nn_desktop.network.functions import ACTIVATIONS
from nn_desktop.network.parameters import FloatArray, Parameters
from nn_desktop.network.topology import Topology


def layer_title(topology: Topology, index: int) -> str:
    """Return what a layer is called: its own name, or its role."""
    if topology.layers[index].name:
        return topology.layers[index].name
    if index == 0:
        return QCoreApplication.translate("descriptions", "Input")
    if index == len(topology.layers) - 1:
        return QCoreApplication.translate("descriptions", "Output")
    return QCoreApplication.translate("descriptions", "Hidden {number}").format(number=index)


def unit_title(topology: Topology, unit: int, dataset: Dataset | None = None) -> str:
    """Return what a unit is called: the name of its input or output, or its layer and number."""
    layer, place = topology.unit_place[unit]
    if dataset is not None:
        if layer == 0 and place < dataset.input_count:
            return dataset.input_names[place]
        if layer == len(topology.layers) - 1 and place < dataset.output_count:
            return dataset.output_names[place]
    return QCoreApplication.translate("descriptions", "{layer}, unit {number}").format(
        layer=layer_title(topology, layer), number=place + 1
    )


def describe_connection(parameters: Parameters, dataset: Dataset, connection: Connection) -> str:
    """Return a connection's ends and its weight of this moment."""
    return QCoreApplication.translate("descriptions", "{source} → {target}\nweight w = {weight}").format(
        source=unit_title(parameters.topology, connection.source, dataset),
        target=unit_title(parameters.topology, connection.target, dataset),
        weight=figure(float(parameters.vector[connection.place])),
    )


def describe_unit(
    parameters: Parameters, dataset: Dataset, unit: int, activations: dict[int, FloatArray]
) -> str:
    """Return a unit's bias, its activation and what it gives out over the training samples."""
    topology = parameters.topology
    layer = topology.layer_of_unit(unit)
    values = np.asarray(activations[layer.id][topology.unit_place[unit][1]], float)
    lines = [unit_title(topology, unit, dataset)]
    if layer is not topology.layers[0]:
        lines.append(
            QCoreApplication.translate("descriptions", "bias b = {bias}").format(
                bias=figure(parameters.bias(unit))
            )
        )
        lines.append(ACTIVATIONS[layer.activation].formula)
    lines.append(
        QCoreApplication.translate("descriptions", "gives out {low} to {high}, mean {mean}").format(
            low=figure(float(values.min())),
            high=figure(float(values.max())),
            mean=figure(float(values.mean())),
        )
    )
    return "\n".join(lines)
