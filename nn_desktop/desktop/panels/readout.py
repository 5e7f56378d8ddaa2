"""The strip above the canvas: the layers as one types them, and how far the training is."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.desktop.look.validated_field import MarkedField
from nn_desktop.desktop.panels.strip import Strip
from nn_desktop.network.notation import format_layers
from nn_desktop.training.setup import Setup
from nn_desktop.training.snapshot import Snapshot


class Readout(Strip):
    """A field that takes ``1-16-16-1``; beside it epoch, update and loss."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        identify(self, "readout_strip", self.tr("Layers, and how far the training is"))
        self._document = document
        self.layers_field = MarkedField("layers_field", self.tr("Units of each layer"))
        self.layers_field.setToolTip(
            self.tr(
                "Units of each layer, as in 1-16-16-1; an activation may follow a colon, "
                "as in 1-16:relu-16:tanh-1. Press Enter to apply."
            )
        )
        self.layers_field.setMinimumWidth(110)
        self.layers_field.setMaximumWidth(220)
        title = QLabel(self.tr("La&yers"))
        title.setBuddy(self.layers_field)
        title.setToolTip(self.layers_field.toolTip())
        self._numbers = QLabel()
        identify(self._numbers, "readout")
        self._numbers.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._meaning = self.tr(
            "An epoch has used every training sample once; an update is one step of the weights and biases.\n"
            "The loss is the mean over the training samples: what training minimizes."
        )
        # Numbers that grow longer must not make the window's least width grow.
        self._numbers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = fill(QHBoxLayout(self), title, self.layers_field, self._numbers, margins=(12, 6, 12, 6))
        row.setStretchFactor(self.layers_field, 1)
        row.setStretchFactor(self._numbers, 2)
        self._show_setup(document.setup)
        self.layers_field.returnPressed.connect(self._on_return_pressed)
        self.layers_field.left.connect(self._take_back)
        document.setup_changed.connect(self._show_setup)

    def begin_typing(self) -> None:
        """Go to the field that takes the layers."""
        self.layers_field.setFocus()
        self.layers_field.selectAll()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how far the training is."""
        epoch = self.tr("epoch {number}").format(number=grouped(snapshot.epoch))
        update = self.tr("update {number}").format(number=grouped(snapshot.updates))
        loss = self.tr("loss {number}").format(number=figure(snapshot.train_loss))
        texts = (f"{epoch} · {update} · {loss}", f"{epoch} · {loss}", loss)
        room, metrics = self._numbers.width(), self._numbers.fontMetrics()
        fitting = (text for text in texts if metrics.horizontalAdvance(text) <= room)
        self._numbers.setText(next(fitting, loss))
        self._numbers.setAccessibleName(texts[0])
        self._numbers.setToolTip(f"{texts[0]}\n{self._meaning}")

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
