"""Layers taken out of a network and put in elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import random_parameters, topologies

from nn_desktop.network import edits, wiring
from nn_desktop.network.fragment import Fragment, FragmentError, fill, insert, replace_network, take
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Link, Topology, TopologyError, chain

TANH, RELU, SOFTMAX, SIGMOID = Activation.TANH, Activation.RELU, Activation.SOFTMAX, Activation.SIGMOID


def shape(topology: Topology) -> list[tuple[int, int]]:
    """Return the links by the numbers of their layers, in order."""
    index = topology.layer_index
    return sorted((index[link.source], index[link.target]) for link in topology.links)


def all_ids(topology: Topology) -> list[int]:
    return [part for layer in topology.layers for part in (layer.id, *layer.units)]


# --- take


def test_layers_are_taken_with_the_links_among_them():
    topology = chain((2, 3, 4, 1), (TANH, RELU, SIGMOID))
    topology = wiring.link_layers(topology, topology.layers[1].id, topology.layers[3].id)
    first, second = topology.layers[1:3]
    taken = take(topology, [second.id, first.id])
    assert taken.layers == (first, second)
    assert taken.links == (Link(first.id, second.id),)
    assert not taken.is_whole
    assert take(topology, [layer.id for layer in topology.layers]).is_whole
    assert not taken.biases
    assert not taken.weights


def test_numbers_are_copied():
    topology = chain((2, 3, 1), (TANH, SIGMOID))
    parameters = random_parameters(topology, 0)
    taken = take(topology, [layer.id for layer in topology.layers], parameters)
    first, hidden, last = (layer.id for layer in topology.layers)
    assert set(taken.biases) == {hidden, last}
    assert set(taken.weights) == {(first, hidden), (hidden, last)}
    weights, biases = taken.weights[first, hidden].copy(), taken.biases[hidden].copy()
    parameters.vector[:] = 0.0  # training goes on
    np.testing.assert_array_equal(taken.weights[first, hidden], weights)
    np.testing.assert_array_equal(taken.biases[hidden], biases)
    assert weights.shape == (3, 2)
    assert biases.all()


def test_nothing_and_too_much_cannot_be_taken():
    topology = chain((1,) * 64, (TANH,) * 63)
    with pytest.raises(TopologyError, match="No layer was chosen"):
        take(topology, [])
    with pytest.raises(TopologyError, match="63 layers do not fit between"):
        take(topology, [layer.id for layer in topology.layers[1:]])
    assert take(topology, [layer.id for layer in topology.layers]).is_whole


# --- insert


def test_layers_come_in_series_with_their_neighbours():
    topology = chain((2, 3, 1), (TANH, SIGMOID))
    donor = chain((1, 5, 6, 1), (RELU, Activation.SINE, SIGMOID))
    fragment = take(donor, [layer.id for layer in donor.layers[1:3]])
    inserted, ids = insert(topology, 2, fragment)
    assert inserted.sizes == (2, 3, 5, 6, 1)
    assert [layer.activation for layer in inserted.layers[1:4]] == [TANH, RELU, Activation.SINE]
    assert shape(inserted) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert inserted.is_chain
    assert sorted(ids.values()) == list(range(topology.next_id, topology.next_id + 13))
    assert inserted.next_id == topology.next_id + 13
    assert inserted.layers[2].units == tuple(ids[unit] for unit in fragment.layers[0].units)


def test_one_layer_comes_in_as_a_new_one_does():
    topology = chain((2, 3, 1), (TANH, SIGMOID))
    topology = wiring.link_layers(topology, topology.layers[0].id, topology.layers[2].id)
    fragment = Fragment((Layer(0, (1, 2), RELU),), (), is_whole=False)
    assert insert(topology, 1, fragment)[0] == edits.insert_layer(topology, 1, 2, RELU)


def test_layers_that_nothing_feeds_or_that_lead_nowhere_are_linked():
    layers = tuple(Layer(10 * n, (10 * n + 1,), TANH) for n in range(4))
    side_by_side = Fragment(layers, (Link(0, 20), Link(10, 20)), is_whole=False)
    inserted, _ = insert(chain((1, 1), (SIGMOID,)), 1, side_by_side)
    assert shape(inserted) == [(0, 1), (0, 2), (0, 4), (1, 3), (2, 3), (3, 5), (4, 5)]
    assert not inserted.unreached
    assert not inserted.dead_ends


def test_names_initializers_and_what_is_frozen_come_along():
    layer = Layer(7, (8, 9), RELU, "ears", Initializer.HE_NORMAL, frozen=True)
    second = Layer(3, (4,), TANH)
    link = Link(7, 3, removed=frozenset({(8, 4)}), frozen=frozenset({(9, 4)}))
    inserted, ids = insert(chain((1, 1), (SIGMOID,)), 1, Fragment((layer, second), (link,), False))
    assert inserted.layers[1] == replace(layer, id=ids[7], units=(ids[8], ids[9]))
    assert inserted.link_between(ids[7], ids[3]) == Link(
        ids[7], ids[3], frozenset({(ids[8], ids[4])}), frozen=frozenset({(ids[9], ids[4])})
    )


def test_softmax_becomes_tanh_and_an_input_layer_a_hidden_one():
    donor = chain((2, 3), (SOFTMAX,))
    for chosen in ([donor.layers[1].id], [layer.id for layer in donor.layers]):
        inserted, _ = insert(chain((1, 1), (SIGMOID,)), 1, take(donor, chosen))
        assert inserted.layers[-2].activation is TANH
    assert inserted.sizes == (1, 2, 3, 1)
    assert inserted.layers[1].activation is Activation.IDENTITY


@pytest.mark.parametrize("index", [0, 2, -1])
def test_nothing_comes_before_the_input_or_after_the_output(index):
    fragment = Fragment((Layer(0, (1,), TANH),), (), is_whole=False)
    with pytest.raises(TopologyError, match="between the input layer and the output layer"):
        insert(chain((1, 1), (SIGMOID,)), index, fragment)


def test_a_network_that_would_become_too_large_is_refused():
    fragment = Fragment(tuple(Layer(2 * n, (2 * n + 1,), TANH) for n in range(62)), (), is_whole=False)
    assert len(insert(chain((1, 1), (SIGMOID,)), 1, fragment)[0].layers) == 64
    with pytest.raises(TopologyError, match="65 layers are more"):
        insert(chain((1, 1, 1), (TANH, SIGMOID)), 1, fragment)


@given(topologies(), topologies(), st.data())
def test_inserted_layers_are_what_they_were(topology, donor, data):
    """Connections, numbers, and all that was there before."""
    chosen = data.draw(st.sets(st.sampled_from([layer.id for layer in donor.layers]), min_size=1))
    index = data.draw(st.integers(1, len(topology.layers) - 1))
    numbers = random_parameters(donor, 1)
    fragment = take(donor, chosen, numbers)
    inserted, ids = insert(topology, index, fragment)
    expected = {(ids[s], ids[t]) for s, t in donor.connections() if s in ids and t in ids}
    among = {(s, t) for s, t in inserted.connections() if {s, t} <= set(ids.values())}
    assert among == expected
    parameters = random_parameters(inserted, 2)
    before = parameters.copy()
    fill(parameters, fragment, ids)
    for s, t in donor.connections():
        if s in ids and t in ids:
            assert parameters.weight(ids[s], ids[t]) == numbers.weight(s, t)
    for layer in fragment.layers:
        for unit in layer.units:
            if layer is not donor.layers[0]:
                assert parameters.bias(ids[unit]) == numbers.bias(unit)
    for s, t in inserted.connections():
        if (s, t) not in expected:
            assert parameters.weight(s, t) == before.weight(s, t)
    old_neighbours = {topology.layers[index - 1].id, topology.layers[index].id}
    for link in topology.links:
        if {link.source, link.target} != old_neighbours:
            assert link in inserted.links


# --- replace


def test_hidden_layers_are_replaced_and_the_ends_stay():
    topology = chain((2, 3, 1), (TANH, SIGMOID))
    donor = chain((2, 5, 4, 1), (RELU, RELU, Activation.IDENTITY))
    donor = edits.rename_layer(donor, donor.layers[1].id, "edges")
    replaced, ids = replace_network(topology, take(donor, [layer.id for layer in donor.layers]))
    assert replaced.sizes == (2, 5, 4, 1)
    assert replaced.layers[0] == topology.layers[0]
    assert (replaced.layers[-1].id, replaced.layers[-1].units) == (
        topology.layers[-1].id,
        topology.layers[-1].units,
    )
    assert replaced.layers[-1].activation is Activation.IDENTITY
    assert replaced.layers[1].name == "edges"
    assert min(layer.id for layer in replaced.layers[1:3]) >= topology.next_id
    assert set(ids) == set(all_ids(donor))
    assert set(ids.values()) == set(all_ids(replaced))


def test_ends_take_the_size_of_the_dataset():
    topology = chain((3, 1), (SIGMOID,))
    donor = chain((2, 2, 4), (RELU, SOFTMAX))
    donor = wiring.disconnect_all(donor, [(donor.layers[0].units[0], donor.layers[1].units[1])])
    donor = wiring.disconnect_all(donor, [(u, donor.layers[2].units[0]) for u in donor.layers[1].units[:1]])
    numbers = random_parameters(donor, 0)
    fragment = take(donor, [layer.id for layer in donor.layers], numbers)
    replaced, ids = replace_network(topology, fragment)
    assert replaced.sizes == (3, 2, 1)
    assert replaced.layers[0].units == topology.layers[0].units
    assert replaced.layers[-1].activation is SIGMOID  # softmax over one output would be 1 for ever
    inputs, hidden, outputs = (layer.units for layer in replaced.layers)
    assert not replaced.is_connected(inputs[0], hidden[1])
    assert replaced.is_connected(inputs[2], hidden[1])  # an input that the donor did not have
    assert list(replaced.connections_of(outputs[0])) == [(hidden[1], outputs[0])]
    parameters = Parameters.zeros(replaced)
    fill(parameters, fragment, ids)
    assert parameters.weights(replaced.layers[0].id, replaced.layers[1].id)[:, 2].tolist() == [0.0, 0.0]
    assert parameters.bias(outputs[0]) == numbers.bias(donor.layers[2].units[0])


def test_nothing_of_an_input_layer_is_frozen():
    donor = chain((2, 1), (SIGMOID,))
    first = replace(donor.layers[0], name="eyes", initializer=Initializer.ZEROS, frozen=True)
    fragment = Fragment((first, donor.layers[1]), donor.links, is_whole=True)
    topology = chain((2, 1), (SIGMOID,))
    assert replace_network(topology, fragment)[0].layers[0] == replace(topology.layers[0], name="eyes")


def test_a_sparse_link_whose_units_are_dropped_goes():
    donor = chain((2, 1), (SIGMOID,))
    first, last = donor.layers
    only = frozenset({(first.units[1], last.units[0])})
    donor = replace(donor, links=(Link(first.id, last.id, only=only),))
    replaced, _ = replace_network(chain((1, 1), (SIGMOID,)), take(donor, [first.id, last.id]))
    assert not replaced.links


def test_some_layers_cannot_replace_a_network():
    fragment = Fragment((Layer(0, (1,), TANH),), (), is_whole=False)
    with pytest.raises(TopologyError, match="no whole network"):
        replace_network(chain((1, 1), (SIGMOID,)), fragment)


@given(topologies(), topologies())
def test_a_replaced_network_computes_what_the_donor_did_where_it_fits(topology, donor):
    numbers = random_parameters(donor, 1)
    fragment = take(donor, [layer.id for layer in donor.layers], numbers)
    replaced, ids = replace_network(topology, fragment)
    assert replaced.sizes[0] == topology.sizes[0]
    assert replaced.sizes[-1] == topology.sizes[-1]
    assert replaced.sizes[1:-1] == donor.sizes[1:-1]
    expected = {(ids[s], ids[t]) for s, t in donor.connections() if s in ids and t in ids}
    known = set(ids.values())
    assert {(s, t) for s, t in replaced.connections() if s in known and t in known} == expected
    parameters = random_parameters(replaced, 2)
    fill(parameters, fragment, ids)
    for s, t in donor.connections():
        if s in ids and t in ids:
            assert parameters.weight(ids[s], ids[t]) == numbers.weight(s, t)
    if replaced.sizes == donor.sizes and set(shape(replaced)) == set(shape(donor)):
        assert sorted(parameters.vector.tolist()) == sorted(numbers.vector.tolist())


# --- what cannot be


@pytest.mark.parametrize(
    ("layers", "links", "says"),
    [
        ((Layer(0, ()),), (), "Layer 1 has no units"),
        ((Layer(0, (1,)), Layer(0, (2,))), (), "share an id"),
        ((Layer(0, (1,)), Layer(2, (3,))), (Link(2, 0),), "can only run forward"),
        ((Layer(0, (1,)), Layer(2, (3,))), (Link(0, 2), Link(0, 2)), "linked twice"),
        ((Layer(0, (1,)), Layer(2, (3,))), (Link(0, 9),), "a layer that is not there"),
        ((Layer(0, (1,)), Layer(2, (3,))), (Link(0, 4),), "a layer that is not there"),
        (
            (Layer(0, (1,)), Layer(2, (3,))),
            (Link(0, 2, removed=frozenset({(1, 9)})),),
            "a unit that is not there",
        ),
    ],
)
@pytest.mark.parametrize("is_whole", [False, True])
def test_parts_that_make_no_network(layers, links, says, is_whole):
    if is_whole and len(layers) == 1:
        says = "needs an input layer and an output layer"
    with pytest.raises(TopologyError, match=says):
        Fragment(layers, links, is_whole)


@pytest.mark.parametrize(
    ("biases", "weights"),
    [
        ({0: np.zeros(3)}, {}),
        ({9: np.zeros(2)}, {}),
        ({}, {(0, 3): np.zeros((2, 1))}),
        ({}, {(3, 0): np.zeros((2, 1))}),
    ],
)
def test_numbers_of_another_shape(biases, weights):
    layers = (Layer(0, (1, 2)), Layer(3, (4,)))
    with pytest.raises(TopologyError, match="as many weights and biases"):
        Fragment(layers, (Link(0, 3),), False, biases, weights)


def test_a_weight_of_a_removed_connection_stays_0():
    layers = (Layer(0, (1, 2), TANH), Layer(3, (4,), TANH))
    link = Link(0, 3, removed=frozenset({(1, 4)}))
    fragment = Fragment(layers, (link,), False, {}, {(0, 3): np.array([[0.5, 0.25]])})
    inserted, ids = insert(chain((1, 1), (SIGMOID,)), 1, fragment)
    parameters = Parameters.zeros(inserted)
    fill(parameters, fragment, ids)
    assert parameters.weights(ids[0], ids[3]).tolist() == [[0.0, 0.25]]


@pytest.mark.parametrize(("value", "dtype"), [(np.nan, np.float64), (1e300, np.float32)])
def test_numbers_out_of_range_change_nothing(value, dtype):
    fragment = Fragment((Layer(0, (1, 2), TANH),), (), False, {0: np.array([0.5, value])})
    inserted, ids = insert(chain((1, 1), (SIGMOID,)), 1, fragment)
    parameters = Parameters.zeros(inserted, dtype)
    with pytest.raises(FragmentError, match=f"too large for {np.dtype(dtype)}"):
        fill(parameters, fragment, ids)
    assert not parameters.vector.any()
