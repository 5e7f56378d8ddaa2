"""The menus that open on the canvas and in the outline, made from the table of actions."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nn_desktop.desktop.actions import rows as table
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.network.functions import ACTIVATIONS, Activation


def fill_menu(menu: QMenu, names: tuple[str, ...], actions: Mapping[str, QAction]) -> None:
    """Put actions into a menu, by their names; separators too."""
    for name in names:
        if name == table.SEPARATOR:
            menu.addSeparator()
        else:
            menu.addAction(actions[name])


class ContextMenus(QObject):
    """Opens the menu of what is current, and that of activations.

    Parameters
    ----------
    editor
        Of the network; its selection says what is current.
    actions
        All actions, by name.
    window
        Parent of the menus, and of this object.
    """

    def __init__(self, editor: NetworkEditor, actions: Mapping[str, QAction], window: QWidget) -> None:
        super().__init__(window)
        self._editor = editor
        self._actions = actions
        self._window = window

    @Slot(QPoint)
    def open_for_selection(self, point: QPoint) -> None:
        """Open the menu of what is current, at a point of the screen."""
        selection = self._editor.selection
        names: tuple[str, ...]
        if selection.connection is not None:
            names = table.CONNECTION_MENU
        elif selection.unit is not None:
            names = table.UNIT_MENU
        else:
            names = table.NOTHING_MENU if selection.layer is None else table.LAYER_MENU
        menu = self._make_menu("canvas_menu")
        fill_menu(menu, names, self._actions)
        menu.popup(point)

    @Slot(int, QPoint)
    def open_activations(self, layer: int, point: QPoint) -> None:
        """Let somebody choose the activation of a layer, at a point of the screen."""
        topology = self._editor.topology
        if layer not in topology.layer_index:  # gone since it was drawn
            return
        is_output = layer == topology.layers[-1].id
        menu = self._make_menu("activation_menu")
        menu.setToolTipsVisible(True)
        for activation in Activation:
            if activation is Activation.SOFTMAX and not is_output:
                continue
            action = menu.addAction(ACTIVATIONS[activation].title)
            action.setObjectName(f"activation_{activation}")
            action.setToolTip(ACTIVATIONS[activation].formula)
            action.setCheckable(True)
            action.setChecked(topology.layer(layer).activation is activation)
            action.setData((layer, activation))
        menu.triggered.connect(self._on_activation_chosen)
        menu.popup(point)

    def _make_menu(self, name: str) -> QMenu:
        menu = QMenu(self._window)
        identify(menu, name)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    @Slot(QAction)
    def _on_activation_chosen(self, action: QAction) -> None:
        layer, activation = action.data()
        self._editor.set_activation(layer, Activation(activation))
