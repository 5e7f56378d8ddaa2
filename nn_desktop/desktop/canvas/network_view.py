"""The canvas as a widget: tools and gestures, hover, selection, and the keyboard."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from nn_desktop.desktop.canvas.accessible_description import accessible_description
from nn_desktop.desktop.canvas.bubble import Bubble
from nn_desktop.desktop.canvas.gesture_choice import GestureChoice
from nn_desktop.desktop.canvas.gestures import Gesture
from nn_desktop.desktop.canvas.hover import Hover
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.canvas.overview_map import OverviewMap
from nn_desktop.desktop.canvas.pending_connection import PendingConnection
from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.desktop.canvas.value_editor import FIRST_KEYS, ValueEditor
from nn_desktop.desktop.canvas.zoom_view import ZoomView
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.insight.inspection import Part
from nn_desktop.training.snapshot import Snapshot

_Event = TypeVar("_Event", bound=QEvent)
PAN_STEP = 60
NUDGE = 8.0
WARNING_MILLISECONDS = 8000
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
CURSORS = {
    Tool.SELECT: Qt.CursorShape.ArrowCursor,
    Tool.UNIT: Qt.CursorShape.CrossCursor,
    Tool.LAYER: Qt.CursorShape.CrossCursor,
    Tool.CONNECT: Qt.CursorShape.UpArrowCursor,
    Tool.ERASE: Qt.CursorShape.ForbiddenCursor,
}


def _attempted(handle: Callable[["NetworkView", _Event], None]) -> Callable[["NetworkView", _Event], None]:
    """Make a handler of events leave no half gesture behind where it fails."""

    @wraps(handle)
    def attempt(view: "NetworkView", event: _Event) -> None:
        view.attempt(handle, event)

    return attempt


class NetworkView(ZoomView):
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
    question_changed(object, Question | None)
        Somebody asks something else about every moment; see `Trainer.ask`.
    layer_edit_requested()
        The properties of the current layer should be shown, to be changed.
    tool_changed(str)
        Another tool is in hand.
    escaped()
        Esc was pressed while no gesture was under way.
    """

    context_menu_requested = Signal(QPoint)
    activation_menu_requested = Signal(int, QPoint)
    question_changed = Signal(object, object)
    layer_edit_requested = Signal()
    tool_changed = Signal(str)
    escaped = Signal()

    def __init__(
        self, editor: NetworkEditor, theme: Theme, snapshot: Snapshot, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        identify(self, "canvas")
        self._editor = editor
        self._selection = editor.selection
        self._theme = theme
        self._network = NetworkScene(editor, theme, self.font(), snapshot)
        self._tool = Tool.SELECT
        self._gesture: Gesture | None = None
        self._pressed_at: QPoint | None = None
        self._pressed_modifiers = Qt.KeyboardModifier.NoModifier
        self._pressed_on_nothing = False
        self._pointer: QPoint | None = None
        self._numbers = Bubble("canvas_hover", self)
        self._warning = Bubble("canvas_warning", self, WARNING_MILLISECONDS, wraps=True)
        self._hover = Hover(self._network, self._selection, self._numbers, self._point_of, self)
        self._choice = GestureChoice(self._network, editor, self.warn, self)
        self._pending = PendingConnection(self._network, editor, self._point_of, self.warn, self)
        self._value_editor = ValueEditor(self._network, editor.type_number, self._point_of, self.viewport())
        self._map = OverviewMap(theme.colors, self.viewport())
        self.setScene(self._network)
        self.viewport().setAcceptDrops(False)  # files that are dropped here are the window's
        self.setMinimumSize(260, 220)
        self._connect_signals()
        self._on_theme_changed()
        self._on_rebuilt()

    def _connect_signals(self) -> None:
        self._network.activation_menu_requested.connect(self._on_activation_menu_requested)
        self._network.rebuilt.connect(self._on_rebuilt)
        self._selection.changed.connect(self._on_selection_changed)
        self._theme.changed.connect(self._on_theme_changed)
        self._hover.question_changed.connect(self.question_changed)
        self._value_editor.finished.connect(self.setFocus)
        self._value_editor.place_changed.connect(self._hover.keep_off)
        self._map.wanted.connect(self._on_map_wanted)
        self.moved.connect(self._on_moved)

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tool

    @property
    def network(self) -> NetworkScene:
        """What is drawn."""
        return self._network

    def set_tool(self, tool: Tool) -> None:
        """Take another tool; a gesture that is under way ends without a trace."""
        self._cancel()
        if tool is not self._tool:
            self._tool = tool
            self.show_cursor()
            self.tool_changed.emit(tool.value)

    def connect_from_here(self) -> None:
        """Take the tool that connects, and begin at the current unit, or layer, if there is one."""
        unit, layer = self._selection.unit, self._selection.layer
        self.set_tool(Tool.CONNECT)
        source = layer if unit is None else unit
        if source is not None:
            self._pending.begin(source)

    def draw_edit(self) -> None:
        """Draw the network as it was just edited."""
        self._network.draw_edit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a newer moment."""
        self._network.show_snapshot(snapshot)
        self._hover.show_text()
        self._value_editor.show_value()

    def make_room(self) -> None:
        """Let the network use the room that there is."""
        self._network.set_room(QSizeF(self.viewport().size()))

    def warn(self, text: str, point: QPoint | None = None) -> None:
        """Say what cannot be, where it was tried: at the pointer, or at a point of the viewport."""
        if text:
            self._hover.move(None, None)
        self._warning.say(text, point or self._pointer or self.viewport().rect().center())

    @property
    def is_in_use(self) -> bool:
        """Whether what happens now was begun here, with the mouse."""
        is_on_button = self._network.mouseGrabberItem() is not None
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

    def show_numbers(self) -> None:
        """Show the live numbers of what is current, without the pointer; or no longer."""
        self._hover.toggle_current()

    def toggle_folded(self) -> None:
        """Show all units of the current layer, or fold it again."""
        if self._selection.layer is not None:
            self._network.toggle_folded(self._selection.layer)

    def attempt(self, handle: Callable[["NetworkView", _Event], None], event: _Event) -> None:
        """Handle an event; if that fails, give up what was under way."""
        if not self._editor.attempt(handle, self, event):
            self._drop_gesture()
            self._pending.clear()
            self._network.release()

    def _drop_gesture(self) -> None:
        """End a gesture without a trace, if there is one."""
        gesture, self._gesture, self._pressed_at = self._gesture, None, None
        if gesture is not None:
            self._editor.attempt(gesture.cancel)

    # The mouse.

    @_attempted
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a button of the drawing, or begin what the tool does."""
        left = Qt.MouseButton.LeftButton
        if self._pressed_at is not None and event.button() != left and event.buttons() & left:
            self._cancel()
            event.accept()
            return
        self.warn("")
        point = self._scene_point(event)
        self._pressed_on_nothing = self._network.part_at(point) is None
        if (
            self._network.is_button_at(point)
            or self.is_panning
            or event.button() != Qt.MouseButton.LeftButton
        ):
            self._pressed_on_nothing = False
            super().mousePressEvent(event)
            if event.button() == Qt.MouseButton.RightButton:
                event.accept()  # the menu follows
            return
        self._value_editor.close_editor()
        self._pressed_at = event.position().toPoint()
        self._pressed_modifiers = event.modifiers()
        # A lesion is for good when the button is released.
        if self._tool is not Tool.SELECT and not self._is_ablating():
            self._gesture = self._choice.begin(self._tool, point, self._is_shift_held())
            if self._gesture is not None:
                self._gesture.move(point)

    @_attempted
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position().toPoint()
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            if self._gesture is not None:  # the button was released elsewhere, as over a menu
                self._cancel()
            super().mouseMoveEvent(event)
            if not self.is_panning:
                # Also where the key was pressed while another field had the focus.
                self._hover.set_ablating(bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
                self._hover_at(event.position())
                self._show_pending()
            return
        far = (self._pointer - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if self._gesture is None and self._tool is Tool.SELECT and far and not self._is_ablating():
            self._hover.move(None, None)
            start = self.mapToScene(self._pressed_at)
            self._gesture = self._choice.begin(self._tool, start, self._is_shift_held())
        if self._gesture is not None:
            self._gesture.move(self._scene_point(event))

    @_attempted
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed_at = self._pressed_at
        if pressed_at is None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        gesture, self._gesture = self._gesture, None  # what it does may draw everything anew
        point = self._scene_point(event)
        self._pointer = event.position().toPoint()
        if self._is_ablating():
            if self._is_click(pressed_at):
                self._cut(self.mapToScene(pressed_at))
        elif self._tool is Tool.CONNECT and self._is_click(pressed_at):
            self._click_to_connect(point)
        elif gesture is not None:
            gesture.finish(point)
        elif self._tool is Tool.SELECT:
            self._click(point)
        self._pressed_at = self._gesture = None

    @_attempted
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On an empty place: a unit in the layer of that column, or a layer between two columns."""
        point = self._scene_point(event)
        # The first click may have changed the drawing: then the second is not meant for what is there now.
        is_empty = self._pressed_on_nothing and self._network.part_at(point) is None
        if self._tool is not Tool.SELECT or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        if not is_empty or self._network.is_button_at(point):
            super().mousePressEvent(event)
            self._type_value_at(point)
            return
        column = self._network.column_at(point)
        gap = self._network.gap_at(point)
        self._pressed_at = event.position().toPoint()  # what cannot be is said here
        if column is not None:
            self._editor.add_units(column.layer.id, self._network.place_at(column, point.y()))
        elif gap is not None:
            self._editor.insert_layer(gap)
        self._pressed_at = None

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self._hover.move(None, None)

    @_attempted
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
                return  # the right button has ended a gesture
            self._select_at(self.mapToScene(event.pos()), keep=True)
        self.context_menu_requested.emit(event.globalPos())

    def show_cursor(self) -> None:
        super().show_cursor()
        if not self.is_panning:
            self.viewport().setCursor(CURSORS[self._tool])

    def _click(self, point: QPointF) -> None:
        """Select what is at a point, and show the number that one can type there."""
        part = self._network.part_at(point)
        self._select_at(point)
        if part is not None and not self._extends():
            self._value_editor.open(part)

    def _click_to_connect(self, point: QPointF) -> None:
        """Begin a connection at what is clicked, or lead it there."""
        self._network.overlay.clear()
        title = self._network.title_at(point)
        target = self._network.unit_at(point) if title is None else title.layer.id
        if target is None:
            self._pending.clear()
            self.warn("")
        else:
            self._pending.choose(target)

    def _cut(self, point: QPointF) -> None:
        """Remove what was shown as cut, at a point of the scene."""
        self._cut_part(self._network.part_at(point))

    def _cut_part(self, part: Part | None) -> None:
        if part is not None:
            units, connections = ([part], []) if isinstance(part, int) else ([], [part])
            # No new links between its neighbours: the loss that was shown is what remains without it.
            self._editor.erase(units, connections, is_bridged=False)

    def _select_at(self, point: QPointF, keep: bool = False) -> None:
        """Select what is at a point; with `keep`, only if it is not selected already."""
        part, title = self._network.part_at(point), self._network.title_at(point)
        column = title or (self._network.column_at(point) if part is None else None)
        selection, extend = self._selection, self._extends() and not keep
        if isinstance(part, int):
            if not (keep and part in selection.units):
                selection.select_unit(part, extend)
        elif part is not None:
            if not (keep and part in selection.connections):
                selection.select_connection(part, extend)
        elif column is not None:
            if not (keep and column.layer.id in selection.layers):
                selection.select_layer(column.layer.id, extend)
        elif not extend:
            selection.clear()

    def _extends(self) -> bool:
        both = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        return bool(self._pressed_modifiers & both)

    def _is_shift_held(self) -> bool:
        """Tell whether Shift was held when the button was pressed."""
        return bool(self._pressed_modifiers & Qt.KeyboardModifier.ShiftModifier)

    def _is_ablating(self) -> bool:
        """Tell whether Alt was held when the button was pressed."""
        return bool(self._pressed_modifiers & Qt.KeyboardModifier.AltModifier)

    def _is_click(self, pressed_at: QPoint) -> bool:
        assert self._pointer is not None
        return (self._pointer - pressed_at).manhattanLength() < QApplication.startDragDistance()

    def _scene_point(self, event: QMouseEvent) -> QPointF:
        return self.mapToScene(event.position().toPoint())

    def _cancel(self) -> bool:
        """End a gesture without a trace; tell whether there was one."""
        had_gesture = self._gesture is not None or self._pending.source is not None
        self._drop_gesture()
        self._pending.clear()
        self.warn("")
        return had_gesture

    # The keyboard.

    def event(self, event: QEvent) -> bool:
        """Keep Alt for the lesion, and a minus for a number that is about to be typed."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_number = self._value_editor.part is not None and event.text() in tuple(FIRST_KEYS)
            if event.key() == Qt.Key.Key_Alt or (is_number and not _has_command(event)):
                event.accept()
                return True
        return super().event(event)

    @_attempted
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, move, type, connect."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is not None:
            self._press_arrow(step, event.modifiers())
        elif event.key() == Qt.Key.Key_Alt:
            self._hover.set_ablating(True)
        elif event.key() == Qt.Key.Key_Delete and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            # Also where the window manager keeps Alt and the mouse to itself.
            self._cut_part(self._hover.part)
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.context_menu_requested.emit(self.mapToGlobal(self.rect().center()))
        elif event.key() == Qt.Key.Key_Escape:
            self._press_escape()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._press_enter()
        elif self._value_editor.part is not None and event.text() in tuple(FIRST_KEYS):
            self._value_editor.begin(event.text())
        else:
            super().keyPressEvent(event)

    @_attempted
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt:
            self._hover.set_ablating(False)
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of Alt: its release will be heard elsewhere."""
        self._hover.set_ablating(False)
        super().focusOutEvent(event)

    def _press_arrow(self, step: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if modifiers & Qt.KeyboardModifier.AltModifier:
            self._editor.reorder_selected(*step)
        elif control and shift:
            self._editor.nudge_selected(NUDGE * step[0], NUDGE * step[1])
        elif control:
            self.pan(QPoint(-PAN_STEP * step[0], -PAN_STEP * step[1]))
        else:
            self._walk(*step, extend=shift)

    def _press_escape(self) -> None:
        if self._value_editor.part is not None:
            self._value_editor.close_editor()
        elif not self._cancel():
            if self._tool is not Tool.SELECT:
                self.set_tool(Tool.SELECT)
            else:
                self._selection.clear()
            self.escaped.emit()

    def _press_enter(self) -> None:
        if self._pending.source is None:
            self.edit_value()
        else:
            self._pending.end_at(self._selection.layer, self._selection.unit)

    def _walk(self, layers: int, units: int, extend: bool) -> None:
        """Go to a neighbour; in a folded layer, over the gap."""
        self._value_editor.close_editor()
        rows = [[spot.unit for spot in column.units] for column in self._network.placement.columns]
        self._selection.walk(rows, layers, units, extend)
        position = self._network.placement.positions().get(self._selection.unit or -1)
        if position is not None:
            reach = 3 * self._network.placement.radius
            self.show_rect(QRectF(position[0] - reach, position[1] - reach, 2 * reach, 2 * reach))

    # Live numbers.

    def _hover_at(self, position: QPointF) -> None:
        pointer = position.toPoint()
        point = self.mapToScene(pointer)
        self._hover.move(None if self._network.is_button_at(point) else self._network.part_at(point), pointer)

    def _type_value_at(self, point: QPointF) -> None:
        part = self._network.part_at(point)
        if part is not None:
            self._value_editor.open(part)
            self._value_editor.begin()

    def _point_of(self, part: Part) -> QPoint:
        """Return where a unit, a connection or a layer is in the viewport."""
        if not isinstance(part, int):
            point = self._network.drawing.connections.middle(*part)
        elif part in self._network.topology.layer_index:
            index = self._network.topology.layer_index[part]
            point = self._network.drawing.title_point(self._network.placement.columns[index])
        else:
            position = self._network.placement.positions().get(part)
            point = None if position is None else QPointF(*position)
        return self.viewport().rect().center() if point is None else self.mapFromScene(point)

    def _show_pending(self) -> None:
        """Draw the line from where a connection begins to the pointer."""
        if self._pending.source is not None and self._pointer is not None:
            start = self.mapToScene(self._point_of(self._pending.source))
            self._pending.show_line(self.mapToScene(self._pointer), start)

    @Slot()
    def _on_rebuilt(self) -> None:
        self._drop_gesture()  # what it was about may stand elsewhere now, or be gone
        self._pending.forget_if_gone()
        if self.is_fitted:
            self.fit()
        self._map.set_network(self._network.placement, self._network.sceneRect())
        self._on_moved()
        self._value_editor.show_value()
        self._hover.forget()
        self._describe()

    @Slot()
    def _on_moved(self) -> None:
        self._map.move(8, self.viewport().height() - self._map.height() - 8)
        self._map.set_shown(self.shown_rect())
        self._value_editor.follow()

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
        self._hover.ask()
        self._describe()

    @Slot()
    def _describe(self) -> None:
        """Tell assistive technology what is drawn and what is selected."""
        self.setAccessibleDescription(accessible_description(self._network, self._selection))

    @Slot()
    def _on_theme_changed(self) -> None:
        colors = self._theme.colors
        self.setBackgroundBrush(QColor(colors.canvas))
        self._map.set_colors(colors)
        self._numbers.set_colors(colors, colors.border)
        self._warning.set_colors(colors, colors.warning)
        self._value_editor.setStyleSheet(
            f"#value_editor {{ background: {colors.panel}; border: 1px solid {colors.accent};"
            f"border-radius: 6px; }} #value_error {{ color: {colors.error}; }}"
        )


def _has_command(event: QKeyEvent) -> bool:
    """Tell whether a key is held that makes a command of another one."""
    held = (
        Qt.KeyboardModifier.ControlModifier
        | Qt.KeyboardModifier.AltModifier
        | Qt.KeyboardModifier.MetaModifier
    )
    return bool(event.modifiers() & held)
