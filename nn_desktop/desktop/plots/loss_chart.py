"""The curves of the losses against epochs, on a linear or a logarithmic axis."""

from math import ceil, floor, log10

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Slot
from PySide6.QtWidgets import QWidget

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.chart import Chart, make_dashed_line, make_line, pen
from nn_desktop.desktop.plots.log_ticks import log_ticks
from nn_desktop.desktop.plots.thinning import thin

MIN_LOSS = 1e-12
"""The least loss that is drawn on a logarithmic axis, where 0 has no place."""
MAX_LOSS = 1e12
FIRST_EPOCHS = 10
AXIS_WIDTH = 54
EDGE = 0.02
"""Share of an axis before its 0, so that the number there has room."""


class LossChart(Chart):
    """Training loss (solid) and test loss (dashed)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "loss_chart", self.tr("Training and test loss against epochs"), parent)
        self._rows: FloatArray = np.empty((0, 3))
        self._is_logarithmic = False
        self.training_curve = make_line()
        # On top: where the two are the same, its dashes let the other show through.
        self.test_curve = make_dashed_line()
        self.looked_at = pg.InfiniteLine()
        self.plot.addItem(self.training_curve)
        self.plot.addItem(self.test_curve)
        self.plot.getAxis("left").setWidth(AXIS_WIDTH)
        self.plot.getViewBox().sigYRangeChanged.connect(self._on_vertical_range_changed)
        self.following_changed.connect(self._draw)
        self.set_axis_titles(self.tr("epoch"), self.tr("loss"))
        self.restyle(theme.colors)
        self._update_range()

    def restyle(self, colors: Colors) -> None:
        super().restyle(colors)
        self.training_curve.setPen(pen(colors.training, 2))
        self.test_curve.setPen(pen(colors.test, 2, dashed=True))
        self.looked_at.setPen(pen(colors.text, 1))

    def set_rows(self, rows: FloatArray) -> None:
        """Draw the losses.

        Parameters
        ----------
        rows : array, shape (n, 3)
            Epoch, training loss, test loss.
        """
        self._rows = rows
        self._draw()

    def set_looked_at(self, epoch: float | None) -> None:
        """Draw a line at the epoch that is looked back at; None for none."""
        is_there = self.looked_at.scene() is not None  # only then: it would cost a little of every frame
        if epoch is None and is_there:
            self.plot.removeItem(self.looked_at)
        elif epoch is not None:
            self.looked_at.setValue(epoch)
            if not is_there:
                self.plot.addItem(self.looked_at, ignoreBounds=True)

    def set_logarithmic(self, on: bool) -> None:
        """Draw the logarithm of the losses, or the losses."""
        self._is_logarithmic = on
        self.plot.getAxis("left").setTicks(None)
        self._draw()
        self.view_all()

    @Slot()
    def _draw(self) -> None:
        # A thick, jagged line is slow to draw: as many points as can be told apart. Who zooms in gets all.
        rows = thin(self._rows) if self.is_following else self._rows
        epochs = rows[:, 0]
        self.training_curve.setData(epochs, self._heights(rows[:, 1]))
        self.test_curve.setData(epochs, self._heights(rows[:, 2]))
        self._update_range()

    def _heights(self, losses: FloatArray) -> FloatArray:
        finite = np.where(np.isfinite(losses), np.clip(losses, 0.0, MAX_LOSS), np.nan)
        return np.log10(np.maximum(finite, MIN_LOSS)) if self._is_logarithmic else finite

    def _update_range(self) -> None:
        losses = self._rows[:, 1:]
        losses = np.minimum(losses[np.isfinite(losses)], MAX_LOSS)
        last = float(self._rows[-1, 0]) if len(self._rows) else 0.0
        low, high = _logarithmic_range(losses) if self._is_logarithmic else _linear_range(losses)
        room = _room_for(last)
        self.set_range(QRectF(-EDGE * room, low, (1 + EDGE) * room, high - low))

    @Slot(object, object)
    def _on_vertical_range_changed(self, _view: object, ends: tuple[float, float]) -> None:
        if self._is_logarithmic:
            self.plot.getAxis("left").setTicks(log_ticks(*ends))


def _linear_range(losses: FloatArray) -> tuple[float, float]:
    high = 1.06 * max(float(losses.max()), MIN_LOSS) if len(losses) else 1.0
    return -EDGE * high, high


def _logarithmic_range(losses: FloatArray) -> tuple[float, float]:
    """Return whole steps of half a decade, so that the axis moves seldom."""
    if not len(losses):
        return -3.0, 0.0
    low = log10(max(float(losses.min()), MIN_LOSS))
    high = log10(max(float(losses.max()), MIN_LOSS))
    bottom = floor(2 * low - 0.1) / 2
    return bottom, max(ceil(2 * high + 0.1) / 2, bottom + 1.0)


def _room_for(epoch: float) -> float:
    """Return the length of the axis: round numbers a quarter apart, so that it seldom changes."""
    room = float(FIRST_EPOCHS)
    while room < epoch:
        step = 10 ** (floor(log10(room)) - 1)
        room = ceil(room * 1.25 / step) * step
    return room
