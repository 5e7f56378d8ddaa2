"""A network as items of a scene: on the canvas, and in a diagram to be taken away."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractGraphicsShapeItem,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
)

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.canvas.connections_item import ConnectionsItem
from nn_desktop.desktop.canvas.headings import EDGE, FOOTER, HEADER, Headings
from nn_desktop.desktop.canvas.number_labels import NumberLabels
from nn_desktop.desktop.canvas.unit_item import UnitItem
from nn_desktop.desktop.canvas.unit_pictures import Picture, unit_pictures
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.descriptions import layer_title, unit_title
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.drawing.placement import Column, Layout, Placement, place
from nn_desktop.network.functions import ACTIVATIONS
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology

MIN_TITLE, TITLE_GAP = 64.0, 44.0
"""Room that a title has at least, and what stays free beside it for the buttons between two columns."""
MAX_LABEL_CHARACTERS = 20
STICKY_Z = 2.0
"""What stays in view lies above all that is drawn."""
PICTURE_GROUPS = 3
"""Into so many groups units are parted, to show one group's pictures at a time."""
FOLDED_NAMES = 20
"""So many names of inputs and outputs are measured at either end: no more are shown at once."""
MIN_SIDE = 44.0
"""Room beside the first and last column, for titles and the names of inputs and outputs."""


@dataclass(frozen=True)
class DrawingStyle:
    """What is drawn, apart from units and connections.

    Attributes
    ----------
    weights
        Whether connections and units show their numbers, or are all alike.
    labels
        Whether layers, inputs and outputs have their names.
    activations
        Whether the name of each layer's activation stands below its title.
    formulas
        Whether its formula stands there too.
    counts
        Whether the number of units stands below each hidden layer.
    outlined
        Whether texts are drawn as outlines.
    """

    weights: bool = True
    labels: bool = True
    activations: bool = True
    formulas: bool = False
    counts: bool = True
    outlined: bool = False


@dataclass(frozen=True, eq=False)
class Subject:
    """What is drawn.

    Attributes
    ----------
    dataset
        Whose names the inputs and outputs have.
    room
        Size of the view that the drawing makes good use of, in points.
    layout, unfolded
        As in `nn_desktop.drawing.placement.place`.
    numbers
        Whether weights and biases are written where there is room.
    """

    parameters: Parameters
    dataset: Dataset
    room: QSizeF
    layout: Layout
    unfolded: frozenset[int]
    numbers: bool = False


ON_CANVAS = DrawingStyle(activations=False)
"""The canvas has a button for the activation instead."""


class NetworkDrawing:
    """The items of a network.

    Attributes
    ----------
    placement, headings
        Where everything stands, since the last `build`.
    units
        The items of the units that are shown, by their ids.
    """

    placement: Placement
    headings: Headings

    def __init__(self, scene: QGraphicsScene, colors: Colors, font: QFont, style: DrawingStyle) -> None:
        self._scene = scene
        self._colors = colors
        self._font = font
        self._style = style
        self._label_width = 0.0
        self.units: dict[int, UnitItem] = {}
        self._pictures: dict[int, Picture] = {}
        self._labels: list[QGraphicsItem] = []
        self._sticky: list[tuple[QAbstractGraphicsShapeItem, Callable[[], QPointF]]] = []
        self._texts_rect = QRectF()
        self.connections = ConnectionsItem(colors)
        self.connections.set_plain(not style.weights)
        self.numbers = NumberLabels(
            self.connections, colors, font, style.outlined, is_zoomed=style == ON_CANVAS
        )
        scene.addItem(self.connections)
        scene.addItem(self.numbers)

    def restyle(self, colors: Colors, font: QFont) -> None:
        """Take other colours and another font, from the next `build` on."""
        self._colors, self._font = colors, font
        self._pictures = {}
        for item in self.units.values():
            self._scene.removeItem(item)
        self.units = {}
        self.connections.set_colors(colors)
        self.numbers.restyle(colors, font)

    def build(self, subject: Subject) -> None:
        """Draw a network anew."""
        parameters, dataset, room = subject.parameters, subject.dataset, subject.room
        for label in self._labels:
            self._scene.removeItem(label)
        self._labels, self._sticky, self._texts_rect = [], [], QRectF()
        self._label_width = self._find_label_width(dataset, room)
        side = self.side
        self.placement = place(
            parameters.topology,
            room.width() - 2 * side,
            room.height() - HEADER - FOOTER - 2 * EDGE,
            subject.layout,
            subject.unfolded,
        )
        self.connections.set_network(parameters, self.placement)
        self.headings = Headings(self.placement, *self.connections.arcs_reach())
        self.numbers.set_network(parameters, self.placement)
        self.numbers.setVisible(subject.numbers and self._style.weights)
        self._forget_units()
        for index, column in enumerate(self.placement.columns):
            self._add_units(parameters.topology, column)
            if self._style.labels:
                self._add_names(parameters.topology, dataset, index, column)
                self._add_header(parameters.topology, index, column)
        self._pictures = {unit: p for unit, p in self._pictures.items() if unit in self.units}
        self._show_live(parameters, self.units)

    @property
    def side(self) -> float:
        """Room beside the first and the last column."""
        return max(MIN_SIDE, self._label_width + 40)

    def content_rect(self) -> QRectF:
        """Return what the drawing takes up, with its titles."""
        left, right, top, bottom = self.placement.extent()
        rect = QRectF(QPointF(left - self.side, top), QPointF(right + self.side, bottom))
        headings, placement = self.headings, self.placement
        rect.adjust(0, headings.top - placement.top - EDGE, 0, headings.bottom - placement.bottom + EDGE)
        return rect.united(self.connections.boundingRect())

    def drawn_rect(self) -> QRectF:
        """Return what is drawn on, as it is whether texts are outlines or not."""
        rect = self.connections.boundingRect() | self._texts_rect
        for item in self.units.values():
            rect |= item.sceneBoundingRect()
        return rect

    def stick(self, seen: QRectF, zoom: float) -> None:
        """Let titles and counts stay within a part of the scene, as it is seen at this scale."""
        self.headings.stick(seen, zoom)
        for item, middle in self._sticky:
            self._centre_text(item, middle())
            item.setScale(self.headings.scale)

    def show_units(
        self,
        parameters: Parameters,
        dataset: Dataset,
        group: int | None = None,
        computing: Parameters | None = None,
    ) -> None:
        """Show what the units, or those of one group, compute at this moment, and their biases.

        Parameters
        ----------
        computing
            Those of another network that computes, in which some of the units are; None for the one drawn.
        """
        computing = computing or parameters
        units = [unit for unit in self.units if group is None or unit % PICTURE_GROUPS == group]
        if self._style.weights:
            others = {unit: picture for unit, picture in self._pictures.items() if unit not in units}
            self._pictures = others | unit_pictures(computing, dataset, self._colors, set(units))
        self._show_live(parameters, units)

    def unit_at(self, point: QPointF) -> int | None:
        """Return the unit at a point of the scene."""
        radius = self.placement.radius + 2
        for unit, item in self.units.items():
            offset = item.pos() - point
            if QPointF.dotProduct(offset, offset) <= radius * radius:
                return unit
        return None

    def units_in(self, rect: QRectF) -> list[int]:
        """Return the units whose centres lie in a rectangle of the scene; "⋮" stands for those it hides."""
        units = [unit for unit, item in self.units.items() if rect.contains(item.pos())]
        for column in self.placement.columns:
            if column.gap_y is not None and rect.contains(QPointF(column.x, column.gap_y)):
                units += [unit for unit in column.layer.units if unit not in self.units]
        return units

    def add_text(self, text: str, middle: QPointF, muted: bool) -> QAbstractGraphicsShapeItem:
        """Write a text around a point; it is gone with the next `build`."""
        item: QAbstractGraphicsShapeItem
        if self._style.outlined:
            path = QPainterPath()
            path.addText(QPointF(0, QFontMetricsF(self._font).ascent()), self._font, text)
            item = QGraphicsPathItem(path)
            item.setPen(QPen(Qt.PenStyle.NoPen))
        else:
            item = QGraphicsSimpleTextItem(text)
            item.setFont(self._font)
        metrics = QFontMetricsF(self._font)
        size = QSizeF(metrics.horizontalAdvance(text), metrics.height())
        item.setTransformOriginPoint(size.width() / 2, size.height() / 2)
        self._centre_text(item, middle)
        self._texts_rect |= QRectF(item.pos(), size)
        item.setBrush(QColor(self._colors.text_muted if muted else self._colors.text))
        self._labels.append(item)
        self._scene.addItem(item)
        return item

    def _centre_text(self, item: QAbstractGraphicsShapeItem, middle: QPointF) -> None:
        item.setPos(middle - item.transformOriginPoint())

    def _add_sticky_text(self, text: str, middle: Callable[[], QPointF], muted: bool) -> QGraphicsItem:
        """Write a text that stays in view."""
        item = self.add_text(text, middle(), muted)
        item.setZValue(STICKY_Z)
        self._sticky.append((item, middle))
        return item

    def add_backdrop(self, rect: QRectF, color: str) -> None:
        """Fill a rectangle behind a text; it is gone with the next `build`."""
        item = QGraphicsRectItem(rect)
        item.setPen(QPen(Qt.PenStyle.NoPen))
        item.setBrush(QColor(color))
        self._labels.append(item)
        self._scene.addItem(item)

    def _find_label_width(self, dataset: Dataset, room: QSizeF) -> float:
        """Return the room that the names of inputs and outputs need beside their units, within limits."""
        if not self._style.labels:
            return 0.0
        metrics = QFontMetricsF(self._font)
        both = (dataset.input_names, dataset.output_names)
        names = {name for ends in both for name in (*ends[:FOLDED_NAMES], *ends[-FOLDED_NAMES:])}
        widest = max(metrics.horizontalAdvance(name) for name in names)
        return min(widest, MAX_LABEL_CHARACTERS * metrics.averageCharWidth(), 0.2 * room.width())

    def _forget_units(self) -> None:
        """Remove the units that are gone; those that stay keep what is painted of them."""
        radius, stays = self.placement.radius, self.placement.positions()
        for unit, item in list(self.units.items()):
            if unit not in stays or item.radius != radius:
                self._scene.removeItem(item)
                del self.units[unit]

    def _add_units(self, topology: Topology, column: Column) -> None:
        idle = topology.unreached | topology.dead_ends
        for unit, x, y in column.units:
            item = self.units.get(unit)
            if item is None:
                item = self.units[unit] = self._make_unit()
            item.setPos(x, y)
            item.set_marks(warning=unit in idle, frozen=column.layer.frozen, cut=False)
        if column.gap_y is not None and self._style != ON_CANVAS:
            gap = QPointF(column.x, column.gap_y)
            self.add_backdrop(QRectF(gap.x() - 26, gap.y() - 11, 52, 22), self._colors.canvas)
            self.add_text(f"⋮ {grouped(len(column.layer.units))}", gap, muted=True)

    def _make_unit(self) -> UnitItem:
        item = UnitItem(self.placement.radius, self._colors)
        if self._style != ON_CANVAS:  # a diagram is vectors, not a cached picture
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self._scene.addItem(item)
        return item

    def _add_names(self, topology: Topology, dataset: Dataset, index: int, column: Column) -> None:
        if index not in (0, len(topology.layers) - 1):
            return
        metrics = QFontMetricsF(self._font)
        for unit, x, y in column.units:
            name = unit_title(topology, unit, dataset)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, self._label_width)
            offset = metrics.horizontalAdvance(text) / 2 + self.placement.radius + 8
            item = self.add_text(text, QPointF(x + (offset if index else -offset), y), muted=True)
            item.setToolTip(tool_tip(name))

    def _add_header(self, topology: Topology, index: int, column: Column) -> None:
        headings = self.headings
        text = layer_title(topology, index)
        if column.layer.frozen:
            text = QCoreApplication.translate("descriptions", "{layer} · frozen").format(layer=text)
        room = max(MIN_TITLE, self.placement.step - TITLE_GAP)
        elided = QFontMetricsF(self._font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        title = self._add_sticky_text(elided, partial(headings.title, column), muted=False)
        title.setToolTip(tool_tip(text))
        if index and self._style.activations:
            activation = ACTIVATIONS[column.layer.activation]
            line = activation.formula if self._style.formulas else activation.title
            self._add_sticky_text(line, partial(headings.below_title, column), muted=True)
        if self._style.counts and 0 < index < len(topology.layers) - 1:
            count = grouped(len(column.layer.units))
            self._add_sticky_text(count, partial(headings.footer, column), muted=True)

    def _show_live(self, parameters: Parameters, units: Iterable[int]) -> None:
        inputs = set(parameters.topology.layers[0].units)
        for unit in units:
            has_bias = self._style.weights and unit not in inputs
            self.units[unit].show_live(self._pictures.get(unit), parameters.bias(unit) if has_bias else None)
