"""The properties of what is selected."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
)
from window_driver import find, settle, unit_point

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.look.numbers import editable_number, exact_number, read_figure
from nn_desktop.network.edits import MAX_NAME_LENGTH
from nn_desktop.network.functions import Activation, Initializer

Key, Modifier = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def inspector(qtbot, window):
    find(window, QDockWidget, "dock_inspector").raise_()
    qtbot.wait(20)
    return window.docks.inspector


@pytest.fixture
def layers(document):
    return document.setup.topology.layers


def type_and_enter(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)


def visible(inspector):
    return {
        w.objectName() for w in inspector.findChildren(object) if hasattr(w, "isVisible") and w.isVisible()
    }


def test_nothing_selected_says_what_to_do(inspector, window):
    assert find(window, QLabel, "inspector_hint").isVisible()
    assert "Point at a unit" in find(window, QLabel, "inspector_hint").text()
    assert "inspector_name" not in visible(inspector)


def test_nothing_is_cut_off_at_the_right_of_the_narrowest_panel(inspector, window, layers):
    window.selection.select_unit(layers[1].units[0])
    area = inspector.findChild(QScrollArea)
    needed = area.widget().minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width()
    assert inspector.minimumSizeHint().width() >= needed


def test_f4_goes_to_the_name_and_enter_applies_it(qtbot, window, document, layers):
    window.canvas.setFocus()
    window.selection.select_layer(layers[1].id)
    qtbot.keyClick(window.canvas, Key.Key_F4)
    name = find(window, QLineEdit, "inspector_name")
    assert name.hasFocus()
    assert name.placeholderText() == "Hidden 1"
    qtbot.keyClicks(name, "Features")
    qtbot.keyClick(name, Key.Key_Return)
    assert document.setup.topology.layers[1].name == "Features"
    assert find(window, QLabel, "inspector_title").text() == "Features"
    name.selectAll()
    qtbot.keyClicks(name, "Other")
    qtbot.keyClick(name, Key.Key_Escape)
    assert name.text() == "Features"
    qtbot.keyClick(name, Key.Key_Z, Modifier.ControlModifier)  # not being edited: the document's
    assert document.setup.topology.layers[1].name == ""
    assert name.text() == ""


def test_a_name_that_cannot_be_is_refused(qtbot, window, inspector, document, layers):
    window.selection.select_layer(layers[1].id)
    name = find(window, QLineEdit, "inspector_name")
    type_and_enter(qtbot, name, "x" * 200)
    assert document.setup.topology.layers[1].name == ""
    assert name.property("wrong") is True
    assert "choose a shorter one" in window.message_bar.text


def test_the_longest_name_leaves_all_of_the_inspector_in_its_column(
    qtbot, window, inspector, document, layers
):
    window.workspaces.go_to("network")
    window.editor.rename_layer(layers[1].id, "m" * MAX_NAME_LENGTH)
    area = inspector.findChild(QScrollArea)
    for layer in layers[1:3]:  # its own title, and that of the weights which come from it
        window.selection.select_layer(layer.id)
        settle(qtbot, window)
        assert area.widget().minimumSizeHint().width() <= area.viewport().width()


def test_a_hidden_layer_takes_another_activation_size_initializer_and_is_frozen(
    qtbot, window, inspector, document, layers
):
    window.selection.select_layer(layers[1].id)
    activation = find(window, QComboBox, "inspector_activation")
    assert activation.findText("Softmax") < 0
    activation.setFocus()
    while activation.currentText() != "ReLU":
        qtbot.keyClick(activation, Key.Key_Down)
    assert document.setup.topology.layers[1].activation is Activation.RELU
    units = find(window, QSpinBox, "inspector_units")
    units.setFocus()
    units.selectAll()
    qtbot.keyClicks(units, "12")
    assert document.setup.topology.sizes[1] == 8  # not while one types
    qtbot.keyClick(units, Key.Key_Return)
    assert document.setup.topology.sizes[1] == 12
    initializer = find(window, QComboBox, "inspector_initializer")
    assert initializer.currentText() == "As all others"
    assert "Glorot uniform" in initializer.toolTip()
    initializer.setFocus()
    while initializer.currentText() != "He uniform":
        qtbot.keyClick(initializer, Key.Key_Down)
    assert document.setup.topology.layers[1].initializer is Initializer.HE_UNIFORM
    frozen = find(window, QCheckBox, "inspector_frozen")
    qtbot.mouseClick(frozen, LEFT, pos=QPoint(8, frozen.height() // 2))
    assert document.setup.topology.layers[1].frozen
    frozen.setFocus()
    qtbot.keyClick(frozen, Key.Key_Space)
    assert not document.setup.topology.layers[1].frozen


def test_what_the_dataset_decides_cannot_be_chosen(window, inspector, layers):
    units = find(window, QSpinBox, "inspector_units")
    activation = find(window, QComboBox, "inspector_activation")
    window.selection.select_layer(layers[0].id)
    assert not activation.isEnabled()
    assert not units.isEnabled()
    assert "dataset decides" in units.toolTip()
    assert not find(window, QCheckBox, "inspector_frozen").isEnabled()
    window.selection.select_layer(layers[-1].id)
    assert activation.isEnabled()
    assert activation.findText("Softmax") >= 0
    assert not units.isEnabled()


def test_a_size_that_is_asked_about_is_not_shown_before_the_answer(
    qtbot, window, inspector, document, layers
):
    window.selection.select_layer(layers[1].id)
    units = find(window, QSpinBox, "inspector_units")
    units.setFocus()
    units.selectAll()
    qtbot.keyClicks(units, "5000")
    qtbot.keyClick(units, Key.Key_Return)
    assert "Make it so large?" in window.message_bar.text
    assert document.setup.topology.sizes[1] == 8
    assert units.value() == 8
    assert find(window, QPushButton, "message_answer").hasFocus()


def test_a_bias_is_live_until_one_types_and_enter_applies_it(
    qtbot, window, inspector, document, trainer, layers
):
    unit = layers[1].units[2]
    qtbot.mouseClick(window.canvas.viewport(), LEFT, pos=unit_point(window, unit))
    bias = find(window, QLineEdit, "inspector_bias")
    assert bias.text() == "0"
    assert find(window, QLabel, "inspector_title").text() == "Hidden 1, unit 3"
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: bias.text() != "0")
    bias.setFocus()
    bias.selectAll()
    qtbot.keyClicks(bias, "40")
    updates = trainer.snapshot.updates
    qtbot.waitUntil(lambda: trainer.snapshot.updates > updates + 100)
    assert bias.text() == "40"
    qtbot.keyClick(bias, Key.Key_Return)
    qtbot.waitUntil(lambda: trainer.snapshot.parameters.bias(unit) > 30)
    qtbot.keyClick(bias, Key.Key_Z, Modifier.ControlModifier)
    qtbot.waitUntil(lambda: trainer.snapshot.parameters.bias(unit) < 30)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_Space)
    settle(qtbot, window)


def test_a_wrong_number_is_said_at_the_field_and_taken_back_when_it_is_left(
    qtbot, window, inspector, document, layers
):
    window.selection.select_unit(layers[1].units[0])
    bias, error = find(window, QLineEdit, "inspector_bias"), find(window, QLabel, "inspector_error")
    type_and_enter(qtbot, bias, "much")
    assert error.isVisible()
    assert "“much” is no number" in error.text()
    assert bias.property("wrong") is True
    assert not document.undo_stack.canUndo()
    window.canvas.setFocus()
    assert not error.isVisible()
    assert bias.text() == "0"
    assert bias.property("wrong") is False


def test_a_connection_has_a_weight_and_can_be_frozen(qtbot, window, inspector, document, trainer, layers):
    pair = (layers[1].units[0], layers[2].units[0])
    window.selection.select_connection(pair)
    shown = visible(inspector)
    assert "inspector_weight" in shown
    assert not {"inspector_bias", "inspector_name", "inspector_frozen"} & shown
    type_and_enter(qtbot, find(window, QLineEdit, "inspector_weight"), "-0.5")
    settle(qtbot, window)
    assert trainer.snapshot.parameters.weight(*pair) == -0.5
    assert find(window, QLineEdit, "inspector_weight").text() == "−0.5"
    frozen = find(window, QCheckBox, "inspector_connection_frozen")
    frozen.setFocus()
    qtbot.keyClick(frozen, Key.Key_Space)
    assert document.setup.topology.is_frozen(*pair)
    assert frozen.isChecked()
    qtbot.keyClick(frozen, Key.Key_Space)
    assert not document.setup.topology.is_frozen(*pair)
    window.editor.freeze_layer(layers[2].id, True)
    assert frozen.isChecked()
    assert not frozen.isEnabled()
    window.editor.erase(connections=[pair])
    assert find(window, QLabel, "inspector_hint").isVisible()


def test_a_selection_moves_nothing_beside_the_panel(qtbot, window, inspector, layers):
    heights = []
    for select in (window.selection.clear, lambda: window.selection.select_unit(layers[1].units[0])):
        select()
        qtbot.wait(50)
        heights.append(inspector.height())
    assert heights[0] == heights[1]


def test_a_field_that_is_gone_to_shows_all_digits_of_its_number(qtbot, window, inspector, trainer, layers):
    pair = layers[1].units[0], layers[2].units[0]
    window.selection.select_connection(pair)
    field, value = find(window, QLineEdit, "inspector_weight"), trainer.snapshot.parameters.weight(*pair)
    assert field.text() == editable_number(value)
    field.setFocus()
    assert field.text() == exact_number(value) != editable_number(value)
    qtbot.keyClick(field, Key.Key_Return)
    window.canvas.setFocus()
    assert field.text() == editable_number(value)
    assert window.document.undo_stack.count() == 0


def test_the_numbers_of_a_textbook_are_read_off_and_can_be_copied(qtbot, window, inspector, trainer, layers):
    """L with nine digits before a step, and what the step makes of a weight."""
    pair = layers[1].units[0], layers[2].units[0]
    window.selection.select_connection(pair)
    numbers = find(window, QLabel, "inspector_numbers")
    qtbot.waitUntil(lambda: "∂L/∂w" in numbers.text())
    assert numbers.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    batch = trainer.snapshot.walk.next_batch
    engine_loss = trainer.post(lambda session: session._engine.gradient(batch)[0]).result()
    assert f"L = {editable_number(engine_loss, 9)}" in numbers.text().splitlines()
    told = next(line for line in numbers.text().splitlines() if line.startswith("w − η")).rpartition(" = ")[2]
    settle(qtbot, window)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_Period)
    settle(qtbot, window)
    field = find(window, QLineEdit, "inspector_weight")
    field.setFocus()
    assert editable_number(read_figure(field.text()), 8) == told


def test_the_title_of_an_output_follows_the_dataset(qtbot, window, inspector, document):
    for name, output in (("xor", "positive"), ("gaussians", "y")):
        document.choose_source(CATALOGUE[name])
        window.selection.select_unit(document.setup.topology.layers[-1].units[0])
        settle(qtbot, window)
        assert find(window, QLabel, "inspector_title").text() == output
