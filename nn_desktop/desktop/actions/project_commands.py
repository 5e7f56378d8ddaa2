"""What the actions of project files do. The methods have the names of the rows in `action_rows.ROWS`."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nn_desktop.data.functions import SINE
from nn_desktop.desktop.actions.commands import Commands, Parts
from nn_desktop.desktop.dialogs.dialogs import Unsaved
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.project.autosave import Work
from nn_desktop.desktop.project.background import Background
from nn_desktop.desktop.project.project_state import ProjectState
from nn_desktop.desktop.project.recent_files import RecentFiles
from nn_desktop.drawing.placement import Layout
from nn_desktop.errors import UserError
from nn_desktop.files.project.project import BACKUP_SUFFIX, SUFFIX, OpenedProject, Panel, Project, is_project
from nn_desktop.files.project.recovery import About, KeptWork, Recovered, left_behind
from nn_desktop.files.project.stamps import NEVER, Stamp, stamp_of
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.texts import shown
from nn_desktop.training.checkpoints import Checkpoint, Snapshot
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup, make_setup

T = TypeVar("T")
LOOK_MILLISECONDS = 20
MOMENT_SECONDS = 0.5
"""So long the training may take to tell its moment before an older one is kept against a crash."""
END_SECONDS = 0.3
"""So long, when the program is asked to end, it may take to tell the moment that is to be saved."""


def example() -> Setup:
    """Return what a new project begins with: a sine, and two hidden layers that learn it at once."""
    return make_setup(SINE.default_settings, parse_layers("1-8-8-1"), Activation.TANH)


class ProjectCommands(QObject):
    """New, open, save, and links.

    Parameters
    ----------
    parts
        What they act on.
    commands
        Open files of other formats.
    state
        Which file the document belongs to.
    read_panels
        Returns where the window's panels are.
    window
        Parent of dialogs.

    Attributes
    ----------
    background
        Writes projects, one after the other: into their files, and into where they are kept against a crash.
    kept_work
        What is kept against a crash, until it is saved.

    Signals
    -------
    panels_opened(tuple)
        A project was opened whose panels were at these places.
    risk_taken()
        Something is about to replace what there is: it should be kept against a crash.
    saved(str)
        The project is written, in words.
    recovered(Recovered)
        Work that was left behind is open; when it is kept anew, its folder can go.
    """

    panels_opened = Signal(object)
    risk_taken = Signal()
    saved = Signal(str)
    recovered = Signal(object)

    def __init__(
        self,
        parts: Parts,
        commands: Commands,
        state: ProjectState,
        read_panels: Callable[[], tuple[Panel, ...]],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._parts = parts
        self._commands = commands
        self._state = state
        self._read_panels = read_panels
        self._window = window
        self._saves_under_way = 0
        self._after_saving: list[Callable[[], object]] = []
        self._checkpoints_to_save: list[Future[Checkpoint]] = []
        self._arrival: Future[bool] | None = None
        self.kept_work = KeptWork()
        self._expected: Setup | None = None
        self._damaged: Path | None = None
        self._recovery_root: Path | None = None
        parts.trainer.failed.connect(self._on_training_failed)
        parts.trainer.snapshot_changed.connect(self._on_snapshot_changed)
        parts.document.replaced.connect(self._on_replaced)
        self.recent = RecentFiles(parts.settings)
        self.background = Background(self)

    def read_about(self) -> About:
        """Return what the project is called, and its file as it was seen last."""
        path = self._state.path
        return About(self._state.name, path, None if path is None else self.recent.stamp(path))

    def find_work_in(self, root: Path) -> None:
        """Offer, where a file is damaged, what programs that are no more have kept of it in this folder."""
        self._recovery_root = root

    def read_project(self) -> Callable[[], Project]:
        """Return what makes the project of this moment, in another thread than the window's."""
        return self._reader_of(self._parts.trainer.post(_finite_checkpoint))

    def read_work(self) -> Callable[[], Work | None]:
        """Return what does the same, but takes an earlier moment of the project where this one takes long."""
        trainer = self._parts.trainer
        checkpoint = trainer.post(_finite_checkpoint)
        take_checkpoint = partial(_checkpoint_soon, checkpoint, trainer, self._arrival)
        return partial(_make_work, take_checkpoint, self._project_maker())

    def _reader_of(self, checkpoint: "Future[Checkpoint]") -> Callable[[], Project]:
        make_project = self._project_maker()
        return lambda: make_project(checkpoint.result())

    def _project_maker(self) -> Callable[[Checkpoint], Project]:
        document = self._parts.document
        return partial(_make_project, document.layout, document.notes, self._read_panels())

    @Slot()
    def new_project(self) -> None:
        """Begin anew with the example."""
        self.leave(self._begin_anew)

    @Slot()
    def open(self) -> None:
        """Ask for a project, or a network of another format, and open it."""
        path = self._parts.dialogs.ask_open_path(
            self._window, self.tr("Open"), self._parts.last_folder.path, _open_filters(self)
        )
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Open a project, or import a network of another format."""
        if is_project(path.name):
            self._open_project(path)
        else:
            self._when_saved(partial(self._import, path))

    @Slot()
    def save(self) -> None:
        """Save the project in its file, or ask for one."""
        self._save(lambda: None)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and save the project there."""
        self._save_as(lambda: None)

    @Slot()
    def revert(self) -> None:
        """Go back to what was saved; that can be undone."""
        path = self._state.path
        if path is None:
            self._parts.message_bar.warn(
                self.tr("There is nothing to go back to: the project was not saved yet.")
            )
            return
        self._when_saved(partial(self._revert, path))

    @Slot()
    def duplicate_project(self) -> None:
        """Go on with a copy; the file stays as it was saved last."""
        self._when_saved(self._duplicate)

    def _duplicate(self) -> None:
        self._state.become_copy()
        said = self.tr("This is “{name}” now, not saved yet; the file it was made from stays as it is.")
        self._parts.message_bar.inform(said.format(name=shown(self._state.name)))

    @Slot()
    def copy_link(self) -> None:
        """Copy the setup as a link."""
        self._copy_link(self._parts.document.setup, None)

    @Slot()
    def copy_link_with_weights(self) -> None:
        """Copy the setup and the weights of this moment as a link."""
        self._parts.document.with_snapshot(
            lambda checkpoint: self._copy_link(checkpoint.setup, checkpoint.parameters)
        )

    def open_shared(self, text: str) -> None:
        """Open a link; that can be undone."""
        from nn_desktop.files.share.links import read_shared

        try:
            shared = read_shared(text)
            checkpoint = Session(shared.setup, shared.parameters, self._parts.memory).checkpoint()
        except UserError as error:
            self._parts.message_bar.warn(str(error))
            return
        self._when_saved(partial(self._adopt_shared, checkpoint, shared.remarks))

    @property
    def is_saving(self) -> bool:
        """Whether the project is being written."""
        return self._saves_under_way > 0

    def _when_saved(self, then: Callable[[], object]) -> None:
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
            self._when_saved(partial(self.leave, then))
        elif not self._state.is_modified:
            then()
        else:
            answer = self._parts.dialogs.ask_unsaved(self._window, self._state.name)
            if answer is Unsaved.SAVE:
                self._parts.trainer.pause()
                self._save(partial(self._leave_when_shown, then))
            elif answer is Unsaved.DISCARD:
                then()

    def _leave_when_shown(self, then: Callable[[], object]) -> None:
        """Leave as soon as the moment that was saved is seen; something may have been changed meanwhile."""
        if self._parts.trainer.is_busy and not self._parts.trainer.is_running:
            QTimer.singleShot(LOOK_MILLISECONDS, self, partial(self._leave_when_shown, then))
        else:
            self.leave(then)

    def recover(self, recovered: Recovered) -> None:
        """Open work that was left behind; its folder goes when the work is kept anew."""
        self._when_saved(partial(self._recover, recovered))

    def _recover(self, recovered: Recovered) -> None:
        from nn_desktop.files.project.project_file import open_project

        try:
            opened = open_project(recovered.work)
        except UserError as error:
            self._parts.message_bar.warn(str(error))
            recovered.folder.release()
            return
        self._adopt(opened.project, self.tr("recover"))
        path = recovered.about.path
        self._state.detach(path, recovered.about.name)
        if path is not None:
            self.recent.expect(path, NEVER if recovered.is_overtaken else stamp_of(path))
        self.recovered.emit(recovered)
        said = self.tr("This is “{name}” as it was on {time}. Save it to keep it.")
        time = recovered.time.strftime("%Y-%m-%d %H:%M:%S")
        sentences = [said.format(name=shown(recovered.about.name), time=time), *opened.remarks]
        if recovered.is_overtaken:
            sentences.append(
                self.tr("Its file was saved after that and may hold later work: saving asks first.")
            )
        tell = self._parts.message_bar.warn if opened.damage else self._parts.message_bar.inform
        tell(" ".join(sentences))

    def close(self) -> None:
        """Begin to write nothing more."""
        self.background.close()

    def save_soon_or_never(self) -> None:
        """Give up saving what the training does not tell in time: the program is asked to end."""
        wait(self._checkpoints_to_save, END_SECONDS)
        for checkpoint in self._checkpoints_to_save:
            checkpoint.cancel()

    def finish(self) -> None:
        """Wait until all is written that was to be."""
        self.background.finish()

    def _import(self, path: Path) -> None:
        self.risk_taken.emit()
        if self._commands.import_network(path):
            self._state.detach(None, path.stem)

    def _adopt_shared(self, checkpoint: Checkpoint, remarks: tuple[str, ...]) -> None:
        self.risk_taken.emit()
        self._parts.trainer.pause()
        self._parts.document.go_to(self.tr("open link"), checkpoint, notes="")
        self._state.detach(None, self.tr("untitled"))
        self._parts.message_bar.inform(" ".join((self.tr("Opened the link."), *remarks)))

    def _begin_anew(self) -> None:
        self.risk_taken.emit()
        session = Session(example(), memory=self._parts.memory)
        self._adopt(Project(session.checkpoint()), self.tr("new project"))
        self._state.take_over(None, self.tr("untitled"), 0)

    def _open_project(self, path: Path) -> None:
        from nn_desktop.files.project.project_file import open_project

        try:
            opened = open_project(path)
        except UserError as error:
            self._warn_of_damage(path, str(error))
            self.recent.forget_if_gone(path)
            return
        self.leave(partial(self._adopt_after_leaving, path, opened, stamp_of(path)))

    def _adopt_after_leaving(self, path: Path, opened: OpenedProject, stamp: Stamp | None) -> None:
        """Open what was read, or the file as it is now if it was saved in order to leave."""
        if _is_backup(path) or stamp_of(path) == stamp:
            self._adopt_opened(path, opened)  # a backup may be another one now: this one was asked for
        else:
            self._open_project(path)

    def _adopt_opened(self, path: Path, opened: OpenedProject) -> None:
        self.risk_taken.emit()
        self._adopt(opened.project, self.tr("open project"))
        self._parts.last_folder.remember(path)
        if _is_backup(path):
            self._state.detach(None, path.name.split(".")[0])
        else:
            self._state.take_over(path, path.stem, opened.project.checkpoint.updates)
            self.recent.add(path)
        self._tell_opened(path, opened, self.tr("Opened {name}.").format(name=shown(path.name)))

    def _tell_opened(self, path: Path, opened: OpenedProject, said: str) -> None:
        """Say what was opened; if parts of it were left out, its file is not replaced without a question."""
        self._damaged = path.absolute() if opened.damage else None
        text = " ".join((said, *opened.remarks))
        if opened.damage:
            self._warn_of_damage(path, text)
        else:
            self._parts.message_bar.inform(text)

    def _warn_of_damage(self, path: Path, text: str) -> None:
        """Warn, and offer what else there is of a file: what was kept against a crash, the version before."""
        from nn_desktop.files.project.project_file import backup_of

        answers: list[tuple[str, Callable[[], object]]] = []
        kept = self._find_work(path)
        if kept is not None:
            kept.folder.release()
            time = kept.time.strftime("%Y-%m-%d %H:%M")
            answer = self.tr("Open work kept on {time}").format(time=time)
            answers.append((answer, partial(self._recover_work_of, path)))
        if backup_of(path).is_file():
            answers.append((self.tr("Open version before"), partial(self.open_file, backup_of(path))))
        if answers:
            self._parts.message_bar.ask(text, *answers[0], *answers[1:])
        else:
            self._parts.message_bar.warn(text)

    def _recover_work_of(self, path: Path) -> None:
        self.leave(partial(self._find_and_recover, path))

    def _find_and_recover(self, path: Path) -> None:
        recovered = self._find_work(path)
        if recovered is not None:
            self.recover(recovered)
        else:
            said = self.tr("The work kept of {name} is gone: another window has opened or deleted it.")
            self._parts.message_bar.warn(said.format(name=shown(path.name)))

    def _find_work(self, path: Path) -> Recovered | None:
        """Return the newest work that was left behind of a file; its folder is held."""
        found = [] if self._recovery_root is None else left_behind(self._recovery_root)
        newest = next((each for each in found if each.about.path == path.absolute()), None)
        for each in found:
            if each is not newest:
                each.folder.release()
        return newest

    def _adopt(self, project: Project, text: str) -> None:
        """Take over a project, with an undo stack of its own."""
        document = self._parts.document
        self._parts.trainer.pause()
        document.go_to(text, project.checkpoint, project.layout, project.notes)
        document.undo_stack.clear()
        self._state.count_as_saved()
        self._expected = project.checkpoint.setup
        if project.panels:
            self.panels_opened.emit(project.panels)

    def _revert(self, path: Path) -> None:
        from nn_desktop.files.project.project_file import open_project

        try:
            opened = open_project(path)
        except UserError as error:
            self._warn_of_damage(path, str(error))
            return
        project = opened.project
        self.risk_taken.emit()
        self._parts.trainer.pause()
        self._parts.document.go_to(self.tr("revert"), project.checkpoint, project.layout, project.notes)
        self._state.count_as_saved()
        self._state.take_over(path, path.stem, project.checkpoint.updates)
        said = self.tr("This is {name} as it was saved last. Ctrl+Z takes that back.")
        self._tell_opened(path, opened, said.format(name=shown(path.name)))

    def _save(self, then: Callable[[], object]) -> None:
        path = self._state.path
        if path is None:
            self._save_as(then)
        elif path == self._damaged:
            question = self.tr(
                "{name} was damaged when it was opened, and parts of it were left out. Saving replaces it; "
                "it becomes the backup, in place of the one before. Ctrl+Shift+S saves in another file and "
                "keeps both."
            )
            self._ask_to_save(question, path, then)
        elif self.recent.was_changed_elsewhere(path):
            question = self.tr(
                "Another program has changed {name} since it was opened or saved here. Saving replaces that "
                "version, which becomes its backup; Ctrl+Shift+S saves in another file and keeps both."
            )
            self._ask_to_save(question, path, then)
        else:
            self._write(path, then)

    def _ask_to_save(self, question: str, path: Path, then: Callable[[], object]) -> None:
        write = partial(self._write, path, then)
        self._parts.message_bar.ask(question.format(name=shown(path.name)), self.tr("Save anyway"), write)

    def _save_as(self, then: Callable[[], object]) -> None:
        from nn_desktop.desktop.export.exporting import as_stem

        start = self._parts.last_folder.path / f"{as_stem(self._state.name)}{SUFFIX}"
        filters = [self.tr("Projects ({suffixes})").format(suffixes=f"*{SUFFIX}")]
        path = self._parts.dialogs.ask_save_path(self._window, self.tr("Save project"), start, filters)
        if path is not None:
            if not path.name.lower().endswith(SUFFIX):
                path = path.with_name(path.name + SUFFIX)
            self._write(path, then)

    def _write(self, path: Path, then: Callable[[], object]) -> None:
        checkpoint = self._parts.trainer.post(_finite_checkpoint)
        self._checkpoints_to_save = [each for each in self._checkpoints_to_save if not each.done()] + [
            checkpoint
        ]
        self._state.count_as_saved()
        work = partial(_write, self._reader_of(checkpoint), path, self.kept_work)
        self._after_saving.append(then)
        self._saves_under_way += 1
        self.background.run(work, partial(self._on_saved, path), self._on_failed)

    def _on_saved(self, path: Path, written: tuple[int, tuple[str, ...]]) -> None:
        updates, remarks = written
        self._saves_under_way -= 1
        self._state.take_over(path, path.stem, updates)
        self._damaged = None
        self._parts.last_folder.remember(path)
        self.recent.add(path)
        self.saved.emit(self.tr("Saved {name}.").format(name=shown(path.name)))
        if remarks:
            self._parts.message_bar.warn(" ".join(remarks))
        if self.is_saving:  # it would be taken for saved in the file that is being written
            return
        after, self._after_saving = self._after_saving, []
        for then in after:
            then()

    @Slot()
    def _on_replaced(self) -> None:
        """Know when the training has arrived at another project: until then it is at the one before."""
        self._arrival = self._parts.trainer.post(partial(_has_setup, self._parts.document.setup))

    @Slot(str)
    def _on_training_failed(self) -> None:
        """Belong to no file if the training could not take over what was opened: it would be overwritten."""
        if self._expected is not None and self._parts.document.setup != self._expected:
            self._state.detach(None, self.tr("untitled"))
        self._expected = None
        self._arrival = None  # it does not arrive any more

    @Slot(object)
    def _on_snapshot_changed(self, snapshot: Snapshot) -> None:
        if snapshot.setup == self._expected:
            self._expected = None

    def _on_failed(self, error: UserError) -> None:
        self._saves_under_way -= 1
        self._state.give_up()
        self._after_saving = []  # nobody leaves what could not be saved
        self._parts.message_bar.ask(str(error), self.tr("Save as…"), self.save_as)

    def _copy_link(self, setup: Setup, parameters: Parameters | None) -> None:
        from nn_desktop.files.share.links import to_link

        try:
            link = to_link(setup, parameters)
        except UserError as error:
            self._parts.message_bar.warn(str(error))
            return
        QGuiApplication.clipboard().setText(link)
        said = self.tr("Copied a link of {count} characters. Paste it into a message; here Ctrl+V opens one.")
        self._parts.message_bar.inform(said.format(count=len(link)))


def _open_filters(commands: QObject) -> list[str]:
    from nn_desktop.files.imports.importers import IMPORTERS

    projects = [f"*{SUFFIX}", f"*{SUFFIX}{BACKUP_SUFFIX}"]
    others = [f"*{importer.suffix}" for importer in IMPORTERS]
    return [
        commands.tr("Projects and networks ({suffixes})").format(suffixes=" ".join((*projects, *others))),
        commands.tr("Projects ({suffixes})").format(suffixes=" ".join(projects)),
        *(f"{importer.title} (*{importer.suffix})" for importer in IMPORTERS),
    ]


def _is_backup(path: Path) -> bool:
    return path.name.lower().endswith(BACKUP_SUFFIX)


def _make_project(layout: Layout, notes: str, panels: tuple[Panel, ...], checkpoint: Checkpoint) -> Project:
    # The training may have refused the newest edit, and has another network than the drawing then.
    return Project(checkpoint, layout.within(checkpoint.setup.topology), notes, panels)


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
    """Wait a little for a moment; else take the safe one. Either must be of the project that is arrived at.

    Returns
    -------
    tuple or None
        The moment, and whether it is the one that was waited for; None if the training is at another project.
    """
    with suppress(TimeoutError, CancelledError):
        checkpoint.result(MOMENT_SECONDS)
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
    """Return the present moment, or the last finite one if the run has diverged without its being noticed."""
    session.ensure_finite()
    return session.checkpoint()


def _write(
    make_project: Callable[[], Project], path: Path, kept_work: KeptWork
) -> tuple[int, tuple[str, ...]]:
    """Write a project; return the updates that had been done at its moment, and what is to be said."""
    project = make_project()
    return project.checkpoint.updates, kept_work.save(project, path)
