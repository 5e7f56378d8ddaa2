"""What somebody chooses about the learning, apart from the network and the data."""

import math
from dataclasses import dataclass
from enum import StrEnum

from nn_desktop.data.sampling import MAX_SEED
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.errors import UserError
from nn_desktop.network.functions import REQUIRED_OUTPUT, Initializer, Loss


class HyperparametersError(UserError):
    """A choice that cannot be learned with."""


class Mode(StrEnum):
    """The three ways of gradient descent: how many samples an update is made from."""

    BATCH = "batch"
    MINI_BATCH = "mini-batch"
    STOCHASTIC = "stochastic"


MAX_BATCH_SIZE = 100_000
MAX_LABEL_SMOOTHING = 0.5


@dataclass(frozen=True)
class Hyperparameters:
    """How a network is trained.

    Attributes
    ----------
    mode
        The way of gradient descent.
    batch_size
        Samples an update in mini-batch mode.
    learning_rate
        η of the update W ← W − η ∂L/∂W.
    loss
        What is made small.
    label_smoothing
        ε, the share of each target of a cross-entropy that is spread evenly over all classes, so that the
        network does not grow too sure (Szegedy et al. 2016).
    initializer
        Where the weights start.
    seed
        Of the start and of the order of the samples.
    precision
        The type of numbers.
    engine
        What does the sums.

    Raises
    ------
    HyperparametersError
        If a number is out of its range.
    """

    mode: Mode = Mode.MINI_BATCH
    batch_size: int = 16
    learning_rate: float = 0.05
    loss: Loss = Loss.MEAN_SQUARED_ERROR
    label_smoothing: float = 0.0
    initializer: Initializer = Initializer.GLOROT_UNIFORM
    seed: int = 0
    precision: Precision = Precision.FLOAT64
    engine: EngineName = EngineName.AUTO

    def __post_init__(self) -> None:
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise HyperparametersError(
                f"A learning rate of {self.learning_rate:g} cannot learn: "
                "it scales every step, so choose a number above 0, such as 0.05."
            )
        if not 0 <= self.label_smoothing <= MAX_LABEL_SMOOTHING:
            raise HyperparametersError(
                f"A label smoothing of {self.label_smoothing:g} cannot be: "
                f"choose a number from 0 to {MAX_LABEL_SMOOTHING:g}."
            )
        if not (isinstance(self.batch_size, int) and isinstance(self.seed, int)):
            raise HyperparametersError("Batch size and seed are whole numbers: choose others.")
        if not 1 <= self.batch_size <= MAX_BATCH_SIZE:
            raise HyperparametersError(
                f"A batch of {self.batch_size} samples cannot be: "
                f"choose a whole number from 1 to {MAX_BATCH_SIZE}."
            )
        if not 0 <= self.seed <= MAX_SEED:
            raise HyperparametersError(
                f"The seed {self.seed} cannot be used: choose a whole number from 0 to {MAX_SEED}."
            )

    @property
    def target_smoothing(self) -> float:
        """The label smoothing that is in force: other losses than the cross-entropies have none."""
        return self.label_smoothing if self.loss in REQUIRED_OUTPUT else 0.0

    @property
    def descent(self) -> Descent:
        """The rule of an update."""
        return Descent(learning_rate=self.learning_rate)

    def samples_per_update(self, samples: int) -> int:
        """Return how many of the training samples one update takes; one where there are none."""
        match self.mode:
            case Mode.BATCH:
                return max(1, samples)
            case Mode.STOCHASTIC:
                return 1
            case Mode.MINI_BATCH:
                return min(self.batch_size, max(1, samples))

    def updates_per_epoch(self, samples: int) -> int:
        """Return how many updates one pass over the training samples is."""
        return math.ceil(samples / self.samples_per_update(samples))
