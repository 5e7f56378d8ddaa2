"""Which of the shown connections are drawn as lines, and where the pointer finds them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainterPath

from nn_desktop.arrays import BoolArray
from nn_desktop.desktop.canvas.segments import Segments, in_rectangle, point_distances, touched
from nn_desktop.desktop.canvas.shown_connections import IntArray, ShownConnections
from nn_desktop.desktop.canvas.skip_arcs import SEGMENTS_EACH, SkipArcs

MAX_KEPT = 20_000
"""Lines that are kept ready for Qt."""


@dataclass(frozen=True, eq=False)
class Tracks:
    """Connections as segments, each with the connection it belongs to: an arc has many."""

    segments: Segments
    owners: IntArray

    def nearest(self, point: QPointF, reach: float) -> int | None:
        """Return the connection nearest to a point, if it is within reach."""
        if not len(self.owners):
            return None
        distances = point_distances(self.segments, point.x(), point.y())
        nearest = int(distances.argmin())
        return int(self.owners[nearest]) if distances[nearest] <= reach else None

    def near(self, points: list[QPointF], reach: float) -> IntArray:
        """Return the connections that a stroke through these points touches."""
        if not points:
            return np.empty(0, np.intp)
        way = np.array([point.toTuple() for point in points], float)
        stroke = np.hstack([way[:-1], way[1:]]) if len(way) > 1 else np.hstack([way, way])
        return np.unique(self.owners[touched(self.segments, stroke, reach)])

    def within(self, rectangle: Segments) -> IntArray:
        """Return the connections that cross or lie in a rectangle (left, top, right, bottom)."""
        return np.unique(self.owners[in_rectangle(self.segments, rectangle)])


class Geometry:
    """Where each connection runs: straight, or on its arc; what Qt needs of it is made once.

    Parameters
    ----------
    arcs
        Those that are not straight.
    """

    def __init__(self, shown: ShownConnections, arcs: SkipArcs) -> None:
        self.shown = shown
        self.arcs = arcs
        self.is_arc: BoolArray = np.zeros(len(shown), np.bool_)
        self.is_arc[arcs.indices] = True
        self._lines: dict[int, QLineF] = {}
        self._paths: dict[int, QPainterPath] = {}

    def tracks(self, indices: IntArray) -> Tracks:
        """Return some connections as segments."""
        is_arc = self.is_arc[indices]
        straight, bent = indices[~is_arc], indices[is_arc]
        arcs = self.arcs.segments(self.arcs.rows_of(bent))
        segments = np.vstack([self.shown.ends[straight], arcs])
        return Tracks(segments, np.concatenate([straight, np.repeat(bent, SEGMENTS_EACH)]))

    def lines(self, indices: Iterable[int]) -> list[QLineF]:
        """Return straight connections as Qt draws them."""
        lines = self._lines
        if len(lines) > MAX_KEPT:
            lines.clear()
        drawn = []
        for index in indices:
            line = lines.get(index)
            if line is None:
                line = lines[index] = QLineF(*self.shown.ends[index].tolist())
            drawn.append(line)
        return drawn

    def path(self, indices: Iterable[int]) -> QPainterPath:
        """Return arcs as one path."""
        whole = QPainterPath()
        for index in indices:
            path = self._paths.get(index)
            if path is None:
                path = self._paths[index] = self.arcs.path(index)
            whole.addPath(path)
        return whole

    def point(self, index: int, share: float) -> QPointF:
        """Return the point a share of the way along a connection; of an arc its apex."""
        if self.is_arc[index]:
            return self.arcs.apex(index)
        x1, y1, x2, y2 = self.shown.ends[index].tolist()
        return QPointF(x1 + share * (x2 - x1), y1 + share * (y2 - y1))
