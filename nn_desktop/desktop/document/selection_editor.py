"""The edits of what is selected: what keys, menus and context menus do."""

from collections.abc import Collection

from PySide6.QtCore import QObject

from nn_desktop.desktop.document.editor import NetworkEditor, moved
from nn_desktop.network import edits
from nn_desktop.network.topology import Pair, Topology


class SelectionEditor(QObject):
    """Edits the network at what is selected or current; where nothing is, it says so."""

    def __init__(self, editor: NetworkEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._document = editor.document
        self._selection = editor.selection

    def add_unit(self) -> None:
        """Add a unit to the current layer, after the current unit."""
        layer, unit = self._selection.layer, self._selection.unit
        if layer is None:
            self._refuse_nothing()
        elif unit is None:
            self._editor.add_units(layer)
        else:
            self._editor.add_units(layer, self._editor.topology.unit_place[unit][1] + 1)

    def remove_unit(self) -> None:
        """Remove the current unit, or the last of the current layer."""
        layer, unit = self._selection.layer, self._selection.unit
        if layer is None:
            self._refuse_nothing()
        elif unit is None:
            self._editor.drop_unit(layer)
        else:
            self._document.change_topology(self.tr("remove unit"), lambda t: edits.remove_unit(t, unit))

    def insert_layer(self) -> None:
        """Put a new layer after the current one, or before the output layer."""
        last, layer = len(self._editor.topology.layers) - 1, self._selection.layer
        index = last if layer is None else self._editor.topology.layer_index[layer] + 1
        self._editor.insert_layer(min(index, last))

    def remove_layer(self) -> None:
        """Remove the current layer."""
        if self._selection.layer is None:
            self._refuse_nothing()
        else:
            self._editor.remove_layer(self._selection.layer)

    def delete(self) -> None:
        """Remove all that is selected; a layer whose last unit is removed goes too."""
        selection = self._selection
        if selection.is_empty:
            self._refuse_nothing()
        else:
            self._editor.erase(selection.units, selection.connections, selection.layers)

    def freeze(self) -> None:
        """Let the selected connections, or layers, not learn; or learn again, if none of them did."""
        selection = self._selection
        if selection.connections:
            self._freeze_connections(selection.connections)
        elif selection.layer is not None:
            self._freeze_layers(selection.whole_layers - {self._editor.topology.layers[0].id})
        else:
            self._refuse_nothing()

    def _freeze_connections(self, connections: Collection[Pair]) -> None:
        topology = self._editor.topology
        own = [pair for pair in connections if not topology.layer_of_unit(pair[1]).frozen]
        if not own:
            self._document.refuse(
                self.tr(
                    "The whole layer that this connection leads into is frozen: let the layer learn first."
                )
            )
            return
        self._editor.freeze_connections(own, not all(topology.is_frozen(*pair) for pair in own))

    def _freeze_layers(self, layers: Collection[int]) -> None:
        if not layers:
            self._document.refuse(
                self.tr("The input layer has no weights and biases that could learn: choose a later layer.")
            )
            return
        frozen = not all(self._editor.topology.layer(layer).frozen for layer in layers)

        def freeze(topology: Topology) -> Topology:
            for layer in layers:
                topology = edits.freeze_layer(topology, layer, frozen)
            return topology

        text = self.tr("freeze layer") if frozen else self.tr("let layer learn")
        self._document.change_topology(text, freeze)

    def reorder(self, layers: int, units: int) -> None:
        """Move the current unit up or down in its layer, or the current layer to the left or right."""
        layer, unit = self._selection.layer, self._selection.unit
        if layer is None:
            self._refuse_nothing()
        elif layers:
            self._editor.move_layer(layer, self._editor.topology.layer_index[layer] + layers)
        elif unit is not None:
            place = self._editor.topology.unit_place[unit][1] + units
            self._editor.move_unit(
                unit, min(max(place, 0), len(self._editor.topology.layer(layer).units) - 1)
            )

    def nudge(self, dx: float, dy: float) -> None:
        """Move what is selected by so many points in the drawing."""
        selection = self._selection
        if selection.units or selection.layers:
            self._document.change_layout(
                self.tr("move"), moved(self._document.layout, selection.layers, selection.units, dx, dy)
            )
        else:
            self._refuse_nothing()

    def _refuse_nothing(self) -> None:
        self._document.refuse(self.tr("Nothing is selected: click a unit or the name of a layer first."))
