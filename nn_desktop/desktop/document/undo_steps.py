"""Steps of the undo stack: each goes from one side to the other and back, and loses nothing of either."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
from PySide6.QtGui import QUndoCommand

from nn_desktop.drawing.placement import Layout, Offset
from nn_desktop.network.parameter_edits import Assignment, TypedNumbers
from nn_desktop.network.parameters import Parameters, blocks_of
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import Assign
from nn_desktop.training.worker import Task

FutureCheckpoint = Future[Checkpoint]
"""A moment of training that the worker notes down when it comes to it."""
MERGE_SECONDS = 1.0
"""Changes of one field, or moves of the same parts, that follow within this time are one to undo."""
FIELD_ID, LAYOUT_ID = 1, 2
"""Qt asks only steps of the same id whether they merge."""
STANDS_AT_HOME: Offset = (0.0, 0.0)


@dataclass(frozen=True)
class Numbers:
    """Numbers that a step puts in, in the worker's thread.

    Attributes
    ----------
    put
        Changes the parameters, knowing the moment that is come back to, if there is one.
    amend
        Puts the session's start right afterwards, where no moment is left that remembers it.
    """

    put: Callable[[Checkpoint | None, Parameters], None]
    amend: Callable[[Session], None] | None = None


@dataclass(frozen=True)
class _FewNumbers:
    """What is left of a moment that was forgotten: the numbers at the places of what was typed.

    Attributes
    ----------
    numbers
        As they were.
    start
        As the start had them, if what was typed belongs to it.
    marks
        As `Session.amend_start` takes them.
    """

    numbers: TypedNumbers
    start: TypedNumbers | None
    marks: TypedNumbers | None

    @classmethod
    def of(cls, checkpoint: Checkpoint, typed: TypedNumbers) -> "_FewNumbers":
        initial = checkpoint.initial
        start = initial.parameters
        if start is None and checkpoint.updates == 0:
            start = checkpoint.parameters
        return cls(
            typed.of(checkpoint.parameters),
            None if start is None else typed.of(start),
            None if initial.user_set is None else typed.of(initial.user_set),
        )

    def amend(self, session: Session) -> None:
        """Put a session's start right."""
        if self.start is not None:
            session.amend_start(self.start.put, self._mark)

    def _mark(self, marks: Parameters) -> None:
        if self.marks is not None:
            self.marks.put(marks)
        elif self.start is not None:
            self.start.of(Parameters.zeros(marks.topology)).put(marks)


@dataclass(frozen=True)
class Side:
    """What the document is on one side of a step.

    Attributes
    ----------
    setup, layout
        Those in force there.
    notes
        None if they have nothing to do with the step, and stay.
    """

    setup: Setup
    layout: Layout
    notes: str | None = None


class Sides(Protocol):
    """What commands act on: the document."""

    @property
    def setup(self) -> Setup:
        """What is set up now."""
        ...

    @property
    def layout(self) -> Layout:
        """What was moved in the drawing."""
        ...

    @property
    def notes(self) -> str:
        """What somebody wrote about it."""
        ...

    def adopt(self, side: Side) -> None:
        """Put a side in force, and leave the session alone."""
        ...

    def enter(self, command: "SetupCommand", side: Side, task: Task[Checkpoint]) -> FutureCheckpoint:
        """Put a side in force, and the session there; return the moment that is left."""
        ...

    def adopt_layout(self, layout: Layout) -> None:
        """Put a layout in force."""
        ...


class LayoutCommand(QUndoCommand):
    """One step of the undo stack, between two layouts: nothing that is learned has to do with it.

    An arrow key that is held down moves the same parts many times a second: that is one step.
    """

    def __init__(self, document: Sides, text: str, before: Layout, after: Layout) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after
        self._time = time.monotonic()
        self.is_done = self._was_undone = False

    def redo(self) -> None:
        if not self.is_done:
            self._document.adopt_layout(self._after)
            self.is_done = True

    def undo(self) -> None:
        if self.is_done:
            self._document.adopt_layout(self._before)
            self.is_done, self._was_undone = False, True

    def id(self) -> int:
        return LAYOUT_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over a move of the same parts, if it follows at once and nothing was undone between."""
        if not isinstance(other, LayoutCommand) or self._was_undone or other.text() != self.text():
            return False
        if other._time - self._time > MERGE_SECONDS or other._moved != self._moved:
            return False
        self._after, self._time = other._after, other._time
        if not self._moved:
            self.setObsolete(True)
            if self._after != self._before:  # an offset of 0 looks like none, and is none
                self._document.adopt_layout(self._before)
        return True

    @property
    def _moved(self) -> set[int]:
        """Ids of the layers and units that stand elsewhere after it."""
        before, after = self._before, self._after
        return {
            part
            for old, new in ((before.layers, after.layers), (before.units, after.units))
            for part in old.keys() | new.keys()
            if old.get(part, STANDS_AT_HOME) != new.get(part, STANDS_AT_HOME)
        }


class SetupCommand(QUndoCommand):
    """One step of the undo stack, between two setups, and what belongs to them.

    On leaving a side it remembers the moment, so that what was learned there is there on coming back.

    Like every step here it may be done, or undone, before the stack asks for it, which then changes nothing
    more: an error comes before the stack has changed.

    Parameters
    ----------
    document
        That is changed.
    text
        What is done.
    before, after
        Its two sides.
    field
        As in `Document.change`.
    is_jump
        Whether training goes to another moment, or to the start, and not on.
    arrival
        The moment it goes to, if it is not the start.
    assignment
        Numbers that are put in on redoing, and taken back on undoing.
    """

    def __init__(
        self,
        document: Sides,
        text: str,
        before: Side,
        after: Side,
        field: str = "",
        is_jump: bool = False,
        arrival: FutureCheckpoint | None = None,
        assignment: Assignment | None = None,
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after
        self._field = field
        self._is_jump = is_jump
        self._assignment = assignment
        self._checkpoint_before: FutureCheckpoint | None = None
        self._checkpoint_after = arrival
        self._few_before: _FewNumbers | None = None
        self._few_after: _FewNumbers | None = None
        self.merged_into: SetupCommand | None = None  # and is then not on the stack
        self._time = time.monotonic()
        self.is_done = self.was_undone = False

    def redo(self) -> None:
        if not self.is_done:
            self._before = self._left(self._before)
            self._checkpoint_before = self._enter(self._after, self._checkpoint_after, self._put)
            self.is_done = True

    def undo(self) -> None:
        if self.is_done:
            self._after = self._left(self._after)
            self._checkpoint_after = self._enter(self._before, self._checkpoint_before, self._take_back)
            self.is_done, self.was_undone = False, True

    def _enter(
        self, side: Side, restore_from: FutureCheckpoint | None, numbers: Numbers | None
    ) -> FutureCheckpoint:
        """Go to a side, document and session; return the moment that is left."""
        task = partial(_move_session, side.setup, restore_from, self._is_jump, numbers)
        return self._document.enter(self, side, task)

    def follow(self, never_done: "SetupCommand") -> None:
        """Begin where the command before it began, which was never done."""
        self._before = replace(never_done._before, notes=self._before.notes)

    def end_earlier(self, never_reached: Side, end: Side) -> None:
        """End where it ended before a change was merged into it that failed."""
        if self._after == never_reached:
            self._after = end

    def begin_at(self, checkpoint: FutureCheckpoint) -> None:
        """Remember a moment as the one it left, for a change that was merged into it and did not fail."""
        self._checkpoint_before = checkpoint

    def forget_failed(self) -> None:
        """Remember no moment that the worker could not note down."""
        if self._checkpoint_before is not None and has_failed(self._checkpoint_before):
            self._checkpoint_before = None
        if self._checkpoint_after is not None and has_failed(self._checkpoint_after):
            self._checkpoint_after = None

    def _left(self, side: Side) -> Side:
        """Return a side as it is left: notes may have been written there since."""
        return side if side.notes is None else replace(side, notes=self._document.notes)

    def id(self) -> int:
        return FIELD_ID if self._field else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over a change of the same field, if it follows at once and nothing was undone between."""
        if (
            not isinstance(other, SetupCommand)
            or other._field != self._field
            or self._checkpoint_after is not None
        ):
            return False
        if other._time - self._time > MERGE_SECONDS:
            return False
        is_back = other._after == self._before
        if is_back and other._before.setup.beginning != other._after.setup.beginning:
            return False  # the setup is back where it was, but training began anew: both are to undo
        self._after, self._time = other._after, other._time
        other.merged_into = self
        self.setObsolete(is_back)
        return True

    def remembered_bytes(self, counted: set[int]) -> int:
        """Return the size of the moments that it remembers, about.

        Parameters
        ----------
        counted
            Python's ids of vectors that other steps share with it: they are not counted again, and new ones
            are added.
        """
        sides = ((self._checkpoint_before, self._before), (self._checkpoint_after, self._after))
        return sum(
            _size(checkpoint, side.setup, counted) for checkpoint, side in sides if checkpoint is not None
        )

    def forget(self) -> None:
        """Remember no moment: undone, a change then carries over what the network of then knows.

        Of typed numbers those that they replaced are kept, as soon as the worker has noted them down. A jump
        cannot be undone without its moments: it keeps them, but for the milestones of their runs.
        """
        typed = self._assignment
        if self._is_jump:
            self._checkpoint_before = _without_milestones(self._checkpoint_before)
            self._checkpoint_after = _without_milestones(self._checkpoint_after)
            return
        if not self._is_of_numbers_alone:
            self._checkpoint_before = self._checkpoint_after = None
        elif isinstance(typed, TypedNumbers):
            if self._checkpoint_before is not None and _is_there(self._checkpoint_before):
                self._few_before = _FewNumbers.of(self._checkpoint_before.result(), typed)
                self._checkpoint_before = None
            if self._checkpoint_after is not None and _is_there(self._checkpoint_after):
                self._few_after = _FewNumbers.of(self._checkpoint_after.result(), typed)
                self._checkpoint_after = None

    @property
    def _is_of_numbers_alone(self) -> bool:
        """Whether numbers are put into a network that stays what it is."""
        return self._assignment is not None and self._before.setup.topology == self._after.setup.topology

    @property
    def _put(self) -> Numbers | None:
        assignment, is_typed = self._assignment, self._is_of_numbers_alone
        if assignment is None:
            return None

        def put(left: Checkpoint | None, parameters: Parameters) -> None:
            if left is None or is_typed:
                assignment.put(parameters)
            else:  # redone: what was put in has learned since
                assignment.take_back(parameters, left.parameters)

        few = self._few_after if self._checkpoint_after is None else None
        return Numbers(put, None if few is None else few.amend)

    @property
    def _take_back(self) -> Numbers | None:
        assignment = self._assignment
        if assignment is None:
            return None
        few = self._few_before if self._checkpoint_before is None else None

        def take_back(left: Checkpoint | None, parameters: Parameters) -> None:
            if left is not None:
                assignment.take_back(parameters, left.parameters)
            elif few is not None:
                few.numbers.put(parameters)

        return Numbers(take_back, None if few is None else few.amend)


def _move_session(
    setup: Setup,
    restore_from: FutureCheckpoint | None,
    is_jump: bool,
    numbers: Numbers | None,
    session: Session,
) -> Checkpoint:
    """Bring a session to a setup, in the worker's thread, or leave it where it is; return what it left.

    Parameters
    ----------
    setup
        That of the side it goes to.
    restore_from
        A moment there to come back to, if there was one.
    is_jump
        Whether training goes to that moment, or to the start, and not on.
    numbers
        What else happens to the parameters, unless training comes back to that moment exactly.
    session
        What is trained.
    """
    session.ensure_finite()  # a moment that is not finite is none to come back to
    left = session.checkpoint()
    try:
        checkpoint = (
            None if restore_from is None else restore_from.result()
        )  # it was posted before, and so is there
        if is_jump and checkpoint is not None:
            session.restore(checkpoint)
        elif is_jump and session.setup == setup:
            session.reset()
        else:
            known = checkpoint if checkpoint is not None and checkpoint.setup == setup else None
            put: Assign | None = None if numbers is None else partial(numbers.put, checkpoint)
            session.change(setup, known, put)
            if numbers is not None and numbers.amend is not None:
                numbers.amend(session)
    except Exception:
        session.restore(left)
        raise
    return left


def _is_there(checkpoint: FutureCheckpoint) -> bool:
    """Whether the worker has come to a moment, and noted it down."""
    return checkpoint.done() and not checkpoint.cancelled() and checkpoint.exception() is None


def has_failed(checkpoint: FutureCheckpoint) -> bool:
    """Whether the worker could not leave a moment for another one."""
    return checkpoint.done() and not checkpoint.cancelled() and checkpoint.exception() is not None


def _without_milestones(checkpoint: FutureCheckpoint | None) -> FutureCheckpoint | None:
    if checkpoint is None or not _is_there(checkpoint) or not checkpoint.result().milestones:
        return checkpoint
    slim: FutureCheckpoint = Future()
    slim.set_result(replace(checkpoint.result(), milestones=()))
    return slim


def _size(checkpoint: FutureCheckpoint, setup: Setup, counted: set[int]) -> int:
    """Return the bytes of a moment's numbers: a removed connection has its place among them too."""
    if not _is_there(checkpoint):
        return blocks_of(setup.topology)[-1].stop * np.dtype(setup.hyperparameters.precision).itemsize
    kept = checkpoint.result()
    initial, state = kept.initial, kept.optimizer_state
    parts = (kept.parameters, initial.parameters, initial.user_set, *state.vectors.values())
    vectors = [part.vector for part in parts if part is not None]
    vectors += [milestone.vector for milestone in kept.milestones]
    vectors += [] if kept.best is None else [kept.best.milestone.vector]
    new = {id(vector): vector.nbytes for vector in vectors if id(vector) not in counted}
    counted.update(new)
    return sum(new.values())
