"""The document: what is set up, and how each change of it is undone."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from nn_desktop.data.sampling import MAX_SEED
from nn_desktop.data.source import DataSource, ensure_adjustable
from nn_desktop.desktop.document.doubts import doubt_about
from nn_desktop.desktop.document.failures import describe_failure
from nn_desktop.desktop.document.questions import Question
from nn_desktop.desktop.document.run_filing import FileRun, FutureRuns, RunFiling, known
from nn_desktop.desktop.document.session_move import FutureCheckpoint
from nn_desktop.desktop.document.session_sync import SessionSync
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.document.undo_history import Command, UndoHistory
from nn_desktop.desktop.document.undo_steps import Jump, LayoutCommand, SetupCommand, Side
from nn_desktop.desktop.look.setting_text import setting_text
from nn_desktop.drawing.placement import AUTOMATIC, Layout
from nn_desktop.engines.selection import ChoiceMemory, choose_for_now
from nn_desktop.errors import UserError
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameter_edits import Assignment
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology
from nn_desktop.training.checkpoints import Checkpoint, Milestone
from nn_desktop.training.runs import Runs, file_run
from nn_desktop.training.session import Session
from nn_desktop.training.setting import Setting
from nn_desktop.training.settings import SEED
from nn_desktop.training.setup import Setup, complete_layers
from nn_desktop.training.snapshot import Snapshot
from nn_desktop.training.start import SessionError

_T = TypeVar("_T")


class Document(QObject):
    """The one place that assigns the setup; views listen.

    Each change swaps a whole immutable `Setup` in one command on one undo stack. A change that cannot be is
    refused before anything has changed. The session follows in the worker's thread; nobody waits for it.

    Parameters
    ----------
    trainer
        Its session is kept at the document's setup.
    memory
        Knows which engine ``auto`` takes.

    Attributes
    ----------
    history
        What was done, to undo and redo.
    filing
        Its runs, and tells when they are others.

    Signals
    -------
    setup_changed(Setup)
        Another setup is in force.
    layout_changed(Layout)
        Something stands elsewhere in the drawing.
    refused(str)
        A change cannot be, and why.
    replaced()
        Another network has taken the place of what was there: its ids have nothing to do with those before.
    confirmation_needed(str, callable)
        A change may be a mistake, and why; it is done if the callable is called.
    notes_changed(str)
        Other notes belong to it.
    failed(str)
        What to tell the user of an error of the program's own.
    """

    setup_changed = Signal(object)
    layout_changed = Signal(object)
    refused = Signal(str)
    replaced = Signal()
    confirmation_needed = Signal(str, object)
    notes_changed = Signal(str)
    failed = Signal(str)

    def __init__(self, setup: Setup, trainer: Trainer, memory: ChoiceMemory | None = None) -> None:
        super().__init__()
        self._setup = setup
        self._memory = memory
        self._layout = AUTOMATIC
        self._notes = ""
        self._trainer = trainer
        self.filing = RunFiling(trainer, self)
        self.history = UndoHistory(self)
        self._sync = SessionSync(self, self.history, trainer, self)

    @property
    def undo_stack(self) -> QUndoStack:
        """The stack of the history; see `UndoHistory.stack`."""
        return self.history.stack

    @property
    def side(self) -> Side:
        """All that a step of the undo stack changes."""
        return Side(self._setup, self._layout, self._notes, self.filing.future)

    @property
    def setup(self) -> Setup:
        """What is set up now."""
        return self._setup

    @property
    def layout(self) -> Layout:
        """What was moved in the drawing."""
        return self._layout

    @property
    def notes(self) -> str:
        """What somebody wrote about it."""
        return self._notes

    @property
    def runs(self) -> Runs:
        """Those that are filed, and what is written on the one in the window, as far as that is known."""
        return self.filing.runs

    @property
    def future_runs(self) -> FutureRuns:
        """The same, with what is being filed."""
        return self.filing.future

    def set_notes(self, text: str) -> None:
        """Take other notes, up to what a file holds; who types them has an undo of their own."""
        from nn_desktop.files.project.project_document import writable_notes

        kept = writable_notes(text)
        if kept != self._notes:
            self._notes = kept
            self.notes_changed.emit(kept)

    def change(
        self,
        text: str,
        make: Callable[[Setup], Setup],
        field: str = "",
        assignment: Assignment | None = None,
        is_sure: bool = False,
    ) -> bool:
        """Swap the setup, and tell whether that could be.

        Other data are loaded by the worker; if they cannot be, the change is taken back, and `Trainer.failed`
        says why.

        Parameters
        ----------
        text
            What is done, for the Edit menu.
        make
            Makes the new setup from the present one. If it is the same, nothing happens; if it raises
            `UserError`, the change is refused with its text.
        field
            What is turned up and down, if it is something of that kind: quick changes of the same field are
            one to undo.
        assignment
            Numbers to put into the new network.
        is_sure
            Whether even a change that makes training very slow is made without asking.
        """
        before = self._setup
        try:
            after = make(before)
            if after.data != before.data:
                ensure_adjustable(after.data)
        except UserError as error:
            self.refuse(str(error))
            return False
        if not is_sure and (doubt := doubt_about(before, after)):
            again = partial(self.change, text, make, field, assignment, is_sure=True)
            self.confirmation_needed.emit(doubt, again)
            return False
        if after != before or assignment is not None:
            here = Side(before, self._layout)
            there = Side(after, self._layout.within(after.topology))  # what is gone stands nowhere
            begins_anew = after.beginning != before.beginning and not self.history.is_turning(field)
            self._do(
                SetupCommand(
                    self._sync.enter,
                    text,
                    here,
                    there,
                    field,
                    assignment=assignment,
                    file_run=file_run if begins_anew else None,
                )
            )
        return True

    def attempt(self, do: Callable[..., object], *arguments: object) -> bool:
        """Do what a key, a click or an action asks for; return whether it succeeded.

        An error is shown here and goes no further. Setup, layout, notes and the undo stack are then as
        before: new steps wait for the end of the attempt, since pushing one may drop others or merge two.
        There is one exception: steps that were pushed because something read `undo_stack` in between (as
        opening a project does) are undone as far as the stack allows, and the message says if that was not
        enough.

        All actions (menus, tool bars, shortcuts), the mouse, keys and buttons of the canvas, connections
        made in the outline, and commands that wait for the newest numbers (`with_snapshot`) pass here.
        The other fields of panels do not: each of them makes a single change, which `change` makes wholly
        or not at all.
        """
        before = self.side
        try:
            self.history.attempt(do, *arguments)
        except Exception as error:
            self.set_notes(before.notes or "")
            if isinstance(error, UserError):
                self.refuse(str(error))
            else:
                self.failed.emit(describe_failure(error, is_as_before=before == self.side))
            return False
        return True

    def with_snapshot(self, do: Callable[[Snapshot], object]) -> None:
        """Attempt something with the network as it is now; see `Trainer.with_snapshot`."""
        self._trainer.with_snapshot(partial(self.attempt, do))

    def ask(self, asker: object, question: Question | None) -> None:
        """Have a question answered about what is shown; see `Trainer.ask`."""
        self._trainer.ask(asker, question)

    def refuse(self, why: str) -> None:
        """Say that something cannot be."""
        self.refused.emit(why)

    def change_topology(
        self,
        text: str,
        edit: Callable[[Topology], Topology],
        field: str = "",
        assignment: Assignment | None = None,
    ) -> bool:
        """Edit the network."""
        return self.change(text, lambda setup: setup.with_topology(edit(setup.topology)), field, assignment)

    def assign(self, text: str, assignment: Assignment) -> bool:
        """Put numbers into the network as it is."""
        return self.change(text, lambda setup: setup, assignment=assignment)

    def change_layout(self, text: str, layout: Layout) -> None:
        """Let parts of the network stand elsewhere in the drawing."""
        layout = layout.within(self._setup.topology)
        if layout != self._layout:
            self._do(LayoutCommand(self, text, self._layout, layout))

    def type_layers(self, text: str) -> bool:
        """Make the layers those that somebody typed, as in ``1-16-16-1`` or, without the ends, ``16-16``."""

        def retype(topology: Topology) -> Topology:
            typed = complete_layers(parse_layers(text), self._setup.data.source)
            return edits.retype(topology, typed, Activation.TANH)

        return self.change_topology(self.tr("type layers"), retype)

    def change_setting(self, setting: Setting[_T], value: _T) -> bool:
        """Change a setting."""
        field = f"{setting.part} {setting.name}" if setting.is_dial else ""
        return self.change(setting_text(setting.undo_text), lambda setup: setting.put(setup, value), field)

    def choose_source(self, source: DataSource) -> bool:
        """Learn from something else; the ends of the network and the loss follow it."""
        return self.change(
            self.tr("choose dataset"),
            lambda setup: setup if setup.data.source == source else setup.with_data(source.default_settings),
        )

    def new_start(self) -> None:
        """Start anew from the next seed."""
        seed = (SEED.get(self._setup) + 1) % (MAX_SEED + 1)
        self.change(self.tr("new start"), lambda setup: SEED.put(setup, seed))

    def reset(self) -> None:
        """File the run, and go back to the same start."""
        self._jump(self.tr("reset"), self._setup, None, self._layout, file_run)

    def checkpoint_of(self, setup: Setup, parameters: Parameters | None = None) -> Checkpoint:
        """Return the checkpoint at which training of a setup begins, or with these parameters.

        It loads the data and may measure the engines: any thread may ask for it but the window's should not.

        Raises
        ------
        UserError
            If the setup cannot be trained.
        """
        return Session(setup, parameters, self._memory).checkpoint()

    def go_to(
        self,
        text: str,
        checkpoint: Checkpoint,
        layout: Layout = AUTOMATIC,
        notes: str | None = None,
        runs: Runs | None = None,
    ) -> None:
        """Take over another checkpoint, with the setup and the layout that belong to it, and pause.

        Notes stay, and the run is filed, unless others are given.
        """
        self._trainer.pause()
        file = file_run if runs is None else None
        self._jump(text, checkpoint.setup, _known(checkpoint), layout, file, notes, runs)
        self.replaced.emit()

    def return_to(self, text: str, checkpoint: Checkpoint, file: FileRun) -> None:
        """Go back to a checkpoint of another run of this document, and pause; file the one that is left."""
        self._trainer.pause()
        layout = self._layout_for(checkpoint.setup)
        self._jump(text, checkpoint.setup, _known(checkpoint), layout, file)

    def go_back(self, milestone: Milestone) -> None:
        """File the run, go back to a milestone of it, and pause there; undone, all that came after is back.

        There is no way back to a run that was left by beginning anew: then nothing happens.
        """
        if milestone.setup.beginning != self._setup.beginning:
            return
        self._trainer.pause()
        self._trainer.end_looking_back()  # what is looked at stays in view: it is where training goes
        arrival: FutureCheckpoint = Future()
        self._trainer.post(partial(_arrive, milestone, arrival))
        layout = self._layout_for(milestone.setup)
        self._jump(self.tr("go back"), milestone.setup, arrival, layout, partial(file_run, is_fork=True))

    def _layout_for(self, setup: Setup) -> Layout:
        """Return the layout of now for a setup with the same network; that of another one is not known."""
        return self._layout if setup.topology == self._setup.topology else AUTOMATIC

    def _jump(
        self,
        text: str,
        setup: Setup,
        arrival: FutureCheckpoint | None,
        layout: Layout,
        file: FileRun | None,
        notes: str | None = None,
        runs: Runs | None = None,
    ) -> None:
        """Go to another checkpoint, or to the start, in one step to undo."""
        has_other_notes = notes is not None and notes != self._notes
        before = replace(self.side, notes=self._notes if has_other_notes else None, runs=None)
        future = None if runs is None else known(runs)
        after = Side(setup, layout, notes if has_other_notes else None, future)
        enter = self._sync.enter
        self._do(SetupCommand(enter, text, before, after, jump=Jump(arrival=arrival), file_run=file))

    def _do(self, command: Command) -> None:
        command.redo()
        self.history.push(command)

    def undo(self) -> None:
        """Take back the last change, if there is one."""
        self.history.undo()

    def redo(self) -> None:
        """Redo the change that was undone last."""
        self.history.redo()

    def adopt(self, side: Side) -> None:
        """Put a side in force, and tell of it when all of it is."""
        before, layout = self.side, side.layout.within(side.setup.topology)
        self._setup, self._layout = side.setup, layout
        if side.notes is not None:
            self.set_notes(side.notes)
        if side.runs is not None:
            self.filing.adopt(side.runs)
        if side.setup != before.setup:
            self.setup_changed.emit(side.setup)
        if layout != before.layout:
            self.layout_changed.emit(layout)


def make_document(setup: Setup, memory: ChoiceMemory | None = None) -> tuple[Document, Trainer]:
    """Make a document and the trainer that belongs to it; the memory knows which engine ``auto`` takes.

    It is measured before the first update, or by `Trainer.settle_engine_soon`.
    """
    session = Session(setup, memory=memory, engine=choose_for_now(setup.hyperparameters.engine))
    trainer = Trainer(session)
    return Document(setup, trainer, memory), trainer


def _known(checkpoint: Checkpoint) -> FutureCheckpoint:
    arrived: FutureCheckpoint = Future()
    arrived.set_result(checkpoint)
    return arrived


def _arrive(milestone: Milestone, arrival: FutureCheckpoint, session: Session) -> None:
    """Make the checkpoint of a milestone; that there is none, only the step that goes there gets to know."""
    try:
        if milestone.updates > session.updates:
            raise SessionError("The run had been left when you went back in it: undo brings it back first.")
        arrival.set_result(session.checkpoint_at(milestone))
    except Exception as error:  # told once, by the step, which is taken back
        arrival.set_exception(error)
