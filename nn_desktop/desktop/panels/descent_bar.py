"""The numbers of gradient descent in the tool bar: batch size, what the mode means, learning rate."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.bound_field import number_box, spin_box
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.panels.strip import Strip
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.settings import BATCH_SIZE, LEARNING_RATE
from nn_desktop.training.setup import Setup
from nn_desktop.training.snapshot import Snapshot


class DescentBar(Strip):
    """Batch size and learning rate, and how many updates make an epoch."""

    def __init__(self, document: Document, snapshot: Snapshot) -> None:
        super().__init__()
        identify(self, "descent_bar", self.tr("Batch size and learning rate"))
        self._document = document
        self._train_count = len(snapshot.dataset.train)
        self._batch_size = spin_box(BATCH_SIZE, document)
        self._batch_size.widget.setMaximumWidth(84)
        self._updates = QLabel()
        identify(self._updates, "updates_per_epoch")
        self._updates.setToolTip(self.tr("Training samples divided by the batch size, rounded up"))
        self._rate = number_box(LEARNING_RATE, document)
        self._rate.widget.setMinimumWidth(88)
        self._rate.widget.setMaximumWidth(110)
        label = QLabel(LEARNING_RATE.title)
        label.setToolTip(self._rate.widget.toolTip())
        parts = self._batch_size.widget, self._updates, label, self._rate.widget
        fill(QHBoxLayout(self), *parts, margins=(4, 0, 4, 0), spacing=8).insertSpacing(2, 8)
        self._show_setup(document.setup)
        document.setup_changed.connect(self._show_setup)
        edit = self._rate.widget.lineEdit()
        assert edit is not None  # one types in it
        edit.returnPressed.connect(self.finished)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the number of training samples from a snapshot."""
        if len(snapshot.dataset.train) != self._train_count:
            self._train_count = len(snapshot.dataset.train)
            self._show_setup(self._document.setup)

    @Slot()
    def _take_back(self) -> None:
        for field in (self._batch_size, self._rate):
            field.show_setup(self._document.setup)

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        h = setup.hyperparameters
        updates = h.updates_per_epoch(self._train_count)
        if updates == 1:
            text = self.tr("1 update per epoch")
        else:
            text = self.tr("{count} updates per epoch").format(count=grouped(updates))
        if h.mode is Mode.MINI_BATCH and 0 < self._train_count < h.batch_size:
            text = self.tr("1 update per epoch (all {count} samples)").format(
                count=grouped(self._train_count)
            )
        self._updates.setText(text)
