"""The document: what is set up, and how each change of it is undone."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from nn_desktop.data.catalogue import default_settings
from nn_desktop.desktop.trainer import Trainer
from nn_desktop.errors import UserError
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import MAX_SEED, Mode, Precision
from nn_desktop.training.session import Checkpoint, Session
from nn_desktop.training.setup import Setup, complete_layers

UNDO_LIMIT = 100


class Document(QObject):
    """The one place that assigns the setup; views listen.

    Each change swaps a whole immutable `Setup` in one command on one undo stack. A change that cannot be is
    refused before anything has changed.

    Parameters
    ----------
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

    @property
    def setup(self) -> Setup:
        """What is set up now."""
        return self._setup

    def change(self, text: str, make: Callable[[Setup], Setup], merge: bool = False) -> bool:
        """Swap the setup, and tell whether that could be.

        Parameters
        ----------
        text
            What is done, for the Edit menu.
        make
            Makes the new setup from the present one. If it is the same, nothing happens; if it raises
            `UserError`, the change is refused with its text.
        merge
            Whether this and the change before it are one to undo, if both have the same text: for values
            that are turned up and down.
        """
        before = self._setup
        try:
            after = make(before)
            if after == before:
                return True
            left = self.assign(after, None)
        except UserError as error:
            self.refused.emit(str(error))
            return False
        self.undo_stack.push(_ChangeSetup(self, text, before, after, left, merge))
        return True

    def change_topology(self, text: str, edit: Callable[[Topology], Topology]) -> bool:
        """Edit the network."""
        return self.change(text, lambda setup: setup.with_topology(edit(setup.topology)))

    def type_layers(self, text: str) -> bool:
        """Make the layers those that somebody typed, as in ``1-16-16-1`` or, without the ends, ``16-16``."""

        def retype(setup: Setup) -> Setup:
            typed = complete_layers(parse_layers(text), setup.data.name)
            return setup.with_topology(edits.retype(setup.topology, typed, Activation.TANH))

        return self.change(self.tr("type layers"), retype)

    def change_data(self, merge: bool = False, **values: object) -> bool:
        """Change some of the data's settings, by the names of `DataSettings`."""
        return self.change(
            self.tr("change data"),
            lambda setup: setup.with_data(replace(setup.data, **values)),  # type: ignore[arg-type]
            merge,
        )

    def choose_dataset(self, name: str) -> bool:
        """Take another dataset; the ends of the network and the loss follow it."""
        return self.change(
            self.tr("choose dataset"),
            lambda setup: setup if setup.data.name == name else setup.with_data(default_settings(name)),
        )

    def change_hyperparameters(self, text: str, merge: bool = False, **values: object) -> bool:
        """Change some of the hyperparameters, by the names of `Hyperparameters`."""

        def replaced(setup: Setup) -> Setup:
            hyperparameters = replace(setup.hyperparameters, **values)  # type: ignore[arg-type]
            return replace(setup, hyperparameters=hyperparameters)

        return self.change(text, replaced, merge)

    def set_mode(self, mode: Mode) -> bool:
        """Choose the way of gradient descent."""
        return self.change_hyperparameters(self.tr("change mode"), mode=mode)

    def set_batch_size(self, batch_size: int) -> bool:
        """Choose how many samples an update of mini-batch mode takes."""
        return self.change_hyperparameters(self.tr("change batch size"), True, batch_size=batch_size)

    def set_learning_rate(self, learning_rate: float) -> bool:
        """Choose η."""
        return self.change_hyperparameters(self.tr("change learning rate"), True, learning_rate=learning_rate)

    def set_loss(self, loss: Loss) -> bool:
        """Choose what is made small; the output activation follows where it must."""
        return self.change(self.tr("change loss"), lambda setup: setup.with_loss(loss))

    def set_initializer(self, initializer: Initializer) -> bool:
        """Choose where the weights start, and start there."""
        return self.change_hyperparameters(self.tr("change initializer"), initializer=initializer)

    def set_seed(self, seed: int) -> bool:
        """Choose the seed, and start anew from it."""
        return self.change_hyperparameters(self.tr("change seed"), True, seed=seed)

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
        self.undo_stack.push(_GoTo(self, self.tr("reset"), None))

    def go_to(self, text: str, moment: Checkpoint) -> None:
        """Take over another moment of training, with the setup that belongs to it."""
        self.undo_stack.push(_GoTo(self, text, moment))

    def assign(self, setup: Setup, recall: Checkpoint | None) -> Checkpoint:
        """Put a setup in force, for the commands; return the moment that was left."""
        with self._trainer.exclusive() as session:
            left = session.checkpoint()
            session.change(setup, recall)
        self._setup = setup
        self.setup_changed.emit(setup)
        return left

    def rewind(self, moment: Checkpoint | None) -> Checkpoint:
        """Go to a moment, or back to the start, for the commands; return the moment that was left."""
        with self._trainer.exclusive() as session:
            left = session.checkpoint()
            if moment is None:
                session.reset()
            else:
                session.restore(moment)
            setup = session.setup
        if setup != self._setup:
            self._setup = setup
            self.setup_changed.emit(setup)
        return left


def make_document(setup: Setup) -> tuple[Document, Trainer]:
    """Make a document and the trainer that belongs to it."""
    trainer = Trainer(Session(setup))
    return Document(setup, trainer), trainer


class _ChangeSetup(QUndoCommand):
    """One change of the setup, already done. It remembers what the network knew on the side that is left."""

    def __init__(
        self, document: Document, text: str, before: Setup, after: Setup, left: Checkpoint, merge: bool
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after
        self._merge = merge
        self._moment_before = left
        self._moment_after: Checkpoint | None = None

    def redo(self) -> None:
        if self._moment_after is not None:  # None: pushed just now
            self._moment_before = self._document.assign(self._after, self._moment_after)

    def undo(self) -> None:
        self._moment_after = self._document.assign(self._before, self._moment_before)

    def id(self) -> int:
        return 1 if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _ChangeSetup) or other.text() != self.text():
            return False
        self._after = other._after
        return True


class _GoTo(QUndoCommand):
    """To another moment, or to the start, and from there back to what was learned before."""

    def __init__(self, document: Document, text: str, moment: Checkpoint | None) -> None:
        super().__init__(text)
        self._document = document
        self._moment = moment
        self._left: Checkpoint | None = None

    def redo(self) -> None:
        self._left = self._document.rewind(self._moment)

    def undo(self) -> None:
        if self._left is not None:
            self._document.rewind(self._left)
