"""What the lines and marks of a plot mean, with the numbers of now."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.marks import MARK_PATHS, Mark

SAMPLE_WIDTH = 16
MARK_SIZE = 7.0
GAP = 5
SPACING = 12
MIN_WIDTH = 40
MAX_ROWS = 3
"""More would take the room of the plot: a tooltip has the rest."""


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

    @property
    def words(self) -> str:
        """Its text and its number."""
        return f"{self.text} {self.number}" if self.number else self.text


class Legend(QWidget):
    """Rows of entries, drawn by itself: new numbers cost a repaint, and no new layout while the rows stay.

    What has no room in a row begins the next one, up to `MAX_ROWS`; a text that is too long for a whole row
    is elided. Where something is missing, the tooltip has all. Rows stay while only numbers change: a number
    that becomes shorter for a moment must not make the plot jump.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.entries: tuple[LegendEntry, ...] = ()
        self._is_right = False
        self._row_count = 1
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """Show these."""
        if entries != self.entries:
            are_same_words = [entry.text for entry in entries] == [entry.text for entry in self.entries]
            self.entries = entries
            if not are_same_words:
                self.updateGeometry()
            self._count_rows(at_least=self._row_count if are_same_words else 1)
            self.update()

    def sizeHint(self) -> QSize:
        widths = [_width(entry, self.fontMetrics()) + SPACING for entry in self.entries]
        return QSize(round(sum(widths)), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(MIN_WIDTH, self.widest), row_height(self.fontMetrics()))

    def heightForWidth(self, width: int) -> int:
        rows = len(wrapped(self.entries, width, self.fontMetrics()))
        kept = self._row_count if width == self.width() else 1
        return min(MAX_ROWS, max(rows, kept)) * row_height(self.fontMetrics())

    def set_right(self, on: bool) -> None:
        """Draw the rows at the right end, or at the left."""
        if on != self._is_right:
            self._is_right = on
            self.update()

    @property
    def widest(self) -> int:
        """How wide it must be for each entry to be shown whole, in pixels."""
        return round(max((_width(entry, self.fontMetrics()) for entry in self.entries), default=0.0))

    @property
    def is_whole(self) -> bool:
        """Whether all entries are shown, none of them elided."""
        rows = wrapped(self.entries, self.width(), self.fontMetrics())
        return len(rows) <= MAX_ROWS and self.widest <= self.width() + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._count_rows()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._count_rows()

    def event(self, event: QEvent) -> bool:
        """Show all entries as a tooltip where they are not all to be seen."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and not self.is_whole:
            words = "\n".join(entry.words for entry in self.entries)
            QToolTip.showText(event.globalPos(), tool_tip(words), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that there is room for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        metrics = self.fontMetrics()
        height = row_height(metrics)
        rows = wrapped(self.entries, self.width(), metrics)[:MAX_ROWS]
        for number, row in enumerate(rows):
            box = QRectF(0, number * height, self.width(), height)
            draw_row(painter, row, box, self._theme.colors, self._is_right)
        painter.end()

    def _count_rows(self, at_least: int = 1) -> None:
        count = max(at_least, len(wrapped(self.entries, self.width(), self.fontMetrics())))
        if count != self._row_count:
            self._row_count = count
            self.updateGeometry()


def row_height(metrics: QFontMetrics) -> int:
    """Return the height of a row of entries."""
    return metrics.height() + 6


def wrapped(entries: Iterable[LegendEntry], width: float, metrics: QFontMetrics) -> list[list[LegendEntry]]:
    """Return entries in rows that are not wider, except where one entry alone is."""
    rows: list[list[LegendEntry]] = []
    end = 0.0
    for entry in entries:
        needed = _width(entry, metrics)
        if rows and end + needed <= width + 1:
            rows[-1].append(entry)
        else:
            rows.append([entry])
            end = 0.0
        end += needed + SPACING
    return rows


def draw_row(
    painter: QPainter, row: list[LegendEntry], box: QRectF, colors: Colors, is_right: bool = False
) -> None:
    """Draw entries in a row, with the painter's font."""
    metrics = QFontMetrics(painter.font())
    widths = [_width(entry, metrics) for entry in row]
    left = box.left()
    if is_right:
        left = max(left, box.right() - sum(widths) - SPACING * len(row))
    for entry, width in zip(row, widths, strict=True):
        room = min(width, box.right() - left)
        _draw_entry(painter, entry, QRectF(left, box.top(), room, box.height()), colors)
        left += width + SPACING


def _sample_width(entry: LegendEntry) -> float:
    return SAMPLE_WIDTH if entry.mark is None else MARK_SIZE + 2


def _width(entry: LegendEntry, metrics: QFontMetrics) -> float:
    return _sample_width(entry) + GAP + metrics.horizontalAdvance(entry.words)


def _draw_entry(painter: QPainter, entry: LegendEntry, box: QRectF, colors: Colors) -> None:
    width, middle = _sample_width(entry), box.center().y()
    if entry.mark is None:
        _draw_line(painter, entry, box.left(), width, middle)
    else:
        _draw_mark(painter, entry, entry.mark, QPointF(box.left() + width / 2, middle))
    metrics = QFontMetrics(painter.font())
    left, right = box.left() + width + GAP, box.right() + 1
    baseline = middle + (metrics.ascent() - metrics.descent()) / 2
    number = f" {entry.number}" if entry.number else ""
    room = right - left - metrics.horizontalAdvance(number)
    text = entry.text
    if metrics.horizontalAdvance(text) > room:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
    for words, color in ((text, colors.text_muted), (number, colors.text)):
        painter.setPen(QColor(color))
        painter.drawText(QPointF(left, baseline), words)
        left += metrics.horizontalAdvance(words)


def _draw_line(painter: QPainter, entry: LegendEntry, left: float, width: float, middle: float) -> None:
    pen = QPen(QColor(entry.color), 2)
    if not entry.emphasized:
        pen.setDashPattern([2.5, 1.5])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))


def _draw_mark(painter: QPainter, entry: LegendEntry, mark: Mark, center: QPointF) -> None:
    path = QTransform.fromScale(MARK_SIZE, MARK_SIZE).map(MARK_PATHS[mark])
    painter.setPen(QPen(QColor(entry.color), 1.5))
    painter.setBrush(QColor(entry.color) if entry.emphasized else Qt.GlobalColor.transparent)
    painter.drawPath(path.translated(center))
