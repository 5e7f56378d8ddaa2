"""Edits of layers and units: each a pure function from a topology to a topology.

Ids of what stays are kept, so that parameters can be carried over (`network.parameters.carry_over`).
An edit that cannot be raises `TopologyError`. Those of connections are in `network.wiring`.
"""

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.notation import TypedLayer
from nn_desktop.network.topology import MAX_UNITS, Layer, Link, Pair, Topology, TopologyError
from nn_desktop.network.wiring import disconnect_all, forget_units
from nn_desktop.texts import visible

MAX_NAME_LENGTH = 60


def insert_layer(topology: Topology, index: int, size: int, activation: Activation) -> Topology:
    """Put a new layer before the layer at `index`, between it and the one that was linked to it.

    Parameters
    ----------
    index
        From 1 (after the input layer) to the number of layers less 1 (before the output layer).
    """
    if not 1 <= index <= len(topology.layers) - 1:
        raise TopologyError("A new layer goes between the input layer and the output layer.")
    before, after = topology.layers[index - 1], topology.layers[index]
    layer, next_id = _new_layer(topology.next_id, size, activation)
    links = tuple(link for link in topology.links if (link.source, link.target) != (before.id, after.id))
    links += (Link(before.id, layer.id), Link(layer.id, after.id))
    layers = (*topology.layers[:index], layer, *topology.layers[index:])
    return Topology(layers, links, next_id)


def remove_layer(topology: Topology, layer_id: int) -> Topology:
    """Remove a hidden layer; the layers it joined are linked with each other instead.

    Where they are joined by single connections already, all their units are.
    """
    index = topology.layer_index[layer_id]
    if index in (0, len(topology.layers) - 1):
        which = "input" if index == 0 else "output"
        raise TopologyError(f"The {which} layer belongs to the dataset and stays: remove a hidden layer.")
    sources = [link.source for link in topology.links if link.target == layer_id]
    targets = [link.target for link in topology.links if link.source == layer_id]
    without = _without_layer(topology, layer_id)
    for source in sources:
        for target in targets:
            without = _bridged(without, source, target)
    return without


def resize_layer(topology: Topology, layer_id: int, size: int) -> Topology:
    """Add units at the end of a layer, or remove them from its end."""
    if not 1 <= size <= MAX_UNITS:
        raise TopologyError(f"A layer has 1 to {MAX_UNITS} units, not {size}: choose another number.")
    layer = topology.layer(layer_id)
    grown = max(0, size - len(layer.units))
    new_units = tuple(range(topology.next_id, topology.next_id + grown))
    return _with_units(topology, layer, layer.units[:size] + new_units, topology.next_id + grown)


def move_layer(topology: Topology, layer_id: int, index: int) -> Topology:
    """Put a hidden layer at another place among the layers.

    Its links stay if all links still run forward. Otherwise it is taken out, as `remove_layer` does, and put
    between its new neighbours, as `insert_layer` does: a chain stays a chain. Of its links those stay that
    run forward and that others lead past already.

    Parameters
    ----------
    index
        Its new index, from 1 to the number of layers less 2.
    """
    last = len(topology.layers) - 1
    if topology.layer_index[layer_id] in (0, last) or not 1 <= index <= last - 1:
        raise TopologyError("The input layer stays first and the output layer last: move a hidden layer.")
    layer = topology.layer(layer_id)
    others = [other for other in topology.layers if other.id != layer_id]
    layers = (*others[:index], layer, *others[index:])
    place = {other.id: number for number, other in enumerate(layers)}
    if all(place[link.source] < place[link.target] for link in topology.links):
        return replace(topology, layers=layers)
    before, after = layers[index - 1].id, layers[index + 1].id
    links = [
        link
        for link in remove_layer(topology, layer_id).links
        if (link.source, link.target) != (before, after)
    ]
    direct = topology.link_between(before, after)
    is_passed = topology.link_between(before, layer_id) or topology.link_between(layer_id, after)
    if direct is not None and is_passed:
        links.append(direct)
    links += [link for link in _links_led_past(topology, layer_id) if place[link.source] < place[link.target]]
    moved = replace(topology, layers=layers, links=tuple(links))
    return _bridged(_bridged(moved, before, layer_id), layer_id, after)


def add_units(topology: Topology, layer_id: int, place: int, count: int = 1) -> Topology:
    """Put new units into a layer, at a place from 0 to the number of its units."""
    size = len(topology.layer(layer_id).units)
    grown = resize_layer(topology, layer_id, size + count)
    layer = grown.layer(layer_id)
    units = (*layer.units[:place], *layer.units[size:], *layer.units[place:size])
    return _replace_layer(grown, replace(layer, units=units))


def move_unit(topology: Topology, unit: int, place: int) -> Topology:
    """Put a unit at another place within its layer, with all its connections."""
    layer = topology.layer_of_unit(unit)
    others = [other for other in layer.units if other != unit]
    return _replace_layer(topology, replace(layer, units=(*others[:place], unit, *others[place:])))


def remove_unit(topology: Topology, unit: int) -> Topology:
    """Remove a unit and its connections."""
    layer = topology.layer_of_unit(unit)
    if layer in (topology.layers[0], topology.layers[-1]):
        which = "inputs" if layer is topology.layers[0] else "outputs"
        raise TopologyError(f"The {which} belong to the dataset and stay: remove a unit of a hidden layer.")
    if len(layer.units) == 1:
        raise TopologyError("This is the layer's last unit: remove the layer instead.")
    return _with_units(topology, layer, tuple(u for u in layer.units if u != unit), topology.next_id)


def set_activation(topology: Topology, layer_id: int, activation: Activation) -> Topology:
    """Choose the activation of a layer."""
    return _replace_layer(topology, replace(topology.layer(layer_id), activation=activation))


def rename_layer(topology: Topology, layer_id: int, name: str) -> Topology:
    """Give a layer a name of its own; an empty one takes it away."""
    name = " ".join(name.split())
    if len(name) > MAX_NAME_LENGTH or visible(name) != name:
        raise TopologyError(
            f"A name has at most {MAX_NAME_LENGTH} printable characters: choose a shorter one."
        )
    return _replace_layer(topology, replace(topology.layer(layer_id), name=name))


def set_initializer(topology: Topology, layer_id: int, initializer: Initializer | None) -> Topology:
    """Choose where the weights into a layer start; None for where those of all others do."""
    return _replace_layer(topology, replace(_learning_layer(topology, layer_id), initializer=initializer))


def freeze_layer(topology: Topology, layer_id: int, frozen: bool) -> Topology:
    """Let a layer take part and not learn, or learn again."""
    return _replace_layer(topology, replace(_learning_layer(topology, layer_id), frozen=frozen))


def erase(
    topology: Topology,
    units: Collection[int] = (),
    connections: Collection[Pair] = (),
    is_bridged: bool = True,
) -> Topology:
    """Remove units and connections; a hidden layer goes with its last unit.

    The units at both ends belong to the dataset: they stay, and lose their connections.

    Parameters
    ----------
    units, connections
        Ids of units, and pairs of ids, to remove.
    is_bridged
        Whether a layer that goes leaves its neighbours linked, as `remove_layer` does; never if connections
        or ends are erased with it.

    Raises
    ------
    TopologyError
        If erasing ends leaves no input, or no output, connected while something of the network is left.
    """
    ends = {*topology.layers[0].units, *topology.layers[-1].units}
    disconnected = [pair for unit in ends.intersection(units) for pair in topology.connections_of(unit)]
    edited = disconnect_all(topology, [*connections, *disconnected])
    for layer in topology.layers[1:-1]:
        left = tuple(unit for unit in layer.units if unit not in units)
        if left:
            edited = _with_units(edited, edited.layer(layer.id), left, edited.next_id)
        elif connections or ends.intersection(units) or not is_bridged:
            edited = _without_layer(edited, layer.id)
        else:
            edited = remove_layer(edited, layer.id)
    _check_ends(edited, units)
    return edited


def clear(topology: Topology) -> Topology:
    """Remove all but the units of both ends, which belong to the dataset: an empty canvas."""
    return Topology((topology.layers[0], topology.layers[-1]), (), topology.next_id)


def fit_ends(topology: Topology, inputs: int, outputs: int, output_activation: Activation) -> Topology:
    """Give the input and output layer the sizes that a dataset asks for."""
    topology = resize_layer(topology, topology.layers[0].id, inputs)
    topology = resize_layer(topology, topology.layers[-1].id, outputs)
    return set_activation(topology, topology.layers[-1].id, output_activation)


def with_plain_inputs(topology: Topology) -> Topology:
    """Forget what was drawn for single inputs: links past the next layer, and gaps in the link to it.

    All stays as it is if nothing leads from the inputs to the next layer.
    """
    first, second = topology.layers[:2]
    if topology.link_between(first.id, second.id) is None:
        return topology
    links = (link for link in topology.links if link.source != first.id or link.target == second.id)
    return replace(
        topology,
        links=tuple(
            replace(link, removed=frozenset()) if link.source == first.id else link for link in links
        ),
    )


def retype(topology: Topology, typed: tuple[TypedLayer, ...], default: Activation) -> Topology:
    """Make the layers those that somebody typed, keeping as much of the network as there is.

    Layers are matched from the input on, the output layer with the output layer. An activation that was not
    typed stays; a new layer takes that of the layer before it, or `default`. Layers with nothing before or
    after them are linked with their neighbours.
    """
    if len(typed) < 2:
        raise TopologyError("A network needs an input layer and an output layer: type two numbers at least.")
    while len(topology.layers) > len(typed):
        topology = remove_layer(topology, topology.layers[-2].id)
    while len(topology.layers) < len(typed):
        last = len(topology.layers) - 1
        activation = topology.layers[last - 1].activation if last > 1 else default
        topology = insert_layer(topology, last, typed[last].size, activation)
    for layer, wanted in zip(topology.layers, typed, strict=True):
        topology = resize_layer(topology, layer.id, wanted.size)
        if wanted.activation is not None:
            topology = set_activation(topology, layer.id, wanted.activation)
    return _link_lonely_layers(topology)


def _new_layer(next_id: int, size: int, activation: Activation) -> tuple[Layer, int]:
    if not 1 <= size <= MAX_UNITS:
        raise TopologyError(f"A layer has 1 to {MAX_UNITS} units, not {size}: choose another number.")
    return Layer(next_id, tuple(range(next_id + 1, next_id + 1 + size)), activation), next_id + 1 + size


def _with_units(topology: Topology, layer: Layer, units: tuple[int, ...], next_id: int) -> Topology:
    topology = forget_units(topology, set(layer.units) - set(units))
    layers = tuple(replace(x, units=units) if x.id == layer.id else x for x in topology.layers)
    return Topology(layers, topology.links, next_id)


def _replace_layer(topology: Topology, layer: Layer) -> Topology:
    return replace(topology, layers=tuple(layer if x.id == layer.id else x for x in topology.layers))


def _learning_layer(topology: Topology, layer_id: int) -> Layer:
    if layer_id == topology.layers[0].id:
        raise TopologyError("The input layer has no weights and biases: choose a later layer.")
    return topology.layer(layer_id)


def _without_layer(topology: Topology, layer_id: int) -> Topology:
    links = tuple(link for link in topology.links if layer_id not in (link.source, link.target))
    layers = tuple(layer for layer in topology.layers if layer.id != layer_id)
    return Topology(layers, links, topology.next_id)


def _links_led_past(topology: Topology, layer_id: int) -> list[Link]:
    """Return the links of a layer whose other end is linked with all layers at the far side of it too."""
    into = [link for link in topology.links if link.target == layer_id]
    out = [link for link in topology.links if link.source == layer_id]
    past = {(link.source, link.target) for link in topology.links}
    return [
        *(link for link in into if all((link.source, other.target) in past for other in out)),
        *(link for link in out if all((other.source, link.target) in past for other in into)),
    ]


def _bridged(topology: Topology, source: int, target: int) -> Topology:
    """Link two layers, unless a dense link does; single connections between them keep being frozen or not."""
    link = topology.link_between(source, target)
    if link is not None and link.only is None:
        return topology
    others = tuple(other for other in topology.links if (other.source, other.target) != (source, target))
    frozen = frozenset() if link is None else link.frozen
    return replace(topology, links=(*others, Link(source, target, frozen=frozen)))


def _check_ends(edited: Topology, units: Collection[int]) -> None:
    if not edited.links and len(edited.layers) == 2:
        return  # everything was erased
    for layer, idle, which in (
        (edited.layers[0], edited.dead_ends, "input"),
        (edited.layers[-1], edited.unreached, "output"),
    ):
        if not set(layer.units).isdisjoint(units) and idle.issuperset(layer.units):
            raise TopologyError(
                f"This is the last {which} that is connected, and without it there is nothing to learn: "
                "it keeps its connections."
            )


def _link_lonely_layers(topology: Topology) -> Topology:
    missing = []
    for before, after in pairwise(topology.layers):
        leads_on = any(link.source == before.id for link in topology.links)
        is_fed = any(link.target == after.id for link in topology.links)
        if not (leads_on and is_fed) and topology.link_between(before.id, after.id) is None:
            missing.append(Link(before.id, after.id))
    return replace(topology, links=(*topology.links, *missing)) if missing else topology
