"""An axis whose figures are written as all numbers of the window are, with air between them."""

from collections.abc import Sequence
from math import floor, log10

import pyqtgraph as pg
from PySide6.QtGui import QFont, QFontMetricsF

from nn_desktop.desktop.look.numbers import ticks

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Distances of ticks that are easy to count in, times a power of ten."""
AIR = (2.4, 1.3)
"""Distances of two figures on an upright axis in heights of a line: a good one, and the smallest."""
AIR_BESIDE = (1.6, 1.15)
"""The same on a level axis, in widths of the longer figure."""


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
        for air, air_beside in zip(AIR, AIR_BESIDE, strict=True):
            fitting = (
                step
                for step in steps
                if step * size / span >= self._room_for([low, high], step, air, air_beside)
            )
            step = next(fitting, steps[-1])
            if step <= span / 2:
                break  # two figures at least: one alone is no scale
        return [(step, 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write the figures of one level of ticks."""
        return ticks([value * scale for value in values], spacing * scale)

    def _room_for(self, ends: Sequence[float], step: float, air: float, air_beside: float) -> float:
        """Return how many pixels two neighbouring figures must be apart."""
        metrics = QFontMetricsF(self.style["tickFont"] or QFont())
        if self.orientation == "left":
            return air * metrics.height()
        # The ends are no ticks: counted in whole steps they are as long as those are.
        figures = ticks([step * round(end / step) for end in ends], step)
        return air_beside * max(map(metrics.horizontalAdvance, figures))
