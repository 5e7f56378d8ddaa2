"""The runs of the document: what is filed is known when the worker has told its last checkpoint."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from weakref import WeakSet

from PySide6.QtCore import QObject, Signal, Slot

from nn_desktop.desktop.document.session_move import FutureCheckpoint, is_there
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.errors import UserError
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.runs import Filed, Runs

FutureRuns = Future[Filed]
"""Runs that are there as soon as the worker has left the run that is filed. Nobody in the window waits."""
FileRun = Callable[[Runs, Checkpoint], Filed]
"""Files the run whose last checkpoint it is."""
EditRuns = Callable[[Runs], Runs]
log = logging.getLogger(__name__)


class RunFiling(QObject):
    """The runs that the document has now, and tells when they are others.

    Attributes
    ----------
    future
        The newest ones, which may not be there yet.

    Signals
    -------
    changed(Runs)
        Others are known.
    forgotten(str)
        Some runs were left out, and why.
    """

    changed = Signal(object)
    forgotten = Signal(str)

    def __init__(self, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self.future = known(Runs())
        self._shown = self.future.result().runs
        self._told: WeakSet[Filed] = WeakSet()
        trainer.newest_changed.connect(self._look)
        trainer.failed.connect(self._look)

    @property
    def runs(self) -> Runs:
        """The newest ones that are there."""
        return self.future.result().runs if self.future.done() else self._shown

    def adopt(self, future: FutureRuns) -> None:
        """Take other runs, those of a step that was done or undone."""
        self.future = future
        self._look()

    @Slot()
    def _look(self) -> None:
        if not self.future.done() or self.future.result().runs is self._shown:
            return
        filed = self.future.result()
        self._shown = filed.runs
        if filed.sentence and filed not in self._told:  # which undo and redo come back to
            self._told.add(filed)
            self.forgotten.emit(filed.sentence)
        self.changed.emit(filed.runs)


def known(runs: Runs) -> FutureRuns:
    """Return runs that are there already."""
    future: FutureRuns = Future()
    future.set_result(Filed(runs=runs))
    return future


def filed(before: FutureRuns, left: FutureCheckpoint, file_run: FileRun) -> FutureRuns:
    """Return what runs become when the worker has left one, or the same ones if it could not leave it."""
    after: FutureRuns = Future()

    def file(left: FutureCheckpoint) -> None:
        runs = before.result().runs
        is_left = is_there(left)
        after.set_result(_done(runs, lambda: file_run(runs, left.result()) if is_left else Filed(runs=runs)))

    before.add_done_callback(lambda _: left.add_done_callback(file))
    return after


def edited(before: FutureRuns, edit: EditRuns) -> FutureRuns:
    """Return what runs become by an edit, as soon as they are there; the same ones if it cannot be."""
    after: FutureRuns = Future()

    def do(before: FutureRuns) -> None:
        runs = before.result().runs
        after.set_result(_done(runs, lambda: Filed(runs=edit(runs))))

    before.add_done_callback(do)
    return after


def _done(before: Runs, do: Callable[[], Filed]) -> Filed:
    """Return what comes of it, or what was before: all that comes later waits for one of them."""
    try:
        return do()
    except UserError:
        return Filed(runs=before)
    except Exception:
        log.exception("A run could not be filed")
        return Filed(runs=before)
