"""What the lines and marks of a plot mean, with the numbers of now."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.marks import MARK_PATHS, Mark

SAMPLE_WIDTH = 16
MARK_SIZE = 7.0
GAP = 5
SPACING = 12


@dataclass(frozen=True)
class LegendEntry:
    """One line or mark.

    Attributes
    ----------
    color
        ``#rrggbb``.
    mark
        The mark, or None for a line.
    emphasized
        Whether the line is solid, or the mark filled.
    number
        A number that belongs to it, or an empty text.
    """

    text: str
    color: str
    mark: Mark | None = None
    emphasized: bool = True
    number: str = ""


class Legend(QWidget):
    """A row of entries, drawn by itself: new numbers cost a repaint of this row and no new layout.

    Entries that have no room are left out, the last ones first.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, is_right: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self.entries: tuple[LegendEntry, ...] = ()
        self._is_right = is_right
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """Show these."""
        if entries != self.entries:
            self.entries = entries
            self.setToolTip(" · ".join(self._text(entry) for entry in entries))
            self.update()

    def sizeHint(self) -> QSize:
        width = sum(self._width(entry) + SPACING for entry in self.entries)
        return QSize(round(width), self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many entries as there is room for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fitting = self._fitting()
        left = 0.0
        if self._is_right:
            left = self.width() - sum(self._width(entry) + SPACING for entry in fitting)
        for entry in fitting:
            self._draw_entry(painter, entry, left)
            left += self._width(entry) + SPACING
        painter.end()

    def _fitting(self) -> list[LegendEntry]:
        fitting, width = [], 0.0
        for entry in self.entries:
            width += self._width(entry)
            if width > self.width() + 1:
                break
            fitting.append(entry)
            width += SPACING
        return fitting

    def _sample_width(self, entry: LegendEntry) -> float:
        return SAMPLE_WIDTH if entry.mark is None else MARK_SIZE + 2

    def _width(self, entry: LegendEntry) -> float:
        text = self.fontMetrics().horizontalAdvance(self._text(entry))
        return self._sample_width(entry) + GAP + text

    @staticmethod
    def _text(entry: LegendEntry) -> str:
        return f"{entry.text} {entry.number}" if entry.number else entry.text

    def _draw_entry(self, painter: QPainter, entry: LegendEntry, left: float) -> None:
        width, middle = self._sample_width(entry), self.height() / 2
        if entry.mark is None:
            _draw_line(painter, entry, left, width, middle)
        else:
            _draw_mark(painter, entry, entry.mark, QPointF(left + width / 2, middle))
        left += width + GAP
        colors, metrics = self._theme.colors, self.fontMetrics()
        painter.setFont(QFont(self.font()))
        words = entry.text + " " if entry.number else entry.text
        for text, color in ((words, colors.text_muted), (entry.number, colors.text)):
            painter.setPen(QColor(color))
            box = QRectF(left, 0, metrics.horizontalAdvance(text) + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            left += metrics.horizontalAdvance(text)


def _draw_line(painter: QPainter, entry: LegendEntry, left: float, width: float, middle: float) -> None:
    pen = QPen(QColor(entry.color), 2)
    if not entry.emphasized:
        pen.setDashPattern([2.5, 1.5])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))


def _draw_mark(painter: QPainter, entry: LegendEntry, mark: Mark, center: QPointF) -> None:
    painter.save()
    painter.translate(center)
    painter.scale(MARK_SIZE, MARK_SIZE)
    pen = QPen(QColor(entry.color), 1.5)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(QColor(entry.color) if entry.emphasized else Qt.GlobalColor.transparent)
    painter.drawPath(MARK_PATHS[mark])
    painter.restore()
