"""How the session comes from one side of an undo step to the other, in the worker's thread."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nn_desktop.network.parameter_edits import TypedNumbers
from nn_desktop.network.parameters import Parameters, blocks_of
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import Assign, SessionError

FutureCheckpoint = Future[Checkpoint]
"""A checkpoint that the worker makes when it comes to it."""


@dataclass(frozen=True)
class Numbers:
    """Numbers that a step puts in, in the worker's thread.

    Attributes
    ----------
    put
        Changes the parameters, knowing the checkpoint that is come back to, if there is one.
    amend
        Puts the session's start right afterwards, where no checkpoint is left that remembers it.
    """

    put: Callable[[Checkpoint | None, Parameters], None]
    amend: Callable[[Session], None] | None = None


@dataclass(frozen=True)
class FewNumbers:
    """What is left of a checkpoint that was forgotten: its numbers where somebody set others.

    Attributes
    ----------
    start
        As the start had them, if what was set belongs to it.
    marks
        As `Session.amend_start` takes them.
    """

    numbers: TypedNumbers
    start: TypedNumbers | None
    marks: TypedNumbers | None

    @classmethod
    def of(cls, checkpoint: Checkpoint, user_set: TypedNumbers) -> "FewNumbers":
        initial = checkpoint.initial
        start = initial.parameters
        if start is None and checkpoint.updates == 0:
            start = checkpoint.parameters
        return cls(
            user_set.of(checkpoint.parameters),
            None if start is None else user_set.of(start),
            None if initial.user_set is None else user_set.of(initial.user_set),
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


def move_session(
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
        A checkpoint there to come back to, if there was one.
    is_jump
        Whether training goes to that checkpoint, or to the start, and not on.
    numbers
        What else happens to the parameters, unless training comes back to that checkpoint exactly.

    Numbers that were learned since and are too large for the side's type do not bar the way back: the
    checkpoint then comes back exactly.
    """
    session.ensure_finite()  # a state that is not finite is none to come back to
    left = session.checkpoint()
    try:
        # It was posted before, and so is there.
        checkpoint = None if restore_from is None else restore_from.result()
        if is_jump and checkpoint is not None:
            session.restore(checkpoint)
        elif is_jump and session.setup == setup:
            session.reset()
        else:
            known = checkpoint if checkpoint is not None and checkpoint.setup == setup else None
            put: Assign | None = None if numbers is None else partial(numbers.put, checkpoint)
            try:
                session.change(setup, known, put)
            except SessionError:
                if known is None:
                    raise
                session.restore(known)
                return left
            if numbers is not None and numbers.amend is not None:
                numbers.amend(session)
    except Exception:
        session.restore(left)
        raise
    return left


def is_there(checkpoint: FutureCheckpoint) -> bool:
    """Whether the worker has made a checkpoint."""
    return checkpoint.done() and not checkpoint.cancelled() and checkpoint.exception() is None


def has_failed(checkpoint: FutureCheckpoint) -> bool:
    """Whether the worker could not go from a checkpoint to another one."""
    return checkpoint.done() and not checkpoint.cancelled() and checkpoint.exception() is not None


def without_milestones(checkpoint: FutureCheckpoint | None) -> FutureCheckpoint | None:
    if checkpoint is None or not is_there(checkpoint) or not checkpoint.result().milestones:
        return checkpoint
    slim: FutureCheckpoint = Future()
    slim.set_result(replace(checkpoint.result(), milestones=()))
    return slim


def size_of(checkpoint: FutureCheckpoint, setup: Setup, counted: set[int]) -> int:
    """Return the bytes of a checkpoint's numbers: a removed connection has its place among them too."""
    if not is_there(checkpoint):
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
