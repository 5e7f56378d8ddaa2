"""The weights and biases of a network: one flat vector, with views that have names."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nn_desktop.arrays import BoolArray, FloatArray
from nn_desktop.network.topology import Link, Pair, Topology

_Places = NDArray[np.intp] | slice


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
    blocks
        Where they lie, if that is known: `blocks_of` the topology.

    Notes
    -----
    A removed connection keeps its place in the vector and is 0 there.
    """

    def __init__(
        self, topology: Topology, vector: FloatArray, blocks: tuple[Block, ...] | None = None
    ) -> None:
        self.topology = topology
        self.blocks = blocks_of(topology) if blocks is None else blocks
        if vector.shape != (self.blocks[-1].stop,):
            raise ValueError(f"{vector.shape} values for {self.blocks[-1].stop} parameters")
        self.vector = vector

    @classmethod
    def zeros(cls, topology: Topology, dtype: DTypeLike = np.float64) -> "Parameters":
        """Make parameters that are all 0."""
        return cls(topology, np.zeros(blocks_of(topology)[-1].stop, dtype))

    def copy(self) -> "Parameters":
        """Return the same numbers in a vector of their own."""
        return Parameters(self.topology, self.vector.copy(), self.blocks)

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

    def set_weight(self, source_unit: int, target_unit: int, value: float) -> None:
        """Set the weight of one connection."""
        source_layer, source = self.topology.unit_place[source_unit]
        target_layer, target = self.topology.unit_place[target_unit]
        layers = self.topology.layers
        self.weights(layers[source_layer].id, layers[target_layer].id)[target, source] = value

    def set_bias(self, unit: int, value: float) -> None:
        """Set the bias of one unit that is not an input."""
        layer, place = self.topology.unit_place[unit]
        self.biases(self.topology.layers[layer].id)[place] = value

    def clear_removed(self) -> None:
        """Set the weights of removed connections to 0."""
        for link in self.topology.links:
            mask = link_mask(self.topology, link)
            if mask is not None:
                self.weights(link.source, link.target)[~mask] = 0  # not times 0, which may be −0


def link_mask(topology: Topology, link: Link) -> BoolArray | None:
    """Tell which connections of a link are there, shape (target units, source units); None if all are."""
    pairs = link.removed if link.only is None else link.only
    if link.only is None and not pairs:
        return None
    mask = np.full(
        (len(topology.layer(link.target).units), len(topology.layer(link.source).units)), link.only is None
    )
    mask[_places(topology, pairs)] = link.only is not None
    return mask


def connection_mask(topology: Topology) -> BoolArray | None:
    """Tell which places of the flat vector hold a parameter that is there.

    Returns
    -------
    Shape (size,), False at removed connections; None if no connection is removed.
    """
    masks = {(link.source, link.target): link_mask(topology, link) for link in topology.links}
    if all(mask is None for mask in masks.values()):
        return None
    return _flat(topology, masks, {})


def learning_mask(topology: Topology) -> BoolArray | None:
    """Tell which places of the flat vector learn.

    Frozen layers and connections do not, nor does what lies on no way from an input to an output. The biases
    of output units are always of use.

    Returns
    -------
    Shape (size,); None if everything learns.
    """
    idle = (topology.unreached | topology.dead_ends) - set(topology.layers[-1].units)
    has_frozen = any(layer.frozen for layer in topology.layers) or any(link.frozen for link in topology.links)
    if not idle and not has_frozen:
        return connection_mask(topology)
    awake = {
        layer.id: np.array([unit not in idle for unit in layer.units], np.bool_) for layer in topology.layers
    }
    masks: dict[tuple[int, int], BoolArray | None] = {}
    for link in topology.links:
        mask = np.outer(awake[link.target], awake[link.source])
        mask &= not topology.layer(link.target).frozen
        mask[_places(topology, link.frozen)] = False
        there = link_mask(topology, link)
        masks[link.source, link.target] = mask if there is None else mask & there
    biases = {layer.id: awake[layer.id] & (not layer.frozen) for layer in topology.layers[1:]}
    return _flat(topology, masks, biases)


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
            weights = new.weights(link.source, link.target)
            values = old.weights(link.source, link.target)[old_rows][:, old_columns]
            was_there = link_mask(old.topology, before)
            if was_there is not None:  # what was not there has nothing to carry
                there = was_there[old_rows][:, old_columns]
                values = np.where(there, values, weights[new_rows][:, new_columns])
            if isinstance(new_rows, slice) or isinstance(new_columns, slice):
                weights[new_rows, new_columns] = values
            else:
                weights[np.ix_(new_rows, new_columns)] = values
    new.clear_removed()


def _flat(
    topology: Topology,
    weights: dict[tuple[int, int], BoolArray | None],
    biases: dict[int, BoolArray],
) -> BoolArray:
    """Lay masks of links and of biases out as one vector; what has no mask is True."""
    flat = Parameters(topology, np.ones(blocks_of(topology)[-1].stop))
    for (source, target), mask in weights.items():
        if mask is not None:
            flat.weights(source, target)[:] = mask
    for layer, mask in biases.items():
        flat.biases(layer)[:] = mask
    return np.not_equal(flat.vector, 0, dtype=np.bool_)


def _places(topology: Topology, pairs: frozenset[Pair]) -> tuple[list[int], list[int]]:
    """Return rows and columns of connections in the matrix of their link."""
    place = topology.unit_place
    return [place[target][1] for _, target in pairs], [place[source][1] for source, _ in pairs]


def _common(old: Topology, new: Topology, layer_id: int) -> tuple[_Places, _Places]:
    """Places, in the old and in the new layer, of the units that are in both."""
    before, after = old.layer(layer_id).units, new.layer(layer_id).units
    if before == after:
        return slice(None), slice(None)
    _, in_old, in_new = np.intersect1d(before, after, assume_unique=True, return_indices=True)
    return _as_slice(in_old), _as_slice(in_new)


def _as_slice(places: NDArray[np.intp]) -> _Places:
    """Return places that follow one another as a slice: it is copied many times faster."""
    if len(places) and (np.diff(places) == 1).all():
        return slice(int(places[0]), int(places[-1]) + 1)
    return places
