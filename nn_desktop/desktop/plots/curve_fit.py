"""The fit of a function of one variable: the curve over the points, and the truth behind them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QGraphicsRectItem, QWidget

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.data.scaling import Scaling
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.chart import Chart, SamplePoints, make_dashed_line, make_line, pen
from nn_desktop.desktop.plots.fit import Summary
from nn_desktop.desktop.plots.fit_summaries import regression_summary
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.marks import Mark
from nn_desktop.desktop.plots.run_curves import Curve, RunCurves
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable

GRID_POINTS = 321
MARGIN = 0.2
"""Beyond each end of the domain, as a share of its length: there the network can only guess."""
HEADROOM = 0.2
MAX_DISTANCE = 20.0
"""How far a curve is drawn, in heights of the chart: a diverged one would overflow the painter."""


class CurveFit(Chart):
    """Samples, true function and fitted curve against one input."""

    axis_width = 48

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "curve_fit", self.tr("Fitted curve over the samples"), parent)
        self._dataset: Dataset | None = None
        self._grid = np.zeros((0, 1))
        self._newest: Snapshot | None = None
        self._runs: tuple[Run, ...] = ()
        self._values: FloatArray = np.zeros(0)
        self._shades = [QGraphicsRectItem(), QGraphicsRectItem()]
        self._truth = make_dashed_line()
        self._points = SamplePoints()
        self.curve = make_line()
        self.run_curves = RunCurves(self.plot)
        for item in (*self._shades, self._truth, self._points.training, self._points.test, self.curve):
            self.plot.addItem(item)
        self.plot.setToolTip(
            in_lines(
                self.tr(
                    "Filled circles: training samples. Hollow diamonds: test samples. Dashed: the true "
                    "function. Solid: what the network computes. In the shaded part it has seen no samples."
                )
            )
        )
        self.restyle(theme.colors)

    def set_dataset(self, dataset: Dataset) -> None:
        """Draw the samples and the truth, and choose the range."""
        self._dataset = dataset
        (low, high), margin = _domain(dataset), MARGIN * (_domain(dataset)[1] - _domain(dataset)[0])
        self._grid = np.linspace(low - margin, high + margin, GRID_POINTS)[:, np.newaxis]
        truth = _true_values(dataset, self._grid)
        self._truth.setData(self._grid[:, 0], truth)
        self._points.place(dataset, dataset.inputs[:, 0], dataset.targets[:, 0])
        inside = (self._grid[:, 0] >= low) & (self._grid[:, 0] <= high)
        bottom, top = _vertical_range(dataset, truth[inside])
        self.set_axis_titles(dataset.input_names[0], dataset.output_names[0])
        self.set_range(QRectF(low - margin, bottom, high - low + 2 * margin, top - bottom))
        self._place_shades(low, high, bottom, top)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Draw what other runs have made of the same function too."""
        self._runs = tuple(runs)
        self._draw_runs()

    def _draw_runs(self) -> None:
        fitting = [run for run in self._runs if self._dataset_for(run) is not None]
        self.run_curves.set_runs(fitting, self.theme.colors)
        self.run_curves.draw(self._curve_of)

    def _dataset_for(self, run: Run) -> Dataset | None:
        """Return a dataset in whose units a run computes: None if it learned something else.

        A run that learned standardized samples, and others than the window has, would need them to be loaded.
        """
        now, data = self._newest, run.setup.data
        if now is None or data.source != now.setup.data.source:
            return None
        if data == now.setup.data:
            return now.dataset
        if data.standardize:
            return None
        scalings = Scaling.none(now.dataset.input_count), Scaling.none(now.dataset.output_count)
        return replace(now.dataset, input_scaling=scalings[0], target_scaling=scalings[1])

    def _curve_of(self, run: Run) -> Curve:
        dataset = self._dataset_for(run)
        assert dataset is not None
        values = self._outputs(run.checkpoint.parameters, dataset)
        return self._grid[:, 0], self._within_reach(values)

    def _outputs(self, parameters: Parameters, dataset: Dataset) -> FloatArray:
        """Return what a network computes along the axis."""
        with np.errstate(all="ignore"):
            return predict_raw(parameters, dataset, self._grid)[:, 0].astype(np.float64)

    def _within_reach(self, values: FloatArray) -> FloatArray:
        """Return values that can be drawn: Qt copes with no line that leads far out of the picture."""
        reach = MAX_DISTANCE * self._wanted.height()
        low, high = self._wanted.top() - reach, self._wanted.bottom() + reach
        return np.where(np.isnan(values), np.nan, np.clip(values, low, high))

    def show_fit(self, snapshot: Snapshot) -> Summary:
        self._newest = snapshot
        self._values = self._outputs(snapshot.parameters, snapshot.dataset)
        self.curve.setData(self._grid[:, 0], self._within_reach(self._values))
        self.refresh_crosshair()
        return regression_summary(snapshot)

    def restyle(self, colors: Colors) -> None:
        super().restyle(colors)
        for shade in self._shades:
            shade.setPen(pen(colors.canvas))
            shade.setBrush(QBrush(QColor(mix(colors.canvas, colors.text, 0.06))))
        self._truth.setPen(pen(colors.truth, 1, dashed=True))
        self._points.restyle(colors)
        self.curve.setPen(pen(colors.accent, 2))
        self.run_curves.restyle(colors)

    def legend(self) -> tuple[LegendEntry, ...]:
        colors = self.colors
        return (
            LegendEntry(self.tr("training"), colors.sample, Mark.CIRCLE),
            LegendEntry(self.tr("test"), colors.test, Mark.DIAMOND, emphasized=False),
            LegendEntry(self.tr("truth"), colors.truth, emphasized=False),
            *self.run_curves.legend(colors),
        )

    def numbers(self) -> "NumberTable":
        """Return the samples, the truth and the curve, one after another."""
        from nn_desktop.files.number_table import NumberTable

        assert self._dataset is not None
        data, x, y = self._dataset, self._dataset.inputs[:, 0], self._dataset.targets[:, 0]
        truth = self._truth.getData()[1]
        series = (
            ("training sample", x[data.train], y[data.train]),
            ("test sample", x[data.test], y[data.test]),
            ("truth", self._grid[:, 0], truth if np.isfinite(truth).any() else truth[:0]),
            ("network", self._grid[:, 0], self._values),
        )
        return NumberTable(
            columns=("series", data.input_names[0], data.output_names[0]),
            rows=tuple(
                (name, *pair) for name, *xy in series for pair in zip(*map(_listed, xy), strict=False)
            ),
        )

    def values_at(self, x: float, y: float) -> str:
        """Say what the network computes of the input at the crosshair, and what is true."""
        grid = self._grid[:, 0]
        lines = [f"{self._dataset.input_names[0]} {figure(x)}" if self._dataset is not None else figure(x)]
        if len(self._values) and grid[0] <= x <= grid[-1]:
            lines.append(
                self.tr("network {value}").format(value=figure(float(np.interp(x, grid, self._values))))
            )
            truth = float(np.interp(x, grid, self._truth.getData()[1]))
            if np.isfinite(truth):
                lines.append(self.tr("truth {value}").format(value=figure(truth)))
        lines.append(self.tr("pointer {value}").format(value=figure(y)))
        return "\n".join(lines)

    def _place_shades(self, low: float, high: float, bottom: float, top: float) -> None:
        far, height = 10 * (high - low), 20 * (top - bottom)
        for shade, (left, right) in zip(self._shades, ((low - far, low), (high, high + far)), strict=True):
            shade.setRect(QRectF(left, bottom - height, right - left, 2 * height + top - bottom))


def _listed(values: FloatArray) -> list[float]:
    return [float(value) for value in values]


def _domain(dataset: Dataset) -> tuple[float, float]:
    if dataset.domain is not None:
        return dataset.domain[0]
    low, high = float(dataset.inputs.min()), float(dataset.inputs.max())
    return (low, high) if high > low else (low - 1, high + 1)


def _true_values(dataset: Dataset, grid: FloatArray) -> FloatArray:
    if dataset.true_function is None:
        return np.full(len(grid), np.nan)
    with np.errstate(all="ignore"):
        values = dataset.true_function(grid)[:, 0]
    return np.where(np.isfinite(values), values, np.nan)


def _vertical_range(dataset: Dataset, truth: FloatArray) -> tuple[float, float]:
    values = np.concatenate((dataset.targets[:, 0], truth[np.isfinite(truth)]))
    low, high = float(values.min()), float(values.max())
    room = HEADROOM * (high - low) if high > low else 1.0
    return low - room, high + room
