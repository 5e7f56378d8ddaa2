"""Moments of a training: what is needed to go on from one, or to come back to one."""

from dataclasses import dataclass, field
from functools import reduce
from math import isfinite, isnan

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.engines.selection import Choice
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.history import History
from nn_desktop.training.marks import Mark, marks_until
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
class Best:
    """The moment of a run with the lowest test loss so far, or training loss where there is no test.

    Attributes
    ----------
    milestone
        The moment.
    train_loss, test_loss
        Its losses; NaN for the second where there are no test samples.
    """

    milestone: Milestone
    train_loss: float
    test_loss: float

    @property
    def loss(self) -> float:
        """What makes it the best."""
        return self.train_loss if isnan(self.test_loss) else self.test_loss

    def is_better_than(self, other: "Best") -> bool:
        """Whether its loss is lower, or is another one that cannot be compared."""
        if criterion(self.milestone.setup) != criterion(other.milestone.setup):
            return True
        return (isnan(self.test_loss), self.loss) < (isnan(other.test_loss), other.loss)


def better(best: Best | None, milestone: Milestone, losses: tuple[float, float]) -> Best | None:
    """Return the better one of the best moment so far and a later one with its training and test loss."""
    new = Best(milestone=milestone, train_loss=losses[0], test_loss=losses[1])
    if not isfinite(losses[0]) or not isfinite(new.loss):
        return best
    return new if best is None or new.is_better_than(best) else best


def best_among(milestones: tuple[Milestone, ...], history: History) -> Best | None:
    """Return the best of some moments whose losses are known; None if there is none."""
    losses = {epoch: (train_loss, test_loss) for epoch, train_loss, test_loss in history.rows().tolist()}
    known = [milestone for milestone in milestones if milestone.epoch in losses]
    return reduce(lambda best, each: better(best, each, losses[each.epoch]), known, None)


def criterion(setup: Setup) -> tuple[object, ...]:
    """Return what two moments must have in common for their losses to be compared."""
    h = setup.hyperparameters
    return setup.data, h.loss, h.target_smoothing


def comparable(best: Best | None, setup: Setup) -> Best | None:
    """Return the best moment so far if later ones of a setup can be compared with it."""
    return best if best is not None and criterion(best.milestone.setup) == criterion(setup) else None


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
    best
        The best moment so far; None at the start, and if no loss was recorded since the kind of loss changed.
    marks
        Where settings changed on the way.
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
    best: Best | None = None
    marks: tuple[Mark, ...] = ()

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
    history = run.history.until(milestone.epoch)
    milestones = tuple(each for each in run.milestones if each.updates < milestone.updates)
    if milestone.updates:
        milestones = (*milestones, milestone)
    best = run.best if milestone.updates else None
    if best is not None and best.milestone.updates > milestone.updates:
        best = best_among(milestones, history)
    return Checkpoint(
        setup=setup,
        parameters=Parameters(setup.topology, milestone.vector.copy()),
        epoch=milestone.epoch,
        position=0,
        updates=milestone.updates,
        order=epoch_orders(setup.hyperparameters, milestone.epoch, len(run.order))[0].copy(),
        history=history,
        diverged=False,
        engine=engine,
        initial=run.initial if has_start else InitialParameters(),
        milestones=milestones,
        best=best,
        marks=marks_until(run.marks, milestone.updates),
    )
