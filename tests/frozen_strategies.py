"""Random networks parts of which are frozen, for property tests."""

from dataclasses import replace

from hypothesis import strategies as st
from strategies import topologies

from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Topology


@st.composite
def partly_frozen(draw: st.DrawFn, output: Activation | None = None) -> Topology:
    """Networks as `topologies` draws them, with frozen layers and connections."""
    topology = draw(topologies(output))
    layers = [topology.layers[0]]
    layers += [replace(layer, frozen=draw(st.integers(0, 4)) == 0) for layer in topology.layers[1:]]
    links = []
    for link in topology.links:
        there = [
            (source, target)
            for source in topology.layer(link.source).units
            for target in topology.layer(link.target).units
            if link.has(source, target)
        ]
        links.append(replace(link, frozen=draw(st.frozensets(st.sampled_from(there), max_size=3))))
    return replace(topology, layers=tuple(layers), links=tuple(links))
