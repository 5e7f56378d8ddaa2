"""What a window does for its plots: it saves and copies what they show, and gives one all its room."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.dialogs.file_writer import FileWriter
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.plots.plot import Plot

if TYPE_CHECKING:
    from nn_desktop.desktop.plots.maximized import Maximized


class PlotHost(QObject):
    """Serves the plots of one window.

    Parameters
    ----------
    window
        Its room is what a plot is maximized to.
    file_writer
        Saves pictures and numbers.
    message_bar
        Says what was done; it stays in sight while a plot is maximized.
    """

    def __init__(self, window: QWidget, file_writer: FileWriter, message_bar: MessageBar) -> None:
        super().__init__(window)
        self._window, self._file_writer, self._message_bar = window, file_writer, message_bar
        self._maximized: Maximized | None = None

    def copy_picture(self, plot: Plot) -> None:
        """Put what a plot shows on the clipboard as a picture."""
        from nn_desktop.desktop.look.pictures import to_image

        QGuiApplication.clipboard().setImage(to_image(plot.picture("png")))
        self._message_bar.inform(self.tr("Copied the picture."))

    def save_picture(self, plot: Plot, suffix: str) -> None:
        """Ask where to, and write what the plot shows now, not what it shows when that is answered."""
        from nn_desktop.desktop.look.pictures import FORMATS

        content = FORMATS[suffix](plot.picture(suffix), plot.file_name)
        self._file_writer.write(self.tr("Save the picture"), f"{plot.file_name}.{suffix}", content)

    def copy_numbers(self, plot: Plot) -> None:
        """Put the numbers of a plot on the clipboard, as a table that a spreadsheet takes."""
        from nn_desktop.files.number_table import to_tab_separated

        QGuiApplication.clipboard().setText(to_tab_separated(plot.numbers()))
        self._message_bar.inform(self.tr("Copied the numbers, as a table that a spreadsheet takes."))

    def save_numbers(self, plot: Plot) -> None:
        """Ask where to, and write the numbers that the plot shows now."""
        from nn_desktop.files.number_table import to_csv

        self._file_writer.write(self.tr("Save the numbers"), f"{plot.file_name}.csv", to_csv(plot.numbers()))

    @property
    def maximized(self) -> QWidget | None:
        """The frame that has all the room; None if none has."""
        return None if self._maximized is None else self._maximized.frame

    def maximize(self, frame: QWidget) -> None:
        """Give a plot in its frame all the room of the window."""
        from nn_desktop.desktop.plots.maximized import Maximized

        self.restore()
        self._maximized = Maximized(frame, self._window, self._message_bar)
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
