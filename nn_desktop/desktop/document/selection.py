"""What of the network is selected: for the canvas, the outline and the inspector alike."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from nn_desktop.desktop.document.document import Document
from nn_desktop.insight.inspection import Part, exists
from nn_desktop.network.topology import Pair, Topology


class Selection(QObject):
    """Layers, units and connections that are selected, and the one among them that keys act on.

    The current part is what was selected last: a connection, a unit (its layer is current then too), or a
    layer. It is always among what is selected.

    Signals
    -------
    changed()
        Something else is selected, or current.
    pointed_changed()
        The pointer means something else.
    """

    changed = Signal()
    pointed_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._layers: frozenset[int] = frozenset()
        self._units: frozenset[int] = frozenset()
        self._connections: frozenset[Pair] = frozenset()
        self._layer: int | None = None
        self._unit: int | None = None
        self._connection: Pair | None = None
        self._walked: int | None = None
        self._pointed: Part | None = None
        document.setup_changed.connect(self._on_setup_changed)
        document.replaced.connect(self.clear)

    @property
    def layers(self) -> frozenset[int]:
        """Layers that are selected as a whole."""
        return self._layers

    @property
    def units(self) -> frozenset[int]:
        """Units that are selected one by one."""
        return self._units

    @property
    def connections(self) -> frozenset[Pair]:
        """Connections that are selected."""
        return self._connections

    @property
    def layer(self) -> int | None:
        """The current layer, or that of the current unit."""
        return self._layer

    @property
    def unit(self) -> int | None:
        """The current unit."""
        return self._unit

    @property
    def connection(self) -> Pair | None:
        """The current connection."""
        return self._connection

    @property
    def pointed(self) -> Part | None:
        """The unit or connection that the pointer means on the canvas."""
        return self._pointed

    def point_at(self, part: Part | None) -> None:
        """Let the pointer mean a unit or connection, or nothing."""
        if part != self._pointed:
            self._pointed = part
            self.pointed_changed.emit()

    @property
    def whole_layers(self) -> frozenset[int]:
        """The layers that are selected, or else the current one."""
        if self._layers or self._layer is None:
            return self._layers
        return frozenset({self._layer})

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return not (self._layers or self._units or self._connections)

    @Slot()
    def clear(self) -> None:
        """Select nothing."""
        self._set()

    def select_layer(self, layer: int, extend: bool = False) -> None:
        """Select a layer; with `extend`, in addition, or no longer."""
        layers = self._layers ^ {layer} if extend else frozenset({layer})
        units, connections = (self._units, self._connections) if extend else (frozenset(), frozenset())
        self._set(layers, units, connections, layer=layer if layer in layers else None)

    def select_unit(self, unit: int, extend: bool = False) -> None:
        """Select a unit; with `extend`, in addition, or no longer."""
        units = self._units ^ {unit} if extend else frozenset({unit})
        layers, connections = (self._layers, self._connections) if extend else (frozenset(), frozenset())
        self._set(layers, units, connections, unit=unit if unit in units else None)

    def select_connection(self, connection: Pair, extend: bool = False) -> None:
        """Select a connection; with `extend`, in addition, or no longer."""
        connections = self._connections ^ {connection} if extend else frozenset({connection})
        layers, units = (self._layers, self._units) if extend else (frozenset(), frozenset())
        is_in = connection in connections
        self._set(layers, units, connections, connection=connection if is_in else None)

    def select(
        self, units: Iterable[int], connections: Iterable[Pair] = (), layers: Iterable[int] = ()
    ) -> None:
        """Select several parts at once; the first unit, or layer, is the current one."""
        units, layers = list(units), list(layers)
        self._set(
            frozenset(layers),
            frozenset(units),
            frozenset(connections),
            unit=units[0] if units else None,
            layer=layers[0] if layers and not units else None,
        )

    @Slot()
    def select_all(self) -> None:
        """Select all layers."""
        self.select((), layers=[layer.id for layer in self._topology.layers])

    def walk(self, rows: Sequence[Sequence[int]], layers: int, units: int, extend: bool = False) -> None:
        """Go to a neighbouring unit.

        Parameters
        ----------
        rows
            The units of each layer that one can stop at, from top to bottom.
        layers, units
            How far to go to the right, and down.
        extend
            Whether what was selected stays selected.
        """
        here = self._unit
        if self._connection is not None:
            here = self._connection[1]
        elif here is None:
            here = self._first_unit_of_current_layer(rows)
        if here is None:
            self._go_to(rows[0][0], extend)
            return
        column, row = self._nearest(rows, here)
        column = min(max(column + layers, 0), len(rows) - 1)
        row = min(max(row + units, 0), len(rows[column]) - 1)
        self._go_to(rows[column][row], extend)

    def walk_connections(self, step: int) -> None:
        """Go to the next, or with -1 the previous, connection of a unit: the current one, or a target."""
        unit = self._unit
        if self._connection is not None:  # of the unit that this began at, or else of its target
            unit = self._walked if self._walked in self._connection else self._connection[1]
        if unit is None:
            return
        self._walked = unit
        of_unit = self._topology.connections_of(unit)
        if not of_unit:
            return
        if self._connection in of_unit:
            index = of_unit.index(self._connection) + step
        else:
            index = 0 if step > 0 else -1
        self.select_connection(of_unit[index % len(of_unit)])

    @property
    def _topology(self) -> Topology:
        return self._document.setup.topology

    def _nearest(self, rows: Sequence[Sequence[int]], unit: int) -> tuple[int, int]:
        """Return where a unit is; for one that is folded away, the nearest one of its layer."""
        column, place = self._topology.unit_place[unit]
        distances = [abs(self._topology.unit_place[other][1] - place) for other in rows[column]]
        return column, distances.index(min(distances))

    def _first_unit_of_current_layer(self, rows: Sequence[Sequence[int]]) -> int | None:
        if self._layer is None:
            return None
        return rows[self._topology.layer_index[self._layer]][0]

    def _go_to(self, unit: int, extend: bool) -> None:
        if not extend:
            self.select_unit(unit)
        else:
            self._set(self._layers, self._units | {unit}, self._connections, unit=unit)

    def _set(
        self,
        layers: frozenset[int] = frozenset(),
        units: frozenset[int] = frozenset(),
        connections: frozenset[Pair] = frozenset(),
        layer: int | None = None,
        unit: int | None = None,
        connection: Pair | None = None,
    ) -> None:
        """Take over what of this is in the network."""
        t = self._topology
        layers = layers.intersection(t.layer_index)
        units = units.intersection(t.unit_place)
        connections = frozenset(pair for pair in connections if exists(t, pair))
        unit = unit if unit in units else None
        connection = connection if connection in connections else None
        if (unit, connection, layer) == (None, None, None):  # what is selected has a current part
            connection = max(connections, default=None)
            unit = max(units, default=None) if connection is None else None
            layer = max(layers, default=None) if connection is None and unit is None else None
        if unit is not None:
            layer = t.layer_of_unit(unit).id
        elif layer not in layers:
            layer = None
        before = self._layers, self._units, self._connections, self._layer, self._unit, self._connection
        self._layers, self._units, self._connections = layers, units, connections
        self._layer, self._unit, self._connection = layer, unit, connection
        if before != (layers, units, connections, layer, unit, connection):
            self.changed.emit()

    @Slot(object)
    def _on_setup_changed(self) -> None:
        """Forget what is gone; of a unit that is gone, its layer stays selected."""
        layers, layer = self._layers, self._layer
        if self._unit is not None and self._unit not in self._topology.unit_place and layer is not None:
            layers |= {layer}
        self._set(layers, self._units, self._connections, layer, self._unit, self._connection)
