"""What all parts of the window have in common that give the keys back when somebody has typed."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class Strip(QWidget):
    """Ends typing by Esc.

    Signals
    -------
    finished()
        The keys are wanted elsewhere.
    """

    finished = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._take_back()
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _take_back(self) -> None:
        """Show what is in force, whatever was typed."""
