"""Layers and networks as text on the clipboard, and networks that are typed, however wrong or large."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton
from window_driver import find, press_key, settle, show_layers, undo_and_redo

from nn_desktop.desktop.document import doubts
from nn_desktop.training.examples import EXAMPLES

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture(autouse=True)
def empty_clipboard(qapp):
    QGuiApplication.clipboard().clear()
    yield
    QGuiApplication.clipboard().clear()


@pytest.fixture
def other(open_window):
    """Another window, with a network of its own."""
    return open_window()


def weights_of(window) -> list[float]:
    """All weights and biases, in the order of layers, links and units."""
    parameters, topology = window.trainer.snapshot.parameters, window.editor.topology
    weights = [parameters.weight(*pair) for pair in topology.connections()]
    return [*weights, *(parameters.bias(u) for layer in topology.layers[1:] for u in layer.units)]


def shape_of(topology) -> list:
    """What a network is apart from its ids."""
    places = topology.unit_place
    layers = [(len(layer.units), layer.activation, layer.name) for layer in topology.layers]
    return [layers, sorted((places[source], places[target]) for source, target in topology.connections())]


def go_to(qtbot, window) -> None:
    """Make another window the one that hears keys."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()


def paste(qtbot, window, text: str | None = None) -> None:
    if text is not None:
        QGuiApplication.clipboard().setText(text)
    press_key(qtbot, window, "v", CONTROL)


def type_layers(qtbot, window, text: str) -> QLineEdit:
    qtbot.keyClick(window, Key.Key_L, CONTROL)
    field = window.readout.layers_field
    assert field.hasFocus()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)
    return field


# Copy and paste.


def test_a_whole_network_goes_to_another_window_as_text(qtbot, window, topology, other):
    show_layers(qtbot, window, "1-3:relu-2:sine-1")
    first, last = topology().layers[0], topology().layers[-1]
    window.editor.connect_parts(first.id, last.id)
    window.editor.erase((), [(first.units[0], topology().layers[1].units[1])])
    qtbot.keyClick(window, Key.Key_Period)
    settle(qtbot, window)
    window.selection.clear()
    go_to(qtbot, window)
    press_key(qtbot, window, "c", CONTROL)
    assert "Copied the network" in window.message_bar.text
    assert QGuiApplication.clipboard().text().startswith("{")
    before = other.editor.topology
    go_to(qtbot, other)
    paste(qtbot, other)
    assert shape_of(other.editor.topology) == shape_of(topology()) != shape_of(before)
    assert sorted(weights_of(other)) == sorted(weights_of(window))
    undo_and_redo(qtbot, other, before)


def test_selected_layers_go_to_another_window_after_the_current_layer(qtbot, window, topology, other):
    show_layers(qtbot, window, "1-3:relu-2:sine-1")
    window.selection.select((), layers=[layer.id for layer in topology().layers[1:3]])
    go_to(qtbot, window)
    press_key(qtbot, window, "c", CONTROL)
    before = other.editor.topology
    other.selection.select_layer(before.layers[1].id)
    go_to(qtbot, other)
    paste(qtbot, other)
    assert other.editor.topology.sizes == (1, 8, 3, 2, 8, 1)
    pasted = other.editor.topology.layers[2:4]
    assert [layer.activation for layer in pasted] == ["relu", "sine"]
    assert other.selection.layers == {layer.id for layer in pasted}
    there, here = other.trainer.snapshot.parameters, window.trainer.snapshot.parameters
    link = [layer.id for layer in topology().layers[1:3]]
    assert (there.weights(*(layer.id for layer in pasted)) == here.weights(*link)).all()
    undo_and_redo(qtbot, other, before)


def test_cut_takes_layers_out_and_paste_puts_them_back_in(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    window.selection.select_layer(before.layers[1].id)
    press_key(qtbot, window, "x", CONTROL)
    assert topology().sizes == (1, 2, 1)
    window.selection.select_layer(topology().layers[0].id)
    paste(qtbot, window)
    assert topology().sizes == (1, 3, 2, 1)
    undo_and_redo(qtbot, window, before, steps=2)


def test_a_layer_is_duplicated_with_its_numbers(qtbot, window, topology):
    show_layers(qtbot, window, "1-3:relu-2-1")
    before = topology()
    window.selection.select_layer(before.layers[1].id)
    press_key(qtbot, window, "d", CONTROL)
    assert topology().sizes == (1, 3, 3, 2, 1)
    assert topology().layers[2].activation == "relu"
    assert window.selection.layers == {topology().layers[2].id}
    undo_and_redo(qtbot, window, before)
    window.selection.select_layer(topology().layers[0].id)
    press_key(qtbot, window, "d", CONTROL)
    assert "select a hidden layer" in window.message_bar.text
    assert topology().sizes == (1, 3, 3, 2, 1)


@pytest.mark.parametrize(
    ("text", "sizes"), [("1-4-5-1", (1, 4, 5, 1)), ("  1-4:relu-1\n", (1, 4, 1)), ("7", (1, 3, 2, 7, 1))]
)
def test_typed_layers_are_pasted_too(qtbot, window, topology, text, sizes):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    paste(qtbot, window, text)
    assert topology().sizes == sizes
    undo_and_redo(qtbot, window, before)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "does not describe a network"),
        ("Dear all, see you on Monday", "does not describe a network"),
        ('{"format": "nn-desktop-layers", "version": 1, "layers": [{"un', "damaged or cut off"),
        ('{"name": "something else"}', "no network of this program"),
        ('{"format":"nn-desktop-layers","version":1,"whole":true,"layers":[{"units":"x"}]}', "units"),
        ("2-8-1", "begin with 1"),
        ("1-99999-1", "10000"),
        ("\0\x07" * 50, "does not describe a network"),
    ],
)
def test_text_that_is_no_network_is_refused_and_nothing_changes(qtbot, window, topology, text, why):
    show_layers(qtbot, window, "1-3-2-1")
    before, setup = topology(), window.document.setup
    paste(qtbot, window, text)
    assert why in window.message_bar.text
    assert topology() is before and window.document.setup is setup
    assert window.document.undo_stack.count() == 0
    press_key(qtbot, window, Key.Key_Escape)
    assert not window.message_bar.text


def test_in_a_field_the_keys_of_the_clipboard_mean_its_text(qtbot, window, topology):
    before = topology()
    QGuiApplication.clipboard().setText("1-5-1")
    field = window.readout.layers_field
    qtbot.keyClick(window, Key.Key_L, CONTROL)
    qtbot.keyClick(field, "v", CONTROL)
    assert field.text() == "1-5-1" and topology() is before


# Typed networks.


def test_a_question_comes_before_a_very_large_network(qtbot, window, topology, monkeypatch):
    monkeypatch.setattr(doubts, "LARGE", 50)
    before, answer = topology(), find(window, QPushButton, "message_answer")
    type_layers(qtbot, window, "1-60-1")
    assert "62 units and 120 weights" in window.message_bar.text and answer.isVisible()
    assert topology() is before
    qtbot.keyClick(answer, Key.Key_Escape)
    assert not window.message_bar.text
    assert topology() is before and window.document.undo_stack.count() == 0
    type_layers(qtbot, window, "1-60-1")
    qtbot.mouseClick(find(window, QToolButton, "message_close"), LEFT)
    assert topology() is before and window.document.undo_stack.count() == 0
    type_layers(qtbot, window, "1-60-1")
    assert answer.hasFocus()
    qtbot.keyClick(answer, Key.Key_Return)
    settle(qtbot, window)
    assert topology().sizes == (1, 60, 1) and not window.message_bar.text
    undo_and_redo(qtbot, window, before)


def test_ten_thousand_units_are_asked_about_and_more_are_too_many(qtbot, window, topology):
    before = topology()
    type_layers(qtbot, window, "1-10000-1")
    assert find(window, QPushButton, "message_answer").isVisible()
    assert "20\N{NARROW NO-BREAK SPACE}000 weights" in window.message_bar.text
    qtbot.keyClick(find(window, QPushButton, "message_answer"), Key.Key_Escape)
    field = type_layers(qtbot, window, "1-99999-1")
    assert not find(window, QPushButton, "message_answer").isVisible()
    assert "1 to 10000 units" in window.message_bar.text
    assert field.text() == "1-99999-1" and field.property("wrong") is True
    qtbot.keyClick(field, Key.Key_Escape)
    assert field.text() == "1-8-8-1" and window.canvas.hasFocus()
    assert topology() is before and window.document.undo_stack.count() == 0


def test_a_network_that_is_pasted_may_be_too_large_by_mistake_as_well(qtbot, window, topology, monkeypatch):
    monkeypatch.setattr(doubts, "LARGE", 50)
    before = topology()
    paste(qtbot, window, "70")
    assert topology() is before
    qtbot.keyClick(find(window, QPushButton, "message_answer"), Key.Key_Return)
    settle(qtbot, window)
    assert topology().sizes == (1, 8, 8, 70, 1)
    undo_and_redo(qtbot, window, before)


FOR_ANY_DATA = [example for example in EXAMPLES if example.recipe is None]


@pytest.mark.parametrize("example", FOR_ANY_DATA, ids=[example.name for example in FOR_ANY_DATA])
def test_every_network_among_the_examples_can_be_taken_and_given_back(qtbot, window, topology, example):
    show_layers(qtbot, window, "1-3-2-1")
    before = topology()
    menu = window.findChild(QToolButton, "examples_button").menu()
    action = next(a for a in menu.actions() if a.objectName() == f"example_{example.name}")
    menu.popup(window.mapToGlobal(window.rect().center()))
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not menu.isVisible())
    go_to(qtbot, window)
    assert example.title in window.message_bar.text
    expected = example.build(1, 1, before.layers[-1].activation)
    assert topology().sizes == expected.sizes and topology().weight_count == expected.weight_count
    undo_and_redo(qtbot, window, before)
