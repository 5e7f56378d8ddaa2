"""The curves of the losses against epochs, on a linear or a logarithmic axis."""

from collections.abc import Sequence
from functools import partial
from math import ceil, floor, log10, nan
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Signal, Slot
from PySide6.QtWidgets import QWidget

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.chart import SIDES, Chart, make_dashed_line, make_line, pen
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.log_ticks import log_ticks
from nn_desktop.desktop.plots.loss_marks import MAX_LOSS, LossMarks, ceiling_of, diverged_at
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.desktop.plots.run_curves import Curve, RunCurves
from nn_desktop.desktop.plots.thinning import thin
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable

MIN_LOSS = 1e-12
"""The least loss that is drawn on a logarithmic axis, where 0 has no place."""
FIRST_EPOCHS = 10
BINS_OF_DECADE = 60
EDGE = 0.02
"""Share of an axis before its 0, so that the number there has room."""


class LossChart(Chart):
    """Training loss (solid) and test loss (dashed), with marks; and the test loss of other runs.

    Each axis is linear or logarithmic. A run that diverged is drawn as far as there is something to see of
    it: the rest is said in words.

    Attributes
    ----------
    snapshot
        The moment that it shows; None before the first.

    Signals
    -------
    logarithmic_changed()
        An axis is logarithmic now, or linear.
    """

    axis_width = 54

    logarithmic_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "loss_chart", self.tr("Training and test loss against epochs"), parent)
        self._rows: FloatArray = np.empty((0, 3))
        self._logarithmic: frozenset[Change] = frozenset()
        self.snapshot: Snapshot | None = None
        self.run_curves = RunCurves(self.plot, is_dashed=True)
        self.training_curve = make_line()
        # On top: where the two are the same, its dashes let the other show through.
        self.test_curve = make_dashed_line()
        self.looked_at = pg.InfiniteLine()
        self._epoch_looked_at: float | None = None
        self.plot.addItem(self.training_curve)
        self.plot.addItem(self.test_curve)
        self.marks = LossMarks(self.plot, self)
        self.plot.getViewBox().sigRangeChanged.connect(self._on_range_changed)
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
        self.refresh_crosshair()

    def set_looked_at(self, epoch: float | None) -> None:
        """Draw a line at the epoch that is looked back at; None for none."""
        is_there = self.looked_at.scene() is not None  # only then: it would cost a little of every frame
        self._epoch_looked_at = epoch
        if epoch is None and is_there:
            self.plot.removeItem(self.looked_at)
        elif epoch is not None:
            self._place_looked_at()
            if not is_there:
                self.plot.addItem(self.looked_at, ignoreBounds=True)

    def _place_looked_at(self) -> None:
        if (epoch := self._epoch_looked_at) is not None:
            self.looked_at.setValue(log10(max(epoch, 1)) if self.is_on(Change.LOG_X) else epoch)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Draw the test losses of other runs too, or the training losses where there is no test part."""
        self.run_curves.set_runs(runs, self.theme.colors)
        self._draw()
        self._draw_runs()

    def set_logarithmic(self, axis: Change, on: bool) -> None:
        """Make an axis logarithmic, or linear."""
        if on == self.is_on(axis):
            return
        self._logarithmic ^= {axis}
        self.plot.getAxis(SIDES[axis]).setTicks(None)
        self._draw()
        self._draw_runs()
        self.view_all()
        self._mark_axes()
        self.refresh_crosshair()
        self.logarithmic_changed.emit()

    def legend(self) -> tuple[LegendEntry, ...]:
        """Say which line is which, with the losses of the moment."""
        colors, snapshot = self.colors, self.snapshot
        losses = (nan, nan) if snapshot is None else (snapshot.train_loss, snapshot.test_loss)
        training, test = map(figure, losses)
        return (
            LegendEntry(self.tr("training"), colors.training, number=training),
            LegendEntry(self.tr("test"), colors.test, emphasized=False, number=test),
            *self.run_curves.legend(colors),
        )

    def numbers(self) -> "NumberTable":
        """Return all recorded losses, as `train --history` writes them."""
        from nn_desktop.files.loss_table import loss_numbers

        assert self.snapshot is not None
        now = float(self._rows[-1, 0]) if len(self._rows) else 0.0
        return loss_numbers(self._rows, self.snapshot.milestones, now, self.snapshot.updates)

    def values_at(self, x: float, y: float) -> str:
        """Say the losses of the recorded epoch that is nearest to the crosshair."""
        if not len(self._rows):
            return ""
        epoch = 10**x if self.is_on(Change.LOG_X) else x
        row = self._rows[np.abs(self._rows[:, 0] - epoch).argmin()]
        text = self.tr("epoch {epoch}\ntraining {training}\ntest {test}")
        at = grouped(int(row[0])) if row[0].is_integer() else figure(row[0])
        return text.format(epoch=at, training=figure(row[1]), test=figure(row[2]))

    def obstacle(self, change: Change) -> str:
        return "" if change in SIDES else super().obstacle(change)

    def is_on(self, change: Change) -> bool:
        return change in self._logarithmic or super().is_on(change)

    def apply(self, change: Change) -> None:
        if change in SIDES:
            self.set_logarithmic(change, not self.is_on(change))
        else:
            super().apply(change)

    @Slot()
    def _draw(self) -> None:
        # A thick, jagged line is slow to draw: as many points as can be told apart. Who zooms in gets all.
        diverged = diverged_at(self._rows, self.snapshot is not None and self.snapshot.diverged)
        ceiling = MAX_LOSS if diverged is None else ceiling_of(self._rows)
        rows = self._rows
        if self.is_following:
            rows = self._thinned(rows)
        self.training_curve.setData(*self._place(rows[:, 0], rows[:, 1], ceiling))
        self.test_curve.setData(*self._place(rows[:, 0], rows[:, 2], ceiling))
        self._update_range(ceiling)
        self._place_looked_at()
        if self.snapshot is not None:
            place = partial(self._place, ceiling=ceiling)
            self.marks.show(self.snapshot, diverged, place, (self._logarithmic, ceiling))

    def _thinned(self, rows: FloatArray) -> FloatArray:
        return _thin_by_decades(rows) if self.is_on(Change.LOG_X) else thin(rows)

    def _draw_runs(self) -> None:
        """Draw what stays as it is while the run in the window goes on."""
        self.run_curves.draw(self._curve_of)

    def _curve_of(self, run: Run) -> Curve:
        rows = self._thinned(_drawn_rows(run))
        return self._place(rows[:, 0], rows[:, 1], ceiling_of(rows))

    def _place(self, epochs: FloatArray, losses: FloatArray, ceiling: float) -> Curve:
        """Return where losses are in the chart; NaN for what has no place there.

        That is what is above the height up to which a run that diverged is drawn, and epoch 0 on a
        logarithmic axis.
        """
        with np.errstate(invalid="ignore"):
            finite = np.where(losses <= ceiling, np.maximum(losses, 0.0), np.nan)
        heights = np.log10(np.maximum(finite, MIN_LOSS)) if self.is_on(Change.LOG_Y) else finite
        if not self.is_on(Change.LOG_X):
            return epochs, heights
        is_placed = epochs > 0
        return np.log10(np.where(is_placed, epochs, 1.0)), np.where(is_placed, heights, np.nan)

    def _update_range(self, ceiling: float = MAX_LOSS) -> None:
        seen = [_within(self._rows, ceiling)]
        lasts = [float(self._rows[-1, 0]) if len(self._rows) else 0.0]
        for rows in map(_drawn_rows, self.run_curves.runs):
            seen.append(_within(rows, ceiling_of(rows)))
            lasts.append(float(rows[-1, 0]))
        losses = np.concatenate(seen)
        low, high = _logarithmic_range(losses) if self.is_on(Change.LOG_Y) else _linear_range(losses)
        room = _room_for(max(lasts))
        left, right = (0.0, log10(room)) if self.is_on(Change.LOG_X) else (0.0, room)
        edge = EDGE * (right - left)
        self.set_range(QRectF(left - edge, low, right - left + 2 * edge, high - low))

    def _mark_axes(self) -> None:
        for axis, ends in zip(SIDES, self.plot.viewRange(), strict=True):
            if self.is_on(axis):
                self.plot.getAxis(SIDES[axis]).setTicks(log_ticks(*ends))

    @Slot(object, object)
    def _on_range_changed(self, *_changed: object) -> None:
        self._mark_axes()
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


def _thin_by_decades(rows: FloatArray) -> FloatArray:
    """Keep as much of the first ten epochs as of the next ninety: they are as long on a logarithmic axis."""
    decades = 10.0 ** np.arange(1, 8)
    parts = np.split(rows, np.searchsorted(rows[:, 0], decades))
    return np.concatenate([thin(part, BINS_OF_DECADE) for part in parts])


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
