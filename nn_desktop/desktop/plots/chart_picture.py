"""A chart on paper: what the widget shows, drawn item by item in light colours.

pyqtgraph's items draw in data units, with cosmetic pens and a clip; SVG as Qt writes it has neither. So each
is drawn here in points: lines are cut at the edge of the chart, and keep their width.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsRectItem

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.desktop.look.pictures import in_pixels
from nn_desktop.desktop.plots.clipping import clip_segments
from nn_desktop.desktop.plots.legend import draw_row, row_height, wrapped

if TYPE_CHECKING:
    from nn_desktop.desktop.plots.chart import Chart

MARGIN = 8
IMAGE_SCALE = 2
"""Pixels of a point of a heat map: its few cells are smoothed here, since not every program would."""


class ChartPicture:
    """A chart with what it says above it: how good the fit is, and what the marks and lines mean."""

    def __init__(self, chart: "Chart") -> None:
        self._chart = chart
        self._font = in_pixels(chart.font())
        self._metrics = QFontMetrics(self._font)

    @property
    def size(self) -> QSizeF:
        return QSizeF(self._chart.width(), self._chart.height() + self._heading_height(self._rows()))

    def paint(self, painter: QPainter, target: QRectF) -> None:
        """Draw into a rectangle, in light colours whatever the theme is."""
        chart, shown = self._chart, self._chart.colors
        chart.restyle(LIGHT)
        try:
            rows = self._rows()
            size = self.size
            painter.fillRect(target, QColor(LIGHT.canvas))
            painter.translate(target.topLeft())
            painter.scale(target.width() / size.width(), target.height() / size.height())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # a PDF would hold JPEGs
            self._paint_heading(painter, rows)
            painter.translate(0, self._heading_height(rows))
            paint_plot(painter, chart.plot)
            chart.paint_beside(painter)
        finally:
            chart.restyle(shown)

    def _rows(self) -> list[list[Any]]:
        return wrapped(self._chart.legend(), self._chart.width() - 2 * MARGIN, self._metrics)

    def _heading_height(self, rows: list[list[Any]]) -> int:
        lines = len(rows) + bool(self._chart.caption)
        return lines * row_height(self._metrics) + (MARGIN // 2 if lines else 0)

    def _paint_heading(self, painter: QPainter, rows: list[list[Any]]) -> None:
        painter.setFont(self._font)
        top, height = MARGIN // 2, row_height(self._metrics)
        if self._chart.caption:
            painter.setPen(QColor(LIGHT.text))
            painter.drawText(QPointF(MARGIN, top + self._metrics.ascent()), self._chart.caption)
            top += height
        for row in rows:
            draw_row(painter, row, QRectF(MARGIN, top, self.size.width() - 2 * MARGIN, height), LIGHT)
            top += height


def paint_plot(painter: QPainter, plot: Any) -> None:
    """Draw a plot widget of pyqtgraph, in points."""
    plot.scene().prepareForPaint()  # what has changed since the last repaint
    to_widget = plot.viewportTransform()
    view_box = plot.getViewBox()
    area = to_widget.mapRect(view_box.mapRectToScene(view_box.rect()))
    items: list[Any] = [item for item in plot.getPlotItem().items if item.isVisible()]
    items.sort(key=lambda item: item.zValue())  # those of one height stay in their order
    for item in items:
        draw = next((draw for kind, draw in _DRAWERS if isinstance(item, kind)), None)
        if draw is not None:
            draw(painter, item, item.sceneTransform() * to_widget, area)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        _draw_axis(painter, axis, axis.sceneTransform() * to_widget)


def _points(x: Any, y: Any, transform: QTransform) -> FloatArray:
    """Return where data are in the widget, shape (n, 2)."""
    t, x, y = transform, np.asarray(x, float), np.asarray(y, float)
    return np.column_stack((t.m11() * x + t.m21() * y + t.dx(), t.m12() * x + t.m22() * y + t.dy()))


def _solid(pen: QPen) -> QPen:
    """Return a pen that is as wide in points as another one is in pixels."""
    result = QPen(pen)
    result.setCosmetic(False)
    result.setWidthF(max(1.0, pen.widthF()))
    return result


def _draw_curve(painter: QPainter, item: Any, transform: QTransform, area: QRectF) -> None:
    x, y = item.getData()
    if x is None or len(x) < 2:
        return
    places = _points(x, y, transform)
    step = 2 if item.opts["connect"] == "pairs" else 1
    segments = np.column_stack((places[:-1:step], places[1::step]))
    path, end = QPainterPath(), None
    for x0, y0, x1, y1 in clip_segments(segments, area.left(), area.top(), area.right(), area.bottom()):
        if end != (x0, y0):
            path.moveTo(x0, y0)
        path.lineTo(x1, y1)
        end = (x1, y1)
    painter.strokePath(path, _solid(item.opts["pen"]))


def _draw_points(painter: QPainter, item: Any, transform: QTransform, area: QRectF) -> None:
    for spot in item.points():
        center = transform.map(spot.pos())
        if not area.contains(center):
            continue
        symbol, size = spot.symbol(), spot.size()
        path = (
            symbol if isinstance(symbol, QPainterPath) else pg.graphicsItems.ScatterPlotItem.Symbols[symbol]
        )
        painter.setPen(
            _solid(spot.pen()) if spot.pen().style() is not Qt.PenStyle.NoPen else Qt.PenStyle.NoPen
        )
        painter.setBrush(spot.brush())
        painter.drawPath(
            (QTransform.fromScale(size, size) * QTransform.fromTranslate(*center.toTuple())).map(path)
        )


def _draw_image(painter: QPainter, item: QGraphicsPixmapItem, transform: QTransform, area: QRectF) -> None:
    whole = transform.mapRect(QRectF(item.pixmap().rect()))
    shown = whole.intersected(area)
    if shown.isEmpty():
        return
    size = (whole.size() * min(IMAGE_SCALE, 4000 / max(whole.width(), whole.height()))).toSize()
    # Its first row is the lowest.
    image = item.pixmap().toImage().flipped(Qt.Orientation.Vertical)
    image = image.convertToFormat(QImage.Format.Format_RGB32).scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    factor = size.width() / whole.width(), size.height() / whole.height()
    left, top = (shown.left() - whole.left()) * factor[0], (shown.top() - whole.top()) * factor[1]
    source = QRectF(left, top, shown.width() * factor[0], shown.height() * factor[1])
    painter.drawImage(shown, image.copy(source.toAlignedRect()))


def _draw_rect(painter: QPainter, item: QGraphicsRectItem, transform: QTransform, area: QRectF) -> None:
    painter.fillRect(transform.mapRect(item.rect()).intersected(area), item.brush())


def _draw_infinite_line(painter: QPainter, item: Any, transform: QTransform, area: QRectF) -> None:
    # It lies along the first axis of its own coordinates.
    start = transform.map(QPointF(0, 0))
    painter.setPen(_solid(item.pen))
    if item.angle == 90 and area.left() <= start.x() <= area.right():
        painter.drawLine(QPointF(start.x(), area.top()), QPointF(start.x(), area.bottom()))
    elif item.angle == 0 and area.top() <= start.y() <= area.bottom():
        painter.drawLine(QPointF(area.left(), start.y()), QPointF(area.right(), start.y()))


def _draw_text(painter: QPainter, item: Any, transform: QTransform, area: QRectF) -> None:
    font = in_pixels(item.textItem.font())
    metrics = QFontMetrics(font)
    lines = item.toPlainText().split("\n")
    margin = item.textItem.document().documentMargin()
    width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * margin
    height = metrics.height() * len(lines) + 2 * margin
    place = transform.map(QPointF(0, 0))
    box = QRectF(place.x() - item.anchor.x() * width, place.y() - item.anchor.y() * height, width, height)
    if not area.adjusted(-1, -1, 1, 1).contains(place):
        return
    if item.fill.style() is not Qt.BrushStyle.NoBrush:
        painter.setPen(_solid(item.border))
        painter.setBrush(item.fill)
        painter.drawRect(box)
    painter.setFont(font)
    painter.setPen(item.color)
    for number, line in enumerate(lines):
        baseline = box.top() + margin + number * metrics.height() + metrics.ascent()
        painter.drawText(QPointF(box.left() + margin, baseline), line)


_DRAWERS: tuple[tuple[type, Callable[..., None]], ...] = (
    (pg.PlotCurveItem, _draw_curve),
    (pg.ScatterPlotItem, _draw_points),
    (QGraphicsPixmapItem, _draw_image),
    (QGraphicsRectItem, _draw_rect),
    (pg.InfiniteLine, _draw_infinite_line),
    (pg.TextItem, _draw_text),
)


def _draw_axis(painter: QPainter, axis: Any, transform: QTransform) -> None:
    """Draw figures, ticks and title of an axis."""
    font = in_pixels(axis.style["tickFont"])
    ruler = QImage(1, 1, QImage.Format.Format_RGB32)
    measuring = QPainter(ruler)
    measuring.setFont(font)
    specs = axis.generateDrawSpecs(measuring)
    measuring.end()
    painter.setFont(font)
    metrics = QFontMetrics(font)
    if specs is not None:
        line, ticks, texts = specs
        for pen, start, end in (line, *ticks):
            painter.setPen(_solid(pen))
            painter.drawLine(transform.map(QPointF(start)), transform.map(QPointF(end)))
        painter.setPen(axis.textPen())
        for rect, flags, text in texts:
            painter.drawText(_text_place(transform.mapRect(rect), flags, text, metrics), text)
    label = axis.label
    center = (label.sceneTransform() * transform.fromTranslate(0, 0)).mapRect(label.boundingRect()).center()
    text = label.toPlainText().strip()
    painter.setPen(label.defaultTextColor())
    painter.save()
    painter.translate(center)
    if axis.orientation == "left":
        painter.rotate(-90)
    middle = (metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(-metrics.horizontalAdvance(text) / 2, middle), text)
    painter.restore()


def _text_place(rect: QRectF, flags: Any, text: str, metrics: QFontMetrics) -> QPointF:
    """Return where the baseline of a text begins that is aligned in a rectangle."""
    width, alignment = metrics.horizontalAdvance(text), int(flags)
    left = rect.left()
    if alignment & Qt.AlignmentFlag.AlignRight.value:
        left = rect.right() - width
    elif alignment & Qt.AlignmentFlag.AlignHCenter.value:
        left = rect.center().x() - width / 2
    top = (
        rect.top()
        if alignment & Qt.AlignmentFlag.AlignTop.value
        else rect.center().y() - metrics.height() / 2
    )
    return QPointF(left, top + metrics.ascent())
