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
from nn_desktop.desktop.canvas import gestures, moves
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document import undo_steps
from nn_desktop.desktop.document.undo_history import UNDO_LIMIT
from nn_desktop.drawing.placement import Layout
from nn_desktop.errors import UserError
from nn_desktop.training.session import Session
from nn_desktop.training.settings import LEARNING_RATE, SEED

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
    window.document.change_setting(LEARNING_RATE, 0.02)
    window.document.change_layout(
        "move", Layout(units={window.editor.topology.layers[1].units[0]: (5.0, 1.0)})
    )
    window.document.change_setting(SEED, 3)
    window.document.undo()
    settle(qtbot, window)
    return window


GESTURES = {
    "band": ("v", lambda w: (gap_spot(w, 1), unit_spot(w, 1, 2)), gestures.Band),
    "move a unit": (
        "v",
        lambda w: (unit_spot(w, 1, 1), unit_spot(w, 1, 1) + QPoint(60, 35)),
        moves.MoveUnit,
    ),
    "move a layer": (
        "v",
        lambda w: (title_spot(w, 1), title_spot(w, 1) + QPoint(30, 40)),
        moves.MoveLayer,
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
        patch.setattr(moves.MoveUnit, "move", fail)
        patch.setattr(moves.MoveUnit, "cancel", fail)
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
            patch.setattr(window.document, "adopt", fail)
        else:
            patch.setattr("nn_desktop.desktop.document.undo_steps.SetupCommand.redo", fail)
            patch.setattr("nn_desktop.desktop.document.undo_steps.SetupCommand.undo", fail)
            patch.setattr("nn_desktop.desktop.document.undo_steps.LayoutCommand.redo", fail)
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
    try:
        fail()
    except PlannedError:
        app.report_failure(window, *sys.exc_info())
    assert "PlannedError: planned" in said(window)
    assert "nothing is lost" not in said(window)
    assert "save in another file" in said(window)


def test_what_an_error_says_can_do_no_harm(window, document):
    def fail_strangely():
        raise PlannedError("a\x1b[2Jb\u202ec" + "x" * 10_000)

    document.attempt(fail_strangely)
    assert r"a\x1b[2Jb\u202ec" in said(window)
    assert len(said(window)) < 500


def test_a_failure_at_a_full_undo_stack_leaves_its_steps_as_they_were(window, document, monkeypatch):
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", -1.0)
    for seed in range(UNDO_LIMIT + 5):
        document.change_setting(SEED, 100 + seed)
    document.undo()
    document.redo()
    before = state(window)
    assert document.undo_stack.count() == UNDO_LIMIT
    monkeypatch.setattr(window.selection, "select_layer", fail)  # after the layer was put in
    window.actions_by_name["insert_layer"].trigger()
    assert state(window) == before
    assert "nothing is lost" in said(window)
    for _ in range(UNDO_LIMIT):
        document.undo()
    assert document.setup.hyperparameters.seed == 104


def test_a_failure_does_not_part_or_keep_steps_that_would_have_merged(qtbot, window, document, monkeypatch):
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", 1e9)
    document.change_setting(SEED, 6)
    before_seven = document.setup
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", -1.0)
    document.change_setting(SEED, 7)
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", 1e9)
    before = state(window)

    def change_twice_and_fail(*seeds):
        for seed in seeds:
            document.change_setting(SEED, seed)
        fail()

    for seeds in ((8,), (8, 9), (6,), (8, 7), (6, 7)):  # some of them bring a step to nothing
        assert not document.attempt(change_twice_and_fail, *seeds)
        assert state(window) == before
        assert "nothing is lost" in said(window)
    settle(qtbot, window)
    assert window.trainer.snapshot.setup == document.setup
    document.undo()
    assert document.setup == before_seven


def test_a_failure_after_a_move_that_would_have_merged_leaves_the_layout(window, document):
    unit = window.editor.topology.layers[1].units[0]
    document.change_layout("move", Layout(units={unit: (5.0, 1.0)}))
    before = state(window)

    def move_and_fail(to):
        document.change_layout("move", Layout(units=to))
        fail()

    for to in ({unit: (6.0, 1.0)}, {}):
        assert not document.attempt(move_and_fail, to)
        assert state(window) == before


def test_a_failure_keeps_what_there_is_to_redo_and_the_notes(with_steps):
    document = with_steps.document
    document.set_notes("Noted.")
    before = state(with_steps)

    def undo_and_fail():
        document.undo()
        fail()

    def change_and_fail():
        document.change_setting(SEED, 11)
        document.set_notes("Other notes.")
        fail()

    for do in (undo_and_fail, change_and_fail):
        assert not document.attempt(do)
        assert state(with_steps) == before
        assert "nothing is lost" in said(with_steps)
    document.redo()
    assert document.setup.hyperparameters.seed == 3


def test_a_step_that_was_taken_back_may_still_fail_in_the_worker(qtbot, with_steps, monkeypatch):
    window, document = with_steps, with_steps.document
    before = state(window)

    def change_and_fail():
        document.change_setting(SEED, 12)
        fail()

    with monkeypatch.context() as patch:
        patch.setattr(Session, "change", fail)
        document.attempt(change_and_fail)
        settle(qtbot, window)
    assert state(window) == before
    assert window.trainer.snapshot.setup == document.setup
    document.redo()
    settle(qtbot, window)
    assert window.trainer.snapshot.setup.hyperparameters.seed == 3


def test_steps_of_an_attempt_are_on_the_stack_when_somebody_looks(document):
    counts = []

    def change_and_look():
        document.change_setting(SEED, 21)
        counts.append(document.undo_stack.count())
        document.change_setting(LEARNING_RATE, 0.2)

    assert document.attempt(change_and_look)
    assert counts == [1]
    assert document.undo_stack.count() == 2


@pytest.mark.parametrize("is_current", [True, False])
def test_a_command_that_waits_for_numbers_is_taken_back_too(qtbot, window, document, monkeypatch, is_current):
    show_layers(qtbot, window, "1-3-2-1")
    window.selection.select_layer(window.editor.topology.layers[1].id)
    before = state(window)
    select, calls = window.selection.select, []

    def fail_at_last(*arguments, **named):
        calls.append(1)
        if len(calls) == 2:  # the copy is put in then
            fail()
        select(*arguments, **named)

    monkeypatch.setattr(window.selection, "select", fail_at_last)
    if not is_current:
        window.trainer.post(lambda session: None)
    window.actions_by_name["duplicate"].trigger()
    assert len(calls) == (2 if is_current else 0)
    qtbot.waitUntil(lambda: len(calls) == 2)
    settle(qtbot, window)
    assert state(window) == before
    assert "nothing is lost" in said(window)


@pytest.mark.parametrize("action", ["copy_picture", "copy_link_with_weights"])
def test_a_refusal_of_a_command_that_waits_for_numbers_is_no_error(qtbot, window, monkeypatch, action):
    def refuse(*arguments):
        raise UserError("There is no room: make some.")

    settle(qtbot, window)
    monkeypatch.setattr("nn_desktop.desktop.canvas.diagram.to_image", refuse)
    monkeypatch.setattr(window.menus[0], "_copy_link", refuse)
    window.trainer.post(lambda session: None)
    window.actions_by_name[action].trigger()
    settle(qtbot, window)
    assert said(window) == "There is no room: make some."


@pytest.mark.parametrize("name", ["insert_layer_1", "add_unit_1", "remove_unit_1"])
def test_a_button_of_the_canvas_that_fails_is_taken_back(qtbot, with_steps, monkeypatch, name):
    window = with_steps
    before = state(window)
    monkeypatch.setattr(window.selection, "select_layer", fail)
    if name != "insert_layer_1":
        monkeypatch.setattr(window.document, "change_topology", fail)
    button = next(b for b in window.canvas.network.buttons.items if b.objectName() == name)
    button.clicked.emit(button.target)
    settle(qtbot, window)
    assert state(window) == before
    assert "nothing is lost" in said(window)
