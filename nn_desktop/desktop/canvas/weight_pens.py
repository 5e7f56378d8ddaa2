"""The pens that weights are drawn with; how strong a weight is says `network.strength`."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.drawing.weight_style import (
    DASH,
    LEVELS,
    PAUSE,
    color_share,
    levels,
    line_width,
    strength,
)


def shades(weights: FloatArray, scale: float) -> NDArray[np.intp]:
    """Return which of the pens each weight is drawn with: twice its level, one more if it is not negative."""
    return 2 * levels(weights, scale) + (weights >= 0)


@lru_cache(maxsize=16)  # each network that is drawn asks for them, and they are nearly always the same
def weight_pens(colors: Colors, widest: float) -> tuple[QPen, ...]:
    """Return the pens of all strengths, the weakest first, negative before positive.

    Stronger is wider and further from the canvas, below 0 is dashed. The colours are mixed with the canvas
    and not transparent: transparent lines took 20 times as long to draw.
    """
    emphasis = colors.emphasis
    return tuple(
        sign_pen(
            colors,
            is_negative,
            color_share(strength(level), emphasis),
            emphasis * line_width(strength(level), widest),
        )
        for level in range(LEVELS)
        for is_negative in (True, False)
    )


def sign_pen(colors: Colors, is_negative: bool, share: float, width: float) -> QPen:
    """Return a pen for weights of one sign, its colour as far from the canvas as `share` says."""
    color = mix(colors.canvas, colors.negative if is_negative else colors.positive, share)
    pen = flat_pen(color, width)
    if is_negative:
        pen.setDashPattern([DASH / width, PAUSE / width])
    return pen


def flat_pen(color: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen whose lines end where they end."""
    return QPen(QColor(color), width, style, Qt.PenCapStyle.FlatCap)
