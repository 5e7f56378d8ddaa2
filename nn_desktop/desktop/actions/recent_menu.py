"""The menu of the projects that were opened or saved last."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.actions.mnemonic_menu import MnemonicMenu
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.plain_text import menu_text, tool_tip
from nn_desktop.desktop.project.recent_files import RecentFiles
from nn_desktop.texts import shown_path


class RecentMenu(MnemonicMenu):
    """Lists them anew each time it opens."""

    def __init__(self, recent: RecentFiles, open_file: Callable[[Path], object], parent: QWidget) -> None:
        super().__init__(parent)
        identify(self, "recent_menu", self.tr("Projects that were opened last"))
        self.setTitle(self.tr("Open &recent"))
        self.setToolTipsVisible(True)
        self._recent = recent
        self._open_file = open_file
        self.aboutToShow.connect(self.fill)
        self.fill()

    @Slot()
    def fill(self) -> None:
        """List the files as they are remembered now; the first nine have a digit to type."""
        self.clear()
        for number, path in enumerate(self._recent.paths, start=1):
            name = menu_text(path.name)
            action = self.addAction(f"&{number} {name}" if number < 10 else name)
            action.setObjectName(f"recent_{number}")
            action.setToolTip(tool_tip(str(path)))
            action.setStatusTip(shown_path(path))
            action.triggered.connect(partial(self._open_file, path))
        if self.isEmpty():
            nothing = self.addAction(self.tr("Nothing was saved yet"))
            nothing.setObjectName("recent_nothing")
            nothing.setEnabled(False)
            return
        self.addSeparator()
        clear = self.addAction(self.tr("&Clear this list"))
        clear.setObjectName("recent_clear")
        clear.triggered.connect(self._recent.clear)
