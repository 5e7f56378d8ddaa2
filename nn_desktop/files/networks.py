"""Opening a network that was exported as JSON: its layers, its links, its dataset and its weights."""

import json
from collections.abc import Mapping
from pathlib import Path

from nn_desktop.data.catalogue import default_settings, find_entry
from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError
from nn_desktop.files.stored import ReadError
from nn_desktop.files.weights import read_bytes, read_weights
from nn_desktop.network.functions import REQUIRED_OUTPUT, Loss
from nn_desktop.network.notation import parse_activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Link, Topology, TopologyError, chain
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import LOSS_OF_TASK, Setup

READABLE = (".json",)
MOST_BYTES = 200_000_000


def read_network(path: Path) -> tuple[Setup, Parameters]:
    """Read a network from an exported JSON file.

    Returns
    -------
    A setup with the file's network and dataset, the rest by default; and the weights.

    Raises
    ------
    FileError
        If the file cannot be read, is damaged, or holds a network or dataset that is not known here.
    """
    if path.suffix.lower() not in READABLE:
        raise FileError(
            f'The file "{path}" cannot be opened as a network: choose one that was exported as JSON (.json).'
        )
    try:
        setup = _setup(_document(read_bytes(path, MOST_BYTES)))
    except ReadError as error:
        raise FileError(f'The file "{path}" cannot be opened: {error}.') from error
    except UserError as error:
        raise FileError(f'The file "{path}" cannot be opened. {error}') from error
    return setup, read_weights(path, setup.topology)


def _document(content: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReadError("it is damaged or no JSON: export it again, or choose another file") from error
    if not isinstance(document, dict):
        raise _damaged()
    return document


def _setup(document: Mapping[str, object]) -> Setup:
    name = str(document.get("dataset"))
    entry = find_entry(name)
    topology = _topology(document)
    output = topology.layers[-1].activation
    loss = LOSS_OF_TASK[entry.task]
    if REQUIRED_OUTPUT.get(loss, output) is not output:
        loss = Loss.MEAN_SQUARED_ERROR
    return Setup(topology, default_settings(name), Hyperparameters(loss=loss))


def _topology(document: Mapping[str, object]) -> Topology:
    layers, links = document.get("layers"), document.get("links")
    if not isinstance(layers, list) or not isinstance(links, list):
        raise _damaged()
    try:
        sizes = tuple(int(layer["units"]) for layer in layers)
        names = [str(layer["name"])[:100] for layer in layers]
        activations = tuple(parse_activation(str(layer["activation"])) for layer in layers[1:])
        pairs = [(int(link["source"]), int(link["target"]), link["removed"]) for link in links]
        plain = chain(sizes, activations)
        named = tuple(
            Layer(layer.id, layer.units, layer.activation, name)
            for layer, name in zip(plain.layers, names, strict=True)
        )
        return Topology(named, tuple(_link(plain, *pair) for pair in pairs), plain.next_id)
    except TopologyError:
        raise
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise _damaged() from error


def _link(topology: Topology, source: int, target: int, removed: list[tuple[int, int]]) -> Link:
    if min(source, target) < 0:
        raise IndexError
    first, last = topology.layers[source], topology.layers[target]
    pairs = ((first.units[int(s)], last.units[int(t)]) for s, t in removed)
    return Link(first.id, last.id, frozenset(pairs))


def _damaged() -> ReadError:
    return ReadError("it is JSON, but no network of this program: export it again, or choose another file")
