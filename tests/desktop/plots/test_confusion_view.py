"""The confusion matrix is read at every size of text."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.desktop.plots.confusion_view import _Matrix


class Texts(QPainter):
    """Keeps where which text was written."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.boxes: list[QRectF] = []

    def drawText(self, point, text):  # noqa: N802  # Qt's name
        metrics = QFontMetrics(self.font())
        self.boxes.append(QRectF(point.x(), point.y(), metrics.horizontalAdvance(text), 1))


@pytest.mark.parametrize("points", [9, 18, 36])
def test_no_count_runs_into_the_next_one(qapp, points):
    image = QImage(230, 270, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    names = tuple("0123456789")
    painter = Texts(image)
    font = QFont()
    font.setPointSizeF(points)
    matrix = _Matrix(names, np.full((10, 10), 128), LIGHT, font)
    matrix.paint(painter, QRectF(image.rect()))
    painter.end()
    counts = painter.boxes[:100]
    assert not any(box.intersects(other) for i, box in enumerate(counts) for other in counts[:i])
