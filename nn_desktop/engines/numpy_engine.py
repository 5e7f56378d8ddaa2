"""The reference engine: numpy, with the passes of `numpy_passes` made once for each batch size."""

import time
from math import isfinite

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.engine import Phases, StopFlag, batches
from nn_desktop.engines.evaluation import mean_loss
from nn_desktop.engines.numpy_functions import LOSS_VALUES
from nn_desktop.engines.numpy_passes import BackwardPass, ForwardPass
from nn_desktop.engines.problem import Problem
from nn_desktop.engines.threads import blas_threads, use_blas_threads
from nn_desktop.network.parameters import Parameters, connection_mask, learning_mask


class NumpyEngine:
    """Forward pass, loss, backward pass, update, in numpy; made as `MakeEngine` says."""

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
