"""Units that no input reaches and units that reach no output, against a search over all paths."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import topologies

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Pair, Topology, chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
(X1, X2), (H1, H2, H3), (Y,) = (layer.units for layer in SMALL.layers)


def all_paths(topology: Topology) -> list[tuple[int, ...]]:
    """Every way along connections, of any length, from any unit."""
    following: dict[int, list[int]] = {unit: [] for unit in topology.unit_place}
    for source, target in pairs(topology):
        following[source].append(target)
    paths, ends = [], [(unit,) for unit in topology.unit_place]
    while ends:
        paths += ends
        ends = [(*path, unit) for path in ends for unit in following[path[-1]]]
    return paths


def pairs(topology: Topology) -> list[Pair]:
    """All connections, read off the links one by one."""
    found = []
    for link in topology.links:
        for source in topology.layer(link.source).units:
            for target in topology.layer(link.target).units:
                pair = (source, target)
                if (link.only is None and pair not in link.removed) or (link.only and pair in link.only):
                    found.append(pair)
    return found


@settings(max_examples=100, deadline=None)
@given(topologies(max_units=3))
def test_unreached_and_dead_ends_are_those_that_no_path_leads_to_or_from(topology):
    paths = all_paths(topology)
    inputs, outputs = set(topology.layers[0].units), set(topology.layers[-1].units)
    reached = {path[-1] for path in paths if path[0] in inputs}
    useful = {path[0] for path in paths if path[-1] in outputs}
    assert topology.unreached == set(topology.unit_place) - reached
    assert topology.dead_ends == set(topology.unit_place) - useful


@settings(max_examples=100, deadline=None)
@given(topologies(), st.data())
def test_an_input_that_is_connected_on_reaches_no_fewer_units(topology, data):
    source = data.draw(st.sampled_from(topology.layers[0].units))
    target = data.draw(st.sampled_from([unit for layer in topology.layers[1:] for unit in layer.units]))
    edited = wiring.connect(topology, source, target)
    assert edited.unreached <= topology.unreached - {target}
    assert edited.dead_ends <= topology.dead_ends


def test_in_a_chain_all_units_are_of_use():
    assert SMALL.unreached == frozenset()
    assert SMALL.dead_ends == frozenset()


def test_a_unit_without_connections_into_it_is_unreached_and_leads_on():
    topology = wiring.disconnect_all(SMALL, [(X1, H1), (X2, H1)])
    assert topology.unreached == {H1}
    assert topology.dead_ends == frozenset()


def test_a_unit_without_connections_out_of_it_is_a_dead_end():
    topology = wiring.disconnect_all(SMALL, [(H3, Y)])
    assert topology.unreached == frozenset()
    assert topology.dead_ends == {H3}


def test_one_connection_is_enough_to_be_reached():
    topology = wiring.disconnect_all(SMALL, [(X1, H1)])
    assert topology.unreached == frozenset()


def test_what_only_an_unreached_unit_feeds_is_unreached_too():
    deep = chain((1, 1, 1, 1), (Activation.TANH,) * 3)
    (x,), (a,), (b,), (y,) = (layer.units for layer in deep.layers)
    cut = wiring.disconnect_all(deep, [(x, a)])
    assert cut.unreached == {a, b, y}
    assert cut.dead_ends == {x}
    bridged = wiring.connect(cut, x, y)
    assert bridged.unreached == {a, b}
    assert bridged.dead_ends == frozenset()


def test_without_links_everything_but_the_ends_is_neither_reached_nor_of_use():
    nothing = replace(SMALL, links=())
    assert nothing.unreached == {H1, H2, H3, Y}
    assert nothing.dead_ends == {X1, X2, H1, H2, H3}


def test_a_dense_link_from_units_one_of_which_is_reached_misses_its_removed_connections():
    # Of two hidden units only H1 is reached, and its connection to Y is removed: Y hears of nothing.
    topology = edits.resize_layer(SMALL, SMALL.layers[1].id, 2)
    topology = wiring.disconnect_all(topology, [(X1, H2), (X2, H2), (H1, Y)])
    assert topology.unreached == {H2, Y}
    assert topology.dead_ends == {X1, X2, H1}
