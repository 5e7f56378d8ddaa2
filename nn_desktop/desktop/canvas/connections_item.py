"""All connections of the network as one item: their width, colour and dash are the live weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_desktop.desktop.colors import Colors, mix
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.placement import Placement

SHADES = 6
"""Weights are drawn in so many strengths a sign: one pen and one call each."""
LEAST_SCALE = 0.5
"""The weight that is drawn strongest is at least this, so that a network near 0 looks weak."""
WIDEST = 4.0
"""Of the strongest weight's line, where there is room."""
REACH = 6.0
"""How near the pointer must be to a connection to mean it, in points."""


@dataclass(frozen=True)
class Connection:
    """A connection that is drawn: the units it joins, and the place of its weight in the flat vector."""

    source: int
    target: int
    place: int


class ConnectionsItem(QGraphicsItem):
    """Draws every connection between units that are shown."""

    def __init__(self, colors: Colors) -> None:
        super().__init__()
        self.setZValue(-1)
        self._connections: list[Connection] = []
        self._lines: list[QLineF] = []
        self._arcs: dict[int, QPainterPath] = {}
        self._ends = np.empty((0, 4))
        self._places = np.empty(0, np.intp)
        self._groups: list[list[int]] = [[] for _ in range(2 * SHADES)]
        self._bounds = QRectF()
        self._hovered: int | None = None
        self._widest = WIDEST
        self.set_colors(colors)

    def set_colors(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self._colors = colors
        self._make_pens()
        self._hover_pen = QPen(QColor(colors.accent), 3.0)
        self.update()

    def set_network(self, parameters: Parameters, placement: Placement) -> None:
        """Draw another network."""
        self.prepareGeometryChange()
        shown = [{spot.unit for spot in column.units} for column in placement.columns]
        positions = placement.positions()
        self._connections = _shown_connections(parameters, shown)
        self._places = np.array([c.place for c in self._connections], np.intp)
        ends = [(*positions[c.source], *positions[c.target]) for c in self._connections]
        self._ends = np.array(ends, float).reshape(-1, 4)
        self._lines = [QLineF(*end) for end in ends]
        self._arcs = self._skip_arcs(parameters)
        height = placement.bottom - placement.top + 400
        width = placement.columns[-1].x - placement.columns[0].x
        self._bounds = QRectF(placement.columns[0].x, -height / 2, width, height)
        self._hovered = None
        self._widest = min(WIDEST, max(1.5, 0.22 * placement.radius))
        self._make_pens()
        self.show_weights(parameters)

    def show_weights(self, parameters: Parameters) -> None:
        """Draw the weights of this moment."""
        weights = np.nan_to_num(parameters.vector[self._places].astype(float), posinf=1e30, neginf=-1e30)
        scale = max(LEAST_SCALE, float(np.abs(weights).max(initial=0.0)))
        shades = np.minimum((np.abs(weights) / scale * SHADES).astype(int), SHADES - 1)
        group = 2 * shades + (weights >= 0)
        self._groups = [np.flatnonzero(group == index).tolist() for index in range(2 * SHADES)]
        self.update()

    def connection_at(self, point: QPointF, reach: float = REACH) -> Connection | None:
        """Return the connection nearest to a point, if it is within reach."""
        if not self._connections:
            return None
        distances = _distances(self._ends, point.x(), point.y())
        distances[list(self._arcs)] = np.inf
        nearest = int(distances.argmin())
        for index, arc in self._arcs.items():
            distance = _arc_distance(arc, point)
            if distance < distances[nearest]:
                distances[index], nearest = distance, index
        return self._connections[nearest] if distances[nearest] <= reach else None

    def set_hovered(self, connection: Connection | None) -> None:
        """Show which connection the pointer means."""
        hovered = None if connection is None else self._connections.index(connection)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        for pen, group in zip(self._pens, self._groups, strict=True):
            if not group:
                continue
            painter.setPen(pen)
            painter.drawLines([self._lines[index] for index in group if index not in self._arcs])
            for index in group:
                if index in self._arcs:
                    painter.drawPath(self._arcs[index])
        if self._hovered is not None:
            painter.setPen(self._hover_pen)
            arc = self._arcs.get(self._hovered)
            if arc is not None:
                painter.drawPath(arc)
            else:
                painter.drawLine(self._lines[self._hovered])

    def _make_pens(self) -> None:
        self._pens = [
            _weight_pen(self._colors, shade, negative, self._widest)
            for shade in range(SHADES)  # the strong ones last, over the weak ones
            for negative in (True, False)
        ]

    def _skip_arcs(self, parameters: Parameters) -> dict[int, QPainterPath]:
        """Bend the connections that skip layers, so that they pass above the layers between."""
        place = parameters.topology.unit_place
        arcs = {}
        for index, connection in enumerate(self._connections):
            skipped = place[connection.target][0] - place[connection.source][0] - 1
            if skipped:
                line = self._lines[index]
                lift = -120.0 - 40.0 * skipped
                arc = QPainterPath(line.p1())
                third = line.dx() / 3
                arc.cubicTo(
                    QPointF(line.x1() + third, line.y1() + lift),
                    QPointF(line.x2() - third, line.y2() + lift),
                    line.p2(),
                )
                arcs[index] = arc
        return arcs


def _shown_connections(parameters: Parameters, shown: list[set[int]]) -> list[Connection]:
    topology = parameters.topology
    connections = []
    for block in parameters.blocks:
        target_index = topology.layer_index[block.layer]
        for link, first_column in zip(block.links, block.columns[:-1], strict=True):
            source_index = topology.layer_index[link.source]
            for row, target in enumerate(topology.layers[target_index].units):
                if target not in shown[target_index]:
                    continue
                for column, source in enumerate(topology.layers[source_index].units, start=first_column):
                    if source in shown[source_index] and link.has(source, target):
                        connections.append(
                            Connection(source, target, block.start + row * block.shape[1] + column)
                        )
    return connections


def _weight_pen(colors: Colors, shade: int, negative: bool, widest: float) -> QPen:
    """Return the pen of a strength: stronger is wider and further from the canvas, below 0 is dashed.

    The colour is mixed with the canvas and not transparent: transparent lines took 20 times as long to draw.
    """
    strength = (shade + 0.5) / SHADES
    color = mix(colors.canvas, colors.negative if negative else colors.positive, 0.22 + 0.73 * strength)
    pen = QPen(QColor(color), 0.5 + (widest - 0.5) * strength)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if negative:
        pen.setDashPattern([10 / pen.widthF(), 5 / pen.widthF()])
    return pen


def _distances(ends: NDArray[np.floating], x: float, y: float) -> NDArray[np.floating]:
    """Return the distance of a point from each line segment, ends given as rows (x1, y1, x2, y2)."""
    dx, dy = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    along = ((x - ends[:, 0]) * dx + (y - ends[:, 1]) * dy) / (dx * dx + dy * dy)
    along = np.clip(along, 0, 1)
    distances: NDArray[np.floating] = np.hypot(x - ends[:, 0] - along * dx, y - ends[:, 1] - along * dy)
    return distances


def _arc_distance(arc: QPainterPath, point: QPointF) -> float:
    samples = (arc.pointAtPercent(share / 40) for share in range(41))
    return min(QLineF(sample, point).length() for sample in samples)
