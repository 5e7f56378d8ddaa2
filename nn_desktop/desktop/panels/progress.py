"""How far the training is: epoch, update and loss, at the end of the tool bar."""

from math import isfinite

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.numbers import exact_number, figure, grouped
from nn_desktop.training.snapshot import Snapshot

USUAL_LOSS, WIDEST_LOSS = 0.003120, 8.88e-88
"""As wide as a loss is in most trainings, and in nearly all: a falling one pushes nothing aside."""


class Progress(QLabel):
    """Epoch, update and loss, or as much of it as there is room for; the tool tip has all digits."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        identify(self, "readout")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setContentsMargins(8, 0, 4, 0)
        self._meaning = self.tr(
            "An epoch has used every training sample once; an update is one step of the weights and biases.\n"
            "The loss is the mean over the training samples: what training minimizes."
        )
        # Numbers that grow longer must not move what is beside them.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.show_snapshot(snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how far the training is, or was at the moment that is looked back at."""
        loss, progress = snapshot.train_loss, (snapshot.epoch, snapshot.updates)
        self._texts = self._versions(*progress, figure(loss))
        if snapshot.is_past:
            said = [self.tr("looking back: {what}").format(what=text) for text in self._texts[:-1]]
            self._texts = (*said, *self._texts[-2:])
        self.setForegroundRole(
            QPalette.ColorRole.Highlight if snapshot.is_past else QPalette.ColorRole.WindowText
        )
        self.setAccessibleName(self._texts[0])
        in_all_digits = exact_number(loss) if isfinite(loss) else figure(loss)
        self.setToolTip(f"{self._versions(*progress, in_all_digits)[0]}\n{self._meaning}")
        self._fit()

    def sizeHint(self) -> QSize:
        return self._size_for(self._versions(99_999, 0, figure(USUAL_LOSS))[1])

    def minimumSizeHint(self) -> QSize:
        return self._size_for(self._versions(0, 0, figure(WIDEST_LOSS))[-2])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _versions(self, epoch: int, updates: int, train_loss: str) -> tuple[str, ...]:
        """Return what to say, from all of it to the least."""
        in_epochs = self.tr("epoch {number}").format(number=grouped(epoch))
        in_updates = self.tr("update {number}").format(number=grouped(updates))
        loss = self.tr("loss {number}").format(number=train_loss)
        return (f"{in_epochs} · {in_updates} · {loss}", f"{in_epochs} · {loss}", loss, train_loss)

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        fitting = (text for text in self._texts if metrics.horizontalAdvance(text) <= room)
        self.setText(next(fitting, self._texts[-1]))

    def _size_for(self, text: str) -> QSize:
        margins = self.contentsMargins()
        width = self.fontMetrics().horizontalAdvance(text) + margins.left() + margins.right()
        return QSize(width, super().sizeHint().height())
