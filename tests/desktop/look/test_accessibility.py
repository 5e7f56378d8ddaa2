"""What assistive technology gets to know: texts are read as they stand, and warnings when they appear."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QLineEdit, QWidget
from window_driver import find, open_descent, settle, unit_point

from nn_desktop.desktop.canvas.bubble import Bubble
from nn_desktop.desktop.look import accessibility as identity
from nn_desktop.desktop.look.validated_field import MarkedField

Key, Text = Qt.Key, QAccessible.Text


def read(widget, what=Text.Name):
    return QAccessible.queryAccessibleInterface(widget).text(what)


@pytest.fixture
def announced(monkeypatch):
    """What has been announced: the name of the widget, and the text."""
    said = []

    def hear(event):
        assert isinstance(event, QAccessibleAnnouncementEvent)
        said.append((event.object().objectName(), event.message()))

    listener = type("Listener", (QAccessible,), {"updateAccessibility": staticmethod(hear)})
    monkeypatch.setattr(identity, "QAccessible", listener)
    return said


def bring_to_front(qtbot, window, dock):
    find(window, QDockWidget, dock).raise_()
    qtbot.wait(20)


def type_over(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)


def test_every_text_of_the_window_is_read_as_it_stands(qtbot, window, document):
    layers = document.setup.topology.layers
    window.editor.erase(connections=[(layers[0].units[0], layers[1].units[0])])
    bring_to_front(qtbot, window, "dock_inspector")
    window.selection.select_unit(layers[1].units[0])
    type_over(qtbot, find(window, QLineEdit, "inspector_bias"), "much")
    open_descent(window).close()
    window.canvas.warn("This cannot be.")
    window.message_bar.warn("That went wrong.")
    bring_to_front(qtbot, window, "dock_outline")
    window.docks.outline.connect_from_here()
    settle(qtbot, window)
    labels = [label for label in window.findChildren(QLabel) if label.objectName()]
    filled = {label.objectName() for label in labels if label.text()}
    assert filled >= {
        "speed",
        "message_text",
        "updates_per_epoch",
        "readout",
        "canvas_warning",
        "data_description",
        "learning_loss_formula",
        "outline_message",
        "inspector_hint",
        "inspector_title",
        "inspector_reason",
        "fit_caption",
    }
    silent = [label.objectName() for label in labels if label.text() and read(label) != label.text()]
    assert silent == []
    fixed = [
        label.objectName()
        for label in window.findChildren(QLabel)
        if label.text() and label.accessibleName() not in ("", label.text())
    ]
    assert fixed == []


def test_a_narrow_readout_is_read_as_a_whole(qtbot, window, trainer):
    readout = find(window, QLabel, "readout")
    readout.setFixedWidth(90)
    window.training_bar.show_snapshot(trainer.snapshot)
    assert readout.text().startswith("loss")
    assert read(readout).startswith("epoch 0 · update 0 · loss")


def test_a_warning_of_the_canvas_is_announced_once_while_it_stands(window, announced):
    for _ in range(30):
        window.canvas.warn("A connection can only run forward.")
    assert announced == [("canvas_warning", "A connection can only run forward.")]
    window.canvas.warn("These are connected already.")
    window.canvas.warn("")
    window.canvas.warn("These are connected already.")
    assert [text for _, text in announced[1:]] == ["These are connected already."] * 2


def test_a_bubble_that_stays_is_not_announced(qtbot, announced):
    room = QWidget()
    qtbot.addWidget(room)
    bubble = Bubble("canvas_hover", room)
    for number in range(30):
        bubble.say(f"w = {number}", QPoint(5, 5))
    assert announced == []
    assert read(bubble) == "w = 29"


def test_messages_are_announced_and_a_warning_interrupts(window, monkeypatch, announced):
    urgent = []
    setter = QAccessibleAnnouncementEvent.setPoliteness
    monkeypatch.setattr(
        QAccessibleAnnouncementEvent,
        "setPoliteness",
        lambda event, politeness: (urgent.append(politeness), setter(event, politeness)),
    )
    window.message_bar.inform("Wrote it.")
    assert urgent == []
    window.message_bar.warn("That went wrong.")
    window.message_bar.warn("That went wrong.")
    assert urgent == [QAccessible.AnnouncementPoliteness.Assertive]
    window.message_bar.hide()
    window.message_bar.ask("Make it so large?", "Make it", lambda: None)
    assert announced == [
        ("message_text", "Wrote it."),
        ("message_text", "That went wrong."),
        ("message_text", "Make it so large?"),
    ]


def test_a_refused_number_of_the_canvas_is_announced_and_describes_its_field(
    qtbot, window, document, announced
):
    unit = document.setup.topology.layers[1].units[2]
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=unit_point(window, unit))
    window.canvas.edit_value()
    field, error = find(window, QLineEdit, "value_field"), find(window, QLabel, "value_error")
    type_over(qtbot, field, "much")
    assert error.isVisible()
    assert "“much” is no number" in error.text()
    qtbot.keyClick(field, Key.Key_Return)
    assert announced == [("value_error", error.text())]
    assert read(error) == error.text()
    assert read(field, Text.Description) == error.text()
    assert field.property("wrong") is True
    type_over(qtbot, field, "0.5")
    window.canvas.edit_value()
    assert read(field, Text.Description) == ""
    assert field.property("wrong") is False


def test_a_refused_number_of_the_inspector_is_announced_and_describes_its_field(
    qtbot, window, document, announced
):
    bring_to_front(qtbot, window, "dock_inspector")
    window.selection.select_unit(document.setup.topology.layers[1].units[0])
    field, error = find(window, QLineEdit, "inspector_bias"), find(window, QLabel, "inspector_error")
    type_over(qtbot, field, "much")
    assert announced == [("inspector_error", error.text())]
    assert read(field, Text.Description) == read(error) == error.text()
    window.canvas.setFocus()
    assert read(field, Text.Description) == field.toolTip()


def test_what_the_outline_asks_and_refuses_is_announced(qtbot, window, document, announced):
    layers = document.setup.topology.layers
    bring_to_front(qtbot, window, "dock_outline")
    tree = window.docks.outline.tree
    tree.setFocus()
    tree.setCurrentIndex(tree.model().index_of(layers[2].units[0]))
    qtbot.keyClick(tree, Key.Key_C)
    tree.setCurrentIndex(tree.model().index_of(layers[1].units[0]))
    qtbot.keyClick(tree, Key.Key_Return)
    tree.setCurrentIndex(tree.model().index_of(layers[1].units[1]))  # asked again, but not aloud
    assert [name for name, _ in announced] == ["outline_message"] * 2
    assert announced[0][1].startswith("From Hidden 2, unit 1")
    assert "can only run forward" in announced[1][1]


def test_a_field_is_marked_as_wrong_with_the_reason(qtbot):
    field = MarkedField("inspector_bias", "Bias of the unit")
    qtbot.addWidget(field)
    field.setToolTip("Type a number")
    field.mark(is_wrong=True, why="That is no number.")
    assert field.property("wrong") is True
    assert read(field, Text.Description) == "That is no number."
    field.take_back("0.5")
    assert field.property("wrong") is False
    assert read(field, Text.Description) == "Type a number"
