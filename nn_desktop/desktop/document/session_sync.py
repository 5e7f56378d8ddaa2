"""Brings the session to where the document is, and the document back where the session could not follow."""

from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from shiboken6 import isValid

from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.document.undo_history import UndoHistory
from nn_desktop.desktop.document.undo_steps import FutureCheckpoint, SetupCommand, Side, Sides
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.worker import Task


@dataclass(frozen=True, eq=False)
class _Change:
    """The newest change of sides: who asked for it, what was left, and the session's answer."""

    command: SetupCommand
    left: Side
    checkpoint: FutureCheckpoint


class SessionSync(QObject):
    """Hands changes to the worker's thread; nobody waits for it, so a failure comes later.

    Parameters
    ----------
    document
        That is taken back.
    history
        Its commands.
    trainer
        Has the session.
    """

    def __init__(self, document: Sides, history: UndoHistory, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._history = history
        self._trainer = trainer
        self._newest: _Change | None = None
        self._real_setup: Future[Setup] | None = None
        self._is_history_doubtful = False
        trainer.failed.connect(self._on_failed)
        trainer.snapshot_changed.connect(self._on_snapshot_changed)

    def post(self, command: SetupCommand, left: Side, task: Task[Checkpoint]) -> FutureCheckpoint:
        """Have a task bring the session to another side; return the moment that it leaves."""
        checkpoint = self._trainer.post(task)
        self._newest = _Change(command, left, checkpoint)
        if self._real_setup is not None:
            self._real_setup = self._trainer.post(_setup_of)  # what was asked for before is out of date
        return checkpoint

    @Slot(str)
    def _on_failed(self) -> None:
        """Take the newest change back, if that was what failed; and make sure of what the session has."""
        self._real_setup = self._trainer.post(_setup_of)
        change = self._newest
        if change is None:
            return
        if not change.checkpoint.done() or change.checkpoint.exception() is None:
            self._is_history_doubtful = True  # an earlier one failed: a command on the stack never happened
            return
        self._newest = None
        stack = self._history.stack
        if not isValid(change.command):  # it was merged into the one before, which cannot be parted any more
            self._history.clear()
        elif change.command.is_on(stack):
            change.command.take_back(stack)
        else:  # an attempt has taken it back already
            return
        self._document.adopt(change.left)

    @Slot(object)
    def _on_snapshot_changed(self) -> None:
        """After a failure, take over what the session really has: several changes may have been under way."""
        if self._real_setup is None or not self._real_setup.done():
            return
        real, self._real_setup = self._real_setup.result(), None
        if real != self._document.setup or self._is_history_doubtful:
            self._is_history_doubtful = False
            self._history.clear()
            self._document.adopt(Side(real, self._document.layout))


def _setup_of(session: Session) -> Setup:
    return session.setup
