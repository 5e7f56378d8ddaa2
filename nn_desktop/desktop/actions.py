"""Every action as a row of one table, from which menus, tool bar and the list of shortcuts are made."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from nn_desktop.desktop.colors import Colors
from nn_desktop.desktop.icons import themed_icon


class Needs(StrEnum):
    """What must be there for an action to be on."""

    NOTHING = ""
    LAYER = "layer"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True)
class ActionRow:
    """One action.

    Attributes
    ----------
    name
        Its stable object name, and the method of `Commands` that does it.
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
        "open_network",
        QT_TRANSLATE_NOOP("actions", "&Open network…"),
        QT_TRANSLATE_NOOP("actions", "Open a network that was exported as JSON"),
        "Ctrl+O",
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
        "delete_selected",
        QT_TRANSLATE_NOOP("actions", "&Delete"),
        QT_TRANSLATE_NOOP("actions", "Remove the selected unit or layer"),
        "Del",
        "Backspace",
        icon="delete",
        needs=Needs.LAYER,
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
        QT_TRANSLATE_NOOP("actions", "Put a new layer after the selected one, or before the output"),
        "Ins",
        "Ctrl+Shift+L",
        icon="layer-add",
        on_canvas=True,
    ),
    _row(
        "remove_layer",
        QT_TRANSLATE_NOOP("actions", "Remove la&yer"),
        QT_TRANSLATE_NOOP("actions", "Remove the selected layer"),
        "Shift+Del",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "add_unit",
        QT_TRANSLATE_NOOP("actions", "&Add unit"),
        QT_TRANSLATE_NOOP("actions", "Add a unit to the selected layer"),
        "+",
        icon="add",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "remove_unit",
        QT_TRANSLATE_NOOP("actions", "&Remove unit"),
        QT_TRANSLATE_NOOP("actions", "Remove the selected unit, or the last of the selected layer"),
        "-",
        icon="remove",
        needs=Needs.LAYER,
        on_canvas=True,
    ),
    _row(
        "choose_activation",
        QT_TRANSLATE_NOOP("actions", "A&ctivation…"),
        QT_TRANSLATE_NOOP("actions", "Choose the activation of the selected layer"),
        "A",
        needs=Needs.LAYER,
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
        "Ctrl+1",
        icon="batch",
        checkable=True,
    ),
    _row(
        "mode_mini_batch",
        QT_TRANSLATE_NOOP("actions", "&Mini-batch"),
        QT_TRANSLATE_NOOP(
            "actions", "Mini-batch gradient descent: an update for every few samples, shuffled each epoch"
        ),
        "Ctrl+2",
        icon="mini-batch",
        checkable=True,
    ),
    _row(
        "mode_stochastic",
        QT_TRANSLATE_NOOP("actions", "&Stochastic"),
        QT_TRANSLATE_NOOP(
            "actions", "Stochastic gradient descent: an update for every sample, shuffled each epoch"
        ),
        "Ctrl+3",
        icon="stochastic",
        checkable=True,
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
MENUS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "menu_file",
        str(QT_TRANSLATE_NOOP("actions", "&File")),
        ("open_network", "export_weights", SEPARATOR, "quit"),
    ),
    ("menu_edit", str(QT_TRANSLATE_NOOP("actions", "&Edit")), ("undo", "redo", SEPARATOR, "delete_selected")),
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
        ),
    ),
    (
        "menu_view",
        str(QT_TRANSLATE_NOOP("actions", "&View")),
        (
            "fit_network",
            "zoom_in",
            "zoom_out",
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
)
"""Actions of which one at a time is checked."""

CANVAS_MENU = (
    "add_unit",
    "remove_unit",
    SEPARATOR,
    "insert_layer",
    "remove_layer",
    SEPARATOR,
    "choose_activation",
)


def translate(text: str) -> str:
    """Translate a text of this table."""
    return QCoreApplication.translate("actions", text)


def make_actions(commands: QObject) -> dict[str, QAction]:
    """Make all actions, without their icons (`color_icons`); each calls the method of its name.

    Parameters
    ----------
    commands
        Has a slot for each row. Parent of the actions.

    Returns
    -------
    dict
        By name. Those of the canvas (`ActionRow.on_canvas`) are to be added to it, all others to the window.
    """
    actions = {}
    for row in ROWS:
        action = QAction(translate(row.text), commands)
        action.setObjectName(row.name)
        action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
        if row.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setCheckable(row.checkable)
        action.setStatusTip(translate(row.tip))
        action.setToolTip(_tool_tip(row))
        action.triggered.connect(getattr(commands, row.name))
        actions[row.name] = action
    return actions


def color_icons(actions: dict[str, QAction], colors: Colors) -> None:
    """Give the actions icons in the colours of a theme."""
    for row in ROWS:
        if row.icon:
            actions[row.name].setIcon(themed_icon(colors, row.icon))


def enable(actions: dict[str, QAction], needs: Needs, on: bool) -> None:
    """Switch all actions that need something on or off."""
    for row in ROWS:
        if row.needs is needs:
            actions[row.name].setEnabled(on)


def _tool_tip(row: ActionRow) -> str:
    tip = translate(row.tip)
    if not row.shortcuts:
        return tip
    keys = QKeySequence(row.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})"
