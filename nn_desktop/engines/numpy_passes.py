"""Forward and backward pass in numpy, with everything allocated and bound once.

Arrays are *features first*: (units, batch). Each layer's activations have one row more, of ones, so that the
bias is one more weight and a layer is one matrix product. A pass is a list of steps, each a function with the
arrays it works on; running it is running down the list.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.engines.numpy_functions import FUNCTIONS, LOSS_SLOPES, SLOPES, softmax_delta
from nn_desktop.network.functions import REQUIRED_OUTPUT, Activation, Loss
from nn_desktop.network.parameters import Parameters

Step = Callable[[], object]


class ForwardPass:
    """ŷ = g(Σ wᵢxᵢ + b), layer after layer, for batches of one size.

    Parameters
    ----------
    parameters
        Read at every run.
    batch
        Number of samples.

    Attributes
    ----------
    inputs
        To be filled before a run, shape (inputs, batch).
    z, a
        By layer id: the weighted sums, and the activations, shape (units, batch).
    operands
        By layer id: what a layer's matrix is multiplied with, shape (its inputs + 1, batch).
    """

    def __init__(self, parameters: Parameters, batch: int) -> None:
        self.parameters = parameters
        self.z: dict[int, FloatArray] = {}
        self.a: dict[int, FloatArray] = {}
        self.operands: dict[int, FloatArray] = {}
        self._with_ones: dict[int, FloatArray] = {}
        self.steps: list[Step] = []
        topology = parameters.topology
        for layer in topology.layers:
            self._with_ones[layer.id] = self._ones(len(layer.units), batch)
            self.a[layer.id] = self._with_ones[layer.id][:-1]
        self.inputs = self.a[topology.layers[0].id]
        for layer in topology.layers[1:]:
            self.z[layer.id] = np.empty_like(self.a[layer.id])
            self.operands[layer.id] = self._operand(layer.id, batch)
            self.steps += [
                partial(np.dot, parameters.matrix(layer.id), self.operands[layer.id], self.z[layer.id]),
                partial(FUNCTIONS[layer.activation], self.z[layer.id], self.a[layer.id]),
            ]
        self.outputs = self.a[topology.layers[-1].id]

    def run(self) -> FloatArray:
        """Compute all z and a; return the outputs, shape (outputs, batch)."""
        for step in self.steps:
            step()
        return self.outputs

    def _ones(self, rows: int, batch: int) -> FloatArray:
        array = np.zeros((rows + 1, batch), self.parameters.vector.dtype)
        array[-1] = 1
        return array

    def _operand(self, layer_id: int, batch: int) -> FloatArray:
        """Return the one source layer as it is, or gather several below one another."""
        links = self.parameters.topology.links_into(layer_id)
        if len(links) == 1:
            return self._with_ones[links[0].source]
        sources = [self.a[link.source] for link in links]
        operand = self._ones(sum(len(source) for source in sources), batch)
        row = 0
        for source in sources:
            self.steps.append(partial(np.copyto, operand[row : row + len(source)], source))
            row += len(source)
        return operand


class BackwardPass:
    """The gradient of the loss, from the output layer back to the first.

    In each layer δ = ∂L/∂z = u · g'(z) with u = ∂L/∂a; then ∂L/∂W = δ xᵀ, and Wᵀδ is added to the u of the
    layers before it.

    Parameters
    ----------
    forward
        The pass whose z and a are used.
    gradient
        Written at every run.
    loss
        What is differentiated.

    Attributes
    ----------
    targets
        To be filled before a run, shape (outputs, batch).
    """

    def __init__(self, forward: ForwardPass, gradient: Parameters, loss: Loss) -> None:
        self._forward = forward
        self._gradient = gradient
        self._upstream = {layer: np.zeros_like(z) for layer, z in forward.z.items()}
        self._reached: set[int] = set()
        self.targets = np.zeros_like(forward.outputs)
        self.steps: list[Step] = []
        layers = gradient.topology.layers
        output = layers[-1].id
        u = self._upstream[output]
        self.steps.append(partial(LOSS_SLOPES[loss], forward.outputs, self.targets, u))
        for layer in reversed(layers[1:]):
            from_logits = layer.id == output and loss in REQUIRED_OUTPUT
            delta = u if from_logits else self._delta_steps(layer.id, layer.activation)
            self._layer_steps(layer.id, delta)

    def run(self) -> None:
        """Compute the gradient of the loss at the forward pass's last run."""
        for step in self.steps:
            step()

    def _delta_steps(self, layer_id: int, activation: Activation) -> FloatArray:
        z, a, u = self._forward.z[layer_id], self._forward.a[layer_id], self._upstream[layer_id]
        if activation is Activation.IDENTITY:
            return u
        delta = np.empty_like(z)
        if activation is Activation.SOFTMAX:
            self.steps.append(partial(softmax_delta, a, u, delta))
        else:
            self.steps.append(partial(SLOPES[activation], z, a, delta))
            self.steps.append(partial(np.multiply, delta, u, delta))
        return delta

    def _layer_steps(self, layer_id: int, delta: FloatArray) -> None:
        topology = self._gradient.topology
        operand = self._forward.operands[layer_id]
        self.steps.append(partial(np.dot, delta, operand.T, self._gradient.matrix(layer_id)))
        for link in topology.links_into(layer_id):
            if link.source == topology.layers[0].id:
                continue  # nobody asks for the gradient of the inputs
            weights = self._forward.parameters.weights(link.source, link.target)
            u = self._upstream[link.source]
            if link.source not in self._reached:
                self._reached.add(link.source)
                self.steps.append(partial(np.dot, weights.T, delta, u))
            else:
                share = np.empty_like(u)
                self.steps.append(partial(np.dot, weights.T, delta, share))
                self.steps.append(partial(np.add, u, share, u))
