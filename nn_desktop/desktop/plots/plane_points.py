"""The samples of a plane: classes by colour and form, training filled, test hollow."""

from typing import Any

import numpy as np
from PySide6.QtGui import QBrush, QColor

from nn_desktop.arrays import IntArray
from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.desktop.look.colors import Colors, diverging, mix
from nn_desktop.desktop.plots.chart import make_points, pen, point_size
from nn_desktop.desktop.plots.heat import target_limit
from nn_desktop.desktop.plots.marks import Mark, mark_of_class


class PlanePoints:
    """The items of all samples of one dataset; made anew for another one, recoloured for another theme."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._is_regression = dataset.task is Task.REGRESSION
        self._groups: list[tuple[Any, IntArray, int, bool]] = []
        for is_training, rows in ((False, dataset.test), (True, dataset.train)):
            if self._is_regression:
                mark = Mark.CIRCLE if is_training else Mark.DIAMOND
                self._add_group(mark, rows, 0, is_training)
                continue
            for label in range(len(dataset.class_names)):
                members = rows[dataset.targets[rows] == label]
                self._add_group(mark_of_class(label), members, label, is_training)

    @property
    def items(self) -> tuple[Any, ...]:
        """What is to be put into a plot."""
        return tuple(group[0] for group in self._groups)

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        for item, rows, label, is_training in self._groups:
            if self._is_regression:
                self._color_by_target(item, rows, colors)
                continue
            color = class_color(colors, label, len(self._dataset.class_names))
            item.setPen(pen(colors.canvas) if is_training else pen(color, 1.5))
            item.setBrush(QBrush(QColor(color)) if is_training else None)

    def _add_group(self, mark: Mark, rows: IntArray, label: int, is_training: bool) -> None:
        item = make_points(mark)
        item.setData(self._dataset.inputs[rows, 0], self._dataset.inputs[rows, 1])
        item.setSize(point_size(len(self._dataset.inputs)))
        self._groups.append((item, rows, label, is_training))

    def _color_by_target(self, item: Any, rows: IntArray, colors: Colors) -> None:
        values = self._dataset.targets[rows, 0] / target_limit(self._dataset)
        # A few shades are enough, and the item draws each of them only once.
        shades = diverging(colors, np.rint(values * 12) / 12)
        brushes = {shade: QBrush(QColor(*shade)) for shade in set(map(tuple, shades.tolist()))}
        item.setPen(pen(mix(colors.canvas, colors.text, 0.5)))
        item.setBrush([brushes[shade] for shade in map(tuple, shades.tolist())])


def class_color(colors: Colors, label: int, classes: int) -> str:
    """Return the colour of a class: of two, the second is the positive one."""
    if classes == 2:
        return colors.positive if label == 1 else colors.negative
    return colors.categories[label % len(colors.categories)]
