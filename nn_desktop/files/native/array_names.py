"""The names of weight matrices and biases in files.

Two schemes are in use. Both give weights as (units, inputs): row i holds the weights of unit i.

By layer, for any network; layers are counted from the input layer, which is layer 0:

- ``layer2.weight``: of the connections from layer 1, the layer just before, to layer 2;
- ``layer2.bias``: of the units of layer 2;
- ``layer3.weight_from_layer1``: of the connections that skip layer 2.

As in ``torch.nn.Sequential(Linear, Activation, Linear, Activation, …)``, for plain layered networks alone:
``0.weight``, ``0.bias``, ``2.weight``, ``2.bias``, …; every layer takes two places, also one whose activation
is the identity (``torch.nn.Identity``).

NPZ and JSON have the names by layer. A safetensors file of a plain layered network has those of PyTorch,
unless it belongs to a module that was exported with it; all other safetensors files have the names by
layer. No name is one of both schemes, so the names themselves tell: see `arrays_called`.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from nn_desktop.arrays import FloatArray
from nn_desktop.network.parameters import Parameters

LAYER_ARRAY = re.compile(r"layer\d+\.(weight|bias|weight_from_layer\d+)", re.ASCII)
SEQUENTIAL_ARRAY = re.compile(r"\d+\.(weight|bias)", re.ASCII)


def weight_name(source: int, target: int) -> str:
    """Return the name of the weights between two layers, given by their numbers."""
    return f"layer{target}.weight" if source == target - 1 else f"layer{target}.weight_from_layer{source}"


def bias_name(layer: int) -> str:
    """Return the name of the biases of a layer, given by its number."""
    return f"layer{layer}.bias"


def layer_arrays(parameters: Parameters) -> dict[str, FloatArray]:
    """Return views of all weights and biases, named by layer."""
    arrays = {}
    topology = parameters.topology
    for number, layer in enumerate(topology.layers[1:], start=1):
        for link in topology.links_into(layer.id):
            name = weight_name(topology.layer_index[link.source], number)
            arrays[name] = parameters.weights(link.source, link.target)
        arrays[bias_name(number)] = parameters.biases(layer.id)
    return arrays


def sequential_arrays(parameters: Parameters) -> dict[str, FloatArray]:
    """Return views of all weights and biases of a plain chain of layers, named as PyTorch does."""
    arrays = {}
    layers = parameters.topology.layers
    for number, (before, layer) in enumerate(pairwise(layers)):
        arrays[f"{2 * number}.weight"] = parameters.weights(before.id, layer.id)
        arrays[f"{2 * number}.bias"] = parameters.biases(layer.id)
    return arrays


def arrays_called(parameters: Parameters, names: Iterable[str]) -> dict[str, FloatArray]:
    """Return views of all weights and biases, named in the scheme of a file, given by the names in it.

    For a network that is no chain that is always the scheme by layer.
    """
    is_sequential = parameters.topology.is_chain and any(map(SEQUENTIAL_ARRAY.fullmatch, names))
    return sequential_arrays(parameters) if is_sequential else layer_arrays(parameters)
