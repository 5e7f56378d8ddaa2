"""Keeps the work of a training on the command line against a crash, as the window does."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from nn_desktop.cli.console import say
from nn_desktop.cli.files import say_all
from nn_desktop.errors import UserError
from nn_desktop.files.project.about import About
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.recovery import INTERVAL_SECONDS, KeptWork
from nn_desktop.files.project.stamps import stamp_of
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.session import Session


class WorkKeeper:
    """Keeps a session that belongs to a project file, and saves it in the end.

    What is kept is offered by the window at its next start, unless it has been saved before.

    Parameters
    ----------
    session
        What is trained.
    project
        What else is in the project; None for a new one.
    path
        Its file; None if nothing is saved, and so nothing is kept either.
    root
        Where programs have their folders.
    ensure_finite
        Sees to it that the session is at a finite moment.
    interval_seconds
        Between two times that it is kept.
    """

    def __init__(
        self,
        session: Session,
        project: Project | None,
        path: Path | None,
        root: Path,
        ensure_finite: Callable[[], object],
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        self._session = session
        self._project = project
        self._path = path
        self._root = root
        self._ensure_finite = ensure_finite
        self._interval = interval_seconds
        self._kept_at = time.monotonic()
        self._seen = None if path is None else stamp_of(path)
        self._kept_work = KeptWork()
        self._has_complained = False

    def keep_if_due(self) -> None:
        """Keep the work of this moment if the last time is long ago. A failure is said once."""
        if self._path is not None and time.monotonic() - self._kept_at >= self._interval:
            self._ensure_finite()  # what has grown beyond all numbers could not be read again
            self._keep(self._session.checkpoint(), self._path)
            self._kept_at = time.monotonic()

    def save(self, checkpoint: Checkpoint) -> bool:
        """Save the project as of a finite moment, and keep it no longer; return whether that could be done.

        A failure is said.
        """
        if self._path is None:
            return True
        project = self._project_of(checkpoint)
        try:
            say_all(self._kept_work.save(project, self._path))
        except UserError as error:
            say(str(error))
            if self._keep(checkpoint, self._path):
                self._kept_work.release()
                say("What was trained is kept all the same: the window offers it when it is opened next.")
            return False
        self.close()
        return True

    def close(self) -> None:
        """Keep nothing any more."""
        self._kept_work.remove()

    def _keep(self, checkpoint: Checkpoint, path: Path) -> bool:
        try:
            folder = self._kept_work.open_folder(self._root)
            folder.keep(self._project_of(checkpoint), About(path.stem, path.absolute(), self._seen))
        except UserError as error:
            if not self._has_complained:
                self._has_complained = True
                say(str(error))
            return False
        return True

    def _project_of(self, checkpoint: Checkpoint) -> Project:
        return Project(checkpoint) if self._project is None else replace(self._project, checkpoint=checkpoint)
