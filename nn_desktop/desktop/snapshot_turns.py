"""Brings all views to the newest snapshot, and leaves training enough time."""

from collections.abc import Callable, Sequence
from math import inf

from PySide6.QtCore import QObject, Slot

from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.training.snapshot import Snapshot

ShowSnapshot = Callable[[Snapshot], object]


class SnapshotTurns(QObject):
    """Shows every snapshot everywhere; while it trains views take turns, one turn in each frame.

    All of them in each of 60 frames a second would leave training too little, and 20 are enough for each.
    At a pace that somebody has set, a snapshot that no newer one follows in the next frames is shown in all
    turns, one after another: where updates are far apart, every view shows every one.

    Parameters
    ----------
    turns
        What is shown in one frame each.
    followers
        What follows the run, whatever moment of it the others look back at.
    """

    def __init__(
        self,
        trainer: Trainer,
        turns: Sequence[Sequence[ShowSnapshot]],
        followers: Sequence[ShowSnapshot],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._turns = turns
        self._followers = followers
        self._turn = 0
        self._was_past = False
        self._snapshot, self._is_of_this_frame, self._turns_left = trainer.snapshot, False, 0
        trainer.newest_changed.connect(self.show_newest)
        trainer.snapshot_changed.connect(self.show_snapshot)
        trainer.frame_shown.connect(self._on_frame_shown)
        self.show_newest(trainer.snapshot)
        self.show_snapshot(trainer.snapshot)

    @Slot(object)
    def show_newest(self, snapshot: Snapshot) -> None:
        """Show the newest snapshot to what follows the run, once a round of turns, or where few come."""
        trainer = self._trainer
        few_come = not trainer.is_running or trainer.looked_at is not None or trainer.pace < inf
        if self._turn == 0 or few_come:
            for show in self._followers:
                show(snapshot)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot in all views, or in those whose turn it is, if the next one follows at once."""
        is_in_turns = self._trainer.is_running and not (snapshot.is_past or self._was_past)
        self._was_past = snapshot.is_past
        self._snapshot, self._is_of_this_frame = snapshot, True
        self._turns_left = len(self._turns)
        self._take_turns(1 if is_in_turns else len(self._turns))

    @Slot()
    def _on_frame_shown(self) -> None:
        """Show the same snapshot in the next turn if the frame has brought no newer one."""
        if not self._is_of_this_frame and self._turns_left and self._trainer.pace < inf:
            self._take_turns(1)
        self._is_of_this_frame = False

    def _take_turns(self, count: int) -> None:
        for _ in range(count):
            self._turn = (self._turn + 1) % len(self._turns)
            self._turns_left -= 1
            for show in self._turns[self._turn]:
                show(self._snapshot)
