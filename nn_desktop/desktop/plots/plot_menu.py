"""The menu of a plot: one table of entries for all of them."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from nn_desktop.desktop.actions.action import SEPARATOR, Action
from nn_desktop.desktop.actions.mnemonic_menu import MnemonicMenu
from nn_desktop.desktop.plots.plot import Change, Plot

if TYPE_CHECKING:
    from nn_desktop.desktop.plots.plot_frame import PlotFrame


class PlotEntries(QObject):
    """What the menu of a plot offers, as rows.

    Parameters
    ----------
    frame
        Whose plot it is of. The names of the rows begin with its object name.
    """

    def __init__(self, frame: "PlotFrame") -> None:
        super().__init__(frame)
        self._frame = frame
        self._name = frame.objectName()
        self.rows: tuple[Action | None, ...] = (
            *self._picture_rows(),
            SEPARATOR,
            *self._number_rows(),
            SEPARATOR,
            *self._look_rows(),
            SEPARATOR,
            *self._zoom_rows(),
            SEPARATOR,
            self._maximize_row(),
        )

    def row_of(self, event: QKeyEvent) -> Action | None:
        """Return the row that a key stands for."""
        pressed = QKeySequence(event.keyCombination())
        for row in filter(None, self.rows):
            # A sign is known by itself: + needs Shift on one keyboard and not on another.
            if any(event.text() == keys or pressed == QKeySequence(keys) for keys in row.keys):
                return row
        return None

    def _row(
        self,
        name: str,
        text: str | Callable[[], str],
        tip: str,
        do: Callable[[], object],
        obstacle: Callable[[], str],
        keys: tuple[str, ...] = (),
        is_checked: Callable[[], bool] | None = None,
    ) -> Action:
        return Action(
            name=f"{self._name}_{name}",
            text=text,
            tip=tip,
            do=do,
            obstacle=obstacle,
            keys=keys,
            is_checked=is_checked,
        )

    def _picture_rows(self) -> tuple[Action, ...]:
        formats = (
            (
                "svg",
                self.tr("Save as &SVG…"),
                self.tr("Save the picture as lines that stay sharp at any size"),
            ),
            ("pdf", self.tr("Save as P&DF…"), self.tr("Save the picture as a page to print, or for LaTeX")),
            (
                "png",
                self.tr("Save as P&NG…"),
                self.tr("Save the picture as pixels, two for each of the screen"),
            ),
        )
        host = self._frame.host
        return (
            self._row(
                "copy_picture",
                self.tr("&Copy picture"),
                self.tr("Copy what is shown now as a picture"),
                self._with_plot(host.copy_picture),
                self._why_no_plot,
                keys=("Ctrl+C",) if self._frame.has_keys else (),
            ),
            *(
                self._row(
                    f"save_{suffix}",
                    text,
                    tip,
                    self._with_plot(partial(host.save_picture, suffix=suffix)),
                    self._why_no_plot,
                )
                for suffix, text, tip in formats
            ),
        )

    def _number_rows(self) -> tuple[Action, ...]:
        host = self._frame.host
        return (
            self._row(
                "copy_numbers",
                self.tr("Copy n&umbers"),
                self.tr("Copy the numbers that are shown now, as a table that a spreadsheet takes"),
                self._with_plot(host.copy_numbers),
                self._why_no_numbers,
            ),
            self._row(
                "save_numbers",
                self.tr("Save numbers as CS&V…"),
                self.tr("Save the numbers that are shown now, with all their digits"),
                self._with_plot(host.save_numbers),
                self._why_no_numbers,
            ),
        )

    def _change_row(
        self,
        change: Change,
        text: str,
        tip: str,
        keys: tuple[str, ...] = (),
        is_checked: Callable[[], bool] | None = None,
    ) -> Action:
        do, obstacle = self._with_plot(partial(_apply, change)), partial(self._why_not, change)
        return self._row(change, text, tip, do, obstacle, keys, is_checked)

    def _look_rows(self) -> tuple[Action, ...]:
        return tuple(
            self._change_row(change, text, tip, is_checked=partial(self._is_on, change))
            for change, text, tip in (
                (
                    Change.LOG_X,
                    self.tr("Logarithmic &x axis"),
                    self.tr("Draw equal ratios as equal distances, from left to right"),
                ),
                (
                    Change.LOG_Y,
                    self.tr("Logarithmic &y axis"),
                    self.tr("Draw equal ratios as equal distances, upwards: small values stay visible"),
                ),
                (
                    Change.CROSSHAIR,
                    self.tr("C&rosshair with values"),
                    self.tr(
                        "Say what is at the pointer; the arrow keys move it too, with Shift in long steps"
                    ),
                ),
            )
        )

    def _zoom_rows(self) -> tuple[Action, ...]:
        return tuple(
            self._change_row(change, text, tip, keys if self._frame.has_keys else ())
            for change, text, tip, keys in (
                (Change.VIEW_ALL, self.tr("View &all"), self.tr("Show all of it again"), ("0", "Home")),
                (Change.ZOOM_IN, self.tr("Zoom &in"), self.tr("Come nearer"), ("+",)),
                (Change.ZOOM_OUT, self.tr("Zoom &out"), self.tr("Step back"), ("-",)),
            )
        )

    def _maximize_row(self) -> Action:
        return self._row(
            "maximize",
            lambda: self.tr("Back to its place (Esc)") if self._frame.is_maximized else self.tr("&Maximize"),
            self.tr("Give it all the room of the window, or put it back, as a double click does"),
            self._frame.toggle_maximized,
            lambda: "",
            keys=("Return",) if self._frame.has_keys else (),
        )

    def _with_plot(self, do: Callable[[Plot], object]) -> Callable[[], None]:
        """Do something with the plot that is there then, if one is."""

        def act() -> None:
            plot = self._frame.plot()
            if plot is not None:
                do(plot)

        return act

    def _why_no_plot(self) -> str:
        return "" if self._frame.plot() is not None else self.tr("There is nothing to see yet")

    def _why_no_numbers(self) -> str:
        plot = self._frame.plot()
        return self._why_no_plot() if plot is None else plot.why_no_numbers()

    def _why_not(self, change: Change) -> str:
        plot = self._frame.plot()
        return self._why_no_plot() if plot is None else plot.obstacle(change)

    def _is_on(self, change: Change) -> bool:
        plot = self._frame.plot()
        return plot is not None and plot.is_on(change)


def _apply(change: Change, plot: Plot) -> None:
    plot.apply(change)


class PlotMenu(MnemonicMenu):
    """The rows as a menu, which says of each what it does, or why it cannot be done."""

    def __init__(self, entries: PlotEntries, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._actions: list[tuple[Action, QAction]] = []
        add_rows(self, entries, self._actions)
        self.aboutToShow.connect(self.update_actions)
        self.update_actions()

    def update_actions(self) -> None:
        """Bring the actions to what the rows tell now."""
        for row, action in self._actions:
            obstacle = row.obstacle() if row.obstacle is not None else ""
            action.setEnabled(not obstacle)
            action.setToolTip(obstacle or row.tip)
            action.setText(row.text if isinstance(row.text, str) else row.text())
            if row.is_checked is not None:
                action.setChecked(row.is_checked())


def add_rows(menu: QMenu, entries: PlotEntries, made: list[tuple[Action, QAction]]) -> None:
    """Make actions of rows, and put them into a menu."""
    for row in entries.rows:
        if row is None:
            menu.addSeparator()
            continue
        action = QAction(menu)
        action.setObjectName(row.name)
        action.setCheckable(row.is_checked is not None)
        # Only shown here: the frame hears the keys, long before there is a menu.
        action.setShortcuts([QKeySequence(keys) for keys in row.keys])
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _checked=False, do=row.do: do())
        menu.addAction(action)
        made.append((row, action))
