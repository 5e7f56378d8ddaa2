"""What keys do in the middle of a gesture, and the way that each gesture has by the keyboard alone."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu
from window_driver import (
    click_at,
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

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
NO_BUTTON = Qt.MouseButton.NoButton
Key = Qt.Key
TOOL_KEYS = {"select": "v", "unit": "u", "layer": "l", "connect": "c", "erase": "e"}


def unit_moved(window):
    return [unit_spot(window, 1, 0), unit_spot(window, 1, 0) + QPointF(50, -20)]


def unit_onto_unit(window):
    return [unit_spot(window, 1, 0), unit_spot(window, 2, 0)]


def layer_moved(window):
    return [title_spot(window, 1), title_spot(window, 1) + QPointF(40, 60)]


def layer_onto_layer(window):
    return [title_spot(window, 1), title_spot(window, 2)]


def around_units(window):
    return [unit_spot(window, 1, 1) + QPointF(-30, -30), unit_spot(window, 1, 1) + QPointF(30, 30)]


def across_lines(window):
    middle = (unit_spot(window, 1, 0) + unit_spot(window, 2, 0)) / 2
    return [middle + QPointF(0, -30), middle + QPointF(0, 60)]


def down_a_gap(window):
    return [gap_spot(window, 2), gap_spot(window, 2) + QPointF(0, 90)]


def down_a_column(window):
    return [unit_spot(window, 1, 0), unit_spot(window, 1, 0) + QPointF(0, 90)]


GESTURES = [
    ("select", unit_moved, NONE),
    ("select", unit_onto_unit, NONE),
    ("select", layer_moved, NONE),
    ("select", layer_onto_layer, NONE),
    ("select", around_units, NONE),
    ("unit", down_a_column, NONE),
    ("layer", down_a_gap, NONE),
    ("connect", unit_onto_unit, NONE),
    ("connect", layer_onto_layer, NONE),
    ("erase", across_lines, NONE),
    ("erase", around_units, SHIFT),
]
each_gesture = pytest.mark.parametrize(
    ("tool", "way", "modifiers"), GESTURES, ids=[f"{tool}-{way.__name__}" for tool, way, _ in GESTURES]
)


def begin(qtbot, window, tool, points, modifiers, scale=1.0) -> None:
    """Press at the first of these points and go to the last, where something is shown that was not before."""
    qtbot.keyClick(window.canvas, TOOL_KEYS[tool])
    show_at(window, scale, *points)
    before = picture_of(window)
    press_at(qtbot, window, points[0], modifiers)
    move_to(qtbot, window, (points[0] + points[-1]) / 2, points[-1])
    assert picture_of(window) != before


# Keys in the middle of a gesture.


@each_gesture
def test_escape_ends_a_gesture_and_leaves_no_trace(qtbot, window, topology, scale, tool, way, modifiers):
    show_layers(qtbot, window, "1-3-2-1")
    before, points = topology(), way(window)
    show_at(window, scale, *points)  # titles stay in view, so they stand elsewhere at another scale
    picture = picture_of(window)
    begin(qtbot, window, tool, points, modifiers, scale)
    press_key(qtbot, window, Key.Key_Escape)
    assert picture_of(window) == picture
    move_to(qtbot, window, points[-1] + QPointF(5, 5))
    release_at(qtbot, window, points[-1] + QPointF(5, 5), modifiers)
    settle(qtbot, window)
    assert topology() is before and window.document.undo_stack.count() == 0
    assert window.selection.is_empty and window.canvas.tool == tool
    assert not warning_of(window) and not window.canvas.is_in_use


@each_gesture
def test_an_undo_in_the_middle_of_a_gesture_ends_it(qtbot, window, topology, tool, way, modifiers):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    press_key(qtbot, window, Key.Key_Insert)
    assert topology().sizes == (1, 3, 2, NEW_LAYER_UNITS, 1)
    window.selection.clear()
    points = way(window)
    begin(qtbot, window, tool, points, modifiers)
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    assert topology() == before
    move_to(qtbot, window, points[-1] + QPointF(20, 20), points[-1] + QPointF(40, 20))
    release_at(qtbot, window, points[-1] + QPointF(40, 20), modifiers)
    settle(qtbot, window)
    assert topology() == before
    assert window.document.undo_stack.index() == 0 and window.document.undo_stack.canRedo()
    assert window.selection.is_empty
    qtbot.mouseMove(window.canvas.viewport(), window.canvas.viewport().rect().bottomRight())
    shown = picture_of(window)
    window.canvas.network.draw_edit()
    assert picture_of(window) == shown


@each_gesture
def test_another_tool_in_the_middle_of_a_gesture_ends_it(qtbot, window, topology, tool, way, modifiers):
    show_layers(qtbot, window, "1-3-2-1")
    before, picture, points = topology(), picture_of(window), way(window)
    begin(qtbot, window, tool, points, modifiers)
    other = "erase" if tool != "erase" else "unit"
    press_key(qtbot, window, TOOL_KEYS[other])
    assert window.canvas.tool == other and picture_of(window) == picture
    release_at(qtbot, window, points[-1], modifiers)
    settle(qtbot, window)
    assert topology() is before and window.document.undo_stack.count() == 0 and window.selection.is_empty


def test_what_is_dragged_may_be_erased_meanwhile(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    unit, points = topology().layers[1].units[0], unit_onto_unit(window)
    begin(qtbot, window, "connect", points, NONE)
    window.editor.erase([unit])
    release_at(qtbot, window, points[-1])
    settle(qtbot, window)
    assert topology().sizes == (1, 2, 2, 1) and window.document.undo_stack.count() == 1


@pytest.mark.parametrize("by_key", [True, False])
def test_where_a_connection_begins_may_be_gone_when_its_end_is_chosen(qtbot, window, topology, by_key):
    show_layers(qtbot, window, "1-3-2-1")
    press_key(qtbot, window, Key.Key_Insert)
    press_key(qtbot, window, "c")
    click_at(qtbot, window, unit_spot(window, 3, 0))
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    before = topology()
    move_to(qtbot, window, unit_spot(window, 3, 0) - QPointF(60, 0))
    if by_key:
        press_key(qtbot, window, Key.Key_Right)
        press_key(qtbot, window, Key.Key_Return)
    else:
        click_at(qtbot, window, unit_spot(window, 3, 0))
        assert warning_of(window).startswith("From ")  # another connection begins here
    assert topology() is before


@each_gesture
def test_the_right_button_in_the_middle_of_a_gesture_ends_it(qtbot, window, topology, tool, way, modifiers):
    show_layers(qtbot, window, "1-3-2-1")
    before, points = topology(), way(window)
    begin(qtbot, window, tool, points, modifiers)
    viewport, place = window.canvas.viewport(), window.canvas.mapFromScene(points[-1])
    qtbot.mousePress(viewport, RIGHT, pos=place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    menu = window.findChild(QMenu, "canvas_menu")
    if menu is not None:
        menu.close()
    qtbot.mouseRelease(viewport, RIGHT, pos=place)
    assert not window.canvas.is_in_use
    window.selection.clear()
    shown = picture_of(window)
    window.canvas.network.draw_edit()
    assert picture_of(window) == shown
    # The left button was released over the menu: nobody heard it. What is done next is what it seems to be.
    qtbot.keyClick(window.canvas, "v")
    click_at(qtbot, window, unit_spot(window, 2, 1))
    assert window.selection.unit == before.layers[2].units[1]
    assert topology() is before and window.document.undo_stack.count() == 0


def test_alt_and_a_drag_leave_nothing_on_the_canvas(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before, picture = topology(), picture_of(window)
    start, stop = gap_spot(window, 2), unit_spot(window, 2, 0) + QPointF(0, -60)
    drag(qtbot, window, start, stop, modifiers=ALT)
    assert picture_of(window) == picture
    drag(qtbot, window, unit_spot(window, 1, 0), gap_spot(window, 2), modifiers=ALT)  # thought better of it
    assert topology() is before and picture_of(window) == picture


@pytest.mark.parametrize("tool", ["unit", "layer", "connect"])
def test_a_tool_that_draws_selects_nothing_where_it_cannot_draw(qtbot, window, topology, tool):
    show_layers(qtbot, window, "1-3-2-1")
    press_key(qtbot, window, TOOL_KEYS[tool])
    outside = QPointF(unit_spot(window, 0, 0).x() - 40, 60)
    drag(qtbot, window, outside, unit_spot(window, 1, 1))
    assert window.selection.is_empty and window.document.undo_stack.count() == 0
    assert not find(window, object, "value_editor").isVisible()


def test_a_gesture_whose_end_nobody_heard_is_over(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before, picture, points = topology(), picture_of(window), around_units(window)
    begin(qtbot, window, "select", points, NONE)
    viewport, place = window.canvas.viewport(), QPointF(window.canvas.mapFromScene(gap_spot(window, 2)))
    there = QPointF(viewport.mapToGlobal(place))
    event = QMouseEvent(QEvent.Type.MouseMove, place, there, Qt.MouseButton.NoButton, NO_BUTTON, NONE)
    QApplication.sendEvent(viewport, event)
    assert picture_of(window) == picture and not window.canvas.is_in_use
    release_at(qtbot, window, points[-1])
    assert topology() is before and window.selection.is_empty


# The whole way by the keyboard.


@pytest.mark.parametrize("tool", TOOL_KEYS)
def test_each_tool_has_a_key_and_a_button_that_shows_it(qtbot, window, tool):
    press_key(qtbot, window, TOOL_KEYS["erase" if tool != "erase" else "select"])
    press_key(qtbot, window, TOOL_KEYS[tool])
    assert window.canvas.tool == tool
    assert [t for t in TOOL_KEYS if find(window, object, f"tool_{t}_button").isChecked()] == [tool]
    press_key(qtbot, window, Key.Key_Escape)
    assert window.canvas.tool == "select" and find(window, object, "tool_select_button").isChecked()
    qtbot.mouseClick(find(window, object, f"tool_{tool}_button"), LEFT)
    assert window.canvas.tool == tool


def test_a_key_of_a_tool_is_a_letter_in_a_field(qtbot, window, topology):
    field = window.readout.layers_field
    field.setFocus()
    qtbot.keyClicks(field, "ule")
    assert window.canvas.tool == "select"


def test_arrows_walk_the_units_and_the_words_follow(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    layers, units = topology().layers, []
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Down, Key.Key_Right, Key.Key_Up):
        press_key(qtbot, window, key)
        units.append(window.selection.unit)
    first, second = layers[1].units, layers[2].units
    assert units == [layers[0].units[0], first[0], first[1], first[2], second[1], second[0]]
    assert "Selected: Hidden 2, unit 1" in window.canvas.accessibleDescription()
    assert "Network 1-3-2-1." in window.canvas.accessibleDescription()
    assert window.canvas.accessibleName()


def test_shift_and_arrows_select_several_that_delete_removes_in_one_step(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    for key in (Key.Key_Right, Key.Key_Right):
        press_key(qtbot, window, key)
    press_key(qtbot, window, Key.Key_Down, SHIFT)
    assert window.selection.units == set(before.layers[1].units[:2])
    assert "2 parts" in window.canvas.accessibleDescription()
    press_key(qtbot, window, Key.Key_Delete)
    assert topology().sizes == (1, 1, 2, 1)
    undo_and_redo(qtbot, window, before)


def test_c_and_a_target_connect_units(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    source, target = before.layers[1].units[0], before.layers[3].units[0]
    window.selection.select_unit(source)
    press_key(qtbot, window, "c")
    assert "From Hidden 1, unit 1" in warning_of(window)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Return):
        press_key(qtbot, window, key)
    assert set(topology().connections()) == set(before.connections()) | {(source, target)}
    assert window.selection.connection == (source, target)
    undo_and_redo(qtbot, window, before)


def test_c_and_a_target_that_cannot_be_explain_why(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    window.selection.select_unit(before.layers[2].units[0])
    for key in ("c", Key.Key_Left, Key.Key_Return):
        press_key(qtbot, window, key)
    assert "forward" in warning_of(window)
    assert topology() is before and window.document.undo_stack.count() == 0


def test_c_and_a_click_on_another_title_connect_layers(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    window.selection.select_layer(before.layers[0].id)
    press_key(qtbot, window, "c")
    click_at(qtbot, window, title_spot(window, 3))
    assert topology().link_between(before.layers[0].id, before.layers[3].id) is not None
    undo_and_redo(qtbot, window, before)


def test_a_connection_that_is_begun_follows_the_pointer_until_escape(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before, picture = topology(), picture_of(window)
    press_key(qtbot, window, "c")
    click_at(qtbot, window, unit_spot(window, 1, 0))
    outside = gap_spot(window, 3)
    qtbot.mouseMove(window.canvas.viewport(), window.canvas.mapFromScene(outside))
    assert picture_of(window) != picture
    press_key(qtbot, window, Key.Key_Escape)
    move_to(qtbot, window, outside + QPointF(3, 3))
    assert picture_of(window) == picture and window.canvas.tool == "connect"
    click_at(qtbot, window, unit_spot(window, 3, 0))
    assert topology() is before


def test_connections_are_walked_and_removed(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before, unit = topology(), topology().layers[1].units[1]
    window.selection.select_unit(unit)
    seen = []
    for key in ("n", "n", "n"):
        press_key(qtbot, window, key)
        seen.append(window.selection.connection)
    assert seen[0] == (before.layers[0].units[0], unit)
    press_key(qtbot, window, Key.Key_Backspace)
    assert set(topology().connections()) == set(before.connections()) - {seen[2]}
    undo_and_redo(qtbot, window, before)


def test_units_and_layers_are_moved_by_keys(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before, unit = topology(), topology().layers[1].units[0]
    window.selection.select_unit(unit)
    press_key(qtbot, window, Key.Key_Down, ALT)
    assert topology().unit_place[unit] == (1, 1)
    press_key(qtbot, window, Key.Key_Right, ALT)
    assert topology().sizes == (1, 2, 3, 1)
    undo_and_redo(qtbot, window, before, steps=2)
    spot = window.canvas.network.placement.positions()[unit]
    press_key(qtbot, window, Key.Key_Right, CONTROL | SHIFT)
    assert window.canvas.network.placement.positions()[unit] == (spot[0] + 8, spot[1])
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    assert window.canvas.network.placement.positions()[unit] == spot


def test_erasing_everything_is_one_step_back(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    press_key(qtbot, window, Key.Key_Delete, CONTROL | SHIFT)
    assert topology().sizes == (1, 1) and not list(topology().connections())
    undo_and_redo(qtbot, window, before)
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    press_key(qtbot, window, "a", CONTROL)
    press_key(qtbot, window, Key.Key_Delete)
    assert topology().sizes == (1, 1)
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    assert topology() == before
