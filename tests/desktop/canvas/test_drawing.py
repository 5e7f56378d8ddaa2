"""What is drawn of a network is what it is: every weight, its sign, its strength; large layers folded."""

from dataclasses import replace
from itertools import product

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QListWidget, QStyleOptionGraphicsItem
from window_driver import drag, drawn_pairs, find, press_key, settle, unit_spot

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.canvas.connections_item import MARK_SHARE, ConnectionsItem
from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.drawing.placement import FOLD_ABOVE, SHOWN_WHEN_FOLDED, place
from nn_desktop.network import wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.parameters import Parameters
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


def pen_of(item: ConnectionsItem, source: int, target: int):
    """The pen of the last line painted there, of those that show weights."""
    item._arrange()
    middle = item.middle(source, target)
    groups = [g for g in item._groups if any(near(line.center(), middle) for line in g.lines)]
    assert groups
    return groups[-1].pen


def near(a: QPointF, b: QPointF) -> bool:
    return (a - b).manhattanLength() < 1e-6


def painted(item: ConnectionsItem, zoom: float = 1.0) -> QImage:
    """The item alone, on the canvas colour; its bounds begin at (0, 0)."""
    bounds = item.boundingRect()
    image = QImage(
        int(zoom * bounds.width()) + 1, int(zoom * bounds.height()) + 1, QImage.Format.Format_RGB32
    )
    image.fill(QColor(LIGHT.canvas))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(zoom, zoom)
    painter.translate(-bounds.topLeft())
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    return image


def color_at(item: ConnectionsItem, point: QPointF) -> QColor:
    return painted(item).pixelColor((point - item.boundingRect().topLeft()).toPoint())


def is_like(color: QColor, name: str, tolerance: int = 40) -> bool:
    other = QColor(name)
    parts = zip(color.getRgb()[:3], other.getRgb()[:3], strict=True)
    return all(abs(a - b) <= tolerance for a, b in parts)


def test_every_connection_is_drawn_once_and_removed_ones_are_not(qapp):
    topology = network(2, 3, 1)
    topology = wiring.link_layers(topology, topology.layers[0].id, topology.layers[2].id)
    topology = wiring.disconnect_all(topology, [(topology.layers[0].units[0], topology.layers[1].units[2])])
    item = drawn(topology)
    assert sorted(drawn_pairs(item)) == sorted(topology.connections())
    assert sum(len(group.lines) for group in item._groups) == topology.weight_count - 2  # two are arcs


def test_a_sparse_link_has_only_the_connections_drawn_one_by_one(qapp):
    topology = network(3, 2, 2)
    hidden, output = topology.layers[1], topology.layers[2]
    topology = wiring.disconnect_all(topology, product(hidden.units, output.units))
    topology = wiring.connect(topology, hidden.units[1], output.units[0])
    item = drawn(topology)
    assert sorted(drawn_pairs(item)) == sorted(topology.connections())
    place_of_weight = item.find(hidden.units[1], output.units[0]).place
    parameters = Parameters.zeros(topology)
    parameters.set_weight(hidden.units[1], output.units[0], 7.0)
    assert parameters.vector[place_of_weight] == 7.0


def test_places_are_those_of_the_weights_also_in_folded_layers(qapp):
    topology = network(30, 25, 3)
    parameters = initialize(topology, Initializer.GLOROT_UNIFORM, 0)
    item = drawn(topology)
    pairs = drawn_pairs(item)
    assert len(pairs) == 14 * 14 + 14 * 3
    for source, target in pairs[::17]:
        found = item.find(source, target)
        assert parameters.vector[found.place] == parameters.weight(source, target)


def test_width_colour_and_dash_are_the_weight(qapp):
    topology = network(1, 4, 1)
    weights = Parameters.zeros(topology)
    weights.weights(topology.layers[0].id, topology.layers[1].id)[:, 0] = 2.0, -2.0, 0.1, -0.1
    item = drawn(topology, weights.vector)
    source = topology.layers[0].units[0]
    strong, strong_negative, weak, weak_negative = (
        pen_of(item, source, target) for target in topology.layers[1].units
    )
    assert strong.widthF() == strong_negative.widthF() > 2 * weak.widthF()
    assert weak.widthF() == weak_negative.widthF()
    assert strong.style() is Qt.PenStyle.SolidLine and weak.style() is Qt.PenStyle.SolidLine
    assert strong_negative.style() is weak_negative.style() is Qt.PenStyle.CustomDashLine
    assert strong.color().blue() > strong.color().red()
    assert strong_negative.color().red() > strong_negative.color().blue()
    assert weak.color().lightness() > strong.color().lightness()  # nearer to the light canvas


def test_a_drawing_follows_the_weights(qapp):
    topology = network(1, 2, 1)
    item = drawn(topology, np.zeros(7))
    parameters = Parameters.zeros(topology)
    parameters.vector[:] = 3.0
    source, target = topology.layers[0].units[0], topology.layers[1].units[0]
    point = item.middle(source, target)
    assert not is_like(color_at(item, point), LIGHT.positive)
    item.show_weights(parameters)
    assert is_like(color_at(item, point), LIGHT.positive)


def test_no_line_is_transparent(qapp):
    item = drawn(network(2, 8, 8, 1))
    item.set_focus(frozenset({drawn_pairs(item)[0][0]}))
    item.set_selected(frozenset(drawn_pairs(item)[:3]))
    item.set_ablation(frozenset(drawn_pairs(item)[3:5]))
    item._arrange()
    assert all(group.pen.color().alpha() == 255 for group in item._groups)


def test_weights_that_are_not_finite_are_drawn_all_the_same(qapp):
    topology = network(1, 3, 1)
    vector = Parameters.zeros(topology).vector
    vector[:3] = np.nan, np.inf, -np.inf
    item = drawn(topology, vector)
    item._arrange()
    assert sum(len(group.lines) for group in item._groups) == topology.weight_count


def test_the_pointer_finds_the_connection_beneath_it_and_none_far_away(qapp):
    topology = network(1, 2, 1)
    item = drawn(topology)
    positions = place(topology, 600, 400).positions()
    source, target = topology.layers[0].units[0], topology.layers[1].units[1]
    (x1, y1), (x2, y2) = positions[source], positions[target]
    found = item.connection_at(QPointF(0.3 * x1 + 0.7 * x2, 0.3 * y1 + 0.7 * y2 + 2))
    assert (found.source, found.target) == (source, target)
    assert item.connection_at(QPointF(x1, y1 - 150)) is None


def test_a_stroke_touches_what_it_crosses_and_what_it_comes_near(qapp):
    topology = network(2, 2, 1)
    item = drawn(topology)
    positions = place(topology, 600, 400).positions()
    upper, lower = topology.layers[0].units
    end = topology.layers[1].units[0]
    middle = item.middle(upper, end)  # level
    x = 0.9 * positions[upper][0] + 0.1 * positions[end][0]  # before other lines come near
    y = middle.y()
    assert item.connections_near([QPointF(x, y - 20), QPointF(x, y + 1)], 1) == [(upper, end)]
    assert item.connections_near([QPointF(x, y - 20), QPointF(x, y - 5)], 1) == []
    assert (upper, end) in item.connections_near([QPointF(x, y - 20), QPointF(x, y - 5)], 6)
    crossing = [QPointF(x, -300), QPointF(x, 300)]
    assert sorted(item.connections_near(crossing, 1)) == sorted(
        (s, t) for s in topology.layers[0].units for t in topology.layers[1].units
    )
    assert lower not in {s for s, _ in item.connections_near([QPointF(x, y)], 2)}  # a click alone
    assert item.connections_near([], 6) == []


def test_a_rectangle_takes_what_crosses_it_and_what_lies_within(qapp):
    topology = network(2, 2, 1)
    item = drawn(topology)
    whole = item.boundingRect()
    assert sorted(item.connections_in(whole)) == sorted(topology.connections())
    hidden, output = topology.layers[1], topology.layers[2]
    last = item.middle(hidden.units[0], output.units[0])
    assert item.connections_in(QRectF(last.x() - 3, last.y() - 3, 6, 6)) == [
        (hidden.units[0], output.units[0])
    ]
    assert item.connections_in(QRectF(whole.left() - 50, whole.top(), 20, 20)) == []


def test_what_is_not_in_focus_is_dimmed(qapp):
    topology = network(1, 3, 1)
    parameters = Parameters.zeros(topology)
    parameters.vector[:] = 1.0
    item = drawn(topology, parameters.vector)
    source = topology.layers[0].units[0]
    seen, other = topology.layers[1].units[0], topology.layers[1].units[2]
    usual = pen_of(item, source, seen)
    item.set_focus(frozenset({seen}))
    assert pen_of(item, source, seen) == usual
    assert pen_of(item, source, other).widthF() < usual.widthF()
    assert is_like(pen_of(item, source, other).color(), LIGHT.canvas)
    assert is_like(color_at(item, item.middle(source, seen)), LIGHT.positive)
    assert is_like(color_at(item, item.middle(source, other)), LIGHT.canvas)
    item.set_focus(frozenset())
    assert pen_of(item, source, other) == usual


def test_selected_hovered_and_cut_connections_are_marked(qapp):
    topology = network(1, 3, 1)
    item = drawn(topology, np.zeros(10))
    source, (first, second, third) = topology.layers[0].units[0], topology.layers[1].units
    item.set_selected(frozenset({(source, first)}))
    item.set_ablation(frozenset({(source, second)}))
    item.set_hovered(item.find(source, third))
    image, corner = painted(item), item.boundingRect().topLeft()

    def colors_across(target: int) -> list[QColor]:
        point = (item.middle(source, target) - corner).toPoint()
        return [image.pixelColor(point.x(), point.y() + dy) for dy in range(-8, 9)]

    assert any(is_like(color, LIGHT.accent, 60) for color in colors_across(first))
    assert any(is_like(color, LIGHT.accent, 60) for color in colors_across(third))
    assert not any(is_like(color, LIGHT.accent, 60) for color in colors_across(second))
    cross = (item._geometry.point(int(item._cut[0]), MARK_SHARE) - corner).toPoint()
    around = [image.pixelColor(cross.x() + d, cross.y() + d) for d in (-2, -1, 0, 1, 2)]
    assert sum(is_like(color, LIGHT.warning, 60) for color in around) >= 3
    assert pen_of(item, source, second).style() is Qt.PenStyle.DotLine


def test_marks_stay_when_the_network_is_placed_anew(qapp):
    topology = network(1, 3, 1)
    item = drawn(topology)
    pair = (topology.layers[0].units[0], topology.layers[1].units[1])
    item.set_selected(frozenset({pair}))
    item.set_network(initialize(topology, Initializer.GLOROT_UNIFORM, 0), place(topology, 300, 300))
    assert item._shown.pairs(item._selected) == [pair]


def test_frozen_connections_carry_a_mark_while_they_are_few(qapp):
    topology = network(2, 3, 1)
    pair = (topology.layers[0].units[0], topology.layers[1].units[0])
    frozen = wiring.freeze_connections(topology, [pair], True)
    for which, expected in ((topology, False), (frozen, True)):
        item = drawn(which, np.zeros(13))
        point = item._geometry.point(item._index(*pair), MARK_SHARE)
        assert is_like(color_at(item, point), LIGHT.text_muted) is expected
    layers = (topology.layers[0], replace(topology.layers[1], frozen=True), topology.layers[2])
    assert len(drawn(replace(topology, layers=layers))._frozen) == 0  # the units of the layer carry the mark
    big = network(8, 8, 1)
    pairs = [(s, t) for s in big.layers[0].units for t in big.layers[1].units]
    few, many = (wiring.freeze_connections(big, pairs[:count], True) for count in (60, 64))
    assert len(drawn(few)._frozen) == 60
    assert len(drawn(many)._frozen) == 0  # 64 marks would say nothing


def test_in_a_plain_diagram_all_connections_are_alike(qapp):
    item = drawn(network(2, 5, 1))
    item.set_plain(True)
    item._arrange()
    looks = {(g.pen.color().name(), g.pen.widthF(), g.pen.style()) for g in item._groups}
    assert len(looks) == 1
    item.set_plain(False)
    item._arrange()
    assert len(item._groups) > 1


def test_a_large_layer_is_folded_and_says_so():
    column = place(network(1, FOLD_ABOVE + 1, 1), 600, 400).columns[1]
    assert len(column.units) == SHOWN_WHEN_FOLDED
    assert column.gap_y == 0
    shown = [spot.unit for spot in column.units]
    assert shown[0] == column.layer.units[0] and shown[-1] == column.layer.units[-1]
    whole = place(network(1, FOLD_ABOVE, 1), 600, 400).columns[1]
    assert len(whole.units) == FOLD_ABOVE and whole.gap_y is None


def test_a_link_of_which_only_hidden_connections_are_left_is_a_band(qapp):
    topology = network(30, 30, 1)
    item = drawn(topology)
    assert item._hidden_bands == []
    first, second = (column.units for column in place(topology, 600, 400).columns[:2])
    shown = [(source.unit, target.unit) for source in first for target in second]
    left = wiring.disconnect_all(topology, shown)
    assert left.count(left.links[0]) == 900 - len(shown)
    item = drawn(left)
    assert len(item._hidden_bands) == 1
    assert item._hidden_bands[0].boundingRect().width() > 100
    gone = wiring.disconnect_all(left, product(left.layers[0].units, left.layers[1].units))
    assert drawn(gone)._hidden_bands == []


def click_tile(qtbot, window, name):
    gallery = find(window.docks.data, QListWidget, "data_gallery")
    tile = gallery.item(list(CATALOGUE).index(name))
    gallery.scrollToItem(tile)
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=gallery.visualItemRect(tile).center())
    settle(qtbot, window)


def test_another_dataset_brings_the_names_of_its_outputs(qtbot, window):
    def names() -> set[str]:
        items = window.canvas.network.items()
        return {item.text() for item in items if isinstance(item, QGraphicsSimpleTextItem)}

    for name, output in (("xor", "positive"), ("gaussians", "y"), ("xor", "positive")):
        click_tile(qtbot, window, name)
        assert output in names()
        assert len({"positive", "y"} & names()) == 1


def test_a_skip_connection_from_an_input_goes_with_that_input_and_undo_brings_it_back(qtbot, window):
    click_tile(qtbot, window, "xor")
    press_key(qtbot, window, "v")
    drag(qtbot, window, unit_spot(window, 0, 1), unit_spot(window, 3, 0))
    drawn_there = window.editor.topology
    assert len(drawn_there.links) == 4
    click_tile(qtbot, window, "circle")  # has x1 and x2 too
    assert window.canvas.network.topology.links == drawn_there.links
    click_tile(qtbot, window, "digits")
    assert len(window.canvas.network.topology.links) == 3
    for _ in range(2):
        press_key(qtbot, window, "z", Qt.KeyboardModifier.ControlModifier)
    assert window.canvas.network.topology == drawn_there
