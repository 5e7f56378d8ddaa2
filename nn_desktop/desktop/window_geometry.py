"""Where the window stands and how large it is: as it was left, and always within a screen that is there."""

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow

GEOMETRY = "window/geometry"
MIN_SIZE = QSize(800, 560)
"""However large the text is: what has no room scrolls, or is a drawer."""
FRAME = QSize(2, 40)
"""What a window manager draws around a window that it has not seen yet, and some air."""


def restore_geometry(window: QMainWindow, settings: QSettings) -> None:
    """Put a window where it was left; a screen may be gone since, or smaller."""
    kept = settings.value(GEOMETRY)
    is_restored = isinstance(kept, QByteArray) and window.restoreGeometry(kept)
    room = window.screen().availableGeometry()
    window.setMinimumSize(MIN_SIZE.boundedTo(room.size()))
    size = window.size() if is_restored else window.sizeHint().boundedTo(room.size() - FRAME)
    window.resize(size.boundedTo(room.size()))
    if is_restored and not room.contains(window.geometry()):
        window.move(room.topLeft())


def keep_geometry(window: QMainWindow, settings: QSettings) -> None:
    """Remember where a window is."""
    settings.setValue(GEOMETRY, window.saveGeometry())
