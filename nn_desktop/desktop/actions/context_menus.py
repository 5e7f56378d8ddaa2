"""The menus that open on the canvas and in the outline."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nn_desktop.desktop.actions.action import SEPARATOR
from nn_desktop.desktop.actions.mnemonic_menu import MnemonicMenu
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.docks import Docks
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.network.functions import ACTIVATIONS, Activation

LAYER_MENU = (
    "edit_layer",
    "choose_activation",
    "freeze",
    SEPARATOR,
    "add_unit",
    "remove_unit",
    "toggle_folded",
    SEPARATOR,
    "insert_layer",
    "duplicate",
    "cut",
    "copy",
    "paste",
    SEPARATOR,
    "remove_layer",
)
UNIT_MENU = (
    "edit_number",
    "show_numbers",
    "tool_connect",
    "next_connection",
    SEPARATOR,
    "add_unit",
    "delete_selected",
    SEPARATOR,
    "choose_activation",
    "edit_layer",
    "insert_layer",
    "remove_layer",
)
CONNECTION_MENU = (
    "edit_number",
    "show_numbers",
    "freeze",
    "next_connection",
    SEPARATOR,
    "delete_selected",
)
NOTHING_MENU = (
    "insert_layer",
    "copy",
    "paste",
    "select_all",
    SEPARATOR,
    "arrange",
    "fit_network",
    SEPARATOR,
    "export_diagram",
    "clear_network",
)
"""Names of the actions that the canvas offers for what is current."""


class ContextMenus(QObject):
    """Opens the menu of what is current, and that of activations.

    Parameters
    ----------
    frame
        Has the menu of the drawing as a plot, which is offered where nothing is current.
    canvas, docks
        Where the menus are asked for: on the canvas, and in the outline.
    """

    def __init__(
        self,
        editor: NetworkEditor,
        actions: Mapping[str, QAction],
        frame: PlotFrame,
        canvas: NetworkView,
        docks: Docks,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._editor = editor
        self._actions = actions
        self._frame = frame
        self._window = window
        canvas.context_menu_requested.connect(self._open_for_selection)
        docks.rows.context_menu_requested.connect(self._open_for_selection)
        canvas.activation_menu_requested.connect(self._open_activations)

    @Slot(QPoint)
    def _open_for_selection(self, point: QPoint) -> None:
        """Open the menu of what is current, at a point of the screen."""
        selection = self._editor.selection
        names: tuple[str | None, ...]
        if selection.connection is not None:
            names = CONNECTION_MENU
        elif selection.unit is not None:
            names = UNIT_MENU
        else:
            names = NOTHING_MENU if selection.layer is None else LAYER_MENU
        menu = self._make_menu("canvas_menu", self.tr("What can be done with the selection"))
        for name in names:
            if name is SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(self._actions[name])
        if names is NOTHING_MENU:
            menu.addSeparator()
            self._frame.menu.setTitle(self.tr("&Picture and numbers"))
            menu.addMenu(self._frame.menu)
        menu.popup(point)

    @Slot(int, QPoint)
    def _open_activations(self, layer: int, point: QPoint) -> None:
        """Let somebody choose the activation of a layer, at a point of the screen."""
        topology = self._editor.topology
        if layer not in topology.layer_index:  # gone since it was drawn
            return
        is_output = layer == topology.layers[-1].id
        menu = self._make_menu("activation_menu", self.tr("Activation of the layer"))
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

    def _make_menu(self, name: str, accessible_name: str) -> QMenu:
        menu = MnemonicMenu(self._window)
        identify(menu, name, accessible_name)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    @Slot(QAction)
    def _on_activation_chosen(self, action: QAction) -> None:
        layer, activation = action.data()
        self._editor.set_activation(layer, Activation(activation))
