"""Plane geometry of many line segments at once."""

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import BoolArray, FloatArray

Segments = NDArray[np.floating]
"""Rows (x1, y1, x2, y2)."""


def point_distances(segments: Segments, x: float | FloatArray, y: float | FloatArray) -> FloatArray:
    """Return the distance of a point from each segment, or of many points from one."""
    x1, y1 = segments[:, 0], segments[:, 1]
    dx, dy = segments[:, 2] - x1, segments[:, 3] - y1
    length = np.maximum(dx * dx + dy * dy, 1e-12)  # a segment may be a point
    along = np.clip(((x - x1) * dx + (y - y1) * dy) / length, 0, 1)
    distances: FloatArray = np.hypot(x - x1 - along * dx, y - y1 - along * dy)
    return distances


def touched(segments: Segments, stroke: Segments, reach: float) -> BoolArray:
    """Tell which segments come within reach of a stroke, itself a row of segments."""
    hit = np.zeros(len(segments), np.bool_)
    for part in stroke:
        # Most of a drawing is far from a part of the stroke: look closely only at what is near.
        near = np.flatnonzero(~hit & in_rectangle(segments, _grown(part, reach)))
        if near.size:
            hit[near] = _distances(segments[near], part) <= reach
    return hit


def in_rectangle(segments: Segments, rectangle: Segments) -> BoolArray:
    """Tell which segments cross or lie in a rectangle, given as left, top, right, bottom.

    Each segment is cut at the four sides, as Liang and Barsky do ("A new concept and method for line
    clipping", 1984): what is left of it begins at the share `enter` and ends at `leave`.
    """
    left, top, right, bottom = rectangle
    enter, leave = np.zeros(len(segments)), np.ones(len(segments))
    inside = np.ones(len(segments), np.bool_)
    for first, last, low, high in ((0, 2, left, right), (1, 3, top, bottom)):
        start = segments[:, first]
        way = segments[:, last] - start
        is_still = np.abs(way) < 1e-9
        inside &= ~is_still | ((start >= low) & (start <= high))
        step = np.where(is_still, 1.0, way)
        one, other = (low - start) / step, (high - start) / step
        enter = np.maximum(enter, np.where(is_still, 0.0, np.minimum(one, other)))
        leave = np.minimum(leave, np.where(is_still, 1.0, np.maximum(one, other)))
    found: BoolArray = inside & (enter <= leave)
    return found


def _distances(segments: Segments, part: Segments) -> FloatArray:
    """Return the distance of each segment from one other: 0 where they cross, else from an end."""
    x1, y1, x2, y2 = part
    ends = [
        point_distances(segments, x1, y1),
        point_distances(segments, x2, y2),
        point_distances(part[np.newaxis], segments[:, 0], segments[:, 1]),
        point_distances(part[np.newaxis], segments[:, 2], segments[:, 3]),
    ]
    return np.where(_crosses(segments, part), 0.0, np.min(ends, axis=0))


def _crosses(segments: Segments, part: Segments) -> BoolArray:
    """Tell which segments have the ends of the other on both sides, and the other way round."""
    a, b = segments[:, :2], segments[:, 2:]
    p, q = part[:2], part[2:]
    crosses: BoolArray = (_side(p, q, a) * _side(p, q, b) < 0) & (_side(a, b, p) * _side(a, b, q) < 0)
    return crosses


def _side(start: FloatArray, end: FloatArray, point: FloatArray) -> FloatArray:
    """Return on which side of a line a point lies, by sign."""
    way, to = end - start, point - start
    side: FloatArray = way[..., 0] * to[..., 1] - way[..., 1] * to[..., 0]
    return side


def _grown(part: Segments, reach: float) -> Segments:
    x1, y1, x2, y2 = part
    return np.array([min(x1, x2) - reach, min(y1, y2) - reach, max(x1, x2) + reach, max(y1, y2) + reach])
