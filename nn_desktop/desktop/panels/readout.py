"""The strip above the canvas: the layers as one types them."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.validated_field import MarkedField
from nn_desktop.desktop.panels.strip import Strip
from nn_desktop.network.notation import format_layers
from nn_desktop.training.setup import Setup


class Readout(Strip):
    """A field that takes ``1-16-16-1``."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        identify(self, "readout_strip", self.tr("Layers of the network"))
        self._document = document
        self.layers_field = MarkedField("layers_field", self.tr("Units of each layer"))
        self.layers_field.setToolTip(
            in_lines(
                self.tr(
                    "Units of each layer, as in 1-16-16-1; an activation may follow a colon, "
                    "as in 1-16:relu-16:tanh-1. Press Enter to apply."
                )
            )
        )
        self.layers_field.setMinimumWidth(220)
        title = QLabel(self.tr("La&yers"))
        title.setBuddy(self.layers_field)
        title.setToolTip(self.layers_field.toolTip())
        row = fill(QHBoxLayout(self), title, self.layers_field, margins=(12, 6, 12, 6))
        row.addStretch(1)
        self._show_setup(document.setup)
        self.layers_field.returnPressed.connect(self._on_return_pressed)
        self.layers_field.left.connect(self._take_back)
        document.setup_changed.connect(self._show_setup)

    def begin_typing(self) -> None:
        """Go to the field that takes the layers."""
        self.layers_field.setFocus()
        self.layers_field.selectAll()

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        if not (self.layers_field.hasFocus() and self.layers_field.isModified()):  # nobody is typing
            self.layers_field.take_back(format_layers(setup.topology))

    @Slot()
    def _on_return_pressed(self) -> None:
        if self._document.type_layers(self.layers_field.text()):
            self._take_back()
            self.finished.emit()
        else:
            self.layers_field.mark(is_wrong=True)

    @Slot()
    def _take_back(self) -> None:
        self.layers_field.take_back(format_layers(self._document.setup.topology))
