"""What lies behind titles and buttons that stay at the edge of the view."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_desktop.desktop.look.colors import Colors

BELOW_TITLES = 1.5
"""Above units and lines, below titles and buttons."""


class StripsItem(QGraphicsItem):
    """Strips in the colour of the canvas, under which units and lines run."""

    def __init__(self, colors: Colors) -> None:
        super().__init__()
        self.setZValue(BELOW_TITLES)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._colors = colors
        self._strips: list[QRectF] = []

    def set_colors(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self._colors = colors
        self.update()

    def show_strips(self, strips: list[QRectF]) -> None:
        """Lie in these rectangles of the scene, and nowhere else."""
        if strips != self._strips:
            self.prepareGeometryChange()
            self._strips = strips

    def boundingRect(self) -> QRectF:
        bounds = QRectF()
        for strip in self._strips:
            bounds |= strip
        return bounds

    def shape(self) -> QPainterPath:
        return QPainterPath()  # it is never what lies at a point

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        for strip in self._strips:
            painter.fillRect(strip, QColor(self._colors.canvas))
