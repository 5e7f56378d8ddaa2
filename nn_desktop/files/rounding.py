"""How far two programs that compute the same network may be apart by rounding alone.

Every sum and every function rounds. How large the error of a sum is depends on its length and on what stands
in it, and how much of it reaches an answer depends on all that comes after. Both are found from the network
itself and the inputs that are compared.

- One operation has a relative error of at most u, the unit roundoff: 2⁻²⁴ in float32, 2⁻⁵³ in float64. The
  sum z = b + Σ tⱼ with tⱼ = wⱼ aⱼ, added up one after the other to s₁, s₂, …, sₙ = z, has an error of at most
  u (Σ |tⱼ| + Σ |sⱼ|) (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., 2002, §3.3 and
  §4.2). Roundings that have nothing to do with each other do not all go in one direction: the standard
  deviation of their sum is at most u √(Σ tⱼ² + Σ sⱼ²), and a multiple of it is what holds with a probability
  near 1 (Higham and Mary, *A new approach to probabilistic rounding error analysis*, SIAM J. Sci. Comput.
  41(5), 2019). Terms that are the same round in the same way: with m equal weights the second sum counts m
  times.
- How errors spread through the layers is seen by making them: each value gets a random error of that size,
  and the answers are looked at, again and again (Monte Carlo arithmetic: Parker, *Computing in Science and
  Engineering* 2(4), 2000). Bounds for each layer, multiplied, would grow beyond all answers in deep networks.
"""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.numpy_functions import FUNCTIONS
from nn_desktop.files.checking import FLOAT32_TOLERANCE, FLOAT64_TOLERANCE, NotCheckedError
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.steps import Step, steps_of
from nn_desktop.network.functions import Activation

DEVIATIONS = 4.0
"""So many standard deviations are still rounding."""
RUNS = 8
"""They tell the deviation to a quarter."""
FUNCTION_ERROR = 4.0
"""Error of a function such as tanh, in units of roundoff; the best of each kind have 0.5 to 4."""
BLOCK = 32
"""Terms of a sum that are added up at once, and between which the partial sums are estimated."""
_SIZE = 2.0**-24
"""Of the errors that are made, in relation to the values: that of float32."""
_EXACT = (Activation.IDENTITY, Activation.RELU)
"""Activations that round nothing."""


def unit_roundoff(dtype: DTypeLike) -> float:
    """Return u: the largest relative error of one rounding to float32 or float64."""
    return float(np.finfo(dtype).eps) / 2


def rounding_tolerance(
    model: TrainedModel,
    inputs: FloatArray,
    dtype: DTypeLike,
    scaling_dtype: DTypeLike = np.float64,
    stop: StopFlag | None = None,
) -> FloatArray:
    """Return how far answers may be from `TrainedModel.predict`, if somebody else computes them.

    Parameters
    ----------
    model
        Computes in the type of its own numbers.
    inputs
        Raw inputs, shape (n, inputs).
    dtype
        Type of number that the exported network computes in.
    scaling_dtype
        In what it scales the outputs back to the units of the answers.
    stop
        Ends it.

    Returns
    -------
    array of float64, shape (n, outputs)
        In units of the answers, above 0; infinite where the network itself comes to nothing finite.

    Raises
    ------
    NotCheckedError
        If it was stopped.
    """
    stop = StopFlag() if stop is None else stop
    own, other = unit_roundoff(model.parameters.vector.dtype), unit_roundoff(dtype)
    with np.errstate(all="ignore"):
        answers = model.predict(inputs)
        tolerance = DEVIATIONS * (own + other) * answer_deviations(model, inputs, stop)
        # What the network itself gives: most of the answers may be the mean, which needs no network.
        given, scale = answers, np.ones(answers.shape[1])
        if model.task is Task.REGRESSION and not model.target_scaling.is_none:
            given, scale = answers - model.target_scaling.mean, np.abs(model.target_scaling.scale)
            tolerance += (unit_roundoff(np.float64) + unit_roundoff(scaling_dtype)) * _scaling_errors(
                model, answers
            )
        largest = np.max(np.abs(given), axis=0, initial=0.0, where=np.isfinite(given))
    tolerance = np.where(np.isfinite(answers) & np.isfinite(tolerance), tolerance, np.inf)
    negligible = FLOAT64_TOLERANCE if dtype == np.float64 else FLOAT32_TOLERANCE
    return np.asarray(np.maximum(tolerance, negligible * np.maximum(largest, scale)))


def _scaling_errors(model: TrainedModel, answers: FloatArray) -> FloatArray:
    """Return the largest error of answer = output · scale + mean, shape (n, outputs), in units of roundoff.

    The scale, the mean, the product and the sum are rounded once each.
    """
    mean = model.target_scaling.mean
    return np.asarray(2 * np.abs(answers - mean) + np.abs(mean) + np.abs(answers))


def answer_deviations(model: TrainedModel, inputs: FloatArray, stop: StopFlag) -> FloatArray:
    """Return the standard deviation of the rounding error of each answer, in units of roundoff.

    Takes raw inputs, shape (n, inputs); returns shape (n, outputs); `NotCheckedError` says it was stopped.
    """
    steps = steps_of(model.in_precision(np.float64).parameters)
    scaled = model.input_scaling.apply(inputs)
    values: dict[int, FloatArray] = {0: scaled}
    sum_errors: dict[int, FloatArray] = {}
    errors = {0: np.zeros_like(scaled) if model.input_scaling.is_none else _function_errors(scaled)}
    for step in steps:
        sum_errors[step.number] = _sum_errors(step, values)
        values[step.number] = _activate(step, _sums(step, values))
        errors[step.number] = _activation_errors(step, values[step.number])
    last = steps[-1].number
    squares = np.zeros_like(values[last])
    generator = np.random.default_rng(0)
    for _ in range(RUNS):
        if stop:
            raise NotCheckedError("it was stopped")
        noisy = {0: scaled + _noise(generator, errors[0])}
        for step in steps:
            z = _sums(step, noisy) + _noise(generator, sum_errors[step.number])
            noisy[step.number] = _activate(step, z) + _noise(generator, errors[step.number])
        squares += (noisy[last] - values[last]) ** 2
    deviations = np.sqrt(squares / RUNS) / _SIZE
    return deviations * np.abs(model.target_scaling.scale) if model.task is Task.REGRESSION else deviations


def _noise(generator: np.random.Generator, errors: FloatArray) -> FloatArray:
    """Draw errors of these standard deviations: uniform ones, as those of a rounding are."""
    return np.asarray((generator.random(errors.shape) - 0.5) * (math.sqrt(12.0) * _SIZE) * errors)


def _sums(step: Step, values: Mapping[int, FloatArray]) -> FloatArray:
    """Return z, shape (n, units)."""
    z = np.tile(step.biases, (len(values[0]), 1))
    for feed in step.feeds:
        z += values[feed.source] @ feed.weights.T
    return z


def _activate(step: Step, z: FloatArray) -> FloatArray:
    a = np.empty_like(z)
    FUNCTIONS[step.activation](z.T, a.T)
    return a


def _sum_errors(step: Step, values: Mapping[int, FloatArray]) -> FloatArray:
    """Return √(m Σ sⱼ² + 2 Σ tⱼ²) for each z, shape (n, units); the 2, as weights may be rounded first.

    Of the partial sums only each `BLOCK`-th one is computed; those between are near their mean, give or take
    the terms themselves.
    """
    total = np.tile(step.biases, (len(values[0]), 1))
    squares, partial_squares = total**2, np.zeros_like(total)
    for a, weights in _blocks(step, values):
        before, total = total, total + a @ weights.T
        of_terms = a**2 @ (weights**2).T
        partial_squares += len(weights.T) * (before**2 + total**2 + of_terms) / 2
        squares += of_terms
    return np.asarray(np.sqrt(_equal_weights(step) * partial_squares + 2 * squares))


def _blocks(step: Step, values: Mapping[int, FloatArray]) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield what is added up at once: values, shape (n, terms), and weights, shape (units, terms)."""
    for feed in step.feeds:
        for start in range(0, feed.weights.shape[1], BLOCK):
            block = slice(start, start + BLOCK)
            yield values[feed.source][:, block], feed.weights[:, block]


def _equal_weights(step: Step) -> FloatArray:
    """Return how often the most frequent weight into each unit stands there, shape (units,), at least 1."""
    rows = np.hstack([np.empty((step.units, 0)), *(feed.weights for feed in step.feeds)])
    return np.array([np.unique(row[row != 0], return_counts=True)[1].max(initial=1) for row in rows])


def _activation_errors(step: Step, a: FloatArray) -> FloatArray:
    if step.activation in _EXACT:
        return np.zeros_like(a)
    if step.activation is Activation.SOFTMAX:  # e to some power by a sum of such, all of them positive
        return np.asarray((FUNCTION_ERROR + math.sqrt(step.units)) * a)
    return _function_errors(a)


def _function_errors(a: FloatArray) -> FloatArray:
    """Return errors of a function; many are computed by way of numbers near 1."""
    return FUNCTION_ERROR * (1.0 + np.abs(a))
