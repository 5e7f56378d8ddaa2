"""The key to the colours of a heat map."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.numbers import tick
from nn_desktop.desktop.look.pictures import in_pixels
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
        self._colors = theme.colors
        self._limit = 1.0
        self.setFont(scaled(self.font(), LABEL_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_limit(self, limit: float) -> None:
        """Say which number the ends are, one with each sign."""
        self._limit = limit
        self.update()

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self._colors = colors
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(BAR_WIDTH + 8 + self.fontMetrics().horizontalAdvance(TEXT), 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.draw(painter)
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """Draw it, in its own coordinates."""
        colors, font = self._colors, in_pixels(self.font())
        metrics = QFontMetrics(font)
        painter.setFont(font)
        height = metrics.height()
        bar = QRectF(0, height / 2, BAR_WIDTH, self.height() - height)
        shades = np.ascontiguousarray(signed_colors(colors, np.linspace(1, -1, STEPS)))
        painter.drawImage(bar, QImage(shades.data, 1, STEPS, 4, QImage.Format.Format_RGBA8888))
        painter.setPen(QColor(colors.text_muted))
        for share, value in ((0.0, self._limit), (0.5, 0.0), (1.0, -self._limit)):
            middle = bar.top() + share * bar.height()
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(BAR_WIDTH + 4, baseline), tick(value))
