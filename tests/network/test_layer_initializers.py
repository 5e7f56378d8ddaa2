"""A layer with an initializer of its own leaves the draws of all others as they are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import topologies

from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.initializers import initialize
from nn_desktop.network.topology import TopologyError, chain

DEEP = chain((3, 40, 50, 2), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
INPUT, FIRST, SECOND, OUTPUT = DEEP.layers
SEEDS = (7, [7, 3])


@settings(max_examples=80, deadline=None)
@given(topologies(), st.sampled_from(Initializer), st.sampled_from(Initializer), st.integers(0, 9), st.data())
def test_other_layers_start_as_they_did(topology, common, own, seed, data):
    layer = data.draw(st.sampled_from(topology.layers[1:]))
    plain = initialize(topology, common, seed)
    special = initialize(edits.set_initializer(topology, layer.id, own), common, seed)
    for other in topology.layers[1:]:
        if other is not layer:
            np.testing.assert_array_equal(special.matrix(other.id), plain.matrix(other.id))
    assert not special.biases(layer.id).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_layer_of_zeros_among_others(seed):
    topology = edits.set_initializer(DEEP, SECOND.id, Initializer.ZEROS)
    plain, special = (initialize(t, Initializer.GLOROT_UNIFORM, seed) for t in (DEEP, topology))
    assert not special.matrix(SECOND.id).any()
    assert plain.weights(FIRST.id, SECOND.id).all()
    np.testing.assert_array_equal(special.matrix(OUTPUT.id), plain.matrix(OUTPUT.id))


@pytest.mark.parametrize("seed", SEEDS)
def test_its_own_initializer_has_its_variance(seed):
    # 40 inputs: He has 2/40, LeCun 1/40.
    topology = edits.set_initializer(DEEP, SECOND.id, Initializer.HE_NORMAL)
    weights = initialize(topology, Initializer.LECUN_UNIFORM, seed).weights(FIRST.id, SECOND.id)
    assert weights.std() == pytest.approx(np.sqrt(2 / 40), rel=0.05)


def test_the_draw_depends_on_the_seed_and_on_nothing_else():
    topology = edits.set_initializer(DEEP, SECOND.id, Initializer.NORMAL)
    one, again, other = (initialize(topology, Initializer.ZEROS, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.vector, again.vector)
    assert (one.weights(FIRST.id, SECOND.id) != other.weights(FIRST.id, SECOND.id)).all()


def test_two_layers_with_initializers_of_their_own_are_drawn_apart():
    square = chain((4, 4, 4), (Activation.TANH,) * 2)
    for layer in square.layers[1:]:
        square = edits.set_initializer(square, layer.id, Initializer.NORMAL)
    first, second = (initialize(square, Initializer.ZEROS, 0).matrix(layer.id) for layer in square.layers[1:])
    assert (first[:, :-1] != second[:, :-1]).all()


def test_an_initializer_can_be_taken_away_again():
    topology = edits.set_initializer(DEEP, SECOND.id, Initializer.NORMAL)
    assert topology.layers == (INPUT, FIRST, replace(SECOND, initializer=Initializer.NORMAL), OUTPUT)
    assert edits.set_initializer(topology, SECOND.id, None) == DEEP


def test_the_input_layer_has_no_weights_to_start():
    with pytest.raises(TopologyError, match="no weights"):
        edits.set_initializer(DEEP, INPUT.id, Initializer.NORMAL)
