"""A text that floats beside the pointer."""

from collections.abc import Collection

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from nn_desktop.desktop.canvas.free_place import free_place
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.colors import Colors

MAX_WIDTH = 320
ROOM_BESIDE = 24
"""Pixels that a text leaves free beside it, and within its border."""


class Bubble(QLabel):
    """Shows a text at a point of its parent, and nothing while the text is empty.

    Parameters
    ----------
    milliseconds
        How long it stays; 0 for as long as nobody takes it away. What goes by itself is read out by
        assistive technology when it appears; what stays may change with every frame, and is not.
    wraps
        Whether long lines are broken.
    """

    def __init__(self, name: str, parent: QWidget, milliseconds: int = 0, wraps: bool = False) -> None:
        super().__init__(parent)
        identify(self, name)
        self._room = parent
        self._said = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self._timer = QTimer(self, singleShot=True, interval=milliseconds)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(
        self, text: str, point: QPoint, obstacles: Collection[QRect] = (), must_be_seen: bool = False
    ) -> None:
        """Show a text beside a point, or in a corner, where it covers no obstacle.

        Parameters
        ----------
        must_be_seen
            Whether it is shown even where it covers something; else it is not shown there.
        """
        self._fit(text)
        place = free_place(self.size(), point, self._room.rect(), obstacles)
        if place is None and (must_be_seen or not obstacles):
            place = free_place(self.size(), point, self._room.rect()) or self.rect()
        if not text or place is None:
            self._timer.stop()
            self.hide()
            return
        is_news = self.isHidden() or text != self._said
        self._said = text
        self.move(place.topLeft())
        self.show()
        self.raise_()
        if self._timer.interval():
            self._timer.start()
            if is_news:
                announce(self, text, is_urgent=True)

    def _fit(self, text: str) -> None:
        """Take a text, wrapped or cut to the width of the room."""
        widest = max(1, self._room.width() - ROOM_BESIDE)
        if self.wordWrap():
            self.setFixedWidth(min(MAX_WIDTH, widest))
        else:
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, widest - ROOM_BESIDE)
        if text != self.text():
            self.setText(text)
        self.adjustSize()

    def set_colors(self, colors: Colors, edge: str) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(
            f"background: {colors.panel}; color: {colors.text}; border: 1px solid {edge};"
            "border-radius: 6px; padding: 6px 8px;"
        )
