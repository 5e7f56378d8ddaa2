"""An axis whose figures are written as all numbers of the window are, with air between them."""

from collections.abc import Sequence
from math import floor, log10

import pyqtgraph as pg
from PySide6.QtGui import QFont, QFontMetricsF

from nn_desktop.desktop.look.numbers import ticks

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Distances of ticks that are easy to count in, times a power of ten."""
LINES_APART = 3
"""Smallest distance of two figures on an upright axis, in heights of a line."""
WIDTHS_APART = 1.6
"""Smallest distance of two figures on a level axis, in widths of the longer one."""


class NumberAxis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph carries no types
    """An axis of a chart."""

    def __init__(self, side: str) -> None:
        super().__init__(orientation=side)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=-4, autoExpandTextSpace=False)

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return how far apart the ticks are: one distance, in which every figure has room."""
        span = abs(high - low)
        if not (span and size):
            return []
        power = 10.0 ** floor(log10(span / 100))
        steps = [factor * power for factor in STEPS]
        fitting = (step for step in steps if step * size / span >= self._room_for([low, high], step))
        return [(next(fitting, steps[-1]), 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write the figures of one level of ticks."""
        return ticks([value * scale for value in values], spacing * scale)

    def _room_for(self, ends: Sequence[float], step: float) -> float:
        """Return how many pixels two neighbouring figures must be apart to be read at a glance."""
        metrics = QFontMetricsF(self.style["tickFont"] or QFont())
        if self.orientation == "left":
            return LINES_APART * metrics.height()
        # The ends are no ticks: counted in whole steps they are as long as those are.
        figures = ticks([step * round(end / step) for end in ends], step)
        return WIDTHS_APART * max(map(metrics.horizontalAdvance, figures))
