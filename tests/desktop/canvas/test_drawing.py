"""What is drawn of a network is what it is: every weight, its sign, its strength; large layers folded."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage

from nn_desktop.data.catalogue import default_settings, load
from nn_desktop.desktop.canvas.connections_item import SHADES, ConnectionsItem
from nn_desktop.desktop.canvas.unit_pictures import MAP_SIDE, unit_pictures
from nn_desktop.desktop.colors import LIGHT
from nn_desktop.network import wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.placement import FOLD_ABOVE, SHOWN_WHEN_FOLDED, place
from nn_desktop.network.topology import Topology, chain


def network(*sizes: int) -> Topology:
    return chain(sizes, (Activation.TANH,) * (len(sizes) - 2) + (Activation.IDENTITY,))


def drawn(topology: Topology, vector: np.ndarray | None = None) -> ConnectionsItem:
    parameters = initialize(topology, Initializer.GLOROT_UNIFORM, 0)
    if vector is not None:
        parameters = Parameters(topology, vector)
    item = ConnectionsItem(LIGHT)
    item.set_network(parameters, place(topology, 600, 400))
    return item


def pen_of(item: ConnectionsItem, index: int):
    group = next(number for number, group in enumerate(item._groups) if index in group)
    return item._pens[group]


def test_every_connection_is_drawn_once_and_removed_ones_are_not():
    topology = network(2, 3, 1)
    topology = wiring.link_layers(topology, topology.layers[0].id, topology.layers[2].id)
    topology = wiring.disconnect(topology, topology.layers[0].units[0], topology.layers[1].units[2])
    item = drawn(topology)
    pairs = sorted((connection.source, connection.target) for connection in item._connections)
    assert pairs == sorted(topology.connections())
    assert sorted(index for group in item._groups for index in group) == list(range(len(pairs)))


def test_width_colour_and_dash_are_the_weight(qapp):
    topology = network(1, 4, 1)
    weights = Parameters.zeros(topology)
    weights.weights(topology.layers[0].id, topology.layers[1].id)[:, 0] = 2.0, -2.0, 0.1, -0.1
    item = drawn(topology, weights.vector)
    strong, strong_negative, weak, weak_negative = (pen_of(item, index) for index in range(4))
    assert strong.widthF() == strong_negative.widthF() > 2 * weak.widthF()
    assert weak.widthF() == weak_negative.widthF()
    assert strong.style() is Qt.PenStyle.SolidLine and weak.style() is Qt.PenStyle.SolidLine
    assert strong_negative.style() is weak_negative.style() is Qt.PenStyle.CustomDashLine
    assert strong.color().blue() > strong.color().red()
    assert strong_negative.color().red() > strong_negative.color().blue()
    assert weak.color().lightness() > strong.color().lightness()  # nearer to the light canvas


def test_weights_that_are_not_finite_are_drawn_all_the_same(qapp):
    topology = network(1, 3, 1)
    vector = Parameters.zeros(topology).vector
    vector[:3] = np.nan, np.inf, -np.inf
    item = drawn(topology, vector)
    assert sum(len(group) for group in item._groups) == topology.weight_count
    assert len(item._groups) == 2 * SHADES


def test_the_pointer_finds_the_connection_beneath_it_and_none_far_away(qapp):
    topology = network(1, 2, 1)
    item = drawn(topology)
    positions = place(topology, 600, 400).positions()
    source, target = topology.layers[0].units[0], topology.layers[1].units[1]
    (x1, y1), (x2, y2) = positions[source], positions[target]
    found = item.connection_at(QPointF(0.3 * x1 + 0.7 * x2, 0.3 * y1 + 0.7 * y2 + 2))
    assert (found.source, found.target) == (source, target)
    assert item.connection_at(QPointF(x1, y1 - 150)) is None


def test_a_large_layer_is_folded_and_says_so():
    column = place(network(1, FOLD_ABOVE + 1, 1), 600, 400).columns[1]
    assert len(column.units) == SHOWN_WHEN_FOLDED
    assert column.gap_y == 0
    shown = [spot.unit for spot in column.units]
    assert shown[0] == column.layer.units[0] and shown[-1] == column.layer.units[-1]
    whole = place(network(1, FOLD_ABOVE, 1), 600, 400).columns[1]
    assert len(whole.units) == FOLD_ABOVE and whole.gap_y is None


@pytest.mark.parametrize(("dataset", "kind"), [("circle", QImage), ("sine", None), ("iris", ())])
def test_units_show_what_they_compute(qapp, dataset, kind):
    data = load(default_settings(dataset))
    topology = network(data.input_count, 3, data.output_count)
    parameters = initialize(topology, Initializer.GLOROT_UNIFORM, 0)
    shown = {unit for layer in topology.layers for unit in layer.units}
    pictures = unit_pictures(parameters, data, LIGHT, shown)
    if kind == ():
        assert pictures == {}
        return
    assert set(pictures) == shown
    first = pictures[topology.layers[0].units[0]]
    if kind is QImage:  # x1 grows from left to right: orange to blue
        left, right = first.pixelColor(3, MAP_SIDE // 2), first.pixelColor(MAP_SIDE - 4, MAP_SIDE // 2)
        assert left.red() > left.blue() and right.blue() > right.red()
    else:  # x itself: a rising line, y downwards
        assert first[0].y() == pytest.approx(1) and first[first.size() - 1].y() == pytest.approx(-1)
