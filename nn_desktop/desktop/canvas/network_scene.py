"""The drawing of a network: made anew when the topology changes, brought to life by snapshots."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsScene, QGraphicsSimpleTextItem

from nn_desktop.desktop.canvas.button_item import ButtonItem
from nn_desktop.desktop.canvas.connections_item import Connection, ConnectionsItem
from nn_desktop.desktop.canvas.descriptions import layer_title, unit_title
from nn_desktop.desktop.canvas.editor import NetworkEditor
from nn_desktop.desktop.canvas.unit_item import UnitItem
from nn_desktop.desktop.canvas.unit_pictures import unit_pictures
from nn_desktop.desktop.theme import Theme
from nn_desktop.network.functions import ACTIVATIONS
from nn_desktop.network.placement import Column, Placement, place
from nn_desktop.network.topology import Topology
from nn_desktop.training.session import Snapshot

HEADER = 78.0
"""From the centre of the highest unit up to a layer's title."""
FOOTER = 52.0
EDGE = 20.0
MOST_LABEL_WIDTH = 120.0
LEAST_SIDE = 44.0
"""Room beside the first and last column, for titles and the names of inputs and outputs."""
PICTURE_EVERY = 3
"""Units' pictures follow every so many snapshots: ten times a second is enough for the eye."""


class NetworkScene(QGraphicsScene):
    """All that is drawn of a network.

    Parameters
    ----------
    editor
        Of the network; its selection is shown.
    theme
        Of the colours.

    Signals
    -------
    activation_menu_requested(int, QPointF)
        Somebody wants to choose the activation of a layer, at a point of the scene.
    """

    activation_menu_requested = Signal(int, QPointF)

    def __init__(self, editor: NetworkEditor, theme: Theme, font: QFont, snapshot: Snapshot) -> None:
        super().__init__(editor)
        self._editor = editor
        self._theme = theme
        self._font = font
        self._frames = 0
        self.snapshot = snapshot
        self._connections = ConnectionsItem(theme.colors)
        self.addItem(self._connections)
        self._units: dict[int, UnitItem] = {}
        self._buttons: list[ButtonItem] = []
        self._labels: list[QGraphicsItem] = []
        self._hovered_unit: int | None = None
        self._room = QSizeF(700, 600)
        self._rebuild()
        editor.selection_changed.connect(self._on_selection_changed)
        theme.changed.connect(self._on_theme_changed)

    @property
    def topology(self) -> Topology:
        """The network that is drawn."""
        return self.snapshot.setup.topology

    def set_room(self, room: QSizeF) -> None:
        """Place the network anew, for a view of this size."""
        if room != self._room:
            self._room = room
            self._rebuild()

    def show_snapshot(self, snapshot: Snapshot) -> bool:
        """Show a newer moment; tell whether it is of another network, drawn anew."""
        before, self.snapshot = self.snapshot, snapshot
        is_new = snapshot.setup.topology != before.setup.topology
        if is_new or snapshot.dataset.input_names != before.dataset.input_names:
            self._rebuild()
            return True
        self._connections.show_weights(snapshot.parameters)
        self._frames += 1
        if self._frames % PICTURE_EVERY == 0 or snapshot.updates == before.updates:
            self._show_units()
        return False

    def is_empty_at(self, point: QPointF) -> bool:
        """Tell whether a point of the scene has no unit and no button."""
        return not any(isinstance(item, UnitItem | ButtonItem) for item in self.items(point))

    def unit_at(self, point: QPointF) -> int | None:
        """Return the unit at a point of the scene."""
        radius = self.placement.radius + 2
        for unit, item in self._units.items():
            offset = item.pos() - point
            if QPointF.dotProduct(offset, offset) <= radius * radius:
                return unit
        return None

    def connection_at(self, point: QPointF) -> Connection | None:
        """Return the connection at a point of the scene."""
        return self._connections.connection_at(point)

    def column_at(self, point: QPointF) -> Column | None:
        """Return the layer whose column a point of the scene lies in."""
        reach = self.placement.radius + 14
        return next((c for c in self.placement.columns if abs(c.x - point.x()) <= reach), None)

    def set_hovered(self, unit: int | None, connection: Connection | None) -> None:
        """Show what the pointer means."""
        self._connections.set_hovered(connection)
        if unit != self._hovered_unit:
            self._hovered_unit = unit
            self._mark_units()

    def _rebuild(self) -> None:
        for item in [*self._units.values(), *self._buttons, *self._labels]:
            self.removeItem(item)
        for button in self._buttons:
            button.deleteLater()
        self._units, self._buttons, self._labels = {}, [], []
        self._hovered_unit = None
        self._label_width = self._find_label_width()
        side = max(LEAST_SIDE, self._label_width + 30)
        self.placement: Placement = place(
            self.topology, self._room.width() - 2 * side, self._room.height() - HEADER - FOOTER - 2 * EDGE
        )
        self._connections.set_network(self.snapshot.parameters, self.placement)
        for index, column in enumerate(self.placement.columns):
            self._add_units(column)
            self._add_labels(index, column)
            self._add_header(index, column)
            if 0 < index < len(self.placement.columns) - 1:
                self._add_size_buttons(index, column)
            if index > 0:
                self._add_insert_button(index)
        self._show_units()
        self._mark_units()
        self.setSceneRect(self._content_rect())

    def _content_rect(self) -> QRectF:
        p = self.placement
        side = max(LEAST_SIDE, self._label_width + 30)
        left, right = p.columns[0].x - side, p.columns[-1].x + side
        top, bottom = p.top - HEADER - EDGE, p.bottom + FOOTER + EDGE
        return QRectF(left, top, right - left, bottom - top)

    def _find_label_width(self) -> float:
        """Return the room that the names of inputs and outputs need beside their units, within limits."""
        metrics = QFontMetricsF(self._font)
        dataset = self.snapshot.dataset
        widest = max(metrics.horizontalAdvance(name) for name in dataset.input_names + dataset.output_names)
        return min(widest, MOST_LABEL_WIDTH, 0.2 * self._room.width())

    def _add_units(self, column: Column) -> None:
        for unit, x, y in column.units:
            item = UnitItem(unit, self.placement.radius, self._theme.colors)
            item.setPos(x, y)
            self._units[unit] = item
            self.addItem(item)
        if column.gap_y is not None:
            self._add_backdrop(column.x, column.gap_y)
            self._add_text(f"⋮ {len(column.layer.units)}", column.x, column.gap_y, muted=True)

    def _add_labels(self, index: int, column: Column) -> None:
        """Write the names of inputs and outputs beside them."""
        last = len(self.placement.columns) - 1
        if index not in (0, last):
            return
        metrics = QFontMetricsF(self._font)
        for unit, x, y in column.units:
            name = unit_title(self.topology, unit, self.snapshot.dataset)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self._label_width)
            offset = metrics.horizontalAdvance(text) / 2 + self.placement.radius + 8
            item = self._add_text(text, x + (offset if index else -offset), y, muted=True)
            item.setToolTip(name)

    def _add_header(self, index: int, column: Column) -> None:
        top = self.placement.top - HEADER
        self._add_text(layer_title(self.topology, index), column.x, top, muted=False)
        if index == 0:
            return
        name = ACTIVATIONS[column.layer.activation].title
        tip = self.tr("Activation of this layer: {formula}. Click to choose another.").format(
            formula=ACTIVATIONS[column.layer.activation].formula
        )
        button = self._add_button(f"activation_{index}", f"{name} ▾", tip, column.x, top + 26)
        button.target = column.layer.id
        button.clicked.connect(self._on_activation_clicked)

    def _add_size_buttons(self, index: int, column: Column) -> None:
        y = self.placement.bottom + FOOTER
        self._add_text(str(len(column.layer.units)), column.x, y, muted=True)
        minus = self._add_button(
            f"remove_unit_{index}", "−", self.tr("Remove a unit from this layer"), column.x - 32, y
        )
        plus = self._add_button(
            f"add_unit_{index}", "+", self.tr("Add a unit to this layer"), column.x + 32, y
        )
        minus.target = plus.target = column.layer.id
        minus.clicked.connect(self._editor.drop_unit)
        plus.clicked.connect(self._editor.add_unit)

    def _add_insert_button(self, index: int) -> None:
        before, after = self.placement.columns[index - 1 : index + 1]
        tip = self.tr("Insert a layer here")
        button = self._add_button(
            f"insert_layer_{index}", "+", tip, (before.x + after.x) / 2, self.placement.top - HEADER
        )
        button.target = index
        button.clicked.connect(self._editor.insert_layer)

    def _add_button(self, name: str, text: str, tip: str, x: float, y: float) -> ButtonItem:
        button = ButtonItem(name, text, tip, self._theme.colors, self._font)
        button.setPos(x, y)
        self._buttons.append(button)
        self.addItem(button)
        return button

    def _add_text(self, text: str, x: float, y: float, muted: bool) -> QGraphicsSimpleTextItem:
        item = QGraphicsSimpleTextItem(text)
        item.setFont(self._font)
        rect = item.boundingRect()
        item.setPos(x - rect.width() / 2, y - rect.height() / 2)
        item.setBrush(QColor(self._theme.colors.text_muted if muted else self._theme.colors.text))
        self._labels.append(item)
        self.addItem(item)
        return item

    def _add_backdrop(self, x: float, y: float) -> None:
        """Keep the connections away from a text that stands among them."""
        width, height = 52.0, 22.0
        item = QGraphicsRectItem(x - width / 2, y - height / 2, width, height)
        item.setPen(QPen(Qt.PenStyle.NoPen))
        item.setBrush(QColor(self._theme.colors.canvas))
        self._labels.append(item)
        self.addItem(item)

    def _show_units(self) -> None:
        parameters = self.snapshot.parameters
        pictures = unit_pictures(parameters, self.snapshot.dataset, self._theme.colors, set(self._units))
        inputs = set(self.topology.layers[0].units)
        for unit, item in self._units.items():
            item.show_live(pictures.get(unit), None if unit in inputs else parameters.bias(unit))

    def _mark_units(self) -> None:
        selected_unit, selected_layer = self._editor.selected_unit, self._editor.selected_layer
        chosen: set[int] = set()
        if selected_unit is not None:
            chosen = {selected_unit}
        elif selected_layer in self.topology.layer_index:
            chosen = set(self.topology.layer(selected_layer).units)
        for unit, item in self._units.items():
            item.set_marks(unit in chosen, unit == self._hovered_unit)

    @Slot(int)
    def _on_activation_clicked(self, layer: int) -> None:
        button = next(
            b for b in self._buttons if b.target == layer and b.objectName().startswith("activation")
        )
        self.activation_menu_requested.emit(layer, button.menu_point())

    @Slot()
    def _on_selection_changed(self) -> None:
        self._mark_units()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._connections.set_colors(self._theme.colors)
        self._rebuild()
