"""How strong a weight is, and how that looks."""

import numpy as np
import pytest

from nn_desktop.drawing import weight_style as strength
from nn_desktop.drawing.weight_style import LEVELS, color_share, levels, line_width, weight_scale, widest_line


def test_levels_share_the_scale_out_evenly():
    weights = np.array([0.0, -0.49, 0.51, 1.99, -2.01, 3.0, -3.0, 1e30])
    assert levels(weights, 3.0).tolist() == [0, 0, 1, 3, 4, 5, 5, 5]
    assert [strength.strength(level) for level in (0, LEVELS - 1)] == pytest.approx([1 / 12, 11 / 12])


def test_the_scale_is_the_largest_weight_but_not_below_what_is_usual():
    assert weight_scale(2.0, 4) == 2.0
    assert weight_scale(0.1, 16) == weight_scale(0.1, 1) == 0.5
    assert weight_scale(0.1, 64) == 0.25  # half, for four times as many inputs


def test_width_grows_with_the_square_of_the_strength():
    assert [line_width(x, 4.5) for x in (0.0, 0.5, 1.0)] == [0.75, 1.6875, 4.5]
    assert [color_share(x) for x in (0.0, 1.0)] == [0.44, 0.95]


def test_lines_between_small_units_and_many_lines_are_thinner():
    assert widest_line(22.0) == 4.0
    assert widest_line(12.5) == 2.5
    assert widest_line(1.0) == 1.8
    assert widest_line(22.0, are_many=True) == pytest.approx(3.3)
    assert widest_line(1.0, are_many=True) == 1.6
