"""Brings all views to the newest snapshot, and leaves training enough time."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot

from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.training.snapshot import Snapshot

ShowSnapshot = Callable[[Snapshot], object]


class SnapshotTurns(QObject):
    """Shows every snapshot everywhere; while it trains views take turns, one turn in each frame.

    All of them in each of 60 frames a second would leave training too little, and 20 are enough for each.

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
        trainer.newest_changed.connect(self.show_newest)
        trainer.snapshot_changed.connect(self.show_snapshot)
        self.show_newest(trainer.snapshot)
        self.show_snapshot(trainer.snapshot)

    @Slot(object)
    def show_newest(self, snapshot: Snapshot) -> None:
        """Show the newest snapshot to what follows the run, once a round of turns."""
        if self._turn == 0 or not self._trainer.is_running:
            for show in self._followers:
                show(snapshot)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot in all views, or in those whose turn it is, if the next one follows at once."""
        if self._trainer.is_running and not (snapshot.is_past or self._was_past):
            self._turn = (self._turn + 1) % len(self._turns)
            turns = self._turns[self._turn : self._turn + 1]
        else:
            self._turn, turns = 0, self._turns
        self._was_past = snapshot.is_past
        for turn in turns:
            for show in turn:
                show(snapshot)
