"""The drawing of the network as a picture: in a file, on paper, on the clipboard."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.file_writer import FileWriter
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.errors import UserError
from nn_desktop.training.snapshot import Snapshot


class Diagrams(QObject):
    """Draws the network of a snapshot, with the options that were chosen last."""

    def __init__(
        self,
        canvas: NetworkView,
        dialogs: Dialogs,
        file_writer: FileWriter,
        message_bar: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._dialogs = dialogs
        self._file_writer = file_writer
        self._message_bar = message_bar
        self._window = window
        self._options = DiagramOptions()
        self._suffix = "svg"

    def export(self, snapshot: Snapshot) -> None:
        """Ask how the drawing should look, and where to, and write it."""
        from nn_desktop.desktop.canvas.diagram import FORMATS, to_image

        subject, font = self._canvas.network.subject(snapshot), self._canvas.font()
        chosen = self._dialogs.ask_diagram(
            self._window, self._options, self._suffix, lambda options: to_image(subject, options, font)
        )
        if chosen is None:
            return
        self._options, self._suffix = options, suffix = chosen
        name = "-".join(map(str, subject.parameters.topology.sizes))
        content = FORMATS[suffix](subject, options, font)
        self._file_writer.write(self.tr("Export diagram"), f"{name}.{suffix}", content)

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
