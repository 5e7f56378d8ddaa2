"""Points of a plane to classify or to regress, as in TensorFlow Playground (Apache-2.0), dataset.ts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.dataset import Dataset, DataSettings, Domain, Task, TrueFunction, fit_scalings
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.split import split

CLASSIFICATION_SAMPLES: Final = 500
REGRESSION_SAMPLES: Final = 1200
PLANAR_TRAIN_SHARE: Final = 0.5
PLANAR_CLASSES: Final = ("negative", "positive")
PLANAR_DOMAIN: Final[Domain] = ((-6.0, 6.0), (-6.0, 6.0))

_CIRCLE_RADIUS: Final = 2.5
_XOR_GAP: Final = 0.3
_BUMPS: Final = np.array([(-4.0, 2.5), (0.0, 2.5), (4.0, 2.5), (-4.0, -2.5), (0.0, -2.5), (4.0, -2.5)])
_BUMP_SIGNS: Final = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


@dataclass(frozen=True, eq=False)
class PlanarSample:
    """Points of a plane with their targets.

    Attributes
    ----------
    points : array of float64, shape (N, 2)
    targets : array
        Labels 0 and 1 of shape (N,), or values of shape (N, 1).
    clean_labels : array of int64, shape (N,), or None
        The labels without noise, by which samples are parted: so noise never moves one from training to test.
    """

    points: FloatArray
    targets: FloatArray | IntArray
    clean_labels: IntArray | None


Sampler = Callable[[int, float, np.random.Generator, np.random.Generator], PlanarSample]
"""From the number of samples, the noise `s`, and the generators of positions and of noise."""


@dataclass(frozen=True)
class PlanarRow:
    """One problem in the plane.

    Attributes
    ----------
    name, title, formula, description
        What the catalogue says of it.
    task
        Two classes or a regression.
    samples
        How many samples there are by default.
    sampler
        Draws the points and their targets.
    true_function
        The noise-free value of a regression, (M, 2) to (M, 1).
    """

    name: str
    title: str
    formula: str
    task: Task
    samples: int
    sampler: Sampler
    true_function: TrueFunction | None
    description: str


def within_circle(points: FloatArray) -> IntArray:
    """Label 1 where a point lies within 2.5 of the centre, else 0; (M, 2) to (M,)."""
    return (np.hypot(points[:, 0], points[:, 1]) < _CIRCLE_RADIUS).astype(np.int64)


def same_sign(points: FloatArray) -> IntArray:
    """Label 1 where both coordinates have the same sign, else 0; (M, 2) to (M,)."""
    return (points[:, 0] * points[:, 1] >= 0.0).astype(np.int64)


def plane(points: FloatArray) -> FloatArray:
    """(x + y) / 10; (M, 2) to (M, 1)."""
    return (points[:, :1] + points[:, 1:]) / 10.0


def gaussians(points: FloatArray) -> FloatArray:
    """Six cones of radius 2 and alternating sign, the farthest from 0 counts; (M, 2) to (M, 1)."""
    offsets = points[:, np.newaxis, :] - _BUMPS
    distances = np.hypot(offsets[..., 0], offsets[..., 1])
    heights = _BUMP_SIGNS * np.clip(1.0 - distances / 2.0, 0.0, 1.0)
    farthest = np.abs(heights).argmax(axis=1)
    return np.take_along_axis(heights, farthest[:, np.newaxis], axis=1)


def _class_sizes(count: int) -> tuple[int, int]:
    """Half of the samples a class; the class +1, which comes first, takes the odd one."""
    return count - count // 2, count // 2


def _class_labels(positive: int, negative: int) -> IntArray:
    return np.repeat(np.array([1, 0], dtype=np.int64), (positive, negative))


def _shifts(count: int, reach: float, noise: float, generator: np.random.Generator) -> FloatArray:
    """How far noise moves each point before its target is looked up: U(-reach, reach)·s an axis."""
    return generator.uniform(-reach, reach, (count, 2)) * noise


def _sample_circle(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> PlanarSample:
    inner, outer = _class_sizes(count)
    r = np.concatenate([positions.uniform(0.0, 2.5, inner), positions.uniform(3.5, 5.0, outer)])
    theta = positions.uniform(0.0, 2.0 * np.pi, count)
    points = np.column_stack([r * np.sin(theta), r * np.cos(theta)])
    moved = points + _shifts(count, 5.0, noise, disturbances)
    return PlanarSample(points, within_circle(moved), within_circle(points))


def _sample_xor(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> PlanarSample:
    points = positions.uniform(-5.0, 5.0, (count, 2))
    points += np.where(points > 0.0, _XOR_GAP, -_XOR_GAP)
    moved = points + _shifts(count, 5.0, noise, disturbances)
    return PlanarSample(points, same_sign(moved), same_sign(points))


def _sample_gauss(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> PlanarSample:
    positive, negative = _class_sizes(count)
    labels = _class_labels(positive, negative)
    centres = np.where(labels == 1, 2.0, -2.0)[:, np.newaxis]
    # Noise widens the two clouds, it does not shuffle them: every point moves on its own ray.
    deviation = np.sqrt(0.5 + 7.0 * noise)
    points = centres + deviation * positions.standard_normal((count, 2))
    return PlanarSample(points, labels, labels)


def _sample_spiral(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> PlanarSample:
    positive, negative = _class_sizes(count)
    labels = _class_labels(positive, negative)
    way = np.concatenate([np.arange(positive) / positive, np.arange(negative) / negative])
    r = 5.0 * way
    t = 1.75 * way * 2.0 * np.pi + np.where(labels == 1, 0.0, np.pi)
    points = np.column_stack([r * np.sin(t), r * np.cos(t)])
    return PlanarSample(points + _shifts(count, 1.0, noise, disturbances), labels, labels)


def _sample_plane(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> PlanarSample:
    points = positions.uniform(-6.0, 6.0, (count, 2))
    return PlanarSample(points, plane(points + _shifts(count, 6.0, noise, disturbances)), None)


def _sample_gaussians(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> PlanarSample:
    points = positions.uniform(-6.0, 6.0, (count, 2))
    return PlanarSample(points, gaussians(points + _shifts(count, 6.0, noise, disturbances)), None)


# fmt: off
PLANAR: Final = (
    PlanarRow("gauss", "Two clouds", "centres (2, 2) and (−2, −2), variance 0.5 + 7s", Task.BINARY,
              CLASSIFICATION_SAMPLES, _sample_gauss, None,
              "A straight line parts the clouds: no hidden unit is needed, a single neuron can do it."),
    PlanarRow("circle", "Circle", "+1 where x₁² + x₂² < 2.5²", Task.BINARY,
              CLASSIFICATION_SAMPLES, _sample_circle, None,
              "No line parts inside from outside; three units fence it in, as do the inputs x₁² and x₂²."),
    PlanarRow("xor", "XOR", "+1 where x₁ · x₂ ≥ 0", Task.BINARY,
              CLASSIFICATION_SAMPLES, _sample_xor, None,
              "What a single neuron cannot learn (Minsky and Papert, 1969) and a hidden layer can."),
    PlanarRow("spiral", "Spiral", "r = 5i/n, t = 3.5π · i/n, x₁ = r sin t, x₂ = r cos t", Task.BINARY,
              CLASSIFICATION_SAMPLES, _sample_spiral, None,
              "Two arms wound into each other: the hardest of the four wants more units and patience."),
    PlanarRow("plane", "Plane", "y = (x₁ + x₂) / 10", Task.REGRESSION,
              REGRESSION_SAMPLES, _sample_plane, plane,
              "A linear neuron learns it exactly, and its two weights can be read off: 0.1 and 0.1."),
    PlanarRow("gaussians", "Six hills", "y = ±(1 − d/2) within 2 of six centres, else 0", Task.REGRESSION,
              REGRESSION_SAMPLES, _sample_gaussians, gaussians,
              "Hills and hollows, each of which needs its own units: a small network leaves some out."),
)
# fmt: on


def load_planar(row: PlanarRow, settings: DataSettings) -> Dataset:
    """Draw points of a plane.

    Unlike in the functions of one variable, noise disturbs training and test alike, as in the Playground.

    Parameters
    ----------
    row
        The problem.
    settings
        How many samples, how much noise, and so on.

    Returns
    -------
    Dataset
        With inputs of shape (N, 2), and labels of shape (N,) or values of shape (N, 1).
    """
    sample = row.sampler(
        settings.samples,
        settings.noise,
        random_stream(settings.seed, Stream.POSITIONS),
        random_stream(settings.seed, Stream.NOISE),
    )
    train, test = split(
        settings.samples,
        settings.train_share,
        random_stream(settings.seed, Stream.SPLIT),
        sample.clean_labels,
    )
    input_scaling, target_scaling = fit_scalings(settings, row.task, sample.points, sample.targets, train)
    is_binary = row.task is Task.BINARY
    return Dataset(
        settings=settings,
        title=row.title,
        task=row.task,
        input_names=("x1", "x2"),
        output_names=(PLANAR_CLASSES[1],) if is_binary else ("y",),
        class_names=PLANAR_CLASSES if is_binary else (),
        inputs=sample.points,
        targets=sample.targets,
        train=train,
        test=test,
        input_scaling=input_scaling,
        target_scaling=target_scaling,
        domain=PLANAR_DOMAIN,
        true_function=row.true_function,
    )
