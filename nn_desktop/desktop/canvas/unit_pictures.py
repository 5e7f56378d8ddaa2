"""What each unit computes as a small picture: a curve, a heat map, or a histogram for many inputs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPolygonF

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.colors import Colors, diverging
from nn_desktop.engines.evaluation import activations
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer

CURVE_POINTS = 41
MAP_SIDE = 28
BARS = 9
"""A histogram has an odd number, so that what is even around 0 has a bar in the middle."""
MIN_SAMPLES, MAX_SAMPLES = 32, 200
MAX_PRODUCTS = 2e7
"""Weights times samples: what one set of histograms may cost."""


@dataclass(frozen=True)
class Histogram:
    """How often a unit gives out what.

    Attributes
    ----------
    shares
        Of each bar, from the lowest activations to the highest; the tallest is 1.
    low, high
        The least and the greatest activation.
    """

    shares: tuple[float, ...]
    low: float
    high: float

    @property
    def zero(self) -> float | None:
        """Where 0 lies, as a share of the way from the lowest to the highest; None if it lies outside."""
        if not self.low <= 0.0 <= self.high:
            return None
        return -self.low / (self.high - self.low) if self.high > self.low else 0.5

    @property
    def share_below_zero(self) -> float:
        """Which share of the range from the lowest to the highest lies below 0."""
        zero = self.zero
        return float(self.high < 0.0) if zero is None else zero


Picture = QPolygonF | QImage | Histogram
"""A curve within [−1, 1]², y downwards; a round heat map; or a histogram."""

ZERO_TO_ONE = frozenset({Activation.SIGMOID, Activation.SOFTMAX})


def unit_pictures(
    parameters: Parameters, dataset: Dataset, colors: Colors, shown: set[int]
) -> dict[int, Picture]:
    """Draw the units that are shown, by their ids; none where there are no samples to look at."""
    if not len(dataset.inputs):
        return {}
    if dataset.domain is None or len(dataset.domain) > 2:
        inputs = _some_samples(parameters, dataset)
    else:
        inputs = dataset.input_scaling.apply(_grid(dataset.domain))
    with np.errstate(over="ignore"):  # a diverged network
        small = Parameters(parameters.topology, parameters.vector.astype(np.float32))  # enough for a picture
    values = activations(small, inputs)
    pictures: dict[int, Picture] = {}
    for layer in parameters.topology.layers:
        rows = [row for row, unit in enumerate(layer.units) if unit in shown]
        units = [layer.units[row] for row in rows]
        if units:
            finite = np.nan_to_num(values[layer.id][rows].astype(float), posinf=1e30, neginf=-1e30)
            pictures.update(zip(units, _pictures_of(finite, layer, dataset, colors), strict=True))
    return pictures


def histograms(values: FloatArray) -> list[Histogram]:
    """Count the values of each row in bars of equal width from the row's least value to its greatest."""
    low, high = values.min(axis=1), values.max(axis=1)
    width = np.where(high > low, high - low, 1.0)
    share = (values - low[:, np.newaxis]) / width[:, np.newaxis]
    share[high == low] = 0.5  # all in the bar in the middle
    bars = np.minimum((share * BARS).astype(np.intp), BARS - 1)
    bars += BARS * np.arange(len(values))[:, np.newaxis]
    counts = np.bincount(bars.ravel(), minlength=BARS * len(values)).reshape(-1, BARS)
    shares = (counts / counts.max(axis=1, keepdims=True)).tolist()
    return [
        Histogram(tuple(row), least, greatest)
        for row, least, greatest in zip(shares, low.tolist(), high.tolist(), strict=True)
    ]


def sample_count(weights: int) -> int:
    """Return over how many samples the units of a network with so many weights are looked at."""
    return int(min(MAX_SAMPLES, max(MIN_SAMPLES, MAX_PRODUCTS // max(weights, 1))))


def _pictures_of(
    values: FloatArray, layer: Layer, dataset: Dataset, colors: Colors
) -> list[QPolygonF] | list[QImage] | list[Histogram]:
    if dataset.domain is None or len(dataset.domain) > 2:
        return histograms(values)
    rows = _normalized(values, layer.activation)
    return _curves(rows) if len(dataset.domain) == 1 else list(_heat_maps(rows, colors))


def _some_samples(parameters: Parameters, dataset: Dataset) -> FloatArray:
    count = sample_count(len(parameters.vector))
    return dataset.input_scaling.apply(dataset.inputs[dataset.train[:count]])


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
    if activation in ZERO_TO_ONE:
        return 2 * values - 1
    largest: FloatArray = np.abs(values).max(axis=1, keepdims=True)
    return values / np.maximum(largest, 1e-9)


def _curves(rows: FloatArray) -> list[QPolygonF]:
    across = np.linspace(-1, 1, rows.shape[1]).tolist()
    return [QPolygonF([QPointF(x, -y) for x, y in zip(across, row, strict=True)]) for row in rows.tolist()]


def _heat_maps(rows: FloatArray, colors: Colors) -> Iterator[QImage]:
    pixels = diverging(colors, rows.reshape(-1, MAP_SIDE, MAP_SIDE))
    pixels[..., 3] = ROUND
    for picture in pixels:
        image = QImage(picture.tobytes(), MAP_SIDE, MAP_SIDE, 4 * MAP_SIDE, QImage.Format.Format_RGBA8888)
        # A copy, for the bytes above go; premultiplied, as it is painted.
        yield image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _round_mask() -> NDArray[np.uint8]:
    """Return the opacity of a disc, its edge smooth."""
    centre = (MAP_SIDE - 1) / 2
    y, x = np.mgrid[:MAP_SIDE, :MAP_SIDE] - centre
    inside: FloatArray = np.clip(MAP_SIDE / 2 - np.hypot(x, y) + 0.5, 0, 1)
    return (255 * inside).astype(np.uint8)


ROUND = _round_mask()
