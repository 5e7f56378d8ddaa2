"""Actions as rows: what a menu offers, what it does, and the `QAction` that is made of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from nn_desktop.desktop.actions.mnemonic_menu import MnemonicMenu
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.theme import Theme

SEPARATOR = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action.

    What can change while the window is open is asked for again whenever its menu says `Menu.changed`.

    Attributes
    ----------
    name
        Its stable object name.
    text
        In menus, with a mnemonic; "…" where a dialog follows.
    tip
        What it does, for tool tip and status bar.
    keys
        Its shortcuts; the first is shown.
    icon
        Its file below ``resources/icons``, without ``.svg``; empty for none.
    is_on
        Tells whether it can be done now; None for always.
    obstacle
        Tells why it cannot be done now, which stands in place of its tip; empty if it can. None for never.
    is_checked
        Tells whether what it switches is on; None for what is no switch.
    group
        Its name, if one switch at a time is on in a group; empty for none.
    is_on_canvas
        Whether its keys are heard only on the canvas and in the outline: + and Del mean something else in a
        plot, or in a list.
    """

    name: str
    text: str | Callable[[], str]
    tip: str
    do: Callable[[], object]
    keys: tuple[str, ...] = ()
    icon: str | Callable[[], str] = ""
    is_on: Callable[[], bool] | None = None
    obstacle: Callable[[], str] | None = None
    is_checked: Callable[[], bool] | None = None
    group: str = ""
    is_on_canvas: bool = False

    @property
    def native_keys(self) -> tuple[str, ...]:
        """Its shortcuts as they stand on the keyboard."""
        native = QKeySequence.SequenceFormat.NativeText
        return tuple(QKeySequence(keys).toString(native) for keys in self.keys)

    @property
    def tip_with_keys(self) -> str:
        """Its tip, and its first shortcut."""
        return f"{self.tip} ({self.native_keys[0]})" if self.keys else self.tip


class Menu(QObject):
    """One menu: its rows, and what they do.

    Attributes
    ----------
    name
        Its object name.
    title
        With a mnemonic.
    entries
        From top to bottom: rows, menus, actions of panels, and `SEPARATOR`.

    Signals
    -------
    changed()
        What its rows tell of themselves may be something else now.
    """

    changed = Signal()

    name: str
    title: str
    entries: tuple[Action | QMenu | QAction | None, ...]

    @property
    def rows(self) -> list[Action]:
        """Its own actions."""
        return [entry for entry in self.entries if isinstance(entry, Action)]


class Actions(QObject):
    """The `QAction`s of some menus, kept as their rows say.

    Parameters
    ----------
    menus
        From left to right.
    attempt
        Does what an action asks for, and copes with its errors.
    window
        Hears all keys, except those of the canvas; parent of the actions.
    canvas
        Hears the keys of the canvas; what else does is added later.

    Attributes
    ----------
    by_name
        All actions.
    """

    def __init__(
        self,
        menus: Iterable[Menu],
        attempt: Callable[[Callable[[], object]], object],
        theme: Theme,
        window: QWidget,
        canvas: QWidget,
    ) -> None:
        super().__init__(window)
        self._menus = tuple(menus)
        self._attempt = attempt
        self._theme = theme
        self._window = window
        self._groups: dict[str, QActionGroup] = {}
        self._icons: dict[str, str] = {}
        self._with_icons: set[str] = set()
        self.by_name: dict[str, QAction] = {}
        for menu in self._menus:
            for row in menu.rows:
                action = self._make(row, menu)
                (canvas if row.is_on_canvas else window).addAction(action)
            menu.changed.connect(partial(self.update, menu))
            self.update(menu)
        theme.changed.connect(self._on_theme_changed)

    def update(self, menu: Menu) -> None:
        """Bring the actions of a menu to what their rows tell now."""
        for row in menu.rows:
            action = self.by_name[row.name]
            if row.is_on is not None:
                action.setEnabled(row.is_on())
            if row.obstacle is not None:
                obstacle = row.obstacle()
                action.setEnabled(not obstacle)
                action.setStatusTip(obstacle or row.tip)
                action.setToolTip(obstacle or row.tip_with_keys)
            if row.is_checked is not None:
                action.setChecked(row.is_checked())
            action.setText(_now(row.text))
            icon = _now(row.icon)
            if icon != self._icons.get(row.name, ""):
                self._icons[row.name] = icon
                self._show_icon(row.name)

    @Slot(QWidget)
    def add_canvas_widget(self, widget: QWidget) -> None:
        """Let another widget hear the keys of the canvas too."""
        rows = [row for menu in self._menus for row in menu.rows if row.is_on_canvas]
        widget.addActions([self.by_name[row.name] for row in rows])

    def _make(self, row: Action, menu: Menu) -> QAction:
        action = self.by_name[row.name] = QAction(self._window)
        action.setObjectName(row.name)
        action.setShortcuts([QKeySequence(keys) for keys in row.keys])
        if row.is_on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setCheckable(row.is_checked is not None)
        if row.group:
            self._groups.setdefault(row.group, QActionGroup(self._window)).addAction(action)
        action.setStatusTip(row.tip)
        action.setToolTip(row.tip_with_keys)
        action.triggered.connect(partial(self._on_triggered, row, menu))
        return action

    def _on_triggered(self, row: Action, menu: Menu, _is_checked: bool = False) -> None:
        self._attempt(row.do)
        self.update(menu)  # a switch stays as it was where nothing came of it

    def fill(self, bar: QMenuBar) -> None:
        """Put the menus into a menu bar."""
        for menu in self._menus:
            shown = MnemonicMenu(menu.title, bar)
            bar.addMenu(shown)
            identify(shown, menu.name, menu.title.replace("&", ""))
            for entry in menu.entries:
                if entry is SEPARATOR:
                    shown.addSeparator()
                elif isinstance(entry, QMenu):
                    shown.addMenu(entry)
                else:
                    shown.addAction(self.by_name[entry.name] if isinstance(entry, Action) else entry)

    def show_icons_of_buttons(self) -> None:
        """Draw the icons of actions that have a button; those in menus can wait, as drawing takes time."""
        self._show_icons(name for name, action in self.by_name.items() if _has_button(action))

    def show_all_icons(self) -> None:
        """Draw the icons of all actions."""
        self._show_icons(self.by_name)

    def _show_icons(self, names: Iterable[str]) -> None:
        new = set(names) - self._with_icons
        self._with_icons |= new
        for name in new:
            self._show_icon(name)

    def _show_icon(self, name: str) -> None:
        if name in self._with_icons and name in self._icons:
            self.by_name[name].setIcon(themed_icon(self._theme.colors, self._icons[name]))

    @Slot()
    def _on_theme_changed(self) -> None:
        for name in self._icons:
            self._show_icon(name)


def _has_button(action: QAction) -> bool:
    return any(isinstance(each, QToolButton | QToolBar) for each in action.associatedObjects())


def _now(text: str | Callable[[], str]) -> str:
    return text if isinstance(text, str) else text()
