"""The buttons at the columns of the drawing: activation, units, folding, and new layers between them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPointF, Signal, SignalInstance, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGraphicsScene

from nn_desktop.desktop.canvas.button_item import ButtonItem
from nn_desktop.desktop.canvas.network_drawing import NetworkDrawing
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.drawing.placement import FOLD_ABOVE, Column
from nn_desktop.network.functions import ACTIVATIONS

Place = Callable[[], QPointF]
"""Tells where a button stands."""
FOLD_ABOVE_COUNT = 26.0
"""From the number of units up to the button that folds them."""


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
        self._places: list[Place] = []

    def set_font(self, font: QFont) -> None:
        """Take another font, for the buttons that are made from now on."""
        self._font = font

    def clear(self) -> None:
        """Remove all buttons."""
        for button in self.items:
            self._scene.removeItem(button)
            button.deleteLater()
        self.items, self._places = [], []

    def place(self) -> None:
        """Put all buttons where they stand now, as large as titles are."""
        for button, place in zip(self.items, self._places, strict=True):
            button.setPos(place())
            button.setScale(self._drawing.headings.scale)

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
            partial(self._drawing.headings.below_title, column),
            self._on_activation_clicked,
            column.layer.id,
        )

    def _add_size_buttons(self, index: int, column: Column) -> None:
        layer, editor = column.layer.id, self._editor
        for name, text, tip, x, edit in (
            (f"remove_unit_{index}", "−", self.tr("Remove a unit from this layer"), -32, editor.drop_unit),
            (f"add_unit_{index}", "+", self.tr("Add a unit to this layer"), 32, editor.add_units),
        ):
            place = partial(self._beside_count, column, x, 0.0)
            self._add_button(name, text, tip, place, partial(editor.document.attempt, edit), layer)

    def _add_fold_button(self, index: int, column: Column) -> None:
        count = grouped(len(column.layer.units))
        if column.gap_y is not None:
            text = f"⋮ {count}"
            place: Place = partial(QPointF, column.x, column.gap_y)
            tip = self.tr("{count} units: click to show all of them").format(count=count)
        else:
            text, place = self.tr("fold"), partial(self._beside_count, column, 0.0, -FOLD_ABOVE_COUNT)
            tip = self.tr("Show only the first and the last of {count} units").format(count=count)
        self._add_button(f"fold_{index}", text, tip, place, self.fold_clicked, column.layer.id)

    def _add_insert_button(self, index: int) -> None:
        beside = self._drawing.placement.columns[index - 1 : index + 1]
        insert = partial(self._editor.document.attempt, self._editor.insert_layer)
        tip = self.tr("Insert a layer here")
        self._add_button(
            f"insert_layer_{index}", "+", tip, partial(self._between_titles, *beside), insert, index
        )

    def _beside_count(self, column: Column, right: float, down: float) -> QPointF:
        return self._drawing.headings.footer(column) + QPointF(right, down) * self._drawing.headings.scale

    def _between_titles(self, left: Column, right: Column) -> QPointF:
        headings = self._drawing.headings
        return (headings.title(left) + headings.title(right)) / 2

    def _add_button(
        self,
        name: str,
        text: str,
        tip: str,
        place: Place,
        act: Callable[[int], object] | SignalInstance,
        target: int,
    ) -> None:
        """Add a button at a point of the scene that acts on a layer, or on a place between two."""
        button = ButtonItem(name, text, tip, self._theme.colors, self._font)
        button.target = target
        button.clicked.connect(act)
        button.setPos(place())
        self.items.append(button)
        self._places.append(place)
        self._scene.addItem(button)

    @Slot(int)
    def _on_activation_clicked(self, layer: int) -> None:
        button = next(
            each for each in self.items if each.target == layer and each.objectName().startswith("activation")
        )
        self.activation_menu_requested.emit(layer, button.menu_point())
