"""What keys and menus mean everywhere in the window."""

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FIRST_KEYS: Final = frozenset("0123456789-−+.,")


def begins_number(event: QKeyEvent) -> bool:
    """Whether a key begins to type a number in place of the one that is there."""
    return event.text() in _FIRST_KEYS


def menu_point(view: QAbstractItemView, event: QContextMenuEvent) -> QPoint:
    """Return where on the screen a menu opens: at the pointer, or at the current item if a key asks."""
    if event.reason() == QContextMenuEvent.Reason.Mouse:
        return event.globalPos()
    return view.viewport().mapToGlobal(view.visualRect(view.currentIndex()).center())
