"""Points of a plane to classify or to regress, as in TensorFlow Playground (Apache-2.0), dataset.ts."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.builtin import Builtin, Group
from nn_desktop.data.dataset import Domain, Task, TrueFunction
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.source import DataSettings, RawSamples

CLASSIFICATION_SAMPLES: Final = 500
REGRESSION_SAMPLES: Final = 1200
_CLASSES: Final = ("negative", "positive")
_DOMAIN: Final[Domain] = ((-6.0, 6.0), (-6.0, 6.0))

_CIRCLE_RADIUS: Final = 2.5
_XOR_GAP: Final = 0.3
_BUMPS: Final = np.array([(-4.0, 2.5), (0.0, 2.5), (4.0, 2.5), (-4.0, -2.5), (0.0, -2.5), (4.0, -2.5)])
_BUMP_SIGNS: Final = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


DrawPoints = Callable[[int, float, np.random.Generator, np.random.Generator], RawSamples]
"""From the number of samples, the noise `s`, and the generators of positions and of noise.

Classes are those without noise, by which samples are parted: so noise never moves one from training to test.
"""


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
) -> RawSamples:
    inner, outer = _class_sizes(count)
    r = np.concatenate([positions.uniform(0.0, 2.5, inner), positions.uniform(3.5, 5.0, outer)])
    theta = positions.uniform(0.0, 2.0 * np.pi, count)
    points = np.column_stack([r * np.sin(theta), r * np.cos(theta)])
    moved = points + _shifts(count, 5.0, noise, disturbances)
    return RawSamples(inputs=points, targets=within_circle(moved), classes=within_circle(points))


def _sample_xor(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> RawSamples:
    points = positions.uniform(-5.0, 5.0, (count, 2))
    points += np.where(points > 0.0, _XOR_GAP, -_XOR_GAP)
    moved = points + _shifts(count, 5.0, noise, disturbances)
    return RawSamples(inputs=points, targets=same_sign(moved), classes=same_sign(points))


def _sample_gauss(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> RawSamples:
    positive, negative = _class_sizes(count)
    labels = _class_labels(positive, negative)
    centres = np.where(labels == 1, 2.0, -2.0)[:, np.newaxis]
    # Noise widens the two clouds, it does not shuffle them: every point moves on its own ray.
    deviation = np.sqrt(0.5 + 7.0 * noise)
    points = centres + deviation * positions.standard_normal((count, 2))
    return RawSamples(inputs=points, targets=labels, classes=labels)


def _sample_spiral(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> RawSamples:
    positive, negative = _class_sizes(count)
    labels = _class_labels(positive, negative)
    way = np.concatenate([np.arange(positive) / positive, np.arange(negative) / negative])
    r = 5.0 * way
    t = 1.75 * way * 2.0 * np.pi + np.where(labels == 1, 0.0, np.pi)
    points = np.column_stack([r * np.sin(t), r * np.cos(t)])
    points += _shifts(count, 1.0, noise, disturbances)
    return RawSamples(inputs=points, targets=labels, classes=labels)


def _sample_plane(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> RawSamples:
    points = positions.uniform(-6.0, 6.0, (count, 2))
    targets = plane(points + _shifts(count, 6.0, noise, disturbances))
    return RawSamples(inputs=points, targets=targets)


def _sample_gaussians(
    count: int, noise: float, positions: np.random.Generator, disturbances: np.random.Generator
) -> RawSamples:
    points = positions.uniform(-6.0, 6.0, (count, 2))
    targets = gaussians(points + _shifts(count, 6.0, noise, disturbances))
    return RawSamples(inputs=points, targets=targets)


def draw_points(draw: DrawPoints, source: Builtin, settings: DataSettings) -> RawSamples:
    """Draw points of a plane, shape (N, 2), with their labels, shape (N,), or values, shape (N, 1).

    Unlike in the functions of one variable, noise disturbs training and test alike, as in the Playground.
    """
    return draw(
        settings.samples,
        settings.noise,
        random_stream(settings.seed, Stream.POSITIONS),
        random_stream(settings.seed, Stream.NOISE),
    )


def _planar(
    name: str,
    title: str,
    formula: str,
    class_names: tuple[str, ...],
    draw: DrawPoints,
    true_function: TrueFunction | None,
    description: str,
) -> Builtin:
    """Make a row of two classes or, without names of classes, of a regression."""
    return Builtin(
        name=name,
        title=title,
        group=Group.PLANAR,
        task=Task.BINARY if class_names else Task.REGRESSION,
        inputs=2,
        samples=CLASSIFICATION_SAMPLES if class_names else REGRESSION_SAMPLES,
        train_share=0.5,
        standardize=False,
        description=description,
        formula=formula,
        sampler=partial(draw_points, draw),
        input_names=("x1", "x2"),
        output_names=class_names[1:] or ("y",),
        class_names=class_names,
        domain=_DOMAIN,
        true_function=true_function,
    )


# fmt: off
GAUSS: Final = _planar(
    "gauss", "Two clouds", "centres (2, 2) and (−2, −2), variance 0.5 + 7s", _CLASSES,
    _sample_gauss, None,
    "A straight line parts the clouds: no hidden unit is needed, a single neuron can do it.",
)
CIRCLE: Final = _planar(
    "circle", "Circle", "+1 where x₁² + x₂² < 2.5²", _CLASSES,
    _sample_circle, None,
    "No line parts inside from outside; three units fence it in, as do the inputs x₁² and x₂².",
)
XOR: Final = _planar(
    "xor", "XOR", "+1 where x₁ · x₂ ≥ 0", _CLASSES,
    _sample_xor, None,
    "What a single neuron cannot learn (Minsky and Papert, 1969) and a hidden layer can.",
)
SPIRAL: Final = _planar(
    "spiral", "Spiral", "r = 5i/n, t = 3.5π · i/n, x₁ = r sin t, x₂ = r cos t", _CLASSES,
    _sample_spiral, None,
    "Two arms wound into each other: the hardest of the four wants more units and patience.",
)
PLANE: Final = _planar(
    "plane", "Plane", "y = (x₁ + x₂) / 10", (),
    _sample_plane, plane,
    "A linear neuron learns it exactly, and its two weights can be read off: 0.1 and 0.1.",
)
GAUSSIANS: Final = _planar(
    "gaussians", "Six hills", "y = ±(1 − d/2) within 2 of six centres, else 0", (),
    _sample_gaussians, gaussians,
    "Hills and hollows, each of which needs its own units: a small network leaves some out.",
)
# fmt: on
PLANAR: Final = (GAUSS, CIRCLE, XOR, SPIRAL, PLANE, GAUSSIANS)
