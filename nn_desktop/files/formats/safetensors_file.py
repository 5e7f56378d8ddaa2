"""safetensors: what PyTorch users load without pickle.

Names and shapes are those of ``torch.nn.Sequential(Linear, Activation, …, Linear, Activation)``, see
`formats.array_names`; ``load_state_dict(strict=True)`` takes them. The last activation has no weights
and may be left out. The activations in PyTorch: ``Identity()``, ``Sigmoid()``, ``Tanh()``, ``ReLU()``,
``LeakyReLU(0.01)``, ``ELU()``, ``Softplus()``, ``GELU(approximate="tanh")``, ``SiLU()`` for swish and
``Softmax(1)``; the sine has no module of its own.

The metadata hold one key, ``nn_desktop``: JSON with all of `formats.description`.
"""

import json
from functools import partial

import numpy as np
import safetensors
from safetensors.numpy import save

from nn_desktop.files.atomic import FileError
from nn_desktop.files.formats.array_names import sequential_arrays
from nn_desktop.files.formats.description import describe
from nn_desktop.files.formats.stored import Opener, ReadError, StoredArray, damaged
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.parameters import FloatArray

METADATA_KEY = "nn_desktop"
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def to_safetensors(model: TrainedModel) -> bytes:
    """Write a model; the same model gives the same bytes.

    Raises
    ------
    FileError
        If its network is no plain chain of layers.
    """
    if not model.topology.is_chain:
        raise FileError(
            "A safetensors file is for plain layered networks, and in this one links skip layers or are "
            "missing: export it as .npz or .json."
        )
    # A view that is not contiguous would be written wrongly, without a word.
    arrays = {name: np.ascontiguousarray(a) for name, a in sequential_arrays(model.parameters).items()}
    # One key only: their order is random.
    return save(arrays, {METADATA_KEY: json.dumps(describe(model), sort_keys=True)})


def open_safetensors(content: bytes) -> dict[str, Opener]:
    """List the arrays of a file.

    Raises
    ------
    ReadError
        If it is no safetensors file.
    """
    try:
        tensors = safetensors.deserialize(content)  # type: ignore[no-untyped-call]  # its stub has no types
    except safetensors.SafetensorError as error:
        raise damaged("safetensors") from error
    return {name: partial(_open_tensor, name, tensor) for name, tensor in tensors}


def _open_tensor(name: str, tensor: dict[str, object]) -> StoredArray:
    dtype, shape, data = tensor["dtype"], tensor["shape"], tensor["data"]
    assert isinstance(dtype, str)
    assert isinstance(shape, list)
    assert isinstance(data, bytes | bytearray)
    if dtype not in _DTYPES:
        raise ReadError(f"its array {name} holds numbers of type {dtype}: convert them to F64 or F32")

    def read() -> FloatArray:
        return np.frombuffer(data, _DTYPES[dtype]).reshape(shape)

    return StoredArray(tuple(shape), read)
