"""How strong a weight is, and the pen it is drawn with."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from nn_desktop.desktop.colors import Colors, mix
from nn_desktop.network.parameters import FloatArray

SHADES = 6
"""Weights are drawn in so many strengths a sign: one pen and one call each."""
LEAST_SCALE = 0.5
"""The weight that is drawn strongest is at least this, so that a network near 0 looks weak."""
USUAL_FAN_IN = 16
"""Weights of larger layers are smaller from the start: with more inputs a unit, the least scale is too."""
THINNEST = 0.5
DASH, GAP = 10.0, 5.0


def weight_scale(largest: float, fan_in: int) -> float:
    """Return the weight that is drawn strongest.

    Initial weights shrink with the root of the number of inputs (Glorot and Bengio, 2010).
    """
    return max(LEAST_SCALE * min(1.0, sqrt(USUAL_FAN_IN / max(fan_in, 1))), largest)


def shades(weights: FloatArray, scale: float) -> NDArray[np.intp]:
    """Return which of the pens each weight is drawn with: `2 * strength`, one more if it is not negative."""
    strengths = np.minimum((np.abs(weights) * (SHADES / scale)).astype(np.intp), SHADES - 1)
    return 2 * strengths + (weights >= 0)


def weight_pens(colors: Colors, widest: float) -> list[QPen]:
    """Return the pens of all strengths, the weakest first, negative before positive.

    Stronger is wider and further from the canvas, below 0 is dashed. The colours are mixed with the canvas
    and not transparent: transparent lines took 20 times as long to draw. Width grows with the square of the
    strength, since lines of at most one pixel take half as long as wider ones, and most weights are weak.
    """
    pens = []
    for shade in range(SHADES):
        strength = (shade + 0.5) / SHADES
        width = THINNEST + (widest - THINNEST) * strength**2
        for is_negative in (True, False):
            pens.append(sign_pen(colors, is_negative, 0.22 + 0.73 * strength, width))
    return pens


def sign_pen(colors: Colors, is_negative: bool, share: float, width: float) -> QPen:
    """Return a pen for weights of one sign, its colour as far from the canvas as `share` says."""
    color = mix(colors.canvas, colors.negative if is_negative else colors.positive, share)
    pen = flat_pen(color, width)
    if is_negative:
        pen.setDashPattern([DASH / width, GAP / width])
    return pen


def flat_pen(color: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen whose lines end where they end."""
    return QPen(QColor(color), width, style, Qt.PenCapStyle.FlatCap)
