"""Lines of plain text, and those that appear where something cannot be."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QLabel, QScrollArea

from nn_desktop.desktop.look.accessibility import announce, identify


class PlainLabel(QLabel):
    """A text that wraps, and shows what looks like HTML as it is."""

    def __init__(self, name: str) -> None:
        super().__init__(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        identify(self, name)


class Notice(PlainLabel):
    """A text that is hidden while it is empty; when it is new, it comes into sight and is read out."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.hide()

    @property
    def said(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self.text()

    def say(self, text: str, is_urgent: bool = True, is_read_out: bool = True) -> None:
        """Say something, or nothing any more; what is said already is not read out again."""
        is_news = is_read_out and text != self.said
        self.setText(text)
        self.setVisible(bool(text))
        if text and is_news:
            announce(self, text, is_urgent)
            if is_urgent:
                QTimer.singleShot(0, self, self._scroll_to)  # when it has its place

    @Slot()
    def _scroll_to(self) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None and self.isVisible():
            area.ensureWidgetVisible(self)
