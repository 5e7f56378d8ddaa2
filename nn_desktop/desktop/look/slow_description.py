"""Texts for those who do not see the plot."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

INTERVAL_MILLISECONDS = 1000


class SlowDescription(QObject):
    """Keeps the accessible description of a widget up to date, about once a second.

    Every change is told to assistive technology, which at the rate of the display would talk without end.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._text = ""
        self._timer = QTimer(self, singleShot=True, interval=INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self._on_timeout)

    def set_text(self, text: str) -> None:
        """Describe the widget so, now or within a second."""
        self._text = text
        if not self._timer.isActive():
            self._on_timeout()

    @Slot()
    def _on_timeout(self) -> None:
        if self._text != self._widget.accessibleDescription():
            self._widget.setAccessibleDescription(self._text)
            self._timer.start()
