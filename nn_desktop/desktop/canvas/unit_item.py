"""A unit as a disc with a picture of what it computes."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_desktop.desktop.canvas.unit_pictures import Picture
from nn_desktop.desktop.colors import Colors

MARGIN = 4.0


class UnitItem(QGraphicsItem):
    """One unit that is shown.

    Parameters
    ----------
    unit
        Its id.
    radius
        Of the disc.
    colors
        Of the theme.
    """

    def __init__(self, unit: int, radius: float, colors: Colors) -> None:
        super().__init__()
        self.unit = unit
        self._radius = radius
        self._colors = colors
        self._picture: Picture | None = None
        self._bias: float | None = None
        self._is_selected = False
        self._is_hovered = False

    def show_live(self, picture: Picture | None, bias: float | None) -> None:
        """Show what the unit computes, and its bias; None for an input unit, which has none."""
        self._picture, self._bias = picture, bias
        self.update()

    def set_marks(self, selected: bool, hovered: bool) -> None:
        """Show whether the unit is selected, and whether the pointer is on it."""
        if (selected, hovered) != (self._is_selected, self._is_hovered):
            self._is_selected, self._is_hovered = selected, hovered
            self.update()

    def boundingRect(self) -> QRectF:
        reach = self._radius + MARGIN
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        r = self._radius
        disc = QRectF(-r, -r, 2 * r, 2 * r)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colors.unit))
        painter.drawEllipse(disc)
        if isinstance(self._picture, QImage):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(disc, self._picture)
        elif self._picture is not None:
            self._paint_curve(painter, self._picture)
        self._paint_ring(painter, disc)
        if self._bias and r >= 7:  # nothing for 0, or for an input unit
            self._paint_bias(painter)

    def _paint_curve(self, painter: QPainter, curve: QPolygonF) -> None:
        r = self._radius
        painter.setPen(QPen(QColor(self._colors.grid), 1))
        painter.drawLine(QPointF(-0.8 * r, 0), QPointF(0.8 * r, 0))
        painter.setPen(QPen(QColor(self._colors.accent), 1.6))
        painter.drawPolyline(QTransform.fromScale(0.78 * r, 0.58 * r).map(curve))

    def _paint_ring(self, painter: QPainter, disc: QRectF) -> None:
        color = self._colors.accent if self._is_selected or self._is_hovered else self._colors.unit_border
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(color), 3.0 if self._is_selected else 1.4))
        painter.drawEllipse(disc)

    def _paint_bias(self, painter: QPainter) -> None:
        """Draw the bias as a small mark at the lower left: a disc above 0, a bar below."""
        bias = self._bias or 0.0
        size = self._radius * (0.16 + 0.14 * min(abs(bias), 1.0))
        centre = QPointF(-0.72 * self._radius, 0.72 * self._radius)
        painter.setPen(QPen(QColor(self._colors.canvas), 1.2))
        painter.setBrush(QColor(self._colors.positive if bias >= 0 else self._colors.negative))
        if bias >= 0:
            painter.drawEllipse(centre, size, size)
        else:
            painter.drawRect(QRectF(centre.x() - 1.3 * size, centre.y() - 0.6 * size, 2.6 * size, 1.2 * size))
