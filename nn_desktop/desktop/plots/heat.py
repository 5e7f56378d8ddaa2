"""What a network computes over a plane, as numbers from -1 to 1 and as colours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset, Domain, Task
from nn_desktop.desktop.look.colors import Colors, diverging
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.samples import class_values

STRENGTH = 0.62
"""Share of the full colours: paler than the points upon them."""
FINE, COARSE = 64, 40
MANY_PARAMETERS = 4000


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


def outputs_over(parameters: Parameters, dataset: Dataset, places: FloatArray) -> FloatArray:
    """Return what a network says of places, shape (n, outputs), with NaN for what is not a number."""
    with np.errstate(all="ignore"):
        # Half as long as in double precision, and no eye sees the difference.
        single = Parameters(parameters.topology, parameters.vector.astype(np.float32))
        return predict_raw(single, dataset, places).astype(np.float64)


def signed(outputs: FloatArray, parameters: Parameters, dataset: Dataset) -> FloatArray:
    """Bring a single output to the range from -1 to 1, where 0 is undecided (or, in a regression, 0)."""
    with np.errstate(all="ignore"):
        if dataset.task is Task.REGRESSION:
            scaled = outputs / target_limit(dataset)
        else:
            no, yes = class_values(parameters.topology.layers[-1].activation)
            scaled = (outputs - (no + yes) / 2) / ((yes - no) / 2)
    return np.asarray(np.clip(np.nan_to_num(scaled, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0))


def lead(outputs: FloatArray) -> FloatArray:
    """Return by how much each class is ahead of the best other one, shape (n, classes)."""
    finite = np.nan_to_num(outputs, nan=0.0, posinf=1e300, neginf=-1e300)
    order = np.sort(finite, axis=1)
    best, second = order[:, -1:], order[:, -2:-1]
    return np.clip(np.where(finite == best, best - second, finite - best), -1.0, 1.0)


def class_colors(colors: Colors, leads: FloatArray) -> NDArray[np.uint8]:
    """Colour places by the class that is ahead, the more the farther it is, shape (n, 4)."""
    winner = leads.argmax(axis=1)
    share = STRENGTH * leads.max(axis=1, keepdims=True)
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
