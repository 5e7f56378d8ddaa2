"""The table of engines on paper: its texts and bars, one by one, in light colours."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QLabel, QWidget

from nn_desktop.desktop.engines.bars import EngineBar
from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.desktop.look.pictures import in_pixels

MARGIN = 8


class TablePicture:
    """A widget of labels and bars."""

    def __init__(self, table: QWidget) -> None:
        self._table = table

    @property
    def size(self) -> QSizeF:
        return QSizeF(self._table.width() + 2 * MARGIN, self._table.height() + 2 * MARGIN)

    def paint(self, painter: QPainter, target: QRectF) -> None:
        """Draw what is visible of it."""
        painter.fillRect(target, QColor(LIGHT.canvas))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(target.topLeft())
        painter.scale(target.width() / self.size.width(), target.height() / self.size.height())
        painter.translate(MARGIN, MARGIN)
        for child in self._table.findChildren(QWidget):
            if child.isVisibleTo(self._table) and isinstance(child, QLabel | EngineBar):
                painter.save()
                painter.translate(child.mapTo(self._table, child.rect().topLeft()))
                painter.setFont(in_pixels(child.font()))
                if isinstance(child, EngineBar):
                    child.draw(painter, LIGHT)
                else:
                    _draw_text(painter, child)
                painter.restore()


def _draw_text(painter: QPainter, label: QLabel) -> None:
    metrics = QFontMetrics(painter.font())
    is_right = bool(label.alignment() & Qt.AlignmentFlag.AlignRight)
    left = label.width() - metrics.horizontalAdvance(label.text()) if is_right else 0
    baseline = label.height() / 2 + (metrics.ascent() - metrics.descent()) / 2
    painter.setPen(QColor(LIGHT.text))
    painter.drawText(QPointF(left, baseline), label.text())
