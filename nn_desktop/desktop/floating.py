"""A panel that floats: a window of its own, beside the one that it comes from."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

FRAME = (
    Qt.WindowType.Tool  # or Qt would not hear the window's shortcuts in it
    | Qt.WindowType.CustomizeWindowHint
    | Qt.WindowType.WindowTitleHint
    | Qt.WindowType.WindowCloseButtonHint
)
"""Qt lets panels float without a frame under X11."""
BELOW_TOP = 40
"""Pixels that it stands below the top of the window."""


def float_beside(dock: QDockWidget, window: QMainWindow) -> None:
    """Give a panel that floats a frame and a title, and put it beside a window."""
    dock.setWindowFlags(FRAME)
    room = window.screen().availableGeometry()
    dock.move(place_beside(window.frameGeometry(), dock.size(), room))
    dock.show()


def place_beside(window: QRect, size: QSize, room: QRect) -> QPoint:
    """Return where something of a size stands beside a window, within the room of the screen.

    At the side where there is more room; where there is too little, at the edge of the screen.
    """
    right = min(window.right() + 1, room.right() + 1 - size.width())
    left = max(window.left() - size.width(), room.left())
    is_right_free = room.right() - window.right() >= window.left() - room.left()
    top = max(room.top(), min(window.top() + BELOW_TOP, room.bottom() + 1 - size.height()))
    return QPoint(right if is_right_free else left, top)
