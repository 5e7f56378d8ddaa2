"""The engine in C++ with nothing but its standard library: see the folder ``cpp`` beside this file.

It is compiled when the program is installed, if there is a compiler, once for each instruction set: the best
one that the processor has is taken. Without it the program works on, with the other engines.
"""

from contextlib import suppress
from functools import cache
from importlib import import_module
from types import ModuleType

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.engine import Phases, StopFlag
from nn_desktop.engines.problem import Problem
from nn_desktop.network.parameters import Parameters, connection_mask, learning_mask
from nn_desktop.network.topology import Topology

PACKAGE = "nn_desktop.engines"


@cache
def find_module() -> ModuleType | ImportError:
    """Return the module for the best instruction set that the processor has, or why there is none."""
    try:
        module = import_module(f"{PACKAGE}._cpp_baseline")
    except ImportError as error:
        return error
    for name in reversed(module.instruction_sets()):
        with suppress(ImportError):  # a compiler may have known fewer sets than the processor
            return import_module(f"{PACKAGE}._cpp_{name}")
    return module


def why_missing() -> str:
    """Return in words why the engine is not here; empty if it is."""
    found = find_module()
    if not isinstance(found, ImportError):
        return ""
    if isinstance(found, ModuleNotFoundError):
        return "it was not compiled, which needs a C++ compiler when NN Desktop is installed"
    return f"it was compiled but cannot be loaded ({found})"


def instruction_set() -> str:
    """Return the instruction set in use: baseline, avx2 or avx512; empty if there is no engine."""
    found = find_module()
    return "" if isinstance(found, ImportError) else found.__name__.rpartition("_")[2]


class CppEngine:
    """Forward pass, loss, backward pass, update, in C++; made as `MakeEngine` says.

    It holds no lock of Python's while it computes.

    Raises
    ------
    ImportError
        If it was not compiled.
    """

    holds_lock = False

    def __init__(self, parameters: Parameters, problem: Problem, descent: Descent) -> None:
        module = find_module()
        if isinstance(module, ImportError):
            raise module
        self.parameters = parameters
        self.descent = descent
        topology, dtype = parameters.topology, parameters.vector.dtype
        self._is_there = connection_mask(topology)
        learns = learning_mask(topology)
        make = module.Engine64 if dtype == np.float64 else module.Engine32
        self._engine = make(
            _layer_rows(topology),
            problem.loss.value,
            np.ascontiguousarray(problem.inputs, dtype),
            np.ascontiguousarray(problem.targets, dtype),
            parameters.vector,
            None if learns is None else learns.astype(dtype),
        )

    def train(self, order: IntArray, batch_size: int, stop: StopFlag | None = None) -> FloatArray:
        """Do one update per batch; see `Engine.train`."""
        order = np.atleast_2d(order)
        losses = np.empty(len(order) * -(-order.shape[1] // batch_size))
        flag = None if stop is None else stop.byte
        done = self._engine.train(order, batch_size, self.descent.learning_rate, losses, flag)
        return losses[:done]

    def gradient(self, rows: IntArray) -> tuple[float, FloatArray]:
        """Return the loss over some samples, and its gradient as a flat vector."""
        gradient = np.empty_like(self.parameters.vector)
        loss = self._engine.gradient(rows, gradient)
        return loss, gradient if self._is_there is None else gradient * self._is_there

    def loss(self, inputs: FloatArray, targets: FloatArray) -> float:
        """Return the mean loss over samples, shapes (n, inputs) and (n, outputs)."""
        loss: float = self._engine.loss(_as_rows(inputs), _as_rows(targets))
        return loss

    def time_phases(self, order: IntArray, batch_size: int) -> Phases:
        """Train on an order, shape (n,), with a watch in hand."""
        *seconds, updates = self._engine.time_phases(order, batch_size, self.descent.learning_rate)
        return Phases(*(each / max(updates, 1) for each in seconds))


def _layer_rows(topology: Topology) -> list[tuple[int, str, list[int]]]:
    """Describe a network as the library does: units, activation, and the layers that feed it, by index."""
    return [
        (
            len(layer.units),
            layer.activation.value,
            [topology.layer_index[link.source] for link in topology.links_into(layer.id)],
        )
        for layer in topology.layers
    ]


def _as_rows(array: FloatArray) -> FloatArray:
    return np.ascontiguousarray(array, np.float64)
