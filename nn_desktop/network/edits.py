"""Edits: each a pure function from a topology to a topology.

Ids of what stays are kept, so that parameters can be carried over (`network.parameters.carry_over`).
An edit that cannot be raises `TopologyError`.
"""

from collections.abc import Callable
from dataclasses import replace

from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer
from nn_desktop.network.topology import MAX_UNITS, Layer, Link, Topology, TopologyError


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
    """Remove a hidden layer; the layers it joined are linked with each other instead."""
    index = topology.layer_index[layer_id]
    if index in (0, len(topology.layers) - 1):
        which = "input" if index == 0 else "output"
        raise TopologyError(f"The {which} layer belongs to the dataset and stays: remove a hidden layer.")
    sources = [link.source for link in topology.links if link.target == layer_id]
    targets = [link.target for link in topology.links if link.source == layer_id]
    links = tuple(link for link in topology.links if layer_id not in (link.source, link.target))
    bridges = tuple(
        Link(source, target)
        for source in sources
        for target in targets
        if topology.link_between(source, target) is None
    )
    layers = tuple(layer for layer in topology.layers if layer.id != layer_id)
    return Topology(layers, links + bridges, topology.next_id)


def resize_layer(topology: Topology, layer_id: int, size: int) -> Topology:
    """Add units at the end of a layer, or remove them from its end."""
    if not 1 <= size <= MAX_UNITS:
        raise TopologyError(f"A layer has 1 to {MAX_UNITS} units, not {size}: choose another number.")
    layer = topology.layer(layer_id)
    grown = max(0, size - len(layer.units))
    new_units = tuple(range(topology.next_id, topology.next_id + grown))
    return _with_units(topology, layer, layer.units[:size] + new_units, topology.next_id + grown)


def remove_unit(topology: Topology, unit: int) -> Topology:
    """Remove a unit and its connections."""
    layer = topology.layer_of_unit(unit)
    if len(layer.units) == 1:
        raise TopologyError("This is the layer's last unit: remove the layer instead.")
    return _with_units(topology, layer, tuple(u for u in layer.units if u != unit), topology.next_id)


def set_activation(topology: Topology, layer_id: int, activation: Activation) -> Topology:
    """Choose the activation of a layer."""
    return _replace_layer(topology, replace(topology.layer(layer_id), activation=activation))


def link_layers(topology: Topology, source: int, target: int) -> Topology:
    """Connect all units of one layer with all of a later one, restoring what was removed between them."""
    links = tuple(link for link in topology.links if (link.source, link.target) != (source, target))
    return replace(topology, links=(*links, Link(source, target)))


def unlink_layers(topology: Topology, source: int, target: int) -> Topology:
    """Remove all connections between two layers."""
    links = tuple(link for link in topology.links if (link.source, link.target) != (source, target))
    return replace(topology, links=links)


def connect(topology: Topology, source_unit: int, target_unit: int) -> Topology:
    """Connect two units."""
    source, target = topology.layer_of_unit(source_unit), topology.layer_of_unit(target_unit)
    link = topology.link_between(source.id, target.id)
    if link is not None:
        return _replace_link(topology, replace(link, removed=link.removed - {(source_unit, target_unit)}))
    others = {(s, t) for s in source.units for t in target.units} - {(source_unit, target_unit)}
    return replace(topology, links=(*topology.links, Link(source.id, target.id, frozenset(others))))


def disconnect(topology: Topology, source_unit: int, target_unit: int) -> Topology:
    """Remove the connection between two units; a link without any connection goes too."""
    source, target = topology.layer_of_unit(source_unit), topology.layer_of_unit(target_unit)
    link = topology.link_between(source.id, target.id)
    if link is None or (source_unit, target_unit) in link.removed:
        raise TopologyError("These two units are not connected: there is nothing to remove.")
    removed = link.removed | {(source_unit, target_unit)}
    if len(removed) == len(source.units) * len(target.units):
        return unlink_layers(topology, source.id, target.id)
    return _replace_link(topology, replace(link, removed=removed))


def fit_ends(topology: Topology, inputs: int, outputs: int, output_activation: Activation) -> Topology:
    """Give the input and output layer the sizes that a dataset asks for."""
    topology = resize_layer(topology, topology.layers[0].id, inputs)
    topology = resize_layer(topology, topology.layers[-1].id, outputs)
    return set_activation(topology, topology.layers[-1].id, output_activation)


def retype(topology: Topology, typed: tuple[TypedLayer, ...], default: Activation) -> Topology:
    """Make the layers those that somebody typed, keeping as much of the network as there is.

    Layers are matched from the input on, the output layer with the output layer. An activation that was not
    typed stays; a new layer takes that of the layer before it, or `default`.
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
    return topology


def _new_layer(next_id: int, size: int, activation: Activation) -> tuple[Layer, int]:
    if not 1 <= size <= MAX_UNITS:
        raise TopologyError(f"A layer has 1 to {MAX_UNITS} units, not {size}: choose another number.")
    return Layer(next_id, tuple(range(next_id + 1, next_id + 1 + size)), activation), next_id + 1 + size


def _with_units(topology: Topology, layer: Layer, units: tuple[int, ...], next_id: int) -> Topology:
    gone = set(layer.units) - set(units)
    links = _map_links(topology, lambda link: _without_units(link, gone))
    layers = tuple(replace(x, units=units) if x.id == layer.id else x for x in topology.layers)
    count = {x.id: len(x.units) for x in layers}
    some_left = (link for link in links if len(link.removed) < count[link.source] * count[link.target])
    return Topology(layers, tuple(some_left), next_id)


def _without_units(link: Link, gone: set[int]) -> Link:
    if not link.removed or not gone:
        return link
    return replace(link, removed=frozenset(p for p in link.removed if p[0] not in gone and p[1] not in gone))


def _replace_layer(topology: Topology, layer: Layer) -> Topology:
    return replace(topology, layers=tuple(layer if x.id == layer.id else x for x in topology.layers))


def _replace_link(topology: Topology, link: Link) -> Topology:
    ends = (link.source, link.target)
    return replace(
        topology, links=_map_links(topology, lambda x: link if (x.source, x.target) == ends else x)
    )


def _map_links(topology: Topology, change: Callable[[Link], Link]) -> tuple[Link, ...]:
    return tuple(change(link) for link in topology.links)
