"""Layers taken out of a network, to be put in elsewhere, with their numbers or without."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.arrays import FloatArray
from nn_desktop.errors import UserError
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import MAX_LAYERS, Layer, Link, Pair, Topology, TopologyError

MAX_PART_LAYERS = MAX_LAYERS - 2
"""Layers that are put between an input layer and an output layer."""


class FragmentError(UserError):
    """Numbers that cannot be put into a network."""


@dataclass(frozen=True, eq=False)
class Fragment:
    """Some layers of a network, and the links among them.

    Attributes
    ----------
    layers
        In their order. Ids of layers and units are local: they say nothing of another network.
    links
        Each from an earlier one of these layers to a later one.
    is_whole
        Whether the first layer is the input layer and the last the output layer of a whole network.
    biases
        By layer id, shape (units,); empty if no numbers were taken along. An input layer has none.
    weights
        By the ids of source and target layer, shape (target units, source units).

    Raises
    ------
    TopologyError
        If the parts cannot be in a network.
    """

    layers: tuple[Layer, ...]
    links: tuple[Link, ...]
    is_whole: bool
    biases: Mapping[int, FloatArray] = field(default_factory=dict)
    weights: Mapping[tuple[int, int], FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_layers()
        self._check_numbers()

    def _check_layers(self) -> None:
        ends = [end for link in self.links for end in (link.source, link.target)]
        ids = [part for layer in self.layers for part in (layer.id, *layer.units)]
        next_id = 1 + max([*ids, *ends], default=0)  # an id that no link means
        if self.is_whole:
            Topology(self.layers, self.links, next_id)  # for its checks
            return
        if not self.layers:
            raise TopologyError("No layer was chosen: choose one at least.")
        if len(self.layers) > MAX_PART_LAYERS:
            raise TopologyError(
                f"{len(self.layers)} layers do not fit between an input layer and an output layer, "
                f"{MAX_PART_LAYERS} do: take fewer layers."
            )
        # Some layers are no network by themselves. They are checked as one that begins with them and has
        # another output layer; the first one's activation, and softmax in the last, would be wrong there.
        layers = (replace(layer, activation=Activation.IDENTITY) for layer in self.layers)
        taken = {*ids, *ends}
        end, unit = [number for number in range(len(taken) + 2) if number not in taken][:2]
        Topology((*layers, Layer(end, (unit,))), self.links, max(next_id, unit + 1))

    def _check_numbers(self) -> None:
        sizes = {layer.id: len(layer.units) for layer in self.layers}
        ends = {(link.source, link.target) for link in self.links}
        fits = all(
            layer in sizes and biases.shape == (sizes[layer],) for layer, biases in self.biases.items()
        ) and all(
            (source, target) in ends and weights.shape == (sizes[target], sizes[source])
            for (source, target), weights in self.weights.items()
        )
        if not fits:
            raise TopologyError(
                "There are not as many weights and biases as the layers need: the description is damaged."
            )


def take(topology: Topology, layer_ids: Collection[int], parameters: Parameters | None = None) -> Fragment:
    """Copy layers and the links among them; all of them are a whole network.

    Parameters
    ----------
    topology
        The network; it stays as it is.
    layer_ids
        One layer at least, in any order.
    parameters
        Parameters of this network, whose weights and biases are copied; None to copy no numbers.

    Raises
    ------
    TopologyError
        If no layer is given, or more are that are no whole network than fit between two others.
    """
    layers = tuple(layer for layer in topology.layers if layer.id in layer_ids)
    links = tuple(link for link in topology.links if link.source in layer_ids and link.target in layer_ids)
    biases, weights = {}, {}
    if parameters is not None:
        learning = (layer.id for layer in layers if layer is not topology.layers[0])
        biases = {layer: parameters.biases(layer).copy() for layer in learning}
        weights = {(x.source, x.target): parameters.weights(x.source, x.target).copy() for x in links}
    return Fragment(layers, links, len(layers) == len(topology.layers), biases, weights)


def insert(topology: Topology, index: int, fragment: Fragment) -> tuple[Topology, dict[int, int]]:
    """Put layers before the layer at `index`, in series with their new neighbours.

    A layer that no other of the inserted ones feeds is linked from the layer before; one that feeds no other
    of them is linked to the layer after. The link between these two, if there is one, goes.

    Softmax belongs to an output layer: where it comes to stand in a hidden one, it becomes tanh. An input
    layer becomes a hidden one with the identity.

    Parameters
    ----------
    topology
        The network.
    index
        From 1 (after the input layer) to the number of layers less 1 (before the output layer).
    fragment
        What is put in.

    Returns
    -------
    The network, and the new id of every layer and unit by its id in the fragment.

    Raises
    ------
    TopologyError
        If they cannot be put there, or the network would become too large.
    """
    if not 1 <= index <= len(topology.layers) - 1:
        raise TopologyError("Layers are put in between the input layer and the output layer: choose a place.")
    before, after = topology.layers[index - 1].id, topology.layers[index].id
    ids, next_id = _new_ids(fragment, topology.next_id)
    layers = (_renumber_layer(_hidden(layer), ids) for layer in fragment.layers)
    fed = {link.target for link in fragment.links}
    leading_on = {link.source for link in fragment.links}
    links = (
        *(link for link in topology.links if (link.source, link.target) != (before, after)),
        *(Link(before, ids[layer.id]) for layer in fragment.layers if layer.id not in fed),
        *(_renumber_link(link, ids) for link in fragment.links),
        *(Link(ids[layer.id], after) for layer in fragment.layers if layer.id not in leading_on),
    )
    return Topology((*topology.layers[:index], *layers, *topology.layers[index:]), links, next_id), ids


def replace_network(topology: Topology, fragment: Fragment) -> tuple[Topology, dict[int, int]]:
    """Put a whole network in the place of another one, whose inputs and outputs stay.

    The ends belong to the dataset: they keep their sizes and ids, the first input is the first input still.
    Inputs and outputs that the fragment has more of are dropped with their connections; those that it has
    fewer of are connected by its dense links, as new units are. The rest is the fragment's: hidden layers,
    which get new ids, and all names, initializers, what is frozen, and the output layer's activation (but not
    softmax over a single output, which would be 1 for ever: there the present activation stays).

    Returns
    -------
    The network, and the id in it of every layer and unit that it took, by the id in the fragment.

    Raises
    ------
    TopologyError
        If the fragment is no whole network, or the network would become too large.
    """
    if not fragment.is_whole:
        raise TopologyError("These layers are no whole network: insert them between two layers instead.")
    ids, next_id = _new_ids(fragment, topology.next_id)
    layers = tuple(_renumber_layer(layer, ids) for layer in fragment.layers)
    network = Topology(layers, tuple(_renumber_link(link, ids) for link in fragment.links), next_id)
    first, last = topology.layers[0], topology.layers[-1]
    network = edits.fit_ends(
        network, len(first.units), len(last.units), _output_activation(fragment.layers[-1], last)
    )
    kept = {part: part for layer in network.layers for part in (layer.id, *layer.units)}
    for end, present in ((network.layers[0], first), (network.layers[-1], last)):
        kept |= zip((end.id, *end.units), (present.id, *present.units), strict=True)
    renumbered = [_renumber_layer(layer, kept) for layer in network.layers]
    renumbered[0] = Layer(first.id, first.units, name=renumbered[0].name)  # there is nothing that learns
    links = tuple(_renumber_link(link, kept) for link in network.links)
    ids = {old: kept[new] for old, new in ids.items() if new in kept}
    return Topology(tuple(renumbered), links, network.next_id), ids


def fill(parameters: Parameters, fragment: Fragment, ids: Mapping[int, int]) -> None:
    """Write a fragment's weights and biases at the places it was put to.

    What the fragment has no number for keeps the one that it has, as do connections one end of which was
    dropped.

    Parameters
    ----------
    parameters
        Of the network that `insert` or `replace_network` made; changed in place.
    fragment
        What was put in.
    ids
        The new ids that came with the network.

    Raises
    ------
    FragmentError
        If a number is not finite, or too large for the precision; nothing was changed then.
    """
    check_range(fragment, parameters.vector.dtype)
    topology = parameters.topology
    layers = {layer.id: layer for layer in fragment.layers}
    for layer_id, biases in fragment.biases.items():
        layer = ids.get(layer_id)
        if layer in topology.layer_index and topology.layer_index[layer] > 0:
            old, new = _places(topology, layers[layer_id], ids)
            parameters.biases(layer)[new] = biases[old]
    for (source, target), weights in fragment.weights.items():
        if topology.link_between(ids.get(source, -1), ids.get(target, -1)) is not None:
            old_rows, new_rows = _places(topology, layers[target], ids)
            old_columns, new_columns = _places(topology, layers[source], ids)
            place = parameters.weights(ids[source], ids[target])
            place[np.ix_(new_rows, new_columns)] = weights[np.ix_(old_rows, old_columns)]
    parameters.clear_removed()


def _new_ids(fragment: Fragment, next_id: int) -> tuple[dict[int, int], int]:
    """Give all layers and units new ids, and return the next free one too."""
    parts = [part for layer in fragment.layers for part in (layer.id, *layer.units)]
    return dict(zip(parts, range(next_id, next_id + len(parts)), strict=True)), next_id + len(parts)


def _renumber_layer(layer: Layer, ids: Mapping[int, int]) -> Layer:
    return replace(layer, id=ids[layer.id], units=tuple(ids[unit] for unit in layer.units))


def _renumber_link(link: Link, ids: Mapping[int, int]) -> Link:
    def renumber(pairs: frozenset[Pair]) -> frozenset[Pair]:
        return frozenset((ids[source], ids[target]) for source, target in pairs)

    return Link(
        ids[link.source],
        ids[link.target],
        renumber(link.removed),
        None if link.only is None else renumber(link.only),
        renumber(link.frozen),
    )


def _hidden(layer: Layer) -> Layer:
    return replace(layer, activation=Activation.TANH) if layer.activation is Activation.SOFTMAX else layer


def _output_activation(wanted: Layer, present: Layer) -> Activation:
    if wanted.activation is Activation.SOFTMAX and len(present.units) == 1:
        return present.activation
    return wanted.activation


def _places(topology: Topology, layer: Layer, ids: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """Return the places of a layer's units that are in the network: in the fragment, and there."""
    both = [
        (old, topology.unit_place[ids[unit]][1])
        for old, unit in enumerate(layer.units)
        if ids.get(unit) in topology.unit_place
    ]
    return [old for old, _ in both], [new for _, new in both]


def check_range(fragment: Fragment, dtype: DTypeLike) -> None:
    """See that the numbers of a fragment can be computed with.

    Raises
    ------
    FragmentError
        If one is not finite, or too large for the type.
    """
    with np.errstate(over="ignore"):
        if all(np.isfinite(values.astype(dtype)).all() for values in _arrays(fragment)):
            return
    raise FragmentError(
        f"Some weights of these layers are not finite, or too large for {np.dtype(dtype)}: "
        "take them from a network that learned well, or without their numbers."
    )


def _arrays(fragment: Fragment) -> Iterator[FloatArray]:
    yield from fragment.biases.values()
    yield from fragment.weights.values()
