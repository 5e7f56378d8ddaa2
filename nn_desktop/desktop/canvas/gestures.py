"""Gestures of the mouse: each one small object with a beginning, moves, and an end or a cancellation.

A gesture shows what it would do in the scene's overlay and does it when it is finished. A cancelled gesture
leaves no trace. It says in words why something cannot be, where it is tried.
"""

from collections.abc import Callable
from itertools import compress
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.canvas.segments import point_distances
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.drawing.placement import MIN_PITCH, Column
from nn_desktop.network.topology import Pair

STROKE_REACH = 5.0
MAX_DRAWN_UNITS = 256
"""As many units as one drag can make."""

Explain = Callable[[str], None]
"""Says something beside the pointer; an empty text takes it back."""


class Gesture(Protocol):
    """What a press of the mouse has begun."""

    def move(self, point: QPointF) -> None:
        """Follow the pointer, in points of the scene."""

    def finish(self, point: QPointF) -> None:
        """Do it."""

    def cancel(self) -> None:
        """Leave no trace."""


class Band:
    """A rubber band that selects, or erases, what lies in it.

    Parameters
    ----------
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
        rect = self._rect(point)
        self._scene.overlay.show_band(rect, self._is_erasing)
        if self._is_erasing:
            drawing = self._scene.drawing
            self._scene.show_doomed([*drawing.units_in(rect), *drawing.connections.connections_in(rect)])

    def finish(self, point: QPointF) -> None:
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
        self.move(point)
        self.cancel()
        if self._means_title() and self._title is not None:
            self._editor.erase(layers=[self._title.id])
        else:
            self._editor.erase(self._units, self._meant_connections())

    def cancel(self) -> None:
        self._scene.overlay.clear()
        self._scene.show_doomed([])

    def _touch(self, before: QPointF, point: QPointF) -> None:
        """Note what the newest piece of it touches."""
        drawing = self._scene.drawing
        centres = np.array([item.pos().toTuple() for item in drawing.units.values()]).reshape(-1, 2)
        line = np.array([[*before.toTuple(), *point.toTuple()]])
        is_near = point_distances(line, centres[:, 0], centres[:, 1]) <= self._scene.placement.radius
        self._units.update(compress(drawing.units, is_near))
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
    source
        Id of the unit, or of the layer.
    """

    def __init__(
        self, scene: NetworkScene, editor: NetworkEditor, source: int, start: QPointF, explain: Explain
    ) -> None:
        self._scene, self._editor, self._explain = scene, editor, explain
        self._source, self._start = source, start

    def target_at(self, point: QPointF) -> int | None:
        """Return the unit, or the layer, that the line would lead to."""
        return _target_at(self._scene, self._source, point)

    def move(self, point: QPointF) -> None:
        """Draw the line, and say why it cannot end here."""
        self._explain(show_connection(self._scene, self._editor, self._source, self._start, point))

    def finish(self, point: QPointF) -> None:
        """Connect, if there is something to connect with."""
        target = self.target_at(point)
        self._scene.overlay.clear()
        if target is None:
            return
        self._explain(self._editor.connect_parts(self._source, target))

    def cancel(self) -> None:
        self._scene.overlay.clear()
        self._explain("")


def show_connection(
    scene: NetworkScene, editor: NetworkEditor, source: int, start: QPointF, point: QPointF
) -> str:
    """Draw the line from a unit or a layer to a point, and mark what a drop there would connect.

    Returns
    -------
    Why it cannot lead there; empty if it can, or if nothing is there.
    """
    target = _target_at(scene, source, point)
    why = "" if target is None else editor.explain_connection(source, target)
    scene.overlay.show_line(start, point, not why)
    if target is not None:
        scene.overlay.show_target(scene.centres_of(target), scene.placement.radius)
    return why


def _target_at(scene: NetworkScene, source: int, point: QPointF) -> int | None:
    """Return the unit, or for a layer the layer, at a point, if it is another one."""
    if source not in scene.topology.layer_index:
        target = scene.unit_at(point)
    else:
        column = scene.title_at(point) or scene.column_at(point)
        target = None if column is None else column.layer.id
    return None if target == source else target


class Grow:
    """New units: one by a click, more by dragging down.

    They are counted at the least distance that units can have: so 16 fit into the window, which is too low
    for them at the distance that a few have.

    Parameters
    ----------
    units_by_click
        How many units a click makes.
    layer
        The layer that grows, and None for a new layer.
    index
        Where a new layer goes among the layers.
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
        self._scene.overlay.show_text(grouped(count), QPointF(x + 44, point.y()))

    def finish(self, point: QPointF) -> None:
        count = self._count(point)
        self._scene.overlay.clear()
        if self._layer is None:
            self._editor.insert_layer(self._index, count)
        else:
            self._editor.add_units(
                self._layer.layer.id, self._scene.place_at(self._layer, self._start.y()), count
            )

    def cancel(self) -> None:
        self._scene.overlay.clear()

    def _count(self, point: QPointF) -> int:
        dragged = abs(point.y() - self._start.y())
        if dragged < MIN_PITCH / 2:
            return self._units_by_click
        return min(MAX_DRAWN_UNITS, 1 + round(dragged / MIN_PITCH))
