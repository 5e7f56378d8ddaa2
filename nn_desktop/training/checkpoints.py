"""Moments of a training: what is needed to go on from one, to come back to one, or to look at one."""

from dataclasses import dataclass, field
from typing import Any

from nn_desktop.data.dataset import Dataset
from nn_desktop.engines.engine import IntArray
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.engines.selection import Choice
from nn_desktop.network.parameters import FloatArray, Parameters
from nn_desktop.training.history import History
from nn_desktop.training.setup import Setup

MAX_MILESTONES = 512
MAX_MILESTONE_BYTES = 64_000_000
"""Parameters of all milestones of a run together."""


@dataclass(frozen=True, eq=False)
class Milestone:
    """The end of an epoch that is kept to come back to.

    Attributes
    ----------
    setup
        Of that moment: it may have changed since.
    vector
        All parameters; read-only.
    epoch, updates
        Whole epochs and updates so far.
    """

    setup: Setup
    vector: FloatArray
    epoch: int
    updates: int


def keep(milestones: tuple[Milestone, ...], newest: Milestone) -> tuple[Milestone, ...]:
    """Return milestones and a new one, in bounded memory: if they get too many, every second one goes.

    The first one stays, and the new one; of a network too large for a single one, none.
    """
    kept = (*milestones, newest)
    while len(kept) > MAX_MILESTONES or sum(m.vector.nbytes for m in kept) > MAX_MILESTONE_BYTES:
        if len(kept) < 3:
            kept = kept[1:]
        else:
            kept = (*kept[:-1:2], newest)
    return kept


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that a session needs to go on exactly from here.

    Attributes
    ----------
    optimizer_state
        What the optimizer remembers, beside the parameters.
    start
        What `Session.reset` comes back to; None for random parameters.
    typed
        1 where a number of the start was typed, 0 elsewhere; None if none was.
    milestones
        Earlier moments of the run, as they followed one another.
    """

    setup: Setup
    parameters: Parameters
    epoch: int
    position: int
    updates: int
    order: IntArray
    history: History
    diverged: bool
    engine: Choice
    start: Parameters | None
    typed: Parameters | None
    milestones: tuple[Milestone, ...] = ()
    optimizer_state: OptimizerState = field(default_factory=OptimizerState)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a view needs to know of one moment; nothing in it changes any more.

    Attributes
    ----------
    setup
        What was trained.
    dataset
        What it was trained on.
    parameters
        A copy.
    epoch, updates
        Whole epochs and updates so far.
    train_loss, test_loss
        Over all samples of each part.
    history
        Shape (n, 3): epoch, training loss, test loss; its last row is this moment.
    diverged
        Whether the run was stopped because the loss grew beyond all numbers.
    engine
        What does the sums.
    milestones
        Earlier moments of the run, to come back to.
    answer
        What somebody asked about this moment (`Worker.question`), or None.
    """

    setup: Setup
    dataset: Dataset
    parameters: Parameters
    epoch: int
    updates: int
    train_loss: float
    test_loss: float
    history: FloatArray
    diverged: bool
    engine: Choice
    milestones: tuple[Milestone, ...] = ()
    answer: Any = None
