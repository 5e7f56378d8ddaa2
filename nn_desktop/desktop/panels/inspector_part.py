"""The number of a unit or a connection, to be read, copied and typed."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QFormLayout, QWidget

from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.descriptions import idle_reason
from nn_desktop.desktop.look.notice import Notice, PlainLabel
from nn_desktop.desktop.look.numbers import NO_NUMBER, editable_number, exact_number
from nn_desktop.desktop.look.validated_field import MarkedField
from nn_desktop.insight.inspection import Part, exists
from nn_desktop.network.topology import Pair
from nn_desktop.training.snapshot import Snapshot


class NumberField(MarkedField):
    """Shows a live number in few digits, and in all of them while it has the focus.

    Parameters
    ----------
    tip
        What can be done with it.
    """

    def __init__(self, name: str, accessible_name: str, tip: str) -> None:
        super().__init__(name, accessible_name)
        self._tip = tip
        self._number: float | None = None
        self.setToolTip(tip)

    def show_number(self, number: float | None) -> None:
        """Show a newer number, unless somebody types another one; None for one that is not known yet."""
        self._number = number
        self.show_text(self._number_text())

    def show_again(self) -> None:
        """Show the number that is in force, whatever was typed."""
        self.take_back(self._number_text())

    def enterEvent(self, event: object) -> None:
        """Say all digits: a tool tip is asked for only while the pointer rests."""
        super().enterEvent(event)  # type: ignore[arg-type]
        exact = "" if self._number is None else f"\n{exact_number(self._number)}"
        self.setToolTip(self._tip + exact)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.isModified():
            self.setText(self._number_text(is_exact=True))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.show_text(self._number_text())

    def _number_text(self, is_exact: bool | None = None) -> str:
        if self._number is None:
            return NO_NUMBER
        is_exact = self.hasFocus() if is_exact is None else is_exact
        return exact_number(self._number) if is_exact else editable_number(self._number)


class InspectorPart(QWidget):
    """The bias of a unit, or the weight of a connection, and whether it is frozen.

    What is typed is applied by Enter, and taken back when the field is left.
    """

    def __init__(self, editor: NetworkEditor) -> None:
        super().__init__()
        identify(self, "inspector_part")
        self._editor = editor
        self._snapshot: Snapshot | None = None
        self._part: Part | None = None
        self._reason = PlainLabel("inspector_reason")
        self._error = Notice("inspector_error")
        self._error.setForegroundRole(QPalette.ColorRole.BrightText)
        tip = self.tr("Type a number and press Enter; the network learns on from there")
        self._bias = NumberField("inspector_bias", self.tr("Bias of the unit"), tip)
        self.weight = NumberField("inspector_weight", self.tr("Weight of the connection"), tip)
        self._frozen = QCheckBox(self.tr("F&rozen"))
        identify(self._frozen, "inspector_connection_frozen", self.tr("Keep the connection from learning"))
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(6)
        self._form.addRow(self._reason)
        self._form.addRow(self.tr("&Weight w"), self.weight)
        self._form.addRow(self.tr("&Bias b"), self._bias)
        self._form.addRow(self._error)
        self._form.addRow(self._frozen)
        for field in (self.weight, self._bias):
            self._form.labelForField(field).setToolTip(tip)
            field.returnPressed.connect(self._on_number_typed)
            field.left.connect(self.take_back)
        self._frozen.clicked.connect(self._on_frozen)

    def show_part(self, part: Part | None) -> None:
        """Show what is current; what was being typed about something else is taken back."""
        if part != self._part:
            self._part = part
            self.take_back()
        topology = self._editor.topology
        reason = idle_reason(topology, part) if isinstance(part, int) else ""
        self._reason.setText(reason)
        has_bias = isinstance(part, int) and topology.unit_place[part][0] > 0
        is_connection = isinstance(part, tuple)
        for row, is_shown in (
            (self._reason, bool(reason)),
            (self.weight, is_connection),
            (self._bias, has_bias),
            (self._error, bool(self._error.text())),
            (self._frozen, is_connection),
        ):
            self._form.setRowVisible(row, is_shown)
        if isinstance(part, tuple):
            self._show_freezing(part)
        self._show_number()

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show the number of a newer snapshot."""
        self._snapshot = snapshot
        self._show_number()

    @Slot()
    def take_back(self) -> None:
        """Show what is in force, whatever was typed."""
        self._show_number()
        self.weight.show_again()
        self._bias.show_again()
        self._say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and isinstance(self.focusWidget(), NumberField):
            self.take_back()
        else:
            super().keyPressEvent(event)

    def _show_freezing(self, pair: Pair) -> None:
        topology = self._editor.topology
        is_layer_frozen = topology.layer_of_unit(pair[1]).frozen
        self._frozen.setChecked(topology.is_frozen(*pair))
        self._frozen.setEnabled(not is_layer_frozen)
        self._frozen.setToolTip(
            self.tr("The layer that it leads to is frozen, with all connections into it")
            if is_layer_frozen
            else self.tr("A frozen connection takes part and does not learn")
        )

    def _show_number(self) -> None:
        part = self._part
        if part is not None:
            field = self.weight if isinstance(part, tuple) else self._bias
            field.show_number(_number(self._snapshot, part))

    def _say(self, text: str) -> None:
        """Say what is wrong with a number; an empty text takes it away."""
        self._form.setRowVisible(self._error, bool(text))
        self._error.say(text)

    @Slot()
    def _on_number_typed(self) -> None:
        part = self._part
        if part is None:
            return
        field = self.weight if isinstance(part, tuple) else self._bias
        wrong = self._editor.type_number(part, field.text()) if field.isModified() else ""
        field.mark(bool(wrong), wrong)
        self._say(wrong)
        if not wrong:
            field.setModified(False)  # from here on it is live again

    @Slot(bool)
    def _on_frozen(self, frozen: bool) -> None:
        part = self._part
        if isinstance(part, tuple):
            self._editor.freeze_connections([part], frozen)
            self.show_part(part)


def _number(snapshot: Snapshot | None, part: Part) -> float | None:
    """Return a weight or a bias of the newest snapshot, in which what was just drawn is not yet."""
    if snapshot is None or not exists(snapshot.parameters.topology, part):
        return None
    topology, matrices = snapshot.parameters.topology, snapshot.parameters
    if isinstance(part, tuple):
        layer, row = topology.unit_place[part[1]]
        source, column = topology.unit_place[part[0]]
        layers = topology.layers
        number = matrices.weights(layers[source].id, layers[layer].id)[row, column]
    else:
        layer, row = topology.unit_place[part]
        if layer == 0:
            return None
        number = matrices.biases(topology.layers[layer].id)[row]
    return number  # type: ignore[no-any-return]  # of the network's type: float32 has fewer digits
