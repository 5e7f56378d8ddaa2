"""An error of the program's own is said, and leaves the document, its steps and the mouse as they were."""

import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from window_driver import (
    drag,
    find,
    gap_spot,
    move_to,
    press_at,
    press_key,
    release_at,
    settle,
    show_layers,
    title_spot,
    unit_spot,
)

from nn_desktop.desktop import app
from nn_desktop.desktop.canvas import gestures
from nn_desktop.desktop.panels.message_bar import MessageBar
from nn_desktop.network.placement import Layout

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


class PlannedError(Exception):
    """What a test makes go wrong."""


def fail(*arguments, **named):
    raise PlannedError("planned")


def said(window) -> str:
    return find(window, MessageBar, "message_bar").text


def state(window) -> tuple:
    document, stack = window.document, window.document.undo_stack
    texts = [stack.text(index) for index in range(stack.count())]
    return document.setup, document.layout, document.notes, stack.index(), texts, stack.isClean()


def check_free(window) -> None:
    """No gesture is under way, nothing is marked, and nothing has the mouse."""
    canvas, network = window.canvas, window.canvas.network
    assert not canvas.is_in_use
    assert canvas._pending.source is None
    assert network.mouseGrabberItem() is None
    assert network.drawing.connections._cut_pairs == frozenset()
    overlay = network.overlay
    assert (overlay._line, overlay._band, overlay._ghosts) == (None, None, [])
    assert overlay._stroke.isEmpty()


@pytest.fixture
def with_steps(qtbot, window):
    """The window with a step to undo and one to redo."""
    show_layers(qtbot, window, "1-3-2-1")
    window.document.set_learning_rate(0.02)
    window.document.change_layout(
        "move", Layout(units={window.editor.topology.layers[1].units[0]: (5.0, 1.0)})
    )
    window.document.set_seed(3)
    window.document.undo()
    settle(qtbot, window)
    return window


GESTURES = {
    "band": ("v", lambda w: (gap_spot(w, 1), unit_spot(w, 1, 2)), gestures.Band),
    "move a unit": (
        "v",
        lambda w: (unit_spot(w, 1, 1), unit_spot(w, 1, 1) + QPoint(60, 35)),
        gestures.MoveUnit,
    ),
    "move a layer": (
        "v",
        lambda w: (title_spot(w, 1), title_spot(w, 1) + QPoint(30, 40)),
        gestures.MoveLayer,
    ),
    "connect": ("c", lambda w: (unit_spot(w, 0, 0), unit_spot(w, 2, 1)), gestures.Connect),
    "grow": ("l", lambda w: (gap_spot(w, 1), gap_spot(w, 1) + QPoint(0, 90)), gestures.Grow),
    "erase": ("e", lambda w: (unit_spot(w, 1, 0), unit_spot(w, 1, 1)), gestures.Stroke),
}


@pytest.mark.parametrize("step", ["__init__", "move", "finish"])
@pytest.mark.parametrize("name", GESTURES)
def test_a_gesture_that_fails_is_cancelled_and_the_next_one_works(qtbot, with_steps, monkeypatch, name, step):
    window = with_steps
    key, way, kind = GESTURES[name]
    press_key(qtbot, window, getattr(Qt.Key, f"Key_{key.upper()}"))
    points = way(window)
    before, middle = state(window), points[0] + (points[1] - points[0]) / 2
    with monkeypatch.context() as patch:
        patch.setattr(kind, step, fail)
        press_at(qtbot, window, points[0])
        move_to(qtbot, window, middle, points[1])
        if step != "finish":
            check_free(window)
        release_at(qtbot, window, points[1])
    check_free(window)
    assert state(window) == before
    assert "PlannedError: planned" in said(window)
    assert "nothing is lost" in said(window)
    drag(qtbot, window, *way(window))
    check_free(window)
    assert name == "band" or state(window) != before


def test_a_gesture_that_cannot_even_be_cancelled_is_given_up(qtbot, with_steps, monkeypatch):
    window = with_steps
    before = state(window)
    start, end = unit_spot(window, 1, 1), unit_spot(window, 1, 1) + QPoint(60, 35)
    with monkeypatch.context() as patch:
        press_at(qtbot, window, start)
        move_to(qtbot, window, end)
        patch.setattr(gestures.MoveUnit, "move", fail)
        patch.setattr(gestures.MoveUnit, "cancel", fail)
        move_to(qtbot, window, end + QPoint(5, 5))
        check_free(window)
        release_at(qtbot, window, end)
    assert state(window) == before


def test_an_edit_that_fails_when_it_is_half_done_is_taken_back(qtbot, window, document, monkeypatch):
    show_layers(qtbot, window, "1-3-2-1")
    before = state(window)
    with monkeypatch.context() as patch:
        patch.setattr(window.selection, "select_layer", fail)  # after the layer was put in
        window.actions_by_name["insert_layer"].trigger()
        assert state(window) == before
        assert "nothing is lost" in said(window)
        press_key(qtbot, window, Qt.Key.Key_L)
        drag(qtbot, window, gap_spot(window, 1), gap_spot(window, 1) + QPoint(0, 90))
    settle(qtbot, window)
    assert state(window) == before
    check_free(window)
    assert window.trainer.snapshot.setup == document.setup
    window.actions_by_name["insert_layer"].trigger()
    assert document.undo_stack.count() == 1


@pytest.mark.parametrize("where", ["post", "adopt"])
@pytest.mark.parametrize("action", ["undo", "redo", "insert_layer", "reset", "delete_selected"])
def test_a_command_that_fails_leaves_the_undo_stack_as_it_was(qtbot, with_steps, monkeypatch, action, where):
    window = with_steps
    window.document.undo()  # the next one to redo moves a unit, and one to undo is left
    window.selection.select_layer(window.editor.topology.layers[1].id)
    settle(qtbot, window)
    before = state(window)
    with monkeypatch.context() as patch:
        if where == "post":
            patch.setattr(window.trainer, "post", fail)
            patch.setattr(window.document, "adopt_layout", fail)
        else:
            patch.setattr("nn_desktop.desktop.undo_steps.SetupStep.redo", fail)
            patch.setattr("nn_desktop.desktop.undo_steps.SetupStep.undo", fail)
            patch.setattr("nn_desktop.desktop.undo_steps.LayoutStep.redo", fail)
        window.actions_by_name[action].trigger()
    assert state(window) == before
    assert "nothing is lost" in said(window)
    window.actions_by_name["redo"].trigger()
    window.actions_by_name["redo"].trigger()
    assert window.document.setup.hyperparameters.seed == 3
    settle(qtbot, window)
    assert window.trainer.snapshot.setup == window.document.setup


def test_more_layers_than_can_be_copied_are_refused_in_a_sentence(qtbot, window, document):
    show_layers(qtbot, window, "-".join(["1"] * 64))
    window.selection.select((), layers=[layer.id for layer in window.editor.topology.layers[:63]])
    press_key(qtbot, window, Qt.Key.Key_C, CONTROL)
    assert "63 layers do not fit" in said(window)
    assert "went wrong" not in said(window)


def test_an_error_outside_of_commands_promises_nothing(window):
    failures = app._Failures(window)
    try:
        fail()
    except PlannedError:
        failures.report(*sys.exc_info())
    assert "PlannedError: planned" in said(window)
    assert "nothing is lost" not in said(window)
    assert "save in another file" in said(window)


def test_what_an_error_says_can_do_no_harm(window, document):
    def fail_strangely():
        raise PlannedError("a\x1b[2Jb\u202ec" + "x" * 10_000)

    document.attempt(fail_strangely)
    assert r"a\x1b[2Jb\u202ec" in said(window)
    assert len(said(window)) < 500
