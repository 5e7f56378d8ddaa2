"""The menu of the network: its layers, units and connections, and the tools that draw them."""

from PySide6.QtCore import QObject

from nn_desktop.desktop.actions.action import SEPARATOR, Action, Menu
from nn_desktop.desktop.actions.examples_menu import ExamplesMenu
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.desktop.docks import Docks
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection_editor import SelectionEditor
from nn_desktop.desktop.panels.readout import Readout


class NetworkMenu(Menu):
    """Edits the network at what is selected, and chooses the tool.

    Parameters
    ----------
    docks
        Their outline does what concerns one number or connection while its tree has the focus.
    """

    def __init__(
        self,
        editor: NetworkEditor,
        canvas: NetworkView,
        docks: Docks,
        readout: Readout,
        examples: ExamplesMenu,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._selection = editor.selection
        self._selection_editor = SelectionEditor(editor)
        self._canvas = canvas
        self._docks = docks
        self.name, self.title = "menu_network", self.tr("&Network")
        self.entries = (
            Action(
                name="type_layers",
                text=self.tr("Edit layers as &text…"),
                tip=self.tr("Type the units of each layer, as in 1-16-16-1"),
                keys=("Ctrl+L",),
                do=readout.begin_typing,
            ),
            SEPARATOR,
            *self._layer_rows(),
            SEPARATOR,
            *self._unit_rows(),
            SEPARATOR,
            *self._property_rows(),
            SEPARATOR,
            *self._connection_rows(),
            SEPARATOR,
            Action(
                name="arrange",
                text=self.tr("Ti&dy up"),
                tip=self.tr("Restore automatic positions"),
                keys=("Ctrl+Shift+A",),
                icon="arrange",
                do=self._arrange,
            ),
            SEPARATOR,
            *self._tool_rows(),
            SEPARATOR,
            examples,
        )
        self._selection.changed.connect(self.changed)
        canvas.tool_changed.connect(self.changed)

    def _layer_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="insert_layer",
                text=self.tr("&Insert layer"),
                tip=self.tr("Put a new layer after the current one, or before the output"),
                keys=("Ins", "Ctrl+Shift+L"),
                icon="layer-add",
                do=self._selection_editor.insert_layer,
                is_on_canvas=True,
            ),
            Action(
                name="remove_layer",
                text=self.tr("Remove la&yer"),
                tip=self.tr("Remove the current layer"),
                keys=("Shift+Del",),
                do=self._selection_editor.remove_layer,
                is_on=self._has_layer,
                is_on_canvas=True,
            ),
        )

    def _unit_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="add_unit",
                text=self.tr("&Add unit"),
                tip=self.tr("Add a unit to the current layer"),
                keys=("+",),
                icon="add",
                do=self._selection_editor.add_unit,
                is_on=self._has_layer,
                is_on_canvas=True,
            ),
            Action(
                name="remove_unit",
                text=self.tr("&Remove unit"),
                tip=self.tr("Remove the current unit, or the last of the current layer"),
                keys=("-",),
                icon="remove",
                do=self._selection_editor.remove_unit,
                is_on=self._has_layer,
                is_on_canvas=True,
            ),
        )

    def _property_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="choose_activation",
                text=self.tr("Activati&on…"),
                tip=self.tr("Choose the activation of the current layer"),
                keys=("A",),
                do=self._canvas.choose_activation,
                is_on=self._has_layer,
                is_on_canvas=True,
            ),
            Action(
                name="edit_layer",
                text=self.tr("Layer &properties"),
                tip=self.tr(
                    "Go to the name, activation, units, initializer and freezing of the current layer"
                ),
                keys=("F4",),
                do=self._canvas.layer_edit_requested.emit,
                is_on=self._has_layer,
                is_on_canvas=True,
            ),
            Action(
                name="edit_number",
                text=self.tr("Edit &weight or bias…"),
                tip=self.tr("Type the bias of the current unit, or the weight of the current connection"),
                keys=("F2",),
                do=self._edit_number,
                is_on=self._has_number,
                is_on_canvas=True,
            ),
            Action(
                name="show_numbers",
                text=self.tr("I&nspector"),
                tip=self.tr("Show value, gradient and formula of what is selected, and its properties"),
                keys=("I",),
                do=self._docks.show_inspector,
                is_on_canvas=True,
            ),
            Action(
                name="freeze",
                text=self.tr("&Freeze"),
                tip=self.tr("Let the selected connections, or the current layer, not learn; or learn again"),
                keys=("F",),
                icon="freeze",
                do=self._selection_editor.freeze,
                is_on=lambda: not self._selection.is_empty,
                is_on_canvas=True,
            ),
        )

    def _connection_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="next_connection",
                text=self.tr("Ne&xt connection"),
                tip=self.tr("Go to the next connection of the current unit"),
                keys=("N",),
                do=lambda: self._selection.walk_connections(1),
                is_on=self._has_number,
                is_on_canvas=True,
            ),
            Action(
                name="previous_connection",
                text=self.tr("Pre&vious connection"),
                tip=self.tr("Go to the previous connection of the current unit"),
                keys=("Shift+N",),
                do=lambda: self._selection.walk_connections(-1),
                is_on=self._has_number,
                is_on_canvas=True,
            ),
        )

    def _tool_rows(self) -> tuple[Action, ...]:
        return (
            self._tool_row(
                Tool.SELECT,
                "tool-select",
                self.tr("&Select"),
                self.tr("Select, move and connect: click, or drag a unit onto a later one"),
                "V",
            ),
            self._tool_row(
                Tool.UNIT,
                "tool-unit",
                self.tr("&Unit"),
                self.tr("Draw units: click in a layer, or between two; drag down for more"),
                "U",
            ),
            self._tool_row(
                Tool.LAYER,
                "tool-layer",
                self.tr("&Layer"),
                self.tr("Draw layers: click between two layers, and drag down for the number of units"),
                "L",
            ),
            self._tool_row(
                Tool.CONNECT,
                "tool-connect",
                self.tr("&Connect"),
                self.tr("Connect: drag, or click, from a unit to a later one, or from title to title"),
                "C",
            ),
            self._tool_row(
                Tool.ERASE,
                "tool-erase",
                self.tr("&Erase"),
                self.tr("Erase what is clicked or touched by a stroke; with Shift, what a band touches"),
                "E",
            ),
        )

    def _tool_row(self, tool: Tool, icon: str, text: str, tip: str, key: str) -> Action:
        return Action(
            name=f"tool_{tool}",
            text=text,
            tip=tip,
            keys=(key,),
            icon=icon,
            do=self._connect if tool is Tool.CONNECT else lambda: self._canvas.set_tool(tool),
            is_checked=lambda: self._canvas.tool is tool,
            group="tools",
            is_on_canvas=True,
        )

    def _has_layer(self) -> bool:
        return self._selection.layer is not None

    def _has_number(self) -> bool:
        return self._selection.unit is not None or self._selection.connection is not None

    def _edit_number(self) -> None:
        """Type the number of the current row of the outline there, or of the current part on the canvas."""
        if outline := self._docks.focused_outline:
            outline.edit_here()
        else:
            self._canvas.edit_value()

    def _connect(self) -> None:
        """Begin a connection at the current row of the outline, or take the tool that connects."""
        if outline := self._docks.focused_outline:
            outline.connect_from_here()
        else:
            self._canvas.connect_from_here()

    def _arrange(self) -> None:
        self._editor.arrange()
        self._canvas.fit()
