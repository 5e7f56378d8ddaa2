"""Each gesture of the mouse does what it shows, at 1× and at 2×, and is undone and redone exactly."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from window_driver import (
    button_point,
    click_at,
    connection_spot,
    drag,
    find,
    gap_spot,
    move_to,
    picture_of,
    press_at,
    press_key,
    release_at,
    settle,
    show_at,
    show_layers,
    title_spot,
    undo_and_redo,
    unit_spot,
    warning_of,
)

from nn_desktop.desktop.document.editor import NEW_LAYER_UNITS
from nn_desktop.drawing.placement import MIN_PITCH

LEFT = Qt.MouseButton.LeftButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def take(qtbot, window, tool: str) -> None:
    """Take a tool by its key, and see that its button shows it."""
    keys = {"select": "v", "unit": "u", "layer": "l", "connect": "c", "erase": "e"}
    qtbot.keyClick(window.canvas, keys[tool])
    assert window.canvas.tool == tool
    checked = [name for name in keys if find(window, object, f"tool_{name}_button").isChecked()]
    assert checked == [tool]


def click_twice(qtbot, window, first: QPointF, second: QPointF) -> None:
    """Click twice so fast that the second press is that of a double click."""
    viewport, places = window.canvas.viewport(), [window.canvas.mapFromScene(p) for p in (first, second)]
    qtbot.mouseClick(viewport, LEFT, pos=places[0])
    qtbot.mouseDClick(viewport, LEFT, pos=places[1])
    qtbot.mouseRelease(viewport, LEFT, pos=places[1])
    settle(qtbot, window)


def pairs(topology) -> set:
    return set(topology.connections())


# Units and layers are drawn.


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_click_with_the_unit_tool_puts_a_unit_there_in_its_column(qtbot, window, topology, scale, place):
    show_layers(qtbot, window, "1-3-2-1")
    before, layer = topology(), topology().layers[1]
    take(qtbot, window, "unit")
    y = unit_spot(window, 1, min(place, 2)).y() + (30 if place == 3 else -30)
    point = QPointF(unit_spot(window, 1, 0).x(), y)
    show_at(window, scale, point)
    click_at(qtbot, window, point)
    units = topology().layers[1].units
    assert topology().sizes == (1, 4, 2, 1)
    assert units[:place] + units[place + 1 :] == layer.units
    assert units[place] not in before.unit_place
    undo_and_redo(qtbot, window, before)


def test_a_drag_with_the_unit_tool_puts_several_units_into_a_column(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-2-2-1")
    before = topology()
    take(qtbot, window, "unit")
    start = unit_spot(window, 2, 0)
    stop = start + QPointF(0, 2 * MIN_PITCH)
    show_at(window, scale, start, stop)
    drag(qtbot, window, start, stop)
    assert topology().sizes == (1, 2, 5, 1)
    undo_and_redo(qtbot, window, before)


@pytest.mark.parametrize(("tool", "units"), [("unit", 1), ("layer", NEW_LAYER_UNITS)])
def test_a_click_between_two_columns_makes_a_layer(qtbot, window, topology, scale, tool, units):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    take(qtbot, window, tool)
    point = gap_spot(window, 2)
    show_at(window, scale, point)
    click_at(qtbot, window, point)
    assert topology().sizes == (1, 3, units, 2, 1)
    assert window.selection.layer == topology().layers[2].id
    undo_and_redo(qtbot, window, before)


def test_a_drag_with_the_layer_tool_makes_as_many_units_as_it_shows(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    take(qtbot, window, "layer")
    start = gap_spot(window, 1)
    show_at(window, scale, start, start + QPointF(0, 4 * MIN_PITCH))
    drag(qtbot, window, start, start + QPointF(0, 4 * MIN_PITCH))
    assert topology().sizes == (1, 5, 3, 2, 1)
    undo_and_redo(qtbot, window, before)


def test_with_the_select_tool_a_double_click_draws(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    for sizes in ((1, 4, 2, 1), (1, 4, 2, NEW_LAYER_UNITS, 1)):
        above = unit_spot(window, 1, 0) - QPointF(0, 32)
        point = above if len(sizes) == 4 else gap_spot(window, 3)
        show_at(window, scale, point)
        click_twice(qtbot, window, point, point)
        assert topology().sizes == sizes
    undo_and_redo(qtbot, window, before, steps=2)
    after, point = topology(), unit_spot(window, 0, 0) + QPointF(0, 60)
    show_at(window, scale, point)
    click_twice(qtbot, window, point, point)
    assert "has 2 units, but the dataset" in warning_of(window) and topology() is after


def test_a_layer_on_a_layer_and_a_unit_outside_the_ends_are_explained(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    for tool, layer, offset, why in (
        ("layer", 1, 0, "There is a layer already"),
        ("unit", 0, -40, "begins with its inputs"),
        ("unit", 0, 0, "has 2 units, but the dataset"),
        ("layer", 3, 40, "ends with its outputs"),
    ):
        take(qtbot, window, tool)
        point = QPointF(unit_spot(window, layer, 0).x() + offset, 50)
        show_at(window, scale, point)
        click_at(qtbot, window, point)
        assert why in warning_of(window), (tool, layer)
    assert topology() is before and window.document.undo_stack.count() == 0
    assert window.selection.is_empty


def test_plus_and_minus_stand_under_each_hidden_layer(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-2-1-1")
    before = topology()
    for name, sizes in (
        ("add_unit_1", (1, 3, 1, 1)),
        ("add_unit_2", (1, 3, 2, 1)),
        ("remove_unit_1", (1, 2, 2, 1)),
        ("remove_unit_2", (1, 2, 1, 1)),
    ):
        show_at(window, scale, window.canvas.mapToScene(button_point(window, name)))
        qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=button_point(window, name))
        settle(qtbot, window)
        assert topology().sizes == sizes
    undo_and_redo(qtbot, window, before, steps=4)
    after = topology()
    show_at(window, scale, window.canvas.mapToScene(button_point(window, "remove_unit_2")))
    qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=button_point(window, "remove_unit_2"))
    assert "last unit" in warning_of(window) and not window.message_bar.text  # where it was tried
    assert topology() is after


# Connections are drawn.


@pytest.mark.parametrize("way", ["connect tool", "select tool", "two clicks"])
def test_a_unit_is_connected_with_a_later_one(qtbot, window, topology, scale, way):
    show_layers(qtbot, window, "1-3-2-2-1")
    before = topology()
    source, target = before.layers[1].units[0], before.layers[3].units[0]
    start, stop = unit_spot(window, 1, 0), unit_spot(window, 3, 0)
    show_at(window, scale, start, stop)
    take(qtbot, window, "select" if way == "select tool" else "connect")
    if way == "two clicks":
        click_at(qtbot, window, start)
        assert "From Hidden 1, unit 1" in warning_of(window)
        click_at(qtbot, window, stop)
    else:
        drag(qtbot, window, start, stop)
    assert pairs(topology()) == pairs(before) | {(source, target)}
    assert window.selection.connection == (source, target)
    assert not warning_of(window)
    undo_and_redo(qtbot, window, before)


@pytest.mark.parametrize("way", ["connect tool", "select tool", "two clicks"])
def test_a_layer_is_connected_with_a_later_one_all_of_both_in_arcs(qtbot, window, topology, scale, way):
    show_layers(qtbot, window, "1-3-2-2-1")
    before, (first, _, last) = topology(), topology().layers[1:-1]
    start, stop = title_spot(window, 1), title_spot(window, 3)
    show_at(window, scale, start, stop)
    take(qtbot, window, "select" if way == "select tool" else "connect")
    if way == "two clicks":
        click_at(qtbot, window, start)
        click_at(qtbot, window, stop)
    else:
        drag(qtbot, window, start, stop)
    added = {(source, target) for source in first.units for target in last.units}
    assert pairs(topology()) == pairs(before) | added
    undo_and_redo(qtbot, window, before)
    connections, radius = window.canvas.network.drawing.connections, window.canvas.network.placement.radius
    top, bottom = unit_spot(window, 2, 0).y() - radius, unit_spot(window, 2, 1).y() + radius
    for source, target in added:  # an arc passes all units between
        assert not top < connections.middle(source, target).y() < bottom


@pytest.mark.parametrize("what", ["units", "layers", "units with the select tool"])
def test_a_connection_that_would_run_backward_is_explained(qtbot, window, topology, scale, what):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    spot = title_spot if what == "layers" else unit_spot
    place = () if what == "layers" else (0,)
    start, stop = spot(window, 2, *place), spot(window, 1, *place)
    show_at(window, scale, start, stop)
    take(qtbot, window, "select" if "select" in what else "connect")
    drag(qtbot, window, start, stop)
    assert "forward" in warning_of(window)
    assert topology() is before and window.document.undo_stack.count() == 0


def test_a_connection_within_a_layer_is_explained(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    show_at(window, scale, unit_spot(window, 1, 0), unit_spot(window, 1, 1))
    take(qtbot, window, "connect")
    drag(qtbot, window, unit_spot(window, 1, 0), unit_spot(window, 1, 1))
    assert "layer" in warning_of(window)
    assert topology() is before and window.document.undo_stack.count() == 0


# Whatever is touched is erased.


def test_a_connection_is_erased_by_a_click(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    pair = before.layers[1].units[0], before.layers[2].units[1]
    take(qtbot, window, "erase")
    point = connection_spot(window, *pair)
    show_at(window, scale, point)
    click_at(qtbot, window, point)
    assert pairs(topology()) == pairs(before) - {pair}
    undo_and_redo(qtbot, window, before)


def test_a_unit_is_erased_by_a_click_and_nothing_else_that_passes_it(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-1-1")
    middle = (unit_spot(window, 1, 1) + unit_spot(window, 2, 0)) / 2
    show_at(window, scale, unit_spot(window, 1, 0), middle)
    drag(qtbot, window, unit_spot(window, 1, 0), middle)  # onto the line of another
    before, (moved, other, _) = topology(), topology().layers[1].units
    take(qtbot, window, "erase")
    show_at(window, scale, unit_spot(window, 1, 0))
    click_at(qtbot, window, unit_spot(window, 1, 0))
    assert pairs(topology()) == {pair for pair in pairs(before) if moved not in pair}
    assert other in topology().unit_place
    press_key(qtbot, window, Qt.Key.Key_Z, CONTROL)
    assert topology() == before


def test_the_last_unit_of_a_layer_takes_the_layer_along_and_its_neighbours_stay_linked(
    qtbot, window, topology, scale
):
    show_layers(qtbot, window, "1-3-1-1")
    before = topology()
    take(qtbot, window, "erase")
    show_at(window, scale, unit_spot(window, 2, 0))
    click_at(qtbot, window, unit_spot(window, 2, 0))
    assert topology().sizes == (1, 3, 1)
    assert topology().weight_count == 6
    undo_and_redo(qtbot, window, before)


def test_a_layer_is_erased_by_a_click_on_its_title(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    take(qtbot, window, "erase")
    show_at(window, scale, title_spot(window, 1))
    click_at(qtbot, window, title_spot(window, 1))
    assert topology().layers == (before.layers[0], *before.layers[2:])
    assert topology().weight_count == 4
    undo_and_redo(qtbot, window, before)


def test_a_stroke_erases_all_that_it_touches_in_one_step(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    (first, _, third), (upper, lower) = before.layers[1].units, before.layers[2].units
    a, b = unit_spot(window, 1, 0), unit_spot(window, 2, 0)
    way = [a + QPointF(0, -34), a, a + (b - a) * 0.4, connection_spot(window, third, lower)]
    show_at(window, scale, *way)
    take(qtbot, window, "erase")
    drag(qtbot, window, *way)
    assert first not in topology().unit_place
    assert (third, lower) not in pairs(topology())
    assert {third, upper, lower} <= set(topology().unit_place)
    undo_and_redo(qtbot, window, before)


def test_a_band_with_shift_erases_what_lies_in_it_and_what_crosses_it(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    second, third = before.layers[1].units[1:]
    corner = unit_spot(window, 1, 1) + QPointF(-28, -28)
    other = unit_spot(window, 1, 2) + QPointF(28, 28)
    show_at(window, scale, corner, other)
    take(qtbot, window, "erase")
    drag(qtbot, window, corner, other, modifiers=SHIFT)
    assert topology().sizes == (1, 1, 2, 1)
    assert not {second, third} & set(topology().unit_place)
    undo_and_redo(qtbot, window, before)


def test_the_last_input_that_is_connected_is_not_erased_and_that_is_explained(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    take(qtbot, window, "erase")
    show_at(window, scale, unit_spot(window, 0, 0))
    click_at(qtbot, window, unit_spot(window, 0, 0))
    assert "last input" in warning_of(window)
    assert topology() is before


def test_a_band_selects_and_delete_erases(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before, (first, second, third) = topology(), topology().layers[1].units
    corners = unit_spot(window, 1, 0) + QPointF(-30, -30), unit_spot(window, 1, 1) + QPointF(30, 30)
    show_at(window, scale, *corners, unit_spot(window, 1, 2))
    drag(qtbot, window, *corners)
    assert window.selection.units == {first, second}
    click_at(qtbot, window, unit_spot(window, 1, 2), SHIFT)
    assert window.selection.units == {first, second, third}
    click_at(qtbot, window, unit_spot(window, 1, 0), CONTROL)
    press_key(qtbot, window, Qt.Key.Key_Delete)
    assert topology().layers[1].units == (first,)
    undo_and_redo(qtbot, window, before)


# Odd hands.


@pytest.mark.parametrize(("tool", "sizes"), [("unit", (1, 5, 2, 1)), ("erase", (1, 1, 2, 1))])
def test_two_fast_clicks_are_two_clicks(qtbot, window, topology, tool, sizes):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    take(qtbot, window, tool)
    point = unit_spot(window, 1, 0) + QPointF(0, 0 if tool == "erase" else -30)
    click_twice(qtbot, window, point, unit_spot(window, 1, 0) + QPointF(0, 36) if tool == "erase" else point)
    assert topology().sizes == sizes
    undo_and_redo(qtbot, window, before, steps=2)


def test_with_the_select_tool_two_fast_clicks_on_a_unit_type_its_bias(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    click_twice(qtbot, window, unit_spot(window, 1, 0), unit_spot(window, 1, 0))
    assert find(window, object, "value_field").hasFocus()
    assert topology() is before and window.selection.unit == before.layers[1].units[0]


# On a screen with twice as many pixels.

HANDFUL = "pixel_ratio or 1x and (connected_with_a_later_one or stroke_erases or band_selects)"


def test_the_pixel_ratio_is_the_one_that_is_asked_for(qtbot, window):
    assert window.devicePixelRatio() == float(os.environ.get("QT_SCALE_FACTOR", "1"))


@pytest.mark.skipif("QT_SCALE_FACTOR" in os.environ, reason="begun by the test itself")
def test_the_gestures_are_the_same_at_twice_the_pixels():
    folder = Path(__file__).parent
    environment = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", HANDFUL]
    files = [str(folder / "test_gestures.py"), str(folder / "test_navigation.py")]
    root = folder.parents[2]
    done = subprocess.run([*command, *files], cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 5


def ringed(window) -> list[tuple[float, float]]:
    """Where the overlay marks what a drop would connect."""
    return [point.toTuple() for point in window.canvas.network.overlay._targets]


def test_what_a_drop_would_connect_is_ringed(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    press_key(qtbot, window, "c")
    start, target = unit_spot(window, 1, 0), unit_spot(window, 3, 0)
    press_at(qtbot, window, start)
    move_to(qtbot, window, start + QPointF(30, 0))
    assert ringed(window) == []
    before = picture_of(window)
    move_to(qtbot, window, target)
    assert ringed(window) == [target.toTuple()]
    assert picture_of(window) != before
    move_to(qtbot, window, unit_spot(window, 0, 0))  # runs backward: ringed too, and said why it cannot be
    assert ringed(window) == [unit_spot(window, 0, 0).toTuple()] and warning_of(window)
    release_at(qtbot, window, start + QPointF(30, 0))
    assert ringed(window) == []


def test_what_a_click_would_connect_is_ringed_and_of_a_layer_all_units(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    press_key(qtbot, window, "c")
    click_at(qtbot, window, title_spot(window, 1))
    move_to(qtbot, window, title_spot(window, 3))
    assert ringed(window) == [unit_spot(window, 3, 0).toTuple()]
    move_to(qtbot, window, title_spot(window, 2))
    assert ringed(window) == [unit_spot(window, 2, place).toTuple() for place in range(2)]
    press_key(qtbot, window, Qt.Key.Key_Escape)
    assert ringed(window) == []
