"""The curves of the losses against epochs, on a linear or a logarithmic axis."""

from collections.abc import Sequence
from functools import partial
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
from nn_desktop.desktop.plots.loss_marks import MAX_LOSS, LossMarks, ceiling_of, diverged_at
from nn_desktop.desktop.plots.run_curves import Curve, RunCurves
from nn_desktop.desktop.plots.thinning import thin
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot

MIN_LOSS = 1e-12
"""The least loss that is drawn on a logarithmic axis, where 0 has no place."""
FIRST_EPOCHS = 10
AXIS_WIDTH = 54
EDGE = 0.02
"""Share of an axis before its 0, so that the number there has room."""


class LossChart(Chart):
    """Training loss (solid) and test loss (dashed), with marks; and the test loss of other runs.

    A run that diverged is drawn as far as there is something to see of it: the rest is said in words.

    Attributes
    ----------
    snapshot
        The moment that it shows; None before the first.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "loss_chart", self.tr("Training and test loss against epochs"), parent)
        self._rows: FloatArray = np.empty((0, 3))
        self._is_logarithmic = False
        self.snapshot: Snapshot | None = None
        self.run_curves = RunCurves(self.plot, is_dashed=True)
        self.training_curve = make_line()
        # On top: where the two are the same, its dashes let the other show through.
        self.test_curve = make_dashed_line()
        self.looked_at = pg.InfiniteLine()
        self.plot.addItem(self.training_curve)
        self.plot.addItem(self.test_curve)
        self.marks = LossMarks(self.plot, self)
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
        self.run_curves.restyle(colors)
        self.marks.restyle(colors)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the losses until a moment."""
        self.snapshot = snapshot
        self._rows = snapshot.history
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

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Draw the test losses of other runs too, or the training losses where there is no test part."""
        self.run_curves.set_runs(runs, self.theme.colors)
        self._draw()
        self._draw_runs()

    def set_logarithmic(self, on: bool) -> None:
        """Draw the logarithm of the losses, or the losses."""
        self._is_logarithmic = on
        self.plot.getAxis("left").setTicks(None)
        self._draw()
        self._draw_runs()
        self.view_all()

    @Slot()
    def _draw(self) -> None:
        # A thick, jagged line is slow to draw: as many points as can be told apart. Who zooms in gets all.
        rows = thin(self._rows) if self.is_following else self._rows
        diverged = diverged_at(self._rows, self.snapshot is not None and self.snapshot.diverged)
        ceiling = MAX_LOSS if diverged is None else ceiling_of(self._rows)
        self.training_curve.setData(*self._place(rows[:, 0], rows[:, 1], ceiling))
        self.test_curve.setData(*self._place(rows[:, 0], rows[:, 2], ceiling))
        self._update_range(ceiling)
        if self.snapshot is not None:
            place = partial(self._place, ceiling=ceiling)
            self.marks.show(self.snapshot, diverged, place, (self._is_logarithmic, ceiling))

    def _draw_runs(self) -> None:
        """Draw what stays as it is while the run in the window goes on."""
        self.run_curves.draw(self._curve_of)

    def _curve_of(self, run: Run) -> Curve:
        rows = thin(_drawn_rows(run))
        return self._place(rows[:, 0], rows[:, 1], ceiling_of(rows))

    def _place(self, epochs: FloatArray, losses: FloatArray, ceiling: float) -> Curve:
        """Return where losses are in the chart: nowhere, above what a run that diverged is drawn up to."""
        with np.errstate(invalid="ignore"):
            finite = np.where(losses <= ceiling, np.maximum(losses, 0.0), np.nan)
        heights = np.log10(np.maximum(finite, MIN_LOSS)) if self._is_logarithmic else finite
        return epochs, heights

    def _update_range(self, ceiling: float = MAX_LOSS) -> None:
        seen = [_within(self._rows, ceiling)]
        lasts = [float(self._rows[-1, 0]) if len(self._rows) else 0.0]
        for rows in map(_drawn_rows, self.run_curves.runs):
            seen.append(_within(rows, ceiling_of(rows)))
            lasts.append(float(rows[-1, 0]))
        losses = np.concatenate(seen)
        low, high = _logarithmic_range(losses) if self._is_logarithmic else _linear_range(losses)
        room = _room_for(max(lasts))
        self.set_range(QRectF(-EDGE * room, low, (1 + EDGE) * room, high - low))

    @Slot(object, object)
    def _on_vertical_range_changed(self, _view: object, ends: tuple[float, float]) -> None:
        if self._is_logarithmic:
            self.plot.getAxis("left").setTicks(log_ticks(*ends))
        self.marks.keep_words_in_view()


def _drawn_rows(run: Run) -> FloatArray:
    """Return the losses of a run that are drawn, shape (n, 2): epoch, test loss or else training loss."""
    rows = run.history.rows()
    return rows[:, [0, 2 if np.isfinite(rows[:, 2]).any() else 1]]


def _within(rows: FloatArray, ceiling: float) -> FloatArray:
    """Return the losses of rows that are drawn."""
    losses = rows[:, 1:]
    within: FloatArray = losses[np.isfinite(losses) & (losses <= ceiling)]
    return within


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
