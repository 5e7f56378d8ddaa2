"""safetensors: what PyTorch users load without pickle.

Any network fits. Names and shapes of a plain chain of layers are those of
``torch.nn.Sequential(Linear, Activation, …, Linear, Activation)``, and ``load_state_dict(strict=True)`` takes
them. The last activation has no weights and may be left out. The activations in PyTorch: ``Identity()``,
``Sigmoid()``, ``Tanh()``, ``ReLU()``, ``LeakyReLU(0.01)``, ``ELU()``, ``SELU()``, ``Softplus(threshold=40)``
(beyond the threshold that it has otherwise, 20, it leaves out 2·10⁻⁹), ``GELU(approximate="tanh")``,
``SiLU()`` for swish and ``Softmax(1)``; the sine has no module of its own.

Where links skip layers or are missing, the arrays are named by layer, as in the other formats; they are
always so in the file beside a module of `programs.torch_module`. See `native.array_names`.

The metadata hold one key, ``nn_desktop``: JSON with all of `native.description`. Files are read by
`native.safetensors_reader`.
"""

import json

import numpy as np
from safetensors.numpy import save

from nn_desktop.arrays import FloatArray
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import layer_arrays, sequential_arrays
from nn_desktop.files.native.description import describe

METADATA_KEY = "nn_desktop"


def to_safetensors(model: TrainedModel) -> bytes:
    """Write a model, a chain with the names of PyTorch; the same model gives the same bytes."""
    is_chain = model.topology.is_chain
    return _to_bytes(model, (sequential_arrays if is_chain else layer_arrays)(model.parameters))


def to_layered_safetensors(model: TrainedModel) -> bytes:
    """Write a model with names by layer, whatever its topology; the same model gives the same bytes."""
    return _to_bytes(model, layer_arrays(model.parameters))


def _to_bytes(model: TrainedModel, arrays: dict[str, FloatArray]) -> bytes:
    # A view that is not contiguous would be written wrongly, without a word.
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    # One key only: their order is random.
    return save(contiguous, {METADATA_KEY: json.dumps(describe(model), sort_keys=True)})
