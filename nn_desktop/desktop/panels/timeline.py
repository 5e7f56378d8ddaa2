"""The strip below the canvas: the run so far, to look back at any moment of it and to continue from there."""

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.desktop.look.snapshot_view import SnapshotView
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.panels.timeline_places import Places
from nn_desktop.desktop.panels.timeline_slider import TimelineSlider
from nn_desktop.network.notation import format_layers
from nn_desktop.training.checkpoints import Milestone
from nn_desktop.training.snapshot import Snapshot

REST_MILLISECONDS = 400
"""Between two looks at a run that goes on: the strip shall cost no frames."""
BUTTONS = ("continue_from_here", "back_to_now")
CONTEXT_MENU = (*BUTTONS, "look_at_best", "previous_mark", "next_mark")
"""Names of the actions that have buttons while one looks back."""
ICON = QSize(16, 16)


class Timeline(SnapshotView):
    """The slider over the moments of the run; above it, what one looks back at and what one can do about it.

    It shows the newest snapshots, whatever moment the other views look back at.

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

    def __init__(self, document: Document, trainer: Trainer, theme: Theme) -> None:
        super().__init__()
        identify(self, "timeline_strip", self.tr("Timeline"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._document, self._trainer, self._theme = document, trainer, theme
        self._slider = TimelineSlider(theme)
        self._slider.setToolTip(
            self.tr(
                "Drag, click, or press ← and → to look back at an earlier snapshot.\n"
                "All views show it, nothing is lost, and training goes on.\n"
                "Esc, or the right end, returns to now.\n"
                "Triangle: settings changed. Star: lowest test loss."
            )
        )
        self._label = QLabel()
        identify(self._label, "timeline_label")
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._is_back = False
        self._buttons: list[QToolButton] = []
        self.toggle_view_action = self._make_toggle_view_action()
        self._rest = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        self._band = fill(QHBoxLayout(), self._label, stretched=self._label, spacing=6)
        fill(QVBoxLayout(self), self._band, self._slider, margins=(8, 2, 8, 2), spacing=0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._rest.timeout.connect(self._on_rested)
        self._slider.moved.connect(self._on_moved)
        self._slider.finished.connect(self.finished)
        trainer.looking_changed.connect(self._on_looking_changed)
        trainer.running_changed.connect(self._say)
        theme.changed.connect(self._restyle)
        self._restyle()

    def add_buttons(self, actions: Mapping[str, QAction]) -> None:
        """Put in the buttons and the context menu, of all actions by name."""
        self.addActions([actions[name] for name in CONTEXT_MENU])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for name in BUTTONS:
            button = QToolButton()
            button.setDefaultAction(actions[name])
            identify(button, f"{name}_button", actions[name].text().replace("&", ""))
            button.setIconSize(ICON)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # the slider must not move under the pointer
            button.setSizePolicy(policy)
            button.hide()
            self._band.addWidget(button)
            self._buttons.append(button)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over the milestones: at once if the run went elsewhere, now and then while it goes on."""
        if self._drawn is not None and _goes_on(self._drawn, snapshot) and self._rest.isActive():
            self._newest = snapshot
        else:
            super().show_snapshot(snapshot)

    @Slot()
    def continue_from_here(self) -> None:
        """Go on from the moment that is looked at, as one step to undo; a run that is under way goes on."""
        milestone, is_running = self._trainer.looked_at, self._trainer.is_running
        if milestone is not None:
            self._document.go_back(milestone)
            if is_running:
                self._trainer.train_or_pause()

    @Slot()
    def look_at_best(self) -> None:
        """Look at the best moment so far."""
        places = self._newest_places()
        if places.best_place is None:
            self._document.refuse(self.tr("No loss has been recorded in this run yet: train first."))
        else:
            self._look_at(places.milestone(places.best_place))

    def look_at_mark(self, step: int) -> None:
        """Look at the last moment at which settings were changed before this one, or at the next one after.

        Parameters
        ----------
        step
            −1 for the one before, 1 for the one after. After the last one it is now.
        """
        places = self._newest_places()
        place = places.mark_beside(places.find(self._trainer.looked_at), step)
        if not places.marks:
            self._document.refuse(self.tr("No settings were changed in this run after its start."))
        elif place is not None or step > 0:
            self._look_at(None if place is None else places.milestone(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return to now by Esc from the buttons too."""
        if event.key() != Qt.Key.Key_Escape or not self._trainer.return_to_now():
            super().keyPressEvent(event)

    def _make_toggle_view_action(self) -> QAction:
        action = QAction(self.tr("Timeline"), self, checkable=True, checked=True)
        action.setObjectName("toggle_timeline")
        action.toggled.connect(self._show_or_hide)
        return action

    @Slot()
    def _show_or_hide(self) -> None:
        """Be there if that is wanted, and as long as one looks back: it says so."""
        self.setVisible(self.toggle_view_action.isChecked() or self._is_back)

    def _newest_places(self) -> Places:
        """Return the places of this moment: those of the slider are a little older."""
        return Places.of(self._trainer.snapshot, self._trainer.looked_at)

    def _look_at(self, milestone: Milestone | None) -> None:
        if milestone is None:
            self._trainer.return_to_now()
        else:
            self._trainer.look_back(milestone)

    @Slot(object)
    def _on_moved(self, milestone: Milestone | None) -> None:
        self._look_at(milestone)
        if self._trainer.looked_at is not milestone:  # the run was left, and that is not seen here yet
            self._slider.set_place(self._slider.places.find(self._trainer.looked_at))

    @Slot(object)
    def _on_looking_changed(self, milestone: Milestone | None) -> None:
        if milestone is not self._slider.places.milestone(self._slider.place):  # it was not moved there
            self._take_places(self._trainer.snapshot)
        if self._is_back != (milestone is not None):
            self._is_back = milestone is not None
            self._show_or_hide()
            self._restyle()
            if any(button.hasFocus() for button in self._buttons):
                self._slider.setFocus()  # Qt would give the keys to whatever comes next
            for button in self._buttons:
                button.setVisible(self._is_back)
            self._share_out_width()
            announce(self._label, self._texts()[0])
        self._say()

    @Slot()
    def _on_rested(self) -> None:
        if self._slider.is_pressed:  # its places stay where they are while they are dragged over
            self._rest.start()
        elif self.isVisible():
            self._draw_newest()

    def _draw(self, snapshot: Snapshot) -> None:
        self._take_places(snapshot)
        self._rest.start()

    def _take_places(self, snapshot: Snapshot) -> None:
        looked_at = self._trainer.looked_at
        places, drawn = Places.of(snapshot, looked_at), self._slider.places
        if not _are_same(places, drawn) or places.find(looked_at) != self._slider.place:
            self._slider.set_places(places, places.find(looked_at), snapshot.best)
            self._say()

    @Slot()
    def _say(self) -> None:
        """Say what is looked at, as far as there is room; assistive technology gets to know all of it."""
        texts = self._texts()
        metrics, room = self._label.fontMetrics(), self._label.width()
        text = next((each for each in texts if metrics.horizontalAdvance(each) <= room), texts[-1])
        self._label.setText(text)
        self._label.setToolTip("" if texts[0] == text else texts[0])
        self._label.setAccessibleName(texts[0] if texts[0] != text else "")
        self._slider.setAccessibleDescription(texts[0])

    def _texts(self) -> Sequence[str]:
        """Return the label's text, the longest first."""
        milestone, snapshot = self._trainer.looked_at, self._trainer.snapshot
        if milestone is None:
            return self._texts_of_now(self._slider.places.now)
        epoch = self.tr("epoch {number}").format(number=grouped(milestone.epoch))
        loss = self.tr("loss {number}").format(number=loss_text(snapshot.history, milestone.epoch))
        training = self.tr("training {loss}").format(loss=loss)
        running = self.tr("training goes on") if self._trainer.is_running else ""
        back = self.tr("Looking back: {what}")
        remark, in_short = self._remarks(milestone, snapshot)
        texts = [
            (epoch, training, remark, running),
            (epoch, training, remark),
            (epoch, training, in_short),
            (epoch, in_short or loss),
            (epoch,),
        ]
        return [*(back.format(what=" · ".join(filter(None, parts))) for parts in texts), epoch]

    def _texts_of_now(self, count: int) -> Sequence[str]:
        if count == 0:
            return self.tr("No snapshots yet"), self.tr("No snapshots yet"), "–"
        if count == 1:
            return self.tr("Now · 1 snapshot to look back at"), self.tr("1 snapshot"), "1"
        number = grouped(count)
        return (
            self.tr("Now · {count} snapshots to look back at").format(count=number),
            self.tr("{count} snapshots").format(count=number),
            number,
        )

    def _remarks(self, milestone: Milestone, snapshot: Snapshot) -> tuple[str, str]:
        """Say what was different then, besides what was learned, and in short; both empty for nothing."""
        then, now = milestone.setup.topology, snapshot.setup.topology
        if then != now:
            text = self.tr("another network then ({layers}): the canvas shows what both have")
            return text.format(layers=format_layers(then)), self.tr("another network")
        if milestone.setup != snapshot.setup:
            return self.tr("other settings then"), self.tr("other settings")
        return "", ""

    def _share_out_width(self) -> None:
        """Let the buttons have words where the label needs no room of theirs."""
        if not self._buttons:
            return
        for button in self._buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        taken = sum(button.sizeHint().width() for button in self._buttons)
        example = self.tr("Looking back: {what}").format(what=self.tr("epoch {number}").format(number="0000"))
        if taken + self._label.fontMetrics().horizontalAdvance(example) > self.width() - 40:
            for button in self._buttons:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._band.activate()
        self._say()

    @Slot()
    def _restyle(self) -> None:
        colors = self._theme.colors
        is_back = self._is_back
        self.setStyleSheet(
            f"#timeline_strip {{ background: {colors.selection if is_back else colors.window};"
            f"border-left: 4px solid {colors.accent if is_back else colors.window}; }}"
            f"QToolButton {{ background: {colors.panel}; border-color: {colors.border}; padding: 2px 6px; }}"
            f"#timeline_label {{ font-weight: {'bold' if is_back else 'normal'}; }}"
        )


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
    return (first.milestones, first.best, first.marks) == (second.milestones, second.best, second.marks)
