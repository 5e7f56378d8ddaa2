"""Examples: small networks, each of which shows one idea, and the data that some of them are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np

from nn_desktop.data.functions import FUNCTIONS
from nn_desktop.data.planar import CIRCLE, XOR
from nn_desktop.data.source import DataSettings
from nn_desktop.data.textbook import TEXTBOOK
from nn_desktop.engines.names import EngineName
from nn_desktop.errors import unknown_name
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology, chain
from nn_desktop.network.wiring import link_layers
from nn_desktop.texts import QT_TRANSLATE_NOOP
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.settings import LEARNING_RATE
from nn_desktop.training.setup import OUTPUT_OF_TASK, Setup

Matrix = tuple[tuple[float, ...], ...]
"""What comes into a layer: a row for each unit, with its weights and, at the end, its bias."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What an example learns from, how, and from which numbers on.

    Attributes
    ----------
    data
        What it learns from.
    hyperparameters
        How it learns; its engine is that of who opens it.
    output
        Activation of the output layer; None for that of the task.
    numbers
        Given weights and biases, for each layer after the input; none if they are drawn at random.
    """

    data: DataSettings
    hyperparameters: Hyperparameters
    output: Activation | None = None
    numbers: tuple[Matrix, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Example:
    """A network that can be opened: with the data that it is about, or for the present ones.

    Attributes
    ----------
    name, title
        Name in code and on the command line, and name for people.
    description
        One sentence on what it shows.
    build
        Makes the network, from the number of inputs, the number of outputs and the activation of the output
        layer.
    recipe
        What it brings besides the network; None if it is for the present data and settings.
    """

    name: str
    title: str
    description: str
    build: Callable[[int, int, Activation], Topology]
    recipe: Recipe | None = None


def start_of(
    example: Example, recipe: Recipe, engine: EngineName = EngineName.AUTO
) -> tuple[Setup, Parameters | None]:
    """Return what is set up by an example, and the numbers that it begins with; None if those are random."""
    data, hyperparameters = recipe.data, replace(recipe.hyperparameters, engine=engine)
    source = data.source
    output = recipe.output or OUTPUT_OF_TASK[source.task]
    topology = example.build(source.inputs, source.outputs, output)
    if not recipe.numbers:
        return Setup(topology, data, hyperparameters), None
    parameters = Parameters.zeros(topology, np.dtype(hyperparameters.precision))
    for layer, matrix in zip(topology.layers[1:], recipe.numbers, strict=True):
        parameters.matrix(layer.id)[:] = matrix
    return Setup(topology, data, hyperparameters), parameters


def find_with_data(name: str) -> tuple[Example, Recipe]:
    """Find an example that brings its data, by a name that somebody typed.

    Raises
    ------
    UserError
        If there is none of that name; the text suggests the nearest.
    """
    example = WITH_DATA.get(name)
    if example is None or example.recipe is None:
        raise unknown_name("example", name, WITH_DATA)
    return example, example.recipe


def _layers(
    hidden: tuple[tuple[int, Activation], ...],
    inputs: int,
    outputs: int,
    output: Activation,
    skips: tuple[tuple[int, int], ...] = (),
) -> Topology:
    """Build layers that are each linked with the next one, and the pairs of `skips` too, by number."""
    sizes, activations = [size for size, _ in hidden], [activation for _, activation in hidden]
    topology = chain((inputs, *sizes, outputs), (*activations, output))
    for source, target in skips:
        topology = link_layers(topology, topology.layers[source].id, topology.layers[target].id)
    return topology


def _all(activation: Activation, *sizes: int) -> tuple[tuple[int, Activation], ...]:
    return tuple((size, activation) for size in sizes)


_TANH: Final = partial(_all, Activation.TANH)

EXAMPLES: Final = (
    Example(
        name="textbook",
        title=QT_TRANSLATE_NOOP("examples", "Textbook 2-2-2"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "One sample and eight given weights, as in Matt Mazur's step-by-step example of backpropagation: "
            "press Step and compare the new weights; here the biases learn too.",
        ),
        build=partial(_layers, _all(Activation.SIGMOID, 2)),
        recipe=Recipe(
            data=TEXTBOOK.default_settings,
            hyperparameters=LEARNING_RATE.put_in(
                Hyperparameters(mode=Mode.BATCH, loss=Loss.HALF_SQUARED_ERROR), 0.5
            ),
            output=Activation.SIGMOID,
            numbers=(
                ((0.15, 0.20, 0.35), (0.25, 0.30, 0.35)),
                ((0.40, 0.45, 0.60), (0.50, 0.55, 0.60)),
            ),
        ),
    ),
    Example(
        name="smallest-xor",
        title=QT_TRANSLATE_NOOP("examples", "Smallest XOR network"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            'One hidden unit is enough for the corners of XOR where the inputs skip it too: it finds "both", '
            "and the output takes that twice from their sum; some points between the corners stay wrong.",
        ),
        build=partial(_layers, _TANH(1), skips=((0, 2),)),
        recipe=Recipe(
            data=XOR.default_settings,
            hyperparameters=Hyperparameters(loss=Loss.BINARY_CROSS_ENTROPY),
        ),
    ),
    Example(
        name="playground",
        title=QT_TRANSLATE_NOOP("examples", "TensorFlow Playground"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "What TensorFlow Playground begins with: a circle, 4 and 2 tanh units, batches of 10, learning "
            "rate 0.03 and half the squared error; biases begin at 0 here, and at 0.1 there.",
        ),
        build=partial(_layers, _TANH(4, 2)),
        recipe=Recipe(
            data=CIRCLE.default_settings,
            hyperparameters=LEARNING_RATE.put_in(
                Hyperparameters(batch_size=10, loss=Loss.HALF_SQUARED_ERROR, initializer=Initializer.UNIFORM),
                0.03,
            ),
            output=Activation.TANH,
        ),
    ),
    Example(
        name="convnetjs-regression",
        title=QT_TRANSLATE_NOOP("examples", "ConvNetJS regression"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "The regression demo of ConvNetJS: 20 ReLU and 20 sigmoid units learn x sin x from 20 points, "
            "one by one, at a learning rate of 0.01; its weight decay of 0.001 is left out.",
        ),
        build=partial(_layers, ((20, Activation.RELU), (20, Activation.SIGMOID))),
        recipe=Recipe(
            # A fifth is for testing: 20 points are left to learn from.
            data=replace(
                next(f for f in FUNCTIONS if f.name == "x-sin-x").default_settings,
                samples=25,
                standardize=False,
            ),
            hyperparameters=LEARNING_RATE.put_in(
                Hyperparameters(mode=Mode.STOCHASTIC, loss=Loss.HALF_SQUARED_ERROR), 0.01
            ),
        ),
    ),
    Example(
        name="convnetjs-classes",
        title=QT_TRANSLATE_NOOP("examples", "ConvNetJS classification"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "The network of ConvNetJS's classification demo, 6 and 2 tanh units, on the circle: batches of "
            "10, learning rate 0.01; its momentum of 0.1 is left out, one sigmoid stands for its softmax.",
        ),
        build=partial(_layers, _TANH(6, 2)),
        recipe=Recipe(
            data=CIRCLE.default_settings,
            hyperparameters=LEARNING_RATE.put_in(
                Hyperparameters(batch_size=10, loss=Loss.BINARY_CROSS_ENTROPY), 0.01
            ),
        ),
    ),
    Example(
        name="perceptron",
        title=QT_TRANSLATE_NOOP("examples", "Perceptron"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "Without a hidden layer the output is a weighted sum of the inputs: all it can draw is a "
            "straight line, a plane, one straight border.",
        ),
        build=partial(_layers, ()),
    ),
    Example(
        name="wide",
        title=QT_TRANSLATE_NOOP("examples", "Wide"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "A single hidden layer can come as near to any continuous function as one likes, if only it has "
            "enough units: here 64 bends are added up.",
        ),
        build=partial(_layers, _TANH(64)),
    ),
    Example(
        name="deep",
        title=QT_TRANSLATE_NOOP("examples", "Deep"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "Six hidden layers of 8 build each on what the one before has found; the gradient has a long way "
            "back, and may fade on it.",
        ),
        build=partial(_layers, _TANH(8, 8, 8, 8, 8, 8)),
    ),
    Example(
        name="residual",
        title=QT_TRANSLATE_NOOP("examples", "Residual"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "Links that skip every second layer give the signal and the gradient a short way around it, "
            "which is what made networks of a hundred layers learn.",
        ),
        build=partial(_layers, _all(Activation.RELU, 8, 8, 8, 8), skips=((1, 3), (3, 5))),
    ),
    Example(
        name="bottleneck",
        title=QT_TRANSLATE_NOOP("examples", "Bottleneck"),
        description=QT_TRANSLATE_NOOP(
            "examples",
            "All that the outputs get to know has to pass through two units: such a middle, small and "
            "therefore telling, is what an autoencoder learns to squeeze its inputs into.",
        ),
        build=partial(_layers, _TANH(8, 2, 8)),
    ),
)
"""Those that bring their data first, each kind in the order in which one would teach them.

The textbook's is Matt Mazur, "A Step by Step Backpropagation Example" (2015), mattmazur.com.
"""

WITH_DATA: Final[Mapping[str, Example]] = MappingProxyType(
    {example.name: example for example in EXAMPLES if example.recipe is not None}
)
"""Those that bring their data, by name."""
