"""All of a trained model but its weights, as JSON values: the same in every format.

``layers`` is a list from the input layer to the output layer, each with

- ``number``: counted from the input layer, 0;
- ``units``: how many;
- ``activation``: a name such as ``"tanh"``;
- ``name``: given by the user, or empty;
- ``initializer``: where its weights start, or null for where all others do;
- ``frozen``: whether its weights and biases do not learn.

``links`` is a list, each with

- ``source`` and ``target``: numbers of the layers; all units of one are connected with all of the other,
- ``removed``: but for these pairs ``[source unit, target unit]``, each counted from 0 within its layer;
- ``only``: null, or the only pairs that are connected (and ``removed`` is empty then);
- ``frozen``: pairs whose weights do not learn.

Version 1 had no ``initializer``, ``frozen`` and ``only``: nothing was frozen, and all links were dense.
Version 2 had neither label smoothing nor unknown data nor an exact split, and is still written where there
are none. This is all that a topology is: layers and links stand in its own order, so it can be rebuilt.

``data`` is as in `files.native.data_document`, without the shape of unknown data, which stands beside it;
``hyperparameters`` holds the fields of `Hyperparameters`: the same data can be made, and the training go on
in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from nn_desktop.data.sampling import SplitRule
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.source import DataSettings
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.data_document import describe_data
from nn_desktop.network.topology import Layer, Link, Pair, Topology
from nn_desktop.training.hyperparameters import Hyperparameters

FORMAT = "nn-desktop-network"
VERSION = 3
"""Grows when a reader of the old version would misunderstand a file of the new one."""
_VERSION_OF_0_1 = 2


def describe(model: TrainedModel) -> dict[str, object]:
    """Return everything but the weights and biases."""
    return {
        "format": FORMAT,
        "version": version_of(model),
        "dataset": model.dataset,
        "data": describe_data(model.data),
        "hyperparameters": asdict(model.hyperparameters),
        "task": model.task.value,
        "input_names": list(model.input_names),
        "output_names": list(model.output_names),
        "class_names": list(model.class_names),
        "threshold": model.threshold,
        "precision": model.parameters.vector.dtype.name,
        "input_scaling": _scaling(model.input_scaling),
        "target_scaling": _scaling(model.target_scaling),
        **describe_topology(model.topology),
    }


def version_of(model: TrainedModel) -> int:
    """Return the oldest version whose readers understand a model."""
    return VERSION if is_new_since_0_1(model.data, model.hyperparameters) else _VERSION_OF_0_1


def is_new_since_0_1(data: DataSettings, hyperparameters: Hyperparameters) -> bool:
    """Whether version 0.1 of the program would ignore the label smoothing, or take other data."""
    is_exact = data.split is SplitRule.EXACT
    return hyperparameters.label_smoothing != 0 or bool(data.source.why_no_samples) or is_exact


def describe_topology(topology: Topology) -> dict[str, list[dict[str, object]]]:
    """Return the layers and the links."""
    return describe_layers(topology.layers, topology.links)


def describe_layers(layers: Sequence[Layer], links: Sequence[Link]) -> dict[str, list[dict[str, object]]]:
    """Return some layers, and the links among them."""
    numbers = {layer.id: number for number, layer in enumerate(layers)}
    places = {unit: place for layer in layers for place, unit in enumerate(layer.units)}
    described: list[dict[str, object]] = [
        {
            "number": number,
            "units": len(layer.units),
            "activation": layer.activation.value,
            "name": layer.name,
            "initializer": None if layer.initializer is None else layer.initializer.value,
            "frozen": layer.frozen,
        }
        for number, layer in enumerate(layers)
    ]
    return {"layers": described, "links": [_link(numbers, places, link) for link in links]}


def _link(numbers: Mapping[int, int], places: Mapping[int, int], link: Link) -> dict[str, object]:
    return {
        "source": numbers[link.source],
        "target": numbers[link.target],
        "removed": _pairs(places, link.removed),
        "only": None if link.only is None else _pairs(places, link.only),
        "frozen": _pairs(places, link.frozen),
    }


def _pairs(places: Mapping[int, int], pairs: frozenset[Pair]) -> list[list[int]]:
    """Return connections by the places of their units in their layers, in order."""
    return sorted([places[source], places[target]] for source, target in pairs)


def _scaling(scaling: Scaling) -> dict[str, list[float]]:
    return {"mean": scaling.mean.tolist(), "scale": scaling.scale.tolist()}
