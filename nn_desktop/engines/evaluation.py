"""What a network gives for samples, whatever engine trains it: outputs, activations, loss, gradient."""

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.engines.numpy_functions import LOSS_VALUES
from nn_desktop.engines.numpy_passes import BackwardPass, ForwardPass
from nn_desktop.network.functions import Loss
from nn_desktop.network.parameters import Parameters

CHUNK = 4096
"""Samples that are evaluated at once: memory stays bounded however many there are."""


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


def gradient(parameters: Parameters, loss: Loss, inputs: FloatArray, targets: FloatArray) -> Parameters:
    """Return the gradient of the mean loss, also of what is frozen; 0 at removed connections."""
    slopes = Parameters.zeros(parameters.topology, parameters.vector.dtype)
    forward = ForwardPass(parameters, len(inputs))
    backward = BackwardPass(forward, slopes, loss)
    np.copyto(forward.inputs, inputs.T)
    np.copyto(backward.targets, targets.T)
    with np.errstate(all="ignore"):
        forward.run()
        backward.run()
    slopes.clear_removed()
    return slopes


def predict(parameters: Parameters, inputs: FloatArray) -> FloatArray:
    """Return the outputs of a network, shape (n, outputs), for inputs of shape (n, inputs)."""
    outputs = np.empty((len(inputs), parameters.topology.sizes[-1]), parameters.vector.dtype)
    for start in range(0, len(inputs), CHUNK):
        rows = slice(start, start + CHUNK)
        outputs[rows] = _run_forward(parameters, inputs[rows]).outputs.T
    return outputs


def output_sums(parameters: Parameters, inputs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the output layer's weighted sums z and its outputs, each of shape (n, outputs)."""
    output = parameters.topology.layers[-1].id
    sums, outputs = (np.empty((len(inputs), parameters.topology.sizes[-1])) for _ in range(2))
    for start in range(0, len(inputs), CHUNK):
        rows = slice(start, start + CHUNK)
        forward = _run_forward(parameters, inputs[rows])
        sums[rows], outputs[rows] = forward.z[output].T, forward.outputs.T
    return sums, outputs


def activations(parameters: Parameters, inputs: FloatArray) -> dict[int, FloatArray]:
    """Return what every unit gives out for inputs of shape (n, inputs): by layer id, shape (units, n)."""
    return _run_forward(parameters, inputs).a


def _run_forward(parameters: Parameters, inputs: FloatArray) -> ForwardPass:
    forward = ForwardPass(parameters, len(inputs))
    np.copyto(forward.inputs, inputs.T)
    with np.errstate(all="ignore"):
        forward.run()
    return forward
