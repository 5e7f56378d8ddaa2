"""What a gesture shows while it is under way, over the network; and the marks of selected titles."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_desktop.desktop.look.colors import Colors

FAR = 1e5
TARGET_GAP = 6.0
"""From a unit to the ring that says what a drop would connect."""


class OverlayItem(QGraphicsItem):
    """Previews of gestures, and frames around the titles of selected layers."""

    def __init__(self, colors: Colors, font: QFont) -> None:
        super().__init__()
        self.setZValue(5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._colors = colors
        self._font = font
        self._titles: list[QRectF] = []
        self.clear()

    def restyle(self, colors: Colors, font: QFont) -> None:
        """Take other colours and another font."""
        self._colors, self._font = colors, font
        self.update()

    def show_titles(self, rects: list[QRectF]) -> None:
        """Frame the titles of selected layers."""
        self._titles = rects
        self.update()

    def clear(self) -> None:
        """Show no gesture any more."""
        self._line: QLineF | None = None
        self._is_possible = True
        self._targets: list[QPointF] = []
        self._target_radius = 0.0
        self._band: QRectF | None = None
        self._is_erasing = False
        self._stroke = QPolygonF()
        self._ghosts: list[QPointF] = []
        self._ghost_radius = 0.0
        self._guides: list[QLineF] = []
        self._text: tuple[str, QPointF] | None = None
        self.update()

    def show_line(self, start: QPointF, end: QPointF, is_possible: bool) -> None:
        """Show a connection that is being drawn, to nothing yet; dotted where it cannot be."""
        self._line, self._is_possible = QLineF(start, end), is_possible
        self._targets = []
        self.update()

    def show_target(self, centres: list[QPointF], radius: float) -> None:
        """Ring the units that the connection would lead to."""
        self._targets, self._target_radius = centres, radius + TARGET_GAP
        self.update()

    def show_band(self, rect: QRectF, is_erasing: bool) -> None:
        """Show a rubber band."""
        self._band, self._is_erasing = rect, is_erasing
        self.update()

    def show_stroke(self, points: Sequence[QPointF]) -> None:
        """Show a freehand stroke that erases."""
        self._stroke = QPolygonF(list(points))
        self.update()

    def show_ghosts(self, points: list[QPointF], radius: float, guides: Sequence[QLineF] = ()) -> None:
        """Show where units would stand, and the lines that they are aligned with."""
        self._ghosts, self._ghost_radius, self._guides = points, radius, list(guides)
        self.update()

    def show_text(self, text: str, middle: QPointF) -> None:
        """Write something beside a gesture, as the number of units it makes."""
        self._text = (text, middle) if text else None
        self.update()

    def boundingRect(self) -> QRectF:
        # A gesture may go anywhere; that of an item must not shrink while it is shown.
        return QRectF(-FAR, -FAR, 2 * FAR, 2 * FAR)

    def shape(self) -> QPainterPath:
        return QPainterPath()  # it is never what lies at a point

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        accent, warning = QColor(self._colors.accent), QColor(self._colors.error)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1.5))
        for rect in self._titles:
            painter.drawRoundedRect(rect, 7, 7)
        if self._guides:
            painter.setPen(QPen(accent, 1, Qt.PenStyle.DashLine))
            painter.drawLines(self._guides)
        if self._ghosts:
            painter.setPen(QPen(accent, 2, Qt.PenStyle.DashLine))
            for point in self._ghosts:
                painter.drawEllipse(point, self._ghost_radius, self._ghost_radius)
        if self._line is not None:
            style = Qt.PenStyle.SolidLine if self._is_possible else Qt.PenStyle.DotLine
            painter.setPen(QPen(accent if self._is_possible else warning, 3, style))
            painter.drawLine(self._line)
            for point in self._targets:
                painter.drawEllipse(point, self._target_radius, self._target_radius)
        if self._band is not None:
            painter.setPen(QPen(warning if self._is_erasing else accent, 1.5, Qt.PenStyle.DashLine))
            painter.drawRect(self._band)
        if not self._stroke.isEmpty():
            painter.setPen(QPen(warning, 3, Qt.PenStyle.DotLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(self._stroke)
        if self._text is not None:
            self._paint_text(painter, *self._text)

    def _paint_text(self, painter: QPainter, text: str, middle: QPointF) -> None:
        painter.setFont(self._font)
        rect = QRectF(painter.fontMetrics().boundingRect(text)).adjusted(-8, -4, 8, 4)
        rect.moveCenter(middle)
        painter.setPen(QPen(QColor(self._colors.accent), 1))
        painter.setBrush(QColor(self._colors.panel))
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(QColor(self._colors.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
