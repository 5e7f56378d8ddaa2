"""Two lines through a chart that say what is where they cross: at the pointer, or moved by the arrow keys."""

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent

from nn_desktop.desktop.look.accessibility import announce
from nn_desktop.desktop.look.colors import Colors

if TYPE_CHECKING:
    from nn_desktop.desktop.plots.chart import Chart

STEPS = 100
"""Steps of the arrow keys from one end of an axis to the other; with Shift they are ten times as long."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
ABOVE_ALL = 100


class Crosshair(QObject):
    """The crosshair of one chart, in its middle at first."""

    def __init__(self, chart: "Chart") -> None:
        super().__init__(chart)
        self._chart = chart
        self._lines = pg.InfiniteLine(angle=90), pg.InfiniteLine(angle=0)
        self._text = pg.TextItem("", anchor=(0, 1))
        self._items: tuple[Any, ...] = (*self._lines, self._text)
        for item in self._items:
            item.setZValue(ABOVE_ALL)
            chart.plot.addItem(item, ignoreBounds=True)
        self.is_shown = True
        self.restyle(chart.colors)
        self.move_to(*self._middle())
        chart.plot.installEventFilter(self)
        chart.plot.viewport().installEventFilter(self)

    @property
    def text(self) -> str:
        """What it says."""
        return str(self._text.toPlainText())

    @property
    def place(self) -> tuple[float, float]:
        """Where it is, in the coordinates of the chart."""
        return float(self._lines[0].value()), float(self._lines[1].value())

    def set_shown(self, on: bool) -> None:
        """Show or hide it."""
        self.is_shown = on
        for item in self._items:
            item.setVisible(on)
        self.refresh()

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        for line in self._lines:
            line.setPen(pg.mkPen(colors.text_muted, width=1, dash=[3, 3]))
        self._text.setColor(colors.text)
        self._text.fill = QBrush(QColor(colors.panel))
        self._text.border = pg.mkPen(colors.border)
        self._text.update()

    def move_to(self, x: float, y: float) -> None:
        """Cross there, and say what is there; the text keeps to the chart."""
        self._lines[0].setValue(x)
        self._lines[1].setValue(y)
        self._text.setText(self._chart.values_at(x, y), color=self._chart.colors.text)
        view_box = self._chart.plot.getViewBox()
        area, point = view_box.boundingRect(), view_box.mapFromView(QPointF(x, y))
        size = self._text.textItem.boundingRect()
        right = _anchor(point.x(), size.width(), area.left(), area.right())
        below = _anchor(point.y(), size.height(), area.top(), area.bottom())
        self._text.setAnchor((right, below))
        self._text.setPos(x, y)

    def refresh(self) -> None:
        """Say what is there now, as the chart shows something else: another moment, or another range."""
        if self.is_shown:
            self.move_to(*(self.place if self._is_in_view() else self._middle()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer and the arrow keys, and keep the tooltip of the chart from covering the text."""
        if not self.is_shown:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ToolTip:
            return True
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            # Not from pyqtgraph, which leaves out moves that follow one another fast: the last one too.
            self._follow(event.position())
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = ARROWS.get(Qt.Key(event.key()))
            if step is not None:
                is_far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._step(*step, 10 if is_far else 1)
                return True
        return super().eventFilter(watched, event)

    def _step(self, right: int, up: int, times: int) -> None:
        (x, y), ((left, end), (bottom, top)) = self.place, self._chart.plot.viewRange()
        x += right * times / STEPS * (end - left)
        y += up * times / STEPS * (top - bottom)
        self.move_to(min(max(x, left), end), min(max(y, bottom), top))
        announce(self._chart.plot, self.text.replace("\n", ", "))

    def _middle(self) -> tuple[float, float]:
        (left, right), (bottom, top) = self._chart.plot.viewRange()
        return (left + right) / 2, (bottom + top) / 2

    def _is_in_view(self) -> bool:
        (left, right), (bottom, top) = self._chart.plot.viewRange()
        x, y = self.place
        return bool(left <= x <= right and bottom <= y <= top)

    def _follow(self, pointer: QPointF) -> None:
        plot = self._chart.plot
        point = plot.mapToScene(pointer.toPoint())
        if plot.getViewBox().sceneBoundingRect().contains(point):
            place = plot.getViewBox().mapSceneToView(point)
            self.move_to(place.x(), place.y())


def _anchor(place: float, length: float, low: float, high: float) -> float:
    """Return which part of a text lies at a place so that all of it is within: 0 for its beginning."""
    if place + length <= high:
        return 0.0
    if place - length >= low:
        return 1.0
    return (place - max(low, high - length)) / length
