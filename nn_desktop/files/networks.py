"""Opening a network that was exported as JSON: what it is, what it learns from and how, and its weights."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, get_type_hints

import numpy as np

from nn_desktop.data.catalogue import load
from nn_desktop.data.dataset import Dataset, DataSettings
from nn_desktop.data.scaling import Scaling
from nn_desktop.errors import UserError
from nn_desktop.files.array_names import layer_arrays
from nn_desktop.files.atomic import FileError
from nn_desktop.files.description import describe
from nn_desktop.files.json_document import list_arrays, parse
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.stored import ReadError
from nn_desktop.files.weights import fill, read_bytes
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Link, Pair, Topology, chain
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import Setup

READABLE = (".json",)
MOST_BYTES = 200_000_000
LONGEST_TEXT = 100
LARGEST_NUMBER = 2**63
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


def _read_record(document: Mapping[str, object], key: str, kind: type[_T]) -> _T:
    """Read a frozen dataclass, each field by its type; the class itself checks the ranges."""
    values = document.get(key)
    if not isinstance(values, dict):
        raise _wrong(key)
    return kind(
        **{
            name: _read_value(f"{key}.{name}", values.get(name), wanted)
            for name, wanted in get_type_hints(kind).items()
        }
    )


def _read_value(name: str, value: object, kind: type[_T]) -> _T:
    try:
        if issubclass(kind, StrEnum) and isinstance(value, str):
            return kind(value)
        if kind is float and type(value) is int:
            return kind(value)  # type: ignore[call-arg]
    except (ValueError, OverflowError) as error:
        raise _wrong(name) from error
    # True is an int to Python.
    if type(value) is not kind:
        raise _wrong(name)
    # The text of an error may repeat the value.
    if isinstance(value, int) and abs(value) >= LARGEST_NUMBER:
        raise _wrong(name)
    if isinstance(value, str) and (len(value) > LONGEST_TEXT or not value.isprintable()):
        raise _wrong(name)
    return value


def _read_topology(document: Mapping[str, object]) -> Topology:
    layers, links = _read_list(document, "layers"), _read_list(document, "links")
    if not layers:
        raise _wrong("layers")
    for index, layer in enumerate(layers):
        if _read_value("layers.number", layer.get("number"), int) != index:
            raise _wrong("layers.number")
    sizes = tuple(_read_value("layers.units", layer.get("units"), int) for layer in layers)
    activations = [_read_value("layers.activation", layer.get("activation"), Activation) for layer in layers]
    plain = chain(sizes, tuple(activations[1:]))
    read = tuple(
        Layer(
            layer.id,
            layer.units,
            activation,
            _read_layer_name(description),
            _read_initializer(description.get("initializer")),
            _read_value("layers.frozen", description.get("frozen", False), bool),
        )
        for layer, activation, description in zip(plain.layers, activations, layers, strict=True)
    )
    return Topology(read, tuple(_read_link(plain, link) for link in links), plain.next_id)


def _read_initializer(value: object) -> Initializer | None:
    return None if value is None else _read_value("layers.initializer", value, Initializer)


def _read_layer_name(layer: dict[str, object]) -> str:
    name = layer.get("name")
    # Half of a pair of surrogates is a text in JSON, but cannot be written again.
    if not isinstance(name, str) or any("\ud800" <= character <= "\udfff" for character in name):
        raise _wrong("layers.name")
    return name[:LONGEST_TEXT]


def _read_link(topology: Topology, link: dict[str, object]) -> Link:
    ends = []
    for key in ("source", "target"):
        number = _read_value(f"links.{key}", link.get(key), int)
        if not 0 <= number < len(topology.layers):
            raise _wrong(f"links.{key}")
        ends.append(topology.layers[number])
    first, last = ends
    only = link.get("only")
    return Link(
        first.id,
        last.id,
        _read_pairs("removed", link.get("removed"), first, last),
        None if only is None else _read_pairs("only", only, first, last),
        _read_pairs("frozen", link.get("frozen", []), first, last),
    )


def _read_pairs(key: str, pairs: object, first: Layer, last: Layer) -> frozenset[Pair]:
    if not isinstance(pairs, list) or not all(_is_pair(pair, first, last) for pair in pairs):
        raise _wrong(f"links.{key}")
    return frozenset((first.units[source], last.units[target]) for source, target in pairs)


def _is_pair(pair: object, first: Layer, last: Layer) -> bool:
    return (
        isinstance(pair, list)
        and [type(unit) for unit in pair] == [int, int]
        and pair[0] in range(len(first.units))
        and pair[1] in range(len(last.units))
    )


def _read_list(document: Mapping[str, object], key: str) -> list[dict[str, object]]:
    items = document.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _wrong(key)
    return items


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
            raise _wrong(f"{key}.{name}")
        columns.append(np.array([_read_value(f"{key}.{name}", number, float) for number in column]))
    try:
        return Scaling(*columns)
    except ValueError as error:  # NaN, or a scale of 0
        raise _wrong(key) from error


def _is_close(one: Scaling, other: Scaling) -> bool:
    """Compare in relation to each column's own numbers; a mean of nearly 0 in relation to its scale."""
    with np.errstate(over="ignore"):
        means = abs(one.mean - other.mean) <= SCALING_TOLERANCE * (abs(other.mean) + other.scale)
        scales = abs(one.scale - other.scale) <= SCALING_TOLERANCE * other.scale
    return bool(means.all() and scales.all())


def _wrong(key: str) -> ReadError:
    return ReadError(f'its "{key}" is not as it should be: export it again, or choose another file')
