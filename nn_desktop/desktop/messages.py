"""What the document and training have to say, and where it is said."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot

from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.numbers import editable_number, figure, grouped
from nn_desktop.training.settings import LEARNING_RATE


class Messages(QObject):
    """Says it in the message bar, or beside the pointer if it is about what somebody does on the canvas."""

    def __init__(
        self,
        document: Document,
        trainer: Trainer,
        canvas: NetworkView,
        bar: MessageBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document, self._trainer, self._canvas, self._bar = document, trainer, canvas, bar
        document.setup_changed.connect(bar.hide)
        document.refused.connect(self._on_refused)
        document.failed.connect(bar.warn)
        document.filing.forgotten.connect(bar.warn)
        document.confirmation_needed.connect(self._on_confirmation_needed)
        trainer.running_changed.connect(self._on_running_changed)
        trainer.stop_rule_changed.connect(bar.hide)
        trainer.diverged.connect(self._on_diverged)
        trainer.stopped.connect(bar.inform)
        trainer.failed.connect(bar.warn)

    @Slot(bool)
    def _on_running_changed(self, running: bool) -> None:
        if running:
            self._bar.hide()

    @Slot()
    def _on_diverged(self) -> None:
        text = self.tr(
            "The run diverged: the loss grew beyond all numbers, most likely because the learning rate "
            "η = {rate} is too large. The last finite state is kept. "
            "Choose a smaller one and train on, or reset."
        ).format(rate=editable_number(LEARNING_RATE.get(self._document.setup)))
        snapshot = self._trainer.snapshot
        best = snapshot.best
        if best is None or best.milestone.updates == snapshot.updates:
            self._bar.warn(text)
            return
        more = self.tr(
            "The best snapshot is that of epoch {epoch}, with a loss of {loss}; undo leads back from there."
        )
        self._bar.offer(
            f"{text} {more.format(epoch=grouped(best.milestone.epoch), loss=figure(best.loss))}",
            self.tr("Go to best snapshot"),
            partial(self._document.attempt, self._document.go_back, best.milestone),
        )

    @Slot(str)
    def _on_refused(self, why: str) -> None:
        """Say it where it was tried: beside the pointer, or above the canvas."""
        if self._canvas.is_in_use:
            self._canvas.warn(why)
        else:
            self._bar.warn(why)

    @Slot(str, object)
    def _on_confirmation_needed(self, question: str, proceed: Callable[[], object]) -> None:
        self._bar.ask(question, self.tr("Make it"), proceed)
