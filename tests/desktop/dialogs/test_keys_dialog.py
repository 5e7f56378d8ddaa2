"""The list of all keys and gestures: searched by typing, scrolled, closed by Esc, at every size of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QTextBrowser
from shiboken6 import isValid

from nn_desktop.desktop.actions.gesture_rows import GESTURES
from nn_desktop.desktop.dialogs.keys_dialog import KeyGroup, KeyRow, KeysDialog, search

Key = Qt.Key

GROUPS = (
    KeyGroup(
        title="Edit",
        rows=(
            KeyRow(keys="Ctrl+Z", does="Undo the last change"),
            KeyRow(keys="Del", does="Remove <what> & that"),
        ),
    ),
    KeyGroup(title="Mouse", rows=(KeyRow(keys="Wheel", does="Zoom about the pointer"),)),
)


@pytest.fixture
def keys_list(qtbot, window) -> QDialog:
    """The list, opened by its key."""
    qtbot.keyClick(window, Key.Key_F1)
    dialog = window.findChild(QDialog, "keys_dialog")
    qtbot.waitUntil(lambda: dialog.findChild(QTextBrowser).toPlainText() != "")
    return dialog


def text_of(dialog: QDialog) -> str:
    return dialog.findChild(QTextBrowser, "keys_list").toPlainText()


def type_to_search(qtbot, dialog: QDialog, text: str) -> None:
    field = dialog.findChild(QLineEdit, "keys_search")
    assert field.hasFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_it_fills_the_screen_and_names_every_key_of_every_action_and_every_gesture(window, keys_list):
    assert keys_list.geometry() == window.screen().geometry()
    text = text_of(keys_list)
    for menu in window.menus:
        assert menu.title.replace("&", "") in text
        for row in menu.rows:
            if row.keys:
                assert ", ".join(row.native_keys) in text and row.tip in text
    for title, rows in GESTURES:
        assert title in text
        for keys, does in rows:
            assert keys in text and does in text


def test_typing_leaves_the_lines_that_contain_all_words(qtbot, keys_list):
    type_to_search(qtbot, keys_list, "ZOOM pointer")
    assert "Wheel, or two fingers" in text_of(keys_list)
    assert "Ctrl+S" not in text_of(keys_list)
    count = keys_list.findChild(QLabel, "keys_count").text()
    assert count.startswith("1 of ")
    type_to_search(qtbot, keys_list, "qqq")
    assert "No key and no gesture has “qqq”" in text_of(keys_list)


def test_esc_closes_it_whatever_is_typed_and_the_window_goes_on(qtbot, window, keys_list):
    type_to_search(qtbot, keys_list, "zoom")
    qtbot.keyClick(keys_list.findChild(QLineEdit), Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(keys_list))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Key.Key_F1)
    assert window.findChild(QDialog, "keys_dialog") is not None


@pytest.mark.parametrize("how", ["f1", "button"])
def test_its_own_key_and_a_button_close_it_too(qtbot, keys_list, how):
    if how == "f1":
        qtbot.keyClick(keys_list, Key.Key_F1)
    else:
        qtbot.mouseClick(keys_list.findChild(QPushButton, "keys_close"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not isValid(keys_list))


@pytest.mark.parametrize("enlargement", [1, 1.5, 2])
@pytest.mark.parametrize("size", [(800, 560), (1024, 768), (1440, 900)])
def test_all_of_it_is_reached_at_every_size_of_text(qtbot, qapp, window, size, enlargement):
    font, larger = qapp.font(), qapp.font()
    larger.setPointSizeF(font.pointSizeF() * enlargement)
    qapp.setFont(larger)
    try:
        qtbot.keyClick(window, Key.Key_F1)
        dialog = window.findChild(QDialog, "keys_dialog")
        dialog.showNormal()
        dialog.resize(*size)
        qtbot.waitUntil(lambda: (dialog.width(), dialog.height()) == size)
        qtbot.wait(20)
        view = dialog.findChild(QTextBrowser)
        for part in (dialog.findChild(QLineEdit), dialog.findChild(QPushButton), view):
            assert dialog.rect().contains(part.geometry())
        bar = view.verticalScrollBar()
        assert view.horizontalScrollBar().maximum() == 0
        field = dialog.findChild(QLineEdit)
        for _ in range(100):
            qtbot.keyClick(field, Key.Key_PageDown)
        assert bar.value() == bar.maximum()
        assert field.hasFocus()
        dialog.reject()
    finally:
        qapp.setFont(font)


def test_what_looks_like_html_is_shown_as_it_is(qtbot):
    dialog = KeysDialog(GROUPS, None)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "Remove <what> & that" in text_of(dialog))


@given(st.text(alphabet="aeouzl+ ", max_size=6))
def test_what_is_found_contains_every_word_and_nothing_else_does(text):
    found = [(group.title, row) for group in search(GROUPS, text) for row in group.rows]
    for group in GROUPS:
        for row in group.rows:
            line = f"{group.title} {row.keys} {row.does}".casefold()
            assert ((group.title, row) in found) == all(word in line for word in text.casefold().split())
