"""Functions of one variable: the smallest regression problems, whose truth can be drawn."""

from functools import lru_cache
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.builtin import Builtin, Group
from nn_desktop.data.dataset import Task, TrueFunction
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.sampling import Positions
from nn_desktop.data.source import DataSettings, RawSamples

# Even steps on a range about 0 meet its ends, its middle and its quarters exactly.
_GRID_STEPS: Final = 20_000


def _damped_sine(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-x / 4.0) * np.sin(2.0 * x))


def _cubic(x: FloatArray) -> FloatArray:
    return x**3 - x


def _x_sin_x(x: FloatArray) -> FloatArray:
    return x * np.sin(x)


def _gaussian_bump(x: FloatArray) -> FloatArray:
    return np.exp(-(x**2))


def _sinc(x: FloatArray) -> FloatArray:
    # numpy's sinc is sin(pi x)/(pi x), with the value 1 at 0.
    return np.asarray(np.sinc(x / np.pi), dtype=np.float64)


def _runge(x: FloatArray) -> FloatArray:
    return 1.0 / (1.0 + 25.0 * x**2)


def _step(x: FloatArray) -> FloatArray:
    return np.where(x < 0.0, 0.0, 1.0)


def _square_wave(x: FloatArray) -> FloatArray:
    # Not the sign of sin(pi x): rounding makes that sign arbitrary exactly at the jumps.
    return 1.0 - 2.0 * (np.floor(x) % 2.0)


def _sawtooth(x: FloatArray) -> FloatArray:
    return np.asarray(x - 2.0 * np.floor((x + 1.0) / 2.0))


def _chirp(x: FloatArray) -> FloatArray:
    return np.sin(2.0 * np.pi * (x + 3.0 * x**2))


def _doppler(x: FloatArray) -> FloatArray:
    """Doppler of Donoho & Johnstone (1994), Biometrika 81, 425-455, table 1, with epsilon = 0.05."""
    epsilon = 0.05
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt(x * (1.0 - x)) * np.sin(2.0 * np.pi * (1.0 + epsilon) / (x + epsilon)))


def _heavisine(x: FloatArray) -> FloatArray:
    """HeaviSine of Donoho & Johnstone (1994), Biometrika 81, 425-455, table 1."""
    return np.asarray(4.0 * np.sin(4.0 * np.pi * x) - np.sign(x - 0.3) - np.sign(0.72 - x))


@lru_cache
def half_spread(function: TrueFunction, low: float, high: float) -> float:
    """Half of what lies between the largest and the smallest value of a function over a range."""
    values = function(np.linspace(low, high, _GRID_STEPS + 1))
    return float(values.max() - values.min()) / 2.0


def draw_function(source: Builtin, settings: DataSettings) -> RawSamples:
    """Sample a function over its range, at random positions or at even distances.

    Noise is Gaussian with sigma = noise · `half_spread` and disturbs
    the training targets only, so that the test part measures the distance from the truth.

    Returns
    -------
    RawSamples
        A regression with inputs of shape (N, 1) and targets of shape (N, 1).
    """
    assert source.domain is not None and source.true_function is not None
    (low, high), count = source.domain[0], settings.samples
    if settings.positions is Positions.GRID:
        inputs = np.linspace(low, high, count)[:, np.newaxis]
    else:
        inputs = random_stream(settings.seed, Stream.POSITIONS).uniform(low, high, (count, 1))
    # Drawn for all samples: then the disturbance of a sample does not depend on the share for training.
    disturbance = random_stream(settings.seed, Stream.NOISE).standard_normal((count, 1))
    sigma = settings.noise * half_spread(source.true_function, low, high)
    return RawSamples(inputs=inputs, targets=source.true_function(inputs), training_noise=sigma * disturbance)


def _function(
    name: str,
    title: str,
    formula: str,
    low: float,
    high: float,
    function: TrueFunction,
    standardize: bool,
    description: str,
) -> Builtin:
    """Make a row; a small tanh network learns some of them better from standardized values."""
    return Builtin(
        name=name,
        title=title,
        group=Group.FUNCTION,
        task=Task.REGRESSION,
        inputs=1,
        samples=200,
        train_share=0.8,
        standardize=standardize,
        description=description,
        formula=formula,
        sampler=draw_function,
        input_names=("x",),
        output_names=("y",),
        domain=((low, high),),
        true_function=function,
    )


# fmt: off
SINE: Final = _function(
    "sine", "Sine", "y = sin x", -np.pi, np.pi, np.sin, False,
    "One smooth wave: three tanh units are enough, and one sees each of them at work.",
)
FUNCTIONS: Final = (
    SINE,
    _function("damped-sine", "Damped sine", "y = e^(−x/4) · sin 2x", 0.0, 10.0, _damped_sine, True,
              "The waves fade, so the squared error cares first for the large ones on the left."),
    _function("cubic", "Cubic", "y = x³ − x", -1.5, 1.5, _cubic, False,
              "A polynomial grows without bound and tanh does not: watch what happens beyond the range."),
    _function("x-sin-x", "x sin x", "y = x · sin x", -5.0, 5.0, _x_sin_x, True,
              "Left mirrors right, but nobody tells the network: it has to learn both sides."),
    _function("gaussian-bump", "Gaussian bump", "y = e^(−x²)", -3.0, 3.0, _gaussian_bump, False,
              "One tanh unit climbs the bump and another descends: two units make a hill."),
    _function("sinc", "Sinc", "y = sin x / x", -10.0, 10.0, _sinc, True,
              "A high peak among low ripples: the peak is learned soon, the ripples late."),
    _function("runge", "Runge", "y = 1 / (1 + 25x²)", -1.0, 1.0, _runge, False,
              "Polynomials through evenly spaced points fail here near the ends; a network need not."),
    _function("absolute", "Absolute value", "y = |x|", -2.0, 2.0, np.abs, False,
              "Two ReLU units represent the corner exactly, smooth units can only round it off."),
    _function("step", "Step", "y = 0 for x < 0, else 1", -2.0, 2.0, _step, False,
              "A jump asks for ever larger weights: follow how one unit becomes steeper."),
    _function("square-wave", "Square wave", "y = 1 − 2 · (⌊x⌋ mod 2)", -2.0, 2.0, _square_wave, False,
              "Three jumps: with one hidden layer, each of them takes a tanh unit of its own."),
    _function("sawtooth", "Sawtooth", "y = x − 2 · ⌊(x + 1)/2⌋", -3.0, 3.0, _sawtooth, False,
              "Slow ramps and sudden drops: one slope fits the ramps, quite another the drops."),
    _function("chirp", "Chirp", "y = sin 2π(x + 3x²)", 0.0, 1.0, _chirp, True,
              "The frequency rises from 1 to 7; networks learn the slow part long before the fast one."),
    _function("doppler", "Doppler", "y = √(x(1 − x)) · sin(2.1π / (x + 0.05))", 0.0, 1.0, _doppler, True,
              "Slow waves on the right, ever faster ones to the left (Donoho and Johnstone, 1994)."),
    _function("heavisine", "HeaviSine", "y = 4 sin 4πx − sgn(x − 0.3) − sgn(0.72 − x)", 0.0, 1.0,
              _heavisine, True,
              "Two small jumps in a wave, easily smoothed away (Donoho and Johnstone, 1994)."),
)
# fmt: on
