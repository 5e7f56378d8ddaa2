"""The table of all actions: their texts, keys and icons, and the menus they are in."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP


class Needs(StrEnum):
    """What must be there for an action to be on."""

    NOTHING = ""
    SELECTION = "selection"
    NUMBER = "number"
    """A unit or a connection is current."""
    LAYER = "layer"
    """A layer is current, or one of its units."""
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True)
class ActionRow:
    """One action.

    Attributes
    ----------
    name
        Its stable object name, and that of the method of a commands object that does it.
    text
        In menus, with a mnemonic; "…" where a dialog follows.
    tip
        What it does, for tool tip and status bar.
    shortcuts
        The first is shown.
    icon
        Of a file in resources/icons; empty for none.
    needs
        When it is on.
    checkable
        Whether it can be on and off.
    on_canvas
        Whether its shortcuts are heard only while the canvas has the focus: + and Del mean something else
        in a plot, or in a list.
    """

    name: str
    text: str
    tip: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    needs: Needs = Needs.NOTHING
    checkable: bool = False
    on_canvas: bool = False


def _row(name: str, text: object, tip: object, *shortcuts: str, **rest: object) -> ActionRow:
    return ActionRow(name, str(text), str(tip), shortcuts, **rest)  # type: ignore[arg-type]


ROWS: tuple[ActionRow, ...] = (
    _row(
        "new_project",
        QT_TRANSLATE_NOOP("actions", "&New"),
        QT_TRANSLATE_NOOP("actions", "Begin anew, with the example"),
        "Ctrl+N",
    ),
    _row(
        "open",
        QT_TRANSLATE_NOOP("actions", "&Open…"),
        QT_TRANSLATE_NOOP("actions", "Open a project, or a network that this or another program wrote"),
        "Ctrl+O",
    ),
    _row(
        "save",
        QT_TRANSLATE_NOOP("actions", "&Save"),
        QT_TRANSLATE_NOOP("actions", "Save everything: network, data, training, layout and notes"),
        "Ctrl+S",
    ),
    _row(
        "save_as",
        QT_TRANSLATE_NOOP("actions", "Save &as…"),
        QT_TRANSLATE_NOOP("actions", "Save everything in another file"),
        "Ctrl+Shift+S",
    ),
    _row(
        "revert",
        QT_TRANSLATE_NOOP("actions", "Re&vert"),
        QT_TRANSLATE_NOOP("actions", "Go back to what was saved last; that can be undone"),
    ),
    _row(
        "duplicate_project",
        QT_TRANSLATE_NOOP("actions", "D&uplicate"),
        QT_TRANSLATE_NOOP("actions", "Go on with a copy, and leave the file as it was saved last"),
    ),
    _row(
        "copy_link",
        QT_TRANSLATE_NOOP("actions", "Copy &link"),
        QT_TRANSLATE_NOOP("actions", "Copy network, data and settings as a short text that opens by pasting"),
        "Ctrl+Alt+C",
    ),
    _row(
        "copy_link_with_weights",
        QT_TRANSLATE_NOOP("actions", "Copy link with &weights"),
        QT_TRANSLATE_NOOP("actions", "Copy the same, and the weights of this moment"),
        "Ctrl+Alt+Shift+C",
    ),
    _row(
        "export_weights",
        QT_TRANSLATE_NOOP("actions", "&Export weights…"),
        QT_TRANSLATE_NOOP("actions", "Write the trained weights to a file that other programs read"),
        "Ctrl+E",
        "Ctrl+Shift+E",  # in a field, Ctrl+E goes to the end of the line
        icon="export",
    ),
    _row(
        "export_diagram",
        QT_TRANSLATE_NOOP("actions", "Export &diagram…"),
        QT_TRANSLATE_NOOP("actions", "Write the drawing to a file: SVG, PDF, PNG or TikZ"),
        "Ctrl+Shift+D",
    ),
    _row(
        "print_diagram",
        QT_TRANSLATE_NOOP("actions", "&Print…"),
        QT_TRANSLATE_NOOP("actions", "Print the drawing of the network"),
        "Ctrl+P",
    ),
    _row(
        "quit",
        QT_TRANSLATE_NOOP("actions", "&Quit"),
        QT_TRANSLATE_NOOP("actions", "Close the program"),
        "Ctrl+Q",
    ),
    _row(
        "undo",
        QT_TRANSLATE_NOOP("actions", "&Undo"),
        QT_TRANSLATE_NOOP("actions", "Take back the last change"),
        "Ctrl+Z",
        icon="undo",
        needs=Needs.UNDO,
    ),
    _row(
        "redo",
        QT_TRANSLATE_NOOP("actions", "&Redo"),
        QT_TRANSLATE_NOOP("actions", "Do again what was taken back"),
        "Ctrl+Shift+Z",
        "Ctrl+Y",
        icon="redo",
        needs=Needs.REDO,
    ),
    _row(
        "cut",
        QT_TRANSLATE_NOOP("actions", "Cu&t"),
        QT_TRANSLATE_NOOP("actions", "Copy the selected layers as text, and remove them"),
        "Ctrl+X",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "copy",
        QT_TRANSLATE_NOOP("actions", "&Copy"),
        QT_TRANSLATE_NOOP(
            "actions", "Copy the selected layers as text, or the whole network if none is selected"
        ),
        "Ctrl+C",
        on_canvas=True,
    ),
    _row(
        "copy_picture",
        QT_TRANSLATE_NOOP("actions", "Copy as p&icture"),
        QT_TRANSLATE_NOOP("actions", "Copy the drawing of the network as a picture"),
        "Ctrl+Shift+C",
    ),
    _row(
        "paste",
        QT_TRANSLATE_NOOP("actions", "&Paste"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Put in the layers, or the network, that were copied as text; also typed ones such as 2-8-8-1",
        ),
        "Ctrl+V",
        on_canvas=True,
    ),
    _row(
        "duplicate",
        QT_TRANSLATE_NOOP("actions", "Dup&licate"),
        QT_TRANSLATE_NOOP("actions", "Put a copy of the selected layers after them"),
        "Ctrl+D",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "select_all",
        QT_TRANSLATE_NOOP("actions", "Select &all"),
        QT_TRANSLATE_NOOP("actions", "Select all layers"),
        "Ctrl+A",
        on_canvas=True,
    ),
    _row(
        "delete_selected",
        QT_TRANSLATE_NOOP("actions", "&Delete"),
        QT_TRANSLATE_NOOP("actions", "Remove what is selected: units, connections, layers"),
        "Del",
        "Backspace",
        icon="delete",
        needs=Needs.SELECTION,
        on_canvas=True,
    ),
    _row(
        "clear_network",
        QT_TRANSLATE_NOOP("actions", "&Erase everything"),
        QT_TRANSLATE_NOOP("actions", "Remove all but the inputs and outputs, which the dataset has"),
        "Ctrl+Shift+Del",
        on_canvas=True,
    ),
    _row(
        "type_layers",
        QT_TRANSLATE_NOOP("actions", "&Type layers"),
        QT_TRANSLATE_NOOP("actions", "Type the units of each layer, as in 1-16-16-1"),
        "Ctrl+L",
    ),
    _row(
        "insert_layer",
        QT_TRANSLATE_NOOP("actions", "Insert &layer"),
        QT_TRANSLATE_NOOP("actions", "Put a new layer after the current one, or before the output"),
        "Ins",
        "Ctrl+Shift+L",
        icon="layer-add",
        on_canvas=True,
    ),
    _row(
        "remove_layer",
        QT_TRANSLATE_NOOP("actions", "Remove la&yer"),
        QT_TRANSLATE_NOOP("actions", "Remove the current layer"),
        "Shift+Del",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "add_unit",
        QT_TRANSLATE_NOOP("actions", "&Add unit"),
        QT_TRANSLATE_NOOP("actions", "Add a unit to the current layer"),
        "+",
        icon="add",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "remove_unit",
        QT_TRANSLATE_NOOP("actions", "&Remove unit"),
        QT_TRANSLATE_NOOP("actions", "Remove the current unit, or the last of the current layer"),
        "-",
        icon="remove",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "choose_activation",
        QT_TRANSLATE_NOOP("actions", "A&ctivation…"),
        QT_TRANSLATE_NOOP("actions", "Choose the activation of the current layer"),
        "A",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "edit_number",
        QT_TRANSLATE_NOOP("actions", "Edit &number"),
        QT_TRANSLATE_NOOP(
            "actions", "Type the bias of the current unit, or the weight of the current connection"
        ),
        "F2",
        needs=Needs.NUMBER,
        on_canvas=True,
    ),
    _row(
        "show_numbers",
        QT_TRANSLATE_NOOP("actions", "&Live numbers"),
        QT_TRANSLATE_NOOP(
            "actions", "Show value, gradient and formula of what is current, without the pointer"
        ),
        "I",
        on_canvas=True,
    ),
    _row(
        "edit_layer",
        QT_TRANSLATE_NOOP("actions", "Layer &properties"),
        QT_TRANSLATE_NOOP(
            "actions", "Go to the name, activation, units, initializer and freezing of the current layer"
        ),
        "F4",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "freeze",
        QT_TRANSLATE_NOOP("actions", "&Freeze"),
        QT_TRANSLATE_NOOP(
            "actions", "Let the selected connections, or the current layer, not learn; or learn again"
        ),
        "F",
        needs=Needs.SELECTION,
        icon="freeze",
        on_canvas=True,
    ),
    _row(
        "next_connection",
        QT_TRANSLATE_NOOP("actions", "Ne&xt connection"),
        QT_TRANSLATE_NOOP("actions", "Go to the next connection of the current unit"),
        "N",
        needs=Needs.NUMBER,
        on_canvas=True,
    ),
    _row(
        "previous_connection",
        QT_TRANSLATE_NOOP("actions", "Pre&vious connection"),
        QT_TRANSLATE_NOOP("actions", "Go to the previous connection of the current unit"),
        "Shift+N",
        needs=Needs.NUMBER,
        on_canvas=True,
    ),
    _row(
        "arrange",
        QT_TRANSLATE_NOOP("actions", "Arran&ge"),
        QT_TRANSLATE_NOOP("actions", "Bring order back: let everything stand where it does by itself"),
        "Ctrl+Shift+A",
        icon="arrange",
    ),
    _row(
        "tool_select",
        QT_TRANSLATE_NOOP("actions", "&Select"),
        QT_TRANSLATE_NOOP("actions", "Select, move and connect: click, or drag a unit onto a later one"),
        "V",
        icon="tool-select",
        checkable=True,
        on_canvas=True,
    ),
    _row(
        "tool_unit",
        QT_TRANSLATE_NOOP("actions", "&Unit"),
        QT_TRANSLATE_NOOP("actions", "Draw units: click in a layer, or between two; drag down for more"),
        "U",
        icon="tool-unit",
        checkable=True,
        on_canvas=True,
    ),
    _row(
        "tool_layer",
        QT_TRANSLATE_NOOP("actions", "&Layer"),
        QT_TRANSLATE_NOOP(
            "actions", "Draw layers: click between two layers, and drag down for the number of units"
        ),
        "L",
        icon="tool-layer",
        checkable=True,
        on_canvas=True,
    ),
    _row(
        "tool_connect",
        QT_TRANSLATE_NOOP("actions", "&Connect"),
        QT_TRANSLATE_NOOP(
            "actions", "Connect: drag, or click, from a unit to a later one, or from title to title"
        ),
        "C",
        icon="tool-connect",
        checkable=True,
        on_canvas=True,
    ),
    _row(
        "tool_erase",
        QT_TRANSLATE_NOOP("actions", "&Erase"),
        QT_TRANSLATE_NOOP(
            "actions", "Erase what is clicked or touched by a stroke; with Shift, what a band touches"
        ),
        "E",
        icon="tool-erase",
        checkable=True,
        on_canvas=True,
    ),
    _row(
        "train_or_pause",
        QT_TRANSLATE_NOOP("actions", "&Train"),
        QT_TRANSLATE_NOOP("actions", "Train the network, or pause"),
        "Space",
        icon="play",
        checkable=True,
    ),
    _row(
        "step_update",
        QT_TRANSLATE_NOOP("actions", "One &update"),
        QT_TRANSLATE_NOOP("actions", "Do one update of the weights: one batch"),
        ".",
        icon="step-update",
    ),
    _row(
        "step_epoch",
        QT_TRANSLATE_NOOP("actions", "One &epoch"),
        QT_TRANSLATE_NOOP("actions", "Train to the end of the epoch: every sample once"),
        "Shift+Space",
        icon="step-epoch",
    ),
    _row(
        "reset",
        QT_TRANSLATE_NOOP("actions", "&Reset"),
        QT_TRANSLATE_NOOP("actions", "Go back to the same start: the same first weights"),
        "Ctrl+R",
        icon="reset",
    ),
    _row(
        "new_start",
        QT_TRANSLATE_NOOP("actions", "&New start"),
        QT_TRANSLATE_NOOP("actions", "Start anew from other first weights: the next seed"),
        "Ctrl+Shift+R",
        icon="new-start",
    ),
    _row(
        "mode_batch",
        QT_TRANSLATE_NOOP("actions", "&Batch"),
        QT_TRANSLATE_NOOP("actions", "Batch gradient descent: one update an epoch, over all samples"),
        "Alt+1",
        icon="batch",
        checkable=True,
    ),
    _row(
        "mode_mini_batch",
        QT_TRANSLATE_NOOP("actions", "&Mini-batch"),
        QT_TRANSLATE_NOOP(
            "actions", "Mini-batch gradient descent: an update for every few samples, shuffled each epoch"
        ),
        "Alt+2",
        icon="mini-batch",
        checkable=True,
    ),
    _row(
        "mode_stochastic",
        QT_TRANSLATE_NOOP("actions", "&Stochastic"),
        QT_TRANSLATE_NOOP(
            "actions", "Stochastic gradient descent: an update for every sample, shuffled each epoch"
        ),
        "Alt+3",
        icon="stochastic",
        checkable=True,
    ),
    _row(
        "compare_engines",
        QT_TRANSLATE_NOOP("actions", "&Compare engines…"),
        QT_TRANSLATE_NOOP(
            "actions", "Train this network in all engines side by side, and see which is fast when"
        ),
        "Ctrl+T",
    ),
    _row(
        "zoom_in",
        QT_TRANSLATE_NOOP("actions", "Zoom &in"),
        QT_TRANSLATE_NOOP("actions", "Come nearer to the network"),
        "Ctrl++",
        "Ctrl+=",
        icon="zoom-in",
    ),
    _row(
        "zoom_out",
        QT_TRANSLATE_NOOP("actions", "Zoom &out"),
        QT_TRANSLATE_NOOP("actions", "Step back from the network"),
        "Ctrl+-",
        icon="zoom-out",
    ),
    _row(
        "fit_network",
        QT_TRANSLATE_NOOP("actions", "&Fit network"),
        QT_TRANSLATE_NOOP("actions", "Show the whole network"),
        "Ctrl+0",
        icon="fit-view",
    ),
    _row(
        "actual_size",
        QT_TRANSLATE_NOOP("actions", "&Actual size"),
        QT_TRANSLATE_NOOP("actions", "Show the network point by point"),
        "Ctrl+1",
    ),
    _row(
        "toggle_folded",
        QT_TRANSLATE_NOOP("actions", "&Unfold or fold layer"),
        QT_TRANSLATE_NOOP("actions", "Show all units of a large layer, or only the first and last ones"),
        "O",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "log_scale",
        QT_TRANSLATE_NOOP("actions", "&Logarithmic loss"),
        QT_TRANSLATE_NOOP("actions", "Show the loss on a logarithmic axis"),
        "Ctrl+G",
        icon="log-scale",
        checkable=True,
    ),
    _row(
        "theme_system",
        QT_TRANSLATE_NOOP("actions", "As the &system"),
        QT_TRANSLATE_NOOP("actions", "Light or dark as the system"),
        checkable=True,
    ),
    _row(
        "theme_light",
        QT_TRANSLATE_NOOP("actions", "&Light"),
        QT_TRANSLATE_NOOP("actions", "The light theme"),
        checkable=True,
    ),
    _row(
        "theme_dark",
        QT_TRANSLATE_NOOP("actions", "&Dark"),
        QT_TRANSLATE_NOOP("actions", "The dark theme"),
        checkable=True,
    ),
    _row(
        "reset_layout",
        QT_TRANSLATE_NOOP("actions", "&Reset layout"),
        QT_TRANSLATE_NOOP("actions", "Put all panels back where they were at first"),
    ),
    _row(
        "show_shortcuts",
        QT_TRANSLATE_NOOP("actions", "&Keyboard shortcuts"),
        QT_TRANSLATE_NOOP("actions", "List what each key does"),
        "F1",
    ),
    _row(
        "show_about",
        QT_TRANSLATE_NOOP("actions", "&About NN Desktop"),
        QT_TRANSLATE_NOOP("actions", "Version and licence"),
    ),
)

SEPARATOR = ""
TOOLS = ("tool_select", "tool_unit", "tool_layer", "tool_connect", "tool_erase")
MENUS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "menu_file",
        str(QT_TRANSLATE_NOOP("actions", "&File")),
        (
            "new_project",
            "open",
            SEPARATOR,
            "save",
            "save_as",
            "revert",
            "duplicate_project",
            SEPARATOR,
            "copy_link",
            "copy_link_with_weights",
            SEPARATOR,
            "export_weights",
            "export_diagram",
            "print_diagram",
            SEPARATOR,
            "quit",
        ),
    ),
    (
        "menu_edit",
        str(QT_TRANSLATE_NOOP("actions", "&Edit")),
        (
            "undo",
            "redo",
            SEPARATOR,
            "cut",
            "copy",
            "copy_picture",
            "paste",
            "duplicate",
            SEPARATOR,
            "select_all",
            "delete_selected",
            "clear_network",
        ),
    ),
    (
        "menu_network",
        str(QT_TRANSLATE_NOOP("actions", "&Network")),
        (
            "type_layers",
            SEPARATOR,
            "insert_layer",
            "remove_layer",
            SEPARATOR,
            "add_unit",
            "remove_unit",
            SEPARATOR,
            "choose_activation",
            "edit_layer",
            "edit_number",
            "show_numbers",
            "freeze",
            SEPARATOR,
            "next_connection",
            "previous_connection",
            SEPARATOR,
            "arrange",
            SEPARATOR,
            *TOOLS,
        ),
    ),
    (
        "menu_train",
        str(QT_TRANSLATE_NOOP("actions", "&Train")),
        (
            "train_or_pause",
            "step_update",
            "step_epoch",
            SEPARATOR,
            "reset",
            "new_start",
            SEPARATOR,
            "mode_batch",
            "mode_mini_batch",
            "mode_stochastic",
            SEPARATOR,
            "compare_engines",
        ),
    ),
    (
        "menu_view",
        str(QT_TRANSLATE_NOOP("actions", "&View")),
        (
            "fit_network",
            "actual_size",
            "zoom_in",
            "zoom_out",
            "toggle_folded",
            SEPARATOR,
            "log_scale",
            SEPARATOR,
            "theme_system",
            "theme_light",
            "theme_dark",
            SEPARATOR,
            "reset_layout",
        ),
    ),
    ("menu_help", str(QT_TRANSLATE_NOOP("actions", "&Help")), ("show_shortcuts", "show_about")),
)
"""Object name, title, and the names of the actions."""
GROUPS: tuple[tuple[str, ...], ...] = (
    ("mode_batch", "mode_mini_batch", "mode_stochastic"),
    ("theme_system", "theme_light", "theme_dark"),
    TOOLS,
)
"""Actions of which one at a time is checked."""

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
CONNECTION_MENU = ("edit_number", "freeze", "next_connection", SEPARATOR, "delete_selected")
NOTHING_MENU = (
    "insert_layer",
    "copy",
    "copy_picture",
    "paste",
    "select_all",
    SEPARATOR,
    "arrange",
    "fit_network",
    SEPARATOR,
    "export_diagram",
    "clear_network",
)
"""What the canvas offers for what is current."""
