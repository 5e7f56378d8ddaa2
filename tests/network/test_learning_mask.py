"""Which parameters learn: what lies on a way from an input to an output and is not frozen."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from frozen_strategies import partly_frozen
from hypothesis import given, settings

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters, connection_mask, learning_mask
from nn_desktop.network.topology import Topology, chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
INPUT, HIDDEN, OUTPUT = SMALL.layers
(X1, X2), (H1, H2, H3), (Y,) = (layer.units for layer in SMALL.layers)


def ways_through(topology: Topology) -> list[tuple[int, ...]]:
    """Every way along connections from an input unit to an output unit."""
    connections = list(topology.connections())
    outputs = topology.layers[-1].units
    ways, open_ends = [], [(unit,) for unit in topology.layers[0].units]
    while open_ends:
        ways += [way for way in open_ends if way[-1] in outputs]
        open_ends = [
            (*way, target) for way in open_ends for source, target in connections if source == way[-1]
        ]
    return ways


def learning_by_definition(topology: Topology) -> Parameters:
    """1 where a parameter learns, 0 elsewhere."""
    ways = ways_through(topology)
    on_a_way = {pair for way in ways for pair in pairwise(way)}
    units_on_a_way = {unit for way in ways for unit in way}
    expected = Parameters.zeros(topology)
    for layer in topology.layers[1:]:
        for unit in layer.units:
            is_of_use = unit in units_on_a_way or layer is topology.layers[-1]
            expected.set_bias(unit, float(is_of_use and not layer.frozen))
    for link in topology.links:
        frozen_layer = topology.layer(link.target).frozen
        for pair in on_a_way:
            if pair[0] in topology.layer(link.source).units and pair[1] in topology.layer(link.target).units:
                expected.set_weight(*pair, float(not frozen_layer and pair not in link.frozen))
    return expected


@settings(max_examples=120, deadline=None)
@given(partly_frozen())
def test_learning_mask_is_as_it_is_defined(topology):
    mask = learning_mask(topology)
    expected = learning_by_definition(topology).vector != 0
    if mask is None:
        assert expected.all()
    else:
        np.testing.assert_array_equal(mask, expected)


@settings(max_examples=60, deadline=None)
@given(partly_frozen())
def test_what_is_not_there_does_not_learn(topology):
    there, learns = connection_mask(topology), learning_mask(topology)
    if there is not None:
        assert not (learns & ~there).any()


def learns(topology: Topology) -> list[int]:
    """Layer by layer, row by row, the bias last in its row."""
    mask = learning_mask(topology)
    assert mask is not None
    return mask.astype(int).tolist()


def test_a_network_that_learns_as_a_whole_has_no_mask():
    assert learning_mask(SMALL) is None


def test_a_removed_connection_does_not_learn():
    # Rows of the hidden layer: x1, x2, bias; row of the output: h1, h2, h3, bias.
    assert learns(wiring.disconnect_all(SMALL, [(X2, H1)])) == [1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]


def test_a_frozen_connection_does_not_learn_and_its_unit_does():
    assert learns(wiring.freeze_connections(SMALL, [(X1, H2)], True)) == [1] * 3 + [0, 1, 1] + [1] * 7


def test_a_frozen_layer_learns_neither_weights_nor_biases():
    assert learns(edits.freeze_layer(SMALL, HIDDEN.id, True)) == [0] * 9 + [1] * 4
    assert learns(edits.freeze_layer(SMALL, OUTPUT.id, True)) == [1] * 9 + [0] * 4


def test_a_dead_end_does_not_learn_at_all():
    assert learns(wiring.disconnect_all(SMALL, [(H2, Y)])) == [1] * 3 + [0] * 3 + [1] * 3 + [1, 0, 1, 1]


def test_a_unit_that_no_input_reaches_learns_neither_its_bias_nor_its_connections_on():
    topology = wiring.disconnect_all(SMALL, [(X1, H2), (X2, H2)])
    assert learns(topology) == [1] * 3 + [0] * 3 + [1] * 3 + [1, 0, 1, 1]


def test_output_biases_learn_even_where_nothing_reaches_them():
    # No links: three hidden biases and one of the output are all there is.
    assert learns(replace(SMALL, links=())) == [0, 0, 0, 1]


def test_connections_of_a_sparse_link_learn_alone():
    topology = wiring.connect(SMALL, X2, Y)
    # The output's row: x1, x2, h1, h2, h3, bias.
    assert learns(topology) == [1] * 9 + [0, 1, 1, 1, 1, 1]
