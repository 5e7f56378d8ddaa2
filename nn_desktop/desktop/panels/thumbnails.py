"""A small picture of each dataset."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPen, QPixmap, QPolygonF

from nn_desktop.data.builtin import Builtin, Group
from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.tables import DIGITS, LARGE_DIGITS
from nn_desktop.desktop.look.colors import Colors, diverging
from nn_desktop.desktop.look.numbers import fixed

SIZE = QSize(72, 54)
INSET = 6.0
CURVE_POINTS = 160
MAX_POINTS = 160
PICTURES = (DIGITS, LARGE_DIGITS)
"""Datasets whose samples are square pictures."""
Array = NDArray[Any]


def thumbnail(source: Builtin, dataset: Dataset, colors: Colors, pixel_ratio: float) -> QIcon:
    """Draw the dataset of a source: the curve of a function, points in the plane, or rows of a table."""
    pixmap = QPixmap(SIZE * pixel_ratio)
    pixmap.setDevicePixelRatio(pixel_ratio)
    pixmap.fill(QColor(colors.canvas))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if source.group is Group.FUNCTION:
        _draw_curve(painter, dataset, colors)
    elif source.group is Group.SAMPLE:
        _draw_numbers(painter, dataset, colors)
    elif source in PICTURES:
        _draw_digits(painter, dataset, colors)
    else:
        _draw_points(painter, dataset, colors)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # otherwise Qt tints it
    return icon


def _area() -> QRectF:
    return QRectF(0, 0, SIZE.width(), SIZE.height()).adjusted(INSET, INSET, -INSET, -INSET)


def _draw_curve(painter: QPainter, dataset: Dataset, colors: Colors) -> None:
    assert dataset.domain is not None and dataset.true_function is not None
    x = np.linspace(*dataset.domain[0], CURVE_POINTS)
    y = dataset.true_function(x[:, np.newaxis])[:, 0]
    across, down = _into_area(x, y)
    painter.setPen(QPen(QColor(colors.accent), 1.6))
    painter.drawPolyline(QPolygonF([QPointF(*point) for point in zip(across, down, strict=True)]))


def _draw_points(painter: QPainter, dataset: Dataset, colors: Colors) -> None:
    points = dataset.inputs if dataset.input_count == 2 else _principal_plane(dataset.inputs)
    points = points[:: max(1, len(points) // MAX_POINTS)]
    targets = dataset.targets[:: max(1, len(dataset.targets) // MAX_POINTS)]
    across, down = _into_area(points[:, 0], points[:, 1])
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y, color in zip(across, down, _colors_of(targets, dataset.task, colors), strict=True):
        painter.setBrush(color)
        painter.drawEllipse(QPointF(x, y), 1.7, 1.7)


def _draw_digits(painter: QPainter, dataset: Dataset, colors: Colors) -> None:
    side = SIZE.height() / 2 - 4
    pixels_a_side = math.isqrt(dataset.input_count)
    for place, row in enumerate(dataset.inputs[[0, 1, 2, 3, 4, 5]]):
        pixels = diverging(colors, row.reshape(pixels_a_side, pixels_a_side) / 16)
        image = QImage(
            pixels.tobytes(), pixels_a_side, pixels_a_side, 4 * pixels_a_side, QImage.Format.Format_RGBA8888
        )
        column, line = place % 3, place // 3
        painter.drawImage(QRectF(1 + column * (side + 1), 3 + line * (side + 2), side, side), image)


def _draw_numbers(painter: QPainter, dataset: Dataset, colors: Colors) -> None:
    """Write the inputs of the first sample on the left, and its targets on the right."""
    font = painter.font()
    font.setPixelSize(13)
    painter.setFont(font)
    area, middle = _area(), Qt.AlignmentFlag.AlignVCenter
    for values, side, color in (
        (dataset.inputs[0], Qt.AlignmentFlag.AlignLeft, colors.text),
        (dataset.values[0], Qt.AlignmentFlag.AlignRight, colors.accent),
    ):
        painter.setPen(QColor(color))
        painter.drawText(area, middle | side, "\n".join(fixed(value, 2) for value in values))


def _principal_plane(inputs: Array) -> Array:
    """Project a table on the plane in which it is widest."""
    scaled = (inputs - inputs.mean(axis=0)) / np.maximum(inputs.std(axis=0), 1e-9)
    _, _, directions = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(scaled @ directions[:2].T)


def _into_area(x: Array, y: Array) -> tuple[list[float], list[float]]:
    area = _area()

    def spread(values: Array, low: float, high: float) -> list[float]:
        first, last = float(values.min()), float(values.max())
        scaled: list[float] = (low + (values - first) / (last - first) * (high - low)).tolist()
        return scaled

    return spread(x, area.left(), area.right()), spread(y, area.bottom(), area.top())


def _colors_of(targets: Array, task: Task, colors: Colors) -> list[QColor]:
    if task is Task.REGRESSION:
        largest = max(float(np.abs(targets).max()), 1e-9)
        return [QColor(*rgba) for rgba in diverging(colors, targets[:, 0] / largest).tolist()]
    if task is Task.BINARY:
        return [QColor(colors.positive if label else colors.negative) for label in targets]
    return [QColor(colors.categories[label]) for label in targets]
