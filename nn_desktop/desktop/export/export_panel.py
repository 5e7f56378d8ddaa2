"""What can be taken to other programs, at a glance: the formats of the weights, the drawing, a link."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nn_desktop.desktop.export.export_formats import FormatList
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.files.exporters import EXPORTERS


class ExportPanel(QWidget):
    """A list of formats, and buttons for what else there is.

    Signals
    -------
    export_requested(str)
        The weights are to be exported, to files whose names end so.
    action_requested(str)
        An action of the window is wanted, by its name.
    """

    export_requested = Signal(str)
    action_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        identify(self, "export_panel", self.tr("What can be exported"))
        hint = QLabel(
            self.tr("Choose a format. What is written is checked against the network."), wordWrap=True
        )
        identify(hint, "export_hint")
        self._formats = FormatList(EXPORTERS)
        identify(self._formats, "export_panel_formats", self.tr("Formats of the weights"))
        self._formats.choose("")
        self._formats.itemActivated.connect(self._on_export)
        export = QPushButton(self.tr("Export &weights…"))
        identify(export, "export_panel_export", self.tr("Export weights"))
        export.setToolTip(self.tr("Write the trained weights in this format (Ctrl+E)"))
        export.clicked.connect(self._on_export)
        parts = (hint, self._formats, export, *self._make_buttons())
        fill(QVBoxLayout(self), *parts, stretched=self._formats, margins=(8, 0, 8, 8), spacing=8)

    def _make_buttons(self) -> list[QPushButton]:
        rows = (
            ("export_diagram", self.tr("Export &diagram…"), self.tr("Write the drawing to a file")),
            ("copy_picture", self.tr("Copy &picture"), self.tr("Copy the drawing as a picture")),
            (
                "copy_link_with_weights",
                self.tr("Copy &link with weights"),
                self.tr("Copy all as a short text"),
            ),
        )
        buttons = []
        for name, text, tip in rows:
            button = QPushButton(text)
            identify(button, f"export_panel_{name}", text.replace("&", "").rstrip("…"))
            button.setToolTip(tip)
            button.clicked.connect(partial(self._on_button_clicked, name))
            buttons.append(button)
        return buttons

    def _on_button_clicked(self, name: str, *_: object) -> None:
        self.action_requested.emit(name)

    @Slot()
    def _on_export(self) -> None:
        self.export_requested.emit(self._formats.ending)
