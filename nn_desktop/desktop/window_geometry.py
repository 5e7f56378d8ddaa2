"""Where the window stands and how large it is: as it was left, and always within a screen that is there."""

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow, QStyle

GEOMETRY = "window/geometry"
MIN_SIZE = QSize(800, 560)
"""However large the text is: what has no room scrolls, or is a drawer."""


def restore_geometry(window: QMainWindow, settings: QSettings) -> None:
    """Put a window where it was left; a screen may be gone since, or smaller."""
    kept = settings.value(GEOMETRY)
    is_restored = isinstance(kept, QByteArray) and window.restoreGeometry(kept)
    room = window.screen().availableGeometry()
    window.setMinimumSize(MIN_SIZE.boundedTo(room.size()))
    window.resize(window.size().boundedTo(room.size()) if is_restored else _first_size(window, room.size()))
    if is_restored and not room.contains(window.geometry()):
        window.move(room.topLeft())


def _first_size(window: QMainWindow, room: QSize) -> QSize:
    """Return the size that a window likes, as far as it fits on a screen together with its title bar."""
    bar = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)  # framed when shown
    return window.sizeHint().boundedTo(room - QSize(0, bar))


def keep_geometry(window: QMainWindow, settings: QSettings) -> None:
    """Remember where a window is."""
    settings.setValue(GEOMETRY, window.saveGeometry())
