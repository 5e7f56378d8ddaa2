"""Erasing: units at both ends stay and lose their connections, a hidden layer goes with its last unit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import topologies

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Topology, TopologyError, chain

# 2-3-2-2
DEEP = chain((2, 3, 2, 2), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
INPUT, FIRST, SECOND, OUTPUT = DEEP.layers
(X1, X2), (A1, A2, A3), (B1, B2), (Y1, Y2) = (layer.units for layer in DEEP.layers)


def pairs(topology: Topology) -> set[tuple[int, int]]:
    """Links as positions of layers."""
    return {(topology.layer_index[link.source], topology.layer_index[link.target]) for link in topology.links}


def test_an_erased_hidden_unit_goes_with_its_connections():
    edited = edits.erase(DEEP, [A2, B1])
    assert [layer.units for layer in edited.layers] == [(X1, X2), (A1, A3), (B2,), (Y1, Y2)]
    assert edited.weight_count == 2 * 2 + 2 * 1 + 1 * 2


def test_erased_connections_go_and_their_units_stay():
    edited = edits.erase(DEEP, (), [(X1, A1), (B2, Y2)])
    assert edited.layers == DEEP.layers
    assert set(DEEP.connections()) - set(edited.connections()) == {(X1, A1), (B2, Y2)}
    assert edited.weight_count == DEEP.weight_count - 2


def test_an_erased_input_stays_as_a_unit_that_is_not_connected():
    edited = edits.erase(DEEP, [X1])
    assert edited.layers == DEEP.layers
    assert not edited.connections_of(X1)
    assert set(edited.connections()) == {pair for pair in DEEP.connections() if X1 not in pair}
    assert edited.dead_ends == {X1}


def test_an_erased_output_stays_as_a_unit_that_is_not_connected():
    edited = edits.erase(DEEP, [Y2])
    assert edited.layers == DEEP.layers
    assert set(edited.connections()) == {pair for pair in DEEP.connections() if Y2 not in pair}
    assert edited.unreached == {Y2}


def test_an_erased_end_loses_its_skip_connections_too():
    topology = wiring.link_layers(DEEP, INPUT.id, OUTPUT.id)
    edited = edits.erase(topology, [X1, Y2])
    assert set(edited.connections()) == {
        pair for pair in topology.connections() if X1 not in pair and Y2 not in pair
    }
    assert (X2, Y1) in set(edited.connections())


@pytest.mark.parametrize(("end", "which"), [((X1, X2), "input"), ((Y1, Y2), "output")])
def test_the_last_connected_end_is_refused_and_says_what_to_do(end, which):
    sentence = (
        f"This is the last {which} that is connected, and without it there is nothing to learn: "
        "it keeps its connections."
    )
    for units in (end, end[:1]):
        topology = DEEP if len(units) == 2 else edits.erase(DEEP, end[1:])
        with pytest.raises(TopologyError) as error:
            edits.erase(topology, units)
        assert str(error.value) == sentence


def test_an_input_that_was_not_connected_can_be_erased_beside_one_that_is():
    once = edits.erase(DEEP, [X1])
    assert edits.erase(once, [X1]) == once


def test_a_hidden_layer_goes_with_its_last_unit_and_its_neighbours_are_linked():
    edited = edits.erase(DEEP, [B1, B2])
    assert edited.layers == (INPUT, FIRST, OUTPUT)
    assert edited.is_chain
    assert edited == edits.remove_layer(DEEP, SECOND.id)


def test_a_hidden_layer_that_is_erased_with_a_connection_leaves_a_gap():
    edited = edits.erase(DEEP, [B1, B2], [(X1, A1)])
    assert edited.layers == (INPUT, FIRST, OUTPUT)
    assert pairs(edited) == {(0, 1)}
    assert edited.unreached == {Y1, Y2}


def test_erasing_everything_leaves_two_unconnected_layers():
    edited = edits.erase(DEEP, DEEP.unit_place, DEEP.connections())
    assert edited.layers == (INPUT, OUTPUT)
    assert edited.links == ()
    assert edits.erase(DEEP, DEEP.unit_place) == edited
    assert edits.clear(DEEP) == edited
    assert edited.next_id == DEEP.next_id


def test_erasing_all_hidden_units_leaves_inputs_and_outputs_linked():
    edited = edits.erase(DEEP, [A1, A2, A3, B1, B2])
    assert edited.layers == (INPUT, OUTPUT)
    assert edited.is_chain


def test_erasing_nothing_changes_nothing():
    assert edits.erase(DEEP) == DEEP


@given(topologies(), st.data())
def test_what_is_left_after_erasing_are_the_connections_that_nobody_named(topology, data):
    units = data.draw(st.frozensets(st.sampled_from(sorted(topology.unit_place))))
    there = sorted(topology.connections())
    named = data.draw(st.frozensets(st.sampled_from(there))) if there else frozenset()
    hidden = {unit for layer in topology.layers[1:-1] for unit in layer.units}
    try:
        edited = edits.erase(topology, units, named)
    except TopologyError as error:
        ends = {*topology.layers[0].units, *topology.layers[-1].units}
        assert "the last" in str(error)
        assert ends & units
        return
    assert set(edited.unit_place) == set(topology.unit_place) - (units & hidden)
    left = {pair for pair in there if pair not in named and units.isdisjoint(pair)}
    gone = {layer.id for layer in topology.layers} - {layer.id for layer in edited.layers}
    if named or units - hidden or not gone:
        assert set(edited.connections()) == left
    else:  # the neighbours of layers that went are linked instead
        assert set(edited.connections()) >= left
    assert Topology(edited.layers, edited.links, edited.next_id) == edited


def test_a_network_with_no_link_at_all_can_still_be_erased():
    nothing = replace(DEEP, links=())
    edited = edits.erase(nothing, [X1, A1, A2, A3, B1, B2])
    assert edited == edits.clear(DEEP)
