"""What the loss plot marks: changed settings, the best moment, and where a run diverged."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem, QToolTip

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
REACH = 10
"""Pixels from a mark at which the mouse is still on it."""
TIP = 0
"""Key of what a mark says."""
Place = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
"""Where epochs and losses are in the chart; NaN for what is not drawn."""


def _closed(*corners: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    return path


TRIANGLE = _closed((-6.0, -10.5), (6.0, -10.5), (0.0, -0.5))
"""In pixels; it stands on the curve with its tip."""
STAR = _closed(
    *(
        (radius * sin(turn * pi / 5), -radius * cos(turn * pi / 5))
        for turn, radius in enumerate((7.5, 3.2) * 5)
    )
)


class LossMarks(QObject):
    """Marks on the curves of the losses, each with a tooltip.

    Parameters
    ----------
    plot
        Has them.
    """

    def __init__(self, plot: Any, parent: QObject) -> None:
        super().__init__(parent)
        self._plot = plot
        self.changes: list[QGraphicsPathItem] = []
        self.best: list[QGraphicsPathItem] = []
        self.divergence = pg.InfiniteLine(angle=90)
        self.words = pg.TextItem(anchor=(0, 0))
        self._change_style = self._best_style = (QPen(), QBrush())
        for item in (self.divergence, self.words):
            plot.addItem(item, ignoreBounds=True)
        plot.viewport().installEventFilter(self)
        self.divergence.hide()
        self.words.hide()
        self._shown_changes: tuple[tuple[Mark, ...], tuple[float, ...], object] = (), (), None
        self._shown_best: tuple[Best | None, object] = None, None
        self._shown_divergence: tuple[float | None, object] = None, None

    @property
    def said(self) -> str:
        """What is said of a divergence; empty if there is none."""
        return self.words.toPlainText().replace("\n", " ") if self.words.isVisible() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show what a mark stands for. Qt finds no items in pixels within a view that is turned around."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().eventFilter(watched, event)
        near = [
            (distance, item.data(TIP))
            for item in (*self.best, *self.changes)
            if (distance := self._distance(item, event.pos())) <= REACH
        ]
        QToolTip.showText(event.globalPos(), min(near)[1] if near else "")
        return True

    def _distance(self, item: QGraphicsPathItem, point: QPoint) -> int:
        """Return how far a point of the plot is from the middle of a mark, in pixels."""
        middle = self._plot.mapFromScene(item.scenePos()) + item.boundingRect().center().toPoint()
        return int((middle - point).manhattanLength())

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self._change_style = pen(colors.canvas), QBrush(QColor(colors.text))
        self._best_style = pen(colors.test, 1.5), QBrush(QColor(colors.canvas))
        _paint(self.changes, *self._change_style)
        _paint(self.best, *self._best_style)
        self.divergence.setPen(pen(colors.error, 1, dashed=True))
        self.words.setColor(colors.error)

    def show(self, snapshot: Snapshot, diverged_at: float | None, place: Place, scale: object) -> None:
        """Mark what there is in a run up to a moment; where nothing has changed nothing is drawn anew.

        Parameters
        ----------
        diverged_at
            Epoch from which on it diverged; None if it did not.
        scale
            What is another value whenever the same loss is in another place.
        """
        losses = _losses_at(snapshot.marks, snapshot.history)
        if (snapshot.marks, losses, scale) != self._shown_changes:
            self._shown_changes = snapshot.marks, losses, scale
            self._show_changes(snapshot.marks, losses, place)
        if (snapshot.best, scale) != self._shown_best:
            self._shown_best = snapshot.best, scale
            self._show_best(snapshot.best, place)
        if (diverged_at, scale) != self._shown_divergence:
            self._shown_divergence = diverged_at, scale
            self._show_divergence(diverged_at, place)

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

    def _show_divergence(self, epoch: float | None, place: Place) -> None:
        self.divergence.setVisible(epoch is not None)
        self.words.setVisible(epoch is not None)
        if epoch is not None:
            self.divergence.setValue(place(np.array([epoch]), np.ones(1))[0][0])
            text = self.tr("diverged\nat epoch {epoch}")
            self.words.setText(text.format(epoch=grouped(int(epoch))))
            self.keep_words_in_view()

    def _show_changes(self, marks: tuple[Mark, ...], losses: tuple[float, ...], place: Place) -> None:
        epochs = np.array([mark.epoch for mark in marks])
        tips = [self._change_tip(mark) for mark in marks]
        self._replace(self.changes, TRIANGLE, place(epochs, np.array(losses)), tips)
        _paint(self.changes, *self._change_style)

    def _show_best(self, best: Best | None, place: Place) -> None:
        bests = [] if best is None else [best]
        epochs = np.array([float(best.milestone.epoch) for best in bests])
        where = place(epochs, np.array([best.loss for best in bests]))
        self._replace(self.best, STAR, where, [self._best_tip(best) for best in bests])
        _paint(self.best, *self._best_style)

    def _replace(
        self,
        items: list[QGraphicsPathItem],
        form: QPainterPath,
        where: tuple[FloatArray, FloatArray],
        tips: list[str],
    ) -> None:
        """Put other marks where they can be seen: items of their own cost less than a scatter plot."""
        while items:
            self._plot.removeItem(items.pop())
        for x, y, tip in zip(*where, tips, strict=True):
            if np.isfinite(x) and np.isfinite(y):
                item = QGraphicsPathItem(form)
                item.setFlag(QGraphicsPathItem.GraphicsItemFlag.ItemIgnoresTransformations)
                item.setPos(float(x), float(y))
                item.setData(TIP, tip)
                self._plot.addItem(item, ignoreBounds=True)
                items.append(item)

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


def _losses_at(marks: tuple[Mark, ...], rows: FloatArray) -> tuple[float, ...]:
    """Return the last loss recorded before each mark: the next one may be beyond all that is drawn."""
    if not marks:
        return ()
    before = np.searchsorted(rows[:, 0], [mark.epoch for mark in marks], "right") - 1
    return tuple(rows[np.maximum(before, 0), 1].tolist())


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


def _paint(items: list[QGraphicsPathItem], pen: QPen, brush: QBrush) -> None:
    for item in items:
        item.setPen(pen)
        item.setBrush(brush)
