"""The edits one can make to the network: what canvas, outline, inspector and keys have in common."""

import math
from collections.abc import Callable, Collection, Iterable

import numpy as np
from PySide6.QtCore import QObject, Slot

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.numbers import read_figure
from nn_desktop.drawing.placement import AUTOMATIC, Layout, Offset
from nn_desktop.insight.inspection import exists
from nn_desktop.network import edits, wiring
from nn_desktop.network.fragment import Fragment, check_range, insert, replace_network, take
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.parameter_edits import FragmentNumbers, TypedNumbers
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Pair, Topology, TopologyError

NEW_LAYER_UNITS = 4
USUAL = 1e38
"""Numbers below it can be computed with in any precision."""


class NetworkEditor(QObject):
    """Edits the document's network, at what is selected or elsewhere.

    Whatever is named may be gone since it was drawn: then nothing happens. Edits tell whether they were done.
    """

    def __init__(self, document: Document, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.selection = selection

    @property
    def topology(self) -> Topology:
        """The network that is edited."""
        return self.document.setup.topology

    # Units and layers.

    def add_units(self, layer: int, place: int | None = None, count: int = 1) -> bool:
        """Add units to a layer, at a place among its units, or at its end."""

        def add(topology: Topology, layer: int) -> Topology:
            end = len(topology.layer(layer).units)
            return edits.add_units(topology, layer, end if place is None else place, count)

        return self._edit_layer(layer, self.tr("add unit") if count == 1 else self.tr("add units"), add)

    def drop_unit(self, layer: int) -> bool:
        """Remove the last unit of a layer."""
        return self._edit_layer(
            layer, self.tr("remove unit"), lambda t, layer: edits.remove_unit(t, t.layer(layer).units[-1])
        )

    def resize_layer(self, layer: int, size: int) -> bool:
        """Give a layer so many units."""
        return self._edit_layer(
            layer, self.tr("change units"), edits.resize_layer, size, field=f"units {layer}"
        )

    def insert_layer(self, index: int, size: int = NEW_LAYER_UNITS) -> bool:
        """Put a new layer before the layer with this index, and select it."""
        index = min(index, len(self.topology.layers) - 1)  # there may have been more when it was drawn
        hidden = self.topology.layers[1:-1]
        nearest = max(min(index - 1, len(hidden)) - 1, 0)  # the hidden layer before it, or else the first
        activation = hidden[nearest].activation if hidden else Activation.TANH
        done = self.document.change_topology(
            self.tr("add layer"), lambda t: edits.insert_layer(t, index, size, activation)
        )
        if done:
            self.selection.select_layer(self.topology.layers[index].id)
        return done

    def remove_layer(self, layer: int) -> bool:
        """Remove a hidden layer."""
        return self._edit_layer(layer, self.tr("remove layer"), edits.remove_layer)

    def move_unit(self, unit: int, place: int) -> bool:
        """Put a unit at another place within its layer."""
        if unit not in self.topology.unit_place:
            return False
        return self.document.change_topology(self.tr("move unit"), lambda t: edits.move_unit(t, unit, place))

    def move_layer(self, layer: int, index: int) -> bool:
        """Put a hidden layer at another place among the layers."""
        return self._edit_layer(layer, self.tr("move layer"), edits.move_layer, index)

    def rename_layer(self, layer: int, name: str) -> bool:
        """Give a layer a name of its own, or none."""
        return self._edit_layer(layer, self.tr("rename layer"), edits.rename_layer, name)

    def set_activation(self, layer: int, activation: Activation) -> bool:
        """Choose the activation of a layer."""
        return self._edit_layer(layer, self.tr("change activation"), edits.set_activation, activation)

    def set_initializer(self, layer: int, initializer: Initializer | None) -> bool:
        """Choose where the weights of a layer start; None for where all others do."""
        return self._edit_layer(layer, self.tr("change initializer"), edits.set_initializer, initializer)

    def freeze_layer(self, layer: int, frozen: bool) -> bool:
        """Let a layer take part and not learn, or learn again."""
        text = self.tr("freeze layer") if frozen else self.tr("let layer learn")
        return self._edit_layer(layer, text, edits.freeze_layer, frozen)

    def _edit_layer(
        self, layer: int, text: str, edit: Callable[..., Topology], *arguments: object, field: str = ""
    ) -> bool:
        """Edit a layer by a function of the network, the layer and these arguments, unless it is gone."""
        return layer in self.topology.layer_index and self.document.change_topology(
            text, lambda t: edit(t, layer, *arguments), field
        )

    # Connections.

    def connect_parts(self, source: int, target: int) -> str:
        """Connect two units, or all units of two layers; return why that cannot be, empty if it is done.

        A connection between two units is selected then.
        """
        if why := self.explain_connection(source, target):
            return why
        if {source, target} <= self.topology.layer_index.keys():
            self.document.change_topology(
                self.tr("connect layers"), lambda t: wiring.link_layers(t, source, target)
            )
        elif {source, target} <= self.topology.unit_place.keys():
            done = self.document.change_topology(
                self.tr("connect units"), lambda t: wiring.connect(t, source, target)
            )
            if done:
                self.selection.select_connection((source, target))
        return ""

    def explain_connection(self, source: int, target: int) -> str:
        """Return why two units, or two layers, are not to be connected; empty if nothing is in the way."""
        try:
            if {source, target} <= self.topology.layer_index.keys():
                edited = wiring.link_layers(self.topology, source, target)
            elif {source, target} <= self.topology.unit_place.keys():
                edited = wiring.connect(self.topology, source, target)
            else:  # one of them is gone
                return ""
        except TopologyError as error:
            return str(error)
        if edited == self.topology:
            return self.tr("They are connected already.")
        return ""

    def freeze_connections(self, connections: Iterable[Pair], frozen: bool) -> bool:
        """Let connections take part and not learn, or learn again."""
        there = [pair for pair in connections if exists(self.topology, pair)]
        return self.document.change_topology(
            self.tr("freeze connections") if frozen else self.tr("let connections learn"),
            lambda t: wiring.freeze_connections(t, there, frozen),
        )

    # Several parts at once.

    def erase(
        self,
        units: Collection[int] = (),
        connections: Collection[Pair] = (),
        layers: Collection[int] = (),
        is_bridged: bool = True,
    ) -> bool:
        """Remove whatever is named, in one step; see `edits.erase`."""
        t = self.topology
        units = [unit for unit in units if unit in t.unit_place]
        layers = [layer for layer in layers if layer in t.layer_index]
        there = [pair for pair in connections if exists(t, pair)]
        if not (units or there or layers):
            return False

        def erased(topology: Topology) -> Topology:
            if len(layers) == len(topology.layers):
                return edits.clear(topology)
            for layer in layers:
                topology = edits.remove_layer(topology, layer)
            left = [unit for unit in units if unit in topology.unit_place]
            kept = [pair for pair in there if all(unit in topology.unit_place for unit in pair)]
            return edits.erase(topology, left, kept, is_bridged) if left or kept else topology

        return self.document.change_topology(self.tr("erase"), erased)

    @Slot()
    def clear(self) -> None:
        """Remove all but the units that belong to the dataset."""
        self.document.change_topology(self.tr("erase everything"), edits.clear)

    # Whole pieces.

    def copy(
        self, layers: Collection[int], parameters: Parameters, topology: Topology | None = None
    ) -> Fragment:
        """Return some layers, or the whole network if none are named, with numbers that belong to it.

        Of the network of now, unless another one is given.
        """
        topology = topology or self.topology
        there = [layer.id for layer in topology.layers if not layers or layer.id in layers]
        known = parameters if parameters.topology == topology else None
        return take(topology, there, known)

    def paste(self, fragment: Fragment) -> bool:
        """Put layers in after the current one, or before the output; a whole network replaces this one."""
        ids: dict[int, int] = {}
        precision = self.document.setup.hyperparameters.precision

        def pasted(topology: Topology) -> Topology:
            check_range(fragment, precision)
            if fragment.is_whole:
                topology, new_ids = replace_network(topology, fragment)
            else:
                last = len(topology.layers) - 1
                layer = self.selection.layer
                index = last if layer is None else topology.layer_index[layer] + 1
                topology, new_ids = insert(topology, min(index, last), fragment)
            ids.update(new_ids)
            return topology

        has_numbers = bool(fragment.biases or fragment.weights)
        assignment = FragmentNumbers(fragment, ids) if has_numbers else None
        done = self.document.change_topology(self.tr("paste"), pasted, assignment=assignment)
        if done and not fragment.is_whole:
            self.selection.select((), layers=[ids[layer.id] for layer in fragment.layers])
        return done

    def duplicate(self, parameters: Parameters, layers: Collection[int] | None = None) -> bool:
        """Put a copy of some layers, or of those that are selected or current, after them."""
        layers = self.selection.whole_layers if layers is None else layers
        hidden = [layer.id for layer in self.topology.layers[1:-1] if layer.id in layers]
        if not hidden:
            self.document.refuse(
                self.tr("The input and the output layer are there once: select a hidden layer to duplicate.")
            )
            return False
        fragment = self.copy(hidden, parameters)
        self.selection.select((), layers=hidden[-1:])
        return self.paste(fragment)

    def load_network(self, text: str, build: Callable[[int, int, Activation], Topology]) -> bool:
        """Take another network in place of this one, with the dataset's inputs and outputs."""
        first, last = self.topology.layers[0], self.topology.layers[-1]
        topology = build(len(first.units), len(last.units), last.activation)
        fragment = take(topology, [layer.id for layer in topology.layers])
        return self.document.change_topology(text, lambda t: replace_network(t, fragment)[0])

    # Numbers.

    def type_number(self, part: int | Pair, text: str) -> str:
        """Take over a weight or bias that somebody typed; return what is wrong with it, or an empty text."""
        value = read_figure(text)
        why = self.explain_number(text)
        if value is None or why:
            return why
        if isinstance(part, int):
            if part not in self.topology.unit_place:
                return self.tr("This unit is gone: choose another one.")
            if self.topology.unit_place[part][0] == 0:
                return self.tr("An input has no bias: its value comes from the data.")
            self.document.assign(self.tr("type bias"), TypedNumbers(biases=((part, value),)))
        elif exists(self.topology, part):
            self.document.assign(self.tr("type weight"), TypedNumbers(weights=((part, value),)))
        return ""

    def explain_number(self, text: str) -> str:
        """Return why a text is no weight or bias; empty if it is one."""
        value = read_figure(text)
        if value is None:
            return self.tr("“{text}” is no number: type one such as −0.25.").format(text=_short(text))
        if abs(value) < USUAL:  # a pasted matrix has thousands of them
            return ""
        precision = self.document.setup.hyperparameters.precision
        with np.errstate(over="ignore"):
            if math.isfinite(np.dtype(precision).type(value)):
                return ""
        text = _short(text)
        return self.tr("“{text}” is too large to compute with: type a smaller number.").format(text=text)

    def paste_numbers(self, numbers: TypedNumbers) -> None:
        """Put many weights and biases in at once, of the network as it is."""
        self.document.assign(self.tr("paste weights"), numbers)

    # The drawing.

    @Slot()
    def arrange(self) -> None:
        """Let everything stand where it does by itself."""
        self.document.change_layout(self.tr("arrange"), AUTOMATIC)


def moved(layout: Layout, layers: Collection[int], units: Collection[int], dx: float, dy: float) -> Layout:
    """Return a layout in which some layers and units stand elsewhere by so many points."""

    def shifted(offsets: dict[int, Offset], ids: Collection[int]) -> dict[int, Offset]:
        for part in ids:
            x, y = offsets.get(part, (0.0, 0.0))
            offsets[part] = x + dx, y + dy
        return offsets

    return Layout(shifted(dict(layout.layers), layers), shifted(dict(layout.units), units))


def _short(text: str) -> str:
    """Quote no more of a text than fits into a sentence."""
    return text if len(text) <= 20 else f"{text[:20]}…"
