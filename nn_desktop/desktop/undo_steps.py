"""Steps of the undo stack: each goes from one side to the other and back, and loses nothing of either."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Protocol

from PySide6.QtGui import QUndoCommand, QUndoStack

from nn_desktop.network.assignment import Assignment
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.placement import Layout
from nn_desktop.training.session import Checkpoint, Session
from nn_desktop.training.setup import Setup

Moment = Future[Checkpoint]
"""A moment of training that the worker notes down when it comes to it."""
Numbers = Callable[[Checkpoint | None, Parameters], None]
"""Changes parameters, in the worker's thread, knowing the moment that is come back to, if there is one."""
MERGE_SECONDS = 1.0
"""Changes of one field that follow one another within this time are one to undo."""


class Sides(Protocol):
    """What steps act on: the document."""

    def cross(
        self,
        step: "SetupStep",
        setup: Setup,
        recall: Moment | None,
        is_jump: bool,
        numbers: Numbers | None,
    ) -> Moment:
        """Put a setup in force; return the moment that is left."""
        ...

    def adopt_layout(self, layout: Layout) -> None:
        """Put a layout in force."""
        ...


def cross(
    setup: Setup, recall: Moment | None, is_jump: bool, numbers: Numbers | None, session: Session
) -> Checkpoint:
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
            known = moment if moment is not None and moment.setup == setup else None
            session.change(setup, known, None if numbers is None else partial(numbers, moment))
    except Exception:
        session.restore(left)
        raise
    return left


class LayoutStep(QUndoCommand):
    """One step of the undo stack, between two layouts: nothing that is learned has to do with it."""

    def __init__(self, document: Sides, text: str, before: Layout, after: Layout) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after

    def redo(self) -> None:
        self._document.adopt_layout(self._after)

    def undo(self) -> None:
        self._document.adopt_layout(self._before)


class SetupStep(QUndoCommand):
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
    assignment
        Numbers that are put in on redoing, and taken back on undoing.
    """

    def __init__(
        self,
        document: Sides,
        text: str,
        before: Setup,
        after: Setup,
        field: str = "",
        is_jump: bool = False,
        arrival: Moment | None = None,
        assignment: Assignment | None = None,
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after
        self._field = field
        self._is_jump = is_jump
        self._assignment = assignment
        self._moment_before: Moment | None = None
        self._moment_after = arrival
        self._time = time.monotonic()
        self._is_done = False
        self._is_taken_back = False

    def redo(self) -> None:
        self._is_done = True
        if not self._is_taken_back:
            self._moment_before = self._document.cross(
                self, self._after, self._moment_after, self._is_jump, self._put
            )

    def undo(self) -> None:
        self._is_done = False
        if not self._is_taken_back:
            self._moment_after = self._document.cross(
                self, self._before, self._moment_before, self._is_jump, self._take_back
            )

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
        if not isinstance(other, SetupStep) or other._field != self._field or self._moment_after is not None:
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

        A jump cannot be undone without its moments, nor can typed numbers: they keep them.
        """
        if not self._is_jump and not self._is_of_numbers_alone:
            self._moment_before = self._moment_after = None

    @property
    def _is_of_numbers_alone(self) -> bool:
        """Whether numbers are put into a network that stays what it is."""
        return self._assignment is not None and self._before.topology == self._after.topology

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

        return put

    @property
    def _take_back(self) -> Numbers | None:
        assignment = self._assignment
        if assignment is None:
            return None

        def take_back(left: Checkpoint | None, parameters: Parameters) -> None:
            if left is not None:
                assignment.take_back(parameters, left.parameters)

        return take_back
