"""The named colours of the light and the dark theme, and how numbers become colours."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

SHADES = 255
"""The scale from orange to blue has an odd number: the one in the middle is for 0."""


@dataclass(frozen=True)
class Colors:
    """The named colours of a theme, each ``#rrggbb``.

    Attributes
    ----------
    is_dark
        Whether text is lighter than what is behind it.
    window, panel, canvas, border
        Behind everything, of docks and inputs, of the drawing area and the plots, and between them.
    text, text_muted
        Of what is read first, and of labels and axes.
    accent, accent_text
        What is chosen or under way, and text upon it.
    hover, selection
        Behind what the pointer is over, and behind what is selected.
    positive, negative
        Of weights and outputs above and below 0: blue and orange, told apart by the colour-blind too.
    unit, unit_border
        A unit of the network, inside and around.
    training, test
        The training part of the data, and the test part.
    truth, sample
        The noise-free truth, and points of the training part.
    grid
        Lines of plots and canvas.
    warning, error
        Text of a message that something may be, or is, wrong.
    categories
        Of classes, where there are more than two.
    emphasis
        How many times as thick as usual lines are, and how much darker weak weights; 1 for as usual.
    """

    is_dark: bool
    window: str
    panel: str
    canvas: str
    border: str
    text: str
    text_muted: str
    accent: str
    accent_text: str
    hover: str
    selection: str
    positive: str
    negative: str
    unit: str
    unit_border: str
    training: str
    test: str
    truth: str
    sample: str
    grid: str
    warning: str
    error: str
    categories: tuple[str, ...]
    emphasis: float = 1.0


LIGHT = Colors(
    is_dark=False,
    window="#f3f4f7",
    panel="#ffffff",
    canvas="#fcfcfd",
    border="#d3d8e0",
    text="#1d2530",
    text_muted="#566173",
    accent="#6246c4",
    accent_text="#ffffff",
    hover="#e6e8ee",
    selection="#e2dcf8",
    positive="#1a6fb8",
    negative="#b35000",
    unit="#ffffff",
    unit_border="#7b8698",
    training="#6246c4",
    test="#007a67",
    truth="#6b7686",
    sample="#3f4b5e",
    grid="#e7eaef",
    warning="#8a5a00",
    error="#b3261e",
    categories=(
        "#1a6fb8",
        "#b35000",
        "#007a67",
        "#a8417f",
        "#7a6a00",
        "#6246c4",
        "#0b7186",
        "#8a4b32",
        "#4d7a1f",
        "#5a6675",
    ),
)

DARK = Colors(
    is_dark=True,
    window="#181b21",
    panel="#20242c",
    canvas="#1c2027",
    border="#39404c",
    text="#e5e8ee",
    text_muted="#a4adbc",
    accent="#b39ff5",
    accent_text="#1a1430",
    hover="#2c323c",
    selection="#3d3660",
    positive="#6cb4f7",
    negative="#f2a14d",
    unit="#262b34",
    unit_border="#828d9f",
    training="#b39ff5",
    test="#4fc9b0",
    truth="#8c97a8",
    sample="#c9d0db",
    grid="#2b313b",
    warning="#e9bd62",
    error="#ff8f85",
    categories=(
        "#6cb4f7",
        "#f2a14d",
        "#4fc9b0",
        "#e58cc0",
        "#d8c85a",
        "#b39ff5",
        "#5fd0e6",
        "#d99a7e",
        "#a2cf6b",
        "#a4adbc",
    ),
)


def mix(first: str, second: str, share: float) -> str:
    """Return the colour between two, by the share (0 to 1) of the second."""
    a, b = QColor(first), QColor(second)
    parts = zip((a.red(), a.green(), a.blue()), (b.red(), b.green(), b.blue()), strict=True)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in parts)


def disabled_text(colors: Colors) -> str:
    """Return the colour of text and icons that cannot be used now."""
    return mix(colors.window, colors.text, 0.45)


def diverging(colors: Colors, values: NDArray[np.floating], strength: float = 1.0) -> NDArray[np.uint8]:
    """Colour numbers: orange below 0, blue above, the canvas between.

    Parameters
    ----------
    colors
        Those of the theme.
    values : array of any shape
        From -1 to 1; what lies beyond is clipped, and what is not a number counts as 0.
    strength
        How much of the full colours the ends have, from 0 to 1.

    Returns
    -------
    array of uint8, shape (..., 4)
        Red, green, blue, alpha.
    """
    finite = np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=-1.0)
    shades = np.rint((np.clip(finite, -1.0, 1.0) + 1.0) * ((SHADES - 1) / 2)).astype(np.intp)
    colored: NDArray[np.uint8] = _diverging_shades(colors, strength)[shades]
    return colored


@cache
def _diverging_shades(colors: Colors, strength: float) -> NDArray[np.uint8]:
    ends = [mix(colors.canvas, end, strength) for end in (colors.negative, colors.positive)]
    stops = [QColor(name) for name in (ends[0], colors.canvas, ends[1])]
    positions = np.linspace(-1.0, 1.0, SHADES)
    shades = np.full((SHADES, 4), 255, dtype=np.uint8)
    for channel, values in enumerate(
        zip(*((stop.red(), stop.green(), stop.blue()) for stop in stops), strict=True)
    ):
        shades[:, channel] = np.rint(np.interp(positions, (-1.0, 0.0, 1.0), values))
    shades.setflags(write=False)
    return shades
