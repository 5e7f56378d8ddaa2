"""Brings the session to where the document is, and the document back where the session could not follow."""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Slot

from nn_desktop.desktop.document.run_filing import FileRun, filed
from nn_desktop.desktop.document.session_move import FutureCheckpoint, has_failed
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.document.undo_history import UndoHistory
from nn_desktop.desktop.document.undo_steps import SetupCommand, Side, Sides
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.worker import Task


@dataclass(frozen=True, eq=False)
class _Change:
    """A change of sides: the command that asked for it, both sides, and the session's answer."""

    command: SetupCommand
    is_undo: bool
    is_new: bool
    left: Side
    entered: Side
    checkpoint: FutureCheckpoint

    @property
    def has_failed(self) -> bool:
        """Whether the session could not follow."""
        return has_failed(self.checkpoint)


class SessionSync(QObject):
    """Hands changes to the worker's thread; nobody waits for it, so a failure comes later."""

    def __init__(self, document: Sides, history: UndoHistory, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._history = history
        self._trainer = trainer
        self._changes: deque[_Change] = deque()
        self._real_setup: Future[Setup] | None = None
        trainer.failed.connect(self._take_back_failed)
        trainer.newest_changed.connect(self._on_newest_changed)

    def enter(
        self, command: SetupCommand, side: Side, task: Task[Checkpoint], file_run: FileRun | None = None
    ) -> tuple[Side, FutureCheckpoint]:
        """Put a side in force, for a command; return the side and the checkpoint that are left.

        Parameters
        ----------
        task
            Brings the session there, and returns the checkpoint that it leaves.
        file_run
            Files the run that is left; None for a run that goes on, or is undone.
        """
        left = self._document.side
        if side.notes is None:
            left = replace(left, notes=None)
        checkpoint = self._trainer.post_change(task)
        while self._changes and self._changes[0].checkpoint.done() and not self._changes[0].has_failed:
            self._changes.popleft()
        is_new = not command.is_done and not command.was_undone
        self._changes.append(_Change(command, command.is_done, is_new, left, side, checkpoint))
        if self._real_setup is not None:
            self._real_setup = self._trainer.post(_setup_of)  # what was asked for before is out of date
        runs = side.runs if file_run is None else filed(self._document.future_runs, checkpoint, file_run)
        self._document.adopt(replace(side, runs=runs))
        return left, checkpoint

    @Slot(object)
    def _on_newest_changed(self) -> None:
        """After a failure, make sure that the session is where the document is."""
        self._take_back_failed()
        if self._real_setup is None or not self._real_setup.done():
            return
        real, self._real_setup = self._real_setup.result(), None
        if real != self._document.setup:  # it could not come back to where it was before the failure
            self._history.clear()
            self._document.adopt(replace(self._document.side, setup=real))

    @Slot()
    def _take_back_failed(self) -> None:
        """Take back the changes that failed, as soon as it is known how each one ended; all others stay."""
        if not all(change.checkpoint.done() for change in self._changes):
            return
        changes = list(self._changes)
        self._changes.clear()
        if not any(change.has_failed for change in changes):
            return
        never_done, back_to = _outcome(changes)
        for change in reversed(changes):
            if not change.has_failed:
                continue
            whole = change.command.merged_into
            if whole is not None:
                whole.end_earlier(change.entered, change.left)
            elif change.command in never_done:
                self._history.drop(change.command)
            else:
                self._history.restore_place(change.command, change.is_undo)
        if back_to is not None:
            self._document.adopt(back_to)
        self._real_setup = self._trainer.post(_setup_of)


def _outcome(changes: list[_Change]) -> tuple[list[SetupCommand], Side | None]:
    """Return the new commands that were never done, and the side of the session if the document has another.

    A command counts as done if one that was merged into it was done. Undoing one that was never done fails
    too, but the session is then where it should be.
    """
    never_done: list[SetupCommand] = []
    real, back_to = changes[0].left.setup, None
    for change in changes:
        whole = change.command.merged_into or change.command
        if not change.has_failed:
            real, back_to = change.entered.setup, None
            if change.is_new and whole in never_done:
                never_done.remove(whole)
                whole.begin_at(change.checkpoint)
            continue
        if change.is_new and whole is change.command:
            never_done.append(whole)
        if change.is_undo and whole in never_done and change.entered.setup == real:
            back_to = None
        elif back_to is None:
            back_to = change.left
    return never_done, back_to


def _setup_of(session: Session) -> Setup:
    return session.setup
