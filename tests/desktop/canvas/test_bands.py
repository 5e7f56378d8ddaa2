"""So many lines that nobody could tell them apart are a band, and the strongest weights upon it."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem
from window_driver import drawn_pairs

from nn_desktop.desktop.canvas.bands import ARCS_IN_BAND, LINES_IN_BAND
from nn_desktop.desktop.canvas.connections_item import ConnectionsItem
from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.drawing.placement import place
from nn_desktop.network import wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.topology import Topology, chain


def network(*sizes: int) -> Topology:
    return chain(sizes, (Activation.TANH,) * (len(sizes) - 2) + (Activation.IDENTITY,))


def drawn(topology: Topology, unfold: bool = True) -> tuple[ConnectionsItem, object]:
    unfolded = frozenset(layer.id for layer in topology.layers) if unfold else frozenset()
    item = ConnectionsItem(LIGHT)
    parameters = initialize(topology, Initializer.GLOROT_UNIFORM, 0)
    item.set_network(parameters, place(topology, 600, 400, unfolded=unfolded))
    return item, parameters


def paint(item: ConnectionsItem, zoom: float) -> QImage:
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.canvas))
    painter = QPainter(image)
    painter.scale(zoom, zoom)
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    return image


@pytest.mark.parametrize(
    ("sizes", "unfold", "zoom", "bands"),
    [
        ((8, 8, 1), False, 1.0, 0),
        ((64, 128, 10), False, 1.0, 0),  # folded: 14 of each
        ((20, 20, 1), False, 1.0, 0),
        ((64, 64, 1), True, 1.0, 1),
        ((60, 60, 1), True, 1.0, 1),
        ((20, 20, 1), False, 0.3, 1),  # zoomed far out
        ((8, 8, 1), False, 0.1, 0),  # a few lines are never too many
        ((784, 16, 1), True, 3.0, 1),  # however near one comes
    ],
)
def test_density_decides(qapp, sizes, unfold, zoom, bands):
    item, _ = drawn(network(*sizes), unfold)
    paint(item, zoom)
    assert len(item._bands) == bands


def test_upon_a_band_are_the_strongest_weights_and_they_are_found(qapp):
    topology = network(64, 64, 1)
    item, parameters = drawn(topology)
    paint(item, 1.0)
    first, second = topology.layers[0], topology.layers[1]
    upon = [pair for pair in drawn_pairs(item) if pair[0] in first.units]
    assert len(upon) == LINES_IN_BAND
    drawn_least = min(abs(parameters.weight(*pair)) for pair in upon)
    all_weights = np.sort(np.abs(parameters.weights(first.id, second.id)).ravel())
    assert drawn_least == all_weights[-LINES_IN_BAND]
    middle = item.middle(*upon[0])
    x1, y1 = item._shown.ends[item._index(*upon[0])][:2]
    near_source = QPointF(0.8 * x1 + 0.2 * middle.x(), 0.8 * y1 + 0.2 * middle.y())
    found = item.connection_at(near_source, 1.0)
    assert found is not None and (found.source, found.target) in upon
    assert len(item.connections_in(item.boundingRect())) == topology.weight_count


def test_the_band_is_filled_quietly_and_gone_when_one_comes_near(qapp):
    item, _ = drawn(network(20, 20, 1), False)
    paint(item, 0.3)
    shape = item._bands[0]
    assert item.boundingRect().contains(shape.boundingRect())
    canvas, band = QColor(LIGHT.canvas), item._band_color
    assert band.alpha() == 255 and 5 < canvas.lightness() - band.lightness() < 40
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.fill(canvas)
    painter = QPainter(image)
    painter.translate(10, 200)
    painter.scale(0.3, 0.3)
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    names = {image.pixelColor(x, 200 + dy).name() for x in range(20, 60) for dy in range(-60, 60, 3)}
    assert band.name() in names
    paint(item, 1.0)
    assert item._bands == []


def test_what_is_marked_or_in_focus_is_drawn_though_it_is_weak(qapp):
    topology = network(64, 64, 1)
    item, _ = drawn(topology)
    paint(item, 1.0)
    hidden = set(topology.connections()) - set(drawn_pairs(item))
    pair = next(iter(hidden))
    item.set_selected(frozenset({pair}))
    assert pair in drawn_pairs(item)
    item.set_selected(frozenset())
    assert pair not in drawn_pairs(item)
    item.set_focus(frozenset({pair[1]}))
    of_unit = [drawn for drawn in drawn_pairs(item) if drawn[0] in topology.layers[0].units]
    assert sorted(of_unit) == sorted((s, pair[1]) for s in topology.layers[0].units)


def test_many_skip_connections_are_a_band_too(qapp):
    topology = network(12, 12, 12, 1)
    topology = wiring.link_layers(topology, topology.layers[0].id, topology.layers[2].id)
    item, _ = drawn(topology)
    paint(item, 1.0)
    assert len(item._bands) == 1
    assert len(drawn_pairs(item)) == 2 * 144 + 12 + ARCS_IN_BAND
    assert item.boundingRect().contains(item._bands[0].boundingRect())
