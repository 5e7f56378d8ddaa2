"""The document: what is set up, and how each change of it is undone."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from nn_desktop.data.catalogue import default_settings, load
from nn_desktop.desktop.trainer import Trainer
from nn_desktop.errors import UserError
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import MAX_SEED, Mode, Precision
from nn_desktop.training.session import Checkpoint, Session
from nn_desktop.training.setup import Setup, complete_layers

Moment = Future[Checkpoint]
"""A moment of training that the worker notes down when it comes to it."""
UNDO_LIMIT = 100
MOMENT_BYTES = 500_000_000
"""Commands remember moments of training up to this size together, the newest ones."""
MERGE_SECONDS = 1.0
"""Changes of one field that follow one another within this time are one to undo."""


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
    refused(str)
        A change cannot be, and why.
    """

    setup_changed = Signal(object)
    refused = Signal(str)

    def __init__(self, setup: Setup, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._setup = setup
        self._trainer = trainer
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self._crossing: tuple[_Command, Setup, Moment] | None = None
        self._real_setup: Future[Setup] | None = None
        self._is_stack_doubtful = False
        self.undo_stack.indexChanged.connect(self._forget_far_moments)
        trainer.failed.connect(self._on_failed)
        trainer.snapshot_changed.connect(self._on_snapshot_changed)

    @property
    def setup(self) -> Setup:
        """What is set up now."""
        return self._setup

    def change(self, text: str, make: Callable[[Setup], Setup], field: str = "") -> bool:
        """Swap the setup, and tell whether that could be.

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
        """
        before = self._setup
        try:
            after = make(before)
            if after.data != before.data:
                load(after.data)  # here, where a failure is told before anything has changed
        except UserError as error:
            self.refuse(str(error))
            return False
        if after != before:
            self._push(_Command(self, text, before, after, field))
        return True

    def refuse(self, why: str) -> None:
        """Say that something cannot be."""
        self.refused.emit(why)

    def change_topology(self, text: str, edit: Callable[[Topology], Topology]) -> bool:
        """Edit the network."""
        return self.change(text, lambda setup: setup.with_topology(edit(setup.topology)))

    def type_layers(self, text: str) -> bool:
        """Make the layers those that somebody typed, as in ``1-16-16-1`` or, without the ends, ``16-16``."""

        def retype(setup: Setup) -> Setup:
            typed = complete_layers(parse_layers(text), setup.data.name)
            return setup.with_topology(edits.retype(setup.topology, typed, Activation.TANH))

        return self.change(self.tr("type layers"), retype)

    def change_data(self, **values: object) -> bool:
        """Change one of the data's settings, by the names of `DataSettings`."""
        return self.change(
            self.tr("change data"),
            lambda setup: setup.with_data(replace(setup.data, **values)),  # type: ignore[arg-type]
            field=f"data {' '.join(values)}",
        )

    def choose_dataset(self, name: str) -> bool:
        """Take another dataset; the ends of the network and the loss follow it."""
        return self.change(
            self.tr("choose dataset"),
            lambda setup: setup if setup.data.name == name else setup.with_data(default_settings(name)),
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

    @Slot()
    def new_start(self) -> None:
        """Start anew from the next seed."""
        seed = (self._setup.hyperparameters.seed + 1) % (MAX_SEED + 1)
        self.change_hyperparameters(self.tr("new start"), seed=seed)

    @Slot()
    def reset(self) -> None:
        """Go back to the same start."""
        self._push(_Command(self, self.tr("reset"), self._setup, self._setup, is_jump=True))

    def go_to(self, text: str, checkpoint: Checkpoint) -> None:
        """Take over another moment of training, with the setup that belongs to it."""
        moment: Moment = Future()
        moment.set_result(checkpoint)
        self._push(_Command(self, text, self._setup, checkpoint.setup, is_jump=True, arrival=moment))

    def cross(self, command: "_Command", setup: Setup, recall: Moment | None, is_jump: bool) -> Moment:
        """Put a setup in force, for a command; return the moment that is left.

        Parameters
        ----------
        command
            That asks for it.
        setup
            The new one.
        recall
            A moment there to come back to, if there was one.
        is_jump
            Whether training goes to that moment, or to the start, and not on.
        """
        moment = self._trainer.post(partial(_cross, setup, recall, is_jump))
        self._crossing = command, self._setup, moment
        if self._real_setup is not None:
            self._real_setup = self._trainer.post(_setup_of)  # what was asked for before is out of date
        self._adopt(setup)
        return moment

    def _push(self, command: "_Command") -> None:
        self.undo_stack.push(command)
        self._forget_far_moments()

    @Slot()
    def _forget_far_moments(self) -> None:
        """Bound the memory of the undo stack; what is nearest to undo and redo is kept."""
        here, total = self.undo_stack.index(), 0
        for index in sorted(range(self.undo_stack.count()), key=lambda index: abs(index - here)):
            command = self.undo_stack.command(index)
            if isinstance(command, _Command):
                total += command.remembered_bytes
                if total > MOMENT_BYTES:
                    command.forget()

    def _adopt(self, setup: Setup) -> None:
        if setup != self._setup:
            self._setup = setup
            self.setup_changed.emit(setup)

    @Slot(str)
    def _on_failed(self) -> None:
        """Take the newest change back, if that was what failed; and make sure of what the session has."""
        self._real_setup = self._trainer.post(_setup_of)
        if self._crossing is None:
            return
        command, left, moment = self._crossing
        if not moment.done() or moment.exception() is None:
            self._is_stack_doubtful = True  # an earlier change failed: a step on the stack never happened
            return
        self._crossing = None
        if isValid(command):
            command.take_back(self.undo_stack)
        else:  # it was merged into the one before, which cannot be parted any more
            self.undo_stack.clear()
        self._adopt(left)

    @Slot(object)
    def _on_snapshot_changed(self) -> None:
        """After a failure, take over what the session really has: several changes may have been under way."""
        if self._real_setup is None or not self._real_setup.done():
            return
        real, self._real_setup = self._real_setup.result(), None
        if real != self._setup or self._is_stack_doubtful:
            self._is_stack_doubtful = False
            self.undo_stack.clear()
            self._adopt(real)


def make_document(setup: Setup) -> tuple[Document, Trainer]:
    """Make a document and the trainer that belongs to it."""
    trainer = Trainer(Session(setup))
    return Document(setup, trainer), trainer


def _setup_of(session: Session) -> Setup:
    return session.setup


def _cross(setup: Setup, recall: Moment | None, is_jump: bool, session: Session) -> Checkpoint:
    """Go to a setup, in the worker's thread, or stay where it is; return the moment that was left."""
    session.settle()  # a moment that is not finite is none to come back to
    left = session.checkpoint()
    try:
        moment = None if recall is None else recall.result()  # it was posted before, and so is there
        if is_jump and moment is not None:
            session.restore(moment)
        elif is_jump and session.setup == setup:
            session.reset()
        else:
            session.change(setup, moment if moment is not None and moment.setup == setup else None)
    except Exception:
        session.restore(left)
        raise
    return left


class _Command(QUndoCommand):
    """One step of the undo stack, between two setups.

    On leaving a side it remembers the moment, so that what was learned there is there on coming back.

    Parameters
    ----------
    document
        That is changed.
    text
        What is done.
    before, after
        The setups of its two sides.
    field
        As in `Document.change`.
    is_jump, arrival
        As `is_jump` and `recall` in `Document.cross`.
    """

    def __init__(
        self,
        document: Document,
        text: str,
        before: Setup,
        after: Setup,
        field: str = "",
        is_jump: bool = False,
        arrival: Moment | None = None,
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after
        self._field = field
        self._is_jump = is_jump
        self._moment_before: Moment | None = None
        self._moment_after = arrival
        self._time = time.monotonic()
        self._is_done = False
        self._is_taken_back = False

    def redo(self) -> None:
        self._is_done = True
        if not self._is_taken_back:
            self._moment_before = self._document.cross(self, self._after, self._moment_after, self._is_jump)

    def undo(self) -> None:
        self._is_done = False
        if not self._is_taken_back:
            self._moment_after = self._document.cross(self, self._before, self._moment_before, self._is_jump)

    def take_back(self, stack: QUndoStack) -> None:
        """Leave the stack as before the last crossing, which failed: a step that was not done is none."""
        self._is_taken_back = True
        if self._is_done:
            self.setObsolete(True)
            stack.undo()
        else:
            stack.redo()
            self._is_taken_back = False

    def id(self) -> int:
        return 1 if self._field else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over a change of the same field, if it follows at once and nothing was undone between."""
        if not isinstance(other, _Command) or other._field != self._field or self._moment_after is not None:
            return False
        if other._time - self._time > MERGE_SECONDS:
            return False
        is_back = other._after == self._before
        if is_back and other._before.beginning != other._after.beginning:
            return False  # the setup is back where it was, but training began anew: both are to undo
        self._after, self._time = other._after, other._time
        self.setObsolete(is_back)
        return True

    @property
    def remembered_bytes(self) -> int:
        """Size of the moments that it remembers, about."""
        sides = ((self._moment_before, self._before), (self._moment_after, self._after))
        remembered = [setup.topology for moment, setup in sides if moment is not None]
        return sum(8 * (topology.weight_count + topology.bias_count) for topology in remembered)

    def forget(self) -> None:
        """Remember no moment: undone, a change then carries over what the network of then knows.

        A jump cannot be undone without its moments, and keeps them.
        """
        if not self._is_jump:
            self._moment_before = self._moment_after = None
