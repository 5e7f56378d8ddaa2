"""The forward pass of a network as a list of steps, for formats that are programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from nn_desktop.arrays import FloatArray
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters


class Feed(NamedTuple):
    """What one layer gives another.

    Attributes
    ----------
    source
        Number of the layer that gives; the input layer is 0.
    weights
        Shape (target units, source units); 0 at removed connections.
    """

    source: int
    weights: FloatArray


@dataclass(frozen=True, eq=False)
class Step:
    """One layer: z = Σ weights · values of the source + biases, values = g(z).

    Attributes
    ----------
    number
        Place of the layer in the network; the input layer's is 0.
    feeds
        From the layers linked to it, in their order; a layer that nothing feeds gives a constant.
    biases
        Shape (units,).
    activation
        g.
    """

    number: int
    feeds: tuple[Feed, ...]
    biases: FloatArray
    activation: Activation

    @property
    def units(self) -> int:
        """How many units it has."""
        return len(self.biases)


def steps_of(parameters: Parameters) -> tuple[Step, ...]:
    """Return the steps from the input layer to the output layer; what nobody asks for is left out."""
    steps: list[Step] = []
    wanted = {len(parameters.topology.layers) - 1}
    for step in _all_steps_backwards(parameters):
        if step.number in wanted:
            steps.insert(0, step)
            wanted.update(feed.source for feed in step.feeds)
    return tuple(steps)


def _all_steps_backwards(parameters: Parameters) -> Iterator[Step]:
    topology = parameters.topology
    for number in range(len(topology.layers) - 1, 0, -1):
        layer = topology.layers[number]
        feeds = tuple(
            Feed(topology.layer_index[link.source], parameters.weights(link.source, link.target))
            for link in topology.links_into(layer.id)
        )
        yield Step(number, feeds, parameters.biases(layer.id), layer.activation)
