"""The way of connections that skip layers: above or below the units between, in lanes of their own."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from nn_desktop.arrays import BoolArray, FloatArray
from nn_desktop.desktop.canvas.segments import Segments
from nn_desktop.desktop.canvas.shown_connections import IntArray, ShownConnections, ShownLink
from nn_desktop.drawing.placement import Placement

CLEARANCE = 6.0
"""Between a unit and the next arc, in points."""
LANE_PITCH = 3.5
"""Between arcs of one link where they run side by side, if that leaves them within `LANE_WIDTH`."""
LANE_WIDTH = 12.0
"""All arcs of one link together fit into it, between the units and the buttons above them."""
FEW = 8
"""So many connections of a link each go their own nearest way; more run together, as one strand."""
CURVE_POINTS = 13
"""An arc that is looked at as segments has so many on either bend."""
SEGMENTS_EACH = 2 * CURVE_POINTS - 1


@dataclass(frozen=True, eq=False)
class SkipArcs:
    """The connections that are drawn as arcs: a bend to the lane, along it, and a bend to the target.

    Attributes
    ----------
    indices
        Which of the shown connections these are, in rising order.
    ends
        Centres of the units they join, rows (x1, y1, x2, y2).
    left, right, lane
        From which to which x an arc is level, and at which y.
    """

    indices: IntArray
    ends: Segments
    left: FloatArray
    right: FloatArray
    lane: FloatArray

    def rows_of(self, connections: IntArray) -> IntArray:
        """Return where connections that are arcs stand in the arrays here."""
        return np.searchsorted(self.indices, connections)

    def segments(self, rows: IntArray) -> Segments:
        """Return arcs as segments, those of an arc one after another; so many each: `SEGMENTS_EACH`."""
        ends, left, right, lane = self.ends[rows], self.left[rows], self.right[rows], self.lane[rows]
        x = np.hstack([_bend(ends[:, 0], left, flat=False), _bend(right, ends[:, 2], flat=False)])
        y = np.hstack([_bend(ends[:, 1], lane, flat=True), _bend(lane, ends[:, 3], flat=True)])
        return np.stack([x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]], axis=-1).reshape(-1, 4)

    def path(self, connection: int) -> QPainterPath:
        """Return the arc of one connection as a path."""
        row = int(np.searchsorted(self.indices, connection))
        x1, y1, x2, y2 = self.ends[row].tolist()
        path = QPainterPath(QPointF(x1, y1))
        add_way(path, (x1, y1), (x2, y2), (float(self.left[row]), float(self.right[row])), self.lane[row])
        return path

    def apex(self, connection: int) -> QPointF:
        """Return the middle of the level part of the arc of one connection."""
        row = int(np.searchsorted(self.indices, connection))
        return QPointF(float(self.left[row] + self.right[row]) / 2, float(self.lane[row]))


NO_ARCS = SkipArcs(np.empty(0, np.intp), np.empty((0, 4)), np.empty(0), np.empty(0), np.empty(0))


def add_way(
    path: QPainterPath,
    start: tuple[float, float],
    stop: tuple[float, float],
    level: tuple[float, float],
    lane: float,
) -> None:
    """Add an arc to a path that has come to its start."""
    first, last, y = level[0], level[1], float(lane)
    bend = (first - start[0]) / 2
    path.cubicTo(start[0] + bend, start[1], first - bend, y, first, y)
    path.lineTo(last, y)
    bend = (stop[0] - last) / 2
    path.cubicTo(last + bend, y, stop[0] - bend, stop[1], stop[0], stop[1])


def skip_arcs(shown: ShownConnections, placement: Placement) -> SkipArcs:
    """Find the way of every connection that skips a layer, short ones nearest to the units."""
    router = _Router(shown.ends, placement)
    skips = sorted((link for link in shown.links if link.is_skip and link.count), key=_skipped)
    ways = [way for link in skips for way in router.ways(link)]
    if not ways:
        return NO_ARCS
    indices = np.concatenate([way.indices for way in ways])
    order = np.argsort(indices)
    left, right, lane = (
        np.concatenate(parts)[order]
        for parts in zip(*((way.left, way.right, way.lane) for way in ways), strict=True)
    )
    return SkipArcs(indices[order], shown.ends[indices[order]], left, right, lane)


@dataclass(frozen=True, eq=False)
class _Obstacle:
    """The rectangle that holds all units between two layers, and their centres."""

    left: float
    top: float
    right: float
    bottom: float
    centres: Segments


class _Router:
    """Gives links their lanes, one after another, so that no two lie upon one another."""

    def __init__(self, ends: Segments, placement: Placement) -> None:
        self._ends = ends
        self._placement = placement
        self._taken: list[tuple[float, float, float, float]] = []

    def ways(self, link: ShownLink) -> list[SkipArcs]:
        """Return the arcs of a link: those above and those below."""
        indices = np.arange(link.part.start, link.part.stop)
        obstacle = self._obstacle(link)
        if len(indices) <= FEW:  # a single line that meets no unit may as well run straight
            indices = indices[~self._is_free(indices, obstacle)]
        if not len(indices):
            return []
        above = self._are_above(indices, obstacle)
        sides = [(indices[above], -1), (indices[~above], 1)]
        return [self._strand(part, obstacle, side) for part, side in sides if len(part)]

    def _obstacle(self, link: ShownLink) -> _Obstacle:
        columns = self._placement.columns[link.source + 1 : link.target]
        centres = np.array([(spot.x, spot.y) for column in columns for spot in column.units])
        reach = self._placement.radius + CLEARANCE
        (left, top), (right, bottom) = centres.min(axis=0) - reach, centres.max(axis=0) + reach
        return _Obstacle(left, top, right, bottom, centres)

    def _is_free(self, indices: IntArray, obstacle: _Obstacle) -> BoolArray:
        """Tell which straight lines pass all units between at a distance, and on one side of them."""
        x1, y1, x2, y2 = self._ends[indices].T[:, :, np.newaxis]
        x, y = obstacle.centres.T
        dx, dy = x2 - x1, y2 - y1
        along = np.clip(((x - x1) * dx + (y - y1) * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0, 1)
        distances = np.hypot(x - x1 - along * dx, y - y1 - along * dy)
        is_above = y1 + along * dy < y
        one_sided = is_above.all(axis=1) | ~is_above.any(axis=1)
        free: BoolArray = one_sided & (distances.min(axis=1) > self._placement.radius + CLEARANCE)
        return free

    def _are_above(self, indices: IntArray, obstacle: _Obstacle) -> BoolArray:
        """Tell which connections are nearer to the upper way; all or none, if they are many."""
        ends = self._ends[indices]
        heights = ends[:, 1::2]
        above = np.abs(heights - self._lane_beside(obstacle, -1, 0.0)).sum(axis=1)
        below = np.abs(heights - self._lane_beside(obstacle, 1, 0.0)).sum(axis=1)
        if len(indices) > FEW:
            return np.full(len(indices), above.sum() <= below.sum())
        nearer: BoolArray = above <= below
        return nearer

    def _strand(self, indices: IntArray, obstacle: _Obstacle, side: int) -> SkipArcs:
        ends = self._ends[indices]
        width = min(LANE_WIDTH, LANE_PITCH * (len(indices) - 1))
        near = self._lane_beside(obstacle, side, width)
        far = near + side * width
        self._taken.append((obstacle.left, obstacle.right, min(near, far), max(near, far)))
        # From top to bottom in the lane as at the sources: so no two cross on their way there.
        rank = np.empty(len(indices))
        rank[np.lexsort((ends[:, 3], ends[:, 1]))] = np.linspace(0, 1, len(indices))
        lane = min(near, far) + width * rank
        left, right = _level_part(ends, obstacle)
        return SkipArcs(indices, ends, left, right, lane)

    def _lane_beside(self, obstacle: _Obstacle, side: int, width: float) -> float:
        """Return the y nearest to the units where a strand of this width has room."""
        y = obstacle.top if side < 0 else obstacle.bottom
        for left, right, low, high in sorted(self._taken, key=lambda taken: side * taken[2]):
            first, last = min(y, y + side * width), max(y, y + side * width)
            overlaps = left < obstacle.right and right > obstacle.left
            if overlaps and first < high + CLEARANCE and last > low - CLEARANCE:
                y = high + CLEARANCE if side > 0 else low - CLEARANCE
        return y


def _level_part(ends: Segments, obstacle: _Obstacle) -> tuple[FloatArray, FloatArray]:
    """Return from where to where arcs are level: beside the units, as far as these lie between the ends."""
    start, way = ends[:, 0], ends[:, 2] - ends[:, 0]
    step = np.where(np.abs(way) < 1.0, 1.0, way)
    shares = np.sort([(obstacle.left - start) / step, (obstacle.right - start) / step], axis=0)
    return start + np.clip(shares[0], 0.2, 0.45) * way, start + np.clip(shares[1], 0.55, 0.8) * way


def _bend(start: FloatArray, stop: FloatArray, flat: bool) -> FloatArray:
    """Return points of a cubic Bézier curve between coordinates, level at both ends: as in `add_way`."""
    t = np.linspace(0, 1, CURVE_POINTS)
    a, d = start[:, np.newaxis], stop[:, np.newaxis]
    b, c = (a, d) if flat else ((a + d) / 2, (a + d) / 2)
    points: FloatArray = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t * t * c + t**3 * d
    return points


def _skipped(link: ShownLink) -> int:
    return link.target - link.source


def arc_bounds(arcs: SkipArcs) -> Segments:
    """Return the furthest points that arcs reach in their lanes, rows (x, y)."""
    if not len(arcs.indices):
        return np.empty((0, 2))
    return np.array([(arcs.left.min(), arcs.lane.min()), (arcs.right.max(), arcs.lane.max())])
