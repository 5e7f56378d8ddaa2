"""Weights written on their lines and biases at their units."""

from itertools import combinations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QToolButton
from window_driver import find, settle, show_layers

from nn_desktop.desktop.canvas.diagram import to_image
from nn_desktop.desktop.look.numbers import editable_number
from nn_desktop.drawing.options import DiagramOptions


@pytest.fixture
def labels(window):
    return window.canvas.network.drawing.numbers


@pytest.fixture
def switch(qtbot, window):
    def press() -> None:
        window.canvas.setFocus()
        qtbot.keyClick(window.canvas, Qt.Key.Key_W)
        window.canvas.grab()

    return press


def all_numbers(window) -> list[str]:
    parameters = window.trainer.snapshot.parameters
    topology = parameters.topology
    weights = [editable_number(parameters.weight(*pair), 3) for pair in topology.connections()]
    units = [unit for layer in topology.layers[1:] for unit in layer.units]
    return weights + [f"b = {editable_number(parameters.bias(unit), 3)}" for unit in units]


def test_in_a_small_network_every_weight_and_bias_is_written(qtbot, window, labels, switch):
    show_layers(qtbot, window, "1-2-1")
    assert not labels.isVisible()
    switch()
    assert labels.isVisible()
    assert sorted(labels.texts()) == sorted(all_numbers(window))
    for _ in range(3):
        window.trainer.step_update()
    settle(qtbot, window)
    assert sorted(labels.texts()) == sorted(all_numbers(window))
    assert "b = 0" not in labels.texts()
    switch()
    assert not labels.isVisible()


def test_the_button_and_the_key_are_one_switch_that_is_remembered(qtbot, window, open_window, switch):
    button = find(window, QToolButton, "numbers_on_lines_button")
    assert not button.isChecked()
    switch()
    assert button.isChecked()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not window.canvas.network.shows_numbers
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert open_window().canvas.network.shows_numbers


@pytest.mark.parametrize("layers", ["1-4-4-1", "1-8-8-8-1", "1-40-40-1"])
@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.5])
def test_no_number_covers_a_unit_another_number_or_the_line_of_another(
    qtbot, window, labels, switch, layers, zoom
):
    show_layers(qtbot, window, layers)
    switch()
    window.canvas.zoom(zoom)
    window.canvas.grab()
    rects, network = labels.rects(), window.canvas.network
    assert len(rects) >= 2
    for one, other in combinations(rects, 2):
        assert not one.adjusted(1, 1, -1, -1).intersects(other)
    r = network.placement.radius
    for x, y in network.placement.positions().values():
        unit = QRectF(x - r, y - r, 2 * r, 2 * r)
        assert not any(rect.adjusted(0.1, 0.1, -0.1, -0.1).intersects(unit) for rect in rects)
    for rect, text in zip(rects, labels.texts(), strict=True):
        if not text.startswith("b"):
            assert len(network.drawing.connections.connections_in(rect)) == 1 or "40" in layers


def test_of_many_lines_those_of_the_selected_unit_are_written(qtbot, window, labels, switch):
    show_layers(qtbot, window, "1-6-6-1")
    switch()
    unit = window.editor.topology.layers[2].units[2]
    window.selection.select_unit(unit)
    window.canvas.grab()
    parameters = window.trainer.snapshot.parameters
    own = {editable_number(parameters.weight(*p), 3) for p in window.editor.topology.connections_of(unit)}
    written = {text for text in labels.texts() if not text.startswith("b")}
    assert written == own


def test_pictures_that_are_taken_away_have_the_numbers_too(qtbot, window, switch):
    show_layers(qtbot, window, "1-2-1")

    def picture():
        return to_image(
            window.canvas.network.subject(window.trainer.snapshot), DiagramOptions(), window.font()
        )

    without = picture()
    switch()
    assert picture() != without
    switch()
    assert picture() == without
