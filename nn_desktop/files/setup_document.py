"""A setup as JSON values, with the ids of its layers and units: what comes after must know the same parts.

An object with ``layers`` and ``links`` as in `formats.description`; ``ids``: for each layer its id, then the
ids of its units; ``next_id``; ``data`` and ``hyperparameters`` with the fields of `DataSettings` and
`Hyperparameters`. Where a link has very many pairs of units, they are an array of the archive, shape (n, 2),
and the object says its name and n instead.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import asdict
from typing import TypeVar, get_type_hints

import numpy as np

from nn_desktop.data.dataset import DataSettings
from nn_desktop.files.archive import AnyArray, Archive
from nn_desktop.files.formats.description import describe_topology
from nn_desktop.files.formats.topology_document import (
    WrongPartError,
    read_layers,
    read_links,
    read_list,
    read_value,
)
from nn_desktop.network.topology import MAX_WEIGHTS, Layer, Link, Pair, Topology
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import Setup

MOST_PAIRS_IN_TEXT = 500
PAIR_LISTS = ("removed", "only", "frozen")
LARGEST_ID = 2**31
ADDED_LATER = frozenset({"engine"})
"""Fields that files of earlier versions of the program lack: they take their defaults."""
_T = TypeVar("_T")


def describe_setup(setup: Setup, name: str, arrays: MutableMapping[str, AnyArray]) -> dict[str, object]:
    """Return a setup as JSON values.

    Parameters
    ----------
    setup
        What is described.
    name
        How the names of its arrays begin.
    arrays
        Gets the arrays.
    """
    topology = setup.topology
    described = describe_topology(topology)
    for link in described["links"]:
        for key in PAIR_LISTS:
            pairs = link[key]
            if isinstance(pairs, list) and len(pairs) > MOST_PAIRS_IN_TEXT:
                array = f"{name}_{link['source']}_{link['target']}_{key}"
                arrays[array] = np.array(pairs, np.int32)
                link[key] = {"array": array, "pairs": len(pairs)}
    return {
        **described,
        "ids": [[layer.id, *layer.units] for layer in topology.layers],
        "next_id": topology.next_id,
        "data": asdict(setup.data),
        "hyperparameters": asdict(setup.hyperparameters),
    }


def read_setup(described: Mapping[str, object], archive: Archive) -> Setup:
    """Read a setup.

    Raises
    ------
    ReadError, UserError
        If a part of it is not as it should be, or does not fit the others.
    """
    layers = read_layers(read_list(described, "layers"))
    links = [_with_pairs(link, archive) for link in read_list(described, "links")]
    topology = Topology(layers, read_links(layers, links), layers[-1].units[-1] + 1)
    return Setup(
        _with_ids(topology, described),
        read_record(described, "data", DataSettings),
        read_record(described, "hyperparameters", Hyperparameters),
    )


def read_record(document: Mapping[str, object], key: str, kind: type[_T]) -> _T:
    """Read a frozen dataclass from an object under a key."""
    values = document.get(key)
    if not isinstance(values, dict):
        raise WrongPartError(key)
    return read_fields(key, values, kind)


def read_fields(key: str, values: Mapping[str, object], kind: type[_T]) -> _T:
    """Read a frozen dataclass, each field by its type; the class itself checks the ranges."""
    return kind(
        **{
            name: read_value(f"{key}.{name}", values.get(name), wanted)
            for name, wanted in get_type_hints(kind).items()
            if name in values or name not in ADDED_LATER
        }
    )


def _with_pairs(link: Mapping[str, object], archive: Archive) -> dict[str, object]:
    """Put pairs of units that are in an array where others are."""
    whole = dict(link)
    for key in PAIR_LISTS:
        reference = link.get(key)
        if isinstance(reference, dict):
            name = read_value(f"links.{key}", reference.get("array"), str)
            count = read_value(f"links.{key}", reference.get("pairs"), int)
            if not 0 <= count <= MAX_WEIGHTS:
                raise WrongPartError(f"links.{key}")
            whole[key] = archive.array(name, (count, 2), np.int32).tolist()
    return whole


def _with_ids(topology: Topology, described: Mapping[str, object]) -> Topology:
    """Give a network the ids that it had."""
    next_id = read_value("next_id", described.get("next_id"), int)
    ids = described.get("ids")
    if not isinstance(ids, list) or len(ids) != len(topology.layers) or not next_id <= LARGEST_ID:
        raise WrongPartError("ids")
    had: dict[int, int] = {}
    for layer, layer_ids in zip(topology.layers, ids, strict=True):
        if not isinstance(layer_ids, list) or len(layer_ids) != 1 + len(layer.units):
            raise WrongPartError("ids")
        for number, had_id in zip((layer.id, *layer.units), layer_ids, strict=True):
            had[number] = read_value("ids", had_id, int)
    if min(had.values()) < 0:
        raise WrongPartError("ids")
    layers = tuple(_layer_with(layer, had) for layer in topology.layers)
    return Topology(layers, tuple(_link_with(link, had) for link in topology.links), next_id)


def _layer_with(layer: Layer, ids: Mapping[int, int]) -> Layer:
    units = tuple(ids[unit] for unit in layer.units)
    return Layer(ids[layer.id], units, layer.activation, layer.name, layer.initializer, layer.frozen)


def _link_with(link: Link, ids: Mapping[int, int]) -> Link:
    def pairs(old: frozenset[Pair]) -> frozenset[Pair]:
        return frozenset((ids[source], ids[target]) for source, target in old)

    only = None if link.only is None else pairs(link.only)
    return Link(ids[link.source], ids[link.target], pairs(link.removed), only, pairs(link.frozen))
