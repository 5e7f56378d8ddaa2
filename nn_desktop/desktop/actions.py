"""Every action as a row of one table, from which menus, tool bar and the list of shortcuts are made."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence

from nn_desktop.desktop.icons import themed_icon
from nn_desktop.desktop.theme import Colors


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
    """

    name: str
    text: str
    tip: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    needs: Needs = Needs.NOTHING
    checkable: bool = False


def _row(name: str, text: object, tip: object, *shortcuts: str, **rest: object) -> ActionRow:
    return ActionRow(name, str(text), str(tip), shortcuts, **rest)  # type: ignore[arg-type]


_T = QT_TRANSLATE_NOOP

ROWS: tuple[ActionRow, ...] = (
    _row(
        "open_network",
        _T("actions", "&Open network…"),
        _T("actions", "Open a network that was exported as JSON"),
        "Ctrl+O",
    ),
    _row(
        "export_weights",
        _T("actions", "&Export weights…"),
        _T("actions", "Write the trained weights to a file that other programs read"),
        "Ctrl+E",
        icon="export",
    ),
    _row("quit", _T("actions", "&Quit"), _T("actions", "Close the program"), "Ctrl+Q"),
    _row(
        "undo",
        _T("actions", "&Undo"),
        _T("actions", "Take back the last change"),
        "Ctrl+Z",
        icon="undo",
        needs=Needs.UNDO,
    ),
    _row(
        "redo",
        _T("actions", "&Redo"),
        _T("actions", "Do again what was taken back"),
        "Ctrl+Shift+Z",
        "Ctrl+Y",
        icon="redo",
        needs=Needs.REDO,
    ),
    _row(
        "delete_selected",
        _T("actions", "&Delete"),
        _T("actions", "Remove the selected unit or layer"),
        "Del",
        "Backspace",
        icon="delete",
        needs=Needs.LAYER,
    ),
    _row(
        "type_layers",
        _T("actions", "&Type layers"),
        _T("actions", "Type the units of each layer, as in 1-16-16-1"),
        "Ctrl+L",
    ),
    _row(
        "insert_layer",
        _T("actions", "Insert &layer"),
        _T("actions", "Put a new layer after the selected one, or before the output"),
        "Ins",
        "Ctrl+Shift+L",
        icon="layer-add",
    ),
    _row(
        "remove_layer",
        _T("actions", "Remove la&yer"),
        _T("actions", "Remove the selected layer"),
        "Shift+Del",
        needs=Needs.LAYER,
    ),
    _row(
        "add_unit",
        _T("actions", "&Add unit"),
        _T("actions", "Add a unit to the selected layer"),
        "+",
        icon="add",
        needs=Needs.LAYER,
    ),
    _row(
        "remove_unit",
        _T("actions", "&Remove unit"),
        _T("actions", "Remove the selected unit, or the last of the selected layer"),
        "-",
        icon="remove",
        needs=Needs.LAYER,
    ),
    _row(
        "choose_activation",
        _T("actions", "A&ctivation…"),
        _T("actions", "Choose the activation of the selected layer"),
        "A",
        needs=Needs.LAYER,
    ),
    _row(
        "train_or_pause",
        _T("actions", "&Train"),
        _T("actions", "Train the network, or pause"),
        "Space",
        icon="play",
        checkable=True,
    ),
    _row(
        "step_update",
        _T("actions", "One &update"),
        _T("actions", "Do one update of the weights: one batch"),
        ".",
        icon="step-update",
    ),
    _row(
        "step_epoch",
        _T("actions", "One &epoch"),
        _T("actions", "Train to the end of the epoch: every sample once"),
        "Shift+Space",
        icon="step-epoch",
    ),
    _row(
        "reset",
        _T("actions", "&Reset"),
        _T("actions", "Go back to the same start: the same first weights"),
        "Ctrl+R",
        icon="reset",
    ),
    _row(
        "new_start",
        _T("actions", "&New start"),
        _T("actions", "Start anew from other first weights: the next seed"),
        "Ctrl+Shift+R",
        icon="new-start",
    ),
    _row(
        "mode_batch",
        _T("actions", "&Batch"),
        _T("actions", "Batch gradient descent: one update an epoch, over all samples"),
        "Ctrl+1",
        icon="batch",
        checkable=True,
    ),
    _row(
        "mode_mini_batch",
        _T("actions", "&Mini-batch"),
        _T("actions", "Mini-batch gradient descent: an update for every few samples, shuffled each epoch"),
        "Ctrl+2",
        icon="mini-batch",
        checkable=True,
    ),
    _row(
        "mode_stochastic",
        _T("actions", "&Stochastic"),
        _T("actions", "Stochastic gradient descent: an update for every sample, shuffled each epoch"),
        "Ctrl+3",
        icon="stochastic",
        checkable=True,
    ),
    _row(
        "zoom_in",
        _T("actions", "Zoom &in"),
        _T("actions", "Come nearer to the network"),
        "Ctrl++",
        "Ctrl+=",
        icon="zoom-in",
    ),
    _row(
        "zoom_out",
        _T("actions", "Zoom &out"),
        _T("actions", "Step back from the network"),
        "Ctrl+-",
        icon="zoom-out",
    ),
    _row(
        "fit_network",
        _T("actions", "&Fit network"),
        _T("actions", "Show the whole network"),
        "Ctrl+0",
        icon="fit-view",
    ),
    _row(
        "log_scale",
        _T("actions", "&Logarithmic loss"),
        _T("actions", "Show the loss on a logarithmic axis"),
        "Ctrl+G",
        icon="log-scale",
        checkable=True,
    ),
    _row(
        "theme_system",
        _T("actions", "As the &system"),
        _T("actions", "Light or dark as the system"),
        checkable=True,
    ),
    _row("theme_light", _T("actions", "&Light"), _T("actions", "The light theme"), checkable=True),
    _row("theme_dark", _T("actions", "&Dark"), _T("actions", "The dark theme"), checkable=True),
    _row(
        "reset_layout",
        _T("actions", "&Reset layout"),
        _T("actions", "Put all panels back where they were at first"),
    ),
    _row(
        "show_shortcuts", _T("actions", "&Keyboard shortcuts"), _T("actions", "List what each key does"), "F1"
    ),
    _row("show_about", _T("actions", "&About NN Desktop"), _T("actions", "Version and licence")),
)

SEPARATOR = ""
MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (str(_T("actions", "&File")), ("open_network", "export_weights", SEPARATOR, "quit")),
    (str(_T("actions", "&Edit")), ("undo", "redo", SEPARATOR, "delete_selected")),
    (
        str(_T("actions", "&Network")),
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
        str(_T("actions", "&Train")),
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
        str(_T("actions", "&View")),
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
    (str(_T("actions", "&Help")), ("show_shortcuts", "show_about")),
)
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
    """
    actions = {}
    for row in ROWS:
        action = QAction(translate(row.text), commands)
        action.setObjectName(row.name)
        action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
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
