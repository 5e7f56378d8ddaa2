"""What is selected on the canvas, and the edits one can make there."""

from PySide6.QtCore import QObject, Signal, Slot

from nn_desktop.desktop.document import Document
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Topology

NEW_LAYER_UNITS = 4


class NetworkEditor(QObject):
    """Edits the document's network at what is selected.

    Signals
    -------
    selection_changed()
        Another layer or unit is selected, or none.
    """

    selection_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._layer: int | None = None
        self._unit: int | None = None
        document.setup_changed.connect(self._on_setup_changed)

    @property
    def topology(self) -> Topology:
        """The network that is edited."""
        return self._document.setup.topology

    @property
    def selected_layer(self) -> int | None:
        """Id of the selected layer, or of the layer of the selected unit."""
        return self._layer

    @property
    def selected_unit(self) -> int | None:
        """Id of the selected unit."""
        return self._unit

    def select(self, layer: int | None, unit: int | None = None) -> None:
        """Select a layer, or one of its units, or nothing; also if it is gone since it was drawn."""
        if layer is not None and layer not in self.topology.layer_index:
            layer = unit = None
        if unit is not None and (
            unit not in self.topology.unit_place or self.topology.layer_of_unit(unit).id != layer
        ):
            unit = None
        if (layer, unit) != (self._layer, self._unit):
            self._layer, self._unit = layer, unit
            self.selection_changed.emit()

    def walk(self, layers: int, units: int) -> None:
        """Move the selection by so many layers to the right and units down."""
        topology = self.topology
        if self._layer is None:
            self.select(topology.layers[0].id, topology.layers[0].units[0])
            return
        index = topology.layer_index[self._layer]
        row = topology.unit_place[self._unit][1] if self._unit is not None else 0
        layer = topology.layers[min(max(index + layers, 0), len(topology.layers) - 1)]
        row = min(max(row + units, 0), len(layer.units) - 1)
        self.select(layer.id, layer.units[row])

    def add_unit(self, layer: int) -> None:
        """Add a unit at the end of a layer."""
        if layer not in self.topology.layer_index:  # gone since it was drawn
            return
        size = len(self.topology.layer(layer).units) + 1
        self._document.change_topology(self.tr("add unit"), lambda t: edits.resize_layer(t, layer, size))

    def drop_unit(self, layer: int) -> None:
        """Remove the last unit of a layer."""
        if layer not in self.topology.layer_index:  # gone since it was drawn
            return
        unit = self.topology.layer(layer).units[-1]
        self._document.change_topology(self.tr("remove unit"), lambda t: edits.remove_unit(t, unit))

    def insert_layer(self, index: int) -> None:
        """Put a new layer before the layer with this index, and select it."""
        index = min(index, len(self.topology.layers) - 1)  # there may have been more when it was drawn
        hidden = self.topology.layers[1:-1]
        activation = hidden[min(index - 1, len(hidden)) - 1].activation if hidden else Activation.TANH
        done = self._document.change_topology(
            self.tr("add layer"), lambda t: edits.insert_layer(t, index, NEW_LAYER_UNITS, activation)
        )
        if done:
            self.select(self.topology.layers[index].id)

    def remove_layer(self, layer: int) -> None:
        """Remove a hidden layer."""
        self._document.change_topology(self.tr("remove layer"), lambda t: edits.remove_layer(t, layer))

    def set_activation(self, layer: int, activation: Activation) -> None:
        """Choose the activation of a layer."""
        if layer not in self.topology.layer_index:  # gone since the menu was opened
            return
        self._document.change_topology(
            self.tr("change activation"), lambda t: edits.set_activation(t, layer, activation)
        )

    @Slot()
    def add_unit_here(self) -> None:
        """Add a unit to the selected layer."""
        if self._layer is None:
            self._document.refuse(self._nothing_selected())
        else:
            self.add_unit(self._layer)

    @Slot()
    def remove_unit_here(self) -> None:
        """Remove the selected unit, or the last of the selected layer."""
        if self._layer is None:
            self._document.refuse(self._nothing_selected())
        elif self._unit is None:
            self.drop_unit(self._layer)
        else:
            unit = self._unit
            self._document.change_topology(self.tr("remove unit"), lambda t: edits.remove_unit(t, unit))

    @Slot()
    def insert_layer_here(self) -> None:
        """Put a new layer after the selected one, or before the output layer."""
        last = len(self.topology.layers) - 1
        index = last if self._layer is None else self.topology.layer_index[self._layer] + 1
        self.insert_layer(min(index, last))

    @Slot()
    def remove_layer_here(self) -> None:
        """Remove the selected layer."""
        if self._layer is None:
            self._document.refuse(self._nothing_selected())
        else:
            self.remove_layer(self._layer)

    @Slot()
    def delete_here(self) -> None:
        """Remove the selected unit; or the layer, where a layer is selected or the unit is its last."""
        if self._unit is None or len(self.topology.layer_of_unit(self._unit).units) == 1:
            self.remove_layer_here()
        else:
            self.remove_unit_here()

    def _nothing_selected(self) -> str:
        return self.tr("Nothing is selected: click a unit or the name of a layer first.")

    @Slot(object)
    def _on_setup_changed(self) -> None:
        topology = self.topology
        if self._layer is not None and self._layer not in topology.layer_index:
            self.select(None)
        elif self._unit is not None and self._unit not in topology.unit_place:
            self.select(self._layer)
