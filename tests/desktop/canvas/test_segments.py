"""Distances and cuts of segments, against numbers by hand and points taken along them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.desktop.canvas.segments import in_rectangle, point_distances, touched

SEGMENTS = np.array([(0.0, 0.0, 10.0, 0.0), (0.0, 5.0, 0.0, 9.0), (3.0, 3.0, 3.0, 3.0)])


def test_distances_by_hand():
    assert point_distances(SEGMENTS, 4, 3) == pytest.approx([3, np.hypot(4, 2), 1])
    assert point_distances(SEGMENTS, 13, 4) == pytest.approx([5, np.hypot(13, 1), np.hypot(10, 1)])


def test_a_stroke_touches_across_and_beside():
    across = np.array([(5.0, -4.0, 5.0, 4.0)])
    assert touched(SEGMENTS, across, 0.1).tolist() == [True, False, False]
    beside = np.array([(2.0, 1.0, 2.0, 6.0)])  # 1 from the first and the third, 2 from the second
    assert touched(SEGMENTS, beside, 0.9).tolist() == [False, False, False]
    assert touched(SEGMENTS, beside, 1.1).tolist() == [True, False, True]
    assert touched(SEGMENTS, beside, 2.1).tolist() == [True, True, True]


coordinate = st.floats(-20, 20).map(lambda value: round(value, 2))
segment = st.tuples(coordinate, coordinate, coordinate, coordinate)


@given(segment, segment, st.floats(0.1, 5))
def test_touching_agrees_with_points_along_both(one, other, reach):
    share = np.linspace(0, 1, 81)[:, np.newaxis]
    a, b = (np.array(s[:2]) + share * (np.array(s[2:]) - np.array(s[:2])) for s in (one, other))
    least = np.hypot(*(a[:, np.newaxis] - b).T).min()
    is_touched = bool(touched(np.array([one]), np.array([other]), reach)[0])
    if least <= reach:
        assert is_touched
    elif least > reach + 0.75:  # half the distance of neighbouring samples, of both
        assert not is_touched


@given(segment, segment)
def test_a_rectangle_agrees_with_points_along_the_segment(one, corners):
    x, y = sorted(corners[::2]), sorted(corners[1::2])
    share = np.linspace(0, 1, 201)[:, np.newaxis]
    points = np.array(one[:2]) + share * (np.array(one[2:]) - np.array(one[:2]))
    low, high = np.array([x[0], y[0]]), np.array([x[1], y[1]])
    found = bool(in_rectangle(np.array([one]), np.array([*low, *high]))[0])
    if ((points > low) & (points < high)).all(axis=1).any():
        assert found
    elif not ((points > low - 0.3) & (points < high + 0.3)).all(axis=1).any():
        assert not found
