"""Zoom, pan, fit and the map; parts that are dragged elsewhere and brought back; large layers that fold."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFocusEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication
from window_driver import (
    button_point,
    click_at,
    drag,
    find,
    press_key,
    settle,
    show_at,
    show_layers,
    title_spot,
    undo_and_redo,
    unit_spot,
    warning_of,
)

from nn_desktop.desktop.canvas.network_view import PAN_STEP
from nn_desktop.drawing.placement import FOLD_ABOVE, SHOWN_WHEN_FOLDED
from nn_desktop.network import wiring

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
NO_BUTTON = Qt.MouseButton.NoButton
Key = Qt.Key


def zoom_of(window) -> float:
    return window.canvas.transform().m11()


def turn_wheel(window, point: QPoint, turned: QPoint) -> None:
    viewport = window.canvas.viewport()
    there = QPointF(viewport.mapToGlobal(point))
    event = QWheelEvent(
        QPointF(point), there, QPoint(), turned, NO_BUTTON, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(viewport, event)


def pinch(window, value: float) -> None:
    viewport, point = window.canvas.viewport(), QPointF(200, 200)
    kind = Qt.NativeGestureType.ZoomNativeGesture
    device = QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(kind, device, 2, point, point, point, value, QPointF())
    QApplication.sendEvent(viewport, event)


def whole_is_in_view(window) -> bool:
    return window.canvas.shown_rect().adjusted(-4, -4, 4, 4).contains(window.canvas.sceneRect())


# Zoom, pan, fit, map.


def test_the_wheel_zooms_about_the_pointer(qtbot, window):
    unit = unit_spot(window, 1, 2)
    point = window.canvas.mapFromScene(unit)
    drag(qtbot, window, unit - QPointF(120, 0), unit - QPointF(60, 30))  # where that ends is not what counts
    for _ in range(4):
        turn_wheel(window, point, QPoint(0, 120))
    assert zoom_of(window) == pytest.approx(1.2**4, rel=1e-6)
    assert (window.canvas.mapFromScene(unit) - point).manhattanLength() <= 8
    for _ in range(6):
        turn_wheel(window, point, QPoint(0, -120))
    assert zoom_of(window) == pytest.approx(1.2**-2, rel=1e-6)


def test_a_wheel_that_is_tilted_changes_nothing(qtbot, window):
    canvas = window.canvas
    turn_wheel(window, QPoint(100, 100), QPoint(120, 0))
    assert canvas.is_fitted and zoom_of(window) == 1


def test_the_zoom_has_limits(qtbot, window):
    """Units have 3 to 80 pixels, and the whole network takes more than half of the view."""
    radius = window.canvas.network.placement.radius
    for _ in range(40):
        turn_wheel(window, QPoint(100, 100), QPoint(0, 120))
    assert zoom_of(window) * radius == pytest.approx(80)
    for _ in range(60):
        turn_wheel(window, QPoint(100, 100), QPoint(0, -120))
    whole, seen = window.canvas.sceneRect().size(), window.canvas.viewport().size()
    filling = min(1, seen.width() / whole.width(), seen.height() / whole.height())
    assert zoom_of(window) == pytest.approx(0.6 * filling)
    show_layers(qtbot, window, "-".join(["1", *["8"] * 40, "1"]))  # deeper than can be read as a whole
    for _ in range(60):
        turn_wheel(window, QPoint(100, 100), QPoint(0, -120))
    assert zoom_of(window) * window.canvas.network.placement.radius == pytest.approx(3)


def test_the_frame_of_the_last_title_is_not_cut_off(qtbot, window, topology):
    show_layers(qtbot, window, "1-2-1")
    window.selection.select_layer(topology().layers[-1].id)
    assert window.canvas.network.overlay._titles
    seen = window.canvas.network.sceneRect()
    assert all(
        seen.left() < each.left() and each.right() < seen.right()
        for each in window.canvas.network.overlay._titles
    )


def test_titles_and_buttons_stay_in_view_and_are_used_there(qtbot, window, topology):
    show_layers(qtbot, window, "1-8-8-1")
    canvas = window.canvas
    show_at(window, 2.0, unit_spot(window, 1, 4), unit_spot(window, 2, 4))
    seen = canvas.viewport().rect()
    for index in (1, 2):
        assert 0 < canvas.mapFromScene(title_spot(window, index)).y() < 40
    assert title_spot(window, 1).y() > canvas.network.drawing.headings.top
    for name in ("activation_1", "insert_layer_2", "add_unit_1", "remove_unit_1"):
        assert seen.contains(button_point(window, name))
    click_at(qtbot, window, title_spot(window, 1))
    assert window.selection.layer == topology().layers[1].id
    qtbot.mouseClick(canvas.viewport(), LEFT, pos=button_point(window, "add_unit_1"))
    settle(qtbot, window)
    assert topology().sizes == (1, 9, 8, 1)
    canvas.fit()
    assert title_spot(window, 1).y() == canvas.network.drawing.headings.top


def test_arcs_touch_no_button(qtbot, window, topology):
    show_layers(qtbot, window, "1-4-4-4-1")
    ids = [layer.id for layer in topology().layers]
    for source, target in ((0, 2), (0, 3), (1, 3), (0, 4), (1, 4), (2, 4)):
        window.document.change_topology(
            "link", lambda t, s=source, e=target: wiring.link_layers(t, ids[s], ids[e])
        )
    settle(qtbot, window)
    arcs = window.canvas.network.drawing.connections._geometry.arcs
    assert len(set(arcs.lane.tolist())) > 6
    for button in window.canvas.network.buttons.items:
        rect = button.sceneBoundingRect()
        assert not ((arcs.lane > rect.top()) & (arcs.lane < rect.bottom())).any()


def test_two_fingers_zoom(qtbot, window):
    pinch(window, 0.5)
    assert zoom_of(window) == pytest.approx(1.5)
    pinch(window, -0.5)
    assert zoom_of(window) == pytest.approx(0.75)


def test_keys_zoom_fit_and_show_the_actual_size(qtbot, window):
    press_key(qtbot, window, Key.Key_Plus, CONTROL)
    press_key(qtbot, window, Key.Key_Equal, CONTROL)
    assert zoom_of(window) == pytest.approx(1.44) and not window.canvas.is_fitted
    press_key(qtbot, window, Key.Key_1, CONTROL)
    assert zoom_of(window) == pytest.approx(1)
    press_key(qtbot, window, Key.Key_Minus, CONTROL)
    assert zoom_of(window) == pytest.approx(1 / 1.2)
    press_key(qtbot, window, Key.Key_0, CONTROL)
    assert window.canvas.is_fitted and whole_is_in_view(window)


@pytest.mark.parametrize("way", ["middle button", "space and the left button", "keys"])
def test_the_drawing_is_panned(qtbot, window, trainer, way):
    show_at(window, 2.0, unit_spot(window, 1, 3))
    canvas, viewport = window.canvas, window.canvas.viewport()
    start, stop = QPoint(300, 300), QPoint(300 - PAN_STEP, 300 - PAN_STEP)
    here = canvas.mapToScene(start)
    if way == "keys":
        press_key(qtbot, window, Key.Key_Right, CONTROL)
        press_key(qtbot, window, Key.Key_Down, CONTROL)
    else:
        button = MIDDLE if way == "middle button" else LEFT
        if button == LEFT:
            qtbot.keyPress(canvas, Key.Key_Space)
            assert viewport.cursor().shape() is Qt.CursorShape.OpenHandCursor
        qtbot.mousePress(viewport, button, pos=start)
        assert viewport.cursor().shape() is Qt.CursorShape.ClosedHandCursor
        qtbot.mouseMove(viewport, (start + stop) / 2)
        qtbot.mouseMove(viewport, stop)
        qtbot.mouseRelease(viewport, button, pos=stop)
        if button == LEFT:
            qtbot.keyRelease(canvas, Key.Key_Space)
        assert viewport.cursor().shape() is Qt.CursorShape.ArrowCursor
    assert canvas.mapFromScene(here) == stop
    assert not trainer.is_running  # Space was held for the hand, not to train
    assert window.selection.is_empty and window.document.undo_stack.count() == 0


def test_space_alone_trains_and_pauses(qtbot, window, trainer):
    qtbot.keyClick(window.canvas, Key.Key_Space)
    assert trainer.is_running
    qtbot.keyClick(window.canvas, Key.Key_Space)
    settle(qtbot, window)
    assert not trainer.is_running


def test_space_that_is_held_while_the_focus_goes_is_let_go(qtbot, window, trainer):
    canvas = window.canvas
    qtbot.keyPress(canvas, Key.Key_Space)
    window.readout.layers_field.setFocus()
    qtbot.keyRelease(window.readout.layers_field, Key.Key_Space)
    canvas.setFocus()
    assert not trainer.is_running and not canvas.is_panning
    assert canvas.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor
    click_at(qtbot, window, unit_spot(window, 1, 2))
    assert window.selection.unit == window.editor.topology.layers[1].units[2]


def test_space_and_the_button_are_let_go_when_the_window_is_left(qtbot, window, trainer):
    canvas, viewport = window.canvas, window.canvas.viewport()
    show_at(window, 2.0, unit_spot(window, 1, 3))
    qtbot.keyPress(canvas, Key.Key_Space)
    qtbot.mousePress(viewport, LEFT, pos=QPoint(300, 300))
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))
    here = canvas.mapFromScene(unit_spot(window, 1, 3))
    qtbot.mouseMove(viewport, QPoint(200, 200))
    qtbot.mouseRelease(viewport, LEFT, pos=QPoint(200, 200))
    assert canvas.mapFromScene(unit_spot(window, 1, 3)) == here
    assert not canvas.is_panning and not trainer.is_running


def test_the_map_shows_while_a_part_is_in_view_and_leads_to_the_others(qtbot, window):
    canvas, overview = window.canvas, find(window, object, "overview_map")
    assert not overview.isVisible()
    show_at(window, 2.0, unit_spot(window, 0, 0))
    assert overview.isVisible()
    assert canvas.viewport().rect().contains(QRect(overview.pos(), overview.size()))
    before = canvas.shown_rect().center()
    qtbot.mouseClick(overview, LEFT, pos=QPoint(overview.width() - 12, overview.height() // 2))
    assert canvas.shown_rect().center().x() > before.x() + 100
    assert window.selection.is_empty
    qtbot.mousePress(overview, LEFT, pos=QPoint(overview.width() // 2, overview.height() // 2))
    qtbot.mouseMove(overview, QPoint(12, overview.height() // 2))
    qtbot.mouseRelease(overview, LEFT, pos=QPoint(12, overview.height() // 2))
    assert canvas.shown_rect().center().x() == pytest.approx(before.x(), abs=60)
    press_key(qtbot, window, Key.Key_0, CONTROL)
    assert not overview.isVisible()


def test_arrows_bring_a_unit_into_view(qtbot, window):
    show_at(window, 2.0, unit_spot(window, 0, 0))
    for _ in range(4):
        press_key(qtbot, window, Key.Key_Right)
    assert window.selection.unit == window.editor.topology.layers[3].units[0]
    assert window.canvas.shown_rect().contains(unit_spot(window, 3, 0))


# Dragged elsewhere, snapped, and brought back.


def test_a_unit_that_is_dragged_past_another_changes_places_with_it(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before, (first, second, third) = topology(), topology().layers[1].units
    start, stop = unit_spot(window, 1, 0), unit_spot(window, 1, 1) + QPointF(2, 14)
    show_at(window, scale, start, stop)
    drag(qtbot, window, start, stop)
    assert topology().layers[1].units == (second, first, third)
    assert window.selection.unit == first
    undo_and_redo(qtbot, window, before)


def test_a_unit_that_is_dragged_elsewhere_stands_there_in_line_with_others(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before, spot = topology(), unit_spot(window, 1, 0)
    line = unit_spot(window, 2, 0).y()
    start, stop = spot, QPointF(spot.x() + 90, line + 5)  # near enough to the height of another
    show_at(window, scale, start, stop)
    drag(qtbot, window, start, stop)
    assert topology() == before
    assert unit_spot(window, 1, 0).x() == pytest.approx(spot.x() + 90, abs=1)
    assert unit_spot(window, 1, 0).y() == line
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    assert unit_spot(window, 1, 0) == spot
    press_key(qtbot, window, Key.Key_Z, CONTROL | SHIFT)
    assert unit_spot(window, 1, 0) != spot
    press_key(qtbot, window, Key.Key_A, CONTROL | SHIFT)  # order
    assert unit_spot(window, 1, 0) == spot
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    assert unit_spot(window, 1, 0) != spot


def test_a_layer_that_is_dragged_past_another_changes_places_with_it(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-2-1")
    before = topology()
    start, stop = title_spot(window, 1), title_spot(window, 2) + QPointF(30, 60)
    show_at(window, scale, start, stop)
    drag(qtbot, window, start, stop)
    assert topology().sizes == (1, 2, 3, 2, 1)
    undo_and_redo(qtbot, window, before)


def test_a_layer_that_is_dragged_elsewhere_stands_there(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    before, title, unit = topology(), title_spot(window, 1), unit_spot(window, 1, 0)
    show_at(window, scale, title, title + QPointF(0, 50))
    drag(qtbot, window, title, title + QPointF(3, 50))  # straight down, nearly
    assert title_spot(window, 1) == title + QPointF(0, 50)
    assert unit_spot(window, 1, 0) == unit + QPointF(0, 50)
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    assert title_spot(window, 1) == title and topology() is before


def test_the_input_layer_stays_first_and_that_is_explained(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-2-1")
    before = topology()
    start, stop = title_spot(window, 0), title_spot(window, 1) + QPointF(40, 60)
    show_at(window, scale, start, stop)
    drag(qtbot, window, start, stop)
    assert "stays first" in warning_of(window)
    assert topology() is before and window.document.undo_stack.count() == 0


def test_a_band_selects_units_that_are_moved_together(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    units = set(topology().layers[1].units[:2])
    a, b = unit_spot(window, 1, 0), unit_spot(window, 1, 1)
    corners = [a + QPointF(-30, -30), b + QPointF(30, 30)]
    show_at(window, scale, *corners, a + QPointF(61, 13))
    drag(qtbot, window, *corners)
    assert window.selection.units == units
    drag(qtbot, window, a, a + QPointF(61, 13))
    moved = [unit_spot(window, 1, place) for place in (0, 1)]
    assert [moved[0] - a, moved[1] - b] == [moved[0] - a] * 2 and (moved[0] - a).manhattanLength() > 50
    assert window.document.undo_stack.count() == 1 and window.selection.units == units


# Large layers.


@pytest.mark.parametrize("by_key", [False, True])
def test_a_large_layer_folds_and_unfolds(qtbot, window, topology, by_key):
    show_layers(qtbot, window, f"1-{FOLD_ABOVE}-{FOLD_ABOVE + 5}-1")
    shown = [len(column.units) for column in window.canvas.network.placement.columns]
    assert shown == [1, FOLD_ABOVE, SHOWN_WHEN_FOLDED, 1]

    def toggle() -> None:
        if by_key:
            window.selection.select_layer(topology().layers[2].id)
            press_key(qtbot, window, "o")
        else:
            qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=button_point(window, "fold_2"))
        settle(qtbot, window)

    for expected in (FOLD_ABOVE + 5, SHOWN_WHEN_FOLDED):
        toggle()
        qtbot.waitUntil(lambda n=expected: len(window.canvas.network.placement.columns[2].units) == n)
    assert window.document.undo_stack.count() == 0
