"""How strong a weight is, and how that looks: one rule for the screen, for pictures and for LaTeX.

A weight w belongs to one of `LEVELS` levels, the weakest first::

    level(w)  = min(⌊LEVELS · |w| / scale⌋, LEVELS − 1)
    scale     = max(MIN_SCALE · min(1, √(USUAL_FAN_IN / largest fan-in)), largest |w|)
    strength  = (level + ½) / LEVELS                                     between 0 and 1
    width     = THINNEST + (widest − THINNEST) · strength²               in points
    colour    = palest + (STRONGEST − palest) · strength                 share, the rest is the canvas
    palest    = PALEST + (STRONGEST − PALEST) · (1 − 1/emphasis)         emphasis: 1, more on a projector

Below 0 the line is dashed, and of another colour.
"""

from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import FloatArray

LEVELS: Final = 6
"""Weights are drawn in so many strengths a sign."""
MIN_SCALE: Final = 0.5
"""The weight that is drawn strongest is at least this, so that a network near 0 looks weak."""
USUAL_FAN_IN: Final = 16
"""Weights of larger layers are smaller from the start: with more inputs a unit, the least scale is too."""
THINNEST: Final = 0.75
WIDEST: Final = 4.0
WIDEST_ARC: Final = 1.8
"""Of the strongest weight's line, where there is room; of a link that skips a layer."""
MANY_LINES: Final = 250
"""With more of them, all are thinner."""
PALEST: Final = 0.44
STRONGEST: Final = 0.95
"""Share of the full colour at strength 0 and at strength 1. On a projector too the weakest line is to be
seen: its contrast to the canvas is 2:1 at least."""
DASH: Final = 10.0
PAUSE: Final = 5.0
"""Lengths of the dashes of a negative weight and of what is between them, in points."""


def weight_scale(largest: float, fan_in: int) -> float:
    """Return the weight that is drawn strongest.

    Initial weights shrink with the root of the number of inputs (Glorot and Bengio, 2010).

    Parameters
    ----------
    largest
        Absolute value of the largest weight that is drawn.
    fan_in
        Largest number of inputs of a unit.
    """
    return max(MIN_SCALE * min(1.0, sqrt(USUAL_FAN_IN / max(fan_in, 1))), largest)


def levels(weights: FloatArray, scale: float) -> NDArray[np.intp]:
    """Return the level of each weight, from 0 to `LEVELS` - 1."""
    return np.minimum(np.abs(weights) * (LEVELS / scale), LEVELS - 1).astype(np.intp)


def strength(level: int) -> float:
    """Return the strength of a level: the middle of its range, between 0 and 1."""
    return (level + 0.5) / LEVELS


def line_width(strength: float, widest: float) -> float:
    """Return the width of a line, in points.

    It grows with the square of the strength, since lines of at most one pixel take half as long to draw as
    wider ones, and most weights are weak.
    """
    return THINNEST + (widest - THINNEST) * strength**2


def color_share(strength: float, emphasis: float = 1.0) -> float:
    """Return how far from the canvas, 0 to 1, the colour of a line is.

    Parameters
    ----------
    emphasis
        How much closer than usual weak weights are to strong ones; 1 for as usual.
    """
    palest = PALEST + (STRONGEST - PALEST) * (1 - 1 / emphasis)
    return palest + (STRONGEST - palest) * strength


def widest_line(radius: float, are_many: bool = False) -> float:
    """Return the width of the strongest weight's line, in points.

    Parameters
    ----------
    radius
        Radius of a unit's circle, in points: lines between small units are thin.
    are_many
        Whether more than `MANY_LINES` are drawn.
    """
    room = 0.2 * radius
    return max(1.6, min(WIDEST, 0.75 * room)) if are_many else max(1.8, min(WIDEST, room))
