"""A label and a button that keep their width, whichever of some texts they show."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QToolButton


class SteadyLabel(QLabel):
    """A label that is as wide as the longest of its texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__()
        self._texts = tuple(texts)

    def sizeHint(self) -> QSize:
        return _widened(super().sizeHint(), self.fontMetrics(), self.text(), self._texts)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class SteadyButton(QToolButton):
    """A button of a tool bar that is as wide as the longest of its texts, if it shows any."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__()
        self._texts = tuple(texts)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
            return hint
        return _widened(hint, self.fontMetrics(), self.text(), self._texts)


def _widened(hint: QSize, metrics: QFontMetrics, text: str, texts: Iterable[str]) -> QSize:
    longest = max(width_of(each, metrics) for each in texts)
    return QSize(hint.width() + longest - width_of(text, metrics), hint.height())


def width_of(text: str, metrics: QFontMetrics) -> int:
    """Return the width of a text as buttons and labels measure it."""
    return metrics.size(Qt.TextFlag.TextShowMnemonic, text).width()
