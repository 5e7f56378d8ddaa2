"""Opens projects, networks of other formats, links, and work that was left behind."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from nn_desktop.data.functions import SINE
from nn_desktop.data.source import DataSettings
from nn_desktop.desktop.background import Background
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.project.project_state import ProjectState
from nn_desktop.desktop.project.recent_files import RecentFiles
from nn_desktop.desktop.project.saver import LOOK_MILLISECONDS, ProjectSaver
from nn_desktop.errors import UserError
from nn_desktop.files.places import is_file, local_name
from nn_desktop.files.project.project import BACKUP_SUFFIX, OpenedProject, Project
from nn_desktop.files.project.recovery import Recovered, left_behind
from nn_desktop.files.project.stamps import NEVER, Stamp, stamp_of
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.texts import shown, shown_file
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.runs import Runs
from nn_desktop.training.setup import Setup, make_setup

if TYPE_CHECKING:
    from nn_desktop.files.imports.adoption import Adopted
    from nn_desktop.files.opening import Reader

T = TypeVar("T")


def example() -> Setup:
    """Return what a new project begins with: a sine, and two hidden layers that learn it at once."""
    return make_setup(SINE.default_settings, parse_layers("1-8-8-1"), Activation.TANH)


class ProjectOpener(QObject):
    """Puts something else in the place of what there is, and loses nothing on the way.

    Parameters
    ----------
    document
        That takes over what is opened.
    state
        Which file the document belongs to.
    saver
        Saves what is left, if that is wanted.
    recent
        The files that were used last.
    dialogs, last_folder
        Whom to ask for a file, and where to begin.
    message_bar
        Says what was opened, or why it was not.
    window
        Parent of dialogs.

    Signals
    -------
    panels_opened(tuple)
        A project was opened whose panels were at these places.
    risk_taken()
        Something is about to replace what there is: it should be kept against a crash.
    recovered(Recovered)
        Work that was left behind is open; when it is kept anew, its folder can go.
    """

    panels_opened = Signal(object)
    risk_taken = Signal()
    recovered = Signal(object)

    def __init__(
        self,
        document: Document,
        state: ProjectState,
        saver: ProjectSaver,
        recent: RecentFiles,
        dialogs: Dialogs,
        last_folder: LastFolder,
        message_bar: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document = document
        self._state = state
        self._saver = saver
        self._recent = recent
        self._dialogs = dialogs
        self._last_folder = last_folder
        self._message_bar = message_bar
        self._window = window
        self._recovery_root: Path | None = None
        self._awaited: object | None = None
        self._background, self._waiting = Background(self), False  # what hangs in a file holds no saving up

    @property
    def is_busy(self) -> bool:
        """Whether something is being opened."""
        return self._background.is_busy or self._waiting

    def close(self) -> None:
        """Begin to open nothing more."""
        self._background.close()

    def find_work_in(self, root: Path) -> None:
        """Offer, where a file is damaged, what programs that are no more have kept of it in this folder."""
        self._recovery_root = root

    def new_project(self) -> None:
        """Begin anew with the example."""
        self._load(partial(self._document.checkpoint_of, example()), self._leave_for_new)

    def open(self) -> None:
        """Ask for a project, or a network of another format, and open it."""
        path = self._dialogs.ask_open_path(
            self._window, self.tr("Open"), self._last_folder.path, self._open_filters()
        )
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Open a project, or import a network of another format."""
        self.open_source(str(path))

    def open_source(self, source: str) -> None:
        """Open the link that a text holds, which can be undone, or the file that it names."""
        from nn_desktop.files.opening import LINK, PROJECT, find_reader

        source = local_name(source)
        try:
            reader = find_reader(source)
        except UserError as error:
            self._message_bar.warn(str(error))
            return
        if reader is LINK:
            self._open_link(source)
        elif reader is PROJECT:
            self._open_project(Path(source))
        else:
            self._saver.when_saved(partial(self._import, Path(source)))

    def _open_link(self, text: str) -> None:
        from nn_desktop.files.share.links import read_shared

        try:
            shared = read_shared(text)
        except UserError as error:
            self._warn(error)
            return
        load = partial(self._document.checkpoint_of, shared.setup, shared.parameters)
        self._saver.when_saved(partial(self._load, load, partial(self._adopt_shared, shared.remarks)))

    def open_setup(self, text: str, setup: Setup, parameters: Parameters | None, said: str) -> None:
        """Begin anew with a setup, in one step to undo, and say so; the project stays what it is."""
        load = partial(self._document.checkpoint_of, setup, parameters)
        self._saver.when_saved(partial(self._load, load, partial(self._adopt_setup, text, said)))

    def _adopt_setup(self, text: str, said: str, checkpoint: Checkpoint) -> None:
        self.risk_taken.emit()
        self._document.go_to(text, checkpoint)
        self._message_bar.inform(said)

    def revert(self) -> None:
        """Go back to what was saved; that can be undone."""
        path = self._state.path
        if path is None:
            self._message_bar.warn(self.tr("There is nothing to go back to: the project was not saved yet."))
            return
        self._saver.when_saved(partial(self._revert, path))

    def duplicate(self) -> None:
        """Go on with a copy; the file stays as it was saved last."""
        self._saver.when_saved(self._duplicate)

    def recover(self, recovered: Recovered) -> None:
        """Open work that was left behind; its folder goes when the work is kept anew."""
        self._saver.when_saved(partial(self._recover, recovered))

    def _open_filters(self) -> list[str]:
        from nn_desktop.files.opening import NETWORKS, PROJECT

        return [
            self.tr("Projects and networks ({suffixes})").format(suffixes=_pattern(PROJECT, *NETWORKS)),
            self.tr("Projects ({suffixes})").format(suffixes=_pattern(PROJECT)),
            *(f"{reader.title} ({_pattern(reader)})" for reader in NETWORKS),
        ]

    def _duplicate(self) -> None:
        self._state.become_copy()
        said = self.tr("This is “{name}” now, not saved yet; the file it was made from stays as it is.")
        self._message_bar.inform(said.format(name=shown(self._state.name)))

    def _load(
        self,
        load: Callable[[], T],
        then: Callable[[T], object],
        sorry: Callable[[UserError], object] | None = None,
    ) -> None:
        """Read something with its data in another thread; go on here unless something else is asked for."""
        self._awaited = awaited = object()
        self._background.run(
            load,
            partial(self._on_loaded, awaited, then),
            partial(self._on_loaded, awaited, sorry or self._warn),
        )

    def _on_loaded(self, awaited: object, go_on: Callable[[T], object], outcome: T) -> None:
        self._when_free(partial(self._go_on, awaited, go_on, outcome))

    def _go_on(self, awaited: object, go_on: Callable[[T], object], outcome: T) -> None:
        if self._awaited is awaited:
            self._awaited = None
            go_on(outcome)

    def _when_free(self, go_on: Callable[[], object]) -> None:
        """Go on when nothing is being saved and no dialog is open: both mean what there is now."""
        if self._saver.is_saving or QApplication.activeModalWidget() is not None:
            self._waiting = True
            QTimer.singleShot(LOOK_MILLISECONDS, self, partial(self._when_free, go_on))
        else:
            self._waiting = False
            go_on()

    def _warn(self, error: UserError) -> None:
        self._message_bar.warn(str(error))

    def _import(self, path: Path) -> None:
        """Take over the network of a file, and its dataset if that is known."""
        self.risk_taken.emit()
        load = partial(_read_network, path, self._document.setup.data, self._document.checkpoint_of)
        self._load(load, partial(self._adopt_network, path))

    def _adopt_network(self, path: Path, network: "tuple[Adopted, Checkpoint]") -> None:
        adopted, checkpoint = network
        self._last_folder.remember(path)
        self._document.go_to(self.tr("open network"), checkpoint, notes="", runs=Runs())
        opened = self.tr("Opened {path}.").format(path=shown_file(path.name))
        self._message_bar.inform(" ".join((opened, *adopted.remarks)))
        self._state.detach(None, path.stem)

    def _adopt_shared(self, remarks: tuple[str, ...], checkpoint: Checkpoint) -> None:
        self.risk_taken.emit()
        self._document.go_to(self.tr("open link"), checkpoint, notes="", runs=Runs())
        self._state.detach(None, self.tr("untitled"))
        self._message_bar.inform(" ".join((self.tr("Opened the link."), *remarks)))

    def _leave_for_new(self, checkpoint: Checkpoint) -> None:
        self._saver.leave(partial(self._adopt_new, checkpoint))

    def _adopt_new(self, checkpoint: Checkpoint) -> None:
        self.risk_taken.emit()
        self._adopt(Project(checkpoint), self.tr("new project"))
        self._state.take_over(None, self.tr("untitled"), 0)

    def _open_project(self, path: Path) -> None:
        sorry = partial(self._on_not_opened, path)
        self._load(partial(_read_project, path), partial(self._leave_for, path), sorry)

    def _leave_for(self, path: Path, read: tuple[OpenedProject, Stamp | None]) -> None:
        self._saver.leave(partial(self._adopt_after_leaving, path, *read))

    def _on_not_opened(self, path: Path, error: UserError) -> None:
        self._warn_of_damage(path, str(error))
        self._recent.forget_if_gone(path)

    def _adopt_after_leaving(self, path: Path, opened: OpenedProject, stamp: Stamp | None) -> None:
        """Open what was read, or the file as it is now if it was saved in order to leave."""
        if _is_backup(path) or stamp_of(path) == stamp:
            self._adopt_opened(path, opened)  # a backup may be another one now: this one was asked for
        else:
            self._open_project(path)

    def _adopt_opened(self, path: Path, opened: OpenedProject) -> None:
        self.risk_taken.emit()
        self._adopt(opened.project, self.tr("open project"))
        self._last_folder.remember(path)
        if _is_backup(path):
            self._state.detach(None, path.name.split(".")[0])
        else:
            self._state.take_over(path, path.stem, opened.project.checkpoint.updates)
            self._recent.add(path)
        self._tell_opened(path, opened, self.tr("Opened {name}.").format(name=shown_file(path.name)))

    def _adopt(self, project: Project, text: str) -> None:
        """Take over a project, with an undo stack of its own."""
        self._take(project, text)
        self._document.undo_stack.clear()
        self._state.count_as_saved()
        self._state.expect(project.checkpoint.setup)
        if project.panels:
            self.panels_opened.emit(project.panels)

    def _take(self, project: Project, text: str) -> None:
        self._document.go_to(text, project.checkpoint, project.layout, project.notes, project.runs)

    def _revert(self, path: Path) -> None:
        def warn(error: UserError) -> None:
            self._warn_of_damage(path, str(error))

        self._load(partial(_read_project, path), partial(self._adopt_reverted, path), warn)

    def _adopt_reverted(self, path: Path, read: tuple[OpenedProject, Stamp | None]) -> None:
        opened, stamp = read
        project = opened.project
        self.risk_taken.emit()
        self._take(project, self.tr("revert"))
        self._recent.expect(path, stamp)  # it is known now, whoever saved it
        self._state.count_as_saved()
        self._state.take_over(path, path.stem, project.checkpoint.updates)
        said = self.tr("This is {name} as it was saved last. Ctrl+Z takes that back.")
        self._tell_opened(path, opened, said.format(name=shown_file(path.name)))

    def _recover(self, recovered: Recovered) -> None:
        # It comes in any case: its folder is held until then.
        read, sorry = partial(_read_project, recovered.work), partial(self._on_not_recovered, recovered)
        self._background.run(read, partial(self._on_recovered, recovered), sorry)

    def _on_recovered(self, recovered: Recovered, read: tuple[OpenedProject, Stamp | None]) -> None:
        self._when_free(partial(self._adopt_recovered, recovered, read))

    def _on_not_recovered(self, recovered: Recovered, error: UserError) -> None:
        self._warn(error)
        recovered.folder.release()

    def _adopt_recovered(self, recovered: Recovered, read: tuple[OpenedProject, Stamp | None]) -> None:
        opened, _stamp = read
        self._awaited = None
        self._adopt(opened.project, self.tr("recover"))
        path = recovered.about.path
        self._state.detach(path, recovered.about.name)
        if path is not None:
            self._recent.expect(path, NEVER if recovered.is_overtaken else stamp_of(path))
        self.recovered.emit(recovered)
        said = self.tr("This is “{name}” as it was on {time}. Save it to keep it.")
        time = recovered.time.strftime("%Y-%m-%d %H:%M:%S")
        sentences = [said.format(name=shown(recovered.about.name), time=time), *opened.remarks]
        if recovered.is_overtaken:
            sentences.append(
                self.tr("Its file was saved after that and may hold later work: saving asks first.")
            )
        tell = self._message_bar.warn if opened.damage else self._message_bar.inform
        tell(" ".join(sentences))

    def _tell_opened(self, path: Path, opened: OpenedProject, said: str) -> None:
        """Say what was opened; if parts of it were left out, its file is not replaced without a question."""
        self._saver.damaged = path.absolute() if opened.damage else None
        text = " ".join((said, *opened.remarks))
        if opened.damage:
            self._warn_of_damage(path, text)
        else:
            self._message_bar.inform(text)

    def _warn_of_damage(self, path: Path, text: str) -> None:
        """Warn, and offer what else there is of a file: what was kept against a crash, the version before."""
        from nn_desktop.files.project.project_file import backup_of

        answers: list[tuple[str, Callable[[], object]]] = []
        kept = self._find_work(path)
        if kept is not None:
            kept.folder.release()
            time = kept.time.strftime("%Y-%m-%d %H:%M")
            answer = self.tr("Open work kept on {time}").format(time=time)
            recover = partial(self._saver.leave, partial(self._find_and_recover, path))
            answers.append((answer, recover))
        if is_file(backup_of(path)):
            answers.append((self.tr("Open version before"), partial(self.open_file, backup_of(path))))
        if answers:
            self._message_bar.ask(text, *answers[0], *answers[1:])
        else:
            self._message_bar.warn(text)

    def _find_and_recover(self, path: Path) -> None:
        recovered = self._find_work(path)
        if recovered is not None:
            self.recover(recovered)
        else:
            said = self.tr("The work kept of {name} is gone: another window has opened or deleted it.")
            self._message_bar.warn(said.format(name=shown_file(path.name)))

    def _find_work(self, path: Path) -> Recovered | None:
        """Return the newest work that was left behind of a file; its folder is held."""
        found = [] if self._recovery_root is None else left_behind(self._recovery_root)
        newest = next((each for each in found if each.about.path == path.absolute()), None)
        for each in found:
            if each is not newest:
                each.folder.release()
        return newest


def _read_project(path: Path) -> tuple[OpenedProject, Stamp | None]:
    """Read a project with the data that it learns from; return it with the stamp of its file."""
    from nn_desktop.files.project.project_file import open_project

    return open_project(path), stamp_of(path)


def _read_network(
    path: Path, data: DataSettings, checkpoint_of: Callable[[Setup, Parameters | None], Checkpoint]
) -> "tuple[Adopted, Checkpoint]":
    """Read a network of another format, with its data if they are known, and make its first checkpoint."""
    from nn_desktop.files.imports.adoption import adopt
    from nn_desktop.files.imports.importers import read_model

    adopted = adopt(read_model(path), data)
    return adopted, checkpoint_of(adopted.setup, adopted.parameters)


def _pattern(*readers: "Reader") -> str:
    return " ".join(f"*{suffix}" for reader in readers for suffix in reader.suffixes)


def _is_backup(path: Path) -> bool:
    return path.name.lower().endswith(BACKUP_SUFFIX)
