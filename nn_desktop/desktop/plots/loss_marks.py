"""What the loss plot marks: changed settings, the best moment, and where a run diverged."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QColor, QPainterPath, QPolygonF

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.desktop.plots.chart import pen
from nn_desktop.training.checkpoints import Best
from nn_desktop.training.marks import Mark
from nn_desktop.training.snapshot import Snapshot

MAX_LOSS = 1e12
"""A larger loss is no loss any more: the run diverges."""
MAX_GROWTH = 100.0
"""So many times the first loss is what a run that diverged is drawn up to; beyond, it is said in words."""
CHANGE_SIZE, BEST_SIZE = 12.0, 13.0
DOWN = QPainterPath()
DOWN.addPolygon(QPolygonF([QPointF(-0.5, -0.9), QPointF(0.5, -0.9), QPointF(0.0, -0.05)]))
DOWN.closeSubpath()
"""Stands on the curve with its tip."""
Place = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
"""Where epochs and losses are in the chart; NaN for what is not drawn."""


class LossMarks(QObject):
    """Marks on the curves of the losses, each with a tooltip.

    Parameters
    ----------
    plot
        Has them.
    """

    def __init__(self, plot: Any, parent: QObject) -> None:
        super().__init__(parent)
        hover = {"hoverable": True, "pxMode": True, "tip": lambda x, y, data: data}
        self._plot = plot
        self.changes = pg.ScatterPlotItem(symbol=DOWN, size=CHANGE_SIZE, **hover)
        self.best = pg.ScatterPlotItem(symbol="star", size=BEST_SIZE, **hover)
        self.divergence = pg.InfiniteLine(angle=90)
        self.words = pg.TextItem(anchor=(0, 0))
        for item in (self.divergence, self.words, self.changes, self.best):
            plot.addItem(item, ignoreBounds=True)
        self.divergence.hide()
        self.words.hide()

    @property
    def said(self) -> str:
        """What is said of a divergence; empty if there is none."""
        return self.words.toPlainText() if self.words.isVisible() else ""

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self.changes.setPen(pen(colors.canvas))
        self.changes.setBrush(QColor(colors.text))
        self.best.setPen(pen(colors.test, 1.5))
        self.best.setBrush(QColor(colors.canvas))
        self.divergence.setPen(pen(colors.error, 1, dashed=True))
        self.words.setColor(colors.error)

    def show(self, snapshot: Snapshot, place: Place) -> None:
        """Mark what there is in a run up to a moment."""
        rows = snapshot.history
        self._show_changes(snapshot.marks, rows, place)
        self._show_best(snapshot.best, place)
        epoch = diverged_at(rows, snapshot.diverged)
        self.divergence.setVisible(epoch is not None)
        self.words.setVisible(epoch is not None)
        if epoch is not None:
            self.divergence.setValue(place(np.array([epoch]), np.ones(1))[0][0])
            text = self.tr("diverged at epoch {epoch}")
            self.words.setText(text.format(epoch=grouped(int(epoch))))
            self.keep_words_in_view()

    def keep_words_in_view(self) -> None:
        """Put what is said of a divergence beside its line, at the top of what is seen."""
        (left, right), (_, top) = self._plot.viewRange()
        x = self.divergence.value()
        is_left = x - left < (right - left) / 2
        self.words.setAnchor((0, 0) if is_left else (1, 0))
        self.words.setPos(x, top)

    def describe(self, snapshot: Snapshot) -> str:
        """Say what is marked, for those who do not see it: the newest change alone."""
        said = []
        if self.said:
            said.append(self.tr("The run {diverged}.").format(diverged=self.said))
        if snapshot.best is not None:
            said.append(self._best_tip(snapshot.best) + ".")
        if snapshot.marks:
            said.append(self._change_tip(snapshot.marks[-1]).replace("\n", ", ") + ".")
        return " ".join(said)

    def _show_changes(self, marks: tuple[Mark, ...], rows: FloatArray, place: Place) -> None:
        epochs = np.array([mark.epoch for mark in marks])
        losses = np.interp(epochs, rows[:, 0], rows[:, 1]) if len(marks) else epochs
        x, y = place(epochs, losses)
        is_drawn = np.isfinite(x) & np.isfinite(y)
        tips = [self._change_tip(mark) for mark, drawn in zip(marks, is_drawn, strict=True) if drawn]
        self.changes.setData(x[is_drawn], y[is_drawn], data=tips)

    def _show_best(self, best: Best | None, place: Place) -> None:
        if best is None:
            self.best.setData([], [])
            return
        x, y = place(np.array([float(best.milestone.epoch)]), np.array([best.loss]))
        is_drawn = np.isfinite(x) & np.isfinite(y)
        self.best.setData(x[is_drawn], y[is_drawn], data=[self._best_tip(best)] * int(is_drawn.sum()))

    def _change_tip(self, mark: Mark) -> str:
        at = self.tr("Changed at epoch {epoch}:").format(epoch=grouped(int(mark.epoch)))
        return tool_tip("\n".join((at, *(change.sentence for change in mark.changes))))

    def _best_tip(self, best: Best) -> str:
        is_test = best.test_loss == best.test_loss  # NaN where there is no test part
        text = (
            self.tr("Best test loss {loss} at epoch {epoch}")
            if is_test
            else self.tr("Best training loss {loss} at epoch {epoch}")
        )
        return text.format(loss=figure(best.loss), epoch=grouped(best.milestone.epoch))


def diverged_at(rows: FloatArray, diverged: bool) -> float | None:
    """Return the epoch from which on a run diverged, which a chart says in words; None if it did not.

    Parameters
    ----------
    rows : array, shape (n, 3)
        Epoch, training loss, test loss.
    diverged
        Whether it was stopped because a loss was not finite.
    """
    losses = rows[:, 1:]
    is_beyond = np.isinf(losses) | (losses > MAX_LOSS)
    if not len(rows) or not (diverged or is_beyond.any()):
        return None
    beyond = np.flatnonzero((is_beyond | (losses > ceiling_of(rows))).any(axis=1))
    return float(rows[beyond[0], 0] if len(beyond) else rows[-1, 0])


def ceiling_of(rows: FloatArray) -> float:
    """Return the loss up to which a run that diverged is drawn: what comes then is no curve to look at."""
    first = rows[0, 1:][np.isfinite(rows[0, 1:])] if len(rows) else np.empty(0)
    return min(MAX_LOSS, MAX_GROWTH * float(first.max())) if len(first) and first.max() > 0 else MAX_LOSS
