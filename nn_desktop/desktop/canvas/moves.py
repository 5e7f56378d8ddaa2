"""Gestures that move parts of the drawing: a unit, or a layer by its title."""

from collections.abc import Collection

from PySide6.QtCore import QCoreApplication, QLineF, QPointF

from nn_desktop.desktop.canvas.gestures import Connect, Explain
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.document.editor import NetworkEditor, moved
from nn_desktop.drawing.placement import Column

SNAP = 8.0
"""So near to the line of a neighbour, in points, a part that is dragged stands on it."""


class _Move:
    """A part that is dragged: onto another one it is connected, elsewhere it moves.

    Parameters
    ----------
    connect
        What it does onto another part.
    units, layers
        Ids of what moves.
    """

    def __init__(
        self,
        scene: NetworkScene,
        editor: NetworkEditor,
        start: QPointF,
        connect: Connect,
        units: Collection[int] = (),
        layers: Collection[int] = (),
    ) -> None:
        self._scene, self._editor = scene, editor
        self._start, self._connect = start, connect
        self._units, self._layers = units, layers

    def move(self, point: QPointF) -> None:
        """Show what would come of it here."""
        self._scene.overlay.clear()
        if self._is_onto_other(point):
            self._connect.move(point)
            return
        self._connect.cancel()
        offset, guides = self._offset(point)
        ghosts = [centre + offset for centre in self._centres()]
        self._scene.overlay.show_ghosts(ghosts, self._scene.placement.radius, guides)

    def finish(self, point: QPointF) -> None:
        """Connect, change places, or stand elsewhere."""
        self._scene.overlay.clear()
        if self._is_onto_other(point):
            self._connect.finish(point)
            return
        offset, _ = self._offset(point)
        if not self._reorder(offset) and not offset.isNull():
            layout = moved(self._editor.document.layout, self._layers, self._units, offset.x(), offset.y())
            self._editor.document.change_layout(QCoreApplication.translate("gestures", "move"), layout)

    def cancel(self) -> None:
        """Leave everything where it is."""
        self._connect.cancel()

    def _is_onto_other(self, point: QPointF) -> bool:
        """Tell whether a connection is meant."""
        raise NotImplementedError

    def _centres(self) -> list[QPointF]:
        """Return where the units that move stand now."""
        raise NotImplementedError

    def _offset(self, point: QPointF) -> tuple[QPointF, list[QLineF]]:
        """Return how far it moves, in line with others where it nearly is, and those lines."""
        raise NotImplementedError

    def _reorder(self, offset: QPointF) -> bool:
        """Change places with a neighbour, if it is dragged there; return whether it is."""
        raise NotImplementedError


class MoveUnit(_Move):
    """A unit that is dragged.

    Onto a unit of another layer it is connected, within its layer it changes places, elsewhere it stands
    where it is dropped; selected units come along.
    """

    def __init__(
        self, scene: NetworkScene, editor: NetworkEditor, unit: int, start: QPointF, explain: Explain
    ) -> None:
        self._unit, self._positions = unit, scene.placement.positions()
        connect = Connect(scene, editor, unit, QPointF(*self._positions[unit]), explain)
        index, self._place = scene.topology.unit_place[unit]
        self._column = scene.placement.columns[index]
        selected = editor.selection.units
        units = [u for u in selected if u in self._positions] if unit in selected else [unit]
        super().__init__(scene, editor, start, connect, units=units)

    def finish(self, point: QPointF) -> None:
        """Connect, change places, or stand elsewhere; what was moved is selected."""
        if self._unit not in self._editor.selection.units:
            self._editor.selection.select_unit(self._unit)
        super().finish(point)

    def _is_onto_other(self, point: QPointF) -> bool:
        """Tell whether a connection is meant: within its own layer a unit changes places instead."""
        other = self._connect.target_at(point)
        if other is None or other in self._units:
            return False
        return self._scene.topology.unit_place[other][0] != self._scene.topology.unit_place[self._unit][0]

    def _centres(self) -> list[QPointF]:
        return [QPointF(*self._positions[unit]) for unit in self._units]

    def _reorder(self, offset: QPointF) -> bool:
        place = self._new_place(offset)
        if place is None:
            return False
        self._editor.move_unit(self._unit, place)
        return True

    def _offset(self, point: QPointF) -> tuple[QPointF, list[QLineF]]:
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


class MoveLayer(_Move):
    """A layer that is dragged by its title.

    Onto another title the two are linked, past a neighbour it changes places, elsewhere it stands where it is
    dropped.
    """

    def __init__(
        self, scene: NetworkScene, editor: NetworkEditor, column: Column, start: QPointF, explain: Explain
    ) -> None:
        connect = Connect(scene, editor, column.layer.id, scene.drawing.headings.title(column), explain)
        super().__init__(scene, editor, start, connect, layers=[column.layer.id])
        self._column = column
        self._index = scene.topology.layer_index[column.layer.id]

    def _is_onto_other(self, point: QPointF) -> bool:
        column = self._scene.title_at(point)
        return column is not None and column.layer.id != self._column.layer.id

    def _centres(self) -> list[QPointF]:
        return [QPointF(spot.x, spot.y) for spot in self._column.units]

    def _reorder(self, offset: QPointF) -> bool:
        x = self._column.x + offset.x()
        index = sum(column.x < x for column in self._scene.placement.columns if column is not self._column)
        if index == self._index:
            return False
        self._editor.move_layer(self._column.layer.id, index)
        return True

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
