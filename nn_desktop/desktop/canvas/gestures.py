"""Gestures of the mouse: each one small object with a beginning, moves, and an end or a cancellation.

A gesture shows what it would do in the scene's overlay and does it when it is finished. A cancelled gesture
leaves no trace. It says in words why something cannot be, where it is tried.
"""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF

from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.document.editor import NetworkEditor, moved
from nn_desktop.drawing.placement import MIN_PITCH, Column
from nn_desktop.network.topology import Pair

SNAP = 8.0
"""So near to the line of a neighbour, in points, a part that is dragged stands on it."""
STROKE_REACH = 5.0
MAX_DRAWN_UNITS = 256
"""As many units as one drag can make."""

Explain = Callable[[str], None]
"""Says something beside the pointer; an empty text takes it back."""


class Gesture(Protocol):
    """What a press of the mouse has begun."""

    def move(self, point: QPointF) -> None:
        """Follow the pointer, in points of the scene."""
        ...

    def finish(self, point: QPointF) -> None:
        """Do it."""
        ...

    def cancel(self) -> None:
        """Leave no trace."""
        ...


class Band:
    """A rubber band that selects, or erases, what lies in it.

    Parameters
    ----------
    scene, editor
        Of the network.
    start
        Where it begins.
    is_erasing
        Whether what it touches is erased, connections too; otherwise the units in it are selected.
    extend
        Whether what was selected stays selected.
    """

    def __init__(
        self,
        scene: NetworkScene,
        editor: NetworkEditor,
        start: QPointF,
        is_erasing: bool = False,
        extend: bool = False,
    ) -> None:
        self._scene, self._editor = scene, editor
        self._start = start
        self._is_erasing, self._extend = is_erasing, extend

    def move(self, point: QPointF) -> None:
        """Stretch it."""
        rect = self._rect(point)
        self._scene.overlay.show_band(rect, self._is_erasing)
        if self._is_erasing:
            drawing = self._scene.drawing
            self._scene.show_doomed([*drawing.units_in(rect), *drawing.connections.connections_in(rect)])

    def finish(self, point: QPointF) -> None:
        """Select or erase."""
        rect, drawing = self._rect(point), self._scene.drawing
        self.cancel()
        units = drawing.units_in(rect)
        if self._is_erasing:
            self._editor.erase(units, drawing.connections.connections_in(rect))
            return
        selection = self._editor.selection
        kept = list(selection.units) if self._extend else []
        selection.select([*units, *kept])

    def cancel(self) -> None:
        """Take the band away."""
        self._scene.overlay.clear()
        self._scene.show_doomed([])

    def _rect(self, point: QPointF) -> QRectF:
        return QRectF(self._start, point).normalized()


class Stroke:
    """A freehand stroke that erases whatever it touches; a click on a unit or a title means it alone."""

    def __init__(self, scene: NetworkScene, editor: NetworkEditor, start: QPointF) -> None:
        self._scene, self._editor = scene, editor
        self._points = [start]
        self._units: set[int] = set()
        self._connections: set[Pair] = set()
        title = scene.title_at(start)
        self._title = None if title is None else title.layer

    def move(self, point: QPointF) -> None:
        """Draw it on, and show what it has touched."""
        self._touch(self._points[-1], point)
        self._points.append(point)
        self._scene.overlay.show_stroke(self._points)
        units = self._title.units if self._means_title() and self._title is not None else self._units
        self._scene.show_doomed([*units, *self._meant_connections()])

    def finish(self, point: QPointF) -> None:
        """Erase it all."""
        self.move(point)
        self.cancel()
        if self._means_title() and self._title is not None:
            self._editor.erase(layers=[self._title.id])
        else:
            self._editor.erase(self._units, self._meant_connections())

    def cancel(self) -> None:
        """Take the stroke away."""
        self._scene.overlay.clear()
        self._scene.show_doomed([])

    def _touch(self, before: QPointF, point: QPointF) -> None:
        """Note what the newest piece of it touches."""
        drawing, line = self._scene.drawing, QLineF(before, point)
        radius = self._scene.placement.radius
        self._units.update(u for u, item in drawing.units.items() if _distance(line, item.pos()) <= radius)
        self._connections.update(drawing.connections.connections_near([before, point], STROKE_REACH))

    def _is_click(self) -> bool:
        start = self._points[0]
        return all((point - start).manhattanLength() <= STROKE_REACH for point in self._points)

    def _means_title(self) -> bool:
        """Tell whether the layer of a title is meant: by a click, for strokes cross titles on their way."""
        return self._title is not None and self._is_click()

    def _meant_connections(self) -> set[Pair]:
        return set() if self._is_click() and (self._units or self._title) else self._connections


class Connect:
    """A line from a unit to a later one, or from a layer's title to that of a later one.

    Parameters
    ----------
    scene, editor
        Of the network.
    source
        Id of the unit, or of the layer.
    start
        Where the line begins.
    explain
        Says why a target cannot be.
    """

    def __init__(
        self, scene: NetworkScene, editor: NetworkEditor, source: int, start: QPointF, explain: Explain
    ) -> None:
        self._scene, self._editor, self._explain = scene, editor, explain
        self._source, self._start = source, start
        self._is_layer = source in scene.topology.layer_index

    def target_at(self, point: QPointF) -> int | None:
        """Return the unit, or the layer, that the line would lead to."""
        if not self._is_layer:
            target = self._scene.unit_at(point)
        else:
            column = self._scene.title_at(point) or self._scene.column_at(point)
            target = None if column is None else column.layer.id
        return None if target == self._source else target

    def move(self, point: QPointF) -> None:
        """Draw the line, and say why it cannot end here."""
        target = self.target_at(point)
        why = "" if target is None else self._editor.explain_connection(self._source, target)
        self._scene.overlay.show_line(self._start, point, not why)
        self._explain(why)

    def finish(self, point: QPointF) -> None:
        """Connect, if there is something to connect with."""
        target = self.target_at(point)
        self._scene.overlay.clear()
        if target is None:
            return
        self._explain(self._editor.connect_parts(self._source, target))

    def cancel(self) -> None:
        """Take the line away."""
        self._scene.overlay.clear()
        self._explain("")


class Grow:
    """New units: one by a click, more by dragging down.

    They are counted at the least distance that units can have: so 16 fit into the window, which is too low
    for them at the distance that a few have.

    Parameters
    ----------
    scene, editor
        Of the network.
    start
        Where the first unit would be.
    units_by_click
        How many units a click makes.
    layer
        The layer that grows, and None for a new layer.
    index
        Of a new layer, among the layers.
    """

    def __init__(
        self,
        scene: NetworkScene,
        editor: NetworkEditor,
        start: QPointF,
        units_by_click: int,
        layer: Column | None,
        index: int,
    ) -> None:
        self._scene, self._editor = scene, editor
        self._start = start
        self._units_by_click = units_by_click
        self._layer, self._index = layer, index

    def move(self, point: QPointF) -> None:
        """Show as many units as there would be."""
        count = self._count(point)
        step = MIN_PITCH if point.y() >= self._start.y() else -MIN_PITCH
        x = self._start.x() if self._layer is None else self._layer.x
        ghosts = [QPointF(x, self._start.y() + number * step) for number in range(min(count, 64))]
        radius = self._scene.placement.radius if count == 1 else 0.42 * MIN_PITCH
        self._scene.overlay.show_ghosts(ghosts, radius)
        self._scene.overlay.show_text(str(count), QPointF(x + 44, point.y()))

    def finish(self, point: QPointF) -> None:
        """Make them."""
        count = self._count(point)
        self._scene.overlay.clear()
        if self._layer is None:
            self._editor.insert_layer(self._index, count)
        else:
            self._editor.add_units(
                self._layer.layer.id, self._scene.place_at(self._layer, self._start.y()), count
            )

    def cancel(self) -> None:
        """Take the preview away."""
        self._scene.overlay.clear()

    def _count(self, point: QPointF) -> int:
        dragged = abs(point.y() - self._start.y())
        if dragged < MIN_PITCH / 2:
            return self._units_by_click
        return min(MAX_DRAWN_UNITS, 1 + round(dragged / MIN_PITCH))


class MoveUnit:
    """A unit that is dragged.

    Onto a unit of another layer it is connected, within its layer it changes places, elsewhere it stands
    where it is dropped; selected units come along.
    """

    def __init__(
        self, scene: NetworkScene, editor: NetworkEditor, unit: int, start: QPointF, explain: Explain
    ) -> None:
        self._scene, self._editor = scene, editor
        self._unit, self._start = unit, start
        self._positions = scene.placement.positions()
        self._connect = Connect(scene, editor, unit, QPointF(*self._positions[unit]), explain)
        index, self._place = scene.topology.unit_place[unit]
        self._column = scene.placement.columns[index]
        selected = editor.selection.units
        self._units = [u for u in selected if u in self._positions] if unit in selected else [unit]

    def move(self, point: QPointF) -> None:
        """Show what would come of it here."""
        self._scene.overlay.clear()
        if self._is_onto_other(point):
            self._connect.move(point)
            return
        self._connect.cancel()
        offset, guides = self._offset(point)
        ghosts = [QPointF(*self._positions[unit]) + offset for unit in self._units]
        self._scene.overlay.show_ghosts(ghosts, self._scene.placement.radius, guides)

    def finish(self, point: QPointF) -> None:
        """Connect, change places, or stand elsewhere; what was moved is selected."""
        self._scene.overlay.clear()
        if self._unit not in self._editor.selection.units:
            self._editor.selection.select_unit(self._unit)
        if self._is_onto_other(point):
            self._connect.finish(point)
            return
        offset, _ = self._offset(point)
        place = self._new_place(offset)
        if place is not None:
            self._editor.move_unit(self._unit, place)
        elif not offset.isNull():
            text = QCoreApplication.translate("gestures", "move")
            layout = moved(self._editor.layout, (), self._units, offset.x(), offset.y())
            self._editor.change_layout(text, layout)

    def cancel(self) -> None:
        """Leave everything where it is."""
        self._connect.cancel()

    def _is_onto_other(self, point: QPointF) -> bool:
        """Tell whether a connection is meant: within its own layer a unit changes places instead."""
        other = self._connect.target_at(point)
        if other is None or other in self._units:
            return False
        return self._scene.topology.unit_place[other][0] != self._scene.topology.unit_place[self._unit][0]

    def _offset(self, point: QPointF) -> tuple[QPointF, list[QLineF]]:
        """Return how far the units move, in line with others where they nearly are, and those lines."""
        here = QPointF(*self._positions[self._unit])
        wanted = here + point - self._start
        others = [p for unit, p in self._positions.items() if unit not in self._units]
        x, y = _snapped(wanted.x(), [p[0] for p in others]), _snapped(wanted.y(), [p[1] for p in others])
        guides = []
        rect = self._scene.sceneRect()
        if x is not None:
            guides.append(QLineF(x, rect.top(), x, rect.bottom()))
        if y is not None:
            guides.append(QLineF(rect.left(), y, rect.right(), y))
        return QPointF(wanted.x() if x is None else x, wanted.y() if y is None else y) - here, guides

    def _new_place(self, offset: QPointF) -> int | None:
        """Return the place in its layer that the unit is dragged to, if it stays in its column."""
        if len(self._units) > 1 or abs(offset.x()) > self._scene.placement.radius:
            return None
        y = self._positions[self._unit][1] + offset.y()
        shown = [spot for spot in self._column.units if spot.unit != self._unit]
        if not shown or not shown[0].y - 40 < y < shown[-1].y + 40:
            return None
        units = [unit for unit in self._column.layer.units if unit != self._unit]
        place = next((units.index(spot.unit) for spot in shown if y < spot.y), len(units))
        return None if place == self._place else place


class MoveLayer:
    """A layer that is dragged by its title.

    Onto another title the two are linked, past a neighbour it changes places, elsewhere it stands where it is
    dropped.
    """

    def __init__(
        self, scene: NetworkScene, editor: NetworkEditor, column: Column, start: QPointF, explain: Explain
    ) -> None:
        self._scene, self._editor = scene, editor
        self._column, self._start = column, start
        title = scene.drawing.title_point(column)
        self._connect = Connect(scene, editor, column.layer.id, title, explain)
        self._index = scene.topology.layer_index[column.layer.id]

    def move(self, point: QPointF) -> None:
        """Show what would come of it here."""
        self._scene.overlay.clear()
        if self._is_onto_other(point):
            self._connect.move(point)
            return
        self._connect.cancel()
        offset, guides = self._offset(point)
        ghosts = [QPointF(spot.x, spot.y) + offset for spot in self._column.units]
        self._scene.overlay.show_ghosts(ghosts, self._scene.placement.radius, guides)

    def finish(self, point: QPointF) -> None:
        """Link, change places, or stand elsewhere."""
        self._scene.overlay.clear()
        layer = self._column.layer.id
        if self._is_onto_other(point):
            self._connect.finish(point)
            return
        offset, _ = self._offset(point)
        index = self._new_index(self._column.x + offset.x())
        if index != self._index:
            self._editor.move_layer(layer, index)
        elif not offset.isNull():
            layout = moved(self._editor.layout, [layer], (), offset.x(), offset.y())
            self._editor.change_layout(QCoreApplication.translate("gestures", "move"), layout)

    def cancel(self) -> None:
        """Leave everything where it is."""
        self._connect.cancel()

    def _is_onto_other(self, point: QPointF) -> bool:
        column = self._scene.title_at(point)
        return column is not None and column.layer.id != self._column.layer.id

    def _new_index(self, x: float) -> int:
        return sum(column.x < x for column in self._scene.placement.columns if column is not self._column)

    def _offset(self, point: QPointF) -> tuple[QPointF, list[QLineF]]:
        """Return how far the layer moves; it snaps to the height of others, and to the middle between two."""
        wanted = point - self._start
        columns = self._scene.placement.columns
        x = self._column.x + wanted.x()
        between = []
        if 0 < self._index < len(columns) - 1:
            between.append((columns[self._index - 1].x + columns[self._index + 1].x) / 2)
        snapped_x = _snapped(x, [*between, self._column.x])
        snapped_dy = _snapped(self._column.dy + wanted.y(), [c.dy for c in columns if c is not self._column])
        rect = self._scene.sceneRect()
        guides = [] if snapped_x is None else [QLineF(snapped_x, rect.top(), snapped_x, rect.bottom())]
        dx = wanted.x() if snapped_x is None else snapped_x - self._column.x
        dy = wanted.y() if snapped_dy is None else snapped_dy - self._column.dy
        return QPointF(dx, dy), guides


def _snapped(value: float, lines: list[float]) -> float | None:
    """Return the line that a value is near enough to, if there is one."""
    nearest = min(lines, key=lambda line: abs(line - value), default=None)
    return nearest if nearest is not None and abs(nearest - value) <= SNAP else None


def _distance(line: QLineF, point: QPointF) -> float:
    """Return the distance of a point from a line segment."""
    length = line.dx() ** 2 + line.dy() ** 2
    if length == 0:
        return QLineF(line.p1(), point).length()
    along = ((point.x() - line.x1()) * line.dx() + (point.y() - line.y1()) * line.dy()) / length
    return QLineF(line.pointAt(min(max(along, 0.0), 1.0)), point).length()
