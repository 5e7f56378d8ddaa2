"""What is timed: a network, a batch size and a type of numbers."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from nn_desktop.bench.random_numbers import RandomNumbers
from nn_desktop.data.sampling import MAX_TRAIN_SHARE
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.errors import UserError
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer, parse_layers
from nn_desktop.network.topology import Topology, TopologyError
from nn_desktop.training import settings
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import Setup, make_setup

TRAIN_SAMPLES = 1024
"""At least so many are trained on, as in a dataset of middle size."""
MIN_BATCHES = 4
"""An epoch has so many at least: with one alone there would be nothing to shuffle."""
TRAIN_SHARE = MAX_TRAIN_SHARE
LEARNING_RATE = 1e-5
"""So small that no network diverges; an update takes no less time for it."""


@dataclass(frozen=True)
class Case:
    """A network to train with plain gradient descent on the mean squared error of random numbers.

    Attributes
    ----------
    typed
        Its layers, as they are typed.
    batch_size
        Samples of an update.
    activation
        Activation of the hidden layers that name none.
    precision
        The type of numbers.

    Raises
    ------
    UserError
        If there can be no such network, or no batch of that size for it.
    """

    typed: tuple[TypedLayer, ...]
    batch_size: int
    activation: Activation = Activation.TANH
    precision: Precision = Precision.FLOAT32

    def __post_init__(self) -> None:
        if len(self.typed) < 2:
            raise TopologyError(
                "A network to time has two layers at least: type all of them, as in 1-16-16-1."
            )
        _ = self.topology
        if self.batch_size > self._most_samples:
            raise UserError(
                f"There are no {self.batch_size} random samples for an update of so wide a network: "
                f"choose a batch of {self._most_samples} or fewer."
            )

    @property
    def layers(self) -> str:
        """The layers in one line."""
        return "-".join(
            f"{layer.size}:{layer.activation}" if layer.activation else str(layer.size)
            for layer in self.typed
        )

    @cached_property
    def topology(self) -> Topology:
        """The network."""
        data = self._numbers.default_settings
        return make_setup(
            data, self.typed, self.activation, Hyperparameters(batch_size=self.batch_size)
        ).topology

    @property
    def train_samples(self) -> int:
        """Number of samples to train on: whole batches."""
        wanted = max(MIN_BATCHES, -(-TRAIN_SAMPLES // self.batch_size))
        return min(wanted, self._most_samples // self.batch_size) * self.batch_size

    @property
    def samples(self) -> int:
        """Number of samples, training and test together."""
        return round(self.train_samples / TRAIN_SHARE)

    @property
    def weights(self) -> int:
        """Number of weights."""
        return self.topology.weight_count

    @property
    def flops_per_update(self) -> int:
        """Floating-point operations of the matrix products of an update: a product and its sum are two.

        For every sample each weight takes part three times: in the forward pass, in its own gradient, and in
        passing the gradient back; no gradient is passed back to the inputs.
        """
        sizes = self.topology.sizes
        weights = [before * after for before, after in pairwise(sizes)]
        return self.batch_size * 2 * (3 * sum(weights) - weights[0])

    def setup(self, engine: EngineName) -> Setup:
        """Return what a session needs to train it."""
        data = replace(self._numbers.default_settings, samples=self.samples)
        hyperparameters = settings.LEARNING_RATE.put_in(
            Hyperparameters(batch_size=self.batch_size, precision=self.precision, engine=engine),
            LEARNING_RATE,
        )
        return make_setup(data, self.typed, self.activation, hyperparameters)

    @property
    def _numbers(self) -> RandomNumbers:
        return RandomNumbers(inputs=self.typed[0].size, outputs=self.typed[-1].size)

    @property
    def _most_samples(self) -> int:
        """Number of samples that there can be to train on."""
        return int(TRAIN_SHARE * self._numbers.most_samples)


def standard_cases(activation: Activation, precision: Precision) -> list[Case]:
    """Return the cases that one machine is compared with another by."""
    return [
        Case(parse_layers(layers), batch_size, activation, precision)
        for layers, batch_sizes in STANDARD_NETWORKS.items()
        for batch_size in batch_sizes
    ]


STANDARD_NETWORKS = {
    "1-16-16-1": (1, 16, 200),
    "2-8-8-1": (1, 10),
    "64-128-64-10": (64,),
    "784-512-256-10": (256,),
}
"""Layers, and the batch sizes to time them with."""
