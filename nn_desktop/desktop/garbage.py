"""Collects garbage in the window's thread alone.

Python's cycle collector runs in whatever thread allocates. In the training thread it could destroy widgets,
which Qt does not survive (https://github.com/napari/napari/issues/1029).
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

MILLISECONDS = 1000


class GarbageCollector(QObject):
    """Switches the automatic collection off, and collects by a timer of the window's thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(MILLISECONDS)

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def _collect(self) -> None:
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation] > 0:
                gc.collect(generation)
                return
