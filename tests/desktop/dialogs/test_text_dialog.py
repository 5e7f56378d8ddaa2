"""A text is shown in a window that fits on the screen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QTextBrowser

from nn_desktop.desktop.dialogs.text_dialog import TextDialog


def open_text(qtbot, window, html: str) -> tuple[TextDialog, QTextBrowser]:
    dialog = TextDialog("A text", html, window)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog, dialog.findChild(QTextBrowser)


def test_a_long_text_is_read_on_the_screen_by_scrolling(qtbot, window):
    dialog, text = open_text(qtbot, window, "<p>A line of a licence.</p>" * 100)
    assert dialog.height() < window.screen().availableGeometry().height()
    assert dialog.rect().contains(dialog.findChild(QDialogButtonBox).geometry())
    bar = text.verticalScrollBar()
    assert text.hasFocus()
    for _ in range(10):
        qtbot.keyClick(text, Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum() > 0
    assert text.horizontalScrollBar().maximum() == 0


def test_a_short_text_needs_no_scroll_bar_and_enter_closes_it(qtbot, window):
    dialog, text = open_text(qtbot, window, "<h3>NN Desktop</h3><p>MIT licence.</p>")
    assert text.verticalScrollBar().maximum() == 0
    qtbot.keyClick(text, Qt.Key.Key_Return)
    assert not dialog.isVisible()
