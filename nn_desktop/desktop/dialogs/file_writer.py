"""Writes what the window gives away, such as a picture or a table, to a file that somebody chooses."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.errors import UserError
from nn_desktop.texts import shown_path


class FileWriter(QObject):
    """Asks for a file, writes it, remembers its folder, and says what came of it.

    Parameters
    ----------
    dialogs
        Ask for the file.
    last_folder
        Where they begin to look.
    message_bar
        Says what came of it, and offers to show the file in its folder.
    window
        Parent of the dialogs.
    """

    def __init__(
        self, dialogs: Dialogs, last_folder: LastFolder, message_bar: MessageBar, window: QWidget
    ) -> None:
        super().__init__(window)
        self._dialogs, self._last_folder = dialogs, last_folder
        self._message_bar, self._window = message_bar, window

    def write(self, title: str, name: str, content: bytes) -> None:
        """Ask for a file, and write it.

        Parameters
        ----------
        title
            What is asked.
        name
            Suggested for the file; its suffix is the format.
        """
        from nn_desktop.files.atomic import write_atomically

        path = self.ask(title, name)
        if path is not None:
            try:
                self.tell_written(path, write_atomically(path, content))
            except UserError as error:
                self.tell_failed(error)

    def ask(self, title: str, name: str) -> Path | None:
        """Ask for a file that is written elsewhere; the parameters are those of `write`."""
        suffix = Path(name).suffix
        name_filter = f"{suffix[1:].upper()} (*{suffix})"
        return self._dialogs.ask_save_path(self._window, title, self._last_folder.path / name, [name_filter])

    def tell_written(self, path: Path, remarks: tuple[str, ...]) -> None:
        """Say that a file is written, with what did not go as it should; remember its folder."""
        self._last_folder.remember(path)
        written = self.tr("Wrote {path}.").format(path=shown_path(path))
        self._message_bar.tell_written(" ".join((written, *remarks)), path, is_fine=not remarks)

    def tell_failed(self, error: UserError) -> None:
        """Say why a file is not written."""
        self._message_bar.warn(str(error))
