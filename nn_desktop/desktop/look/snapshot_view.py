"""A view of the newest snapshot that does no work while nobody sees it."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from nn_desktop.training.snapshot import Snapshot


class SnapshotView(QWidget):
    """Base of the views: remembers the newest snapshot, and draws it once it is visible."""

    def __init__(self) -> None:
        super().__init__()
        self._newest: Snapshot | None = None
        self._drawn: Snapshot | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot, now or once the view is visible."""
        self._newest = snapshot
        if self.isVisible():
            self._draw_newest()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while it was hidden."""
        super().showEvent(event)
        self._draw_newest()

    def _draw_newest(self) -> None:
        if self._newest is not None and self._newest is not self._drawn:
            self._drawn = self._newest
            self._draw(self._newest)

    def _draw(self, snapshot: Snapshot) -> None:
        raise NotImplementedError
