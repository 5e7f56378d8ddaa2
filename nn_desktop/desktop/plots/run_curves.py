"""Curves of other runs in a chart, thinner than that of the run in the window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QBrush, QColor

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.run_colors import run_color, run_mark, run_title
from nn_desktop.desktop.plots.chart import pen
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.texts import shown
from nn_desktop.training.runs import Run

Curve = tuple[FloatArray, FloatArray]
"""Where the points of a curve are in the chart: x and y, NaN for a gap."""
NUMBER_STEP = 0.12
"""Share of a curve between the numbers of two: as wide as two figures are in a narrow plot."""


@dataclass(frozen=True, eq=False)
class _Item:
    run: Run
    line: Any
    number: Any


class RunCurves:
    """A curve for each of some runs, in its colour, with its number near its end.

    Parameters
    ----------
    plot
        Has them.
    is_dashed
        Whether they stand for something of which the run in the window has a dashed line.
    """

    def __init__(self, plot: Any, is_dashed: bool = False) -> None:
        self._plot = plot
        self._is_dashed = is_dashed
        self._items: tuple[_Item, ...] = ()

    @property
    def runs(self) -> tuple[Run, ...]:
        """Those that it shows."""
        return tuple(item.run for item in self._items)

    @property
    def curves(self) -> list[Curve]:
        """What is drawn of each run."""
        return [item.line.getData() for item in self._items]

    def set_runs(self, runs: Sequence[Run], colors: Colors) -> None:
        """Show other runs; `draw` gives them their points."""
        for item in self._items:
            self._plot.removeItem(item.line)
            self._plot.removeItem(item.number)
        self._items = tuple(
            _Item(run, pg.PlotCurveItem(connect="finite"), pg.TextItem(anchor=(1, 1))) for run in runs
        )
        for item in self._items:
            item.line.setZValue(-1)  # behind the run in the window
            item.number.setZValue(1)
            item.number.textItem.document().setDocumentMargin(1)  # it hides what is behind it
            self._plot.addItem(item.line)
            self._plot.addItem(item.number, ignoreBounds=True)
        self.restyle(colors)

    def draw(self, curve_of: Callable[[Run], Curve]) -> None:
        """Draw the curves anew."""
        for place, item in enumerate(self._items):
            x, y = curve_of(item.run)
            item.line.setData(x, y)
            seen = np.flatnonzero(np.isfinite(y))
            item.number.setVisible(len(seen) > 0)
            if len(seen):
                # A little further from the end than the one before: curves often end at the same place.
                points = np.arange(len(seen))
                at = points[-1] * (1 - NUMBER_STEP * place)  # between two points, where there are few
                item.number.setPos(*(float(np.interp(at, points, each[seen])) for each in (x, y)))

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        for item in self._items:
            color = run_color(colors, item.run.label)
            item.line.setPen(pen(color, colors.emphasis, dashed=self._is_dashed))
            item.number.setText(run_mark(item.run.label))
            item.number.setColor(color)
            item.number.fill = QBrush(QColor(colors.canvas))

    def legend(self, colors: Colors) -> tuple[LegendEntry, ...]:
        """Say which line is which run."""
        return tuple(
            LegendEntry(
                shown(run_title(run.label)),
                run_color(colors, run.label),
                emphasized=not self._is_dashed,
            )
            for run in self.runs
        )
