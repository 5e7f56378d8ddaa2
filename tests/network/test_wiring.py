"""Connections drawn one by one, links that join all units, and what does not learn."""

from dataclasses import replace
from itertools import product

import pytest

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Link, Topology, TopologyError, chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
INPUT, HIDDEN, OUTPUT = SMALL.layers
(X1, X2), (H1, H2, H3), (Y,) = (layer.units for layer in SMALL.layers)


def bare(*sizes: int) -> Topology:
    """Layers without any link."""
    return replace(chain(sizes, (Activation.TANH,) * (len(sizes) - 1)), links=())


def test_ids_are_as_the_numbers_below_take_them():
    assert (INPUT.id, X1, X2, HIDDEN.id, H1, H2, H3, OUTPUT.id, Y) == tuple(range(9))


# Sparse and dense


def test_the_first_connection_between_two_layers_makes_a_sparse_link():
    topology = wiring.connect(SMALL, X1, Y)
    assert topology.links[-1] == Link(INPUT.id, OUTPUT.id, only=frozenset({(X1, Y)}))
    assert topology.weight_count == 2 * 3 + 3 * 1 + 1


def test_units_added_later_are_not_connected_through_a_sparse_link():
    topology = wiring.connect(wiring.connect(bare(2, 3, 1), X1, H1), H1, Y)
    grown = edits.add_units(topology, HIDDEN.id, 0, 2)
    assert grown.sizes == (2, 5, 1)
    assert set(grown.connections()) == {(X1, H1), (H1, Y)}
    assert grown.weight_count == 2


def test_units_added_later_are_connected_through_a_dense_link():
    grown = edits.add_units(wiring.disconnect_all(SMALL, [(X1, H1)]), HIDDEN.id, 0, 2)
    new = grown.layer(HIDDEN.id).units[:2]
    assert new == (9, 10)
    assert set(grown.connections()) == {
        *((x, h) for x in (X1, X2) for h in (*new, H1, H2, H3) if (x, h) != (X1, H1)),
        *((h, Y) for h in (*new, H1, H2, H3)),
    }
    assert grown.weight_count == 9 + 5


def test_sparse_link_takes_connections_one_by_one():
    topology = wiring.connect(wiring.connect(bare(2, 3, 1), X1, H1), X2, H3)
    assert topology.links == (Link(INPUT.id, HIDDEN.id, only=frozenset({(X1, H1), (X2, H3)})),)
    assert [topology.is_connected(X1, h) for h in (H1, H2, H3)] == [True, False, False]
    assert [topology.is_connected(X2, h) for h in (H1, H2, H3)] == [False, False, True]


def test_connecting_what_is_connected_changes_nothing():
    sparse = wiring.connect(bare(2, 3, 1), X1, H1)
    assert wiring.connect(sparse, X1, H1) == sparse
    assert wiring.connect(SMALL, X1, H1) == SMALL


def test_sparse_link_that_became_complete_stays_sparse():
    topology = bare(2, 3, 1)
    for source in (X1, X2):
        for target in (H1, H2, H3):
            topology = wiring.connect(topology, source, target)
    assert topology.links[0].only is not None
    assert topology.weight_count == 6
    assert edits.resize_layer(topology, HIDDEN.id, 4).weight_count == 6


def test_disconnecting_from_a_sparse_link_leaves_the_others():
    topology = wiring.connect(wiring.connect(bare(2, 3, 1), X1, H1), X2, H3)
    assert set(wiring.disconnect_all(topology, [(X1, H1)]).connections()) == {(X2, H3)}
    assert wiring.disconnect_all(wiring.disconnect_all(topology, [(X1, H1)]), [(X2, H3)]).links == ()


def test_removing_many_connections_skips_those_that_are_not_there():
    topology = wiring.disconnect_all(SMALL, [(X1, H1), (X1, Y), (H2, Y)])
    assert [link.removed for link in topology.links] == [{(X1, H1)}, {(H2, Y)}]
    assert topology.weight_count == 9 - 2


def test_linking_layers_makes_a_sparse_link_dense():
    sparse = wiring.connect(bare(2, 3, 1), X1, H1)
    linked = wiring.link_layers(sparse, INPUT.id, HIDDEN.id)
    assert linked.links == (Link(INPUT.id, HIDDEN.id),)
    assert edits.resize_layer(linked, HIDDEN.id, 4).weight_count == 8


def test_sparse_link_goes_with_the_last_of_its_units():
    topology = wiring.connect(wiring.connect(bare(2, 3, 1), X1, H1), X2, H3)
    assert edits.remove_unit(topology, H1).links == (Link(INPUT.id, HIDDEN.id, only=frozenset({(X2, H3)})),)
    assert edits.remove_unit(edits.remove_unit(topology, H1), H3).links == ()


def test_dense_link_goes_when_the_units_that_are_left_were_all_disconnected():
    topology = wiring.disconnect_all(wiring.disconnect_all(SMALL, [(H2, Y)]), [(H3, Y)])
    assert [len(link.removed) for link in topology.links] == [0, 2]
    assert edits.remove_unit(topology, H1).links == SMALL.links[:1]


def test_units_that_change_places_keep_their_connections():
    topology = wiring.connect(wiring.disconnect_all(SMALL, [(X1, H1)]), X2, Y)
    moved = edits.move_unit(topology, H1, 2)
    assert moved.layer(HIDDEN.id).units == (H2, H3, H1)
    assert moved.links == topology.links


def test_connections_of_a_unit_are_those_into_it_and_those_out_of_it():
    topology = wiring.connect(wiring.disconnect_all(SMALL, [(X1, H1)]), X2, Y)
    assert topology.connections_of(H1) == [(X2, H1), (H1, Y)]
    assert topology.connections_of(X2) == [(X2, H1), (X2, H2), (X2, H3), (X2, Y)]
    assert topology.connections_of(Y) == [(X2, Y), (H1, Y), (H2, Y), (H3, Y)]


@pytest.mark.parametrize("only", [frozenset(), frozenset({(X1, H1)})])
def test_a_sparse_link_with_no_connection_or_with_removed_ones_is_damaged(only):
    removed = frozenset({(X1, H1)}) if only else frozenset()
    with pytest.raises(TopologyError, match="damaged"):
        replace(SMALL, links=(Link(INPUT.id, HIDDEN.id, removed, only),))


# Frozen


def frozen_pairs(topology: Topology) -> set[tuple[int, int]]:
    return {pair for pair in topology.connections() if topology.is_frozen(*pair)}


def test_frozen_connections_learn_again_when_they_are_let():
    topology = wiring.freeze_connections(SMALL, [(X1, H1), (H2, Y)], True)
    assert frozen_pairs(topology) == {(X1, H1), (H2, Y)}
    assert frozen_pairs(wiring.freeze_connections(topology, [(H2, Y)], False)) == {(X1, H1)}
    assert wiring.freeze_connections(topology, [(X1, H1), (H2, Y)], False) == SMALL


def test_freezing_what_is_not_connected_does_nothing():
    assert wiring.freeze_connections(SMALL, [(X1, Y)], True) == SMALL
    without = wiring.disconnect_all(SMALL, [(X1, H1)])
    assert wiring.freeze_connections(without, [(X1, H1)], True) == without
    sparse = wiring.connect(bare(2, 3, 1), X1, H1)
    assert wiring.freeze_connections(sparse, [(X2, H2)], True) == sparse


def test_frozen_layer_freezes_all_connections_into_it_and_none_out_of_it():
    topology = edits.freeze_layer(SMALL, HIDDEN.id, True)
    assert frozen_pairs(topology) == {(x, h) for x in (X1, X2) for h in (H1, H2, H3)}
    assert edits.freeze_layer(topology, HIDDEN.id, False) == SMALL
    with pytest.raises(TopologyError, match="input layer has no weights"):
        edits.freeze_layer(SMALL, INPUT.id, True)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_connection_that_was_removed_and_drawn_again_is_not_frozen_any_more(sparse):
    topology = SMALL if not sparse else wiring.connect(wiring.connect(bare(2, 3, 1), X1, H1), X2, H2)
    frozen = wiring.freeze_connections(topology, [(X1, H1)], True)
    assert frozen_pairs(frozen) == {(X1, H1)}
    again = wiring.connect(wiring.disconnect_all(frozen, [(X1, H1)]), X1, H1)
    assert again == topology


def test_units_that_go_take_frozen_connections_along():
    topology = wiring.freeze_connections(SMALL, [(X1, H1), (X1, H2), (H1, Y)], True)
    assert frozen_pairs(edits.remove_unit(topology, H1)) == {(X1, H2)}
    assert frozen_pairs(edits.resize_layer(topology, HIDDEN.id, 1)) == {(X1, H1), (H1, Y)}
    assert frozen_pairs(edits.erase(topology, [H2])) == {(X1, H1), (H1, Y)}


def test_linking_layers_anew_leaves_frozen_what_was_frozen():
    topology = wiring.freeze_connections(wiring.disconnect_all(SMALL, [(X2, H2)]), [(X1, H1)], True)
    assert frozen_pairs(wiring.link_layers(topology, INPUT.id, HIDDEN.id)) == {(X1, H1)}
    again = wiring.link_layers(
        wiring.disconnect_all(topology, product(INPUT.units, HIDDEN.units)), INPUT.id, HIDDEN.id
    )
    assert frozen_pairs(again) == set()


def test_connections_run_forward_through_sparse_links_too():
    with pytest.raises(TopologyError, match="the output layer comes after the input layer"):
        wiring.connect(bare(2, 3, 1), Y, X1)
    with pytest.raises(TopologyError, match="both ends lie in the input layer"):
        wiring.connect(bare(2, 3, 1), X1, X2)
