"""The canvas as it is seen: the drawing, the tool in hand, and what is said at the pointer."""

from PySide6.QtCore import QPoint, QPointF, QRect, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor

from nn_desktop.desktop.canvas.accessible_description import accessible_description
from nn_desktop.desktop.canvas.bubble import Bubble
from nn_desktop.desktop.canvas.gesture_choice import GestureChoice
from nn_desktop.desktop.canvas.gestures import Gesture
from nn_desktop.desktop.canvas.hover import Hover
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.canvas.overview_map import OverviewMap
from nn_desktop.desktop.canvas.pending_connection import PendingConnection
from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.desktop.canvas.value_editor import ValueEditor
from nn_desktop.desktop.canvas.zoom_view import ZoomView
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.insight.inspection import Part
from nn_desktop.training.snapshot import Snapshot

WARNING_MILLISECONDS = 8000
MIN_UNIT_RADIUS, MAX_UNIT_RADIUS = 3.0, 80.0
"""Pixels of a unit that is looked at from as far, and from as near, as possible."""
CURSORS = {
    Tool.SELECT: Qt.CursorShape.ArrowCursor,
    Tool.UNIT: Qt.CursorShape.CrossCursor,
    Tool.LAYER: Qt.CursorShape.CrossCursor,
    Tool.CONNECT: Qt.CursorShape.UpArrowCursor,
    Tool.ERASE: Qt.CursorShape.ForbiddenCursor,
}


class DrawingView(ZoomView):
    """Shows the network, and what belongs to it while it is drawn: the tool, warnings, live numbers, a map.

    Attributes
    ----------
    network
        The scene, with all that is drawn.
    hover
        What the pointer means, or what is current.

    Signals
    -------
    activation_menu_requested(int, QPoint)
        Somebody wants to choose the activation of a layer, at a point of the screen.
    layer_edit_requested()
        The properties of the current layer should be shown, to be changed.
    tool_changed(str)
        Another tool is in hand.
    """

    activation_menu_requested = Signal(int, QPoint)
    layer_edit_requested = Signal()
    tool_changed = Signal(str)

    def __init__(self, editor: NetworkEditor, theme: Theme, snapshot: Snapshot) -> None:
        super().__init__()
        identify(self, "canvas", self.tr("Network"))
        self._editor = editor
        self._selection = editor.selection
        self._theme = theme
        self.network = NetworkScene(editor, theme, self.font(), QSizeF(self.viewport().size()), snapshot)
        self.tool = Tool.SELECT
        self._gesture: Gesture | None = None
        self._pressed_at: QPoint | None = None
        self._pointer: QPoint | None = None
        self._tip = Bubble("canvas_hover", self)
        self._warning = Bubble("canvas_warning", self, WARNING_MILLISECONDS, wraps=True)
        self.hover = Hover(
            self.network,
            self._selection,
            self._tip,
            self._point_of,
            self._obstacles,
            lambda part: self._value_editor.part == part,
            self,
        )
        self._choice = GestureChoice(self.network, editor, self.warn, self)
        self._pending = PendingConnection(self.network, editor, self._point_of, self.warn, self)
        self._value_editor = ValueEditor(
            self.network, editor.type_number, self._point_of, self._drawn_rects, self.viewport()
        )
        self._map = OverviewMap(theme.colors, self.viewport())
        self.setScene(self.network)
        self.viewport().setAcceptDrops(False)  # files that are dropped here are the window's
        self.setMinimumSize(260, 220)
        self._connect_signals()
        self._on_theme_changed()
        self._on_rebuilt()

    def _connect_signals(self) -> None:
        document = self._editor.document
        document.setup_changed.connect(self.network.draw_edit)
        document.layout_changed.connect(self.network.draw_edit)
        document.replaced.connect(self.network.fold_all)
        self.network.buttons.activation_menu_requested.connect(self._on_activation_menu_requested)
        self.network.rebuilt.connect(self._on_rebuilt)
        self._selection.changed.connect(self._on_selection_changed)
        self._theme.changed.connect(self._on_theme_changed)
        self._theme.changed.connect(self._restyle_network)
        self._value_editor.finished.connect(self.setFocus)
        self._value_editor.place_changed.connect(self.hover.show_text)
        self._map.wanted.connect(self._on_map_wanted)
        self.moved.connect(self._on_moved)

    def set_tool(self, tool: Tool) -> None:
        """Take another tool; a gesture that is under way ends without a trace."""
        self._cancel()
        if tool is not self.tool:
            self.tool = tool
            self.show_cursor()
            self.tool_changed.emit(tool.value)

    def connect_from_here(self) -> None:
        """Take the tool that connects, and begin at the current unit, or layer, if there is one."""
        unit, layer = self._selection.unit, self._selection.layer
        self.set_tool(Tool.CONNECT)
        source = layer if unit is None else unit
        if source is not None:
            self._pending.begin(source)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a newer snapshot."""
        self.network.show_snapshot(snapshot)
        self.hover.show_text()
        self._value_editor.show_value()

    def zoom_limits(self) -> tuple[float, float]:
        """Return the smallest and the largest scale; smaller units are dots, and larger ones show no more."""
        least, most = super().zoom_limits()
        radius = self.network.placement.radius
        return max(least, MIN_UNIT_RADIUS / radius), min(most, max(1.0, MAX_UNIT_RADIUS / radius))

    def make_room(self) -> None:
        """Let the network use the room that there is."""
        self.network.set_room(QSizeF(self.viewport().size()))

    def warn(self, text: str, point: QPoint | None = None) -> None:
        """Say what cannot be, where it was tried: at the pointer, or at a point of the viewport."""
        if text:
            self.hover.move(None, None)
        self._warning.say(text, point or self._pointer or self.viewport().rect().center())

    @property
    def is_in_use(self) -> bool:
        """Whether what happens now was begun here, with the mouse."""
        is_on_button = self.network.mouseGrabberItem() is not None
        return self._gesture is not None or self._pressed_at is not None or is_on_button

    def edit_value(self) -> None:
        """Type the weight or bias of the current part; ask for the properties of a layer."""
        part = self._selection.connection or self._selection.unit
        if part is None:
            if self._selection.layer is not None:
                self.layer_edit_requested.emit()
            return
        self._value_editor.open(part)
        if self._value_editor.part is None:
            self.warn(self.tr("An input has no bias: its value comes from the data."), self._point_of(part))
        self._value_editor.begin()

    def choose_activation(self) -> None:
        """Ask for the menu of activations of the current layer, in the middle of the canvas."""
        if self._selection.layer is not None:
            centre = self.mapToGlobal(self.rect().center())
            self.activation_menu_requested.emit(self._selection.layer, centre)

    def toggle_folded(self) -> None:
        """Show all units of the current layer, or fold it again."""
        if self._selection.layer is not None:
            self.network.toggle_folded(self._selection.layer)

    def show_cursor(self) -> None:
        super().show_cursor()
        if not self.is_panning:
            self.viewport().setCursor(CURSORS[self.tool])

    def _drop_gesture(self) -> None:
        """End a gesture without a trace, if there is one."""
        gesture, self._gesture, self._pressed_at = self._gesture, None, None
        if gesture is not None:
            self._editor.document.attempt(gesture.cancel)

    def _cancel(self) -> bool:
        """End a gesture without a trace; tell whether there was one."""
        had_gesture = self._gesture is not None or self._pending.source is not None
        self._drop_gesture()
        self._pending.clear()
        self.warn("")
        return had_gesture

    def _point_of(self, part: Part) -> QPoint:
        if not isinstance(part, int):
            point = self.network.drawing.connections.middle(*part)
        elif part in self.network.topology.layer_index:
            index = self.network.topology.layer_index[part]
            point = self.network.drawing.headings.title(self.network.placement.columns[index])
        else:
            position = self.network.placement.positions().get(part)
            point = None if position is None else QPointF(*position)
        return self.viewport().rect().center() if point is None else self.mapFromScene(point)

    def _drawn_rects(self) -> list[QRect]:
        """Return what is to be seen whatever is said: units, titles and buttons, in the viewport."""
        transform = self.viewportTransform()
        return [transform.mapRect(r).toAlignedRect() for r in self.network.solid_rects(self.shown_rect())]

    def _obstacles(self) -> list[QRect]:
        shown = [each.geometry() for each in (self._value_editor, self._map) if each.isVisible()]
        return [*self._drawn_rects(), *shown]

    def _show_pending(self) -> None:
        if self._pending.source is not None and self._pointer is not None:
            start = self.mapToScene(self._point_of(self._pending.source))
            self._pending.show_line(self.mapToScene(self._pointer), start)

    @Slot()
    def _on_rebuilt(self) -> None:
        self._drop_gesture()  # what it was about may stand elsewhere now, or be gone
        self._pending.forget_if_gone()
        if self.is_fitted:
            self.fit()
        self._map.set_network(self.network.placement, self.network.sceneRect())
        self._on_moved()
        self._value_editor.show_value()
        self.hover.forget()
        self._describe()

    @Slot()
    def _on_moved(self) -> None:
        self._map.move(8, self.viewport().height() - self._map.height() - 8)
        self._map.set_shown(self.shown_rect())
        self.network.stick(self.shown_rect(), self.transform().m11())
        self._value_editor.follow()
        self._point_again()

    def _point_again(self) -> None:
        """Let the pointer mean what lies under it now."""
        if self._pointer is None or self._gesture is not None:
            return
        point = self.mapToScene(self._pointer)
        part = None if self.network.is_button_at(point) else self.network.part_at(point)
        self.hover.move(part, self._pointer)

    @Slot(QPointF)
    def _on_map_wanted(self, point: QPointF) -> None:
        self.pan(self.viewport().rect().center() - self.mapFromScene(point))

    @Slot(int, QPointF)
    def _on_activation_menu_requested(self, layer: int, point: QPointF) -> None:
        self.activation_menu_requested.emit(layer, self.viewport().mapToGlobal(self.mapFromScene(point)))

    @Slot()
    def _on_selection_changed(self) -> None:
        if self._value_editor.part not in (self._selection.unit, self._selection.connection):
            self._value_editor.close_editor()
        self.hover.ask()
        self._describe()

    @Slot()
    def _describe(self) -> None:
        self.setAccessibleDescription(accessible_description(self.network, self._selection))

    @Slot()
    def _restyle_network(self) -> None:
        self.network.restyle(self.font())

    @Slot()
    def _on_theme_changed(self) -> None:
        colors = self._theme.colors
        self.setBackgroundBrush(QColor(colors.canvas))
        self._map.set_colors(colors)
        self._tip.set_colors(colors, colors.border)
        self._warning.set_colors(colors, colors.warning)
        self._value_editor.setStyleSheet(
            f"#value_editor {{ background: {colors.panel}; border: 1px solid {colors.accent};"
            f"border-radius: 6px; }} #value_error {{ color: {colors.error}; }}"
        )
