"""Where units stand, by hand; what is moved moves by its offset alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import topologies

from nn_desktop.drawing.placement import (
    AUTOMATIC,
    FOLD_ABOVE,
    MAX_PITCH,
    MAX_RADIUS,
    MAX_STEP,
    MIN_PITCH,
    MIN_STEP,
    Layout,
    place,
)
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import chain

SMALL = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
INPUT, HIDDEN, OUTPUT = SMALL.layers
(X1, X2), (H1, H2, H3), (Y,) = (layer.units for layer in SMALL.layers)
offsets = st.tuples(st.integers(-50, 50).map(float), st.integers(-50, 50).map(float))


def test_layers_stand_side_by_side_and_are_centred():
    # Three units in 100 points: 50 apart. Three layers in 400: 200 apart.
    placement = place(SMALL, 400, 100)
    assert placement.positions() == {
        X1: (0, -25),
        X2: (0, 25),
        H1: (200, -50),
        H2: (200, 0),
        H3: (200, 50),
        Y: (400, 0),
    }
    assert (placement.pitch, placement.top, placement.bottom) == (50, -50, 50)
    assert placement.radius == pytest.approx(0.42 * 50)
    assert placement.extent() == (0, 400, -50, 50)


def test_much_room_is_not_all_used_and_little_room_is_left():
    wide, narrow = place(SMALL, 5000, 5000), place(SMALL, 10, 10)
    assert (wide.pitch, wide.radius) == (MAX_PITCH, MAX_RADIUS)
    assert [column.x for column in wide.columns] == [0, MAX_STEP, 2 * MAX_STEP]
    assert narrow.pitch == MIN_PITCH
    assert [column.x for column in narrow.columns] == [0, MIN_STEP, 2 * MIN_STEP]


def test_a_moved_layer_takes_its_units_along():
    placement = place(SMALL, 400, 100, Layout(layers={HIDDEN.id: (10, -5)}))
    still = place(SMALL, 400, 100).positions()
    positions = placement.positions()
    assert [positions[unit] for unit in (H1, H2, H3)] == [(210, -55), (210, -5), (210, 45)]
    assert {unit: positions[unit] for unit in (X1, X2, Y)} == {unit: still[unit] for unit in (X1, X2, Y)}
    assert (placement.columns[1].x, placement.columns[1].dy) == (210, -5)
    assert placement.extent() == (0, 400, -55, 50)


def test_a_moved_unit_moves_from_where_its_layer_is():
    layout = Layout(layers={HIDDEN.id: (10, -5)}, units={H2: (1, 2), Y: (100, 300)})
    placement = place(SMALL, 400, 100, layout)
    assert placement.positions()[H2] == (211, -3)
    assert placement.positions()[H1] == (210, -55)
    assert placement.columns[1].x == 210
    assert placement.columns[2].x == 400
    assert placement.extent() == (0, 500, -55, 300)


def test_offsets_of_what_is_not_there_any_more_are_of_no_account():
    assert place(SMALL, 400, 100, Layout({99: (1, 1)}, {98: (1, 1)})) == place(SMALL, 400, 100)


@given(topologies(), st.data())
def test_every_unit_stands_at_its_own_place_plus_both_offsets(topology, data):
    layers = data.draw(st.dictionaries(st.sampled_from([*topology.layer_index]), offsets))
    units = data.draw(st.dictionaries(st.sampled_from([*topology.unit_place]), offsets))
    here = place(topology, 300, 200, Layout(layers, units)).positions()
    for unit, (x, y) in place(topology, 300, 200, AUTOMATIC).positions().items():
        moves = (layers.get(topology.layer_of_unit(unit).id, (0, 0)), units.get(unit, (0, 0)))
        assert here[unit] == pytest.approx((x + sum(m[0] for m in moves), y + sum(m[1] for m in moves)))


def test_a_large_layer_is_folded_and_shows_its_ends():
    large = chain((1, FOLD_ABOVE + 1, 1), (Activation.TANH, Activation.IDENTITY))
    layer = large.layers[1]
    column = place(large, 400, 140).columns[1]
    # 7 units, the gap, 7 units: 15 slots. 140 points would be 10 for each: it takes the least pitch.
    assert [spot.unit for spot in column.units] == [*layer.units[:7], *layer.units[-7:]]
    assert column.gap_y == 0
    assert [spot.y for spot in column.units] == [MIN_PITCH * step for step in (*range(-7, 0), *range(1, 8))]


def test_a_folded_layer_that_was_moved_moves_its_gap_too():
    large = chain((1, 30, 1), (Activation.TANH, Activation.IDENTITY))
    column = place(large, 400, 140, Layout({large.layers[1].id: (3, 8)})).columns[1]
    assert column.gap_y == 8
    assert (column.units[0].x, column.units[0].y) == (203, -7 * MIN_PITCH + 8)


def test_an_unfolded_layer_shows_all_its_units():
    large = chain((1, 30, 25, 1), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
    unfolded = frozenset({large.layers[1].id})
    placement = place(large, 400, 29 * 30, unfolded=unfolded)
    assert [len(column.units) for column in placement.columns] == [1, 30, 14, 1]
    assert [column.gap_y is None for column in placement.columns] == [True, True, False, True]
    assert placement.pitch == 30
    assert (placement.columns[1].units[0].y, placement.columns[1].units[-1].y) == (-14.5 * 30, 14.5 * 30)


def test_a_layer_of_as_many_as_may_be_is_not_folded():
    column = place(chain((1, FOLD_ABOVE), (Activation.TANH,)), 400, 140).columns[1]
    assert (len(column.units), column.gap_y) == (FOLD_ABOVE, None)


def test_where_things_stand_has_nothing_to_do_with_links():
    assert place(replace(SMALL, links=()), 400, 100) == place(SMALL, 400, 100)
