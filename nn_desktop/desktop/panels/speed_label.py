"""Says in the status bar how fast it trains."""

from math import inf

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel

from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.training.snapshot import Snapshot

MARGIN = 8
"""Between the text and the edge of a screen that the window fills: then no size grip is between them."""


class SpeedLabel(QLabel):
    """The updates a second with all that is done beside them, or why there are none."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        identify(self, "speed")
        self.setContentsMargins(0, 0, MARGIN, 0)
        self.setToolTip(
            in_lines(
                self.tr(
                    "How many updates a second are done in this window: computing them, measuring the losses "
                    "and showing the network share the time, and the pace in the tool bar limits them. "
                    "How long the engine takes to compute one stands at the other end of this line."
                )
            )
        )
        self._trainer = trainer
        self._is_comparing = False
        trainer.running_changed.connect(self._say_paused)
        self._say_paused()

    def show_snapshot(self, _snapshot: Snapshot) -> None:
        """Say how fast it trains."""
        if self._trainer.is_running:
            rate = round(min(self._trainer.updates_per_second, self._trainer.pace))
            if rate == 1 and self._trainer.pace < inf:
                text = self.tr("1 update a second, as the pace allows")
            elif self._trainer.pace < inf:
                text = self.tr("{rate} updates a second, as the pace allows")
            else:
                text = self.tr("{rate} updates a second, display included")
            self.setText(text.format(rate=grouped(rate)))

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
