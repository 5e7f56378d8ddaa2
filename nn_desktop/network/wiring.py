"""Edits of connections: pure functions from a topology to a topology, as in `network.edits`."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from nn_desktop.network.topology import Link, Pair, Topology


def link_layers(topology: Topology, source: int, target: int) -> Topology:
    """Connect all units of one layer with all of a later one, restoring what was removed between them."""
    before = topology.link_between(source, target)
    if before is not None and before.only is None and not before.removed:
        return topology
    link = Link(source, target, frozen=before.frozen if before is not None else frozenset())
    return replace(topology, links=(*_other_links(topology, source, target), link))


def connect(topology: Topology, source_unit: int, target_unit: int) -> Topology:
    """Connect two units."""
    source, target = topology.layer_of_unit(source_unit), topology.layer_of_unit(target_unit)
    pair = {(source_unit, target_unit)}
    link = topology.link_between(source.id, target.id)
    if link is None:
        return replace(topology, links=(*topology.links, Link(source.id, target.id, only=frozenset(pair))))
    if link.only is None:
        return _replace_link(topology, replace(link, removed=link.removed - pair))
    return _replace_link(topology, replace(link, only=link.only | pair))


def disconnect_all(topology: Topology, pairs: Iterable[Pair]) -> Topology:
    """Remove the connections that there are among these; a link without any connection goes too."""
    by_link: dict[tuple[int, int], set[Pair]] = {}
    for pair in pairs:
        ends = topology.layer_of_unit(pair[0]).id, topology.layer_of_unit(pair[1]).id
        by_link.setdefault(ends, set()).add(pair)
    links = (
        _without_pairs(link, by_link.get((link.source, link.target), frozenset())) for link in topology.links
    )
    return replace(topology, links=tuple(link for link in links if topology.count(link)))


def freeze_connections(topology: Topology, pairs: Iterable[Pair], frozen: bool) -> Topology:
    """Let connections take part and not learn, or learn again."""
    wanted = frozenset(pairs)
    links = []
    for link in topology.links:
        here = frozenset(
            pair
            for pair in wanted
            if (topology.layer_of_unit(pair[0]).id, topology.layer_of_unit(pair[1]).id)
            == (link.source, link.target)
            and link.has(*pair)
        )
        links.append(replace(link, frozen=link.frozen | here if frozen else link.frozen - here))
    return replace(topology, links=tuple(links))


def forget_units(topology: Topology, gone: Collection[int]) -> Topology:
    """Take units out of all links, which lose the connections they had with them, before they are removed.

    A link that keeps no connection goes too.
    """
    if not gone:
        return topology
    left = {layer.id: sum(unit not in gone for unit in layer.units) for layer in topology.layers}
    links = []
    for link in topology.links:
        link = replace(
            link,
            removed=_without_units(link.removed, gone),
            only=None if link.only is None else _without_units(link.only, gone),
            frozen=_without_units(link.frozen, gone),
        )
        places = left[link.source] * left[link.target]
        if places - len(link.removed) > 0 if link.only is None else link.only:
            links.append(link)
    return replace(topology, links=tuple(links))


def _without_pairs(link: Link, pairs: Collection[Pair]) -> Link:
    if not pairs:
        return link
    frozen = link.frozen.difference(pairs)
    if link.only is not None:
        return replace(link, only=link.only.difference(pairs), frozen=frozen)
    return replace(link, removed=link.removed.union(pairs), frozen=frozen)


def _without_units(pairs: frozenset[Pair], gone: Collection[int]) -> frozenset[Pair]:
    return frozenset(pair for pair in pairs if pair[0] not in gone and pair[1] not in gone)


def _other_links(topology: Topology, source: int, target: int) -> tuple[Link, ...]:
    return tuple(link for link in topology.links if (link.source, link.target) != (source, target))


def _replace_link(topology: Topology, link: Link) -> Topology:
    ends = (link.source, link.target)
    links = (link if (other.source, other.target) == ends else other for other in topology.links)
    return replace(topology, links=tuple(links))
