"""The menu of the view: workspaces, zoom, loss axis, theme, and which panels are shown."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nn_desktop.desktop.actions.action import SEPARATOR, Action, Menu
from nn_desktop.desktop.actions.mnemonic_menu import MnemonicMenu
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.columns import Columns
from nn_desktop.desktop.docks import Docks
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.panel_rows import LEFT, RIGHT
from nn_desktop.desktop.presentation import Presentation
from nn_desktop.desktop.workspaces import Workspace

THEME = "view/theme"
NUMBERS = "view/numbers"


class ViewMenu(Menu):
    """Shows things larger, smaller, otherwise, or not at all.

    Parameters
    ----------
    docks
        Shown and hidden in a menu of their own; they have the loss axis too.
    settings
        Where theme and numbers are remembered.
    """

    def __init__(
        self,
        canvas: NetworkView,
        selection: Selection,
        docks: Docks,
        theme: Theme,
        settings: QSettings,
        toggle_actions: Iterable[QAction],
        presentation: Presentation,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._selection = selection
        self._docks = docks
        self._theme = theme
        self._settings = settings
        self._workspaces = workspaces = presentation.workspaces
        canvas.network.set_numbers(settings.value(NUMBERS, False, type=bool) is True)
        self.name, self.title = "menu_view", self.tr("&View")
        self.entries = (
            *(self._workspace_row(workspace) for workspace in workspaces.rows),
            SEPARATOR,
            *self._column_rows(workspaces.columns),
            Action(
                name="presentation",
                text=self.tr("&Presentation"),
                tip=self.tr("Fill the screen, with larger text and thicker lines; Esc ends it"),
                keys=("F11",),
                do=presentation.toggle,
                is_checked=lambda: presentation.is_on,
            ),
            SEPARATOR,
            *self._canvas_rows(),
            SEPARATOR,
            Action(
                name="log_scale",
                text=self.tr("&Logarithmic loss axis"),
                tip=self.tr("Show the loss on a logarithmic axis"),
                keys=("Ctrl+G",),
                icon="log-scale",
                do=self._toggle_logarithmic,
                is_checked=lambda: docks.rows.is_loss_logarithmic,
            ),
            SEPARATOR,
            *self._theme_rows(),
            SEPARATOR,
            Action(
                name="reset_layout",
                text=self.tr("&Reset layout"),
                tip=self.tr("Put all panels of this workspace back where they were at first"),
                do=workspaces.reset,
            ),
            SEPARATOR,
            self._panels_menu([*docks.toggle_actions, *toggle_actions], parent),
        )
        selection.changed.connect(self.changed)
        workspaces.changed.connect(self.changed)
        workspaces.columns.changed.connect(self.changed)
        presentation.changed.connect(self.changed)
        docks.rows.logarithmic_changed.connect(self.changed)

    def _panels_menu(self, toggle_actions: list[QAction], parent: QWidget) -> QMenu:
        """Return a menu of their own for the panels: with large text there is no room for all in one."""
        menu = MnemonicMenu(self.tr("Sho&w panels"), parent)
        identify(menu, "panels_menu", self.tr("Show panels"))
        menu.addActions(toggle_actions)
        return menu

    def _workspace_row(self, workspace: Workspace) -> Action:
        return Action(
            name=f"workspace_{workspace.name}",
            text=workspace.title,
            tip=workspace.tip,
            keys=(workspace.key,),
            icon=workspace.icon,
            do=lambda: self._workspaces.go_to(workspace.name),
            is_checked=lambda: self._workspaces.present is workspace,
            group="workspaces",
        )

    def _column_rows(self, columns: Columns) -> tuple[Action, ...]:
        left, right = self.tr("Left &column"), self.tr("Rig&ht column")
        return (
            self._column_row(columns, LEFT, left, self.tr("Show or hide the panels at the left"), "F9"),
            self._column_row(
                columns, RIGHT, right, self.tr("Show or hide the panels at the right"), "Shift+F9"
            ),
        )

    def _column_row(self, columns: Columns, side: str, text: str, tip: str, key: str) -> Action:
        return Action(
            name=f"{side}_column",
            text=text,
            tip=tip,
            keys=(key,),
            icon={LEFT: "column-left", RIGHT: "column-right"}[side],
            do=partial(columns.toggle, side),
            is_on=partial(columns.has_panels, side),
            is_checked=partial(columns.is_open, side),
        )

    def _canvas_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="fit_network",
                text=self.tr("&Fit network"),
                tip=self.tr("Show the whole network"),
                keys=("Ctrl+0",),
                icon="fit-view",
                do=self._canvas.fit,
            ),
            Action(
                name="actual_size",
                text=self.tr("Actual si&ze"),
                tip=self.tr("Show the network point by point"),
                keys=("Ctrl+1",),
                do=self._canvas.zoom_to_actual_size,
            ),
            Action(
                name="zoom_in",
                text=self.tr("Zoom &in"),
                tip=self.tr("Come nearer to the network"),
                keys=("Ctrl++", "Ctrl+="),
                icon="zoom-in",
                do=self._canvas.zoom_in,
            ),
            Action(
                name="zoom_out",
                text=self.tr("Zoom &out"),
                tip=self.tr("Step back from the network"),
                keys=("Ctrl+-",),
                icon="zoom-out",
                do=self._canvas.zoom_out,
            ),
            Action(
                name="toggle_folded",
                text=self.tr("&Unfold or fold layer"),
                tip=self.tr("Show all units of a large layer, or only the first and last ones"),
                keys=("O",),
                do=self._canvas.toggle_folded,
                is_on=lambda: self._selection.layer is not None,
                is_on_canvas=True,
            ),
            Action(
                name="numbers_on_lines",
                text=self.tr("Num&bers on the lines"),
                tip=self.tr("Write weights on the connections and biases at the units, where there is room"),
                keys=("W",),
                icon="numbers",
                do=self._toggle_numbers,
                is_checked=lambda: self._canvas.network.shows_numbers,
                is_on_canvas=True,
            ),
        )

    def _theme_rows(self) -> tuple[Action, ...]:
        return (
            self._theme_row(
                ThemeChoice.SYSTEM, self.tr("Follow &system theme"), self.tr("Light or dark as the system")
            ),
            self._theme_row(ThemeChoice.LIGHT, self.tr("Li&ght"), self.tr("The light theme")),
            self._theme_row(ThemeChoice.DARK, self.tr("&Dark"), self.tr("The dark theme")),
        )

    def _theme_row(self, choice: ThemeChoice, text: str, tip: str) -> Action:
        return Action(
            name=f"theme_{choice}",
            text=text,
            tip=tip,
            do=lambda: self._set_theme(choice),
            is_checked=lambda: self._theme.choice is choice,
            group="themes",
        )

    def _set_theme(self, choice: ThemeChoice) -> None:
        self._theme.set_choice(choice)
        self._settings.setValue(THEME, choice.value)

    def _toggle_numbers(self) -> None:
        on = not self._canvas.network.shows_numbers
        self._canvas.network.set_numbers(on)
        self._settings.setValue(NUMBERS, on)

    def _toggle_logarithmic(self) -> None:
        self._docks.loss_plot.set_logarithmic(not self._docks.rows.is_loss_logarithmic)
