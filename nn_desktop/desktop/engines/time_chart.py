"""What an update takes each engine, against a size: on logarithmic axes, where powers are straight lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Slot
from PySide6.QtWidgets import QWidget

from nn_desktop.bench.sweep import Crossing, Curve
from nn_desktop.desktop.engines.styles import STYLES
from nn_desktop.desktop.engines.titles import engine_title
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.numbers import duration, grouped, roughly
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.chart import SIDES, Chart, make_points, pen
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.log_ticks import log_ticks
from nn_desktop.desktop.plots.marks import Mark
from nn_desktop.desktop.plots.plot import Change

EDGE = 0.12
"""Decades before the first size and after the last."""
HEADROOM = 0.8
"""Decades above all, for what is written there."""
CROSSING_SIZE = 17.0
EMPTY_RANGE = (-7.0, -2.0)
EVERY_SIZE = 2
"""One in so many sizes has its number at the axis."""


if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable


@dataclass(frozen=True)
class _Items:
    line: Any
    points: Any


class TimeChart(Chart):
    """A line with marks for each engine, and rings where one overtakes another.

    Parameters
    ----------
    theme
        Gives the colours.
    name, accessible_name
        As of `Chart`.
    sizes
        All that there will be.
    what
        What the sizes are.
    """

    axis_width = 62

    def __init__(
        self,
        theme: Theme,
        name: str,
        accessible_name: str,
        sizes: Sequence[int],
        what: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, name, accessible_name, parent)
        self._sizes = sizes
        self._curves: tuple[Curve, ...] = ()
        self._what = what
        self._own: int | None = None
        self._items = {engine: self._make_items(style.mark) for engine, style in STYLES.items()}
        self._rings = pg.ScatterPlotItem(symbol="o", size=CROSSING_SIZE, pxMode=True, brush=None)
        self._ring_texts: list[Any] = []
        self._own_line = pg.InfiniteLine(angle=90)
        self._own_text = pg.TextItem(self.tr("yours"), anchor=(0, 0))
        for item in (self._own_line, self._own_text, self._rings):
            self.plot.addItem(item)
        self._own_line.hide()
        self._own_text.hide()
        self.plot.getViewBox().sigYRangeChanged.connect(self._on_vertical_range_changed)
        self.set_axis_titles(what, self.tr("time of an update"))
        self._mark_sizes()
        self.restyle(theme.colors)
        self._update_range(EMPTY_RANGE)

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        super().restyle(colors)
        for engine, items in self._items.items():
            style = STYLES[engine]
            items.line.setPen(style.pen(colors))
            items.points.setPen(pen(style.color(colors)))
            items.points.setBrush(style.color(colors))
        self._rings.setPen(pen(colors.text, 1.5))
        self._own_line.setPen(pen(colors.truth, dashed=True))
        self._own_text.setColor(colors.text_muted)
        for text in self._ring_texts:
            text.setColor(colors.text)

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Draw what is known by now."""
        self._curves = tuple(curves)
        for curve in curves:
            x = np.log10([point.size for point in curve.points])
            y = np.log10([point.seconds for point in curve.points])
            self._items[curve.engine].line.setData(x, y)
            self._items[curve.engine].points.setData(x, y)
        seconds = [point.seconds for curve in curves for point in curve.points]
        ends = (floor(log10(min(seconds))), log10(max(seconds)) + HEADROOM) if seconds else EMPTY_RANGE
        self._update_range(ends)

    def set_crossings(self, crossings: Sequence[Crossing]) -> None:
        """Put a ring, and the size, where one engine overtakes another."""
        x = [log10(crossing.size) for crossing in crossings]
        y = [log10(crossing.seconds) for crossing in crossings]
        self._rings.setData(x, y)
        while len(self._ring_texts) < len(crossings):
            self._ring_texts.append(pg.TextItem(color=self.theme.colors.text, anchor=(1, 1)))
            self.plot.addItem(self._ring_texts[-1])
        for index, text in enumerate(self._ring_texts):
            text.setVisible(index < len(crossings))
            if index < len(crossings):
                text.setText(f"≈ {roughly(crossings[index].size)}")
                text.setPos(x[index] - 0.04, y[index] + 0.1)

    def set_own(self, size: int | None) -> None:
        """Mark the size of the user's own network; None if it has none, or one that is not in the chart."""
        self._own = size if size is not None and self._sizes[0] <= size <= self._sizes[-1] else None
        is_there = self._own is not None
        self._own_line.setVisible(is_there)
        self._own_text.setVisible(is_there)
        if self._own is not None:
            self._own_line.setValue(log10(self._own))
            self._place_own_text()

    @property
    def has_points(self) -> bool:
        """Whether something is drawn already."""
        return any(curve.points for curve in self._curves)

    def legend(self) -> tuple[LegendEntry, ...]:
        """Say which line is which engine."""
        return tuple(
            LegendEntry(
                engine_title(curve.engine), STYLES[curve.engine].color(self.colors), STYLES[curve.engine].mark
            )
            for curve in self._curves
        )

    def numbers(self) -> "NumberTable":
        """Return the measured points, with the bits of their times."""
        from nn_desktop.files.number_table import NumberTable

        return NumberTable(
            columns=(self.tr("engine"), self._what, self.tr("time of an update (s)")),
            rows=tuple(
                (engine_title(curve.engine), point.size, point.seconds)
                for curve in self._curves
                for point in curve.points
            ),
        )

    def values_at(self, x: float, y: float) -> str:
        return f"{self._what} {roughly(10**x)}\n{duration(10**y)}"

    def obstacle(self, change: Change) -> str:
        if change in SIDES:
            return self.tr("Both axes are always logarithmic here: only so are all engines seen at once")
        return super().obstacle(change)

    def is_on(self, change: Change) -> bool:
        return change in SIDES or super().is_on(change)

    def _make_items(self, mark: Mark) -> _Items:
        line = pg.PlotCurveItem()
        points = make_points(mark)
        self.plot.addItem(line)
        self.plot.addItem(points)
        return _Items(line, points)

    def _mark_sizes(self) -> None:
        numbered = [(log10(size), grouped(size)) for size in self._sizes[::EVERY_SIZE]]
        plain = [(log10(size), "") for size in self._sizes]
        self.plot.getAxis("bottom").setTicks([numbered, plain])

    def _update_range(self, ends: tuple[float, float]) -> None:
        low, high = ends
        left, right = log10(self._sizes[0]) - EDGE, log10(self._sizes[-1]) + EDGE
        self.set_range(QRectF(left, low, right - left, high - low))

    def _place_own_text(self) -> None:
        if self._own is not None:
            _, (_, top) = self.plot.getViewBox().viewRange()
            is_right = self._own > self._sizes[len(self._sizes) // 2]
            self._own_text.setAnchor((1 if is_right else 0, 0))
            self._own_text.setPos(log10(self._own), top)

    @Slot(object, object)
    def _on_vertical_range_changed(self, _view: object, ends: tuple[float, float]) -> None:
        numbered, plain = log_ticks(*ends)
        named = [(place, duration(10**place, 1)) for place, _ in numbered]
        self.plot.getAxis("left").setTicks([named, plain])
        self._place_own_text()
