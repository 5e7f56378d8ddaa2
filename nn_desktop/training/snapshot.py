"""What views show of a moment of a training."""

from dataclasses import dataclass

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.engines.selection import Choice
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.checkpoints import Best, Checkpoint, Milestone
from nn_desktop.training.marks import Mark
from nn_desktop.training.setup import Setup
from nn_desktop.training.walk import Walk


@dataclass(frozen=True, kw_only=True, eq=False)
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
        Shape (n, 3): epoch, training loss, test loss; its last row is this moment, or the newest one of the
        run if this is an earlier one.
    diverged
        Whether the run was stopped because the loss grew beyond all numbers.
    engine
        What does the sums.
    milestones
        Earlier moments of the run, to come back to.
    best
        The best of them, which need not be among the milestones any more; None if there is none yet.
    marks
        Where settings changed on the way.
    is_past
        Whether it is an earlier moment that is looked back at: see `looking_back`.
    walk
        Which samples the next update takes.
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
    walk: Walk
    milestones: tuple[Milestone, ...] = ()
    best: Best | None = None
    marks: tuple[Mark, ...] = ()
    is_past: bool = False

    @classmethod
    def of(cls, checkpoint: Checkpoint, dataset: Dataset, train_loss: float, test_loss: float) -> "Snapshot":
        """Show a moment, whose parameters are taken as they are, with its data and its losses."""
        checkpoint.parameters.vector.setflags(write=False)
        count = len(checkpoint.order)
        walk = checkpoint.walk
        now = walk.epochs
        history = checkpoint.history
        return cls(
            setup=checkpoint.setup,
            dataset=dataset,
            parameters=checkpoint.parameters,
            epoch=checkpoint.epoch,
            updates=checkpoint.updates,
            train_loss=train_loss,
            test_loss=test_loss,
            history=history.rows_until(now, train_loss, test_loss) if count else history.rows(),
            diverged=checkpoint.diverged,
            engine=checkpoint.engine,
            walk=walk,
            milestones=checkpoint.milestones,
            best=checkpoint.best,
            marks=checkpoint.marks,
        )
