"""Which connections of a network stand in a drawing, and where: arrays, for there may be very many."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import BoolArray
from nn_desktop.desktop.canvas.segments import Segments
from nn_desktop.drawing.placement import Column, Placement
from nn_desktop.network.parameters import Parameters, link_mask
from nn_desktop.network.topology import Link, Pair, Topology

IntArray = NDArray[np.intp]
KEY_BASE = 1 << 31
"""A connection as one number is its source's id times this, plus its target's."""
ALL = slice(None)
NOTHING = np.empty(0, np.intp)


@dataclass(frozen=True, eq=False)
class ShownLink:
    """The part of the shown connections that belongs to one link.

    Attributes
    ----------
    link
        Whose connections these are.
    source, target
        Indices of its layers, which are the columns of the drawing.
    part
        Where its connections lie among all.
    """

    link: Link
    source: int
    target: int
    part: slice

    @property
    def is_skip(self) -> bool:
        """Whether it passes a layer between."""
        return self.target - self.source > 1

    @property
    def count(self) -> int:
        """Number of its connections that are shown."""
        return int(self.part.stop - self.part.start)


@dataclass(frozen=True, eq=False)
class ShownConnections:
    """All connections between units that are shown, one row each.

    Attributes
    ----------
    sources, targets
        Ids of units.
    places
        Places of the weights in the flat vector.
    ends
        Centres of the units they join, rows (x1, y1, x2, y2).
    frozen
        Whether a connection was frozen by itself; of a frozen layer the units tell.
    links
        The links they belong to, one after another.
    """

    sources: IntArray
    targets: IntArray
    places: IntArray
    ends: Segments
    frozen: BoolArray
    links: tuple[ShownLink, ...]

    def __len__(self) -> int:
        return len(self.places)

    def pair(self, index: int) -> Pair:
        """Return the units that a connection joins."""
        return int(self.sources[index]), int(self.targets[index])

    def pairs(self, indices: IntArray) -> list[Pair]:
        """Return the units that some connections join."""
        return list(zip(self.sources[indices].tolist(), self.targets[indices].tolist(), strict=True))

    def find(self, pairs: Iterable[Pair]) -> IntArray:
        """Return where connections stand here, in the order of the drawing; not those that are not shown."""
        wanted = _keys(*_columns(pairs))
        if not wanted.size:
            return np.empty(0, np.intp)
        return np.flatnonzero(np.isin(_keys(self.sources, self.targets), wanted))

    def of_units(self, units: Iterable[int], part: slice = ALL) -> BoolArray:
        """Tell which connections, of a part of all, begin or end at one of these units."""
        ids = np.fromiter(units, np.intp)
        touches: BoolArray = np.isin(self.sources[part], ids) | np.isin(self.targets[part], ids)
        return touches


def shown_connections(parameters: Parameters, placement: Placement) -> ShownConnections:
    """Find the connections between units that are shown; the rest of a large network is not looked at."""
    topology = parameters.topology
    links: list[ShownLink] = []
    parts: list[ShownConnections] = []
    start = 0
    for block in parameters.blocks:
        target = topology.layer_index[block.layer]
        for link, first_column in zip(block.links, block.columns[:-1], strict=True):
            source = topology.layer_index[link.source]
            first_place = block.start + first_column
            columns = placement.columns[source], placement.columns[target]
            part = _connections_of(topology, link, *columns, first_place, block.shape[1])
            links.append(ShownLink(link, source, target, slice(start, start + len(part))))
            parts.append(part)
            start += len(part)
    return ShownConnections(
        np.concatenate([NOTHING, *(part.sources for part in parts)]),
        np.concatenate([NOTHING, *(part.targets for part in parts)]),
        np.concatenate([NOTHING, *(part.places for part in parts)]),
        np.vstack([np.empty((0, 4)), *(part.ends for part in parts)]),
        np.concatenate([np.empty(0, np.bool_), *(part.frozen for part in parts)]),
        tuple(links),
    )


def _connections_of(
    topology: Topology, link: Link, source: Column, target: Column, first_place: int, row_length: int
) -> ShownConnections:
    rows, columns = _places_in(topology, target), _places_in(topology, source)
    mask = link_mask(topology, link)
    there = np.ones((len(rows), len(columns)), np.bool_) if mask is None else mask[np.ix_(rows, columns)]
    t, s = np.nonzero(there)
    sources = np.array([spot.unit for spot in source.units], np.intp)[s]
    targets = np.array([spot.unit for spot in target.units], np.intp)[t]
    ends = np.hstack([_centres(source)[s], _centres(target)[t]])
    frozen = np.isin(_keys(sources, targets), _keys(*_columns(link.frozen)))
    places = first_place + rows[t] * row_length + columns[s]
    return ShownConnections(sources, targets, places, ends, frozen, ())


def _places_in(topology: Topology, column: Column) -> IntArray:
    return np.array([topology.unit_place[spot.unit][1] for spot in column.units], np.intp)


def _centres(column: Column) -> Segments:
    return np.array([(spot.x, spot.y) for spot in column.units], float).reshape(-1, 2)


def _columns(pairs: Iterable[Pair]) -> tuple[IntArray, IntArray]:
    both = np.array(list(pairs), np.intp).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _keys(sources: IntArray, targets: IntArray) -> NDArray[np.int64]:
    return sources.astype(np.int64) * KEY_BASE + targets
