"""The numbers of gradient descent in the tool bar: batch size, what the mode means, learning rate."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.training.checkpoints import Snapshot
from nn_desktop.training.hyperparameters import MAX_BATCH_SIZE, Mode
from nn_desktop.training.setup import Setup

LEARNING_RATES = ("0.00001", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.05", "0.1", "0.3", "1", "3", "10")


class DescentBar(QWidget):
    """Batch size and learning rate, and how many updates make an epoch.

    Signals
    -------
    finished()
        Typing has ended, by Enter or Esc.
    """

    finished = Signal()

    def __init__(self, document: Document, snapshot: Snapshot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "descent_bar")
        self._document = document
        self._train_count = len(snapshot.dataset.train)
        self._batch_size = QSpinBox()
        identify(self._batch_size, "batch_size")
        self._batch_size.setRange(1, MAX_BATCH_SIZE)
        self._batch_size.setKeyboardTracking(False)
        self._batch_size.setMaximumWidth(84)
        self._batch_size.setToolTip(self.tr("Samples an update in mini-batch mode"))
        self._updates = QLabel()
        identify(self._updates, "updates_per_epoch")
        self._learning_rate = self._make_learning_rate()
        label = QLabel("η")
        label.setToolTip(self._learning_rate.toolTip())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(8)
        for widget in (self._batch_size, self._updates, label, self._learning_rate):
            layout.addWidget(widget)
        layout.insertSpacing(2, 8)
        self._show_setup(document.setup)
        document.setup_changed.connect(self._show_setup)
        self._batch_size.valueChanged.connect(document.set_batch_size)
        self._learning_rate.activated.connect(self._on_learning_rate_entered)
        edit = self._learning_rate.lineEdit()
        assert edit is not None  # the box is editable
        edit.editingFinished.connect(self._on_learning_rate_entered)
        edit.returnPressed.connect(self.finished)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the number of training samples from a snapshot."""
        if len(snapshot.dataset.train) != self._train_count:
            self._train_count = len(snapshot.dataset.train)
            self._show_setup(self._document.setup)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._show_setup(self._document.setup)
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def _make_learning_rate(self) -> QComboBox:
        box = QComboBox()
        identify(box, "learning_rate")
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(LEARNING_RATES)
        box.setMinimumWidth(88)
        box.setMaximumWidth(110)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.setToolTip(self.tr("Learning rate η: how far each update goes down the slope of the loss"))
        return box

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        h = setup.hyperparameters
        with QSignalBlocker(self._batch_size), QSignalBlocker(self._learning_rate):
            self._batch_size.setValue(h.batch_size)
            self._batch_size.setEnabled(h.mode is Mode.MINI_BATCH)
            self._learning_rate.setCurrentText(f"{h.learning_rate:.10g}")
        updates = h.updates_per_epoch(self._train_count)
        if updates == 1:
            text = self.tr("1 update an epoch")
        else:
            text = self.tr("{count} updates an epoch").format(count=grouped(updates))
        if h.mode is Mode.MINI_BATCH and 0 < self._train_count < h.batch_size:
            text = self.tr("1 update an epoch (all {count} samples)").format(count=grouped(self._train_count))
        self._updates.setText(text)

    @Slot()
    def _on_learning_rate_entered(self) -> None:
        text = self._learning_rate.currentText().strip().replace(",", ".")
        now = self._document.setup.hyperparameters.learning_rate
        if text == f"{now:.10g}":
            return
        try:
            done = self._document.set_learning_rate(float(text))
        except ValueError:
            done = False
            refusal = self.tr('"{text}" is no learning rate: type a number above 0, such as 0.05.')
            self._document.refuse(refusal.format(text=text))
        if not done:
            self._show_setup(self._document.setup)
