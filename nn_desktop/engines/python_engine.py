"""The engine to read: the sums are those of `textbook`, and here arrays become its lists and back.

Sums are done in Python's floats, of 64 bits. For a network in float32 the samples, the parameters after each
update, and what is handed out are rounded to float32.
"""

import time
from array import array
from math import isfinite

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.engine import Phases, StopFlag, batches
from nn_desktop.engines.problem import Problem
from nn_desktop.engines.textbook import Matrix, Pass, TextbookLayer, TextbookNetwork
from nn_desktop.network.parameters import Parameters, connection_mask, learning_mask


class PythonEngine:
    """Forward pass, loss, backward pass, update, in lists and loops; made as `MakeEngine` says.

    The parameters are changed at the end of each call of `train`.
    """

    holds_lock = True

    def __init__(self, parameters: Parameters, problem: Problem, descent: Descent) -> None:
        self.parameters = parameters
        self.descent = descent
        self._loss = problem.loss
        self._dtype = parameters.vector.dtype
        self._inputs = self._to_lists(problem.inputs)
        self._targets = self._to_lists(problem.targets)
        self._is_there = connection_mask(parameters.topology)
        learns = learning_mask(parameters.topology)
        self._learns = np.ones(len(parameters.vector), np.bool_) if learns is None else learns

    def train(self, order: IntArray, batch_size: int, stop: StopFlag | None = None) -> FloatArray:
        """Do one update per batch; see `Engine.train`."""
        network = self._network()
        losses: list[float] = []
        for rows in batches(order, batch_size):
            inputs, targets = self._samples(rows)
            losses.append(network.learn(inputs, targets, self.descent))
            if not isfinite(losses[-1]):
                break
            self._round(network)
            if stop:
                break
        self._keep(network)
        return np.array(losses, np.float64)

    def gradient(self, rows: IntArray) -> tuple[float, FloatArray]:
        """Return the loss over some samples, and its gradient as a flat vector."""
        network = self._network()
        inputs, targets = self._samples(rows)
        batch = [network.forward(x) for x in inputs]
        gradient = self._to_array(_flat(network.mean_gradient(batch, targets)))
        if self._is_there is not None:
            gradient[~self._is_there] = 0
        return network.mean_loss(batch, targets), gradient

    def loss(self, inputs: FloatArray, targets: FloatArray) -> float:
        """Return the mean loss over samples, shapes (n, inputs) and (n, outputs)."""
        network = self._network()
        return network.mean_loss(self._passes(network, inputs), self._to_lists(targets))

    def time_phases(self, order: IntArray, batch_size: int) -> Phases:
        """Train on an order, shape (n,), with a watch in hand."""
        network = self._network()
        seconds, count = np.zeros(3), 0
        for rows in batches(order, batch_size):
            times = [time.perf_counter()]
            inputs, targets = self._samples(rows)
            batch = [network.forward(x) for x in inputs]
            loss = network.mean_loss(batch, targets)
            times.append(time.perf_counter())
            if not isfinite(loss):
                break
            gradient = network.mean_gradient(batch, targets)
            times.append(time.perf_counter())
            network.update(gradient, self.descent)
            self._round(network)
            times.append(time.perf_counter())
            seconds += np.diff(times)
            count += 1
        self._keep(network)
        return Phases(*map(float, seconds / max(count, 1)))

    def _network(self) -> TextbookNetwork:
        """Return the network with the parameters that it has now: others may have set some."""
        topology = self.parameters.topology
        layers = [TextbookLayer(topology.layers[0].activation, [], [], [])]
        for layer, block in zip(topology.layers[1:], self.parameters.blocks, strict=True):
            layers.append(
                TextbookLayer(
                    layer.activation,
                    [topology.layer_index[link.source] for link in block.links],
                    self.parameters.matrix(layer.id).tolist(),
                    self._learns[block.start : block.stop].reshape(block.shape).tolist(),
                )
            )
        return TextbookNetwork(layers, self._loss)

    def _round(self, network: TextbookNetwork) -> None:
        if self._dtype == np.float32:
            for layer in network.layers:
                layer.rows = [array("f", row).tolist() for row in layer.rows]

    def _keep(self, network: TextbookNetwork) -> None:
        """Write what was learned into the vector; what does not learn is not touched."""
        learned = self._to_array(_flat([layer.rows for layer in network.layers]))
        np.copyto(self.parameters.vector, learned, where=self._learns)

    def _samples(self, rows: IntArray) -> tuple[Matrix, Matrix]:
        places = rows.tolist()
        return [self._inputs[place] for place in places], [self._targets[place] for place in places]

    def _passes(self, network: TextbookNetwork, inputs: FloatArray) -> list[Pass]:
        return [network.forward(x) for x in self._to_lists(inputs)]

    def _to_array(self, numbers: list[float] | Matrix) -> FloatArray:
        with np.errstate(over="ignore"):  # what is too large for float32 is infinite
            return np.array(numbers, self._dtype)

    def _to_lists(self, rows: FloatArray) -> Matrix:
        with np.errstate(over="ignore"):
            lists: Matrix = np.asarray(rows, self._dtype).tolist()
        return lists


def _flat(matrices: list[Matrix]) -> list[float]:
    return [value for rows in matrices for row in rows for value in row]
