"""What happens between an edit and the numbers that follow it, and what gestures leave behind."""

import json
import threading

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from window_driver import (
    connection_spot,
    find,
    move_to,
    press_key,
    settle,
    show_layers,
    unit_point,
    unit_spot,
)

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.document.selection_editor import SelectionEditor
from nn_desktop.engines.names import Precision
from nn_desktop.files.share.links import read_shared
from nn_desktop.insight.inspection import without
from nn_desktop.network.functions import Loss
from nn_desktop.training.session import Session
from nn_desktop.training.settings import LEARNING_RATE, PRECISION

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def doomed(window) -> tuple[frozenset, set]:
    """The connections and units that are drawn as cut."""
    drawing = window.canvas.network.drawing
    return drawing.connections._cut_pairs, {unit for unit, item in drawing.units.items() if item._marks.cut}


def pair_of(window) -> tuple[int, int]:
    layers = window.editor.topology.layers
    return layers[1].units[0], layers[2].units[1]


def test_what_was_cut_and_comes_back_is_drawn_whole(qtbot, window):
    show_layers(qtbot, window, "1-3-2-1")
    pair = pair_of(window)
    move_to(qtbot, window, connection_spot(window, *pair))
    qtbot.keyPress(window.canvas, Qt.Key.Key_Alt)
    point = window.canvas.mapFromScene(connection_spot(window, *pair))
    assert pair in doomed(window)[0]
    qtbot.mouseClick(window.canvas.viewport(), LEFT, ALT, point)
    settle(qtbot, window)
    assert not window.editor.topology.is_connected(*pair)
    qtbot.keyRelease(window.canvas, Qt.Key.Key_Alt)
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert window.editor.topology.is_connected(*pair)
    assert doomed(window) == (frozenset(), set())


@pytest.mark.parametrize("how", ["edit", "resize"])
def test_a_stroke_that_is_interrupted_leaves_nothing_marked(qtbot, window, how):
    show_layers(qtbot, window, "1-3-2-1")
    before = window.editor.topology
    press_key(qtbot, window, Qt.Key.Key_E)
    viewport = window.canvas.viewport()
    point = window.canvas.mapFromScene(connection_spot(window, *pair_of(window)))
    qtbot.mousePress(viewport, LEFT, pos=point - QPoint(0, 6))
    qtbot.mouseMove(viewport, point + QPoint(0, 6))
    assert doomed(window)[0]
    if how == "edit":
        window.editor.insert_layer(1)
    else:
        window.message_bar.inform("A line that makes the canvas lower")
    qtbot.waitUntil(lambda: doomed(window) == (frozenset(), set()))
    qtbot.mouseRelease(viewport, LEFT, pos=point)
    settle(qtbot, window)
    assert how == "edit" or window.editor.topology == before
    assert doomed(window) == (frozenset(), set())


def test_the_loss_that_a_lesion_shows_is_that_of_what_is_left(qtbot, window, trainer):
    show_layers(qtbot, window, "1-1-1")
    for _ in range(5):
        qtbot.keyClick(window, Qt.Key.Key_Period)
    settle(qtbot, window)
    unit = window.editor.topology.layers[1].units[0]
    ablated = without(trainer.snapshot.parameters, unit)
    shown = Session(trainer.snapshot.setup, ablated).losses()[1]
    qtbot.mouseClick(window.canvas.viewport(), LEFT, ALT, unit_point(window, unit))
    settle(qtbot, window)
    assert window.editor.topology.sizes == (1, 1)
    assert window.editor.topology.links == ()
    assert trainer.snapshot.test_loss == pytest.approx(shown, rel=1e-12)


def test_alt_is_seen_by_the_mouse_where_another_field_has_the_focus(qtbot, window):
    show_layers(qtbot, window, "1-3-1")
    find(window, QLineEdit, "layers_field").setFocus()
    label = find(window, QLabel, "canvas_hover")
    unit = window.editor.topology.layers[1].units[0]
    point = unit_point(window, unit)
    for offset in (QPoint(3, 0), QPoint(0, 0)):
        event_point = point + offset
        viewport = window.canvas.viewport()
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(event_point),
            viewport.mapToGlobal(QPointF(event_point)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            ALT,
        )
        QApplication.sendEvent(viewport, move)
    qtbot.waitUntil(lambda: "without it" in label.text())


@pytest.fixture
def slow_worker(window, trainer):
    """Holds the worker up, so that the moment between an edit and its numbers lasts."""
    go_on = threading.Event()
    trainer.post(lambda session: go_on.wait(20) and None)
    yield go_on
    go_on.set()


def test_pictures_folding_and_themes_in_between_do_no_harm(qtbot, window, document, theme, slow_worker):
    document.choose_source(CATALOGUE["iris"])
    network: NetworkScene = window.canvas.network
    assert not network.is_known
    window.actions_by_name["copy_picture"].trigger()
    network.toggle_folded(window.editor.topology.layers[1].id)
    window.actions_by_name["theme_dark"].trigger()
    slow_worker.set()
    settle(qtbot, window)
    assert network.is_known
    assert QGuiApplication.clipboard().image().width() > 300  # it came when all was known
    window.actions_by_name["theme_light"].trigger()


def test_names_are_those_of_the_data_also_after_a_quick_edit(qtbot, window, document, trainer):
    document.choose_source(CATALOGUE["iris"])
    window.editor.insert_layer(1)
    settle(qtbot, window)
    texts = {item.toolTip() for item in window.canvas.network.drawing._labels if item.toolTip()}
    assert set(trainer.snapshot.dataset.input_names) <= texts


def test_a_copy_waits_for_the_weights_that_an_edit_brings(qtbot, window, document, slow_worker):
    QGuiApplication.clipboard().setText("before")
    window.editor.insert_layer(1)
    window.selection.clear()
    window.actions_by_name["copy"].trigger()
    assert QGuiApplication.clipboard().text() == "before"
    slow_worker.set()
    settle(qtbot, window)
    text = QGuiApplication.clipboard().text()
    weights = [json.loads(text)["links"][0]["weights"]]
    assert np.abs(np.array(weights)).min() > 0
    assert "with its weights" in window.message_bar.text


def test_a_duplicate_right_after_an_edit_has_numbers(qtbot, window, trainer, slow_worker):
    qtbot.keyClick(window, Qt.Key.Key_Period)
    window.editor.insert_layer(1)
    window.actions_by_name["duplicate"].trigger()
    slow_worker.set()
    settle(qtbot, window)
    topology = window.editor.topology
    assert topology.sizes == (1, 4, 4, 8, 8, 1)
    for layer in topology.layers[1:]:
        assert np.abs(trainer.snapshot.parameters.matrix(layer.id)[:, :-1]).min() > 0


def test_numbers_too_large_for_the_number_type_are_refused_and_training_goes_on(
    qtbot, window, document, trainer
):
    document.change_setting(PRECISION, Precision.FLOAT32)
    settle(qtbot, window)
    before = window.editor.topology
    trainer.train_or_pause()
    text = {
        "format": "nn-desktop-layers",
        "version": 1,
        "whole": False,
        "layers": [{"units": 1, "biases": [1e300]}],
    }
    QGuiApplication.clipboard().setText(json.dumps(text))
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_V, CONTROL)
    assert "float32" in window.message_bar.text
    assert window.editor.topology == before
    assert trainer.is_running
    trainer.pause()


def test_a_loss_that_does_not_go_with_what_is_pasted_is_said(qtbot, window, document):
    document.choose_source(CATALOGUE["circle"])
    settle(qtbot, window)
    layers = [{"units": 2}, {"units": 3, "activation": "tanh"}, {"units": 1, "activation": "tanh"}]
    text = {"format": "nn-desktop-layers", "version": 1, "whole": True, "layers": layers}
    QGuiApplication.clipboard().setText(json.dumps(text))
    window.actions_by_name["paste"].trigger()
    assert document.setup.hyperparameters.loss is Loss.MEAN_SQUARED_ERROR
    assert "the loss is now Mean squared error" in window.message_bar.text


def test_opening_a_network_is_one_step_and_forgets_what_was_selected(qtbot, window, document, trainer):
    SelectionEditor(window.editor).nudge(0, 0)
    window.selection.select_unit(window.editor.topology.layers[1].units[0])
    SelectionEditor(window.editor).nudge(10, 10)
    layout, count = document.layout, document.undo_stack.count()
    document.go_to("open network", Session(document.setup).checkpoint())
    assert document.undo_stack.count() == count + 1
    assert window.selection.is_empty
    assert document.layout.units == {}
    document.undo_stack.undo()
    assert document.layout == layout
    settle(qtbot, window)


def test_a_change_of_the_learning_rate_leaves_a_gesture_alone(qtbot, window, document):
    show_layers(qtbot, window, "1-3-1")
    press_key(qtbot, window, Qt.Key.Key_C)
    viewport = window.canvas.viewport()
    topology = window.editor.topology
    start, end = (window.canvas.mapFromScene(unit_spot(window, layer, 0)) for layer in (0, 2))
    qtbot.mousePress(viewport, LEFT, pos=start)
    qtbot.mouseMove(viewport, (start + end) / 2)
    document.change_setting(LEARNING_RATE, 0.123)
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, LEFT, pos=end)
    assert window.editor.topology.is_connected(topology.layers[0].units[0], topology.layers[2].units[0])


SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(qtbot, window, *keys) -> None:
    """Press keys one after the other, within one frame."""
    for key, *modifiers in keys:
        qtbot.keyClick(window.canvas, key, modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier)


def copied_layers() -> list[dict]:
    return json.loads(QGuiApplication.clipboard().text())["layers"]


NEW_LAYER, COPY, CUT = (Qt.Key.Key_L, CONTROL | SHIFT), (Qt.Key.Key_C, CONTROL), (Qt.Key.Key_X, CONTROL)
UNDO, REDO = (Qt.Key.Key_Z, CONTROL), (Qt.Key.Key_Z, CONTROL | SHIFT)
DUPLICATE = (Qt.Key.Key_D, CONTROL)


def test_a_new_layer_that_is_copied_and_undone_within_a_frame_is_in_the_clipboard(
    qtbot, window, document, slow_worker
):
    before = document.setup
    window.canvas.setFocus()
    press(qtbot, window, NEW_LAYER, COPY, UNDO)
    slow_worker.set()
    settle(qtbot, window)
    (layer,) = copied_layers()
    assert layer["units"] == 4
    assert document.setup == before
    assert document.undo_stack.index() == 0
    assert "Copied a layer as text" in window.message_bar.text


@pytest.mark.parametrize("then", [(UNDO,), (UNDO, REDO), (UNDO, NEW_LAYER)], ids=["undo", "redo", "another"])
@pytest.mark.parametrize("what", [COPY, CUT, DUPLICATE], ids=["copy", "cut", "duplicate"])
def test_keys_within_one_frame_do_no_harm(qtbot, window, document, trainer, slow_worker, what, then):
    window.canvas.setFocus()
    press(qtbot, window, NEW_LAYER, what, *then)
    slow_worker.set()
    settle(qtbot, window)
    assert "went wrong" not in window.message_bar.text
    assert trainer.snapshot.setup == document.setup
    while document.undo_stack.canUndo():
        press_key(qtbot, window, *UNDO)
    assert document.setup.topology.sizes == (1, 8, 8, 1)


def test_what_is_cut_right_after_an_edit_keeps_its_numbers(qtbot, window, trainer, slow_worker):
    qtbot.keyClick(window, Qt.Key.Key_Period)  # so that a new layer is drawn, and is not known yet
    window.canvas.setFocus()
    press(qtbot, window, NEW_LAYER, NEW_LAYER)
    window.selection.select((), layers=[layer.id for layer in window.editor.topology.layers[3:5]])
    press(qtbot, window, CUT)
    slow_worker.set()
    settle(qtbot, window)
    text = json.loads(QGuiApplication.clipboard().text())
    assert np.abs(np.array(text["links"][0]["weights"])).min() > 0


def test_a_number_typed_in_this_frame_is_in_what_is_copied(qtbot, window, document, slow_worker):
    unit = window.editor.topology.layers[1].units[0]
    assert window.editor.type_number(unit, "7.5") == ""
    window.selection.select_layer(window.editor.topology.layers[1].id)
    window.canvas.setFocus()
    press(qtbot, window, COPY)
    slow_worker.set()
    settle(qtbot, window)
    assert copied_layers()[0]["biases"][0] == 7.5


def test_a_link_with_weights_has_those_of_the_moment_it_was_asked_for(
    qtbot, window, document, trainer, slow_worker
):
    unit = window.editor.topology.layers[1].units[0]
    assert window.editor.type_number(unit, "7.5") == ""
    window.actions_by_name["copy_link_with_weights"].trigger()
    document.reset()
    document.type_layers("1-2-1")
    slow_worker.set()
    settle(qtbot, window)
    shared = read_shared(QGuiApplication.clipboard().text())
    assert shared.parameters.bias(shared.setup.topology.layers[1].units[0]) == 7.5
    assert shared.setup.topology.sizes == (1, 8, 8, 1)


def test_a_picture_asked_for_right_after_an_edit_follows_in_a_dialog_that_leaves_the_drawing_alive(
    qtbot, window, document, trainer, dialogs, slow_worker, monkeypatch
):
    shown = []

    def ask(parent, options, suffix, preview):
        trainer.step_update()  # in the dialog's own event loop the drawing goes on
        before = len(shown)
        qtbot.waitUntil(lambda: len(shown) > before, timeout=5000)

    monkeypatch.setattr(dialogs, "ask_diagram", ask)
    trainer.snapshot_changed.connect(shown.append)
    window.editor.insert_layer(1)
    window.actions_by_name["export_diagram"].trigger()
    slow_worker.set()
    qtbot.waitUntil(lambda: trainer.snapshot.updates == 1, timeout=5000)
    settle(qtbot, window)
    trainer.snapshot_changed.disconnect(shown.append)
