"""Edits keep what stays, and what cannot be done says why."""

from dataclasses import replace
from itertools import product

import pytest

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer, parse_layers
from nn_desktop.network.topology import MAX_UNITS, Link, Topology, TopologyError, chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
INPUT, HIDDEN, OUTPUT = SMALL.layers


def pairs(topology: Topology) -> set[tuple[int, int]]:
    """Links as positions of layers."""
    return {(topology.layer_index[link.source], topology.layer_index[link.target]) for link in topology.links}


def test_inserted_layer_comes_between():
    edited = edits.insert_layer(SMALL, 1, 4, Activation.RELU)
    assert edited.sizes == (2, 4, 3, 1)
    assert edited.is_chain
    assert [edited.layers[i] for i in (0, 2, 3)] == list(SMALL.layers)
    assert edited.layers[1].activation is Activation.RELU
    assert edited.next_id > SMALL.next_id


def test_insertion_leaves_links_that_skip():
    skipping = wiring.link_layers(SMALL, INPUT.id, OUTPUT.id)
    assert pairs(edits.insert_layer(skipping, 2, 1, Activation.TANH)) == {(0, 1), (1, 2), (2, 3), (0, 3)}


@pytest.mark.parametrize("index", [-1, 0, 3, 4])
def test_layer_goes_between_the_ends(index):
    with pytest.raises(TopologyError, match="between the input layer and the output layer"):
        edits.insert_layer(SMALL, index, 2, Activation.TANH)


def test_removed_layer_leaves_its_neighbours_linked():
    edited = edits.remove_layer(SMALL, HIDDEN.id)
    assert edited.layers == (INPUT, OUTPUT)
    assert edited.is_chain


def test_removed_layer_keeps_a_link_that_bridged_it_already():
    removed = frozenset({(INPUT.units[0], OUTPUT.units[0])})
    skipping = replace(SMALL, links=(*SMALL.links, Link(INPUT.id, OUTPUT.id, removed)))
    assert edits.remove_layer(skipping, HIDDEN.id).links == (Link(INPUT.id, OUTPUT.id, removed),)


def test_removed_layer_bridges_every_source_with_every_target():
    deep = chain((1, 1, 1, 1, 1), (Activation.TANH,) * 4)
    a, _, c, _, e = (layer.id for layer in deep.layers)
    deep = wiring.link_layers(wiring.link_layers(deep, a, c), c, e)
    assert pairs(edits.remove_layer(deep, c)) == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}


@pytest.mark.parametrize(("layer", "which"), [(INPUT, "input"), (OUTPUT, "output")])
def test_ends_cannot_be_removed(layer, which):
    with pytest.raises(TopologyError, match=f"The {which} layer belongs to the dataset"):
        edits.remove_layer(SMALL, layer.id)


def test_layer_grows_and_shrinks_at_its_end():
    grown = edits.resize_layer(SMALL, HIDDEN.id, 5)
    assert grown.layer(HIDDEN.id).units[:3] == HIDDEN.units
    assert len(grown.layer(HIDDEN.id).units) == 5
    assert edits.resize_layer(SMALL, HIDDEN.id, 2).layer(HIDDEN.id).units == HIDDEN.units[:2]
    assert edits.resize_layer(SMALL, HIDDEN.id, 3) == SMALL


def test_unit_that_comes_back_is_a_new_one():
    again = edits.resize_layer(edits.resize_layer(SMALL, HIDDEN.id, 2), HIDDEN.id, 3)
    assert again.layer(HIDDEN.id).units[:2] == HIDDEN.units[:2]
    assert again.layer(HIDDEN.id).units[2] not in SMALL.unit_place


@pytest.mark.parametrize("size", [-1, 0, MAX_UNITS + 1])
def test_size_that_cannot_be(size):
    with pytest.raises(TopologyError, match=f"1 to {MAX_UNITS} units, not {size}"):
        edits.resize_layer(SMALL, HIDDEN.id, size)
    with pytest.raises(TopologyError, match=f"1 to {MAX_UNITS} units, not {size}"):
        edits.insert_layer(SMALL, 1, size, Activation.TANH)


def test_unit_takes_its_removed_connections_along():
    gone, stays = HIDDEN.units[1], HIDDEN.units[2]
    edited = SMALL
    for unit in (gone, stays):
        edited = wiring.disconnect_all(edited, [(INPUT.units[0], unit)])
        edited = wiring.disconnect_all(edited, [(unit, OUTPUT.units[0])])
    edited = edits.remove_unit(edited, gone)
    assert edited.layer(HIDDEN.id).units == (HIDDEN.units[0], stays)
    assert {pair for link in edited.links for pair in link.removed} == {
        (INPUT.units[0], stays),
        (stays, OUTPUT.units[0]),
    }


def test_last_unit_of_a_layer_stays():
    with pytest.raises(TopologyError, match="The outputs belong to the dataset"):
        edits.remove_unit(SMALL, OUTPUT.units[0])
    thin = edits.resize_layer(SMALL, HIDDEN.id, 1)
    with pytest.raises(TopologyError, match="last unit"):
        edits.remove_unit(thin, HIDDEN.units[0])


def test_activation_is_of_a_layer():
    edited = edits.set_activation(SMALL, HIDDEN.id, Activation.SINE)
    assert edited.layers == (INPUT, replace(HIDDEN, activation=Activation.SINE), OUTPUT)
    with pytest.raises(TopologyError, match="Softmax"):
        edits.set_activation(SMALL, HIDDEN.id, Activation.SOFTMAX)
    with pytest.raises(TopologyError, match="input layer"):
        edits.set_activation(SMALL, INPUT.id, Activation.TANH)


def test_disconnecting_and_connecting_again_is_no_change():
    pair = INPUT.units[1], HIDDEN.units[0]
    without = wiring.disconnect_all(SMALL, [pair])
    assert pair not in set(without.connections())
    assert without.weight_count == SMALL.weight_count - 1
    assert wiring.connect(without, *pair) == SMALL
    assert wiring.connect(SMALL, *pair) == SMALL


def test_one_connection_across_a_layer_is_a_link_with_one_connection():
    edited = wiring.connect(SMALL, INPUT.units[0], OUTPUT.units[0])
    assert set(edited.connections()) - set(SMALL.connections()) == {(INPUT.units[0], OUTPUT.units[0])}
    assert wiring.disconnect_all(edited, [(INPUT.units[0], OUTPUT.units[0])]) == SMALL


def test_last_connection_takes_the_link_along():
    edited = SMALL
    for unit in HIDDEN.units:
        edited = wiring.disconnect_all(edited, [(unit, OUTPUT.units[0])])
    assert edited.links == SMALL.links[:1]


def test_connections_run_forward():
    with pytest.raises(TopologyError, match="hidden layer 1 comes after the input layer"):
        wiring.connect(SMALL, HIDDEN.units[0], INPUT.units[0])
    with pytest.raises(TopologyError, match="both ends lie in hidden layer 1"):
        wiring.connect(SMALL, HIDDEN.units[0], HIDDEN.units[1])
    with pytest.raises(TopologyError, match="only run forward"):
        wiring.link_layers(SMALL, OUTPUT.id, INPUT.id)


def test_linking_layers_restores_removed_connections():
    without = wiring.disconnect_all(SMALL, [(INPUT.units[0], HIDDEN.units[0])])
    assert set(wiring.link_layers(without, INPUT.id, HIDDEN.id).connections()) == set(SMALL.connections())
    assert wiring.disconnect_all(SMALL, product(INPUT.units, HIDDEN.units)).links == SMALL.links[1:]


def test_ends_follow_a_dataset():
    edited = edits.fit_ends(SMALL, 4, 3, Activation.SOFTMAX)
    assert edited.sizes == (4, 3, 3)
    assert edited.layers[-1].activation is Activation.SOFTMAX
    assert edited.layers[1] == HIDDEN
    assert edited.layers[0].units[:2] == INPUT.units


def test_typing_keeps_as_much_as_there_is():
    edited = edits.retype(SMALL, parse_layers("2-5-4:sine-1"), Activation.RELU)
    assert edited.sizes == (2, 5, 4, 1)
    assert edited.layers[0] == INPUT
    assert edited.layers[1].units[:3] == HIDDEN.units
    assert edited.layers[2].activation is Activation.SINE
    assert edited.layers[3] == OUTPUT
    assert edited.is_chain
    back = edits.retype(edited, parse_layers("2-3-1"), Activation.RELU)
    assert back.layers == SMALL.layers
    assert back.is_chain


def test_typed_layer_without_activation_takes_that_of_the_layer_before():
    edited = edits.retype(SMALL, parse_layers("2-3-3-1"), Activation.RELU)
    assert edited.layers[2].activation is Activation.TANH
    bare = chain((2, 1), (Activation.IDENTITY,))
    assert edits.retype(bare, parse_layers("2-3-1"), Activation.RELU).layers[1].activation is Activation.RELU


def test_typing_the_same_changes_nothing():
    assert edits.retype(SMALL, parse_layers("2-3-1"), Activation.RELU) == SMALL


def test_a_single_typed_layer_is_no_network():
    with pytest.raises(TopologyError, match="two numbers at least"):
        edits.retype(SMALL, (TypedLayer(3),), Activation.RELU)


def test_edits_leave_what_they_are_given():
    before = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
    edits.remove_unit(SMALL, HIDDEN.units[0])
    edits.insert_layer(SMALL, 1, 2, Activation.RELU)
    wiring.disconnect_all(SMALL, [(INPUT.units[0], HIDDEN.units[0])])
    assert before == SMALL
