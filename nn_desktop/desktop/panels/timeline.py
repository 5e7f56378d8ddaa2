"""The strip below the canvas: milestones of the run, to look for one and to go back to it."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.desktop.look.snapshot_view import SnapshotView
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.panels.timeline_slider import Places, TimelineSlider
from nn_desktop.training.checkpoints import Milestone
from nn_desktop.training.snapshot import Snapshot

REST_MILLISECONDS = 400
"""Between two looks at a run that goes on: the strip shall cost no frames."""
LABEL_SHARE = 0.5
"""Share of the strip that its label may take."""


class Timeline(SnapshotView):
    """The slider over the milestones of the run, and a label that says what it points at.

    Attributes
    ----------
    toggle_view_action
        Shows it, or hides it.

    Signals
    -------
    finished()
        The keys are wanted elsewhere.
    """

    finished = Signal()

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        identify(self, "timeline_strip", self.tr("Timeline"))
        self._slider = TimelineSlider(theme)
        self._slider.setToolTip(
            self.tr(
                "Earlier moments of this run, by epochs. Drag, or click, to go back to one and train on from "
                "there; Ctrl+Z brings back what came after. With keys: ← and → point, Enter goes there."
            )
        )
        self._label = QLabel()
        identify(self._label, "timeline_label")
        self._label.setToolTip(self._slider.toolTip())
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.toggle_view_action = self._make_toggle_view_action()
        self._rest = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        row = QHBoxLayout(self)
        fill(row, self._slider, self._label, stretched=self._slider, margins=(4, 0, 12, 2), spacing=8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._rest.timeout.connect(self._on_rested)
        self._slider.pointed.connect(self._say)
        self._slider.chosen.connect(document.go_back)
        self._slider.finished.connect(self.finished)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over the milestones: at once if the run went elsewhere, now and then while it goes on."""
        if self._drawn is not None and _goes_on(self._drawn, snapshot) and self._rest.isActive():
            self._newest = snapshot
        else:
            super().show_snapshot(snapshot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out_width()

    def _make_toggle_view_action(self) -> QAction:
        action = QAction(self.tr("Timeline"), self, checkable=True, checked=True)
        action.setObjectName("toggle_timeline")
        action.toggled.connect(self.setVisible)
        return action

    @Slot()
    def _on_rested(self) -> None:
        if self.isVisible():
            self._draw_newest()

    def _draw(self, snapshot: Snapshot) -> None:
        places = Places.of(snapshot)
        if not _are_same(places, self._slider.places):
            self._slider.set_places(places)
            self._share_out_width()
        self._rest.start()

    @Slot()
    def _say(self) -> None:
        """Say what is pointed at, as far as there is room; assistive technology gets to know all of it."""
        texts = self._texts()
        metrics, room = self._label.fontMetrics(), self._label.width()
        text = next((each for each in texts if metrics.horizontalAdvance(each) <= room), texts[-1])
        self._label.setText(text)
        self._label.setAccessibleName(texts[0] if texts[0] != text else "")
        self._slider.setAccessibleDescription(texts[0])

    def _texts(self) -> Sequence[str]:
        """Return the label's text, the longest first."""
        snapshot = self._drawn
        milestone = self._slider.places.milestone(self._slider.place)
        if milestone is None or snapshot is None:
            return self._texts_at_rest(self._slider.places.now)
        epoch = self.tr("epoch {number}").format(number=grouped(milestone.epoch))
        loss = self.tr("loss {number}").format(number=loss_text(snapshot.history, milestone.epoch))
        training = self.tr("training {loss}").format(loss=loss)
        remark = self._remark(milestone, snapshot)
        return [
            *([f"{epoch} · {training} · {remark}"] if remark else []),
            f"{epoch} · {training}",
            f"{epoch} · {loss}",
            epoch,
        ]

    def _texts_at_rest(self, count: int) -> Sequence[str]:
        if count == 0:
            return self.tr("No snapshots yet"), self.tr("No snapshots yet"), "–"
        if count == 1:
            return self.tr("1 snapshot to go back to"), self.tr("1 snapshot"), "1"
        number = grouped(count)
        return (
            self.tr("{count} snapshots to go back to").format(count=number),
            self.tr("{count} snapshots").format(count=number),
            number,
        )

    def _remark(self, milestone: Milestone, snapshot: Snapshot) -> str:
        """Say what goes back too, besides what was learned."""
        if milestone.setup.topology != snapshot.setup.topology:
            return self.tr("another network")
        return "" if milestone.setup == snapshot.setup else self.tr("other settings")

    def _share_out_width(self) -> None:
        """Give the label as much as its longest text takes, or half; it must not dance with each text."""
        digits = max(4, len(str(self._slider.places.epoch)))
        longest = self.tr("epoch {number}").format(number=grouped(10**digits - 1))
        loss = self.tr("loss {number}").format(number="≈ 0.000000")
        longest = f"{longest} · {self.tr('training {loss}').format(loss=loss)} · {self.tr('another network')}"
        wanted = self._label.fontMetrics().horizontalAdvance(longest)
        self._label.setFixedWidth(min(wanted, int(LABEL_SHARE * self.width())))
        self._say()


def loss_text(rows: FloatArray, epoch: int) -> str:
    """Return the training loss at an epoch; where the history has been thinned, about what it was.

    Parameters
    ----------
    rows
        Shape (n, 3), as `Snapshot.history`.
    """
    loss = figure(float(np.interp(epoch, rows[:, 0], rows[:, 1])))
    return loss if epoch in rows[:, 0] else f"≈ {loss}"


def _goes_on(before: Snapshot, after: Snapshot) -> bool:
    """Whether a run has only trained on."""
    return after.setup is before.setup and after.updates >= before.updates


def _are_same(first: Places, second: Places) -> bool:
    """Whether there is nothing new to draw."""
    return len(first.milestones) == len(second.milestones) and all(
        one is other for one, other in zip(first.milestones, second.milestones, strict=True)
    )
