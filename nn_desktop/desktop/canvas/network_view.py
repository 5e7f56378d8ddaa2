"""The canvas as a widget: zoom, pan, hover, selection, and the keyboard."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QLabel, QWidget

from nn_desktop.desktop.canvas.connections_item import Connection
from nn_desktop.desktop.canvas.descriptions import describe_connection, describe_unit, layer_title
from nn_desktop.desktop.canvas.editor import NetworkEditor
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.identity import identify
from nn_desktop.desktop.theme import Theme
from nn_desktop.engines.numpy_engine import activations
from nn_desktop.network.notation import format_layers
from nn_desktop.training.session import Snapshot

ZOOM_STEP = 1.2
PAN_STEP = 60
HOVER_SAMPLES = 256
"""What a unit gives out is told from so many training samples: live, also in a large network."""
LEAST_FIT = 0.4
LEAST_ZOOM, MOST_ZOOM = 0.1, 8.0
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class NetworkView(QGraphicsView):
    """Shows the network and takes what mouse and keyboard do with it.

    Parameters
    ----------
    editor
        Of the network.
    theme
        Of the colours.
    snapshot
        What is shown at first.

    Signals
    -------
    context_menu_requested(QPoint)
        Somebody wants a menu for what is selected, at a point of the screen.
    activation_menu_requested(int, QPoint)
        Somebody wants to choose the activation of a layer, at a point of the screen.
    escaped()
        Esc was pressed.
    """

    context_menu_requested = Signal(QPoint)
    activation_menu_requested = Signal(int, QPoint)
    escaped = Signal()

    def __init__(
        self, editor: NetworkEditor, theme: Theme, snapshot: Snapshot, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        identify(self, "canvas")
        self._editor = editor
        self._theme = theme
        self._network = NetworkScene(editor, theme, self.font(), snapshot)
        self._is_fitted = True
        self._pan_from: QPoint | None = None
        self._pressed_on_nothing = False
        self._hovered: tuple[int | None, Connection | None] = (None, None)
        self._hover_label = self._make_hover_label()
        self.setScene(self._network)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.viewport().setAcceptDrops(False)  # files that are dropped here are the window's
        self.setMinimumSize(260, 220)
        self._network.activation_menu_requested.connect(self._on_activation_menu_requested)
        editor.selection_changed.connect(self._describe)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._describe()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a newer moment."""
        if self._network.show_snapshot(snapshot):
            self._hovered = (None, None)
            self._describe()
            if self._is_fitted:
                self.fit()
        self._show_hover_text()

    @Slot()
    def fit(self) -> None:
        """Show all of the network, and keep doing so."""
        self._is_fitted = True
        room = self.viewport().size()
        self._network.set_room(QSizeF(room))
        rect = self._network.sceneRect()
        scale = max(LEAST_FIT, min(1.0, room.width() / rect.width(), room.height() / rect.height()))
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(rect.center())
        if scale * rect.width() > room.width():  # too deep to be readable as a whole: its beginning
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().minimum())

    @Slot()
    def zoom_in(self) -> None:
        """Come nearer."""
        self._zoom(ZOOM_STEP)

    @Slot()
    def zoom_out(self) -> None:
        """Step back."""
        self._zoom(1 / ZOOM_STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom(ZOOM_STEP ** (event.angleDelta().y() / 120))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        self._pressed_on_nothing = self._network.is_empty_at(self.mapToScene(event.position().toPoint()))
        super().mousePressEvent(event)
        if not event.isAccepted() or self._network.mouseGrabberItem() is None:
            self._select_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            moved = event.position().toPoint() - self._pan_from
            self._pan_from = event.position().toPoint()
            self._is_fitted = False
            self._pan(moved)
            return
        super().mouseMoveEvent(event)
        self._hover_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = None
            self.unsetCursor()
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On an empty place: a unit in the layer of that column, or a layer between two columns."""
        if event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        point = self.mapToScene(event.position().toPoint())
        # The first click may have changed the drawing: then the second is not meant for what is there now.
        if not (self._pressed_on_nothing and self._network.is_empty_at(point)):
            super().mousePressEvent(event)
            return
        column = self._network.column_at(point)
        if column is not None:
            self._editor.add_unit(column.layer.id)
            return
        for index, right in enumerate(self._network.placement.columns):
            if index > 0 and point.x() < right.x and point.x() > self._network.placement.columns[0].x:
                self._editor.insert_layer(index)
                return

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hovered(None, None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self._select_at(QPointF(event.pos()))
        self.context_menu_requested.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._is_fitted = False
            self._pan(QPoint(-PAN_STEP * step[0], -PAN_STEP * step[1]))
        elif step is not None:
            self._walk(*step)
        elif event.key() == Qt.Key.Key_Escape:
            self._editor.select(None)
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def _walk(self, layers: int, units: int) -> None:
        """Go to a neighbour; in a folded layer, over the gap."""
        self._editor.walk(layers, units)
        positions = self._network.placement.positions()
        while self._editor.selected_unit not in positions and self._editor.selected_unit is not None:
            before = self._editor.selected_unit
            self._editor.walk(0, units or 1)
            if self._editor.selected_unit == before:
                break
        if self._editor.selected_unit in positions:
            x, y = positions[self._editor.selected_unit]
            reach = 3 * self._network.placement.radius
            self.ensureVisible(x - reach, y - reach, 2 * reach, 2 * reach, 0, 0)

    def _zoom(self, factor: float) -> None:
        zoom = self.transform().m11() * factor
        if LEAST_ZOOM <= zoom <= MOST_ZOOM:
            self._is_fitted = False
            self.scale(factor, factor)

    def _pan(self, moved: QPoint) -> None:
        anchor = self.transformationAnchor()
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        zoom = self.transform().m11()
        self.translate(moved.x() / zoom, moved.y() / zoom)
        self.setTransformationAnchor(anchor)

    def _select_at(self, position: QPointF) -> None:
        point = self.mapToScene(position.toPoint())
        unit = self._network.unit_at(point)
        column = self._network.column_at(point)
        if unit is not None:
            self._editor.select(self._network.topology.layer_of_unit(unit).id, unit)
        elif column is not None:
            self._editor.select(column.layer.id)
        else:
            self._editor.select(None)

    def _hover_at(self, position: QPointF) -> None:
        point = self.mapToScene(position.toPoint())
        unit = self._network.unit_at(point)
        connection = self._network.connection_at(point) if unit is None else None
        self._set_hovered(unit, connection)
        if unit is not None or connection is not None:
            self._move_hover_label(position.toPoint())

    def _set_hovered(self, unit: int | None, connection: Connection | None) -> None:
        self._hovered = (unit, connection)
        self._network.set_hovered(unit, connection)
        self._show_hover_text()

    def _show_hover_text(self) -> None:
        unit, connection = self._hovered
        snapshot = self._network.snapshot
        if unit is not None:
            text = self._unit_text(unit)
        elif connection is not None:
            text = describe_connection(snapshot.parameters, snapshot.dataset, connection)
        else:
            self._hover_label.hide()
            return
        self._hover_label.setText(text)
        self._hover_label.adjustSize()
        self._hover_label.show()

    def _unit_text(self, unit: int) -> str:
        snapshot = self._network.snapshot
        dataset = snapshot.dataset
        inputs = dataset.input_scaling.apply(dataset.inputs[dataset.train[:HOVER_SAMPLES]])
        return describe_unit(snapshot.parameters, dataset, unit, activations(snapshot.parameters, inputs))

    def _move_hover_label(self, pointer: QPoint) -> None:
        label, room = self._hover_label, self.viewport().rect()
        x = (
            pointer.x() + 16
            if pointer.x() + 16 + label.width() < room.width()
            else pointer.x() - 12 - label.width()
        )
        y = min(pointer.y() + 16, room.height() - label.height() - 4)
        label.move(max(x, 4), max(y, 4))

    def _make_hover_label(self) -> QLabel:
        label = QLabel(self)
        identify(label, "canvas_hover")
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.hide()
        return label

    @Slot(int, QPointF)
    def _on_activation_menu_requested(self, layer: int, point: QPointF) -> None:
        self.activation_menu_requested.emit(layer, self.viewport().mapToGlobal(self.mapFromScene(point)))

    @Slot()
    def _describe(self) -> None:
        """Tell assistive technology what is drawn and what is selected."""
        topology = self._editor.topology
        layer, unit = self._editor.selected_layer, self._editor.selected_unit
        drawn = self._network.topology.unit_place
        if unit is not None and unit in drawn:
            selected = self._unit_text(unit).replace("\n", ", ")
        elif layer is not None:
            selected = layer_title(topology, topology.layer_index[layer])
        else:
            selected = self.tr("nothing")
        text = self.tr("Network {layers}. Selected: {selected}. Arrow keys walk through the units.")
        self.setAccessibleDescription(text.format(layers=format_layers(topology), selected=selected))

    @Slot()
    def _on_theme_changed(self) -> None:
        colors = self._theme.colors
        self.setBackgroundBrush(QColor(colors.canvas))
        self._hover_label.setStyleSheet(
            f"background: {colors.panel}; color: {colors.text}; border: 1px solid {colors.border};"
            "border-radius: 6px; padding: 6px 8px;"
        )
