"""An axis whose figures are written as all numbers of the window are."""

from collections.abc import Sequence

import pyqtgraph as pg

from nn_desktop.desktop.look.numbers import ticks


class NumberAxis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph carries no types
    """An axis of a chart."""

    def __init__(self, side: str) -> None:
        super().__init__(orientation=side)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=-4, autoExpandTextSpace=False, maxTickLevel=1)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write the figures of one level of ticks."""
        return ticks([value * scale for value in values], spacing * scale)
