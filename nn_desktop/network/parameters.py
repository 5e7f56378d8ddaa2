"""The weights and biases of a network: one flat vector, with views that have names."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nn_desktop.network.topology import Link, Topology

FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Block:
    """Where the parameters of one layer lie: a matrix (units, inputs + 1) whose last column is the bias.

    The inputs are the units of all layers that are linked to this one, in the order of those layers. So a
    layer's forward pass is one product of this matrix with its inputs and a row of ones.

    Attributes
    ----------
    layer
        Id of the layer.
    start
        Where the matrix begins in the flat vector; it is stored row by row.
    shape
        (units, inputs + 1).
    links
        The links into the layer, and where the columns of each begin; one entry more for the bias.
    """

    layer: int
    start: int
    shape: tuple[int, int]
    links: tuple[Link, ...]
    columns: tuple[int, ...]

    @property
    def stop(self) -> int:
        """Where the matrix ends in the flat vector."""
        return self.start + self.shape[0] * self.shape[1]


def blocks_of(topology: Topology) -> tuple[Block, ...]:
    """Lay out the parameters of a topology: one block for each layer after the input layer."""
    blocks, start = [], 0
    for layer in topology.layers[1:]:
        links = topology.links_into(layer.id)
        columns = [0]
        for link in links:
            columns.append(columns[-1] + len(topology.layer(link.source).units))
        block = Block(layer.id, start, (len(layer.units), columns[-1] + 1), links, tuple(columns))
        blocks.append(block)
        start = block.stop
    return tuple(blocks)


class Parameters:
    """The numbers of a network.

    Parameters
    ----------
    topology
        The network they belong to.
    vector
        All of them, shape (size,), float32 or float64; taken as it is, not copied.

    Notes
    -----
    A removed connection keeps its place in the vector and is 0 there.
    """

    def __init__(self, topology: Topology, vector: FloatArray) -> None:
        self.topology = topology
        self.blocks = blocks_of(topology)
        if vector.shape != (self.blocks[-1].stop,):
            raise ValueError(f"{vector.shape} values for {self.blocks[-1].stop} parameters")
        self.vector = vector

    @classmethod
    def zeros(cls, topology: Topology, dtype: DTypeLike = np.float64) -> "Parameters":
        """Make parameters that are all 0."""
        return cls(topology, np.zeros(blocks_of(topology)[-1].stop, dtype))

    def copy(self) -> "Parameters":
        """Return the same numbers in a vector of their own."""
        return Parameters(self.topology, self.vector.copy())

    @cached_property
    def _block_index(self) -> dict[int, int]:
        return {block.layer: index for index, block in enumerate(self.blocks)}

    def matrix(self, layer_id: int) -> FloatArray:
        """View of a layer's whole block, weights and bias, shape (units, inputs + 1)."""
        block = self.blocks[self._block_index[layer_id]]
        return self.vector[block.start : block.stop].reshape(block.shape)

    def weights(self, source: int, target: int) -> FloatArray:
        """View of the weights of the link between two layers, shape (target units, source units)."""
        block = self.blocks[self._block_index[target]]
        for link, (first, last) in zip(block.links, pairwise(block.columns), strict=True):
            if link.source == source:
                return self.matrix(target)[:, first:last]
        raise KeyError((source, target))

    def biases(self, layer_id: int) -> FloatArray:
        """View of the biases of a layer, shape (units,)."""
        return self.matrix(layer_id)[:, -1]

    def weight(self, source_unit: int, target_unit: int) -> float:
        """Return the weight of one connection."""
        source_layer, source = self.topology.unit_place[source_unit]
        target_layer, target = self.topology.unit_place[target_unit]
        layers = self.topology.layers
        return float(self.weights(layers[source_layer].id, layers[target_layer].id)[target, source])

    def bias(self, unit: int) -> float:
        """Return the bias of one unit that is not an input."""
        layer, place = self.topology.unit_place[unit]
        return float(self.biases(self.topology.layers[layer].id)[place])

    def clear_removed(self) -> None:
        """Set the weights of removed connections to 0."""
        mask = connection_mask(self.topology)
        if mask is not None:
            self.vector *= mask


def connection_mask(topology: Topology) -> NDArray[np.bool_] | None:
    """Tell which places of the flat vector hold a parameter that is there.

    Returns
    -------
    Shape (size,), False at removed connections; None if no connection is removed.
    """
    if not any(link.removed for link in topology.links):
        return None
    mask = Parameters.zeros(topology)
    mask.vector[:] = 1
    for link in topology.links:
        weights = mask.weights(link.source, link.target)
        for source, target in link.removed:
            weights[topology.unit_place[target][1], topology.unit_place[source][1]] = 0
    return np.not_equal(mask.vector, 0, dtype=np.bool_)


def carry_over(old: Parameters, new: Parameters) -> None:
    """Copy into `new` the value of every connection and bias that exists in both networks.

    What `old` does not have keeps the value that it has in `new`.
    """
    for layer in new.topology.layers[1:]:
        if layer.id not in old.topology.layer_index or old.topology.layer_index[layer.id] == 0:
            continue
        old_rows, new_rows = _common(old.topology, new.topology, layer.id)
        new.biases(layer.id)[new_rows] = old.biases(layer.id)[old_rows]
        for link in new.topology.links_into(layer.id):
            before = old.topology.link_between(link.source, link.target)
            if before is None:
                continue
            old_columns, new_columns = _common(old.topology, new.topology, link.source)
            values = old.weights(link.source, link.target)[np.ix_(old_rows, old_columns)]
            weights = new.weights(link.source, link.target)
            restored = weights.copy()
            weights[np.ix_(new_rows, new_columns)] = values
            for source, target in before.removed - link.removed:  # it was not there: nothing to carry
                places = new.topology.unit_place
                if source in places and target in places:
                    weights[places[target][1], places[source][1]] = restored[
                        places[target][1], places[source][1]
                    ]
    new.clear_removed()


def _common(old: Topology, new: Topology, layer_id: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places, in the old and in the new layer, of the units that are in both."""
    _, in_old, in_new = np.intersect1d(
        old.layer(layer_id).units, new.layer(layer_id).units, assume_unique=True, return_indices=True
    )
    return in_old, in_new
