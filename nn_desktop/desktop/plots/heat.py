"""What a network computes over a plane, as numbers from -1 to 1 and as colours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset, Domain, Task
from nn_desktop.desktop.look.colors import Colors, diverging
from nn_desktop.engines.evaluation import output_sums
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.samples import class_values

STRENGTH = 0.62
"""Share of the full colours: paler than the points upon them."""
FINE, COARSE = 64, 40
MANY_PARAMETERS = 4000
SATURATING = frozenset({Activation.SIGMOID, Activation.TANH, Activation.SOFTMAX})
"""Output activations that tell as little of a sum of 20 as of one of 40; each is undecided where z is 0."""


def resolution(parameters: Parameters) -> int:
    """Return how many places a side are computed: fewer where each costs more."""
    return FINE if parameters.vector.size <= MANY_PARAMETERS else COARSE


def plane_grid(domain: Domain, side: int) -> FloatArray:
    """Return the middles of side × side equal rectangles, row by row from the lowest, shape (side², 2)."""
    axes = [low + (np.arange(side) + 0.5) * ((high - low) / side) for low, high in domain]
    first, second = np.meshgrid(*axes)
    return np.column_stack((first.ravel(), second.ravel()))


def target_limit(dataset: Dataset) -> float:
    """Return the largest target, without its sign: the end of the colour scale of a regression."""
    limit = float(np.abs(dataset.targets).max())
    return limit if limit > 0 else 1.0


def outputs_over(
    parameters: Parameters, dataset: Dataset, places: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what a network says of places, and the margins by which it says so.

    Returns
    -------
    outputs : array, shape (n, outputs)
        As of `predict_raw`; NaN for what is not a number.
    margins : array, shape (n, outputs)
        By how much each class is ahead of the others, all finite; 0 on the boundary. Where the output layer
        saturates they are differences of its sums z: between two places where it says 0 and 1, the outputs
        would tell only that the boundary lies somewhere, and a straight one would be drawn as a staircase.
    """
    with np.errstate(all="ignore"):
        # Half as long as in double precision, and no eye sees the difference.
        single = Parameters(parameters.topology, parameters.vector.astype(np.float32))
        sums, outputs = output_sums(single, dataset.input_scaling.apply(places))
    if dataset.task is Task.REGRESSION:
        return dataset.target_scaling.undo(outputs), np.zeros_like(outputs)
    activation = parameters.topology.layers[-1].activation
    values = sums if activation in SATURATING else outputs - sum(class_values(activation)) / 2
    return outputs, lead(values) if values.shape[1] > 1 else _finite(values)


def signed(outputs: FloatArray, parameters: Parameters, dataset: Dataset) -> FloatArray:
    """Bring a single output to the range from -1 to 1, where 0 is undecided (or, in a regression, 0)."""
    with np.errstate(all="ignore"):
        if dataset.task is Task.REGRESSION:
            scaled = outputs / target_limit(dataset)
        else:
            no, yes = class_values(parameters.topology.layers[-1].activation)
            scaled = (outputs - (no + yes) / 2) / ((yes - no) / 2)
    return np.asarray(np.clip(np.nan_to_num(scaled, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0))


def lead(values: FloatArray) -> FloatArray:
    """Return by how much each class is ahead of the best other one, shape (n, classes), all finite."""
    finite = _finite(values)
    order = np.sort(finite, axis=1)
    best, second = order[:, -1:], order[:, -2:-1]
    return np.where(finite == best, best - second, finite - best)


def _finite(values: FloatArray) -> FloatArray:
    return np.nan_to_num(values, nan=0.0, posinf=1e300, neginf=-1e300)


def class_colors(colors: Colors, leads: FloatArray) -> NDArray[np.uint8]:
    """Colour places by the class that is ahead, the more the farther it is, shape (n, 4)."""
    winner = leads.argmax(axis=1)
    share = STRENGTH * np.minimum(leads.max(axis=1, keepdims=True), 1.0)
    shades = np.array([_rgb(name) for name in colors.categories])[winner % len(colors.categories)]
    result = np.full((len(leads), 4), 255, dtype=np.uint8)
    canvas = np.array(_rgb(colors.canvas))
    result[:, :3] = np.rint(canvas + share * (shades - canvas))
    return result


def to_image(rgba: NDArray[np.uint8], side: int) -> QImage:
    """Make a picture of its own memory, whose first row is the lowest."""
    data = np.ascontiguousarray(rgba)
    return QImage(data.data, side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()


def signed_colors(colors: Colors, values: FloatArray) -> NDArray[np.uint8]:
    """Colour numbers from -1 to 1."""
    return diverging(colors, values, STRENGTH)


def _rgb(name: str) -> tuple[int, int, int]:
    color = QColor(name)
    return color.red(), color.green(), color.blue()
