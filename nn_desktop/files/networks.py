"""Opening a network that was exported as JSON: what it is, what it learns from and how, and its weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar, get_type_hints

import numpy as np

from nn_desktop.data.catalogue import load
from nn_desktop.data.dataset import Dataset, DataSettings
from nn_desktop.data.scaling import Scaling
from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError
from nn_desktop.files.formats.array_names import layer_arrays
from nn_desktop.files.formats.description import describe
from nn_desktop.files.formats.json_document import list_arrays, parse
from nn_desktop.files.formats.stored import ReadError
from nn_desktop.files.formats.topology_document import (
    WrongPartError,
    read_layers,
    read_links,
    read_list,
    read_value,
)
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.weights import fill, read_bytes
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import Setup

READABLE = (".json",)
MOST_BYTES = 200_000_000
SCALING_TOLERANCE = 1e-12
"""Means and deviations of the same samples differ by this at most from one computer to another."""

_T = TypeVar("_T")


def read_network(path: Path) -> tuple[Setup, Parameters]:
    """Read a network from an exported JSON file.

    Returns
    -------
    The setup that was exported, with the weights in its precision: it predicts what it did then.

    Raises
    ------
    FileError
        If the file cannot be read, is damaged, holds a network or dataset that is not known here, or was made
        from other samples than its settings give here.
    """
    if path.suffix.lower() not in READABLE:
        raise FileError(
            f'The file "{path}" cannot be opened as a network: choose one that was exported as JSON (.json).'
        )
    try:
        document = parse(read_bytes(path, MOST_BYTES))
        data = _read_record(document, "data", DataSettings)
        hyperparameters = _read_record(document, "hyperparameters", Hyperparameters)
        setup = Setup(_read_topology(document), data, hyperparameters)
        parameters = Parameters.zeros(setup.topology, hyperparameters.precision)
        fill(parameters, layer_arrays(parameters), list_arrays(document))
        _compare(document, setup, load(data), parameters)
    except ReadError as error:
        raise FileError(f'The file "{path}" cannot be opened: {error}.') from error
    except UserError as error:
        raise FileError(f'The file "{path}" cannot be opened. {error}') from error
    return setup, parameters


ADDED_LATER = frozenset({"engine"})
"""Fields that files of earlier versions of the program lack: they take their defaults."""


def _read_record(document: Mapping[str, object], key: str, kind: type[_T]) -> _T:
    """Read a frozen dataclass, each field by its type; the class itself checks the ranges."""
    values = document.get(key)
    if not isinstance(values, dict):
        raise WrongPartError(key)
    return kind(
        **{
            name: read_value(f"{key}.{name}", values.get(name), wanted)
            for name, wanted in get_type_hints(kind).items()
            if name in values or name not in ADDED_LATER
        }
    )


def _read_topology(document: Mapping[str, object]) -> Topology:
    descriptions = read_list(document, "layers")
    for index, layer in enumerate(descriptions):
        if read_value("layers.number", layer.get("number"), int) != index:
            raise WrongPartError("layers.number")
    layers = read_layers(descriptions)
    links = read_links(layers, read_list(document, "links"))
    return Topology(layers, links, layers[-1].units[-1] + 1)


def _compare(document: Mapping[str, object], setup: Setup, dataset: Dataset, parameters: Parameters) -> None:
    """See that the network means here what it means in the file: the same answers to the same raw inputs."""
    here = describe(TrainedModel.of(setup, dataset, parameters))
    for key in ("dataset", "task", "precision", "input_names", "output_names", "class_names", "threshold"):
        if document.get(key) != here[key]:
            raise ReadError(
                f'its "{key}" is another than that of the data and the network it describes: '
                "export it again, or choose another file"
            )
    scalings = {"input_scaling": dataset.input_scaling, "target_scaling": dataset.target_scaling}
    for key, scaling in scalings.items():
        if not _is_close(_read_scaling(document, key, len(scaling.mean)), scaling):
            raise ReadError(
                f'its "{key}" is another than that of the dataset "{setup.data.name}" with its settings, so '
                "it would predict something else here: train and export it again, or choose another file"
            )


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


def _is_close(one: Scaling, other: Scaling) -> bool:
    """Compare in relation to each column's own numbers; a mean of nearly 0 in relation to its scale."""
    with np.errstate(over="ignore"):
        means = abs(one.mean - other.mean) <= SCALING_TOLERANCE * (abs(other.mean) + other.scale)
        scales = abs(one.scale - other.scale) <= SCALING_TOLERANCE * other.scale
    return bool(means.all() and scales.all())
