"""How many gestures a drawing takes: each press with its release, and each key, is one."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtWidgets import QApplication
from window_driver import click_at, drag, gap_spot, press_key, settle, show_at, title_spot, unit_spot

from nn_desktop.drawing.placement import MIN_PITCH

CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key
MODIFIER_KEYS = {Key.Key_Shift, Key.Key_Control, Key.Key_Alt, Key.Key_Meta}


class GestureCounter(QObject):
    """Counts what the canvas gets: presses of the mouse, turns of the wheel, and keys."""

    def __init__(self, *watched: QObject) -> None:
        super().__init__()
        self.count = 0
        for one in watched:
            one.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        presses = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel)
        is_key = event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        if event.type() in presses:
            self.count += 1
        elif is_key and event.key() not in MODIFIER_KEYS:
            # A key that is a shortcut asks first whether it is one, and is not pressed then; others are both.
            self.count += event.type() is QEvent.Type.ShortcutOverride
        return False


@pytest.fixture
def gestures(window):
    counter = GestureCounter(window.canvas, window.canvas.viewport())
    yield counter
    window.canvas.removeEventFilter(counter)
    window.canvas.viewport().removeEventFilter(counter)


@pytest.fixture
def empty_canvas(qtbot, window):
    """The sine's input and output, and nothing between them."""
    window.editor.clear()
    window.document.undo_stack.clear()
    settle(qtbot, window)
    window.canvas.setFocus()
    assert window.editor.topology.sizes == (1, 1) and not window.editor.topology.links
    return window


def is_chain_of(topology, *sizes: int) -> bool:
    expected = sum(a * b for a, b in pairwise(sizes))
    return topology.sizes == sizes and topology.is_chain and topology.weight_count == expected


@pytest.mark.parametrize("scale", [1.0, 1.6], ids=["at 1x", "at 1.6x"])
def test_1_16_16_1_is_drawn_by_mouse_in_three_gestures(qtbot, empty_canvas, gestures, scale, record_property):
    window, down = empty_canvas, QPointF(0, 15 * MIN_PITCH)
    press_key(qtbot, window, "l")
    for index in (1, 2):
        start = QPointF(gap_spot(window, index).x(), window.canvas.network.placement.top - 60)
        start = start if scale == 1 else QPointF(start.x(), -down.y() / 2)
        show_at(window, scale, start, start + down)  # the whole drag is within the canvas
        drag(qtbot, window, start, start + down)
    topology = window.editor.topology
    assert is_chain_of(topology, 1, 16, 16, 1)
    assert not topology.unreached and not topology.dead_ends
    record_property("gestures", gestures.count)
    assert gestures.count == 3 < 20
    assert window.document.undo_stack.count() == 2
    for _ in range(5):
        qtbot.keyClick(window, Key.Key_Period)
    settle(qtbot, window)
    assert window.trainer.snapshot.updates == 5


def test_with_single_units_and_connections_it_takes_less_than_twenty_too(qtbot, empty_canvas, gestures):
    """The longest way: layers by clicks, then the units that are missing, then titles onto titles."""
    window = empty_canvas
    for index in (1, 2):
        press_key(qtbot, window, "u")
        click_at(qtbot, window, gap_spot(window, index))
        x = unit_spot(window, index, 0).x()
        for units in (8, 7):
            y = window.canvas.network.placement.top - 20
            drag(qtbot, window, QPointF(x, y), QPointF(x, y + (units - 1) * MIN_PITCH))
            x = unit_spot(window, index, 0).x()
    for pair in list(window.editor.topology.links):  # had nothing been connected by itself
        window.editor.erase((), [p for p in window.editor.topology.connections() if _is_of(window, p, pair)])
    settle(qtbot, window)
    press_key(qtbot, window, "c")
    for index in (0, 1, 2):
        drag(qtbot, window, title_spot(window, index), title_spot(window, index + 1))
    assert is_chain_of(window.editor.topology, 1, 16, 16, 1)
    assert gestures.count == 12 < 20


def test_it_is_typed_in_one(qtbot, empty_canvas):
    window, stack = empty_canvas, empty_canvas.document.undo_stack
    qtbot.keyClick(window, Key.Key_L, CONTROL)
    field = QApplication.focusWidget()
    assert field is window.readout.layers_field
    qtbot.keyClicks(field, "1-16-16-1")
    assert stack.count() == 0
    qtbot.keyClick(field, Key.Key_Return)
    settle(qtbot, window)
    assert is_chain_of(window.editor.topology, 1, 16, 16, 1)
    assert stack.count() == 1 and window.canvas.hasFocus()


def _is_of(window, pair, link) -> bool:
    topology = window.editor.topology
    return tuple(topology.layer_of_unit(unit).id for unit in pair) == (link.source, link.target)
