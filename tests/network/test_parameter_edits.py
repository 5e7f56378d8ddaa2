"""Numbers put into a network, and taken back."""

import numpy as np
from strategies import random_parameters

from nn_desktop.network import edits, fragment, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameter_edits import FragmentNumbers, TypedNumbers
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
INPUT, HIDDEN, OUTPUT = SMALL.layers
(X1, X2), (H1, H2, H3), (Y,) = (layer.units for layer in SMALL.layers)


def counting() -> Parameters:
    """0 to 12: rows of the hidden layer (x1, x2, bias), then the row of the output (h1, h2, h3, bias)."""
    return Parameters(SMALL, np.arange(13.0))


def test_typed_numbers_are_put_at_their_places():
    parameters = counting()
    TypedNumbers(weights=(((X2, H1), -1.0), ((H3, Y), -2.0)), biases=((H2, -3.0), (Y, -4.0))).put(parameters)
    assert parameters.vector.tolist() == [0, -1, 2, 3, 4, -3, 6, 7, 8, 9, 10, -2, -4]


def test_typed_numbers_are_taken_back_and_what_was_learned_elsewhere_stays():
    typed = TypedNumbers(weights=(((X2, H1), -1.0),), biases=((H2, -3.0),))
    before, parameters = counting(), counting()
    typed.put(parameters)
    parameters.vector += 100
    typed.take_back(parameters, before)
    assert parameters.vector.tolist() == [100, 1, 102, 103, 104, 5, *range(106, 113)]
    assert before.vector.tolist() == list(range(13))


def test_no_numbers_change_nothing():
    parameters = counting()
    TypedNumbers().put(parameters)
    TypedNumbers().take_back(parameters, random_parameters(SMALL, 0))
    assert parameters.vector.tolist() == list(range(13))


def test_numbers_typed_into_skip_connections_lie_in_the_order_of_the_layers():
    skipping = wiring.link_layers(SMALL, INPUT.id, OUTPUT.id)
    parameters = Parameters.zeros(skipping)
    TypedNumbers(weights=(((X2, Y), 5.0), ((H1, Y), 6.0))).put(parameters)
    assert parameters.matrix(OUTPUT.id).tolist() == [[0, 5, 6, 0, 0, 0]]


def test_numbers_of_inserted_layers_come_along():
    part = fragment.take(SMALL, [HIDDEN.id], counting())
    topology, ids = fragment.insert(SMALL, 2, part)
    parameters = Parameters.zeros(topology)
    FragmentNumbers(part, ids).put(parameters)
    assert parameters.biases(ids[HIDDEN.id]).tolist() == [2, 5, 8]
    assert np.count_nonzero(parameters.vector) == 3


def test_taking_inserted_layers_back_changes_nothing_of_what_was_there():
    part = fragment.take(SMALL, [HIDDEN.id], counting())
    _, ids = fragment.insert(SMALL, 2, part)
    parameters = random_parameters(SMALL, 1)
    learned = parameters.vector.copy()
    FragmentNumbers(part, ids).take_back(parameters, counting())
    np.testing.assert_array_equal(parameters.vector, learned)


def test_numbers_of_a_whole_network_come_along():
    whole = fragment.take(SMALL, [layer.id for layer in SMALL.layers], counting())
    topology, ids = fragment.replace_network(SMALL, whole)
    parameters = Parameters.zeros(topology)
    FragmentNumbers(whole, ids).put(parameters)
    assert parameters.vector.tolist() == list(range(13))


def test_taking_a_whole_network_back_gives_its_ends_the_numbers_of_before():
    # With a skip link, two outputs of which the pasted network had one, and a hidden layer that is new.
    wide = edits.fit_ends(wiring.link_layers(SMALL, INPUT.id, OUTPUT.id), 2, 2, Activation.IDENTITY)
    whole = fragment.take(SMALL, [layer.id for layer in SMALL.layers], counting())
    _, ids = fragment.replace_network(wide, whole)
    before, parameters = random_parameters(wide, 0), random_parameters(wide, 1)
    learned = parameters.copy()
    FragmentNumbers(whole, ids).take_back(parameters, before)
    first, second = wide.layers[-1].units
    assert parameters.bias(first) == before.bias(first)
    assert parameters.weight(X1, first) == before.weight(X1, first)
    assert parameters.weight(X2, first) == before.weight(X2, first)
    assert parameters.bias(second) == learned.bias(second)
    assert parameters.weight(X1, second) == learned.weight(X1, second)
    assert parameters.weight(H1, first) == learned.weight(H1, first)
    np.testing.assert_array_equal(parameters.matrix(HIDDEN.id), learned.matrix(HIDDEN.id))


def test_the_numbers_at_the_places_of_typed_ones_put_back_what_was_there():
    typed = TypedNumbers(weights=(((X2, H1), -1.0),), biases=((H2, -3.0),))
    parameters = counting()
    kept = typed.of(parameters)
    assert kept == TypedNumbers(weights=(((X2, H1), 1.0),), biases=((H2, 5.0),))
    typed.put(parameters)
    kept.put(parameters)
    np.testing.assert_array_equal(parameters.vector, counting().vector)
