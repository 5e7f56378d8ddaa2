"""The strip above the canvas."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from window_driver import find


def test_refused_layers_are_taken_back_when_the_field_is_left(qtbot, window, document):
    field = find(window, QLineEdit, "layers_field")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "1-x-1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("wrong") is True
    window.canvas.setFocus()
    assert field.text() == "1-8-8-1"
    assert field.property("wrong") is False
