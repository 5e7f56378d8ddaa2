"""The line above the canvas that tells and asks."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from window_driver import find

from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.look.plain_text import breakable


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


def test_a_long_name_leaves_the_panels_their_room(qtbot, window):
    window.resize(1024, 700)
    QTest.qWait(50)
    widths = [dock.width() for dock in window.docks.by_name.values() if dock.isVisible()]
    name = f"{'n' * 114}.nnd"
    window.message_bar.inform(f"Opened {name}.")
    QTest.qWait(50)
    assert window.minimumSizeHint().width() < 1024
    assert [dock.width() for dock in window.docks.by_name.values() if dock.isVisible()] == widths
    label = window.findChild(QLabel, "message_text")
    assert "…" in label.text() and name in label.toolTip()
    assert window.message_bar.text == f"Opened {name}."
    window.message_bar.inform("Opened net.nnd.")
    assert label.text() == "Opened net.nnd." and label.toolTip() == ""


@pytest.mark.parametrize(
    "text", ["/a/long/path/of/many/parts/that/can/break/at/each/slash.nnd", "words " * 20]
)
def test_what_can_be_broken_into_lines_is_shown_whole(text):
    assert breakable(text) == text


@pytest.mark.parametrize("name", ["message_bar", "comparison_message_bar"])
def test_the_edge_of_a_message_says_how_serious_it_is_in_every_window(qtbot, theme, name):
    bar = MessageBar(theme)
    qtbot.addWidget(bar)
    bar.setObjectName(name)
    bar.resize(400, 60)
    for tell, color in ((bar.warn, theme.colors.warning), (bar.inform, theme.colors.accent)):
        tell("It is so.")
        assert bar.grab().toImage().pixelColor(1, 30).name() == color
