"""The whole main job, by real mouse and keyboard events."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QSpinBox,
    QTabBar,
    QToolButton,
)
from window_driver import button_point, canvas_point, find, open_descent, settle, unit_point

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import Task
from nn_desktop.data.unknown import UnknownData
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.canvas.connections_item import ConnectionsItem
from nn_desktop.desktop.document.editor import NEW_LAYER_UNITS
from nn_desktop.desktop.export.export_dialog import ExportDialog
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.engines import selection
from nn_desktop.engines.selection import Choice
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.training import session as session_module
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.settings import LEARNING_RATE

OLD = Path(__file__).parent.with_name("files") / "old"
LEFT = Qt.MouseButton.LeftButton


def click_canvas(qtbot, window, point: QPoint) -> None:
    qtbot.mouseMove(window.canvas.viewport(), point)
    qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=point)
    settle(qtbot, window)


def double_click_canvas(qtbot, window, point: QPoint) -> None:
    """Send what a real double click sends: a click, and then a press that is a double click."""
    qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=point)
    settle(qtbot, window)
    qtbot.mouseDClick(window.canvas.viewport(), LEFT, pos=point)
    settle(qtbot, window)


def test_space_trains_until_the_loss_has_fallen_and_space_pauses(qtbot, window, trainer):
    first = trainer.snapshot.train_loss
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.train_loss < first / 10, timeout=10_000)
    assert trainer.is_running
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    settle(qtbot, window)
    assert not trainer.is_running
    updates = trainer.snapshot.updates
    qtbot.wait(100)
    assert trainer.snapshot.updates == updates


def test_typed_layers_become_the_network(qtbot, window, document):
    field = find(window, QLineEdit, "layers_field")
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert field.hasFocus()
    qtbot.keyClicks(field, "1-16:relu-16:tanh-1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert document.setup.topology.sizes == (1, 16, 16, 1)
    assert [layer.activation for layer in document.setup.topology.layers[1:3]] == ["relu", "tanh"]
    assert field.text() == "1-16:relu-16:tanh-1"


def test_hidden_layers_typed_alone_get_the_ends_of_the_dataset(qtbot, window, document):
    field = find(window, QLineEdit, "layers_field")
    field.selectAll()
    qtbot.keyClicks(field, "5-6")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.setup.topology.sizes == (1, 5, 6, 1)


@pytest.mark.parametrize(
    ("typed", "part"),
    [("2-8-1", "begin with 1"), ("1-x-1", "is not a number of units"), ("1-99999-1", "1 to 10000 units")],
)
def test_layers_that_cannot_be_are_explained_and_change_nothing(qtbot, window, document, typed, part):
    before = document.setup
    field = find(window, QLineEdit, "layers_field")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert part in window.message_bar.text
    assert document.setup is before
    assert field.property("wrong") is True
    assert field.text() == typed


def test_layers_and_units_are_added_and_removed_on_the_canvas(qtbot, window, document):
    click_canvas(qtbot, window, button_point(window, "insert_layer_2"))
    assert document.setup.topology.sizes == (1, 8, NEW_LAYER_UNITS, 8, 1)
    click_canvas(qtbot, window, button_point(window, "add_unit_2"))
    assert document.setup.topology.sizes == (1, 8, NEW_LAYER_UNITS + 1, 8, 1)
    click_canvas(qtbot, window, button_point(window, "remove_unit_1"))
    assert document.setup.topology.sizes == (1, 7, NEW_LAYER_UNITS + 1, 8, 1)
    # A click on a unit selects it, Delete removes it.
    unit = document.setup.topology.layers[3].units[2]
    click_canvas(qtbot, window, unit_point(window, unit))
    assert window.selection.unit == unit
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert document.setup.topology.sizes == (1, 7, NEW_LAYER_UNITS + 1, 7, 1)
    assert unit not in document.setup.topology.unit_place
    # A click below a column's title selects the layer, Delete removes it.
    x = window.canvas.scene().placement.columns[2].x
    click_canvas(qtbot, window, canvas_point(window, x, window.canvas.scene().placement.top - 78))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert document.setup.topology.sizes == (1, 7, 7, 1)


def test_a_double_click_adds_a_unit_in_a_column_and_a_layer_between_two(qtbot, window, document):
    scene = window.canvas.scene()
    columns = scene.placement.columns
    empty = canvas_point(window, columns[1].x, scene.placement.top - 30)
    double_click_canvas(qtbot, window, empty)
    assert document.setup.topology.sizes == (1, 9, 8, 1)
    columns = scene.placement.columns
    between = canvas_point(window, (columns[0].x + columns[1].x) / 2, scene.placement.bottom + 20)
    double_click_canvas(qtbot, window, between)
    assert document.setup.topology.sizes == (1, NEW_LAYER_UNITS, 9, 8, 1)


def test_a_quick_second_click_on_a_button_does_nothing_else(qtbot, window, document):
    point = button_point(window, "insert_layer_2")
    double_click_canvas(qtbot, window, point)
    assert document.setup.topology.sizes == (1, 8, NEW_LAYER_UNITS, 8, 1)


def test_clicks_on_a_drawing_that_is_out_of_date_do_no_harm(qtbot, window, document):
    unit = document.setup.topology.layers[2].units[3]
    point, button = unit_point(window, unit), button_point(window, "add_unit_2")
    document.type_layers("1-8-1")  # not drawn yet
    qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=point)
    qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=button)
    settle(qtbot, window)
    assert document.setup.topology.sizes == (1, 8, 1)
    assert window.selection.unit is None


def test_the_keyboard_alone_walks_adds_and_removes(qtbot, window, document):
    window.canvas.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(window.canvas, key)
    layer = document.setup.topology.layers[1]
    assert window.selection.unit == layer.units[1]
    assert "Hidden 1, unit 2" in window.canvas.accessibleDescription()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Plus)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Insert)
    assert document.setup.topology.sizes == (1, 9, NEW_LAYER_UNITS, 8, 1)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.selection.layer is None


def test_the_activation_of_a_layer_is_chosen_from_its_menu(qtbot, window, document):
    click_canvas(qtbot, window, button_point(window, "activation_1"))
    menu = window.findChild(QMenu, "activation_menu")
    action = next(action for action in menu.actions() if action.objectName() == "activation_sine")
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    assert document.setup.topology.layers[1].activation is Activation.SINE
    assert document.setup.topology.layers[2].activation is Activation.TANH


def test_everything_is_undone_and_redone(qtbot, window, document, trainer):
    first, vector = document.setup, trainer.snapshot.parameters.vector.copy()
    click_canvas(qtbot, window, button_point(window, "insert_layer_1"))
    click_canvas(qtbot, window, button_point(window, "add_unit_2"))
    find(window, QListWidget, "data_gallery").setCurrentRow(17)
    find(window, QComboBox, "learning_initializer").activated.emit(2)
    settle(qtbot, window)
    last, last_vector = document.setup, trainer.snapshot.parameters.vector.copy()
    assert last.data.source.name == "spiral" and last.hyperparameters.loss is Loss.BINARY_CROSS_ENTROPY
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_Z, control)
    settle(qtbot, window)
    assert document.setup == first
    np.testing.assert_array_equal(trainer.snapshot.parameters.vector, vector)
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_Z, control | shift)
    settle(qtbot, window)
    assert document.setup == last
    np.testing.assert_array_equal(trainer.snapshot.parameters.vector, last_vector)


@pytest.mark.parametrize(
    ("kind", "name", "typed"),
    [(QSpinBox, "batch_size", "32"), (QSpinBox, "data_samples", "300"), (QComboBox, "learning_rate", "0.2")],
)
def test_undo_in_a_field_whose_number_is_in_force_is_that_of_the_document(
    qtbot, window, document, kind, name, typed
):
    if name != "data_samples":
        open_descent(window)
    field, before = find(window, kind, name), document.setup
    control = Qt.KeyboardModifier.ControlModifier
    field.setFocus()
    line = field.lineEdit()
    shown = line.text()
    line.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Z, control)  # still being typed: the field's own
    assert line.text() != typed
    assert document.setup == before
    line.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert document.setup != before
    if name != "data_samples":
        open_descent(window)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Z, control)
    settle(qtbot, window)
    assert document.setup == before
    assert line.text() == shown


def test_reset_gives_the_same_start_and_can_be_undone(qtbot, window, trainer):
    start = trainer.snapshot.parameters.vector.copy()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Period)
    settle(qtbot, window)
    learned = trainer.snapshot
    assert learned.updates == 3
    qtbot.mouseClick(find(window, QToolButton, "reset_button"), LEFT)
    settle(qtbot, window)
    np.testing.assert_array_equal(trainer.snapshot.parameters.vector, start)
    assert trainer.snapshot.updates == 0
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    np.testing.assert_array_equal(trainer.snapshot.parameters.vector, learned.parameters.vector)
    assert trainer.snapshot.updates == 3


def test_a_new_start_takes_the_next_seed(qtbot, window, document, trainer):
    start = trainer.snapshot.parameters.vector.copy()
    qtbot.mouseClick(find(window, QToolButton, "new_start_button"), LEFT)
    settle(qtbot, window)
    assert document.setup.hyperparameters.seed == 1
    assert find(window, QSpinBox, "learning_seed").value() == 1
    assert not np.array_equal(trainer.snapshot.parameters.vector, start)


def test_the_mode_changes_while_it_trains(qtbot, window, document, trainer):
    chip = find(window, QToolButton, "descent_button")
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    control_alt = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    for key, mode, text in (
        (Qt.Key.Key_S, Mode.STOCHASTIC, "Stochastic · "),
        (Qt.Key.Key_B, Mode.BATCH, "Batch · "),
        (Qt.Key.Key_M, Mode.MINI_BATCH, "Mini-batch 16 · "),
    ):
        epoch = trainer.snapshot.epoch
        qtbot.keyClick(window.canvas, key, control_alt)
        assert document.setup.hyperparameters.mode is mode
        assert chip.text().startswith(text)
        qtbot.waitUntil(lambda epoch=epoch: trainer.snapshot.epoch > epoch + 1)
        assert trainer.is_running
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)


def test_a_batch_above_the_number_of_samples_is_the_whole_set_and_says_so(qtbot, window, trainer):
    open_descent(window)
    box = find(window, QSpinBox, "batch_size")
    box.selectAll()
    qtbot.keyClicks(box, "500")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert "all 160 samples" in find(window, QLabel, "updates_per_epoch").text()
    qtbot.keyClick(window, Qt.Key.Key_Period)
    settle(qtbot, window)
    assert (trainer.snapshot.updates, trainer.snapshot.epoch) == (1, 1)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "fast"])
def test_a_learning_rate_that_cannot_be_is_refused(qtbot, window, document, text):
    open_descent(window)
    edit = find(window, QComboBox, "learning_rate").lineEdit()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert "above 0" in window.message_bar.text
    assert document.setup.hyperparameters.learning_rate == 0.05
    assert edit.text() == "0.05"


def test_the_network_follows_the_dataset(qtbot, window, document, trainer):
    gallery = find(window, QListWidget, "data_gallery")
    for name, sizes, loss in (
        ("spiral", (2, 8, 8, 1), Loss.BINARY_CROSS_ENTROPY),
        ("iris", (4, 8, 8, 3), Loss.CATEGORICAL_CROSS_ENTROPY),
        ("digits", (64, 8, 8, 10), Loss.CATEGORICAL_CROSS_ENTROPY),
        ("gaussians", (2, 8, 8, 1), Loss.MEAN_SQUARED_ERROR),
    ):
        item = gallery.item(list(CATALOGUE).index(name))
        gallery.scrollToItem(item)
        qtbot.mouseClick(gallery.viewport(), LEFT, pos=gallery.visualItemRect(item).center())
        settle(qtbot, window)
        assert document.setup.data.source.name == name
        assert document.setup.topology.sizes == sizes
        assert document.setup.hyperparameters.loss is loss
        assert trainer.snapshot.setup.data.source.name == name


def test_hovering_a_connection_shows_its_live_weight(qtbot, window, trainer):
    scene = window.canvas.scene()
    first, second = trainer.snapshot.setup.topology.layers[2:4]
    positions = scene.placement.positions()
    (x1, y1), (x2, y2) = positions[first.units[0]], positions[second.units[0]]
    label = find(window, QLabel, "canvas_hover")
    qtbot.mouseMove(window.canvas.viewport(), canvas_point(window, (x1 + x2) / 2, (y1 + y2) / 2))
    weight = trainer.snapshot.parameters.weight(first.units[0], second.units[0])
    assert label.isVisible()
    assert figure(weight) in label.text()
    before = label.text()
    qtbot.keyClick(window, Qt.Key.Key_Period)
    settle(qtbot, window)
    weight = trainer.snapshot.parameters.weight(first.units[0], second.units[0])
    assert figure(weight) in label.text()
    assert label.text() != before


def export_to(qtbot, window, path) -> ExportDialog:
    """Type a path into the dialog, press Enter, and wait for what comes of it."""
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = find(window, ExportDialog, "export_dialog")
    name = find(dialog, QLineEdit, "export_name")
    name.selectAll()
    qtbot.keyClicks(name, str(path))
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=10_000)
    return dialog


def test_the_weights_are_exported_and_read_back(qtbot, window, trainer, tmp_path):
    qtbot.keyClick(window, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    path = tmp_path / "weights.npz"
    export_to(qtbot, window, path)
    assert "weights.npz" in window.message_bar.text
    parameters = trainer.snapshot.parameters
    layers = trainer.snapshot.setup.topology.layers
    with np.load(path, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["layer2.weight"], parameters.weights(layers[1].id, layers[2].id))
        np.testing.assert_array_equal(arrays["layer3.bias"], parameters.biases(layers[3].id))


def test_an_exported_network_opens_again(qtbot, window, document, trainer, dialogs, tmp_path):
    find(window, QListWidget, "data_gallery").setCurrentRow(20)
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Period)
    settle(qtbot, window)
    dialogs.path = tmp_path / "iris.json"
    export_to(qtbot, window, dialogs.path).close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert json.loads(dialogs.path.read_text())["dataset"] == "iris"
    snapshot = trainer.snapshot
    expected = predict_raw(snapshot.parameters, snapshot.dataset, snapshot.dataset.inputs)
    find(window, QListWidget, "data_gallery").setCurrentRow(0)
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    snapshot = trainer.snapshot
    assert document.setup.data.source.name == "iris"
    opened = predict_raw(snapshot.parameters, snapshot.dataset, snapshot.dataset.inputs)
    np.testing.assert_array_equal(opened, expected)


def test_a_folder_that_cannot_be_written_is_said(qtbot, window, document, tmp_path):
    path = tmp_path / "missing" / "weights.npz"
    before = document.setup
    assert str(path) in export_to(qtbot, window, path).outcome.text
    assert document.setup is before


def test_a_run_that_diverges_is_stopped_and_keeps_a_finite_state(qtbot, window, document, trainer):
    document.change_setting(LEARNING_RATE, 1000.0)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "diverged" in window.message_bar.text)
    assert not trainer.is_running
    assert np.isfinite(trainer.snapshot.parameters.vector).all()
    assert np.isfinite(trainer.snapshot.train_loss)
    window.message_bar.hide()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "diverged" in window.message_bar.text)  # said again: it cannot go on
    document.change_setting(LEARNING_RATE, 0.001)
    document.reset()
    settle(qtbot, window)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.epoch > 10)
    assert trainer.is_running


def test_an_error_in_the_worker_is_told_and_the_program_goes_on(qtbot, window, trainer, monkeypatch, caplog):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    trainer.post(lambda session: monkeypatch.setattr(session, "advance", fail)).result()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in window.message_bar.text)
    assert not trainer.is_running
    monkeypatch.undo()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 0)
    caplog.clear()


def test_both_themes_can_be_chosen(qtbot, window, theme, settings):
    window.actions_by_name["theme_dark"].trigger()
    assert theme.colors.is_dark
    assert settings.value("view/theme") == "dark"
    window.actions_by_name["theme_light"].trigger()
    assert not theme.colors.is_dark


def test_the_engines_are_measured_when_the_window_is_painted(qtbot, theme, settings, dialogs, monkeypatch):
    happened = []

    def choose(*form: object) -> Choice:
        happened.append("measured")
        return selection.choose(*form)

    def paint(connections, *arguments: object) -> None:
        happened.append("painted")
        really_paint(connections, *arguments)

    really_paint = ConnectionsItem.paint
    monkeypatch.setattr(session_module, "choose", choose)
    monkeypatch.setattr(ConnectionsItem, "paint", paint)
    window = make_window(theme, settings, dialogs)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    label = find(window, QLabel, "engine_in_use")
    qtbot.waitUntil(lambda: "an update" in label.text())
    assert happened.count("measured") == 1
    assert happened[0] == "painted"
    window.close()


def test_what_was_chosen_is_there_the_next_time(qtbot, window, theme, settings, dialogs):
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert window.docks.loss_plot._chart.is_on(Change.LOG_Y)
    window.findChild(QDockWidget, "dock_learning").hide()
    window.close()
    again = make_window(theme, settings, dialogs)
    qtbot.addWidget(again)
    assert again.docks.loss_plot._chart.is_on(Change.LOG_Y)
    assert again.actions_by_name["log_scale"].isChecked()
    assert again.findChild(QDockWidget, "dock_learning").isHidden()
    again.workspaces.reset()
    assert not again.findChild(QDockWidget, "dock_learning").isHidden()
    again.close()


def test_the_canvas_keeps_its_share_when_the_window_shrinks(qtbot, window):
    window.workspaces.reset()
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.width() == 1024)
    qtbot.waitUntil(lambda: window.canvas.width() > 0.42 * 1024)
    assert window.docks.fit_view.width() > 200


def test_no_tab_of_the_panels_is_shown_twice(qtbot, window):
    def shown_tabs():
        bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
        return [bar.tabText(index) for bar in bars for index in range(bar.count())]

    tabs = ["Data", "Inspector", "Learning", "Outline", "Runs"]
    assert sorted(shown_tabs()) == tabs
    window.workspaces.reset()
    assert sorted(shown_tabs()) == tabs
    learning, outline = (window.findChild(QDockWidget, name) for name in ("dock_learning", "dock_outline"))
    window.tabifyDockWidget(learning, outline)
    qtbot.waitUntil(lambda: sorted(shown_tabs()) == tabs)


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_after_a_question_the_keys_are_heard_where_they_were_before(qtbot, window, key):
    window.canvas.setFocus()
    window.message_bar.ask("Make it so large?", "Make it", lambda: None)
    answer = find(window, QPushButton, "message_answer")
    assert answer.hasFocus()
    qtbot.keyClick(answer, key)
    assert window.canvas.hasFocus()


def test_the_speed_is_that_of_whole_moments_and_0_after_going_back(qtbot, window, trainer, document):
    trainer.train_or_pause()
    qtbot.waitUntil(lambda: trainer.updates_per_second > 0)
    began, first = time.perf_counter(), trainer.snapshot.updates
    qtbot.wait(500)
    real = (trainer.snapshot.updates - first) / (time.perf_counter() - began)
    assert 0.2 * real < trainer.updates_per_second < 5 * real
    trainer.pause()
    document.reset()
    settle(qtbot, window)
    assert trainer.updates_per_second == 0


def test_a_file_trained_on_random_numbers_is_opened(qtbot, window, document):
    window.opener.open_file(OLD / "foreign.json")
    settle(qtbot, window)
    assert document.setup.data.source == UnknownData(task=Task.REGRESSION, inputs=6, outputs=3)
    document.choose_source(CATALOGUE["sine"])  # the panel still listens, and shows it
    settle(qtbot, window)
    assert find(window, QListWidget, "data_gallery").currentRow() == list(CATALOGUE).index("sine")
