"""Random networks for property tests."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Link, Topology

HIDDEN_ACTIVATIONS = [activation for activation in Activation if activation is not Activation.SOFTMAX]


@st.composite
def topologies(
    draw: st.DrawFn, output: Activation | None = None, max_layers: int = 5, max_units: int = 4
) -> Topology:
    """Networks with skip links, removed and sparse connections, and layers that nothing reaches or leaves."""
    sizes = draw(st.lists(st.integers(1, max_units), min_size=2, max_size=max_layers))
    hidden = [draw(st.sampled_from(HIDDEN_ACTIVATIONS)) for _ in sizes[1:-1]]
    last = output if output is not None else draw(st.sampled_from(Activation))
    layers, next_id = [], 0
    for size, activation in zip(sizes, [Activation.IDENTITY, *hidden, last], strict=True):
        layers.append(Layer(next_id, tuple(range(next_id + 1, next_id + 1 + size)), activation))
        next_id += 1 + size
    links = []
    for i, j in combinations(range(len(layers)), 2):
        likely = 9 if j == i + 1 else 4
        if draw(st.integers(0, 9)) < likely:
            pairs = [(s, t) for s in layers[i].units for t in layers[j].units]
            some = draw(st.frozensets(st.sampled_from(pairs), max_size=len(pairs) - 1))
            if some and draw(st.booleans()):
                links.append(Link(layers[i].id, layers[j].id, only=some))
            else:
                links.append(Link(layers[i].id, layers[j].id, some))
    return Topology(tuple(layers), tuple(draw(st.permutations(links))), next_id)


def random_parameters(topology: Topology, seed: int, dtype: type = np.float64) -> Parameters:
    """Weights and biases of a size at which activations bend, but do not saturate."""
    parameters = Parameters.zeros(topology, dtype)
    parameters.vector[:] = np.random.default_rng(seed).normal(0.0, 0.8, parameters.vector.shape)
    parameters.clear_removed()
    return parameters
