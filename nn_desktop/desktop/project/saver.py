"""Saves the project, and asks before one is left that is not saved."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.background import Background
from nn_desktop.desktop.dialogs.dialogs import Dialogs, Unsaved
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.project.project_state import ProjectState
from nn_desktop.desktop.project.reader import ProjectReader
from nn_desktop.desktop.project.recent_files import RecentFiles
from nn_desktop.errors import UserError
from nn_desktop.files.project.about import About
from nn_desktop.files.project.project import SUFFIX, Project
from nn_desktop.files.project.recovery import KeptWork
from nn_desktop.files.project.stamps import Stamp, stamp_of
from nn_desktop.texts import shown_file
from nn_desktop.training.checkpoints import Checkpoint

LOOK_MILLISECONDS = 20
END_SECONDS = 0.3
"""So long, when the program is asked to end, it may take to make the checkpoint that is to be saved."""


class ProjectSaver(QObject):
    """Writes the project into its file, in another thread than the window's.

    Parameters
    ----------
    trainer
        Pauses where somebody saves in order to leave.

    Attributes
    ----------
    background
        Writes projects, one after the other: into their files, and into where they are kept against a crash.
    kept_work
        What is kept against a crash, until it is saved.
    damaged
        The file that was opened with parts left out: it is not replaced without a question.

    Signals
    -------
    saved(str)
        The project is written; says where.
    """

    saved = Signal(str)

    def __init__(
        self,
        reader: ProjectReader,
        trainer: Trainer,
        state: ProjectState,
        recent: RecentFiles,
        dialogs: Dialogs,
        last_folder: LastFolder,
        message_bar: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._reader = reader
        self._trainer = trainer
        self.state = state
        self._recent = recent
        self._dialogs = dialogs
        self._last_folder = last_folder
        self._message_bar = message_bar
        self._window = window
        self._saves_under_way = 0
        self._after_saving: list[Callable[[], object]] = []
        self._checkpoints_to_save: list[Future[Checkpoint]] = []
        self.damaged: Path | None = None
        self.kept_work = KeptWork()
        self.background = Background(self)

    @property
    def is_saving(self) -> bool:
        """Whether the project is being written."""
        return self._saves_under_way > 0

    def read_about(self) -> About:
        """Return what the project is called, and its file as it was seen last."""
        path = self.state.path
        return About(self.state.name, path, None if path is None else self._recent.stamp(path))

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save the project in its file, or ask for one; go on when it is written."""
        path = self.state.path
        if path is None:
            self.save_as(then)
        elif path == self.damaged:
            question = self.tr(
                "{name} was damaged when it was opened, and parts of it were left out. Saving replaces it; "
                "it becomes the backup, in place of the one before. Ctrl+Shift+S saves in another file and "
                "keeps both."
            )
            self._ask_to_save(question, path, then)
        elif self._recent.was_changed_elsewhere(path):
            question = self.tr(
                "Another program has changed {name} since it was opened or saved here. Saving replaces that "
                "version, which becomes its backup; Ctrl+Shift+S saves in another file and keeps both."
            )
            self._ask_to_save(question, path, then)
        else:
            self._write(path, then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Ask for a file and save the project there; go on when it is written."""
        from nn_desktop.desktop.export.exporting import as_stem

        start = self._last_folder.path / f"{as_stem(self.state.name)}{SUFFIX}"
        filters = [self.tr("Projects ({suffixes})").format(suffixes=f"*{SUFFIX}")]
        path = self._dialogs.ask_save_path(self._window, self.tr("Save project"), start, filters)
        if path is not None:
            if not path.name.lower().endswith(SUFFIX):
                path = path.with_name(path.name + SUFFIX)
            self._write(path, then)

    def when_saved(self, then: Callable[[], object]) -> None:
        """Do something now, or when that is written which is being written: it is still the same one then."""
        if self.is_saving:
            self._after_saving.append(then)
        else:
            then()

    def leave(self, then: Callable[[], object]) -> None:
        """Ask once whether to save what is not saved, and go on unless the answer is to stay.

        What is being written is waited for. Who saves in order to leave trains no further meanwhile.
        """
        if self.is_saving:
            self.when_saved(partial(self.leave, then))
        elif not self.state.is_modified:
            then()
        else:
            answer = self._dialogs.ask_unsaved(self._window, self.state.name)
            if answer is Unsaved.SAVE:
                self._trainer.pause()
                self.save(partial(self._leave_when_shown, then))
            elif answer is Unsaved.DISCARD:
                then()

    def save_soon_or_never(self) -> None:
        """Give up saving what the training does not tell in time: the program is asked to end."""
        wait(self._checkpoints_to_save, END_SECONDS)
        for checkpoint in self._checkpoints_to_save:
            checkpoint.cancel()

    def close(self) -> None:
        """Begin to write nothing more."""
        self.background.close()

    def finish(self) -> None:
        """Wait until all is written that was to be."""
        self.background.finish()

    def _leave_when_shown(self, then: Callable[[], object]) -> None:
        """Leave as soon as what was saved is shown; something may have been changed meanwhile."""
        if self._trainer.is_busy and not self._trainer.is_running:
            QTimer.singleShot(LOOK_MILLISECONDS, self, partial(self._leave_when_shown, then))
        else:
            self.leave(then)

    def _ask_to_save(self, question: str, path: Path, then: Callable[[], object] | None) -> None:
        """Ask; Enter answers with what replaces nothing."""
        self._message_bar.ask(
            question.format(name=shown_file(path.name)),
            self.tr("Save as…"),
            partial(self.save_as, then),
            (self.tr("Save anyway"), partial(self._write, path, then)),
        )

    def _write(self, path: Path, then: Callable[[], object] | None) -> None:
        checkpoint = self._reader.post_checkpoint()
        still_awaited = [each for each in self._checkpoints_to_save if not each.done()]
        self._checkpoints_to_save = [*still_awaited, checkpoint]
        is_in_a_file = not self.state.is_modified and path != self.state.path
        self.state.count_as_saved()
        work = partial(_write, self._reader.read_project(checkpoint), path, self.kept_work)
        if then is not None:
            self._after_saving.append(then)
        self._saves_under_way += 1
        self.background.run(work, partial(self._on_saved, path), partial(self._on_failed, is_in_a_file))

    def _on_saved(self, path: Path, written: "_Written") -> None:
        updates, remarks, stamp = written
        self._saves_under_way -= 1
        self.state.take_over(path, path.stem, updates)
        self.damaged = None
        self.saved.emit(self.tr("Saved {name}.").format(name=shown_file(path.name)))
        self._last_folder.remember(path)
        self._recent.add(path)
        self._recent.expect(path, stamp)  # another program may have changed it since
        if remarks:
            self._message_bar.warn(" ".join(remarks))
        if self.is_saving:  # it would be taken for saved in the file that is being written
            return
        after, self._after_saving = self._after_saving, []
        for then in after:
            then()

    def _on_failed(self, is_in_a_file: bool, error: UserError) -> None:
        """Say why it could not be saved; what is in the file that it was opened from stays saved there."""
        self._saves_under_way -= 1
        if not is_in_a_file:
            self.state.count_as_unsaved()
        self._after_saving = []  # nobody leaves what could not be saved
        self._message_bar.ask(str(error), self.tr("Save as…"), self.save_as)


_Written = tuple[int, tuple[str, ...], Stamp | None]


def _write(make_project: Callable[[], Project], path: Path, kept_work: KeptWork) -> _Written:
    """Write a project; return the updates it was trained with, what is to be said, and its file's stamp."""
    project = make_project()
    remarks = kept_work.save(project, path)
    return project.checkpoint.updates, remarks, stamp_of(path)
