"""Networks as one types them: ``1-16-16-1`` or ``2-8:relu-8:tanh-1``."""

import re
from dataclasses import dataclass

from nn_desktop.errors import member
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import MAX_LAYERS, MAX_UNITS, Topology, TopologyError
from nn_desktop.texts import shown


@dataclass(frozen=True)
class TypedLayer:
    """One part of the notation: a number of units, and an activation if one was given."""

    size: int
    activation: Activation | None = None


def parse_layers(text: str) -> tuple[TypedLayer, ...]:
    """Read the notation.

    Raises
    ------
    TopologyError
        If the text is no network, saying which part is not.
    UserError
        If an activation is unknown, with the nearest one.
    """
    if not text.strip():
        raise TopologyError("No layers were given: type the units of each layer, as in 1-16-16-1.")
    parts = re.split(r"\s*[-‐‑‒–—−,]\s*(?=\d|$)|\s+(?=\d)", text.strip())
    if "" in parts:
        raise TopologyError(
            f'"{shown(text)}" has a dash without a number beside it: type numbers of units, as in 1-16-16-1.'
        )
    layers = tuple(_parse_layer(part) for part in parts)
    if len(layers) > MAX_LAYERS:
        raise TopologyError(f"{len(layers)} layers are more than the {MAX_LAYERS} that fit here: use fewer.")
    return layers


def format_layers(topology: Topology) -> str:
    """Write a topology's layers, naming activations only where a hidden layer has another than tanh."""
    hidden = topology.layers[1:-1]
    with_activations = any(layer.activation is not Activation.TANH for layer in hidden)
    parts = [str(size) for size in topology.sizes]
    if with_activations:
        for index, layer in enumerate(hidden, start=1):
            parts[index] += f":{layer.activation}"
    return "-".join(parts)


def parse_activation(text: str) -> Activation:
    """Read an activation's name; raises `UserError` with the nearest one if there is none of that name."""
    return member(Activation, "activation", text)


def _parse_layer(part: str) -> TypedLayer:
    size, colon, activation = part.partition(":")
    if not re.fullmatch(r"[0-9]+", size.strip()):
        raise TopologyError(
            f'"{shown(part)}" is not a number of units: '
            "type whole numbers with a dash between, as in 1-16-16-1."
        )
    if len(size) > 9 or not 1 <= int(size) <= MAX_UNITS:
        raise TopologyError(f"A layer has 1 to {MAX_UNITS} units, not {shown(size)}: type another number.")
    return TypedLayer(int(size), parse_activation(activation) if colon else None)
