"""Says in the status bar how fast it trains."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel

from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.training.snapshot import Snapshot


class SpeedLabel(QLabel):
    """The updates a second, or why there are none."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        identify(self, "speed")
        self.setToolTip(
            self.tr(
                "Updates that were done in a second of training, with all that the window did beside them.\n"
                "The time of an update at the left is that of the engine alone."
            )
        )
        self._trainer = trainer
        self._is_comparing = False
        trainer.running_changed.connect(self._say_paused)
        self._say_paused()

    def show_snapshot(self, _snapshot: Snapshot) -> None:
        """Say how fast it trains."""
        if self._trainer.is_running:
            rate = grouped(round(self._trainer.updates_per_second))
            self.setText(self.tr("{rate} updates a second").format(rate=rate))

    @Slot(bool)
    def set_comparing(self, is_comparing: bool) -> None:
        """Know whether the engines are compared, for which training pauses."""
        self._is_comparing = is_comparing
        self._say_paused()

    @Slot()
    def _say_paused(self) -> None:
        if not self._trainer.is_running:
            comparing = self.tr("paused: the engines are compared")
            self.setText(comparing if self._is_comparing else self.tr("paused"))
