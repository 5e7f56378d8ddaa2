"""The properties of what is selected: of a layer, a unit or a connection."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.descriptions import idle_reason, layer_title, part_title, role_title
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice, PlainLabel
from nn_desktop.desktop.look.number_fields import IntegerBox
from nn_desktop.desktop.look.numbers import NO_NUMBER, editable_number
from nn_desktop.desktop.look.validated_field import MarkedField
from nn_desktop.insight.inspection import Part, exists
from nn_desktop.network.functions import ACTIVATIONS, Activation, Initializer
from nn_desktop.network.initializer_titles import initializer_title
from nn_desktop.network.topology import MAX_UNITS, Layer
from nn_desktop.training.snapshot import Snapshot


class InspectorPanel(QWidget):
    """Shows and changes the properties of what is current.

    Of a unit, its bias and what its layer has; of a layer, its name, activation, units, initializer and
    freezing; of a connection, its weight and freezing. What is typed is applied by Enter, and taken back when
    the field is left.
    """

    def __init__(self, document: Document, editor: NetworkEditor) -> None:
        super().__init__()
        identify(self, "inspector_panel", self.tr("Properties of the selection"))
        self._document = document
        self._editor = editor
        self._selection = editor.selection
        self._snapshot: Snapshot | None = None
        self._shown: Part | None = None
        self._is_in_view = False
        self._title = PlainLabel("inspector_title")
        self._reason = PlainLabel("inspector_reason")
        self._hint = PlainLabel("inspector_hint")
        self._hint.setText(self.tr("Click a unit, a connection or the title of a layer to see what it has."))
        self._error = Notice("inspector_error")
        self._error.setForegroundRole(QPalette.ColorRole.BrightText)
        self._bias = MarkedField("inspector_bias", self.tr("Bias of the unit"))
        self._weight = MarkedField("inspector_weight", self.tr("Weight of the connection"))
        self._connection_frozen, self._frozen = QCheckBox(self.tr("F&rozen")), QCheckBox(self.tr("F&rozen"))
        name = self.tr("Keep the connection from learning")
        identify(self._connection_frozen, "inspector_connection_frozen", name)
        identify(self._frozen, "inspector_frozen", self.tr("Keep the layer from learning"))
        self._name = MarkedField("inspector_name", self.tr("Name of the layer"))
        self._activation = _make_combo_box("inspector_activation", self.tr("Activation of the layer"))
        self._units = IntegerBox()
        identify(self._units, "inspector_units", self.tr("Number of units of the layer"))
        self._units.setRange(1, MAX_UNITS)
        self._units.setKeyboardTracking(False)
        self._initializer = _make_combo_box("inspector_initializer", self.tr("Initializer of the layer"))
        self._lay_out()
        self._show_part()
        self._connect()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the number of a newer snapshot, unless somebody is typing another one."""
        self._snapshot = snapshot
        if self._is_in_view:
            self._show_numbers()

    def focus_first(self) -> None:
        """Begin to type in the first field: the name of the layer, or the weight."""
        self._show_part()
        field = self._weight if self._selection.connection is not None else self._name
        field.setFocus()
        field.selectAll()

    @Slot(bool)
    def set_in_view(self, is_in_view: bool) -> None:
        """Catch up with what happened unseen, or rest. Qt calls a dock behind another tab visible too."""
        self._is_in_view = is_in_view
        if is_in_view:
            self._show_part()

    def sizeHint(self) -> QSize:
        """Return the height that a unit asks for, whatever is shown."""
        return QSize(super().sizeHint().width(), self._height_of_unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and isinstance(self.focusWidget(), MarkedField):
            self._take_back()
        else:
            super().keyPressEvent(event)

    # Making it.

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        inside = QWidget()
        self._form = form = QFormLayout(inside)
        form.setContentsMargins(8, 0, 8, 8)
        form.setVerticalSpacing(6)
        for label in (self._hint, self._title, self._reason):
            form.addRow(label)
        form.addRow(self.tr("&Weight w"), self._weight)
        form.addRow(self.tr("&Bias b"), self._bias)
        form.addRow(self._error)
        form.addRow(self._connection_frozen)
        self._layer_fields: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Na&me"), self._name),
            (self.tr("A&ctivation"), self._activation),
            (self.tr("&Units"), self._units),
            (self.tr("&Initializer"), self._initializer),
        )
        for title, field in self._layer_fields:
            form.addRow(title, field)
        form.addRow(self._frozen)
        for field in (self._weight, self._bias):
            field.setToolTip(self.tr("Type a number and press Enter; the network learns on from there"))
        self._name.setToolTip(self.tr("A name of the layer's own; press Enter to apply"))
        self._scroll(inside)

    def _scroll(self, inside: QWidget) -> None:
        """Let rows come and go without moving what stands above the panel."""
        for row in (self._hint, self._reason, self._weight, self._error, self._connection_frozen):
            self._form.setRowVisible(row, False)
        self._height_of_unit = self._form.minimumSize().height()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        fill(QVBoxLayout(self), area)

    def _connect(self) -> None:
        for field in (self._weight, self._bias):
            field.returnPressed.connect(self._on_number_typed)
        self._name.returnPressed.connect(self._on_name_typed)
        for field in (self._weight, self._bias, self._name):
            field.left.connect(self._take_back)
        self._connection_frozen.clicked.connect(self._on_connection_frozen)
        editor, change = self._editor, self._change_layer
        self._activation.activated.connect(partial(change, editor.set_activation, self._chosen_activation))
        self._units.valueChanged.connect(partial(change, editor.resize_layer, self._units.value))
        self._initializer.activated.connect(partial(change, editor.set_initializer, self._chosen_initializer))
        self._frozen.clicked.connect(partial(change, editor.freeze_layer, self._frozen.isChecked))
        self._selection.changed.connect(self._on_changed)
        self._document.setup_changed.connect(self._on_changed)

    # Showing.

    @Slot()
    def _on_changed(self) -> None:
        if self._is_in_view:
            self._show_part()

    def _show_part(self) -> None:
        """Show what is current; what was being typed about something else is taken back."""
        part, layer = self._part(), self._layer()
        current = part if part is not None or layer is None else layer.id
        if current != self._shown:
            self._shown = current
            self._take_back()
        self._show_rows(part, layer)
        if isinstance(part, tuple):
            self._show_freezing(part)
        if layer is not None:
            self._show_layer(layer)
        self._show_numbers()

    def _part(self) -> Part | None:
        selection, topology = self._selection, self._editor.topology
        part = selection.unit if selection.connection is None else selection.connection
        return part if part is not None and exists(topology, part) else None

    def _layer(self) -> Layer | None:
        """Return the current layer, or that of the current unit."""
        layer, topology = self._selection.layer, self._editor.topology
        return topology.layer(layer) if layer is not None and layer in topology.layer_index else None

    def _show_rows(self, part: Part | None, layer: Layer | None) -> None:
        topology = self._editor.topology
        is_connection, is_unit = isinstance(part, tuple), isinstance(part, int)
        has_bias = isinstance(part, int) and topology.unit_place[part][0] > 0
        if part is not None:
            title = part_title(topology, part, self._snapshot.dataset if self._snapshot else None)
        else:
            title = "" if layer is None else layer_title(topology, topology.layer_index[layer.id])
        self._title.setText(title)
        reason = idle_reason(topology, part) if isinstance(part, int) else ""
        self._reason.setText(reason)
        for row, is_shown in (
            (self._hint, part is None and layer is None),
            (self._title, bool(title)),
            (self._reason, bool(reason)),
            (self._weight, is_connection),
            (self._connection_frozen, is_connection),
            (self._bias, is_unit and has_bias),
            (self._error, bool(self._error.text())),
            *((field, layer is not None) for _, field in self._layer_fields),
            (self._frozen, layer is not None),
        ):
            self._form.setRowVisible(row, is_shown)

    def _show_freezing(self, pair: tuple[int, int]) -> None:
        topology = self._editor.topology
        is_layer_frozen = topology.layer_of_unit(pair[1]).frozen
        self._connection_frozen.setChecked(topology.is_frozen(*pair))
        self._connection_frozen.setEnabled(not is_layer_frozen)
        self._connection_frozen.setToolTip(
            self.tr("The layer that it leads to is frozen, with all connections into it")
            if is_layer_frozen
            else self.tr("A frozen connection takes part and does not learn")
        )

    def _show_layer(self, layer: Layer) -> None:
        topology = self._editor.topology
        index = topology.layer_index[layer.id]
        is_input, is_output = index == 0, index == len(topology.layers) - 1
        self._name.setPlaceholderText(role_title(topology, index))
        self._name.show_text(layer.name)
        self._show_activation(layer, is_input, is_output)
        blocked = self._units.blockSignals(True)
        self._units.setValue(len(layer.units))
        self._units.blockSignals(blocked)
        self._units.setEnabled(not (is_input or is_output))
        self._units.setToolTip(
            self.tr("The dataset decides how many inputs and outputs there are")
            if is_input or is_output
            else self.tr("Number of units of this layer")
        )
        self._show_initializer(layer, is_input)
        self._frozen.setChecked(layer.frozen)
        self._frozen.setEnabled(not is_input)
        self._frozen.setToolTip(
            self.tr("The input layer has nothing to learn")
            if is_input
            else self.tr("A frozen layer takes part and does not learn")
        )

    def _show_activation(self, layer: Layer, is_input: bool, is_output: bool) -> None:
        activations = [a for a in Activation if is_output or a is not Activation.SOFTMAX]
        if [self._activation.itemData(row) for row in range(self._activation.count())] != activations:
            self._activation.clear()
            for activation in activations:
                self._activation.addItem(ACTIVATIONS[activation].title, activation)
        self._activation.setCurrentIndex(activations.index(layer.activation))
        self._activation.setEnabled(not is_input)
        self._activation.setToolTip(
            self.tr("The input layer passes its values on: it has no activation")
            if is_input
            else ACTIVATIONS[layer.activation].formula
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
        self._initializer.setToolTip(
            self.tr("The input layer has no weights")
            if is_input
            else self.tr(
                "How the weights into this layer are drawn at the start; all others: {initializer}. "
                "If the network has learned already, it counts from the next start."
            ).format(initializer=general)
        )

    def _show_numbers(self) -> None:
        part = self._part()
        if part is not None:
            field = self._weight if isinstance(part, tuple) else self._bias
            field.show_text(_number_text(self._snapshot, part))

    def _say(self, text: str) -> None:
        """Say what is wrong with a number; an empty text takes it away."""
        self._form.setRowVisible(self._error, bool(text))
        self._error.say(text)

    # Changing.

    @Slot()
    def _on_number_typed(self) -> None:
        part = self._part()
        if part is None:
            return
        field = self._weight if isinstance(part, tuple) else self._bias
        wrong = self._editor.type_number(part, field.text()) if field.isModified() else ""
        field.mark(bool(wrong), wrong)
        self._say(wrong)
        if not wrong:
            field.setModified(False)  # from here on it is live again

    @Slot()
    def _on_name_typed(self) -> None:
        layer = self._layer()
        if layer is None:
            return
        done = self._editor.rename_layer(layer.id, self._name.text())
        self._name.mark(is_wrong=not done)
        if done:
            self._name.take_back(self._editor.topology.layer(layer.id).name)

    @Slot()
    def _take_back(self) -> None:
        part, layer = self._part(), self._layer()
        for field in (self._weight, self._bias):
            field.take_back("" if part is None else _number_text(self._snapshot, part))
        self._name.take_back("" if layer is None else layer.name)
        self._say("")

    @Slot(bool)
    def _on_connection_frozen(self, frozen: bool) -> None:
        part = self._part()
        if isinstance(part, tuple):
            self._editor.freeze_connections([part], frozen)
            self._show_part()

    def _chosen_activation(self) -> Activation:
        return Activation(self._activation.currentData())

    def _chosen_initializer(self) -> Initializer | None:
        chosen = self._initializer.currentData()
        return None if chosen is None else Initializer(chosen)

    def _change_layer(self, edit: Callable[[int, Any], bool], read: Callable[[], object], *_: object) -> None:
        """Edit the current layer; if that cannot be, its field shows the old value again."""
        layer = self._layer()
        if layer is not None:
            edit(layer.id, read())
            self._show_part()


def _number_text(snapshot: Snapshot | None, part: Part) -> str:
    """Return a weight or a bias of the newest snapshot, in which what was just drawn is not yet."""
    if snapshot is None or not exists(snapshot.parameters.topology, part):
        return NO_NUMBER
    parameters = snapshot.parameters
    if isinstance(part, tuple):
        return editable_number(parameters.weight(*part))
    return editable_number(parameters.bias(part)) if parameters.topology.unit_place[part][0] else ""


def _make_combo_box(name: str, accessible_name: str) -> QComboBox:
    box = QComboBox()
    identify(box, name, accessible_name)
    box.setMinimumContentsLength(10)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
