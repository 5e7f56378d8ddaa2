"""The fit of a regression with many inputs: predicted against actual values."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.chart import Chart, SamplePoints, make_dashed_line, pen
from nn_desktop.desktop.plots.fit import Summary
from nn_desktop.desktop.plots.fit_summaries import regression_summary
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.marks import Mark
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable

HEADROOM = 0.08


class PredictionFit(Chart):
    """A point for each sample; on the diagonal the network is right."""

    axis_width = 54

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "prediction_fit", self.tr("Predicted against actual values"), parent)
        self._dataset: Dataset | None = None
        self._predicted: FloatArray = np.zeros((0, 0))
        self._diagonal = make_dashed_line()
        self.points = SamplePoints()
        for item in (self._diagonal, self.points.training, self.points.test):
            self.plot.addItem(item)
        self.set_axis_titles(self.tr("actual"), self.tr("predicted"))
        self.plot.setToolTip(
            self.tr("On the dashed line a prediction is right; above it is too large, below it too small.")
        )
        self.restyle(theme.colors)

    def set_dataset(self, dataset: Dataset) -> None:
        self._dataset = dataset
        low, high = float(dataset.targets.min()), float(dataset.targets.max())
        room = HEADROOM * (high - low) if high > low else 1.0
        low, high = low - room, high + room
        self._diagonal.setData([low, high], [low, high])
        self.set_range(QRectF(low, low, high - low, high - low))

    def show_fit(self, snapshot: Snapshot) -> Summary:
        dataset, shown = snapshot.dataset, self._wanted
        with np.errstate(all="ignore"):
            predicted = predict_raw(snapshot.parameters, dataset, dataset.inputs).astype(np.float64)
        self._predicted = predicted
        # What lies outside is drawn at the edge: a network that begins is often far off.
        predicted = np.clip(predicted, shown.top(), shown.bottom())
        self.points.place(dataset, dataset.targets, predicted)
        self.refresh_crosshair()
        return regression_summary(snapshot)

    def restyle(self, colors: Colors) -> None:
        super().restyle(colors)
        self._diagonal.setPen(pen(colors.truth, dashed=True))
        self.points.restyle(colors)

    def legend(self) -> tuple[LegendEntry, ...]:
        colors = self.colors
        return (
            LegendEntry(self.tr("training"), colors.sample, Mark.CIRCLE),
            LegendEntry(self.tr("test"), colors.test, Mark.DIAMOND, emphasized=False),
        )

    def numbers(self) -> "NumberTable":
        """Return what is true of each sample and what the network predicts, output by output."""
        from nn_desktop.files.number_table import NumberTable

        assert self._dataset is not None
        data, names = self._dataset, self._dataset.output_names
        parts = (("training", data.train), ("test", data.test))
        return NumberTable(
            columns=("part", "sample", "output", "actual", "predicted"),
            rows=tuple(
                (part, int(row) + 1, names[k], float(data.targets[row, k]), float(self._predicted[row, k]))
                for part, rows in parts
                for row in rows
                for k in range(len(names))
            ),
        )

    def values_at(self, x: float, y: float) -> str:
        text = self.tr("actual {actual}\npredicted {predicted}")
        return text.format(actual=figure(x), predicted=figure(y))
