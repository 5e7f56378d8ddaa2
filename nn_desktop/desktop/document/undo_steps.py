"""Steps of the undo stack: each goes from one side to the other and back, and loses nothing of either."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from nn_desktop.desktop.document.run_filing import EditRuns, FileRun, FutureRuns, edited
from nn_desktop.desktop.document.session_move import (
    FewNumbers,
    FutureCheckpoint,
    Numbers,
    has_failed,
    is_there,
    move_session,
    size_of,
    without_milestones,
)
from nn_desktop.drawing.placement import Layout, Offset
from nn_desktop.network.parameter_edits import Assignment, TypedNumbers
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.setup import Setup
from nn_desktop.training.worker import Task

MERGE_SECONDS = 1.0
"""Changes of one field, or moves of the same parts, that follow within this time are one to undo."""
FIELD_ID, LAYOUT_ID = 1, 2
"""Qt asks only steps of the same id whether they merge."""
STANDS_AT_HOME: Offset = (0.0, 0.0)


@dataclass(frozen=True)
class Side:
    """What the document is on one side of a step.

    Attributes
    ----------
    setup, layout
        Those in force there.
    notes, runs
        None if they have nothing to do with the step, and stay.
    """

    setup: Setup
    layout: Layout
    notes: str | None = None
    runs: FutureRuns | None = None


class Sides(Protocol):
    """The document, as far as steps and the session's answers change it."""

    @property
    def setup(self) -> Setup: ...

    @property
    def side(self) -> Side:
        """The side that it is on, with its notes and runs."""

    @property
    def future_runs(self) -> FutureRuns:
        """Its runs."""

    def adopt(self, side: Side) -> None:
        """Put a side in force, and leave the session alone."""


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
            self._adopt(self._after)
            self.is_done = True

    def undo(self) -> None:
        if self.is_done:
            self._adopt(self._before)
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
                self._adopt(self._before)
        return True

    def _adopt(self, layout: Layout) -> None:
        self._document.adopt(Side(self._document.setup, layout))

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


class RunsCommand(QUndoCommand):
    """One step of the undo stack, between runs: one was deleted, or something written on it.

    Redone, it edits the runs of then: the one that was filed before may have learned more since.
    """

    def __init__(self, document: Sides, text: str, edit: EditRuns) -> None:
        super().__init__(text)
        self._document = document
        self._edit = edit
        self._before = document.future_runs
        self.is_done = False

    def redo(self) -> None:
        if not self.is_done:
            self._before = self._document.future_runs
            self._adopt(edited(self._before, self._edit))
            self.is_done = True

    def undo(self) -> None:
        if self.is_done:
            self._adopt(self._before)
            self.is_done = False

    def _adopt(self, runs: FutureRuns) -> None:
        self._document.adopt(replace(self._document.side, notes=None, runs=runs))


@dataclass(frozen=True, kw_only=True)
class Jump:
    """Training does not go on, but from somewhere else.

    Attributes
    ----------
    arrival
        The checkpoint it goes to; None for the start.
    """

    arrival: FutureCheckpoint | None


class SetupCommand(QUndoCommand):
    """One step of the undo stack, between two setups, and what belongs to them.

    On leaving a side it remembers the checkpoint, so that what was learned there is there on coming back.

    Like every step here it may be done, or undone, before the stack asks for it, which then changes nothing
    more: an error comes before the stack has changed.

    Parameters
    ----------
    enter
        Brings document and session to a side; returns the side and the checkpoint that they leave.
    field
        As in `Document.change`.
    jump
        Where training goes, if it does not go on.
    assignment
        Numbers that are put in on redoing, and taken back on undoing.
    file_run
        Files the run that it leaves on redoing; undone, the runs are those of before.
    """

    def __init__(
        self,
        enter: "Enter",
        text: str,
        before: Side,
        after: Side,
        field: str = "",
        jump: Jump | None = None,
        assignment: Assignment | None = None,
        file_run: FileRun | None = None,
    ) -> None:
        super().__init__(text)
        self._enter = enter
        self._before, self._after = before, after
        self._field = field
        self._is_jump = jump is not None
        self._assignment = assignment
        self._file_run = file_run
        self._checkpoint_before: FutureCheckpoint | None = None
        self._checkpoint_after = None if jump is None else jump.arrival
        self._few_before: FewNumbers | None = None
        self._few_after: FewNumbers | None = None
        self.merged_into: SetupCommand | None = None  # and is then not on the stack
        self._time = time.monotonic()
        self.is_done = self.was_undone = False

    def redo(self) -> None:
        if not self.is_done:
            task = partial(move_session, self._after.setup, self._checkpoint_after, self._is_jump, self._put)
            left, self._checkpoint_before = self._enter(self, self._after, task, self._file_run)
            has_other_runs = self._file_run is not None or self._after.runs is not None
            self._before = replace(self._before, notes=left.notes, runs=left.runs if has_other_runs else None)
            self.is_done = True

    def undo(self) -> None:
        if self.is_done:
            task = partial(
                move_session, self._before.setup, self._checkpoint_before, self._is_jump, self._take_back
            )
            left, self._checkpoint_after = self._enter(self, self._before, task, None)
            has_own_runs = self._after.runs is not None
            self._after = replace(self._after, notes=left.notes, runs=left.runs if has_own_runs else None)
            self.is_done, self.was_undone = False, True

    def follow(self, never_done: "SetupCommand") -> None:
        """Begin where the command before it began, which was never done."""
        self._before = replace(never_done._before, notes=self._before.notes, runs=self._before.runs)

    def end_earlier(self, never_reached: Side, end: Side) -> None:
        """End where it ended before a change was merged into it that failed."""
        if self._after == never_reached:
            self._after = replace(end, runs=None)

    def begin_at(self, checkpoint: FutureCheckpoint) -> None:
        """Remember a checkpoint as left, for a change that was merged into it and did not fail."""
        self._checkpoint_before = checkpoint

    def forget_failed(self) -> None:
        """Remember no checkpoint that the worker could not make."""
        if self._checkpoint_before is not None and has_failed(self._checkpoint_before):
            self._checkpoint_before = None
        if self._checkpoint_after is not None and has_failed(self._checkpoint_after):
            self._checkpoint_after = None

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
        is_back = (other._after.setup, other._after.layout) == (self._before.setup, self._before.layout)
        if is_back and other._before.setup.beginning != other._after.setup.beginning:
            return False  # the setup is back where it was, but training began anew: both are to undo
        self._after, self._time = other._after, other._time
        other.merged_into = self
        self.setObsolete(is_back)
        return True

    def remembered_bytes(self, counted: set[int]) -> int:
        """Return the size of the checkpoints that it remembers, about.

        Parameters
        ----------
        counted
            Python's ids of vectors that other steps share with it: they are not counted again, and new ones
            are added.
        """
        sides = ((self._checkpoint_before, self._before), (self._checkpoint_after, self._after))
        return sum(
            size_of(checkpoint, side.setup, counted) for checkpoint, side in sides if checkpoint is not None
        )

    def forget(self) -> None:
        """Remember no checkpoint: undone, a change then carries over what the network of then knows.

        Where somebody set numbers, those that they replaced are kept, as soon as they are known. A jump
        cannot be undone without its checkpoints: it keeps them, but for the milestones of their runs.
        """
        user_set = self._assignment
        if self._is_jump:
            self._checkpoint_before = without_milestones(self._checkpoint_before)
            self._checkpoint_after = without_milestones(self._checkpoint_after)
            return
        self._before = replace(self._before, runs=None)  # they hold checkpoints too
        if not self._is_of_numbers_alone:
            self._checkpoint_before = self._checkpoint_after = None
        elif isinstance(user_set, TypedNumbers):
            if self._checkpoint_before is not None and is_there(self._checkpoint_before):
                self._few_before = FewNumbers.of(self._checkpoint_before.result(), user_set)
                self._checkpoint_before = None
            if self._checkpoint_after is not None and is_there(self._checkpoint_after):
                self._few_after = FewNumbers.of(self._checkpoint_after.result(), user_set)
                self._checkpoint_after = None

    def is_turning(self, field: str) -> bool:
        """Whether it turns a field, just now: a run that begins and ends within that is not worth filing."""
        is_recent = time.monotonic() - self._time <= MERGE_SECONDS
        return bool(field) and field == self._field and is_recent

    @property
    def _is_of_numbers_alone(self) -> bool:
        """Whether numbers are put into a network that stays what it is."""
        return self._assignment is not None and self._before.setup.topology == self._after.setup.topology

    @property
    def _put(self) -> Numbers | None:
        assignment, is_user_set = self._assignment, self._is_of_numbers_alone
        if assignment is None:
            return None

        def put(left: Checkpoint | None, parameters: Parameters) -> None:
            if left is None or is_user_set:
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


Enter = Callable[[SetupCommand, Side, Task[Checkpoint], FileRun | None], tuple[Side, FutureCheckpoint]]
