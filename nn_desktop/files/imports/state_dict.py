"""Weights that PyTorch saved, a "state dict", as safetensors: linear layers, one behind another.

``0.weight``, ``0.bias``, ``2.weight``, … or ``fc1.weight`` or ``net.hidden.weight``: whatever the modules
were called. Weights are (out, in), as here. What lies between the linear layers is not in such a file.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.files.imports.imported import Imported, model_without_data
from nn_desktop.files.native.safetensors_reader import Tensors
from nn_desktop.files.native.stored import ReadError, StoredArray
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import MAX_LAYERS, chain
from nn_desktop.texts import shown

MAX_SHOWN: Final = 4
_ARRAY: Final = re.compile(r"(?:(?P<module>.*)\.)?(?P<part>weight|bias)", re.DOTALL)
_REMARK: Final = (
    "Its activations are not in the file: ReLU was assumed for hidden layers and identity for the output; "
    "choose others on the canvas."
)
_REMARK_WITHOUT_HIDDEN: Final = (
    "Its activation is not in the file: identity was assumed for the output; choose another on the canvas."
)


def read_state_dict(tensors: Tensors) -> Imported:
    """Read linear layers, in the natural order of their names (2 before 10).

    Raises
    ------
    ReadError
        If there is anything else, or the layers do not follow one another.
    TopologyError
        If there are too many layers, units or weights.
    """
    arrays = {name: opener() for name, opener in tensors.openers.items()}
    modules = _modules(arrays)
    weights = {module: arrays[_array_name(module, "weight")] for module in modules}
    _check_chain(weights)
    sizes = (weights[modules[0]].shape[1], *(weights[module].shape[0] for module in modules))
    activations = (Activation.RELU,) * (len(modules) - 1) + (Activation.IDENTITY,)
    topology = chain(sizes, activations)
    dtype = np.float64 if "F64" in tensors.types.values() else np.float32
    parameters = Parameters.zeros(topology, dtype)
    for module, (before, layer) in zip(modules, pairwise(topology.layers), strict=True):
        name = _array_name(module, "weight")
        parameters.weights(before.id, layer.id)[:] = _finite(name, weights[module])
        name = _array_name(module, "bias")
        if name in arrays:
            parameters.biases(layer.id)[:] = _finite(name, arrays[name])
    return Imported(model_without_data(parameters, Task.REGRESSION), _remarks(modules, arrays))


def _modules(arrays: Mapping[str, StoredArray]) -> list[str]:
    """Name the linear layers, in order."""
    if not arrays:
        raise ReadError("it holds no arrays: choose another file")
    modules = {_module_of(name, array) for name, array in arrays.items()}
    for module in modules:
        weight, bias = (arrays.get(_array_name(module, part)) for part in ("weight", "bias"))
        if weight is None:
            raise _refusal(_array_name(module, "bias"), "it comes without weights")
        if bias is not None and bias.shape != weight.shape[:1]:
            raise _refusal(_array_name(module, "bias"), "it is not as long as its weights have rows")
    if len(modules) >= MAX_LAYERS:
        raise ReadError(f"it has more linear layers than the {MAX_LAYERS - 1} that fit: choose another file")
    return sorted(modules, key=_natural)


def _module_of(name: str, array: StoredArray) -> str:
    found = _ARRAY.fullmatch(name)
    if found is None:
        raise _refusal(name, "it is neither the weight nor the bias of a linear layer")
    wanted = 2 if found["part"] == "weight" else 1
    if len(array.shape) != wanted:
        kind = " (a convolution has 3 to 5, a normalization 1)" if wanted == 2 else ""
        raise _refusal(name, f"it has {len(array.shape)} dimensions and not {wanted}{kind}")
    if 0 in array.shape:
        raise _refusal(name, "it is empty")
    return found["module"] or ""


def _check_chain(weights: Mapping[str, StoredArray]) -> None:
    for (one, first), (other, second) in pairwise(weights.items()):
        if first.shape[0] != second.shape[1]:
            raise _refusal(
                _array_name(other, "weight"),
                f"it takes {second.shape[1]} inputs, and {shown(_array_name(one, 'weight'))}, which comes "
                f"before it in the order of names, gives {first.shape[0]} outputs",
            )


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """Order texts so that 2 comes before 10."""
    pieces = re.split(r"([0-9]{1,18})", name)
    return [
        (
            piece.isascii() and piece.isdecimal(),
            int(piece) if piece.isascii() and piece.isdecimal() else 0,
            piece,
        )
        for piece in pieces
    ]


def _array_name(module: str, part: str) -> str:
    return f"{module}.{part}" if module else part


def _finite(name: str, array: StoredArray) -> FloatArray:
    values = array.read()
    if not np.isfinite(values).all():
        raise ReadError(f"its {shown(name)} holds numbers that are not finite: choose another file")
    return values


def _remarks(modules: list[str], arrays: Mapping[str, StoredArray]) -> tuple[str, ...]:
    remarks = [_REMARK if len(modules) > 1 else _REMARK_WITHOUT_HIDDEN]
    if len(modules) > 1:
        names = [shown(module) for module in modules]
        if len(names) > MAX_SHOWN:
            names = [*names[: MAX_SHOWN - 1], "…", names[-1]]
        remarks.append(f"Its layers were taken in the order of their names: {', '.join(names)}.")
    without = [module for module in modules if _array_name(module, "bias") not in arrays]
    if without:
        remarks.append(f"{shown(_array_name(without[0], 'weight'))} comes without biases: they are 0 here.")
    return tuple(remarks)


def _refusal(name: str, reason: str) -> ReadError:
    return ReadError(
        f"its array {shown(name)} cannot be read, since {reason}: "
        "only linear layers that follow one another can be drawn here, so choose another file"
    )
