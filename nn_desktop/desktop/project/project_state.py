"""Which file the document belongs to, and whether anything in it is not saved."""

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.training.setup import Setup
from nn_desktop.training.snapshot import Snapshot

LITTLE_TRAINING = 30.0
"""Seconds of training that nobody misses, as long as nothing else was done: the seed brings them back."""


class ProjectState(QObject):
    """Follows the document and the training.

    Signals
    -------
    changed()
        The file is another one, or whether all is saved.
    """

    changed = Signal()

    def __init__(self, document: Document, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._trainer = trainer
        self._path: Path | None = None
        self._name = self.tr("untitled")
        self._saved_updates = trainer.snapshot.updates
        self._saved_notes = document.notes
        self._is_copy = False
        self._trained_seconds = 0.0
        self._began: float | None = None
        self._was_modified = False
        self._expected: Setup | None = None
        document.undo_stack.cleanChanged.connect(self._look)
        document.undo_stack.indexChanged.connect(self._look)
        document.notes_changed.connect(self._look)
        trainer.newest_changed.connect(self._on_newest_changed)
        trainer.failed.connect(self._on_training_failed)
        trainer.running_changed.connect(self._on_running_changed)

    @property
    def path(self) -> Path | None:
        """The file, if there is one yet."""
        return self._path

    @property
    def name(self) -> str:
        """What the project is called."""
        return self._name

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost without saving."""
        is_edited = not self._document.history.is_clean or self._document.notes != self._saved_notes
        return self._is_copy or is_edited or (self._is_trained and self._is_training_worth_a_question)

    @property
    def mark(self) -> tuple[object, ...]:
        """What is another value whenever there is something new to save."""
        document, snapshot = self._document, self._trainer.snapshot
        step = document.undo_stack.index(), document.undo_stack.undoText()
        whole = document.setup, document.layout, document.notes, document.future_runs
        return (*step, snapshot.updates, snapshot.setup, *whole)

    def count_as_saved(self) -> None:
        """Count only changes from now on as not saved."""
        self._document.undo_stack.setClean()
        self._saved_notes = self._document.notes
        self._look()

    def count_as_unsaved(self) -> None:
        """Take back that all is saved: it could not be, or its file is another one."""
        self._document.undo_stack.resetClean()
        self._look()

    def take_over(self, path: Path | None, name: str, updates: int) -> None:
        """Note down what is now in a file, or begins anew without one.

        Parameters
        ----------
        path
            The file, or None.
        updates
            Those that what is saved was trained with.
        """
        # Absolute: recovered work knows it too, in a program that was started in another folder.
        self._path = None if path is None else path.absolute()
        self._name, self._saved_updates = name, updates
        self._is_copy, self._trained_seconds = False, 0.0
        self._began = time.monotonic() if self._trainer.is_running else None
        self._tell()

    def become_copy(self) -> None:
        """Go on as a copy that is saved nowhere yet."""
        self._path, self._name = None, self.tr("{name} copy").format(name=self._name)
        self._is_copy = True
        self._tell()

    def detach(self, path: Path | None, name: str) -> None:
        """Hold something that is in no file, or in one that may hold an older state."""
        self.take_over(path, name, -1)
        self._is_copy = True
        self._tell()

    def expect(self, setup: Setup) -> None:
        """Wait for the training to take over what was opened; if it cannot, that belongs to no file.

        The file would be overwritten with something else.
        """
        self._expected = setup

    @property
    def _is_trained(self) -> bool:
        return self._trainer.snapshot.updates != self._saved_updates

    @property
    def _is_training_worth_a_question(self) -> bool:
        running = 0.0 if self._began is None else time.monotonic() - self._began
        return self._path is not None or self._trained_seconds + running > LITTLE_TRAINING

    @Slot(bool)
    def _on_running_changed(self, running: bool) -> None:
        if self._began is not None:
            self._trained_seconds += time.monotonic() - self._began
        self._began = time.monotonic() if running else None
        self._look()

    @Slot(object)
    def _on_newest_changed(self, snapshot: Snapshot) -> None:
        if snapshot.setup == self._expected:
            self._expected = None
        self._look()

    @Slot(str)
    def _on_training_failed(self) -> None:
        if self._expected is not None and self._document.setup != self._expected:
            self.detach(None, self.tr("untitled"))
        self._expected = None

    @Slot()
    def _look(self) -> None:
        if self.is_modified != self._was_modified:
            self._tell()

    def _tell(self) -> None:
        self._was_modified = self.is_modified
        self.changed.emit()
