"""The topology of a feed-forward network: layers of units, and links that run forward."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from nn_desktop.errors import UserError
from nn_desktop.limits import MAX_MADE, NUMBERS_OF_A_UNIT, too_many
from nn_desktop.network.functions import Activation, Initializer

Pair = tuple[int, int]
"""A connection: the ids of its source unit and its target unit."""
MAX_LAYERS = 64
MAX_UNITS = 10_000
"""Largest number of units in a layer: above it, no drawing and no small computer is of use."""
MAX_TOTAL_UNITS = MAX_MADE // NUMBERS_OF_A_UNIT
"""In all layers together: a short text can ask for very many."""
MAX_WEIGHTS = 20_000_000
MAX_ID = 2**31 - 1
"""No layer or unit has a larger id, so that every file can hold it."""


class TopologyError(UserError):
    """A network that cannot be, with the reason in words a learner understands."""


def check_total_units(units: int) -> None:
    """See, before any are made, that there are not too many units; raises `TopologyError`."""
    if units > MAX_TOTAL_UNITS:
        raise TopologyError(too_many(units, "units", "use fewer", MAX_TOTAL_UNITS))


def check_drawn(weights: int) -> None:
    """See that there are not too many weights that nobody has given; raises `TopologyError`."""
    if weights > MAX_MADE:
        raise TopologyError(too_many(weights, "weights", "use smaller layers"))


@dataclass(frozen=True)
class Layer:
    """A column of units that share an activation.

    Attributes
    ----------
    id
        Stays the same through all edits, as the units' ids do. Layers and units draw from one counter.
    units
        The ids of the units, from top to bottom.
    activation
        Of the input layer it is always the identity.
    name
        Empty for "no name of its own".
    initializer
        Where the weights into it start; None for that of the hyperparameters.
    frozen
        Whether its biases and the weights into it take part and do not learn.
    """

    id: int
    units: tuple[int, ...]
    activation: Activation = Activation.IDENTITY
    name: str = ""
    initializer: Initializer | None = None
    frozen: bool = False


@dataclass(frozen=True)
class Link:
    """Connections from units of one layer to units of a later one.

    A *dense* link joins all units with all, less those that were removed; units that either layer gets later
    are joined too. A *sparse* link has the connections that were drawn one by one, and no others.

    Attributes
    ----------
    source, target
        Ids of the layers.
    removed
        Connections that a dense link lacks.
    only
        The connections of a sparse link; None for a dense one.
    frozen
        Connections that take part and do not learn.
    """

    source: int
    target: int
    removed: frozenset[Pair] = frozenset()
    only: frozenset[Pair] | None = None
    frozen: frozenset[Pair] = frozenset()

    def has(self, source_unit: int, target_unit: int) -> bool:
        """Tell whether two units, of its source and its target layer, are connected."""
        pair = (source_unit, target_unit)
        return pair not in self.removed if self.only is None else pair in self.only


@dataclass(frozen=True)
class Topology:
    """An immutable network without its numbers. Edits (`network.edits`) make new ones.

    Attributes
    ----------
    layers
        From the input layer to the output layer. Two at least.
    links
        Each from an earlier layer to a later one, so units never form a cycle.
    next_id
        The id that the next new layer or unit gets.

    Raises
    ------
    TopologyError
        If the parts do not make a network.
    """

    layers: tuple[Layer, ...]
    links: tuple[Link, ...]
    next_id: int

    def __post_init__(self) -> None:
        self._check_layers()
        self._check_links()

    @cached_property
    def layer_index(self) -> dict[int, int]:
        """Position of each layer, by its id."""
        return {layer.id: index for index, layer in enumerate(self.layers)}

    @cached_property
    def unit_place(self) -> dict[int, tuple[int, int]]:
        """Index of the layer and index within it of each unit, by its id."""
        return {
            unit: (index, place)
            for index, layer in enumerate(self.layers)
            for place, unit in enumerate(layer.units)
        }

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of units of each layer."""
        return tuple(len(layer.units) for layer in self.layers)

    @property
    def is_chain(self) -> bool:
        """Whether each layer is linked with the next one and with no other."""
        pairs = {(self.layer_index[link.source], self.layer_index[link.target]) for link in self.links}
        return pairs == {(index, index + 1) for index in range(len(self.layers) - 1)}

    def layer(self, layer_id: int) -> Layer:
        """Return the layer with this id."""
        return self.layers[self.layer_index[layer_id]]

    def layer_of_unit(self, unit: int) -> Layer:
        """Return the layer that holds this unit."""
        return self.layers[self.unit_place[unit][0]]

    def links_into(self, layer_id: int) -> tuple[Link, ...]:
        """Return the links that end at a layer, in the order of their source layers."""
        links = (link for link in self.links if link.target == layer_id)
        return tuple(sorted(links, key=lambda link: self.layer_index[link.source]))

    def link_between(self, source: int, target: int) -> Link | None:
        """Return the link between two layers, if there is one."""
        return next((link for link in self.links if (link.source, link.target) == (source, target)), None)

    def is_connected(self, source_unit: int, target_unit: int) -> bool:
        """Tell whether there is a connection from one unit to another."""
        link = self.link_between(self.layer_of_unit(source_unit).id, self.layer_of_unit(target_unit).id)
        return link is not None and link.has(source_unit, target_unit)

    def is_frozen(self, source_unit: int, target_unit: int) -> bool:
        """Tell whether a connection does not learn, by itself or with its whole layer."""
        source, target = self.layer_of_unit(source_unit), self.layer_of_unit(target_unit)
        link = self.link_between(source.id, target.id)
        return target.frozen or (link is not None and (source_unit, target_unit) in link.frozen)

    def connections(self) -> Iterator[Pair]:
        """Yield (source unit, target unit) for every connection that is there."""
        for link in self.links:
            for target in self.layer(link.target).units:
                for source in self.layer(link.source).units:
                    if link.has(source, target):
                        yield source, target

    def connections_of(self, unit: int) -> list[Pair]:
        """Return the connections into a unit and those out of it."""
        layer = self.layer_of_unit(unit).id
        into = [
            (other, unit)
            for link in self.links_into(layer)
            for other in self.layer(link.source).units
            if link.has(other, unit)
        ]
        out = [
            (unit, other)
            for link in self.links
            if link.source == layer
            for other in self.layer(link.target).units
            if link.has(unit, other)
        ]
        return into + out

    def count(self, link: Link) -> int:
        """Return the number of connections of a link."""
        return len(link.only) if link.only is not None else self._places_of(link) - len(link.removed)

    @cached_property
    def unreached(self) -> frozenset[int]:
        """Units that no input reaches: what they give out does not depend on the data."""
        reached = set(self.layers[0].units)
        for layer in self.layers[1:]:
            for link in self.links_into(layer.id):
                sources = reached.intersection(self.layer(link.source).units)
                reached |= self._joined(link, sources, forward=True)
        return frozenset(self.unit_place) - reached

    @cached_property
    def dead_ends(self) -> frozenset[int]:
        """Units that reach no output: nothing comes of what they give out."""
        useful = set(self.layers[-1].units)
        for layer in reversed(self.layers[:-1]):
            for link in self.links:
                if link.source == layer.id:
                    targets = useful.intersection(self.layer(link.target).units)
                    useful |= self._joined(link, targets, forward=False)
        return frozenset(self.unit_place) - useful

    @property
    def weight_count(self) -> int:
        """Number of connections: each has a weight, also where that is frozen and does not learn."""
        return sum(self.count(link) for link in self.links)

    @property
    def bias_count(self) -> int:
        """Number of biases: one for every unit that is not an input."""
        return sum(self.sizes[1:])

    def _called(self, index: int) -> str:
        """Return what a layer is called in a sentence: its name, or its role."""
        if self.layers[index].name:
            return f'"{self.layers[index].name}"'
        if index in (0, len(self.layers) - 1):
            return "the output layer" if index else "the input layer"
        return f"hidden layer {index}"

    def _places_of(self, link: Link) -> int:
        """Return how many connections there can be between the layers of a link."""
        return len(self.layer(link.source).units) * len(self.layer(link.target).units)

    def _joined(self, link: Link, units: set[int], forward: bool) -> set[int]:
        """Return the units at the other end of a link that are connected with some of these."""
        near, far = (0, 1) if forward else (1, 0)
        if link.only is not None:
            return {pair[far] for pair in link.only if pair[near] in units}
        missing = Counter(pair[far] for pair in link.removed if pair[near] in units)
        others = self.layer(link.target if forward else link.source).units
        return {unit for unit in others if missing[unit] < len(units)}

    def _check_layers(self) -> None:
        if len(self.layers) < 2:
            raise TopologyError(
                "A network needs an input layer and an output layer: keep at least two layers."
            )
        if len(self.layers) > MAX_LAYERS:
            raise TopologyError(
                f"{len(self.layers)} layers are more than the {MAX_LAYERS} that fit here: use fewer layers."
            )
        for number, layer in enumerate(self.layers, start=1):
            if not layer.units:
                raise TopologyError(f"Layer {number} has no units: keep one at least, or remove the layer.")
            if len(layer.units) > MAX_UNITS:
                raise TopologyError(
                    f"Layer {number} has {len(layer.units)} units, more than the {MAX_UNITS} that fit here: "
                    "use fewer units."
                )
        check_total_units(sum(self.sizes))
        if any(layer.activation is Activation.SOFTMAX for layer in self.layers[:-1]):
            raise TopologyError(
                "Softmax turns a layer into probabilities and belongs to the output layer: "
                "choose another activation for a hidden layer."
            )
        if self.layers[0].activation is not Activation.IDENTITY:
            raise TopologyError("The input layer passes its values on: it has no activation to choose.")
        ids = [layer.id for layer in self.layers] + [unit for layer in self.layers for unit in layer.units]
        if len(set(ids)) != len(ids) or min(ids) < 0 or max(ids) >= self.next_id:
            raise TopologyError("Two parts of the network share an id: the description of it is damaged.")
        if self.next_id > MAX_ID:
            raise TopologyError(
                f"The network has had {MAX_ID:,} layers and units, and there are no ids for more: "
                "copy it, and paste it into a new project."
            )

    def _check_links(self) -> None:
        seen = set()
        for link in self.links:
            if link.source not in self.layer_index or link.target not in self.layer_index:
                raise TopologyError("A link ends at a layer that is not there: the description is damaged.")
            source, target = self.layer_index[link.source], self.layer_index[link.target]
            if source == target:
                raise TopologyError(
                    f"A connection can only run forward: both ends lie in {self._called(source)}. "
                    "Connect to a unit of a later layer."
                )
            if source > target:
                raise TopologyError(
                    f"A connection can only run forward: {self._called(source)} comes after "
                    f"{self._called(target)}. Start at the earlier layer."
                )
            if (source, target) in seen:
                raise TopologyError(
                    f"Layers {source + 1} and {target + 1} are linked twice: one link is enough."
                )
            seen.add((source, target))
            source_units, target_units = set(self.layers[source].units), set(self.layers[target].units)
            if link.only is not None and (link.removed or not link.only):
                raise TopologyError("A link has no connection of its own: the description is damaged.")
            for pairs in (link.removed, link.only or (), link.frozen):
                if any(s not in source_units or t not in target_units for s, t in pairs):
                    raise TopologyError(
                        "A connection ends at a unit that is not there: the description is damaged."
                    )
        weights = sum(self._places_of(link) for link in self.links)
        if weights > MAX_WEIGHTS:
            raise TopologyError(
                f"{weights:,} weights are more than the {MAX_WEIGHTS:,} that fit here: use smaller layers."
            )


def chain(sizes: tuple[int, ...], activations: tuple[Activation, ...]) -> Topology:
    """Build layers that are each linked with the next one.

    Parameters
    ----------
    sizes
        Units of each layer, input layer first.
    activations
        One for each layer after the input layer.

    Raises
    ------
    TopologyError
        If the sizes do not make a network.
    """
    layers, next_id = [], 0
    for size, activation in zip(sizes, (Activation.IDENTITY, *activations), strict=True):
        if size > MAX_UNITS:  # before a tuple of that length is made
            raise TopologyError(
                f"A layer of {size} units is more than the {MAX_UNITS} that fit here: use fewer units."
            )
        check_total_units(next_id)
        layers.append(Layer(next_id, tuple(range(next_id + 1, next_id + 1 + size)), activation))
        next_id += 1 + size
    links = tuple(Link(a.id, b.id) for a, b in pairwise(layers))
    return Topology(tuple(layers), links, next_id)
