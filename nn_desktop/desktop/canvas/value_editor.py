"""The field in which a weight or a bias is typed, in its place on the canvas."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nn_desktop.desktop.canvas.free_place import free_place, place_over_fewest
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.input_events import ENTER
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice
from nn_desktop.desktop.look.numbers import editable_number
from nn_desktop.desktop.look.validated_field import MarkedField
from nn_desktop.insight.inspection import Part, exists

Apply = Callable[[Part, str], str]
"""Takes over what was typed; returns what is wrong with it, or an empty text."""


class ValueEditor(QFrame):
    """Shows a live number and takes another one.

    It opens without the focus, so that the keys of the canvas still work; a digit, Enter or a click on it
    begins to type.

    Parameters
    ----------
    point_of
        Tells where a part is in the viewport.
    obstacles
        Tells what in the viewport is not to be covered, if there is room.
    parent
        The viewport that it stands in.

    Signals
    -------
    finished()
        It has closed, by Enter or Esc, after somebody typed in it.
    place_changed()
        It has opened, moved or closed.
    """

    finished = Signal()
    place_changed = Signal()

    def __init__(
        self,
        scene: NetworkScene,
        apply: Apply,
        point_of: Callable[[Part], QPoint],
        obstacles: Callable[[], list[QRect]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        identify(self, "value_editor", self.tr("Weight or bias"))
        self._viewport = parent
        self._scene = scene
        self._apply = apply
        self._point_of, self._obstacles = point_of, obstacles
        self.part: Part | None = None
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._field = MarkedField("value_field", self.tr("Weight or bias"))
        self._field.setFixedWidth(110)
        self._field.installEventFilter(self)
        self._error = Notice("value_error")
        self._error.setMaximumWidth(220)
        row = fill(QHBoxLayout(), self._title, self._field, spacing=6)
        fill(QVBoxLayout(self), row, self._error, margins=(8, 4, 4, 4), spacing=4)
        self.hide()

    def open(self, part: Part) -> None:
        """Show the number of a part beside it; an input unit has none."""
        if isinstance(part, int) and self._scene.topology.unit_place[part][0] == 0:
            return
        self.part = part
        title = self.tr("bias b =") if isinstance(part, int) else self.tr("weight w =")
        self._title.setText(title)
        self._field.setAccessibleName(title)
        self._say("")
        self._field.setText(self._value_text(part))
        self._field.setModified(False)
        self._place()
        self.show()
        self.raise_()
        self.place_changed.emit()

    def show_value(self) -> None:
        """Show the number of this moment, unless somebody types another one; close if the part is gone."""
        if self.part is None:
            return
        if not exists(self._scene.topology, self.part):
            self.close_editor()
        elif not self._field.isModified() and not self._field.hasFocus():
            self._field.setText(self._value_text(self.part))

    def follow(self) -> None:
        """Stand beside the part again, after the view has moved."""
        if self.part is not None:
            self._place()
            self.place_changed.emit()

    def begin(self, first: str = "") -> None:
        """Let somebody type, what they have typed already included."""
        if self.part is None:
            return
        self._field.setFocus()
        if first:
            self._field.setText(first)
            self._field.setModified(True)
        else:
            self._field.selectAll()

    @Slot()
    def close_editor(self) -> None:
        """Take it away, without applying anything."""
        if self.part is None:
            return
        had_focus = self._field.hasFocus()
        self.part = None
        self.hide()
        self.place_changed.emit()
        if had_focus:
            self.finished.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Apply on Enter, close on Esc: a line edit would hand both on to the canvas."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close_editor()
                return True
            if event.key() in ENTER:
                self._apply_typed()
                return True
        elif event.type() == QEvent.Type.FocusOut and self.part is not None and self.isVisible():
            self._field.setModified(False)
        return super().eventFilter(watched, event)

    def _apply_typed(self) -> None:
        if self.part is None:
            return
        if not self._field.isModified():  # what is shown is rounded: it is not what was meant to be typed
            self.close_editor()
            return
        wrong = self._apply(self.part, self._field.text())
        if wrong:
            self._say(wrong)
            self._field.selectAll()
        else:
            self.close_editor()

    def _place(self) -> None:
        """Stand where nothing is covered, or as little as can be."""
        assert self.part is not None
        self.adjustSize()
        room, point = self._viewport.rect(), self._point_of(self.part)
        obstacles = [QRect(point, QSize(1, 1)), *self._obstacles()]
        place = free_place(self.size(), point, room, obstacles)
        place = place or place_over_fewest(self.size(), point, room, obstacles)
        self.move(QPoint() if place is None else place.topLeft())

    def _value_text(self, part: Part) -> str:
        parameters = self._scene.parameters
        return editable_number(parameters.bias(part) if isinstance(part, int) else parameters.weight(*part))

    def _say(self, text: str) -> None:
        self._error.say(text)
        self._field.mark(bool(text), text)
        self.adjustSize()
        if self.isVisible():
            self.place_changed.emit()  # it is higher now
