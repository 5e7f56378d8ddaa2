"""A text that floats beside the pointer."""

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.colors import Colors

MAX_WIDTH = 320
GAP = 16
"""From the pointer."""


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
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self._timer = QTimer(self, singleShot=True, interval=milliseconds)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, point: QPoint, avoid: QRect | None = None) -> None:
        """Show a text beside a point, and not over a rectangle that is to be avoided."""
        if not text:
            self._timer.stop()
            self.hide()
            return
        is_news = self.isHidden() or text != self.text()
        self.setText(text)
        if self.wordWrap():
            self.setFixedWidth(min(MAX_WIDTH, self._room.width() - 24))
        self.adjustSize()
        self.put(point, avoid)
        self.show()
        self.raise_()
        if self._timer.interval():
            self._timer.start()
            if is_news:
                announce(self, text, is_urgent=True)

    def put(self, point: QPoint, avoid: QRect | None = None) -> None:
        """Move it beside another point."""
        room = self._room.rect()
        rect = QRect(point + QPoint(GAP, GAP), self.size())
        if rect.bottom() > room.height():  # it would cover what the pointer means
            rect.moveBottom(point.y() - GAP)
        if avoid is not None and avoid.intersects(rect):
            rect.moveTop(avoid.bottom() + 6)
            if rect.bottom() > room.height():
                rect.moveBottom(avoid.top() - 6)
        x = min(rect.x(), max(4, room.width() - self.width() - 4))
        y = min(max(rect.y(), 4), max(4, room.height() - self.height() - 4))
        self.move(x, y)

    def set_colors(self, colors: Colors, edge: str) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(
            f"background: {colors.panel}; color: {colors.text}; border: 1px solid {edge};"
            "border-radius: 6px; padding: 6px 8px;"
        )
