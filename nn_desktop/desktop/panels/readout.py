"""The strip above the canvas: the layers as one types them, and how far the training is."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from nn_desktop.desktop.document import Document
from nn_desktop.desktop.figures import figure, grouped
from nn_desktop.desktop.identity import identify
from nn_desktop.network.notation import format_layers
from nn_desktop.training.session import Snapshot
from nn_desktop.training.setup import Setup


class Readout(QWidget):
    """A field that takes ``1-16-16-1``; beside it epoch, update, loss and speed."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "readout_strip")
        self._document = document
        self.layers_field = QLineEdit()
        identify(self.layers_field, "layers_field")
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
        self._numbers = QLabel()
        identify(self._numbers, "readout")
        self._numbers.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # Numbers that grow longer must not make the window's least width grow.
        self._numbers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.addWidget(title)
        layout.addWidget(self.layers_field, 1)
        layout.addWidget(self._numbers, 2)
        self._show_setup(document.setup)
        self.layers_field.returnPressed.connect(self._on_return_pressed)
        self.layers_field.editingFinished.connect(self._on_editing_finished)
        document.setup_changed.connect(self._show_setup)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how far the training is."""
        text = self.tr("epoch {epoch} · update {update} · loss {loss}").format(
            epoch=grouped(snapshot.epoch),
            update=grouped(snapshot.updates),
            loss=figure(snapshot.train_loss),
        )
        self._numbers.setText(text)

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        if self.layers_field.hasFocus() and self.layers_field.isModified():
            return  # somebody is typing
        self.layers_field.setText(format_layers(setup.topology))
        self._mark(is_wrong=False)

    @Slot()
    def _on_return_pressed(self) -> None:
        if self._document.type_layers(self.layers_field.text()):
            self.layers_field.setModified(False)
            self._show_setup(self._document.setup)
        else:
            self._mark(is_wrong=True)

    @Slot()
    def _on_editing_finished(self) -> None:
        """Take back what was typed and not applied, once the field is left."""
        if not self.layers_field.hasFocus():
            self.layers_field.setModified(False)
            self._show_setup(self._document.setup)

    def _mark(self, is_wrong: bool) -> None:
        self.layers_field.setProperty("wrong", is_wrong)
        self.layers_field.style().unpolish(self.layers_field)
        self.layers_field.style().polish(self.layers_field)
