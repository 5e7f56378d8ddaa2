"""The fit of a classification with many inputs: which classes are taken for which."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nn_desktop.arrays import IntArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import LIGHT, Colors, mix
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.pictures import Picture, in_pixels
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.theme import Theme, scaled
from nn_desktop.desktop.plots.chart import LABEL_SIZE
from nn_desktop.desktop.plots.fit import Summary
from nn_desktop.desktop.plots.fit_summaries import accuracy_summary
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.insight.metrics import confusion_matrix
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable

STRONGEST = 0.55
"""Share of the full colour where a whole row falls into one cell: text upon it stays legible."""
FAINTEST = 0.12
GAP = 2
MARGIN = 8


class ConfusionView(QWidget):
    """Counts of the test samples by actual class (row) and predicted class (column): a `Plot`.

    Right ones are blue and stand on the diagonal, wrong ones orange; the stronger, the larger the share of
    the row.

    Attributes
    ----------
    counts
        Shape (classes, classes).
    caption
        How good they are, in one line.

    Signals
    -------
    maximize_requested()
        It was clicked twice.
    """

    maximize_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "confusion_matrix", self.tr("Confusion matrix of the test samples"))
        self._colors = theme.colors
        self.caption = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._names: tuple[str, ...] = ()
        self.counts: IntArray = np.zeros((0, 0), dtype=np.int64)
        self.setToolTip(
            in_lines(
                self.tr(
                    "How many test samples of each class (row) the network takes for which class (column). "
                    "Blue: right. Orange: wrong."
                )
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
        self._colors = colors
        self.update()

    def legend(self) -> tuple[LegendEntry, ...]:
        """Say nothing: the matrix carries its names itself."""
        return ()

    def sizeHint(self) -> QSize:
        return QSize(360, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    @property
    def file_name(self) -> str:
        return "confusion-matrix"

    def picture(self, suffix: str) -> Picture:
        """Return what it shows at this moment."""
        drawing = _Matrix(self._names, self.counts, LIGHT, in_pixels(self.font()))
        return _MatrixPicture(drawing, self.caption, QSizeF(self.size()))

    def why_no_numbers(self) -> str:
        return ""

    def numbers(self) -> "NumberTable":
        """Return a row for each actual class with the counts of the predicted ones."""
        from nn_desktop.files.number_table import NumberTable

        counts = self.counts.tolist()
        return NumberTable(
            columns=(self.tr("actual \\ predicted"), *self._names),
            rows=tuple((name, *row) for name, row in zip(self._names, counts, strict=True)),
        )

    def obstacle(self, change: Change) -> str:
        """Return why nothing of it can be changed: it has no axes, and is always seen as a whole."""
        if change in (Change.LOG_X, Change.LOG_Y):
            return self.tr("A confusion matrix has classes at its sides, not numbers")
        if change is Change.CROSSHAIR:
            return self.tr("Each cell of the matrix shows its number already")
        return self.tr("The whole matrix is always in view")

    def is_on(self, change: Change) -> bool:
        return False

    def apply(self, change: Change) -> None:
        """Change nothing."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.maximize_requested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        _Matrix(self._names, self.counts, self._colors, self.font()).paint(painter, QRectF(self.rect()))
        painter.end()


@dataclass(frozen=True)
class _MatrixPicture:
    """The matrix on paper, with its caption above."""

    matrix: "_Matrix"
    caption: str
    size: QSizeF

    def paint(self, painter: QPainter, target: QRectF) -> None:
        painter.translate(target.topLeft())
        painter.scale(target.width() / self.size.width(), target.height() / self.size.height())
        painter.fillRect(QRectF(QPointF(), self.size), QColor(self.matrix.colors.canvas))
        metrics = QFontMetrics(self.matrix.font)
        painter.setFont(self.matrix.font)
        painter.setPen(QColor(self.matrix.colors.text))
        painter.drawText(QPointF(MARGIN, MARGIN / 2 + metrics.ascent()), self.caption)
        top = metrics.height() + MARGIN / 2
        self.matrix.paint(painter, QRectF(0, top, self.size.width(), self.size.height() - top))


@dataclass(frozen=True)
class _Matrix:
    """Draws a matrix into any rectangle, on the screen and on paper."""

    names: tuple[str, ...]
    counts: IntArray
    colors: Colors
    font: QFont

    def paint(self, painter: QPainter, target: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(target, QColor(self.colors.canvas))
        if self.names:
            small = _shrunk(self.font, LABEL_SIZE)
            matrix = self._matrix_rect(target, QFontMetrics(small))
            self._draw_cells(painter, matrix)
            painter.setFont(small)
            self._draw_names(painter, matrix, target.left(), QFontMetrics(small))
            self._draw_titles(painter, matrix, target.left(), QFontMetrics(small))

    def _matrix_rect(self, target: QRectF, metrics: QFontMetrics) -> QRectF:
        widest = max(metrics.horizontalAdvance(name) for name in self.names)
        left = MARGIN + metrics.height() + 4 + min(widest, 0.3 * target.width()) + 6
        bottom = MARGIN / 2 + 2 * metrics.height() + 6
        return target.adjusted(left, MARGIN, -MARGIN, -bottom)

    def _cell(self, matrix: QRectF, row: int, column: int) -> QRectF:
        width, height = matrix.width() / len(self.names), matrix.height() / len(self.names)
        corner = QPointF(matrix.left() + column * width, matrix.top() + row * height)
        return QRectF(corner.x(), corner.y(), width, height).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)

    def _draw_cells(self, painter: QPainter, matrix: QRectF) -> None:
        colors = self.colors
        shares = self.counts / np.maximum(1, self.counts.sum(axis=1, keepdims=True))
        font = self._font_of_counts(self._cell(matrix, 0, 0).size())
        metrics = QFontMetrics(font)
        painter.setFont(font)
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
            if count or row == column or len(self.names) <= 3:
                _draw_in(painter, cell, grouped(int(count)), metrics)

    def _font_of_counts(self, room: QSizeF) -> QFont:
        """Return a font in which the widest count stays in its cell, so that none runs into another."""
        metrics = QFontMetrics(self.font)
        widest = metrics.horizontalAdvance(grouped(int(self.counts.max())))
        return _shrunk(self.font, min(1.0, room.width() / widest, room.height() / metrics.height()))

    def _draw_names(self, painter: QPainter, matrix: QRectF, edge: float, metrics: QFontMetrics) -> None:
        painter.setPen(QColor(self.colors.text))
        left = edge + MARGIN + metrics.height() + 4
        for index, name in enumerate(self.names):
            cell = self._cell(matrix, index, index)
            beside = QRectF(left, cell.top(), matrix.left() - left - 6, cell.height())
            below = QRectF(cell.left(), matrix.bottom() + 3, cell.width(), metrics.height())
            for box, share in ((beside, 1.0), (below, 0.5)):
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(box.width()) + 1)
                _draw_in(painter, box, text, metrics, share)

    def _draw_titles(self, painter: QPainter, matrix: QRectF, edge: float, metrics: QFontMetrics) -> None:
        say = partial(QCoreApplication.translate, "ConfusionView")
        height = metrics.height()
        painter.setPen(QColor(self.colors.text_muted))
        below = QRectF(matrix.left(), matrix.bottom() + 4 + height, matrix.width(), height)
        _draw_in(painter, below, say("predicted"), metrics)
        painter.save()
        painter.translate(edge + MARGIN / 2, matrix.bottom())
        painter.rotate(-90)
        _draw_in(painter, QRectF(0, 0, matrix.height(), height), say("actual"), metrics)
        painter.restore()


def _shrunk(font: QFont, share: float) -> QFont:
    """Return a font of a share of the size, be it given in points or, on paper, in pixels."""
    if font.pixelSize() <= 0:
        return scaled(font, share)
    result = QFont(font)
    result.setPixelSize(max(1, int(share * font.pixelSize())))
    return result


def _draw_in(painter: QPainter, box: QRectF, text: str, metrics: QFontMetrics, share: float = 0.5) -> None:
    """Write a text in the middle of a box, with a share of what is left of its width before it."""
    left = box.left() + share * (box.width() - metrics.horizontalAdvance(text))
    baseline = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(left, baseline), text)
