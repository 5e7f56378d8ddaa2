"""The keys of actions work under keyboards without Latin letters, and where digits need Shift."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from window_driver import find

from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.desktop.keys import DIGITS, LETTERS, american_key

NONE, ALT, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
PLACES = {key: place for place, key in {**LETTERS, **DIGITS}.items()}
X11 = 8


def key_event(letter: str, place: int, modifiers=NONE, kind=QEvent.Type.ShortcutOverride) -> QKeyEvent:
    """Make the event of a key that gives a letter, at a place of the keyboard."""
    return QKeyEvent(kind, ord(letter.upper()), modifiers, place + X11, 0, 0, letter)


def press(widget: QWidget, letter: str, american: str, modifiers=NONE) -> None:
    """Press the key that gives a letter, and is where an American keyboard has another one.

    As the window system does it: first everything on the way is asked for an exception, with the place of
    the key, then Qt looks for a shortcut. QTest does the second, but knows no place.
    """
    asked = key_event(letter, PLACES[american], modifiers)
    asked.ignore()
    QApplication.sendEvent(widget, asked)
    QTest.sendKeyEvent(QTest.KeyAction.Click, widget, Qt.Key(ord(letter.upper())), letter, modifiers)


@pytest.mark.parametrize(
    ("letter", "american", "tool"),
    [
        ("г", "U", Tool.UNIT),  # Russian
        ("д", "L", Tool.LAYER),
        ("с", "C", Tool.CONNECT),
        ("у", "E", Tool.ERASE),
        ("θ", "U", Tool.UNIT),  # Greek
        ("ψ", "C", Tool.CONNECT),
        ("ث", "E", Tool.ERASE),  # Arabic
        ("ר", "E", Tool.ERASE),  # Hebrew
    ],
)
def test_keys_of_one_letter_work_under_a_keyboard_without_latin_letters(
    qtbot, window, letter, american, tool
):
    window.canvas.setFocus()
    press(window.canvas, letter, american)
    assert window.canvas.tool is tool
    press(window.canvas, "м", "V")
    assert window.canvas.tool is Tool.SELECT
    press(window.canvas, letter, american)  # once learned, it still does
    assert window.canvas.tool is tool


def test_shift_and_a_letter_work_too(qtbot, window):
    window.canvas.setFocus()
    unit = window.editor.topology.layers[1].units[0]
    window.selection.select_unit(unit)
    press(window.canvas, "т", "N")
    first = window.selection.connection
    press(window.canvas, "т", "N")
    assert first is not None and window.selection.connection != first
    press(window.canvas, "т", "N", SHIFT)
    assert window.selection.connection == first


@pytest.mark.parametrize(
    ("letter", "digit", "name"), [("&", "1", "data"), ("é", "2", "network"), ('"', "3", "train")]
)
def test_alt_and_a_digit_work_on_a_french_keyboard(qtbot, window, letter, digit, name):
    window.workspaces.go_to("export")
    window.canvas.setFocus()
    press(window.canvas, letter, digit, ALT)
    assert window.workspaces.present.name == name


def test_another_keyboard_gives_the_letter_another_meaning(qtbot, window):
    window.canvas.setFocus()
    press(window.canvas, "ц", "W")  # nothing in Russian
    press(window.canvas, "м", "V")
    press(window.canvas, "у", "E")
    assert window.canvas.tool is Tool.ERASE
    press(window.canvas, "у", "U")  # as in a phonetic Bulgarian layout
    assert window.canvas.tool is Tool.UNIT
    press(window.canvas, "у", "E")
    assert window.canvas.tool is Tool.ERASE


def test_typing_in_a_field_stays_what_it_is(qtbot, window, document):
    field = find(window, QLineEdit, "layers_field")
    field.setFocus()
    field.clear()
    before = document.setup
    press(field, "г", "U")
    press(field, "у", "E")
    assert field.text() == "гу"
    assert window.canvas.tool is Tool.SELECT
    assert document.setup == before
    assert all(QKeySequence("Г") not in action.shortcuts() for action in window.findChildren(QAction))


def test_what_a_menu_and_a_tip_show_stays_the_first_key(qtbot, window):
    window.canvas.setFocus()
    press(window.canvas, "г", "U")
    action = window.actions_by_name["tool_unit"]
    assert action.shortcut() == QKeySequence("U")
    assert action.shortcuts() == [QKeySequence("U"), QKeySequence("Г")]


@pytest.mark.parametrize(
    ("letter", "american", "modifiers"),
    [
        ("z", "Y", NONE),  # German: a Latin letter is what it says
        ("ä", "A", NONE),
        ("&", "1", NONE),  # without Alt it is no digit
        ("1", "1", ALT),
        ("4", "4", ALT | Qt.KeyboardModifier.KeypadModifier),
    ],
)
def test_other_keys_mean_themselves(letter, american, modifiers):
    assert american_key(key_event(letter, PLACES[american], modifiers), PLACES[american]) == ""


def test_keys_that_give_no_letter_mean_themselves():
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_F1, ALT, 2 + X11, 0, 0)
    assert american_key(event, 2) == ""
