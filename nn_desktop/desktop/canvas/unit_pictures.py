"""What each unit computes, as a small picture: over one input a curve, over two a heat map."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPolygonF

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.colors import Colors, diverging
from nn_desktop.engines.numpy_engine import activations
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import FloatArray, Parameters

CURVE_POINTS = 41
MAP_SIDE = 28
Picture = QPolygonF | QImage
"""A curve within [−1, 1]², y downwards; or a round heat map."""

ZERO_TO_ONE = frozenset({Activation.SIGMOID, Activation.SOFTMAX})


def unit_pictures(
    parameters: Parameters, dataset: Dataset, colors: Colors, shown: set[int]
) -> dict[int, Picture]:
    """Draw the units that are shown, by their ids; nothing for more than two inputs."""
    if dataset.domain is None or len(dataset.domain) > 2:
        return {}
    inputs = dataset.input_scaling.apply(_grid(dataset.domain))
    values = activations(parameters, inputs)
    pictures: dict[int, Picture] = {}
    for layer in parameters.topology.layers:
        for unit, row in zip(layer.units, _normalized(values[layer.id], layer.activation), strict=True):
            if unit in shown:
                pictures[unit] = _curve(row) if len(dataset.domain) == 1 else _heat_map(row, colors)
    return pictures


def _grid(domain: tuple[tuple[float, float], ...]) -> FloatArray:
    if len(domain) == 1:
        return np.linspace(*domain[0], CURVE_POINTS)[:, np.newaxis]
    across = np.linspace(*domain[0], MAP_SIDE)
    low, high = domain[1]
    down = np.linspace(high, low, MAP_SIDE)  # an image begins at its top
    x, y = np.meshgrid(across, down)
    return np.column_stack([x.ravel(), y.ravel()])


def _normalized(values: FloatArray, activation: Activation) -> FloatArray:
    """Bring each row into [−1, 1], 0 staying 0 (½ for what lies between 0 and 1)."""
    values = np.nan_to_num(values.astype(float), posinf=1e30, neginf=-1e30)
    if activation in ZERO_TO_ONE:
        return 2 * values - 1
    largest: FloatArray = np.abs(values).max(axis=1, keepdims=True)
    return values / np.maximum(largest, 1e-9)


def _curve(row: FloatArray) -> QPolygonF:
    across = np.linspace(-1, 1, len(row))
    return QPolygonF([QPointF(x, -y) for x, y in zip(across.tolist(), row.tolist(), strict=True)])


def _heat_map(row: FloatArray, colors: Colors) -> QImage:
    pixels = diverging(colors, row.reshape(MAP_SIDE, MAP_SIDE))
    pixels[..., 3] = ROUND
    image = QImage(pixels.tobytes(), MAP_SIDE, MAP_SIDE, 4 * MAP_SIDE, QImage.Format.Format_RGBA8888)
    return image.copy()  # the bytes above go


def _round_mask() -> NDArray[np.uint8]:
    """Return the opacity of a disc, its edge smooth."""
    centre = (MAP_SIDE - 1) / 2
    y, x = np.mgrid[:MAP_SIDE, :MAP_SIDE] - centre
    inside: FloatArray = np.clip(MAP_SIDE / 2 - np.hypot(x, y) + 0.5, 0, 1)
    return (255 * inside).astype(np.uint8)


ROUND = _round_mask()
