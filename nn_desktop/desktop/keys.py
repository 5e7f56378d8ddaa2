"""Shares the keys and the wheel out between controls, fields and actions, whatever the keyboard."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeGuard

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QSlider,
    QSpinBox,
    QWidget,
)

LETTERS: dict[int, str] = dict(
    zip((*range(16, 26), *range(30, 39), *range(44, 51)), "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True)
)
DIGITS: dict[int, str] = dict(zip(range(2, 12), "1234567890", strict=True))
"""What keys give on an American keyboard, by their places as Linux numbers them, and Windows too."""
OFFSET_OF_X11 = 8
"""What X11, and Wayland with it, adds to the place of a key in its scan code."""
LAST_LATIN_1 = 0xFF
FIRST_SPECIAL = int(Qt.Key.Key_Escape)
"""Qt's codes of keys that give no character begin here."""


class KeySharing(QObject):
    """Gives Space to a button with the focus, and undo to the document while no field is being edited.

    A click on a button leaves the focus alone. The wheel over a field without the focus scrolls what the
    field is in, and changes nothing.

    Parameters
    ----------
    window
        Whose controls are watched: all that it has by then.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.watch(window)

    @Slot(QWidget)
    def watch(self, window: QWidget) -> None:
        """Watch all controls in a window, or in a part of it that was made later."""
        controls: list[QWidget] = [*window.findChildren(QAbstractButton), *window.findChildren(QComboBox)]
        for control in controls:
            if not _is_field(control):
                control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # A spin box and an editable list hand the keys on to their line, past its filters.
        fields = [
            field
            for kind in (QLineEdit, QComboBox, QAbstractSpinBox, QSlider)
            for field in window.findChildren(kind)
        ]
        for widget in {*controls, *fields}:
            if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Decide who gets a key that a control and an action both want."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _is_field(watched):
                undo = event.matches(QKeySequence.StandardKey.Undo)
                if (undo or event.matches(QKeySequence.StandardKey.Redo)) and not _is_being_edited(watched):
                    event.ignore()
                    return True
            elif (
                isinstance(watched, QAbstractButton | QComboBox)
                and event.key() == Qt.Key.Key_Space
                and not event.modifiers()
            ):
                event.accept()
                return True
        elif event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def _is_field(widget: QObject) -> TypeGuard[QLineEdit | QSpinBox | QComboBox]:
    """Return whether one types in it."""
    return isinstance(widget, QLineEdit | QSpinBox) or (isinstance(widget, QComboBox) and widget.isEditable())


def _is_being_edited(field: QLineEdit | QSpinBox | QComboBox) -> bool:
    """Return whether something is typed that is not in force yet."""
    if isinstance(field, QSpinBox):  # its line stays modified after Enter
        return field.cleanText() != field.textFromValue(field.value())
    line = field.lineEdit() if isinstance(field, QComboBox) else field
    return line is not None and line.isModified()


class KeyboardLayouts(QObject):
    """Lets the keys of actions work on keyboards that do not give their letters and digits.

    Where a key gives a letter of another script, such as M in Russian, the action with the Latin letter of
    its place gets that letter as one more shortcut; likewise where Alt and a key of the upper row give no
    digit, as in French. That happens when the key is pressed, before Qt looks for a shortcut, and unless a
    field takes the key for itself: what is typed stays what it is.

    Parameters
    ----------
    window
        Whose actions get more shortcuts, heard in its floating docks too.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        is_windows = QGuiApplication.platformName() == "windows"
        self._offset = 0 if is_windows else OFFSET_OF_X11
        self._window = window
        self._learned: list[tuple[QAction, QKeySequence]] = []
        for each in (window, *window.findChildren(QDockWidget)):
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at a key that nothing on its way has taken for itself."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            expected = american_key(event, event.nativeScanCode() - self._offset)
            if expected:
                modifiers = event.modifiers().value
                self._teach(QKeySequence(modifiers | event.key()), QKeySequence(modifiers | ord(expected)))
        return super().eventFilter(watched, event)

    def _teach(self, given: QKeySequence, expected: QKeySequence) -> None:
        """Let a key mean what another one means, and nothing that it meant on another keyboard."""
        actions = self._window.findChildren(QAction)
        meant = [action for action in actions if expected in action.shortcuts()]
        learned = [action for action, keys in self._learned if keys == given]
        if meant == learned or any(given in a.shortcuts() for a in actions if a not in learned):
            return
        for action in learned:
            action.setShortcuts([keys for keys in action.shortcuts() if keys != given])
        for action in meant:
            action.setShortcuts([*action.shortcuts(), given])
        self._learned = [each for each in self._learned if each[1] != given]
        self._learned += [(action, given) for action in meant]


def american_key(event: QKeyEvent, place: int) -> str:
    """Return the letter or digit that an American keyboard has where another one has none.

    Empty where the key gives a Latin letter itself, or its place has neither.
    """
    key, modifiers = int(event.key()), event.modifiers()
    if modifiers & Qt.KeyboardModifier.KeypadModifier or key >= FIRST_SPECIAL:
        return ""
    if key > LAST_LATIN_1 and place in LETTERS:
        return LETTERS[place]
    is_digit = ord("0") <= key <= ord("9")
    has_alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    return DIGITS.get(place, "") if has_alt and not is_digit else ""


def order_tab_stops(window: QWidget, parts: Iterable[QWidget]) -> None:
    """Have Tab go from one part of the window to the next, and through all that is within."""
    stops: list[QWidget] = []
    for part in parts:
        inside = (widget for widget in (part, *part.findChildren(QWidget)) if widget.window() is window)
        stops += [widget for widget in inside if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
