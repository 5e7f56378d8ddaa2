"""Puts the project of this moment together, in another thread than the window's."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Slot

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.run_filing import FutureRuns
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.drawing.placement import Layout
from nn_desktop.files.project.project import Panel, Project
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.runs import Runs
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup

T = TypeVar("T")
CHECKPOINT_SECONDS = 0.5
"""So long the training may take to tell its checkpoint before an older one is kept against a crash."""


@dataclass(frozen=True, eq=False)
class Work:
    """A project to keep, and whether it is that of the moment it was asked for, or an earlier one."""

    project: Project
    is_of_now: bool


class ProjectReader(QObject):
    """Reads document, training and panels into a `Project`.

    Parameters
    ----------
    read_panels
        Returns where the window's panels are.
    """

    def __init__(
        self,
        document: Document,
        trainer: Trainer,
        read_panels: Callable[[], tuple[Panel, ...]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._trainer = trainer
        self._read_panels = read_panels
        self._arrival: Future[bool] | None = None
        trainer.failed.connect(self._on_training_failed)
        document.replaced.connect(self._on_replaced)

    def post_checkpoint(self) -> "Future[Checkpoint]":
        """Let the training note down its checkpoint: of now, or the last finite one if it has diverged."""
        return self._trainer.post(_finite_checkpoint)

    def read_project(self, checkpoint: "Future[Checkpoint] | None" = None) -> Callable[[], Project]:
        """Return what makes the project of this moment, in another thread than the window's.

        Parameters
        ----------
        checkpoint
            As `post_checkpoint` returned it; None for a new one.
        """
        checkpoint = checkpoint or self.post_checkpoint()
        make_project = self._project_maker()
        return lambda: make_project(checkpoint.result())

    def read_work(self) -> Callable[[], Work | None]:
        """Return what does the same, but takes an earlier moment of the project where this one takes long."""
        take_checkpoint = partial(_checkpoint_soon, self.post_checkpoint(), self._trainer, self._arrival)
        return partial(_make_work, take_checkpoint, self._project_maker())

    def _project_maker(self) -> Callable[[Checkpoint], Project]:
        document = self._document
        runs = partial(_runs_by_now, document.future_runs, document.runs)
        return partial(_make_project, document.layout, document.notes, self._read_panels(), runs)

    @Slot()
    def _on_replaced(self) -> None:
        """Know when the training has arrived at another project: until then it is at the one before."""
        self._arrival = self._trainer.post(partial(_has_setup, self._document.setup))

    @Slot(str)
    def _on_training_failed(self) -> None:
        self._arrival = None  # it does not arrive any more


def _make_project(
    layout: Layout, notes: str, panels: tuple[Panel, ...], runs: Callable[[], Runs], checkpoint: Checkpoint
) -> Project:
    # The training may have refused the newest edit, and has another network than the drawing then.
    return Project(checkpoint, layout.within(checkpoint.setup.topology), notes, panels, runs())


def _runs_by_now(future: FutureRuns, before: Runs) -> Runs:
    """Return the runs that belong to a checkpoint.

    The training has told what is filed before it tells the checkpoint of now. Where an earlier one is taken,
    that may still be of the run that is to be filed.
    """
    return future.result().runs if future.done() else before


def _make_work(
    take_checkpoint: Callable[[], tuple[Checkpoint, bool] | None],
    make_project: Callable[[Checkpoint], Project],
) -> Work | None:
    taken = take_checkpoint()
    if taken is None:
        return None
    checkpoint, is_of_now = taken
    return Work(make_project(checkpoint), is_of_now)


def _checkpoint_soon(
    checkpoint: "Future[Checkpoint]", trainer: Trainer, arrival: "Future[bool] | None"
) -> tuple[Checkpoint, bool] | None:
    """Wait a little for a checkpoint, else take the safe one; it must be of the project that is arrived at.

    Returns
    -------
    tuple or None
        The checkpoint, and whether it is the one that was waited for; None if training is elsewhere.
    """
    with suppress(TimeoutError, CancelledError):
        checkpoint.result(CHECKPOINT_SECONDS)
    has_arrived = arrival is None or (_is_fulfilled(arrival) and arrival.result())
    safe = trainer.safe_checkpoint
    if not has_arrived:
        return None
    if _is_fulfilled(checkpoint):  # else the safe one could be of a project that was opened after it
        return checkpoint.result(), True
    return safe, False


def _is_fulfilled(future: "Future[T]") -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _has_setup(setup: Setup, session: Session) -> bool:
    return session.setup == setup


def _finite_checkpoint(session: Session) -> Checkpoint:
    """Return the checkpoint of now, or the last finite one if the run has diverged unnoticed."""
    session.settle_engine()  # a file does not know what was left open
    session.ensure_finite()
    return session.checkpoint()
