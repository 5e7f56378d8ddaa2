"""What stands above a fit: how good it is, and what its marks and lines mean."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QWidget

from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.plots.legend import Legend, row_height

MARGIN, SPACING = 8, 8


class PlotHeader(QWidget):
    """A caption with a legend beside it, or below where the legend has too little room beside."""

    def __init__(self, caption: QLabel, legend: Legend) -> None:
        super().__init__()
        self._caption, self._legend = caption, legend
        caption.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._row = fill(
            QBoxLayout(QBoxLayout.Direction.LeftToRight, self),
            *(caption, legend),
            stretched=legend,
            margins=(MARGIN, 2, 0, 2),
            spacing=SPACING,
        )
        for part in (caption, legend):
            self._row.setAlignment(part, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Choose beside or below, by what both say now."""
        words = self._caption.fontMetrics().horizontalAdvance(self._caption.text())
        is_narrow = MARGIN + words + 2 * SPACING + self._legend.widest > self.width()
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._caption.setWordWrap(is_narrow)
        self._row.setSpacing(0 if is_narrow else SPACING)
        self._legend.set_right(not is_narrow)
        self._caption.setMinimumHeight(
            row_height(self._legend.fontMetrics())
        )  # on one line with its first row
