"""Shares the keys and the wheel out between controls, fields and actions."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeGuard

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QSlider,
    QSpinBox,
    QWidget,
)


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


def order_tab_stops(window: QWidget, parts: Iterable[QWidget]) -> None:
    """Have Tab go from one part of the window to the next, and through all that is within."""
    stops: list[QWidget] = []
    for part in parts:
        inside = (widget for widget in (part, *part.findChildren(QWidget)) if widget.window() is window)
        stops += [widget for widget in inside if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
