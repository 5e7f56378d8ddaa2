"""All connections of the network as one item: their width, colour and dash are the live weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_desktop.arrays import FloatArray
from nn_desktop.desktop.canvas.bands import (
    ARCS_IN_BAND,
    LINES_IN_BAND,
    arc_band_path,
    band_path,
    is_dense,
    strongest,
)
from nn_desktop.desktop.canvas.drawn_lines import Geometry, Tracks
from nn_desktop.desktop.canvas.shown_connections import (
    NOTHING,
    IntArray,
    ShownConnections,
    ShownLink,
    shown_connections,
)
from nn_desktop.desktop.canvas.skip_arcs import NO_ARCS, arc_bounds, skip_arcs
from nn_desktop.desktop.canvas.weight_pens import (
    flat_pen,
    shades,
    sign_pen,
    weight_pens,
)
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.drawing.placement import Placement
from nn_desktop.drawing.weight_style import LEVELS, MANY_LINES, WIDEST_ARC, weight_scale, widest_line
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Pair, Topology

REACH = 6.0
"""How near the pointer must be to a connection to mean it, in points."""
MAX_FROZEN_MARKS = 60
"""More say nothing: then the layer is frozen, which its units show."""
MARK_SHARE = 0.58
"""Where on a line a mark stands: in a bundle many lines cross at their very middle, and their marks would."""
MARK = 3.0
"""Half the side of a mark, in points."""
DIMMED = 0.09
"""How far from the canvas the colour of a dimmed line is."""
FRAME = 5.5
"""Inner width of the frame around a selected connection."""
EDGE = 12.0

PENS_EACH = 2 * LEVELS + 2
"""For lines as many as for arcs: two for what is dimmed, and those of the weights."""


@dataclass(frozen=True)
class Connection:
    """A connection that is drawn: the units it joins, and the place of its weight in the flat vector."""

    source: int
    target: int
    place: int


@dataclass(frozen=True, eq=False)
class _Group:
    """What is drawn with one pen."""

    pen: QPen
    lines: list[QLineF]
    path: QPainterPath | None

    def paint(self, painter: QPainter) -> None:
        painter.setPen(self.pen)
        if self.path is not None:
            painter.drawPath(self.path)
        if self.lines:
            painter.drawLines(self.lines)


class ConnectionsItem(QGraphicsItem):
    """Draws every connection between units that are shown.

    Lines are straight, arcs where they skip a layer, and a band with the strongest weights upon it where
    single lines could not be told apart.
    """

    def __init__(self, colors: Colors) -> None:
        super().__init__()
        self.setZValue(-1)
        none = ShownConnections(NOTHING, NOTHING, NOTHING, np.empty((0, 4)), np.empty(0, np.bool_), ())
        self._geometry = Geometry(none, NO_ARCS)
        self._weights: FloatArray = np.empty(0)
        self._fan_in = 1
        self._radius = 0.0
        self._bounds = QRectF()
        self._zoom = 1.0
        self._focus: frozenset[int] = frozenset()
        self._selected_pairs: frozenset[Pair] = frozenset()
        self._cut_pairs: frozenset[Pair] = frozenset()
        self._selected = self._cut = self._frozen = NOTHING
        self._hovered: int | None = None
        self._is_plain = False
        self._drawn = NOTHING
        self._dense: tuple[ShownLink, ...] = ()
        self._bands: list[QPainterPath] = []
        self._hidden_bands: list[QPainterPath] = []
        self._groups: list[_Group] = []
        self._tracks: Tracks | None = None
        self._is_arranged = False
        self.set_colors(colors)

    def set_colors(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self._colors = colors
        self._make_pens()
        self._change()

    def set_network(self, parameters: Parameters, placement: Placement) -> None:
        """Draw another network, or the same one placed otherwise."""
        self.prepareGeometryChange()
        shown = shown_connections(parameters, placement)
        self._geometry = Geometry(shown, skip_arcs(shown, placement))
        self._radius = placement.radius
        self._make_pens()
        self._fan_in = max(block.shape[1] - 1 for block in parameters.blocks)
        self._bounds = self._find_bounds()
        frozen = np.flatnonzero(shown.frozen)
        self._frozen = frozen if len(frozen) <= MAX_FROZEN_MARKS else NOTHING
        self._selected, self._cut = shown.find(self._selected_pairs), shown.find(self._cut_pairs)
        self._hovered = None
        self._dense, self._bands = (), []
        self._hidden_bands = _hidden_bands(parameters.topology, placement, shown)
        self._drawn, self._tracks = NOTHING, None
        self.show_weights(parameters)

    def show_weights(self, parameters: Parameters) -> None:
        """Draw the weights of this moment."""
        weights = parameters.vector[self._shown.places].astype(float)
        self._weights = np.nan_to_num(weights, copy=False, posinf=1e30, neginf=-1e30)
        self._change()

    def set_plain(self, plain: bool) -> None:
        """Draw all connections alike, as in a diagram without weights; or as their weights are."""
        if plain != self._is_plain:
            self._is_plain = plain
            self._make_pens()
            self._change()

    def set_focus(self, units: frozenset[int]) -> None:
        """Dim all connections but those of these units; for no units none is dimmed."""
        if units != self._focus:
            self._focus = units
            self._make_pens()
            self._change()

    def set_selected(self, pairs: frozenset[Pair]) -> None:
        """Show which connections are selected."""
        if pairs != self._selected_pairs:
            self._selected_pairs = pairs
            self._selected = self._shown.find(pairs)
            self._change()

    def set_ablation(self, pairs: frozenset[Pair]) -> None:
        """Draw these connections as cut: they are there and pass nothing on for now."""
        if pairs != self._cut_pairs:
            self._cut_pairs = pairs
            self._cut = self._shown.find(pairs)
            self._change()

    def set_hovered(self, connection: Connection | None) -> None:
        """Show which connection the pointer means."""
        hovered = None if connection is None else self._index(connection.source, connection.target)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def connection_at(self, point: QPointF, reach: float = REACH) -> Connection | None:
        """Return the connection nearest to a point, of those drawn as lines, if it is within reach."""
        nearest = self._drawn_tracks().nearest(point, reach)
        return None if nearest is None else self._connection(nearest)

    def connections_near(self, points: list[QPointF], reach: float = REACH) -> list[Pair]:
        """Return the connections, of those drawn as lines, that a stroke through these points touches."""
        return self._shown.pairs(self._drawn_tracks().near(points, reach))

    def connections_in(self, rect: QRectF) -> list[Pair]:
        """Return the connections that cross or lie in a rectangle, also those that a band stands for."""
        rectangle = np.array([rect.left(), rect.top(), rect.right(), rect.bottom()])
        tracks = self._geometry.tracks(np.arange(len(self._shown)))
        return self._shown.pairs(tracks.within(rectangle))

    def find(self, source: int, target: int) -> Connection | None:
        """Return the connection between two units, if it is shown."""
        index = self._index(source, target)
        return None if index is None else self._connection(index)

    def middle(self, source: int, target: int) -> QPointF | None:
        """Return the middle of a connection, of an arc its apex; None if it is not shown."""
        index = self._index(source, target)
        return None if index is None else self._geometry.point(index, 0.5)

    def arcs_reach(self) -> tuple[float, float]:
        """Return the y of the highest and of the lowest arc; infinite where there is none."""
        lanes = self._geometry.arcs.lane
        return float(lanes.min(initial=np.inf)), float(lanes.max(initial=-np.inf))

    def weight(self, index: int) -> float:
        """Return the weight of a connection by its place among the shown ones."""
        return float(self._weights[index])

    def points(self, index: int, shares: Sequence[float]) -> list[QPointF]:
        """Return the points so far along a connection; of an arc the one point where it is level."""
        if self._geometry.is_arc[index]:
            return [self._geometry.point(index, 0.5)]
        return [self._geometry.point(index, share) for share in shares]

    def most_important(self, most: int) -> list[int]:
        """Return which connections are to be read first: selected ones, then strong ones; no dimmed ones."""
        rest = _without(self._lit(), self._selected)
        strong = rest[strongest(self._weights[rest], most)]
        strong = strong[np.argsort(-np.abs(self._weights[strong]), kind="stable")]
        return [*self._selected.tolist(), *strong.tolist()][:most]

    def lit_tracks(self) -> Tracks:
        """Return where the connections run that are drawn as lines and not dimmed."""
        return self._geometry.tracks(self._lit())

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        if zoom != self._zoom:
            self._zoom = zoom
            self._is_arranged = False
        self._arrange()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._band_color)
        for band in (*self._bands, *self._hidden_bands):
            painter.drawPath(band)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for group in self._groups:
            group.paint(painter)
        if self._hovered is not None:
            self._group(self._hover_pen, np.array([self._hovered])).paint(painter)
        self._paint_marks(painter)

    @property
    def _shown(self) -> ShownConnections:
        return self._geometry.shown

    def _connection(self, index: int) -> Connection:
        return Connection(*self._shown.pair(index), int(self._shown.places[index]))

    def _index(self, source: int, target: int) -> int | None:
        found = np.flatnonzero((self._shown.sources == source) & (self._shown.targets == target))
        return int(found[0]) if len(found) else None

    def _lit(self) -> IntArray:
        self._arrange()
        return self._drawn[self._shown.of_units(self._focus)[self._drawn]] if self._focus else self._drawn

    def _change(self) -> None:
        """Arrange anew before the next painting: several changes may come before it."""
        self._is_arranged = False
        self.update()

    def _drawn_tracks(self) -> Tracks:
        self._arrange()
        if self._tracks is None:
            self._tracks = self._geometry.tracks(self._drawn)
        return self._tracks

    def _arrange(self) -> None:
        if self._is_arranged:
            return
        self._is_arranged = True
        self._find_bands()
        drawn = self._find_drawn()
        if not np.array_equal(drawn, self._drawn):
            self._drawn, self._tracks = drawn, None
        pens = self._thin_pens if len(drawn) > MANY_LINES else self._pens
        self._groups = self._weight_groups(_without(drawn, self._cut), pens)
        if len(self._selected):  # a frame, and within it the lines once more: their weight stays seen
            self._groups += [self._group(pen, self._selected) for pen in self._frame_pens]
            self._groups += self._weight_groups(_without(self._selected, self._cut), pens)
        if len(self._cut):
            self._groups.append(self._group(self._cut_pen, self._cut))

    def _find_bands(self) -> None:
        links = self._shown.links
        dense = tuple(link for link in links if is_dense(link, self._shown.ends[link.part], self._zoom))
        if dense != self._dense:
            self._dense = dense
            self._bands = [self._band(link) for link in dense]

    def _band(self, link: ShownLink) -> QPainterPath:
        if link.is_skip:
            indices = np.arange(link.part.start, link.part.stop)
            return arc_band_path(self._geometry.arcs, self._geometry.arcs.rows_of(indices))
        return band_path(self._shown.ends[link.part])

    def _find_drawn(self) -> IntArray:
        """Return what is drawn as lines: all, but of a band only what is strong or marked."""
        if not self._dense:
            return np.arange(len(self._shown))
        parts = [self._selected, self._cut, self._frozen]
        for link in self._shown.links:
            indices = np.arange(link.part.start, link.part.stop)
            if link in self._dense:
                if self._focus:
                    indices = indices[self._shown.of_units(self._focus, link.part)]
                elif self._is_plain:
                    continue
                most = ARCS_IN_BAND if link.is_skip else LINES_IN_BAND
                indices = indices[strongest(self._weights[indices], most)]
            parts.append(indices)
        return np.unique(np.concatenate(parts))

    def _weight_groups(self, indices: IntArray, pens: list[QPen]) -> list[_Group]:
        """Return groups in the order of painting: arcs below lines, dimmed ones first, strong ones last."""
        weights = self._weights[indices]
        pen = 2 + shades(weights, weight_scale(float(np.abs(self._weights).max(initial=0.0)), self._fan_in))
        if self._focus:
            pen = np.where(self._shown.of_units(self._focus)[indices], pen, weights >= 0)
        pen = np.where(self._geometry.is_arc[indices], pen, pen + PENS_EACH)
        order = np.argsort(pen, kind="stable")
        starts = np.searchsorted(pen[order], np.arange(len(pens) + 1)).tolist()
        return [
            self._group(pens[number], indices[order[start:stop]])
            for number, (start, stop) in enumerate(pairwise(starts))
            if start < stop
        ]

    def _group(self, pen: QPen, indices: IntArray) -> _Group:
        is_arc = self._geometry.is_arc[indices]
        bent = indices[is_arc]
        path = self._geometry.path(bent.tolist()) if len(bent) else None
        return _Group(pen, self._geometry.lines(indices[~is_arc].tolist()), path)

    def _paint_marks(self, painter: QPainter) -> None:
        if len(self._frozen):
            painter.setPen(flat_pen(self._colors.canvas, 1.2))
            painter.setBrush(QColor(self._colors.text_muted))
            corner = QPointF(MARK, MARK)
            for index in self._frozen.tolist():
                centre = self._geometry.point(index, MARK_SHARE)
                painter.drawRect(QRectF(centre - corner, centre + corner))
        if len(self._cut):
            painter.setPen(flat_pen(self._colors.warning, 2.0))
            for index in self._cut.tolist():
                x, y = self._geometry.point(index, MARK_SHARE).toTuple()
                a = 1.3 * MARK
                painter.drawLines([QLineF(x - a, y - a, x + a, y + a), QLineF(x - a, y + a, x + a, y - a)])

    def _make_pens(self) -> None:
        colors = self._colors
        self._pens = self._all_pens(widest_line(self._radius))
        self._thin_pens = self._all_pens(widest_line(self._radius, are_many=True))
        self._band_color = QColor(mix(colors.canvas, colors.text_muted, 0.06 if self._focus else 0.13))
        self._frame_pens = flat_pen(colors.accent, FRAME + 3.0), flat_pen(colors.canvas, FRAME)
        self._hover_pen = flat_pen(colors.accent, 3.0)
        self._cut_pen = flat_pen(colors.warning, 1.6, Qt.PenStyle.DotLine)

    def _all_pens(self, widest: float) -> list[QPen]:
        """Return the pens of arcs and those of lines: two for what is dimmed, then those of the weights."""
        dimmed = [sign_pen(self._colors, is_negative, DIMMED, 0.8) for is_negative in (True, False)]
        if self._is_plain:
            dimmed = [dimmed[1]] * 2
            line, arc = (
                flat_pen(mix(self._colors.canvas, self._colors.text_muted, s), 1.0) for s in (0.6, 0.4)
            )
            return [*dimmed, *[arc] * (2 * LEVELS), *dimmed, *[line] * (2 * LEVELS)]
        arcs = weight_pens(self._colors, min(widest, WIDEST_ARC))
        return [*dimmed, *arcs, *dimmed, *weight_pens(self._colors, widest)]

    def _find_bounds(self) -> QRectF:
        ends = self._shown.ends
        points = np.vstack([ends[:, :2], ends[:, 2:], arc_bounds(self._geometry.arcs)])
        if not len(points):
            return QRectF()
        (left, top), (right, bottom) = np.min(points, axis=0).tolist(), np.max(points, axis=0).tolist()
        return QRectF(left, top, right - left, bottom - top).adjusted(-EDGE, -EDGE, EDGE, EDGE)


def _hidden_bands(topology: Topology, placement: Placement, shown: ShownConnections) -> list[QPainterPath]:
    """Return bands for links that have connections, but none between the units that are shown."""
    seen = {(part.link.source, part.link.target) for part in shown.links if part.count}
    bands = []
    for link in topology.links:
        first, last = (placement.columns[topology.layer_index[end]] for end in (link.source, link.target))
        if (link.source, link.target) not in seen and first.units and last.units:
            ends = [(*a[1:], *b[1:]) for a, b in ((first.units[i], last.units[i]) for i in (0, -1))]
            bands.append(band_path(np.array(ends, float)))
    return bands


def _without(indices: IntArray, gone: IntArray) -> IntArray:
    return indices[~np.isin(indices, gone)] if len(gone) else indices
