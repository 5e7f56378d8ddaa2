"""The pens that weights are drawn with."""

import pytest
from PySide6.QtGui import QColor

from nn_desktop.desktop.canvas.weight_pens import weight_pens
from nn_desktop.desktop.look.colors import DARK, LIGHT


def luminance(color: QColor) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = color.redF(), color.greenF(), color.blueF()
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("widest", [1.6, 4.0])
def test_the_weakest_weight_is_seen_on_a_projector_and_strong_ones_stand_out(colors, widest):
    canvas = QColor(colors.canvas)
    pens = weight_pens(colors, widest)
    contrasts = [contrast(pen.color(), canvas) for pen in pens]
    assert min(contrasts) >= 2.0
    assert min(pen.widthF() for pen in pens) >= 0.75
    for sign in (0, 1):
        assert contrasts[sign::2] == sorted(contrasts[sign::2])
        assert contrasts[-2 + sign] > 2 * contrasts[sign]
