"""Actions made from their table (`action_rows`), for menus, tool bars and the list of shortcuts."""

from collections.abc import Callable
from inspect import signature

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from nn_desktop.desktop.actions.rows import ROWS, ActionRow, Needs
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.icons import themed_icon


def translate(text: str) -> str:
    """Translate a text of this table."""
    return QCoreApplication.translate("actions", text)


def make_actions(attempt: Callable[..., object], *commands: QObject) -> dict[str, QAction]:
    """Make all actions, without their icons (`color_icons`); each calls the method of its name.

    Parameters
    ----------
    attempt
        Calls a method with arguments, and copes with its errors.
    commands
        Have, together, a slot for each row. The first is the parent of the actions.

    Returns
    -------
    dict
        By name. Those of the canvas (`ActionRow.on_canvas`) are to be added to it, all others to the window.
    """
    actions = {}
    for row in ROWS:
        action = QAction(translate(row.text), commands[0])
        action.setObjectName(row.name)
        action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
        if row.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setCheckable(row.checkable)
        action.setStatusTip(translate(row.tip))
        action.setToolTip(_tool_tip(row))
        doer = next(doer for doer in commands if hasattr(doer, row.name))
        action.triggered.connect(_slot_of(attempt, getattr(doer, row.name)))
        actions[row.name] = action
    return actions


def _slot_of(attempt: Callable[..., object], do: Callable[..., object]) -> Callable[..., None]:
    """Return what attempts something when an action is triggered, with its state if that is wanted."""
    wants_state = bool(signature(do).parameters)

    def on_triggered(on: bool = False) -> None:
        if wants_state:
            attempt(do, on)
        else:
            attempt(do)

    return on_triggered


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


def set_obstacle(action: QAction, why: str) -> None:
    """Switch an action off, and say why in its tips; or on again, if there is no obstacle."""
    row = next(row for row in ROWS if row.name == action.objectName())
    action.setEnabled(not why)
    action.setToolTip(why or _tool_tip(row))
    action.setStatusTip(why or translate(row.tip))


def _tool_tip(row: ActionRow) -> str:
    tip = translate(row.tip)
    if not row.shortcuts:
        return tip
    keys = QKeySequence(row.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})"
