"""A connection that is begun by a click or a key, and ended by another."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF

from nn_desktop.desktop.canvas.gestures import show_connection
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.descriptions import layer_title, part_title

Say = Callable[[str, QPoint], None]
"""Says something at a point of the viewport."""


class PendingConnection(QObject):
    """Where a connection begins, until it is known where it ends.

    Parameters
    ----------
    point_of
        Tells where a unit or a layer is in the viewport.
    say
        Says what is to be done next, and why something cannot be.
    """

    def __init__(
        self,
        scene: NetworkScene,
        editor: NetworkEditor,
        point_of: Callable[[int], QPoint],
        say: Say,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._scene, self._editor = scene, editor
        self._point_of, self._say = point_of, say
        self.source: int | None = None

    @property
    def is_of_layers(self) -> bool:
        """Whether layers are connected, and not single units."""
        return self.source in self._scene.topology.layer_index

    def begin(self, source: int) -> None:
        """Begin at a unit or a layer, and say so."""
        self.source = source
        topology = self._scene.topology
        if self.is_of_layers:
            name = layer_title(topology, topology.layer_index[source])
        else:
            name = part_title(topology, source, self._scene.snapshot.dataset)
        text = self.tr(
            "From {name}: click what it leads to, or go there with the arrows and press Enter. Esc ends it."
        )
        self._say(text.format(name=name), self._point_of(source))

    def choose(self, part: int) -> None:
        """Begin at a unit or layer, or lead the connection there if it has begun at another of its kind."""
        layers = self._scene.topology.layer_index
        if self.source is None or (part in layers) != (self.source in layers):
            self.begin(part)
        elif part != self.source:
            self._end(part)

    def end_at(self, layer: int | None, unit: int | None) -> None:
        """Lead it to what is current."""
        target = layer if self.is_of_layers else unit
        if target is not None and target != self.source:
            self._end(target)

    def clear(self) -> None:
        """Leave no trace."""
        self.source = None
        self._scene.overlay.clear()

    def forget_if_gone(self) -> None:
        """Begin nowhere any more, if that was at a part that the network has not now."""
        topology = self._scene.topology
        if self.source not in topology.unit_place and self.source not in topology.layer_index:
            self.source = None

    def show_line(self, end: QPointF, start: QPointF) -> None:
        """Draw the line that it would be, and mark what it would lead to."""
        if self.source is not None:
            show_connection(self._scene, self._editor, self.source, start, end)

    def _end(self, target: int) -> None:
        if self.source is None:
            return
        point = self._point_of(target)
        why = self._editor.connect_parts(self.source, target)
        self._say(why, point)
        if not why:  # else another target may be chosen
            self.clear()
