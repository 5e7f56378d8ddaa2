"""Links of so many connections that lines could not be told apart: a filled shape from layer to layer."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.canvas.segments import Segments
from nn_desktop.desktop.canvas.shown_connections import IntArray, ShownLink
from nn_desktop.desktop.canvas.skip_arcs import SkipArcs, add_way

MIN_SPACING = 0.8
"""Between neighbouring lines half-way, in points of the screen: closer ones are one grey."""
MAX_LINES = 2500
MAX_ARCS = 100
"""A link of more is a band however far it is zoomed in: so many lines tell nobody anything."""
LINES_IN_BAND, ARCS_IN_BAND = 150, 40
"""So many of the strongest weights are drawn upon a band."""


def is_dense(link: ShownLink, ends: Segments, zoom: float) -> bool:
    """Tell whether the lines of a link cannot be told apart.

    Half-way between two layers the lines are spread over the mean of the two layers' heights. What counts is
    the distance of two neighbours there as it is on the screen.

    Parameters
    ----------
    ends
        Where its connections begin and end.
    zoom
        Points of the screen for each point of the drawing.
    """
    if link.count > (MAX_ARCS if link.is_skip else MAX_LINES):
        return True
    if link.count <= LINES_IN_BAND:
        return False
    across = np.ptp(ends[:, 1]) + np.ptp(ends[:, 3])
    return bool(across / 2 / link.count * zoom < MIN_SPACING)


def strongest(weights: FloatArray, most: int) -> IntArray:
    """Return where the weights furthest from 0 are, in rising order of their places."""
    if len(weights) <= most:
        return np.arange(len(weights))
    return np.sort(np.argpartition(np.abs(weights), len(weights) - most)[-most:])


def band_path(ends: Segments) -> QPainterPath:
    """Return the shape that straight lines between two layers fill."""
    path = QPainterPath(_point(ends, 0, lowest=False))
    path.lineTo(_point(ends, 2, lowest=False))
    path.lineTo(_point(ends, 2, lowest=True))
    path.lineTo(_point(ends, 0, lowest=True))
    path.closeSubpath()
    return path


def arc_band_path(arcs: SkipArcs, rows: IntArray) -> QPainterPath:
    """Return the shape that arcs of one link fill."""
    ends, lane = arcs.ends[rows], arcs.lane[rows]
    level = float(arcs.left[rows].min()), float(arcs.right[rows].max())
    high, low = float(lane.min()), float(lane.max())
    if high == low:
        low += 1.0
    start, stop = _point(ends, 0, lowest=False), _point(ends, 2, lowest=False)
    path = QPainterPath(start)
    add_way(path, start.toTuple(), stop.toTuple(), level, high)
    start, stop = _point(ends, 2, lowest=True), _point(ends, 0, lowest=True)
    path.lineTo(start)
    add_way(path, start.toTuple(), stop.toTuple(), level[::-1], low)
    path.closeSubpath()
    return path


def _point(ends: Segments, first: int, lowest: bool) -> QPointF:
    """Return the end that stands highest, or lowest, at one side."""
    y = ends[:, first + 1]
    row = int(y.argmax() if lowest else y.argmin())
    return QPointF(*ends[row, first : first + 2].tolist())
