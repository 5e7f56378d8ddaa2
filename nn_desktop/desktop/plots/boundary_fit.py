"""The fit over two inputs: the output as a heat map, the boundary of the classes, the samples upon it."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem, QWidget

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset, Domain, Task
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.chart import Chart, make_line, pen
from nn_desktop.desktop.plots.color_scale import ColorScale
from nn_desktop.desktop.plots.contour import contour
from nn_desktop.desktop.plots.fit import Summary
from nn_desktop.desktop.plots.fit_summaries import classification_summary, regression_summary
from nn_desktop.desktop.plots.heat import (
    class_colors,
    lead,
    outputs_over,
    plane_grid,
    resolution,
    signed,
    signed_colors,
    target_limit,
    to_image,
)
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.marks import Mark, mark_of_class
from nn_desktop.desktop.plots.plane_points import PlanePoints, class_color
from nn_desktop.texts import shown
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable


class BoundaryFit(Chart):
    """Heat map, boundary and samples over two inputs."""

    axis_width = 40

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "boundary_fit", self.tr("Output over two inputs, and the samples"), parent)
        self._domain: Domain = ((0.0, 1.0), (0.0, 1.0))
        self._places: FloatArray = np.empty((0, 2))
        self._outputs: FloatArray = np.empty((0, 1))
        self._points: PlanePoints | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._heat = QGraphicsPixmapItem()
        self._heat.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._heat.setZValue(-10)
        self.boundary = make_line(connect="pairs")
        self.plot.addItem(self._heat)
        self.plot.addItem(self.boundary)
        self._scale = ColorScale(theme, self)
        self._layout.addWidget(self._scale)
        self.plot.setToolTip(
            in_lines(
                self.tr(
                    "Background: what the network says of each place. Line: where it changes its mind. "
                    "Filled: training samples. Hollow, or diamonds: test samples."
                )
            )
        )
        self.restyle(theme.colors)

    def set_dataset(self, dataset: Dataset) -> None:
        """Draw the samples, and choose the range."""
        self._dataset, self._snapshot = dataset, None
        self._domain = _domain(dataset)
        self._places = np.empty((0, 2))
        if self._points is not None:
            for item in self._points.items:
                self.plot.removeItem(item)
        self._points = PlanePoints(dataset)
        for item in self._points.items:
            self.plot.addItem(item)
        self._points.restyle(self.colors)
        is_regression = dataset.task is Task.REGRESSION
        self._scale.setVisible(is_regression)
        if is_regression:
            self._scale.set_limit(target_limit(dataset))
        self.set_axis_titles(*dataset.input_names)
        (left, right), (bottom, top) = self._domain
        self.set_range(QRectF(left, bottom, right - left, top - bottom))

    def show_fit(self, snapshot: Snapshot) -> Summary:
        self._snapshot = snapshot
        self._draw_heat(snapshot)
        self.refresh_crosshair()
        if snapshot.dataset.task is Task.REGRESSION:
            return regression_summary(snapshot)
        return classification_summary(snapshot)

    def restyle(self, colors: Colors) -> None:
        super().restyle(colors)
        self.boundary.setPen(pen(colors.text, 2))
        self._scale.restyle(colors)
        if self._points is not None:
            self._points.restyle(colors)
        if self._snapshot is not None:
            self._draw_heat(self._snapshot)

    def legend(self) -> tuple[LegendEntry, ...]:
        colors, dataset = self.colors, self._dataset
        if dataset is None:
            return ()
        if dataset.task is Task.REGRESSION:
            return (
                LegendEntry(self.tr("training"), colors.text_muted, Mark.CIRCLE),
                LegendEntry(self.tr("test"), colors.text_muted, Mark.DIAMOND, emphasized=False),
            )
        names = dataset.class_names
        classes = (
            LegendEntry(name, class_color(colors, label, len(names)), mark_of_class(label))
            for label, name in enumerate(names)
        )
        return (*classes, LegendEntry(self.tr("test"), colors.text_muted, Mark.CIRCLE, emphasized=False))

    def paint_beside(self, painter: QPainter) -> None:
        if not self._scale.isHidden():
            painter.save()
            painter.translate(self._scale.pos())
            self._scale.draw(painter)
            painter.restore()

    def numbers(self) -> "NumberTable":
        """Return what the network says of each place of the heat map, and the samples with their targets."""
        from nn_desktop.files.number_table import NumberTable

        assert self._dataset is not None
        data, count = self._dataset, self._outputs.shape[1]
        is_regression = data.task is Task.REGRESSION
        names = data.output_names if count == len(data.output_names) else data.class_names
        targets = data.targets[:, 0] if is_regression else [data.class_names[k] for k in data.labels]
        empty = (None,) * count
        places = (
            ("network", *place, *outputs, None)
            for place, outputs in zip(self._places.tolist(), self._outputs.tolist(), strict=True)
        )
        samples = (
            (f"{part} sample", *data.inputs[row].tolist(), *empty, _plain(targets[row]))
            for part, rows in (("training", data.train), ("test", data.test))
            for row in rows
        )
        return NumberTable(
            columns=(
                "series",
                *data.input_names,
                *(f"output {name}" for name in names),
                "target" if is_regression else "class",
            ),
            rows=(*places, *samples),
        )

    def values_at(self, x: float, y: float) -> str:
        """Say what the network computes of the place of the crosshair."""
        data, snapshot = self._dataset, self._snapshot
        if data is None or snapshot is None:
            return super().values_at(x, y)
        lines = [f"{name} {figure(value)}" for name, value in zip(data.input_names, (x, y), strict=True)]
        outputs, margins = outputs_over(snapshot.parameters, data, np.array([[x, y]]))
        lines.append(self.tr("output {values}").format(values=", ".join(map(figure, outputs[0].tolist()))))
        if data.task is not Task.REGRESSION:
            winner = int(margins[0].argmax()) if margins.shape[1] > 1 else int(margins[0, 0] > 0)
            lines.append(shown(data.class_names[winner]))
        return "\n".join(lines)

    def _draw_heat(self, snapshot: Snapshot) -> None:
        side = resolution(snapshot.parameters)
        if len(self._places) != side * side:
            self._places = plane_grid(self._domain, side)
            self._place_heat(side)
        self._outputs, margins = outputs_over(snapshot.parameters, snapshot.dataset, self._places)
        if self._outputs.shape[1] > 1:
            shades = class_colors(self.colors, lead(self._outputs))
        else:
            values = signed(self._outputs, snapshot.parameters, snapshot.dataset)
            shades = signed_colors(self.colors, values[:, 0])
        self._heat.setPixmap(QPixmap.fromImage(to_image(shades, side)))
        self._draw_boundary(margins, side, snapshot.dataset.task)

    def _place_heat(self, side: int) -> None:
        (left, right), (bottom, top) = self._domain
        step = QTransform.fromScale((right - left) / side, (top - bottom) / side)
        self._heat.setTransform(step * QTransform.fromTranslate(left, bottom))

    def _draw_boundary(self, margins: FloatArray, side: int, task: Task) -> None:
        if task is Task.REGRESSION:
            self.boundary.setData([], [])
            return
        lines = [contour(margins[:, k].reshape(side, side)) for k in range(margins.shape[1])]
        columns = np.concatenate([line[0] for line in lines])
        rows = np.concatenate([line[1] for line in lines])
        (left, right), (bottom, top) = self._domain
        self.boundary.setData(
            left + (columns + 0.5) * ((right - left) / side), bottom + (rows + 0.5) * ((top - bottom) / side)
        )


def _plain(target: object) -> str | float:
    return target if isinstance(target, str) else float(target)  # type: ignore[arg-type]


def _domain(dataset: Dataset) -> Domain:
    if dataset.domain is not None:
        return dataset.domain
    low, high = dataset.inputs.min(axis=0), dataset.inputs.max(axis=0)
    room = np.where(high > low, 0.1 * (high - low), 1.0)
    return tuple(zip((low - room).tolist(), (high + room).tolist(), strict=True))
