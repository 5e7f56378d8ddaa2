"""What is around every plot: the corner with its menu, its keys, and the way to more room."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QToolButton, QVBoxLayout, QWidget

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.plot import Plot
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.desktop.plots.plot_menu import PlotEntries, PlotMenu

ICON = QSize(16, 16)


class PlotFrame(QWidget):
    """Has a plot in it, with what stands above it and the corner; all of that moves when it is maximized.

    The menu opens from the corner, by a right click, by the menu key and by Shift+F10; it is made then.

    Parameters
    ----------
    name
        Its object name.
    title
        Which plot it is, for assistive technology.
    plot
        Returns what is shown at the moment; None if nothing is.
    host
        Does what the menu offers.
    has_keys
        Whether the keys of the menu are heard: those of the canvas mean something else.

    Attributes
    ----------
    corner
        The button of the menu.
    """

    def __init__(
        self,
        name: str,
        title: str,
        plot: Callable[[], Plot | None],
        host: PlotHost,
        theme: Theme,
        has_keys: bool = True,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.plot = plot
        self.host = host
        self.has_keys = has_keys
        self._theme = theme
        self._entries: PlotEntries | None = None
        self._menu: PlotMenu | None = None
        self.corner = QToolButton()
        identify(self.corner, f"{name}_menu_button", self.tr("Menu of the plot"))
        self.corner.setAccessibleDescription(title)
        self.corner.setToolTip(self.tr("Save it, copy it, or see it otherwise (Shift+F10)"))
        self.corner.setIconSize(ICON)
        self.corner.setAutoRaise(True)
        self.corner.clicked.connect(self._on_corner_clicked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def lay_out(self, header: QLayout | QWidget, *parts: QWidget, stretched: QWidget) -> None:
        """Put a header with the corner at its end above the parts of the plot."""
        top = fill(QHBoxLayout(), header, self.corner, stretched=header, margins=(0, 0, 2, 0), spacing=2)
        top.setAlignment(self.corner, Qt.AlignmentFlag.AlignTop)
        fill(QVBoxLayout(self), top, *parts, stretched=stretched, spacing=0)

    @property
    def is_maximized(self) -> bool:
        """Whether it has all the room of the window."""
        return self.host.maximized is self

    @Slot()
    def toggle_maximized(self) -> None:
        """Take all the room of the window, or go back."""
        if self.is_maximized:
            self.host.restore()
        else:
            self.host.maximize(self)

    @property
    def entries(self) -> PlotEntries:
        """What its menu offers, made when somebody wants it."""
        if self._entries is None:
            self._entries = PlotEntries(self)
        return self._entries

    @property
    def menu(self) -> PlotMenu:
        """Its menu, made when somebody wants it."""
        if self._menu is None:
            self._menu = PlotMenu(self.entries, self)
            identify(self._menu, f"{self.objectName()}_menu", self.corner.accessibleName())
        return self._menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu where it is asked for."""
        self.menu.popup(event.globalPos())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the menu from being shortcuts of the window."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if self.has_keys and is_key and self.entries.row_of(cast(QKeyEvent, event)) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key of the menu says, or open the menu."""
        row = self.entries.row_of(event) if self.has_keys else None
        if row is not None:
            if row.obstacle is None or not row.obstacle():
                row.do()
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._on_corner_clicked()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_corner_clicked(self) -> None:
        self.menu.popup(self.corner.mapToGlobal(QPoint(0, self.corner.height())))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.corner.setIcon(themed_icon(self._theme.colors, "plot-menu"))
