"""A small button that stands in the drawing."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QGraphicsObject,
    QGraphicsSceneHoverEvent,
    QGraphicsSceneMouseEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)

from nn_desktop.desktop.look.colors import Colors

HEIGHT = 24.0


class ButtonItem(QGraphicsObject):
    """A rounded button with a short text, centred on its position.

    Parameters
    ----------
    tip
        What it does, for a tool tip and for assistive technology.

    Attributes
    ----------
    target
        What it acts on: a number that goes with the signal.

    Signals
    -------
    clicked(int)
        The left button was pressed and released on it.
    """

    clicked = Signal(int)

    def __init__(self, name: str, text: str, tip: str, colors: Colors, font: QFont) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setToolTip(tip)
        self.setAcceptHoverEvents(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setZValue(2)
        self.target = -1
        self.text = text
        self._colors = colors
        self._font = font
        self._is_hovered = False
        width = max(HEIGHT, QFontMetricsF(font).horizontalAdvance(text) + 14)
        self._rect = QRectF(-width / 2, -HEIGHT / 2, width, HEIGHT)

    def menu_point(self) -> QPointF:
        """Return where a menu of this button begins, in the scene."""
        return self.mapToScene(self._rect.bottomLeft())

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setPen(QPen(QColor(self._colors.accent if self._is_hovered else self._colors.border), 1))
        painter.setBrush(QColor(self._colors.hover if self._is_hovered else self._colors.panel))
        painter.drawRoundedRect(self._rect, 7, 7)
        painter.setFont(self._font)
        painter.setPen(QColor(self._colors.text))
        painter.drawText(self._rect, Qt.AlignmentFlag.AlignCenter, self.text)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._is_hovered = True
        self.update()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._is_hovered = False
        self.update()

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        event.setAccepted(event.button() == Qt.MouseButton.LeftButton)

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        if self._rect.contains(event.pos()):
            self.clicked.emit(self.target)
