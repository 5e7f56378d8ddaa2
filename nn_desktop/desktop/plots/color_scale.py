"""The key to the colours of a heat map."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nn_desktop.desktop.look.numbers import tick
from nn_desktop.desktop.look.theme import Theme, scaled
from nn_desktop.desktop.plots.chart import LABEL_SIZE
from nn_desktop.desktop.plots.heat import signed_colors

BAR_WIDTH = 10
STEPS = 101
TEXT = "−0.00"


class ColorScale(QWidget):
    """A bar from orange to blue, with the numbers at its ends and in the middle."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._limit = 1.0
        self.setFont(scaled(self.font(), LABEL_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_limit(self, limit: float) -> None:
        """Say which number the ends are, one with each sign."""
        self._limit = limit
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(BAR_WIDTH + 8 + self.fontMetrics().horizontalAdvance(TEXT), 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics, colors = self.fontMetrics(), self._theme.colors
        height = metrics.height()
        bar = QRectF(0, height / 2, BAR_WIDTH, self.height() - height)
        shades = np.ascontiguousarray(signed_colors(colors, np.linspace(1, -1, STEPS)))
        painter.drawImage(bar, QImage(shades.data, 1, STEPS, 4, QImage.Format.Format_RGBA8888))
        painter.setPen(QColor(colors.text_muted))
        for share, value in ((0.0, self._limit), (0.5, 0.0), (1.0, -self._limit)):
            middle = bar.top() + share * bar.height()
            box = QRectF(BAR_WIDTH + 4, middle - height / 2, self.width() - BAR_WIDTH - 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, tick(value))
        painter.end()
