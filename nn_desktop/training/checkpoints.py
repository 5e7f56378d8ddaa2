"""Moments of a training: what is needed to go on from one, or to come back to one."""

from dataclasses import dataclass, field

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.engines.selection import Choice
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.history import History
from nn_desktop.training.order import epoch_orders
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import InitialParameters
from nn_desktop.training.walk import Walk

MAX_MILESTONES = 512
MAX_MILESTONE_BYTES = 64_000_000
"""Parameters of all milestones of a run together."""


@dataclass(frozen=True, kw_only=True, eq=False)
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

    @classmethod
    def of(cls, checkpoint: "Checkpoint") -> "Milestone":
        """Make the milestone of a moment, whose numbers are taken as they are."""
        vector = checkpoint.parameters.vector
        vector.setflags(write=False)
        return cls(setup=checkpoint.setup, vector=vector, epoch=checkpoint.epoch, updates=checkpoint.updates)


def keep(milestones: tuple[Milestone, ...], newest: Milestone) -> tuple[Milestone, ...]:
    """Return milestones and a new one, in bounded memory: if they get too many, every second one goes.

    A quarter of them stays, those of the first epochs, where most happens, and the new one; of a network too
    large for a single one, none.
    """
    kept = (*milestones, newest)
    while len(kept) > MAX_MILESTONES or sum(m.vector.nbytes for m in kept) > MAX_MILESTONE_BYTES:
        if len(kept) < 3:
            kept = kept[1:]
        else:
            first = len(kept) // 4
            kept = (*kept[:first], *kept[first:-1:2], newest)
    return kept


@dataclass(frozen=True, kw_only=True, eq=False)
class Checkpoint:
    """All that a session needs to go on exactly from here.

    Attributes
    ----------
    setup
        What is trained on what and how.
    parameters, optimizer_state
        The numbers that an update changes.
    epoch, updates
        Whole epochs and updates so far.
    position
        Samples of the present epoch that are done.
    order
        Of the samples in the present epoch, shape (samples,).
    history
        The losses so far.
    diverged
        Whether the run was stopped because the loss grew beyond all numbers.
    engine
        What does the sums.
    initial
        What `Session.reset` comes back to.
    milestones
        Earlier moments of the run, as they followed one another.
    """

    setup: Setup
    parameters: Parameters
    optimizer_state: OptimizerState = field(default_factory=OptimizerState)
    epoch: int
    position: int
    updates: int
    order: IntArray
    history: History
    diverged: bool
    engine: Choice
    initial: InitialParameters = field(default_factory=InitialParameters)
    milestones: tuple[Milestone, ...] = ()

    @property
    def walk(self) -> Walk:
        """How far the run has come through the samples."""
        return Walk(
            hyperparameters=self.setup.hyperparameters,
            samples=len(self.order),
            epoch=self.epoch,
            position=self.position,
            updates=self.updates,
            order=self.order,
        )


def checkpoint_at(milestone: Milestone, run: Checkpoint, engine: Choice) -> Checkpoint:
    """Return all that is needed to come back to a milestone.

    Parameters
    ----------
    milestone
        One of the run.
    run
        A later moment of it.
    engine
        What is to do the sums.
    """
    setup = milestone.setup
    has_start = run.initial.of(setup.topology) is not None
    return Checkpoint(
        setup=setup,
        parameters=Parameters(setup.topology, milestone.vector.copy()),
        epoch=milestone.epoch,
        position=0,
        updates=milestone.updates,
        order=epoch_orders(setup.hyperparameters, milestone.epoch, len(run.order))[0].copy(),
        history=run.history.until(milestone.epoch),
        diverged=False,
        engine=engine,
        initial=run.initial if has_start else InitialParameters(),
        milestones=(*(m for m in run.milestones if m.updates < milestone.updates), milestone),
    )
