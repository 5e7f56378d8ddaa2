"""A topology is a network that can be; whatever cannot be says why."""

from dataclasses import replace

import pytest
from hypothesis import given
from strategies import topologies

from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import (
    MAX_LAYERS,
    MAX_UNITS,
    Layer,
    Link,
    Topology,
    TopologyError,
    chain,
)

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
INPUT, HIDDEN, OUTPUT = SMALL.layers


def test_chain_links_each_layer_with_the_next():
    assert SMALL.sizes == (2, 3, 1)
    assert SMALL.is_chain
    assert [(link.source, link.target) for link in SMALL.links] == [
        (INPUT.id, HIDDEN.id),
        (HIDDEN.id, OUTPUT.id),
    ]
    assert (SMALL.weight_count, SMALL.bias_count) == (2 * 3 + 3, 3 + 1)
    assert [layer.activation for layer in SMALL.layers] == [
        Activation.IDENTITY,
        Activation.TANH,
        Activation.IDENTITY,
    ]


def test_network_with_a_skip_link_is_no_chain():
    assert not replace(SMALL, links=(*SMALL.links, Link(INPUT.id, OUTPUT.id))).is_chain
    assert not replace(SMALL, links=SMALL.links[:1]).is_chain


@given(topologies())
def test_connections_are_those_not_removed(topology):
    connections = list(topology.connections())
    assert len(connections) == len(set(connections)) == topology.weight_count
    removed = {pair for link in topology.links for pair in link.removed}
    assert not removed & set(connections)
    for source, target in connections:
        assert topology.unit_place[source][0] < topology.unit_place[target][0]


@given(topologies())
def test_links_into_a_layer_are_in_the_order_of_their_sources(topology):
    for layer in topology.layers:
        sources = [topology.layer_index[link.source] for link in topology.links_into(layer.id)]
        assert sources == sorted(sources)


def layers(*sizes: int) -> tuple[Layer, ...]:
    return chain(sizes, (Activation.TANH,) * (len(sizes) - 1)).layers


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((layers(2, 1)[:1], (), 10), "at least two layers"),
        (((Layer(0, (1,)), Layer(2, ())), (), 10), "Layer 2 has no units"),
        (((Layer(0, (1,), Activation.TANH), Layer(2, (3,))), (), 10), "input layer passes its values on"),
        (
            ((Layer(0, (1,)), Layer(2, (3,), Activation.SOFTMAX), Layer(4, (5,))), (), 10),
            "Softmax .* belongs to the output layer",
        ),
        (((Layer(0, (1,)), Layer(2, (1,))), (), 10), "share an id"),
        ((layers(2, 1), (), 1), "share an id"),
        ((layers(2, 2), (Link(0, 99),), 10), "a layer that is not there"),
        ((SMALL.layers, (Link(HIDDEN.id, HIDDEN.id),), 99), "both ends lie in hidden layer 1"),
        ((SMALL.layers, (Link(OUTPUT.id, HIDDEN.id),), 99), "the output layer comes after hidden layer 1"),
        ((SMALL.layers, (*SMALL.links, SMALL.links[0]), 99), "Layers 1 and 2 are linked twice"),
        (
            (SMALL.layers, (Link(INPUT.id, HIDDEN.id, frozenset({(INPUT.units[0], OUTPUT.units[0])})),), 99),
            "a unit that is not there",
        ),
    ],
)
def test_what_cannot_be_says_why(parts, says):
    with pytest.raises(TopologyError, match=says):
        Topology(*parts)


def test_largest_networks():
    assert len(chain((1,) * MAX_LAYERS, (Activation.TANH,) * (MAX_LAYERS - 1)).layers) == MAX_LAYERS
    with pytest.raises(TopologyError, match="layers are more than the"):
        chain((1,) * (MAX_LAYERS + 1), (Activation.TANH,) * MAX_LAYERS)
    with pytest.raises(TopologyError, match="10001 units"):
        chain((1, MAX_UNITS + 1), (Activation.TANH,))
    with pytest.raises(TopologyError, match=r"200,000,000 weights are more than the 20,000,000"):
        chain((MAX_UNITS,) * 3, (Activation.TANH,) * 2)


def test_topologies_compare_by_value():
    assert chain((2, 1), (Activation.TANH,)) == chain((2, 1), (Activation.TANH,))
    assert chain((2, 1), (Activation.TANH,)) != chain((2, 1), (Activation.SINE,))
    assert hash(SMALL) == hash(replace(SMALL))
