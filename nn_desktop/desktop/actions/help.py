"""The menu of help: what each key does, and what this program is."""

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from nn_desktop import __version__
from nn_desktop.desktop.actions.action import Action, Menu
from nn_desktop.desktop.dialogs.dialogs import Dialogs


class HelpMenu(Menu):
    """Tells about the program.

    Parameters
    ----------
    others
        The other menus, whose keys it lists.
    """

    def __init__(self, others: Iterable[Menu], dialogs: Dialogs, window: QWidget) -> None:
        super().__init__(window)
        self._menus = (*others, self)
        self._dialogs = dialogs
        self._window = window
        self.name, self.title = "menu_help", self.tr("&Help")
        self.entries = (
            Action(
                name="show_shortcuts",
                text=self.tr("&Keyboard shortcuts"),
                tip=self.tr("List what each key does"),
                keys=("F1",),
                do=self._show_shortcuts,
            ),
            Action(
                name="show_about",
                text=self.tr("&About NN Desktop"),
                tip=self.tr("Version and licence"),
                do=self._show_about,
            ),
        )

    def _show_shortcuts(self) -> None:
        lines = [
            f"<tr><td><b>{', '.join(row.native_keys)}</b>&nbsp;&nbsp;</td><td>{row.tip}</td></tr>"
            for menu in self._menus
            for row in menu.rows
            if row.keys
        ]
        more = self.tr(
            "On the canvas: arrow keys walk through the units, with Shift they select them; Enter types the "
            "bias or weight; Alt and arrows reorder, Ctrl+Shift and arrows move what is selected, Ctrl and "
            "arrows pan; C begins a connection, Enter ends it at another unit; Alt shows the test loss "
            "without what is current; Esc ends what is under way."
        )
        self._dialogs.tell(
            self._window, self.tr("Keyboard shortcuts"), f"<table>{''.join(lines)}</table><p>{more}</p>"
        )

    def _show_about(self) -> None:
        text = self.tr(
            "<h3>NN Desktop {version}</h3><p>Draw, train and understand small neural networks.</p>"
            "<p>MIT licence. Datasets: UCI Machine Learning Repository, CC BY 4.0.</p>"
        )
        self._dialogs.tell(self._window, self.tr("About NN Desktop"), text.format(version=__version__))
