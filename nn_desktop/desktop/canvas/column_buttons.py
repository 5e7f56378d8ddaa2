"""The buttons at the columns of the drawing: activation, units, folding, and new layers between them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPointF, Signal, SignalInstance, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGraphicsScene

from nn_desktop.desktop.canvas.button_item import ButtonItem
from nn_desktop.desktop.canvas.network_drawing import ACTIVATION_BELOW_TITLE, NetworkDrawing
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.drawing.placement import FOLD_ABOVE, Column
from nn_desktop.network.functions import ACTIVATIONS


class ColumnButtons(QObject):
    """Makes the buttons of what is drawn, in a scene.

    Signals
    -------
    activation_menu_requested(int, QPointF)
        Somebody wants to choose the activation of a layer, at a point of the scene.
    fold_clicked(int)
        A layer should show all its units, or be folded again.
    """

    activation_menu_requested = Signal(int, QPointF)
    fold_clicked = Signal(int)

    def __init__(
        self, scene: QGraphicsScene, drawing: NetworkDrawing, editor: NetworkEditor, theme: Theme, font: QFont
    ) -> None:
        super().__init__(scene)
        self._scene = scene
        self._drawing = drawing
        self._editor = editor
        self._theme = theme
        self._font = font
        self.items: list[ButtonItem] = []

    def clear(self) -> None:
        """Remove all buttons."""
        for button in self.items:
            self._scene.removeItem(button)
            button.deleteLater()
        self.items = []

    def add(self) -> None:
        """Make the buttons of the network that is drawn."""
        columns = self._drawing.placement.columns
        for index, column in enumerate(columns):
            if index:
                self._add_activation_button(index, column)
                self._add_insert_button(index)
            if 0 < index < len(columns) - 1:
                self._add_size_buttons(index, column)
            if len(column.layer.units) > FOLD_ABOVE:
                self._add_fold_button(index, column)

    def _add_activation_button(self, index: int, column: Column) -> None:
        activation = ACTIVATIONS[column.layer.activation]
        tip = self.tr("Activation of this layer: {formula}. Click to choose another.")
        self._add_button(
            f"activation_{index}",
            f"{activation.title} ▾",
            tip.format(formula=activation.formula),
            self._drawing.title_point(column) + QPointF(0, ACTIVATION_BELOW_TITLE),
            self._on_activation_clicked,
            column.layer.id,
        )

    def _add_size_buttons(self, index: int, column: Column) -> None:
        layer, editor, middle = column.layer.id, self._editor, self._drawing.footer_point(column)
        for name, text, tip, x, edit in (
            (f"remove_unit_{index}", "−", self.tr("Remove a unit from this layer"), -32, editor.drop_unit),
            (f"add_unit_{index}", "+", self.tr("Add a unit to this layer"), 32, editor.add_units),
        ):
            self._add_button(
                name, text, tip, middle + QPointF(x, 0), partial(editor.document.attempt, edit), layer
            )

    def _add_fold_button(self, index: int, column: Column) -> None:
        count = grouped(len(column.layer.units))
        if column.gap_y is not None:
            text, point = f"⋮ {count}", QPointF(column.x, column.gap_y)
            tip = self.tr("{count} units: click to show all of them").format(count=count)
        else:
            text, point = self.tr("fold"), self._drawing.footer_point(column) + QPointF(0, 30)
            tip = self.tr("Show only the first and the last of {count} units").format(count=count)
        self._add_button(f"fold_{index}", text, tip, point, self.fold_clicked, column.layer.id)

    def _add_insert_button(self, index: int) -> None:
        beside = self._drawing.placement.columns[index - 1 : index + 1]
        left, right = (self._drawing.title_point(column) for column in beside)
        insert = partial(self._editor.document.attempt, self._editor.insert_layer)
        tip = self.tr("Insert a layer here")
        self._add_button(f"insert_layer_{index}", "+", tip, (left + right) / 2, insert, index)

    def _add_button(
        self,
        name: str,
        text: str,
        tip: str,
        point: QPointF,
        act: Callable[[int], object] | SignalInstance,
        target: int,
    ) -> None:
        """Add a button at a point of the scene that acts on a layer, or on a place between two."""
        button = ButtonItem(name, text, tip, self._theme.colors, self._font)
        button.target = target
        button.clicked.connect(act)
        button.setPos(point)
        self.items.append(button)
        self._scene.addItem(button)

    @Slot(int)
    def _on_activation_clicked(self, layer: int) -> None:
        button = next(
            each for each in self.items if each.target == layer and each.objectName().startswith("activation")
        )
        self.activation_menu_requested.emit(layer, button.menu_point())
