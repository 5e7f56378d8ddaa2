"""The drawing of the network as a picture: in a file, on paper, on the clipboard."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.panels.message_bar import MessageBar
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.errors import UserError
from nn_desktop.texts import visible
from nn_desktop.training.snapshot import Snapshot


class Diagrams(QObject):
    """Draws the network of a snapshot, with the options that were chosen last."""

    def __init__(
        self,
        canvas: NetworkView,
        dialogs: Dialogs,
        last_folder: LastFolder,
        message_bar: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._dialogs = dialogs
        self._last_folder = last_folder
        self._message_bar = message_bar
        self._window = window
        self._options = DiagramOptions()
        self._suffix = "svg"

    def export(self, snapshot: Snapshot) -> None:
        """Ask how the drawing should look, and where to, and write it."""
        from nn_desktop.desktop.canvas.diagram import FORMATS, to_image
        from nn_desktop.files.atomic import write_atomically

        subject, font = self._canvas.network.subject(snapshot), self._canvas.font()
        chosen = self._dialogs.ask_diagram(
            self._window, self._options, self._suffix, lambda options: to_image(subject, options, font)
        )
        if chosen is None:
            return
        self._options, self._suffix = options, suffix = chosen
        name = "-".join(map(str, subject.parameters.topology.sizes))
        path = self._dialogs.ask_save_path(
            self._window,
            self.tr("Export diagram"),
            self._last_folder.path / f"{name}.{suffix}",
            [f"{suffix.upper()} (*.{suffix})"],
        )
        if path is None:
            return
        try:
            remarks = write_atomically(path, FORMATS[suffix](subject, options, font))
        except UserError as error:
            self._message_bar.warn(str(error))
            return
        if remarks:
            self._message_bar.warn(" ".join(remarks))
        self._last_folder.remember(path)
        text = self.tr("Wrote the diagram to {path}.").format(path=visible(str(path)))
        self._message_bar.tell_written(text, path)

    def print(self, snapshot: Snapshot) -> None:
        """Print the drawing."""
        from nn_desktop.desktop.canvas.diagram import print_on

        printer = self._dialogs.ask_printer(self._window)
        if printer is not None:
            try:
                print_on(printer, self._canvas.network.subject(snapshot), self._options, self._canvas.font())
            except UserError as error:
                self._message_bar.warn(str(error))
                return
            self._message_bar.inform(self.tr("Sent the drawing to the printer."))

    def copy(self, snapshot: Snapshot) -> None:
        """Copy the drawing as a picture."""
        from nn_desktop.desktop.canvas.diagram import to_image

        image = to_image(self._canvas.network.subject(snapshot), self._options, self._canvas.font())
        QGuiApplication.clipboard().setImage(image)
        self._message_bar.inform(self.tr("Copied the drawing as a picture."))
