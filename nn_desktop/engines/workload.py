"""The work of an update: all that its speed depends on."""

from dataclasses import dataclass, field

import numpy as np

from nn_desktop.engines.available import MAKERS
from nn_desktop.engines.descent import STANDSTILL
from nn_desktop.engines.engine import Engine
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Initializer, Loss
from nn_desktop.network.initializers import initialize
from nn_desktop.network.topology import Topology


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What an update consists of: everything but the numbers.

    Two are equal if an update takes an engine the same time, whatever ids their layers and units have.

    Attributes
    ----------
    topology, loss, precision
        What is trained.
    batch_size
        Samples of an update.
    key
        What makes two equal, in a line: the same in every process.
    """

    topology: Topology = field(compare=False)
    loss: Loss = field(compare=False)
    precision: Precision = field(compare=False)
    batch_size: int = field(compare=False)
    key: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        topology, index = self.topology, self.topology.layer_index
        key = (
            topology.sizes,
            tuple(layer.activation.value for layer in topology.layers),
            tuple(sorted((index[link.source], index[link.target]) for link in topology.links)),
            self.loss.value,
            self.batch_size,
            str(self.precision),
        )
        object.__setattr__(self, "key", repr(key))

    @property
    def products(self) -> int:
        """Multiplications of a forward pass; an update takes about three times as many."""
        return self.topology.weight_count * self.batch_size

    @property
    def flops(self) -> int:
        """Floating-point operations of the matrix products of an update: a product and its sum are two.

        For every sample each weight takes part three times: in the forward pass, in its own gradient, and in
        passing the gradient back; no gradient is passed back to the inputs.
        """
        topology = self.topology
        inputs = topology.layers[0].id
        from_inputs = sum(topology.count(link) for link in topology.links if link.source == inputs)
        return self.batch_size * 2 * (3 * topology.weight_count - from_inputs)

    def make_probe(self, name: EngineName) -> Engine:
        """Return an engine, which is here, with random numbers for one batch.

        It learns nothing: whatever the network, nothing grows.
        """
        generator = np.random.default_rng(0)
        inputs = generator.normal(size=(self.batch_size, self.topology.sizes[0]))
        targets = generator.random((self.batch_size, self.topology.sizes[-1]))
        start = initialize(self.topology, Initializer.GLOROT_UNIFORM, 0, np.dtype(self.precision))
        problem = Problem(loss=self.loss, inputs=inputs, targets=targets)
        return MAKERS[name](start, problem, STANDSTILL)
