"""Presentation: the whole screen for the network and its plots, to be read from the last row."""

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QToolBar

from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.workspaces import STATE_VERSION, Workspaces


class Presentation(QObject):
    """Fills the screen, folds rail and columns away, draws text and lines larger; and takes all that back.

    Attributes
    ----------
    workspaces
        With the columns that are folded away.
    is_on
        Whether it is so now.

    Signals
    -------
    changed()
        It has begun, or ended.
    """

    changed = Signal()

    def __init__(self, workspaces: Workspaces, rail: QToolBar, theme: Theme, window: QMainWindow) -> None:
        super().__init__(window)
        self.workspaces, self._rail, self._theme, self._window = workspaces, rail, theme, window
        self._state_before, self._workspace_before = QByteArray(), workspaces.present
        self._window_before, self._width_before = window.windowState(), window.width()
        self.is_on = False

    def toggle(self) -> None:
        """Begin, or end."""
        if self.is_on:
            self.end()
        else:
            self._begin()

    @Slot()
    def end(self) -> bool:
        """Go back to exactly what was there; return whether there was anything to end."""
        if not self.is_on:
            return False
        self.is_on = False
        self._theme.set_presenting(is_on=False)
        self._window.installEventFilter(self)
        self._window.setWindowState(self._window_before)
        self._rail.show()
        self.workspaces.columns.fit_to(self._width_before)
        self._restore_panels()
        self.changed.emit()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Restore the panels once more when the window has its size again: a smaller one squeezes them."""
        if event.type() == QEvent.Type.Resize:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self, self._restore_panels)
        return super().eventFilter(watched, event)

    @Slot()
    def keep_panels(self) -> None:
        """Leave the panels where they are now when it ends: a project that was opened has put them there."""
        self._state_before = QByteArray()

    @Slot()
    def _restore_panels(self) -> None:
        is_same = self.workspaces.present is self._workspace_before
        if not self.is_on and is_same and not self._state_before.isEmpty():
            self._window.restoreState(self._state_before, STATE_VERSION)

    def _begin(self) -> None:
        self._state_before = self._window.saveState(STATE_VERSION)
        self._workspace_before = self.workspaces.present
        self._window_before, self._width_before = self._window.windowState(), self._window.width()
        self._window.removeEventFilter(self)
        self.is_on = True
        self.workspaces.columns.fit_to(self._width_before, is_presented=True)
        self._rail.hide()
        self._theme.set_presenting(is_on=True)
        self._window.setWindowState(self._window_before | Qt.WindowState.WindowFullScreen)
        self.changed.emit()
