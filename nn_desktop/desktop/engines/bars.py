"""Bars for the table of engines: how many updates a second, and what an update consists of."""

from math import log10

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nn_desktop.desktop.engines.styles import STYLES
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.desktop.look.numbers import duration
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.engines.engine import Phases
from nn_desktop.engines.names import EngineName

HEIGHT = 20
TEXT_MARGIN = 4
PHASE_FILLS = (
    (0.16, Qt.BrushStyle.NoBrush),
    (0.16, Qt.BrushStyle.BDiagPattern),
    (0.55, Qt.BrushStyle.NoBrush),
)
"""Of forward, backward and update: how strong the engine's colour is, and the pattern over it."""
LAST_PHASE = 2


class EngineBar(QWidget):
    """Something drawn in the look of an engine."""

    def __init__(self, theme: Theme, engine: EngineName, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._engine = engine
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Give the size that shows it well."""
        return QSize(180, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Give the size below which it is of no use."""
        return QSize(80, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        self.draw(painter, self._theme.colors)
        painter.end()

    def draw(self, painter: QPainter, colors: Colors) -> None:
        """Draw it in its own coordinates, with the painter's font."""
        raise NotImplementedError

    def _color(self, colors: Colors) -> str:
        return STYLES[self._engine].color(colors)


class RateBar(EngineBar):
    """A bar on a logarithmic scale, with a line at every power of ten."""

    def __init__(self, theme: Theme, engine: EngineName, parent: QWidget | None = None) -> None:
        super().__init__(theme, engine, parent)
        self._rate = 0.0
        self._ends = (0, 6)

    def set_rate(self, rate: float, ends: tuple[int, int]) -> None:
        """Show a rate.

        Parameters
        ----------
        rate
            Updates a second; 0 for none.
        ends
            Powers of ten at the left and the right end.
        """
        if (rate, ends) != (self._rate, self._ends):
            self._rate, self._ends = rate, ends
            self.update()

    def draw(self, painter: QPainter, colors: Colors) -> None:
        """Draw the scale, and the bar upon it."""
        low, high = self._ends
        painter.fillRect(self.rect(), QColor(colors.panel))
        step = self.width() / (high - low)
        if self._rate > 0:
            length = max(2.0, (log10(self._rate) - low) * step)
            painter.fillRect(QRectF(0, 3, length, self.height() - 6), QColor(self._color(colors)))
        painter.setPen(QPen(QColor(colors.border), 1))
        for decade in range(high - low + 1):
            x = min(round(decade * step), self.width() - 1)
            painter.drawLine(x, 0, x, self.height())


class PhaseBar(EngineBar):
    """A bar that is an update, of its three parts in their order: forward, backward, update.

    The last one is so short that its words stand behind the bar.
    """

    def __init__(self, theme: Theme, engine: EngineName, parent: QWidget | None = None) -> None:
        super().__init__(theme, engine, parent)
        self._phases: Phases | None = None

    def set_phases(self, phases: Phases | None) -> None:
        """Show the parts of an update; None for none."""
        if phases != self._phases:
            self._phases = phases
            self.update()

    def draw(self, painter: QPainter, colors: Colors) -> None:
        """Draw the parts, each with its name and time where there is room."""
        if self._phases is not None:
            left, room = 0.0, self.width() - self._room_behind()
            for number, (name, seconds) in enumerate(self._parts(self._phases)):
                box = QRectF(left, 0, room * seconds / self._phases.total, self.height())
                self._draw_part(painter, colors, box, number, f"{name} {duration(seconds)}")
                left = box.right()

    def _room_behind(self) -> float:
        widest = f"{self.tr('update')} 0.888 µs"
        return self.fontMetrics().horizontalAdvance(widest) + 2 * TEXT_MARGIN

    def _parts(self, phases: Phases) -> tuple[tuple[str, float], ...]:
        return (
            (self.tr("forward"), phases.forward),
            (self.tr("backward"), phases.backward),
            (self.tr("update"), phases.update),
        )

    def _draw_part(self, painter: QPainter, colors: Colors, box: QRectF, number: int, text: str) -> None:
        (strength, pattern), color = PHASE_FILLS[number], self._color(colors)
        painter.fillRect(box, QColor(mix(colors.panel, color, strength)))
        if pattern is not Qt.BrushStyle.NoBrush:
            painter.fillRect(box, QBrush(QColor(mix(colors.panel, color, 0.4)), pattern))
        painter.setPen(QPen(QColor(color), 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(QColor(colors.text))
        if number == LAST_PHASE:
            behind = QRectF(box.right() + TEXT_MARGIN, 0, self.width(), self.height())
            painter.drawText(behind, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        elif self.fontMetrics().horizontalAdvance(text) <= box.width() - 2 * TEXT_MARGIN:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
