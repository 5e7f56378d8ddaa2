"""The menu of the view: zoom, loss axis, theme, and which panels are shown."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QAction

from nn_desktop.desktop.actions.action import SEPARATOR, Action, Menu
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.docks import Docks
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.theme import Theme, ThemeChoice

THEME = "view/theme"
LOGARITHMIC = "view/logarithmic"


class ViewMenu(Menu):
    """Shows things larger, smaller, otherwise, or not at all.

    Parameters
    ----------
    docks
        Shown and hidden at the end of the menu; they have the loss axis too.
    settings
        Where theme and axis are remembered.
    """

    def __init__(
        self,
        canvas: NetworkView,
        selection: Selection,
        docks: Docks,
        theme: Theme,
        settings: QSettings,
        toggle_actions: Iterable[QAction],
        reset_layout: Callable[[], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._selection = selection
        self._loss_plot = docks.loss_plot
        self._theme = theme
        self._settings = settings
        self._loss_plot.set_logarithmic(settings.value(LOGARITHMIC, False, type=bool) is True)
        self.name, self.title = "menu_view", self.tr("&View")
        self.entries = (
            *self._canvas_rows(),
            SEPARATOR,
            Action(
                name="log_scale",
                text=self.tr("&Logarithmic loss axis"),
                tip=self.tr("Show the loss on a logarithmic axis"),
                keys=("Ctrl+G",),
                icon="log-scale",
                do=self._toggle_logarithmic,
                is_checked=lambda: self._loss_plot.is_logarithmic,
            ),
            SEPARATOR,
            *self._theme_rows(),
            SEPARATOR,
            Action(
                name="reset_layout",
                text=self.tr("&Reset layout"),
                tip=self.tr("Put all panels back where they were at first"),
                do=reset_layout,
            ),
            SEPARATOR,
            *docks.toggle_actions,
            *toggle_actions,
        )
        selection.changed.connect(self.changed)
        self._loss_plot.logarithmic_changed.connect(self.changed)
        self._loss_plot.logarithmic_changed.connect(partial(settings.setValue, LOGARITHMIC))

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
                text=self.tr("&Actual size"),
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

    def _toggle_logarithmic(self) -> None:
        self._loss_plot.set_logarithmic(not self._loss_plot.is_logarithmic)
