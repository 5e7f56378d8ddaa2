"""Ready networks: small ones, each of which shows one idea."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Topology, chain
from nn_desktop.network.wiring import link_layers
from nn_desktop.texts import QT_TRANSLATE_NOOP


@dataclass(frozen=True)
class ReadyNetwork:
    """A network that can be chosen.

    Attributes
    ----------
    name, title
        Name in code, and name for people.
    description
        One sentence on what it shows.
    build
        Makes it, from the number of inputs, the number of outputs and the activation of the output layer.
    """

    name: str
    title: str
    description: str
    build: Callable[[int, int, Activation], Topology]


def _layers(
    hidden: tuple[int, ...],
    activation: Activation,
    inputs: int,
    outputs: int,
    output_activation: Activation,
    skips: tuple[tuple[int, int], ...] = (),
) -> Topology:
    """Build layers that are each linked with the next one, and the pairs of `skips` too, by number."""
    topology = chain((inputs, *hidden, outputs), (*[activation] * len(hidden), output_activation))
    for source, target in skips:
        topology = link_layers(topology, topology.layers[source].id, topology.layers[target].id)
    return topology


READY = (
    ReadyNetwork(
        "perceptron",
        QT_TRANSLATE_NOOP("ready", "Perceptron"),
        QT_TRANSLATE_NOOP(
            "ready",
            "Without a hidden layer the output is a weighted sum of the inputs: all it can draw is a "
            "straight line, a plane, one straight border.",
        ),
        partial(_layers, (), Activation.TANH),
    ),
    ReadyNetwork(
        "smallest-xor",
        QT_TRANSLATE_NOOP("ready", "Smallest XOR network"),
        QT_TRANSLATE_NOOP(
            "ready",
            'One hidden unit is enough for XOR where the inputs skip it too: it finds "both", and the output '
            "takes that twice from the sum of the two inputs.",
        ),
        partial(_layers, (1,), Activation.TANH, skips=((0, 2),)),
    ),
    ReadyNetwork(
        "wide",
        QT_TRANSLATE_NOOP("ready", "Wide"),
        QT_TRANSLATE_NOOP(
            "ready",
            "A single hidden layer can come as near to any continuous function as one likes, if only it has "
            "enough units: here 64 bends are added up.",
        ),
        partial(_layers, (64,), Activation.TANH),
    ),
    ReadyNetwork(
        "deep",
        QT_TRANSLATE_NOOP("ready", "Deep"),
        QT_TRANSLATE_NOOP(
            "ready",
            "Six hidden layers of 8 build each on what the one before has found; the gradient has a long way "
            "back, and may fade on it.",
        ),
        partial(_layers, (8,) * 6, Activation.TANH),
    ),
    ReadyNetwork(
        "residual",
        QT_TRANSLATE_NOOP("ready", "Residual"),
        QT_TRANSLATE_NOOP(
            "ready",
            "Links that skip every second layer give the signal and the gradient a short way around it, "
            "which is what made networks of a hundred layers learn.",
        ),
        partial(_layers, (8,) * 4, Activation.RELU, skips=((1, 3), (3, 5))),
    ),
    ReadyNetwork(
        "bottleneck",
        QT_TRANSLATE_NOOP("ready", "Bottleneck"),
        QT_TRANSLATE_NOOP(
            "ready",
            "All that the outputs get to know has to pass through two units: such a middle, small and "
            "therefore telling, is what an autoencoder learns to squeeze its inputs into.",
        ),
        partial(_layers, (8, 2, 8), Activation.TANH),
    ),
)
"""In the order in which one would teach them."""
