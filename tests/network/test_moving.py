"""Layers that change places: their links stay where they still run forward, or are made anew."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import random_parameters, topologies

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters, carry_over
from nn_desktop.network.topology import Topology, TopologyError, chain

# 1-2-3-4-1
DEEP = chain((1, 2, 3, 4, 1), (Activation.TANH,) * 4)
INPUT, A, B, C, OUTPUT = DEEP.layers


def named(topology: Topology) -> set[str]:
    """Links as pairs of letters: I, A, B, C, O."""
    letter = {layer.id: name for layer, name in zip(DEEP.layers, "IABCO", strict=True)}
    return {letter[link.source] + letter[link.target] for link in topology.links}


def order(topology: Topology) -> list[int]:
    return [layer.id for layer in topology.layers]


def test_a_layer_whose_links_run_forward_still_keeps_them_all():
    # A and B beside one another: I→A→C, I→B→C, C→O.
    beside = DEEP
    for source, target in ((INPUT, B), (A, C)):
        beside = wiring.link_layers(beside, source.id, target.id)
    beside = wiring.disconnect_all(beside, product(A.units, B.units))
    moved = edits.move_layer(beside, B.id, 1)
    assert order(moved) == [INPUT.id, B.id, A.id, C.id, OUTPUT.id]
    assert moved.links == beside.links


def test_a_layer_that_would_run_backward_is_taken_out_and_put_in():
    moved = edits.move_layer(DEEP, B.id, 1)
    assert order(moved) == [INPUT.id, B.id, A.id, C.id, OUTPUT.id]
    # Taken out: I→A, A→C, C→O; put between I and A.
    assert named(moved) == {"IB", "BA", "AC", "CO"}


def test_a_layer_that_moves_to_the_right_is_put_in_there():
    moved = edits.move_layer(DEEP, A.id, 3)
    assert order(moved) == [INPUT.id, B.id, C.id, A.id, OUTPUT.id]
    assert named(moved) == {"IB", "BC", "CA", "AO"}


def test_skip_links_past_its_new_place_stay():
    skipping = wiring.link_layers(DEEP, INPUT.id, OUTPUT.id)
    assert named(edits.move_layer(skipping, C.id, 1)) == {"IC", "CA", "AB", "BO", "IO"}


def test_links_that_others_lead_past_stay_where_they_run_forward():
    dense = DEEP
    for source, target in combinations(DEEP.layers, 2):
        dense = wiring.link_layers(dense, source.id, target.id)
    moved = edits.move_layer(dense, A.id, 3)
    assert named(moved) == {"IB", "IC", "IA", "IO", "BC", "BO", "CA", "CO", "AO"}


def test_a_layer_moved_to_where_it_is_changes_nothing():
    assert edits.move_layer(DEEP, B.id, 2) == DEEP


def test_there_and_back_gives_the_chain_back():
    back = edits.move_layer(edits.move_layer(DEEP, A.id, 3), A.id, 1)
    assert back.layers == DEEP.layers
    assert back.is_chain


@pytest.mark.parametrize(
    ("layer", "index"), [(INPUT, 1), (OUTPUT, 2), (A, 0), (A, 4), (C, 4), (B, -1), (B, 5)]
)
def test_the_ends_stay_first_and_last(layer, index):
    with pytest.raises(TopologyError, match="input layer stays first and the output layer last"):
        edits.move_layer(DEEP, layer.id, index)


def test_links_that_still_exist_keep_their_weights():
    old = random_parameters(DEEP, 0)
    new = Parameters.zeros(edits.move_layer(DEEP, B.id, 1))
    carry_over(old, new)
    assert (new.weights(C.id, OUTPUT.id) == old.weights(C.id, OUTPUT.id)).all()
    assert (new.biases(B.id) == old.biases(B.id)).all()
    assert not new.weights(INPUT.id, B.id).any()


@given(topologies(max_layers=6), st.data())
def test_any_layer_can_go_to_any_place_between_the_ends(topology, data):
    last = len(topology.layers) - 1
    if last < 2:
        return
    layer = topology.layers[data.draw(st.integers(1, last - 1))]
    index = data.draw(st.integers(1, last - 1))
    moved = edits.move_layer(topology, layer.id, index)
    others = [other for other in topology.layers if other is not layer]
    assert list(moved.layers) == [*others[:index], layer, *others[index:]]
    for source, target in moved.connections():
        assert moved.unit_place[source][0] < moved.unit_place[target][0]
    if all(moved.layer_index[link.source] < moved.layer_index[link.target] for link in topology.links):
        assert moved.links == topology.links
    else:
        assert all(
            layer.id in (link.source, link.target) or link in edits.remove_layer(topology, layer.id).links
            for link in moved.links
        )
        around = (moved.layers[index - 1].id, layer.id, moved.layers[index + 1].id)
        for ends in (around[:2], around[1:]):
            link = moved.link_between(*ends)
            assert link is not None and link.only is None
