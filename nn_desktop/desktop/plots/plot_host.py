"""What a window does for its plots: it saves and copies what they show, and gives one all its room."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.plots.plot import Plot
from nn_desktop.errors import UserError
from nn_desktop.texts import visible

if TYPE_CHECKING:
    from nn_desktop.desktop.plots.maximized import Maximized


class PlotHost(QObject):
    """Serves the plots of one window.

    Parameters
    ----------
    window
        Parent of the dialogs; its room is what a plot is maximized to.
    notices
        The widget that shows what is said; it stays in sight while a plot is maximized.

    Signals
    -------
    informed(str), warned(str)
        Something was done, or could not be done.
    written(str, Path)
        A file was written: what is said of it, and where it is.
    """

    informed = Signal(str)
    warned = Signal(str)
    written = Signal(str, Path)

    def __init__(self, window: QWidget, dialogs: Dialogs, last_folder: LastFolder, notices: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dialogs = dialogs
        self._last_folder = last_folder
        self._notices = notices
        self._maximized: Maximized | None = None

    def copy_picture(self, plot: Plot) -> None:
        """Put what a plot shows on the clipboard as a picture."""
        from nn_desktop.desktop.look.pictures import to_image

        QGuiApplication.clipboard().setImage(to_image(plot.picture("png")))
        self.informed.emit(self.tr("Copied the picture."))

    def save_picture(self, plot: Plot, suffix: str) -> None:
        """Ask where to, and write what the plot shows now, not what it shows when that is answered."""
        from nn_desktop.desktop.look.pictures import FORMATS

        content = FORMATS[suffix](plot.picture(suffix), plot.file_name)
        name_filter = f"{suffix.upper()} (*.{suffix})"
        self._write(self.tr("Save the picture"), f"{plot.file_name}.{suffix}", name_filter, content)

    def copy_numbers(self, plot: Plot) -> None:
        """Put the numbers of a plot on the clipboard, as a table that a spreadsheet takes."""
        from nn_desktop.files.number_table import to_tab_separated

        QGuiApplication.clipboard().setText(to_tab_separated(plot.numbers()))
        self.informed.emit(self.tr("Copied the numbers, as a table that a spreadsheet takes."))

    def save_numbers(self, plot: Plot) -> None:
        """Ask where to, and write the numbers that the plot shows now."""
        from nn_desktop.files.number_table import to_csv

        content = to_csv(plot.numbers())
        self._write(self.tr("Save the numbers"), f"{plot.file_name}.csv", self.tr("CSV (*.csv)"), content)

    @property
    def maximized(self) -> QWidget | None:
        """The frame that has all the room; None if none has."""
        return None if self._maximized is None else self._maximized.frame

    def maximize(self, frame: QWidget) -> None:
        """Give a plot in its frame all the room of the window."""
        from nn_desktop.desktop.plots.maximized import Maximized

        self.restore()
        self._maximized = Maximized(frame, self._window, self._notices)
        self._maximized.ended.connect(self.restore)

    @Slot()
    def stay_maximized(self) -> None:
        """Let what is maximized be so, though the column that it comes from has just been folded away."""
        if self._maximized is not None:
            self._maximized.stay()

    @Slot()
    def restore(self) -> bool:
        """Put what is maximized back to its place; return whether anything was."""
        maximized, self._maximized = self._maximized, None
        if maximized is not None:
            maximized.end()
        return maximized is not None

    def _write(self, title: str, name: str, name_filter: str, content: bytes) -> None:
        from nn_desktop.files.atomic import write_atomically

        path = self._dialogs.ask_save_path(self._window, title, self._last_folder.path / name, [name_filter])
        if path is None:
            return
        try:
            remarks = write_atomically(path, content)
        except UserError as error:
            self.warned.emit(str(error))
            return
        self._last_folder.remember(path)
        self._say_written(path, remarks)

    def _say_written(self, path: Path, remarks: tuple[str, ...]) -> None:
        if remarks:
            self.warned.emit(" ".join(remarks))
        else:
            self.written.emit(self.tr("Wrote {path}.").format(path=visible(str(path))), path)
