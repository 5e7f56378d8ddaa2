"""The line above the canvas that tells and asks."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton
from window_driver import find


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_an_enter_that_is_held_does_not_answer_what_it_has_brought_up(qtbot, window, key):
    given = []
    window.message_bar.ask("Make it so large?", "Make it", lambda: given.append(True))
    answer = find(window, QPushButton, "message_answer")
    assert answer.hasFocus()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) * 3:
        held = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
        QApplication.sendEvent(answer, held)
    assert given == []
    assert window.message_bar.text == "Make it so large?"
    qtbot.keyClick(answer, key)
    assert given == [True]
    assert window.message_bar.text == ""
