"""Weights written on their lines and biases at their units, as many as there is room for."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_desktop.desktop.canvas.connections_item import ConnectionsItem
from nn_desktop.desktop.canvas.segments import Segments
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.numbers import editable_number
from nn_desktop.drawing.placement import Placement
from nn_desktop.network.parameters import Parameters

DIGITS = 3
USUAL_NUMBER = "−0.888"
"""A label has room for this at least: a number may grow longer while it learns."""
SHARES = (0.32, 0.68, 0.26, 0.74, 0.4, 0.6, 0.2, 0.8, 0.5)
"""Where on a line its number may stand, the better places first: in the middle many lines cross."""
MAX_TRIED = 150
MAX_WORK = 12_000
"""So many of the strongest weights are looked at; fewer among many lines, of which few stand apart."""
TEXT_SCALE = 0.86
PADDING = 2.0
GAP = 3.0
"""Pixels around a number, and between two."""


@dataclass(frozen=True)
class _Label:
    """A number that is written: of a unit, by its id, or of a connection, by its place among those shown."""

    middle: QPointF
    unit: int | None
    connection: int


class NumberLabels(QGraphicsItem):
    """Writes numbers where they cover no unit, no other number, and no line but their own.

    So each can be told to belong to its line; those that matter most come first. Where many lines cross, a
    unit that is selected has its numbers written, for the lines of lines are dimmed then.

    Parameters
    ----------
    outlined
        Whether texts are drawn as outlines.
    is_zoomed
        Whether it is looked at through a view that zooms: then numbers stay as large as they are.
    """

    def __init__(
        self, connections: ConnectionsItem, colors: Colors, font: QFont, outlined: bool, is_zoomed: bool
    ) -> None:
        super().__init__()
        self.setZValue(1)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._connections = connections
        self._outlined, self._is_zoomed = outlined, is_zoomed
        self._parameters: Parameters | None = None
        self._placement: Placement | None = None
        self._labels: list[_Label] = []
        self._zoom = 1.0
        self.restyle(colors, font)
        self.hide()

    def restyle(self, colors: Colors, font: QFont) -> None:
        """Take other colours and another size of text."""
        self._colors = colors
        self._font = QFont(font)
        if font.pixelSize() > 0:
            self._font.setPixelSize(max(1, round(TEXT_SCALE * font.pixelSize())))
        else:
            self._font.setPointSizeF(TEXT_SCALE * font.pointSizeF())
        self._metrics = QFontMetricsF(self._font)
        self._usual_width = self._metrics.horizontalAdvance(USUAL_NUMBER)
        self.rearrange()

    def set_network(self, parameters: Parameters, placement: Placement) -> None:
        """Write the numbers of another network, or of the same one placed otherwise."""
        self.prepareGeometryChange()
        self._parameters, self._placement = parameters, placement
        self.rearrange()

    def show_numbers(self, parameters: Parameters) -> None:
        """Write the numbers of this moment, where they stand."""
        self._parameters = parameters
        self.update()

    def rearrange(self) -> None:
        """Choose anew what is written and where, before the next painting."""
        self._is_arranged = False
        self.update()

    def boundingRect(self) -> QRectF:
        if self._placement is None:
            return QRectF()
        left, right, top, bottom = self._placement.extent()
        rect = QRectF(QPointF(left, top), QPointF(right, bottom)).adjusted(-60, -60, 60, 60)
        return rect | self._connections.boundingRect()

    def shape(self) -> QPainterPath:
        return QPainterPath()  # it is never what lies at a point

    def texts(self) -> list[str]:
        """Return what is written now."""
        return [self._text(label) for label in self._labels]

    def rects(self) -> list[QRectF]:
        """Return where numbers stand, in the scene."""
        return [_around(label.middle, self._size(self._text(label))) for label in self._labels]

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform()) if self._is_zoomed else 1.0
        if zoom != self._zoom or not self._is_arranged:
            self._zoom, self._is_arranged = zoom, True
            self._arrange()
        painter.setFont(self._font)
        for label in self._labels:
            painter.save()
            painter.translate(label.middle)
            painter.scale(1 / zoom, 1 / zoom)
            self._paint_label(painter, label)
            painter.restore()

    def _paint_label(self, painter: QPainter, label: _Label) -> None:
        text, value = self._text(label), self._value(label)
        width, height = self._metrics.horizontalAdvance(text), self._metrics.height()
        rect = QRectF(-width / 2, -height / 2, width, height)
        back = QColor(self._colors.canvas if self._is_zoomed else self._colors.unit)
        painter.fillRect(rect.adjusted(-PADDING, 0, PADDING, 0), back)
        color = QColor(self._colors.negative if value < 0 else self._colors.positive)
        if label.unit is not None:
            color = QColor(self._colors.text_muted)
        if self._outlined:
            path = QPainterPath()
            path.addText(QPointF(rect.left(), rect.top() + self._metrics.ascent()), self._font, text)
            painter.fillPath(path, color)
        else:
            painter.setPen(color)
            painter.drawText(QPointF(rect.left(), rect.top() + self._metrics.ascent()), text)

    def _value(self, label: _Label) -> float:
        if label.unit is None:
            return self._connections.weight(label.connection)
        return 0.0 if self._parameters is None else self._parameters.bias(label.unit)

    def _text(self, label: _Label) -> str:
        number = editable_number(self._value(label), DIGITS)
        return number if label.unit is None else f"b = {number}"

    def _size(self, text: str) -> QSizeF:
        """Return what a text takes up in the scene, with some air."""
        width = max(self._metrics.horizontalAdvance(text), self._usual_width) + 2 * PADDING + GAP
        return QSizeF(width, self._metrics.height()) / self._zoom

    def _arrange(self) -> None:
        self._labels = []
        if self._placement is not None and self._parameters is not None:
            room = _Room(self._placement)
            self._place_biases(self._placement, self._parameters, room)
            self._place_weights(room)

    def _place_biases(self, placement: Placement, parameters: Parameters, room: "_Room") -> None:
        down = placement.radius + (self._metrics.height() / 2 + 1) / self._zoom
        for column in placement.columns[1:]:
            for unit, x, y in column.units:
                if unit in parameters.topology.unit_place:
                    label = _Label(QPointF(x, y + down), unit, -1)
                    if room.take(_around(label.middle, self._size(self._text(label)))):
                        self._labels.append(label)

    def _place_weights(self, room: "_Room") -> None:
        tracks = self._connections.lit_tracks()
        tried = self._connections.most_important(min(MAX_TRIED, MAX_WORK // (1 + len(tracks.owners))))
        for connection in tried:
            labels = [
                _Label(point, None, connection) for point in self._connections.points(connection, SHARES)
            ]
            size = self._size(self._text(labels[0]))
            rects = [_around(label.middle, size) for label in labels]
            apart = _stand_apart(rects, tracks.segments[tracks.owners != connection])
            for label, rect, is_apart in zip(labels, rects, apart, strict=True):
                if is_apart and room.take(rect):
                    self._labels.append(label)
                    break


class _Room:
    """The rectangles that are taken: those of units, and of what is written."""

    def __init__(self, placement: Placement) -> None:
        r = placement.radius
        spots = [spot for column in placement.columns for spot in column.units]
        self._taken = np.array([(x - r, y - r, x + r, y + r) for _, x, y in spots]).reshape(-1, 4)

    def take(self, rect: QRectF) -> bool:
        """Take a rectangle, if it is free."""
        left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
        t = self._taken
        if ((t[:, 0] < right) & (t[:, 2] > left) & (t[:, 1] < bottom) & (t[:, 3] > top)).any():
            return False
        self._taken = np.vstack([t, (left, top, right, bottom)])
        return True


def _around(middle: QPointF, size: QSizeF) -> QRectF:
    return QRectF(middle - QPointF(size.width() / 2, size.height() / 2), size)


def _stand_apart(rects: list[QRectF], lines: Segments) -> list[bool]:
    """Tell through which of some rectangles no line runs."""
    left, top, right, bottom = np.array([rect.getCoords() for rect in rects]).T[:, :, np.newaxis]
    is_turned = lines[:, 0] > lines[:, 2]
    x1, y1 = np.where(is_turned, lines[:, 2:].T, lines[:, :2].T)
    x2, y2 = np.where(is_turned, lines[:, :2].T, lines[:, 2:].T)
    # Each line is cut to the width of the rectangle; what is left lies above it, below it, or within.
    first, last = np.maximum(left, x1), np.minimum(right, x2)
    slope = (y2 - y1) / np.maximum(x2 - x1, 1e-9)
    start, stop = y1 + slope * (first - x1), y1 + slope * (last - x1)
    is_beside = first > last
    is_off = (np.minimum(start, stop) > bottom) | (np.maximum(start, stop) < top)
    apart: list[bool] = (is_beside | is_off).all(axis=1).tolist()
    return apart
