"""Parameters are one vector with names for its parts, and survive edits."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HIDDEN_ACTIVATIONS, random_parameters, topologies

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.parameters import Parameters, blocks_of, carry_over, connection_mask
from nn_desktop.network.topology import Topology, TopologyError, chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
INPUT, HIDDEN, OUTPUT = SMALL.layers


def test_views_are_windows_on_the_vector():
    parameters = Parameters.zeros(SMALL)
    parameters.vector[:] = np.arange(13)
    # Layer by layer, row by row, the bias last in its row.
    np.testing.assert_array_equal(parameters.matrix(HIDDEN.id), [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    np.testing.assert_array_equal(parameters.weights(INPUT.id, HIDDEN.id), [[0, 1], [3, 4], [6, 7]])
    np.testing.assert_array_equal(parameters.biases(HIDDEN.id), [2, 5, 8])
    np.testing.assert_array_equal(parameters.weights(HIDDEN.id, OUTPUT.id), [[9, 10, 11]])
    np.testing.assert_array_equal(parameters.biases(OUTPUT.id), [12])
    parameters.weights(INPUT.id, HIDDEN.id)[1, 0] = -1
    parameters.biases(OUTPUT.id)[0] = -2
    assert (parameters.vector[3], parameters.vector[12]) == (-1, -2)


def test_single_numbers_by_the_ids_of_units():
    parameters = Parameters.zeros(SMALL)
    parameters.vector[:] = np.arange(13)
    assert parameters.weight(INPUT.units[1], HIDDEN.units[2]) == 7
    assert parameters.bias(HIDDEN.units[2]) == 8


def test_columns_of_several_links_follow_the_order_of_the_layers():
    topology = wiring.link_layers(SMALL, INPUT.id, OUTPUT.id)
    parameters = Parameters.zeros(topology)
    parameters.vector[:] = np.arange(len(parameters.vector))
    np.testing.assert_array_equal(parameters.weights(INPUT.id, OUTPUT.id), [[9, 10]])
    np.testing.assert_array_equal(parameters.weights(HIDDEN.id, OUTPUT.id), [[11, 12, 13]])


def missing_connections(topology: Topology) -> int:
    """Count what the layers of links could be connected by, and are not."""
    return sum(
        len(topology.layer(link.source).units) * len(topology.layer(link.target).units) - topology.count(link)
        for link in topology.links
    )


@given(topologies(), st.sampled_from([np.float32, np.float64]))
def test_views_cover_the_vector_once(topology, dtype):
    parameters = Parameters.zeros(topology, dtype)
    for link in topology.links:
        weights = parameters.weights(link.source, link.target)
        shape = len(topology.layer(link.target).units), len(topology.layer(link.source).units)
        assert weights.shape == shape
        assert np.shares_memory(weights, parameters.vector)
        weights += 1
    for layer in topology.layers[1:]:
        biases = parameters.biases(layer.id)
        assert biases.shape == (len(layer.units),)
        assert np.shares_memory(biases, parameters.vector)
        biases += 1
    np.testing.assert_array_equal(parameters.vector, np.ones_like(parameters.vector))
    missing = missing_connections(topology)
    assert len(parameters.vector) == topology.weight_count + missing + topology.bias_count
    assert blocks_of(topology)[-1].stop == len(parameters.vector)


@given(topologies())
def test_mask_is_false_at_removed_connections_alone(topology):
    mask = connection_mask(topology)
    if all(link.only is None and not link.removed for link in topology.links):
        assert mask is None
        return
    assert (~mask).sum() == missing_connections(topology)
    parameters = Parameters.zeros(topology)
    parameters.vector[:] = 1
    parameters.clear_removed()
    np.testing.assert_array_equal(parameters.vector, mask)
    connections = set(topology.connections())
    for link in topology.links:
        for source in topology.layer(link.source).units:
            for target in topology.layer(link.target).units:
                assert parameters.weight(source, target) == float((source, target) in connections)


def test_copy_is_independent():
    parameters = random_parameters(SMALL, 0)
    copy = parameters.copy()
    copy.vector += 1
    assert not np.shares_memory(copy.vector, parameters.vector)
    np.testing.assert_array_equal(parameters.vector, random_parameters(SMALL, 0).vector)


def test_vector_of_another_length_is_refused():
    with pytest.raises(ValueError, match="parameters"):
        Parameters(SMALL, np.zeros(12))


def test_weights_of_layers_that_are_not_linked():
    with pytest.raises(KeyError):
        Parameters.zeros(SMALL).weights(INPUT.id, OUTPUT.id)


def random_edit(draw: st.DrawFn, topology: Topology) -> Topology:
    """Do one edit; one that cannot be leaves the network as it is."""
    layers = [layer.id for layer in topology.layers]
    units = list(topology.unit_place)
    layer, unit = st.sampled_from(layers), st.sampled_from(units)
    kind = draw(st.integers(0, 8))
    try:
        match kind:
            case 0:
                index = draw(st.integers(1, len(layers) - 1))
                return edits.insert_layer(topology, index, draw(st.integers(1, 3)), Activation.RELU)
            case 1:
                return edits.remove_layer(topology, draw(layer))
            case 2:
                return edits.resize_layer(topology, draw(layer), draw(st.integers(1, 5)))
            case 3:
                return edits.remove_unit(topology, draw(unit))
            case 4:
                return edits.set_activation(topology, draw(layer), draw(st.sampled_from(HIDDEN_ACTIVATIONS)))
            case 5:
                return wiring.link_layers(topology, draw(layer), draw(layer))
            case 6:
                first, second = topology.layer(draw(layer)).units, topology.layer(draw(layer)).units
                return wiring.disconnect_all(topology, product(first, second))
            case 7:
                return wiring.connect(topology, draw(unit), draw(unit))
            case _:
                pairs = list(topology.connections())
                return wiring.disconnect_all(topology, [draw(st.sampled_from(pairs))]) if pairs else topology
    except TopologyError:
        return topology


@st.composite
def edited_topologies(draw: st.DrawFn) -> list[Topology]:
    """A network, and what becomes of it edit by edit."""
    states = [draw(topologies())]
    for _ in range(draw(st.integers(1, 8))):
        states.append(random_edit(draw, states[-1]))
    return states


def named(parameters: Parameters) -> dict[object, float]:
    """Return every connection's weight by its two units, and every bias by its unit."""
    topology = parameters.topology
    weights = {
        (source, target): parameters.weight(source, target) for source, target in topology.connections()
    }
    return weights | {unit: parameters.bias(unit) for layer in topology.layers[1:] for unit in layer.units}


def check_removed_are_0(parameters: Parameters) -> None:
    mask = connection_mask(parameters.topology)
    if mask is not None:
        assert not parameters.vector[~mask].any()


@settings(max_examples=100, deadline=None)
@given(edited_topologies())
def test_what_still_exists_keeps_its_value_through_edits(states):
    old = random_parameters(states[0], 0)
    for number, topology in enumerate(states[1:], start=1):
        new = random_parameters(topology, number)
        fresh, known = named(new), named(old)
        carry_over(old, new)
        assert named(new) == {name: known.get(name, fresh[name]) for name in fresh}
        check_removed_are_0(new)
        old = new


@settings(max_examples=100, deadline=None)
@given(edited_topologies())
def test_what_is_recalled_comes_back(states):
    # From the last network back to the first one, which is remembered: all of it is there again.
    first, last = random_parameters(states[0], 0), random_parameters(states[-1], 1)
    again = random_parameters(states[0], 2)
    carry_over(first, again)
    carry_over(last, again)
    kept, remembered = named(last), named(first)
    assert named(again) == {name: kept.get(name, remembered[name]) for name in remembered}
    check_removed_are_0(again)


def test_carrying_over_into_another_precision_rounds():
    old = random_parameters(SMALL, 0)
    new = Parameters.zeros(SMALL, np.float32)
    carry_over(old, new)
    np.testing.assert_array_equal(new.vector, old.vector.astype(np.float32))


def test_new_unit_gets_initial_values_and_the_others_stay():
    grown = edits.resize_layer(SMALL, HIDDEN.id, 4)
    old = random_parameters(SMALL, 0)
    new = initialize(grown, Initializer.GLOROT_UNIFORM, 0)
    fresh = new.copy()
    carry_over(old, new)
    unit = grown.layer(HIDDEN.id).units[-1]
    assert new.weight(INPUT.units[0], unit) == fresh.weight(INPUT.units[0], unit) != 0
    assert new.bias(unit) == 0
    np.testing.assert_array_equal(new.weights(INPUT.id, HIDDEN.id)[:3], old.weights(INPUT.id, HIDDEN.id))
