"""The canvas as a widget: what mouse and keyboard do with the network."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from nn_desktop.desktop.canvas.drawing_view import DrawingView
from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection_editor import SelectionEditor
from nn_desktop.desktop.look.input_events import ENTER, begins_number
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.insight.inspection import Part
from nn_desktop.training.snapshot import Snapshot

_Event = TypeVar("_Event", bound=QEvent)
PAN_STEP = 60
NUDGE = 8.0
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def _attempted(handle: Callable[["NetworkView", _Event], None]) -> Callable[["NetworkView", _Event], None]:
    """Make a handler of events leave no half gesture behind where it fails."""

    @wraps(handle)
    def attempt(view: "NetworkView", event: _Event) -> None:
        view.attempt(handle, event)

    return attempt


class NetworkView(DrawingView):
    """Takes what mouse and keyboard do with the network.

    Signals
    -------
    context_menu_requested(QPoint)
        Somebody wants a menu for what is selected, at a point of the screen.
    """

    context_menu_requested = Signal(QPoint)

    def __init__(self, editor: NetworkEditor, theme: Theme, snapshot: Snapshot) -> None:
        super().__init__(editor, theme, snapshot)
        self._selection_editor = SelectionEditor(editor)
        self._pressed_modifiers = Qt.KeyboardModifier.NoModifier
        self._pressed_on_nothing = False

    def attempt(self, handle: Callable[["NetworkView", _Event], None], event: _Event) -> None:
        """Handle an event; if that fails, give up what was under way."""
        if not self._editor.document.attempt(handle, self, event):
            self._drop_gesture()
            self._pending.clear()
            self.network.release()

    @_attempted
    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = Qt.MouseButton.LeftButton
        if self._pressed_at is not None and event.button() != left and event.buttons() & left:
            self._cancel()
            event.accept()
            return
        self.warn("")
        point = self._scene_point(event)
        self._pressed_on_nothing = self.network.part_at(point) is None
        if self.network.is_button_at(point) or self.is_panning or event.button() != Qt.MouseButton.LeftButton:
            self._pressed_on_nothing = False
            super().mousePressEvent(event)
            if event.button() == Qt.MouseButton.RightButton:
                event.accept()  # the menu follows
            return
        self._value_editor.close_editor()
        self._pressed_at = event.position().toPoint()
        self._pressed_modifiers = event.modifiers()
        # An ablation is for good when the button is released.
        if self.tool is not Tool.SELECT and not self._is_ablating():
            self._gesture = self._choice.begin(self.tool, point, self._is_shift_held())
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
                self.hover.set_ablating(bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
                self._point_again()
                self._show_pending()
            return
        far = (self._pointer - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if self._gesture is None and self.tool is Tool.SELECT and far and not self._is_ablating():
            self.hover.move(None, None)
            start = self.mapToScene(self._pressed_at)
            self._gesture = self._choice.begin(self.tool, start, self._is_shift_held())
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
                self._cut(self.network.part_at(self.mapToScene(pressed_at)))
        elif self.tool is Tool.CONNECT and self._is_click(pressed_at):
            self._click_to_connect(point)
        elif gesture is not None:
            gesture.finish(point)
        elif self.tool is Tool.SELECT:
            self._click(point)
        self._pressed_at = self._gesture = None

    @_attempted
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On an empty place: a unit in the layer of that column, or a layer between two columns."""
        point = self._scene_point(event)
        # The first click may have changed the drawing: then the second is not meant for what is there now.
        is_empty = self._pressed_on_nothing and self.network.part_at(point) is None
        if self.tool is not Tool.SELECT or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        if not is_empty or self.network.is_button_at(point):
            super().mousePressEvent(event)
            self._type_value_at(point)
            return
        column = self.network.column_at(point)
        gap = self.network.gap_at(point)
        self._pressed_at = event.position().toPoint()  # what cannot be is said here
        if column is not None:
            self._editor.add_units(column.layer.id, self.network.place_at(column, point.y()))
        elif gap is not None:
            self._editor.insert_layer(gap)
        self._pressed_at = None

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self.hover.move(None, None)

    @_attempted
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
                return  # the right button has ended a gesture
            self._select_at(self.mapToScene(event.pos()), keep=True)
        self.context_menu_requested.emit(event.globalPos())

    def _click(self, point: QPointF) -> None:
        """Select what is at a point, and show the number that one can type there."""
        part = self.network.part_at(point)
        self._select_at(point)
        if part is not None and not self._extends():
            self._value_editor.open(part)

    def _click_to_connect(self, point: QPointF) -> None:
        """Begin a connection at what is clicked, or lead it there."""
        self.network.overlay.clear()
        title = self.network.title_at(point)
        target = self.network.unit_at(point) if title is None else title.layer.id
        if target is None:
            self._pending.clear()
            self.warn("")
        else:
            self._pending.choose(target)

    def _cut(self, part: Part | None) -> None:
        """Remove what was shown as cut."""
        if part is not None:
            units, connections = ([part], []) if isinstance(part, int) else ([], [part])
            # No new links between its neighbours: the loss that was shown is what remains without it.
            self._editor.erase(units, connections, is_bridged=False)

    def _select_at(self, point: QPointF, keep: bool = False) -> None:
        """Select what is at a point; with `keep`, only if it is not selected already."""
        part, title = self.network.part_at(point), self.network.title_at(point)
        column = title or (self.network.column_at(point) if part is None else None)
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
        return bool(self._pressed_modifiers & Qt.KeyboardModifier.ShiftModifier)

    def _is_ablating(self) -> bool:
        """Tell whether Alt was held when the button was pressed."""
        return bool(self._pressed_modifiers & Qt.KeyboardModifier.AltModifier)

    def _is_click(self, pressed_at: QPoint) -> bool:
        assert self._pointer is not None
        return (self._pointer - pressed_at).manhattanLength() < QApplication.startDragDistance()

    def _scene_point(self, event: QMouseEvent) -> QPointF:
        return self.mapToScene(event.position().toPoint())

    def _type_value_at(self, point: QPointF) -> None:
        part = self.network.part_at(point)
        if part is not None:
            self._value_editor.open(part)
            self._value_editor.begin()

    # The keyboard.

    def event(self, event: QEvent) -> bool:
        """Keep Alt for the ablation, and a minus for a number that is about to be typed."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_number = self._value_editor.part is not None and begins_number(event)
            if event.key() == Qt.Key.Key_Alt or (is_number and not _has_command(event)):
                event.accept()
                return True
        return super().event(event)

    @_attempted
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        if step is not None:
            self._press_arrow(step, event.modifiers())
        elif event.key() == Qt.Key.Key_Alt:
            self.hover.set_ablating(True)
        elif event.key() == Qt.Key.Key_Delete and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            # Also where the window manager keeps Alt and the mouse to itself.
            self._cut(self.hover.part)
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.context_menu_requested.emit(self.mapToGlobal(self.rect().center()))
        elif event.key() == Qt.Key.Key_Escape:
            event.setAccepted(self._press_escape())
        elif event.key() in (*ENTER, Qt.Key.Key_F2):
            self._press_enter()
        elif self._value_editor.part is not None and begins_number(event):
            self._value_editor.begin(event.text())
        else:
            super().keyPressEvent(event)

    @_attempted
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt:
            self.hover.set_ablating(False)
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of Alt: its release will be heard elsewhere."""
        self.hover.set_ablating(False)
        super().focusOutEvent(event)

    def _press_arrow(self, step: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if modifiers & Qt.KeyboardModifier.AltModifier:
            self._selection_editor.reorder(*step)
        elif control and shift:
            self._selection_editor.nudge(NUDGE * step[0], NUDGE * step[1])
        elif control:
            self.pan(QPoint(-PAN_STEP * step[0], -PAN_STEP * step[1]))
        else:
            self._walk(*step, extend=shift)

    def _press_escape(self) -> bool:
        """Take back one thing, the newest first; return whether there was anything."""
        if self._value_editor.part is not None:
            self._value_editor.close_editor()
        elif self._cancel():
            pass
        elif self.tool is not Tool.SELECT:
            self.set_tool(Tool.SELECT)
        elif not self._selection.is_empty:
            self._selection.clear()
        else:
            return False
        return True

    def _press_enter(self) -> None:
        if self._pending.source is None:
            self.edit_value()
        else:
            self._pending.end_at(self._selection.layer, self._selection.unit)

    def _walk(self, layers: int, units: int, extend: bool) -> None:
        """Go to a neighbour; in a folded layer, over the gap."""
        self._value_editor.close_editor()
        rows = [[spot.unit for spot in column.units] for column in self.network.placement.columns]
        self._selection.walk(rows, layers, units, extend)
        position = self.network.placement.positions().get(self._selection.unit or -1)
        if position is not None:
            reach = 3 * self.network.placement.radius
            self.show_rect(QRectF(position[0] - reach, position[1] - reach, 2 * reach, 2 * reach))


def _has_command(event: QKeyEvent) -> bool:
    """Tell whether a key is held that makes a command of another one."""
    held = (
        Qt.KeyboardModifier.ControlModifier
        | Qt.KeyboardModifier.AltModifier
        | Qt.KeyboardModifier.MetaModifier
    )
    return bool(event.modifiers() & held)
