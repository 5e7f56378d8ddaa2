"""The reference engine: numpy, with everything allocated and bound once.

Arrays are *features first*: (units, batch). Each layer's activations have one row more, of ones, so that the
bias is one more weight and a layer is one matrix product. A pass is a list of steps, each a function with the
arrays it works on; running it is running down the list.
"""

import os
import time
from collections.abc import Callable
from functools import lru_cache, partial
from math import isfinite

import numpy as np
import threadpoolctl

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.engine import IntArray, Phases, StopFlag, batches
from nn_desktop.engines.numpy_functions import FUNCTIONS, LOSS_SLOPES, LOSS_VALUES, SLOPES, softmax_delta
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import REQUIRED_OUTPUT, Activation, Loss
from nn_desktop.network.parameters import (
    FloatArray,
    Parameters,
    connection_mask,
    learning_mask,
)

Step = Callable[[], object]
LARGE_PRODUCT = 2**25
"""Multiplications in a matrix product from which on it is worth several threads."""
CHUNK = 4096
"""Samples that are evaluated at once: memory stays bounded however many there are."""


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


class NumpyEngine:
    """Forward pass, loss, backward pass, update, in numpy.

    Parameters
    ----------
    parameters
        Changed in place. Its type, float32 or float64, is that of all sums.
    problem
        The loss that is made small, and the samples.
    descent
        The rule of an update.
    """

    holds_lock = True

    def __init__(self, parameters: Parameters, problem: Problem, descent: Descent) -> None:
        use_blas_threads(1)
        self.parameters = parameters
        self.descent = descent
        self._loss = problem.loss
        self._output = parameters.topology.layers[-1].id
        dtype = parameters.vector.dtype
        self._inputs = np.ascontiguousarray(problem.inputs.T, dtype)
        self._targets = np.ascontiguousarray(problem.targets.T, dtype)
        self._gradient = Parameters.zeros(parameters.topology, dtype)
        self._is_there = connection_mask(parameters.topology)
        self._learns = learning_mask(parameters.topology)
        self._passes: dict[int, tuple[ForwardPass, BackwardPass]] = {}

    def train(self, order: IntArray, batch_size: int, stop: StopFlag | None = None) -> FloatArray:
        """Do one update per batch; see `Engine.train`."""
        losses = []
        use_blas_threads(blas_threads(self.parameters, batch_size))
        # Overflow is no accident here: a loss that is not finite ends the run, and says so.
        with np.errstate(all="ignore"):
            for rows in batches(order, batch_size):
                loss, backward = self._run_forward(rows)
                losses.append(loss)
                if not isfinite(loss):
                    break
                backward.run()
                self._update()
                if stop:
                    break
        return np.array(losses)

    def gradient(self, rows: IntArray) -> tuple[float, FloatArray]:
        """Return the loss over some samples, and its gradient as a flat vector."""
        with np.errstate(all="ignore"):
            loss, backward = self._run_forward(rows)
            backward.run()
        gradient = self._gradient.vector
        return loss, gradient.copy() if self._is_there is None else gradient * self._is_there

    def loss(self, inputs: FloatArray, targets: FloatArray) -> float:
        """Return the mean loss over samples, shapes (n, inputs) and (n, outputs)."""
        return mean_loss(self.parameters, self._loss, inputs, targets)

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return the outputs, shape (n, outputs)."""
        return predict(self.parameters, inputs)

    def activations(self, inputs: FloatArray) -> dict[int, FloatArray]:
        """Return what every unit gives out: by layer id, shape (units, n)."""
        return activations(self.parameters, inputs)

    def time_phases(self, order: IntArray, batch_size: int) -> Phases:
        """Train on an order, shape (n,), with a watch in hand."""
        seconds, count = np.zeros(3), 0
        use_blas_threads(blas_threads(self.parameters, batch_size))
        with np.errstate(all="ignore"):
            for rows in batches(order, batch_size):
                times = [time.perf_counter()]
                loss, backward = self._run_forward(rows)
                if not isfinite(loss):
                    break
                times.append(time.perf_counter())
                backward.run()
                times.append(time.perf_counter())
                self._update()
                times.append(time.perf_counter())
                seconds += np.diff(times)
                count += 1
        return Phases(*map(float, seconds / max(count, 1)))

    def _run_forward(self, rows: IntArray) -> tuple[float, BackwardPass]:
        """Return the loss over some samples, and the pass that makes its gradient."""
        forward, backward = self._passes_for(len(rows))
        # mode="clip" spares a copy; the rows are never outside.
        self._inputs.take(rows, 1, forward.inputs, "clip")
        self._targets.take(rows, 1, backward.targets, "clip")
        outputs = forward.run()
        return LOSS_VALUES[self._loss](forward.z[self._output], outputs, backward.targets), backward

    def _update(self) -> None:
        """Do W ← W − η ∂L/∂W."""
        vector, gradient = self.parameters.vector, self._gradient.vector
        np.multiply(gradient, self.descent.learning_rate, gradient)
        if self._learns is None:
            np.subtract(vector, gradient, vector)
        else:  # not times 0: what does not learn keeps its bits, also where the gradient is infinite
            np.subtract(vector, gradient, vector, where=self._learns)

    def _passes_for(self, batch: int) -> tuple[ForwardPass, BackwardPass]:
        """Return the passes for a batch size. Two are kept: whole batches, and the last one of an epoch."""
        if batch not in self._passes:
            while len(self._passes) > 1:
                del self._passes[next(iter(self._passes))]
            forward = ForwardPass(self.parameters, batch)
            self._passes[batch] = forward, BackwardPass(forward, self._gradient, self._loss)
        return self._passes[batch]


def mean_loss(parameters: Parameters, loss: Loss, inputs: FloatArray, targets: FloatArray) -> float:
    """Return the mean loss of a network over samples, shapes (n, inputs) and (n, outputs)."""
    output = parameters.topology.layers[-1].id
    total = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, len(inputs), CHUNK):
            rows = slice(start, start + CHUNK)
            forward = _run_forward(parameters, inputs[rows])
            y = targets[rows].T
            total += y.shape[1] * LOSS_VALUES[loss](forward.z[output], forward.outputs, y)
    return total / len(inputs)


def predict(parameters: Parameters, inputs: FloatArray) -> FloatArray:
    """Return the outputs of a network, shape (n, outputs), for inputs of shape (n, inputs)."""
    outputs = np.empty((len(inputs), parameters.topology.sizes[-1]), parameters.vector.dtype)
    for start in range(0, len(inputs), CHUNK):
        rows = slice(start, start + CHUNK)
        outputs[rows] = _run_forward(parameters, inputs[rows]).outputs.T
    return outputs


def activations(parameters: Parameters, inputs: FloatArray) -> dict[int, FloatArray]:
    """Return what every unit gives out for inputs of shape (n, inputs): by layer id, shape (units, n)."""
    return _run_forward(parameters, inputs).a


def blas_threads(parameters: Parameters, batch_size: int) -> int:
    """Return how many threads the matrix products of an update are worth.

    More than one slow small products down: 0.08 ms became 2.3 ms for an update of 64-128-64-10 on two busy
    cores. For large ones all cores are used but one, which is left to whoever looks on.
    """
    largest = max(rows * columns for rows, columns in (block.shape for block in parameters.blocks))
    is_large = largest * batch_size >= LARGE_PRODUCT
    return max(1, core_count() - 1) if is_large else 1


def core_count() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)  # the same number again costs nothing
def use_blas_threads(count: int) -> None:
    """Let BLAS use so many threads from now on."""
    threadpoolctl.threadpool_limits(limits=count, user_api="blas")


def _run_forward(parameters: Parameters, inputs: FloatArray) -> ForwardPass:
    forward = ForwardPass(parameters, len(inputs))
    np.copyto(forward.inputs, inputs.T)
    with np.errstate(all="ignore"):
        forward.run()
    return forward
