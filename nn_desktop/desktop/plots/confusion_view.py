"""The fit of a classification with many inputs: which classes are taken for which."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nn_desktop.arrays import IntArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.theme import Theme, scaled
from nn_desktop.desktop.plots.chart import LABEL_SIZE
from nn_desktop.desktop.plots.fit import Summary
from nn_desktop.desktop.plots.fit_summaries import accuracy_summary
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.insight.metrics import confusion_matrix
from nn_desktop.training.snapshot import Snapshot

STRONGEST = 0.55
"""Share of the full colour where a whole row falls into one cell: text upon it stays legible."""
FAINTEST = 0.12
GAP = 2
MARGIN = 8


class ConfusionView(QWidget):
    """Counts of the test samples by actual class (row) and predicted class (column).

    Right ones are blue and stand on the diagonal, wrong ones orange; the stronger, the larger the share of
    the row. They are in `counts`, shape (classes, classes).
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "confusion_matrix", self.tr("Confusion matrix of the test samples"))
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self.counts: IntArray = np.zeros((0, 0), dtype=np.int64)
        self.setToolTip(
            self.tr(
                "How many test samples of each class (row) the network takes for which class (column). "
                "Blue: right. Orange: wrong."
            )
        )

    def set_dataset(self, dataset: Dataset) -> None:
        self._names = dataset.class_names
        self.counts = np.zeros((len(self._names), len(self._names)), dtype=np.int64)
        self.update()

    def show_fit(self, snapshot: Snapshot) -> Summary:
        """Count the test samples."""
        with np.errstate(all="ignore"):
            counts = confusion_matrix(snapshot.parameters, snapshot.dataset, snapshot.dataset.test)
        if not np.array_equal(counts, self.counts):
            self.counts = counts
            self.update()
        return accuracy_summary(snapshot, float(np.trace(counts) / max(1, counts.sum())))

    def restyle(self, colors: Colors) -> None:
        self.update()

    def legend(self) -> tuple[LegendEntry, ...]:
        """Say nothing: the matrix carries its names itself."""
        return ()

    def sizeHint(self) -> QSize:
        return QSize(360, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.colors.canvas))
        if self._names:
            painter.setFont(scaled(self.font(), LABEL_SIZE))
            matrix = self._matrix_rect(painter)
            self._draw_cells(painter, matrix)
            self._draw_names(painter, matrix)
            self._draw_titles(painter, matrix)
        painter.end()

    def _matrix_rect(self, painter: QPainter) -> QRectF:
        metrics = painter.fontMetrics()
        widest = max(metrics.horizontalAdvance(name) for name in self._names)
        left = MARGIN + metrics.height() + 4 + min(widest, 0.3 * self.width()) + 6
        bottom = MARGIN / 2 + 2 * metrics.height() + 6
        return QRectF(left, MARGIN, self.width() - left - MARGIN, self.height() - bottom - MARGIN)

    def _cell(self, matrix: QRectF, row: int, column: int) -> QRectF:
        width, height = matrix.width() / len(self._names), matrix.height() / len(self._names)
        corner = QPointF(matrix.left() + column * width, matrix.top() + row * height)
        return QRectF(corner.x(), corner.y(), width, height).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)

    def _draw_cells(self, painter: QPainter, matrix: QRectF) -> None:
        colors = self._theme.colors
        shares = self.counts / np.maximum(1, self.counts.sum(axis=1, keepdims=True))
        painter.save()
        painter.setFont(self.font())
        for (row, column), count in np.ndenumerate(self.counts):
            cell = self._cell(matrix, row, column)
            color = mix(colors.canvas, colors.text, 0.05)
            if count:
                base = colors.positive if row == column else colors.negative
                strength = FAINTEST + (STRONGEST - FAINTEST) * float(shares[row, column])
                color = mix(colors.canvas, base, strength)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(cell, 3, 3)
            painter.setPen(QColor(colors.text if count else colors.text_muted))
            if count or row == column or len(self._names) <= 3:
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, grouped(int(count)))
        painter.restore()

    def _draw_names(self, painter: QPainter, matrix: QRectF) -> None:
        metrics = painter.fontMetrics()
        painter.setPen(QColor(self._theme.colors.text))
        left = MARGIN + metrics.height() + 4
        for index, name in enumerate(self._names):
            cell = self._cell(matrix, index, index)
            beside = QRectF(left, cell.top(), matrix.left() - left - 6, cell.height())
            below = QRectF(cell.left(), matrix.bottom() + 3, cell.width(), metrics.height())
            for box, alignment in (
                (beside, Qt.AlignmentFlag.AlignRight),
                (below, Qt.AlignmentFlag.AlignHCenter),
            ):
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(box.width()) + 1)
                painter.drawText(box, alignment | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_titles(self, painter: QPainter, matrix: QRectF) -> None:
        height = painter.fontMetrics().height()
        painter.setPen(QColor(self._theme.colors.text_muted))
        below = QRectF(matrix.left(), matrix.bottom() + 4 + height, matrix.width(), height)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.tr("predicted"))
        painter.save()
        painter.translate(MARGIN / 2, matrix.bottom())
        painter.rotate(-90)
        painter.drawText(
            QRectF(0, 0, matrix.height(), height), Qt.AlignmentFlag.AlignCenter, self.tr("actual")
        )
        painter.restore()
