"""The menu of help: what each key does, and what this program is."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
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
                name="show_keys",
                text=self.tr("&Keys and mouse gestures"),
                tip=self.tr("List what each key and each gesture of the mouse does"),
                keys=("F1",),
                do=self._show_keys,
            ),
            Action(
                name="show_about",
                text=self.tr("&About NN Desktop"),
                tip=self.tr("Version and licence"),
                do=self._show_about,
            ),
        )

    def _show_keys(self) -> None:
        from nn_desktop.desktop.actions.gesture_rows import gesture_groups
        from nn_desktop.desktop.dialogs.keys_dialog import KeyGroup, KeyRow, KeysDialog

        def rows_of(menu: Menu) -> tuple[KeyRow, ...]:
            return tuple(KeyRow(keys=", ".join(r.native_keys), does=r.tip) for r in menu.rows if r.keys)

        groups = [KeyGroup(title=menu.title.replace("&", ""), rows=rows_of(menu)) for menu in self._menus]
        dialog = KeysDialog([*groups, *gesture_groups()], self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_about(self) -> None:
        text = self.tr(
            "<h3>NN Desktop {version}</h3><p>Draw, train and understand small neural networks.</p>"
            "<p>MIT licence. Datasets: UCI Machine Learning Repository, CC BY 4.0.</p>"
        )
        self._dialogs.tell(self._window, self.tr("About NN Desktop"), text.format(version=__version__))
