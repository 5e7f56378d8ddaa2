"""What a layer has: its name, activation, units, initializer, and whether it learns."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.descriptions import role_title
from nn_desktop.desktop.look.number_fields import IntegerBox
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.validated_field import MarkedField
from nn_desktop.network.functions import ACTIVATIONS, Activation, Initializer
from nn_desktop.network.initializer_titles import initializer_title
from nn_desktop.network.topology import MAX_UNITS, Layer


class InspectorLayer(QWidget):
    """Shows and changes the properties of a layer.

    A name that is typed is applied by Enter, and taken back when the field is left.
    """

    def __init__(self, document: Document, editor: NetworkEditor) -> None:
        super().__init__()
        identify(self, "inspector_layer")
        self._document, self._editor = document, editor
        self._layer: Layer | None = None
        self.name = MarkedField("inspector_name", self.tr("Name of the layer"))
        self._activation = _make_combo_box("inspector_activation", self.tr("Activation of the layer"))
        self._units = IntegerBox()
        identify(self._units, "inspector_units", self.tr("Number of units of the layer"))
        self._units.setRange(1, MAX_UNITS)
        self._units.setKeyboardTracking(False)
        self._initializer = _make_combo_box("inspector_initializer", self.tr("Initializer of the layer"))
        self._frozen = QCheckBox(self.tr("F&rozen"))
        identify(self._frozen, "inspector_frozen", self.tr("Keep the layer from learning"))
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(6)
        self._form.addRow(self.tr("Na&me"), self.name)
        self._form.addRow(self.tr("A&ctivation"), self._activation)
        self._form.addRow(self.tr("&Units"), self._units)
        self._form.addRow(self.tr("&Initializer"), self._initializer)
        self._form.addRow(self._frozen)
        self._explain(self.name, self.tr("A name of the layer's own; press Enter to apply"))
        self._connect()

    def _connect(self) -> None:
        self.name.returnPressed.connect(self._on_name_typed)
        self.name.left.connect(self.take_back)
        editor, change = self._editor, self._change
        self._activation.activated.connect(partial(change, editor.set_activation, self._chosen_activation))
        self._units.valueChanged.connect(partial(change, editor.resize_layer, self._units.value))
        self._initializer.activated.connect(partial(change, editor.set_initializer, self._chosen_initializer))
        self._frozen.clicked.connect(partial(change, editor.freeze_layer, self._frozen.isChecked))

    def show_layer(self, layer: Layer | None) -> None:
        """Show a layer; what was being typed about another one is taken back."""
        is_other = (None if layer is None else layer.id) != (None if self._layer is None else self._layer.id)
        self._layer = layer
        if is_other:
            self.take_back()
        self.setVisible(layer is not None)
        if layer is None:
            return
        topology = self._editor.topology
        index = topology.layer_index[layer.id]
        is_input, is_output = index == 0, index == len(topology.layers) - 1
        self.name.setPlaceholderText(role_title(topology, index))
        self.name.show_text(layer.name)
        self._show_activation(layer, is_input, is_output)
        self._show_units(layer, is_fixed=is_input or is_output)
        self._show_initializer(layer, is_input)
        self._frozen.setChecked(layer.frozen)
        self._frozen.setEnabled(not is_input)
        self._frozen.setToolTip(
            self.tr("The input layer has nothing to learn")
            if is_input
            else self.tr("A frozen layer takes part and does not learn")
        )

    @Slot()
    def take_back(self) -> None:
        """Show the name that is in force, whatever was typed."""
        self.name.take_back("" if self._layer is None else self._layer.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.name.hasFocus():
            self.take_back()
        else:
            super().keyPressEvent(event)

    def _show_units(self, layer: Layer, is_fixed: bool) -> None:
        blocked = self._units.blockSignals(True)
        self._units.setValue(len(layer.units))
        self._units.blockSignals(blocked)
        self._units.setEnabled(not is_fixed)
        self._explain(
            self._units,
            self.tr("The dataset decides how many inputs and outputs there are")
            if is_fixed
            else self.tr("Number of units of this layer"),
        )

    def _show_activation(self, layer: Layer, is_input: bool, is_output: bool) -> None:
        activations = [a for a in Activation if is_output or a is not Activation.SOFTMAX]
        if [self._activation.itemData(row) for row in range(self._activation.count())] != activations:
            self._activation.clear()
            for activation in activations:
                self._activation.addItem(ACTIVATIONS[activation].title, activation)
        self._activation.setCurrentIndex(activations.index(layer.activation))
        self._activation.setEnabled(not is_input)
        self._explain(
            self._activation,
            self.tr("The input layer passes its values on: it has no activation")
            if is_input
            else ACTIVATIONS[layer.activation].formula,
        )

    def _show_initializer(self, layer: Layer, is_input: bool) -> None:
        general = initializer_title(self._document.setup.hyperparameters.initializer)
        if self._initializer.count() == 0:
            self._initializer.addItem(self.tr("As all others"), None)
            for initializer in Initializer:
                self._initializer.addItem(initializer_title(initializer), initializer)
        chosen = 0 if layer.initializer is None else 1 + list(Initializer).index(layer.initializer)
        self._initializer.setCurrentIndex(chosen)
        self._initializer.setEnabled(not is_input)
        self._explain(
            self._initializer,
            self.tr("The input layer has no weights")
            if is_input
            else self.tr(
                "How the weights into this layer are drawn at the start; all others: {initializer}. "
                "If the network has learned already, it counts from the next start."
            ).format(initializer=general),
        )

    def _explain(self, field: QWidget, tip: str) -> None:
        """Say it where the pointer rests on a field, and on the label beside it."""
        for widget in (field, self._form.labelForField(field)):
            widget.setToolTip(in_lines(tip))

    def _chosen_activation(self) -> Activation:
        return Activation(self._activation.currentData())

    def _chosen_initializer(self) -> Initializer | None:
        chosen = self._initializer.currentData()
        return None if chosen is None else Initializer(chosen)

    def _change(self, edit: Callable[[int, Any], bool], read: Callable[[], object], *_: object) -> None:
        """Edit the layer; if that cannot be, its field shows the old value again."""
        if self._layer is not None:
            edit(self._layer.id, read())
            self._show_again()

    def _show_again(self) -> None:
        """Show the layer as it is now."""
        topology = self._editor.topology
        if self._layer is not None and self._layer.id in topology.layer_index:
            self.show_layer(topology.layer(self._layer.id))

    @Slot()
    def _on_name_typed(self) -> None:
        if self._layer is None:
            return
        done = self._editor.rename_layer(self._layer.id, self.name.text())
        self.name.mark(is_wrong=not done)
        if done:
            self._show_again()
            self.take_back()


def _make_combo_box(name: str, accessible_name: str) -> QComboBox:
    box = QComboBox()
    identify(box, name, accessible_name)
    box.setMinimumContentsLength(10)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
