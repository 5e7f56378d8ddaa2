"""The document: what is set up, and how each change of it is undone."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack
from shiboken6 import isValid

from nn_desktop.data.source import DataSource, ensure_adjustable
from nn_desktop.desktop.document.failures import describe_failure
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.document.undo_steps import (
    FutureCheckpoint,
    LayoutCommand,
    Numbers,
    SetupCommand,
    Side,
    apply,
)
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.drawing.placement import AUTOMATIC, Layout
from nn_desktop.engines.engine import EngineName, Precision
from nn_desktop.engines.selection import ChoiceMemory
from nn_desktop.errors import UserError
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameter_edits import Assignment
from nn_desktop.network.topology import Topology
from nn_desktop.training.checkpoints import Checkpoint, Milestone, Snapshot
from nn_desktop.training.hyperparameters import MAX_SEED, Mode
from nn_desktop.training.session import Session, SessionError
from nn_desktop.training.setup import Setup, complete_layers

UNDO_LIMIT = 100
CHECKPOINT_BYTES = 500_000_000
"""Commands remember moments of training up to this size together, the newest ones."""
LARGE = 1000
"""Units of a network about which somebody who makes it by one edit is asked first."""
LONG_EPOCH = 10.0
"""Seconds an epoch of plain Python, about which somebody who chooses it is asked first."""
SECONDS_OF_A_PRODUCT = 5e-8
"""What plain Python takes for one weight times one number, about."""


class Document(QObject):
    """The one place that assigns the setup; views listen.

    Each change swaps a whole immutable `Setup` in one command on one undo stack. A change that cannot be is
    refused before anything has changed. The session follows in the worker's thread; nobody waits for it.

    Parameters
    ----------
    setup
        What is set up at first.
    trainer
        Its session is kept at the document's setup.

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
        An error of the program's own, in words.
    """

    setup_changed = Signal(object)
    layout_changed = Signal(object)
    refused = Signal(str)
    replaced = Signal()
    confirmation_needed = Signal(str, object)
    notes_changed = Signal(str)
    failed = Signal(str)

    def __init__(self, setup: Setup, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._setup = setup
        self._layout = AUTOMATIC
        self._notes = ""
        self._trainer = trainer
        self._undo_stack = QUndoStack(self)
        self._undo_stack.setUndoLimit(UNDO_LIMIT)
        self._attempts = 0
        self._held: list[SetupCommand | LayoutCommand] = []
        self._crossing: tuple[SetupCommand, Side, FutureCheckpoint] | None = None
        self._real_setup: Future[Setup] | None = None
        self._is_stack_doubtful = False
        self._undo_stack.indexChanged.connect(self._forget_far_checkpoints)
        trainer.failed.connect(self._on_failed)
        trainer.snapshot_changed.connect(self._on_snapshot_changed)

    @property
    def undo_stack(self) -> QUndoStack:
        """The steps to undo and redo; all that were made are on it as soon as anybody looks."""
        self._push_held()
        return self._undo_stack

    @property
    def is_clean(self) -> bool:
        """Whether it is at the step at which it was saved last; unlike `undo_stack`, this pushes nothing."""
        return not self._held and self._undo_stack.isClean()

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
        """
        before = self._setup
        try:
            after = make(before)
            if after.data != before.data:
                ensure_adjustable(after.data)
        except UserError as error:
            self.refuse(str(error))
            return False
        if after != before or assignment is not None:
            self._push(
                SetupCommand(self, text, self._side, self._side_at(after), field, assignment=assignment)
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
        index, before = self.undo_stack.index(), replace(self._side, notes=self._notes)
        self._attempts += 1
        try:
            do(*arguments)
        except Exception as error:
            self._take_back_to(index)
            self.set_notes(before.notes or "")
            if isinstance(error, UserError):
                self.refuse(str(error))
            else:
                is_as_before = before == replace(self._side, notes=self._notes)
                self.failed.emit(describe_failure(error, is_as_before))
            return False
        finally:
            self._attempts -= 1
        self._push_held()
        return True

    def with_snapshot(self, do: Callable[[Snapshot], object]) -> None:
        """Attempt something with the network as it is now; see `Trainer.with_snapshot`."""
        self._trainer.with_snapshot(partial(self.attempt, do))

    def _push_held(self) -> None:
        """Put the steps that wait for the end of an attempt on the stack."""
        held, self._held = self._held, []
        for step in held:
            self._undo_stack.push(step)
        if held:
            self._forget_far_checkpoints()

    def _take_back_to(self, index: int) -> None:
        """Undo what an attempt did, as if it had not been done; the stack was at this index before."""
        while self._held:
            self._held.pop().undo()
        while self._undo_stack.index() > index:
            step = self._undo_stack.command(self._undo_stack.index() - 1)
            step.undo()
            step.setObsolete(True)
            self._undo_stack.undo()
        while self._undo_stack.index() < index and self._undo_stack.canRedo():
            self.redo()

    def refuse(self, why: str) -> None:
        """Say that something cannot be."""
        self.refused.emit(why)

    def change_topology(
        self,
        text: str,
        edit: Callable[[Topology], Topology],
        field: str = "",
        assignment: Assignment | None = None,
        is_sure: bool = False,
    ) -> bool:
        """Edit the network; an edit that makes it very large is asked about first, unless one is sure."""

        def edited(setup: Setup) -> Setup:
            topology = edit(setup.topology)
            if not is_sure:
                self._doubt(setup.topology, topology)
            return setup.with_topology(topology)

        try:
            return self.change(text, edited, field, assignment)
        except _NeedsConfirmationError as doubt:
            again = partial(self.change_topology, text, edit, field, assignment, is_sure=True)
            self.confirmation_needed.emit(str(doubt), again)
            return False

    def assign(self, text: str, assignment: Assignment) -> bool:
        """Put numbers into the network as it is."""
        return self.change(text, lambda setup: setup, assignment=assignment)

    def change_layout(self, text: str, layout: Layout) -> None:
        """Let parts of the network stand elsewhere in the drawing."""
        layout = layout.within(self._setup.topology)
        if layout != self._layout:
            self._push(LayoutCommand(self, text, self._layout, layout))

    def adopt_layout(self, layout: Layout) -> None:
        """Put a layout in force, for a step."""
        self._layout = layout.within(self._setup.topology)
        self.layout_changed.emit(self._layout)

    def type_layers(self, text: str) -> bool:
        """Make the layers those that somebody typed, as in ``1-16-16-1`` or, without the ends, ``16-16``."""

        def retype(topology: Topology) -> Topology:
            typed = complete_layers(parse_layers(text), self._setup.data.source)
            return edits.retype(topology, typed, Activation.TANH)

        return self.change_topology(self.tr("type layers"), retype)

    def change_data(self, **values: object) -> bool:
        """Change one of the data's settings, by the names of `DataSettings`."""
        return self.change(
            self.tr("change data"),
            lambda setup: setup.with_data(replace(setup.data, **values)),  # type: ignore[arg-type]
            field=f"data {' '.join(values)}",
        )

    def choose_source(self, source: DataSource) -> bool:
        """Learn from something else; the ends of the network and the loss follow it."""
        return self.change(
            self.tr("choose dataset"),
            lambda setup: setup if setup.data.source == source else setup.with_data(source.default_settings),
        )

    def change_hyperparameters(self, text: str, field: str = "", **values: object) -> bool:
        """Change some of the hyperparameters, by the names of `Hyperparameters`."""

        def replaced(setup: Setup) -> Setup:
            hyperparameters = replace(setup.hyperparameters, **values)  # type: ignore[arg-type]
            return replace(setup, hyperparameters=hyperparameters)

        return self.change(text, replaced, field)

    def set_mode(self, mode: Mode) -> bool:
        """Choose the way of gradient descent."""
        return self.change_hyperparameters(self.tr("change mode"), mode=mode)

    def set_batch_size(self, batch_size: int) -> bool:
        """Choose how many samples an update of mini-batch mode takes."""
        return self.change_hyperparameters(self.tr("change batch size"), "batch size", batch_size=batch_size)

    def set_learning_rate(self, learning_rate: float) -> bool:
        """Choose η."""
        return self.change_hyperparameters(
            self.tr("change learning rate"), "learning rate", learning_rate=learning_rate
        )

    def set_loss(self, loss: Loss) -> bool:
        """Choose what is made small; the output activation follows where it must."""
        return self.change(self.tr("change loss"), lambda setup: setup.with_loss(loss))

    def set_initializer(self, initializer: Initializer) -> bool:
        """Choose where the weights start, and start there."""
        return self.change_hyperparameters(self.tr("change initializer"), initializer=initializer)

    def set_seed(self, seed: int) -> bool:
        """Choose the seed, and start anew from it."""
        return self.change_hyperparameters(self.tr("change seed"), "seed", seed=seed)

    def set_precision(self, precision: Precision) -> bool:
        """Choose the type of numbers."""
        return self.change_hyperparameters(self.tr("change number type"), precision=precision)

    def set_engine(self, engine: EngineName, is_sure: bool = False) -> bool:
        """Choose what does the sums; one that takes very long for this network is asked about first."""
        seconds = self._python_seconds() if engine is EngineName.PYTHON else 0.0
        if seconds > LONG_EPOCH and not is_sure:
            text = self.tr(
                "Plain Python needs about {seconds} seconds for one epoch of this network, and cannot be "
                "paused within a batch. Make the change?"
            )
            again = partial(self.set_engine, engine, is_sure=True)
            self.confirmation_needed.emit(text.format(seconds=grouped(round(seconds))), again)
            return False
        return self.change_hyperparameters(self.tr("change engine"), engine=engine)

    def _python_seconds(self) -> float:
        """Estimate how long plain Python takes for an epoch: forward, back, and the gradient."""
        return 3 * self._setup.topology.weight_count * self._setup.data.samples * SECONDS_OF_A_PRODUCT

    @Slot()
    def new_start(self) -> None:
        """Start anew from the next seed."""
        seed = (self._setup.hyperparameters.seed + 1) % (MAX_SEED + 1)
        self.change_hyperparameters(self.tr("new start"), seed=seed)

    @Slot()
    def reset(self) -> None:
        """Go back to the same start."""
        self._push(SetupCommand(self, self.tr("reset"), self._side, self._side, is_jump=True))

    def go_to(
        self, text: str, checkpoint: Checkpoint, layout: Layout = AUTOMATIC, notes: str | None = None
    ) -> None:
        """Take over another moment of training, with the setup and the layout that belong to it.

        The notes stay, unless others are given.
        """
        arrived: FutureCheckpoint = Future()
        arrived.set_result(checkpoint)
        self._jump(text, checkpoint.setup, arrived, layout, notes)
        self.replaced.emit()

    def go_back(self, milestone: Milestone) -> None:
        """Go back to an earlier moment of this run, and pause there; undone, all that came after is back.

        There is no way back to a run that was left by beginning anew: then nothing happens.
        """
        if milestone.setup.beginning != self._setup.beginning:
            return
        self._trainer.pause()
        arrival: FutureCheckpoint = Future()
        self._trainer.post(partial(_arrive, milestone, arrival))
        is_same_network = milestone.setup.topology == self._setup.topology
        layout = self._layout if is_same_network else AUTOMATIC
        self._jump(self.tr("go back"), milestone.setup, arrival, layout)

    def _jump(
        self, text: str, setup: Setup, arrival: FutureCheckpoint, layout: Layout, notes: str | None = None
    ) -> None:
        """Go to another moment, in one step to undo."""
        has_other_notes = notes is not None and notes != self._notes
        before = replace(self._side, notes=self._notes if has_other_notes else None)
        after = Side(setup, layout, notes if has_other_notes else None)
        self._push(SetupCommand(self, text, before, after, is_jump=True, arrival=arrival))

    def apply(
        self,
        step: SetupCommand,
        side: Side,
        restore_from: FutureCheckpoint | None,
        is_jump: bool,
        numbers: Numbers | None = None,
    ) -> FutureCheckpoint:
        """Put a side in force, for a step; return the moment that is left.

        Parameters
        ----------
        step
            That asks for it.
        side
            The new one.
        restore_from
            A moment there to come back to, if there was one.
        is_jump
            Whether training goes to that moment, or to the start, and not on.
        numbers
            What else happens to the parameters, unless training comes back to that moment exactly.
        """
        checkpoint = self._trainer.post(partial(apply, side.setup, restore_from, is_jump, numbers))
        left = replace(self._side, notes=None if side.notes is None else self._notes)
        self._crossing = step, left, checkpoint
        if self._real_setup is not None:
            self._real_setup = self._trainer.post(_setup_of)  # what was asked for before is out of date
        self._adopt(side)
        return checkpoint

    @property
    def _side(self) -> Side:
        return Side(self._setup, self._layout)

    def _side_at(self, setup: Setup) -> Side:
        """Return the side with another setup, in which what the network has not any more stands nowhere."""
        return Side(setup, self._layout.within(setup.topology))

    def _doubt(self, before: Topology, after: Topology) -> None:
        units, grown = sum(after.sizes), sum(after.sizes) - sum(before.sizes)
        if units > LARGE and grown > LARGE // 2:
            text = self.tr(
                "This network would have {units} units and {weights} weights, and learn slowly. "
                "Make it so large?"
            )
            raise _NeedsConfirmationError(
                text.format(units=grouped(units), weights=grouped(after.weight_count))
            )

    def _push(self, step: SetupCommand | LayoutCommand) -> None:
        step.redo()  # first: an error leaves the stack as it is
        self._held.append(step)
        if not self._attempts:
            self._push_held()

    @Slot()
    def undo(self) -> None:
        """Take back the last change, if there is one."""
        if self.undo_stack.canUndo():
            self.undo_stack.command(self.undo_stack.index() - 1).undo()  # first, as in `_push`
            self.undo_stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.undo_stack.canRedo():
            self.undo_stack.command(self.undo_stack.index()).redo()
            self.undo_stack.redo()

    @Slot()
    def _forget_far_checkpoints(self) -> None:
        """Bound the memory of the undo stack; what is nearest to undo and redo is kept."""
        here, total = self._undo_stack.index(), 0
        counted: set[int] = set()
        for index in sorted(range(self._undo_stack.count()), key=lambda index: abs(index - here)):
            command = self._undo_stack.command(index)
            if isinstance(command, SetupCommand):
                total += command.remembered_bytes(counted)
                if total > CHECKPOINT_BYTES:
                    command.forget()

    def _clear_stack(self) -> None:
        """Forget all steps; what there is then is not what was saved."""
        self.undo_stack.clear()
        self.undo_stack.resetClean()

    def _adopt(self, side: Side) -> None:
        """Put a side in force, and tell of it when all of it is."""
        before, layout = self._side, side.layout.within(side.setup.topology)
        self._setup, self._layout = side.setup, layout
        if side.notes is not None:
            self.set_notes(side.notes)
        if side.setup != before.setup:
            self.setup_changed.emit(side.setup)
        if layout != before.layout:
            self.layout_changed.emit(layout)

    @Slot(str)
    def _on_failed(self) -> None:
        """Take the newest change back, if that was what failed; and make sure of what the session has."""
        self._real_setup = self._trainer.post(_setup_of)
        if self._crossing is None:
            return
        step, left, checkpoint = self._crossing
        if not checkpoint.done() or checkpoint.exception() is None:
            self._is_stack_doubtful = True  # an earlier change failed: a step on the stack never happened
            return
        self._crossing = None
        stack = self.undo_stack
        if not isValid(step):  # it was merged into the one before, which cannot be parted any more
            self._clear_stack()
        elif step.is_on(stack):
            step.take_back(stack)
        else:  # an attempt has taken it back already
            return
        self._adopt(left)

    @Slot(object)
    def _on_snapshot_changed(self) -> None:
        """After a failure, take over what the session really has: several changes may have been under way."""
        if self._real_setup is None or not self._real_setup.done():
            return
        real, self._real_setup = self._real_setup.result(), None
        if real != self._setup or self._is_stack_doubtful:
            self._is_stack_doubtful = False
            self._clear_stack()
            self._adopt(self._side_at(real))


def make_document(setup: Setup, memory: ChoiceMemory | None = None) -> tuple[Document, Trainer]:
    """Make a document and the trainer that belongs to it; the memory knows which engine ``auto`` takes."""
    trainer = Trainer(Session(setup, memory=memory))
    return Document(setup, trainer), trainer


def _setup_of(session: Session) -> Setup:
    return session.setup


def _arrive(milestone: Milestone, arrival: FutureCheckpoint, session: Session) -> None:
    """Note down the moment of a milestone; that there is none, only the step that goes there gets to know."""
    try:
        if milestone.updates > session.updates:
            raise SessionError("The run had been left when you went back in it: undo brings it back first.")
        arrival.set_result(session.checkpoint_at(milestone))
    except Exception as error:  # told once, by the step, which is taken back
        arrival.set_exception(error)


class _NeedsConfirmationError(Exception):
    """A change that may be a mistake; the text asks whether it is one."""
