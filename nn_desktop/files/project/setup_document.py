"""Topologies and setups as JSON values, with the ids of layers and units: what comes after must know them.

A topology is an object with ``layers`` and ``links`` as in `native.description`, ``next_id``, and ``ids``:
the name of an array that holds, for each layer, its id and the ids of its units. Where a link has very many
pairs of units, they are an array too, shape (n, 2), and the object says its name and n instead.

A setup is an object with ``topology``, a place in a list of topologies, ``data`` as in
`files.native.data_document`, and ``hyperparameters`` with the fields of `Hyperparameters`.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import asdict
from typing import TypeVar, get_type_hints

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.data_document import describe_data, describe_shape, read_data
from nn_desktop.files.native.description import describe_topology
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.topology_document import (
    WrongPartError,
    count_units,
    read_layers,
    read_links,
    read_list,
    read_object,
    read_value,
)
from nn_desktop.files.project.archive import Archive
from nn_desktop.network.topology import MAX_ID, MAX_TOTAL_UNITS, Layer, Link, Pair, Topology
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.settings import SETTINGS
from nn_desktop.training.setup import Setup

MAX_PAIRS_IN_TEXT = 500
MAX_PAIRS = 1_000_000
"""In all arrays of a file together: a hundred times as many as anybody draws, and seconds to read."""
MAX_UNIT_IDS = 10 * MAX_TOTAL_UNITS
"""In all topologies of a file together: a short file can describe the same large network many times."""
PAIR_LISTS = ("removed", "only", "frozen")
ADDED_LATER = frozenset(setting.name for setting in SETTINGS if setting.is_newer)
"""Fields that files of earlier versions of the program lack: they take their defaults."""
_T = TypeVar("_T")


def describe_ids_and_topology(
    topology: Topology, name: str, arrays: MutableMapping[str, AnyArray]
) -> dict[str, object]:
    """Return a topology as JSON values.

    Parameters
    ----------
    topology
        What is described.
    name
        How the names of its arrays begin.
    arrays
        Gets the arrays.
    """
    described = describe_topology(topology)
    for link in described["links"]:
        for key in PAIR_LISTS:
            pairs = link[key]
            if isinstance(pairs, list) and len(pairs) > MAX_PAIRS_IN_TEXT:
                array = f"{name}_{link['source']}_{link['target']}_{key}"
                arrays[array] = np.array(pairs, np.int32)
                link[key] = {"array": array, "pairs": len(pairs)}
    ids = [number for layer in topology.layers for number in (layer.id, *layer.units)]
    arrays[f"{name}_ids"] = np.array(ids, np.int32)
    return {**described, "ids": f"{name}_ids", "next_id": topology.next_id}


def describe_setup(setup: Setup, topology: int) -> dict[str, object]:
    """Return a setup as JSON values; its topology is described at that place in a list."""
    return {
        "topology": topology,
        "data": {**describe_data(setup.data), **describe_shape(setup.data.source)},
        "hyperparameters": asdict(setup.hyperparameters),
    }


class Topologies:
    """Reads the topologies of a project, each when it is asked for: one that is damaged spoils no other.

    Parameters
    ----------
    described
        All of them, as JSON values.
    archive
        Holds their arrays.
    """

    def __init__(self, described: Sequence[object], archive: Archive) -> None:
        self._described = described
        self._archive = archive
        self._read: dict[int, Topology] = {}
        self._pairs_left = MAX_PAIRS
        self._units_left = MAX_UNIT_IDS

    def read(self, place: int) -> Topology:
        """Read one.

        Raises
        ------
        ReadError, UserError
            If there is none at this place, a part of it is not as it should be, or it has too many units or
            pairs of units, together with those that were read before.
        """
        if not 0 <= place < len(self._described):
            raise WrongPartError("setups.topology")
        if place not in self._read:
            self._read[place] = self._read_new(read_object("topologies", self._described[place]))
        return self._read[place]

    def _read_new(self, described: Mapping[str, object]) -> Topology:
        self._pairs_left -= sum(_count_pairs(link) for link in read_list(described, "links"))
        if self._pairs_left < 0:
            raise ReadError(f"its links list more than {MAX_PAIRS:,} connections: use denser links")
        described_layers = read_list(described, "layers")
        self._units_left -= count_units(described_layers)
        if self._units_left < 0:
            raise ReadError(f"its networks have more than {MAX_UNIT_IDS:,} units: use smaller ones")
        layers = read_layers(described_layers)
        links = [_with_pairs(link, self._archive) for link in read_list(described, "links")]
        topology = Topology(layers, read_links(layers, links), layers[-1].units[-1] + 1)
        return _with_ids(topology, described, self._archive)


def read_setup(described: Mapping[str, object], topologies: Topologies) -> Setup:
    """Read a setup.

    Raises
    ------
    ReadError, UserError
        If a part of it is not as it should be, or does not fit the others.
    """
    return Setup(
        topologies.read(read_value("setups.topology", described.get("topology"), int)),
        read_data(read_object("data", described.get("data"))),
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


def _count_pairs(link: Mapping[str, object]) -> int:
    return sum(_read_reference(link, key)[1] for key in PAIR_LISTS if isinstance(link.get(key), dict))


def _read_reference(link: Mapping[str, object], key: str) -> tuple[str, int]:
    """Read the name of an array of pairs, and how many there are."""
    reference = link[key]
    assert isinstance(reference, dict)
    name = read_value(f"links.{key}", reference.get("array"), str)
    count = read_value(f"links.{key}", reference.get("pairs"), int)
    if count < 0:
        raise WrongPartError(f"links.{key}")
    return name, count


def _with_pairs(link: Mapping[str, object], archive: Archive) -> dict[str, object]:
    """Put pairs of units that are in an array where others are."""
    whole = dict(link)
    for key in PAIR_LISTS:
        if isinstance(link.get(key), dict):
            name, count = _read_reference(link, key)
            whole[key] = archive.array(name, (count, 2), np.int32).tolist()
    return whole


def _with_ids(topology: Topology, described: Mapping[str, object], archive: Archive) -> Topology:
    """Give a network the ids that it had."""
    next_id = read_value("next_id", described.get("next_id"), int)
    parts = [number for layer in topology.layers for number in (layer.id, *layer.units)]
    name = read_value("ids", described.get("ids"), str)
    ids = archive.array(name, (len(parts),), np.int32).tolist()
    if min(ids) < 0 or next_id > MAX_ID:
        raise WrongPartError("ids")
    had = dict(zip(parts, ids, strict=True))
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
